"""Places of a result: cells, the sums over them that are kept, and the periods they are summed over.

A worker keeps *atoms* only: units, area × group, what belongs to the region as a whole (costs of measures), and
populations of targets that are no sum of these. Every margin that is printed is a sum of atoms, taken when it is needed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALL = "alla"
Members = tuple[tuple[int, ...], ...]  # for each sum the numbers of its parts


class Place(NamedTuple):
    """Name a cell or a margin; `alla` stands for the sum."""

    area: str
    unit: str
    group: str


class Selection(NamedTuple):
    """Choose cells by area, unit and group (sets allowed); empty means all."""

    areas: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class HasPlaces(Protocol):
    """What is read from a template here."""

    @property
    def months(self) -> tuple[str, ...]: ...
    @property
    def month_days(self) -> tuple[int, ...]: ...
    @property
    def weeks(self) -> tuple[str, ...]: ...
    @property
    def week_days(self) -> tuple[int, ...]: ...
    @property
    def groups(self) -> tuple[str, ...]: ...
    @property
    def units(self) -> tuple[str, ...]: ...
    @property
    def areas(self) -> tuple[str, ...]: ...
    @property
    def cell_unit(self) -> Sequence[int]: ...
    @property
    def cell_group(self) -> Sequence[int]: ...
    @property
    def cell_area(self) -> Sequence[int]: ...
    @property
    def initial_employees(self) -> Sequence[int]: ...


class Spans(NamedTuple):
    """Periods as month indices, both ends included; `months` counts the full months in each."""

    labels: tuple[str, ...]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    months: NDArray[np.int64]
    days: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Hold the places and periods of one scenario.

    `atoms[a]` are the cells an atom sums over: units, then `area_groups`, then populations of targets, last the region as a
    whole (empty). `margin_atoms` and `selection_atoms` say which atoms a sum takes; `week_margin_parts` which of
    `area_groups`, for the weekly account. `places` are margins and cells together, sorted; `places_order` picks them from
    margins followed by cells.
    """

    months: tuple[str, ...]
    month_days: tuple[int, ...]
    weeks: tuple[str, ...]
    week_days: tuple[int, ...]
    group_keys: tuple[str, ...]
    cells: tuple[Place, ...]
    initial_employees: tuple[int, ...]
    atoms: tuple[tuple[int, ...], ...]
    area_groups: tuple[tuple[int, int], ...]
    margins: tuple[Place, ...]
    margin_atoms: Members
    selection_atoms: Members
    week_margins: tuple[Place, ...]
    week_margin_parts: Members
    places: tuple[Place, ...]
    places_order: NDArray[np.int64]

    @cached_property
    def years(self) -> tuple[str, ...]:
        """Calendar years that the run meets."""
        return tuple(dict.fromkeys(month[:4] for month in self.months))

    @property
    def area_group_atoms(self) -> slice:
        """Where the atoms of `area_groups` are: after those of the units."""
        units = len({cell.unit for cell in self.cells})
        return slice(units, units + len(self.area_groups))

    @cached_property
    def full_months(self) -> NDArray[np.int64]:
        """Give 1 for each month simulated in full, 0 for one that the run cuts."""
        return np.array([int(d == monthrange(int(m[:4]), int(m[5:]))[1])
                         for m, d in zip(self.months, self.month_days, strict=True)], dtype=np.int64)

    def spans(self, first: Iterable[int], last: Iterable[int], labels: Sequence[str]) -> Spans:
        """Make periods from the indices of their first and last months."""
        a, b = np.fromiter(first, np.int64), np.fromiter(last, np.int64)
        full = np.concatenate([[0], np.cumsum(self.full_months)])
        days = np.concatenate([[0.0], np.cumsum(np.array(self.month_days, dtype=np.float64))])
        return Spans(tuple(labels), a, b, full[b + 1] - full[a], days[b + 1] - days[a])

    @cached_property
    def month_spans(self) -> Spans:
        """Give every month as a period of its own."""
        return self.spans(range(len(self.months)), range(len(self.months)), self.months)

    @cached_property
    def year_spans(self) -> Spans:
        """Give every calendar year, the first and last perhaps partial."""
        of_year = [[i for i, m in enumerate(self.months) if m[:4] == year] for year in self.years]
        return self.spans((i[0] for i in of_year), (i[-1] for i in of_year), self.years)

    @cached_property
    def rolling_spans(self) -> Spans:
        """Give the twelve months that end with each month; fewer at the beginning."""
        return self.spans((max(0, i - 11) for i in range(len(self.months))), range(len(self.months)), self.months)


