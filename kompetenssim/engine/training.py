"""Supervision and training: a hard shared resource, and the seats it can carry (step 4 of the tick)."""

from __future__ import annotations

from kompetenssim.engine.hiring import change_cell, free_post, hire_age, new_post, place
from kompetenssim.engine.people import begin_training, grade_at, set_due
from kompetenssim.engine.world import (
    ACTIVE,
    EMPLOYED,
    EXTRA,
    HEADS,
    SENIOR,
    STUDY_PRESETS,
    SUP_DOCTORS,
    SUP_INTRO,
    SUP_TRAINING,
    TERM,
    VACANT,
    Applicant,
    Person,
    World,
)
from kompetenssim.model import clocks
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.distributions import exponential
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.rules import placement_hours, supervision_minutes
from kompetenssim.model.template import ProgrammeRow

GRADUATE_PATIENCE_WEEKS = 12
STAY_MONTHS = 24
GRADUATE_WEEKS = (3, 23)  # ISO weeks in which January and June graduates apply


def settle_supervision(w: World, now: int, done: list[list[int]], days: int) -> list[int]:
    """Serve supervision in priority order: ST/BT/AT, introduction, training posts, placements.

    Capacity comes from this tick's experienced staff and the last tick's agency share. Returns the minutes taken from
    each cell's own time. What is not served delays those who needed it.
    """
    families = len(w.t.families)
    senior, doctors, intro, training = ([0] * families for _ in range(4))
    columns = zip(
        w.family_of, done[SENIOR], done[SUP_DOCTORS], done[SUP_INTRO], done[SUP_TRAINING], w.column("introduction_supervision"),
        strict=True,
    )  # fmt: skip
    for f, experienced, by_doctors, new, studying, hours in columns:
        senior[f] += experienced
        if by_doctors or new or studying:
            doctors[f] += by_doctors // WEEK
            intro[f] += int(new * hours * 60.0 / WEEK)
            training[f] += studying // WEEK
    placements = _placement_minutes(w, senior, days)
    short: dict[int, tuple[float, float, float]] = {}
    taken = [0] * families
    trained, each, crowds = w.one["supervision_trained"], w.one["supervision_hours_each"], w.one["agency_crowds_supervision"]
    factor, extra = w.at["supervision_factor"], w.at["supervision_hours"]
    for f in range(families):
        capacity = supervision_minutes(
            senior[f], trained, each, w.values[factor + f], w.values[extra + f], crowds, w.agency_share[f], days
        )
        wanted = (doctors[f], intro[f], training[f], placements[f])
        need = wanted[0] + wanted[1] + wanted[2] + wanted[3]
        w.supervision_need[f], w.supervision_have[f] = need, capacity
        if need <= capacity:
            taken[f], w.supervision_left[f] = need, capacity - need
            w.placement_served[f][0] += placements[f]
            w.placement_served[f][1] += placements[f]
            continue
        left, served = capacity, []
        for minutes in wanted:
            s = minutes if minutes < left else left
            left -= s
            served.append(s)
        taken[f], w.supervision_left[f] = capacity - left, left
        w.placement_served[f][0] += served[3]
        w.placement_served[f][1] += placements[f]
        if served[0] < wanted[0] or served[1] < wanted[1] or served[2] < wanted[2]:
            short[f] = tuple(1.0 - s / x if x > 0 else 0.0 for s, x in zip(served[:3], wanted[:3], strict=True))  # type: ignore[assignment]  # three shares
    if short:
        _delay(w, short, days)
    share = [0] * len(w.cells)
    for c in w.cells:
        f = w.family_of[c]
        if senior[f] > 0:
            share[c] = taken[f] * done[SENIOR][c] // senior[f]
    return share


def _delay(w: World, short: dict[int, tuple[float, float, float]], days: int) -> None:
    """Push the ends of those whose supervision was not served by the missing share of the week."""
    w.learners = {k: p for k, p in w.learners.items() if p.state in EMPLOYED and (p.programme >= 0 or p.stage < 3)}
    for p in w.learners.values():
        if p.state != ACTIVE or w.family_of[p.cell] not in short:
            continue
        doctors, intro, training = short[w.family_of[p.cell]]
        if p.programme >= 0 and p.train_end != NEVER:
            late = training if w.t.programmes[p.programme].preset in STUDY_PRESETS else doctors
            p.train_end += int(late * days * 1440)
        elif p.stage < 3 and p.stage_at != NEVER:
            p.stage_at += int(intro * days * 1440)
        else:
            continue
        set_due(p)
        w.reschedule(p)


