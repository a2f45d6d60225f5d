"""Agency staff are what is left of the gap: price, caps, lead times and what the region does instead."""

from __future__ import annotations

import pytest

from tests.directional.build import falls, measure, paired, rises, run, stays, template, unchanged

pytestmark = pytest.mark.directional


def test_doubled_agency_price_raises_cost_and_lowers_volume_less_than_proportionally() -> None:
    """Cost is not volume: at twice the price the region buys less, but far more than half, and pays more in all."""
    dear, as_is = run(template(measure("pris", hyrstyrning={"pris_faktor": 2.0})), 12), unchanged()
    assert rises(dear.sum("agency_ore"), as_is.sum("agency_ore"))
    assert falls(dear.sum("agency_paid"), as_is.sum("agency_paid"))
    assert paired(dear.sum("agency_paid"), 0.5 * as_is.sum("agency_paid")).low > 0
    assert rises(dear.cost(), as_is.cost())
    assert rises(dear.sum("unmet", "overtime"), as_is.sum("unmet", "overtime"))


def test_a_price_cap_lowers_the_price_and_the_supply() -> None:
    """Agencies paid less deliver less: cost falls more than hours, and what they do not deliver is missing."""
    cap = measure("tak", hyrstyrning={"yrkesgrupp": "ssk", "pristak_kr_timme": 350})
    capped, as_is = run(template(cap), 12), unchanged()
    assert falls(capped.sum("agency_paid", group="ssk"), as_is.sum("agency_paid", group="ssk"))
    price, usual = (r.ratio("agency_ore", "agency_paid", group="ssk") * 60 / 100 for r in (capped, as_is))
    assert price.max() <= 360 < usual.min()
    assert rises(capped.sum("unmet", group="ssk"), as_is.sum("unmet", group="ssk"))


def test_b5_a_cap_on_cost_saves_money_and_leaves_need_uncovered() -> None:
    """B5: the bill stays under the cap each year; overtime, unmet need and workload rise."""
    capped, as_is = run(template(measure("tak", hyrstyrning={"tak_mkr_ar": 5, "avklingar": "nej"})), 12), unchanged()
    for year in (slice(0, 12), slice(12, 24)):
        assert capped.sum("agency_ore", months=year).max() <= 1.06 * 5e8  # orders at the turn of the year are paid by days
    assert falls(capped.cost(), as_is.cost())
    for name in ("unmet", "overtime", "workload_micro_days"):
        assert rises(capped.sum(name), as_is.sum(name))


def test_a_cap_with_own_hours_in_its_place_lowers_cost_and_leaves_workload_stable() -> None:
    """A cap alone raises workload; with own supply that covers the hours cost falls and workload does not rise."""
    nurses = ["ssk", "spec_ssk"]
    cap = measure("tak", hyrstyrning={"yrkesgrupper": nurses, "tak_per_vecka": 2, "avklingar": "nej"})
    own = measure("egna", resurspool={"yrkesgrupper": nurses, "timmar_vecka": 250})
    with_own, alone, as_is = run(template(cap, own), 12), run(template(cap), 12), unchanged()
    assert falls(alone.cost(), as_is.cost())
    assert rises(alone.sum("workload_micro_days", group=nurses), as_is.sum("workload_micro_days", group=nurses))
    assert falls(with_own.sum("agency_ore"), as_is.sum("agency_ore"))
    assert falls(with_own.cost(), as_is.cost())
    assert paired(with_own.sum("workload_micro_days", group=nurses), as_is.sum("workload_micro_days", group=nurses)).low <= 0


def test_b1_agency_staff_cover_the_gap_and_keep_workload_down() -> None:
    """B1: the same region without agency staff has more unmet need, more overtime and a higher workload."""
    stopped, as_is = run(template(measure("stopp", hyrstyrning={"tak_per_vecka": 0, "avklingar": "nej"})), 12), unchanged()
    for name in ("unmet", "overtime", "workload_micro_days"):
        assert rises(stopped.sum(name), as_is.sum(name))
    assert stopped.sum("agency", months=slice(2, 24)).max() == 0


def test_ordering_a_smaller_share_of_the_gap_leaves_more_of_it() -> None:
    """A lower order share lowers agency hours and raises overtime and unmet need."""
    careful, as_is = run(template(measure("avrop", hyrstyrning={"avropsandel_faktor": 0.6})), 12), unchanged()
    assert falls(careful.sum("agency"), as_is.sum("agency"))
    assert rises(careful.sum("unmet"), as_is.sum("unmet"))
    assert rises(careful.sum("overtime"), as_is.sum("overtime"))


