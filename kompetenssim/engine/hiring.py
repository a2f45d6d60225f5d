"""Posts, vacancies and applicants: what the weekly tick does about who works where (steps 2 and 3)."""

from __future__ import annotations

from math import log

from kompetenssim.engine.people import FIXED_TERM, OTHER, begin_work, fill, grade_at, leave, move_retirement, open_strips, set_due
from kompetenssim.engine.stops import too_many_applicants
from kompetenssim.engine.world import (
    ACTIVE,
    EMPLOYED,
    ESTABLISHED,
    EXTRA,
    FROZEN,
    GONE,
    PENDING,
    PERMANENT,
    SUBSTITUTE,
    VACANT,
    Applicant,
    Person,
    Post,
    World,
)
from kompetenssim.model import clocks
from kompetenssim.model.calendar import DAY, MONTH, WEEK, YEAR
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.distributions import exponential, lognormal
from kompetenssim.model.keyed import join, name_key, uniform
from kompetenssim.model.rules import applicant_rate, pay_multiplier

MOST_APPLICANT_STRIPS = 400


# --- posts


def new_post(w: World, key: int, cell: int, grade: int, kind: int, block: int, now: int) -> Post:
    """Create a post; a permanent one counts as established and vacant until it is filled."""
    post = Post(key, cell, grade, kind, block)
    w.posts.append(post)
    if kind != SUBSTITUTE:
        w.add(ESTABLISHED, cell, grade, now)
        w.add(VACANT, cell, grade, now)
    return post


def advertise(w: World, post: Post, now: int) -> None:
    """Open the recruitment of a post: nobody may accept it before its lead time has passed."""
    if post.advertised or post.withdrawn or post.pending is not None:
        return
    g = w.group_of[post.cell]
    post.vacancies += 1
    weeks = lognormal(
        uniform(post.key, clocks.LEAD_TIME, post.vacancies), max(0.01, w.par["lead_weeks"][g]), w.par["lead_sigma"][g]
    )
    post.ripe = now + int(weeks * w.value("lead_time_factor", g) * WEEK)
    post.advertised = True
    w.open[g][post.key] = post


def withdraw(w: World, post: Post, now: int) -> None:
    """Take a vacant post away."""
    post.withdrawn = True
    post.advertised = False
    w.open[w.group_of[post.cell]].pop(post.key, None)
    if post.kind != SUBSTITUTE:
        w.add(ESTABLISHED, post.cell, -post.grade, now)
        w.add(VACANT, post.cell, -post.grade, now)


def settle_posts(w: World, now: int) -> None:
    """Do what the week's notices ask for, in the order of keys (step 2)."""
    for post in sorted(set(w.noticed), key=_key):
        if post.holder is not None and post.kind == PERMANENT:
            advertise(w, post, now)
    w.noticed.clear()
    for post, leaver in sorted(w.vacated, key=lambda pair: pair[0].key):
        if post.holder is not leaver:
            continue
        post.holder = None
        if post.kind == SUBSTITUTE:
            if post.absent is not None and w.substitute_of.get(post.absent.key) is post:
                advertise(w, post, now)
        elif post.kind == EXTRA or post.withdrawn:
            post.withdrawn = False
            withdraw(w, post, now)
        else:
            advertise(w, post, now)
    w.vacated.clear()
    _end_substitutes(w, now)
    _open_substitutes(w, now)
    for block in range(len(w.t.post_blocks)):
        _fit_block(w, block, now)


def settle_freeze(w: World, now: int) -> None:
    """Count as frozen the vacant posts, not yet accepted by anybody, of cells to which nobody is hired."""
    for cell in w.cells:
        if not w.frozen[cell] and w.level[FROZEN][cell] == 0:
            continue
        units = 0
        if w.frozen[cell]:
            for p in w.open[w.group_of[cell]].values():
                if p.cell == cell and p.holder is None and p.kind != SUBSTITUTE:
                    units += p.grade
        w.add(FROZEN, cell, units - w.level[FROZEN][cell], now)


def _key(post: Post) -> int:
    return post.key


def _person_key(p: Person) -> int:
    return p.key


def _open_substitutes(w: World, now: int) -> None:
    for p, since in sorted(w.absent, key=lambda pair: pair[0].key):
        if p.state in EMPLOYED and (p.state != ACTIVE or p.programme >= 0) and p.key not in w.substitute_of:
            away = 1.0 if p.state != ACTIVE else w.theta[w.t.programmes[p.programme].pace] / 100.0
            post = new_post(w, join(p.key, since), p.cell, max(1, int(p.grade * away)), SUBSTITUTE, -1, now)
            post.absent = p
            w.substitute_of[p.key] = post
            advertise(w, post, now)
    w.absent.clear()


