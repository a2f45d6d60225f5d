"""Fill a template with one parameter draw.

The result is base values at the start plus dated *set* operations, so an engine never evaluates a ramp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.model.calendar import DAY
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.rules import retirement_hazard
from kompetenssim.model.start_state import start_state
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS, Inputs, Template
from kompetenssim.model.timeline import Timeline, measure_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

RETIREMENT_QUARTERS = 160
RETIREMENT_FIRST_YEAR = -20


def fill(template: Template, theta: NDArray[np.float64]) -> Inputs:
    """Give the Inputs of one draw (`theta`: one row of the draw matrix, columns as `template.parameters`)."""
    group = theta[np.array(template.group_columns, dtype=np.int64)]
    scalar = theta[np.array(template.scalar_columns, dtype=np.int64)]
    par = dict(zip(GROUP_PARAMETERS, group, strict=True))
    one = dict(zip(SCALARS, (float(x) for x in scalar), strict=True))
    sizes, offsets = template.sizes(), template.offsets()
    base = {q: np.full(sizes[d.dimension], d.base) for q, d in QUANTITIES.items()}
    _rates(template, theta, base, par, one)
    flat = np.concatenate([base[q] for q in QUANTITIES])
    for g in template.gathers:
        flat[g.slot] = theta[g.column] * g.scale
    for q in QUANTITIES:
        base[q] = flat[offsets[q] : offsets[q] + sizes[QUANTITIES[q].dimension]].copy()
    hazard = _retirement_table(par)
    start = start_state(template, theta, par, one, base, hazard)
    base["need_hours"], base["exit_rate"] = start.need_hours, start.exit_rate
    base["arrival_rate"] = start.arrivals
    timeline = Timeline(template, theta, base, one)
    paths = timeline.paths()
    weeks, slots, values, first = timeline.operations(paths, offsets)
    norm, earliest, right = _pension_ages(template)
    retire = timeline.monthly(paths["retirement_factor"])
    once = _one_off(template, theta)
    return Inputs(
        values=first,
        op_week=weeks,
        op_slot=slots,
        op_value=values,
        op_announced=_announced(template, offsets, slots),
        group=[[float(x) for x in row] for row in group],
        scalar=[float(x) for x in scalar],
        theta=[float(x) for x in theta],
        retire_hazard=hazard.tolist(),
        retire_norm=norm,
        retire_earliest=earliest,
        retire_right=right,
        retire_factor=retire,
        workload_reference=start.reference.tolist(),
        workload_start=start.workload.tolist(),
        vacancy_start=start.vacancy.tolist(),
        once_week=once[0],
        once_month=once[1],
        once_measure=once[2],
        once_ore=once[3],
        arrivals_parts=start.parts.tolist(),
    )


def _announced(template: Template, offsets: dict[str, int], slots: list[int]) -> list[bool]:
    """Tell of each operation whether an announced measure acts on its slot."""
    known = {offsets[e.quantity] + place for e in template.effects if template.announced[e.measure] for place in e.places}
    return [slot in known for slot in slots]


def _rates(
    template: Template,
    theta: NDArray[np.float64],
    base: dict[str, NDArray[np.float64]],
    par: dict[str, NDArray[np.float64]],
    one: dict[str, float],
) -> None:
    """Set the base of every quantity that a group parameter gives, cell by cell."""
    g = np.array(template.cell_group, dtype=np.int64)
    for quantity, name, scale in (
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
    ):
        base[quantity] = par[name][g] * scale
    base["agency_price"] = base["agency_price"] * one["price_level"]
    base["agency_price_reference"] = base["agency_price"].copy()
    base["pay"] = par["pay"] * one["pay_level"]
    base["hire_cost"] = par["hire_cost"].copy()
    base["mismatch"][:] = one["mismatch_percent"] / 100.0
    base["overtime_practice"][:] = one["overtime_practice"]
    base["overtime_4_weeks"][:] = one["overtime_4_weeks"]
    base["overtime_year"][:] = one["overtime_year"]
    base["agency_quarantine_months"][:] = one["agency_quarantine_months"]
    base["pay_share"] = np.array([theta[p.pay_share] for p in template.programmes])
    base["duty_hours"] = np.array(template.cell_duty_hours)


def _retirement_table(par: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Tabulate each group's retirement hazard by quarter of age relative to riktåldern."""
    table = np.empty((len(par["retire_relative"]), RETIREMENT_QUARTERS))
    for g in range(table.shape[0]):
        mean, spread = float(par["retire_relative"][g]), float(par["retire_spread"][g])
        for q in range(RETIREMENT_QUARTERS):
            table[g, q] = retirement_hazard(RETIREMENT_FIRST_YEAR + (q + 0.5) / 4.0, mean, spread)
    return table


def _pension_ages(template: Template) -> tuple[list[float], list[float], list[float]]:
    """Give riktålder, earliest pension age and the age to which there is a right to stay, month by month."""
    starts = template.calendar.month_start[:-1]

    def at(series: tuple[tuple[int, float], ...]) -> list[float]:
        found = []
        for minute in starts:
            past = [age for day, age in series if day * DAY <= minute]
            found.append(past[-1] if past else series[0][1])
        return found

    return at(template.dated_norm_age), at(template.dated_earliest_age), at(template.dated_right_age)


def _one_off(template: Template, theta: NDArray[np.float64]) -> tuple[list[int], list[int], list[int], list[int]]:
    """Give the one-off costs of measures that start within the run (week, month, measure, öre)."""
    calendar = template.calendar
    done = measure_weights(template, theta)
    rows = []
    for measure, column, day in template.measure_once:
        if day >= 0 and day * DAY < calendar.horizon and done[measure]:
            week = max(w for w in range(len(calendar.week_days)) if calendar.week_start[w] <= day * DAY)
            month = calendar.first_month[week] + int(day * DAY >= calendar.split[week])
            rows.append((week, month, measure, int(theta[column] * 1e8)))
    rows.sort()
    return [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [r[3] for r in rows]
