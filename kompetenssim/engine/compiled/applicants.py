"""Applicants and moves: who is hired where (step 3), and dated groups of recruits."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.life import begin_work, move_retirement, open_strips, take_post
from kompetenssim.engine.compiled.names import F_MOVES_IN, F_MOVES_OUT, L_ESTABLISHED, L_FROZEN, L_VACANT
from kompetenssim.engine.compiled.posts import advertise, close_post, free_post, new_post, settle_freeze, withdraw
from kompetenssim.engine.compiled.records import (
    add_level,
    count,
    enter,
    free_row,
    grade_at,
    remove,
    reschedule,
    show,
    stop_full,
    times,
    value,
)
from kompetenssim.engine.compiled.sorting import order_by_key, sink, take_first, to_heap
from kompetenssim.engine.compiled.state import (
    ADVERTISED,
    AGENCY_STAFF,
    APPLICANT_AGE,
    APPLICANT_LINK,
    APPLICANT_NOVICE,
    APPLICANT_PERSON,
    APPLICANTS,
    BEST_POST,
    BIRTH,
    BOND_UNTIL,
    CANDIDATE_0,
    CAUSE,
    CELL,
    COHORT_COST,
    COMING_BACK,
    DISTANCE,
    EXAM_AT,
    FIRST_APPLICANT,
    FIRST_OPEN,
    FREE_APPLICANT,
    GOES_ON,
    GRADE_UNITS,
    GROUP,
    HIRE_AT,
    HIRED,
    HIRES_COST,
    HOLDER,
    IS_FROZEN,
    KIND,
    MEAN_PAY,
    MOST_APPLICANT_ROWS,
    MOVERS,
    NEW_TO_WORK,
    NOTICE_END,
    OPEN_NEXT,
    PENDING_HOLDER,
    PEOPLE,
    PERSON_COLUMNS,
    PHYSICIAN,
    POST,
    POST_CELL,
    POST_GRADE,
    PROGRAMME,
    QUEUED,
    RETIRE_AT,
    RETURNS,
    RIPE,
    SETTLED,
    SHOWN_CELL,
    SIXTY_AT,
    STAGE,
    STAGE_AT,
    STAND_IN,
    STATE,
    STATE_END,
    STREAM_WIDTH,
    STREAMS,
    STRIP_0,
    TEMPORARY,
    TIMES_PATIENCE,
    TOO_MANY_APPLICANTS,
    TRAIN_END,
    TRAIN_TURN,
    UNIT,
    VACANCY_RATE,
    WAITS_UNTIL,
    WITHDRAWN,
    WORKLOAD,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import (
    COHORT_BOND,
    COHORT_CHANCE,
    COHORT_DAY,
    COHORT_GROUP,
    COHORT_PROBABILITY,
    COHORT_SEATS,
    COHORT_SEK,
    COHORT_SUCCESS,
    COHORT_UNIT,
    WORD_PLACE,
    Tables,
)
from kompetenssim.engine.world import ACTIVE, EXTRA, GONE, PENDING, PERMANENT, SUBSTITUTE
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import (
    AGE,
    GRADE_TARGET,
    MOVED,
    NEVER,
    PATIENCE,
    SEAT,
    START_NOTICE,
    STREAM_GAP,
    STREAM_MARK,
    THINNED,
)
from kompetenssim.model.clocks import NOVICE as NOVICE_DECISION
from kompetenssim.model.distributions import exponential
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import (
    G_NOTICE_MONTHS,
    G_NOVICE_SHARE,
    G_PATIENCE_WEEKS,
    ONE_APPLICANT_RESPONSE,
    ONE_PAY_ARRIVAL_ELASTICITY,
    ONE_UTILITY_DISTANCE,
    ONE_UTILITY_PAY,
    ONE_UTILITY_WORKLOAD,
    Q_ARRIVAL_FACTOR,
    Q_ARRIVAL_RATE,
    Q_PAY_RELATIVE,
)
from kompetenssim.model.rules import STAGES, applicant_rate, pay_multiplier

if TYPE_CHECKING:
    from kompetenssim.engine.filling import ArrayInputs

INLINED = ("utility", "noise", "gumbel", "same_field", "is_ripe")
CLEARLY = 1e-9  # of a uniform: moves the noise by more than 2.7e-9, far above what a sum is rounded by


def new_person(w: World, key: int, c: int, birth: int, hired: int, grade: int) -> int:
    """Make a record for a person."""
    i = w.n[PEOPLE]
    if i + 1 >= w.person.shape[0]:
        stop_full(w)
    else:
        w.n[PEOPLE] = i + 1
    p = w.person
    for k in range(PERSON_COLUMNS):
        p[i, k] = 0
    w.shown[i, :] = 0
    w.person_key[i] = key
    p[i, STATE], p[i, CELL], p[i, SHOWN_CELL] = PENDING, c, c
    p[i, BIRTH], p[i, HIRED], p[i, GRADE_UNITS] = birth, hired, grade
    for k in range(THINNED):
        p[i, CANDIDATE_0 + k] = NEVER
        p[i, STRIP_0 + k] = -1
    p[i, STATE_END], p[i, NOTICE_END], p[i, CAUSE] = NEVER, NEVER, -1
    p[i, PROGRAMME], p[i, TRAIN_END], p[i, TRAIN_TURN] = -1, NEVER, NEVER
    p[i, STAGE], p[i, STAGE_AT], p[i, RETIRE_AT], p[i, SIXTY_AT] = STAGES - 1, NEVER, NEVER, NEVER
    p[i, POST], p[i, STAND_IN], p[i, RETURNS], p[i, QUEUED] = -1, -1, 1, -1
    p[i, HIRE_AT], p[i, EXAM_AT] = NEVER, NEVER
    return i  # type: ignore[no-any-return]  # an int


def settle_applicants(w: World, t: Tables, x: ArrayInputs, r: Rest, now: int) -> None:
    """Move people within the region, then let vacancies and applicants meet (step 3)."""
    internal_moves(w, t, x, r, now)
    returning(w, r, now)
    for g in range(w.group.shape[0]):
        arrivals(w, t, x, r, g, now)
        give_up(w, r, g, now)
        if w.group[g, FIRST_APPLICANT] >= 0 and w.group[g, FIRST_OPEN] >= 0:
            match(w, x, r, g, now)
    settle_freeze(w, now)
    for g in range(w.group.shape[0]):
        established, vacant = 0, 0
        for k in range(t.group_from[g], t.group_from[g + 1]):
            c = t.group_cells[k]
            established += w.level[c, L_ESTABLISHED]
            vacant += w.level[c, L_VACANT] - w.level[c, L_FROZEN]
        w.group_number[g, VACANCY_RATE] = vacant / established if established > 0 else 0.0


def is_ripe(w: World, j: int, now: int) -> bool:
    """Tell whether somebody may accept an open post now."""
    return bool(w.post[j, RIPE] <= now and w.cell[w.post[j, POST_CELL], IS_FROZEN] == 0)


def same_field(w: World, t: Tables, a: int, b: int) -> bool:
    """Tell whether staff of one cell can work in another: doctors only within their unit's speciality."""
    return bool(w.cell[a, PHYSICIAN] == 0 or t.speciality[w.cell[a, UNIT]] == t.speciality[w.cell[b, UNIT]])


