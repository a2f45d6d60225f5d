"""What is kept of a simulation: sums over atoms, exact integers, in the smallest type that holds them.

This runs in the workers, so it imports numpy and the model only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.forecast.errors import AccountError
from kompetenssim.forecast.geometry import Geometry
from kompetenssim.model.trajectory import ACCOUNT, FLOWS, STOCKS, Trajectory, column

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Made here per month and cell because they are not linear in what the engine books: workload × need (1/1000 of
#: micro-days × minutes), need × days, net FTE × days (micro), permanent staff at both ends of the month, and the
#: cost and grant of measures, which belong to no cell.
DERIVED = ("workload_need", "need_days", "net_micro_days", "permanent_twice", "measure_ore", "grant_ore")
COLUMNS = FLOWS + STOCKS + DERIVED
CLOSED = 8  # the first eight of ACCOUNT: need = the seven others


class Chunk(NamedTuple):
    """Hold a run of simulations of one scenario, `first` the number of the first.

    `months[k]` [simulation, month, atom], `cell_years[k]` [simulation, year, cell] and `weeks[k]` [simulation, week,
    area-group] per column; `measures` [year, measure, 2], `exits`, `retention` and `ages` are sums over the simulations.
    """

    scenario: int
    first: int
    size: int
    months: list[NDArray[np.integer]]
    cell_years: list[NDArray[np.integer]]
    weeks: list[NDArray[np.integer]]
    measures: NDArray[np.int64]
    exits: NDArray[np.int64]
    retention: NDArray[np.int64]
    ages: NDArray[np.int64]


def make_chunk(scenario: int, first: int, trajectories: Sequence[Trajectory], geometry: Geometry) -> Chunk:
    """Reduce simulations `first`, `first` + 1, … of a scenario to what is kept; check that their accounts close."""
    for number, trajectory in enumerate(trajectories, start=first):
        check_accounts(trajectory, geometry, number)
    cells = [with_derived(t.months, geometry) for t in trajectories]
    year_starts = geometry.year_spans().first
    areas, groups = (list(i) for i in zip(*geometry.area_groups, strict=True))
    measures = sum(np.add.reduceat(t.measures, year_starts, axis=0) for t in trajectories)
    return Chunk(
        scenario, first, len(trajectories),
        months=_by_column([over_atoms(c, t.measures, geometry) for c, t in zip(cells, trajectories, strict=True)]),
        cell_years=_by_column([over_years(c, geometry) for c in cells]),
        weeks=_by_column([within_horizon(t.weeks[:, areas, groups], t.months, geometry) for t in trajectories]),
        measures=np.asarray(measures, dtype=np.int64),
        exits=np.sum([t.exits for t in trajectories], axis=0, dtype=np.int64),
        retention=np.sum([t.retention for t in trajectories], axis=0, dtype=np.int64),
        ages=np.sum([t.ages for t in trajectories], axis=0, dtype=np.int64),
    )


def with_derived(months: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Append the derived columns to month × cell; those of measures stay 0 here."""
    need = months[..., column("need")]
    full_time = months[..., column("full_time_minutes")]
    days = np.array(geometry.month_days, dtype=np.int64)[:, None]
    permanent = months[..., column("permanent")]
    worked = months[..., column("worked_minutes")].astype(np.float64)
    net = np.rint(np.divide(worked * days * 1e6, full_time, out=np.zeros_like(worked), where=full_time > 0))
    zero = np.zeros_like(need)
    derived = np.stack([
        months[..., column("workload_micro_days")] * need // 1000,
        need * months[..., column("days")],
        net.astype(np.int64),
        permanent + np.concatenate([permanent[:1], permanent[:-1]]),
        zero, zero,
    ], axis=-1)
    return np.concatenate([months, derived], axis=-1)


