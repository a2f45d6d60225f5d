"""What is kept of a simulation: sums over atoms, exact integers, in the smallest type that holds them.

This runs in the workers, after every simulation, so it imports numpy and the model only and is written for speed: the
months are laid out once as [cell, column, month], and every sum after that runs over rows that lie together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.forecast.errors import AccountError
from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.indicators import REGISTER, WEEKLY
from kompetenssim.model.trajectory import ACCOUNT, FLOWS, STOCKS, Trajectory, column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.forecast.scratch import Part

#: Made here per month and cell because they are not linear in what the engine books: workload × need (1/1000 of
#: micro-days × minutes), need × days, net FTE × days (micro), permanent staff at both ends of the month, and the
#: cost and grant of measures, which belong to no cell.
DERIVED = ("workload_need", "need_days", "net_micro_days", "permanent_twice", "measure_ore", "grant_ore")
COLUMNS = FLOWS + STOCKS + DERIVED
ASKED = {name for i in REGISTER.values() for name in (*i.numerator, *(i.denominator or ()))}
KEPT = tuple(name for name in COLUMNS if name in ASKED)  # what no indicator asks for is not kept
CLOSED = 8  # the first eight of ACCOUNT: need = the seven others


class Chunk(NamedTuple):
    """Hold a run of simulations of one scenario, `first` the number of the first.

    Per column and simulation, `months` (columns KEPT) is [atom, month], `cell_years` (KEPT) [cell, year] and `weeks` (WEEKLY)
    [area-group, week]; a column lies in memory or in a file. `measures` [year, measure, 2], `exits`, `retention` and `ages`
    are sums over the simulations.
    """

    scenario: int
    first: int
    size: int
    months: Sequence[Part]
    cell_years: Sequence[Part]
    weeks: Sequence[Part]
    measures: NDArray[np.integer]
    exits: NDArray[np.integer]
    retention: NDArray[np.integer]
    ages: NDArray[np.integer]


class Reduced(NamedTuple):
    """Hold what is kept of one simulation, the large parts by column as [place, period]."""

    months: list[NDArray[np.integer]]
    cell_years: list[NDArray[np.integer]]
    weeks: list[NDArray[np.integer]]
    measures: NDArray[np.int64]
    exits: NDArray[np.int64]
    retention: NDArray[np.int64]
    ages: NDArray[np.int64]


def make_chunk(scenario: int, first: int, trajectories: Iterable[Trajectory], geometry: Geometry) -> Chunk:
    """Reduce simulations `first`, `first` + 1, … of a scenario to what is kept; check that their accounts close.

    Each is reduced before the next is asked for, so that only one whole simulation is in memory.
    """
    space = np.zeros((len(geometry.cells), len(COLUMNS), len(geometry.months)), dtype=np.int64)
    found = [reduced(trajectory, geometry, number, space) for number, trajectory in enumerate(trajectories, start=first)]

    def columns(parts: Iterable[Sequence[NDArray[np.integer]]]) -> list[Part]:
        return list(zip(*parts, strict=True))

    def total(parts: Iterable[NDArray[np.int64]]) -> NDArray[np.integer]:
        return narrow(np.asarray(np.sum(list(parts), axis=0, dtype=np.int64)))

    return Chunk(
        scenario, first, len(found),
        months=columns(one.months for one in found), cell_years=columns(one.cell_years for one in found),
        weeks=columns(one.weeks for one in found), measures=total(one.measures for one in found),
        exits=total(one.exits for one in found), retention=total(one.retention for one in found),
        ages=total(one.ages for one in found),
    )


def reduced(trajectory: Trajectory, geometry: Geometry, simulation: int, space: NDArray[np.int64]) -> Reduced:
    """Reduce one simulation to what is kept of it, working in `space` [cell, column, month].

    Raises AccountError when an account does not close.
    """
    weeks = np.ascontiguousarray(trajectory.weeks.transpose(1, 2, 3, 0))  # [area, group, account, week]
    cells = with_derived(trajectory.months, geometry, space)
    check_hours(weeks, geometry, simulation)
    check_staff(cells, geometry, simulation)
    atoms = over_atoms(cells, trajectory.measures, geometry)
    years = over_years(trajectory.months, cells, geometry)
    return Reduced(
        by_column(atoms), by_column(years), by_column(within_horizon(weeks, atoms, geometry), WEEKLY, ACCOUNT),
        np.add.reduceat(trajectory.measures, geometry.year_spans.first, axis=0),
        trajectory.exits, trajectory.retention, trajectory.ages,
    )


def with_derived(months: NDArray[np.int64], geometry: Geometry, space: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lay months [month, cell, column] out in `space` as [cell, column, month] with the derived columns.

    Those of measures are left alone.
    """
    booked = months.shape[2]
    space[:, :booked] = months.transpose(1, 2, 0)
    need, permanent, full_time = (space[:, column(name)] for name in ("need", "permanent", "full_time_minutes"))
    workload_need, need_days, net, twice = (space[:, booked + k] for k in range(4))
    np.floor_divide(space[:, column("workload_micro_days")] * need, 1000, out=workload_need)
    np.multiply(need, space[:, column("days")], out=need_days)
    worked = space[:, column("worked_minutes")] * np.array(geometry.month_days, dtype=np.float64) * 1e6
    net[:] = np.rint(np.divide(worked, full_time, out=np.zeros_like(worked), where=full_time > 0))
    np.add(permanent[:, 1:], permanent[:, :-1], out=twice[:, 1:])
    np.add(permanent[:, 0], permanent[:, 0], out=twice[:, 0])
    return space


