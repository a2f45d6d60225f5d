"""Need and cover of a week in expected values: the staffing order over a spread of own hours (steps 5 to 7).

A gap is never the difference of means: E[max(0, need − own)] exceeds max(0, need − E own). The staffing order is therefore
worked out at twelve equally likely levels of own hours (a normal spread, `start_state.spread`, from posts that are vacant and
holders who are away), the same in all cells, and the mean over them is what is booked. Steps between cells
(redistribution, pool, free shift) use the reference engine's own functions on the means.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine import staffing
from kompetenssim.engine.staffing import AGENCY_WEEK, MOST_AWAY, Account, spare_overtime
from kompetenssim.engine.twin.state import NODES
from kompetenssim.engine.world import ACTIVE, CONTRACT, HEADS, HOURLY_MINUTES, NOVICE, PART_TIME, WORK
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.rules import SUMMER_PRODUCTIVITY, SUMMER_WEEKS, own_minutes, short_sick_share
from kompetenssim.model.start_state import spread

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin


class Cover:
    """One week's gap of every cell at every level of own hours [cell, node], with the accounts of the means."""

    def __init__(self, accounts: list[Account], gap: Floats, own: Floats) -> None:
        self.accounts, self.gap, self.own = accounts, gap, own

    def mean(self, name: str, minutes: Floats) -> None:
        """Add covered minutes [cell, node] to an account and take them off the gap."""
        for a, x in zip(self.accounts, minutes.mean(axis=1).astype(np.int64).tolist(), strict=True):
            if x:
                setattr(a, name, getattr(a, name) + x)
        self.gap -= minutes
        self.settle()

    def settle(self) -> None:
        """Let the gaps of the accounts be the means over the levels."""
        for a, x in zip(self.accounts, self.gap.mean(axis=1).astype(np.int64).tolist(), strict=True):
            a.gap = x

    def between_cells(self, step: staffing.Step, s: Twin, days: int) -> None:
        """Run a step between cells on the means and take the same share of the gap at every level."""
        before = np.array([a.gap for a in self.accounts], dtype=np.float64)
        if not before.any():
            return
        step(s.w, self.accounts, days)
        after = np.array([a.gap for a in self.accounts], dtype=np.float64)
        raised = np.maximum(0.0, after - before)[:, None]
        self.gap = self.gap * np.divide(after, before, out=np.ones(len(before)), where=before > after)[:, None] + raised


