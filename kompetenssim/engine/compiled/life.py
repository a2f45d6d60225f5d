"""What happens to one person: the twin of `engine.people` on records.

Nothing here reads another person or writes anything shared but integer counters and notice lists.
"""

from __future__ import annotations

from kompetenssim.engine.compiled.names import (
    F_AGED_60,
    F_CONTRACTED_UNITS,
    F_EXITS_EXTERNAL,
    F_HIRES,
    F_TRAINING_DROPOUTS,
    F_TRAINING_STARTS,
    L_VACANT,
)
from kompetenssim.engine.compiled.records import (
    DROPOUT,
    TERMS,
    add_level,
    count,
    count_stock,
    employed,
    enter,
    free_row,
    grade_at,
    note,
    remove,
    set_due,
    show,
    times,
    value,
    year_at,
)
from kompetenssim.engine.compiled.state import (
    ADVERTISED,
    AGENCY_STAFF,
    AWAY,
    BIRTH,
    BOND_UNTIL,
    CANDIDATE_0,
    CAUSE,
    CELL,
    COMING_BACK,
    DROPPED,
    ENTERED,
    EXAM_AT,
    EXAM_HAZARD,
    EXAM_UNTIL,
    EXIT_MULTIPLIER,
    FINISHED,
    FIRST_NUMBER,
    FREE_STRIP,
    GOES_ON,
    GRADE_UNITS,
    GROUP,
    HAZARD_ABOVE_STRIPS,
    HIRE_AT,
    HIRED,
    HOLDER,
    HORIZON,
    KIND,
    LEARNERS,
    LEARNING,
    MOVERS,
    NEW_TO_WORK,
    NOTICE_END,
    NOTICED,
    PAY_EXIT,
    PENDING_HOLDER,
    POST,
    POST_CELL,
    POST_GRADE,
    PROGRAMME,
    RETIRE_ANCHOR,
    RETIRE_AT,
    RETIRE_LEFT,
    RETURNED,
    RETURNS,
    SICK_MULTIPLIER,
    SIXTY_AT,
    STAGE,
    STAGE_AT,
    STATE,
    STATE_END,
    STRIP_0,
    STRIP_LINK,
    STRIP_NEXT,
    STRIP_NUMBER,
    STRIPS,
    STRIPS_0,
    TEMPORARY,
    TIMES_ACCEPT,
    TIMES_AGENCY_RETURNS,
    TIMES_AGENCY_TIME,
    TIMES_DROP_OUT,
    TIMES_GRADE,
    TIMES_LEAVE,
    TIMES_PARENTAL,
    TIMES_PLACED,
    TIMES_RETIRE,
    TIMES_SICK,
    TIMES_SUBSTITUTE,
    TIMES_WORKS_ON,
    TRAIN_END,
    TRAIN_START,
    TRAIN_TURN,
    TRAINS_IN,
    VACATED,
    World,
)
from kompetenssim.engine.people import (
    EXTERNAL,
    OTHER,
    PENSION,
    QUARTER,
    RETIREMENT_NOTICE,
    RETURN_MONTHS,
    SUBSTITUTE_DAYS,
    TO_AGENCY,
    YOUNG,
)
from kompetenssim.engine.world import ACTIVE, AGENCY, GONE, HOURLY, LEAVE, PARENTAL, PENDING, SICK, SUBSTITUTE, TERM
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import (
    ACCEPT_AGENCY,
    AGENCY_RETURNS,
    AGENCY_TIME,
    DROP_OUT,
    FERTILE_FROM,
    FERTILE_TO,
    GRADE_TARGET,
    LEAVE_REFUSED,
    LEAVE_RETURNS,
    LEAVE_TIME,
    MOVE,
    NEVER,
    NOVICE_MONTHS,
    PARENTAL_TIME,
    RESIGN,
    RETIRE,
    RETIRED_AGENCY,
    SICK_NO_RETURN,
    SICK_TIME,
    THINNED,
    WORKS_ON,
    gap_decision,
    next_candidate,
    width,
)
from kompetenssim.model.clocks import SUBSTITUTE as STAND_IN_DECISION
from kompetenssim.model.distributions import exponential, lognormal
from kompetenssim.model.keyed import uniform
from kompetenssim.model.positions import (
    G_AGENCY_RETURN_SHARE,
    G_LEARN_FULL_MONTHS,
    G_LEARN_INTRO_MONTHS,
    G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_RETURNS,
    G_LEAVE_SIGMA,
    G_PARENTAL_MEDIAN_MONTHS,
    G_PARENTAL_SIGMA,
    G_RETIRED_TO_AGENCY,
    G_SICK_MEDIAN_MONTHS,
    G_SICK_NO_RETURN,
    G_SICK_SIGMA,
    G_SUBSTITUTE_SHARE,
    G_WORKS_ON_MONTHS,
    G_WORKS_ON_SHARE,
    ONE_NOVICE_EXIT,
    ONE_REFUSED_QUITS,
    ONE_YOUNG_EXIT,
    Q_AGENCY_LEAVER_SHARE,
    Q_AGENCY_QUARANTINE_MONTHS,
    Q_EXIT_FACTOR,
    Q_EXIT_RATE,
    Q_GRADE_RATE,
    Q_HIRE_BOND_MONTHS,
    Q_LEARNING_FACTOR,
    Q_LEAVE_RATE,
    Q_LEAVE_REFUSED,
    Q_MOVE_RATE,
    Q_NOVICE_EXIT_FACTOR,
    Q_PARENTAL_RATE,
    Q_RETURN_FACTOR,
    Q_SICK_LENGTH,
    Q_SICK_RATE,
    Q_YOUNG_EXIT_FACTOR,
)
from kompetenssim.model.rules import RIGHT_AGE_RATE, STAGES, band, learning_month
from kompetenssim.model.trajectory import AGE_BANDS, TENURE_BANDS

