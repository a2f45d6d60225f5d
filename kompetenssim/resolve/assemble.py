"""Put a template together: the region's layout, register, base values and the measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import fsum
from typing import NamedTuple

from kompetenssim.model.calendar import make_calendar
from kompetenssim.model.template import (
    GROUP_PARAMETERS,
    SCALARS,
    FreeShiftRow,
    Gather,
    GraduateRow,
    ObservedRow,
    Template,
    offsets_of,
)
from kompetenssim.resolve.cohorts import cohorts
from kompetenssim.resolve.columns import Columns
from kompetenssim.resolve.measures import MeasureTables
from kompetenssim.resolve.places import Layout, expand, layout_with, population_cells
from kompetenssim.resolve.programmes import of_region
from kompetenssim.resolve.register import HIRE_AGES, age_bands, contracted, counts, employed_fte, grade_mix, people, vacant_units
from kompetenssim.resolve.seasons import easter_factor, need_season, presence_season
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, Population, Region
from kompetenssim.spec.specification import Specification

FAR = 10**7
PASS_HOURS = 8.0
#: Hours of work in an hour of duty line, and of rest given back per hour; assumptions (domain model 2.6).
DUTY_WORK_SHARE = {"primarjour": 1.0, "bakjour": 0.5, "beredskap": 0.25}
DUTY_REST_SHARE = 0.3


class _Duty(NamedTuple):
    hours: list[float]
    rest: list[float]
    compensated: list[float]


def assemble(spec: Specification) -> Template:
    """Give the template of a specification."""
    region, columns = spec.region, Columns()
    where = layout_with(region, spec.measures)
    heads = counts(region, where, spec.start_state)
    register = people(region, where, heads)
    units, fte = contracted(where, register), employed_fte(where, register)
    programmes, seats = of_region(region, where, columns)
    group_columns = _group_columns(region, where, columns)
    scalar_columns = _scalar_columns(spec, columns)
    tables = MeasureTables(spec, where, columns, fte, programmes)
    sizes = {
        "region": 1,
        "group": len(where.groups),
        "family": len(where.families),
        "cell": len(where.cells),
        "programme": len(programmes),
        "shift": len(tables.shifts),
        "budget": len(tables.budgets),
        "post_block": len(tables.post_blocks),
        "pool": len(tables.pools),
        "cap": len(tables.caps),
        "measure": len(tables.keys),
    }
    offsets = offsets_of(sizes)
    gathers = _gathers(region, where, columns, offsets, seats)
    calendar = make_calendar(spec.start, spec.end)
    duty = _duty(region, where)
    observed, covered = _observed(spec, where, columns)
    group_at = {g: i for i, g in enumerate(where.groups)}
    unit_at = {u: i for i, u in enumerate(where.units)}
    area_at = {a: i for i, a in enumerate(where.areas)}
    family_at = {f: i for i, f in enumerate(where.families)}
    given, given_scale = _need_given(region, where, columns)
    world = spec.scenario.outside_world
    return Template(
        scenario_key=spec.key,
        calendar=calendar,
        groups=where.groups,
        units=where.units,
        areas=where.areas,
        families=where.families,
        cells=where.cells,
        measures=tables.keys,
        unit_distance_hours=tuple(region.units[u].distance_min / 60.0 for u in where.units),
        unit_speciality=tuple(region.units[u].speciality for u in where.units),
        cell_unit=tuple(unit_at[u] for u, _ in where.cells),
        cell_group=tuple(group_at[g] for _, g in where.cells),
        cell_area=tuple(area_at[region.units[u].area] for u, _ in where.cells),
        cell_family=tuple(family_at[(u, region.groups[g].family)] for u, g in where.cells),
        cell_is_pool=tuple(u == region.pool.unit for u, _ in where.cells),
        cell_hires_agency=tuple(region.groups[g].agency_allowed == "ja" and u != region.pool.unit for u, g in where.cells),
        cell_floor_hours=tuple(sum(region.units[u].least_per_shift.get(g, {}).values()) * PASS_HOURS * 7 for u, g in where.cells),
        cell_duty_hours=tuple(duty.hours),
        cell_duty_rest_hours=tuple(duty.rest),
        cell_duty_compensated_hours=tuple(duty.compensated),
        cell_need_season=tuple(need_season(region.seasons, region.units[u].season) for u, _ in where.cells),
        cell_easter=tuple(easter_factor(region.seasons, region.units[u].season) for u, _ in where.cells),
        cell_sisters=_sisters(region, where),
        presence_season=presence_season(region.presence_seasons, region.absence_profile),
        summer_units=tuple(round(region.units[u].summer_substitutes.get(g, 0.0) * 200) for u, g in where.cells),
        group_is_physician=tuple(region.groups[g].family == "lakare" for g in where.groups),
        group_arrival_column=tuple(
            columns.add(f"yrkesgrupper.{g}.sokande.ankomst_per_ar", n, 0)
            if (n := region.groups[g].applicants.arrivals_per_year) is not None
            else -1
            for g in where.groups
        ),
        group_season=tuple(_month_season(region.groups[g].applicants.season) for g in where.groups),
        group_grades=tuple(tuple(grade_mix(region.groups[g].grades)) for g in where.groups),
        group_hire_ages=tuple(tuple(age_bands(region.groups[g].hire_ages, HIRE_AGES)) for g in where.groups),
        initial_employees=tuple(heads),
        people=register,
        vacant_units=vacant_units(region, where, spec.start_state, units),
        need_given=given,
        need_given_scale=given_scale,
        unmet_column=_unmet(spec, where, columns, covered),
        observed=observed,
        planned_order=tuple(region.staffing_order.planned),
        acute_order=tuple(region.staffing_order.acute),
        group_columns=group_columns,
        scalar_columns=scalar_columns,
        gathers=tuple(gathers),
        yearly_on_cost=_yearly(columns, "ekonomi.po_procent", region.economy.on_cost_percent),
        yearly_price_index=_yearly(columns, "omvarld.hyrpris_index", world.agency_price_index),
        yearly_availability=_yearly(columns, "omvarld.hyrtillgang_index", world.agency_availability_index),
        yearly_competition=_yearly(columns, "omvarld.lonekonkurrens_procent", world.pay_competition_percent),
        yearly_need_growth=_yearly(columns, "omvarld.behov_okning_procent", world.need_growth_percent),
        dated_norm_age=_dated(spec.rules.pension_norm_age, spec.start),
        dated_earliest_age=_dated(spec.rules.pension_earliest_age, spec.start),
        dated_right_age=_dated(spec.rules.employment_right_age, spec.start),
        daily_rest_day=_daily_rest(spec, where),
        notice_short_months=spec.rules.notice_months_short,
        notice_long_months=spec.rules.notice_months_long,
        notice_long_after_months=spec.rules.notice_long_after_months,
        term_weeks=(spec.rules.term_start_week["vt"], spec.rules.term_start_week["ht"]),
        effects=tuple(tables.effects),
        enablers=tuple(tables.enablers),
        announced=tuple(m.announced == "ja" for m in spec.measures),
        probability=tuple(tables.probability),
        carried_out=tuple(tables.carried_out),
        measure_once=tuple(tables.once),
        programmes=tuple(programmes),
        shifts=tuple(tables.shifts),
        budgets=tuple(tables.budgets),
        post_blocks=tuple(tables.post_blocks),
        pools=tuple(tables.pools),
        caps=tuple(tables.caps),
        cohorts=tuple(cohorts(spec, where, columns) + tables.cohorts),
        graduates=_graduates(region, where, columns),
        free_shifts=tuple(
            FreeShiftRow(
                group_at[s.giver],
                group_at[s.receiver],
                columns.field(s, "most_share_of_gap", f"fri_uppgiftsvaxling.{s.giver}.{s.receiver}"),
                columns.field(s, "freed_per_hour", f"fri_uppgiftsvaxling.{s.giver}.{s.receiver}"),
            )
            for s in sorted(region.free_shifts, key=lambda s: (s.giver, s.receiver))
        ),
        parameters=tuple(columns.rows),
    )


def _group_columns(region: Region, where: Layout, columns: Columns) -> tuple[tuple[int, ...], ...]:
    """Give the columns of GROUP_PARAMETERS, [parameter][group]."""
    found: dict[str, list[int]] = {name: [] for name in GROUP_PARAMETERS}
    for g in where.groups:
        spec = region.groups[g]
        name = f"yrkesgrupper.{g}"
        agency = spec.agency
        parts: dict[str, tuple[Part, str, str]] = {
            "exit_percent": (spec, "exit_percent_per_year", ""),
            "to_agency_share": (spec, "to_agency_share", ""),
            "agency_return_share": (spec, "agency_return_share", ""),
            "move_percent": (spec, "internal_move_percent_per_year", ""),
            "sick_short_percent": (spec.sick_leave, "short_percent", "sjukfranvaro"),
            "sick_short_spread": (spec.sick_leave, "short_spread_percent", "sjukfranvaro"),
            "sick_long_percent": (spec.sick_leave, "long_incidence_percent_per_year", "sjukfranvaro"),
            "sick_median_months": (spec.sick_leave, "long_median_months", "sjukfranvaro"),
            "sick_sigma": (spec.sick_leave, "long_sigma", "sjukfranvaro"),
            "sick_no_return": (spec.sick_leave, "no_return_share", "sjukfranvaro"),
            "parental_percent": (spec.parental_leave, "incidence_percent_per_year", "foraldraledighet"),
            "parental_median_months": (spec.parental_leave, "median_months", "foraldraledighet"),
            "parental_sigma": (spec.parental_leave, "sigma", "foraldraledighet"),
            "leave_percent": (spec.leave_of_absence, "incidence_percent_per_year", "tjanstledighet"),
            "leave_median_months": (spec.leave_of_absence, "median_months", "tjanstledighet"),
            "leave_sigma": (spec.leave_of_absence, "sigma", "tjanstledighet"),
            "leave_returns": (spec.leave_of_absence, "returns_share", "tjanstledighet"),
            "presence": (spec, "presence_share", ""),
            "retire_relative": (spec.pension, "relative_to_norm_years", "pension"),
            "retire_spread": (spec.pension, "spread_years", "pension"),
            "works_on_share": (spec.pension, "works_on_share", "pension"),
            "works_on_hours": (spec.pension, "works_on_hours_per_week", "pension"),
            "works_on_months": (spec.pension, "works_on_months", "pension"),
            "retired_to_agency": (spec.pension, "to_agency_share", "pension"),
            "grade_percent": (spec, "grade_change_percent_per_year", ""),
            "substitute_share": (spec, "substitute_share", ""),
            "extra_hours_share": (spec, "weekly_extra_share", ""),
            "patience_weeks": (spec.applicants, "patience_weeks", "sokande"),
            "lead_weeks": (spec.applicants, "lead_time_weeks", "sokande"),
            "lead_sigma": (spec.applicants, "lead_time_sigma", "sokande"),
            "notice_months": (spec.applicants, "notice_months", "sokande"),
            "novice_share": (spec.applicants, "novice_share", "sokande"),
            "hire_cost": (spec.applicants, "recruit_cost_sek", "sokande"),
            "learn_start": (spec.learning, "start_productivity", "inlarning"),
            "learn_intro_months": (spec.learning, "introduction_months", "inlarning"),
            "learn_after_intro": (spec.learning, "after_introduction", "inlarning"),
            "learn_full_months": (spec.learning, "experienced_months", "inlarning"),
            "learn_start_experienced": (spec.learning, "experienced_hire_start", "inlarning"),
            "intro_supervision": (spec.learning, "supervision_hours_per_week", "inlarning"),
            "compensatory_rest_percent": (spec, "compensatory_rest_percent", ""),
            "unsocial_percent": (spec, "unsocial_percent", ""),
            "pay": (spec, "monthly_pay_sek", ""),
        }
        for key, (part, field, under) in parts.items():
            found[key].append(columns.field(part, field, f"{name}.{under}" if under else name))
        found["agency_price"].append(_agency_price(region, g, columns))
        for key, field in (
            ("agency_price_growth", "price_growth_percent"),
            ("agency_delivery", "delivery_share"),
            ("agency_lead", "lead_time_weeks"),
            ("agency_productivity", "productivity"),
            ("agency_order_share", "order_share"),
        ):
            if agency is None:
                from kompetenssim.spec.region import Agency

                found[key].append(columns.field(Agency(), field, f"{name}.hyra"))
            else:
                found[key].append(columns.field(agency, field, f"{name}.hyra"))
    return tuple(tuple(found[name]) for name in GROUP_PARAMETERS)


def _agency_price(region: Region, group: str, columns: Columns) -> int:
    """Give the column of the price per paid hour; a week is 40 hours; without a price twice the own hourly cost (2007–08)."""
    spec = region.groups[group]
    name = f"yrkesgrupper.{group}.hyra.pris_kr_timme"
    if spec.agency and spec.agency.price_sek_per_hour is not None:
        return columns.add(name, spec.agency.price_sek_per_hour, 1)
    if spec.agency and spec.agency.price_sek_per_week is not None:
        week = spec.agency.price_sek_per_week
        hour = week.model_copy(
            update={
                "mode": week.mode / 40,
                "low": None if week.low is None else week.low / 40,
                "high": None if week.high is None else week.high / 40,
            }
        )
        return columns.add(f"yrkesgrupper.{group}.hyra.pris_kr_vecka/40", hour, 1)
    return columns.add(name, Number(mode=spec.monthly_pay_sek.mode / 165.0 * 1.46 * 2.0, assumption=True), 1)


def _scalar_columns(spec: Specification, columns: Columns) -> tuple[int, ...]:
    """Give the columns of SCALARS."""
    region = spec.region
    p, o, s, c, start = region.parameters, region.overtime, region.supervision, region.closed_beds, spec.start_state
    state = f"startlagen.{spec.start_state_date.isoformat()}"
    where: dict[str, tuple[Part, str, str]] = {
        "theta_exit": (p, "workload_to_exit_theta", "parametrar"),
        "theta_sick": (p, "workload_to_sick_theta", "parametrar"),
        "weight_unmet": (p, "weight_unmet", "parametrar"),
        "weight_overtime": (p, "weight_overtime", "parametrar"),
        "weight_agency": (p, "weight_agency", "parametrar"),
        "weight_novices": (p, "weight_novices", "parametrar"),
        "weight_supervision": (p, "weight_supervision", "parametrar"),
        "half_life_weeks": (p, "workload_half_life_weeks", "parametrar"),
        "sick_half_life_weeks": (p, "sick_lag_half_life_weeks", "parametrar"),
        "applicant_response": (p, "applicant_response", "parametrar"),
        "price_elasticity": (p, "agency_price_elasticity", "parametrar"),
        "price_cap_elasticity": (p, "price_cap_elasticity", "parametrar"),
        "novice_exit": (p, "novice_exit_factor", "parametrar"),
        "young_exit": (p, "young_exit_factor", "parametrar"),
        "pay_exit_elasticity": (p, "pay_exit_elasticity", "parametrar"),
        "pay_arrival_elasticity": (p, "pay_arrival_elasticity", "parametrar"),
        "agency_quarantine_months": (p, "agency_quarantine_months", "parametrar"),
        "agency_crowds_supervision": (p, "agency_crowds_supervision", "parametrar"),
        "redistribution_share": (p, "redistribution_share", "parametrar"),
        "redistribution_travel_sek": (p, "redistribution_travel_sek_per_hour", "parametrar"),
        "mismatch_percent": (p, "mismatch_percent", "parametrar"),
        "step_hours": (p, "step_hours", "parametrar"),
        "need_growth_percent": (p, "need_growth_percent", "parametrar"),
        "daily_rest_extra_percent": (p, "daily_rest_extra_percent", "parametrar"),
        "availability_trend_percent": (p, "agency_availability_growth_percent", "parametrar"),
        "utility_workload": (p, "utility_workload", "parametrar"),
        "utility_distance": (p, "utility_distance", "parametrar"),
        "utility_pay": (p, "utility_pay", "parametrar"),
        "refused_quits": (p, "commute_quit_share", "parametrar"),
        "retention_cap": (p, "retention_cap", "parametrar"),
        "arrival_cap": (p, "arrival_cap", "parametrar"),
        "realisation_cap_pp": (p, "realisation_cap_pp", "parametrar"),
        "pay_growth_percent": (region.economy, "pay_growth_percent", "ekonomi"),
        "overtime_fee_share": (region.economy, "overtime_fee_share", "ekonomi"),
        "overtime_practice": (o, "practice_share", "overtid"),
        "overtime_4_weeks": (o, "cap_hours_4_weeks", "overtid"),
        "overtime_year": (o, "cap_hours_year", "overtid"),
        "part_time_factor": (o, "part_time_factor", "overtid"),
        "simple_factor": (o, "simple_factor", "overtid"),
        "qualified_factor": (o, "qualified_factor", "overtid"),
        "extra_shift_share": (o, "extra_shift_share", "overtid"),
        "supervision_hours_each": (s, "hours_per_week_per_person", "handledare"),
        "supervision_trained": (s, "trained_share", "handledare"),
        "placement_hours": (s, "placement_hours_per_week", "handledare"),
        "closed_other_unit": (c, "other_unit", "stangd_vardplats"),
        "closed_bought": (c, "bought_care", "stangd_vardplats"),
        "bought_care_sek": (c, "bought_care_sek_per_hour", "stangd_vardplats"),
        "pool_protected": (region.pool, "protected_share", "resurspool"),
        "pool_premium_percent": (region.pool, "premium_percent", "resurspool"),
        "start_overtime_percent": (start, "overtime_percent", state),
        "pay_level": (start, "pay_factor", state),
        "price_level": (start, "price_factor", state),
    }
    return tuple(columns.field(*where[name]) for name in SCALARS)


def _gathers(
    region: Region, where: Layout, columns: Columns, offsets: Mapping[str, int], seats: list[tuple[int, int]]
) -> list[Gather]:
    """Give the base values that come straight from a number: schedules, seats and students of a supervisor."""
    rows = []
    students = columns.field(region.supervision, "max_students", "handledare")
    rows += [Gather(offsets["placement_factor"] + i, students, 1.0) for i in range(len(where.families))]
    for i, (u, _) in enumerate(where.cells):
        schedule = region.units[u].schedule
        column = columns.add(
            f"schematyper.{schedule}.heltid_timmar_vecka", region.schedules[schedule].full_time_hours_per_week, 20, 48
        )
        rows.append(Gather(offsets["full_time_hours"] + i, column, 1.0))
    for i, (spring, autumn) in enumerate(seats):
        rows.append(Gather(offsets["seats_spring"] + i, spring, 1.0))
        rows.append(Gather(offsets["seats_autumn"] + i, autumn, 1.0))
    return rows


def _need_given(region: Region, where: Layout, columns: Columns) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Give the column of a cell's stated need (-1: derived) and its scale to hours a week (-1: FTE at ordinary presence)."""
    given, scale = [], []
    for u, g in where.cells:
        unit = region.units[u]
        if g in unit.need_hours:
            given.append(columns.add(f"enheter.{u}.bemanningsmal_timmar_vecka.{g}", unit.need_hours[g], 0))
            scale.append(1.0)
        elif g in unit.shift_matrix:
            posts = sum(n for _, n in sorted(unit.shift_matrix[g].items()))
            given.append(columns.add(f"enheter.{u}.passmatris.{g}", posts, 0))
            scale.append(PASS_HOURS * 7)
        elif g in unit.need_fte:
            given.append(columns.add(f"enheter.{u}.bemanningsmal_aa.{g}", unit.need_fte[g], 0))
            scale.append(-1.0)
        else:
            given.append(-1)
            scale.append(0.0)
    return tuple(given), tuple(scale)