def test_slow_decisions_delay_agency_staff_after_a_rise_in_need() -> None:
    """With eight weeks more to decide, the summer after a rise in need has fewer agency hours and more unmet need."""
    rise = measure("behov", start="2023-07-01", vardbehov={"andring_procent": 20})
    slow = measure("beslut", hyrstyrning={"beslutsledtid_veckor": 8})
    late, as_is = run(template(rise, slow, years=1), 12), run(template(rise, years=1), 12)
    after = slice(6, 9)
    assert falls(late.sum("agency", months=after), as_is.sum("agency", months=after))
    assert rises(late.sum("unmet", months=after), as_is.sum("unmet", months=after))


def test_a_fixed_line_comes_whether_it_is_needed_or_not() -> None:
    """Agency staff under contract are paid also in weeks without a gap: more unused hours, less unmet need."""
    line = measure("linje", hyrstyrning={"yrkesgrupp": "ssk", "fast_linje": {"antal": 4, "leveranssakerhet_andel": 1}})
    fixed, as_is = run(template(line), 12), unchanged()
    assert rises(fixed.sum("agency_wasted", group="ssk"), as_is.sum("agency_wasted", group="ssk"))
    assert falls(fixed.sum("unmet", group="ssk"), as_is.sum("unmet", group="ssk"))


def test_the_pool_covers_gaps_before_agency_staff_are_ordered() -> None:
    """Pool hours lower agency hours, overtime and unmet need; what agency staff cost falls by more than the pool costs."""
    pool = measure("pool", resurspool={"yrkesgrupper": ["ssk"], "timmar_vecka": 80})
    pooled, as_is = run(template(pool), 12), unchanged()
    assert rises(pooled.sum("pool"), as_is.sum("pool"))
    for name in ("agency", "overtime", "unmet"):
        assert falls(pooled.sum(name, group="ssk"), as_is.sum(name, group="ssk"))
    assert falls(pooled.cost(), as_is.cost())


def test_pool_hours_of_volunteers_are_missing_where_they_come_from() -> None:
    """Nobody is in two places: what the pool lends of specialists' hours is gone on their own ward."""
    source = {"yrkesgrupp": "spec_ssk", "enheter": ["avd_a"]}
    pool = measure("pool", resurspool={"yrkesgrupper": ["ssk"], "timmar_vecka": 60, "fran": source})
    pooled, as_is = run(template(pool), 12), unchanged()
    assert falls(pooled.sum("own", group="spec_ssk", unit="avd_a"), as_is.sum("own", group="spec_ssk", unit="avd_a"))
    assert rises(pooled.sum("unmet", "agency", group="spec_ssk"), as_is.sum("unmet", "agency", group="spec_ssk"))
    assert falls(pooled.sum("unmet", "agency", group="ssk"), as_is.sum("unmet", "agency", group="ssk"))
    both = ("own", "surplus", "pool", "moved")
    assert paired(pooled.sum(*both), as_is.sum(*both)).mean <= 0.01 * as_is.sum("pool", "own").mean()


def test_overtime_is_limited_by_practice() -> None:
    """A laxer practice moves unmet need to overtime; agency staff are ordered on the planned gap and stay."""
    lax, as_is = run(template(region={"overtid": {"praxis_andel": 0.08}}), 12), unchanged()
    assert rises(lax.sum("overtime"), as_is.sum("overtime"))
    assert falls(lax.sum("unmet"), as_is.sum("unmet"))
    assert abs(paired(lax.sum("agency"), as_is.sum("agency")).mean) < 0.01 * as_is.sum("agency").mean()
    share = as_is.ratio("overtime", "own")
    assert share.max() < 0.03 + 0.01  # practice and extra hours of part-timers


