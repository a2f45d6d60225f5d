"""What happens to one person: its clocks, and what each of them does.

Nothing here reads another person or writes anything shared but integer counters and notice lists, so the events
of a week may run in any order.
"""

from __future__ import annotations

from bisect import bisect_right

from kompetenssim.engine.stops import hazard_above_strips
from kompetenssim.engine.world import (
    ACTIVE,
    AGENCY,
    EMPLOYED,
    GONE,
    HOURLY,
    LEAVE,
    PARENTAL,
    PENDING,
    SICK,
    SUBSTITUTE,
    TERM,
    VACANT,
    Person,
    World,
)
from kompetenssim.model import clocks
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import (
    MOVE,
    NEVER,
    NOVICE_MONTHS,
    RESIGN,
    THINNED,
    gap_decision,
    next_candidate,
    width,
)
from kompetenssim.model.distributions import exponential, lognormal
from kompetenssim.model.keyed import uniform
from kompetenssim.model.rules import RIGHT_AGE_RATE, STAGES, band, learning_month, pay_multiplier
from kompetenssim.model.trajectory import AGE_BANDS, CAUSES, TENURE_BANDS

EXTERNAL, TO_AGENCY, PENSION, FIXED_TERM, OTHER = range(5)
SUBSTITUTE_DAYS = 90
YOUNG = 30 * YEAR
RETIREMENT_NOTICE = 3 * MONTH
RETURN_MONTHS = 12.0
QUARTER = YEAR // 4


def live(w: World, p: Person, now: int) -> None:
    """Run every clock of a person that is due at this minute, in decision-number order, and set the next."""
    for clock in range(THINNED):
        if p.candidate[clock] == now:
            _candidate(w, p, clock, now)
    if p.retire_at == now:
        _give_retirement_notice(w, p, now)
    if p.stage_at == now:
        _learn(w, p, now)
    if p.train_turn == now:
        _term_passes(w, p, now)
    if p.train_end == now:
        p.train_end = NEVER
        w.finished.append(p)
    if p.sixty_at == now:
        p.sixty_at = NEVER
        if p.state in EMPLOYED:
            w.stock("aged_60", p.cell, now, 1)
    if p.state_end == now:
        _state_ends(w, p, now)
    if p.notice_end == now:
        leave(w, p, now, p.cause)
    set_due(p)


def set_due(p: Person) -> None:
    """Find the earliest clock of a person."""
    if p.state == GONE:
        p.due = NEVER
    elif p.state in (HOURLY, AGENCY, PENDING):
        p.due = p.state_end
    else:
        a, b, c, d, e, f = p.candidate
        p.due = min(a, b, c, d, e, f, p.retire_at, p.stage_at, p.train_turn, p.train_end, p.sixty_at, p.state_end, p.notice_end)


# --- the candidate streams


def open_strips(w: World, p: Person, now: int) -> None:
    """Open the strips that the person's cell needs and run them forward from the entry to now."""
    if not p.strips:
        p.strips = [[] for _ in range(THINNED)]
    for clock in range(THINNED):
        strips = p.strips[clock]
        while len(strips) < w.strip_count[clock][p.cell]:
            first = next_candidate(p.key, clock, len(strips), p.first_number, p.entered, p.birth, p.hired)
            strips.append([first, p.first_number])
        for number, strip in enumerate(strips):
            while strip[0] < now:
                strip[1] += 1
                strip[0] = next_candidate(p.key, clock, number, strip[1], strip[0], p.birth, p.hired)
        p.candidate[clock] = min((s[0] for s in strips), default=NEVER)


