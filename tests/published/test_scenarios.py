"""The scenarios that come with the program: clean, named, and complete against the sources they speak of."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.resolve import resolve
from kompetenssim.spec.scenario import Measure
from kompetenssim.spec.search import PREFIX
from kompetenssim.spec.specification import Specification

from .test_catalogue import MEASURES

pytestmark = pytest.mark.published

SCENARIOS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(p for p in SCENARIOS.glob("*/*.yaml")
               if p.parent.name != "gemensamt" and p.stem not in ("region", "regler") and not p.stem.startswith(PREFIX))
MEANT = {
    "slk_utan_overlamning": {"slk_vns_10"},  # never handed over
    "professionsmiljarden_2017": {"so_atst"},  # specialists are ready after the horizon
    "utan_statsbidrag_2019": {"so_atst"},
}
"""Scenarios with measures that a reader of their results is told of."""


@cache
def loaded(key: str) -> Specification:
    path, = (p for p in FILES if p.stem == key)
    return ks.load(path)


def measures(key: str) -> dict[str, Measure]:
    return {m.key: m for m in loaded(key).measures}


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_scenario_loads_without_warning_and_tells_of_what_it_means(path: Path) -> None:
    spec = ks.load(path)
    assert (spec.key, bool(spec.scenario.scenario.title)) == (path.stem, True)
    assert [w for w in spec.warnings if w.level != "upplysning"] == []
    assert {w.path.split(".")[1] for w in spec.warnings if w.path.startswith("atgarder.")} == MEANT.get(path.stem, set())
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_a_key_names_one_scenario_of_one_region() -> None:
    assert [key for key, n in Counter(p.stem for p in FILES).items() if n > 1] == []


def test_scenarios_carry_every_measure_of_their_source() -> None:
    def catalogue(*starts: str) -> set[str]:
        return {key for key in MEASURES if key.startswith(starts)}

    assert set(measures("slk_2023")) == catalogue("slk_")
    assert set(measures("bemanningsprojektet_2018")) == catalogue("bp_", "paket", "kris_", "ramavtal")
    assert set(measures("status_2016")) == catalogue("nb_")


def test_what_is_under_study_comes_with_its_probability() -> None:
    decided, studied = measures("slk_2023"), measures("slk_2023_utreds")
    assert [m.key for m in decided.values() if m.effect is None and m.probability_percent.mode < 100] == []
    changed = {key for key, m in studied.items() if m.effect is None and decided[key].effect == "ingen"}
    assert len(changed) == 12
    assert all(studied[key].probability_percent.mode == 40 for key in changed)


def test_without_handover_the_posts_are_there_and_the_tasks_stay() -> None:
    with_it, without = measures("slk_2023")["slk_vns_10"], measures("slk_utan_overlamning")["slk_vns_10"]
    assert with_it.levers["dimensionering"] == without.levers["dimensionering"]
    for usual, stays in zip(with_it.levers["uppgiftsvaxling"], without.levers["uppgiftsvaxling"], strict=True):
        assert usual.model_dump() | {"handed": "aldrig"} == stays.model_dump()


def test_study_grants_turn_into_training_posts_and_the_states_money_ends() -> None:
    """S001 tables 1 and 2 over 21: 14 study grants fewer and 33 training posts more a year, paid by the state through 2018."""
    before, after, cut = (measures(k) for k in ("studielon_2016", "professionsmiljarden_2017", "utan_statsbidrag_2019"))
    seats = {key: sum(b.seats.spring.mode + b.seats.autumn.mode for b in m.levers["utbildningstjanst"])
             for key, m in after.items() if key in {"so_studielon", "so_utbtjanst"}}
    assert seats == pytest.approx({"so_studielon": (1000 - 712) / 21, "so_utbtjanst": (1208 - 510) / 21}, abs=0.5)
    assert (before["so_studielon"].end, after["so_studielon"].end) == (None, "2016-12-31")
    assert {str(b.financing.until) for b in after["so_utbtjanst"].levers["utbildningstjanst"]} == {"2018-12-31"}
    assert (after["so_utbtjanst"].end, cut["so_utbtjanst"].end) == (None, "2018-12-31")


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_nobody_is_trained_or_takes_over_before_the_posts_exist(path: Path) -> None:
    """Posts of the budget year begin on 1 January: the stages of a task shift they carry come on that day or later."""
    if not loaded(path.stem).measures:
        return
    template = resolve(loaded(path.stem))
    begins = {place: e.start for e in template.effects if e.quantity == "post_fte" for place in e.places}
    stages = [(template.measures[e.measure], e.quantity) for e in template.effects
              if e.quantity in ("shift_trained", "shift_handed")
              for shift in (template.shifts[place] for place in e.places)
              if shift.posts >= 0 and not template.post_blocks[shift.posts].running and e.start < begins[shift.posts]]
    assert stages == []


def test_a_what_if_about_a_cap_keeps_its_cap() -> None:
    """Caps wear off by default; the question of hyrtak_15 is what a cap of 15 does, so it is held."""
    held = [e for e in resolve(loaded("hyrtak_15")).effects if e.quantity == "cap_held"]
    assert [e.decay for e in held] == [-1]


def test_what_is_cut_during_the_year_lowers_posts_and_need_on_one_day() -> None:
    template = resolve(loaded("bemanningsprojektet_2018"))
    number = template.measures.index("kris_2018_farre")
    days = {e.quantity: e.start for e in template.effects if e.measure == number}
    assert days["post_fte"] == days["need_extra_hours"] == (date(2018, 6, 1) - template.start).days
