"""Whole runs of the small region: what is written, reused, reproduced, and left alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

import kompetenssim as ks
from tests.e2e.program import command, environment, run, small_world

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world where slk_2023 has been compared with nollalternativ, in `resultat/jamforelse`."""
    world = small_world(tmp_path_factory.mktemp("compared"))
    done = run("jamfor", "slk_2023", "--simuleringar", "4", "--ut", "resultat/jamforelse", cwd=world)
    assert done.returncode == 0, done.stderr
    (world / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return world


@pytest.fixture
def copy(compared: Path, tmp_path: Path) -> Path:
    """The compared world, to be changed freely."""
    return Path(shutil.copytree(compared, tmp_path / "kopia"))


def test_a_comparison_writes_the_run_folder_and_says_where_the_report_lies(compared: Path) -> None:
    folder = compared / "resultat" / "jamforelse"
    for name in ("manifest.json", "korning.json", "specifikation.yaml", "sammanfattning.parquet", "simuleringar_ar.parquet",
                 "jamforelse.parquet", "rapport.html", "tabeller/T02_maluppfyllelse.csv", "figurer/F01_hyrandel.svg",
                 "indata/rjh/slk_2023.yaml", "indata/gemensamt/atgarder.yaml"):
        assert (folder / name).is_file(), name
    shown = (compared / "stdout.txt").read_text(encoding="utf-8")
    assert "EJ KALIBRERAD – EXEMPELLÄGE" in shown
    assert shown.rstrip().endswith("Rapport: resultat/jamforelse/rapport.html")


def test_no_machine_path_is_kept_in_the_results(compared: Path) -> None:
    for path in (compared / "resultat" / "jamforelse").rglob("*"):
        if path.is_file():
            assert str(compared).encode() not in path.read_bytes(), path


def test_a_folder_that_holds_something_is_left_alone(copy: Path) -> None:
    done = run("jamfor", "slk_2023", "--simuleringar", "4", "--ut", "resultat/jamforelse", cwd=copy)
    assert done.returncode == 2
    assert done.stderr.startswith("kommandoraden:1:1: jamfor: --ut resultat/jamforelse: mappen finns redan")


def test_the_main_job_compares_with_doing_nothing_and_reuses_a_finished_run(world: Path) -> None:
    first = run("--simuleringar", "2", "--json", cwd=world)
    assert first.returncode == 0, first.stderr
    result = json.loads(first.stdout)
    assert result["id"].startswith("slk_2023_mot_nollalternativ-")
    assert result["mapp"] == f"resultat/{result['id']}"
    assert sorted(p.name for p in (world / "resultat").iterdir()) == [result["id"]]
    again = run("--simuleringar", "2", "--json", cwd=world)
    assert "Körningen finns redan" in again.stderr
    assert again.stdout == first.stdout
    assert run("--simuleringar", "3", "--json", cwd=world).stdout != first.stdout


def test_the_main_job_takes_a_hundred_draws_of_two_simulations() -> None:
    for scenario in ("slk_2023", "nollalternativ"):
        spec = ks.load(Path(__file__).parents[2] / "scenarios" / "rjh" / f"{scenario}.yaml")
        assert (spec.replications, spec.replications_per_draw) == (200, 2)


def test_json_is_one_object_with_whole_years_totals_and_groups(world: Path) -> None:
    done = run("simulera", "slk_2023", "--simuleringar", "2", "--json", cwd=world)
    result = json.loads(done.stdout)
    assert set(result) == {
        "version", "id", "mapp", "kod", "motor", "simuleringar", "slumpfro", "scenarier", "varningar", "indikatorer"
    }
    assert (result["kod"], result["motor"], result["simuleringar"], result["slumpfro"]) == (0, "simpy", 2, 7)
    rows = result["indikatorer"]
    assert set(rows[0]) == {
        "scenario", "indikator", "tid", "omrade", "enhet", "yrkesgrupp", "medelvarde", "p10", "p50", "p90"
    }
    assert {row["tid"] for row in rows} == {"2023", "2024"}
    assert {row["enhet"] for row in rows} == {row["omrade"] for row in rows} == {"alla"}
    assert {"alla", "ssk_alla", "sjukskoterska"} <= {row["yrkesgrupp"] for row in rows}


def test_quiet_says_nothing_on_stderr(world: Path) -> None:
    done = run("simulera", "slk_2023", "--simuleringar", "1", "--tyst", cwd=world)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stored_run_is_reproduced_to_the_last_number(compared: Path) -> None:
    done = run("aterskapa", "resultat/jamforelse", "--processer", "1", cwd=compared)
    assert (done.returncode, done.stdout) == (0, "Varje tal i resultat/jamforelse återskapades.\n")


def test_a_changed_input_copy_ends_with_code_3_and_names_what_differs(copy: Path) -> None:
    path = copy / "resultat" / "jamforelse" / "indata" / "rjh" / "region.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("manadslon_kr: 36000", "manadslon_kr: 36500"), encoding="utf-8")
    done = run("aterskapa", "resultat/jamforelse", "--tyst", cwd=copy)
    assert done.returncode == 3
    assert "sammanfattning.parquet:" in done.stderr
    assert "indikator=" in done.stderr


def test_the_report_is_written_again_from_stored_results_with_the_same_bytes(copy: Path) -> None:
    folder = copy / "resultat" / "jamforelse"
    before = {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    shutil.rmtree(folder / "tabeller")
    (folder / "rapport.html").unlink()
    done = run("rapport", "resultat/jamforelse", cwd=copy)
    assert done.returncode == 0, done.stderr
    assert {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()} == before


@pytest.mark.parametrize("arguments", [["rapport", "resultat"], ["aterskapa", "finns-inte"]])
def test_a_folder_that_is_no_run_is_refused(compared: Path, arguments: list[str]) -> None:
    done = run(*arguments, cwd=compared)
    assert done.returncode == 2
    assert "är ingen körning" in done.stderr


def test_other_formats_say_that_they_are_not_here_yet(compared: Path) -> None:
    done = run("rapport", "resultat/jamforelse", "--format", "pdf", cwd=compared)
    assert done.returncode == 1
    assert "finns inte i den här versionen" in done.stderr


def test_every_planted_error_is_listed_with_line_and_column_and_nothing_is_written(world: Path) -> None:
    path = world / "scenarios" / "rjh" / "trasig.yaml"
    path.write_text(
        "version: 1\n"
        "scenario:\n"
        "  nyckel: trasig\n"
        "  titell: Felstavad nyckel\n"
        "  titel: x\n"
        "  bygger_pa: nolalternativ\n"
        "atgarder:\n"
        "  - atgard: extra_utbildnig\n"
        "  - atgard: behall_sjukskoterskor\n"
        "    start: 2024-13\n",
        encoding="utf-8",
    )
    for verb in ("kontrollera", "simulera"):
        done = run(verb, "scenarios/rjh/trasig.yaml", cwd=world)
        assert (done.returncode, done.stdout) == (2, "")
        lines = done.stderr.splitlines()
        assert any(line.startswith("scenarios/rjh/trasig.yaml:4:3: scenario.titell: ") for line in lines), lines
        assert any("menade du 'nollalternativ'?" in line for line in lines)
    as_json = json.loads(run("simulera", "scenarios/rjh/trasig.yaml", "--json", cwd=world).stdout)
    assert (as_json["version"], as_json["kod"]) == (1, 2)
    assert set(as_json["fel"][0]) == {"fil", "rad", "kolumn", "stig", "text", "forslag"}
    assert not (world / "resultat").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_kill_end_with_code_130_and_leave_neither_files_nor_processes(number: signal.Signals, world: Path) -> None:
    process = subprocess.Popen(
        command("simulera", "slk_2023", "--simuleringar", "5000", "--processer", "2"), cwd=world, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("Simulerar")
    os.kill(process.pid, number) if number == signal.SIGTERM else os.killpg(process.pid, number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output == ""
    assert errors.strip().endswith("Avbrutet. Inget halvfärdigt resultat har sparats.")
    assert "Traceback" not in errors
    assert not (world / "resultat").exists() or not list((world / "resultat").iterdir())
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


@pytest.mark.skipif(os.name == "nt", reason="pipes are closed differently there")
def test_a_reader_that_leaves_in_the_middle_of_the_tables_is_no_failure(copy: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = command("simulera", "slk_2023", "--simuleringar", "1", "--tyst")
    done = subprocess.run(arguments, cwd=copy, env=environment(), stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_region_without_shared_files_runs_and_keeps_copies_from_which_it_is_reproduced(world: Path) -> None:
    shutil.rmtree(world / "scenarios" / "gemensamt")
    plan = world / "scenarios" / "rjh" / "nollalternativ.yaml"
    assert run("simulera", plan, "--simuleringar", "1", "--ut", "ut", cwd=world).returncode == 0
    assert {path.parent.name for path in (world / "ut" / "indata").rglob("*.yaml")} == {"rjh", "gemensamt"}
    shutil.rmtree(world / "scenarios")
    done = run("aterskapa", "ut", cwd=world)
    assert (done.returncode, done.stdout) == (0, "Varje tal i ut återskapades.\n")