def hazard(w: World, p: Person, clock: int, now: int) -> float:
    """Give a person's hazard (per year) of a thinned clock at this minute; 0 when it is not eligible."""
    if p.state != ACTIVE or p.notice_end != NEVER:
        return 0.0
    c, v, at = p.cell, w.values, w.at
    if clock == RESIGN:
        if now < p.bond_until:
            return 0.0
        pay = pay_multiplier(v[at["pay_relative"] + c], w.one["pay_exit_elasticity"])
        factor = v[at["exit_factor"] + c] * w.exit_multiplier[c] * pay
        if now < p.exam_until:
            return p.exam_hazard * factor
        rate = v[at["exit_rate"] + c] * factor
        if now - p.hired < NOVICE_MONTHS * MONTH:
            rate *= w.one["novice_exit"] * v[at["novice_exit_factor"] + c]
        if now - p.birth < YOUNG:
            rate *= w.one["young_exit"] * v[at["young_exit_factor"] + c]
        return rate
    if clock == MOVE:
        return 0.0 if p.programme >= 0 or p.temporary else v[at["move_rate"] + c]
    if clock == clocks.SICK:
        return v[at["sick_rate"] + c] * w.sick_multiplier[c]
    if clock == clocks.PARENTAL:
        return v[at["parental_rate"] + c] if clocks.FERTILE_FROM <= now - p.birth < clocks.FERTILE_TO else 0.0
    if clock == clocks.LEAVE:
        return 0.0 if p.temporary else v[at["leave_rate"] + c]
    return 0.0 if p.programme >= 0 else v[at["grade_rate"] + c]


def _candidate(w: World, p: Person, clock: int, now: int) -> None:
    h = hazard(w, p, clock, now)
    m = width(clock, now - p.birth, now - p.hired)
    strips = p.strips[clock]
    if h > m * len(strips):
        raise hazard_above_strips(w.t, clock, p.cell, h, m * len(strips))
    for number, strip in enumerate(strips):
        if strip[0] == now:
            mark = (number + uniform(p.key, gap_decision(clock, number) + 1, strip[1])) * m
            strip[1] += 1
            strip[0] = next_candidate(p.key, clock, number, strip[1], now, p.birth, p.hired)
            if mark < h:
                _HAPPENS[clock](w, p, now)
                h = 0.0
    p.candidate[clock] = strips[0][0] if len(strips) == 1 else min(s[0] for s in strips)


# --- what the clocks do


def _resign(w: World, p: Person, now: int) -> None:
    agency = uniform(p.key, clocks.ACCEPT_AGENCY, p.occurrence(clocks.ACCEPT_AGENCY)) < w.value("agency_leaver_share", p.cell)
    _give_notice(w, p, now, TO_AGENCY if agency else EXTERNAL)


def _give_notice(w: World, p: Person, now: int, cause: int) -> None:
    long = w.tenure_months(p, now) >= w.t.notice_long_after_months
    p.cause = cause
    p.notice_end = now + int((w.t.notice_long_months if long else w.t.notice_short_months) * MONTH)
    if p.post is not None:
        w.noticed.append(p.post)


def _give_retirement_notice(w: World, p: Person, now: int) -> None:
    p.retire_at = NEVER
    if p.notice_end == NEVER:
        p.cause, p.notice_end = PENSION, now + RETIREMENT_NOTICE
        if p.post is not None:
            w.noticed.append(p.post)


def _wants_to_move(w: World, p: Person, now: int) -> None:
    w.movers.append(p)


def _falls_sick(w: World, p: Person, now: int) -> None:
    g, n = w.group_of[p.cell], p.occurrence(clocks.SICK_TIME)
    months = lognormal(uniform(p.key, clocks.SICK_TIME, n), w.par["sick_median_months"][g], w.par["sick_sigma"][g])
    p.returns = uniform(p.key, clocks.SICK_NO_RETURN, n) >= w.par["sick_no_return"][g]
    go_away(w, p, now, SICK, max(15 * DAY, int(months * w.value("sick_length", p.cell) * MONTH)))


def _goes_on_parental_leave(w: World, p: Person, now: int) -> None:
    g, n = w.group_of[p.cell], p.occurrence(clocks.PARENTAL_TIME)
    p.returns = True
    go_away(
        w,
        p,
        now,
        PARENTAL,
        int(
            lognormal(uniform(p.key, clocks.PARENTAL_TIME, n), w.par["parental_median_months"][g], w.par["parental_sigma"][g])
            * MONTH
        ),
    )


