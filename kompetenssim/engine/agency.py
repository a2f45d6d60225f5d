"""Agency orders: whole weeks on the planned gap, with lead time, caps and a delivery that is never certain."""

from __future__ import annotations

from kompetenssim.engine.staffing import AGENCY_WEEK, MOST_AWAY, Account, need_in, presence_in
from kompetenssim.engine.world import CONTRACT, HOURLY_MINUTES, NOVICE, WORK, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.rules import SUMMER_PRODUCTIVITY, SUMMER_SUCCESS, SUMMER_WEEKS, capped_delivery, order_factor, own_minutes

LEAVER_AVAILABILITY = 0.01  # rise in delivery per own leaver at the agencies (assumption, small region)


def order_agency(w: World, accounts: list[Account], supervision: list[int]) -> None:
    """Order whole agency weeks on the planned gap L weeks ahead, under the caps (step 7).

    Each delivery week is ordered once: when a lead time grows, the weeks in between are ordered now; when it shrinks,
    nothing is ordered until the calendar has caught up.
    """
    _order(w, accounts, supervision, w.settled)


def orders_already_placed(w: World) -> None:
    """Place the orders that fall due before the first ordinary order can be delivered, as of the week before the run."""
    _order(w, [Account() for _ in w.cells], [0] * len(w.cells), -1)


def _order(w: World, accounts: list[Account], supervision: list[int], now: int) -> None:
    last, lead, targets = len(w.t.calendar.week_number) - 1, w.column("agency_lead_weeks"), dict[int, list[int]]()
    for c in w.hiring_cells:
        ahead = int(lead[c] + 0.5)
        latest = now + (ahead if ahead > 1 else 1)
        latest = min(latest, last)
        for target in range(w.ordered_to[c] + 1, latest + 1):
            targets.setdefault(target, []).append(c)
            w.ordered_to[c] = target
    for target, cells in sorted(targets.items()):
        _order_week(w, target, cells, accounts, supervision)


def _order_week(w: World, target: int, cells: list[int], accounts: list[Account], supervision: list[int]) -> None:
    """Order for one delivery week; the fraction of a week that was wanted is carried to the next order of the cell."""
    fixed, price, reference = w.column("agency_fixed_weeks"), w.column("agency_price"), w.column("agency_price_reference")
    productivity, share, most = w.column("agency_productivity"), w.column("agency_order_share"), w.column("agency_gap_cap")
    seen = planned_supply(w, target, cells, accounts, supervision)
    plans = {c: (max(0, wanted - own), max(1, wanted)) for c, (wanted, own) in zip(cells, seen, strict=True)}
    ahead: dict[int, int] = {}
    for c in cells:
        weeks = max(0.0, plans[c][0] / (AGENCY_WEEK * productivity[c]) - fixed[c]) * min(share[c], most[c])
        weeks = weeks * order_factor(price[c], reference[c], w.one["price_elasticity"]) + w.agency_carry[c]
        whole = int(weeks)
        w.agency_carry[c] = weeks - whole
        if whole > 0 or fixed[c] > 0.0:
            ahead[c] = whole
    _apply_caps(w, target, plans, ahead)
    for c, whole in ahead.items():
        _place_order(w, c, target, whole)


