"""The books (step 9): the twin of `engine.books`, one cell at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.books import FTE_WEEK, SHORT_SICK_PAY, UNMET_LIMIT, WEEKS_PER_MONTH
from kompetenssim.engine.compiled.names import (
    F_AGENCY_ORE,
    F_AGENCY_WEEKS_MILLI,
    F_BOUGHT_CARE_ORE,
    F_CLIPPED_WEEKS,
    F_CONTRACTED_UNITS_MINUTES,
    F_DAYS,
    F_ESTABLISHED_UNITS_MINUTES,
    F_FROZEN_UNITS_MINUTES,
    F_FULL_TIME_MINUTES,
    F_INTRO_LOSS_MINUTES,
    F_NOVICE_UNITS_MINUTES,
    F_OPEN_VACANCIES,
    F_ORDINARY_MINUTES,
    F_PERSON_WEEKS,
    F_POOL_ORE,
    F_RECRUIT_ORE,
    F_SICK_MINUTES,
    F_STUDY_MINUTES,
    F_SUPERVISION_AVAILABLE_MINUTES,
    F_SUPERVISION_NEEDED_MINUTES,
    F_TRAINING_ORE,
    F_UNMET_WEEKS,
    F_VACANT_UNITS_MINUTES,
    F_WAGE_ORE,
    F_WAGE_OVERTIME_ORE,
    F_WAGE_STUDY_ORE,
    F_WEEKS,
    F_WORKED_MINUTES,
    F_WORKLOAD_MICRO_DAYS,
    L_CONTRACT,
    L_ESTABLISHED,
    L_FROZEN,
    L_HEADS,
    L_HOURLY_MINUTES,
    L_LOSS,
    L_NET,
    L_NOVICE,
    L_ORDINARY,
    L_PAID,
    L_SICK_UNITS,
    L_STUDY,
    L_UNPAID_STUDY,
    L_VACANT,
)
from kompetenssim.engine.compiled.records import MEASURE, employed, value
from kompetenssim.engine.compiled.state import (
    AGENCY_ORE,
    AGENCY_WEEKS,
    AREA,
    BIRTH,
    BOUGHT_ORE,
    CELL,
    CLIPPED,
    COHORT_COST,
    DOES_NOT_CLOSE,
    EXTRA_MINUTES,
    FAMILY,
    FIRST_OPEN,
    FULL_MINUTES,
    GROUP,
    HIRES_COST,
    LEADS,
    MOVED,
    NEED,
    OPEN_NEXT,
    OVERTIME,
    OVERTIME_YEAR,
    PEOPLE,
    PHYSICIAN,
    POOL_COST,
    POOL_WAGE,
    POST_CELL,
    PRICE_HIRE,
    PRICE_MINUTE,
    PRICE_OVERTIME,
    PRICE_WEEK,
    SICK_SHARE,
    STATE,
    SUMMER_STAFF,
    SUPERVISION_HAVE,
    SUPERVISION_NEED,
    TRAINING_COST,
    UNMET,
    WORKLOAD,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import Tables
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.positions import (
    G_UNSOCIAL_PERCENT,
    ONE_OVERTIME_FEE_SHARE,
    ONE_PART_TIME_FACTOR,
    ONE_QUALIFIED_FACTOR,
    ONE_REDISTRIBUTION_TRAVEL_SEK,
    ONE_SIMPLE_FACTOR,
    Q_FULL_TIME_HOURS,
    Q_HIRE_COST,
    Q_MEASURE_COST,
    Q_MEASURE_GRANT,
    Q_ON_COST,
    Q_OVERTIME_PAY_FACTOR,
    Q_PAY,
    Q_PAY_SUPPLEMENT,
    Q_PRESENCE,
)
from kompetenssim.model.rules import HOURS_PER_MONTH, SUMMER_PRODUCTIVITY, split_by_days

if TYPE_CHECKING:
    from kompetenssim.engine.filling import ArrayInputs

ACCOUNT_COLUMNS = 13  # ACCOUNT, in the order of the cell's columns from NEED on
LAST_FLOW = F_NOVICE_UNITS_MINUTES
CLOSED_COLUMNS = 8  # the first eight close: need = the seven others

INLINED = ("add_share",)


def set_prices(w: World) -> None:
    """Set what time and staff cost by cell (öre) and how long full time is (minutes): follows from the quantities alone."""
    on_cost = value(w, Q_ON_COST, 0)
    for c in range(w.cell.shape[0]):
        g, to = w.cell[c, GROUP], w.cell_number
        pay = value(w, Q_PAY, g) * 100.0
        supplement, unsocial = value(w, Q_PAY_SUPPLEMENT, c) * 100.0, 1.0 + w.par[G_UNSOCIAL_PERCENT, g] / 100.0
        minute = pay / HOURS_PER_MONTH / 60.0
        to[c, PRICE_MINUTE] = minute * (1.0 + on_cost)
        to[c, PRICE_WEEK] = (pay * unsocial + supplement) * (1.0 + on_cost) / WEEKS_PER_MONTH
        to[c, PRICE_OVERTIME] = minute * (1.0 + on_cost * w.one[ONE_OVERTIME_FEE_SHARE])
        to[c, PRICE_HIRE] = value(w, Q_HIRE_COST, g) * 100.0
        to[c, FULL_MINUTES] = value(w, Q_FULL_TIME_HOURS, c) * 60.0


def book(w: World, t: Tables, x: ArrayInputs, r: Rest, week: int) -> None:
    """Book a settled week on its months and check that every account closes."""
    days, first, second, m = t.week_days[week], t.first_days[week], t.second_days[week], t.first_month[week]
    for c in range(w.cell.shape[0]):
        check_account(w, week, c)
        book_cell(w, r, c, m, days, first, second)
        for k in range(ACCOUNT_COLUMNS):
            r.weeks[week, w.cell[c, AREA], w.cell[c, GROUP], k] += w.cell[c, NEED + k]
    if r.trace.shape[0] > 0:
        for c in range(w.cell.shape[0]):
            for k in range(ACCOUNT_COLUMNS):
                r.trace[week, c, k] = w.cell[c, NEED + k]
    book_measures(w, t, x, r, week, days, first, m)
    weeks = t.week_days.shape[0]
    following = min(week + 1, weeks - 1)
    if t.first_month[following] != m or week + 1 == weeks:
        count_open(w, r, m)
    if t.week_year[week] != t.week_year[following]:
        for c in range(w.cell.shape[0]):
            w.cell[c, OVERTIME_YEAR] = 0


def check_account(w: World, week: int, c: int) -> None:
    """Stop the simulation if an hour account does not close: an error in the program, never in the input."""
    total, wrong = 0, False
    for k in range(ACCOUNT_COLUMNS):
        wrong = wrong or w.cell[c, NEED + k] < 0
        if 0 < k < CLOSED_COLUMNS:
            total += w.cell[c, NEED + k]
    if (wrong or total != w.cell[c, NEED]) and w.status[0] == 0:
        w.status[0], w.status[1], w.status[2] = DOES_NOT_CLOSE, week, c
        for k in range(ACCOUNT_COLUMNS):
            w.status[3 + k] = w.cell[c, NEED + k]


def add_share(w: World, m: int, c: int, flow: int, total: int, days: int, first: int, second: int) -> None:
    """Book a week's flow on its months by days; the remainder goes to the later month."""
    early = total if first == days else total * first // days
    w.months[m, c, flow] += early
    if second > 0:
        both = total if first + second == days else total * (first + second) // days
        w.months[m + 1, c, flow] += both - early