def _asks_for_leave(w: World, p: Person, now: int) -> None:
    g, n = w.group_of[p.cell], p.occurrence(clocks.LEAVE_TIME)
    refused = uniform(p.key, clocks.LEAVE_REFUSED, 2 * n) < w.value("leave_refused", p.cell)
    if refused:
        if uniform(p.key, clocks.LEAVE_REFUSED, 2 * n + 1) < w.one["refused_quits"]:
            _give_notice(w, p, now, EXTERNAL)
        return
    p.returns = uniform(p.key, clocks.LEAVE_RETURNS, n) < w.par["leave_returns"][g]
    go_away(
        w,
        p,
        now,
        LEAVE,
        int(lognormal(uniform(p.key, clocks.LEAVE_TIME, n), w.par["leave_median_months"][g], w.par["leave_sigma"][g]) * MONTH),
    )


def _changes_grade(w: World, p: Person, now: int) -> None:
    u = uniform(p.key, clocks.GRADE_TARGET, p.occurrence(clocks.GRADE_TARGET))
    change_grade(w, p, now, grade_at(w.t.group_grades[w.group_of[p.cell]], u))


_HAPPENS = (_resign, _wants_to_move, _falls_sick, _goes_on_parental_leave, _asks_for_leave, _changes_grade)


def grade_at(mix: tuple[tuple[int, float], ...], u: float) -> int:
    """Give the employment rate (1/200) at a quantile of a group's mix."""
    left = u
    for units, share in mix:
        if left <= share:
            return units
        left -= share
    return mix[-1][0]


def change_grade(w: World, p: Person, now: int, grade: int) -> None:
    """Change a person's employment rate."""
    w.stock("contracted_units", p.cell, now, grade - p.grade)
    p.grade = grade
    w.show(p, now)


def go_away(w: World, p: Person, now: int, state: int, minutes: int) -> None:
    """Begin an absence; a long one may open a fixed-term post at the next tick."""
    p.state, p.state_end = state, now + max(DAY, minutes)
    if p.programme >= 0 and p.train_end != NEVER:
        p.train_end += max(DAY, minutes)
    w.show(p, now)
    if minutes > SUBSTITUTE_DAYS * DAY and not p.temporary:
        share = w.par["substitute_share"][w.group_of[p.cell]]
        if uniform(p.key, clocks.SUBSTITUTE, p.occurrence(clocks.SUBSTITUTE)) < share:
            w.absent.append((p, now))


def _state_ends(w: World, p: Person, now: int) -> None:
    p.state_end = NEVER
    if p.state == PENDING:
        begin_work(w, p, now)
    elif p.state in (SICK, PARENTAL, LEAVE):
        if not p.returns:
            leave(w, p, now, OTHER)
            return
        w.returned.append(p)
        p.state = ACTIVE
        w.show(p, now)
    elif p.state == HOURLY:
        p.state = GONE
        w.show(p, now)
    elif p.state == AGENCY:
        w.coming_back.append(p)


def begin_work(w: World, p: Person, now: int) -> None:
    """Start an employment: the post is filled from this minute."""
    p.state, p.hired, p.entered = ACTIVE, now, now
    p.first_number = p.occurrence(clocks.PLACED) << 20
    p.strips = []
    p.notice_end, p.cause = NEVER, -1
    p.bond_until = now + int(w.value("hire_bond_months", w.group_of[p.cell]) * MONTH)
    start_learning(w, p, now)
    if p.post is not None:
        fill(w, p, now)
    programme = w.programme_of_group[w.group_of[p.cell]]
    if programme >= 0:
        begin_training(w, p, programme, now, now)
        w.count("training_starts", p.cell, now)
    w.enter(p, now, True)
    w.follow(p, now, 0)
    set_retirement(w, p, now)
    p.sixty_at = p.birth + 60 * YEAR if p.birth + 60 * YEAR > now else NEVER
    open_strips(w, p, now)
    w.show(p, now)