def _placement_minutes(w: World, senior: list[int], days: int) -> list[int]:
    """Give the supervision minutes that students on placement want this week, spread over units by their experienced staff."""
    wanted = [0] * len(w.t.families)
    for row in w.t.graduates:
        examined = w.theta[row.spring] + w.theta[row.autumn]
        hours = placement_hours(examined, w.theta[row.placement_weeks], w.one["placement_hours"])
        minutes = hours * 60.0 * days / 7.0
        size = 0
        for f in row.families:
            size += senior[f]
        for f in row.families:
            if size > 0:
                wanted[f] += int(minutes * senior[f] / size / max(0.1, w.value("placement_factor", f)))
    return wanted


# --- ends of training


def settle_examinations(w: World, now: int) -> None:
    """Examine those whose training has ended and end that of those who broke off."""
    for p in sorted(set(w.dropped), key=lambda q: q.key):
        if p.state in EMPLOYED and p.programme >= 0:
            w.count("training_dropouts", p.cell, now)
            home, units = w.t.programmes[p.programme].from_group, w.t.programmes[p.programme].units
            _end(w, p, now)
            if w.group_of[p.cell] != home:
                _change_group(w, p, home, units, now)
            w.show(p, now)
            set_due(p)
            w.reschedule(p)
    w.dropped.clear()
    for p in sorted(set(w.finished), key=lambda q: q.key):
        if p.state in EMPLOYED and p.programme >= 0:
            _examine(w, p, now)
    w.finished.clear()


def _end(w: World, p: Person, now: int) -> None:
    w.training_stock(p, now, -1)
    w.returned.append(p)
    p.programme, p.train_end, p.train_turn = -1, NEVER, NEVER


def _examine(w: World, p: Person, now: int) -> None:
    row = w.t.programmes[p.programme]
    w.count("training_exams", p.cell, now)
    _end(w, p, now)
    if row.to_group >= 0 and row.to_group != w.group_of[p.cell]:
        _change_group(w, p, row.to_group, row.units, now)
        p.novice = True
        p.stage = 3
        p.stage_at = now + int(6 * MONTH)
        w.learners[p.key] = p
    p.bond_until = now + int(w.theta[row.bond] * MONTH)
    if row.stay >= 0:
        p.exam_hazard = exponential(w.theta[row.stay]) / (STAY_MONTHS / 12.0)
        p.exam_until = now + STAY_MONTHS * MONTH
    w.follow(p, now, 1)
    w.show(p, now)
    set_due(p)
    w.reschedule(p)


def _change_group(w: World, p: Person, group: int, units: tuple[int, ...], now: int) -> None:
    """Move a person to a group: to a vacant post there if there is one, else to an extra post that goes when it is vacated.

    The own unit comes first, then the programme's units with the most vacancies.
    """
    own = w.cell_at.get((w.unit_of[p.cell], group), -1)
    near = [c for c in w.group_cells[group] if w.unit_of[c] in units] or w.group_cells[group]
    if not near:
        return
    cell = own if own in near else -1
    if cell < 0 or free_post(w, cell) is None:
        best = max(near, key=lambda c: (_free_units(w, c), c == own, w.workload[c], -c))
        cell = best if cell < 0 or _free_units(w, best) > 0 else cell
    post = free_post(w, cell)
    if post is None:
        post = new_post(w, join(p.key, now), cell, p.grade, EXTRA, -1, now)
    w.count("group_out", p.cell, now)
    w.count("group_in", cell, now)
    change_cell(w, p, post, now)


def _free_units(w: World, cell: int) -> int:
    return sum(q.grade for q in w.open[w.group_of[cell]].values() if q.cell == cell and q.holder is None and q.kind == 0)


# --- term starts


