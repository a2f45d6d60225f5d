"""A series tells what each figure is; whatever is missing or odd is told with file, line and column, all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.calibration.evaluations import LOG
from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.series import COLUMNS, Series, read_folder, read_series
from kompetenssim.spec.node import Problems

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("rjh", "sverige")
HEADING = ";".join(COLUMNS) + "\n"
LINE = "hyra;hyrkostnad_mkr;Länet;ssk;sjukhus;2015;15,9;mkr;utfall;;0,05;2018-02;;Hyrkostnad hela året;S000 3.1\n"


def shipped(name: str) -> Series:
    problems = Problems()
    series = read_folder(ROOT / "calibration" / name, f"calibration/{name}", problems)
    assert not problems.errors, "\n".join(map(str, problems.errors))
    return series


def read(text: str) -> tuple[Series, list[str]]:
    problems = Problems()
    rows = read_series(text.encode(), "serier.csv", problems)
    return Series(rows), [str(p) for p in problems.sorted_errors()]


@pytest.mark.parametrize("name", FOLDERS)
def test_every_shipped_figure_has_definition_and_source(name: str) -> None:
    series = shipped(name)
    assert len(series.rows) > 100
    assert all(row.definition and row.source for row in series.rows)


SHIPPED = sorted(path for path in (ROOT / "calibration").glob("*/*.csv") if not path.name.endswith(LOG))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_every_shipped_file_can_be_checked(path: Path) -> None:
    report = ks.check(path)
    assert report.ok and report.kind == "serier"
    assert " tal: " in report.facts[0]


def test_a_row_keeps_all_that_is_said_of_it() -> None:
    series, faults = read(HEADING + LINE)
    (row,) = series.rows
    assert not faults
    assert (row.value, row.unit, row.error, row.breaks, row.kind) == (15.9, "mkr", 0.05, ("2018-02",), "utfall")
    assert (row.place, row.period.first, row.period.last) == (("Länet", "ssk", "sjukhus"), date(2015, 1, 1), date(2015, 12, 31))
    assert row.at["varde"] == ("serier.csv", 2, LINE.index("15,9") + 1)


def test_outcome_target_forecast_and_derived_are_never_mixed() -> None:
    rjh = shipped("rjh")
    period = read_period("2018")
    at = ("hyrkostnad_mkr", "alla", "alla", period)
    assert [row.value for row in rjh.find("utfall", *at)] == [134.1]
    assert [row.value for row in rjh.find("mal", *at)] == [127.9]
    assert {row.value for row in rjh.of("harledd", "hyrkostnad_mkr") if row.group == "alla"} == {-55.8, -29, 6.2, 5}
    assert {row.kind for name in FOLDERS for row in shipped(name).rows} == {"utfall", "mal", "prognos", "harledd"}


def test_the_unclear_split_of_training_posts_is_marked_as_reconstructed() -> None:
    """S001 table 1 gives 13 for two years; 3 and 10 are one reading of the row among several."""
    marked = [row for row in shipped("rjh").rows if row.reconstructed]
    assert [(row.period.text, row.value) for row in marked] == [("2016", 3), ("2017", 10)]


def test_headcounts_know_where_their_definition_changes() -> None:
    doctors = [row for row in shipped("sverige").rows if row.series == "lakare_anstallda"]
    assert {row.breaks for row in doctors} == {("2018-02", "2020-11")}
    assert {row.period.text for row in doctors} == {"2016-11", "2017-11", "2019-11", "2020-11"}
    whole = {row.period.text: row.value for row in doctors if row.region == "Sverige"}
    own = [row for row in shipped("rjh").rows if row.series == "lakare_anstallda"]
    for year in ("2016-11", "2017-11"):
        parts = [row.value for row in (*doctors, *own) if row.period.text == year and row.region != "Sverige"]
        assert sum(parts) == whole[year]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2015", (2015, 1, 1), (2015, 12, 31)), ("2018-12", (2018, 12, 1), (2018, 12, 31)),
        ("2018-Q3", (2018, 7, 1), (2018, 9, 30)),
        ("2016-H2", (2016, 7, 1), (2016, 12, 31)), ("2017/2018", (2017, 1, 1), (2018, 12, 31)),
        ("2013-01/2013-11", (2013, 1, 1), (2013, 11, 30)), ("2018-12-31", (2018, 12, 31), (2018, 12, 31)),
    ],
)
def test_periods_are_written_as_sources_write_them(text: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    period = read_period(text)
    assert (period.first, period.last) == (date(*first), date(*last))


@pytest.mark.parametrize("text", ["", "2018-Q5", "2018-H3", "2018/2017", "i fjol", "2018-13", "1/2"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        read_period(text)


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ("15,9", "", "varde", "värdet saknas; skriv talet med decimalkomma, eller ta bort raden"),
        ("15,9", "NaN", "varde", "ett tal väntades, inte 'NaN'"),
        ("15,9", "inf", "varde", "ett tal väntades, inte 'inf'"),
        ("15,9", "1 000", "varde", "ett tal väntades, inte '1 000'"),
        ("2015", "i fjol", "period", "'i fjol' är ingen period; skriv ÅÅÅÅ"),
        (";mkr;", ";tkr;", "enhet", "'tkr' är inte tillåtet, tillåtna värden är andel"),
        (";mkr;", ";procent;", "enhet", "hyrkostnad_mkr är i mkr, inte procent"),
        ("hyrkostnad_mkr", "hyrkostnad", "indikator", "'hyrkostnad' är inte tillåtet"),
        ("utfall", "resultat", "slag", "'resultat' är inte tillåtet, tillåtna värden är harledd, mal, prognos, utfall"),
        (";utfall;;", ";utfall;avvikelse;", "berakning", "bara härledda rader räknas ur andra"),
        ("0,05", "-1", "fel", "skriv ett tal som är 0 eller mer"),
        ("2018-02", "2018-14", "brott", "'2018-14' är ingen månad; skriv ÅÅÅÅ-MM"),
        ("Hyrkostnad hela året", "", "definition", "definition saknas; skriv vad talet är"),
        ("S000 3.1", "", "kalla", "kalla saknas; skriv dokument och plats"),
        ("hyra;", "1hyra;", "serie", "'1hyra' kan inte vara en serie"),
    ],
)
def test_each_fault_of_a_row_is_told_where_it_stands(old: str, new: str, column: str, said: str) -> None:
    line = LINE.replace(old, new, 1)
    series, (told,) = read(HEADING + line)
    place = sum(len(cell) + 1 for cell in line.split(";")[: COLUMNS.index(column)]) + 1
    assert told.startswith(f"serier.csv:2:{place}: ")
    assert f".{column}: " in told and said in told
    assert not series.rows


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (HEADING + LINE + LINE, "3:39", "2015 står redan i serier.csv rad 2"),
        (HEADING + LINE + LINE.replace("2015", "2017").replace("2018-02", ""), "3:", "brott 2018-02 på rad 2 men (inga) här"),
        (HEADING.replace(";kalla", "") + LINE, "1:1", "kolumnen 'kalla' saknas"),
        (HEADING.replace("definition", "defintion") + LINE, "1:", "okänd kolumn 'defintion'"),
        (HEADING + LINE.replace("S000 3.1", "S000; 3.1"), "2:", "raden har fler fält än rubriken"),
    ],
)
def test_faults_of_a_file_are_told_too(text: str, where: str, said: str) -> None:
    _, faults = read(text)
    assert any(told.startswith(f"serier.csv:{where}") and said in told for told in faults), faults


def test_all_faults_come_at_once() -> None:
    _, faults = read(HEADING + LINE.replace("15,9", "") + LINE.replace("utfall", "").replace("S000 3.1", ""))
    assert [told.split(": ")[1] for told in faults] == ["hyra.varde", "hyra.slag", "hyra.kalla"]
