"""From fractions to the whole numbers of a Trajectory, so that sums stay right.

Counted flows are rounded on their running sums, each up or down so that the stock they explain stays nearest to its expected
value; the stock of employees is what they give. Other counts carry their remainder to the next place.
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


def whole_flows(flows: Floats) -> NDArray[np.int64]:
    """Round flows [month, cell, COUNTED]: no running sum is off by one, and neither is that of the staff for long."""
    months, cells, count = flows.shape
    exact = np.cumsum(flows, axis=0)
    found = np.zeros((months, cells, count), dtype=np.int64)
    before = np.zeros((cells, count))
    for m in range(months):
        error = np.zeros(cells)
        for k, name in enumerate(COUNTED):
            low = np.maximum(np.floor(exact[m, :, k] + 1e-9), before[:, k])
            high = np.maximum(np.ceil(exact[m, :, k] - 1e-9), before[:, k])
            sign = SIGN.get(name, 0)
            down, up = error + sign * (low - exact[m, :, k]), error + sign * (high - exact[m, :, k])
            near = exact[m, :, k] - low < high - exact[m, :, k]
            take_low = np.where(np.abs(np.abs(down) - np.abs(up)) < 1e-9, near, np.abs(down) < np.abs(up)) if sign else near
            chosen = np.where(take_low, low, high)
            error += sign * (chosen - exact[m, :, k])
            found[m, :, k] = chosen - before[:, k]
            before[:, k] = chosen
    return found


def carried(values: Floats) -> NDArray[np.int64]:
    """Round along the last axis with the remainder carried on, so that the whole is right."""
    return np.diff(np.rint(np.cumsum(values, axis=-1)), axis=-1, prepend=0.0).astype(np.int64)


def trajectory(s: Twin) -> Trajectory:
    """Close the books."""
    w, groups = s.w, len(s.t.groups)
    flows = w.month_flow
    whole = whole_flows(s.counted)
    for k, name in enumerate(COUNTED):
        flows[:, :, FLOWS.index(name)] = whole[:, :, k]
    stocks = np.zeros((len(s.t.months), s.cells, len(STOCKS)), dtype=np.int64)
    order = np.argsort(s.group, kind="stable")
    for k in range(1, len(STOCKS)):
        stocks[:, order, k] = carried(np.maximum(0.0, s.stocks[:, order, k]))
    change = sum(sign * whole[:, :, COUNTED.index(name)] for name, sign in SIGN.items())
    stocks[:, :, 0] = np.array(s.t.initial_employees) + np.cumsum(change, axis=0)
    years = len(s.exits)
    shape = w.exits.shape
    exits = carried(s.exits.transpose(0, 2, 1).reshape(years, shape[2], groups, -1))
    return Trajectory(
        months=np.concatenate([flows, stocks], axis=2),
        weeks=w.week_flow,
        measures=w.measure_money,
        exits=exits.transpose(0, 2, 1, 3).reshape(shape),
        retention=np.rint(s.retention).astype(np.int64),
        ages=carried(s.ages),
        trace=w.trace,
    )
