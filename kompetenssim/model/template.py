"""The first waist, part one: a scenario resolved once, as flat tables that a parameter draw fills.

A template names every place (cell, group, family …), says which column of the draw matrix each base value
comes from, and lists the effects of the measures with their dates. `model.inputs.fill` turns it and one
draw into Inputs. Nothing here knows YAML or levers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from kompetenssim.model.calendar import Calendar
from kompetenssim.model.draws import ParameterSpec
from kompetenssim.model.quantities import QUANTITIES

PRESETS = ("utbildningstjanst", "studielon", "st", "bt", "at", "ast")

#: Parameters of a group that no measure changes: one column of the draw matrix per group and name.
GROUP_PARAMETERS = (
    "exit_percent",
    "to_agency_share",
    "agency_return_share",
    "move_percent",
    "sick_short_percent",
    "sick_short_spread",
    "sick_long_percent",
    "sick_median_months",
    "sick_sigma",
    "sick_no_return",
    "parental_percent",
    "parental_median_months",
    "parental_sigma",
    "leave_percent",
    "leave_median_months",
    "leave_sigma",
    "leave_returns",
    "presence",
    "retire_relative",
    "retire_spread",
    "works_on_share",
    "works_on_hours",
    "works_on_months",
    "retired_to_agency",
    "grade_percent",
    "substitute_share",
    "extra_hours_share",
    "patience_weeks",
    "lead_weeks",
    "lead_sigma",
    "notice_months",
    "novice_share",
    "hire_cost",
    "learn_start",
    "learn_intro_months",
    "learn_after_intro",
    "learn_full_months",
    "learn_start_experienced",
    "intro_supervision",
    "compensatory_rest_percent",
    "unsocial_percent",
    "pay",
    "agency_price",
    "agency_price_growth",
    "agency_delivery",
    "agency_lead",
    "agency_productivity",
    "agency_order_share",
)

#: Parameters of the region as a whole.
SCALARS = (
    "theta_exit",
    "theta_sick",
    "weight_unmet",
    "weight_overtime",
    "weight_agency",
    "weight_novices",
    "weight_supervision",
    "half_life_weeks",
    "sick_half_life_weeks",
    "applicant_response",
    "price_elasticity",
    "price_cap_elasticity",
    "novice_exit",
    "young_exit",
    "pay_exit_elasticity",
    "pay_arrival_elasticity",
    "agency_quarantine_months",
    "agency_crowds_supervision",
    "redistribution_share",
    "redistribution_travel_sek",
    "mismatch_percent",
    "step_hours",
    "need_growth_percent",
    "daily_rest_extra_percent",
    "availability_trend_percent",
    "utility_workload",
    "utility_distance",
    "utility_pay",
    "refused_quits",
    "retention_cap",
    "arrival_cap",
    "realisation_cap_pp",
    "pay_growth_percent",
    "overtime_fee_share",
    "overtime_practice",
    "overtime_4_weeks",
    "overtime_year",
    "part_time_factor",
    "simple_factor",
    "qualified_factor",
    "extra_shift_share",
    "supervision_hours_each",
    "supervision_trained",
    "placement_hours",
    "closed_other_unit",
    "closed_bought",
    "bought_care_sek",
    "pool_protected",
    "pool_premium_percent",
    "start_overtime_percent",
    "pay_level",
    "price_level",
)


class Gather(NamedTuple):
    """Say that `value[slot] = scale * theta[column]` at the start."""

    slot: int
    column: int
    scale: float


class EffectRow(NamedTuple):
    """One effect of a measure, with columns instead of numbers; dates as days from the start (may be negative)."""

    quantity: str
    places: tuple[int, ...]
    measure: int
    amount: int
    coverage: int
    realisation: int
    ramp: int
    decay: int
    start: int
    end: int
    scaled: bool
    realised: bool
    running: bool
    staggered: bool
    effect_group: int
    budgeted: bool = False


class EnablerRow(NamedTuple):
    """A measure that lifts the realisation (percentage points) of others and shortens their ramp."""

    measure: int
    targets: tuple[int, ...]
    lift: int
    ramp_factor: int
    start: int
    end: int
    running: bool


class ProgrammeRow(NamedTuple):
    """A training programme; numbers are columns of the draw matrix."""

    key: str
    preset: int
    from_group: int
    during_group: int
    to_group: int
    units: tuple[int, ...]
    external: bool
    pace: int
    terms: int
    dropout: int
    min_experience: int
    bond: int
    stay: int
    supervision: int
    fee: int
    in_training: float
    all_of_during: bool
    pay_share: int
    measure: int
    grant: int
    grant_until: int
    backfill: int


class ShiftRow(NamedTuple):
    """A structural task shift in one unit: the post block whose holders deliver the hours and the hour budget, or -1."""

    measure: int
    giver: int
    receiver: int
    freed: int
    cap: int
    step: int
    posts: int
    budget: int


class BudgetRow(NamedTuple):
    """What the measures of an effektgrupp may free of a cell's hours together: a column, percent."""

    effect_group: int
    cell: int
    most: int


