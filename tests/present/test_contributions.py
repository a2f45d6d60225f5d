"""The words about contributions, from made-up numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kompetenssim.forecast.contributions import MEASURE_COLUMNS
from kompetenssim.present.contributions import (
    BREAK_EVEN,
    COST,
    NET,
    STAFF,
    UNMET,
    Attribution,
    Measure,
    break_even,
    precision_remark,
    stages,
    zero_words,
)
from kompetenssim.present.view import Difference

pytestmark = pytest.mark.unit
SURE, UNSURE = Difference(-2.0, 0.1, -3.0, -1.0), Difference(-0.1, 0.1, -1.0, 1.0)
VIEW: Any = SimpleNamespace(title=lambda key: "Vårdnära service" if key == "vns" else key)


def measure(key: str = "a", **said: str) -> Measure:
    common = {"modell": "ja", "efter_horisonten": "nej", "par": "200", "par_behovs": "200", "brytpunkt": "okand"}
    empty = dict.fromkeys(MEASURE_COLUMNS, "")
    return Measure(key, {"titel": key.upper(), "start": "2023-09", "slut": ""}, empty | common | said)


def attribution(effects: dict[tuple[str, str], Difference], *measures: Measure) -> Attribution:
    found = Attribution.__new__(Attribution)
    found.measures = found.played = measures
    found._effects = {(key, "shapley", indicator): effect for (key, indicator), effect in effects.items()}
    return found


@pytest.mark.parametrize(("effect", "words"), [
    (SURE, "nej"), (UNSURE, "ja"), (Difference(-0.1, 0.1, -0.2, -0.05), "för få simuleringar"),
    (Difference(0.0, 0.0, 0.0, 0.0), "ingen effekt"), (Difference(1.0, float("nan"), 0.0, 0.0), "går inte att skatta")])
def test_whether_an_interval_includes_zero_is_said_in_words(effect: Difference, words: str) -> None:
    assert zero_words(effect) == words


@pytest.mark.parametrize(("said", "words"), [
    ({"brytpunkt": "andel", "brytpunkt_andel": "0,8", "brytpunkt_antaget": "0,4", "brytpunkt_mottagare": "vns"},
     "om minst 0,32 timmar per timme vårdnära service tas ut (antaget 0,40)"),
    ({"brytpunkt": "andel", "brytpunkt_andel": "3", "brytpunkt_antaget": "0,4", "brytpunkt_mottagare": "vns"},
     "om minst 1,20 timmar per timme vårdnära service tas ut (antaget 0,40); mer än en timme per timme, alltså knappast"),
    ({"brytpunkt": "andel", "brytpunkt_andel": "0,25"}, "om effekten är minst 25\u00a0% av den antagna"),
    ({"brytpunkt": "andel", "brytpunkt_andel": "2,5"}, "om effekten är minst 2,5 gånger den antagna"),
    *(({"brytpunkt": code}, words) for code, words in BREAK_EVEN.items())])
def test_the_break_even_is_said_in_the_unit_of_the_measure(said: dict[str, str], words: str) -> None:
    assert break_even(measure(**said), VIEW) == words


def test_a_price_is_a_ratio_of_means_and_only_where_there_is_an_effect() -> None:
    cost = Difference(3.0, 0.1, 2.0, 4.0)
    found = attribution({("a", NET): cost, ("a", UNMET): SURE, ("a", STAFF): SURE, ("a", COST): UNSURE}, measure())
    assert found.price(measure(), UNMET) == "1\u00a0500\u00a0000"
    assert found.price(measure(), STAFF) == "försämrar" and found.price(measure(), COST) == "ej definierat"


def test_measures_that_train_too_late_are_marked_and_stand_last() -> None:
    late, small = measure("b", efter_horisonten="ja"), measure("c")
    found = attribution({("b", COST): SURE, ("c", COST): UNSURE}, late, small)
    assert [m.title for m in found.ranked(COST)] == ["C", "B †"]


def test_the_program_says_how_many_pairs_are_needed() -> None:
    assert precision_remark(attribution({}, measure())) is None
    said = precision_remark(attribution({}, measure(), measure("b", par_behovs="850")))
    assert said is not None and "1 av 2 åtgärder" in said and "850 par" in said


def test_the_plan_says_when_a_task_shift_is_handed_over_or_that_it_never_is() -> None:
    assert stages(measure()) == "2023-09"
    both = measure(utbildad="2024-03-01", overlamnad="2024-06-01")
    assert stages(both) == "2023-09, utbildad 2024-03-01, överlämnad 2024-06-01"
    assert stages(measure(utbildad="2024-03-01")).endswith("aldrig överlämnad")