def internal_moves(w: World, t: Tables, x: ArrayInputs, r: Rest, now: int) -> None:
    """Let those who want to move take the post they like best, if they like it better than their own."""
    p = w.person
    number = order_by_key(w, r, MOVERS)
    for k in range(number):
        i = r.list[k]
        if p[i, STATE] != ACTIVE or p[i, NOTICE_END] != NEVER or p[i, PROGRAMME] >= 0 or p[i, POST] < 0:
            continue
        c, key, best = p[i, CELL], w.person_key[i], -1
        score = utility(w, x, c) + noise(key, w.post_key[p[i, POST]])
        j = w.group[w.cell[c, GROUP], FIRST_OPEN]
        while j >= 0:
            there = w.post[j, POST_CELL]
            if (
                is_ripe(w, j, now) and there != c and w.post[j, KIND] == PERMANENT and w.post[j, HOLDER] < 0
                and same_field(w, t, c, there)
            ):  # fmt: skip
                s = utility(w, x, there) + noise(key, w.post_key[j])
                if s > score or (best >= 0 and not s < score and w.post_key[j] < w.post_key[best]):
                    best, score = j, s
            j = w.post[j, OPEN_NEXT]
        if best >= 0:
            count(w, F_MOVES_OUT, c, now, 1)
            count(w, F_MOVES_IN, w.post[best, POST_CELL], now, 1)
            change_cell(w, i, best, now)
    w.noted[MOVERS] = 0


