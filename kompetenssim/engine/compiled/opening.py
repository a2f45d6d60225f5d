"""The region at t = 0: the twin of `engine.initial` on records."""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.applicants import accept, hire_age, new_person
from kompetenssim.engine.compiled.life import begin_training, hazard, learner, open_strips, retirement_rate, set_retirement
from kompetenssim.engine.compiled.names import L_ESTABLISHED, L_VACANT
from kompetenssim.engine.compiled.ordering import order_agency
from kompetenssim.engine.compiled.posts import advertise, make_post, to_block
from kompetenssim.engine.compiled.records import (
    ALL_OF_DURING,
    DURING_GROUP,
    START_SEATS,
    TERMS,
    add_level,
    enter,
    reschedule,
    show,
    times,
    value,
)
from kompetenssim.engine.compiled.sorting import order_by
from kompetenssim.engine.compiled.state import (
    ABSENT,
    AGENCY_STAFF,
    AGENCY_STAFF_START,
    BIRTH,
    BLOCK,
    CAUSE,
    CELL,
    CELL_NEXT,
    EXIT_MULTIPLIER,
    FIRST_POST,
    GRADE_UNITS,
    GROUP,
    HIRED,
    HIRES_COST,
    HOLDER,
    KIND,
    NEW_TO_WORK,
    NOTICE_END,
    PEOPLE,
    POST,
    POST_CELL,
    POST_GRADE,
    POSTS,
    PROGRAMME,
    RETURNS,
    RIPE,
    SICK_MULTIPLIER,
    SIXTY_AT,
    STAGE,
    STAGE_AT,
    STAND_IN,
    STATE,
    STATE_END,
    TEMPORARY,
    TIMES_PLACED,
    TRAIN_END,
    TRAINS_IN,
    UNIT,
    Rest,
    World,
)
from kompetenssim.engine.compiled.strips import fit_strips
from kompetenssim.engine.compiled.tables import (
    BLOCK_CELL,
    BLOCK_CHANCE,
    BLOCK_PROBABILITY,
    BLOCK_RUNNING,
    ROW_BIRTH,
    ROW_CELL,
    ROW_GRADE,
    ROW_HIRED,
    WORD_COMING,
    WORD_POST,
    Tables,
)
from kompetenssim.engine.initial import SUBSTITUTE_TENURE_MONTHS
from kompetenssim.engine.people import EXTERNAL, PENSION, RETIREMENT_NOTICE, RETURN_MONTHS, SUBSTITUTE_DAYS, TO_AGENCY
from kompetenssim.engine.world import ACTIVE, AGENCY, HOURLY, LEAVE, PARENTAL, PERMANENT, SICK, SUBSTITUTE, TERM
from kompetenssim.model.calendar import DAY, MONTH, YEAR
from kompetenssim.model.clocks import (
    ACCEPT_AGENCY,
    ADMISSION,
    AGENCY_RETURNS,
    FERTILE_FROM,
    FERTILE_TO,
    LEAVE_RETURNS,
    NEVER,
    PLACED,
    RESIGN,
    SEAT,
    SICK_NO_RETURN,
    START_LEAD,
    START_NOTICE,
    START_POSITION,
    START_STATE,
    START_TIME,
)
from kompetenssim.model.clocks import NOVICE as NOVICE_DECISION
from kompetenssim.model.clocks import SUBSTITUTE as STAND_IN_DECISION
from kompetenssim.model.distributions import exponential, lognormal_mean, residual_lognormal
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import (
    G_AGENCY_RETURN_SHARE,
    G_LEARN_FULL_MONTHS,
    G_LEARN_INTRO_MONTHS,
    G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_RETURNS,
    G_LEAVE_SIGMA,
    G_NOTICE_MONTHS,
    G_NOVICE_SHARE,
    G_PARENTAL_MEDIAN_MONTHS,
    G_PARENTAL_SIGMA,
    G_RETIRED_TO_AGENCY,
    G_SICK_MEDIAN_MONTHS,
    G_SICK_NO_RETURN,
    G_SICK_SIGMA,
    G_SUBSTITUTE_SHARE,
    G_TO_AGENCY_SHARE,
    G_WORKS_ON_MONTHS,
    G_WORKS_ON_SHARE,
    ONE_THETA_EXIT,
    ONE_THETA_SICK,
    Q_AGENCY_LEAVER_SHARE,
    Q_AGENCY_QUARANTINE_MONTHS,
    Q_LEAVE_RATE,
    Q_PARENTAL_RATE,
    Q_SICK_RATE,
)
from kompetenssim.model.rules import STAGES, learning_month, multiplier
from kompetenssim.model.start_state import SUBSTITUTE_FILLED

