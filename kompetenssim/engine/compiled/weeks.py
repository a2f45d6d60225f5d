"""The weeks of a simulation: people's events up to the boundary, then the tick in its nine steps."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.applicants import settle_applicants, settle_cohorts
from kompetenssim.engine.compiled.booking import book, close_books, set_prices, year_end
from kompetenssim.engine.compiled.covering import settle_staffing
from kompetenssim.engine.compiled.learning import settle_examinations, settle_supervision, settle_terms
from kompetenssim.engine.compiled.life import change_grade, live
from kompetenssim.engine.compiled.names import L_CONTRACT, L_NOVICE
from kompetenssim.engine.compiled.opening import populate
from kompetenssim.engine.compiled.ordering import order_agency
from kompetenssim.engine.compiled.posts import settle_freeze, settle_posts
from kompetenssim.engine.compiled.records import push, value
from kompetenssim.engine.compiled.state import (
    AGENCY_SHARE,
    AGENCY_USED,
    CELL,
    CHANGED,
    CLIPPED,
    DUE,
    ENTRY_DUE,
    ENTRY_LINK,
    ENTRY_PERSON,
    EXIT_MULTIPLIER,
    FAMILY,
    FIRST_MONTH,
    FREE_ENTRY,
    GOES_ON,
    GRADE_UNITS,
    GROUP,
    IS_FROZEN,
    IS_POOL,
    MEAN_PAY,
    MORE_HOURS_DONE,
    NEED,
    NEXT_OPERATION,
    OVERTIME,
    OWN,
    OWN_FULL,
    PAY_EXIT,
    PEOPLE,
    RELIEF,
    SETTLED,
    SICK_MULTIPLIER,
    SPLIT,
    STATE,
    SUPERVISION_HAVE,
    SUPERVISION_NEED,
    UNMET,
    WEEK_END,
    WEEK_NOW,
    WORKLOAD,
    WORKLOAD_LAGGED,
    Rest,
    World,
)
from kompetenssim.engine.compiled.strips import fit_strips
from kompetenssim.engine.compiled.tables import Tables
from kompetenssim.engine.world import ACTIVE, LEVELS
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.clocks import MORE_HOURS
from kompetenssim.model.keyed import uniform
from kompetenssim.model.positions import (
    ONE_HALF_LIFE_WEEKS,
    ONE_PAY_EXIT_ELASTICITY,
    ONE_SICK_HALF_LIFE_WEEKS,
    ONE_THETA_EXIT,
    ONE_THETA_SICK,
    ONE_WEIGHT_AGENCY,
    ONE_WEIGHT_NOVICES,
    ONE_WEIGHT_OVERTIME,
    ONE_WEIGHT_SUPERVISION,
    ONE_WEIGHT_UNMET,
    Q_CLOSED_SHARE,
    Q_FREEZE,
    Q_MORE_HOURS_SHARE,
    Q_MORE_HOURS_STEP,
    Q_PAY_RELATIVE,
)
from kompetenssim.model.rules import MULTIPLIER_HIGH, MULTIPLIER_LOW, multiplier, pay_multiplier, workload

if TYPE_CHECKING:
    from kompetenssim.engine.filling import ArrayInputs


def run_all(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Simulate from the start to the Monday after the horizon."""
    weeks = t.week_days.shape[0]
    set_derived(w, t)
    populate(w, t, x, r)
    year = 0
    for week in range(weeks):
        live_until(w, week, t.week_start[week + 1])
        if w.status[0] != GOES_ON:
            return
        reached = t.last_year[week]
        if reached > year or week + 1 == weeks:
            year_end(w, r, year, t.week_start[week + 1])
            year = reached
        tick(w, t, x, r)
        if w.status[0] != GOES_ON:
            return
    close_books(w)


def live_until(w: World, week: int, boundary: int) -> None:
    """Run the events of everybody in this week's bucket, each person's week in one go: they commute."""
    e = w.bucket[week]
    while e >= 0:
        i, due, following = w.entry[e, ENTRY_PERSON], w.entry[e, ENTRY_DUE], w.entry[e, ENTRY_LINK]
        w.entry[e, ENTRY_LINK] = w.n[FREE_ENTRY]
        w.n[FREE_ENTRY] = e
        if w.person[i, DUE] == due:
            while w.person[i, DUE] < boundary and w.status[0] == GOES_ON:
                live(w, i, w.person[i, DUE])
            push(w, i)
        e = following


