"""`jamfor --bidrag` from the outside: what is written, printed, reproduced and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.present.contributions import BREAK_EVEN
from tests.e2e.program import run, small_world

pytestmark = pytest.mark.e2e
TITLES = ("Bättre schema för sjuksköterskor", "Utbildningstjänster för specialistsjuksköterskor")


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world where the difference of slk_2023 has been divided among its measures, in `resultat/bidrag`."""
    world = small_world(tmp_path_factory.mktemp("bidrag"))
    done = run("jamfor", "slk_2023", "--bidrag", "--simuleringar", "4", "--ut", "resultat/bidrag", cwd=world)
    assert done.returncode == 0, done.stderr
    (world / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return world


def test_tables_figures_and_report_say_what_each_measure_contributes(divided: Path) -> None:
    folder = divided / "resultat/bidrag"
    table = (folder / "tabeller/T03_atgardseffekt.csv").read_text(encoding="utf-8-sig")
    economy = (folder / "tabeller/atgardsekonomi.csv").read_text(encoding="utf-8-sig")
    report = (folder / "rapport.html").read_text(encoding="utf-8")
    for title in TITLES:
        assert title in table and title in economy and title in report
    assert "Samspel" in table and "Alla åtgärder tillsammans" in table and BREAK_EVEN["ej_storlek"] in economy
    assert 'id="bidrag"' in report and 'id="tabell-T3"' in report
    for name in ("F11_vattenfall_atgarder", "F04_kostnad_effekt", "F06_tornado"):
        assert (folder / f"figurer/{name}.csv").is_file() and (folder / f"figurer/{name}.svg").is_file()
    shown = (divided / "stdout.txt").read_text(encoding="utf-8")
    assert "Åtgärdernas bidrag till hyrkostnaden" in shown and all(title in shown for title in TITLES)


def test_the_stored_run_can_be_read_printed_as_json_and_reproduced(divided: Path) -> None:
    stored = ks.open_run(divided / "resultat/bidrag")
    assert set(stored.contributions["metod"]) == {"forst_in", "sist_ut", "shapley", "gemensamt", "samspel"}
    assert stored.table("T3").file_name == "T03_atgardseffekt.csv"
    again = run("aterskapa", "resultat/bidrag", "--json", cwd=divided)
    assert again.returncode == 0, again.stdout + again.stderr
    first = run("jamfor", "slk_2023", "--bidrag", "--simuleringar", "2", "--json", cwd=divided)
    content = json.loads(first.stdout)
    assert {row["metod"] for row in content["bidrag"]} == set(stored.contributions["metod"])
    without = json.loads(run("jamfor", "slk_2023", "--simuleringar", "2", "--json", cwd=divided).stdout)
    assert "bidrag" not in without and without["id"] != content["id"]


def test_scenarios_that_differ_in_more_than_measures_are_refused_before_anything_is_simulated(divided: Path) -> None:
    path = divided / "scenarios/rjh/dyrare.yaml"
    path.write_text("version: 1\nscenario: {nyckel: dyrare, titel: Dyrare hyra, bygger_pa: slk_2023}\n"
                    "omvarld: {hyrpris_index: {2024: 1.2}}\n", encoding="utf-8")
    done = run("jamfor", "dyrare", "--mot", "nollalternativ", "--bidrag", "--ut", "resultat/fel", cwd=divided)
    assert done.returncode == 2 and "skiljer sig i mer än åtgärder" in done.stderr
    assert not (divided / "resultat/fel").exists()