def test_a_rise_in_sick_leave_becomes_agency_overtime_and_unmet_need() -> None:
    """Twice the sick leave, short and long, at a stated need: every kind of cover is used more."""
    nurses = ["ssk", "spec_ssk"]
    stated = {
        "avd_a": {"bemanningsmal_timmar_vecka": {"ssk": 760, "spec_ssk": 270}},
        "avd_b": {"bemanningsmal_timmar_vecka": {"ssk": 700, "spec_ssk": 210}},
        "central": {"bemanningsmal_timmar_vecka": {"ssk": 230}},
    }
    leave = {"sjukfranvaro": {"kort_procent": 5, "lang_incidens_procent_ar": {"undre": 6, "trolig": 8, "ovre": 10}}}
    ill = {"yrkesgrupper": {g: leave for g in nurses}}
    sick, as_is = (run(template(region={"enheter": stated} | more), 12) for more in (ill, {}))
    assert (sick.weekly_need(*nurses) == as_is.weekly_need(*nurses)).all()
    for name in ("sick_minutes", "agency", "overtime", "unmet"):
        assert rises(sick.sum(name, group=nurses), as_is.sum(name, group=nurses))


def test_moved_holidays_lower_the_gap_of_the_summer() -> None:
    """A quarter of the summer leave moved out of weeks 25–33: less agency and unmet need in July, somewhat less own time else."""
    moved = measure("semester", schema={"flyttade_semesterveckor_andel": 0.25, "ersattning_kr_per_vecka": 5000})
    spread, as_is = run(template(moved), 12), unchanged()
    for name in ("agency", "unmet"):
        assert falls(spread.sum(name, months=slice(6, 7)), as_is.sum(name, months=slice(6, 7)))
    assert falls(spread.sum("own", "surplus", months=slice(8, 11)), as_is.sum("own", "surplus", months=slice(8, 11)))
    assert stays(spread.sum("exits_pension"), as_is.sum("exits_pension"))


def test_r4_leavers_to_the_agencies_raise_what_the_agencies_deliver() -> None:
    """R4: when three times as many of those who leave go to the agencies, deliveries become surer; the leavers are as many."""
    nurses = {"till_hyrbolag_andel": 0.3, "avgang_procent_ar": 20, "hyra": {"leveranssakerhet_andel": 0.5}}
    region = {"yrkesgrupper": {"ssk": nurses}}
    pull = measure("hyrvillkor", behalla={"yrkesgrupp": "ssk", "hyrbolag_faktor": 3.0})
    drawn, as_is = (run(template(*m, region=region, years=3), 20) for m in ([pull], []))
    assert rises(drawn.sum("exits_agency"), as_is.sum("exits_agency"))
    assert rises(drawn.sum("agency_paid", group="ssk"), as_is.sum("agency_paid", group="ssk"))
    assert stays(drawn.sum("exits_agency", "exits_external"), as_is.sum("exits_agency", "exits_external"), errors=4)


def test_closed_beds_move_need_on_and_do_not_remove_it() -> None:
    """B4: a fifth of a ward closed: half of that need is on the sister ward, a part is bought, and the sister hires more."""
    beds = measure("plats", omfattning={"enheter": ["avd_a"]}, dimensionering={"vardplatser_procent": -20})
    closed, as_is = run(template(beds), 12), unchanged()
    lost = -paired(closed.sum("need", unit="avd_a"), as_is.sum("need", unit="avd_a")).mean
    found = paired(closed.sum("need", unit="avd_b"), as_is.sum("need", unit="avd_b")).mean
    assert found == pytest.approx(lost / 2, rel=0.001)
    elsewhere = closed.template.areas.index("primarvard")
    assert (closed.weekly_need()[:, :, elsewhere] == as_is.weekly_need()[:, :, elsewhere]).all()
    assert closed.sum("bought_care_ore").min() > 0
    for name in ("agency", "unmet"):
        assert rises(closed.sum(name, unit="avd_b"), as_is.sum(name, unit="avd_b"))
    assert falls(closed.sum("agency", "unmet", unit="avd_a"), as_is.sum("agency", "unmet", unit="avd_a"))


def test_efficiency_taken_out_of_the_need_lowers_agency_use_by_less_than_the_need() -> None:
    """Five per cent less need is five per cent, and only what had been a gap could be agency hours."""
    freed, as_is = run(template(measure("effekt", effektivisering={"frigjord_andel_procent": 5})), 12), unchanged()
    need = paired(freed.sum("need"), as_is.sum("need"))
    assert need.mean == pytest.approx(-0.05 * as_is.sum("need").mean(), rel=0.01)
    assert falls(freed.sum("agency"), as_is.sum("agency"))
    assert -paired(freed.sum("agency"), as_is.sum("agency")).mean < -need.mean
