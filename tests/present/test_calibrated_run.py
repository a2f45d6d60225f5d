"""A run that takes its draws from a calibration says so: T7, T8, F9, banner and label; a run that does not is as before."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from kompetenssim import Run, UserError
from kompetenssim.forecast.results import Results
from kompetenssim.forecast.tablefile import write_csv
from kompetenssim.present import report, text, write_all
from kompetenssim.present.tables import t07_antaganden, t08_kalibrering
from kompetenssim.present.terminal import show
from kompetenssim.present.view import View
from tests.present import fake_calibration as fake
from tests.present.fakes import make_run

pytestmark = pytest.mark.unit
KEY = "prov_till_2017"
THETA = "belastning_till_avgang_theta"
FREE = f"ur kalibreringen {KEY}: kontraktion 0,08 ± 0,02, {fake.NOT_IDENTIFIED}"


def use(results: Results, scenarios: tuple[str, ...], lines: int = 4) -> None:
    """Write what a run keeps of its calibration."""
    moved = [(THETA, THETA), ("avgang_procent_ar@distriktslakare", "")]
    made: dict[str, list[dict[str, Any]]] = {
        "kalibrering": [{"scenario": s, "kalibrering": KEY, "data_till": "2017-12-31", "kontrollrader": lines,
                         "uppsattningar": 20000, "verksamma": "600", "konfiguration": "ab"} for s in scenarios],
        "kalibrering_tal": [{"scenario": s, "namn": n, "kalibrering": KEY, "fri": free} for s in scenarios for n, free in moved],
        "kalibrering_parametrar": [{"kalibrering": KEY, **r} for r in fake.parameters()],
        "kalibrering_observationer": [{"kalibrering": KEY, **r} for r in fake.observations()],
        "kalibrering_tathet": [{"kalibrering": KEY, **r} for r in fake.densities()],
        "kalibrering_register": [{
            "kalibrering": KEY, "parameter": "avgang_procent_ar@distriktslakare", "prior": "5 – 7 – 12", "händelser": "40",
            "personår": "600", "skattning": "6 – 7 – 8", "kontraktion": "0,60 ± 0,02", "överspridning": "1,2", "anmärkning": ""}],
    }
    for name, rows in made.items():
        write_csv(results.folder / "underlag" / f"{name}.csv", tuple(rows[0]), rows)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A comparison whose scenarios both use the calibration, with its report."""
    made = make_run(tmp_path_factory.mktemp("kalibrerad") / "korning", end=2025)
    use(made, ("slk_2023", "nollalternativ"))
    write_all(made, made.folder)
    return made


def sources(results: Results) -> dict[str, str]:
    """Source by name, as T7 prints them."""
    return {str(r.cells[0]): str(r.cells[-1]) for s in t07_antaganden.build(View(results)).sections for r in s.rows}


def test_t7_says_where_each_number_comes_from(run: Results) -> None:
    found = sources(run)
    assert found[THETA] == FREE
    assert found["avgang_procent_ar@distriktslakare"] == (
        f"ur kalibreringen {KEY}: ur personalregistret, kontraktion 0,60 ± 0,02")
    assert found["hyra.pris_kr_vecka@distriktslakare"] == "S000 3.1: 39,9 mkr / 610 veckor"


def test_t7_names_the_scenarios_when_only_some_use_it(tmp_path: Path) -> None:
    made = make_run(tmp_path / "korning", end=2024)
    use(made, ("slk_2023",))
    assert sources(made)[THETA] == f"SLK-åtgärder enligt slutredovisning 2023-05-12: {FREE}"
    assert "Utan kalibrering: Nollalternativ." in report.banner_why(View(made))


def test_the_report_has_t8_and_f9_and_the_label(run: Results) -> None:
    page = (run.folder / "rapport.html").read_text(encoding="utf-8")
    for part in ("tabell-T8P", "tabell-T8O", "Parametrarna före och efter data", FREE):
        assert part in page
    assert (run.folder / "tabeller/T08_kalibrering.csv").is_file()
    assert (run.folder / "figurer/F09_prior_efterfordelning.svg").is_file()
    assert f"Ur kalibreringen {KEY}, {fake.NOT_IDENTIFIED}: Belastningens verkan på avgångar." in page


def test_the_banner_says_that_the_lines_are_too_few(run: Results) -> None:
    said = report.banner_why(View(run))
    told = f"Parametrar kommer ur kalibreringen {KEY} (data till 2017-12-31), som vilar på 600 verksamma rader och är jämförd"
    assert f"{told} med 4 kontrollrader" in said
    assert "för få för ordet kalibrerad, som kräver minst 60" in said and "Startläget är helt eller delvis antaget" in said
    out = io.StringIO()
    show(run, Console(file=out, width=200, highlight=False))
    shown = " ".join(out.getvalue().split())
    assert said in shown and fake.NOT_IDENTIFIED in shown


def test_a_label_of_a_parameter_that_no_scenario_takes_is_not_said(run: Results) -> None:
    view = View(run)
    assert len(report.not_identified(view)) == 1
    write_csv(run.folder / "underlag/kalibrering_tal.csv", ("scenario", "namn", "kalibrering", "fri"), [])
    try:
        assert report.not_identified(View(run)) == []
    finally:
        use(run, ("slk_2023", "nollalternativ"))


def test_a_run_without_calibration_is_as_before(compared: Results, written: Path) -> None:
    view = View(compared)
    assert t08_kalibrering.build(view) is None and report.not_identified(view) == []
    assert report.banner_why(view) == text.BANNER_WHY
    assert not list((written / "tabeller").glob("T08_*")) and not list((written / "figurer").glob("F09*"))
    with pytest.raises(UserError, match="skriv kalibrering under scenario"):
        Run(results=compared).table("T8")


def test_t8_is_asked_for_by_its_id(run: Results) -> None:
    assert [s.keys for s in Run(results=run).table("T8").sections] == [("parameter", KEY), ("observation", KEY)]
