"""The weekly order of staffing (steps 5 and 6): the twin of `engine.staffing` on records."""

from __future__ import annotations

from kompetenssim.engine.compiled.applicants import same_field
from kompetenssim.engine.compiled.names import L_CONTRACT, L_HEADS, L_HOURLY_MINUTES, L_NOVICE, L_PART_TIME, L_WORK
from kompetenssim.engine.compiled.records import value
from kompetenssim.engine.compiled.state import (
    ACCOUNT_FIRST,
    ACCOUNT_LAST,
    AGENCY_ORE,
    AGENCY_PAID,
    AGENCY_USED,
    AGENCY_WASTED,
    AGENCY_WEEKS,
    AREA,
    BLOCK_BEFORE,
    BOUGHT_ORE,
    CHANGE,
    COMPENSATED_HOURS,
    EASTER,
    EXTRA_MINUTES,
    FLOOR_HOURS,
    FREED,
    GAP,
    GRADE_UNITS,
    GROUP,
    HOLDER,
    HOURLY_STAFF,
    IS_POOL,
    MARK,
    MOVED,
    NEED,
    OVERTIME,
    OVERTIME_0,
    OVERTIME_YEAR,
    OWN,
    OWN_FULL,
    POOL,
    POOL_COST,
    POOL_PREMIUM,
    POOL_WAGE,
    REALISED,
    RELIEF,
    SETTLED,
    SHIFTED,
    SICK_SHARE,
    SICK_SPREAD,
    STAND_IN,
    STATE,
    SUMMER_FOUND,
    SUMMER_STAFF,
    SUMMER_UNITS,
    SUMMER_YEAR,
    SUPERVISING,
    SURPLUS,
    UNIT,
    UNMET,
    WEEK_ROOM,
    WITHDRAWN,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import (
    COST_FACTOR,
    FREE_FREED,
    FREE_GIVER,
    FREE_RECEIVER,
    FREE_SHARE,
    FREED_BY,
    GIVER,
    PAID_WHEN_IDLE,
    POOL_PREMIUM_SEK,
    RECEIVER,
    SHIFT_BUDGET,
    SHIFT_CAP,
    SHIFT_POSTS,
    SHIFT_STEP,
    Tables,
)
from kompetenssim.engine.derived import HOLIDAY_WEEKS
from kompetenssim.engine.staffing import AGENCY_WEEK, MOST_AWAY, POOL_WEEK
from kompetenssim.engine.world import ACTIVE
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.clocks import SEAT, SHORT_SICK
from kompetenssim.model.distributions import normal_quantile
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import (
    ONE_BOUGHT_CARE_SEK,
    ONE_CLOSED_BOUGHT,
    ONE_CLOSED_OTHER_UNIT,
    ONE_EXTRA_SHIFT_SHARE,
    ONE_POOL_PROTECTED,
    ONE_REDISTRIBUTION_SHARE,
    ONE_STEP_HOURS,
    Q_AGENCY_PRODUCTIVITY,
    Q_BUDGET_LEFT,
    Q_CLOSED_SHARE,
    Q_COMPENSATORY_REST,
    Q_DUTY_HOURS,
    Q_EFFICIENCY,
    Q_EFFICIENCY_GROSS,
    Q_EFFICIENCY_OVERTIME,
    Q_EXTRA_HOURS_SHARE,
    Q_EXTRA_SHIFT_FACTOR,
    Q_FULL_TIME_HOURS,
    Q_INTRO_TIME,
    Q_MISMATCH,
    Q_NEED_EXTRA_HOURS,
    Q_NEED_FACTOR,
    Q_NEED_HOURS,
    Q_NEED_SUM,
    Q_NEED_YEAR,
    Q_ON_COST,
    Q_OVERTIME_4_WEEKS,
    Q_OVERTIME_PRACTICE,
    Q_OVERTIME_YEAR,
    Q_PAY,
    Q_POOL_HOURS,
    Q_PRESENCE,
    Q_PRESENCE_SUMMER_SHIFT,
    Q_SHIFT_HANDED,
    Q_SHIFT_PLANNED_HOURS,
    Q_SHIFT_REALISED,
    Q_SHIFT_TRAINED,
    Q_SHORT_SICK,
    Q_USED_TIME,
)
from kompetenssim.model.rules import (
    HOURS_PER_MONTH,
    SUMMER_PRODUCTIVITY,
    SUMMER_SUCCESS,
    SUMMER_WEEKS,
    need_minutes,
    own_minutes,
    short_sick_share,
)

INLINED = ("season_of", "presence_in", "need_of", "need_minutes", "own_minutes", "short_sick_share")


def season_of(w: World, t: Tables, c: int, week: int) -> float:
    """Give the need profile of a cell in a week of the run; the week of Easter may have its own factor."""
    if t.easter_weeks[week] != 0 and w.cell_number[c, EASTER] > 0.0:
        return w.cell_number[c, EASTER]  # type: ignore[no-any-return]  # a float
    return t.season[c, t.week_number[week] - 1]  # type: ignore[no-any-return]  # a float


def presence_in(w: World, t: Tables, c: int, week: int) -> float:
    """Give a cell's presence in a week: level × profile, with summer leave moved out of weeks 25–33 where it is paid for."""
    number = t.week_number[week]
    profile = t.presence_season[number - 1]
    change = 1.0 - profile if HOLIDAY_WEEKS[0] <= number <= HOLIDAY_WEEKS[1] else -t.holiday_loss[0]
    share = value(w, Q_PRESENCE, c) * (profile + value(w, Q_PRESENCE_SUMMER_SHIFT, c) * change)
    return share if share < 1.0 else 1.0


def need_of(w: World, t: Tables, c: int, week: int, days: int, closed: float) -> int:
    """Give the need of a cell in a week before structural shift, with a share of it closed."""
    return need_minutes(
        value(w, Q_NEED_HOURS, c), value(w, Q_NEED_FACTOR, c), value(w, Q_NEED_SUM, c), value(w, Q_NEED_YEAR, c),
        season_of(w, t, c, week), value(w, Q_NEED_EXTRA_HOURS, c), value(w, Q_DUTY_HOURS, c), value(w, Q_EFFICIENCY, c),
        max(0.0, value(w, Q_MISMATCH, c)), closed, w.cell_number[c, FLOOR_HOURS], days,
    )  # fmt: skip


def settle_staffing(w: World, t: Tables, r: Rest, days: int) -> None:
    """Cover the need of the settled week in the configured order; the accounts stand in the cells."""
    week, n, cell = w.n[SETTLED], w.cell.shape[0], w.cell
    closing = False
    for c in range(n):
        for k in range(ACCOUNT_FIRST, ACCOUNT_LAST + 1):
            cell[c, k] = 0
        closed = value(w, Q_CLOSED_SHARE, c)
        cell[c, NEED] = need_of(w, t, c, week, days, closed)
        cell[c, CHANGE] = cell[c, NEED]
        r.lost[c] = 0
        if closed > 0.0:
            r.lost[c] = need_of(w, t, c, week, days, 0.0) - cell[c, NEED]
            closing = closing or r.lost[c] != 0
    if closing:
        pass_on(w, t, r)
    structural_shift(w, t, r, days)
    for c in range(n):
        cell[c, CHANGE] = cell[c, NEED] - cell[c, CHANGE]
        gross = value(w, Q_EFFICIENCY_GROSS, c)
        if gross > 0.0:
            net = value(w, Q_EFFICIENCY, c)
            cell[c, FREED] += int(gross * cell[c, NEED])
            cell[c, REALISED] += int(net * cell[c, NEED] / max(0.05, 1.0 - net))
    own_supply(w, t, r, week, days)
    for k in range(t.planned_order.shape[0]):
        step = t.planned_order[k]
        if step == 0:
            use_substitutes(w)
        elif step == 1:
            redistribute(w, t, r)
        elif step == 2:
            lend_pools(w, t, r, days)
        else:
            use_agency(w, r, days)
    for c in range(n):
        cell[c, WEEK_ROOM] = practice_room(w, c, r.done[c, L_HEADS] // (1440 * days)) if cell[c, GAP] > 0 else 0
    for k in range(t.acute_order.shape[0]):
        step = t.acute_order[k]
        if step == 0:
            free_shift(w, t)
        else:
            work_more(w, r, step)
    for c in range(n):
        saved = value(w, Q_EFFICIENCY_OVERTIME, c)
        if saved > 0.0 and cell[c, OVERTIME] > 0:
            cut = min(cell[c, OVERTIME], int(saved * cell[c, NEED]))
            cell[c, OVERTIME] -= cut
            cell[c, NEED] -= cut
            cell[c, EXTRA_MINUTES] = min(cell[c, EXTRA_MINUTES], cell[c, OVERTIME])
        cell[c, UNMET] = cell[c, GAP]
        cell[c, OVERTIME_0 + week % 4] = cell[c, OVERTIME]
        cell[c, OVERTIME_YEAR] += cell[c, OVERTIME]


def pass_on(w: World, t: Tables, r: Rest) -> None:
    """Pass the need of closed beds on: part to sister units, part to bought care, the rest is put off (`stangd_vardplats`)."""
    cell = w.cell
    for c in range(cell.shape[0]):
        minutes = r.lost[c]
        if minutes <= 0:
            continue
        number = 0
        for at in range(t.sister_from[c], t.sister_from[c + 1]):
            if cell[t.sisters[at], NEED] > 0:
                r.list[number] = t.sisters[at]
                number += 1
        if number == 0:
            g = cell[c, GROUP]
            for at in range(t.group_from[g], t.group_from[g + 1]):
                s = t.group_cells[at]
                if s != c and cell[s, NEED] > 0 and cell[s, AREA] == cell[c, AREA]:
                    r.list[number] = s
                    number += 1
        total = 0
        for k in range(number):
            r.later[k] = cell[r.list[k], NEED]
            total += r.later[k]
        moved = int(minutes * w.one[ONE_CLOSED_OTHER_UNIT])
        for k in range(number):
            cell[r.list[k], NEED] += moved * r.later[k] // total
        cell[c, BOUGHT_ORE] = int(minutes * w.one[ONE_CLOSED_BOUGHT] / 60.0 * w.one[ONE_BOUGHT_CARE_SEK] * 100.0)


def structural_shift(w: World, t: Tables, r: Rest, days: int) -> None:
    """Move tasks between groups: the least of supplied, trained and handed over, in steps that a schedule can take out."""
    cell = w.cell
    shiftable(w, t, r, days)
    for k in range(t.shifts.shape[0]):
        giver, gross = t.shifts[k, GIVER], r.shift_gross[k]
        net = int(gross * value(w, Q_SHIFT_REALISED, k))
        hours = w.theta[t.shifts[k, SHIFT_STEP]] if t.shifts[k, SHIFT_STEP] >= 0 else w.one[ONE_STEP_HOURS]
        step = int(hours * 60.0 * days / 7.0)
        taken = net // step * step if step > 0 else net
        floor = int((w.cell_number[giver, FLOOR_HOURS] + value(w, Q_DUTY_HOURS, giver)) * 60.0 * days / 7.0)
        taken = min(taken, max(0, cell[giver, NEED] - floor))
        cell[giver, NEED] -= taken
        cell[t.shifts[k, RECEIVER], NEED] += int(taken / w.theta[t.shifts[k, FREED_BY]])
        cell[giver, FREED] += int(gross)
        cell[giver, REALISED] += taken
        cell[giver, RELIEF] += net - taken


def shiftable(w: World, t: Tables, r: Rest, days: int) -> None:
    """Set the minutes that each shift frees; those of one hour budget are all reduced alike to what is left of it."""
    for b in range(r.budget_claimed.shape[0]):
        r.budget_claimed[b] = 0.0
    for k in range(t.shifts.shape[0]):
        supplied = value(w, Q_SHIFT_PLANNED_HOURS, k) * 60.0 * days / 7.0
        if t.shifts[k, SHIFT_POSTS] >= 0:
            supplied += block_minutes(w, r, t.shifts[k, SHIFT_POSTS], t.shifts[k, RECEIVER], days)
        ready = min(value(w, Q_SHIFT_TRAINED, k), value(w, Q_SHIFT_HANDED, k))
        stage = min(1.0, ready)
        most = w.cell[t.shifts[k, GIVER], NEED] * w.theta[t.shifts[k, SHIFT_CAP]] / 100.0
        r.shift_gross[k] = min(supplied * stage * w.theta[t.shifts[k, FREED_BY]], most)
        if t.shifts[k, SHIFT_BUDGET] >= 0:
            r.budget_claimed[t.shifts[k, SHIFT_BUDGET]] += r.shift_gross[k]
    for k in range(t.shifts.shape[0]):
        b = t.shifts[k, SHIFT_BUDGET]
        if b >= 0:
            room = w.cell[t.shifts[k, GIVER], NEED] * value(w, Q_BUDGET_LEFT, b)
            if r.budget_claimed[b] > room:
                r.shift_gross[k] = r.shift_gross[k] * (room / r.budget_claimed[b])


def block_minutes(w: World, r: Rest, block: int, c: int, days: int) -> float:
    """Give the minutes a week that the holders of a measure's posts, or those who stand in for them, deliver."""
    units, p, j = 0, w.person, r.block_last[block]
    while j >= 0:
        i = w.post[j, HOLDER]
        if i >= 0 and p[i, STATE] != ACTIVE and p[i, STAND_IN] >= 0:
            i = w.post[p[i, STAND_IN], HOLDER]
        if i >= 0 and p[i, STATE] == ACTIVE and w.post[j, WITHDRAWN] == 0:
            units += p[i, GRADE_UNITS]
        j = w.post[j, BLOCK_BEFORE]
    return units / 200.0 * value(w, Q_FULL_TIME_HOURS, c) * 60.0 * value(w, Q_PRESENCE, c) * days / 7.0


def own_supply(w: World, t: Tables, r: Rest, week: int, days: int) -> None:
    """Set what own staff, hourly staff and summer substitutes of every cell deliver in the settled week."""
    number, cell = t.week_number[week], w.cell
    summer = SUMMER_WEEKS[0] <= number <= SUMMER_WEEKS[1]
    for c in range(cell.shape[0]):
        heads = (r.done[c, L_HEADS] + 5040) // (1440 * days)
        z = normal_quantile(uniform(r.cell_key[c], SHORT_SICK, week))
        sick = short_sick_share(value(w, Q_SHORT_SICK, c), w.cell_number[c, SICK_SPREAD], heads, z)
        w.cell_number[c, SICK_SHARE] = sick
        contracted = r.done[c, L_CONTRACT]
        novice = r.done[c, L_NOVICE] / contracted if contracted > 0 else 0.0
        away = value(w, Q_USED_TIME, c) + value(w, Q_INTRO_TIME, c) * novice + value(w, Q_COMPENSATORY_REST, c)
        away = min(away, MOST_AWAY)
        full = value(w, Q_FULL_TIME_HOURS, c)
        own = own_minutes(r.done[c, L_WORK], full, presence_in(w, t, c, week), sick, away, cell[c, SUPERVISING])
        own -= int(w.cell_number[c, COMPENSATED_HOURS] * 60.0 * days / 7.0)
        cell[c, OWN_FULL] = own if own > 0 else 0
        if summer and cell[c, SUMMER_UNITS] != 0:
            fte = summer_units(w, t, r, c, week, cell[c, SUMMER_UNITS]) / 200.0
            cell[c, SUMMER_STAFF] = int(fte * full * 60.0 * SUMMER_PRODUCTIVITY * days / 7.0)
        cell[c, HOURLY_STAFF] = r.done[c, L_HOURLY_MINUTES] // WEEK
        cell[c, OWN] = min(cell[c, NEED], cell[c, OWN_FULL])
        cell[c, SURPLUS] = cell[c, OWN_FULL] - cell[c, OWN]
        cell[c, GAP] = cell[c, NEED] - cell[c, OWN]


def summer_units(w: World, t: Tables, r: Rest, c: int, week: int, units: int) -> int:
    """Give summer substitutes who came this year: each seat (1 FTE) with its own uniform."""
    year = t.week_year[week]
    if w.cell[c, SUMMER_YEAR] != year:
        stream = join(r.cell_key[c], year)
        found, left, seat = 0, units, 0
        while left > 0:
            part = min(200, left)
            if uniform(stream, SEAT, seat) < SUMMER_SUCCESS:
                found += part
            left -= part
            seat += 1
        w.cell[c, SUMMER_YEAR], w.cell[c, SUMMER_FOUND] = year, found
    return w.cell[c, SUMMER_FOUND]  # type: ignore[no-any-return]  # an int


# --- planned stage


def use_substitutes(w: World) -> None:
    """Use summer substitutes and hourly staff (retired who work on); they count as own."""
    cell = w.cell
    for c in range(cell.shape[0]):
        take = min(cell[c, GAP], cell[c, SUMMER_STAFF] + cell[c, HOURLY_STAFF])
        if take > 0:
            cell[c, OWN] += take
            cell[c, GAP] -= take


def most_short(w: World) -> int:
    """Give the marked cell with the largest gap/need, ties by cell, and unmark it; -1 if none has a gap."""
    best, most = -1, 0.0
    for c in range(w.cell.shape[0]):
        if w.cell[c, MARK] != 0 and w.cell[c, GAP] > 0:
            share = w.cell[c, GAP] / w.cell[c, NEED]
            if best < 0 or share > most:
                best, most = c, share
    if best >= 0:
        w.cell[best, MARK] = 0
    return best


def redistribute(w: World, t: Tables, r: Rest) -> None:
    """Move surplus between sister units: same area, group and speciality, at most a share of the surplus."""
    cell, some = w.cell, False
    for c in range(cell.shape[0]):
        r.room[c], cell[c, MARK] = 0, 0
        if t.sister_from[c + 1] > t.sister_from[c] and cell[c, IS_POOL] == 0:
            r.room[c] = int(cell[c, SURPLUS] * w.one[ONE_REDISTRIBUTION_SHARE])
        some = some or r.room[c] != 0
    if not some:
        return
    for c in range(cell.shape[0]):
        for at in range(t.sister_from[c], t.sister_from[c + 1]):
            if r.room[t.sisters[at]] > 0:
                cell[c, MARK] = 1
    c = most_short(w)
    while c >= 0:
        for at in range(t.sister_from[c], t.sister_from[c + 1]):
            s = t.sisters[at]
            take = min(cell[c, GAP], r.room[s])
            if take > 0:
                cell[c, MOVED] += take
                cell[c, GAP] -= take
                r.room[s] -= take
                cell[s, SURPLUS] -= take
        c = most_short(w)


def lend_pools(w: World, t: Tables, r: Rest, days: int) -> None:
    """Lend the pool's own staff and the measures' pool hours to the most uncovered cells; pool posts are paid also when idle."""
    cell = w.cell
    for c in range(cell.shape[0]):
        if cell[c, IS_POOL] != 0:
            offer = int(cell[c, SURPLUS] * (1.0 - w.one[ONE_POOL_PROTECTED]))
            if offer <= 0:
                continue
            for x in range(cell.shape[0]):
                cell[x, MARK] = int(cell[x, GROUP] == cell[c, GROUP] and x != c and same_field(w, t, c, x))
            cell[c, SURPLUS] -= lend(w, offer, w.group_number[cell[c, GROUP], POOL_PREMIUM])
    for k in range(t.pools.shape[0]):
        lend_hours(w, t, r, k, days)


def lend_hours(w: World, t: Tables, r: Rest, k: int, days: int) -> None:
    """Lend the hours of one measure's pool."""
    cell = w.cell
    offer = int(value(w, Q_POOL_HOURS, k) * 60.0 * days / 7.0)
    if offer <= 0:
        return
    first, last = t.pool_from[k], t.pool_from[k + 1]
    lender = last > first
    for c in range(cell.shape[0]):
        r.room[c] = int(t.pool_groups[k, cell[c, GROUP]] != 0 and t.pool_areas[k, cell[c, AREA]] != 0 and cell[c, IS_POOL] == 0)
        r.lost[c] = cell[c, POOL]
    have = 0
    for at in range(first, last):
        r.room[t.pool_cells[at]] = 0
        have += cell[t.pool_cells[at], OWN] + cell[t.pool_cells[at], SURPLUS]
    if lender:
        offer = min(offer, have)
    receiver = -1
    for c in range(cell.shape[0]):
        cell[c, MARK] = r.room[c]
        if r.room[c] != 0 and receiver < 0:
            receiver = c
    lent = lend(w, offer, 0.0)
    take_from(w, t, first, last, lent)
    on_cost = 1.0 + value(w, Q_ON_COST, 0)
    for c in range(cell.shape[0]):
        minutes = cell[c, POOL] - r.lost[c]
        if r.room[c] != 0 and minutes != 0:
            ore = minutes * value(w, Q_PAY, cell[c, GROUP]) / HOURS_PER_MONTH / 60.0 * 100.0 * on_cost
            if not lender:
                cell[c, POOL_WAGE] += int(ore)
            premium = (
                ore * (w.theta[t.pools[k, COST_FACTOR]] - 1.0)
                + minutes / POOL_WEEK * w.theta[t.pools[k, POOL_PREMIUM_SEK]] * 100.0
            )
            cell[c, POOL_COST] += int(premium)
    if receiver >= 0 and t.pools[k, PAID_WHEN_IDLE] != 0 and offer > lent:
        idle = (offer - lent) * value(w, Q_PAY, cell[receiver, GROUP]) / HOURS_PER_MONTH / 60.0 * 100.0
        cell[receiver, POOL_WAGE] += int(idle * on_cost)


def lend(w: World, offer: int, premium: float) -> int:
    """Lend minutes to the marked cells, the shortest of staff first; give how many were taken."""
    cell, lent = w.cell, 0
    while lent < offer:
        c = most_short(w)
        if c < 0:
            break
        take = min(cell[c, GAP], offer - lent)
        cell[c, POOL] += take
        cell[c, GAP] -= take
        cell[c, POOL_COST] += int(take * value(w, Q_PAY, cell[c, GROUP]) / HOURS_PER_MONTH / 60.0 * 100.0 * premium)
        lent += take
    return lent


def take_from(w: World, t: Tables, first: int, last: int, minutes: int) -> None:
    """Take lent minutes from the own time of the cells they come from: surplus first, the rest leaves a gap there."""
    cell = w.cell
    for at in range(first, last):
        c = t.pool_cells[at]
        idle = min(minutes, cell[c, SURPLUS])
        busy = min(minutes - idle, cell[c, OWN])
        cell[c, SURPLUS] -= idle
        cell[c, OWN] -= busy
        cell[c, GAP] += busy
        cell[c, CHANGE] += busy
        minutes -= idle + busy


def use_agency(w: World, r: Rest, days: int) -> None:
    """Use the agency weeks due now; what the gap no longer needs is paid and wasted."""
    cell, week = w.cell, w.n[SETTLED]
    for c in range(cell.shape[0]):
        weeks = r.due_weeks[week, c]
        if weeks == 0:
            continue
        cell[c, AGENCY_PAID] = weeks * AGENCY_WEEK * days // 7
        cell[c, AGENCY_WEEKS] = weeks * 1000 * days // 7
        usable = int(cell[c, AGENCY_PAID] * value(w, Q_AGENCY_PRODUCTIVITY, c))
        cell[c, AGENCY_USED] = min(cell[c, GAP], usable)
        cell[c, GAP] -= cell[c, AGENCY_USED]
        cell[c, AGENCY_WASTED] = usable - cell[c, AGENCY_USED]
        cell[c, AGENCY_ORE] = cell[c, AGENCY_PAID] * r.due_price[week, c] // 60


# --- acute stage


def practice_room(w: World, c: int, heads: int) -> int:
    """Give the overtime a cell may use: practice share of own hours, within the 4-week and yearly limits of the law."""
    cell, now = w.cell, OVERTIME_0 + w.n[SETTLED] % 4
    practice = int(cell[c, OWN_FULL] * value(w, Q_OVERTIME_PRACTICE, c))
    used = cell[c, OVERTIME_0] + cell[c, OVERTIME_0 + 1] + cell[c, OVERTIME_0 + 2] + cell[c, OVERTIME_0 + 3]
    four = int(heads * value(w, Q_OVERTIME_4_WEEKS, c) * 60.0) - used + cell[c, now]
    year = int(heads * value(w, Q_OVERTIME_YEAR, c) * 60.0) - cell[c, OVERTIME_YEAR]
    lawful = min(four, year)
    return max(0, min(practice, lawful))  # type: ignore[no-any-return]  # an int


def free_shift(w: World, t: Tables) -> None:
    """Let a group with surplus in the same unit take `fri` tasks of a group with a gap."""
    cell = w.cell
    for k in range(t.free_shifts.shape[0]):
        giver = t.free_shifts[k, FREE_GIVER]
        rate, most = w.theta[t.free_shifts[k, FREE_FREED]], w.theta[t.free_shifts[k, FREE_SHARE]]
        for at in range(t.group_from[giver], t.group_from[giver + 1]):
            c = t.group_cells[at]
            other = t.cell_at[cell[c, UNIT], t.free_shifts[k, FREE_RECEIVER]]
            if other < 0 or cell[c, GAP] <= 0:
                continue
            take = min(int(cell[c, GAP] * most), int(cell[other, SURPLUS] * rate))
            if take > 0:
                cell[c, SHIFTED] += take
                cell[c, GAP] -= take
                cell[other, SURPLUS] -= min(cell[other, SURPLUS], int(take / rate))


def work_more(w: World, r: Rest, step: int) -> None:
    """Let own staff work more: part-timers' extra hours (1), voluntary extra shifts (2), ordered overtime (3)."""
    cell = w.cell
    for c in range(cell.shape[0]):
        if cell[c, GAP] <= 0:
            continue
        if step == 1:
            if r.done[c, L_PART_TIME] <= 0:
                continue
            take = min(cell[c, GAP], int(cell[c, OWN_FULL] * value(w, Q_EXTRA_HOURS_SHARE, c)))
            cell[c, EXTRA_MINUTES] += take
        else:
            room = cell[c, WEEK_ROOM]
            if step == 2:
                room = min(room, int(room * w.one[ONE_EXTRA_SHIFT_SHARE] * value(w, Q_EXTRA_SHIFT_FACTOR, c)))
            take = min(cell[c, GAP], room)
            cell[c, WEEK_ROOM] -= take
        cell[c, OVERTIME] += take
        cell[c, GAP] -= take