def change_cell(w: World, i: int, j: int, now: int) -> None:
    """Move a person to another post: the old one becomes vacant, the stock follows."""
    p, q = w.person, w.post
    old, old_cell = p[i, POST], p[i, CELL]
    remove(w, i, now)
    if old >= 0:
        q[old, HOLDER] = -1
        if q[old, KIND] == PERMANENT and q[old, WITHDRAWN] == 0:
            add_level(w, L_VACANT, q[old, POST_CELL], q[old, POST_GRADE], now)
            advertise(w, old, now)
        elif q[old, KIND] != SUBSTITUTE:
            add_level(w, L_VACANT, q[old, POST_CELL], q[old, POST_GRADE], now)
            q[old, WITHDRAWN] = 0
            withdraw(w, old, now)
    close_post(w, j)
    p[i, CELL], p[i, POST] = q[j, POST_CELL], j
    p[i, TEMPORARY] = int(q[j, KIND] == SUBSTITUTE)
    take_post(w, i, now)
    move_retirement(w, i, now, old_cell)
    enter(w, i, now)
    open_strips(w, i, now)
    show(w, i, now)
    reschedule(w, i)


def returning(w: World, r: Rest, now: int) -> None:
    """Take those whose time at an agency is over out of its staff; some apply again."""
    p = w.person
    number = order_by_key(w, r, COMING_BACK)
    for k in range(number):
        i = r.list[k]
        g = w.cell[p[i, CELL], GROUP]
        w.group[g, AGENCY_STAFF] -= 1
        p[i, STATE] = GONE
        if p[i, RETURNS] == 0:
            continue
        u = uniform(w.person_key[i], PATIENCE, times(w, i, TIMES_PATIENCE))
        leaves = now + int(w.par[G_PATIENCE_WEEKS, g] * (0.5 + u) * WEEK)
        apply(w, r, w.person_key[i], g, leaves, now - p[i, BIRTH], 0, 1.0, i)
    w.noted[COMING_BACK] = 0


def apply(w: World, r: Rest, key: int, g: int, leaves: int, age: int, novice: int, months: float, person: int) -> None:
    """Put somebody who can be hired on the group's list."""
    a = free_row(w, r.applicant, APPLICANT_LINK, FREE_APPLICANT, APPLICANTS)
    if w.status[0] != GOES_ON:
        return
    r.applicant_key[a], r.applicant_months[a] = key, months
    r.applicant[a, WAITS_UNTIL], r.applicant[a, APPLICANT_AGE], r.applicant[a, APPLICANT_NOVICE] = leaves, age, novice
    r.applicant[a, APPLICANT_PERSON], r.applicant[a, APPLICANT_LINK] = person, w.group[g, FIRST_APPLICANT]
    w.group[g, FIRST_APPLICANT] = a


def give_up(w: World, r: Rest, g: int, now: int) -> None:
    """Take those who have waited long enough (or have been hired: their wait is over at once) off the group's list."""
    a, before = w.group[g, FIRST_APPLICANT], -1
    while a >= 0:
        following = r.applicant[a, APPLICANT_LINK]
        if r.applicant[a, WAITS_UNTIL] > now:
            before = a
        else:
            if before < 0:
                w.group[g, FIRST_APPLICANT] = following
            else:
                r.applicant[before, APPLICANT_LINK] = following
            r.applicant[a, APPLICANT_LINK] = w.n[FREE_APPLICANT]
            w.n[FREE_APPLICANT] = a
        a = following


def arrivals(w: World, t: Tables, x: ArrayInputs, r: Rest, g: int, now: int) -> None:
    """Take this week's applicants from the group's thinned stream."""
    season = t.arrival_season[g, t.month_of_year[t.first_month[w.n[SETTLED]]]]
    pay = pay_multiplier(w.group_number[g, MEAN_PAY], w.one[ONE_PAY_ARRIVAL_ELASTICITY])
    rate = applicant_rate(
        value(w, Q_ARRIVAL_RATE, g), season, value(w, Q_ARRIVAL_FACTOR, g) * pay, w.one[ONE_APPLICANT_RESPONSE],
        w.group_number[g, VACANCY_RATE], x.vacancy_start[g], x.arrivals_parts[g, 9],
    )  # fmt: skip
    m = w.group_number[g, STREAM_WIDTH]
    if rate > m * MOST_APPLICANT_ROWS:
        if w.status[0] == 0:
            w.status[0], w.status[1] = TOO_MANY_APPLICANTS, g
            w.trouble[0], w.trouble[1] = rate, m * MOST_APPLICANT_ROWS
        return
    while rate > m * w.group[g, STREAMS]:
        n = w.group[g, STREAMS]
        key = join(join(r.root[0], t.applicant_names[g]), n)
        r.stream_key[g, n], r.stream[g, n, 0] = key, 0
        r.stream[g, n, 1] = int(exponential(uniform(key, STREAM_GAP, 0)) / m * YEAR) + 1
        w.group[g, STREAMS] = n + 1
    begun = t.week_start[w.n[SETTLED]]
    for strip in range(w.group[g, STREAMS]):
        key = r.stream_key[g, strip]
        while r.stream[g, strip, 1] < now:
            n, at = r.stream[g, strip, 0], r.stream[g, strip, 1]
            if at >= begun and (strip + uniform(key, STREAM_MARK, n)) * m < rate:
                applicant(w, t, r, g, join(key, n), at)
            r.stream[g, strip, 0] = n + 1
            r.stream[g, strip, 1] = at + int(exponential(uniform(key, STREAM_GAP, n + 1)) / m * YEAR) + 1