def tick(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Settle the week that has just passed."""
    week, now = w.n[WEEK_NOW], w.n[WEEK_END]
    days = t.week_days[week]
    open_week(w, t, r, week)
    inputs_of_week(w, t, x, week)  # 1
    settle_posts(w, t, r, now)  # 2
    settle_cohorts(w, t, r, now)
    settle_applicants(w, t, x, r, now)  # 3
    settle_supervision(w, t, r, now, days)  # 4
    settle_examinations(w, t, r, now)
    settle_terms(w, t, r, now)
    settle_freeze(w, now)
    settle_staffing(w, t, r, days)  # 5, 6
    order_agency(w, t, x, r, week)  # 7
    settle_workload(w, x, r)  # 8
    book(w, t, x, r, week)  # 9
    more_hours(w, r, now)
    fit_strips(w, now)


def open_week(w: World, t: Tables, r: Rest, week: int) -> None:
    """Turn the counters to the next week; changes made at the tick count for the whole of it."""
    last = week + 1 >= t.week_days.shape[0]
    length = WEEK if last else t.week_start[week + 2] - t.week_start[week + 1]
    following = week if last else week + 1
    w.n[SETTLED], w.n[WEEK_NOW], w.n[WEEK_END] = week, following, t.week_start[week + 1] + length
    w.n[FIRST_MONTH], w.n[SPLIT] = t.first_month[following], t.split[following]
    for c in range(w.cell.shape[0]):
        for k in range(LEVELS):
            r.done[c, k] = w.acc[c, k]
            w.acc[c, k] = w.level[c, k] * length


def inputs_of_week(w: World, t: Tables, x: ArrayInputs, week: int) -> None:
    """Set the quantities whose date falls in this week (step 1)."""
    i, begun = w.n[NEXT_OPERATION], w.n[NEXT_OPERATION]
    while i < x.op_week.shape[0] and x.op_week[i] <= week:
        w.values[x.op_slot[i]] = x.op_value[i]
        i += 1
    w.n[NEXT_OPERATION] = i
    if i > begun:
        w.n[CHANGED] = 1
    if i > begun or week == 0:
        set_derived(w, t)


def set_derived(w: World, t: Tables) -> None:
    """Note what follows from the quantities alone: cells that hire nobody (frozen or closed), prices, mean pay by group."""
    for c in range(w.cell.shape[0]):
        w.cell[c, IS_FROZEN] = int(value(w, Q_FREEZE, c) >= 0.5 or value(w, Q_CLOSED_SHARE, c) >= 1.0)
        w.cell_number[c, PAY_EXIT] = pay_multiplier(value(w, Q_PAY_RELATIVE, c), w.one[ONE_PAY_EXIT_ELASTICITY])
    set_prices(w)
    for g in range(w.group.shape[0]):
        total, first, last = 0.0, t.group_from[g], t.group_from[g + 1]
        for at in range(first, last):
            total += value(w, Q_PAY_RELATIVE, t.group_cells[at])
        w.group_number[g, MEAN_PAY] = total / (last - first) if last > first else 0.0


def settle_workload(w: World, x: ArrayInputs, r: Rest) -> None:
    """Update workload and what depends on it: exits at once, sickness with a lag (step 8)."""
    alpha = 1.0 - exp(-log(2.0) / w.one[ONE_HALF_LIFE_WEEKS])
    slow = 1.0 - exp(-log(2.0) / w.one[ONE_SICK_HALF_LIFE_WEEKS])
    cell, number = w.cell, w.cell_number
    for f in range(r.family.shape[0]):
        r.list[2 * f] = r.list[2 * f + 1] = 0
    for c in range(cell.shape[0]):
        f, g = cell[c, FAMILY], cell[c, GROUP]
        r.list[2 * f] += cell[c, OWN]
        r.list[2 * f + 1] += cell[c, AGENCY_USED]
        contract = r.done[c, L_CONTRACT]
        novices = r.done[c, L_NOVICE] / contract if contract > 0 else 0.0
        have, need = r.family[f, SUPERVISION_HAVE], r.family[f, SUPERVISION_NEED]
        excess = 0.0
        if need > have:
            excess = need / have - 1.0 if 0 < need < 2 * have else 1.0
        short = max(0, cell[c, UNMET] - cell[c, RELIEF])
        b = workload(
            short, cell[c, NEED], cell[c, OVERTIME], cell[c, OWN_FULL], cell[c, AGENCY_USED], novices, excess,
            w.one[ONE_WEIGHT_UNMET], w.one[ONE_WEIGHT_OVERTIME], w.one[ONE_WEIGHT_AGENCY], w.one[ONE_WEIGHT_NOVICES],
            w.one[ONE_WEIGHT_SUPERVISION],
        )  # fmt: skip
        number[c, WORKLOAD] += alpha * (b - number[c, WORKLOAD])
        number[c, WORKLOAD_LAGGED] += slow * (number[c, WORKLOAD] - number[c, WORKLOAD_LAGGED])
        reference = x.workload_reference[g]
        if cell[c, IS_POOL] != 0:
            number[c, WORKLOAD] = number[c, WORKLOAD_LAGGED] = reference
        e = multiplier(w.one[ONE_THETA_EXIT], number[c, WORKLOAD] - reference)
        number[c, EXIT_MULTIPLIER] = e
        number[c, SICK_MULTIPLIER] = multiplier(w.one[ONE_THETA_SICK], number[c, WORKLOAD_LAGGED] - reference)
        cell[c, CLIPPED] = int(e <= MULTIPLIER_LOW or e >= MULTIPLIER_HIGH)
    for f in range(r.family.shape[0]):
        own, hired = r.list[2 * f], r.list[2 * f + 1]
        r.family_number[f, AGENCY_SHARE] = hired / (own + hired) if own + hired > 0 else 0.0


def more_hours(w: World, r: Rest, now: int) -> None:
    """Raise the employment rate of the part-timers who have taken the offer of more hours by now."""
    p = w.person
    for c in range(w.cell.shape[0]):
        share, low = value(w, Q_MORE_HOURS_SHARE, c), w.cell_number[c, MORE_HOURS_DONE]
        if share > low:
            step = round(value(w, Q_MORE_HOURS_STEP, c) * 200.0)
            w.cell_number[c, MORE_HOURS_DONE] = share
            for i in range(w.n[PEOPLE]):
                part_time = p[i, CELL] == c and p[i, STATE] == ACTIVE and p[i, GRADE_UNITS] < 200
                if part_time and low <= uniform(w.person_key[i], MORE_HOURS, 0) < share:
                    change_grade(w, i, now, min(200, p[i, GRADE_UNITS] + step))