INLINED = ("go_on", "hazard", "to_next_turn", "retirement_month")


def live(w: World, i: int, now: int) -> None:
    """Run every clock of a person that is due at this minute, in decision-number order, and set the next."""
    p = w.person
    for clock in range(THINNED):
        if p[i, CANDIDATE_0 + clock] == now:
            candidate(w, i, clock, now)
    if p[i, RETIRE_AT] == now:
        give_retirement_notice(w, i, now)
    if p[i, STAGE_AT] == now:
        learn(w, i, now)
    if p[i, TRAIN_TURN] == now:
        term_passes(w, i, now)
    if p[i, TRAIN_END] == now:
        p[i, TRAIN_END] = NEVER
        note(w, FINISHED, i, 0)
    if p[i, SIXTY_AT] == now:
        p[i, SIXTY_AT] = NEVER
        if employed(p[i, STATE]):
            count_stock(w, F_AGED_60, p[i, CELL], now, 1)
    if p[i, STATE_END] == now:
        state_ends(w, i, now)
    if p[i, NOTICE_END] == now:
        leave(w, i, now, p[i, CAUSE])
    set_due(w, i)


# --- the candidate streams


def free_strips(w: World, i: int) -> None:
    """Forget a person's strips: a new employment has a stream of its own."""
    if w.status[0] != GOES_ON:
        return
    for clock in range(THINNED):
        first = w.person[i, STRIP_0 + clock]
        while first >= 0:
            following = w.strip[first, STRIP_LINK]
            w.strip[first, STRIP_LINK] = w.n[FREE_STRIP]
            w.n[FREE_STRIP] = first
            first = following
        w.person[i, STRIP_0 + clock] = -1