def over_atoms(cells: NDArray[np.int64], measures: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Sum month × cell to month × atom; the last atom gets what the measures cost."""
    listed = [cell for atom in geometry.atoms for cell in atom]
    starts = np.cumsum([0] + [len(atom) for atom in geometry.atoms[:-1]])[:-1]
    result = np.zeros((cells.shape[0], len(geometry.atoms), cells.shape[2]), dtype=np.int64)
    result[:, :-1] = np.add.reduceat(cells[:, listed], starts, axis=1)
    result[:, -1, COLUMNS.index("measure_ore")] = measures[:, :, 0].sum(axis=1)
    result[:, -1, COLUMNS.index("grant_ore")] = measures[:, :, 1].sum(axis=1)
    return result


def over_years(cells: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Sum month × cell to year × cell; stocks are those of the last month."""
    years = geometry.year_spans()
    result = np.add.reduceat(cells, years.first, axis=0)
    stocks = slice(len(FLOWS), len(FLOWS) + len(STOCKS))
    result[..., stocks] = cells[years.last][..., stocks]
    return result


def within_horizon(weeks: NDArray[np.int64], months: NDArray[np.int64], geometry: Geometry) -> NDArray[np.int64]:
    """Cut the last week [week, area × group] where the months end.

    The run goes on to the Monday after the horizon, the months do not: the last week gets what the months hold and the
    weeks before it do not, so that weeks and months add up to the same. A run that ends with a week is left alone.
    """
    if sum(geometry.week_days) == sum(geometry.month_days):
        return weeks
    account = months[..., : len(ACCOUNT)].sum(axis=0)
    booked = np.stack([account[list(cells)].sum(axis=0) for cells in geometry.area_group_cells])
    return np.concatenate([weeks[:-1], (booked - weeks[:-1].sum(axis=0))[None]])


def check_accounts(trajectory: Trajectory, geometry: Geometry, simulation: int) -> None:
    """Verify to the unit that every week's hours and every month's staff close.

    Raises AccountError naming place and period. Need = own + moved + pool + shifted + overtime + agency + unmet per
    week, area and group; Δemployees = hires − exits + moves + group changes per month, unit and group.
    """
    off = trajectory.weeks[..., 0] - trajectory.weeks[..., 1:CLOSED].sum(axis=-1)
    if off.any():
        week, area, group = (int(i) for i in np.argwhere(off)[0])
        raise AccountError(
            f"timkontot går inte ihop i simulering {simulation}, vecka {geometry.weeks[week]}, grupp "
            f"{geometry.group_keys[group]} (område {area}): {int(off[week, area, group])} minuter skiljer behovet från summan")
    months = trajectory.months
    stock = months[..., column("employees")]
    before = np.concatenate([np.array(geometry.initial_employees, dtype=np.int64)[None], stock[:-1]])
    change = sum(sign * months[..., column(name)] for name, sign in STAFF_ACCOUNT.items())
    missing = stock - before - change
    if missing.any():
        month, cell = (int(i) for i in np.argwhere(missing)[0])
        place = geometry.cells[cell]
        raise AccountError(
            f"personalkontot går inte ihop i simulering {simulation}, {geometry.months[month]}, enhet {place.unit}, "
            f"grupp {place.group}: {int(missing[month, cell])} anställda saknar förklaring")


STAFF_ACCOUNT = {
    "hires": 1, "exits_external": -1, "exits_agency": -1, "exits_pension": -1, "exits_fixed_term": -1, "exits_other": -1,
    "moves_in": 1, "moves_out": -1, "group_in": 1, "group_out": -1,
}


def narrow(values: NDArray[np.int64]) -> NDArray[np.integer]:
    """Copy to the smallest signed integer type that holds every value."""
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
            return values.astype(kind)
    return values.copy()


def _by_column(simulations: Sequence[NDArray[np.int64]]) -> list[NDArray[np.integer]]:
    stacked = np.stack(simulations)
    return [narrow(stacked[..., k]) for k in range(stacked.shape[-1])]
