"""The region at t = 0: the register, and every state with a duration in its equilibrium share with residual time."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp, sqrt

from kompetenssim.engine.agency import orders_already_placed
from kompetenssim.engine.hiring import advertise, hire, hire_age
from kompetenssim.engine.people import (
    EXTERNAL,
    PENSION,
    RETIREMENT_NOTICE,
    RETURN_MONTHS,
    SUBSTITUTE_DAYS,
    TO_AGENCY,
    begin_training,
    hazard,
    open_strips,
    retirement_rate,
    set_due,
    set_retirement,
)
from kompetenssim.engine.weekly import fit_strips
from kompetenssim.engine.world import (
    ACTIVE,
    AGENCY,
    ESTABLISHED,
    HOURLY,
    LEAVE,
    PARENTAL,
    PERMANENT,
    SICK,
    SUBSTITUTE,
    TERM,
    VACANT,
    Applicant,
    Person,
    Post,
    World,
)
from kompetenssim.model import clocks
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.distributions import exponential, lognormal_mean, residual_lognormal
from kompetenssim.model.keyed import join, name_key, uniform
from kompetenssim.model.rules import STAGES, learning_month, multiplier
from kompetenssim.model.start_state import SUBSTITUTE_FILLED

SUBSTITUTE_TENURE_MONTHS = 36


def populate(w: World) -> None:
    """Fill the world with the register and its preloaded states."""
    for c in w.cells:
        excess = w.inputs.workload_start[c] - w.inputs.workload_reference[w.group_of[c]]
        w.exit_multiplier[c] = multiplier(w.one["theta_exit"], excess)
        w.sick_multiplier[c] = multiplier(w.one["theta_sick"], excess)
    w.people = [_person(w, row.name, row.cell, row.birth, row.hired, row.grade) for row in w.t.people]
    _training(w)
    absent = [p for p in w.people if _away(w, p)]
    _substitutes(w, absent)
    for p in w.people:
        _permanent_post(w, p)
    fit_strips(w, 0)
    for p in w.people:
        w.enter(p, 0, False)
        open_strips(w, p, 0)
        set_retirement(w, p, 0)
        _notice(w, p)
        p.sixty_at = p.birth + 60 * YEAR if p.birth + 60 * YEAR > 0 else NEVER
        w.show(p, 0)
    _tag_running_blocks(w)
    _at_agencies(w)
    _working_on(w)
    _vacancies(w)
    for p in w.people:
        set_due(p)
    orders_already_placed(w)


def _person(w: World, name: str, cell: int, birth: int, hired: int, grade: int) -> Person:
    p = Person(join(w.root, name_key("person", name)), cell, birth, hired, grade)
    g = w.group_of[cell]
    p.state = ACTIVE
    p.occurrence(clocks.PLACED)
    p.novice = uniform(p.key, clocks.NOVICE, 0) < w.par["novice_share"][g]
    pace = 1.0 if p.novice else 0.25
    tenure = -hired / MONTH
    intro, full = w.par["learn_intro_months"][g], max(w.par["learn_full_months"][g], w.par["learn_intro_months"][g] + 1)
    p.stage = max(s for s in range(STAGES) if tenure >= learning_month(s, intro, full) * pace)
    if p.stage < STAGES - 1:
        p.stage_at = max(1, hired + int(learning_month(p.stage + 1, intro, full) * pace * MONTH))
        w.learners[p.key] = p
    return p


def _training(w: World) -> None:
    """Put those in training at a uniform place in it; ST groups are all in training."""
    for k, row in enumerate(w.t.programmes):
        length = int(w.theta[row.terms] * TERM)
        members = [
            p for p in w.people if w.group_of[p.cell] == row.during_group and w.unit_of[p.cell] in row.units and p.programme < 0
        ]
        if row.all_of_during:
            if w.programme_of_group[row.during_group] != k:
                continue
            chosen = [p for p in w.people if w.group_of[p.cell] == row.during_group]
        else:
            stream = w.stream("pågående", row.key)
            members.sort(key=lambda p: (uniform(join(stream, p.key), clocks.ADMISSION, 0), p.key))
            chosen = members[: int(row.in_training + 0.5)]
        for p in chosen:
            begin_training(w, p, k, -int(uniform(p.key, clocks.START_TIME, 9) * length), 0)


def _away(w: World, p: Person) -> bool:
    """Draw whether a person is away at the start, and for how much longer (length-biased). Tells whether it is a long spell."""
    g = w.group_of[p.cell]
    par = w.par
    fertile = clocks.FERTILE_FROM <= -p.birth < clocks.FERTILE_TO
    spells = (
        (SICK, w.value("sick_rate", p.cell) * w.sick_multiplier[p.cell], par["sick_median_months"][g], par["sick_sigma"][g]),
        (
            PARENTAL,
            w.value("parental_rate", p.cell) if fertile else 0.0,
            par["parental_median_months"][g],
            par["parental_sigma"][g],
        ),
        (LEAVE, w.value("leave_rate", p.cell), par["leave_median_months"][g], par["leave_sigma"][g]),
    )
    odds = [rate * lognormal_mean(median, sigma) / 12.0 for _, rate, median, sigma in spells]
    total = 1.0 + odds[0] + odds[1] + odds[2]
    u = uniform(p.key, clocks.START_STATE, 0) * total
    for (state, _, median, sigma), o in zip(spells, odds, strict=True):
        if u < o:
            left = residual_lognormal(
                uniform(p.key, clocks.START_TIME, 0), uniform(p.key, clocks.START_POSITION, 0), median, sigma
            )
            p.state, p.state_end = state, max(1, int(left * MONTH))
            if state == SICK:
                p.returns = uniform(p.key, clocks.SICK_NO_RETURN, 1 << 20) >= par["sick_no_return"][g]
            elif state == LEAVE:
                p.returns = uniform(p.key, clocks.LEAVE_RETURNS, 1 << 20) < par["leave_returns"][g]
            if p.programme >= 0:
                p.train_end += p.state_end
            return left > SUBSTITUTE_DAYS * DAY / MONTH / 2
        u -= o
    return False


def _substitutes(w: World, absent: list[Person]) -> None:
    """Let some of the newest staff of a cell be substitutes for those who are away."""
    newest: dict[int, list[Person]] = {}
    for p in w.people:
        if p.state == ACTIVE and p.programme < 0 and -p.hired < SUBSTITUTE_TENURE_MONTHS * MONTH:
            newest.setdefault(p.cell, []).append(p)
    for pool in newest.values():
        pool.sort(key=lambda q: (q.hired, q.key))
    for p in absent:
        if uniform(p.key, clocks.SUBSTITUTE, 1 << 20) >= w.par["substitute_share"][w.group_of[p.cell]]:
            continue
        post = Post(join(p.key, 0), p.cell, p.grade, SUBSTITUTE, -1)
        post.absent = p
        w.posts.append(post)
        w.substitute_of[p.key] = post
        pool = newest.get(p.cell, [])
        if pool and uniform(p.key, clocks.SUBSTITUTE, (1 << 20) + 1) < SUBSTITUTE_FILLED:
            holder = pool.pop()
            holder.temporary, holder.post, post.holder, post.grade = True, post, holder, holder.grade
        else:
            advertise(w, post, 0)


def _permanent_post(w: World, p: Person) -> None:
    if p.post is None:
        post = Post(join(p.key, name_key("tjänst")), p.cell, p.grade, PERMANENT, -1)
        post.holder, p.post = p, post
        w.posts.append(post)
        w.add(ESTABLISHED, p.cell, p.grade, 0)


def _notice(w: World, p: Person) -> None:
    """Draw whether a person has already given notice, with a uniform place in the notice time."""
    months = w.t.notice_long_months if -p.hired >= w.t.notice_long_after_months * MONTH else w.t.notice_short_months
    u = uniform(p.key, clocks.START_NOTICE, 1)
    at = max(1, int(uniform(p.key, clocks.START_NOTICE, 2) * months * MONTH))
    rate = hazard(w, p, clocks.RESIGN, 0)
    if u * (1.0 + rate * months / 12.0) < rate * months / 12.0:
        agency = uniform(p.key, clocks.ACCEPT_AGENCY, 1 << 20) < w.value("agency_leaver_share", p.cell)
        p.cause, p.notice_end = (TO_AGENCY if agency else EXTERNAL), at
    elif u > exp(-retirement_rate(w, p, 0) * RETIREMENT_NOTICE / YEAR):
        p.cause, p.notice_end = PENSION, max(1, int(uniform(p.key, clocks.START_NOTICE, 3) * RETIREMENT_NOTICE))
    if p.notice_end != NEVER and p.post is not None and p.post.kind == PERMANENT:
        advertise(w, p.post, 0)
        p.post.ripe = int(p.post.ripe * uniform(p.post.key, clocks.START_LEAD, 0))


def _tag_running_blocks(w: World) -> None:
    """Tell which posts of the register belong to measures that already run (and are carried out in this draw)."""
    taken: set[int] = set()
    for block, row in enumerate(w.t.post_blocks):
        if not row.running or w.theta[w.t.carried_out[row.measure]] >= w.theta[w.t.probability[row.measure]] / 100.0:
            continue
        units = running_units(w, block)
        for post in sorted((q for q in w.posts if q.cell == row.cell and q.kind == PERMANENT), key=lambda q: q.key):
            if units <= 0:
                break
            if post.key not in taken:
                taken.add(post.key)
                w.block_posts[block].append(post)
                post.block = block
                units -= post.grade


def running_units(w: World, block: int) -> float:
    """Give the size of a block of posts that a measure in operation has in the register (1/200 FTE)."""
    amounts = (w.theta[e.amount] * 200.0 for e in w.t.effects if e.quantity == "post_fte" and e.places == (block,))
    return max(amounts, default=0.0)


def _working_on(w: World) -> None:
    """Pre-load the retired who work on by the hour: yearly flow × time, each with a uniform rest of it."""
    for g, cells in enumerate(w.group_cells):
        months = w.par["works_on_months"][g]
        expected = w.inputs.arrivals_parts[g][1] * w.par["works_on_share"][g] * months / 12.0
        until = list(accumulate(w.t.initial_employees[c] for c in cells))
        stream = w.stream("arbetar vidare", w.t.groups[g])
        for seat in range(int(expected) + 1):
            key = join(stream, seat)
            if uniform(key, clocks.SEAT, 0) < expected - seat:
                cell = cells[bisect_right(until, int(uniform(key, clocks.PLACED, 0) * until[-1]))]
                p = Person(key, cell, -int(w.inputs.retire_norm[0] * YEAR), 0, 0)
                p.state, p.state_end = HOURLY, max(1, int(uniform(key, clocks.START_TIME, 0) * months * MONTH))
                w.people.append(p)
                w.show(p, 0)


def _at_agencies(w: World) -> None:
    """Pre-load the former staff at agencies: yearly flow × time there, each with its residual time.

    The time is karens plus an exponential; met at a random moment it is in karens with probability karens/mean.
    """
    for g, cells in enumerate(w.group_cells):
        karens = w.value("agency_quarantine_months", g)
        mean = karens + RETURN_MONTHS
        external, pension = w.inputs.arrivals_parts[g][0], w.inputs.arrivals_parts[g][1]
        retired = pension * (1.0 - w.par["works_on_share"][g]) * w.par["retired_to_agency"][g]
        resigned = external * w.par["to_agency_share"][g]
        expected = (resigned + retired) * mean / 12.0
        stream = w.stream("hyrbolag", w.t.groups[g])
        for seat in range(int(expected) + 1):
            key = join(stream, seat)
            if uniform(key, clocks.SEAT, 0) >= expected - seat:
                continue
            p = Person(key, cells[seat % len(cells)], -hire_age(w, g, key), 0, 0)
            share = w.par["agency_return_share"][g] * resigned / (resigned + retired)
            p.returns = uniform(key, clocks.AGENCY_RETURNS, 1 << 20) < share
            u = uniform(key, clocks.START_TIME, 0)
            left = karens * u if uniform(key, clocks.START_POSITION, 0) < karens / mean else RETURN_MONTHS * exponential(u)
            p.state, p.state_end = AGENCY, max(1, int(left * MONTH))
            w.people.append(p)
            w.agency_pool[g] += 1
    w.agency_pool_start = list(w.agency_pool)


def _vacancies(w: World) -> None:
    """Create the vacant posts of the start; recruitments in progress have residual times."""
    for g, cells in enumerate(w.group_cells):
        posts: list[Post] = []
        for c in cells:
            left, n = w.t.vacant_units[c], 0
            while left > 0:
                grade = min(200, left)
                post = Post(join(w.root, name_key("vakans", *w.t.cells[c], n)), c, grade, PERMANENT, -1)
                posts.append(post)
                w.add(ESTABLISHED, c, grade, 0)
                w.add(VACANT, c, grade, 0)
                left, n = left - grade, n + 1
        w.posts += posts
        if not posts:
            continue
        pending = min(0.9, w.inputs.arrivals_parts[g][8] * w.par["notice_months"][g] / 12.0 / len(posts))
        for post in sorted(posts, key=lambda q: q.key):
            if uniform(post.key, clocks.START_STATE, 0) < pending:
                key = join(post.key, name_key("på väg"))
                novice = uniform(key, clocks.NOVICE, 0) < w.par["novice_share"][g]
                whole = 2.0 * w.par["notice_months"][g] * sqrt(uniform(key, clocks.START_NOTICE, 0))  # length-biased
                months = whole * uniform(key, clocks.START_TIME, 0)
                hire(w, Applicant(key, g, WEEK, hire_age(w, g, key), novice, months, None), post, 0)
                w.hires_cost[post.cell] -= 1
            else:
                advertise(w, post, 0)
                post.ripe = int(post.ripe * uniform(post.key, clocks.START_LEAD, 0))
