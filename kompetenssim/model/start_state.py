"""What the start state implies in one draw: need, workload reference and the base stream of applicants.

Initial vacancies and agency hours are data, balance is never assumed: where a unit has no staffing target,
its need is what own staff, agency hours (observed cost / price) and the assumed rest together covered.

Plain functions of scalars and one-dimensional sequences, which a compiler reads as they stand (design 8). Hours are per
week, rates per year; `par[G_… * groups + g]` are the group parameters, `one[ONE_…]` the scalars.
"""

from __future__ import annotations

from math import erf, exp, sqrt
from typing import TYPE_CHECKING

from kompetenssim.model.distributions import lognormal_mean
from kompetenssim.model.positions import (
    G_EXIT_PERCENT,
    G_INTRO_SUPERVISION,
    G_LEARN_AFTER_INTRO,
    G_LEARN_FULL_MONTHS,
    G_LEARN_INTRO_MONTHS,
    G_LEARN_START,
    G_LEARN_START_EXPERIENCED,
    G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_PERCENT,
    G_LEAVE_SIGMA,
    G_NOVICE_SHARE,
    G_PARENTAL_MEDIAN_MONTHS,
    G_PARENTAL_PERCENT,
    G_PARENTAL_SIGMA,
    G_SICK_LONG_PERCENT,
    G_SICK_MEDIAN_MONTHS,
    G_SICK_SIGMA,
    G_WORKS_ON_HOURS,
    G_WORKS_ON_MONTHS,
    G_WORKS_ON_SHARE,
    ONE_NOVICE_EXIT,
    ONE_PLACEMENT_HOURS,
    ONE_START_OVERTIME_PERCENT,
    ONE_WEIGHT_AGENCY,
    ONE_WEIGHT_NOVICES,
    ONE_WEIGHT_OVERTIME,
    ONE_WEIGHT_SUPERVISION,
    ONE_WEIGHT_UNMET,
    ONE_YOUNG_EXIT,
    Q_AGENCY_DELIVERY,
    Q_AGENCY_ORDER_SHARE,
    Q_AGENCY_PRICE,
    Q_AGENCY_PRODUCTIVITY,
    Q_COMPENSATORY_REST,
    Q_DUTY_HOURS,
    Q_EXIT_RATE,
    Q_EXTRA_HOURS_SHARE,
    Q_FULL_TIME_HOURS,
    Q_MISMATCH,
    Q_NEED_HOURS,
    Q_OVERTIME_PRACTICE,
    Q_PLACEMENT_FACTOR,
    Q_PRESENCE,
    Q_SHORT_SICK,
)
from kompetenssim.model.rules import (
    STAGES,
    SUMMER_PRODUCTIVITY,
    SUMMER_SUCCESS,
    TRAINEE_PRODUCTIVITY,
    learning_month,
    learning_productivity,
    placement_hours,
    workload,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kompetenssim.model.sequences import FloatRow, Floats, Ints
    from kompetenssim.model.start_tables import CellWork, GroupWork, LearningWork, StartTables, WeekType

WEEKS_PER_YEAR = 365.25 / 7
ST_PRODUCTIVITY = 0.7
VACANT_LIKE = 0.03  # of a cell's FTE: agency staff also cover for those who are away
SUBSTITUTE_MONTHS = 3.0
NEW_POST_APPLICANTS = 1.0  # applicants a year and post in a group that employs nobody at the start (assumption)
SUBSTITUTE_FILLED = 0.35  # share of the substitute posts that somebody holds (assumption: where runs of a region come to rest)
ROOT_OF_2, ROOT_OF_2_PI = sqrt(2.0), sqrt(2.0 * 3.141592653589793)
FAR_OUT = 9.0  # standard deviations beyond which the normal distribution is 0 or 1 to the last bit that matters
NEED_TOLERANCE = 1e-10  # relative
MOST_STEPS = 80

#: Parts of the stream of applicants, as `applicants.arrivals` gives them.
PARTS = (
    "avgångar externt",
    "avgångar pension",
    "avgångar visstid",
    "avgångar övriga",
    "ut genom utbildning",
    "in genom utbildning",
    "examinerade",
    "åter från hyrbolag",
    "sökande utifrån",
    "in på annat sätt",
)


def absences(t: StartTables, par: Floats, w: GroupWork) -> None:
    """Give the share away by group, from the odds (rate × mean length) of long sickness, parental leave and leave of absence."""
    groups = len(t.groups)
    for g in range(groups):
        sick = _odds(
            par[G_SICK_LONG_PERCENT * groups + g], par[G_SICK_MEDIAN_MONTHS * groups + g], par[G_SICK_SIGMA * groups + g]
        )
        parental = _odds(
            par[G_PARENTAL_PERCENT * groups + g], par[G_PARENTAL_MEDIAN_MONTHS * groups + g], par[G_PARENTAL_SIGMA * groups + g]
        )
        leave = _odds(par[G_LEAVE_PERCENT * groups + g], par[G_LEAVE_MEDIAN_MONTHS * groups + g], par[G_LEAVE_SIGMA * groups + g])
        total = sick + parental * t.groups[g].fertile + leave
        w.out[g] = total / (1.0 + total)


def _odds(percent: float, median_months: float, sigma: float) -> float:
    return percent / 100.0 * lognormal_mean(median_months, sigma) / 12.0


def retirements(t: StartTables, hazard: Floats, quarters: int, w: GroupWork) -> None:
    """Give the retirements of the first year by group (`hazard[g · quarters + quarter]` per year)."""
    for g in range(len(t.groups)):
        total = 0.0
        for i in range(t.groups[g].first_pension, t.groups[g].last_pension):
            total += t.pensions[i].heads * (1.0 - exp(-hazard[g * quarters + t.pensions[i].quarter]))
        w.pension[g] = total


def learning(groups: int, par: Floats, w: LearningWork) -> None:
    """Give when each group's stages of learning begin and what of an FTE is lost in them, by novices and by experienced."""
    for g in range(groups):
        intro, full = par[G_LEARN_INTRO_MONTHS * groups + g], par[G_LEARN_FULL_MONTHS * groups + g]
        start, after = par[G_LEARN_START * groups + g], par[G_LEARN_AFTER_INTRO * groups + g]
        start_experienced, share = par[G_LEARN_START_EXPERIENCED * groups + g], par[G_NOVICE_SHARE * groups + g]
        for stage in range(STAGES):
            novice = learning_productivity(stage, start, after) / 1000.0
            known = learning_productivity(stage, start_experienced, 0.5 + 0.5 * start_experienced) / 1000.0
            w.month[g * STAGES + stage] = learning_month(stage, intro, full)
            w.lost_novice[g * STAGES + stage] = share * (1.0 - novice)
            w.lost_experienced[g * STAGES + stage] = (1.0 - share) * (1.0 - known)


def read_register(t: StartTables, par: Floats, curve: LearningWork, w: CellWork) -> None:
    """Give mean productivity, novices and supervision of introduction by cell, from tenure and the learning curve."""
    groups = len(t.groups)
    for c in range(len(t.cells)):
        cell = t.cells[c]
        intro, full = par[G_LEARN_INTRO_MONTHS * groups + cell.group], par[G_LEARN_FULL_MONTHS * groups + cell.group]
        share, last = par[G_NOVICE_SHARE * groups + cell.group], max(intro, full)
        first_stage = cell.group * STAGES
        lost, novices, new = 0.0, 0.0, 0.0
        for i in range(cell.first_person, cell.last_person):
            tenure = t.people[i].tenure_months
            if tenure >= last:
                break
            if tenure < intro:
                new += 1.0
            if tenure < full:
                novices += share
            if tenure < full / 4.0:
                novices += 1.0 - share
            for k in range(first_stage, first_stage + STAGES - 1):
                if curve.month[k] <= tenure < curve.month[k + 1]:
                    lost += curve.lost_novice[k] * t.people[i].fte
                if curve.month[k] / 4.0 <= tenure < curve.month[k + 1] / 4.0:
                    lost += curve.lost_experienced[k] * t.people[i].fte
        w.productive[c] = (cell.fte - lost) / cell.fte if cell.fte > 0.0 else 1.0
        w.novices[c] = novices
        w.supervision[c] = new * par[G_INTRO_SUPERVISION * groups + cell.group]


def supervise(
    t: StartTables, theta: Floats, one: Floats, values: Floats, offset: Ints, family_hours: FloatRow, w: CellWork,
) -> None:
    """Add what training and placements take in supervision by cell, and give the work that people in training do not do."""
    for c in range(len(t.cells)):
        w.away[c] = 0.0
    for k in range(len(t.programmes)):
        p = t.programmes[k]
        work = TRAINEE_PRODUCTIVITY / 1000.0 if p.at_work else 1.0 - theta[p.pace] / 100.0
        for i in range(p.first_trainee, p.last_trainee):
            c = t.trainees[i].cell
            w.supervision[c] += t.trainees[i].heads * theta[p.supervision]
            if not p.is_st:
                w.away[c] += t.trainees[i].heads * (1.0 - work)
    for f in range(len(t.family_heads)):
        family_hours[f] = 0.0
    for c in range(len(t.cells)):
        family_hours[t.cells[c].family] += w.supervision[c]
    for k in range(len(t.graduates)):
        row = t.graduates[k]
        examined = theta[row.spring] + theta[row.autumn]
        hours = placement_hours(examined, theta[row.placement_weeks], one[ONE_PLACEMENT_HOURS])
        for i in range(row.first_placement, row.last_placement):
            f = t.placements[i].family
            family_hours[f] += hours * t.placements[i].share / max(0.1, values[offset[Q_PLACEMENT_FACTOR] + f])
    for c in range(len(t.cells)):
        f = t.cells[c].family
        w.supervision[c] = family_hours[f] * t.cells[c].heads / max(1.0, t.family_heads[f])


def own_hours(t: StartTables, par: Floats, values: Floats, offset: Ints, by_group: GroupWork, w: CellWork) -> None:
    """Give own hours, their spread and the hours of hourly staff by cell."""
    groups = len(t.groups)
    for c in range(len(t.cells)):
        cell, group, g = t.cells[c], t.groups[t.cells[c].group], t.cells[c].group
        out = by_group.out[g]
        productive = ST_PRODUCTIVITY if group.in_st else w.productive[c]
        own = cell.fte * (1.0 - out) * productive * values[offset[Q_FULL_TIME_HOURS] + c] * values[offset[Q_PRESENCE] + c]
        own = own * (1.0 - values[offset[Q_COMPENSATORY_REST] + c])
        if not group.in_st:
            own = own * (1.0 - w.away[c] / max(1.0, cell.heads))
        w.own[c] = max(0.0, own - w.supervision[c] - cell.compensated_hours)
        w.spread[c] = spread(w.own[c], cell.heads, cell.vacant_fte / max(1e-9, cell.fte + cell.vacant_fte), out)
        works_on = by_group.pension[g] * par[G_WORKS_ON_SHARE * groups + g] * par[G_WORKS_ON_MONTHS * groups + g] / 12.0
        w.hourly[c] = works_on * par[G_WORKS_ON_HOURS * groups + g] * cell.heads / max(1.0, group.heads)


def spread(own: float, heads: float, vacancy: float, out: float) -> float:
    """Give the standard deviation of a cell's own hours between weeks.

    Each post delivers or not, by itself: it is vacant, or its holder is away. Small units lack people by chance even
    when they are staffed on average, so a gap is never just the difference of means.
    """
    idle = 1.0 - (1.0 - out) * (1.0 - vacancy)
    posts = heads / max(0.05, 1.0 - vacancy)
    each = own / max(1e-9, posts * (1.0 - idle))
    return max(1e-9, each * sqrt(posts * idle * (1.0 - idle)))


def target_gaps(t: StartTables, theta: Floats, one: Floats, values: Floats, offset: Ints, w: CellWork) -> None:
    """Give the planned gap each cell must have had: from observed agency cost, else from overtime and the unmet share."""
    overtime = 1.0 + one[ONE_START_OVERTIME_PERCENT] / 100.0
    for c in range(len(t.cells)):
        w.target[c] = w.own[c] * (overtime / (1.0 - theta[t.cells[c].unmet_column] / 100.0) - 1.0)
    full_time, price = offset[Q_FULL_TIME_HOURS], offset[Q_AGENCY_PRICE]
    for k in range(len(t.observed)):
        row = t.observed[k]
        total, paid = 0.0, 0.0
        for i in range(row.first_cell, row.last_cell):
            c = t.observed_cells[i]
            weight = (t.cells[c].vacant_fte + VACANT_LIKE * t.cells[c].fte) * values[full_time + c]
            total += weight
            paid += values[price + c] * weight
        if total > 0.0:
            hours = theta[row.cost] / (paid / total) / WEEKS_PER_YEAR
            for i in range(row.first_cell, row.last_cell):
                c = t.observed_cells[i]
                weight = (t.cells[c].vacant_fte + VACANT_LIKE * t.cells[c].fte) * values[full_time + c]
                delivered = values[offset[Q_AGENCY_ORDER_SHARE] + c] * values[offset[Q_AGENCY_DELIVERY] + c]
                productive = values[offset[Q_AGENCY_PRODUCTIVITY] + c]
                w.target[c] = hours * weight / total * productive / max(0.05, delivered)


def expected_gap(difference: float, sigma: float) -> tuple[float, float]:
    """Give E[max(0, d + σZ)] = σ·φ(d/σ) + d·Φ(d/σ) for need minus supply d, and its derivative Φ(d/σ)."""
    x = difference / sigma
    if x > FAR_OUT:
        return difference, 1.0
    if x < -FAR_OUT:
        return 0.0, 0.0
    below = 0.5 * (1.0 + erf(x / ROOT_OF_2))
    return sigma * exp(-0.5 * x * x) / ROOT_OF_2_PI + difference * below, below


def supply_of(week: WeekType, own: float, hourly: float, summer: float) -> float:
    """Give a cell's supply (hours) in a kind of week."""
    return own * week.presence + hourly + summer * week.summer


def mean_gap(
    weeks: Sequence[WeekType],
    first: int,
    last: int,
    need: float,
    loss: float,
    duty: float,
    own: float,
    hourly: float,
    summer: float,
    sigma: float,
) -> tuple[float, float]:
    """Give the planned gap of a cell, mean over its weeks, at a need in hours, and the derivative by that need."""
    mean, slope = 0.0, 0.0
    for i in range(first, last):
        wanted = need * weeks[i].need * loss + duty
        gap, below = expected_gap(wanted - supply_of(weeks[i], own, hourly, summer), sigma)
        if gap > wanted:
            gap, below = wanted, 1.0
        mean += weeks[i].share * gap
        slope += weeks[i].share * below * weeks[i].need * loss
    return mean, slope


def solve_need(
    weeks: Sequence[WeekType],
    first: int,
    last: int,
    target: float,
    loss: float,
    duty: float,
    own: float,
    hourly: float,
    summer: float,
    sigma: float,
) -> float:
    """Find the need (hours a week before season) at which a cell's mean planned gap is `target`.

    Newton's method between bounds, from above: the gap without chance is the least there can be.
    """
    least, slope = 0.0, 0.0
    if duty > 0.0:
        least, slope = mean_gap(weeks, first, last, 0.0, loss, duty, own, hourly, summer, sigma)
    if least >= target:
        return 0.0
    supply, profile = 0.0, 0.0
    for i in range(first, last):
        supply += weeks[i].share * supply_of(weeks[i], own, hourly, summer)
        profile += weeks[i].share * weeks[i].need * loss
    low, high = 0.0, 3.0 * own + 3.0 * target + duty + 40.0
    need = min(high, (target + supply - duty) / profile) if profile > 0.0 else high
    for _ in range(MOST_STEPS):
        gap, slope = mean_gap(weeks, first, last, need, loss, duty, own, hourly, summer, sigma)
        if gap < target:
            low = need
        else:
            high = need
        following = need - (gap - target) / slope if slope > 0.0 else low
        if abs(following - need) <= NEED_TOLERANCE * need or high - low <= NEED_TOLERANCE * high:
            return max(low, min(high, following))
        need = following if low < following < high else 0.5 * (low + high)
    return need


def needs(
    t: StartTables, theta: Floats, one: Floats, values: FloatRow, offset: Ints, w: CellWork, workload_start: FloatRow
) -> None:
    """Set `need_hours` and give the workload of each cell at the start."""
    for c in range(len(t.cells)):
        cell = t.cells[c]
        own, hourly, sigma = w.own[c], w.hourly[c], w.spread[c]
        full_time, duty = values[offset[Q_FULL_TIME_HOURS] + c], values[offset[Q_DUTY_HOURS] + c]
        loss = 1.0 + values[offset[Q_MISMATCH] + c]
        summer = cell.summer_fte * full_time * SUMMER_PRODUCTIVITY * SUMMER_SUCCESS
        if cell.is_pool:
            need = 0.0
        elif cell.need_column >= 0:
            scale = cell.need_scale if cell.need_scale > 0.0 else full_time * values[offset[Q_PRESENCE] + c]
            need = theta[cell.need_column] * scale
        else:
            need = solve_need(t.weeks, cell.first_week, cell.last_week, w.target[c], loss, duty, own, hourly, summer, sigma)
        values[offset[Q_NEED_HOURS] + c] = need
        well = 1.0 - values[offset[Q_SHORT_SICK] + c]
        ordered = values[offset[Q_AGENCY_ORDER_SHARE] + c] * values[offset[Q_AGENCY_DELIVERY] + c] if cell.hires_agency else 0.0
        share = values[offset[Q_OVERTIME_PRACTICE] + c] + values[offset[Q_EXTRA_HOURS_SHARE] + c]
        wanted_mean, own_mean, agency_mean, overtime_mean, unmet_mean = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(cell.first_week, cell.last_week):
            week = t.weeks[i]
            wanted, supply = need * week.need * loss + duty, supply_of(week, own, hourly, summer)
            seen, _ = expected_gap(wanted - supply, sigma)
            gap, _ = expected_gap(wanted - supply * well, sigma)
            gap = min(wanted, gap)
            agency = min(gap, min(wanted, seen) * ordered)
            overtime = min(gap - agency, supply * well * share)
            wanted_mean += week.share * wanted
            own_mean += week.share * supply * well
            agency_mean += week.share * agency
            overtime_mean += week.share * overtime
            unmet_mean += week.share * (gap - agency - overtime)
        workload_start[c] = workload(
            unmet_mean,
            wanted_mean,
            overtime_mean,
            own_mean,
            agency_mean,
            w.novices[c] / max(1.0, cell.heads),
            0.0,
            one[ONE_WEIGHT_UNMET],
            one[ONE_WEIGHT_OVERTIME],
            one[ONE_WEIGHT_AGENCY],
            one[ONE_WEIGHT_NOVICES],
            one[ONE_WEIGHT_SUPERVISION],
        )


def references(t: StartTables, values: Floats, offset: Ints, w: GroupWork, reference: FloatRow, workload_start: FloatRow) -> None:
    """Give the group's workload at the start, the mean over its cells by FTE.

    Pool cells, and those that have nobody and need nobody, start with that of their group.
    """
    for g in range(len(t.groups)):
        reference[g], w.total[g] = 0.0, 0.0
    for c in range(len(t.cells)):
        if not t.cells[c].is_pool:
            reference[t.cells[c].group] += t.cells[c].fte * workload_start[c]
            w.total[t.cells[c].group] += t.cells[c].fte
    for g in range(len(t.groups)):
        reference[g] = reference[g] / max(1e-9, w.total[g])
    for c in range(len(t.cells)):
        empty = t.cells[c].fte + values[offset[Q_NEED_HOURS] + c] + values[offset[Q_DUTY_HOURS] + c] <= 0.0
        if t.cells[c].is_pool or empty:
            workload_start[c] = reference[t.cells[c].group]


def exit_rates(t: StartTables, par: Floats, one: Floats, values: FloatRow, offset: Ints) -> None:
    """Set the rate of an experienced 30–59-year-old so that the register's mean is the stated exit share."""
    groups = len(t.groups)
    for c in range(len(t.cells)):
        g = t.cells[c].group
        group = t.groups[g]
        novices = (group.novice + group.novice_young * one[ONE_YOUNG_EXIT]) * one[ONE_NOVICE_EXIT]
        total = group.known + group.known_young * one[ONE_YOUNG_EXIT] + novices
        mean = total / group.heads if group.heads > 0.0 else 1.0
        values[offset[Q_EXIT_RATE] + c] = par[G_EXIT_PERCENT * groups + g] / 100.0 / mean
