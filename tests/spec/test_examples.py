"""The formats that the project promises: a shortened region, a scenario with task shift, a training measure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kompetenssim.levers import LEVERS
from kompetenssim.spec.load import load
from kompetenssim.spec.specification import Specification
from tests.spec.world import EXAMPLES

pytestmark = pytest.mark.unit

TRAINING = """\
version: 1
scenario: {nyckel: utbildning, titel: Utbildning, startlage: 2023-07-01, period: {start: 2023-07-01, slut: 2033-06-30}}
atgarder:
  - nyckel: utbildningstjanster
    titel: Utbildningstjänster specialistsjuksköterska
    status: beslutad
    start: 2024-vt
    utbildningstjanst:
      fran: sjukskoterska
      till: ssk_anop_iva
      inriktning: operation
      larosate: umu
      platser: {vt: 5, ht: 5}
      studietakt_procent: 50
      loneandel: 1.0
      langd_terminer: 4
      avbrott_procent_termin: 4
      bindning_manader: 0            # AST: ingen bindning
      kvar_efter_24_manader_andel: {undre: 0.7, trolig: 0.85, ovre: 0.95}
      handledartimmar_vecka: 1.0
      finansiering: {statsbidrag_andel: 0.5, till: 2024-12-31}
"""


@pytest.fixture(scope="module")
def spec() -> Specification:
    return load(EXAMPLES / "rjh" / "slk_2023.yaml", levers=LEVERS)


def test_the_region_example_loads_with_its_odd_keys(spec: Specification) -> None:
    region = spec.region
    assert set(region.start_states) == {"2013-06-01", "2015-01-01", "2018-01-01", "2023-07-01"}
    assert (region.start_states["2013-06-01"].assumption, region.start_states["2015-01-01"].assumption) == (True, "delvis")
    assert {year: n.mode for year, n in region.economy.on_cost_percent.items()}["2014"] == 44.13
    assert region.group_sets["lakare"][0] == "distriktslakare"
    assert region.absence_profile == "standard"
    agency = region.groups["distriktslakare"].agency
    assert agency is not None
    assert agency.price_sek_per_week is not None
    assert (agency.price_sek_per_week.mode, agency.price_sek_per_week.refers_to) == (65400, "2018")
    assert region.units["medicin"].shift_matrix["underskoterska"] == {"dag": 8, "kvall": 6, "natt": 3}
    assert region.units["medicin"].duty_lines[0].compensation == "ledighet"
    assert region.seasons["fjall"]["pask"] == 1.3
    theta = region.parameters.workload_to_exit_theta
    assert (theta.low, theta.mode, theta.high, theta.assumption) == (0.3, 1.0, 1.9, True)


def test_what_the_shortened_region_lacks_has_the_defaults_of_the_schema(spec: Specification) -> None:
    group = spec.region.groups["vns"]
    assert group.sick_leave.short_percent.assumption is True
    assert [w.code for w in spec.warnings if w.file.endswith("region.yaml")] == ["yrkesgrupp_saknas"] * 3


def test_the_scenario_example_loads(spec: Specification) -> None:
    assert (spec.key, str(spec.start), str(spec.end), spec.replications, spec.seed) == (
        "slk_2023", "2023-07-01", "2033-06-30", 200, 20230701,
    )
    assert [m.key for m in spec.measures] == ["slk_nattransport", "slk_vns_10"]
    vns = spec.measures[1]
    assert (vns.end, vns.running_at_start, vns.coverage.units) == (None, "ja", ["medicin"])
    assert (vns.realisation.low, vns.realisation.high) == (0.3, 0.7)
    assert set(vns.levers) == {"dimensionering", "uppgiftsvaxling"}
    assert spec.scenario.outside_world.agency_price_index["2025"].mode == 0.90


@pytest.mark.skipif("utbildningstjanst" not in LEVERS, reason="the lever type is not there")
def test_the_training_example_loads(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "scenarios")
    path = tmp_path / "scenarios" / "rjh" / "utbildning.yaml"
    path.write_text(TRAINING, encoding="utf-8")
    measure, = load(path, levers=LEVERS).measures
    assert (measure.start, list(measure.levers)) == ("2024-vt", ["utbildningstjanst"])