def _observed(spec: Specification, where: Layout, columns: Columns) -> tuple[tuple[ObservedRow, ...], set[int]]:
    """Give the observed agency costs (kr a year) and the cells they cover."""
    rows, covered = [], set()
    named = [(_population_name(o.population), o) for o in spec.start_state.agency_cost_msek]
    for name, o in sorted(named, key=lambda pair: pair[0]):
        cells = [
            c
            for c in population_cells(spec.region, where, o.population)
            if spec.region.groups[where.cells[c][1]].agency_allowed == "ja" and where.cells[c][0] != spec.region.pool.unit
        ]
        n = o.value.model_copy(
            update={k: None if (v := getattr(o.value, k)) is None else v * 1e6 for k in ("mode", "low", "high")}
        )
        rows.append(ObservedRow(tuple(cells), columns.add(f"startlagen.{spec.start_state_date}.hyrkostnad_mkr.{name}", n, 0)))
        covered.update(cells)
    return tuple(rows), covered


def _population_name(population: Population) -> str:
    """Give the name of a population: what it is limited to, never its place in the file."""
    parts = [[x] if isinstance(x, str) else sorted(x or []) for x in (population.group, population.area, population.unit)]
    return ".".join("+".join(part) for part in parts if part) or "alla"


def _unmet(spec: Specification, where: Layout, columns: Columns, covered: set[int]) -> tuple[int, ...]:
    """Give, per cell, the column of the gap's share of own hours at the start where agency cost does not give it."""
    by_group = {
        g: (key, n) for key, n in sorted(spec.start_state.unmet_percent.items(), reverse=True) for g in expand(spec.region, [key])
    }
    for key, n in spec.start_state.unmet_percent.items():
        if key in spec.region.groups:
            by_group[key] = (key, n)
    result = []
    for _, g in where.cells:
        if g in by_group:
            key, n = by_group[g]
            result.append(columns.add(f"startlagen.{spec.start_state_date}.obemannat_procent.{key}", n, 0, 90))
        else:
            result.append(columns.field(spec.region.parameters, "start_unmet_percent", "parametrar"))
    return tuple(result)


