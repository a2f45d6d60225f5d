"""`sok` as a person runs it: the answer, its folder, that it is reused, and what a faulty file gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.program import run, small_world

pytestmark = pytest.mark.e2e
SEARCH = """\
version: 1
sokning:
  nyckel: sok_behov
  titel: Behov som hyran klarar
  scenario: nollalternativ
  sannolikhet: 0.5
  simuleringar: 2
  mal:
    nyckel: hyra
    titel: Hyra högst 4 mkr
    indikator: hyrkostnad_mkr
    population: {yrkesgrupp: ssk_alla}
    max: 4
    senast: 2024-12-31
  varierar:
    titel: Bemanningsmål på avdelningen
    enhet: årsarbetare
    undre: 10
    ovre: 30
    steg: 2
    stallen: [{region: enheter.avdelning.bemanningsmal_aa.sjukskoterska}]
"""


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """The small region with a search."""
    world = small_world(tmp_path)
    (world / "scenarios/rjh/sok_behov.yaml").write_text(SEARCH, encoding="utf-8")
    return world


def test_a_search_answers_in_a_sentence_keeps_its_points_and_is_reused(world: Path) -> None:
    done = run("sok", "sok_behov", "--motor", "simpy", cwd=world)
    assert done.returncode == 0, done.stderr
    (folder,) = (world / "resultat").iterdir()
    words = " ".join(done.stdout.split())
    assert "EJ KALIBRERAD – EXEMPELLÄGE" in words
    assert "Bemanningsmål på avdelningen: högst" in words and "ryms om målet ”Hyra högst 4 mkr” ska nås" in words
    assert words.endswith(f"Rapport: resultat/{folder.name}/rapport.html")
    assert "Bemanningsmål på avdelningen 10: 2 simuleringar …" in done.stderr
    again = run("sok", "sok_behov", "--motor", "simpy", "--json", cwd=world)
    assert "Sökningen finns redan" in again.stderr
    result = json.loads(again.stdout)
    assert (result["kod"], result["id"], result["status"], result["storst"]) == (0, folder.name, "funnen", True)
    assert " ".join(result["svar"].split()) in words and len(result["punkter"]) >= 4


def test_the_twin_answers_alone(world: Path) -> None:
    done = run("sok", "rjh/sok_behov", "--motor", "tvilling", "--json", "--tyst", cwd=world)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "varning: tvillingen räknar väntevärden; sannolikheten i filen används inte\n"
    assert {p["metod"] for p in json.loads(done.stdout)["punkter"]} == {"tvilling"}


def test_every_fault_is_told_and_nothing_is_written(world: Path) -> None:
    path = world / "scenarios/rjh/sok_behov.yaml"
    path.write_text(SEARCH.replace("titel: Behov", "titl: Behov").replace("undre: 10", "undre: 10 st"), encoding="utf-8")
    done = run("sok", "sok_behov", cwd=world)
    assert (done.returncode, done.stdout) == (2, "")
    assert "scenarios/rjh/sok_behov.yaml:4:3: sokning.titl: okänd nyckel" in done.stderr
    assert "scenarios/rjh/sok_behov.yaml:18:12: sokning.varierar.undre: ett tal väntades" in done.stderr
    assert not (world / "resultat").exists()
    missing = run("sok", "sok_behovv", "--json", cwd=world)
    assert missing.returncode == 2 and json.loads(missing.stdout)["kod"] == 2
