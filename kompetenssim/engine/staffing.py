"""The weekly order of staffing: need against own staff, then the planned and the acute stage (steps 5–7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kompetenssim.engine.derived import HOLIDAY_WEEKS
from kompetenssim.engine.world import ACTIVE, CONTRACT, HEADS, HOURLY_MINUTES, NOVICE, PART_TIME, WORK, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.distributions import normal_quantile
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.rules import (
    HOURS_PER_MONTH,
    SUMMER_PRODUCTIVITY,
    SUMMER_SUCCESS,
    SUMMER_WEEKS,
    need_minutes,
    own_minutes,
    short_sick_share,
)

AGENCY_WEEK = 2400  # paid minutes of an agency person-week (40 h, W35)
MOST_AWAY = 0.95  # ceiling of the share of own time that measures and rest may take
POOL_WEEK = 2400.0 * 0.83  # delivered minutes of a full-time week in the pool (40 h at ordinary presence)


class Account:
    """One cell's week in need-equivalent minutes; `gap` is what no step has covered yet, at the end it is unmet.

    `change` is what structural shift, closed beds elsewhere and lent hours did to the need; money in öre.
    """

    __slots__ = (
        "agency", "agency_ore", "agency_paid", "agency_wasted", "agency_weeks", "bought_ore", "change", "extra", "freed", "gap",
        "hourly", "moved", "need", "overtime", "own", "own_full", "pool", "pool_cost", "realised", "relief", "shifted", "sick",
        "summer", "surplus", "unmet",
    )  # fmt: skip

    def __init__(self) -> None:
        self.need = self.own = self.moved = self.pool = self.shifted = self.overtime = self.agency = self.unmet = self.gap = 0
        self.surplus = self.agency_paid = self.agency_wasted = self.freed = self.realised = 0
        self.own_full = self.extra = self.hourly = self.summer = self.relief = self.change = 0
        self.agency_ore = self.agency_weeks = self.bought_ore = self.pool_cost = 0
        self.sick = 0.0


#: A step of the staffing order that acts between cells.
Step = Callable[[World, list[Account], int], None]


def season_of(w: World, cell: int, week: int) -> float:
    """Give the need profile of a cell in a week of the run; the week of Easter may have its own factor."""
    calendar = w.t.calendar
    if calendar.easter_weeks[week] and w.t.cell_easter[cell] > 0.0:
        return w.t.cell_easter[cell]
    return w.t.cell_need_season[cell][calendar.week_number[week] - 1]


def presence_in(w: World, week: int) -> list[float]:
    """Give presence by cell in a week: level × profile, with summer leave moved out of weeks 25–33 where it is paid for."""
    number = w.t.calendar.week_number[week]
    profile = w.t.presence_season[number - 1]
    low, high = HOLIDAY_WEEKS
    change = 1.0 - profile if low <= number <= high else -w.holiday_loss
    moved = w.column("presence_summer_shift")
    shares = [p * (profile + m * change) for p, m in zip(w.column("presence"), moved, strict=True)]
    return [share if share < 1.0 else 1.0 for share in shares]


def need_in(w: World, week: int, days: int, cells: Iterable[int]) -> tuple[list[int], list[int]]:
    """Give the need of some cells in a week before structural shift, and what closing took away from it."""
    v, at = w.values, w.at
    base, factor, added, year, extra = (at[f"need_{part}"] for part in ("hours", "factor", "sum", "year", "extra_hours"))
    duty, efficiency, mismatch, closing = at["duty_hours"], at["efficiency"], at["mismatch"], at["closed_share"]
    need, lost = [], []
    for c in cells:
        season, loss, closed, floor = season_of(w, c, week), v[mismatch + c], v[closing + c], w.t.cell_floor_hours[c]
        volume = (v[base + c], v[factor + c], v[added + c], v[year + c], season)
        parts = (*volume, v[extra + c], v[duty + c], v[efficiency + c], max(0.0, loss))
        minutes = need_minutes(*parts, closed, floor, days)
        need.append(minutes)
        lost.append(need_minutes(*parts, 0.0, floor, days) - minutes if closed > 0.0 else 0)
    return need, lost


def structural_shift(w: World, need: list[int], days: int) -> tuple[list[int], list[int], list[int]]:
    """Move tasks between groups: the least of supplied, trained and handed over, in steps that a schedule can take out.

    Changes `need` and returns freed, taken out (realised) and relief minutes by giving cell (domain model 3.3).
    """
    freed, realised, relief = [0] * len(need), [0] * len(need), [0] * len(need)
    for k, gross in enumerate(_shiftable(w, need, days)):
        row = w.t.shifts[k]
        net = int(gross * w.value("shift_realised", k))
        step = int((w.theta[row.step] if row.step >= 0 else w.one["step_hours"]) * 60.0 * days / 7.0)
        taken = net // step * step if step > 0 else net
        floor = int((w.t.cell_floor_hours[row.giver] + w.value("duty_hours", row.giver)) * 60.0 * days / 7.0)
        taken = min(taken, max(0, need[row.giver] - floor))
        need[row.giver] -= taken
        need[row.receiver] += int(taken / w.theta[row.freed])
        freed[row.giver] += int(gross)
        realised[row.giver] += taken
        relief[row.giver] += net - taken
    return freed, realised, relief


def _shiftable(w: World, need: list[int], days: int) -> list[float]:
    """Give the minutes that each shift frees; those of one hour budget are all reduced alike to what is left of it (3.4)."""
    found, claimed = [], [0.0] * len(w.t.budgets)
    for k, row in enumerate(w.t.shifts):
        supplied = w.value("shift_planned_hours", k) * 60.0 * days / 7.0
        if row.posts >= 0:
            supplied += block_minutes(w, row.posts, row.receiver, days)
        stage = min(1.0, w.value("shift_trained", k), w.value("shift_handed", k))
        gross = min(supplied * stage * w.theta[row.freed], need[row.giver] * w.theta[row.cap] / 100.0)
        found.append(gross)
        if row.budget >= 0:
            claimed[row.budget] += gross
    for k, row in enumerate(w.t.shifts):
        if row.budget >= 0:
            room = need[row.giver] * w.value("budget_left", row.budget)
            if claimed[row.budget] > room:
                found[k] = found[k] * (room / claimed[row.budget])
    return found


def block_minutes(w: World, block: int, cell: int, days: int) -> float:
    """Give the minutes a week that the holders of a measure's posts, or those who stand in for them, deliver."""
    units = 0
    for post in w.block_posts[block]:
        someone = post.holder
        if someone is not None and someone.state != ACTIVE and someone.key in w.substitute_of:
            someone = w.substitute_of[someone.key].holder
        if someone is not None and someone.state == ACTIVE and not post.withdrawn:
            units += someone.grade
    return units / 200.0 * w.value("full_time_hours", cell) * 60.0 * w.value("presence", cell) * days / 7.0


