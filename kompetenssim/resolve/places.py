"""Where things are: cells, groups, families, and which of them a measure covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Day

from kompetenssim.spec.dates import first_day, last_day
from kompetenssim.spec.region import Population, Region
from kompetenssim.spec.scenario import Coverage, DatedRules, Measure

ALL = "alla"


@dataclass(frozen=True)
class Layout:
    """Hold the sorted keys of every dimension and the links between them."""

    groups: tuple[str, ...]
    units: tuple[str, ...]
    areas: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    families: tuple[tuple[str, str], ...]

    @property
    def cell_index(self) -> dict[tuple[str, str], int]:
        """Map (unit, group) to the cell's number."""
        return {c: i for i, c in enumerate(self.cells)}


def layout(region: Region, extra_cells: Iterable[tuple[str, str]] = ()) -> Layout:
    """Lay out a region: a cell exists where a unit employs, needs or trains a group."""
    cells: set[tuple[str, str]] = set(extra_cells)
    for u, unit in region.units.items():
        for table in (
            unit.need_fte,
            unit.need_hours,
            unit.shift_matrix,
            unit.employees,
            unit.vacant_fte,
            unit.summer_substitutes,
        ):
            cells.update((u, g) for g in table)
        cells.update((u, line.group) for line in unit.duty_lines)
    for programme in region.programmes.values():
        for u in _programme_units(programme.units, programme.from_group, cells):
            cells.update((u, g) for g in (programme.during_group, programme.to_group) if g)
    for cohort in region.cohorts:
        if cohort.unit:
            cells.update((cohort.unit, group) for group in cohort.shares)
    ordered = tuple(sorted(cells))
    families = tuple(sorted({(u, region.groups[g].family) for u, g in ordered}))
    areas = tuple(sorted({unit.area for unit in region.units.values()}))
    return Layout(tuple(sorted(region.groups)), tuple(sorted(region.units)), areas, ordered, families)


def layout_with(region: Region, measures: Iterable[Measure]) -> Layout:
    """Lay out a region with the cells that measures bring: new posts, graduates and cohorts where nobody of the group is yet.

    Posts go to the covered units that have the group; where none has, each covered unit gets a cell.
    """
    where = layout(region)
    found: set[tuple[str, str]] = set()
    for measure in measures:
        if measure.effect != "ingen":
            found.update(_brought(region, measure, set(where.cells)))
    return layout(region, found) if found else where