def settle_staffing(s: Twin, done: list[list[int]], supervision: list[int], days: int) -> list[Account]:
    """Cover the need of the settled week in the configured order and give the accounts."""
    w, week = s.w, s.w.settled
    accounts = [Account() for _ in w.cells]
    _stand_in_posts(s)
    need = staffing.expressed_need(w, accounts, week, days)
    own = _own_supply(s, accounts, done, supervision, days)
    levels = np.maximum(0.0, own[:, None] + spreads(s, own, done, days)[:, None] * NODES)
    wanted = np.array(need, dtype=np.float64)[:, None]
    used = np.minimum(levels, wanted)
    for a, x, y in zip(accounts, used.mean(axis=1).tolist(), (levels - used).mean(axis=1).tolist(), strict=True):
        a.own, a.surplus = int(x), int(y)
    cover = Cover(accounts, wanted - used, levels)
    cover.settle()
    for name in s.t.planned_order:
        if name == "vikarie":
            there = np.array([a.summer + a.hourly for a in accounts], dtype=np.float64)[:, None]
            cover.mean("own", np.minimum(cover.gap, there))
        elif name == "omfordelning":
            cover.between_cells(staffing.redistribute, s, days)
        elif name == "resurspool":
            cover.between_cells(staffing.lend_pool, s, days)
        elif name == "hyra":
            _agency(s, cover, days)
    rooms = [staffing.practice_room(w, c, a, done[HEADS][c] // (1440 * days)) for c, a in enumerate(accounts)]
    room = np.array(rooms, dtype=np.float64)
    part_time = np.array([x > 0 for x in s.levels[PART_TIME]])
    left = np.broadcast_to(room[:, None], cover.gap.shape).copy()
    for name in s.t.acute_order:
        if name == "uppgiftsvaxling":
            cover.between_cells(staffing.free_shift, s, days)
            continue
        if name == "mertid":
            take = np.minimum(cover.gap, cover.own * (s.column("extra_hours_share") * part_time)[:, None])
            for a, x in zip(accounts, take.mean(axis=1).astype(np.int64).tolist(), strict=True):
                a.extra += x
        elif name == "extrapass":
            share = s.column("extra_shift_factor")[:, None] * w.one["extra_shift_share"]
            take = np.minimum(np.minimum(cover.gap, left), left * share)
            left -= take
        else:
            take = np.minimum(cover.gap, left)
            left -= take
        cover.mean("overtime", take)
    _close(s, accounts, week)
    return accounts


def _close(s: Twin, accounts: list[Account], week: int) -> None:
    """Close every account to the minute and keep the overtime of the law's windows."""
    w = s.w
    spare_overtime(w, accounts)
    for c, a in enumerate(accounts):
        left = a.need - a.own - a.moved - a.pool - a.shifted - a.overtime - a.agency
        a.unmet = max(0, left)
        a.own += min(0, left)
        w.overtime_4_weeks[c][week % 4] = a.overtime
        w.overtime_year[c] += a.overtime


def _own_supply(s: Twin, accounts: list[Account], done: list[list[int]], supervision: list[int], days: int) -> Floats:
    """Give expected own minutes by cell, and set hourly staff and summer substitutes."""
    w, week = s.w, s.w.settled
    number, year = s.t.calendar.week_number[week], s.t.calendar.week_year[week]
    summer = SUMMER_WEEKS[0] <= number <= SUMMER_WEEKS[1]
    full, used, intro, rest = (w.column(x) for x in ("full_time_hours", "used_time", "intro_time", "compensatory_rest"))
    sick = w.column("short_sick")
    found = np.zeros(s.cells)
    for c, (a, presence) in enumerate(zip(accounts, staffing.presence_in(w, week), strict=True)):
        heads = (done[HEADS][c] + 5040) // (1440 * days)
        a.sick = short_sick_share(sick[c], w.sick_spread[c], heads, 0.0)
        novice = done[NOVICE][c] / max(1, done[CONTRACT][c])
        away = min(MOST_AWAY, used[c] + intro[c] * novice + rest[c])
        own = own_minutes(done[WORK][c], full[c], presence, a.sick, away, supervision[c])
        own -= int(s.t.cell_duty_compensated_hours[c] * 60.0 * days / 7.0)
        a.own_full = max(0, own)
        if summer and s.t.summer_units[c]:
            a.summer = int(w.summer_found[c, year] / 200.0 * full[c] * 60.0 * SUMMER_PRODUCTIVITY * days / 7.0)
        a.hourly = done[HOURLY_MINUTES][c] // WEEK
        found[c] = a.own_full
    return found


def spreads(s: Twin, own: Floats, done: list[list[int]], days: int) -> Floats:
    """Give the standard deviation of own minutes by cell, from its vacancies and absences now."""
    heads = s.employed_then
    present = np.array(done[HEADS]) / (1440.0 * days)
    units = np.maximum(1.0, s.post_units)
    vacancy = np.clip(s.vacant_units / units, 0.0, 0.95)
    out = np.clip(1.0 - present / np.maximum(1e-9, heads), 0.0, 0.9)
    return np.array([spread(float(o), float(h), float(v), float(x)) for o, h, v, x in zip(own, heads, vacancy, out, strict=True)])


def _stand_in_posts(s: Twin) -> None:
    """Give measures' posts holders in proportion to how many of the cell's posts are filled and at work."""
    for block, row in enumerate(s.t.post_blocks):
        c = row.cell
        vacancy = min(1.0, max(0.0, s.vacant_units[c] / max(1.0, s.post_units[c])))
        at_work = s.levels[HEADS][c] / max(1e-9, s.employed_then[c])
        units = max(0.0, s.running_units[block] + s.block_fte[block] * 200.0) * (1.0 - vacancy) * at_work
        s.w.block_posts[block] = [SimpleNamespace(holder=SimpleNamespace(state=ACTIVE, grade=units), withdrawn=False)]  # type: ignore[list-item]  # as much of a post as is read


def _agency(s: Twin, cover: Cover, days: int) -> None:
    """Use the agency weeks due now, at every level: whole weeks that come or not, what the gap no longer needs is wasted."""
    w, levels = s.w, len(NODES)
    whole, part, sure, price = np.zeros((s.cells, levels)), np.zeros((s.cells, levels)), np.zeros(s.cells), np.zeros(s.cells)
    for c in w.hiring_cells:
        due = s.due[c].pop(w.settled, None)
        if due is not None:
            weeks, sure[c], price[c] = due
            whole[c], part[c] = np.floor(weeks), weeks - np.floor(weeks)
    if not price.any():
        return
    week = AGENCY_WEEK * days / 7.0
    usable = (week * s.column("agency_productivity"))[:, None]
    p = sure[:, None]

    def used(number: Floats) -> Floats:
        """Give what `number` ordered weeks, each delivered with probability p, cover: exact for one, at its mean beyond."""
        one: Floats = p * np.minimum(cover.gap, usable)
        return np.where(number < 0.5, 0.0, np.where(number < 1.5, one, np.minimum(cover.gap, usable * number * p)))

    taken = (1.0 - part) * used(whole) + part * used(whole + 1.0)
    paid = ((whole + part) * p * week).mean(axis=1)
    cover.mean("agency", taken)
    for c, a in enumerate(cover.accounts):
        if paid[c] > 0.0:
            a.agency_paid = int(paid[c])
            a.agency_weeks = int(paid[c] / week * 1000 * days / 7)
            a.agency_wasted = max(0, int(paid[c] * w.value("agency_productivity", c)) - a.agency)
            a.agency_ore = int(paid[c] * price[c] / 60.0)
