"""What a block of the lever types for overtime and sick leave does."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kompetenssim.levers import LEVERS, LeverError
from kompetenssim.model.effects import Effect
from kompetenssim.model.quantities import QUANTITIES
from tests.levers.places import amounts, blocks, effects, read

pytestmark = pytest.mark.unit

NURSES = [("akut", "sjukskoterska"), ("kirurgi", "sjukskoterska"), ("medicin", "sjukskoterska")]


# --- overtidsregel


def test_an_overtime_rule_sets_caps_practice_pay_and_volunteers() -> None:
    written = (
        "overtidsregel: {yrkesgrupp: sjukskoterska, tak_timmar_4_veckor: 40, tak_timmar_ar: 150, praxis_andel: 0.015, "
        "ersattning_faktor: 1.2, frivillighet_faktor: 1.5}"
    )
    assert amounts(written) == {
        "overtidsregel.tak_timmar_4_veckor": ("overtime_4_weeks", 40),
        "overtidsregel.tak_timmar_ar": ("overtime_year", 150),
        "overtidsregel.praxis_andel": ("overtime_practice", 0.015),
        "overtidsregel.ersattning_faktor": ("overtime_pay_factor", 1.2),
        "overtidsregel.frivillighet_faktor.mertid": ("extra_hours_share", 1.5),
        "overtidsregel.frivillighet_faktor.extrapass": ("extra_shift_factor", 1.5),
    }
    found = effects(written)
    assert all(e.places == NURSES for e in found.values())
    assert {e.quantity for e in found.values() if not e.scaled} == {"overtime_4_weeks", "overtime_year", "overtime_practice"}
    assert len({e.draw for n, e in found.items() if "frivillighet" in n}) == 1, "one written number, one draw"


def test_overtime_stops_in_the_named_units_only() -> None:
    (effect,) = effects("overtidsregel: {stopp_enheter: [akut]}").values()
    assert (effect.quantity, effect.amount.mode, effect.places) == ("overtime_4_weeks", 0, [("akut", "sjukskoterska")])
    with pytest.raises(LeverError, match="träffar ingen enhet"):
        blocks("{omfattning: {enheter: [kirurgi]}, overtidsregel: {stopp_enheter: [akut]}}")


def test_no_overtime_rule_can_go_beyond_the_law() -> None:
    """The keys stop at 50 hours in 4 weeks and 200 a year, and of several caps, the region's among them, the least holds."""
    for key, most in (("tak_timmar_4_veckor", 50), ("tak_timmar_ar", 200)):
        (field,) = [f for f in LEVERS["overtidsregel"].model_fields.values() if f.alias == key]
        assert isinstance(field.json_schema_extra, dict) and field.json_schema_extra["le"] == most
    assert QUANTITIES["overtime_4_weeks"].combine == QUANTITIES["overtime_year"].combine == "least"


def test_an_empty_overtime_rule_is_refused_with_what_may_be_written() -> None:
    with pytest.raises(ValidationError, match=r"ange minst en av tak_timmar_4_veckor, .*frivillighet_faktor"):
        read("overtidsregel", {"yrkesgrupp": "sjukskoterska"})


# --- sjukfranvaro


def test_sick_leave_changes_incidence_length_and_short_sickness() -> None:
    written = "sjukfranvaro: {yrkesgrupp: sjukskoterska, incidens_faktor: 0.9, langd_faktor: 0.8, korttid_faktor: 0.95}"
    assert amounts(written) == {
        "sjukfranvaro.incidens_faktor": ("sick_rate", 0.9),
        "sjukfranvaro.langd_faktor": ("sick_length", 0.8),
        "sjukfranvaro.korttid_faktor": ("short_sick", 0.95),
    }
    assert all(e.places == NURSES and e.scaled and e.realised for e in effects(written).values())


def test_the_factors_hold_for_the_target_group_only() -> None:
    found = amounts("sjukfranvaro: {incidens_faktor: 0.5, malgrupp: stressrelaterad ohälsa, malgrupp_andel: 0.4}")
    assert found == {"sjukfranvaro.incidens_faktor": ("sick_rate", 1 - 0.5 * 0.4)}


def test_occupational_health_serves_no_more_than_its_capacity() -> None:
    """100 nurses × 4 % are 4 cases a year: a capacity of 1 reaches a quarter of them, one of 10 all."""
    block = "sjukfranvaro: {{yrkesgrupp: sjukskoterska, langd_faktor: 0.6, kapacitet_personer_ar: {}}}"
    assert amounts(block.format(1)) == {"sjukfranvaro.langd_faktor": ("sick_length", 1 - 0.4 / 4)}
    assert amounts(block.format(10)) == {"sjukfranvaro.langd_faktor": ("sick_length", 0.6)}
    assert amounts(block.format(0)) == {"sjukfranvaro.langd_faktor": ("sick_length", 1)}
    (effect,) = blocks(block.format("{undre: 1, trolig: 2, ovre: 3}")).values()
    assert isinstance(effect, Effect) and effect.least is not None and effect.amount.low is not None
    assert effect.least <= effect.amount.low <= effect.amount.mode


# --- behalla by age, rekrytering by origin, dimensionering by budget year


def test_retention_of_the_young_is_a_quantity_of_its_own() -> None:
    found = effects("behalla: {yrkesgrupp: sjukskoterska, ung_avgang_faktor: 0.8, avklingning_manader: 18}")
    ((name, effect),) = found.items()
    assert (name, effect.quantity, effect.places) == ("behalla.ung_avgang_faktor", "young_exit_factor", NURSES)
    assert effect.decay_months is not None and effect.decay_months.mode == 18
