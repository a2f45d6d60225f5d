"""The public functions, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.api import Run
from tests.forecast.fakes import run_fake

SCENARIO = Path(__file__).resolve().parents[1] / "data/liten/mindre_hyra.yaml"
HEAVY = {"numpy", "pandas", "scipy", "numba", "pyarrow", "altair", "pydantic", "yaml", "simpy", "rich"}


@pytest.mark.unit
def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, kompetenssim; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


@pytest.mark.unit
def test_every_public_name_is_there_and_others_are_not() -> None:
    assert all(getattr(ks, name) is not None for name in ks.__all__) and set(dir(ks)) == set(ks.__all__)
    with pytest.raises(AttributeError, match="no attribute 'simulera'"):
        ks.__getattr__("simulera")


@pytest.mark.unit
def test_a_run_gives_frames_before_and_after_it_is_saved(tmp_path: Path) -> None:
    run = Run(run_fake("a", "b", reference="b", replications=4))
    assert set(run.summary["scenario"]) == {"a", "b"} and len(run.yearly) and set(run.differences["scenario"]) == {"a"}
    place = run.save(tmp_path / "ut", extras=())
    again = ks.open_run(place)
    assert again.id == run.id and again.summary.equals(run.summary) and again.differences.equals(run.differences)


@pytest.mark.e2e
@pytest.mark.parametrize("compared", [True, False])
def test_a_saved_run_is_the_whole_folder_of_the_result_format(compared: bool, tmp_path: Path) -> None:
    spec = ks.load(SCENARIO)
    run = ks.compare([spec], replications=2) if compared else ks.simulate(spec, replications=2)
    place = run.save(tmp_path / "ut")
    files = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
    assert {"manifest.json", "korning.json", "specifikation.yaml", "sammanfattning.parquet", "simuleringar_ar.parquet",
            "jamforelse.parquet", "rapport.html"} <= files
    tables = {name.split("/")[1][:3] for name in files if name.startswith("tabeller/")}
    assert {"T01", "T02", "T04", "T05", "T06", "T07", "T09", "T12", "T13", "T14"} <= tables
    assert any(name.startswith("figurer/F01_") and name.endswith(".svg") for name in files)
    assert any(name.startswith("indata/") for name in files)


@pytest.mark.unit
def test_what_a_run_does_not_have_is_said_in_swedish() -> None:
    run = Run(run_fake("a", replications=2))
    with pytest.raises(ks.UserError, match="ingen referens"):
        _ = run.differences
    with pytest.raises(ks.UserError, match="inga bidrag per åtgärd; kör jamfor med --bidrag"):
        _ = run.contributions
    with pytest.raises(ks.UserError, match="tabellen 'T99' finns inte"):
        run.table("T99")