def _end_substitutes(w: World, now: int) -> None:
    """End the fixed-term posts of those who are back or gone; the holder takes a vacant post of the cell if there is one."""
    for p in sorted(set(w.returned), key=_person_key):
        post = w.substitute_of.get(p.key)
        if post is None or (p.state in EMPLOYED and p.programme >= 0 and post.key == join(p.key, p.train_start)):
            continue  # nobody, or the backfill of a training that goes on after the leave
        del w.substitute_of[p.key]
        post.absent, post.withdrawn, post.advertised = None, True, False
        w.open[w.group_of[post.cell]].pop(post.key, None)
        someone = post.holder or post.pending
        post.holder = post.pending = None
        if someone is not None and someone.state != GONE:
            vacant = free_post(w, post.cell)
            someone.post = vacant
            if vacant is not None:
                _take(w, someone, vacant, now)
            elif someone.state == PENDING:
                someone.state = GONE
                someone.state_end = NEVER
                set_due(someone)
                w.reschedule(someone)
            else:
                leave(w, someone, now, FIXED_TERM)
                set_due(someone)
                w.reschedule(someone)
    w.returned.clear()


def _take(w: World, p: Person, post: Post, now: int) -> None:
    """Give a person a permanent post in its own cell."""
    w.open[w.group_of[post.cell]].pop(post.key, None)
    if p.state == PENDING:
        post.pending, post.advertised = p, False
    else:
        if p.temporary:
            w.stock("permanent", p.cell, now, 1)
        fill(w, p, now)
    p.temporary = False


def free_post(w: World, cell: int) -> Post | None:
    """Give the vacant permanent post of a cell with the lowest key, or None."""
    found = [
        post for post in w.open[w.group_of[cell]].values() if post.cell == cell and post.holder is None and post.kind == PERMANENT
    ]
    return min(found, key=_key) if found else None


def _fit_block(w: World, block: int, now: int) -> None:
    """Create or withdraw posts of a measure until they are as many as its inputs say."""
    row = w.t.post_blocks[block]
    wanted = round(w.value("post_fte", block) * 200.0)
    difference = wanted - w.block_units[block]
    posts = w.block_posts[block]
    while difference > 0:
        grade = min(200, difference)
        key = join(w.stream("tjänst", w.t.measures[row.measure], *w.t.cells[row.cell]), len(posts))
        post = new_post(w, key, row.cell, grade, PERMANENT, block, now)
        posts.append(post)
        w.block_units[block] += grade
        difference -= grade
        advertise(w, post, now)
    while difference < 0:
        gone = _withdraw_one(w, block, row.cell, -2 * difference, now)
        if gone == 0:
            break
        w.block_units[block] -= gone
        difference += gone


def _withdraw_one(w: World, block: int, cell: int, most: int, now: int) -> int:
    """Withdraw one post of a block (grade at most `most`), vacant ones first; a holder gets notice and the post goes along."""
    candidates = [p for p in w.block_posts[block] if not p.withdrawn and p.grade <= most]
    if not w.block_posts[block]:
        candidates = sorted(
            (p for p in w.posts if p.cell == cell and p.kind == PERMANENT and not p.withdrawn and p.grade <= most), key=_key
        )
    vacant = [p for p in candidates if p.holder is None and p.pending is None]
    if vacant:
        withdraw(w, vacant[-1], now)
        return vacant[-1].grade
    for post in reversed(candidates):
        holder = post.holder
        if holder is not None and holder.state in EMPLOYED and post.pending is None:
            post.withdrawn, post.advertised = True, False
            w.open[w.group_of[post.cell]].pop(post.key, None)
            if holder.notice_end == NEVER:
                holder.cause = OTHER
                holder.notice_end = now + int(w.t.notice_long_months * MONTH)
                set_due(holder)
                w.reschedule(holder)
            return post.grade
    return 0


# --- applicants


def settle_applicants(w: World, now: int) -> None:
    """Move people within the region, then let vacancies and applicants meet (step 3)."""
    _internal_moves(w, now)
    _returning(w, now)
    for g in range(len(w.t.groups)):
        _arrivals(w, g, now)
        w.queue[g] = [a for a in w.queue[g] if a.leaves > now]
        if w.queue[g] and w.open[g]:
            _match(w, g, now)
    settle_freeze(w, now)
    for g, cells in enumerate(w.group_cells):
        established = vacant = 0
        for c in cells:
            established += w.level[ESTABLISHED][c]
            vacant += w.level[VACANT][c] - w.level[FROZEN][c]
        w.vacancy_rate[g] = vacant / established if established > 0 else 0.0


