"""Supervision and training (step 4): the twin of `engine.training` on records."""

from __future__ import annotations

from kompetenssim.engine.compiled.applicants import apply, change_cell, hire_age, place
from kompetenssim.engine.compiled.life import begin_training, follow, learner
from kompetenssim.engine.compiled.names import (
    F_GROUP_IN,
    F_GROUP_OUT,
    F_SEATS_WAITING,
    F_TRAINING_DROPOUTS,
    F_TRAINING_EXAMS,
    F_TRAINING_STARTS,
    L_HEADS,
    L_SENIOR,
    L_SUP_DOCTORS,
    L_SUP_INTRO,
    L_SUP_TRAINING,
    L_VACANT,
)
from kompetenssim.engine.compiled.posts import free_post, new_post
from kompetenssim.engine.compiled.records import (
    BACKFILL,
    BOND,
    DURING_GROUP,
    EXTERNAL,
    FEE,
    FROM_GROUP,
    GRANT,
    GRANT_UNTIL,
    MIN_EXPERIENCE,
    PACE,
    PRESET,
    STAY,
    SUPERVISION,
    TERMS,
    TO_GROUP,
    count,
    employed,
    grade_at,
    note,
    reschedule,
    show,
    studies,
    times,
    training_stock,
    value,
)
from kompetenssim.engine.compiled.sorting import order_by_key, take_first, to_heap
from kompetenssim.engine.compiled.state import (
    AGENCY_SHARE,
    AWAY,
    BOND_UNTIL,
    BY_DOCTORS,
    BY_INTRO,
    BY_STUDENTS,
    BY_TRAINING,
    CELL,
    DROPPED,
    EXAM_HAZARD,
    EXAM_UNTIL,
    FAMILY,
    FINISHED,
    FIRST_OPEN,
    FREE_UNITS,
    GRADE_UNITS,
    GROUP,
    HIRED,
    HOLDER,
    KIND,
    LEARNERS,
    LEARNING,
    NEW_TO_WORK,
    NOTICE_END,
    OPEN_NEXT,
    PEOPLE,
    POST_CELL,
    POST_GRADE,
    PROGRAMME,
    RETURNED,
    SENIORS,
    SERVED,
    SETTLED,
    SHORT_DOCTORS,
    SHORT_INTRO,
    SHORT_TRAINING,
    STAGE,
    STAGE_AT,
    STATE,
    SUPERVISING,
    SUPERVISION_HAVE,
    SUPERVISION_LEFT,
    SUPERVISION_NEED,
    TAKEN,
    TEMPORARY,
    TIMES_SUBSTITUTE,
    TRAIN_END,
    TRAIN_TURN,
    TRAINING_COST,
    UNIT,
    WANTED,
    WORKLOAD,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import (
    AUTUMN,
    GRADUATE_GROUP,
    IS_LIMITED,
    PLACEMENT_WEEKS,
    SHARE_APPLYING,
    SPRING,
    WORD_PLACE,
    Tables,
)
from kompetenssim.engine.training import GRADUATE_PATIENCE_WEEKS, GRADUATE_WEEKS, STAY_MONTHS
from kompetenssim.engine.world import ACTIVE, EXTRA, PERMANENT, TERM
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import ADMISSION, AGE, GRADE_TARGET, NEVER, PLACED, SEAT
from kompetenssim.model.clocks import SUBSTITUTE as STAND_IN_DECISION
from kompetenssim.model.distributions import exponential
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import (
    G_SUBSTITUTE_SHARE,
    ONE_AGENCY_CROWDS_SUPERVISION,
    ONE_PLACEMENT_HOURS,
    ONE_SUPERVISION_HOURS_EACH,
    ONE_SUPERVISION_TRAINED,
    Q_GRADUATE_SHARE,
    Q_INTRODUCTION_SUPERVISION,
    Q_ON_COST,
    Q_PAY,
    Q_PAY_SHARE,
    Q_PLACEMENT_FACTOR,
    Q_SEATS_AUTUMN,
    Q_SEATS_SPRING,
    Q_SUPERVISION_FACTOR,
    Q_SUPERVISION_HOURS,
)
from kompetenssim.model.rules import placement_hours, supervision_minutes


def settle_supervision(w: World, t: Tables, r: Rest, now: int, days: int) -> None:
    """Serve supervision in priority order: ST/BT/AT, introduction, training posts, placements.

    Capacity comes from this tick's experienced staff and the last tick's agency share. Each cell is told the minutes
    taken from its own time. What is not served delays those who needed it.
    """
    f8, families = r.family, r.family.shape[0]
    for f in range(families):
        f8[f, SENIORS] = f8[f, BY_DOCTORS] = f8[f, BY_INTRO] = f8[f, BY_TRAINING] = f8[f, BY_STUDENTS] = 0
    for c in range(w.cell.shape[0]):
        f = w.cell[c, FAMILY]
        f8[f, SENIORS] += r.done[c, L_SENIOR]
        f8[f, BY_DOCTORS] += r.done[c, L_SUP_DOCTORS] // WEEK
        f8[f, BY_INTRO] += int(r.done[c, L_SUP_INTRO] * value(w, Q_INTRODUCTION_SUPERVISION, c) * 60.0 / WEEK)
        f8[f, BY_TRAINING] += r.done[c, L_SUP_TRAINING] // WEEK
    placement_minutes(w, t, r, days)
    late = False
    for f in range(families):
        capacity = supervision_minutes(
            f8[f, SENIORS], w.one[ONE_SUPERVISION_TRAINED], w.one[ONE_SUPERVISION_HOURS_EACH], value(w, Q_SUPERVISION_FACTOR, f),
            value(w, Q_SUPERVISION_HOURS, f), w.one[ONE_AGENCY_CROWDS_SUPERVISION], r.family_number[f, AGENCY_SHARE], days,
        )  # fmt: skip
        students = f8[f, BY_STUDENTS]
        need = f8[f, BY_DOCTORS] + f8[f, BY_INTRO] + f8[f, BY_TRAINING] + students
        f8[f, SUPERVISION_NEED], f8[f, SUPERVISION_HAVE] = need, capacity
        for k in range(SHORT_DOCTORS, SHORT_TRAINING + 1):
            r.family_number[f, k] = 0.0
        if need <= capacity:
            f8[f, TAKEN], f8[f, SUPERVISION_LEFT] = need, capacity - need
            f8[f, SERVED] += students
            f8[f, WANTED] += students
            continue
        left, served = capacity, 0
        for k in range(4):
            wanted = f8[f, BY_DOCTORS + k]
            served = min(wanted, left)
            left -= served
            if k < 3 and served < wanted:
                r.family_number[f, SHORT_DOCTORS + k] = 1.0 - served / wanted
                late = True
        f8[f, TAKEN], f8[f, SUPERVISION_LEFT] = capacity - left, left
        f8[f, SERVED] += served
        f8[f, WANTED] += students
    if late:
        delay(w, r, days)
    for c in range(w.cell.shape[0]):
        f = w.cell[c, FAMILY]
        w.cell[c, SUPERVISING] = f8[f, TAKEN] * r.done[c, L_SENIOR] // f8[f, SENIORS] if f8[f, SENIORS] > 0 else 0


def delay(w: World, r: Rest, days: int) -> None:
    """Push the ends of those whose supervision was not served by the missing share of the week."""
    p, kept = w.person, 0
    for k in range(w.n[LEARNERS]):
        i = w.learners[k]
        if not (employed(p[i, STATE]) and (p[i, PROGRAMME] >= 0 or p[i, STAGE] < 3)):
            p[i, LEARNING] = 0
            continue
        w.learners[kept] = i
        kept += 1
        f = w.cell[p[i, CELL], FAMILY]
        doctors, intro = r.family_number[f, SHORT_DOCTORS], r.family_number[f, SHORT_INTRO]
        training = r.family_number[f, SHORT_TRAINING]
        if p[i, STATE] != ACTIVE or not (doctors > 0.0 or intro > 0.0 or training > 0.0):
            continue
        if p[i, PROGRAMME] >= 0 and p[i, TRAIN_END] != NEVER:
            late = training if studies(w.programme[p[i, PROGRAMME], PRESET]) else doctors
            p[i, TRAIN_END] += int(late * days * 1440)
        elif p[i, STAGE] < 3 and p[i, STAGE_AT] != NEVER:
            p[i, STAGE_AT] += int(intro * days * 1440)
        else:
            continue
        reschedule(w, i)
    w.n[LEARNERS] = kept


def placement_minutes(w: World, t: Tables, r: Rest, days: int) -> None:
    """Set the supervision minutes that students on placement want this week, spread over units by their experienced staff."""
    for k in range(t.graduates.shape[0]):
        examined = w.theta[t.graduates[k, SPRING]] + w.theta[t.graduates[k, AUTUMN]]
        hours = placement_hours(examined, w.theta[t.graduates[k, PLACEMENT_WEEKS]], w.one[ONE_PLACEMENT_HOURS])
        minutes = hours * 60.0 * days / 7.0
        size = 0
        for at in range(t.graduate_from[k], t.graduate_from[k + 1]):
            size += r.family[t.graduate_families[at], SENIORS]
        if size > 0:
            for at in range(t.graduate_from[k], t.graduate_from[k + 1]):
                f = t.graduate_families[at]
                r.family[f, BY_STUDENTS] += int(minutes * r.family[f, SENIORS] / size / max(0.1, value(w, Q_PLACEMENT_FACTOR, f)))


# --- ends of training


def settle_examinations(w: World, t: Tables, r: Rest, now: int) -> None:
    """Examine those whose training has ended and end that of those who broke off."""
    p = w.person
    number = order_by_key(w, r, DROPPED)
    for k in range(number):
        i = r.list[k]
        if employed(p[i, STATE]) and p[i, PROGRAMME] >= 0:
            count(w, F_TRAINING_DROPOUTS, p[i, CELL], now, 1)
            programme = p[i, PROGRAMME]
            end_training(w, i, now)
            if w.cell[p[i, CELL], GROUP] != w.programme[programme, FROM_GROUP]:
                change_group(w, t, i, w.programme[programme, FROM_GROUP], programme, now)
            show(w, i, now)
            reschedule(w, i)
    w.noted[DROPPED] = 0
    number = order_by_key(w, r, FINISHED)
    for k in range(number):
        i = r.list[k]
        if employed(p[i, STATE]) and p[i, PROGRAMME] >= 0:
            examine(w, t, i, now)
    w.noted[FINISHED] = 0


def end_training(w: World, i: int, now: int) -> None:
    """End a person's training, examined or not."""
    training_stock(w, i, now, -1)
    note(w, RETURNED, i, 0)
    w.person[i, PROGRAMME], w.person[i, TRAIN_END], w.person[i, TRAIN_TURN] = -1, NEVER, NEVER


def examine(w: World, t: Tables, i: int, now: int) -> None:
    """Examine a person: a new group, a post there, and the bond of the training."""
    p, k = w.person, w.person[i, PROGRAMME]
    count(w, F_TRAINING_EXAMS, p[i, CELL], now, 1)
    end_training(w, i, now)
    to = w.programme[k, TO_GROUP]
    if to >= 0 and to != w.cell[p[i, CELL], GROUP]:
        change_group(w, t, i, to, k, now)
        p[i, NEW_TO_WORK], p[i, STAGE], p[i, STAGE_AT] = 1, 3, now + 6 * MONTH
        learner(w, i)
    p[i, BOND_UNTIL] = now + int(w.theta[w.programme[k, BOND]] * MONTH)
    if w.programme[k, STAY] >= 0:
        w.person_number[i, EXAM_HAZARD] = exponential(w.theta[w.programme[k, STAY]]) / (STAY_MONTHS / 12.0)
        p[i, EXAM_UNTIL] = now + STAY_MONTHS * MONTH
    follow(w, i, now, 1)
    show(w, i, now)
    reschedule(w, i)


def change_group(w: World, t: Tables, i: int, g: int, programme: int, now: int) -> None:
    """Move a person to a group: to a vacant post there if there is one, else to an extra post that goes when it is vacated.

    The own unit comes first, then the programme's units with the most vacancies.
    """
    own = t.cell_at[w.cell[w.person[i, CELL], UNIT], g]
    anywhere = not any_cell(w, t, g, programme)
    best, most, best_own, load = -1, 0, False, 0.0
    own_is_near = False
    count_free_units(w, t, g)
    for at in range(t.group_from[g], t.group_from[g + 1]):
        c = t.group_cells[at]
        if not (anywhere or t.in_units[programme, w.cell[c, UNIT]] != 0):
            continue
        if c == own:
            own_is_near = True
        units, mine, burden = w.cell[c, FREE_UNITS], c == own, w.cell_number[c, WORKLOAD]
        better = best < 0 or units > most
        if best >= 0 and units == most:
            better = (mine and not best_own) or (mine == best_own and burden > load)
        if better:
            best, most, best_own, load = c, units, mine, burden
    if best < 0:
        return
    c = own if own_is_near else -1
    if c < 0 or free_post(w, c) < 0:
        c = best if c < 0 or most > 0 else c
    j = free_post(w, c)
    if j < 0:
        j = new_post(w, join(w.person_key[i], now), c, w.person[i, GRADE_UNITS], EXTRA, -1, now)
    count(w, F_GROUP_OUT, w.person[i, CELL], now, 1)
    count(w, F_GROUP_IN, c, now, 1)
    change_cell(w, i, j, now)


def any_cell(w: World, t: Tables, g: int, programme: int) -> bool:
    """Tell whether a group has a cell in the units of a programme."""
    number = 0
    for at in range(t.group_from[g], t.group_from[g + 1]):
        number += t.in_units[programme, w.cell[t.group_cells[at], UNIT]]
    return number > 0


def count_free_units(w: World, t: Tables, g: int) -> None:
    """Note the vacant permanent FTE (1/200) of a group's cells."""
    for at in range(t.group_from[g], t.group_from[g + 1]):
        w.cell[t.group_cells[at], FREE_UNITS] = 0
    j = w.group[g, FIRST_OPEN]
    while j >= 0:
        if w.post[j, HOLDER] < 0 and w.post[j, KIND] == PERMANENT:
            w.cell[w.post[j, POST_CELL], FREE_UNITS] += w.post[j, POST_GRADE]
        j = w.post[j, OPEN_NEXT]


# --- term starts


def settle_terms(w: World, t: Tables, r: Rest, now: int) -> None:
    """Admit to training at term starts and let graduates apply."""
    week = w.n[SETTLED]
    number = t.week_number[week]
    if t.week_days[week] < 7 and week == 0:
        return
    for term in range(2):
        if number == t.term_weeks[term]:
            for k in range(w.programme.shape[0]):
                seats = round(value(w, Q_SEATS_SPRING if term == 0 else Q_SEATS_AUTUMN, k) + 1e-9)
                if seats > 0:
                    admit(w, t, r, k, seats, now)
        if number == GRADUATE_WEEKS[term]:
            for k in range(t.graduates.shape[0]):
                graduate(w, t, r, k, term, now)
            for f in range(r.family.shape[0]):
                r.family[f, SERVED] = r.family[f, WANTED] = 0


def graduate(w: World, t: Tables, r: Rest, k: int, term: int, now: int) -> None:
    """Let each examined student apply with its own uniform; unserved placements hold students back."""
    row = t.graduates[k]
    served, wanted = 0, 0
    for at in range(t.graduate_from[k], t.graduate_from[k + 1]):
        served += r.family[t.graduate_families[at], SERVED]
        wanted += r.family[t.graduate_families[at], WANTED]
    placed = served / wanted if row[IS_LIMITED] != 0 and wanted > 0 else 1.0
    g = row[GRADUATE_GROUP]
    share = min(1.0, w.theta[row[SHARE_APPLYING]] + value(w, Q_GRADUATE_SHARE, g))
    years = t.graduate_names.shape[0] // (2 * t.graduates.shape[0])
    year = t.week_year[w.n[SETTLED]] - t.week_year[0]
    stream = join(r.root[0], t.graduate_names[2 * (k * years + year) + term])
    for seat in range(round(w.theta[row[SPRING] if term == 0 else row[AUTUMN]])):
        key = join(stream, seat)
        if uniform(key, PLACED, 0) < placed and uniform(key, SEAT, 0) < share:
            age = int((22.0 + 10.0 * uniform(key, AGE, 0)) * YEAR)
            apply(w, r, key, g, now + GRADUATE_PATIENCE_WEEKS * WEEK, age, 1, 0.5, -1)


def admit(w: World, t: Tables, r: Rest, k: int, seats: int, now: int) -> None:
    """Admit to a programme: seats are wishes, what supervision cannot carry waits for the next term."""
    ordinary = seats
    seats += r.waiting[k]
    r.waiting[k] = 0
    each = int(w.theta[w.programme[k, SUPERVISION]] * 60)
    stream = join(r.root[0], t.admission_names[k * t.week_days.shape[0] + w.n[SETTLED]])
    if w.programme[k, EXTERNAL] != 0:
        admit_from_outside(w, t, r, k, seats, each, stream, now)
        return
    admitted = admit_ranked(w, t, r, k, seats, each, stream, now)
    r.waiting[k] = min(seats - admitted, ordinary)
    report_waiting(w, t, r, k, now)


def admit_ranked(w: World, t: Tables, r: Rest, k: int, seats: int, each: int, stream: int, now: int) -> int:
    """Admit by rank: within a unit by years of employment and a keyed lot, units in proportion, the most loaded first.

    The load is that of the group the training leads to; seats are shared so that no unit gives all of them. A unit's
    people are put in order when its turn comes.
    """
    p, home, units = w.person, w.programme[k, FROM_GROUP], t.cell_at.shape[0]
    target = w.programme[k, TO_GROUP] if w.programme[k, TO_GROUP] >= 0 else w.programme[k, DURING_GROUP]
    eligible = gather(w, t, r, k, now)
    for unit in range(units):
        c = t.cell_at[unit, target]
        r.unit_load[unit] = w.cell_number[c, WORKLOAD] if c >= 0 and t.in_units[k, unit] != 0 else -1.0
        r.unit_first[unit, 1] = 0
    admitted, seen = 0, 0
    while admitted < seats and seen < eligible:
        best, place_best = -1, 0.0
        for unit in range(units):
            size = r.unit_first[unit + 1, 0] - r.unit_first[unit, 0]
            n = r.unit_first[unit, 1]
            if n < size:
                at = (n + 0.5) / size
                if best < 0 or at < place_best or (not at > place_best and r.unit_load[unit] > r.unit_load[best]):
                    best, place_best = unit, at
        first, n = r.unit_first[best, 0], r.unit_first[best, 1]
        if n == 0:
            for at in range(first, r.unit_first[best + 1, 0]):
                i = r.later[at]
                r.sort_small[i] = -min(10, int((now - p[i, HIRED]) / MONTH / 12))
                r.sort_number[i] = uniform(join(stream, w.person_key[i]), ADMISSION, 0)
            to_heap(r.later, first, r.unit_first[best + 1, 0] - first, r.sort_small, r.sort_number, w.person_key)
        i = take_first(r.later, first, r.unit_first[best + 1, 0] - first - n, r.sort_small, r.sort_number, w.person_key)
        r.unit_first[best, 1] = n + 1
        seen += 1
        family = supervising(w, t, r, k, i, each)
        if family < 0:
            continue
        r.family[family, SUPERVISION_LEFT] -= each
        start_programme(w, t, r, k, i, now)
        admitted += 1
    return admitted if home >= 0 else 0


def gather(w: World, t: Tables, r: Rest, k: int, now: int) -> int:
    """Collect those who can be admitted to a programme in `later`, unit by unit; give how many they are."""
    p, home, units = w.person, w.programme[k, FROM_GROUP], t.cell_at.shape[0]
    anywhere = w.programme[k, DURING_GROUP] != home
    minimum, number = w.theta[w.programme[k, MIN_EXPERIENCE]], 0
    for unit in range(units + 1):
        r.unit_first[unit, 0] = 0
    for i in range(w.n[PEOPLE]):
        c = p[i, CELL]
        if (
            p[i, STATE] == ACTIVE and w.cell[c, GROUP] == home and p[i, PROGRAMME] < 0 and p[i, NOTICE_END] == NEVER
            and p[i, TEMPORARY] == 0
            and (anywhere or t.in_units[k, w.cell[c, UNIT]] != 0) and (now - p[i, HIRED]) / MONTH >= minimum
        ):  # fmt: skip
            r.list[number] = i
            r.unit_first[w.cell[c, UNIT] + 1, 0] += 1
            number += 1
    for unit in range(units):
        r.unit_first[unit + 1, 0] += r.unit_first[unit, 0]
        r.unit_first[unit, 1] = r.unit_first[unit, 0]
    for at in range(number):
        i = r.list[at]
        unit = w.cell[p[i, CELL], UNIT]
        r.later[r.unit_first[unit, 1]] = i
        r.unit_first[unit, 1] += 1
    return number


def supervising(w: World, t: Tables, r: Rest, k: int, i: int, each: int) -> int:
    """Give the family that can supervise one more: the person's own, else that of the programme with most room; -1 if none."""
    c = w.person[i, CELL]
    if t.in_units[k, w.cell[c, UNIT]] != 0:
        own = w.cell[c, FAMILY]
        return own if r.family[own, SUPERVISION_LEFT] >= each else -1
    best, g = -1, w.programme[k, DURING_GROUP]
    for at in range(t.group_from[g], t.group_from[g + 1]):
        there = t.group_cells[at]
        f = w.cell[there, FAMILY]
        if t.in_units[k, w.cell[there, UNIT]] != 0:
            left = r.family[f, SUPERVISION_LEFT]
            if best < 0 or left > r.family[best, SUPERVISION_LEFT] or (left == r.family[best, SUPERVISION_LEFT] and f < best):
                best = f
    return best if best >= 0 and r.family[best, SUPERVISION_LEFT] >= each else -1


def start_programme(w: World, t: Tables, r: Rest, k: int, i: int, now: int) -> None:
    """Let a person begin a programme: group, pay, state money and perhaps a substitute."""
    p, row = w.person, w.programme[k]
    if row[DURING_GROUP] != w.cell[p[i, CELL], GROUP]:
        change_group(w, t, i, row[DURING_GROUP], k, now)
    count(w, F_TRAINING_STARTS, p[i, CELL], now, 1)
    begin_training(w, i, k, now, now)
    w.cell[p[i, CELL], TRAINING_COST] += int(w.theta[row[FEE]] * 100 * w.theta[row[TERMS]])
    if row[GRANT] >= 0:
        r.grant_ore[k] += state_money(w, i, k, now)
    if studies(row[PRESET]):
        share = w.theta[row[BACKFILL]] if row[BACKFILL] >= 0 else w.par[G_SUBSTITUTE_SHARE, w.cell[p[i, CELL], GROUP]]
        if uniform(w.person_key[i], STAND_IN_DECISION, times(w, i, TIMES_SUBSTITUTE)) < share:
            note(w, AWAY, i, now)
    training_stock(w, i, now, 1)
    show(w, i, now)
    reschedule(w, i)


def state_money(w: World, i: int, k: int, now: int) -> int:
    """Give the state money (öre) for one participant: a share of paid study time and fees up to the day it ends."""
    row = w.programme[k]
    terms, fee = w.theta[row[TERMS]], w.theta[row[FEE]]
    whole = terms * TERM
    covered = max(0.0, min(whole, float(row[GRANT_UNTIL] * DAY - now))) / whole
    pay = value(w, Q_PAY, w.cell[w.person[i, CELL], GROUP]) * w.person[i, GRADE_UNITS] / 200.0 * (1.0 + value(w, Q_ON_COST, 0))
    study = pay * 6.0 * terms * w.theta[row[PACE]] / 100.0 * value(w, Q_PAY_SHARE, k)
    return int((study + fee * terms) * covered * w.theta[row[GRANT]] * 100.0)


def report_waiting(w: World, t: Tables, r: Rest, k: int, now: int) -> None:
    """Book the seats that nobody could take this term, at the programme's first unit."""
    g = w.programme[k, DURING_GROUP]
    anywhere = not any_cell(w, t, g, k)
    for at in range(t.group_from[g], t.group_from[g + 1]):
        c = t.group_cells[at]
        if anywhere or t.in_units[k, w.cell[c, UNIT]] != 0:
            if r.waiting[k] != 0:
                count(w, F_SEATS_WAITING, c, now, r.waiting[k])
            return


def admit_from_outside(w: World, t: Tables, r: Rest, k: int, seats: int, each: int, stream: int, now: int) -> None:
    """Fill training seats with people from outside, each on a post of the group with the most vacancies."""
    g = w.programme[k, DURING_GROUP]
    anywhere = not any_cell(w, t, g, k)
    for seat in range(seats):
        c, most = -1, 0
        for at in range(t.group_from[g], t.group_from[g + 1]):
            there = t.group_cells[at]
            if anywhere or t.in_units[k, w.cell[there, UNIT]] != 0:
                room = w.level[there, L_VACANT] - w.level[there, L_HEADS] // 1000
                if c < 0 or room > most:
                    c, most = there, room
        f = w.cell[c, FAMILY]
        if each > 0 and r.family[f, SUPERVISION_LEFT] < each:
            r.waiting[k] += 1
            continue
        r.family[f, SUPERVISION_LEFT] -= each
        key = join(stream, seat)
        grade = grade_at(w, g, uniform(key, GRADE_TARGET, 0))
        i = place(w, key, c, hire_age(t, g, key), grade, 1, now, t.words[WORD_PLACE])
        if w.person[i, PROGRAMME] < 0:
            begin_training(w, i, k, now, now)
            training_stock(w, i, now, 1)
            count(w, F_TRAINING_STARTS, w.person[i, CELL], now, 1)
        w.cell[w.person[i, CELL], TRAINING_COST] += int(w.theta[w.programme[k, FEE]] * 100 * w.theta[w.programme[k, TERMS]])
        show(w, i, now)
        reschedule(w, i)
    report_waiting(w, t, r, k, now)
