"""Agency orders (step 7): the twin of `engine.agency` on records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.agency import LEAVER_AVAILABILITY
from kompetenssim.engine.compiled.covering import need_of, presence_in
from kompetenssim.engine.compiled.names import L_CONTRACT, L_HOURLY_MINUTES, L_NOVICE, L_WORK
from kompetenssim.engine.compiled.records import value
from kompetenssim.engine.compiled.state import (
    AGENCY_CARRY,
    AGENCY_STAFF,
    AGENCY_STAFF_START,
    CHANGE,
    COMPENSATED_MINUTES,
    FIXED_CARRY,
    GROUP,
    MARK,
    MOVED,
    NEXT_OPERATION,
    ORDER_FROM,
    ORDERED_TO,
    POOL,
    REST_OF_GAP,
    SETTLED,
    SUMMER_UNITS,
    SUPERVISING,
    WANTED_GAP,
    WANTED_NEED,
    WANTED_WEEKS,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import Tables
from kompetenssim.engine.staffing import AGENCY_WEEK, MOST_AWAY
from kompetenssim.model.calendar import WEEK
from kompetenssim.model.clocks import DELIVERY
from kompetenssim.model.keyed import join, uniform
from kompetenssim.model.positions import (
    ONE_PRICE_CAP_ELASTICITY,
    ONE_PRICE_ELASTICITY,
    Q_AGENCY_DELIVERY,
    Q_AGENCY_FIXED_DELIVERY,
    Q_AGENCY_FIXED_WEEKS,
    Q_AGENCY_GAP_CAP,
    Q_AGENCY_LEAD_WEEKS,
    Q_AGENCY_ORDER_SHARE,
    Q_AGENCY_PRICE,
    Q_AGENCY_PRICE_CAP,
    Q_AGENCY_PRICE_REFERENCE,
    Q_AGENCY_PRODUCTIVITY,
    Q_CAP_COST,
    Q_CAP_HELD,
    Q_CAP_WEEKS,
    Q_CLOSED_SHARE,
    Q_COMPENSATORY_REST,
    Q_FULL_TIME_HOURS,
    Q_INTRO_TIME,
    Q_USED_TIME,
)
from kompetenssim.model.rules import (
    SUMMER_PRODUCTIVITY,
    SUMMER_SUCCESS,
    SUMMER_WEEKS,
    capped_delivery,
    order_factor,
    own_minutes,
)

if TYPE_CHECKING:
    from kompetenssim.engine.filling import ArrayInputs


def order_agency(w: World, t: Tables, x: ArrayInputs, r: Rest, now: int) -> None:
    """Order whole agency weeks on the planned gap L weeks ahead, under the caps (step 7).

    Each delivery week is ordered once: when a lead time grows, the weeks in between are ordered now; when it shrinks,
    nothing is ordered until the calendar has caught up.
    """
    last, earliest, latest = t.week_number.shape[0] - 1, t.week_number.shape[0], -1
    for k in range(t.hiring_cells.shape[0]):
        c = t.hiring_cells[k]
        ahead = int(value(w, Q_AGENCY_LEAD_WEEKS, c) + 0.5)
        until = min(now + (ahead if ahead > 1 else 1), last)
        w.cell[c, ORDER_FROM] = w.cell[c, ORDERED_TO] + 1
        if until > w.cell[c, ORDERED_TO]:
            w.cell[c, ORDERED_TO] = until
            earliest = min(earliest, w.cell[c, ORDER_FROM])
            latest = max(latest, until)
    for target in range(earliest, latest + 1):
        order_week(w, t, x, r, target)


def order_week(w: World, t: Tables, x: ArrayInputs, r: Rest, target: int) -> None:
    """Order for one delivery week; the fraction of a week that was wanted is carried to the next order of the cell."""
    cell = w.cell
    today = look_ahead(w, x, r, target)
    for k in range(t.hiring_cells.shape[0]):
        c = t.hiring_cells[k]
        if cell[c, ORDER_FROM] <= target <= cell[c, ORDERED_TO]:
            plan_gap(w, t, c, target, t.week_days[max(0, w.n[SETTLED])])
    for k in range(today - 1, -1, -1):
        w.values[r.later[k]] = r.later_value[k]
    for k in range(t.hiring_cells.shape[0]):
        c = t.hiring_cells[k]
        cell[c, MARK] = 0
        if not cell[c, ORDER_FROM] <= target <= cell[c, ORDERED_TO]:
            continue
        fixed, share = value(w, Q_AGENCY_FIXED_WEEKS, c), min(value(w, Q_AGENCY_ORDER_SHARE, c), value(w, Q_AGENCY_GAP_CAP, c))
        weeks = max(0.0, cell[c, WANTED_GAP] / (AGENCY_WEEK * value(w, Q_AGENCY_PRODUCTIVITY, c)) - fixed) * share
        price = value(w, Q_AGENCY_PRICE, c)
        weeks = (
            weeks * order_factor(price, value(w, Q_AGENCY_PRICE_REFERENCE, c), w.one[ONE_PRICE_ELASTICITY])
            + w.cell_number[c, AGENCY_CARRY]
        )
        whole = int(weeks)
        w.cell_number[c, AGENCY_CARRY] = weeks - whole
        if whole > 0 or fixed > 0.0:
            cell[c, MARK], cell[c, WANTED_WEEKS] = 1, whole
    apply_caps(w, t, r, target)
    for k in range(t.hiring_cells.shape[0]):
        c = t.hiring_cells[k]
        if cell[c, MARK] != 0:
            place_order(w, r, c, target, cell[c, WANTED_WEEKS])


def plan_gap(w: World, t: Tables, c: int, target: int, days: int) -> None:
    """Set a cell's gap and need in a coming week as seen now: its season, today's inputs and staff, no sick calls."""
    cell, level = w.cell, w.level
    number = t.week_number[target]
    full = value(w, Q_FULL_TIME_HOURS, c)
    novice = level[c, L_NOVICE] / max(1, level[c, L_CONTRACT])
    away = min(MOST_AWAY, value(w, Q_USED_TIME, c) + value(w, Q_INTRO_TIME, c) * novice + value(w, Q_COMPENSATORY_REST, c))
    own = own_minutes(level[c, L_WORK] * WEEK, full, presence_in(w, t, c, target), 0.0, away, cell[c, SUPERVISING] * 7 // days)
    own += level[c, L_HOURLY_MINUTES] + (cell[c, MOVED] + cell[c, POOL]) * 7 // days - cell[c, COMPENSATED_MINUTES]
    if cell[c, SUMMER_UNITS] != 0 and SUMMER_WEEKS[0] <= number <= SUMMER_WEEKS[1]:
        own += int(cell[c, SUMMER_UNITS] * SUMMER_SUCCESS / 200.0 * full * 60.0 * SUMMER_PRODUCTIVITY)
    wanted = need_of(w, t, c, target, 7, value(w, Q_CLOSED_SHARE, c)) + cell[c, CHANGE] * 7 // days
    cell[c, WANTED_GAP], cell[c, WANTED_NEED] = max(0, wanted - own), max(1, wanted)


def look_ahead(w: World, x: ArrayInputs, r: Rest, target: int) -> int:
    """Set what announced measures change until a coming week; the values of today are kept in `later` to set back."""
    number = 0
    for i in range(w.n[NEXT_OPERATION], x.op_week.shape[0]):
        if x.op_week[i] > target:
            break
        if x.op_announced[i] != 0:
            slot = x.op_slot[i]
            r.later[number], r.later_value[number] = slot, w.values[slot]
            w.values[slot] = x.op_value[i]
            number += 1
    return number


def apply_caps(w: World, t: Tables, r: Rest, target: int) -> None:
    """Cut orders to the caps; a cap goes to the largest gap/need first, ties by cell.

    A cap that wears off lets a share of what it would refuse through, outside its own account.
    """
    cell, year = w.cell, t.week_year[target] - t.week_year[0]
    for k in range(t.cap_cells.shape[0]):
        some, refused = False, 0
        for c in range(cell.shape[0]):
            if cell[c, MARK] != 0 and t.cap_cells[k, c] != 0:
                some, r.room[c] = True, 0
                refused += cell[c, WANTED_WEEKS]
                w.cell_number[c, REST_OF_GAP] = float(cell[c, WANTED_GAP])
        if not some:
            continue
        allowed = max(0, int(value(w, Q_CAP_WEEKS, k)) - r.cap_used[k, target])
        money, spent, used, through = value(w, Q_CAP_COST, k) - r.cap_spent[k, year], 0.0, 0, -1
        while through != 0:
            best, most = -1, 0.0
            for c in range(cell.shape[0]):
                if cell[c, MARK] != 0 and t.cap_cells[k, c] != 0 and r.room[c] < cell[c, WANTED_WEEKS]:
                    share = w.cell_number[c, REST_OF_GAP] / max(1, cell[c, WANTED_NEED])
                    if best < 0 or share > most:
                        best, most = c, share
            if best < 0:
                break
            cost = AGENCY_WEEK / 60.0 * min(value(w, Q_AGENCY_PRICE, best), value(w, Q_AGENCY_PRICE_CAP, best))
            if through < 0 and (used >= allowed or spent + cost > money):
                rest = refused * (1.0 - value(w, Q_CAP_HELD, k)) + r.cap_carry[k]
                through = int(rest)
                r.cap_carry[k] = rest - through
                continue
            r.room[best] += 1
            w.cell_number[best, REST_OF_GAP] -= AGENCY_WEEK
            if through > 0:
                through -= 1
            else:
                refused -= 1
                used += 1
                spent += cost
        for c in range(cell.shape[0]):
            if cell[c, MARK] != 0 and t.cap_cells[k, c] != 0:
                cell[c, WANTED_WEEKS] = r.room[c]
        r.cap_used[k, target] += used
        r.cap_spent[k, year] += spent


def place_order(w: World, r: Rest, c: int, target: int, whole: int) -> None:
    """Deliver each ordered week with its own uniform; fixed lines have their own delivery."""
    price, cap, g = value(w, Q_AGENCY_PRICE, c), value(w, Q_AGENCY_PRICE_CAP, c), w.cell[c, GROUP]
    left = w.group[g, AGENCY_STAFF] - w.group[g, AGENCY_STAFF_START]
    available = value(w, Q_AGENCY_DELIVERY, c) * (1.0 + LEAVER_AVAILABILITY * left)
    probability = min(1.0, capped_delivery(available, price, cap, w.one[ONE_PRICE_CAP_ELASTICITY]))
    stream = join(r.cell_key[c], target)
    weeks = 0
    for n in range(whole):
        if uniform(stream, DELIVERY, n) < probability:
            weeks += 1
    fixed = value(w, Q_AGENCY_FIXED_WEEKS, c)
    if fixed > 0.0:
        lines = int(fixed + w.cell_number[c, FIXED_CARRY])
        w.cell_number[c, FIXED_CARRY] += fixed - lines
        for n in range(lines):
            if uniform(stream, DELIVERY, 4096 + n) < value(w, Q_AGENCY_FIXED_DELIVERY, c):
                weeks += 1
    if weeks > 0:
        r.due_weeks[target, c], r.due_price[target, c] = weeks, int(min(price, cap) * 100.0)
