"""Stand-ins for functions of the compiled kernel: they note exposure, events, durations and choices, then call the originals.

A hazard changes when the person's own record changes (each event of the person), at ticks, and where age or time of
employment passes a class (`turn`). Between such points it is constant, so that the integral is exact. It is taken
from the rule alone: candidates, marks and strips of the engine are not used. At the end of each piece the rule is asked
again, and a hazard that has changed within the piece is counted (`TORN`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.applicants import applicant as take_applicant
from kompetenssim.engine.compiled.applicants import arrivals as take_arrivals
from kompetenssim.engine.compiled.life import candidate as try_candidate
from kompetenssim.engine.compiled.life import give_retirement_notice as note_retirement
from kompetenssim.engine.compiled.life import go_away as begin_absence
from kompetenssim.engine.compiled.life import happens as let_happen
from kompetenssim.engine.compiled.life import hazard as true_hazard
from kompetenssim.engine.compiled.life import join_agency as begin_agency
from kompetenssim.engine.compiled.life import leave as end_employment
from kompetenssim.engine.compiled.life import live as run_clocks
from kompetenssim.engine.compiled.life import retirement_rate as true_retirement_rate
from kompetenssim.engine.compiled.life import state_ends as end_state
from kompetenssim.engine.compiled.life import term_passes as pass_term
from kompetenssim.engine.compiled.posts import advertise as open_recruitment
from kompetenssim.engine.compiled.records import DROPOUT, employed, value
from kompetenssim.engine.compiled.state import (
    ADVERTISED,
    AWAY,
    BIRTH,
    BOND_UNTIL,
    CAUSE,
    CELL,
    ENTERED,
    EXAM_UNTIL,
    EXIT_MULTIPLIER,
    FIRST_APPLICANT,
    GRADE_UNITS,
    GROUP,
    HIRED,
    HORIZON,
    MEAN_PAY,
    NOTICE_END,
    PEOPLE,
    POST_CELL,
    PROGRAMME,
    RETURNS,
    RIPE,
    SETTLED,
    SICK_MULTIPLIER,
    SPLIT,
    STATE,
    STREAM_WIDTH,
    STRIP_0,
    STRIP_LINK,
    STRIP_NEXT,
    TEMPORARY,
    TRAIN_TURN,
    VACANCY_RATE,
    WAITS_UNTIL,
    WEEK_END,
    Rest,
)
from kompetenssim.engine.compiled.weeks import live_until as run_week
from kompetenssim.engine.people import PENSION, QUARTER, RETIREMENT_NOTICE, RETURN_MONTHS, SUBSTITUTE_DAYS, TO_AGENCY, YOUNG
from kompetenssim.engine.world import ACTIVE, AGENCY, HOURLY, LEAVE, PARENTAL, SICK
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import FERTILE_FROM, FERTILE_TO, NEVER, NOVICE_MONTHS, RESIGN, width
from kompetenssim.model.clocks import GRADE as GRADE_CLOCK
from kompetenssim.model.clocks import LEAVE as LEAVE_CLOCK
from kompetenssim.model.clocks import SICK as SICK_CLOCK
from kompetenssim.model.positions import (
    G_AGENCY_RETURN_SHARE,
    G_LEAD_SIGMA,
    G_LEAD_WEEKS,
    G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_RETURNS,
    G_LEAVE_SIGMA,
    G_NOTICE_MONTHS,
    G_PARENTAL_MEDIAN_MONTHS,
    G_PARENTAL_SIGMA,
    G_PATIENCE_WEEKS,
    G_RETIRED_TO_AGENCY,
    G_SICK_MEDIAN_MONTHS,
    G_SICK_NO_RETURN,
    G_SICK_SIGMA,
    G_SUBSTITUTE_SHARE,
    G_WORKS_ON_SHARE,
    ONE_APPLICANT_RESPONSE,
    ONE_PAY_ARRIVAL_ELASTICITY,
    ONE_REFUSED_QUITS,
    Q_AGENCY_LEAVER_SHARE,
    Q_AGENCY_QUARANTINE_MONTHS,
    Q_ARRIVAL_FACTOR,
    Q_ARRIVAL_RATE,
    Q_LEAD_TIME_FACTOR,
    Q_LEAVE_REFUSED,
    Q_RETURN_FACTOR,
    Q_SICK_LENGTH,
)
from kompetenssim.model.rules import MULTIPLIER_HIGH, MULTIPLIER_LOW, applicant_rate, pay_multiplier
from tests.analytic.probe.layout import (
    AGENCY_RETURNS_CHOICE,
    ALL,
    ARRIVE,
    ARRIVED_USED,
    CLASSES,
    DROP_OUT_CHOICE,
    DUE_STRIP,
    LEAVE_RETURNS_CHOICE,
    OF_AGE,
    OF_DAY,
    OF_GROUP,
    OF_ORIGIN,
    OF_STRIP,
    OF_TENURE,
    OF_WORKLOAD,
    OF_YEAR,
    OPENED,
    REFUSED_CHOICE,
    REFUSED_QUITS_CHOICE,
    RETIRE,
    RETIRED_AGENCY_CHOICE,
    SEEN_GRADE,
    SEEN_PENSION,
    SICK_NO_RETURN_CHOICE,
    SPELL_AGENCY,
    SPELL_LEAD,
    SPELL_LEAVE,
    SPELL_OWN_NOTICE,
    SPELL_PARENTAL,
    SPELL_PATIENCE,
    SPELL_SICK,
    SPELLS_USED,
    SUBSTITUTE_CHOICE,
    TIMES_USED,
    TO_AGENCY_CHOICE,
    TORN,
    WORKS_ON_CHOICE,
)
from tests.analytic.probe.register import counted, grow_older, hr_class

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.tables import Tables
    from kompetenssim.engine.filling import ArrayInputs
    from tests.analytic.probe.layout import Watched

INLINED = ("rate_of", "sooner_turn")


# --- exposure


def live(w: Watched, i: int, now: int) -> None:
    """Count the exposure up to a person's event."""
    settle(w, i, now)
    run_clocks(w, i, now)