def own_supply(w: World, accounts: list[Account], week: int, done: list[list[int]], supervision: list[int], days: int) -> None:
    """Set what own staff, hourly staff and summer substitutes of every cell deliver in the settled week."""
    number = w.t.calendar.week_number[week]
    summer = SUMMER_WEEKS[0] <= number <= SUMMER_WEEKS[1]
    columns = zip(
        accounts, presence_in(w, week), w.column("full_time_hours"), w.column("short_sick"), w.column("used_time"),
        w.column("intro_time"), w.column("compensatory_rest"), strict=True,
    )  # fmt: skip
    for c, (a, presence, full, sick, used, intro, rest) in enumerate(columns):
        heads = (done[HEADS][c] + 5040) // (1440 * days)
        z = normal_quantile(uniform(w.cell_stream[c], clocks.SHORT_SICK, week))
        a.sick = short_sick_share(sick, w.sick_spread[c], heads, z)
        contracted = done[CONTRACT][c]
        novice = done[NOVICE][c] / contracted if contracted > 0 else 0.0
        away = used + intro * novice + rest
        away = min(away, MOST_AWAY)
        own = own_minutes(done[WORK][c], full, presence, a.sick, away, supervision[c])
        own -= int(w.t.cell_duty_compensated_hours[c] * 60.0 * days / 7.0)
        a.own_full = own if own > 0 else 0
        if summer and w.t.summer_units[c]:
            fte = _summer_units(w, c, week, w.t.summer_units[c]) / 200.0
            a.summer = int(fte * full * 60.0 * SUMMER_PRODUCTIVITY * days / 7.0)
        a.hourly = done[HOURLY_MINUTES][c] // WEEK
        a.own = a.need if a.need < a.own_full else a.own_full
        a.surplus = a.own_full - a.own
        a.gap = a.need - a.own