if TYPE_CHECKING:
    from kompetenssim.engine.filling import ArrayInputs


def populate(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Fill the world with the register and its preloaded states."""
    p = w.person
    for c in range(w.cell.shape[0]):
        excess = x.workload_start[c] - x.workload_reference[w.cell[c, GROUP]]
        w.cell_number[c, EXIT_MULTIPLIER] = multiplier(w.one[ONE_THETA_EXIT], excess)
        w.cell_number[c, SICK_MULTIPLIER] = multiplier(w.one[ONE_THETA_SICK], excess)
    for k in range(t.register.shape[0]):
        from_register(w, t, r, k)
    people = w.n[PEOPLE]
    in_training(w, t, r)
    for i in range(people):
        r.sort_small[i] = int(draw_absence(w, i))
    stand_in(w, r, people)
    for i in range(people):
        permanent_post(w, t, i)
    fit_strips(w, 0)
    for i in range(people):
        enter(w, i, 0)
        open_strips(w, i, 0)
        set_retirement(w, i, 0)
        draw_notice(w, i)
        p[i, SIXTY_AT] = p[i, BIRTH] + 60 * YEAR if p[i, BIRTH] + 60 * YEAR > 0 else NEVER
        show(w, i, 0)
    tag_running_blocks(w, t, r)
    at_agencies(w, t, x, r)
    working_on(w, t, x, r)
    vacancies(w, t, x, r)
    for i in range(w.n[PEOPLE]):
        reschedule(w, i)
    order_agency(w, t, x, r, -1)


def from_register(w: World, t: Tables, r: Rest, k: int) -> None:
    """Employ a row of the register."""
    p, c, hired = w.person, t.register[k, ROW_CELL], t.register[k, ROW_HIRED]
    i = new_person(w, join(r.root[0], t.person_names[k]), c, t.register[k, ROW_BIRTH], hired, t.register[k, ROW_GRADE])
    g = w.cell[c, GROUP]
    p[i, STATE] = ACTIVE
    times(w, i, TIMES_PLACED)
    novice = uniform(w.person_key[i], NOVICE_DECISION, 0) < w.par[G_NOVICE_SHARE, g]
    p[i, NEW_TO_WORK] = int(novice)
    pace, tenure = 1.0 if novice else 0.25, -hired / MONTH
    intro, full = w.par[G_LEARN_INTRO_MONTHS, g], max(w.par[G_LEARN_FULL_MONTHS, g], w.par[G_LEARN_INTRO_MONTHS, g] + 1)
    stage = 0
    for s in range(STAGES):
        if tenure >= learning_month(s, intro, full) * pace:
            stage = s
    p[i, STAGE] = stage
    if stage < STAGES - 1:
        p[i, STAGE_AT] = max(1, hired + int(learning_month(stage + 1, intro, full) * pace * MONTH))
        learner(w, i)


def in_training(w: World, t: Tables, r: Rest) -> None:
    """Put those in training at a uniform place in it; ST groups are all in training."""
    p, people = w.person, w.n[PEOPLE]
    for k in range(w.programme.shape[0]):
        length, g = int(w.theta[w.programme[k, TERMS]] * TERM), w.programme[k, DURING_GROUP]
        everybody = w.programme[k, ALL_OF_DURING] != 0
        if everybody and w.group[g, TRAINS_IN] != k:
            continue
        stream, number = join(r.root[0], t.training_names[k]), 0
        for i in range(people):
            c = p[i, CELL]
            if w.cell[c, GROUP] == g and (everybody or (t.in_units[k, w.cell[c, UNIT]] != 0 and p[i, PROGRAMME] < 0)):
                r.list[number] = i
                number += 1
                if not everybody:
                    r.sort_small[i], r.sort_number[i] = 0, uniform(join(stream, w.person_key[i]), ADMISSION, 0)
        if not everybody:
            order_by(r.list, 0, number, r.sort_small, r.sort_number, w.person_key)
            number = min(number, w.programme[k, START_SEATS])
        for at in range(number):
            i = r.list[at]
            begin_training(w, i, k, -int(uniform(w.person_key[i], START_TIME, 9) * length), 0)


def draw_absence(w: World, i: int) -> bool:
    """Draw whether a person is away at the start, and for how much longer (length-biased). Tells whether it is a long spell."""
    p, key, c = w.person, w.person_key[i], w.person[i, CELL]
    g = w.cell[c, GROUP]
    fertile = FERTILE_FROM <= -p[i, BIRTH] < FERTILE_TO
    sick = value(w, Q_SICK_RATE, c) * w.cell_number[c, SICK_MULTIPLIER]
    parental = value(w, Q_PARENTAL_RATE, c) if fertile else 0.0
    sick_odds = sick * lognormal_mean(w.par[G_SICK_MEDIAN_MONTHS, g], w.par[G_SICK_SIGMA, g]) / 12.0
    parental_odds = parental * lognormal_mean(w.par[G_PARENTAL_MEDIAN_MONTHS, g], w.par[G_PARENTAL_SIGMA, g]) / 12.0
    leave_odds = value(w, Q_LEAVE_RATE, c) * lognormal_mean(w.par[G_LEAVE_MEDIAN_MONTHS, g], w.par[G_LEAVE_SIGMA, g]) / 12.0
    u = uniform(key, START_STATE, 0) * (1.0 + sick_odds + parental_odds + leave_odds)
    state, median, sigma = ACTIVE, 0.0, 0.0
    if u < sick_odds:
        state, median, sigma = SICK, w.par[G_SICK_MEDIAN_MONTHS, g], w.par[G_SICK_SIGMA, g]
    else:
        u -= sick_odds
        if u < parental_odds:
            state, median, sigma = PARENTAL, w.par[G_PARENTAL_MEDIAN_MONTHS, g], w.par[G_PARENTAL_SIGMA, g]
        else:
            u -= parental_odds
            if u < leave_odds:
                state, median, sigma = LEAVE, w.par[G_LEAVE_MEDIAN_MONTHS, g], w.par[G_LEAVE_SIGMA, g]
    if state == ACTIVE:
        return False
    left = residual_lognormal(uniform(key, START_TIME, 0), uniform(key, START_POSITION, 0), median, sigma)
    p[i, STATE], p[i, STATE_END] = state, max(1, int(left * MONTH))
    if state == SICK:
        p[i, RETURNS] = int(uniform(key, SICK_NO_RETURN, 1 << 20) >= w.par[G_SICK_NO_RETURN, g])
    elif state == LEAVE:
        p[i, RETURNS] = int(uniform(key, LEAVE_RETURNS, 1 << 20) < w.par[G_LEAVE_RETURNS, g])
    if p[i, PROGRAMME] >= 0:
        p[i, TRAIN_END] += p[i, STATE_END]
    return left > SUBSTITUTE_DAYS * DAY / MONTH / 2


def stand_in(w: World, r: Rest, people: int) -> None:
    """Let some of the newest staff of a cell be substitutes for those who are away (marked in `sort_small`)."""
    p, number, cells = w.person, 0, w.cell.shape[0]
    for i in range(people):
        if p[i, STATE] == ACTIVE and p[i, PROGRAMME] < 0 and -p[i, HIRED] < SUBSTITUTE_TENURE_MONTHS * MONTH:
            r.list[number] = i
            number += 1
    for k in range(number):
        i = r.list[k]
        r.sort_number[i] = float(p[i, HIRED])
        r.place_of[i] = p[i, CELL]
    order_by(r.list, 0, number, r.place_of, r.sort_number, w.person_key)
    for c in range(cells + 1):
        r.room[c] = 0
    for k in range(number):  # room[c] becomes the end of a cell's people in the list
        r.room[p[r.list[k], CELL]] = k + 1
    for i in range(people):
        if r.sort_small[i] == 0:
            continue
        c, key = p[i, CELL], w.person_key[i]
        if uniform(key, STAND_IN_DECISION, 1 << 20) >= w.par[G_SUBSTITUTE_SHARE, w.cell[c, GROUP]]:
            continue
        j = make_post(w, join(key, 0), c, p[i, GRADE_UNITS], SUBSTITUTE, -1)
        w.post[j, ABSENT], p[i, STAND_IN] = i, j
        last = r.room[c] - 1
        if last >= 0 and p[r.list[last], CELL] == c and uniform(key, STAND_IN_DECISION, (1 << 20) + 1) < SUBSTITUTE_FILLED:
            holder = r.list[last]
            r.room[c] = last
            p[holder, TEMPORARY], p[holder, POST] = 1, j
            w.post[j, HOLDER], w.post[j, POST_GRADE] = holder, p[holder, GRADE_UNITS]
        else:
            advertise(w, j, 0)


def permanent_post(w: World, t: Tables, i: int) -> None:
    """Give everybody who holds no substitute post a permanent one."""
    p = w.person
    if p[i, POST] < 0:
        j = make_post(w, join(w.person_key[i], t.words[WORD_POST]), p[i, CELL], p[i, GRADE_UNITS], PERMANENT, -1)
        w.post[j, HOLDER], p[i, POST] = i, j
        add_level(w, L_ESTABLISHED, p[i, CELL], p[i, GRADE_UNITS], 0)


def draw_notice(w: World, i: int) -> None:
    """Draw whether a person has already given notice, with a uniform place in the notice time."""
    p, key = w.person, w.person_key[i]
    months = w.notice_months[1] if -p[i, HIRED] >= w.notice_months[2] * MONTH else w.notice_months[0]
    u = uniform(key, START_NOTICE, 1)
    at = max(1, int(uniform(key, START_NOTICE, 2) * months * MONTH))
    rate = hazard(w, i, RESIGN, 0)
    if u * (1.0 + rate * months / 12.0) < rate * months / 12.0:
        agency = uniform(key, ACCEPT_AGENCY, 1 << 20) < value(w, Q_AGENCY_LEAVER_SHARE, p[i, CELL])
        p[i, CAUSE], p[i, NOTICE_END] = TO_AGENCY if agency else EXTERNAL, at
    elif u > exp(-retirement_rate(w, p[i, BIRTH], p[i, CELL], 0) * RETIREMENT_NOTICE / YEAR):
        p[i, CAUSE], p[i, NOTICE_END] = PENSION, max(1, int(uniform(key, START_NOTICE, 3) * RETIREMENT_NOTICE))
    j = p[i, POST]
    if p[i, NOTICE_END] != NEVER and j >= 0 and w.post[j, KIND] == PERMANENT:
        advertise(w, j, 0)
        w.post[j, RIPE] = int(w.post[j, RIPE] * uniform(w.post_key[j], START_LEAD, 0))


def tag_running_blocks(w: World, t: Tables, r: Rest) -> None:
    """Tell which posts of the register belong to measures that already run (and are carried out in this draw)."""
    for block in range(t.blocks.shape[0]):
        row = t.blocks[block]
        if row[BLOCK_RUNNING] == 0 or w.theta[row[BLOCK_CHANCE]] >= w.theta[row[BLOCK_PROBABILITY]] / 100.0:
            continue
        units = 0.0
        for at in range(t.block_from[block], t.block_from[block + 1]):
            amount = w.theta[t.block_amounts[at]] * 200.0
            units = amount if at == t.block_from[block] else max(units, amount)
        c, number = t.blocks[block, BLOCK_CELL], 0
        j = w.cell[c, FIRST_POST]
        while j >= 0:
            if w.post[j, KIND] == PERMANENT:
                r.list[number] = j
                r.sort_small[j], r.sort_number[j] = 0, 0.0
                number += 1
            j = w.post[j, CELL_NEXT]
        order_by(r.list, 0, number, r.sort_small, r.sort_number, w.post_key)
        for k in range(number):
            if units <= 0:
                break
            j = r.list[k]
            if w.post[j, BLOCK] < 0:
                to_block(w, r, block, j)
                w.post[j, BLOCK] = block
                units -= w.post[j, POST_GRADE]


def working_on(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Pre-load the retired who work on by the hour: yearly flow × time, each with a uniform rest of it."""
    for g in range(w.group.shape[0]):
        months, first, last = w.par[G_WORKS_ON_MONTHS, g], t.group_from[g], t.group_from[g + 1]
        expected = x.arrivals_parts[g, 1] * w.par[G_WORKS_ON_SHARE, g] * months / 12.0
        total = 0
        for at in range(first, last):
            total += t.employees[t.group_cells[at]]
        stream = join(r.root[0], t.hourly_names[g])
        for seat in range(int(expected) + 1):
            key = join(stream, seat)
            if uniform(key, SEAT, 0) < expected - seat:
                chosen, at = int(uniform(key, PLACED, 0) * total), first
                passed = t.employees[t.group_cells[at]]
                while passed <= chosen:
                    at += 1
                    passed += t.employees[t.group_cells[at]]
                i = new_person(w, key, t.group_cells[at], -int(x.retire_norm[0] * YEAR), 0, 0)
                w.person[i, STATE] = HOURLY
                w.person[i, STATE_END] = max(1, int(uniform(key, START_TIME, 0) * months * MONTH))
                show(w, i, 0)


def at_agencies(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Pre-load the former staff at agencies: yearly flow × time there, each with its residual time.

    The time is karens plus an exponential; met at a random moment it is in karens with probability karens/mean.
    """
    for g in range(w.group.shape[0]):
        karens = value(w, Q_AGENCY_QUARANTINE_MONTHS, g)
        mean = karens + RETURN_MONTHS
        retired = x.arrivals_parts[g, 1] * (1.0 - w.par[G_WORKS_ON_SHARE, g]) * w.par[G_RETIRED_TO_AGENCY, g]
        resigned = x.arrivals_parts[g, 0] * w.par[G_TO_AGENCY_SHARE, g]
        expected = (resigned + retired) * mean / 12.0
        stream, cells = join(r.root[0], t.agency_names[g]), t.group_from[g + 1] - t.group_from[g]
        for seat in range(int(expected) + 1):
            key = join(stream, seat)
            if uniform(key, SEAT, 0) >= expected - seat:
                continue
            c = t.group_cells[t.group_from[g] + seat % cells]
            i = new_person(w, key, c, -hire_age(t, g, key), 0, 0)
            share = w.par[G_AGENCY_RETURN_SHARE, g] * resigned / (resigned + retired)
            w.person[i, RETURNS] = int(uniform(key, AGENCY_RETURNS, 1 << 20) < share)
            u = uniform(key, START_TIME, 0)
            left = karens * u if uniform(key, START_POSITION, 0) < karens / mean else RETURN_MONTHS * exponential(u)
            w.person[i, STATE], w.person[i, STATE_END] = AGENCY, max(1, int(left * MONTH))
            w.group[g, AGENCY_STAFF] += 1
        w.group[g, AGENCY_STAFF_START] = w.group[g, AGENCY_STAFF]


def vacancies(w: World, t: Tables, x: ArrayInputs, r: Rest) -> None:
    """Create the vacant posts of the start; recruitments in progress have residual times."""
    for g in range(w.group.shape[0]):
        first = w.n[POSTS]
        for at in range(t.group_from[g], t.group_from[g + 1]):
            c = t.group_cells[at]
            left, n = t.vacant_units[c], t.vacancy_from[c]
            while left > 0:
                grade = min(200, left)
                make_post(w, join(r.root[0], t.vacancy_names[n]), c, grade, PERMANENT, -1)
                add_level(w, L_ESTABLISHED, c, grade, 0)
                add_level(w, L_VACANT, c, grade, 0)
                left, n = left - grade, n + 1
        posts = w.n[POSTS] - first
        if posts == 0:
            continue
        notice = w.par[G_NOTICE_MONTHS, g]
        pending = min(0.9, x.arrivals_parts[g, 8] * notice / 12.0 / posts)
        for j in range(first, w.n[POSTS]):
            if uniform(w.post_key[j], START_STATE, 0) < pending:
                key = join(w.post_key[j], t.words[WORD_COMING])
                novice = int(uniform(key, NOVICE_DECISION, 0) < w.par[G_NOVICE_SHARE, g])
                whole = 2.0 * notice * sqrt(uniform(key, START_NOTICE, 0))  # length-biased
                start = max(1, int(whole * uniform(key, START_TIME, 0) * MONTH))
                accept(w, -1, key, j, hire_age(t, g, key), novice, start, 0)
                w.cell[w.post[j, POST_CELL], HIRES_COST] -= 1
            else:
                advertise(w, j, 0)
                w.post[j, RIPE] = int(w.post[j, RIPE] * uniform(w.post_key[j], START_LEAD, 0))
