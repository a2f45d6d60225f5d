"""What one block of each lever type does, in words: people, posts, agency, training."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from kompetenssim.levers import LeverError
from kompetenssim.model.effects import CapBlock, CohortBlock, Effect, PostBlock, ProgrammeBlock, ShiftBlock
from kompetenssim.spec.number import Number
from tests.levers.places import amounts, blocks, effects, read

pytestmark = pytest.mark.unit

NURSES = [("akut", "sjukskoterska"), ("kirurgi", "sjukskoterska"), ("medicin", "sjukskoterska")]


# --- behalla


def test_behalla_lowers_the_exits_of_the_covered_groups_only() -> None:
    (effect,) = effects(
        "behalla: {avgang_faktor: {undre: 0.92, trolig: 0.96, ovre: 0.99}}", omfattning={"yrkesgrupper": ["sjukskoterska"]}
    ).values()
    assert (effect.quantity, effect.amount.mode, effect.places) == ("exit_factor", 0.96, NURSES)
    assert (effect.amount.low, effect.amount.high) == (0.92, 0.99)
    assert effect.scaled and effect.realised
    assert (effect.least, effect.most) == (0.3, 1.5)


def test_behalla_separates_novices_moves_agency_and_the_time_the_measure_takes() -> None:
    written = (
        "behalla: {yrkesgrupp: sjukskoterska, novis_avgang_faktor: 0.9, intern_faktor: 0.8, hyrbolag_faktor: 0.5, "
        "tidsandel_procent: 1}"
    )
    assert amounts(written) == {
        "behalla.novis_avgang_faktor": ("novice_exit_factor", 0.9),
        "behalla.intern_faktor": ("move_rate", 0.8),
        "behalla.hyrbolag_faktor": ("agency_leaver_share", 0.5),
        "behalla.tidsandel_procent": ("used_time", 0.01),
    }


# --- rekrytering


def test_a_hiring_bonus_costs_at_every_hire_and_draws_applicants_by_its_share_of_yearly_pay() -> None:
    found = amounts("rekrytering: {yrkesgrupper: [ssk_alla], bonus_kr: 42000, bonus_elasticitet: 0.5, bindning_manader: 12}")
    assert found == {
        "rekrytering.bonus_kr": ("hire_cost", 42_000),
        "rekrytering.bindning_manader": ("hire_bond_months", 12),
        "rekrytering.bonus_elasticitet.sjukskoterska": ("arrival_factor", 1 + 0.5 * 42_000 / (12 * 35_000)),
        "rekrytering.bonus_elasticitet.ssk_anop_iva": ("arrival_factor", 1 + 0.5 * 42_000 / (12 * 40_000)),
    }


def test_ongoing_recruitment_changes_applicants_lead_time_and_returners_per_group() -> None:
    found = effects("rekrytering: {yrkesgrupp: sjukskoterska, ankomst_faktor: 1.02, ledtid_faktor: 0.9, atervandare_faktor: 1.5}")
    assert {e.quantity: e.amount.mode for e in found.values()} == {
        "arrival_factor": 1.02,
        "lead_time_factor": 0.9,
        "return_factor": 1.5,
    }
    assert all(e.places == [("sjukskoterska",)] for e in found.values())


def test_a_cohort_is_delivered_after_its_preparation() -> None:
    (cohort,) = blocks(
        "{start: 2024-03, rekrytering: {art: kohort, yrkesgrupp: sjukskoterska, antal: 8, forberedelse_manader: 18, "
        "lyckandegrad: 0.6}}"
    ).values()
    assert isinstance(cohort, CohortBlock)
    assert (cohort.group, cohort.count.mode, cohort.success.mode, cohort.delivered) == ("sjukskoterska", 8, 0.6, date(2025, 9, 1))


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"art": "kohort", "yrkesgrupp": "vns"}, "kräver antal"),
        ({"art": "kohort", "yrkesgrupp": "vns", "antal": 3}, "leverans_datum"),
        ({"art": "kohort", "yrkesgrupp": "vns", "antal": 3, "leverans_datum": "2025-01", "bonus_kr": 1}, "bonus_kr hör inte"),
        ({"antal": 3}, "antal hör inte"),
        ({"bindning_manader": 12}, "kräver bonus_kr"),
    ],
)
def test_recruitment_refuses_what_does_not_fit_its_kind(block: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read("rekrytering", block)


# --- hyrstyrning


def test_a_weekly_cap_counts_over_all_covered_cells_but_the_spared_ones() -> None:
    (cap,) = blocks("hyrstyrning: {yrkesgrupp: distriktslakare, tak_per_vecka: 15, undantag: {enheter: [pv_fjall]}}").values()
    assert isinstance(cap, CapBlock)
    assert cap.cells == [("pv_ostersund", "distriktslakare")]
    assert cap.persons_per_week is not None and cap.persons_per_week.mode == 15
    assert cap.cost_sek_per_year is None


def test_an_agency_stop_is_a_cap_of_zero() -> None:
    (cap,) = blocks("hyrstyrning: {tak_per_vecka: 0}").values()
    assert isinstance(cap, CapBlock) and cap.persons_per_week == Number(mode=0)


def test_a_wind_down_lowers_the_cap_every_month_until_it_is_zero() -> None:
    found = blocks("{start: 2024-01, hyrstyrning: {yrkesgrupp: sjukskoterska, tak_per_vecka: 12, nedtrappning_till: 2024-05-01}}")
    steps = [(b.start, b.persons_per_week.mode) for b in found.values() if isinstance(b, CapBlock) and b.persons_per_week]
    assert steps == [(None, 12), (date(2024, 2, 1), 9), (date(2024, 3, 1), 6), (date(2024, 4, 1), 3), (date(2024, 5, 1), 0)]


def test_price_terms_and_lead_time_of_agency_staff_change_without_ramp_where_they_are_levels() -> None:
    written = """hyrstyrning: {yrkesgrupp: distriktslakare, pris_faktor: 0.9, pristak_kr_vecka: 60000,
          beslutsledtid_veckor: 1, karens_manader: 24,
      tak_andel: 0.8, avropsandel_faktor: 0.95, tak_mkr_ar: 5}"""
    found = effects(written)
    assert {e.quantity: (e.amount.mode, e.scaled) for e in found.values()} == {
        "agency_price": (0.9, True), "agency_price_cap": (1500, False), "agency_lead_weeks": (1, False),
        "agency_quarantine_months": (24, False), "agency_gap_cap": (0.8, False), "agency_order_share": (0.95, True),
    }  # fmt: skip
    cap = blocks(written)["hyrstyrning.tak"]
    assert isinstance(cap, CapBlock) and cap.cost_sek_per_year == Number(mode=5e6)


def test_fixed_lines_are_shared_over_units_by_their_staff_and_move_together_in_a_draw() -> None:
    found = effects(
        "hyrstyrning: {yrkesgrupp: distriktslakare, fast_linje: {antal: {undre: 3, trolig: 4, ovre: 5}, "
        "leveranssakerhet_andel: 0.95}}"
    )
    lines = [e for e in found.values() if e.quantity == "agency_fixed_weeks"]
    assert {e.places[0]: e.amount.mode for e in lines} == {
        ("pv_fjall", "distriktslakare"): 1,
        ("pv_ostersund", "distriktslakare"): 3,
    }
    assert {e.draw for e in lines} == {"hyrstyrning.fast_linje.antal"}
    (delivery,) = (e for e in found.values() if e.quantity == "agency_fixed_delivery")
    assert delivery.amount.mode == 0.95 and not delivery.scaled


# --- dimensionering


def test_new_posts_stand_in_the_covered_units_and_raise_no_need() -> None:
    (posts,) = blocks("dimensionering: {yrkesgrupp: vns, antal_aa: 10}", omfattning={"enheter": ["medicin"]}).values()
    assert isinstance(posts, PostBlock)
    assert (posts.cells, posts.fte.mode, posts.raises_need) == ([("medicin", "vns")], 10, False)


def test_need_targets_change_in_hours_shared_by_staff_or_in_percent() -> None:
    found = amounts(
        "dimensionering: {yrkesgrupp: sjukskoterska, bemanningsmal_timmar: 100, bemanningsmal_procent: -4, "
        "vardplatser_procent: -10}"
    )
    assert found == {
        "dimensionering.bemanningsmal_timmar.akut.sjukskoterska": ("need_extra_hours", 20),
        "dimensionering.bemanningsmal_timmar.kirurgi.sjukskoterska": ("need_extra_hours", 30),
        "dimensionering.bemanningsmal_timmar.medicin.sjukskoterska": ("need_extra_hours", 50),
        "dimensionering.bemanningsmal_procent": ("need_factor", 0.96),
        "dimensionering.vardplatser_procent": ("closed_share", 0.1),
    }


def test_a_hiring_freeze_is_not_scaled_and_spares_the_exempt_groups() -> None:
    (freeze,) = effects(
        "dimensionering: {frysning: ja, undantag: {yrkesgrupper: [ssk_alla, vns]}}", omfattning={"enheter": ["kirurgi"]}
    ).values()
    assert (freeze.quantity, freeze.amount.mode, freeze.scaled) == ("freeze", 1, False)
    assert freeze.places == [("kirurgi", "underskoterska")]


def test_a_closed_unit_loses_its_need_and_if_asked_its_posts() -> None:
    found = blocks("dimensionering: {stang_enhet: pv_fjall, dra_in_tjanster: ja}")
    closed, posts = found["dimensionering.stang_enhet"], found["dimensionering.stang_enhet.distriktslakare"]
    assert isinstance(closed, Effect) and (closed.quantity, closed.amount.mode) == ("closed_share", 1)
    assert isinstance(posts, PostBlock) and posts.fte.mode == -5


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"antal_aa": 3}, "kräver yrkesgrupp"),
        ({"yrkesgrupp": "vns", "hojer_behovet": "ja"}, "kräver antal_aa"),
        ({"yrkesgrupp": "vns", "antal_aa": 3, "undantag": {"enheter": ["akut"]}}, "undantag gäller frysning"),
        ({"frysning": "nej", "dra_in_tjanster": "ja"}, "kräver stang_enhet"),
        ({"yrkesgrupp": "vns"}, "säger inte vad som ändras"),
        ({"yrkesgrupp": "vns", "yrkesgrupper": ["vns"], "antal_aa": 1}, "inte båda"),
    ],
)
def test_dimensioning_refuses_incomplete_blocks(block: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read("dimensionering", block)


# --- uppgiftsvaxling

VNS_10 = """
start: 2022-11
omfattning: {enheter: [medicin]}
dimensionering: {yrkesgrupp: vns, antal_aa: 10}
uppgiftsvaxling: {fran: underskoterska, till: vns, frigjord_timme_per_timme: {undre: 0.6, trolig: 0.8, ovre: 1.0},
          andel_timmar_procent: 10, klass: fri,
  utbildad: 2024-03, overlamnad: 2024-06}