class PostBlockRow(NamedTuple):
    """Posts that a measure adds to one cell; `running` says that they exist in the register at the start."""

    measure: int
    cell: int
    raises_need: bool
    running: bool


class PoolRow(NamedTuple):
    """A block of pool hours for some groups and areas."""

    measure: int
    groups: tuple[int, ...]
    areas: tuple[int, ...]
    cost_factor: int
    premium: int
    from_cells: tuple[int, ...]
    paid_when_idle: bool


class CapRow(NamedTuple):
    """A cap over a set of cells."""

    measure: int
    cells: tuple[int, ...]


class CohortRow(NamedTuple):
    """A dated group of recruits: each of `seats` succeeds with its own uniform u below the column `success`.

    Rows with one key are one group of recruits: this row's are those with `first` ≤ u / success < `last`.
    """

    key: str
    measure: int
    group: int
    unit: int
    day: int
    seats: int
    success: int
    cost: int
    bond: int
    first: float = 0.0
    last: float = 1.0


class GraduateRow(NamedTuple):
    """A student cohort that graduates each term."""

    key: str
    group: int
    spring: int
    autumn: int
    share: int
    limited: bool
    placement_weeks: int
    families: tuple[int, ...]


class FreeShiftRow(NamedTuple):
    """A pair of groups between which `fri` tasks move within the week."""

    giver: int
    receiver: int
    share: int
    freed: int


class ObservedRow(NamedTuple):
    """An agency cost of the start year over some cells (kr per year): the anchor of their gap."""

    cells: tuple[int, ...]
    cost: int


class Person(NamedTuple):
    """A row of the register at the start: minutes from the start (negative), grade in 1/200."""

    name: str
    cell: int
    birth: int
    hired: int
    grade: int


