"""What a run keeps of a calibration, and when it may be called calibrated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kompetenssim.calibration.posterior import write_rows
from kompetenssim.forecast.posterior import read_posterior
from kompetenssim.forecast.results import read
from kompetenssim.forecast.run import run
from kompetenssim.forecast.store import save
from kompetenssim.forecast.tablefile import read_csv
from kompetenssim.spec.region import StartState
from kompetenssim.spec.specification import Specification
from tests.forecast.fakes import FAKE_ENGINE, make_specification, make_template

pytestmark = pytest.mark.unit
LABEL = "ej identifierad, styrs av antagande"


def posterior(path: Path, lines: int) -> Path:
    """Write four rows of the first number of the made-up template, which a free parameter decides."""
    p: Any = make_template().parameters[0]
    about = {
        "nyckel": "prov", "data_till": "2017-12-31", "kontrollrader": lines, "uppsattningar": 100, "verksamma": 50.0,
        "konfiguration": "ab",
        "startlage": "2015-01-01", "bundna": [], "skrivna": {p.name: [p.low, p.mode, p.high]}, "fria": {"theta": [p.name]},
        "tabeller": {"parametrar": [{"parameter": "theta", "etikett": LABEL}], "observationer": [], "tathet": []},
    }
    write_rows(path, {"partikel": np.arange(4), f"tal:{p.name}": np.array([1.0, 2.0, 3.0, 4.0])}, about)
    return path


def using(path: Path, *, assumed: bool = False) -> Specification:
    """A scenario that takes its draws from a file."""
    state = StartState.model_validate({"antagande": "ja"} if assumed else {})
    spec = make_specification("a", start_state=state)
    return replace(spec, posterior=path, files={path: path.read_bytes()})


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = read_posterior(posterior(tmp_path / "e.parquet", 4).read_bytes())
    name = make_template().parameters[0].name
    assert found.key == "prov" and found.lines == 4 and found.free == {name: "theta"}
    assert found.rows[name].tolist() == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("lines", "assumed", "calibrated"), [(59, False, False), (60, False, True), (60, True, False)])
def test_sixty_lines_and_a_known_start_state_carry_the_word(tmp_path: Path, lines: int, assumed: bool, calibrated: bool) -> None:
    spec = using(posterior(tmp_path / "e.parquet", lines), assumed=assumed)
    template: Any = make_template()
    save(run([spec], [template], engine=FAKE_ENGINE, processes=1), tmp_path / "korning")
    results = read(tmp_path / "korning")
    assert results.calibrated is calibrated
    assert results.manifest["scenarier"]["a"]["kalibrerad"] is calibrated


def test_the_run_keeps_what_its_report_needs_and_no_empty_files(tmp_path: Path) -> None:
    spec = using(posterior(tmp_path / "e.parquet", 4))
    template: Any = make_template()
    save(run([spec], [template], engine=FAKE_ENGINE, processes=1), tmp_path / "korning")
    kept = tmp_path / "korning" / "underlag"
    assert {p.stem for p in kept.glob("kalibrering*")} == {"kalibrering", "kalibrering_tal", "kalibrering_parametrar"}
    assert read_csv(kept / "kalibrering_tal.csv") == [
        {"scenario": "a", "namn": template.parameters[0].name, "kalibrering": "prov", "fri": "theta"}]
    assert read_csv(kept / "kalibrering_parametrar.csv") == [{"kalibrering": "prov", "parameter": "theta", "etikett": LABEL}]
    assert read_csv(kept / "kalibrering.csv")[0]["kontrollrader"] == "4"
