"""Tables of a reviewed forecast: what was said, what happened, and what the misses are due to, as a council reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kompetenssim.forecast.geometry import Place
from kompetenssim.forecast.review_files import write
from kompetenssim.forecast.tablefile import read_csv, write_csv
from kompetenssim.present import write_all
from kompetenssim.present.tables import REVIEWED
from kompetenssim.present.tables.form import Table, cell_text, form_of
from kompetenssim.present.view import View
from tests.present.fake_review import NURSES, REVIEW
from tests.present.fakes import make_run

pytestmark = pytest.mark.unit
@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    return View(make_run(tmp_path_factory.mktemp("granskad") / "korning"))


def table(view: View, key: str) -> Table:
    found = REVIEWED[key](view)
    assert found is not None
    return found


def page(found: Table) -> dict[str, list[str]]:
    rows = (row for section in found.sections for row in section.rows)
    return {str(row.cells[0]): [cell_text(cell, form_of(column, row)) for column, cell in found.page_cells(row)[1:]]
            for row in rows}


def test_each_line_has_forecast_intervals_outcome_error_and_pit(view: View) -> None:
    shown = page(table(view, "T8b"))
    nurses = shown["Sjuksköterska, grundutbildad, Östersunds sjukhus, 2024"]
    assert nurses == ["50,0", "25,0–75,0", "10,0–90,0", "2,5–97,5", "95,0", "−45,0", "−47\u00a0%", "0,95", "nej"]
    assert shown["Hela regionen, 2024"][-1] == "ja"


def test_the_summary_counts_lines_that_are_no_sums_and_what_was_passed_over(view: View) -> None:
    note = table(view, "T8b").notes[0]
    assert "Av 3 rader ligger 2 inom 50\u00a0%, 2 inom 80\u00a0% och 3 inom 95\u00a0%." in note
    assert "1 utfall gick inte att jämföra" in note and "så få rader kan inte visa" in note
    assert any("För månader sparas bara kvantiler" in n for n in table(view, "T8b").notes)


def test_causes_add_up_and_what_remains_is_held_against_chance(view: View) -> None:
    found = table(view, "T8c")
    shown = page(found)
    nurses = shown["Sjuksköterska, grundutbildad, Östersunds sjukhus, 2024"]
    assert nurses == ["+45,0", "0,0", "+38,0", "0,0", "0,0", "0,0", "+7,0", "3,0", "större än slumpen"]
    assert shown["Sjukhusläkare, Östersunds sjukhus, 2024"][-1] == "i slumpens utkant"
    assert shown["Hela regionen, 2024"][-1] == "ryms i slumpen"
    order = found.notes[0]
    assert order.index("programmet (") < order.index("data (") < order.index("planerade åtgärder (") < order.index("parametrar (")
    assert "Planerade åtgärder som blev annorlunda: slk_vns_10 (ändrad)." in found.notes
    assert "Policyn reagerade: hyrstopp (ny)." in found.notes


def test_a_run_without_review_or_without_split_has_no_such_table(tmp_path: Path) -> None:
    results = make_run(tmp_path / "korning", scenarios=("slk_2023",), reference=None)
    assert all(build(View(results)) is None for build in REVIEWED.values())
    plain = replace(REVIEW, lines=tuple(replace(line, split=None) for line in REVIEW.lines))
    write(plain, results.folder)
    assert REVIEWED["T8b"](View(results)) is not None and REVIEWED["T8c"](View(results)) is None


def test_a_place_with_few_people_is_not_shown(tmp_path: Path) -> None:
    results = make_run(tmp_path / "korning")
    mask = read_csv(results.folder / "underlag/mask.csv")
    hidden = Place(NURSES.area, "alla", NURSES.group)
    write_csv(results.folder / "underlag/mask.csv", ("omrade", "enhet", "yrkesgrupp"),
              [*mask, dict(zip(("omrade", "enhet", "yrkesgrupp"), hidden, strict=True))])
    for key in REVIEWED:
        shown = page(table(View(results), key))
        assert set(shown["Sjuksköterska, grundutbildad, Östersunds sjukhus, 2024"]) == {".."}
        assert ".." not in shown["Hela regionen, 2024"]


def test_a_saved_review_is_in_tables_and_report(view: View, tmp_path: Path) -> None:
    write_all(view.results, tmp_path)
    names = {path.name for path in (tmp_path / "tabeller").iterdir()}
    assert {"T08b_traffsakerhet.csv", "T08c_traffsakerhet_orsaker.csv"} <= names
    text = (tmp_path / "tabeller/T08c_traffsakerhet_orsaker.csv").read_text(encoding="utf-8-sig")
    heading, first, *_ = text.splitlines()
    assert heading.startswith("Körning;Indikator;Rad;Utfall − prognos;Programmet;Data") and "Monte Carlo-fel, data" in heading
    assert first.startswith("slk_2022-0011223344;hyrkostnad_mkr;Hela regionen, 2024;10;0;9;")
    assert "Hur en tidigare prognos gick" in (tmp_path / "rapport.html").read_text(encoding="utf-8")