def open_strips(w: World, i: int, now: int) -> None:
    """Open the strips that the person's cell needs and run them forward from the entry to now."""
    p, key = w.person, w.person_key[i]
    birth, hired = p[i, BIRTH], p[i, HIRED]
    for clock in range(THINNED):
        wanted = w.cell[p[i, CELL], STRIPS_0 + clock]
        row, last, number, first = p[i, STRIP_0 + clock], -1, 0, NEVER
        while row >= 0 or number < wanted:
            if row < 0:
                row = free_row(w, w.strip, STRIP_LINK, FREE_STRIP, STRIPS)
                w.strip[row, STRIP_NEXT] = next_candidate(key, clock, number, p[i, FIRST_NUMBER], p[i, ENTERED], birth, hired)
                w.strip[row, STRIP_NUMBER] = p[i, FIRST_NUMBER]
                w.strip[row, STRIP_LINK] = -1
                if last < 0:
                    p[i, STRIP_0 + clock] = row
                else:
                    w.strip[last, STRIP_LINK] = row
                if w.status[0] != GOES_ON:
                    return
            while w.strip[row, STRIP_NEXT] < now:
                w.strip[row, STRIP_NUMBER] += 1
                w.strip[row, STRIP_NEXT] = next_candidate(
                    key, clock, number, w.strip[row, STRIP_NUMBER], w.strip[row, STRIP_NEXT], birth, hired
                )
            first = min(first, w.strip[row, STRIP_NEXT])
            last, row, number = row, w.strip[row, STRIP_LINK], number + 1
        p[i, CANDIDATE_0 + clock] = first


def hazard(w: World, i: int, clock: int, now: int) -> float:
    """Give a person's hazard (per year) of a thinned clock at this minute; 0 when it is not eligible."""
    p = w.person
    if p[i, STATE] != ACTIVE or p[i, NOTICE_END] != NEVER:
        return 0.0
    c = p[i, CELL]
    if clock == RESIGN:
        if now < p[i, BOND_UNTIL]:
            return 0.0
        factor = value(w, Q_EXIT_FACTOR, c) * w.cell_number[c, EXIT_MULTIPLIER] * w.cell_number[c, PAY_EXIT]
        if now < p[i, EXAM_UNTIL]:
            return w.person_number[i, EXAM_HAZARD] * factor  # type: ignore[no-any-return]  # a float
        rate = value(w, Q_EXIT_RATE, c) * factor
        if now - p[i, HIRED] < NOVICE_MONTHS * MONTH:
            rate *= w.one[ONE_NOVICE_EXIT] * value(w, Q_NOVICE_EXIT_FACTOR, c)
        if now - p[i, BIRTH] < YOUNG:
            rate *= w.one[ONE_YOUNG_EXIT] * value(w, Q_YOUNG_EXIT_FACTOR, c)
        return rate  # type: ignore[no-any-return]  # a float
    if clock == MOVE:
        return 0.0 if p[i, PROGRAMME] >= 0 or p[i, TEMPORARY] != 0 else value(w, Q_MOVE_RATE, c)
    if clock == SICK:
        return value(w, Q_SICK_RATE, c) * w.cell_number[c, SICK_MULTIPLIER]  # type: ignore[no-any-return]  # a float
    if clock == PARENTAL:
        return value(w, Q_PARENTAL_RATE, c) if FERTILE_FROM <= now - p[i, BIRTH] < FERTILE_TO else 0.0
    if clock == LEAVE:
        return 0.0 if p[i, TEMPORARY] != 0 else value(w, Q_LEAVE_RATE, c)
    return 0.0 if p[i, PROGRAMME] >= 0 else value(w, Q_GRADE_RATE, c)


