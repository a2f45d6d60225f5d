"""The books of a simulation: hours and money by week and month, in integers (step 9 of the tick)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.engine.staffing import Account
from kompetenssim.engine.stops import account_does_not_close
from kompetenssim.engine.world import (
    CONTRACT,
    EMPLOYED,
    ESTABLISHED,
    FROZEN,
    GONE,
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
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.rules import HOURS_PER_MONTH, SUMMER_PRODUCTIVITY, split_by_days
from kompetenssim.model.trajectory import ACCOUNT, FLOWS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FTE_WEEK = 200 * 1000 * WEEK
WEEKS_PER_MONTH = 365.25 / 7 / 12
SHORT_SICK_PAY = 0.8  # sjuklön of the first 14 days
COUNTED = (*ACCOUNT, "extra", "summer", "pool_cost", "agency_weeks", "agency_ore", "bought_ore")
_counted = attrgetter(*COUNTED)
UNMET_LIMIT = 20  # a week counts as unmet above 1/20 = 5 % of the need


def book(w: World, week: int, done: list[list[int]], accounts: list[Account]) -> None:
    """Book a settled week on its months and check that every account closes."""
    import numpy as np

    calendar = w.t.calendar
    days, first, second = calendar.week_days[week], calendar.first_days[week], calendar.second_days[week]
    table = _table(w, np.array(done, dtype=np.int64), accounts, days)
    m = calendar.first_month[week]
    if first == days:
        w.month_flow[m] += table
    else:
        early = _share(table, first, days)
        w.month_flow[m] += early
        if second:
            w.month_flow[m + 1] += _share(table, first + second, days) - early
    account = table[:, : len(ACCOUNT)]
    need = account[:, 0]
    wrong = (need != account[:, 1:8].sum(axis=1)) | (account < 0).any(axis=1)
    if wrong.any():
        c = int(np.nonzero(wrong)[0][0])
        raise account_does_not_close(w.t, week, c, account[c].tolist())
    np.add.at(w.week_flow[week], (w.area_index, w.group_index), account)
    if len(w.trace):
        w.trace[week] = account
    _measures(w, week, days, first, m)
    if calendar.first_month[min(week + 1, len(calendar.first_month) - 1)] != m or week + 1 == len(calendar.first_month):
        _open_vacancies(w, m)
    if calendar.week_year[week] != calendar.week_year[min(week + 1, len(calendar.week_days) - 1)]:
        w.overtime_year = [0] * len(w.overtime_year)


def _share(table: NDArray[np.int64], part: int, days: int) -> NDArray[np.int64]:
    """Give what the first `part` days of a week have of it; the need is the sum of its parts, so months close as weeks do."""
    if part == days:
        return table
    share: NDArray[np.int64] = table * part // days
    share[:, 0] = share[:, 1:8].sum(axis=1)
    return share


class Prices(NamedTuple):
    """What time and staff cost by cell (öre) and how long full time is (minutes): follows from the quantities in force alone."""

    minute: NDArray[np.float64]
    week: NDArray[np.float64]
    overtime_minute: NDArray[np.float64]
    overtime_factor: NDArray[np.float64]
    hire: NDArray[np.float64]
    full_minutes: NDArray[np.float64]
    presence: NDArray[np.float64]


def prices(w: World) -> Prices:
    """Give the prices in force; needed again only when the inputs change."""
    import numpy as np

    g = w.group_index
    pay = np.array(w.values[w.at["pay"] : w.at["pay"] + len(w.t.groups)])[g] * 100.0
    hire = np.array(w.values[w.at["hire_cost"] : w.at["hire_cost"] + len(w.t.groups)])[g] * 100.0
    supplement, on_cost = np.array(w.column("pay_supplement")) * 100.0, w.value("on_cost", 0)
    minute = pay / HOURS_PER_MONTH / 60.0
    return Prices(
        minute * (1.0 + on_cost),
        (pay * w.unsocial[g] + supplement) * (1.0 + on_cost) / WEEKS_PER_MONTH,
        minute * (1.0 + on_cost * w.one["overtime_fee_share"]),
        0.5 * (w.one["simple_factor"] + w.one["qualified_factor"]) * np.array(w.column("overtime_pay_factor")),
        hire,
        np.array(w.column("full_time_hours")) * 60.0,
        np.array(w.column("presence")),
    )


def _table(w: World, done: NDArray[np.int64], accounts: list[Account], days: int) -> NDArray[np.int64]:
    """Give every cell's flows of the week, columns in the order of FLOWS; fractions of an öre or a minute are dropped."""
    import numpy as np

    g, f, price = w.group_index, w.family_index, w.prices
    c = dict(zip(COUNTED, np.array([_counted(a) for a in accounts], dtype=np.int64).T, strict=True))
    sick = np.array([a.sick for a in accounts])
    base, simple, fte_week = price.overtime_minute, price.overtime_factor, price.week
    overtime = _whole(c["extra"] * base * w.one["part_time_factor"]) + _whole((c["overtime"] - c["extra"]) * base * simple)
    wage = _whole(done[PAID] / FTE_WEEK * fte_week * (1.0 - (1.0 - SHORT_SICK_PAY) * sick))
    wage += (
        _whole((c["summer"] / SUMMER_PRODUCTIVITY + done[HOURLY_MINUTES] / WEEK) * price.minute)
        + overtime
        + np.array(w.pool_wage)
    )
    pool = c["pool_cost"] + _whole(c["moved"] / 60.0 * w.one["redistribution_travel_sek"] * 100.0)
    study = _whole(np.maximum(0, done[STUDY] - done[UNPAID_STUDY]) / FTE_WEEK * fte_week)
    recruit = _whole(np.array(w.hires_cost) * price.hire) + np.array(w.cohort_cost)
    training = np.array(w.training_cost)
    n = len(g)
    w.hires_cost, w.cohort_cost, w.training_cost, w.pool_wage = [0] * n, [0] * n, [0] * n, [0] * n
    length = days * 1440
    full_minutes = price.full_minutes
    net = done[NET] / FTE_WEEK * full_minutes
    heads = (done[HEADS] + length // 2) // length
    clipped = np.array(w.clipped)
    column = {
        **{name: c[name] for name in ACCOUNT},
        "agency_weeks_milli": np.where(w.physician[g], c["agency_weeks"], 0),
        "wage_ore": wage,
        "wage_overtime_ore": overtime,
        "wage_study_ore": study,
        "pool_ore": pool,
        "agency_ore": c["agency_ore"],
        "recruit_ore": recruit,
        "training_ore": training,
        "bought_care_ore": c["bought_ore"],
        "intro_loss_minutes": _whole(done[LOSS] / FTE_WEEK * full_minutes),
        "study_minutes": _whole(done[STUDY] / FTE_WEEK * full_minutes),
        "established_units_minutes": done[ESTABLISHED],
        "vacant_units_minutes": done[VACANT],
        "frozen_units_minutes": done[FROZEN],
        "contracted_units_minutes": done[CONTRACT],
        "worked_minutes": _whole(net * price.presence * (1.0 - sick)) + c["overtime"],
        "ordinary_minutes": _whole(done[ORDINARY] / (200.0 * WEEK) * full_minutes),
        "sick_minutes": _whole(done[SICK_UNITS] / (200.0 * WEEK) * full_minutes) + _whole(net * sick),
        "full_time_minutes": _whole(full_minutes * days / 7.0),
        "supervision_needed_minutes": np.where(w.leads, np.array(w.supervision_need)[f], 0),
        "supervision_available_minutes": np.where(w.leads, np.array(w.supervision_have)[f], 0),
        "workload_micro_days": _whole(np.array(w.workload) * 1e6 * days),
        "days": np.full(n, days),
        "clipped_weeks": np.where(clipped, heads, 0),
        "person_weeks": heads,
        "unmet_weeks": (c["unmet"] * UNMET_LIMIT > c["need"]).astype(np.int64),
        "weeks": np.ones(n, dtype=np.int64),
        "novice_units_minutes": done[NOVICE],
    }
    zero = np.zeros(n, dtype=np.int64)
    return np.stack([column.get(name, zero) for name in FLOWS], axis=1).astype(np.int64)


def _whole(x: NDArray[np.float64]) -> NDArray[np.int64]:
    return x.astype("int64")


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
            w.measure_money[w.inputs.once_month[i], w.inputs.once_measure[i], 0] += w.inputs.once_ore[i]
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
    """Count employees by age at the end of a year, and forget those who are gone and do not apply again."""
    applying = {a.person.key for queue in w.queue for a in queue if a.person is not None}
    for p in w.people:
        if p.state in EMPLOYED:
            w.ages[year, w.group_of[p.cell], min(99, (minute - p.birth) // YEAR)] += 1
    w.people = [p for p in w.people if p.state != GONE or p.key in applying]
