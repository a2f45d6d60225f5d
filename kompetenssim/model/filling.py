"""Fill a template with one parameter draw: the steps in their order, without allocation.

Plain functions of scalars and one-dimensional sequences, which a compiler reads as they stand (design 8): the readable
engine runs them on lists (`inputs.fill`), the compiled engine on arrays, with the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.model.applicants import arrivals
from kompetenssim.model.positions import (
    G_RETIRE_RELATIVE,
    G_RETIRE_SPREAD,
    ONE_PAY_LEVEL,
    ONE_PRICE_LEVEL,
    Q_AGENCY_PRICE,
    Q_AGENCY_PRICE_REFERENCE,
    Q_PAY,
    Q_RETIREMENT_FACTOR,
)
from kompetenssim.model.rules import retirement_hazard
from kompetenssim.model.start_state import (
    absences,
    exit_rates,
    learning,
    needs,
    own_hours,
    read_register,
    references,
    retirements,
    supervise,
    target_gaps,
)
from kompetenssim.model.start_tables import RETIREMENT_FIRST_YEAR, RETIREMENT_QUARTERS
from kompetenssim.model.timeline import (
    draw_measures,
    find_changes,
    operate,
    retirement_factors,
    series,
    share_budgets,
    sort_operations,
    weigh,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kompetenssim.model.fill_tables import FillTables, FillWork, Gathered, OnceRow
    from kompetenssim.model.sequences import FloatRow, Floats, IntRow, Ints


def fill_into(t: FillTables, theta: Floats, work: FillWork) -> None:
    """Fill `work.out` with the Inputs of one draw (`theta`: one row of the draw matrix)."""
    out, w, s, values, offset = work.out, work.timeline, work.start, work.out.values, t.offset
    par, one, groups, cells = out.group, out.scalar, len(t.start.groups), len(t.start.cells)
    gather(t.base, t.gathers, theta, values)
    pick(t.group_column, theta, par)
    pick(t.scalar_column, theta, one)
    level(offset, groups, cells, one, values)
    # the start state and the quantities that it gives
    retirement_table(groups, par, out.retire_hazard)
    absences(t.start, par, s.groups)
    retirements(t.start, out.retire_hazard, RETIREMENT_QUARTERS, s.groups)
    learning(groups, par, s.learning)
    read_register(t.start, par, s.learning, s.cells)
    supervise(t.start, theta, one, values, offset, s.family_hours, s.cells)
    own_hours(t.start, par, values, offset, s.groups, s.cells)
    target_gaps(t.start, theta, one, values, offset, s.cells)
    needs(t.start, theta, one, values, offset, s.cells, out.workload_start)
    references(t.start, values, offset, s.groups, out.workload_reference, out.workload_start)
    exit_rates(t.start, par, one, values, offset)
    arrivals(t.start, theta, par, values, offset, s.groups, out.arrivals_parts)
    # time and measures: the values of week 0 and the dated operations
    draw_measures(t.timeline, theta, w.weights)
    weigh(t.timeline, theta, one, w.weights)
    share_budgets(t.timeline, theta, w.weights, w.budgets)
    series(t.timeline, theta, par, one, w.series)
    find_changes(t.timeline, theta, one, w.weights, w.budgets, w.series, w.changes)
    first = offset[Q_RETIREMENT_FACTOR]
    retirement_factors(t.timeline, theta, one, values, first, cells, w.weights, w.budgets, w.series, out.retire_factor)
    retirement_turns(t, cells, out.retire_factor, out.retire_turn)
    out.used[0] = operate(t.timeline, one, values, w.changes, w.draft)
    sort_operations(t.timeline, out.used[0], w.draft, out.op_week, out.op_slot, out.op_value, out.op_announced)
    out.used[1] = pay_once(t.once, w.weights.carried, theta, out.once_week, out.once_month, out.once_measure, out.once_ore)


def gather(base: Floats, gathers: Sequence[Gathered], theta: Floats, values: FloatRow) -> None:
    """Set every quantity to its base or to what the draw gives."""
    for slot in range(len(base)):
        values[slot] = base[slot]
    for i in range(len(gathers)):
        values[gathers[i].slot] = gathers[i].scale * theta[gathers[i].column]


def pick(columns: Ints, theta: Floats, found: FloatRow) -> None:
    """Give some columns of a draw."""
    for k in range(len(columns)):
        found[k] = theta[columns[k]]


def level(offset: Ints, groups: int, cells: int, one: Floats, values: FloatRow) -> None:
    """Bring prices and pay to the level of the start state; the price without measures begins as the price does."""
    price, reference, pay = offset[Q_AGENCY_PRICE], offset[Q_AGENCY_PRICE_REFERENCE], offset[Q_PAY]
    for c in range(cells):
        values[price + c] = values[price + c] * one[ONE_PRICE_LEVEL]
        values[reference + c] = values[price + c]
    for g in range(groups):
        values[pay + g] = values[pay + g] * one[ONE_PAY_LEVEL]


def retirement_table(groups: int, par: Floats, table: FloatRow) -> None:
    """Tabulate each group's retirement hazard by quarter of age relative to riktåldern: `table[g · 160 + quarter]`."""
    for g in range(groups):
        mean, spread = par[G_RETIRE_RELATIVE * groups + g], par[G_RETIRE_SPREAD * groups + g]
        twin = g
        for h in range(g):
            if par[G_RETIRE_RELATIVE * groups + h] == mean and par[G_RETIRE_SPREAD * groups + h] == spread:
                twin = h
        for q in range(RETIREMENT_QUARTERS):
            if twin < g:
                table[g * RETIREMENT_QUARTERS + q] = table[twin * RETIREMENT_QUARTERS + q]
            else:
                age = RETIREMENT_FIRST_YEAR + (q + 0.5) / 4.0
                table[g * RETIREMENT_QUARTERS + q] = retirement_hazard(age, mean, spread)


def retirement_turns(t: FillTables, cells: int, factor: Floats, turn: IntRow) -> None:
    """Give for each month the next one in which a retirement hazard changes by its date: a dated age or a measure's factor."""
    following = len(turn)
    for m in range(len(turn) - 1, -1, -1):
        turn[m] = following
        if m > 0:
            changed = (
                t.retire_norm[m] != t.retire_norm[m - 1]
                or t.retire_earliest[m] != t.retire_earliest[m - 1]
                or t.retire_right[m] != t.retire_right[m - 1]
            )
            for s in range(len(t.timeline.factor_cells)):
                c = t.timeline.factor_cells[s].cell
                changed = changed or factor[m * cells + c] != factor[(m - 1) * cells + c]
            if changed:
                following = m


def pay_once(
    rows: Sequence[OnceRow],
    carried: Ints,
    theta: Floats,
    once_week: IntRow,
    once_month: IntRow,
    once_measure: IntRow,
    once_ore: IntRow,
) -> int:
    """Give the one-off costs of the measures that are carried out; their number."""
    n = 0
    for i in range(len(rows)):
        row = rows[i]
        if carried[row.measure]:
            once_week[n], once_month[n], once_measure[n] = row.week, row.month, row.measure
            once_ore[n] = int(theta[row.column] * 1e8)
            n += 1
    return n