def members(key: str, sets: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Expand a key of `grupper` to group keys, sets within sets included; a group is itself."""
    if key not in sets:
        return (key,)
    return tuple(sorted({group for inner in sets[key] for group in members(inner, {k: v for k, v in sets.items() if k != key})}))


def make_geometry(template: HasPlaces, *, sets: Mapping[str, Sequence[str]], selections: Sequence[Selection] = ()) -> Geometry:
    """Work out atoms and margins of a template; `sets` are the region's `grupper`."""
    cells = tuple(Place(template.areas[a], template.units[u], template.groups[g])
                  for a, u, g in zip(template.cell_area, template.cell_unit, template.cell_group, strict=True))
    numbers = range(len(cells))
    units = sorted({(c.area, c.unit) for c in cells})
    pairs = sorted({(template.cell_area[i], template.cell_group[i]) for i in numbers},
                   key=lambda p: (template.areas[p[0]], template.groups[p[1]]))
    pair_names = [(template.areas[a], template.groups[g]) for a, g in pairs]
    atoms = [tuple(i for i in numbers if cells[i].unit == unit) for _, unit in units]
    atoms += [tuple(i for i in numbers if (cells[i].area, cells[i].group) == name) for name in pair_names]
    chosen = [chosen_cells(cells, selection, sets) for selection in selections]
    parts = {c: _parts(c, atoms, len(units)) for c in chosen}
    for c in sorted(c for c, found in parts.items() if found is None):
        parts[c] = (len(atoms),)
        atoms.append(c)
    whole = len(atoms)
    atoms.append(())

    pair_columns: dict[Place, list[int]] = {}
    for k, (area, group) in enumerate(pair_names):
        names = [group, *(key for key in sorted(sets) if key not in template.groups and group in members(key, sets))]
        for place in {Place(a, ALL, g) for a in (ALL, area) for g in (ALL, *names)}:
            pair_columns.setdefault(place, []).append(k)
    columns = {place: [len(units) + k for k in ks] for place, ks in pair_columns.items()}
    columns[Place(ALL, ALL, ALL)].append(whole)
    columns |= {Place(area, unit, ALL): [k] for k, (area, unit) in enumerate(units)}

    margins = tuple(sorted(columns))
    week_margins = tuple(sorted(pair_columns))
    both = (*margins, *cells)
    order = sorted(range(len(both)), key=lambda i: both[i])
    picked = [(*(parts[c] or ()), *([whole] if len(c) == len(cells) else [])) for c in chosen]
    return Geometry(
        months=tuple(template.months), month_days=tuple(template.month_days), weeks=tuple(template.weeks),
        week_days=tuple(template.week_days), group_keys=tuple(template.groups), cells=cells,
        initial_employees=tuple(int(n) for n in template.initial_employees), atoms=tuple(atoms), area_groups=tuple(pairs),
        margins=margins, margin_atoms=tuple(tuple(columns[p]) for p in margins), selection_atoms=tuple(picked),
        week_margins=week_margins, week_margin_parts=tuple(tuple(pair_columns[p]) for p in week_margins),
        places=tuple(both[i] for i in order), places_order=np.array(order, dtype=np.int64),
    )


def _parts(chosen: tuple[int, ...], atoms: Sequence[tuple[int, ...]], units: int) -> tuple[int, ...] | None:
    """Find the area × groups, or else the units, that hold the chosen cells and nothing else; None when neither do.

    The first `units` atoms divide the cells, and so do the rest.
    """
    for numbers in (range(units, len(atoms)), range(units)):
        inside = tuple(k for k in numbers if set(atoms[k]) <= set(chosen))
        if sum(len(atoms[k]) for k in inside) == len(chosen):
            return inside
    return None


def chosen_cells(cells: Sequence[Place], selection: Selection, sets: Mapping[str, Sequence[str]]) -> tuple[int, ...]:
    """Give the numbers of the cells that a selection chooses."""
    return tuple(i for i, cell in enumerate(cells) if _selected(cell, selection, sets))


def _selected(cell: Place, selection: Selection, sets: Mapping[str, Sequence[str]]) -> bool:
    groups = {group for key in selection.groups for group in members(key, sets)}
    return ((not selection.areas or cell.area in selection.areas) and (not selection.units or cell.unit in selection.units)
            and (not groups or cell.group in groups))
