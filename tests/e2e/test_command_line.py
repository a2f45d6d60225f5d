"""What the command line says before anything is simulated: help, misspellings, missing parts, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kompetenssim.cli.arguments import VERBS
from tests.e2e.program import command, environment, run

pytestmark = pytest.mark.e2e
HEAVY = {"numpy", "pandas", "scipy", "numba", "pyarrow", "altair", "pydantic", "simpy", "yaml", "rich", "jinja2", "xlsxwriter"}


def imported(*arguments: str, cwd: Path) -> set[str]:
    """Run with -X importtime and give the top-level packages that were imported."""
    python, *rest = command(*arguments)
    done = subprocess.run([python, "-X", "importtime", *rest], cwd=cwd, env=environment(), capture_output=True, check=False)
    lines = [line for line in done.stderr.decode("utf-8").splitlines() if line.startswith("import time:")]
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "argparse" in names
    return names


@pytest.mark.parametrize("arguments", [["--help"], ["jamfor", "--help"], ["simulerra"], ["svep"], ["--version"]])
def test_it_answers_at_once_because_nothing_heavy_is_imported(arguments: list[str], tmp_path: Path) -> None:
    assert not imported(*arguments, cwd=tmp_path) & HEAVY


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb])
def test_every_verb_has_help_in_swedish(verb: str, tmp_path: Path) -> None:
    done = run(verb, "--help", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"användning: kompetenssim {verb}")
    assert not {"usage", "options", "positional", "show this"} & set(done.stdout.replace(":", " ").split())


def test_the_overview_names_every_verb_and_exit_code(tmp_path: Path) -> None:
    text = run("--help", cwd=tmp_path).stdout
    assert all(f"  {verb} " in text for verb in VERBS if verb)
    assert all(f"{code} " in text for code in (0, 1, 2, 3, 130))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulerra", "x"], "okänt verb 'simulerra'"),
        (["simulerra", "x"], "menade du 'simulera'?"),
        (["simulera", "slk_2032"], "menade du 'slk_2023'?"),
        (["simulera", "slk_2023", "--simulering", "4"], "menade du '--simuleringar'?"),
        (["simulera", "slk_2023", "--simuleringar", "0"], "'0' är inte ett heltal mellan 1 och"),
        (["simulera", "slk_2023", "--simuleringar", "fyra"], "'fyra' är inte ett heltal mellan 1 och"),
        (["simulera", "slk_2023", "--motor", "kompilera"], "menade du 'kompilerad'?"),
        (["simulera", "slk_2023", "--ut"], "ett värde saknas"),
        (["simulera"], "argument saknas: SCENARIO"),
        (["simulera", "slk_2023", "nollalternativ"], "ett argument för mycket: 'nollalternativ'"),
        (["jamfor", "slk_2023", "--mot", "nolalternativ"], "menade du 'nollalternativ'?"),
        (["scenarios/rjh/slk_2023.yaml"], "menade du 'simulera scenarios/rjh/slk_2023.yaml'?"),
        (["simulera", "scenarios/rjh/finns_inte.yaml"], "scenarios/rjh/finns_inte.yaml:1:1: filen: filen finns inte"),
    ],
)
def test_what_is_misspelt_is_answered_in_swedish_with_code_2_and_nothing_written(
    world: Path, arguments: list[str], says: str
) -> None:
    done = run(*arguments, cwd=world)
    assert done.returncode == 2
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (world / "resultat").exists()


def test_a_key_in_two_regions_must_be_given_as_a_path(world: Path) -> None:
    other = world / "scenarios" / "annan"
    other.mkdir()
    (other / "slk_2023.yaml").write_text("version: 1\n", encoding="utf-8")
    done = run("simulera", "slk_2023", cwd=world)
    assert done.returncode == 2
    assert "flera scenarier med nyckeln 'slk_2023'" in done.stderr


@pytest.mark.parametrize("verb", [name for name, verb in VERBS.items() if not verb.available])
def test_a_verb_of_a_later_version_says_so_with_code_1(verb: str, tmp_path: Path) -> None:
    done = run(verb, "något", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"'{verb}' finns inte i den här versionen av kompetenssim.\n"


def test_verbs_may_be_written_with_their_dots(tmp_path: Path) -> None:
    assert run("jämför", "--help", cwd=tmp_path).returncode == 0
    assert run("återskapa", "--help", cwd=tmp_path).returncode == 0


def test_with_json_a_usage_error_is_one_object_on_stdout_and_nothing_else(world: Path) -> None:
    done = run("simulera", "slk_2032", "--json", cwd=world)
    content = json.loads(done.stdout)
    assert (done.returncode, done.stderr, content["kod"]) == (2, "", 2)
    assert set(content["fel"][0]) == {"fil", "rad", "kolumn", "stig", "text", "forslag"}
    assert content["fel"][0]["forslag"] == "slk_2023"


@pytest.mark.skipif(not sys.prefix.isascii(), reason="Python reads the paths of a venv in the locale, and stops before us")
@pytest.mark.parametrize("locale", ["C", "POSIX", "sv_SE.ISO8859-1"])
def test_swedish_letters_come_out_as_utf8_whatever_the_locale(tmp_path: Path, locale: str) -> None:
    done = run("--help", cwd=tmp_path, LC_ALL=locale, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "jämförda" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes are closed differently there")
def test_a_reader_that_leaves_early_sees_no_traceback(world: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(command("schema"), cwd=world, env=environment(), stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("arguments", [["schema"], ["simulera", "finns_inte", "--json"]])
def test_output_that_cannot_be_written_is_one_sentence_and_code_1(arguments: list[str], world: Path) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(command(*arguments), cwd=world, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False)
    said = "Det gick inte att läsa eller skriva: disken är full.\n"
    assert (done.returncode, done.stderr.decode("utf-8")) == (1, said)


def test_a_scenario_may_be_checked_by_its_key(world: Path) -> None:
    done = run("kontrollera", "slk_2023", cwd=world)
    assert done.returncode == 0
    assert done.stdout.startswith("scenarios/rjh/slk_2023.yaml: scenario, kan användas")


@pytest.mark.parametrize(("named", "said"), [("finns_inte", "filen finns inte"), ("scenarios", "är en katalog, inte en fil")])
def test_what_cannot_be_checked_says_why(named: str, said: str, world: Path) -> None:
    done = run("kontrollera", named, cwd=world)
    assert done.returncode == 2
    assert said in done.stderr
