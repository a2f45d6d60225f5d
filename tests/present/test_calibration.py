"""The page, tables, figures and terminal of a calibration: honest words, made from the numbers."""

from __future__ import annotations

import io
import re
from argparse import Namespace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from kompetenssim.calibration.store import Calibration
from kompetenssim.present.calibration import show, verdict, write_all
from kompetenssim.present.calibration.contents import figures, tables
from kompetenssim.present.calibration.events import Event, shared_months
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.figures import read_frame
from tests.present.fake_calibration import LINES, NOT_IDENTIFIED, make_calibration
from tests.present.test_pages import parsed

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def calibration(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """The made-up calibration with all that a person looks at."""
    made = make_calibration(tmp_path_factory.mktemp("kalibrering") / "klar")
    write_all(made, made.folder)
    return made


@pytest.fixture(scope="module")
def found(calibration: Calibration) -> Findings:
    return Findings(calibration)


@pytest.fixture(scope="module")
def page(calibration: Calibration) -> str:
    return (calibration.folder / "rapport.html").read_text(encoding="utf-8")


def said(found: Findings) -> str:
    """All sentences of the verdict."""
    return " ".join(sentence.text for sentence in verdict.verdict(found))


def test_the_verdict_counts_lines_inside_and_names_those_outside(found: Findings) -> None:
    assert (found.inside, len(found.lines), found.needed) == (2, 4, 3)
    assert "2 av 4 rader 2018 ligger inom sitt 80 %-intervall; målet var minst 3 och nåddes inte." in said(found)
    assert "Läkare, primärvården (utfall 39,9, intervall 46,0–58,0) och Övrig hyrpersonal" in said(found)


@pytest.mark.parametrize(("lines", "needed", "chance"), [(4, 3, 5 / 16), (8, 6, 37 / 256), (1, 1, 0.5)])
def test_the_chance_that_a_model_with_half_cover_passes_is_computed(
    tmp_path: Path, lines: int, needed: int, chance: float,
) -> None:
    """Binomial with one half; for four lines 0.31 (domain model 6.5)."""
    found = Findings(make_calibration(tmp_path / "k", lines=(LINES * 2)[:lines]))
    assert found.needed == needed and found.lucky == pytest.approx(chance)
    assert f"sannolikheten {chance:.2f}".replace(".", ",") in said(found)


def test_what_failed_is_said_first(found: Findings) -> None:
    failed = [sentence.failed for sentence in verdict.verdict(found)]
    assert failed == sorted(failed, reverse=True) and any(failed) and not all(failed)
    assert 5 <= len(failed) <= 8


def test_skill_is_told_against_unchanged_and_the_first_level(found: Findings) -> None:
    assert ("Modellen är bättre än ”oförändrat från 2017” (skicklighet +0,31) och sämre än ”2015 års nivå” (skicklighet −0,25)."
            in said(found))


def test_a_parameter_that_is_not_identified_is_labelled_everywhere(found: Findings, page: str, calibration: Calibration) -> None:
    assert "1 av 2 fria parametrar är ej identifierade och styrs av antagande: belastningens verkan på avgångar." in said(found)
    assert "Data bestämmer 1 av 2 riktningar" in said(found)
    assert NOT_IDENTIFIED in page
    assert NOT_IDENTIFIED in (calibration.folder / "tabeller/T08_kalibrering.csv").read_text(encoding="utf-8-sig")
    assert "identifierad; konflikt: flyttad 2,1 priorstandardavvikelser" in page


def test_too_few_lines_are_never_called_calibrated(found: Findings, page: str) -> None:
    assert "4 kontrollrader räcker inte för ordet kalibrerad: det kräver minst 60." in said(found)
    assert f"PRÖVAD MOT 4 RADER – {verdict.NOT_THE_WORD}" in page
    assert not re.search(r"\b(är|väl|nu) kalibrerad", page)


def test_sixty_lines_may_use_the_word(tmp_path: Path) -> None:
    found = Findings(make_calibration(tmp_path / "k", lines=LINES * 15))
    assert verdict.banner(found) is None and "räcker inte för ordet" not in said(found)


def test_directions_are_judged_by_what_happened(found: Findings) -> None:
    """What fell should be forecast down; what did not fall should not be forecast down with certainty."""
    judged = {line.title: line.direction for line in (*found.lines, *([found.total] if found.total else []))}
    assert judged == {
        "Läkare, primärvården": ("ned", True), "Läkare, sjukhuset": ("inte säkert ned", True), "Sjuksköterskor": ("ned", True),
        "Övrig hyrpersonal": ("väntades inte ned", False), "Summan": ("ned", True)}
    sure = found.lines[1].record | {"andel_ned": "0,97"}
    assert type(found.lines[1])(sure).direction == ("säkert ned", False)


def test_few_effective_rows_are_called_noise(tmp_path: Path) -> None:
    made = make_calibration(tmp_path / "k")
    made.manifest["verksamma"] = 6.2
    assert "Bara 6 verksamma rader bär resultatet (500 behövs): talen är mest brus." in said(Findings(made))


def test_events_have_titles_and_dates_and_shared_months(found: Findings, page: str) -> None:
    assert [event.key for event in found.events] == ["pris", "tak", "stopp"]
    assert found.shared_months == ["2018-03", "2018-04", "2018-05", "2018-06", "2018-08"]
    assert "Pristak &lt;b&gt; (mars 2018 – 10 juni 2018)" in page and "Tak på 15 stafetter (mars 2018 och framåt)" in page
    assert "data kan inte skilja deras verkan åt" in said(found)


def test_an_event_that_no_file_names_is_there_by_its_key(tmp_path: Path) -> None:
    made = make_calibration(tmp_path / "k")
    made.manifest["handelser"] = ["okand", "tak"]
    assert Findings(made).events[0] == Event("okand", "okand", "", "")


def test_events_one_after_the_other_share_no_month() -> None:
    after = [Event("a", "a", "2018-02", "2018-04-30"), Event("b", "b", "2018-05-01", "")]
    assert shared_months(after, "2018-01-01", "2018-12-31") == []


def test_the_peak_before_the_control_period_is_told(found: Findings) -> None:
    remark = str(verdict.regression_to_mean(found))
    assert remark.startswith("2017 var en topp: 190,0\u00a0mkr mot 133,0\u00a0mkr 2015.") and "återgång mot medelvärdet" in remark


@pytest.mark.parametrize(("number", "configurations", "words", "failed"), [
    (1, 1, "den första utvärderingen", False), (3, 1, "oförändrad sedan den första", False),
    (3, 2, "2 olika konfigurationer", True)])
def test_changed_configurations_are_told(tmp_path: Path, number: int, configurations: int, words: str, failed: bool) -> None:
    made = make_calibration(tmp_path / "k", evaluation={"number": number, "configurations": configurations, "logged": True})
    sentences = verdict.evaluations(Findings(made))
    assert words in " ".join(s.text for s in sentences) and any(s.failed for s in sentences) is failed


def test_the_page_is_whole_and_asks_for_nothing_outside_itself(page: str) -> None:
    structure = parsed(page)
    assert structure.faults == [] and structure.open == []
    ids = [attrs["id"] for _, attrs in structure.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert all(str(a["href"])[1:] in ids for a in structure.all("a"))
    without_names = re.sub(r'xmlns(:xlink)?="http://www\.w3\.org/[^"]*"', "", page)
    assert not re.search(r"http|<script|<link|@import|url\(|src=", without_names)
    assert len(structure.all("svg")) == 2


def test_every_table_of_the_page_is_a_file(page: str, calibration: Calibration) -> None:
    named = set(re.findall(r"tabeller/([\w.]+csv)", page))
    assert named == {path.name for path in (calibration.folder / "tabeller").iterdir()}
    assert "T08_kalibrering.csv" in named and len(named) == 10


def test_numbers_are_right_aligned_and_swedish(found: Findings, page: str) -> None:
    assert "<td>39,9</td>" in page and "39.9" not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    held = tables(found)["kontrollperiod"]
    assert [column.heading for column in held.columns if column.words] == [
        "Rad", "80 %-inter\u00advallet", "Riktning", "50 %-intervallet", "95 %-intervallet", "80 %-intervallet utan datafel"]


def test_errors_of_shares_are_in_percentage_points(found: Findings) -> None:
    rows = {r.cells[0]: r for s in tables(found)["kontrollperiod"].sections for r in s.rows}
    row = rows["Läkare, primärvården, hyrandel"]
    assert row.cells[9] == pytest.approx(100 * 0.004)


def test_parts_whose_table_is_missing_are_left_out(tmp_path: Path) -> None:
    made = make_calibration(tmp_path / "k", without=("kontroll", "baslinjer", "utelamnade", "lackage"))
    write_all(made, made.folder)
    page = (made.folder / "rapport.html").read_text(encoding="utf-8")
    assert parsed(page).faults == []
    for anchor in ("kontrollperiod", "naiva", "utelamnade", "lackage"):
        assert f'id="{anchor}"' not in page
    assert 'id="observationer"' in page and "INTE PRÖVAD MOT UTFALL" in page
    assert "Den har inte jämförts med något år som hållits undan." in page
    assert not (made.folder / "tabeller/kontrollperiod.csv").exists()
    out = io.StringIO()
    show(made, Console(file=out, width=100))
    assert "Kontrollperioden" not in out.getvalue()


def test_the_same_calibration_gives_the_same_files(calibration: Calibration, tmp_path: Path) -> None:
    write_all(calibration, tmp_path)
    for path in sorted(p for p in tmp_path.rglob("*") if p.is_file()):
        assert (calibration.folder / path.relative_to(tmp_path)).read_bytes() == path.read_bytes(), path.name


def test_each_figure_is_drawn_from_its_csv_alone(calibration: Calibration) -> None:
    for file, key in (("F09_prior_efterfordelning", "F9"), ("kontrollperiod", "kontrollperiod")):
        stored = calibration.folder / "figurer" / f"{file}.csv"
        drawn = stored.with_suffix(".svg").read_text(encoding="utf-8")
        assert figures()[key].draw(read_frame(stored)) == drawn
        assert ElementTree.fromstring(drawn).tag.endswith("svg")


@pytest.mark.parametrize("width", [80, 100])
def test_the_terminal_says_the_verdict_within_its_width(calibration: Calibration, width: int) -> None:
    out = io.StringIO()
    show(calibration, Console(file=out, width=width, highlight=False))
    shown = out.getvalue()
    tables_only = shown.split("Rapport:")[0]
    assert max(map(len, tables_only.splitlines())) <= width and "…" not in shown and "\x1b" not in shown
    assert "Läkare, primärvården" in shown and "ej identifierad" in shown and "oförändrat från 2017" in shown
    assert shown.index("! 2 av 4 rader 2018") < shown.index("· ")
    assert len(tables_only.splitlines()) <= 60


def test_rapport_writes_the_page_of_a_calibration_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kompetenssim.cli.stored import report

    made = make_calibration(tmp_path / "k")
    assert report(Namespace(format=["html"], run=made.folder, ut=None, json=False)) == 0
    assert (made.folder / "rapport.html").is_file() and "rapport.html" in capsys.readouterr().out


def test_a_calibration_is_not_run_again_as_a_forecast(tmp_path: Path) -> None:
    from kompetenssim import UserError
    from kompetenssim.cli.stored import reproduce

    made = make_calibration(tmp_path / "k")
    with pytest.raises(UserError, match="är en kalibrering"):
        reproduce(Namespace(run=made.folder))
