"""Agency orders in expected values (step 7): the planned gap at every level of own hours, under the caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.agency import LEAVER_AVAILABILITY, planned_supply
from kompetenssim.engine.staffing import AGENCY_WEEK, Account
from kompetenssim.engine.twin.coverage import spreads
from kompetenssim.engine.twin.state import NODES
from kompetenssim.model.rules import capped_delivery, order_factor

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin


def order_agency(s: Twin, accounts: list[Account], supervision: list[int], now: int, done: list[list[int]], days: int) -> None:
    """Order for the weeks one lead time ahead that are not ordered yet."""
    w, last, targets = s.w, len(s.t.calendar.week_number) - 1, dict[int, list[int]]()
    lead = w.column("agency_lead_weeks")
    for c in w.hiring_cells:
        latest = min(now + max(1, int(lead[c] + 0.5)), last)
        for target in range(w.ordered_to[c] + 1, latest + 1):
            targets.setdefault(target, []).append(c)
            w.ordered_to[c] = target
    for target, cells in sorted(targets.items()):
        _order_week(s, target, cells, accounts, supervision, done, days)


def _order_week(
    s: Twin, target: int, cells: list[int], accounts: list[Account], supervision: list[int], done: list[list[int]], days: int
) -> None:
    w = s.w
    seen = planned_supply(w, target, cells, accounts, supervision)
    wanted, own = (np.array(x, dtype=np.float64) for x in zip(*seen, strict=True))
    everywhere = np.zeros(s.cells)
    everywhere[cells] = np.maximum(0.0, own)
    gap = np.maximum(0.0, wanted[:, None] - own[:, None] - spreads(s, everywhere, done, days)[cells, None] * NODES)
    gap = np.minimum(gap, np.maximum(1.0, wanted)[:, None])
    fixed, productivity = s.column("agency_fixed_weeks")[cells], s.column("agency_productivity")[cells]
    share = np.minimum(s.column("agency_order_share"), s.column("agency_gap_cap"))[cells]
    price, reference = w.column("agency_price"), w.column("agency_price_reference")
    factor = np.array([order_factor(price[c], reference[c], w.one["price_elasticity"]) for c in cells])
    weeks = np.maximum(0.0, gap / (AGENCY_WEEK * productivity)[:, None] - fixed[:, None]) * (share * factor)[:, None]
    weeks *= _caps(s, target, cells, weeks.mean(axis=1))[:, None]
    for i, c in enumerate(cells):
        _place(s, c, target, weeks[i], float(fixed[i]))


def _caps(s: Twin, target: int, cells: list[int], weeks: Floats) -> Floats:
    """Give the share of each cell's order that the caps let through: expected orders against the cap, cut alike."""
    w, year = s.w, s.t.calendar.week_year[target]
    found = np.ones(len(cells))
    for k, row in enumerate(s.t.caps):
        mine = np.array([c in row.cells for c in cells])
        ordered = float((weeks * found)[mine].sum())
        if ordered <= 0.0:
            continue
        cost = np.array([AGENCY_WEEK / 60.0 * min(w.value("agency_price", c), w.value("agency_price_cap", c)) for c in cells])
        money = float((weeks * found * cost)[mine].sum())
        used = s.cap_used.get((k, target), 0.0)
        room = min(1.0, max(0.0, w.value("cap_weeks", k) - used) / ordered)
        room = min(room, max(0.0, w.value("cap_cost", k) - w.cap_spent[k].get(year, 0.0)) / max(1e-9, money))
        s.cap_used[k, target] = used + ordered * room
        w.cap_spent[k][year] = w.cap_spent[k].get(year, 0.0) + money * room
        found[mine] *= room + (1.0 - room) * (1.0 - w.value("cap_held", k))
    return found


def _place(s: Twin, c: int, target: int, weeks: Floats, fixed: float) -> None:
    """Note what is expected to be delivered, with what certainty and at what price."""
    w, g = s.w, int(s.group[c])
    price, cap = w.value("agency_price", c), w.value("agency_price_cap", c)
    available = w.value("agency_delivery", c) * (1.0 + LEAVER_AVAILABILITY * (s.at_agency[g] - s.at_agency_start[g]))
    sure = min(1.0, capped_delivery(max(0.0, available), price, cap, w.one["price_cap_elasticity"]))
    ordered = float(weeks.mean())
    total = ordered + fixed
    if total > 0.0:
        sure = (ordered * sure + fixed * w.value("agency_fixed_delivery", c)) / total
        s.due[c][target] = (weeks + fixed, sure, min(price, cap) * 100.0)