def applicant(w: World, t: Tables, r: Rest, g: int, key: int, at: int) -> None:
    """Draw an applicant from outside."""
    leaves = at + int(w.par[G_PATIENCE_WEEKS, g] * (0.5 + uniform(key, PATIENCE, 0)) * WEEK) + WEEK
    novice = int(uniform(key, NOVICE_DECISION, 0) < w.par[G_NOVICE_SHARE, g])
    start = 2.0 * w.par[G_NOTICE_MONTHS, g] * uniform(key, START_NOTICE, 0)
    apply(w, r, key, g, leaves, hire_age(t, g, key), novice, start, -1)


def hire_age(t: Tables, g: int, key: int) -> int:
    """Draw the age of somebody hired from outside, in minutes."""
    left, k = uniform(key, AGE, 0), 0
    while t.hire_ages[g, k, 1] > 0.0:
        low, high, share = t.hire_ages[g, k, 0], t.hire_ages[g, k, 1], t.hire_ages[g, k, 2]
        if left <= share:
            return int((low + (high - low) * left / share) * YEAR)
        left -= share
        k += 1
    return int(t.hire_ages[g, k - 1, 1] * YEAR)


def utility(w: World, x: ArrayInputs, c: int) -> float:
    """Give how attractive a cell is: pay − workload − distance."""
    excess = w.cell_number[c, WORKLOAD] - x.workload_reference[w.cell[c, GROUP]]
    return (  # type: ignore[no-any-return]  # a float
        w.one[ONE_UTILITY_PAY] * value(w, Q_PAY_RELATIVE, c)
        - w.one[ONE_UTILITY_WORKLOAD] * excess
        - w.one[ONE_UTILITY_DISTANCE] * w.cell_number[c, DISTANCE]
    )


def noise(applicant_key: int, post_key: int) -> float:
    """Give the taste of an applicant for a post (standard Gumbel, from both keys)."""
    return gumbel(uniform(applicant_key, MOVED, post_key))


def gumbel(u: float) -> float:
    """Give the quantile of a standard Gumbel law."""
    return -log(-log(u))


def match(w: World, x: ArrayInputs, r: Rest, g: int, now: int) -> None:
    """Take (applicant, vacancy) pairs by falling score, ties by the two keys.

    The pair with the highest score of all is the best choice of its applicant, so each applicant keeps its best
    post, and chooses again only when its turn comes and that one is taken.
    """
    posts = 0
    j = w.group[g, FIRST_OPEN]
    while j >= 0:
        if is_ripe(w, j, now):
            r.ripe[posts] = j
            posts += 1
        j = w.post[j, OPEN_NEXT]
    if posts == 0:
        return
    for k in range(posts):
        r.sort_number[k] = utility(w, x, w.post[r.ripe[k], POST_CELL])
    number, a = 0, w.group[g, FIRST_APPLICANT]
    while a >= 0:
        choose(w, r, a, posts)
        r.list[number], r.sort_small[a] = a, 0
        number += 1
        a = r.applicant[a, APPLICANT_LINK]
    to_heap(r.list, 0, number, r.sort_small, r.score, r.applicant_key)
    left = posts
    while left > 0 and number > 0:
        a = r.list[0]
        k = r.applicant[a, BEST_POST]
        if r.ripe[k] < 0:  # somebody was before: the next best can only come later
            choose(w, r, a, posts)
            sink(r.list, 0, number, 0, r.sort_small, r.score, r.applicant_key)
            continue
        take_first(r.list, 0, number, r.sort_small, r.score, r.applicant_key)
        number -= 1
        j = r.ripe[k]
        r.ripe[k] = -1
        left -= 1
        hire(w, r, a, g, j, now)
        r.applicant[a, WAITS_UNTIL] = -1
    give_up(w, r, g, -1)