def begin_training(w: World, p: Person, k: int, started: int, now: int) -> None:
    """Put a person in a programme that it started at some minute (perhaps before the run)."""
    row = w.t.programmes[k]
    p.programme, p.train_start = k, started
    p.train_end = max(now + 1, started + int(w.theta[row.terms] * TERM))
    passed = (now - started) // TERM
    p.train_turn = started + (passed + 1) * TERM
    w.learners[p.key] = p


def fill(w: World, p: Person, now: int) -> None:
    """Take the post a person was hired or moved to."""
    post = p.post
    if post is None:
        return
    post.pending, post.holder, post.advertised = None, p, False
    if post.kind != SUBSTITUTE:
        w.add(VACANT, post.cell, -post.grade, now)


def start_learning(w: World, p: Person, now: int) -> None:
    """Put a new hire (or a newly examined person) at the beginning of the learning curve."""
    p.stage = 0
    p.stage_at = now + _stage_length(w, p, 0)
    w.learners[p.key] = p


def _stage_length(w: World, p: Person, stage: int) -> int:
    g = w.group_of[p.cell]
    intro, full = w.par["learn_intro_months"][g], max(w.par["learn_full_months"][g], w.par["learn_intro_months"][g] + 1)
    months = learning_month(stage + 1, intro, full) - learning_month(stage, intro, full)
    pace = w.value("learning_factor", p.cell) * (1.0 if p.novice else 0.25)
    return max(DAY, int(months * pace * MONTH))


def _learn(w: World, p: Person, now: int) -> None:
    p.stage += 1
    p.stage_at = NEVER if p.stage >= STAGES - 1 else now + _stage_length(w, p, p.stage)
    if p.state in EMPLOYED:
        w.show(p, now)


def _term_passes(w: World, p: Person, now: int) -> None:
    """Break off with the programme's drop-out share, else go on to the next term."""
    if p.programme < 0:
        p.train_turn = NEVER
        return
    drop = w.theta[w.t.programmes[p.programme].dropout] / 100.0
    if p.state == ACTIVE and uniform(p.key, clocks.DROP_OUT, p.occurrence(clocks.DROP_OUT)) < drop:
        p.train_turn = p.train_end = NEVER
        w.dropped.append(p)
        return
    p.train_turn = now + TERM
    w.show(p, now)


def leave(w: World, p: Person, now: int, cause: int) -> None:
    """End an employment. Some go on by the hour, some to the agencies, and may come back."""
    g = w.group_of[p.cell]
    if p.state != ACTIVE or p.programme >= 0:
        w.returned.append(p)
    w.remove(p, now)
    w.count(CAUSES[cause], p.cell, now)
    _log_exit(w, p, now, cause)
    if p.post is not None:
        w.vacated.append((p.post, p))
        if p.post.kind != SUBSTITUTE:
            w.add(VACANT, p.post.cell, p.post.grade, now)
        p.post = None
    if p.programme >= 0:
        w.count("training_dropouts", p.cell, now)
        p.programme, p.train_end, p.train_turn = -1, NEVER, NEVER
    p.notice_end, p.state, p.state_end = NEVER, GONE, NEVER
    if p.record is not None:
        p.record[4] = now
    if p.log is not None:
        p.log[4] = now
    p.record, p.log = None, None
    if cause == PENSION:
        n = p.occurrence(clocks.WORKS_ON)
        if uniform(p.key, clocks.WORKS_ON, n) < w.par["works_on_share"][g]:
            p.state, p.state_end = HOURLY, now + int(w.par["works_on_months"][g] * MONTH) + WEEK
        elif uniform(p.key, clocks.RETIRED_AGENCY, n) < w.par["retired_to_agency"][g]:
            _join_agency(w, p, now, False)
    elif cause == TO_AGENCY:
        share = min(1.0, w.par["agency_return_share"][g] * w.value("return_factor", g))
        _join_agency(w, p, now, uniform(p.key, clocks.AGENCY_RETURNS, p.occurrence(clocks.AGENCY_RETURNS)) < share)
    w.show(p, now)