@dataclass(frozen=True, kw_only=True)
class Template:
    """Hold a scenario as tables. Tuples are indexed by the sorted keys of their dimension."""

    scenario_key: str
    calendar: Calendar
    groups: tuple[str, ...]
    units: tuple[str, ...]
    areas: tuple[str, ...]
    families: tuple[tuple[str, str], ...]
    cells: tuple[tuple[str, str], ...]
    measures: tuple[str, ...]
    unit_distance_hours: tuple[float, ...]
    unit_speciality: tuple[str, ...]
    cell_unit: tuple[int, ...]
    cell_group: tuple[int, ...]
    cell_area: tuple[int, ...]
    cell_family: tuple[int, ...]
    cell_is_pool: tuple[bool, ...]
    cell_hires_agency: tuple[bool, ...]
    cell_floor_hours: tuple[float, ...]
    cell_duty_hours: tuple[float, ...]
    cell_duty_rest_hours: tuple[float, ...]
    cell_duty_compensated_hours: tuple[float, ...]
    cell_need_season: tuple[tuple[float, ...], ...]
    cell_easter: tuple[float, ...]
    cell_sisters: tuple[tuple[int, ...], ...]
    presence_season: tuple[float, ...]
    summer_units: tuple[int, ...]
    group_is_physician: tuple[bool, ...]
    group_arrival_column: tuple[int, ...]
    group_season: tuple[tuple[float, ...], ...]
    group_grades: tuple[tuple[tuple[int, float], ...], ...]
    group_hire_ages: tuple[tuple[tuple[float, float, float], ...], ...]
    initial_employees: tuple[int, ...]
    people: tuple[Person, ...]
    vacant_units: tuple[int, ...]
    need_given: tuple[int, ...]
    need_given_scale: tuple[float, ...]
    unmet_column: tuple[int, ...]
    observed: tuple[ObservedRow, ...]
    planned_order: tuple[str, ...]
    acute_order: tuple[str, ...]
    parameters: tuple[ParameterSpec, ...]
    group_columns: tuple[tuple[int, ...], ...]
    scalar_columns: tuple[int, ...]
    gathers: tuple[Gather, ...]
    yearly_on_cost: tuple[tuple[int, int], ...]
    yearly_price_index: tuple[tuple[int, int], ...]
    yearly_availability: tuple[tuple[int, int], ...]
    yearly_competition: tuple[tuple[int, int], ...]
    yearly_need_growth: tuple[tuple[int, int], ...]
    dated_norm_age: tuple[tuple[int, float], ...]
    dated_earliest_age: tuple[tuple[int, float], ...]
    dated_right_age: tuple[tuple[int, float], ...]
    daily_rest_day: tuple[int, ...]
    notice_short_months: float
    notice_long_months: float
    notice_long_after_months: float
    term_weeks: tuple[int, int]
    effects: tuple[EffectRow, ...]
    enablers: tuple[EnablerRow, ...]
    announced: tuple[bool, ...]
    probability: tuple[int, ...]
    carried_out: tuple[int, ...]
    measure_once: tuple[tuple[int, int, int], ...]
    programmes: tuple[ProgrammeRow, ...]
    shifts: tuple[ShiftRow, ...]
    budgets: tuple[BudgetRow, ...]
    post_blocks: tuple[PostBlockRow, ...]
    pools: tuple[PoolRow, ...]
    caps: tuple[CapRow, ...]
    cohorts: tuple[CohortRow, ...]
    graduates: tuple[GraduateRow, ...]
    free_shifts: tuple[FreeShiftRow, ...]

    @property
    def start(self) -> date:
        """First day of the run."""
        return self.calendar.start

    @property
    def end(self) -> date:
        """Last day of the run."""
        return self.calendar.end

    @property
    def months(self) -> tuple[str, ...]:
        """Accounting months, `2023-07`."""
        return self.calendar.month_label

    @property
    def month_days(self) -> tuple[int, ...]:
        """Simulated days of each month."""
        return self.calendar.month_days

    @property
    def weeks(self) -> tuple[str, ...]:
        """ISO weeks, `2023-v26`."""
        return self.calendar.week_label

    @property
    def week_days(self) -> tuple[int, ...]:
        """Simulated days of each week."""
        return self.calendar.week_days

    def sizes(self) -> dict[str, int]:
        """Give the number of places of each dimension of `QUANTITIES`."""
        return {
            "region": 1,
            "group": len(self.groups),
            "family": len(self.families),
            "cell": len(self.cells),
            "programme": len(self.programmes),
            "shift": len(self.shifts),
            "budget": len(self.budgets),
            "post_block": len(self.post_blocks),
            "pool": len(self.pools),
            "cap": len(self.caps),
            "measure": len(self.measures),
        }

    def offsets(self) -> dict[str, int]:
        """Give the first slot of each quantity; the total number of slots stands under `""`."""
        return offsets_of(self.sizes())


def offsets_of(sizes: dict[str, int]) -> dict[str, int]:
    """Lay the quantities out one after the other in the order of `QUANTITIES`."""
    found: dict[str, int] = {}
    at = 0
    for name, quantity in QUANTITIES.items():
        found[name] = at
        at += sizes[quantity.dimension]
    found[""] = at
    return found


class Inputs(NamedTuple):
    """The first waist, part two: all an engine reads for one parameter draw.

    `values` is the flat array of quantities at the start; operation i sets `values[op_slot[i]] = op_value[i]` at
    the tick of week `op_week[i]` (sorted by week, then slot); `op_announced[i]` says that
    whoever plans ahead knows of it. `group[k][g]` are GROUP_PARAMETERS, `scalar[k]`
    SCALARS. `retire_hazard[g][q]` is the yearly retirement hazard at (age − riktålder) quarter q from −20 years;
    `retire_norm[m]`, `retire_earliest[m]` and `retire_right[m]` give riktålder, earliest and LAS age by month;
    `retire_factor[m][cell]` the measures' factor, `retire_turn[m]` the next month in which any of these differs from what
    it was in the month before (past the last month: none). `once_*` are the one-off costs of measures.
    `workload_reference[g]` and `workload_start[cell]` belong to the start state, `arrivals_parts[g]` is printed in T7.
    """

    values: list[float]
    op_week: list[int]
    op_slot: list[int]
    op_value: list[float]
    op_announced: list[bool]
    group: list[list[float]]
    scalar: list[float]
    theta: list[float]
    retire_hazard: list[list[float]]
    retire_norm: list[float]
    retire_earliest: list[float]
    retire_right: list[float]
    retire_factor: list[list[float]]
    retire_turn: list[int]
    workload_reference: list[float]
    workload_start: list[float]
    vacancy_start: list[float]
    once_week: list[int]
    once_month: list[int]
    once_measure: list[int]
    once_ore: list[int]
    arrivals_parts: list[list[float]]