"""


def test_a_task_shift_draws_its_hours_from_the_posts_of_the_same_measure() -> None:
    found = blocks(VNS_10)
    (shift,) = (b for b in found.values() if isinstance(b, ShiftBlock))
    assert shift.posts == "dimensionering.antal_aa" and shift.posts in found
    assert (shift.giver, shift.receiver, shift.units) == ("underskoterska", "vns", ["medicin"])
    assert (shift.trained, shift.handed) == (date(2024, 3, 1), date(2024, 6, 1))
    assert shift.freed_per_hour.mode == 0.8 and shift.planned_fte is None


def test_without_posts_a_task_shift_sets_time_of_existing_staff_aside() -> None:
    (shift,) = blocks("uppgiftsvaxling: {fran: sjukskoterska, till: underskoterska, tillford_aa: 3}").values()
    assert isinstance(shift, ShiftBlock)
    assert shift.posts is None and shift.planned_fte == Number(mode=3)
    assert shift.handed is None, "without handover nothing is freed"


def test_a_task_shift_with_posts_in_several_blocks_pairs_each_with_its_units_and_shares_its_draws() -> None:
    found = blocks("""
        dimensionering: [{yrkesgrupp: vns, antal_aa: 6, enheter: [medicin]}, {yrkesgrupp: vns, antal_aa: 4, enheter: [kirurgi]}]
        uppgiftsvaxling: {fran: underskoterska, till: vns, overlamnad: 2024-06}""")
    shifts = {tuple(b.units): b for b in found.values() if isinstance(b, ShiftBlock)}
    assert set(shifts) == {("medicin",), ("kirurgi",)}
    assert {b.draw for b in shifts.values()} == {"uppgiftsvaxling.vaxling"}
    for (unit,), shift in shifts.items():
        posts = found[shift.posts or ""]
        assert isinstance(posts, PostBlock) and posts.cells == [(unit, "vns")]


def test_handover_waits_for_the_mapping_of_tasks() -> None:
    (shift,) = blocks(
        "uppgiftsvaxling: {fran: sjukskoterska, till: vns, tillford_aa: 3, overlamnad: 2024-06, klar_rak: 2024-10}"
    ).values()
    assert isinstance(shift, ShiftBlock) and shift.handed == date(2024, 10, 1)


def test_training_of_receivers_uses_their_time_until_they_are_trained() -> None:
    found = effects(
        "{start: 2024-01, uppgiftsvaxling: {fran: sjukskoterska, till: underskoterska, tillford_aa: 3, "
        "utbildning_timmar_person: 40, utbildad: 2024-04-01}}"
    )
    (time,) = found.values()
    assert time.quantity == "used_time" and time.end == date(2024, 3, 31) and not time.scaled
    assert time.amount.mode == pytest.approx(40 / (13 * 40))


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"klass": "ej", "tillford_aa": 1}, "inte får växlas"),
        ({"till": "underskoterska", "tillford_aa": 1}, "samma yrkesgrupp"),
        ({"frigjord_timme_per_timme": 1.2, "tillford_aa": 1}, "kräver en kalla"),
    ],
)
def test_task_shift_refuses_the_unlawful_and_the_unsourced(block: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read("uppgiftsvaxling", {"fran": "underskoterska", "till": "vns", **block})


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("uppgiftsvaxling: {fran: underskoterska, till: vns}", "inga mottagare"),
        ("uppgiftsvaxling: {fran: ssk_alla, till: vns, tillford_aa: 1}", "ett block för varje par"),
        ("{omfattning: {enheter: [akut]}, uppgiftsvaxling: {fran: underskoterska, till: vns, tillford_aa: 1}}", "ingen enhet"),
        (
            "{dimensionering: [{yrkesgrupp: vns, antal_aa: 1}, {yrkesgrupp: vns, antal_aa: 2}], "
            "uppgiftsvaxling: {fran: underskoterska, till: vns}}",
            "slå ihop",
        ),
    ],
)
def test_task_shift_without_receivers_or_givers_is_an_error(written: str, says: str) -> None:
    with pytest.raises(LeverError, match=says):
        blocks(written)


STEPS = "uppgiftsvaxling: {fran: underskoterska, till: vns, tillford_aa: 1, %s}"


def test_a_stage_may_be_reached_in_steps() -> None:
    trained, handed = "utbildad_steg: {2024-01: 0.25}, utbildad: 2024-03", "overlamnad_steg: {2024-05: 0.75, 2024-04: 0.5}"
    (shift,) = blocks(STEPS % f"{trained}, {handed}, overlamnad: 2024-06").values()
    assert isinstance(shift, ShiftBlock)
    assert [(str(day), share.mode) for day, share in shift.trained_steps] == [("2024-01-01", 0.25)]
    assert [(str(day), share.mode) for day, share in shift.handed_steps] == [("2024-04-01", 0.5), ("2024-05-01", 0.75)]


@pytest.mark.parametrize("written", ["overlamnad_steg: {2024-06: 0.5}, overlamnad: 2024-06", "overlamnad_steg: {2024-06: 0.5}"])
def test_a_step_that_does_not_come_before_its_stage_is_refused(written: str) -> None:
    with pytest.raises(LeverError, match=r"overlamnad_steg: 2024-06-01 ligger inte före overlamnad.* skrivs som overlamnad"):
        blocks(STEPS % written)


# --- utbildningstjanst


def test_training_posts_open_a_programme_with_the_written_terms() -> None:
    (programme,) = blocks("""
        start: 2024-vt
        utbildningstjanst: {fran: sjukskoterska, till: ssk_anop_iva, platser: {vt: 5, ht: 5}, studietakt_procent: 50,
          loneandel: 1.0, langd_terminer: 4,
          avbrott_procent_termin: 4, kvar_efter_24_manader_andel: {undre: 0.7, trolig: 0.85, ovre: 0.95},
          handledartimmar_vecka: 1.0,
          finansiering: {statsbidrag_andel: 0.5, till: 2024-12}}""").values()
    assert isinstance(programme, ProgrammeBlock)
    assert (programme.spring.mode, programme.autumn.mode, programme.pace.mode, programme.terms.mode) == (5, 5, 50, 4)
    assert programme.units == ["akut", "kirurgi", "medicin"]
    assert programme.grant_share == Number(mode=0.5) and programme.grant_until == date(2024, 12, 31)
    assert programme.stay_24_months is not None and programme.stay_24_months.mode == 0.85


@pytest.mark.parametrize(
    ("preset", "pace", "pay", "terms"),
    [
        ("utbildningstjanst", 100, 1, 2),
        ("studielon", 100, 0, 2),
        ("ast", 50, 1, 4),
        ("st", 0, 1, 11),
        ("bt", 0, 1, 2),
        ("at", 0, 1, 4),
    ],
)
def test_a_preset_fills_what_is_not_written_and_marks_it_as_assumed(preset: str, pace: float, pay: float, terms: float) -> None:
    written = f"utbildningstjanst: {{typ: {preset}, fran: sjukskoterska, till: ssk_anop_iva, platser: {{ht: 2}}}}"
    (programme,) = blocks(written).values()
    assert isinstance(programme, ProgrammeBlock)
    assert (programme.pace.mode, programme.pay_share.mode, programme.terms.mode) == (pace, pay, terms)
    filled = (programme.pace, programme.pay_share, programme.terms, programme.dropout_per_term, programme.supervision_hours)
    assert all(n.assumption for n in filled)


def test_the_length_follows_the_pace_when_only_the_pace_is_written() -> None:
    (programme,) = blocks(
        "utbildningstjanst: {fran: sjukskoterska, till: ssk_anop_iva, platser: {ht: 2}, studietakt_procent: 50}"
    ).values()
    assert isinstance(programme, ProgrammeBlock) and programme.terms.mode == 4


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"till": "a", "platser": {"vt": 1}}, "samma yrkesgrupp"),
        ({"platser": {}}, "ange antal för vt eller ht"),
        ({"typ": "st", "platser": {"vt": 1}}, "kräver till"),
        ({"till": "b", "platser": {"vt": 1}, "studietakt_procent": 0}, "kräver langd_terminer"),
    ],
)
def test_training_posts_refuse_what_cannot_be(block: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        read("utbildningstjanst", {"fran": "a", **block})
