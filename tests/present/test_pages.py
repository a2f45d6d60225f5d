"""Figures, report and terminal from a made-up run."""

from __future__ import annotations

import io
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from kompetenssim.forecast.results import Results
from kompetenssim.present import headline, report, text, write_all
from kompetenssim.present.figures import FIGURES, read_frame
from kompetenssim.present.run_warnings import moved_warning
from kompetenssim.present.terminal import show
from kompetenssim.present.view import View

pytestmark = pytest.mark.unit
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Structure(HTMLParser):
    """Collect elements and check that they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every element of a kind."""
        return [attrs for name, attrs in self.elements if name == tag]


def parsed(page: str) -> Structure:
    """Parse a page."""
    structure = Structure()
    structure.feed(page)
    structure.close()
    return structure


@pytest.fixture(scope="module")
def page(written: Path) -> str:
    """The report of the comparison."""
    return (written / "rapport.html").read_text(encoding="utf-8")


def test_the_report_asks_for_nothing_outside_itself(page: str) -> None:
    without_names = re.sub(r'xmlns(:xlink)?="http://www\.w3\.org/[^"]*"', "", page)
    assert "http" not in without_names
    assert not re.search(r"<script|<link|@import|url\(|src=", without_names)


def test_the_report_is_well_formed_swedish_and_accessible(page: str) -> None:
    found = parsed(page)
    assert found.faults == []
    assert found.open == []
    assert found.all("html") == [{"lang": "sv"}]
    assert len(found.all("h1")) == 1
    ids = [attrs["id"] for _, attrs in found.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = [str(a["href"]) for a in found.all("a")]
    assert links[0] == "#innehall"
    assert all(link[1:] in ids for link in links)
    assert len(found.all("caption")) == len(found.all("table"))
    assert all("scope" in th for th in found.all("th"))
    pictures = found.all("svg")
    assert len(pictures) == len(FIGURES) == 6
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in pictures)


def test_the_report_has_every_part_and_the_banner(page: str) -> None:
    for part in report.PARTS:
        assert f'<section id="{part.anchor}"' in page
    assert page.count(text.BANNER) >= 2
    assert "Effekterna gäller under förutsättning att åtgärderna genomförs" in page
    assert "Källan anger varken antal platser eller vem som ska lämna tid." in page
    assert "Åtgärder utan modellerad effekt (1)" in page


def test_text_of_the_user_is_escaped(compared: Results, tmp_path: Path) -> None:
    view = View(compared)
    view._titles["slk_2023"] = ("<b>fel</b>", 0)
    assert "<b>fel</b>" not in report.html(view, {}, {})


def test_a_forecast_of_one_scenario_has_no_comparison(alone: Results, tmp_path: Path) -> None:
    write_all(alone, tmp_path)
    page = (tmp_path / "rapport.html").read_text(encoding="utf-8")
    assert parsed(page).faults == []
    assert '<section id="jamforelse"' not in page
    assert '<section id="lagesbild"' in page
    assert not list((tmp_path / "figurer").glob("F02*"))
    assert not (tmp_path / "tabeller" / "jamforelse.csv").exists()
    assert "säger inget om vad åtgärderna åstadkommer" in page