def live_until(w: Watched, week: int, boundary: int) -> None:
    """Count everybody's exposure up to the tick, which may change records and multipliers."""
    run_week(w, week, boundary)
    for i in range(w.n[PEOPLE]):
        settle(w, i, boundary)
    w.mark[OPENED] = boundary


def settle(w: Watched, i: int, now: int) -> None:
    """Integrate a person's hazards from the last time to now, or to the horizon."""
    at, end = max(w.since[i], w.mark[OPENED]), min(now, w.n[HORIZON])
    w.since[i] = now
    if employed(w.person[i, STATE]):
        while at < end:
            until = turn(w, i, at, end)
            grow(w, i, at, until)
            at = until


def turn(w: Watched, i: int, at: int, end: int) -> int:
    """Give the next minute at which a hazard or a class may step by itself: tenure, bond, examination, age, month."""
    p = w.person
    birth, hired = p[i, BIRTH], p[i, HIRED]
    end = sooner_turn(at, end, hired + YEAR)
    end = sooner_turn(at, end, hired + NOVICE_MONTHS * MONTH)
    end = sooner_turn(at, end, hired + 5 * YEAR)
    end = sooner_turn(at, end, p[i, BOND_UNTIL])
    end = sooner_turn(at, end, p[i, EXAM_UNTIL])
    end = sooner_turn(at, end, birth + YOUNG)
    end = sooner_turn(at, end, birth + FERTILE_FROM)
    end = sooner_turn(at, end, birth + FERTILE_TO)
    end = sooner_turn(at, end, w.n[SPLIT])
    return min(end, at + QUARTER - (at + RETIREMENT_NOTICE - birth) % QUARTER)  # the other ages lie on quarters too


def sooner_turn(at: int, end: int, candidate_turn: int) -> int:
    """Give a turn if it lies before the end and after now, else the end."""
    return candidate_turn if at < candidate_turn < end else end