def _join_agency(w: World, p: Person, now: int, returns: bool) -> None:
    """Add a leaver to the agencies' staff for karens and a year on average; some then apply here again, the others are gone."""
    g = w.group_of[p.cell]
    w.agency_pool[g] += 1
    p.returns = returns
    u = uniform(p.key, clocks.AGENCY_TIME, p.occurrence(clocks.AGENCY_TIME))
    months = w.value("agency_quarantine_months", g) + RETURN_MONTHS * exponential(u)
    p.state, p.state_end = AGENCY, now + max(1, int(months * MONTH))


def _log_exit(w: World, p: Person, now: int, cause: int) -> None:
    if now >= w.horizon:
        return
    age, tenure = (now - p.birth) / YEAR, (now - p.hired) / YEAR
    a, s = band(age, AGE_BANDS), band(tenure, TENURE_BANDS)
    w.exits[w.year_at(now), w.group_of[p.cell], cause, a, s] += 1


# --- retirement by inversion


def set_retirement(w: World, p: Person, now: int) -> None:
    """Draw the retirement of an employment: the moment its cumulative hazard passes one exponential draw."""
    p.retire_left = exponential(uniform(p.key, clocks.RETIRE, p.occurrence(clocks.RETIRE)))
    p.retire_anchor = now
    p.retire_at = _retirement_minute(w, p, now)


def move_retirement(w: World, p: Person, now: int, old_cell: int) -> None:
    """Use up the hazard of the old cell and go on in the new one."""
    if p.notice_end != NEVER:
        return
    minute = p.retire_anchor
    cell, p.cell = p.cell, old_cell
    while minute < now:
        step = min(_to_next_turn(w, p, minute), now - minute)
        p.retire_left -= retirement_rate(w, p, minute) * step / YEAR
        minute += step
    p.cell = cell
    p.retire_left = max(p.retire_left, 1e-12)
    p.retire_anchor = now
    p.retire_at = _retirement_minute(w, p, now)


def _retirement_minute(w: World, p: Person, now: int) -> int:
    """Walk from turn to turn of the hazard until it is used up. This is the minute of the notice; the exit is three months on."""
    left, minute = p.retire_left, max(now, p.birth + 55 * YEAR)
    while minute < w.horizon:
        rate, step = retirement_rate(w, p, minute), _to_next_turn(w, p, minute)
        if rate * step / YEAR >= left:
            return max(now + 1, minute + int(left / rate * YEAR))
        left -= rate * step / YEAR
        minute += step
    return NEVER


def _to_next_turn(w: World, p: Person, minute: int) -> int:
    """Give the minutes until the hazard may change: at the next quarter of a person's age, or by date at the first of a month."""
    quarter = QUARTER - (minute + RETIREMENT_NOTICE - p.birth) % QUARTER
    turn = w.inputs.retire_turn[_retirement_month(w, minute)]
    return min(quarter, w.t.calendar.month_start[turn] - minute) if turn < len(w.inputs.retire_turn) else quarter


def _retirement_month(w: World, minute: int) -> int:
    return min(len(w.inputs.retire_norm), max(1, bisect_right(w.t.calendar.month_start, minute))) - 1


def retirement_rate(w: World, p: Person, minute: int) -> float:
    """Give the hazard (per year) of giving notice of retirement, at the age of the exit three months on."""
    m = _retirement_month(w, minute)
    age = (minute + RETIREMENT_NOTICE - p.birth) / YEAR
    if age < w.inputs.retire_earliest[m]:
        return 0.0
    quarter = int((age - w.inputs.retire_norm[m] + 20.0) * 4.0)
    table = w.inputs.retire_hazard[w.group_of[p.cell]]
    rate = table[min(max(quarter, 0), len(table) - 1)] * w.inputs.retire_factor[m][p.cell]
    return max(rate, RIGHT_AGE_RATE) if age >= w.inputs.retire_right[m] else rate