def candidate(w: World, i: int, clock: int, now: int) -> None:
    """Let a candidate event happen if its mark lies below the hazard."""
    p = w.person
    h, m = hazard(w, i, clock, now), width(clock, now - p[i, BIRTH], now - p[i, HIRED])
    row, number, first = p[i, STRIP_0 + clock], 0, NEVER
    key = w.person_key[i]
    strips = 0
    at = row
    while at >= 0:
        at, strips = w.strip[at, STRIP_LINK], strips + 1
    if h > m * strips:
        if w.status[0] == GOES_ON:
            w.status[0], w.status[1], w.status[2] = HAZARD_ABOVE_STRIPS, clock, p[i, CELL]
            w.trouble[0], w.trouble[1] = h, m * strips
        return
    while row >= 0:
        if w.strip[row, STRIP_NEXT] == now:
            mark = (number + uniform(key, gap_decision(clock, number) + 1, w.strip[row, STRIP_NUMBER])) * m
            w.strip[row, STRIP_NUMBER] += 1
            w.strip[row, STRIP_NEXT] = next_candidate(
                key, clock, number, w.strip[row, STRIP_NUMBER], now, p[i, BIRTH], p[i, HIRED]
            )
            if mark < h:
                happens(w, i, clock, now)
                h = 0.0
        first = min(first, w.strip[row, STRIP_NEXT])
        row, number = w.strip[row, STRIP_LINK], number + 1
    p[i, CANDIDATE_0 + clock] = first


# --- what the clocks do


def happens(w: World, i: int, clock: int, now: int) -> None:
    """Do what a thinned clock does."""
    if clock == RESIGN:
        resign(w, i, now)
    elif clock == MOVE:
        note(w, MOVERS, i, 0)
    elif clock == SICK:
        falls_sick(w, i, now)
    elif clock == PARENTAL:
        goes_on_parental_leave(w, i, now)
    elif clock == LEAVE:
        asks_for_leave(w, i, now)
    else:
        u = uniform(w.person_key[i], GRADE_TARGET, times(w, i, TIMES_GRADE))
        change_grade(w, i, now, grade_at(w, w.cell[w.person[i, CELL], GROUP], u))


def resign(w: World, i: int, now: int) -> None:
    """Give notice, to an agency with the cell's share."""
    u = uniform(w.person_key[i], ACCEPT_AGENCY, times(w, i, TIMES_ACCEPT))
    give_notice(w, i, now, TO_AGENCY if u < value(w, Q_AGENCY_LEAVER_SHARE, w.person[i, CELL]) else EXTERNAL)


def give_notice(w: World, i: int, now: int, cause: int) -> None:
    """Begin the notice time, long after some years of employment."""
    p = w.person
    long = (now - p[i, HIRED]) / MONTH >= w.notice_months[2]
    p[i, CAUSE] = cause
    p[i, NOTICE_END] = now + int((w.notice_months[1] if long else w.notice_months[0]) * MONTH)
    if p[i, POST] >= 0:
        note(w, NOTICED, p[i, POST], 0)


def give_retirement_notice(w: World, i: int, now: int) -> None:
    """Give notice of retirement unless notice is given already."""
    p = w.person
    p[i, RETIRE_AT] = NEVER
    if p[i, NOTICE_END] == NEVER:
        p[i, CAUSE], p[i, NOTICE_END] = PENSION, now + RETIREMENT_NOTICE
        if p[i, POST] >= 0:
            note(w, NOTICED, p[i, POST], 0)


def falls_sick(w: World, i: int, now: int) -> None:
    """Begin a long sick leave."""
    c = w.person[i, CELL]
    g, n, key = w.cell[c, GROUP], times(w, i, TIMES_SICK), w.person_key[i]
    months = lognormal(uniform(key, SICK_TIME, n), w.par[G_SICK_MEDIAN_MONTHS, g], w.par[G_SICK_SIGMA, g])
    w.person[i, RETURNS] = int(uniform(key, SICK_NO_RETURN, n) >= w.par[G_SICK_NO_RETURN, g])
    go_away(w, i, now, SICK, max(15 * DAY, int(months * value(w, Q_SICK_LENGTH, c) * MONTH)))


def goes_on_parental_leave(w: World, i: int, now: int) -> None:
    """Begin a parental leave."""
    g, n = w.cell[w.person[i, CELL], GROUP], times(w, i, TIMES_PARENTAL)
    w.person[i, RETURNS] = 1
    u = uniform(w.person_key[i], PARENTAL_TIME, n)
    go_away(w, i, now, PARENTAL, int(lognormal(u, w.par[G_PARENTAL_MEDIAN_MONTHS, g], w.par[G_PARENTAL_SIGMA, g]) * MONTH))