def rate_of(w: Watched, i: int, clock: int, at: int) -> float:
    """Give the hazard (per year) of a clock of a person who is employed; retirement counts until any notice is given."""
    if clock < RETIRE:
        return true_hazard(w, i, clock, at)
    if w.person[i, NOTICE_END] != NEVER:
        return 0.0
    return true_retirement_rate(w, w.person[i, BIRTH], w.person[i, CELL], at)


def grow(w: Watched, i: int, at: int, until: int) -> None:
    """Add a piece in which nothing changes to the cumulative hazards and to the exposure of every class."""
    classify(w, i, at)
    grow_older(w, i, at, until)
    length, day_one, day_seven = until - at, w.mark[OPENED] + DAY, w.n[WEEK_END] - DAY
    early, late = max(0, min(until, day_one) - at) / length, max(0, until - max(at, day_seven)) / length
    for clock in range(ARRIVE):
        h = rate_of(w, i, clock, at)
        if rate_of(w, i, clock, until - 1) != h:  # the same arithmetic twice: equal to the bit unless a class was passed
            w.mark[TORN] += 1
        if h > 0.0:
            part = h * length / YEAR
            w.grown[i, clock] += part
            w.classes[OF_WORKLOAD] = workload_class(w, w.person[i, CELL], clock)
            row = w.exposure[clock]
            for view in range(OF_ORIGIN + 1):
                if view not in (OF_STRIP, OF_DAY):
                    row[view, w.classes[view]] += part
            row[OF_DAY, 0] += part * early
            row[OF_DAY, 1] += part * (1.0 - early - late)
            row[OF_DAY, 2] += part * late
            m = strip_width(w, i, clock, at)
            strip, low = 0, 0.0
            while low < h:
                row[OF_STRIP, min(strip, CLASSES - 1)] += part * min(m, h - low) / h
                strip, low = strip + 1, low + m


def strip_width(w: Watched, i: int, clock: int, at: int) -> float:
    """Give the width (per year) of a strip; retirement has none, and its high rates are seen apart from the low ones."""
    return width(clock, at - w.person[i, BIRTH], at - w.person[i, HIRED]) if clock < RETIRE else 100.0


def classify(w: Watched, i: int, at: int) -> None:
    """Set the classes of a person at a minute, but for the workload, which belongs to a clock."""
    p, k = w.person, w.classes
    tenure, age = at - p[i, HIRED], at - p[i, BIRTH]
    k[ALL], k[OF_GROUP], k[OF_YEAR] = 0, w.cell[p[i, CELL], GROUP], w.mark[OPENED] // YEAR
    k[OF_TENURE] = (tenure >= YEAR) + (tenure >= NOVICE_MONTHS * MONTH) + (tenure >= 5 * YEAR)
    k[OF_AGE] = (age >= FERTILE_FROM) + (age >= YOUNG) + (age >= FERTILE_TO) + (age >= 64 * YEAR) + (age >= 67 * YEAR)
    k[OF_ORIGIN] = 2 if at < p[i, EXAM_UNTIL] else 3 if p[i, PROGRAMME] >= 0 else p[i, ENTERED] > 0


def workload_class(w: Watched, c: int, clock: int) -> int:
    """Give the class of a cell's workload multiplier: at the floor, calm, usual, loaded, at the ceiling."""
    m = w.cell_number[c, SICK_MULTIPLIER if clock == SICK_CLOCK else EXIT_MULTIPLIER]
    return (m > MULTIPLIER_LOW) + (m > 0.97) + (m > 1.03) + (m >= MULTIPLIER_HIGH)


# --- events