def choose(w: World, r: Rest, a: int, posts: int) -> None:
    """Note the post that an applicant likes best of those that are left, and how much, with a minus: best sorts first.

    The noise rises with its uniform u, with a slope of at least e. A post that is no more attractive than the best so far and
    has a u clearly below the best's is therefore below it whatever rounding does, and its two logarithms are saved.
    """
    key, best, score, attraction, luck = r.applicant_key[a], -1, 0.0, 0.0, 0.0
    for k in range(posts):
        j = r.ripe[k]
        if j >= 0:
            u = uniform(key, MOVED, w.post_key[j])
            if best < 0 or r.sort_number[k] > attraction or u > luck - CLEARLY:
                s = r.sort_number[k] + gumbel(u)
                if best < 0 or s > score or (not s < score and w.post_key[j] < w.post_key[r.ripe[best]]):
                    best, score, attraction, luck = k, s, r.sort_number[k], u
    r.applicant[a, BEST_POST], r.score[a] = best, -score


def hire(w: World, r: Rest, a: int, g: int, j: int, now: int) -> None:
    """Let an applicant accept a post: the start comes after the applicant's notice and not before the holder has left."""
    start = now + max(1, int(r.applicant_months[a] * MONTH))
    i = r.applicant[a, APPLICANT_PERSON]
    accept(w, i, r.applicant_key[a], j, r.applicant[a, APPLICANT_AGE], r.applicant[a, APPLICANT_NOVICE], start, now)


def accept(w: World, person: int, key: int, j: int, age: int, novice: int, start: int, now: int) -> None:
    """Book that somebody (a former employee, or a new person if `person` is −1) will take a post from a minute on."""
    p, q = w.person, w.post
    c = q[j, POST_CELL]
    if q[j, HOLDER] >= 0:
        start = max(start, p[q[j, HOLDER], NOTICE_END] + 1)
    close_post(w, j)
    q[j, ADVERTISED] = 0
    w.cell[c, HIRES_COST] += 1
    i = person
    if i < 0:
        i = new_person(w, key, c, now - age, start, q[j, POST_GRADE])
    p[i, CELL], p[i, SHOWN_CELL] = c, c
    p[i, GRADE_UNITS], p[i, NEW_TO_WORK], p[i, POST] = q[j, POST_GRADE], novice, j
    p[i, TEMPORARY] = int(q[j, KIND] == SUBSTITUTE)
    p[i, STATE], p[i, STATE_END] = PENDING, start
    q[j, PENDING_HOLDER] = i
    reschedule(w, i)


def place(w: World, key: int, c: int, age: int, grade: int, novice: int, now: int, word: int) -> int:
    """Employ somebody at once on a post of their own (cohorts, training seats filled from outside)."""
    j = free_post(w, c)
    if j < 0:
        j = new_post(w, join(key, word), c, grade, EXTRA, -1, now)
    close_post(w, j)
    i = new_person(w, key, c, now - age, now, w.post[j, POST_GRADE])
    w.person[i, NEW_TO_WORK], w.person[i, POST] = novice, j
    begin_work(w, i, now)
    reschedule(w, i)
    return i


def settle_cohorts(w: World, t: Tables, r: Rest, now: int) -> None:
    """Deliver the dated groups of recruits whose day falls in this week."""
    start = t.week_start[w.n[SETTLED]]
    for k in range(t.cohorts.shape[0]):
        row = t.cohorts[k]
        if not start <= row[COHORT_DAY] * DAY < now:
            continue
        if row[COHORT_CHANCE] >= 0 and w.theta[row[COHORT_CHANCE]] >= w.theta[row[COHORT_PROBABILITY]] / 100.0:
            continue
        g, unit = row[COHORT_GROUP], row[COHORT_UNIT]
        stream = join(r.root[0], t.cohort_names[k])
        first = t.cell_at[unit, g] if unit >= 0 else t.group_cells[t.group_from[g]]
        for seat in range(round(w.theta[row[COHORT_SEATS]])):
            key = join(stream, seat)
            w.cell[first, COHORT_COST] += int(w.theta[row[COHORT_SEK]] * 100)
            u, success = uniform(key, SEAT, 0), w.theta[row[COHORT_SUCCESS]]
            if t.cohort_parts[k, 0] * success <= u < t.cohort_parts[k, 1] * success:
                c = first
                if unit < 0:
                    for at in range(t.group_from[g], t.group_from[g + 1]):
                        if w.level[t.group_cells[at], L_VACANT] > w.level[c, L_VACANT]:
                            c = t.group_cells[at]
                grade = grade_at(w, g, uniform(key, GRADE_TARGET, 0))
                i = place(w, key, c, hire_age(t, g, key), grade, 0, now, t.words[WORD_PLACE])
                w.person[i, BOND_UNTIL] = max(w.person[i, BOND_UNTIL], now + int(w.theta[row[COHORT_BOND]] * MONTH))
