"""The words about contributions, from made-up numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kompetenssim.forecast.contributions import MEASURE_COLUMNS
from kompetenssim.forecast.results import Results
from kompetenssim.present import text
from kompetenssim.present.contributions import (
    BREAK_EVEN,
    COST,
    NET,
    STAFF,
    UNMET,
    Attribution,
    Measure,
    against_plan,
    break_even,
    paragraph,
    precision_remark,
    stages,
    zero_words,
)
from kompetenssim.present.tables import OPTIONAL
from kompetenssim.present.tables.form import Error, cell_text
from kompetenssim.present.view import Difference, View

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
    ({"brytpunkt": "andel", "brytpunkt_andel": "1,04"}, "om effekten är minst 104\u00a0% av den antagna"),
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


def test_the_words_name_as_strongest_only_those_that_can_be_told_from_zero() -> None:
    loud = Difference(-9.0, 8.0, -12.0, -6.0)
    found = attribution({("a", COST): SURE, ("b", COST): loud}, measure(), measure("b"))
    found._effects |= {("alla", "gemensamt", COST): SURE, ("alla", "samspel", COST): UNSURE}
    assert "För 1 av 2 åtgärder går bidraget att skilja från noll. Av dem sänker A (−2,0\u00a0mkr) mest." in paragraph(found)


def test_a_comparison_without_measures_says_that_there_is_nothing_to_share_out() -> None:
    assert paragraph(attribution({})).startswith("Ingen åtgärd med modellerad effekt")


def test_a_standard_error_has_no_sign_beside_signed_effects() -> None:
    assert cell_text(Error(4.9), text.Format(2, signed=True)) == "4,90"


def test_the_program_says_how_many_pairs_are_needed() -> None:
    assert precision_remark(attribution({}, measure())) is None
    said = precision_remark(attribution({}, measure(par_avser="2030"), measure("b", par_behovs="850")))
    assert said is not None and "hyrkostnaden 2030 från 1 av 2 åtgärder" in said and "850 par" in said


def test_the_plan_says_when_a_task_shift_is_handed_over_or_that_it_never_is() -> None:
    assert stages(measure()) == "2023-09"
    both = measure(utbildad="2024-03-01", overlamnad="2024-06-01")
    assert stages(both) == "2023-09, utbildad 2024-03-01, överlämnad 2024-06-01"
    assert stages(measure(utbildad="2024-03-01")).endswith("aldrig överlämnad")
    partly = measure(utbildad="2024-03-01", overlamnad="2024-06-01", aldrig_overlamnad="ja")
    assert stages(partly).endswith("överlämnad 2024-06-01 (en del aldrig)")


WENT = {"uppfoljd": "2023-06-30", "status": "pagar", "status_plan": "beslutad", "start_plan": "2023-01",
        "faktisk_start": "2023-03-01", "infort_andel": "0,5", "utbildad_andel": "", "overlamnad_andel": "0,2"}


def test_the_follow_up_is_said_beside_the_plan() -> None:
    said = against_plan(measure()._replace(progress=WENT))
    assert said == ("uppföljd 2023-06-30: pågår (planerat beslutad), började 2023-03-01 (planerat 2023-01), "
                    "infört 50\u00a0%, överlämnat 20\u00a0%")
    as_planned = WENT | {"status_plan": "pagar", "faktisk_start": "", "infort_andel": "", "overlamnad_andel": ""}
    assert against_plan(measure()._replace(progress=as_planned)) == "uppföljd 2023-06-30: pågår"
    assert against_plan(measure()._replace(progress=WENT | {"uppfoljd": ""})) == against_plan(measure()) == ""


def test_t3_has_plan_and_follow_up_in_columns_of_the_csv(compared: Results) -> None:
    table = OPTIONAL["T3"](View(compared))
    assert table is not None
    headings = [column.heading for column in table.columns]
    rows = {str(row.cells[0]): dict(zip(headings, row.cells, strict=True)) for section in table.sections for row in section.rows}
    followed = [row for row in rows.values() if row["Uppföljd"]]
    assert followed and all(row["Planerad status"] == "beslutad" and row["Planerad start"] == "2023-09" for row in followed)
    assert {(row["Faktisk start"], row["Infört"]) for row in followed} <= {("2023-02-01", 1.0), ("2023-02-01", 0.4)}
    assert all(row["Faktisk status"] == "" and row["Infört"] is None for row in rows.values() if not row["Uppföljd"])
    assert [c.heading for c in table.page_columns][-1] == "Plan och läge" and len(table.page_columns) == 10
    assert all(len(table.page_cells(row)) == 10 for section in table.sections for row in section.rows)
