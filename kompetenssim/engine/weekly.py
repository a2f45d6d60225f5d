"""The weekly tick: everything that people share is settled here, in the fixed order of nine steps."""

from __future__ import annotations

from math import exp, log

from kompetenssim.engine import books
from kompetenssim.engine.agency import order_agency
from kompetenssim.engine.hiring import settle_applicants, settle_cohorts, settle_freeze, settle_posts
from kompetenssim.engine.people import change_grade, open_strips, set_due
from kompetenssim.engine.staffing import Account, settle_staffing
from kompetenssim.engine.stops import hazard_too_high
from kompetenssim.engine.training import settle_examinations, settle_supervision, settle_terms
from kompetenssim.engine.world import ACTIVE, CONTRACT, LEVELS, NOVICE, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.clocks import MOST_STRIPS, RESIGN, STRIP, THINNED
from kompetenssim.model.keyed import uniform
from kompetenssim.model.rules import MULTIPLIER_HIGH, MULTIPLIER_LOW, multiplier, pay_multiplier, workload


def tick(w: World) -> None:
    """Settle the week that has just passed."""
    week = w.week
    now = w.week_end
    done = [list(row) for row in w.acc]
    days = w.t.calendar.week_days[week]
    _open_week(w, week)
    inputs_of_week(w, week)  # 1
    settle_posts(w, now)  # 2
    settle_cohorts(w, now)
    settle_applicants(w, now)  # 3
    supervision = settle_supervision(w, now, done, days)  # 4
    settle_examinations(w, now)
    settle_terms(w, now)
    settle_freeze(w, now)
    accounts = settle_staffing(w, done, supervision, days)  # 5, 6
    order_agency(w, accounts, supervision)  # 7
    settle_workload(w, done, accounts)  # 8
    books.book(w, week, done, accounts)  # 9
    _more_hours(w, now)
    fit_strips(w, now)


def _open_week(w: World, week: int) -> None:
    """Turn the counters to the next week; changes made at the tick count for the whole of it."""
    starts = w.t.calendar.week_start
    last = week + 1 >= len(w.t.calendar.week_days)
    length = WEEK if last else starts[week + 2] - starts[week + 1]
    w.settled = week
    w.week = week if last else week + 1
    w.week_end = starts[week + 1] + length
    for k in range(LEVELS):
        level = w.level[k]
        w.acc[k] = [x * length for x in level]


def inputs_of_week(w: World, week: int) -> None:
    """Set the quantities whose date falls in this week (step 1)."""
    i, ops = w.next_op, w.inputs
    changed = False
    while i < len(ops.op_week) and ops.op_week[i] <= week:
        w.values[ops.op_slot[i]] = ops.op_value[i]
        changed = True
        i += 1
    w.next_op = i
    w.values_changed = w.values_changed or changed
    if changed or week == 0:
        _derived(w)


def _derived(w: World) -> None:
    """Note what follows from the quantities alone: cells that hire nobody (frozen or closed), prices, mean pay by group."""
    w.frozen = [f >= 0.5 or c >= 1.0 for f, c in zip(w.column("freeze"), w.column("closed_share"), strict=True)]
    w.prices = books.prices(w)
    pay = w.column("pay_relative")
    for g, cells in enumerate(w.group_cells):
        total = 0.0
        for c in cells:
            total += pay[c]
        w.group_pay[g] = total / len(cells) if cells else 0.0