def settle_terms(w: World, now: int) -> None:
    """Admit to training at term starts and let graduates apply."""
    number = w.t.calendar.week_number[w.settled]
    if w.t.calendar.week_days[w.settled] < 7 and w.settled == 0:
        return
    for term in (0, 1):
        if number == w.t.term_weeks[term]:
            for k in range(len(w.t.programmes)):
                seats = round(w.value("seats_spring" if term == 0 else "seats_autumn", k) + 1e-9)
                if seats > 0:
                    _admit(w, k, seats, now)
        if number == GRADUATE_WEEKS[term]:
            for row in w.t.graduates:
                _graduate(w, row.key, row.group, term, now)
            for f in range(len(w.t.families)):
                w.placement_served[f] = [0, 0]


def _graduate(w: World, key: str, group: int, term: int, now: int) -> None:
    """Let each examined student apply with its own uniform; unserved placements hold students back."""
    row = next(r for r in w.t.graduates if r.key == key)
    count = round(w.theta[row.spring if term == 0 else row.autumn])
    served = wanted = 0
    for f in row.families:
        served += w.placement_served[f][0]
        wanted += w.placement_served[f][1]
    placed = served / wanted if row.limited and wanted > 0 else 1.0
    share = min(1.0, w.theta[row.share] + w.value("graduate_share", group))
    year = w.t.calendar.week_year[w.settled]
    stream = w.stream("kull", key, year, term)
    for seat in range(count):
        k = join(stream, seat)
        if uniform(k, clocks.PLACED, 0) < placed and uniform(k, clocks.SEAT, 0) < share:
            age = int((22.0 + 10.0 * uniform(k, clocks.AGE, 0)) * YEAR)
            w.queue[group].append(Applicant(k, group, now + GRADUATE_PATIENCE_WEEKS * WEEK, age, True, 0.5, None))


def _admit(w: World, k: int, seats: int, now: int) -> None:
    """Admit to a programme: seats are wishes, what supervision cannot carry waits for the next term."""
    row = w.t.programmes[k]
    ordinary = seats
    seats += w.seats_waiting[k]
    w.seats_waiting[k] = 0
    each = int(w.theta[row.supervision] * 60)
    if row.external:
        _admit_from_outside(w, k, seats, each, now)
        return
    anywhere = row.during_group != row.from_group
    minimum = w.theta[row.min_experience]
    group_of, home = w.group_of, row.from_group
    eligible = [
        p
        for p in w.people
        if group_of[p.cell] == home
        and p.state == ACTIVE
        and p.programme < 0
        and p.notice_end == NEVER
        and not p.temporary
        and (anywhere or w.unit_of[p.cell] in row.units)
        and w.tenure_months(p, now) >= minimum
    ]
    eligible = _ranked(w, row, eligible, now)
    admitted = 0
    for p in eligible:
        if admitted == seats:
            break
        family = _supervising(w, row, p, each)
        if family < 0:
            continue
        w.supervision_left[family] -= each
        _start(w, p, k, now)
        admitted += 1
    w.seats_waiting[k] = min(seats - admitted, ordinary)
    _report_waiting(w, k, now)


def _ranked(w: World, row: ProgrammeRow, eligible: list[Person], now: int) -> list[Person]:
    """Rank the eligible: within a unit by years of employment and a keyed lot, units in proportion, the most loaded first.

    The load is that of the group the training leads to; seats are shared so that no unit gives all of them.
    """
    target = row.to_group if row.to_group >= 0 else row.during_group
    stream = w.stream("antagning", row.key, w.t.calendar.week_label[w.settled])
    by_unit: dict[int, list[Person]] = {}
    for p in eligible:
        by_unit.setdefault(w.unit_of[p.cell], []).append(p)
    ranked = []
    for unit, people in by_unit.items():
        lot = {p.key: uniform(join(stream, p.key), clocks.ADMISSION, 0) for p in people}
        people.sort(key=lambda p: (-min(10, int(w.tenure_months(p, now) / 12)), lot[p.key], p.key))  # used at once
        cell = w.cell_at.get((unit, target), -1)
        load = w.workload[cell] if cell >= 0 and unit in row.units else -1.0
        ranked += [((n + 0.5) / len(people), -load, unit, p) for n, p in enumerate(people)]
    ranked.sort(key=lambda r: r[:3])
    return [p for *_, p in ranked]


