"""From fractions to the whole numbers of a Trajectory, so that sums stay right.

Counted flows are rounded on the running sums of their occupation group, and each whole event goes to the cell that lags most
behind its expected value: no sum over a group is ever off by more than a half. The staff is what the flows give. Other counts
carry their remainder to the next place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.twin.state import COUNTED
from kompetenssim.model.trajectory import CAUSES, FLOWS, STOCKS, Trajectory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin

SIGN = {"hires": 1, "moves_in": 1, "group_in": 1, "moves_out": -1, "group_out": -1} | dict.fromkeys(CAUSES, -1)


def whole_flows(flows: Floats, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Round flows [month, cell, flow]: a group's running sum to the nearest, and its events to the cells that lag most."""
    months, cells, count = flows.shape
    groups = int(group.max(initial=0)) + 1
    exact = np.cumsum(flows, axis=0)
    totals = np.zeros((months, groups, count))
    for g in range(groups):
        totals[:, g] = exact[:, group == g].sum(axis=1)
    steps = np.diff(np.rint(totals), axis=0, prepend=np.zeros((1, groups, count)))
    first = np.searchsorted(np.sort(group), np.arange(groups))
    given = np.zeros((cells, count))
    found = np.zeros((months, cells, count), dtype=np.int64)
    for m in range(months):
        lag = exact[m] - given
        whole = np.floor(np.maximum(0.0, lag))
        sums = np.zeros((groups, count))
        np.add.at(sums, group, whole)
        order = np.lexsort((-(lag - whole).T, np.broadcast_to(group, (count, cells))), axis=-1).T
        rank = np.empty((cells, count), dtype=np.int64)
        np.put_along_axis(rank, order, np.broadcast_to(np.arange(cells)[:, None], (cells, count)), axis=0)
        event = whole + (rank - first[group][:, None] < (steps[m] - sums)[group])
        given += event
        found[m] = event.astype(np.int64)
    return found


def carried(values: Floats) -> NDArray[np.int64]:
    """Round along the last axis with the remainder carried on, so that the whole is right."""
    return np.diff(np.rint(np.cumsum(values, axis=-1)), axis=-1, prepend=0.0).astype(np.int64)


def trajectory(s: Twin) -> Trajectory:
    """Close the books."""
    w, groups = s.w, len(s.t.groups)
    flows = w.month_flow
    whole = whole_flows(s.counted, s.group)
    for k, name in enumerate(COUNTED):
        flows[:, :, FLOWS.index(name)] = whole[:, :, k]
    stocks = np.zeros((len(s.t.months), s.cells, len(STOCKS)), dtype=np.int64)
    order = np.argsort(s.group, kind="stable")
    for k in range(1, len(STOCKS)):
        stocks[:, order, k] = carried(np.maximum(0.0, s.stocks[:, order, k]))
    change = sum(sign * whole[:, :, COUNTED.index(name)] for name, sign in SIGN.items())
    stocks[:, :, 0] = np.array(s.t.initial_employees) + np.cumsum(change, axis=0)
    years, _, causes = s.exits.shape
    exits = s.exits.reshape(years, groups, -1, causes).transpose(1, 3, 0, 2)
    retention = s.retention.transpose(3, 2, 1, 0)
    return Trajectory(
        months=np.concatenate([flows, stocks], axis=2),
        weeks=w.week_flow,
        measures=w.measure_money,
        exits=carried(exits.reshape(-1)).reshape(exits.shape).transpose(2, 0, 1, 3).reshape(w.exits.shape),
        retention=carried(retention).transpose(3, 2, 1, 0),
        ages=carried(s.ages),
        trace=w.trace,
    )