def _brought(region: Region, measure: Measure, cells: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for block in measure.levers.get("dimensionering", []):
        units = _covered_units(region, measure.coverage, block.units) - {region.pool.unit or ""}
        created = expand(region, block.named_groups or []) if block.posts_fte is not None and block.posts_fte.mode >= 0 else []
        for group in created:
            if not any((u, group) in cells for u in units):
                yield from ((u, group) for u in units)
    for block in measure.levers.get("utbildningstjanst", []):
        units = _covered_units(region, measure.coverage, block.units)
        yield from (
            (u, g) for u in units if (u, block.from_group) in cells for g in (block.during_group, block.to_group) if g is not None
        )
    for block in measure.levers.get("rekrytering", []):
        if block.count is not None and block.unit is not None:
            yield from ((block.unit, g) for g in expand(region, block.named_groups or []))


def _covered_units(region: Region, cover: Coverage, named: list[str] | None) -> set[str]:
    """Give the units that a block of a measure covers, whoever works there; `alla` is every unit or area."""

    def within(key: str, keys: list[str] | None) -> bool:
        return keys is None or key in keys or ALL in keys

    found = {u for u, unit in region.units.items() if within(u, cover.units) and within(unit.area, cover.areas)}
    return {u for u in found if within(u, named)}


def _programme_units(units: list[str] | None, group: str, cells: set[tuple[str, str]]) -> list[str]:
    return sorted(units) if units is not None else sorted({u for u, g in cells if g == group})


def expand(region: Region, keys: Iterable[str]) -> list[str]:
    """Give group keys with sets such as `lakare` expanded, sorted; `alla` is every group."""
    found: set[str] = set()
    for key in keys:
        found.update(region.groups if key == ALL else region.group_sets.get(key, [key]))
    return sorted(found)


def population_cells(region: Region, where: Layout, population: Population) -> list[int]:
    """Give the cells of a population (groups, areas and units; what is left out means all)."""

    def listed(value: str | list[str] | None) -> list[str] | None:
        keys = None if value is None else [value] if isinstance(value, str) else list(value)
        return None if keys is None or ALL in keys else keys

    groups, areas, units = listed(population.group), listed(population.area), listed(population.unit)
    wanted = None if groups is None else set(expand(region, groups))
    return [
        i
        for i, (u, g) in enumerate(where.cells)
        if (wanted is None or g in wanted) and (areas is None or region.units[u].area in areas) and (units is None or u in units)
    ]


class MeasurePlaces:
    """Answer what a lever asks about the region, for one measure (implements `model.effects.Places`)."""

    def __init__(
        self,
        region: Region,
        where: Layout,
        rules: DatedRules,
        measure: Measure,
        start: Day,
        end: Day,
        fte: Mapping[tuple[str, str], float],
    ) -> None:
        self._region, self._where, self._measure, self._fte = region, where, measure, fte
        self._terms = {str(term): week for term, week in rules.term_start_week.items()}
        self._start, self._end = start, end

    def cells(self, groups: Iterable[str] | None = None, units: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Give the (unit, group) pairs the measure covers, narrowed to `groups` and `units`."""
        cover = self._measure.coverage
        covered = None if cover.groups is None else set(expand(self._region, cover.groups))
        narrowed = None if groups is None else set(expand(self._region, groups))
        reached = _covered_units(self._region, cover, None if units is None else list(units))
        return [
            (u, g)
            for u, g in self._where.cells
            if u in reached and (narrowed is not None or covered is None or g in covered) and (narrowed is None or g in narrowed)
        ]

    def groups(self, keys: Iterable[str] | None = None) -> list[str]:
        """Give group keys, sets expanded; the measure's own groups when `keys` is None."""
        if keys is None:
            keys = self._measure.coverage.groups
        return list(self._where.groups) if keys is None else expand(self._region, keys)

    def families(self, units: Iterable[str] | None = None, families: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Give the (unit, family) pairs of the covered cells."""
        named = None if families is None else set(families)
        found = {(u, self._region.groups[g].family) for u, g in self.cells(units=units)}
        return sorted(f for f in found if named is None or f[1] in named)

    def date(self, text: str, where: str) -> Day:
        """Give the first day of a written date, month or term; for ends (`where` names slut or till) the last."""
        name = where.rsplit(".", 1)[-1]
        return last_day(text, self._terms) if name in ("slut", "till") else first_day(text, self._terms)

    def employed_fte(self, cells: Iterable[tuple[str, str]]) -> float:
        """Give the contracted FTE of the start state in some cells."""
        total = 0.0
        for cell in cells:
            total += self._fte.get(cell, 0.0)
        return total

    def long_sick_cases(self, cells: Iterable[tuple[str, str]]) -> float:
        """Give the long sick leaves of a year to expect at the start in some cells."""
        total = 0.0
        for cell in cells:
            leave = self._region.groups[cell[1]].sick_leave
            total += self._fte.get(cell, 0.0) * leave.long_incidence_percent_per_year.mode / 100
        return total

    def monthly_pay_sek(self, group: str) -> float:
        """Give the most likely monthly pay of a group."""
        return self._region.groups[group].monthly_pay_sek.mode

    @property
    def start(self) -> Day:
        """First day of the forecast."""
        return self._start

    @property
    def end(self) -> Day:
        """Last day of the forecast."""
        return self._end
