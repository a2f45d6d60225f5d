"""`kalibrera` as a person runs it: the same bytes whatever the workers and interruptions, and a posterior that scenarios use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.e2e.calibrated import write_plan
from tests.e2e.program import command, environment, run

pytestmark = pytest.mark.e2e
RESULTS = ("efterfordelning.parquet", "tabell.parquet", "manifest.json")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world with a finished calibration in `klar`, made by two workers."""
    from tests.e2e.program import small_world

    world = small_world(tmp_path_factory.mktemp("kalibrerad värld"))
    write_plan(world)
    done = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "klar", "--processer", "2", "--tyst", cwd=world)
    assert done.returncode == 0, done.stderr
    return world


def _same(one: Path, other: Path) -> None:
    for name in RESULTS:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_one_worker_gives_the_same_bytes_as_two(finished: Path) -> None:
    """Rows, table and manifest."""
    done = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "en", "--processer", "1", "--tyst", cwd=finished)
    assert done.returncode == 0, done.stderr
    _same(finished / "klar", finished / "en")


def test_a_fit_that_is_killed_goes_on_and_ends_with_the_same_bytes(finished: Path) -> None:
    """Killed with −9 when its first pieces lie on disk; the pieces are not made again, and are gone at the end."""
    process = subprocess.Popen(
        command("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "dodad", "--tyst", "--processer", "2"), cwd=finished,
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    pieces = finished / "dodad" / "bitar"
    until = time.monotonic() + 200
    while not list(pieces.glob("vandring/*/*.npz")) and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    kept = {path: path.stat().st_mtime_ns for path in pieces.glob("**/*.npz")}
    assert kept
    assert not (finished / "dodad" / "manifest.json").exists()
    again = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "dodad", "--processer", "2", "--tyst", cwd=finished)
    assert again.returncode == 0, again.stderr
    _same(finished / "klar", finished / "dodad")
    assert not pieces.exists()
    assert not (finished / "dodad" / "pagaende.json").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_with_130_and_says_that_it_can_go_on(finished: Path) -> None:
    """Nothing is lost and no worker is left."""
    process = subprocess.Popen(
        command("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "avbruten", "--tyst"), cwd=finished, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    pieces = finished / "avbruten" / "bitar"
    until = time.monotonic() + 200
    while not list(pieces.glob("*/*.npz")) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "samma kommando fortsätter" in said


def test_a_finished_folder_is_taken_as_it_is_and_another_plan_is_refused(finished: Path) -> None:
    """Another seed is another calibration: code 2, and the folder is left alone."""
    before = (finished / "klar" / "efterfordelning.parquet").stat().st_mtime_ns
    again = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "klar", "--json", "--tyst", cwd=finished)
    assert again.returncode == 0
    said = json.loads(again.stdout)
    assert said["kod"] == 0
    assert {row["parameter"] for row in said["parametrar"]} == {"belastning_till_avgang_theta", "sokande_svar_pa_vakans"}
    other = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "klar", "--slumpfro", "99", "--tyst", cwd=finished)
    assert other.returncode == 2
    assert "hör till en annan kalibrering" in other.stderr
    assert (finished / "klar" / "efterfordelning.parquet").stat().st_mtime_ns == before


def test_a_scenario_of_a_prior_check_decides_too_and_is_kept(finished: Path, tmp_path: Path) -> None:
    """Another content of it is another calibration, and a copy of it lies with the results."""
    from tests.e2e.program import small_world

    world = small_world(tmp_path)
    plan = write_plan(world, **{"utan_atgarder: {scenario: nollalternativ": "utan_atgarder: {scenario: mindre_hyra"})
    one = run("kalibrera", plan, "--simuleringar", "20", "--tyst", "--json", cwd=world)
    assert one.returncode == 0, one.stderr
    folder = world / json.loads(one.stdout)["mapp"]
    assert list(folder.glob("indata/**/mindre_hyra.yaml"))
    path = world / "scenarios/rjh/mindre_hyra.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "omvarld: {behov_okning_procent: {2024: 3}}\n", encoding="utf-8")
    other = run("kalibrera", plan, "--simuleringar", "20", "--tyst", "--json", cwd=world)
    assert json.loads(other.stdout)["id"] != json.loads(one.stdout)["id"]
    few = run("kalibrera", plan, "--simuleringar", "2", "--tyst", cwd=world)
    assert few.returncode == 2 and "minst 20" in few.stderr


def test_every_evaluation_is_logged(finished: Path) -> None:
    """One row beside the plan for each time that the control period was looked at, with the configuration's hash."""
    log = (finished / "calibration/rjh/liten_2023.utvarderingar.csv").read_text(encoding="utf-8-sig").splitlines()
    manifest = json.loads((finished / "klar/manifest.json").read_text(encoding="utf-8"))
    assert len(log) >= 2
    assert all(manifest["konfiguration"] in row for row in log[1:])


def test_a_scenario_takes_whole_rows_from_a_calibration_and_can_be_run_again(finished: Path) -> None:
    """The rows of its draws are rows of the file; the run is made again from its copies; another calibration is another run."""
    import pyarrow.parquet as pq

    import kompetenssim as ks
    from kompetenssim.forecast.posterior import posterior_of

    path = finished / "scenarios/rjh/kalibrerat.yaml"
    path.write_text("version: 1\nscenario: {nyckel: kalibrerat, titel: K, bygger_pa: nollalternativ, kalibrering: ../../klar}\n",
                    encoding="utf-8")
    made = run("simulera", "kalibrerat", "--ut", "korning", "--tyst", cwd=finished)
    assert made.returncode == 0, made.stderr
    reproduced = run("aterskapa", "korning", "--tyst", cwd=finished)
    assert reproduced.returncode == 0, reproduced.stderr
    spec = ks.load(path)
    plain = ks.load(finished / "scenarios/rjh/nollalternativ.yaml")
    assert spec.digest != plain.digest
    run_of = ks.simulate(spec, processes=1)
    assert run_of.forecast is not None
    ensemble, template = run_of.forecast.ensembles[0], run_of.forecast.templates[0]
    rows = pq.read_table(finished / "klar/efterfordelning.parquet").to_pandas()
    posterior = posterior_of(spec)
    assert posterior is not None
    names = [p.name for p in template.parameters]
    taken = posterior.taken(template.parameters, spec.start_state_date.isoformat())
    assert names.index("parametrar.belastning_till_avgang_theta") in taken
    stored = rows[[f"tal:{names[k]}" for k in taken]].to_numpy()
    for drawn in ensemble.theta[:, taken]:
        assert (stored == drawn).all(axis=1).any()


def test_the_folder_has_its_page_and_rapport_writes_the_same_again(finished: Path) -> None:
    said = run("rapport", "klar", "--ut", "igen", cwd=finished)
    assert said.returncode == 0, said.stderr
    again = sorted(path for path in (finished / "igen").rglob("*") if path.is_file())
    names = {path.name for path in again}
    assert {"rapport.html", "T08_kalibrering.csv", "F09_prior_efterfordelning.svg", "kontrollperiod.svg"} <= names
    for path in again:
        assert (finished / "klar" / path.relative_to(finished / "igen")).read_bytes() == path.read_bytes(), path.name


def test_a_calibration_that_does_not_exist_is_told_with_its_place(finished: Path) -> None:
    """File, line, column, what was sought and what there is."""
    path = finished / "scenarios/rjh/fel.yaml"
    path.write_text("version: 1\nscenario:\n  nyckel: fel\n  titel: F\n  bygger_pa: nollalternativ\n  kalibrering: liten_2032\n",
                    encoding="utf-8")
    said = run("simulera", "fel", "--tyst", cwd=finished)
    assert said.returncode == 2
    assert "scenarios/rjh/fel.yaml:6:" in said.stderr
    assert "liten_2032" in said.stderr


def test_a_plan_with_faults_writes_nothing(finished: Path, tmp_path: Path) -> None:
    """All faults at once, code 2; so does the twin, which has no chance to fit with."""
    from tests.e2e.program import small_world

    world = small_world(tmp_path)
    write_plan(world, **{"varde: 6.0": "varde: .nan", "medelvarde: 1.0": "medelvarde: ett"})
    said = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "ut", cwd=world)
    assert said.returncode == 2
    assert len(said.stderr.strip().splitlines()) >= 2
    assert not (world / "ut").exists()
    twin = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "ut2", "--motor", "tvilling", cwd=finished)
    assert twin.returncode == 2
    assert not (finished / "ut2").exists()


def test_a_figure_that_no_draw_is_near_is_told(finished: Path, tmp_path: Path) -> None:
    """A hundred times too much: nothing is fitted."""
    from tests.e2e.program import small_world

    world = small_world(tmp_path)
    write_plan(world, **{"varde: 6.0, fel_procent: 20": "varde: 6000, fel_procent: 1"})
    said = run("kalibrera", "calibration/rjh/kalibrering.yaml", "--ut", "ut", "--simuleringar", "20", "--tyst", cwd=world)
    assert said.returncode == 1
    assert "i närheten av observationerna" in said.stderr