def occur(w: Watched, i: int, clock: int, now: int) -> None:
    """Note an event in the classes it had just before, and the cumulative hazard since the one before."""
    if now >= w.n[HORIZON]:
        return
    classify(w, i, now)
    k, row = w.classes, w.events[clock]
    k[OF_WORKLOAD] = workload_class(w, w.person[i, CELL], clock)
    k[OF_STRIP] = min(w.mark[DUE_STRIP], CLASSES - 1)
    k[OF_DAY] = 0 if now < w.mark[OPENED] + DAY else 2 if now >= w.n[WEEK_END] - DAY else 1
    for view in range(OF_ORIGIN + 1):
        row[view, k[view]] += 1
    if clock == RETIRE:
        w.hits[clock, hr_class(w, i, now, now + RETIREMENT_NOTICE)] += 1
    elif counted(w, i, now):
        w.hits[clock, hr_class(w, i, now, now)] += 1
    n = w.mark[TIMES_USED]
    w.gap[n, 0], w.gap[n, 1] = clock, w.grown[i, clock]
    w.mark[TIMES_USED] = min(n + 1, w.gap.shape[0] - 1)
    w.grown[i, clock] = 0.0


def candidate(w: Watched, i: int, clock: int, now: int) -> None:
    """Note which strip a candidate belongs to."""
    row, strip = w.person[i, STRIP_0 + clock], 0
    while row >= 0 and w.strip[row, STRIP_NEXT] != now:
        row, strip = w.strip[row, STRIP_LINK], strip + 1
    w.mark[DUE_STRIP] = strip
    try_candidate(w, i, clock, now)


def hazard(w: Watched, i: int, clock: int, now: int) -> float:
    """Give the engine the hazard, or a wrong one if the test asks for a fault."""
    h = true_hazard(w, i, clock, now) * w.fault[clock, 0]
    return min(h, w.fault[clock, 1] * width(clock, now - w.person[i, BIRTH], now - w.person[i, HIRED]))


def retirement_rate(w: Watched, birth: int, c: int, minute: int) -> float:
    """Give the engine the hazard of retirement, or a wrong one if the test asks for a fault."""
    return true_retirement_rate(w, birth, c, minute) * w.fault[RETIRE, 0]


def happens(w: Watched, i: int, clock: int, now: int) -> None:
    """Note the event of a thinned clock, and the choices that follow from it."""
    occur(w, i, clock, now)
    p, c = w.person, w.person[i, CELL]
    g, grade, seen = w.cell[c, GROUP], p[i, GRADE_UNITS], counted(w, i, now)
    let_happen(w, i, clock, now)
    if clock == GRADE_CLOCK and seen and p[i, GRADE_UNITS] != grade and now < w.n[HORIZON]:
        w.hits[SEEN_GRADE, hr_class(w, i, now, now)] += 1
    if clock == RESIGN:
        note_choice(w, TO_AGENCY_CHOICE, value(w, Q_AGENCY_LEAVER_SHARE, c), p[i, CAUSE] == TO_AGENCY)
    elif clock == SICK_CLOCK:
        note_choice(w, SICK_NO_RETURN_CHOICE, w.par[G_SICK_NO_RETURN, g], p[i, RETURNS] == 0)
    elif clock == LEAVE_CLOCK:
        refused = p[i, STATE] != LEAVE
        note_choice(w, REFUSED_CHOICE, value(w, Q_LEAVE_REFUSED, c), refused)
        if refused:
            note_choice(w, REFUSED_QUITS_CHOICE, w.one[ONE_REFUSED_QUITS], p[i, NOTICE_END] != NEVER)
        else:
            note_choice(w, LEAVE_RETURNS_CHOICE, w.par[G_LEAVE_RETURNS, g], p[i, RETURNS] != 0)


def give_retirement_notice(w: Watched, i: int, now: int) -> None:
    """Note a retirement, unless notice was given before (it was at risk no more)."""
    if w.person[i, NOTICE_END] == NEVER:
        w.mark[DUE_STRIP] = 0
        occur(w, i, RETIRE, now)
    note_retirement(w, i, now)


# --- durations and choices


def note_choice(w: Watched, choice: int, p: float, yes: bool) -> None:
    """Note a choice with a known probability."""
    p = min(1.0, p)
    row = w.choice[choice]
    row[0] += 1.0
    row[1] += yes
    row[2] += p
    row[3] += p * (1.0 - p)