def book_cell(w: World, r: Rest, c: int, m: int, days: int, first: int, second: int) -> None:
    """Book a cell's flows of the week; fractions of an öre or a minute are dropped."""
    cell, done, number = w.cell, r.done, w.cell_number
    sick, week_price, minute_price = number[c, SICK_SHARE], number[c, PRICE_WEEK], number[c, PRICE_MINUTE]
    overtime_price, full = number[c, PRICE_OVERTIME], number[c, FULL_MINUTES]
    factor = 0.5 * (w.one[ONE_SIMPLE_FACTOR] + w.one[ONE_QUALIFIED_FACTOR]) * value(w, Q_OVERTIME_PAY_FACTOR, c)
    early, both = 0, 0
    for k in range(1, ACCOUNT_COLUMNS):
        total = cell[c, NEED + k]
        a = total if first == days else total * first // days
        w.months[m, c, k] += a
        b = a
        if second > 0:
            b = total if first + second == days else total * (first + second) // days
            w.months[m + 1, c, k] += b - a
        if k < CLOSED_COLUMNS:
            early += a
            both += b
    w.months[m, c, 0] += cell[c, NEED] if first == days else early  # the need is the sum of its parts
    if second > 0:
        w.months[m + 1, c, 0] += both - early
    extra = cell[c, EXTRA_MINUTES]
    overtime = int(extra * overtime_price * w.one[ONE_PART_TIME_FACTOR]) + int(
        (cell[c, OVERTIME] - extra) * overtime_price * factor
    )
    wage = int(done[c, L_PAID] / FTE_WEEK * week_price * (1.0 - (1.0 - SHORT_SICK_PAY) * sick))
    wage += int((cell[c, SUMMER_STAFF] / SUMMER_PRODUCTIVITY + done[c, L_HOURLY_MINUTES] / WEEK) * minute_price)
    wage += overtime + cell[c, POOL_WAGE]
    pool = cell[c, POOL_COST] + int(cell[c, MOVED] / 60.0 * w.one[ONE_REDISTRIBUTION_TRAVEL_SEK] * 100.0)
    study = int(max(0, done[c, L_STUDY] - done[c, L_UNPAID_STUDY]) / FTE_WEEK * week_price)
    recruit = int(cell[c, HIRES_COST] * number[c, PRICE_HIRE]) + cell[c, COHORT_COST]
    net = done[c, L_NET] / FTE_WEEK * full
    length = days * 1440
    heads = (done[c, L_HEADS] + length // 2) // length
    f = cell[c, FAMILY]
    leads = cell[c, LEADS] != 0
    physician = cell[c, PHYSICIAN] != 0
    add_share(w, m, c, F_AGENCY_WEEKS_MILLI, cell[c, AGENCY_WEEKS] if physician else 0, days, first, second)
    add_share(w, m, c, F_WAGE_ORE, wage, days, first, second)
    add_share(w, m, c, F_WAGE_OVERTIME_ORE, overtime, days, first, second)
    add_share(w, m, c, F_WAGE_STUDY_ORE, study, days, first, second)
    add_share(w, m, c, F_POOL_ORE, pool, days, first, second)
    add_share(w, m, c, F_AGENCY_ORE, cell[c, AGENCY_ORE], days, first, second)
    add_share(w, m, c, F_RECRUIT_ORE, recruit, days, first, second)
    add_share(w, m, c, F_TRAINING_ORE, cell[c, TRAINING_COST], days, first, second)
    add_share(w, m, c, F_BOUGHT_CARE_ORE, cell[c, BOUGHT_ORE], days, first, second)
    add_share(w, m, c, F_INTRO_LOSS_MINUTES, int(done[c, L_LOSS] / FTE_WEEK * full), days, first, second)
    add_share(w, m, c, F_STUDY_MINUTES, int(done[c, L_STUDY] / FTE_WEEK * full), days, first, second)
    add_share(w, m, c, F_ESTABLISHED_UNITS_MINUTES, done[c, L_ESTABLISHED], days, first, second)
    add_share(w, m, c, F_VACANT_UNITS_MINUTES, done[c, L_VACANT], days, first, second)
    add_share(w, m, c, F_FROZEN_UNITS_MINUTES, done[c, L_FROZEN], days, first, second)
    add_share(w, m, c, F_CONTRACTED_UNITS_MINUTES, done[c, L_CONTRACT], days, first, second)
    worked = int(net * value(w, Q_PRESENCE, c) * (1.0 - sick)) + cell[c, OVERTIME]
    add_share(w, m, c, F_WORKED_MINUTES, worked, days, first, second)
    add_share(w, m, c, F_ORDINARY_MINUTES, int(done[c, L_ORDINARY] / (200.0 * WEEK) * full), days, first, second)
    sick_minutes = int(done[c, L_SICK_UNITS] / (200.0 * WEEK) * full) + int(net * sick)
    add_share(w, m, c, F_SICK_MINUTES, sick_minutes, days, first, second)
    add_share(w, m, c, F_FULL_TIME_MINUTES, int(full * days / 7.0), days, first, second)
    if leads:
        add_share(w, m, c, F_SUPERVISION_NEEDED_MINUTES, r.family[f, SUPERVISION_NEED], days, first, second)
        add_share(w, m, c, F_SUPERVISION_AVAILABLE_MINUTES, r.family[f, SUPERVISION_HAVE], days, first, second)
    add_share(w, m, c, F_WORKLOAD_MICRO_DAYS, int(number[c, WORKLOAD] * 1e6 * days), days, first, second)
    add_share(w, m, c, F_DAYS, days, days, first, second)
    add_share(w, m, c, F_CLIPPED_WEEKS, heads if cell[c, CLIPPED] != 0 else 0, days, first, second)
    add_share(w, m, c, F_PERSON_WEEKS, heads, days, first, second)
    add_share(w, m, c, F_UNMET_WEEKS, int(cell[c, UNMET] * UNMET_LIMIT > cell[c, NEED]), days, first, second)
    add_share(w, m, c, F_WEEKS, 1, days, first, second)
    add_share(w, m, c, F_NOVICE_UNITS_MINUTES, done[c, L_NOVICE], days, first, second)
    cell[c, HIRES_COST] = cell[c, COHORT_COST] = cell[c, TRAINING_COST] = cell[c, POOL_WAGE] = 0


def book_measures(w: World, t: Tables, x: ArrayInputs, r: Rest, week: int, days: int, first: int, month: int) -> None:
    """Book what measures cost beyond wages, and the state money for them."""
    second = t.second_days[week]
    for i in range(r.measures.shape[1]):
        for column in range(2):
            monthly = value(w, Q_MEASURE_COST if column == 0 else Q_MEASURE_GRANT, i)
            total = int(monthly * 100.0 * days / 7.0 / WEEKS_PER_MONTH)
            early = split_by_days(total, first, second, days)
            r.measures[month, i, column] += early
            if second > 0 and first + second == days:
                r.measures[month + 1, i, column] += total - early
    for k in range(x.once_week.shape[0]):
        if x.once_week[k] == week:
            r.measures[x.once_month[k], x.once_measure[k], 0] += x.once_ore[k]
    for k in range(r.grant_ore.shape[0]):
        if r.grant_ore[k] != 0:
            r.measures[month, w.programme[k, MEASURE], 1] += r.grant_ore[k]
            r.grant_ore[k] = 0


def count_open(w: World, r: Rest, month: int) -> None:
    """Note the posts that are advertised and not yet accepted; the last tick of a month stands."""
    for c in range(w.cell.shape[0]):
        w.months[month, c, F_OPEN_VACANCIES] = 0
    for g in range(w.group.shape[0]):
        j = w.group[g, FIRST_OPEN]
        while j >= 0:
            w.months[month, w.post[j, POST_CELL], F_OPEN_VACANCIES] += 1
            j = w.post[j, OPEN_NEXT]


def year_end(w: World, r: Rest, year: int, minute: int) -> None:
    """Count employees by age at the end of a year."""
    p = w.person
    for i in range(w.n[PEOPLE]):
        if employed(p[i, STATE]):
            r.ages[year, w.cell[p[i, CELL], GROUP], min(99, (minute - p[i, BIRTH]) // YEAR)] += 1


def close_books(w: World) -> None:
    """Turn the changes of the stocks into stocks: running sums over the months."""
    for m in range(1, w.months.shape[0]):
        for c in range(w.cell.shape[0]):
            for k in range(LAST_FLOW + 1, F_OPEN_VACANCIES):
                w.months[m, c, k] += w.months[m - 1, c, k]