def _summer_units(w: World, cell: int, week: int, units: int) -> int:
    """Give summer substitutes who came this year: each seat (1 FTE) with its own uniform."""
    year = w.t.calendar.week_year[week]
    if (cell, year) in w.summer_found:
        return w.summer_found[cell, year]
    stream = join(w.cell_stream[cell], year)
    found, left, seat = 0, units, 0
    while left > 0:
        part = min(200, left)
        if uniform(stream, clocks.SEAT, seat) < SUMMER_SUCCESS:
            found += part
        left -= part
        seat += 1
    w.summer_found[cell, year] = found
    return found


def expressed_need(w: World, accounts: list[Account], week: int, days: int) -> list[int]:
    """Set the need of every cell after closed beds, structural shift and efficiency, and what these freed; give the need."""
    need, lost = need_in(w, week, days, w.cells)
    before = list(need)
    if any(lost):
        _pass_on(w, need, lost, accounts)
    freed, realised, relief = structural_shift(w, need, days)
    gross, net = w.column("efficiency_gross"), w.column("efficiency")
    for c, a in enumerate(accounts):
        a.need, a.change = need[c], need[c] - before[c]
        a.freed, a.realised, a.relief = freed[c], realised[c], relief[c]
        if gross[c] > 0.0:
            a.freed += int(gross[c] * need[c])
            a.realised += int(net[c] * need[c] / max(0.05, 1.0 - net[c]))
    return need