def _duty(region: Region, where: Layout) -> _Duty:
    """Give the working hours of duty lines, the hours subject to daily rest, and the rest given back, by cell."""
    n = len(where.cells)
    duty = _Duty([0.0] * n, [0.0] * n, [0.0] * n)
    for u, unit in sorted(region.units.items()):
        for line in unit.duty_lines:
            at = where.cell_index[(u, line.group)]
            hours = line.count * line.hours_per_week
            duty.hours[at] += hours * DUTY_WORK_SHARE[line.kind]
            duty.rest[at] += hours
            if line.compensation == "ledighet":
                duty.compensated[at] += hours * DUTY_WORK_SHARE[line.kind] * DUTY_REST_SHARE
    return duty


def _sisters(region: Region, where: Layout) -> tuple[tuple[int, ...], ...]:
    """Give, per cell, the other units' cells of the same area, group and speciality."""

    def kind(cell: tuple[str, str]) -> tuple[str, str, str]:
        return region.units[cell[0]].area, cell[1], region.units[cell[0]].speciality

    return tuple(
        tuple(j for j, other in enumerate(where.cells) if j != i and kind(other) == kind(cell) and other[0] != region.pool.unit)
        for i, cell in enumerate(where.cells)
    )


def _yearly(columns: Columns, name: str, series: Mapping[str, Number]) -> tuple[tuple[int, int], ...]:
    return tuple((int(y), columns.add(f"{name}.{y}", n)) for y, n in sorted(series.items()))


