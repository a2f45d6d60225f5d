"""The named quantities of the world that time and measures may change.

One flat array of floats holds them all: the value of quantity q at place i lies at
`offset[q] + i`. A lever names the quantities it acts on; nothing else can be touched. How several
measures combine on one quantity is a property of the quantity, so their order never matters.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Dimension = Literal["region", "group", "family", "cell", "programme", "shift", "budget", "post_block", "pool", "cap", "measure"]
Combine = Literal["add", "multiply", "sum", "remaining", "retention", "level", "least", "budget"]


class Quantity(NamedTuple):
    """Describe one quantity.

    `combine`: add = base + Σ amounts · w; multiply = base · Π(1 + (f − 1) · w); sum = base · (1 + Σ (f − 1) · w),
    not below 0; remaining = 1 − Π(1 − e · w);
    retention = like multiply on exit risk, with the cap of the measure's effektgrupp; level = the value of
    the latest-dated active measure replaces the base; least = the smallest active value; budget = what the
    measures of an effektgrupp leave of its hour budget. w is ramp · coverage · realisation · decay of the measure (domain
    model 3.3).
    """

    dimension: Dimension
    unit: str
    combine: Combine
    base: float
    meaning: str


QUANTITIES: dict[str, Quantity] = {
    # --- need
    "need_hours": Quantity("cell", "h/week", "add", 0.0, "need before season and year factor, delivered hours"),
    "need_factor": Quantity("cell", "1", "multiply", 1.0, "need: population and case mix (vardbehov)"),
    "need_sum": Quantity("cell", "1", "sum", 1.0, "need: growth terms that are added up (vardbehov, sammansattning: summa)"),
    "need_year": Quantity("cell", "1", "multiply", 1.0, "need: yearly growth since the start"),
    "need_extra_hours": Quantity("cell", "h/week", "add", 0.0, "need added or removed in hours (dimensionering), after season"),
    "duty_hours": Quantity("cell", "h/week", "add", 0.0, "duty lines, fixed, no season"),
    "efficiency": Quantity("cell", "share", "remaining", 0.0, "share of hours freed and taken out of the need (sankt_mal)"),
    "efficiency_overtime": Quantity("cell", "share", "remaining", 0.0, "share of hours freed that lowers overtime only"),
    "efficiency_gross": Quantity("cell", "share", "remaining", 0.0, "share of hours freed, gross, for reporting"),
    "mismatch": Quantity("cell", "share", "add", 0.05, "capacity at the wrong time, m_loss >= 0"),
    "closed_share": Quantity("cell", "share", "add", 0.0, "share of the need closed here; part of it moves on"),
    # --- own time
    "full_time_hours": Quantity("cell", "h/week", "add", 40.0, "full-time measure of the schedule"),
    "presence": Quantity("cell", "share", "add", 0.83, "presence without absence that has a state of its own"),
    "presence_summer_shift": Quantity("cell", "share", "add", 0.0, "share of summer leave moved out of weeks 25-33"),
    "short_sick": Quantity("cell", "share", "multiply", 0.025, "short sick leave as a share of time"),
    "intro_time": Quantity("cell", "share", "add", 0.0, "share of novices' hours used by an introduction programme"),
    "used_time": Quantity("cell", "share", "add", 0.0, "share of own hours that a measure uses (improvement work, study)"),
    "compensatory_rest": Quantity("cell", "share", "add", 0.0, "jourkomp in time, share of own hours"),
    # --- exits and moves (rates per person-year)
    "exit_rate": Quantity("cell", "1/year", "multiply", 0.075, "external resignation at reference workload"),
    "exit_factor": Quantity("cell", "1", "retention", 1.0, "retention measures"),
    "novice_exit_factor": Quantity("cell", "1", "retention", 1.0, "retention of the first 24 months, on top"),
    "young_exit_factor": Quantity("cell", "1", "retention", 1.0, "retention of those under 30, on top"),
    "agency_leaver_share": Quantity("cell", "share", "multiply", 0.05, "share of resignations that go to agencies"),
    "move_rate": Quantity("cell", "1/year", "multiply", 0.045, "internal move"),
    "sick_rate": Quantity("cell", "1/year", "multiply", 0.04, "long sick leave"),
    "sick_length": Quantity("cell", "1", "multiply", 1.0, "factor on the length of long sick leave"),
    "parental_rate": Quantity("cell", "1/year", "multiply", 0.05, "parental leave, ages 25-44"),
    "leave_rate": Quantity("cell", "1/year", "multiply", 0.015, "leave of absence"),
    "leave_refused": Quantity("cell", "share", "add", 0.0, "share of leave applications refused"),
    "grade_rate": Quantity("cell", "1/year", "multiply", 0.06, "change of employment rate"),
    "more_hours_share": Quantity("cell", "share", "add", 0.0, "share of part-timers who have taken an offer of more hours"),
    "more_hours_step": Quantity("cell", "share", "level", 0.0, "how much their employment rate rises"),
    "retirement_factor": Quantity("cell", "1", "multiply", 1.0, "factor on the retirement hazard from 63"),
    "pay_relative": Quantity("cell", "share", "add", 0.0, "pay relative to competitors, 0 = as at the start"),
    "pay_supplement": Quantity("cell", "kr/month", "add", 0.0, "pay supplement per full-time month (cost)"),
    # --- recruitment
    "arrival_rate": Quantity("group", "1/year", "multiply", 10.0, "applicants who can be hired (base)"),
    "arrival_factor": Quantity("group", "1", "multiply", 1.0, "recruiting measures, joint cap"),
    "lead_time_factor": Quantity("group", "1", "multiply", 1.0, "advert to acceptance"),
    "hire_cost": Quantity("group", "kr", "add", 60000.0, "cost of a hire"),
    "hire_bond_months": Quantity("group", "months", "level", 0.0, "months a bonus binds a hire"),
    "return_factor": Quantity("group", "1", "multiply", 1.0, "leavers who come back"),
    "freeze": Quantity("cell", "0/1", "level", 0.0, "hiring freeze: vacant posts are not advertised"),
    # --- agency
    "agency_price": Quantity("cell", "kr/h", "multiply", 650.0, "price of a paid agency hour"),
    "agency_price_reference": Quantity(
        "cell", "kr/h", "level", 650.0, "price at which elasticity is 0: the path without measures"
    ),
    "agency_price_cap": Quantity("cell", "kr/h", "least", 1e9, "price cap; orders above it are paid the cap, availability falls"),
    "agency_delivery": Quantity("cell", "share", "multiply", 0.9, "probability that an ordered week is delivered"),
    "agency_lead_weeks": Quantity("cell", "weeks", "add", 4.0, "order to delivery, decision delay included"),
    "agency_order_share": Quantity("cell", "share", "multiply", 0.85, "share of the planned gap that is ordered"),
    "agency_gap_cap": Quantity("cell", "share", "least", 1.0, "cap as a share of the planned gap"),
    "agency_fixed_weeks": Quantity("cell", "weeks/week", "add", 0.0, "fixed lines: agency persons per week under contract"),
    "agency_fixed_delivery": Quantity("cell", "share", "level", 0.95, "delivery of the fixed lines"),
    "agency_productivity": Quantity("cell", "share", "level", 0.9, "need-equivalent hours per paid agency hour"),
    "agency_quarantine_months": Quantity("group", "months", "level", 12.0, "karens"),
    "cap_weeks": Quantity("cap", "persons/week", "least", 1e9, "cap on agency persons per week over the cap's cells"),
    "cap_cost": Quantity("cap", "kr/year", "least", 1e15, "cap on agency cost per calendar year over the cap's cells"),
    "cap_held": Quantity("cap", "share", "level", 0.0, "share of what a cap would take away that it still takes; it wears off"),
    # --- acute stage
    "overtime_practice": Quantity("cell", "share", "level", 0.025, "overtime at most this share of own hours"),
    "overtime_4_weeks": Quantity("cell", "h/person", "least", 48.0, "law, 4 weeks"),
    "overtime_year": Quantity("cell", "h/person", "least", 200.0, "law, calendar year"),
    "extra_hours_share": Quantity("cell", "share", "multiply", 0.01, "mertid at most this share of own hours"),
    "extra_shift_factor": Quantity("cell", "1", "multiply", 1.0, "factor on the share of overtime that is extra shifts"),
    "overtime_pay_factor": Quantity("cell", "1", "multiply", 1.0, "factor on the compensation for extra shifts and overtime"),
    # --- pool, supervision, training, task shift, posts
    "pool_hours": Quantity("pool", "h/week", "add", 0.0, "hours a pool block offers"),
    "supervision_factor": Quantity("family", "1", "multiply", 1.0, "supervision capacity of a unit and family"),
    "supervision_hours": Quantity("family", "h/week", "add", 0.0, "supervision hours added"),
    "placement_factor": Quantity("family", "1", "multiply", 1.0, "students a supervisor takes at once (peer learning, KUM)"),
    "seats_spring": Quantity("programme", "seats", "add", 0.0, "seats admitted at the spring term"),
    "seats_autumn": Quantity("programme", "seats", "add", 0.0, "seats admitted at the autumn term"),
    "pay_share": Quantity("programme", "share", "level", 1.0, "share of pay kept during training"),
    "graduate_share": Quantity("group", "share", "add", 0.0, "addition to the share of graduates who apply to the region"),
    "introduction_supervision": Quantity("cell", "h/week", "add", 3.0, "supervision of one new hire during introduction"),
    "learning_factor": Quantity("cell", "1", "multiply", 1.0, "factor on the time to full productivity"),
    "post_fte": Quantity("post_block", "FTE", "add", 0.0, "established posts of a block"),
    "shift_trained": Quantity("shift", "share", "level", 0.0, "stage 2: receivers trained"),
    "shift_handed": Quantity("shift", "share", "level", 0.0, "stage 3: tasks handed over"),
    "shift_realised": Quantity("shift", "share", "add", 0.0, "realisation of the freed hours"),
    "shift_planned_hours": Quantity("shift", "h/week", "add", 0.0, "receiver hours set aside when no posts are created"),
    "budget_left": Quantity("budget", "share", "budget", 1.0, "what efficiency leaves of an hour budget to task shifts"),
    # --- money and dated rules
    "pay": Quantity("group", "kr/month", "multiply", 30000.0, "monthly pay, full time"),
    "on_cost": Quantity("region", "share", "level", 0.46, "PO"),
    "measure_cost": Quantity("measure", "kr/month", "add", 0.0, "cost of a measure beyond wages"),
    "measure_grant": Quantity("measure", "kr/month", "add", 0.0, "state money of a measure"),
}