def settle_workload(w: World, done: list[list[int]], accounts: list[Account]) -> None:
    """Update workload and what depends on it: exits at once, sickness with a lag (step 8)."""
    alpha = 1.0 - exp(-log(2.0) / w.one["half_life_weeks"])
    slow = 1.0 - exp(-log(2.0) / w.one["sick_half_life_weeks"])
    own, hired = [0] * len(w.t.families), [0] * len(w.t.families)
    weights = [w.one[f"weight_{part}"] for part in ("unmet", "overtime", "agency", "novices", "supervision")]
    theta_exit, theta_sick = w.one["theta_exit"], w.one["theta_sick"]
    for c, a in enumerate(accounts):
        f, g = w.family_of[c], w.group_of[c]
        own[f] += a.own
        hired[f] += a.agency
        contract = done[CONTRACT][c]
        novices = done[NOVICE][c] / contract if contract > 0 else 0.0
        have, need = w.supervision_have[f], w.supervision_need[f]
        excess = 0.0
        if need > have:
            excess = need / have - 1.0 if 0 < need < 2 * have else 1.0
        short = a.unmet - a.relief if a.unmet > a.relief else 0
        b = workload(short, a.need, a.overtime, a.own_full, a.agency, novices, excess, *weights)
        w.workload[c] += alpha * (b - w.workload[c])
        w.workload_lagged[c] += slow * (w.workload[c] - w.workload_lagged[c])
        reference = w.inputs.workload_reference[g]
        if w.t.cell_is_pool[c]:
            w.workload[c] = w.workload_lagged[c] = reference
        e = multiplier(theta_exit, w.workload[c] - reference)
        w.exit_multiplier[c] = e
        w.sick_multiplier[c] = multiplier(theta_sick, w.workload_lagged[c] - reference)
        w.clipped[c] = e <= MULTIPLIER_LOW or e >= MULTIPLIER_HIGH
    for f in range(len(own)):
        total = own[f] + hired[f]
        w.agency_share[f] = hired[f] / total if total > 0 else 0.0


def _more_hours(w: World, now: int) -> None:
    """Raise the employment rate of the part-timers who have taken the offer of more hours by now."""
    for c in w.cells:
        share = w.value("more_hours_share", c)
        if share > w.more_hours_done[c]:
            step = round(w.value("more_hours_step", c) * 200.0)
            low = w.more_hours_done[c]
            w.more_hours_done[c] = share
            for p in sorted((p for p in w.people if p.cell == c and p.state == ACTIVE and p.grade < 200), key=lambda q: q.key):
                if low <= uniform(p.key, clocks.MORE_HOURS, 0) < share:
                    change_grade(w, p, now, min(200, p.grade + step))


def fit_strips(w: World, now: int) -> None:
    """Open the strips that the coming week's hazards may need, cell by cell; opening more than needed changes nothing.

    Between changes of the inputs only the workload moves hazards, so a cell is looked at again when its multiplier
    passes the limit of its open strips.
    """
    opened = {
        c
        for c in w.cells
        if (w.values_changed or w.exit_multiplier[c] >= w.exit_limit[c] or w.sick_multiplier[c] >= w.sick_limit[c])
        and _fit_cell(w, c)
    }
    w.values_changed = False
    if opened:
        for p in w.people:
            if p.cell in opened and p.strips:
                open_strips(w, p, now)
                set_due(p)
                w.reschedule(p)


def _fit_cell(w: World, c: int) -> bool:
    """Set how many strips a cell needs of each clock; tell whether some were opened."""
    v, at = w.values, w.at
    factor = v[at["exit_factor"] + c] * pay_multiplier(v[at["pay_relative"] + c], w.one["pay_exit_elasticity"])
    young = w.one["young_exit"] * v[at["young_exit_factor"] + c]
    old = max(v[at["exit_rate"] + c] * max(1.0, young), w.most_exam_hazard) * factor
    new = max(old, old * w.one["novice_exit"] * v[at["novice_exit_factor"] + c])
    sick = v[at["sick_rate"] + c]
    exits = max(old / STRIP[RESIGN][1], new / STRIP[RESIGN][0])
    bounds = [
        exits * w.exit_multiplier[c],
        v[at["move_rate"] + c] / STRIP[1][0],
        sick * w.sick_multiplier[c] / STRIP[2][0],
        v[at["parental_rate"] + c] / STRIP[3][0],
        v[at["leave_rate"] + c] / STRIP[4][0],
        v[at["grade_rate"] + c] / STRIP[5][0],
    ]
    opened = False
    for clock in range(THINNED):
        need = int(bounds[clock]) + 1 if bounds[clock] > 0.0 else 0
        if need > MOST_STRIPS:
            m = STRIP[clock][1 if clock == RESIGN and old / STRIP[RESIGN][1] > new / STRIP[RESIGN][0] else 0]
            raise hazard_too_high(w.t, clock, c, w.settled, bounds[clock] * m, MOST_STRIPS * m)
        if need > w.strip_count[clock][c]:
            w.strip_count[clock][c] = need
            opened = True
    w.exit_limit[c] = w.strip_count[RESIGN][c] / exits if exits > 0.0 else 1e9
    w.sick_limit[c] = w.strip_count[2][c] * STRIP[2][0] / sick if sick > 0.0 else 1e9
    return opened