def _dated(series: Mapping[str, float], start: date) -> tuple[tuple[int, float], ...]:
    return tuple(sorted(((first_day(d) - start).days, float(v)) for d, v in series.items()))


def _daily_rest(spec: Specification, where: Layout) -> tuple[int, ...]:
    """Give the day from which daily rest adds to a cell's duty need; -1 when it is in the start state."""
    dates = spec.rules.daily_rest_from
    result = []
    for _, g in where.cells:
        text = dates.get(spec.region.groups[g].family) or dates.get("alla")
        result.append(max(-1, (first_day(text) - spec.start).days) if text else FAR)
    return tuple(result)


def _month_season(season: Mapping[str, float] | None) -> tuple[float, ...]:
    values = [float((season or {}).get(str(m), 1.0)) for m in range(1, 13)]
    mean = fsum(values) / 12
    return tuple(v / mean for v in values)


def _graduates(region: Region, where: Layout, columns: Columns) -> tuple[GraduateRow, ...]:
    rows = []
    zero = Number(mode=0.0)
    for key, g in sorted(region.graduates.items()):
        name = f"studentkullar.{key}"
        units = g.units if g.units is not None else sorted({u for u, group in where.cells if group == g.group})
        family = region.groups[g.group].family
        rows.append(
            GraduateRow(
                key,
                where.groups.index(g.group),
                columns.add(f"{name}.examinerade.vt", g.per_term.get("vt", zero), 0),
                columns.add(f"{name}.examinerade.ht", g.per_term.get("ht", zero), 0),
                columns.field(g, "region_share", name),
                g.placements_limit == "ja",
                columns.field(g, "placement_weeks", name),
                tuple(where.families.index((u, family)) for u in units if (u, family) in where.families),
            )
        )
    return tuple(rows)
