"""What one block of each lever type does, in words: need, pay, time, pool, supervision, enabling."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from kompetenssim.levers import LeverError
from kompetenssim.model.effects import Enabler, PoolBlock
from kompetenssim.spec.number import Number
from tests.levers.places import amounts, blocks, effects, read

pytestmark = pytest.mark.unit


# --- effektivisering


def test_only_the_share_used_for_the_target_lowers_the_need_and_the_gross_is_kept_beside() -> None:
    found = effects("""effektivisering: {yrkesgrupp: med_sekr, frigjord_andel_procent: {undre: 1, trolig: 2,
          ovre: 4}, adoption_slut_andel: 0.5,
      adoption_tid_manader: 24, rebound: 0.5, anvandning: {sankt_mal: 0.4, mindre_overtid: 0.1, forsvinner: 0.5}}""")
    assert {e.quantity: (pytest.approx(e.amount.mode), e.realised) for e in found.values()} == {
        "efficiency_gross": (0.01, False), "efficiency": (0.004, True), "efficiency_overtime": (0.001, True),
        "need_factor": (1.005, False),
    }  # fmt: skip
    assert all(e.ramp_months == Number(mode=24) for e in found.values())
    shared = [e.draw for e in found.values() if e.quantity.startswith("efficiency")]
    assert set(shared) == {"effektivisering.frigjord_andel_procent"}


def test_minutes_times_volume_are_a_share_of_the_hours_of_the_covered_staff() -> None:
    found = effects("effektivisering: {yrkesgrupp: med_sekr, minuter_per_gang: 6, antal_per_vecka: 332}")
    assert found["effektivisering.minuter_per_gang.sankt_mal"].amount.mode == pytest.approx(332 * 6 / 60 / (10 * 33.2))


def test_efficiency_refuses_shares_that_do_not_add_up_and_two_ways_to_say_how_much() -> None:
    with pytest.raises(ValidationError, match="andelarna ska bli 1"):
        read("effektivisering", {"frigjord_andel_procent": 1, "anvandning": {"sankt_mal": 0.5}})
    with pytest.raises(ValidationError, match="skriv antingen"):
        read("effektivisering", {"frigjord_andel_procent": 1, "minuter_per_gang": 1, "antal_per_vecka": 1})
    with pytest.raises(ValidationError, match="skrivs tillsammans"):
        read("effektivisering", {"minuter_per_gang": 1})


# --- vardbehov


def test_care_need_changes_in_percent_through_stays_and_discharge() -> None:
    written = (
        "vardbehov: {enheter: [medicin], andring_procent: -2, utskrivningsklara_procent: -3, "
        "medelvardtid: {fran_dagar: 6, till_dagar: 5, andel_av_behovet: 0.6}}"
    )
    assert amounts(written) == {
        "vardbehov.andring_procent": ("need_factor", 0.98),
        "vardbehov.utskrivningsklara_procent": ("need_factor", 0.97),
        "vardbehov.medelvardtid": ("need_factor", 0.9),
    }


def test_care_need_that_is_added_up_acts_on_the_sum_of_terms() -> None:
    found = amounts("vardbehov: {enheter: [medicin], sammansattning: summa, andring_procent: 5, utskrivningsklara_procent: -3}")
    assert found == {
        "vardbehov.andring_procent": ("need_sum", 1.05),
        "vardbehov.utskrivningsklara_procent": ("need_sum", 0.97),
    }
    with pytest.raises(ValidationError, match="ange också andring_procent"):
        read("vardbehov", {"sammansattning": "summa"})


def test_moved_need_leaves_one_unit_and_arrives_at_another() -> None:
    found = effects(
        "{omfattning: {yrkesgrupper: [sjukskoterska]}, vardbehov: {enheter: [medicin], flytt: {till: [akut, kirurgi], "
        "procent: 10}}}"
    )
    assert found["vardbehov.flytt.fran"].amount.mode == pytest.approx(0.9)
    there = found["vardbehov.flytt.till.sjukskoterska"]
    assert there.places == [("akut", "sjukskoterska"), ("kirurgi", "sjukskoterska")]
    assert 2 * there.amount.mode == pytest.approx(0.1 * 50 * 33.2)


# --- lon_och_forman


def test_a_raise_works_through_relative_pay_and_is_paid_in_full() -> None:
    found = amounts("lon_och_forman: {yrkesgrupper: [ssk_alla], paslag_kr_manad: 1000, andel_beviljade_procent: 50}")
    assert found == {
        "lon_och_forman.paslag_kr_manad.relativ.sjukskoterska": ("pay_relative", 500 / 35_000),
        "lon_och_forman.paslag_kr_manad.kostnad.sjukskoterska": ("pay_supplement", 500),
        "lon_och_forman.paslag_kr_manad.relativ.ssk_anop_iva": ("pay_relative", 500 / 40_000),
        "lon_och_forman.paslag_kr_manad.kostnad.ssk_anop_iva": ("pay_supplement", 500),
    }


def test_an_elasticity_of_its_own_changes_what_a_raise_does_but_not_what_it_costs() -> None:
    found = amounts("lon_och_forman: {yrkesgrupp: sjukskoterska, paslag_procent: 2, elasticitet_avgang: -0.5}")
    assert found == {
        "lon_och_forman.paslag_procent.relativ.sjukskoterska": ("pay_relative", 0.02 * 0.5),
        "lon_och_forman.paslag_procent.kostnad.sjukskoterska": ("pay_supplement", 700),
    }


# --- schema


def test_schedules_change_mismatch_presence_hours_and_summer_leave() -> None:
    written = """schema: {yrkesgrupp: sjukskoterska, mismatch_minskning_pp: 1, narvaro_effekt_pp: 0.5,
          heltidsmatt_andring_timmar: -1,
      flyttade_semesterveckor_andel: 0.1, ersattning_kr_per_vecka: 6000}"""
    assert amounts(written) == {
        "schema.mismatch_minskning_pp": ("mismatch", -0.01),
        "schema.narvaro_effekt_pp": ("presence", 0.005),
        "schema.heltidsmatt_andring_timmar": ("full_time_hours", -1),
        "schema.flyttade_semesterveckor_andel": ("presence_summer_shift", 0.1),
        "schema.flyttade_semesterveckor_andel.ersattning": ("pay_supplement", 0.1 * 4 * 6000 / 12),
    }


# --- arbetsutbud


def test_part_timers_who_accept_raise_their_grade() -> None:
    found = effects(
        "arbetsutbud: {art: sysselsattningsgrad, andel_beviljade_procent: {undre: 3, trolig: 8, ovre: 15}, "
        "hojning_procentenheter: 15}"
    )
    assert {e.quantity: (e.amount.mode, e.scaled) for e in found.values()} == {
        "more_hours_share": (0.08, True),
        "more_hours_step": (0.15, False),
    }


def test_staying_on_lowers_the_retirement_hazard_by_the_longer_mean_time() -> None:
    written = (
        "arbetsutbud: {art: pension, andel_beviljade_procent: {undre: 10, trolig: 20, ovre: 35}, manader: 12, "
        "sysselsattningsgrad_procent: 50, medel_kvar_ar: 2}"
    )
    (effect,) = effects(written).values()
    assert effect.quantity == "retirement_factor"
    assert effect.amount.mode == pytest.approx(2 / 2.1)
    assert effect.amount.low == pytest.approx(2 / 2.175) and effect.amount.high == pytest.approx(2 / 2.05)


def test_leave_that_is_not_granted_is_refused() -> None:
    (effect,) = effects("arbetsutbud: {art: tjanstledighet, andel_beviljade_procent: 70}").values()
    assert (effect.quantity, effect.amount.mode) == ("leave_refused", pytest.approx(0.3))


def test_labour_supply_refuses_keys_of_another_kind() -> None:
    with pytest.raises(ValidationError, match="kräver manader"):
        read("arbetsutbud", {"art": "pension", "andel_beviljade_procent": 10})
    with pytest.raises(ValidationError, match="hör till art: pension"):
        read("arbetsutbud", {"art": "tjanstledighet", "andel_beviljade_procent": 10, "manader": 3})


# --- resurspool


def test_volunteers_give_hours_that_their_own_unit_loses() -> None:
    (pool,) = blocks("""resurspool: {yrkesgrupper: [ssk_alla], frivilliga_andel_procent: 10, timmar_per_frivillig_vecka: 4,
          skyddad_andel: 0.25,
      fran: {yrkesgrupp: chefer, enheter: [ledning_stod]}}""").values()
    assert isinstance(pool, PoolBlock)
    assert pool.hours_per_week.mode == pytest.approx(0.1 * 30 * 4 * 0.75)
    assert pool.taken_from == ("ledning_stod", "chefer")
    assert pool.groups == ["sjukskoterska", "ssk_anop_iva"]


def test_pool_posts_are_new_hours_with_a_premium() -> None:
    (pool,) = blocks(
        "resurspool: {yrkesgrupp: sjukskoterska, antal_tjanster: 5, timmar_per_tjanst_vecka: 30, premie_procent: 20, "
        "omraden: [sjukhus]}"
    ).values()
    assert isinstance(pool, PoolBlock)
    assert (pool.hours_per_week.mode, pool.hour_cost_factor.mode, pool.taken_from, pool.areas) == (150, 1.2, None, ["sjukhus"])
    assert not pool.covered


def test_a_pool_says_how_much_in_one_way() -> None:
    with pytest.raises(ValidationError, match="ange ett av"):
        read("resurspool", {"antal_tjanster": 1, "timmar_vecka": 30})
    with pytest.raises(ValidationError, match="kräver timmar_per_frivillig_vecka"):
        read("resurspool", {"frivilliga_andel_procent": 5})


# --- introduktion


def test_introduction_keeps_novices_and_takes_their_time_and_their_supervisors() -> None:
    written = """introduktion: {yrkesgrupp: sjukskoterska, langd_manader: 12, tidsandel_procent: 5, mentor_timmar: 1,
          novis_avgang_faktor: 0.85,
      inlarning_faktor: 0.9}"""
    assert {e.quantity: pytest.approx(e.amount.mode) for e in effects(written).values()} == {
        "novice_exit_factor": 0.85, "learning_factor": 0.9, "introduction_supervision": 1, "intro_time": 0.025,
    }  # fmt: skip


def test_a_programme_that_starts_with_the_term_waits_for_it() -> None:
    (effect,) = effects("{start: 2024-02, introduktion: {novis_avgang_faktor: 0.85, start_vt_ht: ja}}").values()
    assert effect.start == date(2024, 8, 26), "Monday of ISO week 35"


# --- handledning


def test_new_supervisors_are_shared_over_units_by_their_staff() -> None:
    found = effects("{omfattning: {yrkesgrupper: [sjukskoterska]}, handledning: {nya_handledare: 20, timmar_vecka: 1.5}}")
    assert {e.places[0]: e.amount.mode for e in found.values()} == {
        ("akut", "ssk"): 6,
        ("kirurgi", "ssk"): 9,
        ("medicin", "ssk"): 15,
    }
    assert all(e.quantity == "supervision_hours" for e in found.values())


def test_peer_learning_and_capacity_are_factors_and_graduates_a_share() -> None:
    written = (
        "handledning: {yrkesgrupper: [sjukskoterska], handledarfamiljer: [ssk], studenter_per_handledare: 2, "
        "kapacitet_procent: 10, andel_till_regionen_pp: 3}"
    )
    found = effects(written)
    assert {e.quantity: pytest.approx(e.amount.mode) for e in found.values()} == {
        "placement_factor": 2,
        "supervision_factor": 1.1,
        "graduate_share": 0.03,
    }
    assert found["handledning.andel_till_regionen_pp"].places == [("sjukskoterska",)]


# --- forutsattning


def test_an_enabling_measure_lifts_only_the_named_measures() -> None:
    (enabler,) = blocks("forutsattning: {atgarder: [slk_vns_10], lyfter_realisering_pp: 5, ramp_faktor: 0.9}").values()
    assert isinstance(enabler, Enabler)
    assert (enabler.measures, enabler.lift_pp.mode, enabler.ramp_factor.mode) == (["slk_vns_10"], 5, 0.9)


def test_an_empty_enabling_block_is_listed_without_effect() -> None:
    assert blocks("forutsattning: {}") == {}


def test_an_enabling_measure_says_whom_it_helps_and_never_itself() -> None:
    with pytest.raises(ValidationError, match="vilka atgarder"):
        read("forutsattning", {"lyfter_realisering_pp": 5})
    with pytest.raises(LeverError, match="för sig själv"):
        blocks("forutsattning: {atgarder: [m], ramp_faktor: 0.9}")