def settle_staffing(w: World, done: list[list[int]], supervision: list[int], days: int) -> list[Account]:
    """Cover the need of the settled week in the configured order and give the accounts."""
    week = w.settled
    accounts = [Account() for _ in w.cells]
    expressed_need(w, accounts, week, days)
    own_supply(w, accounts, week, done, supervision, days)
    steps = {"vikarie": _substitutes, "omfordelning": redistribute, "resurspool": lend_pool, "hyra": _agency}
    for name in w.t.planned_order:
        if name in steps:
            steps[name](w, accounts, days)
    acute = {"uppgiftsvaxling": free_shift, "mertid": _extra_hours, "extrapass": _extra_shifts, "overtid": _overtime}
    w.week_room = [practice_room(w, c, a, done[HEADS][c] // (1440 * days)) if a.gap > 0 else 0 for c, a in enumerate(accounts)]
    w.part_time_now = done[PART_TIME]
    for name in w.t.acute_order:
        acute[name](w, accounts, days)
    spare_overtime(w, accounts)
    for c, a in enumerate(accounts):
        a.unmet = a.gap
        w.overtime_4_weeks[c][week % 4] = a.overtime
        w.overtime_year[c] += a.overtime
    return accounts


def spare_overtime(w: World, accounts: list[Account]) -> None:
    """Let freed hours that are used for less overtime take it away, and the need with it."""
    saved = w.column("efficiency_overtime")
    for c, a in enumerate(accounts):
        if saved[c] > 0.0 and a.overtime > 0:
            cut = min(a.overtime, int(saved[c] * a.need))
            a.overtime -= cut
            a.need -= cut
            a.extra = min(a.extra, a.overtime)


def _pass_on(w: World, need: list[int], lost: list[int], accounts: list[Account]) -> None:
    """Pass the need of closed beds on: part to sister units, part to bought care, the rest is put off (`stangd_vardplats`)."""
    for c, minutes in enumerate(lost):
        if minutes <= 0:
            continue
        sisters = [s for s in w.t.cell_sisters[c] if need[s] > 0] or [
            s for s in w.group_cells[w.group_of[c]] if s != c and need[s] > 0 and w.t.cell_area[s] == w.t.cell_area[c]
        ]
        total = sum(need[s] for s in sisters)
        moved = int(minutes * w.one["closed_other_unit"])
        sizes = [need[s] for s in sisters]
        for s, size in zip(sisters, sizes, strict=True):
            need[s] += moved * size // total
        accounts[c].bought_ore = int(minutes * w.one["closed_bought"] / 60.0 * w.one["bought_care_sek"] * 100.0)


def _substitutes(w: World, accounts: list[Account], days: int) -> None:
    """Use summer substitutes and hourly staff (retired who work on); they count as own."""
    for a in accounts:
        take = min(a.gap, a.summer + a.hourly)
        if take > 0:
            a.own += take
            a.gap -= take


def _by_shortage(accounts: list[Account], cells: list[int]) -> list[int]:
    """Order cells with a gap by gap/need, largest first, ties by cell."""
    return sorted((c for c in cells if accounts[c].gap > 0), key=lambda c: (-accounts[c].gap / accounts[c].need, c))


def redistribute(w: World, accounts: list[Account], days: int) -> None:
    """Move surplus between sister units: same area, group and speciality, at most a share of the surplus."""
    share = w.one["redistribution_share"]
    room = [int(a.surplus * share) if w.t.cell_sisters[c] and not w.t.cell_is_pool[c] else 0 for c, a in enumerate(accounts)]
    if not any(room):
        return
    for c in _by_shortage(accounts, list(w.cells)):
        a = accounts[c]
        for s in w.t.cell_sisters[c]:
            take = min(a.gap, room[s])
            if take > 0:
                a.moved += take
                a.gap -= take
                room[s] -= take
                accounts[s].surplus -= take


def lend_pool(w: World, accounts: list[Account], days: int) -> None:
    """Lend the pool's own staff and the measures' pool hours to the most uncovered cells; pool posts are paid also when idle."""
    for c in w.cells:
        if w.t.cell_is_pool[c]:
            a = accounts[c]
            offer = int(a.surplus * (1.0 - w.one["pool_protected"]))
            lent = _lend(
                w,
                accounts,
                [x for x in w.group_cells[w.group_of[c]] if x != c and w.same_field(c, x)],
                offer,
                w.pool_premium[w.group_of[c]],
            )
            a.surplus -= lent
    for k, row in enumerate(w.t.pools):
        offer = int(w.value("pool_hours", k) * 60.0 * days / 7.0)
        if offer <= 0:
            continue
        cells = [
            c
            for c in w.cells
            if w.group_of[c] in row.groups
            and w.t.cell_area[c] in row.areas
            and not w.t.cell_is_pool[c]
            and c not in row.from_cells
        ]
        if row.from_cells:
            offer = min(offer, sum(accounts[c].own + accounts[c].surplus for c in row.from_cells))
        before = [accounts[c].pool for c in cells]
        lent = _lend(w, accounts, cells, offer, 0.0)
        _take(accounts, row.from_cells, lent)
        for c, old in zip(cells, before, strict=True):
            minutes = accounts[c].pool - old
            if minutes:
                ore = minutes * w.value("pay", w.group_of[c]) / HOURS_PER_MONTH / 60.0 * 100.0 * (1.0 + w.value("on_cost", 0))
                w.pool_wage[c] += 0 if row.from_cells else int(ore)
                premium = ore * (w.theta[row.cost_factor] - 1.0) + minutes / POOL_WEEK * w.theta[row.premium] * 100.0
                accounts[c].pool_cost += int(premium)
        if cells and row.paid_when_idle and offer > lent:
            idle = (offer - lent) * w.value("pay", w.group_of[cells[0]]) / HOURS_PER_MONTH / 60.0 * 100.0
            w.pool_wage[cells[0]] += int(idle * (1.0 + w.value("on_cost", 0)))


def _lend(w: World, accounts: list[Account], cells: list[int], offer: int, premium: float) -> int:
    lent = 0
    for c in _by_shortage(accounts, cells):
        a = accounts[c]
        take = min(a.gap, offer - lent)
        if take <= 0:
            break
        a.pool += take
        a.gap -= take
        a.pool_cost += int(take * w.value("pay", w.group_of[c]) / HOURS_PER_MONTH / 60.0 * 100.0 * premium)
        lent += take
    return lent


def _take(accounts: list[Account], cells: tuple[int, ...], minutes: int) -> None:
    """Take lent minutes from the own time of the cells they come from: surplus first, the rest leaves a gap there."""
    for c in cells:
        a = accounts[c]
        idle = min(minutes, a.surplus)
        busy = min(minutes - idle, a.own)
        a.surplus -= idle
        a.own -= busy
        a.gap += busy
        a.change += busy
        minutes -= idle + busy


def _agency(w: World, accounts: list[Account], days: int) -> None:
    """Use the agency weeks due now; what the gap no longer needs is paid and wasted."""
    for c, a in enumerate(accounts):
        due = w.agency_due[c].pop(w.settled, None)
        if due is None:
            continue
        weeks, price_ore = due
        a.agency_paid = weeks * AGENCY_WEEK * days // 7
        a.agency_weeks = weeks * 1000 * days // 7
        usable = int(a.agency_paid * w.value("agency_productivity", c))
        a.agency = min(a.gap, usable)
        a.gap -= a.agency
        a.agency_wasted = usable - a.agency
        a.agency_ore = a.agency_paid * price_ore // 60


def free_shift(w: World, accounts: list[Account], days: int) -> None:
    """Let a group with surplus in the same unit take `fri` tasks of a group with a gap."""
    for row in w.t.free_shifts:
        for c in w.group_cells[row.giver]:
            a = accounts[c]
            other = w.cell_at.get((w.unit_of[c], row.receiver), -1)
            if other < 0 or a.gap <= 0:
                continue
            rate = w.theta[row.freed]
            take = min(int(a.gap * w.theta[row.share]), int(accounts[other].surplus * rate))
            if take > 0:
                a.shifted += take
                a.gap -= take
                accounts[other].surplus -= min(accounts[other].surplus, int(take / rate))


def practice_room(w: World, c: int, a: Account, heads: int) -> int:
    """Give the overtime a cell may use: practice share of own hours, within the 4-week and yearly limits of the law."""
    practice = int(a.own_full * w.value("overtime_practice", c))
    four = int(heads * w.value("overtime_4_weeks", c) * 60.0) - sum(w.overtime_4_weeks[c]) + w.overtime_4_weeks[c][w.settled % 4]
    year = int(heads * w.value("overtime_year", c) * 60.0) - w.overtime_year[c]
    return max(0, min(practice, four, year))


def _extra_hours(w: World, accounts: list[Account], days: int) -> None:
    """Let part-timers work extra hours."""
    for c, a in enumerate(accounts):
        if a.gap > 0 and w.part_time_now[c] > 0:
            take = min(a.gap, int(a.own_full * w.value("extra_hours_share", c)))
            a.overtime += take
            a.gap -= take
            a.extra += take


def _extra_shifts(w: World, accounts: list[Account], days: int) -> None:
    """Let volunteers take extra shifts from the overtime room."""
    for c, a in enumerate(accounts):
        if a.gap > 0:
            take = min(a.gap, w.week_room[c], int(w.week_room[c] * w.one["extra_shift_share"] * w.value("extra_shift_factor", c)))
            a.overtime += take
            a.gap -= take
            w.week_room[c] -= take


def _overtime(w: World, accounts: list[Account], days: int) -> None:
    """Order overtime up to what is left of the room."""
    for c, a in enumerate(accounts):
        if a.gap > 0:
            take = min(a.gap, w.week_room[c])
            a.overtime += take
            a.gap -= take
            w.week_room[c] -= take
