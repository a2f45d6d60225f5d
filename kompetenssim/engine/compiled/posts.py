"""Posts: what the weekly tick does about notices, vacated posts, substitutes and measures' posts (step 2)."""

from __future__ import annotations

from kompetenssim.engine.compiled.life import leave, take_post
from kompetenssim.engine.compiled.names import F_PERMANENT, L_ESTABLISHED, L_FROZEN, L_VACANT
from kompetenssim.engine.compiled.records import PACE, add_level, count_stock, employed, reschedule, stop_full, value
from kompetenssim.engine.compiled.sorting import order_by_key
from kompetenssim.engine.compiled.state import (
    ABSENT,
    ADVERTISED,
    AWAY,
    BLOCK,
    BLOCK_BEFORE,
    CAUSE,
    CELL,
    CELL_NEXT,
    FIRST_OPEN,
    FIRST_POST,
    GOES_ON,
    GRADE_UNITS,
    GROUP,
    HOLDER,
    IS_FROZEN,
    IS_OPEN,
    KIND,
    NOTICE_END,
    NOTICED,
    OPEN_BEFORE,
    OPEN_NEXT,
    PENDING_HOLDER,
    POST,
    POST_CELL,
    POST_GRADE,
    POSTS,
    PROGRAMME,
    RETURNED,
    RIPE,
    STAND_IN,
    STATE,
    STATE_END,
    TEMPORARY,
    TRAIN_START,
    VACANCIES,
    VACATED,
    WITHDRAWN,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import BLOCK_CELL, Tables
from kompetenssim.engine.people import FIXED_TERM, OTHER
from kompetenssim.engine.world import ACTIVE, EXTRA, GONE, PENDING, PERMANENT, SUBSTITUTE
from kompetenssim.model.calendar import MONTH, WEEK
from kompetenssim.model.clocks import LEAD_TIME, NEVER
from kompetenssim.model.distributions import lognormal
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import G_LEAD_SIGMA, G_LEAD_WEEKS, Q_LEAD_TIME_FACTOR, Q_POST_FTE


def make_post(w: World, key: int, c: int, grade: int, kind: int, block: int) -> int:
    """Make a record for a post."""
    j = w.n[POSTS]
    if j + 1 >= w.post.shape[0]:
        stop_full(w)
    else:
        w.n[POSTS] = j + 1
    w.post_key[j] = key
    q = w.post
    q[j, POST_CELL], q[j, POST_GRADE], q[j, KIND], q[j, BLOCK] = c, grade, kind, block
    q[j, HOLDER], q[j, PENDING_HOLDER], q[j, ABSENT] = -1, -1, -1
    q[j, ADVERTISED], q[j, WITHDRAWN], q[j, RIPE], q[j, VACANCIES] = 0, 0, NEVER, 0
    q[j, IS_OPEN], q[j, OPEN_NEXT], q[j, OPEN_BEFORE], q[j, BLOCK_BEFORE] = 0, -1, -1, -1
    if w.status[0] == GOES_ON:
        q[j, CELL_NEXT] = w.cell[c, FIRST_POST]
        w.cell[c, FIRST_POST] = j
    return j  # type: ignore[no-any-return]  # an int


def new_post(w: World, key: int, c: int, grade: int, kind: int, block: int, now: int) -> int:
    """Create a post; a permanent one counts as established and vacant until it is filled."""
    if kind != SUBSTITUTE:
        add_level(w, L_ESTABLISHED, c, grade, now)
        add_level(w, L_VACANT, c, grade, now)
    return make_post(w, key, c, grade, kind, block)


def open_post(w: World, j: int) -> None:
    """Put a post on its group's list of open ones."""
    if w.post[j, IS_OPEN] != 0 or w.status[0] != GOES_ON:
        return
    g = w.cell[w.post[j, POST_CELL], GROUP]
    first = w.group[g, FIRST_OPEN]
    w.post[j, IS_OPEN], w.post[j, OPEN_NEXT], w.post[j, OPEN_BEFORE] = 1, first, -1
    if first >= 0:
        w.post[first, OPEN_BEFORE] = j
    w.group[g, FIRST_OPEN] = j


def close_post(w: World, j: int) -> None:
    """Take a post off its group's list of open ones."""
    if w.post[j, IS_OPEN] == 0:
        return
    g = w.cell[w.post[j, POST_CELL], GROUP]
    before, following = w.post[j, OPEN_BEFORE], w.post[j, OPEN_NEXT]
    if before >= 0:
        w.post[before, OPEN_NEXT] = following
    else:
        w.group[g, FIRST_OPEN] = following
    if following >= 0:
        w.post[following, OPEN_BEFORE] = before
    w.post[j, IS_OPEN] = 0


def advertise(w: World, j: int, now: int) -> None:
    """Open the recruitment of a post: nobody may accept it before its lead time has passed."""
    q = w.post
    if q[j, ADVERTISED] != 0 or q[j, WITHDRAWN] != 0 or q[j, PENDING_HOLDER] >= 0:
        return
    g = w.cell[q[j, POST_CELL], GROUP]
    q[j, VACANCIES] += 1
    u = uniform(w.post_key[j], LEAD_TIME, q[j, VACANCIES])
    weeks = lognormal(u, max(0.01, w.par[G_LEAD_WEEKS, g]), w.par[G_LEAD_SIGMA, g])
    q[j, RIPE] = now + int(weeks * value(w, Q_LEAD_TIME_FACTOR, g) * WEEK)
    q[j, ADVERTISED] = 1
    open_post(w, j)


def withdraw(w: World, j: int, now: int) -> None:
    """Take a vacant post away."""
    q = w.post
    q[j, WITHDRAWN], q[j, ADVERTISED] = 1, 0
    close_post(w, j)
    if q[j, KIND] != SUBSTITUTE:
        add_level(w, L_ESTABLISHED, q[j, POST_CELL], -q[j, POST_GRADE], now)
        add_level(w, L_VACANT, q[j, POST_CELL], -q[j, POST_GRADE], now)


def settle_posts(w: World, t: Tables, r: Rest, now: int) -> None:
    """Do what the week's notices ask for (step 2)."""
    q = w.post
    for k in range(w.noted[NOTICED]):
        j = w.notes[NOTICED, k, 0]
        if q[j, HOLDER] >= 0 and q[j, KIND] == PERMANENT:
            advertise(w, j, now)
    w.noted[NOTICED] = 0
    for k in range(w.noted[VACATED]):
        j, leaver = w.notes[VACATED, k, 0], w.notes[VACATED, k, 1]
        if q[j, HOLDER] != leaver:
            continue
        q[j, HOLDER] = -1
        if q[j, KIND] == SUBSTITUTE:
            if q[j, ABSENT] >= 0 and w.person[q[j, ABSENT], STAND_IN] == j:
                advertise(w, j, now)
        elif q[j, KIND] == EXTRA or q[j, WITHDRAWN] != 0:
            q[j, WITHDRAWN] = 0
            withdraw(w, j, now)
        else:
            advertise(w, j, now)
    w.noted[VACATED] = 0
    end_substitutes(w, r, now)
    open_substitutes(w, now)
    for block in range(t.blocks.shape[0]):
        fit_block(w, t, r, block, now)


def settle_freeze(w: World, now: int) -> None:
    """Count as frozen the vacant posts, not yet accepted by anybody, of cells to which nobody is hired."""
    for c in range(w.cell.shape[0]):
        if w.cell[c, IS_FROZEN] == 0 and w.level[c, L_FROZEN] == 0:
            continue
        units = 0
        if w.cell[c, IS_FROZEN] != 0:
            j = w.group[w.cell[c, GROUP], FIRST_OPEN]
            while j >= 0:
                if w.post[j, POST_CELL] == c and w.post[j, HOLDER] < 0 and w.post[j, KIND] != SUBSTITUTE:
                    units += w.post[j, POST_GRADE]
                j = w.post[j, OPEN_NEXT]
        add_level(w, L_FROZEN, c, units - w.level[c, L_FROZEN], now)


def open_substitutes(w: World, now: int) -> None:
    """Open fixed-term posts for those who will be away for long."""
    p = w.person
    for k in range(w.noted[AWAY]):
        i, since = w.notes[AWAY, k, 0], w.notes[AWAY, k, 1]
        if employed(p[i, STATE]) and (p[i, STATE] != ACTIVE or p[i, PROGRAMME] >= 0) and p[i, STAND_IN] < 0:
            away = 1.0
            if p[i, STATE] == ACTIVE:
                away = w.theta[w.programme[p[i, PROGRAMME], PACE]] / 100.0
            j = new_post(w, join(w.person_key[i], since), p[i, CELL], max(1, int(p[i, GRADE_UNITS] * away)), SUBSTITUTE, -1, now)
            w.post[j, ABSENT] = i
            p[i, STAND_IN] = j
            advertise(w, j, now)
    w.noted[AWAY] = 0


def end_substitutes(w: World, r: Rest, now: int) -> None:
    """End the fixed-term posts of those who are back or gone; the holder takes a vacant post of the cell if there is one."""
    p, q = w.person, w.post
    number = order_by_key(w, r, RETURNED)
    for k in range(number):
        i = r.list[k]
        j = p[i, STAND_IN]
        if j < 0 or (
            employed(p[i, STATE]) and p[i, PROGRAMME] >= 0 and w.post_key[j] == join(w.person_key[i], p[i, TRAIN_START])
        ):
            continue  # nobody, or the backfill of a training that goes on after the leave
        p[i, STAND_IN] = -1
        q[j, ABSENT], q[j, WITHDRAWN], q[j, ADVERTISED] = -1, 1, 0
        close_post(w, j)
        someone = q[j, HOLDER] if q[j, HOLDER] >= 0 else q[j, PENDING_HOLDER]
        q[j, HOLDER], q[j, PENDING_HOLDER] = -1, -1
        if someone >= 0 and p[someone, STATE] != GONE:
            vacant = free_post(w, q[j, POST_CELL])
            p[someone, POST] = vacant
            if vacant >= 0:
                take_free_post(w, someone, vacant, now)
            elif p[someone, STATE] == PENDING:
                p[someone, STATE], p[someone, STATE_END] = GONE, NEVER
                reschedule(w, someone)
            else:
                leave(w, someone, now, FIXED_TERM)
                reschedule(w, someone)
    w.noted[RETURNED] = 0


def take_free_post(w: World, i: int, j: int, now: int) -> None:
    """Give a person a permanent post in its own cell."""
    close_post(w, j)
    if w.person[i, STATE] == PENDING:
        w.post[j, PENDING_HOLDER], w.post[j, ADVERTISED] = i, 0
    else:
        if w.person[i, TEMPORARY] != 0:
            count_stock(w, F_PERMANENT, w.person[i, CELL], now, 1)
        take_post(w, i, now)
    w.person[i, TEMPORARY] = 0


def free_post(w: World, c: int) -> int:
    """Give the vacant permanent post of a cell with the lowest key, or -1."""
    found = -1
    j = w.group[w.cell[c, GROUP], FIRST_OPEN]
    while j >= 0:
        if (
            w.post[j, POST_CELL] == c and w.post[j, HOLDER] < 0 and w.post[j, KIND] == PERMANENT
            and (found < 0 or w.post_key[j] < w.post_key[found])
        ):  # fmt: skip
            found = j
        j = w.post[j, OPEN_NEXT]
    return found


def fit_block(w: World, t: Tables, r: Rest, block: int, now: int) -> None:
    """Create or withdraw posts of a measure until they are as many as its inputs say."""
    c = t.blocks[block, BLOCK_CELL]
    difference = round(value(w, Q_POST_FTE, block) * 200.0) - r.block_units[block]
    while difference > 0:
        grade = min(200, difference)
        stream = join(r.root[0], t.block_names[block])
        j = new_post(w, join(stream, r.block_count[block]), c, grade, PERMANENT, block, now)
        to_block(w, r, block, j)
        r.block_units[block] += grade
        difference -= grade
        advertise(w, j, now)
    while difference < 0:
        gone = withdraw_one(w, r, block, c, -2 * difference, now)
        if gone == 0:
            break
        r.block_units[block] -= gone
        difference += gone


def to_block(w: World, r: Rest, block: int, j: int) -> None:
    """Put a post on the list of a measure's posts."""
    if w.status[0] == GOES_ON:
        w.post[j, BLOCK_BEFORE] = r.block_last[block]
        r.block_last[block] = j
        r.block_count[block] += 1


def withdraw_one(w: World, r: Rest, block: int, c: int, most: int, now: int) -> int:
    """Withdraw one post of a block (grade at most `most`), vacant ones first; a holder gets notice and the post goes along."""
    own = r.block_count[block] > 0
    j = withdrawable(w, r, block, c, most, own, True)
    if j >= 0:
        withdraw(w, j, now)
        return w.post[j, POST_GRADE]  # type: ignore[no-any-return]  # an int
    j = withdrawable(w, r, block, c, most, own, False)
    if j < 0:
        return 0
    w.post[j, WITHDRAWN], w.post[j, ADVERTISED] = 1, 0
    close_post(w, j)
    i = w.post[j, HOLDER]
    if w.person[i, NOTICE_END] == NEVER:
        w.person[i, CAUSE] = OTHER
        w.person[i, NOTICE_END] = now + int(w.notice_months[1] * MONTH)
        reschedule(w, i)
    return w.post[j, POST_GRADE]  # type: ignore[no-any-return]  # an int


def withdrawable(w: World, r: Rest, block: int, c: int, most: int, own: bool, vacant: bool) -> int:
    """Find the post to withdraw: the last of the block, or of a cell's permanent posts that with the highest key; -1 if none."""
    found = -1
    j = r.block_last[block] if own else w.cell[c, FIRST_POST]
    while j >= 0:
        fits = w.post[j, WITHDRAWN] == 0 and w.post[j, POST_GRADE] <= most and (own or w.post[j, KIND] == PERMANENT)
        holder = w.post[j, HOLDER]
        if vacant:
            fits = fits and holder < 0 and w.post[j, PENDING_HOLDER] < 0
        else:
            fits = fits and holder >= 0 and w.post[j, PENDING_HOLDER] < 0 and employed(w.person[max(0, holder), STATE])
        if fits:
            if own:
                return j  # type: ignore[no-any-return]  # an int
            if found < 0 or w.post_key[j] > w.post_key[found]:
                found = j
        j = w.post[j, BLOCK_BEFORE] if own else w.post[j, CELL_NEXT]
    return found