def asks_for_leave(w: World, i: int, now: int) -> None:
    """Begin a leave of absence, or be refused it and perhaps resign."""
    c, key = w.person[i, CELL], w.person_key[i]
    g, n = w.cell[c, GROUP], times(w, i, TIMES_LEAVE)
    if uniform(key, LEAVE_REFUSED, 2 * n) < value(w, Q_LEAVE_REFUSED, c):
        if uniform(key, LEAVE_REFUSED, 2 * n + 1) < w.one[ONE_REFUSED_QUITS]:
            give_notice(w, i, now, EXTERNAL)
        return
    w.person[i, RETURNS] = int(uniform(key, LEAVE_RETURNS, n) < w.par[G_LEAVE_RETURNS, g])
    u = uniform(key, LEAVE_TIME, n)
    go_away(w, i, now, LEAVE, int(lognormal(u, w.par[G_LEAVE_MEDIAN_MONTHS, g], w.par[G_LEAVE_SIGMA, g]) * MONTH))


def change_grade(w: World, i: int, now: int, grade: int) -> None:
    """Change a person's employment rate."""
    p = w.person
    count_stock(w, F_CONTRACTED_UNITS, p[i, CELL], now, grade - p[i, GRADE_UNITS])
    p[i, GRADE_UNITS] = grade
    show(w, i, now)


def go_away(w: World, i: int, now: int, state: int, minutes: int) -> None:
    """Begin an absence; a long one may open a fixed-term post at the next tick."""
    p = w.person
    p[i, STATE], p[i, STATE_END] = state, now + max(DAY, minutes)
    if p[i, PROGRAMME] >= 0 and p[i, TRAIN_END] != NEVER:
        p[i, TRAIN_END] += max(DAY, minutes)
    show(w, i, now)
    if minutes > SUBSTITUTE_DAYS * DAY and p[i, TEMPORARY] == 0:
        u = uniform(w.person_key[i], STAND_IN_DECISION, times(w, i, TIMES_SUBSTITUTE))
        if u < w.par[G_SUBSTITUTE_SHARE, w.cell[p[i, CELL], GROUP]]:
            note(w, AWAY, i, now)


def state_ends(w: World, i: int, now: int) -> None:
    """End an absence, a waiting time or a time at an agency."""
    p = w.person
    state = p[i, STATE]
    p[i, STATE_END] = NEVER
    if state == PENDING:
        begin_work(w, i, now)
    elif state in (SICK, PARENTAL, LEAVE):
        if p[i, RETURNS] == 0:
            leave(w, i, now, OTHER)
            return
        note(w, RETURNED, i, 0)
        p[i, STATE] = ACTIVE
        show(w, i, now)
    elif state == HOURLY:
        p[i, STATE] = GONE
        show(w, i, now)
    elif state == AGENCY:
        note(w, COMING_BACK, i, 0)


def begin_work(w: World, i: int, now: int) -> None:
    """Start an employment: the post is filled from this minute."""
    p = w.person
    p[i, STATE], p[i, HIRED], p[i, ENTERED] = ACTIVE, now, now
    p[i, FIRST_NUMBER] = times(w, i, TIMES_PLACED) << 20
    free_strips(w, i)
    p[i, NOTICE_END], p[i, CAUSE] = NEVER, -1
    g = w.cell[p[i, CELL], GROUP]
    p[i, BOND_UNTIL] = now + int(value(w, Q_HIRE_BOND_MONTHS, g) * MONTH)
    start_learning(w, i, now)
    if p[i, POST] >= 0:
        take_post(w, i, now)
    programme = w.group[g, TRAINS_IN]
    if programme >= 0:
        begin_training(w, i, programme, now, now)
        count(w, F_TRAINING_STARTS, p[i, CELL], now, 1)
    enter(w, i, now)
    count(w, F_HIRES, p[i, CELL], now, 1)
    follow(w, i, now, 0)
    set_retirement(w, i, now)
    p[i, SIXTY_AT] = p[i, BIRTH] + 60 * YEAR if p[i, BIRTH] + 60 * YEAR > now else NEVER
    open_strips(w, i, now)
    show(w, i, now)


