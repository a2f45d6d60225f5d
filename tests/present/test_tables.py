"""Each table from a made-up run whose numbers are known."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kompetenssim.forecast.results import Results
from kompetenssim.present import text
from kompetenssim.present.headline import comparison
from kompetenssim.present.tables import TABLES, t02_maluppfyllelse, t04_kostnad, t06_avgangar
from kompetenssim.present.tables.form import HIDDEN, Column, Interval, Row, Section, Table, cell_text, form_of, write_csv
from kompetenssim.present.view import ALL, View
from tests.present.fakes import make_run

pytestmark = pytest.mark.unit

# S000 table 3.1 as printed: mål, 2017, 2018, förändring, förändring %, avvikelse, avvikelse %
S000 = {
    "Inhyrda läkare": (107.8, 138.5, 108.7, -29.8, -21, 0.9, 1),
    "varav primärvården": (63.8, 70.3, 39.9, -30.3, -43, -23.9, -37),
    "varav Östersunds sjukhus": (44.1, 68.2, 68.8, 0.6, 1, 24.8, 56),
    "Inhyrda sjuksköterskor": (15.9, 47.3, 22.8, -24.4, -52, 6.9, 43),
    "Inhyrd övrig personal": (4.1, 4.2, 2.5, -1.6, -40, -1.6, -39),
    "Summa": (127.9, 189.9, 134.1, -55.8, -29, 6.2, 5),
}
#: Outcomes that print as S000's, within its rounding; the report gives one decimal only.
COSTS = {
    ("2017", "primarvard", "lakare"): 70.27, ("2017", "sjukhus", "lakare"): 68.23, ("2017", ALL, "ssk_alla"): 47.27,
    ("2017", ALL, "ovrig_hyra"): 4.165, ("2017", ALL, "vns"): 0.0,
    ("2018", "primarvard", "lakare"): 39.93, ("2018", "sjukhus", "lakare"): 68.81, ("2018", ALL, "ssk_alla"): 22.84,
    ("2018", ALL, "ovrig_hyra"): 2.517, ("2018", ALL, "vns"): 0.0,
}


@pytest.fixture(scope="module")
def s000(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """T2 of a run whose agency cost of 2017 and 2018 is that of the final report."""
    run = make_run(tmp_path_factory.mktemp("s000") / "korning", scenarios=("slk_2023",), reference=None, start=2016, end=2019,
                   simulations=4, costs=COSTS)
    return t02_maluppfyllelse.build(View(run))


def rows_of(table: Table, section: int = 0) -> dict[str, Row]:
    """Give the rows of a section by their first cell."""
    return {str(row.cells[0]): row for row in table.sections[section].rows}


@pytest.mark.published
def test_t2_has_the_rows_and_columns_of_the_final_report(s000: Table) -> None:
    assert list(rows_of(s000)) == list(S000)
    assert [c.heading for c in s000.columns] == [
        "Helår, kostnader i mkr", "Mål (max)", "2017", "2018", "Förändring mellan 2017 och 2018",
        "Förändring i % mellan 2017 och 2018", "Avvikelse mot mål", "Avvikelse mot mål i %", "P(mål nått)",
        "Första månad varaktigt nått"]


@pytest.mark.published
@pytest.mark.parametrize("title", S000)
def test_t2_prints_every_number_of_the_final_report_exactly(s000: Table, title: str) -> None:
    row = rows_of(s000)[title]
    shown = [cell_text(cell, form_of(column, row)) for cell, column in zip(row.cells, s000.columns, strict=True)]
    *levels, change, change_percent, away, away_percent = S000[title]
    assert shown[1:8] == [*(text.number(v, 1) for v in levels), text.number(change, 1), f"{text.number(change_percent)}\u00a0%",
                          text.number(away, 1), f"{text.number(away_percent)}\u00a0%"]


@pytest.mark.published
@pytest.mark.parametrize("title", S000)
def test_change_and_deviation_follow_from_the_public_rounded_numbers(title: str) -> None:
    """Each of two levels is off by at most 0.05 mkr, the printed result by as much; percentages accordingly."""
    limit, year0, year1, change, change_percent, away, away_percent = S000[title]
    found = t02_maluppfyllelse.deviation(limit, year0, year1)
    assert found.change == pytest.approx(change, abs=0.15)
    assert found.deviation == pytest.approx(away, abs=0.15)
    assert 100 * (found.change_share or 0) == pytest.approx(change_percent, abs=0.5 + 10 / year0 + 0.1)
    assert 100 * (found.deviation_share or 0) == pytest.approx(away_percent, abs=0.5 + 10 / limit + 0.1)


def test_deviation_is_empty_where_a_number_is_missing() -> None:
    assert t02_maluppfyllelse.deviation(None, 2.0, 3.0) == (1.0, 0.5, None, None)
    assert t02_maluppfyllelse.deviation(0.0, 0.0, 3.0) == (3.0, None, 3.0, None)


def test_t2_prints_the_probability_rounded_and_the_first_month_in_words(view: View) -> None:
    targets = rows_of(t02_maluppfyllelse.build(view), section=1)
    nurses, residents, independent = targets.values()
    assert cell_text(nurses.cells[8], text.PROBABILITY) == "<\u00a05\u00a0%"
    assert cell_text(residents.cells[8], text.PROBABILITY) == ">\u00a095\u00a0%"
    assert residents.cells[9] == "mars 2025"
    assert independent.cells[8:] == (None, "ej utvärderbart")


def test_t13_counts_what_is_done_under_way_and_left(view: View) -> None:
    table = TABLES["T13"](view)
    counted = {row.cells[0]: row.cells[1] for row in table.sections[0].rows}
    listed = {section.keys[1]: len(section.rows) for section in table.sections if section.keys[0] == "slk_2023"}
    assert counted["Summa"] == sum(n for n in listed.values()) - listed["Antal"]
    assert {k: v for k, v in counted.items() if k != "Summa"} == {k: v for k, v in listed.items() if k != "Antal"}
    first = table.sections[1].rows[0]
    assert first.cells[2:6] == ("genomförd", "", "2023-06-30", 1.0)
    assert any("inte utan verkan" in note for note in table.notes)


def test_t2_marks_assumed_targets(view: View) -> None:
    assert any("antagande" in note for note in t02_maluppfyllelse.build(view).notes)


def test_t4_adds_up_to_the_net_cost_in_every_year_and_scenario(view: View) -> None:
    for scenario in view.scenarios:
        for year in view.years:
            lines = t04_kostnad.cost_lines(view, scenario, year)
            parts = sum(value or 0.0 for item, value in lines[:-1] if not item.part)
            assert parts == pytest.approx(lines[-1][1], abs=1e-9)


def test_t4_difference_is_scenario_minus_reference_item_by_item(view: View) -> None:
    ours, theirs, between = (t04_kostnad.build(view).sections[k] for k in range(3))
    for a, b, c in zip(ours.rows, theirs.rows, between.rows, strict=True):
        assert c.cells[2] == pytest.approx(a.cells[2] - b.cells[2])  # type: ignore[operator]


def test_t5_leaves_cohorts_blank_that_the_horizon_cuts(view: View) -> None:
    per_year = rows_of(TABLES["T5"](view))
    assert per_year["2024"].cells[7] == pytest.approx(0.8)
    assert per_year["2025"].cells[7] is None
    assert per_year["2026*"].cells[7] is None


def test_t6_causes_add_up_and_bands_are_in_order(view: View) -> None:
    table = t06_avgangar.build(view)
    for row in table.sections[0].rows:
        assert sum(row.cells[1:6]) == pytest.approx(row.cells[6])  # type: ignore[arg-type]
    assert [r.cells[0] for r in table.sections[2].rows] == [
        "0–29 år",
        "30–39 år",
        "40–49 år",
        "50–59 år",
        "60–64 år",
        "65 år och mer",
    ]
    assert [r.cells[0] for r in table.sections[3].rows] == ["0–1 år", "2–4 år", "5–9 år", "10 år och mer"]


def test_t7_lists_every_parameter_once_with_assumptions_apart(view: View, compared: Results) -> None:
    assumed, fixed, sourced, standard, applicants = TABLES["T7"](view).sections
    assert fixed.title.startswith("Fasta tal utan källa")
    assert not standard.shown
    assert applicants.title.startswith("Sökande per år")
    names = [row.cells[0] for row in (*assumed.rows, *sourced.rows, *standard.rows)]
    assert sorted(names) == sorted({r["stig"] for r in view.evidence("parametrar")})  # type: ignore[type-var]
    assert all(row.cells[7] for row in sourced.rows)


def test_t9_steps_add_up_to_the_need(view: View) -> None:
    for section in TABLES["T9"](view).sections:
        for row in section.rows:
            need, *steps = row.cells[1:9]
            if need is not HIDDEN:
                assert sum(steps) == pytest.approx(need)  # type: ignore[arg-type]


def test_t12_names_version_seed_and_hashes(view: View) -> None:
    said = {row.cells[0]: row.cells[1] for section in TABLES["T12"](view).sections for row in section.rows}
    assert said["slumpfro"] == "20230701"
    assert said["kompetenssim"] == "0.1.0"
    assert "rjh/region.yaml" in said


def test_agency_cost_is_never_compared_alone(view: View) -> None:
    table = comparison(view)
    assert table is not None
    for section in table.sections:
        titles = " ".join(str(row.cells[0]) for row in section.rows)
        for beside in ("Nettokostnad", "övertid", "Resurspool", "Köpt vård", "Obemannat"):
            assert beside in titles


def test_means_over_the_period_are_formed_within_simulations(view: View) -> None:
    found = view.period_difference("slk_2023", "hyrkostnad_mkr")
    levels = [[view.mean(s, "hyrkostnad_mkr", y) for y in view.full_years] for s in view.scenarios]
    assert found is not None
    assert found.mean == pytest.approx(sum(a - b for a, b in zip(*levels, strict=True)) / len(view.full_years))  # type: ignore[operator]
    assert found.low80 <= found.mean <= found.high80


def test_suppressed_places_are_hidden_in_every_table_and_nothing_else_is(view: View) -> None:
    from kompetenssim.present.tables.t09_bemanningsordning import build_monthly

    monthly = build_monthly(view)
    assert not monthly.hides  # the mask of this run has unit × group cells only, which are no margins
    view_with = View(view.results)
    view_with.__dict__["_mask"] = frozenset({(ALL, ALL, "vns"), ("stod", ALL, "vns")})
    for key in ("T1", "T5", "T6", "T9"):
        table = TABLES[key](view_with)
        rows = [row for section in table.sections for row in section.rows if row.cells[0] == "Vårdnära service"]
        assert rows or key == "T5"
        assert all(cell is HIDDEN for row in rows for cell in row.cells[1:])
    assert all(
        cell is HIDDEN for s in build_monthly(view_with).sections for r in s.rows if r.cells[0] == "vns" for cell in r.cells[1:]
    )


def read_csv(path: Path) -> list[list[str]]:
    """Read a CSV as a Swedish spreadsheet does."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))