def _supervising(w: World, row: ProgrammeRow, p: Person, each: int) -> int:
    """Give the family that can supervise one more: the person's own, else that of the programme with most room; -1 if none."""
    own = w.family_of[p.cell]
    if w.unit_of[p.cell] in row.units:
        return own if w.supervision_left[own] >= each else -1
    families = {w.family_of[c] for c in w.group_cells[row.during_group] if w.unit_of[c] in row.units}
    best = max(families, key=lambda f: (w.supervision_left[f], -f), default=-1)
    return best if best >= 0 and w.supervision_left[best] >= each else -1


def _start(w: World, p: Person, k: int, now: int) -> None:
    row = w.t.programmes[k]
    if row.during_group != w.group_of[p.cell]:
        _change_group(w, p, row.during_group, row.units, now)
    w.count("training_starts", p.cell, now)
    begin_training(w, p, k, now, now)
    w.training_cost[p.cell] += int(w.theta[row.fee] * 100 * w.theta[row.terms])
    if row.grant >= 0:
        w.grant_ore[k] += grant(w, p, k, now)
    if row.preset in STUDY_PRESETS:
        share = w.theta[row.backfill] if row.backfill >= 0 else w.par["substitute_share"][w.group_of[p.cell]]
        if uniform(p.key, clocks.SUBSTITUTE, p.occurrence(clocks.SUBSTITUTE)) < share:
            w.absent.append((p, now))
    w.training_stock(p, now, 1)
    w.show(p, now)
    set_due(p)
    w.reschedule(p)


def grant(w: World, p: Person, k: int, now: int) -> int:
    """Give the state money (öre) for one participant: a share of paid study time and fees up to the day it ends."""
    row = w.t.programmes[k]
    whole = w.theta[row.terms] * TERM
    covered = max(0.0, min(whole, row.grant_until * DAY - now)) / whole
    pay = w.value("pay", w.group_of[p.cell]) * p.grade / 200.0 * (1.0 + w.value("on_cost", 0))
    study = pay * 6.0 * w.theta[row.terms] * w.theta[row.pace] / 100.0 * w.value("pay_share", k)
    return int((study + w.theta[row.fee] * w.theta[row.terms]) * covered * w.theta[row.grant] * 100.0)


def _report_waiting(w: World, k: int, now: int) -> None:
    """Book the seats that nobody could take this term, at the programme's first unit."""
    row = w.t.programmes[k]
    cells = [c for c in w.group_cells[row.during_group] if w.unit_of[c] in row.units] or w.group_cells[row.during_group]
    if cells and w.seats_waiting[k]:
        w.count("seats_waiting", cells[0], now, w.seats_waiting[k])


def _admit_from_outside(w: World, k: int, seats: int, each: int, now: int) -> None:
    row = w.t.programmes[k]
    cells = [w.cell_at[(u, row.during_group)] for u in row.units if (u, row.during_group) in w.cell_at] or w.group_cells[
        row.during_group
    ]
    stream = w.stream("antagning", row.key, w.t.calendar.week_label[w.settled])
    for seat in range(seats):
        cell = max(cells, key=lambda c: (w.level[VACANT][c] - w.level[HEADS][c] // 1000, -c))
        family = w.family_of[cell]
        if each > 0 and w.supervision_left[family] < each:
            w.seats_waiting[k] += 1
            continue
        w.supervision_left[family] -= each
        key = join(stream, seat)
        grade = grade_at(w.t.group_grades[row.during_group], uniform(key, clocks.GRADE_TARGET, 0))
        p = place(w, key, cell, hire_age(w, row.during_group, key), grade, True, now)
        if p.programme < 0:
            begin_training(w, p, k, now, now)
            w.training_stock(p, now, 1)
            w.count("training_starts", p.cell, now)
        w.training_cost[p.cell] += int(w.theta[row.fee] * 100 * w.theta[row.terms])
        w.show(p, now)
        set_due(p)
        w.reschedule(p)
    _report_waiting(w, k, now)