def ripe_posts(w: World, group: int, now: int) -> list[Post]:
    """Give the posts of a group that somebody may accept now, in the order of keys."""
    return [p for _, p in sorted(w.open[group].items()) if p.ripe <= now and not w.frozen[p.cell]]


def _internal_moves(w: World, now: int) -> None:
    for p in sorted(set(w.movers), key=_person_key):
        if p.state != ACTIVE or p.notice_end != NEVER or p.programme >= 0 or p.post is None:
            continue
        best: Post | None = None
        score = utility(w, p.cell) + noise(p.key, p.post.key)
        for post in ripe_posts(w, w.group_of[p.cell], now):
            if post.cell != p.cell and post.kind == PERMANENT and post.holder is None and w.same_field(p.cell, post.cell):
                s = utility(w, post.cell) + noise(p.key, post.key)
                if s > score:
                    best, score = post, s
        if best is not None:
            w.count("moves_out", p.cell, now)
            w.count("moves_in", best.cell, now)
            change_cell(w, p, best, now)
    w.movers.clear()


def change_cell(w: World, p: Person, post: Post, now: int) -> None:
    """Move a person to another post: the old one becomes vacant, the stock follows."""
    old, old_cell = p.post, p.cell
    w.remove(p, now)
    if old is not None:
        old.holder = None
        if old.kind == PERMANENT and not old.withdrawn:
            w.add(VACANT, old.cell, old.grade, now)
            advertise(w, old, now)
        elif old.kind != SUBSTITUTE:
            w.add(VACANT, old.cell, old.grade, now)
            old.withdrawn = False
            withdraw(w, old, now)
    w.open[w.group_of[post.cell]].pop(post.key, None)
    p.cell, p.post = post.cell, post
    p.temporary = post.kind == SUBSTITUTE
    fill(w, p, now)
    move_retirement(w, p, now, old_cell)
    w.enter(p, now, False)
    open_strips(w, p, now)
    w.show(p, now)
    set_due(p)
    w.reschedule(p)


def _returning(w: World, now: int) -> None:
    """Take those whose time at an agency is over out of its staff; some apply again."""
    for p in sorted(set(w.coming_back), key=_person_key):
        g = w.group_of[p.cell]
        w.agency_pool[g] -= 1
        p.state = GONE
        if not p.returns:
            continue
        n = p.occurrence(clocks.PATIENCE)
        leaves = now + int(w.par["patience_weeks"][g] * (0.5 + uniform(p.key, clocks.PATIENCE, n)) * WEEK)
        w.queue[g].append(Applicant(p.key, g, leaves, now - p.birth, False, 1.0, p))
    w.coming_back.clear()


def _arrivals(w: World, g: int, now: int) -> None:
    """Take this week's applicants from the group's thinned stream."""
    month = w.t.calendar.first_month[w.settled]
    season = w.t.group_season[g][int(w.t.months[month][5:]) - 1]
    factor = w.value("arrival_factor", g) * pay_multiplier(w.group_pay[g], w.one["pay_arrival_elasticity"])
    rate = applicant_rate(
        w.value("arrival_rate", g),
        season,
        factor,
        w.one["applicant_response"],
        w.vacancy_rate[g],
        w.inputs.vacancy_start[g],
        w.inputs.arrivals_parts[g][9],
    )
    streams, m = w.applicant_strips[g], w.applicant_width[g]
    if rate > m * MOST_APPLICANT_STRIPS:
        raise too_many_applicants(w.t, g, rate, m * MOST_APPLICANT_STRIPS)
    while rate > m * len(streams):
        key = join(w.stream("sökande", w.t.groups[g]), len(streams))
        streams.append([key, 0, int(exponential(uniform(key, clocks.STREAM_GAP, 0)) / m * YEAR) + 1])
    for strip, stream in enumerate(streams):
        while stream[2] < now:
            key, n, at = stream
            if at >= w.t.calendar.week_start[w.settled] and (strip + uniform(key, clocks.STREAM_MARK, n)) * m < rate:
                w.queue[g].append(_applicant(w, g, join(key, n), at))
            stream[1] = n + 1
            stream[2] = at + int(exponential(uniform(key, clocks.STREAM_GAP, n + 1)) / m * YEAR) + 1


def _applicant(w: World, g: int, key: int, at: int) -> Applicant:
    leaves = at + int(w.par["patience_weeks"][g] * (0.5 + uniform(key, clocks.PATIENCE, 0)) * WEEK) + WEEK
    novice = uniform(key, clocks.NOVICE, 0) < w.par["novice_share"][g]
    start = 2.0 * w.par["notice_months"][g] * uniform(key, clocks.START_NOTICE, 0)
    return Applicant(key, g, leaves, hire_age(w, g, key), novice, start, None)