def test_csv_has_bom_semicolons_decimal_comma_and_protected_text(tmp_path: Path) -> None:
    columns = (
        Column("Namn", words=True),
        Column("Värde", text.PERCENT_1, spread=True),
        Column("P", text.PROBABILITY),
        Column("mkr", text.MSEK),
    )
    rows = (
        Row(("=1+1", Interval(0.1234567, 0.1, -0.2), 1.0, -1234.5678)),
        Row(("@x", HIDDEN, None, HIDDEN)),
        Row(("-", None, 0.52, 0.0)),
    )
    write_csv(Table("T1", "prov", "Prov", columns, (Section("a", rows, keys=("+k",)),), keys=("Nyckel",)), tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv") == [
        ["Nyckel", "Namn", "Värde (%)", "Värde (%) p10", "Värde (%) p90", "P (%)", "mkr"],
        ["'+k", "'=1+1", "12,346", "10", "-20", ">95", "-1234,568"],
        ["'+k", "'@x", "..", "..", "..", "", ".."],
        ["'+k", "'-", "", "", "", "50", "0"],
    ]


def test_every_table_is_written_and_no_cell_is_a_formula(written: Path) -> None:
    names = {p.name for p in (written / "tabeller").iterdir()}
    assert {"T01_lagesbild.csv", "T02_maluppfyllelse.csv", "T04_kostnad.csv", "T05_utbildning.csv", "T06_avgangar.csv",
            "T07_antaganden.csv", "T09_bemanningsordning.csv", "T12_manifest.csv"} <= names
    number = re.compile(r"-?\d+(,\d+)?$")
    for path in (written / "tabeller").iterdir():
        rows = read_csv(path)
        assert len({len(row) for row in rows}) == 1, path.name
        assert all(number.match(c) or not c.startswith(("=", "+", "-", "@")) for row in rows for c in row), path.name