def planned_supply(
    w: World, target: int, cells: list[int], accounts: list[Account], supervision: list[int]
) -> list[tuple[int, int]]:
    """Give (need, own) of cells in a coming week as seen now: its season, today's inputs and staff, no sick calls."""
    today = _look_ahead(w, target)
    need, _ = need_in(w, target, 7, cells)
    number = w.t.calendar.week_number[target]
    summer = SUMMER_WEEKS[0] <= number <= SUMMER_WEEKS[1]
    presence, full, used, rest = (
        presence_in(w, target),
        w.column("full_time_hours"),
        w.column("used_time"),
        w.column("compensatory_rest"),
    )
    plans = []
    intro, days = w.column("intro_time"), w.t.calendar.week_days[w.settled]
    for c, minutes in zip(cells, need, strict=True):
        a = accounts[c]
        novice = w.level[NOVICE][c] / max(1, w.level[CONTRACT][c])
        away = min(MOST_AWAY, used[c] + intro[c] * novice + rest[c])
        own = own_minutes(w.level[WORK][c] * WEEK, full[c], presence[c], 0.0, away, supervision[c] * 7 // days)
        own += w.level[HOURLY_MINUTES][c] + (a.moved + a.pool) * 7 // days - int(w.t.cell_duty_compensated_hours[c] * 60.0)
        if summer and w.t.summer_units[c]:
            own += int(w.t.summer_units[c] * SUMMER_SUCCESS / 200.0 * full[c] * 60.0 * SUMMER_PRODUCTIVITY)
        plans.append((minutes + a.change * 7 // days, own))
    for slot, value in today:
        w.values[slot] = value
    return plans


def _look_ahead(w: World, target: int) -> list[tuple[int, float]]:
    """Set what announced measures change until a coming week and give the values of today to set back."""
    today = []
    for i in range(w.next_op, len(w.inputs.op_week)):
        if w.inputs.op_week[i] > target:
            break
        if w.inputs.op_announced[i]:
            slot = w.inputs.op_slot[i]
            today.append((slot, w.values[slot]))
            w.values[slot] = w.inputs.op_value[i]
    return today[::-1]


def _apply_caps(w: World, target: int, plans: dict[int, tuple[int, int]], ahead: dict[int, int]) -> None:
    """Cut orders to the caps; a cap goes to the largest gap/need first, ties by cell.

    A cap that wears off lets a share of what it would refuse through, outside its own account.
    """
    year = w.t.calendar.week_year[target]
    for k, row in enumerate(w.t.caps):
        mine = [c for c in ahead if c in row.cells]
        if not mine:
            continue
        used = w.cap_used[k].get(target, 0)
        allowed = max(0, int(w.value("cap_weeks", k)) - used)
        money = w.value("cap_cost", k) - w.cap_spent[k].get(year, 0.0)
        granted = dict.fromkeys(mine, 0)
        gap = {c: float(plans[c][0]) for c in mine}
        spent, number, through = 0.0, 0, -1
        while through != 0:
            open_cells = [c for c in mine if granted[c] < ahead[c]]
            if not open_cells:
                break
            c = max(open_cells, key=lambda x: (gap[x] / max(1, plans[x][1]), -x))
            cost = AGENCY_WEEK / 60.0 * min(w.value("agency_price", c), w.value("agency_price_cap", c))
            if through < 0 and (number >= allowed or spent + cost > money):
                refused = sum(ahead[x] - granted[x] for x in mine)
                some = refused * (1.0 - w.value("cap_held", k)) + w.cap_carry[k]
                through = int(some)
                w.cap_carry[k] = some - through
                continue
            granted[c] += 1
            gap[c] -= AGENCY_WEEK
            if through > 0:
                through -= 1
            else:
                number += 1
                spent += cost
        for c in mine:
            ahead[c] = granted[c]
        w.cap_used[k][target] = used + number
        w.cap_spent[k][year] = w.cap_spent[k].get(year, 0.0) + spent


def _place_order(w: World, c: int, target: int, whole: int) -> None:
    """Deliver each ordered week with its own uniform; fixed lines have their own delivery."""
    price, cap = w.value("agency_price", c), w.value("agency_price_cap", c)
    g = w.group_of[c]
    available = w.value("agency_delivery", c) * (1.0 + LEAVER_AVAILABILITY * (w.agency_pool[g] - w.agency_pool_start[g]))
    probability = min(1.0, capped_delivery(available, price, cap, w.one["price_cap_elasticity"]))
    stream = join(w.cell_stream[c], target)
    weeks = 0
    for n in range(whole):
        if uniform(stream, clocks.DELIVERY, n) < probability:
            weeks += 1
    fixed = w.value("agency_fixed_weeks", c)
    if fixed > 0.0:
        lines = int(fixed + w.fixed_carry[c])
        w.fixed_carry[c] += fixed - lines
        sure = w.value("agency_fixed_delivery", c)
        for n in range(lines):
            if uniform(stream, clocks.DELIVERY, 4096 + n) < sure:
                weeks += 1
    if weeks:
        w.agency_due[c][target] = (weeks, int(min(price, cap) * 100.0))