def learner(w: World, i: int) -> None:
    """Put a person on the list of those who take supervision."""
    if w.person[i, LEARNING] == 0 and w.status[0] == GOES_ON:
        w.person[i, LEARNING] = 1
        w.learners[w.n[LEARNERS]] = i
        w.n[LEARNERS] += 1


def begin_training(w: World, i: int, k: int, started: int, now: int) -> None:
    """Put a person in a programme that it started at some minute (perhaps before the run)."""
    p = w.person
    p[i, PROGRAMME], p[i, TRAIN_START] = k, started
    p[i, TRAIN_END] = max(now + 1, started + int(w.theta[w.programme[k, TERMS]] * TERM))
    p[i, TRAIN_TURN] = started + ((now - started) // TERM + 1) * TERM
    learner(w, i)


def take_post(w: World, i: int, now: int) -> None:
    """Take the post a person was hired or moved to (`people.fill`)."""
    j = w.person[i, POST]
    w.post[j, PENDING_HOLDER], w.post[j, HOLDER], w.post[j, ADVERTISED] = -1, i, 0
    if w.post[j, KIND] != SUBSTITUTE:
        add_level(w, L_VACANT, w.post[j, POST_CELL], -w.post[j, POST_GRADE], now)


def start_learning(w: World, i: int, now: int) -> None:
    """Put a new hire (or a newly examined person) at the beginning of the learning curve."""
    w.person[i, STAGE] = 0
    w.person[i, STAGE_AT] = now + stage_length(w, i, 0)
    learner(w, i)


def stage_length(w: World, i: int, stage: int) -> int:
    """Give the minutes that a person is in a stage of the learning curve."""
    c = w.person[i, CELL]
    g = w.cell[c, GROUP]
    intro, full = w.par[G_LEARN_INTRO_MONTHS, g], max(w.par[G_LEARN_FULL_MONTHS, g], w.par[G_LEARN_INTRO_MONTHS, g] + 1)
    months = learning_month(stage + 1, intro, full) - learning_month(stage, intro, full)
    pace = value(w, Q_LEARNING_FACTOR, c) * (1.0 if w.person[i, NEW_TO_WORK] != 0 else 0.25)
    return max(DAY, int(months * pace * MONTH))


def learn(w: World, i: int, now: int) -> None:
    """Pass to the next stage of the learning curve."""
    p = w.person
    p[i, STAGE] += 1
    p[i, STAGE_AT] = NEVER if p[i, STAGE] >= STAGES - 1 else now + stage_length(w, i, p[i, STAGE])
    if employed(p[i, STATE]):
        show(w, i, now)


def term_passes(w: World, i: int, now: int) -> None:
    """Break off with the programme's drop-out share, else go on to the next term."""
    p = w.person
    if p[i, PROGRAMME] < 0:
        p[i, TRAIN_TURN] = NEVER
        return
    drop = w.theta[w.programme[p[i, PROGRAMME], DROPOUT]] / 100.0
    if p[i, STATE] == ACTIVE and uniform(w.person_key[i], DROP_OUT, times(w, i, TIMES_DROP_OUT)) < drop:
        p[i, TRAIN_TURN] = p[i, TRAIN_END] = NEVER
        note(w, DROPPED, i, 0)
        return
    p[i, TRAIN_TURN] = now + TERM
    show(w, i, now)


def leave(w: World, i: int, now: int, cause: int) -> None:
    """End an employment. Some go on by the hour, some to the agencies, and may come back."""
    p = w.person
    c, key = p[i, CELL], w.person_key[i]
    g = w.cell[c, GROUP]
    if p[i, STATE] != ACTIVE or p[i, PROGRAMME] >= 0:
        note(w, RETURNED, i, 0)
    remove(w, i, now)
    count(w, F_EXITS_EXTERNAL + cause, c, now, 1)
    log_exit(w, i, now, cause)
    j = p[i, POST]
    if j >= 0:
        note(w, VACATED, j, i)
        if w.post[j, KIND] != SUBSTITUTE:
            add_level(w, L_VACANT, w.post[j, POST_CELL], w.post[j, POST_GRADE], now)
        p[i, POST] = -1
    if p[i, PROGRAMME] >= 0:
        count(w, F_TRAINING_DROPOUTS, c, now, 1)
        p[i, PROGRAMME], p[i, TRAIN_END], p[i, TRAIN_TURN] = -1, NEVER, NEVER
    p[i, NOTICE_END], p[i, STATE], p[i, STATE_END] = NEVER, GONE, NEVER
    end_following(w, i, now)
    if cause == PENSION:
        n = times(w, i, TIMES_WORKS_ON)
        if uniform(key, WORKS_ON, n) < w.par[G_WORKS_ON_SHARE, g]:
            p[i, STATE], p[i, STATE_END] = HOURLY, now + int(w.par[G_WORKS_ON_MONTHS, g] * MONTH) + WEEK
        elif uniform(key, RETIRED_AGENCY, n) < w.par[G_RETIRED_TO_AGENCY, g]:
            join_agency(w, i, now, 0)
    elif cause == TO_AGENCY:
        share = min(1.0, w.par[G_AGENCY_RETURN_SHARE, g] * value(w, Q_RETURN_FACTOR, g))
        join_agency(w, i, now, int(uniform(key, AGENCY_RETURNS, times(w, i, TIMES_AGENCY_RETURNS)) < share))
    show(w, i, now)


def join_agency(w: World, i: int, now: int, returns: int) -> None:
    """Add a leaver to the agencies' staff for karens and a year on average; some then apply here again, the others are gone."""
    g = w.cell[w.person[i, CELL], GROUP]
    w.group[g, AGENCY_STAFF] += 1
    w.person[i, RETURNS] = returns
    u = uniform(w.person_key[i], AGENCY_TIME, times(w, i, TIMES_AGENCY_TIME))
    months = value(w, Q_AGENCY_QUARANTINE_MONTHS, g) + RETURN_MONTHS * exponential(u)
    w.person[i, STATE], w.person[i, STATE_END] = AGENCY, now + max(1, int(months * MONTH))


def log_exit(w: World, i: int, now: int, cause: int) -> None:
    """Count an exit by year, group, cause, age band and tenure band (AGE_BANDS, TENURE_BANDS)."""
    if now >= w.n[HORIZON]:
        return
    age, tenure = (now - w.person[i, BIRTH]) / YEAR, (now - w.person[i, HIRED]) / YEAR
    a, s = band(age, AGE_BANDS), band(tenure, TENURE_BANDS)
    w.exits[year_at(w, now), w.cell[w.person[i, CELL], GROUP], cause, a, s] += 1


# --- who is still there after one and two years


def follow(w: World, i: int, now: int, kind: int) -> None:
    """Count a hire (0) or an examination (1); whoever can be followed counts as remaining until the exit."""
    p = w.person
    if now >= w.n[HORIZON]:
        return
    year, g, at = year_at(w, now), w.cell[p[i, CELL], GROUP], HIRE_AT if kind == 0 else EXAM_AT
    p[i, at], p[i, at + 1], p[i, at + 2] = now, year, g
    w.retention[year, g, kind, 0] += 1
    for k in range(1, 3):
        if now + k * 12 * MONTH <= w.n[HORIZON]:
            w.retention[year, g, kind, k + 2] += 1
            w.retention[year, g, kind, k] += 1


def end_following(w: World, i: int, now: int) -> None:
    """Take an exit within one or two years out of those who remain."""
    p = w.person
    for kind in range(2):
        at = HIRE_AT if kind == 0 else EXAM_AT
        begun = p[i, at]
        if begun != NEVER:
            for k in range(1, 3):
                if begun + k * 12 * MONTH <= w.n[HORIZON] and now <= begun + k * 12 * MONTH:
                    w.retention[p[i, at + 1], p[i, at + 2], kind, k] -= 1
            p[i, at] = NEVER


# --- retirement by inversion


def set_retirement(w: World, i: int, now: int) -> None:
    """Draw the retirement of an employment: the moment its cumulative hazard passes one exponential draw."""
    w.person_number[i, RETIRE_LEFT] = exponential(uniform(w.person_key[i], RETIRE, times(w, i, TIMES_RETIRE)))
    w.person[i, RETIRE_ANCHOR] = now
    w.person[i, RETIRE_AT] = retirement_minute(w, i, now)


def move_retirement(w: World, i: int, now: int, old_cell: int) -> None:
    """Use up the hazard of the old cell and go on in the new one."""
    p = w.person
    if p[i, NOTICE_END] != NEVER:
        return
    minute, left = p[i, RETIRE_ANCHOR], w.person_number[i, RETIRE_LEFT]
    while minute < now:
        step = min(to_next_turn(w, p[i, BIRTH], minute), now - minute)
        left -= retirement_rate(w, p[i, BIRTH], old_cell, minute) * step / YEAR
        minute += step
    w.person_number[i, RETIRE_LEFT] = max(left, 1e-12)
    p[i, RETIRE_ANCHOR] = now
    p[i, RETIRE_AT] = retirement_minute(w, i, now)


def retirement_minute(w: World, i: int, now: int) -> int:
    """Walk from turn to turn of the hazard until it is used up. This is the minute of the notice; the exit is three months on."""
    birth, c, left = w.person[i, BIRTH], w.person[i, CELL], w.person_number[i, RETIRE_LEFT]
    minute = max(now, birth + 55 * YEAR)
    while minute < w.n[HORIZON]:
        rate, step = retirement_rate(w, birth, c, minute), to_next_turn(w, birth, minute)
        if rate * step / YEAR >= left:
            return max(now + 1, minute + int(left / rate * YEAR))  # type: ignore[no-any-return]  # an int
        left -= rate * step / YEAR
        minute += step
    return NEVER


def to_next_turn(w: World, birth: int, minute: int) -> int:
    """Give the minutes until the hazard may change: at the next quarter of a person's age, or by date at the first of a month."""
    quarter = QUARTER - (minute + RETIREMENT_NOTICE - birth) % QUARTER
    turn = w.retire_turn[retirement_month(w, minute)]
    return min(quarter, w.month_start[turn] - minute) if turn < w.retire_turn.shape[0] else quarter


def retirement_month(w: World, minute: int) -> int:
    """Give the month whose tables hold at a minute."""
    low, high = 0, w.month_start.shape[0]  # bisect_right
    while low < high:
        middle = (low + high) // 2
        if minute < w.month_start[middle]:
            high = middle
        else:
            low = middle + 1
    return min(w.retire_norm.shape[0], max(1, low)) - 1  # type: ignore[no-any-return]  # an int


def retirement_rate(w: World, birth: int, c: int, minute: int) -> float:
    """Give the hazard (per year) of giving notice of retirement, at the age of the exit three months on."""
    m = retirement_month(w, minute)
    age = (minute + RETIREMENT_NOTICE - birth) / YEAR
    if age < w.retire_earliest[m]:
        return 0.0
    quarter = int((age - w.retire_norm[m] + 20.0) * 4.0)
    g = w.cell[c, GROUP]
    rate = w.retire_hazard[g, min(max(quarter, 0), w.retire_hazard.shape[1] - 1)] * w.retire_factor[m, c]
    return max(rate, RIGHT_AGE_RATE) if age >= w.retire_right[m] else rate  # type: ignore[no-any-return]  # a float
