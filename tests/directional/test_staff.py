"""People come, stay, load each other and leave: the measures and loops around exits, vacancies and workload."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.directional.build import Runs, falls, measure, paired, rises, run, stays, template, unchanged

pytestmark = pytest.mark.directional

LEAVERS = ("exits_external", "exits_agency")
YEAR_1, YEAR_2 = slice(0, 12), slice(12, 24)


@cache
def shortage(theta: float, more_need: bool) -> Runs:
    rise = [measure("behov", vardbehov={"andring_procent": 25})] if more_need else []
    strength = {"belastning_till_avgang_theta": theta, "belastning_till_sjuk_theta": theta}
    return run(template(*rise, parameters=strength, years=3), 16)


def test_r1_shortage_raises_workload_exits_and_sick_leave() -> None:
    """R1: more need than staff, then more load, more leavers, more ill, more vacancies."""
    short, as_is = shortage(4, True), shortage(4, False)
    for names in (("workload_micro_days",), LEAVERS, ("sick_minutes",), ("vacant_units_minutes",)):
        assert rises(short.sum(*names), as_is.sum(*names))


def test_r1_is_open_when_workload_moves_nobody() -> None:
    """At θ = 0 the same shortage raises workload and not the exits; which ward applicants choose may still differ."""
    short, as_is = shortage(0, True), shortage(0, False)
    assert rises(short.sum("workload_micro_days"), as_is.sum("workload_micro_days"))
    assert stays(short.sum(*LEAVERS), as_is.sum(*LEAVERS))


def test_r2_overtime_wears_people_out() -> None:
    """R2: with overtime as the only load, a shortage that is worked off in overtime raises exits and sick leave."""
    only = {f"vikt_{x}": 0 for x in ("obemannat", "hyra", "novisandel", "handledning")}
    strong = {"belastning_till_avgang_theta": 6, "belastning_till_sjuk_theta": 6}
    rise = measure("behov", vardbehov={"andring_procent": 15})
    long_hours = {"overtid": {"praxis_andel": 0.15}}
    worn, rested = (run(template(*m, parameters=only | strong, region=long_hours, years=3), 16) for m in ([rise], []))
    for names in (("overtime",), ("workload_micro_days",), LEAVERS, ("sick_minutes",)):
        assert rises(worn.sum(*names), rested.sum(*names))


def test_r5_more_novices_raise_the_load_and_the_exits() -> None:
    """R5: when the new take twice as long to learn, the experienced carry more, and more of them leave."""
    only = {f"vikt_{x}": 0 for x in ("obemannat", "hyra", "overtid", "handledning")}
    slow = measure("inlarning", introduktion={"inlarning_faktor": 2.0})
    many_new = {"avgang_procent_ar": 15, "sokande": {"nyexaminerade_andel": 0.9}}
    turnover = {"yrkesgrupper": {g: many_new for g in ("ssk", "spec_ssk", "usk")}}
    strong = only | {"belastning_till_avgang_theta": 8}
    novices, usual = (run(template(*m, parameters=strong, region=turnover, years=4), 14) for m in ([slow], []))
    for names in (("novice_units_minutes",), ("workload_micro_days",), LEAVERS):
        assert rises(novices.sum(*names), usual.sum(*names))


def test_a_retention_measure_lowers_exits_and_what_follows_from_them() -> None:
    """A fifth fewer resignations: fewer leavers, fewer recruitments to pay, fewer agency hours."""
    kept, as_is = run(template(measure("behall", behalla={"avgang_faktor": 0.8})), 20), unchanged(2, 20)
    d = paired(kept.sum(*LEAVERS), as_is.sum(*LEAVERS))
    assert d.high < 0
    assert d.mean > -0.3 * as_is.sum(*LEAVERS).mean()
    assert falls(kept.sum("vacant_units_minutes"), as_is.sum("vacant_units_minutes"))
    assert falls(kept.sum("agency"), as_is.sum("agency"))


def test_a_retention_measure_for_nurses_changes_no_other_exit() -> None:
    """Doctors and assistant nurses leave as before when only nurses are asked to stay (workload moves nobody here)."""
    still = {"belastning_till_avgang_theta": 0}
    kept = run(template(measure("behall", behalla={"yrkesgrupp": "ssk", "avgang_faktor": 0.7}), parameters=still), 12)
    as_is = run(template(parameters=still), 12)
    assert falls(kept.sum(*LEAVERS, group="ssk"), as_is.sum(*LEAVERS, group="ssk"))
    for group in ("lakare", "usk", "vns"):
        assert (kept.sum(*LEAVERS, group=group) == as_is.sum(*LEAVERS, group=group)).all()


def test_a_pay_rise_keeps_people_and_costs_money() -> None:
    """Ten per cent more pay than the neighbours: fewer leave, the wage bill rises by about as much."""
    paid, as_is = run(template(measure("lon", lon_och_forman={"paslag_procent": 10})), 20), unchanged(2, 20)
    assert falls(paid.sum(*LEAVERS), as_is.sum(*LEAVERS))
    assert 1.07 < paid.sum("wage_ore").mean() / as_is.sum("wage_ore").mean() < 1.13


def test_competitors_who_pay_more_take_people() -> None:
    """The same in the other direction, at no cost of our own: more leave, more posts are vacant."""
    rivals, as_is = run(template(outside={"lonekonkurrens_procent": {"2023": 10}}), 20), unchanged(2, 20)
    assert rises(rivals.sum(*LEAVERS), as_is.sum(*LEAVERS))
    assert rises(rivals.sum("vacant_units_minutes"), as_is.sum("vacant_units_minutes"))


@cache
def freeze(end: str | None) -> Runs:
    until = {"slut": end} if end else {}
    return run(template(measure("stopp", dimensionering={"frysning": "ja"}, **until)), 12)


def test_a_hiring_freeze_raises_vacancies_agency_use_and_unmet_need() -> None:
    """Vacant posts that nobody may fill: fewer staff and lower wages, more agency hours and unmet need."""
    frozen, as_is = freeze(None), unchanged()
    assert falls(frozen.sum("hires"), as_is.sum("hires"))
    for names in (("vacant_units_minutes",), ("agency",), ("unmet",), ("agency_ore",)):
        assert rises(frozen.sum(*names, months=YEAR_2), as_is.sum(*names, months=YEAR_2))
    assert falls(frozen.sum("wage_ore", months=YEAR_2), as_is.sum("wage_ore", months=YEAR_2))


def test_b2_vacancies_are_recruited_away_when_the_freeze_ends() -> None:
    """B2: after a year of freeze the many vacancies draw more applicants, and hiring is above the ordinary."""
    thawed, as_is, frozen = freeze("2023-12-31"), unchanged(), freeze(None)
    assert falls(thawed.sum("hires", months=YEAR_1), as_is.sum("hires", months=YEAR_1))
    assert rises(thawed.sum("hires", months=YEAR_2), as_is.sum("hires", months=YEAR_2))
    assert falls(thawed.sum("vacant_units_minutes", months=YEAR_2), frozen.sum("vacant_units_minutes", months=YEAR_2))


def test_a_recruitment_measure_fills_vacancies() -> None:
    """Ten per cent more applicants: fewer vacant posts and agency hours, a higher cost of recruitment."""
    more, as_is = run(template(measure("sokande", rekrytering={"ankomst_faktor": 1.1})), 20), unchanged(2, 20)
    assert falls(more.sum("vacant_units_minutes"), as_is.sum("vacant_units_minutes"))
    assert falls(more.sum("agency"), as_is.sum("agency"))
    assert rises(more.sum("recruit_ore"), as_is.sum("recruit_ore"))


def test_a_cohort_of_recruits_comes_at_its_date() -> None:
    """Six nurses in March: heads rise by six (less those who would have come) and not before, vacancies and agency hours fall."""
    cohort = {"art": "kohort", "yrkesgrupp": "ssk", "antal": 6, "leverans_datum": "2023-03-01", "lyckandegrad": 1}
    delivered, as_is = run(template(measure("kull", rekrytering=cohort)), 12), unchanged()
    assert (delivered.stock("employees", 1) == as_is.stock("employees", 1)).all()
    more = delivered.stock("employees", 2, group="ssk") - as_is.stock("employees", 2, group="ssk")
    assert more.max() == 6
    assert more.min() >= 4
    assert falls(delivered.sum("vacant_units_minutes"), as_is.sum("vacant_units_minutes"))
    assert falls(delivered.sum("agency"), as_is.sum("agency"))


def test_long_notice_and_lead_times_delay_hires() -> None:
    """Ten new posts in a market full of applicants: with longer lead times or notice they stand vacant for longer."""

    def market(lead: float, notice: float) -> dict[str, Any]:
        wait = {"ankomst_per_ar": 80, "talamod_veckor": 26, "ledtid_veckor": lead, "uppsagningstid_manader": notice}
        return {"yrkesgrupper": {"ssk": {"sokande": wait}}}

    posts = measure("tjanster", start="2023-06-01", dimensionering={"yrkesgrupp": "ssk", "antal_aa": 10, "beslut_under_ar": "ja"})
    quick, slow, bound = (run(template(posts, region=market(*m), years=1), 12) for m in ((3, 0), (12, 0), (3, 4)))
    after: dict[str, Any] = {"group": "ssk", "months": slice(5, 12)}
    for late in (slow, bound):
        assert rises(late.sum("vacant_units_minutes", **after), quick.sum("vacant_units_minutes", **after))
        assert falls(late.sum("hires", group="ssk", months=slice(5, 8)), quick.sum("hires", group="ssk", months=slice(5, 8)))


def test_posts_without_applicants_stay_vacant() -> None:
    """New posts are not new hands: where nobody applies they raise the vacancy rate and cover nothing."""
    nobody = {"yrkesgrupper": {"spec_ssk": {"sokande": {"ankomst_per_ar": 0}}}}
    posts = measure("tjanster", dimensionering={"yrkesgrupp": "spec_ssk", "antal_aa": 5, "beslut_under_ar": "ja"})
    more, as_is = run(template(posts, region=nobody), 8), run(template(region=nobody), 8)
    assert rises(more.sum("vacant_units_minutes", group="spec_ssk"), as_is.sum("vacant_units_minutes", group="spec_ssk"))
    assert stays(more.sum("own", group="spec_ssk"), as_is.sum("own", group="spec_ssk"))


def test_part_timers_who_take_more_hours_raise_own_hours_without_new_heads() -> None:
    """Half of the part-timers go up by 15 percentage points: more own hours, and nobody new on the first day."""
    offer = {"art": "sysselsattningsgrad", "andel_beviljade_procent": 50, "hojning_procentenheter": 15}
    more, as_is = run(template(measure("heltid", arbetsutbud=offer)), 12), unchanged()
    assert rises(more.sum("own", "surplus"), as_is.sum("own", "surplus"))
    assert falls(more.sum("agency"), as_is.sum("agency"))
    assert (more.stock("employees", 0) == as_is.stock("employees", 0)).all()


def test_later_retirement_lowers_pension_exits() -> None:
    """Most of the 63-year-olds stay two years longer: fewer retire within the period."""
    later = measure("senior", arbetsutbud={"art": "pension", "andel_beviljade_procent": 80, "manader": 24})
    stayed, as_is = run(template(later), 20), unchanged(2, 20)
    assert falls(stayed.sum("exits_pension"), as_is.sum("exits_pension"))