def test_the_same_run_gives_the_same_files(compared: Results, written: Path, tmp_path: Path) -> None:
    write_all(compared, tmp_path)
    for path in sorted(p for p in written.rglob("*") if p.is_file()):
        assert (tmp_path / path.relative_to(written)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("key", FIGURES)
def test_each_figure_is_drawn_from_its_csv_alone(written: Path, key: str) -> None:
    kind = FIGURES[key]
    stored = written / "figurer" / f"F{int(key[1:]):02d}_{kind.name}.csv"
    drawn = stored.with_suffix(".svg").read_text(encoding="utf-8")
    assert kind.draw(read_frame(stored)) == drawn
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_f1_shows_complete_windows_only(view: View) -> None:
    frame = FIGURES["F1"].data(view)
    assert frame["manad"].min() == "2024-06"
    assert set(frame["roll"]) == {"scenario", "referens"}
    assert set(frame.loc[frame["yrkesgrupp"] == "Sjuksköterskor, alla", "mal"]) == {0.02}


def test_f2_ends_at_the_net_difference(view: View) -> None:
    frame = FIGURES["F2"].data(view)
    net = frame.iloc[-1]
    assert net["slag"] == "netto"
    assert frame["skillnad_mkr_per_ar"].iloc[:-1].sum() == pytest.approx(net["skillnad_mkr_per_ar"])
    assert frame["till"].iloc[-2] == pytest.approx(net["till"])


def test_f3_steps_add_up_to_the_need_every_week(view: View) -> None:
    wide = FIGURES["F3"].data(view).pivot_table(index="vecka", columns="steg", values="timmar")
    assert list(wide.index) == list(range(1, 53))
    assert wide.drop(columns="Bemanningsmål").sum(axis=1).to_numpy() == pytest.approx(wide["Bemanningsmål"].to_numpy())


def test_the_terminal_fits_100_columns_without_colour_codes_when_piped(compared: Results) -> None:
    out = io.StringIO()
    show(compared, Console(file=out, width=100, highlight=False))
    shown = out.getvalue()
    assert text.BANNER in shown
    assert "\x1b" not in shown
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 100
    for row in (
        "Inhyrda läkare",
        "varav primärvården",
        "varav Östersunds sjukhus",
        "Inhyrda sjuksköterskor",
        "Inhyrd övrig personal",
        "Summa",
        "Hyrkostnad, mkr",
        "Nettokostnad, mkr",
    ):
        assert row in shown


def test_the_terminal_shows_a_single_forecast(alone: Results) -> None:
    out = io.StringIO()
    show(alone, Console(file=out, width=100, highlight=False))
    assert "Inget annat scenario har simulerats" in out.getvalue().replace("\n", " ")


def test_the_headline_says_levels_interval_and_error(view: View) -> None:
    for figure in headline.figures(view):
        assert "mot" in figure.meaning
        assert figure.details[0].startswith("80 % intervall")
        assert figure.details[1].startswith("Monte Carlo-fel")


def test_an_effect_that_cannot_be_told_from_zero_is_called_so(view: View) -> None:
    other = View(view.results)
    other.__dict__["_differences"] = {k: d._replace(low80=-1.0, high80=1.0) for k, d in view._differences.items()}
    assert "går ingen skillnad att skilja från noll" in headline.paragraph(other)
    assert all(not f.certain for f in headline.figures(other))


def test_a_fall_in_agency_cost_that_is_moved_elsewhere_is_flagged(view: View) -> None:
    assert moved_warning(view, view.main) is None
    other = View(view.results)
    other.__dict__["_differences"] = {
        k: d._replace(mean=5.0, low80=4.0, high80=6.0) if k[1] == "overtid_mkr" else d for k, d in view._differences.items()}
    assert "flyttad, inte sparad" in str(moved_warning(other, other.main))


def test_a_rise_that_is_small_beside_the_fall_in_agency_cost_is_not_called_moved(view: View) -> None:
    other = View(view.results)
    other.__dict__["_differences"] = {
        k: d._replace(mean=0.01, low80=0.005, high80=0.02, mc_error=0.001) if k[1] == "pool_mkr" else d
        for k, d in view._differences.items()}
    assert moved_warning(other, other.main) is None


def test_an_interval_without_width_is_said_to_be_unknown(view: View) -> None:
    """With few draws the parameters' part can be estimated as zero: a point is no interval."""
    other = View(view.results)
    other.__dict__["_differences"] = {
        k: d._replace(low80=d.mean, high80=d.mean, mc_error=1.0) for k, d in view._differences.items()}
    assert all("går inte att skatta" in f.details[0] for f in headline.figures(other))
    table = headline.comparison(other)
    assert table is not None
    assert all(math.isnan(row.cells[4].low) for row in table.sections[0].rows)  # type: ignore[union-attr]


def test_the_condition_of_effects_names_the_probability(view: View) -> None:
    assert "Sannolikheten för det är" in headline.condition(view)


def test_few_draws_are_warned_about(view: View) -> None:
    plan = view.results.manifest["plan"]
    assert (headline.few_draws(view) is None) == (plan["parameteruppsattningar"] >= headline.ENOUGH_DRAWS)


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_wider_than_the_terminal(compared: Results, width: int) -> None:
    out = io.StringIO()
    show(compared, Console(file=out, width=width, highlight=False))
    assert max(map(len, out.getvalue().splitlines())) <= width
    assert "…" not in out.getvalue()


def test_every_printed_page_carries_the_banner(written: Path) -> None:
    page = (written / "rapport.html").read_text(encoding="utf-8")
    assert f'@top-center {{ content: "{text.BANNER}"' in page
