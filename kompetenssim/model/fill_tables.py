"""All that filling a template reads and no parameter draw changes, laid out once, and the room it writes in.

Lists of numbers only, so that the plain source of `filling` reads them as they are, and a compiler as arrays.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from kompetenssim.model.calendar import DAY
from kompetenssim.model.positions import Q_RETIREMENT_FACTOR
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.sequences import FloatRow, Floats, IntRow, Ints
from kompetenssim.model.start_tables import RETIREMENT_QUARTERS, StartTables, StartWork, start_tables, start_work
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS, Template
from kompetenssim.model.timeline_tables import TimelineTables, TimelineWork, timeline_tables, timeline_work

#: Quantities that a group parameter gives, cell by cell: (quantity, parameter, scale).
FROM_GROUP = (
    ("agency_leaver_share", "to_agency_share", 1.0),
    ("move_rate", "move_percent", 0.01),
    ("sick_rate", "sick_long_percent", 0.01),
    ("parental_rate", "parental_percent", 0.01),
    ("leave_rate", "leave_percent", 0.01),
    ("grade_rate", "grade_percent", 0.01),
    ("presence", "presence", 1.0),
    ("short_sick", "sick_short_percent", 0.01),
    ("compensatory_rest", "compensatory_rest_percent", 0.01),
    ("agency_price", "agency_price", 1.0),
    ("agency_delivery", "agency_delivery", 1.0),
    ("agency_lead_weeks", "agency_lead", 1.0),
    ("agency_order_share", "agency_order_share", 1.0),
    ("agency_productivity", "agency_productivity", 1.0),
    ("extra_hours_share", "extra_hours_share", 1.0),
    ("introduction_supervision", "intro_supervision", 1.0),
    ("pay", "pay", 1.0),
    ("hire_cost", "hire_cost", 1.0),
)
#: Quantities that a parameter of the region gives at every place.
FROM_SCALAR = (
    ("mismatch", "mismatch_percent", 0.01),
    ("overtime_practice", "overtime_practice", 1.0),
    ("overtime_4_weeks", "overtime_4_weeks", 1.0),
    ("overtime_year", "overtime_year", 1.0),
    ("agency_quarantine_months", "agency_quarantine_months", 1.0),
)


class Gathered(NamedTuple):
    """A slot that is `scale` times a column of the draw matrix at the start."""

    slot: int
    column: int
    scale: float


class OnceRow(NamedTuple):
    """The one-off cost (column, Mkr) of a measure that starts within the run."""

    week: int
    month: int
    measure: int
    column: int


class FillTables(NamedTuple):
    """Hold the tables of one template.

    `offset[Q_…]` is the first slot of a quantity, `base` every slot's value where no draw gives it,
    `group_column[parameter · groups + g]` a column. `retire_*` and `vacancy_start` are as in Inputs.
    """

    offset: Ints
    base: Floats
    gathers: Sequence[Gathered]
    group_column: Ints
    scalar_column: Ints
    once: Sequence[OnceRow]
    retire_norm: Floats
    retire_earliest: Floats
    retire_right: Floats
    vacancy_start: Floats
    start: StartTables
    timeline: TimelineTables


class Filled(NamedTuple):
    """Hold what filling gives: `model.template.Inputs` with every table in one row, one after the other.

    `group[parameter · groups + g]`, `retire_hazard[g · 160 + quarter]`, `retire_factor[month · cells + cell]`,
    `arrivals_parts[10 · g + part]`. The first `used[0]` operations and `used[1]` one-off costs are in use.
    """

    used: IntRow
    values: FloatRow
    op_week: IntRow
    op_slot: IntRow
    op_value: FloatRow
    op_announced: IntRow
    group: FloatRow
    scalar: FloatRow
    retire_hazard: FloatRow
    retire_factor: FloatRow
    retire_turn: IntRow
    workload_reference: FloatRow
    workload_start: FloatRow
    once_week: IntRow
    once_month: IntRow
    once_measure: IntRow
    once_ore: IntRow
    arrivals_parts: FloatRow


class FillWork(NamedTuple):
    """Hold the room in which one draw is filled; nothing else is written and nothing is allocated."""

    out: Filled
    start: StartWork
    timeline: TimelineWork


def fill_tables(template: Template) -> FillTables:
    """Lay out the tables of a template."""
    t, offsets, sizes = template, template.offsets(), template.sizes()
    base = [q.base for q in QUANTITIES.values() for _ in range(sizes[q.dimension])]
    base[offsets["duty_hours"] : offsets["duty_hours"] + len(t.cells)] = t.cell_duty_hours
    start = start_tables(t)
    fte = [0.0] * len(t.groups)
    for cell in start.cells:
        fte[cell.group] += cell.fte
    return FillTables(
        offset=[offsets[q] for q in QUANTITIES],
        base=base,
        gathers=_gathers(t, offsets, sizes),
        group_column=[column for row in t.group_columns for column in row],
        scalar_column=list(t.scalar_columns),
        once=_once(t),
        retire_norm=_by_month(t, t.dated_norm_age),
        retire_earliest=_by_month(t, t.dated_earliest_age),
        retire_right=_by_month(t, t.dated_right_age),
        vacancy_start=[g.vacant_fte / max(1e-9, max(1e-9, f) + g.vacant_fte) for g, f in zip(start.groups, fte, strict=True)],
        start=start,
        timeline=timeline_tables(t),
    )


def fill_work(t: FillTables) -> FillWork:
    """Give room for one draw."""
    groups, months, cells = len(t.start.groups), len(t.retire_norm), len(t.start.cells)
    most, once = t.timeline.most_operations, len(t.once)
    out = Filled(
        used=[0, 0],
        values=list(t.base),
        op_week=[0] * most,
        op_slot=[0] * most,
        op_value=[0.0] * most,
        op_announced=[0] * most,
        group=[0.0] * len(t.group_column),
        scalar=[0.0] * len(t.scalar_column),
        retire_hazard=[0.0] * (groups * RETIREMENT_QUARTERS),
        retire_factor=list(t.base[t.offset[Q_RETIREMENT_FACTOR] : t.offset[Q_RETIREMENT_FACTOR] + cells]) * months,
        retire_turn=[months] * months,
        workload_reference=[0.0] * groups,
        workload_start=[0.0] * cells,
        once_week=[0] * once,
        once_month=[0] * once,
        once_measure=[0] * once,
        once_ore=[0] * once,
        arrivals_parts=[0.0] * (10 * groups),
    )
    return FillWork(out, start_work(t.start), timeline_work(t.timeline))


def _gathers(t: Template, offsets: dict[str, int], sizes: dict[str, int]) -> list[Gathered]:
    """Give what comes straight from the draw; of two for one slot the last counts."""
    found: list[Gathered] = []
    for quantity, name, scale in FROM_GROUP:
        columns = t.group_columns[GROUP_PARAMETERS.index(name)]
        groups = t.cell_group if QUANTITIES[quantity].dimension == "cell" else range(len(t.groups))
        found += [Gathered(offsets[quantity] + place, columns[g], scale) for place, g in enumerate(groups)]
    for quantity, name, scale in FROM_SCALAR:
        column = t.scalar_columns[SCALARS.index(name)]
        found += [Gathered(offsets[quantity] + place, column, scale) for place in range(sizes[QUANTITIES[quantity].dimension])]
    found += [Gathered(offsets["pay_share"] + i, p.pay_share, 1.0) for i, p in enumerate(t.programmes)]
    return [*found, *(Gathered(g.slot, g.column, g.scale) for g in t.gathers)]


def _by_month(t: Template, series: tuple[tuple[int, float], ...]) -> FloatRow:
    """Give a dated age month by month: the last one in force on the first day, before all of them the first."""
    days = [day for day, _ in series]
    return [series[max(0, bisect_right(days, minute // DAY) - 1)][1] for minute in t.calendar.month_start[:-1]]


def _once(t: Template) -> list[OnceRow]:
    """Give one-off costs of measures that start within the run, sorted."""
    calendar, rows = t.calendar, []
    for measure, column, day in t.measure_once:
        if day >= 0 and day * DAY < calendar.horizon:
            week = bisect_right(calendar.week_start[:-1], day * DAY) - 1
            month = calendar.first_month[week] + int(day * DAY >= calendar.split[week])
            rows.append(OnceRow(week, month, measure, column))
    return sorted(rows)