def log_spell(w: Watched, kind: int, first: float, second: float, minutes: int, ended: bool) -> None:
    """Note a duration with the parameters of its law."""
    n = w.mark[SPELLS_USED]
    row = w.spell[n]
    row[0], row[1], row[2], row[3], row[4] = kind, first, second, minutes, ended
    w.mark[SPELLS_USED] = min(n + 1, w.spell.shape[0] - 1)


def begin_spell(w: Watched, i: int, kind: int, now: int, first: float, second: float) -> None:
    """Note that a duration begins for a person."""
    row = w.spell_of[i]
    row[0], row[1], row[2], row[3] = kind, now, first, second


def end_spell(w: Watched, i: int, now: int, ended: bool) -> None:
    """Note that a person's duration has ended, by itself or cut off; what lies after the horizon is not seen."""
    row = w.spell_of[i]
    if row[0] >= 0.0:
        log_spell(w, int(row[0]), row[2], row[3], min(now, w.n[HORIZON]) - int(row[1]), ended and now < w.n[HORIZON])
        row[0] = -1.0


def go_away(w: Watched, i: int, now: int, state: int, minutes: int) -> None:
    """Note that an absence begins, and whether it opens a substitute post."""
    p, c = w.person, w.person[i, CELL]
    g, before = w.cell[c, GROUP], w.noted[AWAY]
    begin_absence(w, i, now, state, minutes)
    if minutes > SUBSTITUTE_DAYS * DAY and p[i, TEMPORARY] == 0:
        note_choice(w, SUBSTITUTE_CHOICE, w.par[G_SUBSTITUTE_SHARE, g], w.noted[AWAY] > before)
    if state == SICK:
        median = w.par[G_SICK_MEDIAN_MONTHS, g] * value(w, Q_SICK_LENGTH, c)
        begin_spell(w, i, SPELL_SICK, now, median * MONTH, w.par[G_SICK_SIGMA, g])
    elif state == PARENTAL:
        begin_spell(w, i, SPELL_PARENTAL, now, w.par[G_PARENTAL_MEDIAN_MONTHS, g] * MONTH, w.par[G_PARENTAL_SIGMA, g])
    else:
        begin_spell(w, i, SPELL_LEAVE, now, w.par[G_LEAVE_MEDIAN_MONTHS, g] * MONTH, w.par[G_LEAVE_SIGMA, g])


def state_ends(w: Watched, i: int, now: int) -> None:
    """Note that a duration has run to its end."""
    end_spell(w, i, now, True)
    end_state(w, i, now)


def leave(w: Watched, i: int, now: int, cause: int) -> None:
    """Note that an exit cuts an absence off, and the choices of those who leave."""
    end_spell(w, i, now, False)
    p = w.person
    if cause == PENSION and now < w.n[HORIZON]:
        w.hits[SEEN_PENSION, hr_class(w, i, now, now)] += 1
    g = w.cell[p[i, CELL], GROUP]
    end_employment(w, i, now, cause)
    if cause == PENSION:
        note_choice(w, WORKS_ON_CHOICE, w.par[G_WORKS_ON_SHARE, g], p[i, STATE] == HOURLY)
        if p[i, STATE] != HOURLY:
            note_choice(w, RETIRED_AGENCY_CHOICE, w.par[G_RETIRED_TO_AGENCY, g], p[i, STATE] == AGENCY)
    elif cause == TO_AGENCY:
        note_choice(w, AGENCY_RETURNS_CHOICE, w.par[G_AGENCY_RETURN_SHARE, g] * value(w, Q_RETURN_FACTOR, g), p[i, RETURNS] != 0)


def join_agency(w: Watched, i: int, now: int, returns: int) -> None:
    """Note that a time at an agency begins: karens, then an exponential time."""
    karens = value(w, Q_AGENCY_QUARANTINE_MONTHS, w.cell[w.person[i, CELL], GROUP])
    begin_spell(w, i, SPELL_AGENCY, now, karens * MONTH, RETURN_MONTHS * MONTH)
    begin_agency(w, i, now, returns)