def over_atoms(cells: NDArray[np.int64], measures: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Sum [cell, column, month] to [atom, column, month]; the last atom gets what the measures cost."""
    total = np.empty((len(geometry.atoms), *cells.shape[1:]), dtype=np.int64)
    for atom, members in enumerate(geometry.atoms[:-1]):
        here = total[atom]
        here[:] = cells[members[0]]
        for cell in members[1:]:
            here += cells[cell]
    total[-1] = 0
    total[-1, COLUMNS.index("measure_ore")] = measures[:, :, 0].sum(axis=1)
    total[-1, COLUMNS.index("grant_ore")] = measures[:, :, 1].sum(axis=1)
    return total


def over_years(months: NDArray[np.int64], cells: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Sum months [month, cell, column], and the derived columns of `cells`, to [cell, column, year].

    Stocks are those of the last month.
    """
    booked, years = months.shape[2], geometry.year_spans
    total = np.empty((*cells.shape[:2], len(years.labels)), dtype=np.int64)
    for year, (first, last) in enumerate(zip(years.first.tolist(), years.last.tolist(), strict=True)):
        total[:, :booked, year] = months[first : last + 1].sum(axis=0)
    stocks = slice(len(FLOWS), len(FLOWS) + len(STOCKS))
    total[:, stocks] = cells[:, stocks, years.last]
    total[:, booked:] = np.add.reduceat(cells[:, booked:], years.first, axis=2)
    return total


def within_horizon(weeks: NDArray[np.int64], atoms: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Pick the weeks of every area × group, [area-group, account, week], and cut the last where the months end.

    The run goes on to the Monday after the horizon, the months do not: the last week gets what the months hold and the
    weeks before it do not, so that weeks and months add up to the same. A run that ends with a week is left alone.
    """
    areas, groups = (list(i) for i in zip(*geometry.area_groups, strict=True))
    picked: NDArray[np.int64] = weeks[areas, groups]
    if sum(geometry.week_days) != sum(geometry.month_days):
        booked = atoms[geometry.area_group_atoms, : len(ACCOUNT)].sum(axis=2)
        picked[..., -1] = booked - picked[..., :-1].sum(axis=2)
    return picked


def check_accounts(trajectory: Trajectory, geometry: Geometry, simulation: int) -> None:
    """Verify to the unit that every week's hours and every month's staff close. Raises AccountError naming place and period."""
    check_hours(trajectory.weeks.transpose(1, 2, 3, 0), geometry, simulation)
    check_staff(trajectory.months.transpose(1, 2, 0), geometry, simulation)


def check_hours(weeks: NDArray[np.int64], geometry: Geometry, simulation: int) -> None:
    """Verify need = own + moved + pool + shifted + overtime + agency + unmet in weeks [area, group, account, week]."""
    off = weeks[:, :, 0] - weeks[:, :, 1:CLOSED].sum(axis=2)
    if off.any():
        week, area, group = (int(i) for i in np.argwhere(off.transpose(2, 0, 1))[0])
        raise AccountError(
            f"timkontot går inte ihop i simulering {simulation}, vecka {geometry.weeks[week]}, grupp "
            f"{geometry.group_keys[group]} (område {area}): {int(off[area, group, week])} minuter skiljer behovet från summan")


def check_staff(cells: NDArray[np.int64], geometry: Geometry, simulation: int) -> None:
    """Verify Δemployees = hires − exits + moves + group changes in months [cell, column, month]."""
    stock = cells[:, column("employees")]
    missing = stock.copy()
    missing[:, 0] -= np.array(geometry.initial_employees, dtype=np.int64)
    missing[:, 1:] -= stock[:, :-1]
    for name, sign in STAFF_ACCOUNT.items():
        missing -= sign * cells[:, column(name)]
    if missing.any():
        month, cell = (int(i) for i in np.argwhere(missing.T)[0])
        place = geometry.cells[cell]
        raise AccountError(
            f"personalkontot går inte ihop i simulering {simulation}, {geometry.months[month]}, enhet {place.unit}, "
            f"grupp {place.group}: {int(missing[cell, month])} anställda saknar förklaring")


STAFF_ACCOUNT = {
    "hires": 1, "exits_external": -1, "exits_agency": -1, "exits_pension": -1, "exits_fixed_term": -1, "exits_other": -1,
    "moves_in": 1, "moves_out": -1, "group_in": 1, "group_out": -1,
}


def by_column(
    values: NDArray[np.int64], kept: Sequence[str] = KEPT, names: Sequence[str] = COLUMNS,
) -> list[NDArray[np.integer]]:
    """Copy the kept columns out of [place, column, period], each to the smallest integers that hold it."""
    places, columns, periods = values.shape
    rows = np.ascontiguousarray(values.transpose(1, 0, 2)).reshape(columns, places * periods)
    low, high = rows.min(axis=1).tolist(), rows.max(axis=1).tolist()
    return [rows[k].astype(smallest(low[k], high[k])).reshape(places, periods) for k in map(names.index, kept)]


def narrow(values: NDArray[np.int64]) -> NDArray[np.integer]:
    """Copy to the smallest signed integer type that holds every value."""
    return values.astype(smallest(int(values.min(initial=0)), int(values.max(initial=0))))


def smallest(low: int, high: int) -> type[np.signedinteger]:
    """Give the smallest signed integer type that holds two numbers."""
    return next((kind for kind, least, most in KINDS if least <= low and high <= most), np.int64)


KINDS = [(kind, np.iinfo(kind).min, np.iinfo(kind).max) for kind in (np.int8, np.int16, np.int32)]
