"""How quantities change over time: yearly series, dated rules and the effects of measures.

Everything is evaluated on one grid of dates (the first of each month, 1 January, and the exact start and
end days of measures); the engine receives only the changes, at the week in which the date falls.

Plain functions of scalars and one-dimensional sequences, which a compiler reads as they stand (design 8).
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from kompetenssim.model.positions import (
    G_AGENCY_PRICE_GROWTH,
    ONE_ARRIVAL_CAP,
    ONE_AVAILABILITY_TREND_PERCENT,
    ONE_DAILY_REST_EXTRA_PERCENT,
    ONE_NEED_GROWTH_PERCENT,
    ONE_PAY_GROWTH_PERCENT,
    ONE_REALISATION_CAP_PP,
    ONE_RETENTION_CAP,
)
from kompetenssim.model.timeline_tables import (
    ADD,
    BUDGET,
    CAPPED,
    DELIVERY,
    LEAST,
    LEVEL,
    NEED_YEAR,
    ON_COST,
    PAY,
    PAY_RELATIVE,
    PRICES,
    REMAINING,
    RETENTION,
    SUM,
)

if TYPE_CHECKING:
    from kompetenssim.model.sequences import FloatRow, Floats, IntRow
    from kompetenssim.model.timeline_tables import BudgetWork, ChangeWork, DraftWork, SeriesWork, TimelineTables, WeightWork

DAYS_PER_MONTH = 365.25 / 12
LOG_2 = log(2.0)
RAMP_BEGINS = 1.0 / (1.0 + exp(5.0))  # of the logistic curve that the ramp cuts at both ends
NO_CAP = 1e300


def draw_measures(t: TimelineTables, theta: Floats, w: WeightWork) -> None:
    """Tell per measure whether it is carried out in this draw (its own uniform against its probability)."""
    for m in range(len(t.measures)):
        w.carried[m] = 1 if theta[t.measures[m].carried_out] < theta[t.measures[m].probability] / 100.0 else 0


def logistic_ramp(months: float, length: float) -> float:
    """Give the share of full effect `months` after the start: an S-curve from 0 to 1 over `length` months."""
    if months < 0.0:
        return 0.0
    if months >= length:
        return 1.0
    s = 1.0 / (1.0 + exp(-10.0 * (months / length - 0.5)))
    return (s - RAMP_BEGINS) / (1.0 - 2.0 * RAMP_BEGINS)


def weigh(t: TimelineTables, theta: Floats, one: Floats, w: WeightWork) -> None:
    """Give every weight over the grid, ramp · decay · realisation · coverage, and what of it is in the start state."""
    for k in range(len(t.weights)):
        row = t.weights[k]
        if not w.carried[row.measure]:
            continue
        if row.scaled:
            _weigh_scaled(t, k, theta, one, w)
        else:
            w.moves_until[k] = 0
            w.before[k] = 1.0 if row.running and row.first == 0 and row.last > 0 else 0.0
            for i in range(k * len(t.grid) + row.first, k * len(t.grid) + row.last):
                w.weight[i] = 1.0


def _weigh_scaled(t: TimelineTables, k: int, theta: Floats, one: Floats, w: WeightWork) -> None:
    """Weigh one weight. Ramp and decay step on the first of each month, whatever other dates the grid has."""
    row = t.weights[k]
    length, shortened = theta[row.ramp] if row.ramp >= 0 else 0.0, 1.0
    for j in range(row.first_lift, row.last_lift):
        if t.lifts[j].shortens and w.carried[t.lifts[j].measure]:
            shortened = min(shortened, theta[t.lifts[j].ramp_factor])
    length = length * shortened
    realised = theta[row.realisation] if row.realisation >= 0 else 1.0
    share = theta[row.coverage] if row.coverage >= 0 else 1.0
    cap = one[ONE_REALISATION_CAP_PP] / 100.0
    turn = length * row.turn / row.turns if row.turns > 0 and length > 0.0 else -1.0
    w.before[k], w.moves_until[k] = 0.0, 0
    stepped, ramp = -1, -1.0
    for i in range(row.first, row.last):
        step = max(t.grid[i].step_day, row.start)
        if step > stepped and (ramp < 1.0 or row.decay >= 0):
            former = ramp
            months = (step - row.start) / DAYS_PER_MONTH
            ramp = logistic_ramp(months, length)
            if turn >= 0.0:
                ramp = 1.0 if months >= turn else 0.0
            if row.decay >= 0:
                ramp = ramp * exp(-LOG_2 * max(0.0, months - length) / theta[row.decay])
            if ramp < former or ramp > former:
                w.moves_until[k] = i
            stepped = step
        lift = 0.0
        for j in range(row.first_lift, row.last_lift):
            if t.lifts[j].first <= i < t.lifts[j].last and w.carried[t.lifts[j].measure]:
                lift += theta[t.lifts[j].amount] / 100.0
        w.weight[k * len(t.grid) + i] = ramp * (min(1.0, realised + min(lift, cap)) * share)
        if i == 0 and row.running:
            w.before[k] = ramp * realised * share


def share_budgets(t: TimelineTables, theta: Floats, weights: WeightWork, w: BudgetWork) -> None:
    """Give over the grid what every hour budget leaves of its claims, and what efficiency leaves of it to task shifts.

    Claims above the budget are all reduced by one factor, so that their order does not matter (domain model 3.4). They are
    summed, not multiplied on what remains: so much of them is never more than the budget.
    """
    dates = len(t.grid)
    for b in range(len(t.budgets)):
        row = t.budgets[b]
        most, before = theta[row.most] / 100.0, 0.0
        w.moves_until[b] = 0
        for j in range(row.first_claim, row.last_claim):
            if weights.carried[t.claims[j].measure]:
                before += theta[t.claims[j].amount] * weights.before[t.claims[j].weight]
                w.moves_until[b] = max(w.moves_until[b], weights.moves_until[t.claims[j].weight])
        w.before[b] = most / before if before > most else 1.0
        for i in range(dates):
            claimed = 0.0
            for j in range(row.first_claim, row.last_claim):
                if weights.carried[t.claims[j].measure]:
                    claimed += theta[t.claims[j].amount] * weights.weight[t.claims[j].weight * dates + i]
            w.fit[b * dates + i] = most / claimed if claimed > most else 1.0
            w.left[b * dates + i] = max(0.0, most - claimed)


def series(t: TimelineTables, theta: Floats, par: Floats, one: Floats, w: SeriesWork) -> None:
    """Give the yearly series: what a base is multiplied by in a year and what is added."""
    years = len(t.years)
    pay, need, trend, rivals = 1.0, 1.0, 1.0, 1.0
    for y in range(years):
        row = t.years[y]
        if y > 0:
            growth = theta[row.need_growth] if row.need_growth >= 0 else one[ONE_NEED_GROWTH_PERCENT]
            need = need * (1.0 + growth / 100.0)
            pay = pay * (1.0 + one[ONE_PAY_GROWTH_PERCENT] / 100.0)
            trend = trend * (1.0 + one[ONE_AVAILABILITY_TREND_PERCENT] / 100.0)
        if row.competition >= 0:  # competitors' pay rise beyond ours, accumulated since the start
            rivals = rivals * (1.0 + theta[row.competition] / 100.0)
        w.times[PAY * years + y] = pay
        w.times[NEED_YEAR * years + y] = need
        w.times[DELIVERY * years + y] = trend * theta[row.availability] if row.availability >= 0 else trend
        w.times[ON_COST * years + y], w.plus[ON_COST * years + y] = 0.0, theta[row.on_cost] / 100.0
        w.plus[PAY_RELATIVE * years + y] = 1.0 - rivals
    for g in range(t.groups):
        price = 1.0
        for y in range(years):
            index = theta[t.years[y].price_index] if t.years[y].price_index >= 0 else 1.0
            w.times[(PRICES + g) * years + y] = price * index
            w.times[(PRICES + t.groups + g) * years + y] = price
            price = price * (1.0 + par[G_AGENCY_PRICE_GROWTH * t.groups + g] / 100.0)


def pattern_at(
    t: TimelineTables, k: int, i: int, theta: Floats, one: Floats, weights: WeightWork, budgets: BudgetWork, yearly: SeriesWork
) -> tuple[float, float]:
    """Give (times, plus) of a pattern at a date: what a base is multiplied by and what is added; of LEAST, plus is the cap."""
    if t.patterns[k].combine == BUDGET:
        return budgets.left[t.patterns[k].budget * len(t.grid) + i], 0.0
    row, year = t.patterns[k], t.patterns[k].series * len(t.years) + t.grid[i].year
    times, plus = yearly.times[year], yearly.plus[year]
    if i >= row.rest_from:
        plus += row.rest_hours * one[ONE_DAILY_REST_EXTRA_PERCENT] / 100.0
    if row.combine == LEAST:
        plus = NO_CAP
    cap = 1.0 - one[ONE_RETENTION_CAP]
    total, product, now, then = 0.0, 1.0, 1.0, 1.0
    for j in range(row.first_effect, row.last_effect):
        e = t.effects[j]
        if weights.carried[e.measure]:
            x, before = theta[e.amount], weights.before[e.weight]
            weight = weights.weight[e.weight * len(t.grid) + i]
            if e.budget >= 0:
                weight, before = weight * budgets.fit[e.budget * len(t.grid) + i], before * budgets.before[e.budget]
            if row.combine == ADD:
                total += x * (weight - before)
            elif row.combine == LEVEL:
                times, plus = times * (1.0 - weight), plus * (1.0 - weight) + x * weight
            elif row.combine == LEAST:
                left = x if weight >= 1.0 else 1.0 + (x - 1.0) * weight  # a share that wears off goes back to 1
                plus = min(plus, left) if weight > 0.0 else plus
            elif row.combine == REMAINING:
                product = product * ((1.0 - x * weight) / (1.0 - x * before))
            elif row.combine == RETENTION:
                now, then = now * (1.0 + (x - 1.0) * weight), then * (1.0 + (x - 1.0) * before)
            elif row.combine == SUM:
                now, then = now + (x - 1.0) * weight, then + (x - 1.0) * before
            else:
                product = product * ((1.0 + (x - 1.0) * weight) / (1.0 + (x - 1.0) * before))
        if row.combine == RETENTION and (j + 1 == row.last_effect or t.effects[j + 1].group != e.group):
            product = product * (
                max(now, cap) / max(then, cap)
            )  # capped within an effektgrupp, a product across (domain model 3.4)
            now, then = 1.0, 1.0
    if row.combine == SUM:
        product = max(0.0, now) / (then if then > 0.0 else 1.0)
    return times * product, plus * product + total


def value_of(combine: int, base: float, times: float, plus: float, cap: float) -> float:
    """Give the value of a slot from its base and its pattern; `cap` is the joint cap of recruiting measures."""
    if combine == REMAINING:
        return 1.0 - (1.0 - base) * times
    if combine == LEAST:
        return min(base, plus)
    if combine == CAPPED:
        return min(base * times + plus, cap)
    return base * times + plus


def find_changes(
    t: TimelineTables,
    theta: Floats,
    one: Floats,
    weights: WeightWork,
    budgets: BudgetWork,
    yearly: SeriesWork,
    w: ChangeWork,
) -> None:
    """Give the weeks in which each pattern changes; of several dates in one week the last counts."""
    for k in range(len(t.patterns)):
        row = t.patterns[k]
        moves, at = 0, row.first_date - 1
        for j in range(row.first_effect, row.last_effect):
            if weights.carried[t.effects[j].measure]:
                moves = max(moves, weights.moves_until[t.effects[j].weight])
            if t.effects[j].budget >= 0:
                moves = max(moves, budgets.moves_until[t.effects[j].budget])
        if row.budget >= 0:
            moves = max(moves, budgets.moves_until[row.budget])
        for j in range(row.first_date, row.last_date):
            i = t.dates[j].date
            if i > moves and not t.dates[j].always:
                continue
            times, plus = pattern_at(t, k, i, theta, one, weights, budgets, yearly)
            week = t.grid[i].week
            if at < row.first_date or times != w.times[at] or plus != w.plus[at]:
                if at < row.first_date or week != w.week[at]:
                    at += 1
                w.week[at], w.times[at], w.plus[at] = week, times, plus
        w.number[k] = at + 1 - row.first_date


def operate(t: TimelineTables, one: Floats, values: FloatRow, changes: ChangeWork, w: DraftWork) -> int:
    """Set `values` to those of week 0 and draft the dated set operations, slot by slot; give their number."""
    for week in range(len(w.week_end)):
        w.week_end[week] = 0
    n, cap = 0, one[ONE_ARRIVAL_CAP]
    for s in range(len(t.slots)):
        slot, k = t.slots[s].slot, t.slots[s].pattern
        combine, first = t.patterns[k].combine, t.patterns[k].first_date
        base = values[slot]
        value = value_of(combine, base, changes.times[first], changes.plus[first], cap)
        values[slot] = value
        for j in range(first + 1, first + changes.number[k]):
            former, value = value, value_of(combine, base, changes.times[j], changes.plus[j], cap)
            if value < former or value > former:
                w.week[n], w.slot[n], w.value[n] = changes.week[j], s, value
                w.week_end[changes.week[j] + 1] += 1
                n += 1
    for week in range(1, len(w.week_end)):
        w.week_end[week] += w.week_end[week - 1]
    return n


def sort_operations(
    t: TimelineTables, n: int, w: DraftWork, op_week: IntRow, op_slot: IntRow, op_value: FloatRow, op_announced: IntRow
) -> None:
    """Give the drafted operations sorted by week and slot."""
    for i in range(n):
        week, slot = w.week[i], t.slots[w.slot[i]]
        at = w.week_end[week]
        op_week[at], op_slot[at], op_value[at], op_announced[at] = week, slot.slot, w.value[i], slot.announced
        w.week_end[week] = at + 1


def retirement_factors(
    t: TimelineTables,
    theta: Floats,
    one: Floats,
    values: Floats,
    first: int,
    cells: int,
    weights: WeightWork,
    budgets: BudgetWork,
    yearly: SeriesWork,
    factor: FloatRow,
) -> None:
    """Give the measures' factor on retirement where one acts, at the first of each month: `factor[month · cells + cell]`.

    `values[first + cell]` are its bases; call it before `operate`, which replaces them.
    """
    for s in range(len(t.factor_cells)):
        c = t.factor_cells[s].cell
        for m in range(len(t.month_dates)):
            times, plus = pattern_at(t, t.factor_cells[s].pattern, t.month_dates[m], theta, one, weights, budgets, yearly)
            factor[m * cells + c] = values[first + c] * times + plus
