"""The books of a simulation: hours and money by week and month, in integers (step 9 of the tick)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.staffing import Account
from kompetenssim.engine.world import (
    CONTRACT,
    ESTABLISHED,
    FROZEN,
    HEADS,
    HOURLY_MINUTES,
    LOSS,
    NET,
    NOVICE,
    ORDINARY,
    PAID,
    SICK_UNITS,
    STUDY,
    UNPAID_STUDY,
    VACANT,
    World,
)
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.rules import split_by_days
from kompetenssim.model.trajectory import ACCOUNT, FLOWS

if TYPE_CHECKING:
    import numpy as np

FTE_WEEK = 200 * 1000 * WEEK
HOURS_PER_MONTH = 165.0
WEEKS_PER_MONTH = 365.25 / 7 / 12
UNMET_LIMIT = 20  # a week counts as unmet above 1/20 = 5 % of the need


class AccountDoesNotClose(Exception):
    """Raised when an hour account does not close: an error in the program, never in the input."""


def book(w: World, week: int, done: list[list[int]], accounts: list[Account], supervision: list[int]) -> None:
    """Book a settled week on its months and check that every account closes."""
    import numpy as np

    calendar = w.t.calendar
    days, first = calendar.week_days[week], calendar.first_days[week]
    rows = [_row(w, c, a, done, days, supervision[c]) for c, a in enumerate(accounts)]
    table = np.array(rows, dtype=np.int64).reshape(len(rows), len(FLOWS))
    m = calendar.first_month[week]
    if first == days:
        w.month_flow[m] += table
    else:
        early = table * first // days
        w.month_flow[m] += early
        if calendar.second_days[week]:
            late = table - early if first + calendar.second_days[week] == days else table * (first + calendar.second_days[week]) // days - early
            w.month_flow[m + 1] += late
    account = table[:, : len(ACCOUNT)]
    need = account[:, 0]
    if not np.array_equal(need, account[:, 1:8].sum(axis=1)) or (account < 0).any():
        c = int(np.nonzero((need != account[:, 1:8].sum(axis=1)) | (account < 0).any(axis=1))[0][0])
        raise AccountDoesNotClose(f"{calendar.week_label[week]} {w.t.cells[c]}: {dict(zip(ACCOUNT, account[c].tolist(), strict=True))}")
    np.add.at(w.week_flow, (week, w.area_index, w.group_index), account)
    if len(w.trace):
        w.trace[week] = account
    _measures(w, week, days, first, m)
    _open_vacancies(w, m)
    if calendar.week_year[week] != calendar.week_year[min(week + 1, len(calendar.week_days) - 1)]:
        w.overtime_year = [0] * len(w.overtime_year)


def _row(w: World, c: int, a: Account, done: list[list[int]], days: int, supervision: int) -> list[int]:
    """Give one cell's flows of the week, in the order of FLOWS."""
    g = w.group_of[c]
    pay_ore = w.value("pay", g) * 100.0
    unsocial = 1.0 + w.par["unsocial_percent"][g] / 100.0
    on_cost = w.value("on_cost", 0)
    minute_ore = pay_ore / HOURS_PER_MONTH / 60.0 * (1.0 + on_cost)
    fte_week = (pay_ore * unsocial + w.value("pay_supplement", c) * 100.0) * (1.0 + on_cost) / WEEKS_PER_MONTH
    paid_weeks = done[PAID][c] / FTE_WEEK
    sick_cut = 0.2 * a.sick
    wage = int(paid_weeks * fte_week * (1.0 - sick_cut))
    wage += int((a.summer / 0.7 + done[HOURLY_MINUTES][c] / WEEK) * minute_ore)
    fees = 1.0 + on_cost * w.one["overtime_fee_share"]
    base = pay_ore / HOURS_PER_MONTH / 60.0 * fees
    simple = 0.5 * (w.one["simple_factor"] + w.one["qualified_factor"])
    overtime = int(a.extra * base * w.one["part_time_factor"]) + int((a.overtime - a.extra) * base * simple)
    pool = a.pool_cost + int(a.moved / 60.0 * w.one["redistribution_travel_sek"] * 100.0)
    wage += overtime + w.pool_wage[c]
    study = int(max(0, done[STUDY][c] - done[UNPAID_STUDY][c]) / FTE_WEEK * fte_week)
    recruit = int(w.hires_cost[c] * w.value("hire_cost", g) * 100.0) + w.cohort_cost[c]
    training = w.training_cost[c]
    w.hires_cost[c] = w.cohort_cost[c] = w.training_cost[c] = w.pool_wage[c] = 0
    length = days * 1440
    full = w.value("full_time_hours", c)
    worked = int(done[NET][c] / FTE_WEEK * full * 60.0 * w.value("presence", c) * (1.0 - a.sick)) + a.overtime
    ordinary = int(done[ORDINARY][c] / (200.0 * WEEK) * full * 60.0)
    sick = int(done[SICK_UNITS][c] / (200.0 * WEEK) * full * 60.0) + int(done[NET][c] / FTE_WEEK * full * 60.0 * a.sick)
    physician = w.t.group_is_physician[g]
    f = w.family_of[c]
    lead = w.family_first[f] == c
    heads = (done[HEADS][c] + length // 2) // length
    return [
        a.need, a.own, a.moved, a.pool, a.shifted, a.overtime, a.agency, a.unmet, a.surplus, a.agency_paid, a.agency_wasted, a.freed, a.realised,
        a.agency_weeks if physician else 0,
        wage, overtime, study, pool, a.agency_ore, recruit, training, a.bought_ore,
        int(done[LOSS][c] / FTE_WEEK * full * 60.0), int(done[STUDY][c] / FTE_WEEK * full * 60.0),
        done[ESTABLISHED][c], done[VACANT][c], done[FROZEN][c], done[CONTRACT][c], worked,
        ordinary, sick, int(full * 60.0 * days / 7.0),
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        w.supervision_need[f] if lead else 0, w.supervision_have[f] if lead else 0,
        int(w.workload[c] * 1e6 * days), days, heads if w.clipped[c] else 0, heads, int(a.unmet * UNMET_LIMIT > a.need), 1,
        done[NOVICE][c],
    ]


def _measures(w: World, week: int, days: int, first: int, month: int) -> None:
    """Book what measures cost beyond wages, and the state money for them."""
    calendar = w.t.calendar
    for i in range(len(w.t.measures)):
        for column, quantity in enumerate(("measure_cost", "measure_grant")):
            monthly = w.value(quantity, i)
            if monthly != 0.0:
                total = int(monthly * 100.0 * days / 7.0 / WEEKS_PER_MONTH)
                early = split_by_days(total, first, calendar.second_days[week], days)
                w.measure_money[month, i, column] += early
                if calendar.second_days[week]:
                    w.measure_money[month + 1, i, column] += (total - early) if first + calendar.second_days[week] == days else 0
    for i, at in enumerate(w.inputs.once_week):
        if at == week:
            w.measure_money[month, w.inputs.once_measure[i], 0] += w.inputs.once_ore[i]
    for k, ore in enumerate(w.grant_ore):
        if ore:
            w.measure_money[month, w.t.programmes[k].measure, 1] += ore
            w.grant_ore[k] = 0


def _open_vacancies(w: World, month: int) -> None:
    """Note the posts that are advertised and not yet accepted; the last tick of a month stands."""
    w.open_count[month] = 0
    for posts in w.open:
        for post in posts.values():
            w.open_count[month, post.cell] += 1


def year_end(w: World, year: int, minute: int) -> None:
    """Count employees by age at the end of a year."""
    from kompetenssim.engine.world import EMPLOYED
    from kompetenssim.model.calendar import YEAR

    for p in w.people:
        if p.state in EMPLOYED:
            w.ages[year, w.group_of[p.cell], min(99, (minute - p.birth) // YEAR)] += 1

