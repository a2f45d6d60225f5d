"""Caps and campaigns wear off by default, marked as an assumption; what they cost does not. Posts wait for the budget year."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from kompetenssim.levers.base import Fading
from kompetenssim.model.effects import CapBlock, CohortBlock, Effect, PostBlock
from tests.levers.places import amounts, blocks, effects, read

pytestmark = pytest.mark.unit

CAP = "{{{}hyrstyrning: {{yrkesgrupp: sjukskoterska, tak_per_vecka: 12, tak_andel: 0.8, pris_faktor: 0.9{}}}}}"
CAMPAIGN = "{{{}rekrytering: {{yrkesgrupp: sjukskoterska, ankomst_faktor: 1.05, bonus_kr: 42000, ledtid_faktor: 0.9{}}}}}"


def half_lives(written: str) -> dict[str, float]:
    """Give the half-life of the blocks that have one of their own."""
    found = {n: b.decay_months for n, b in blocks(written).items() if isinstance(b, Effect | CapBlock)}
    return {n: d.mode for n, d in found.items() if d is not None}


def test_caps_wear_off_and_prices_do_not() -> None:
    assert half_lives(CAP.format("", "")) == {"hyrstyrning.tak": 24, "hyrstyrning.tak_andel": 24}
    assert half_lives(CAP.format("", ", avklingning_manader: 6")) == {"hyrstyrning.tak": 6, "hyrstyrning.tak_andel": 6}


def test_a_winding_down_to_a_date_does_not_wear_off() -> None:
    found = half_lives("{start: 2024-01, hyrstyrning: {tak_per_vecka: 12, nedtrappning_till: 2024-04-01}}")
    assert set(found) == {"hyrstyrning.tak"}


def test_what_draws_applicants_wears_off_and_neither_lead_times_nor_costs_do() -> None:
    pulls = {"rekrytering.ankomst_faktor", "rekrytering.bonus_elasticitet.sjukskoterska"}
    assert half_lives(CAMPAIGN.format("", "")) == dict.fromkeys(pulls, 12)


@pytest.mark.parametrize("block", [CAP, CAMPAIGN])
def test_a_block_may_say_that_it_does_not_wear_off_and_the_measure_how_fast(block: str) -> None:
    assert half_lives(block.format("", ", avklingar: nej")) == {}
    assert half_lives(block.format("avklingning_manader: 3, ", "")) == {}, "then the measure's own half-life holds"


@pytest.mark.parametrize("block", [CAP, CAMPAIGN])
def test_a_measure_that_ends_holds_until_then_unless_it_says_that_it_wears_off(block: str) -> None:
    assert half_lives(block.format("slut: 2024-12, ", "")) == {}
    assert half_lives(block.format("slut: 2024-12, ", ", avklingar: ja")) == half_lives(block.format("", ""))


@pytest.mark.parametrize("kind", ["hyrstyrning", "rekrytering"])
def test_the_default_half_life_is_an_assumption_and_says_nothing_by_itself(kind: str) -> None:
    lever = read(kind, {"pris_faktor": 0.9} if kind == "hyrstyrning" else {"ledtid_faktor": 0.9})
    assert isinstance(lever, Fading) and lever.decay_months.assumption and lever.decay_months.uncertain
    with pytest.raises(ValidationError, match="blocket säger inte vad som ändras"):
        read(kind, {"avklingar": "nej"})


# --- cohorts from abroad


@pytest.mark.parametrize(("origin", "arrives"), [("eu", date(2025, 6, 1)), ("tredjeland", date(2027, 3, 1))])
def test_a_cohort_from_abroad_is_prepared_as_long_as_its_origin_takes(origin: str, arrives: date) -> None:
    written = f"{{start: 2024-03, rekrytering: {{art: kohort, yrkesgrupp: sjukskoterska, antal: 8, ursprung: {origin}}}}}"
    (cohort,) = blocks(written).values()
    assert isinstance(cohort, CohortBlock) and cohort.delivered == arrives
    assert cohort.cost_sek_each.mode == 350_000 and cohort.cost_sek_each.assumption


def test_what_is_written_goes_before_what_the_origin_takes() -> None:
    (cohort,) = blocks(
        "{start: 2024-03, rekrytering: {art: kohort, yrkesgrupp: sjukskoterska, antal: 8, ursprung: eu, "
        "forberedelse_manader: 10, kostnad_per_person_kr: 5}}"
    ).values()
    assert isinstance(cohort, CohortBlock) and cohort.delivered == date(2025, 1, 1) and cohort.cost_sek_each.mode == 5
    with pytest.raises(ValidationError, match="leverans_datum eller forberedelse_manader"):
        read("rekrytering", {"art": "kohort", "yrkesgrupp": "vns", "antal": 3})


# --- posts and beds


def posts_from(written: str, more: str = "", **fields: object) -> date | None:
    (posts,) = blocks(f"{{{written}dimensionering: {{yrkesgrupp: vns, antal_aa: 3{more}}}}}", **fields).values()
    assert isinstance(posts, PostBlock)
    return posts.start


def test_posts_wait_for_the_first_of_january_unless_decided_during_the_year() -> None:
    """None is the measure's own start."""
    assert posts_from("start: 2024-03, ") == date(2025, 1, 1)
    assert posts_from("start: 2024-01, ") == date(2024, 1, 1)
    assert posts_from("") == date(2024, 1, 1), "a measure without a date starts with the forecast, 2023-07-01"
    assert posts_from("start: 2024-03, ", ", beslut_under_ar: ja") is None
    assert posts_from("start: 2022-11, i_drift_vid_start: ja, ") is None, "posts in operation are there"
    with pytest.raises(ValidationError, match="beslut_under_ar gäller tjänster"):
        read("dimensionering", {"frysning": "ja", "beslut_under_ar": "ja"})


def test_beds_that_open_raise_the_need_and_beds_that_close_pass_it_on() -> None:
    assert amounts("dimensionering: {enheter: [akut], vardplatser_procent: 10}") == {
        "dimensionering.vardplatser_procent": ("need_factor", 1.1)
    }
    assert amounts("dimensionering: {enheter: [akut], vardplatser_procent: -10}") == {
        "dimensionering.vardplatser_procent": ("closed_share", 0.1)
    }
    assert effects("dimensionering: {enheter: [akut], vardplatser_procent: 0}")
    with pytest.raises(ValidationError, match="på ena sidan om 0"):
        read("dimensionering", {"vardplatser_procent": {"undre": -5, "trolig": 1, "ovre": 5}})