def term_passes(w: Watched, i: int, now: int) -> None:
    """Note whether somebody in training drops out at the turn of a term."""
    p = w.person
    k = p[i, PROGRAMME]
    at_risk = k >= 0 and p[i, STATE] == ACTIVE
    pass_term(w, i, now)
    if at_risk:
        note_choice(w, DROP_OUT_CHOICE, w.theta[w.programme[k, DROPOUT]] / 100.0, p[i, TRAIN_TURN] == NEVER)


def advertise(w: Watched, j: int, now: int) -> None:
    """Note the lead time of a recruitment that is opened during the run."""
    q, before = w.post, w.post[j, ADVERTISED]
    open_recruitment(w, j, now)
    if before == 0 and q[j, ADVERTISED] != 0 and now > 0:
        g = w.cell[q[j, POST_CELL], GROUP]
        median = max(0.01, w.par[G_LEAD_WEEKS, g]) * value(w, Q_LEAD_TIME_FACTOR, g) * WEEK
        log_spell(w, SPELL_LEAD, median, w.par[G_LEAD_SIGMA, g], q[j, RIPE] - now, True)


# --- applicants


def arrivals(w: Watched, t: Tables, x: ArrayInputs, r: Rest, g: int, now: int) -> None:
    """Count the week's exposure of a group's stream of applicants; the rate is that of model.md 4.7."""
    begun = t.week_start[w.n[SETTLED]]
    season = t.arrival_season[g, t.month_of_year[t.first_month[w.n[SETTLED]]]]
    pay = pay_multiplier(w.group_number[g, MEAN_PAY], w.one[ONE_PAY_ARRIVAL_ELASTICITY])
    rate = applicant_rate(
        value(w, Q_ARRIVAL_RATE, g), season, value(w, Q_ARRIVAL_FACTOR, g) * pay, w.one[ONE_APPLICANT_RESPONSE],
        w.group_number[g, VACANCY_RATE], x.vacancy_start[g], x.arrivals_parts[g, 9],
    )  # fmt: skip
    w.arrival_rate[g] = rate
    take_arrivals(w, t, x, r, g, now)
    part, m = rate * (now - begun) / YEAR, w.group_number[g, STREAM_WIDTH]
    w.grown_group[g] += part
    row, strip, low = w.exposure[ARRIVE], 0, 0.0
    row[ALL, 0] += part
    row[OF_GROUP, g] += part
    row[OF_YEAR, begun // YEAR] += part
    while low < rate:
        row[OF_STRIP, min(strip, CLASSES - 1)] += part * min(m, rate - low) / rate
        strip, low = strip + 1, low + m


def applicant(w: Watched, t: Tables, r: Rest, g: int, key: int, at: int) -> None:
    """Note an applicant, and the law of its patience and notice."""
    begun, row, strip = t.week_start[w.n[SETTLED]], w.events[ARRIVE], 0
    while r.stream[g, strip, 1] != at:
        strip += 1
    row[ALL, 0] += 1
    row[OF_GROUP, g] += 1
    row[OF_YEAR, begun // YEAR] += 1
    row[OF_STRIP, min(strip, CLASSES - 1)] += 1
    n = w.mark[ARRIVED_USED]
    w.arrived[n, 0], w.arrived[n, 1] = g, w.grown_group[g] + w.arrival_rate[g] * (at - begun) / YEAR
    w.mark[ARRIVED_USED] = min(n + 1, w.arrived.shape[0] - 1)
    take_applicant(w, t, r, g, key, at)
    a = w.group[g, FIRST_APPLICANT]
    patience, notice = w.par[G_PATIENCE_WEEKS, g] * WEEK, 2.0 * w.par[G_NOTICE_MONTHS, g] * MONTH
    log_spell(w, SPELL_PATIENCE, 0.5 * patience + WEEK, 1.5 * patience + WEEK, r.applicant[a, WAITS_UNTIL] - at, True)
    log_spell(w, SPELL_OWN_NOTICE, 0.0, notice, int(r.applicant_months[a] * MONTH), True)