def hire_age(w: World, g: int, key: int) -> int:
    """Draw the age of somebody hired from outside, in minutes."""
    left = uniform(key, clocks.AGE, 0)
    for low, high, share in w.t.group_hire_ages[g]:
        if left <= share:
            return int((low + (high - low) * left / share) * YEAR)
        left -= share
    return int(w.t.group_hire_ages[g][-1][1] * YEAR)


def utility(w: World, cell: int) -> float:
    """Give how attractive a cell is: pay − workload − distance."""
    g = w.group_of[cell]
    return (
        w.one["utility_pay"] * w.value("pay_relative", cell)
        - w.one["utility_workload"] * (w.workload[cell] - w.inputs.workload_reference[g])
        - w.one["utility_distance"] * w.t.unit_distance_hours[w.unit_of[cell]]
    )


def noise(applicant: int, post: int) -> float:
    """Give the taste of an applicant for a post (standard Gumbel, from both keys)."""
    return -log(-log(uniform(applicant, clocks.MOVED, post)))


def _match(w: World, g: int, now: int) -> None:
    """Take (applicant, vacancy) pairs by falling score, ties by the two keys."""
    posts = ripe_posts(w, g, now)
    if not posts:
        return
    attraction = {c: utility(w, c) for c in {p.cell for p in posts}}
    pairs = sorted(
        (-(attraction[p.cell] + noise(a.key, p.key)), a.key, p.key, i, j)
        for i, a in enumerate(w.queue[g])
        for j, p in enumerate(posts)
    )
    taken_a: set[int] = set()
    taken_p: set[int] = set()
    for _, _, _, i, j in pairs:
        if i not in taken_a and j not in taken_p:
            taken_a.add(i)
            taken_p.add(j)
            hire(w, w.queue[g][i], posts[j], now)
    w.queue[g] = [a for i, a in enumerate(w.queue[g]) if i not in taken_a]


def hire(w: World, a: Applicant, post: Post, now: int) -> None:
    """Let an applicant accept a post: the start comes after the applicant's notice and not before the holder has left."""
    start = now + max(1, int(a.start_months * MONTH))
    if post.holder is not None:
        start = max(start, post.holder.notice_end + 1)
    w.open[a.group].pop(post.key, None)
    post.advertised = False
    w.hires_cost[post.cell] += 1
    p = a.person if a.person is not None else Person(a.key, post.cell, now - a.age, start, post.grade)
    if a.person is None:
        w.people.append(p)
    p.cell = p.contribution_cell = post.cell
    p.grade, p.novice, p.post, p.temporary = post.grade, a.novice, post, post.kind == SUBSTITUTE
    p.state, p.state_end = PENDING, start
    post.pending = p
    set_due(p)
    w.reschedule(p)


def place(w: World, key: int, cell: int, age: int, grade: int, novice: bool, now: int) -> Person:
    """Employ somebody at once on a post of their own (cohorts, training seats filled from outside)."""
    post = free_post(w, cell)
    if post is None:
        post = new_post(w, join(key, name_key("plats")), cell, grade, EXTRA, -1, now)
    w.open[w.group_of[cell]].pop(post.key, None)
    p = Person(key, cell, now - age, now, post.grade)
    p.novice, p.post = novice, post
    w.people.append(p)
    begin_work(w, p, now)
    set_due(p)
    w.reschedule(p)
    return p


def settle_cohorts(w: World, now: int) -> None:
    """Deliver the dated groups of recruits whose day falls in this week."""
    start = w.t.calendar.week_start[w.settled]
    for row in w.t.cohorts:
        if not start <= row.day * DAY < now:
            continue
        if row.measure >= 0 and w.theta[w.t.carried_out[row.measure]] >= w.theta[w.t.probability[row.measure]] / 100.0:
            continue
        cells = w.group_cells[row.group] if row.unit < 0 else [w.cell_at[(row.unit, row.group)]]
        stream = w.stream("kull", row.key)
        for seat in range(round(w.theta[row.seats])):
            key = join(stream, seat)
            w.cohort_cost[cells[0]] += int(w.theta[row.cost] * 100)
            u, success = uniform(key, clocks.SEAT, 0), w.theta[row.success]
            if row.first * success <= u < row.last * success:
                cell = max(cells, key=lambda c: (w.level[VACANT][c], -c)) if len(cells) > 1 else cells[0]
                grade = grade_at(w.t.group_grades[row.group], uniform(key, clocks.GRADE_TARGET, 0))
                p = place(w, key, cell, hire_age(w, row.group, key), grade, False, now)
                p.bond_until = max(p.bond_until, now + int(w.theta[row.bond] * MONTH))
