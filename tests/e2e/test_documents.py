"""What README and handbook show works: every command and every example is run, in the small region."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kompetenssim.cli.arguments import VERBS
from tests.e2e.program import ROOT, environment, run

pytestmark = pytest.mark.e2e
HANDBOOK = (ROOT / "docs" / "handbok.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SCENARIO = "scenarios/rjh/mitt_scenario.yaml"
SEARCH = "scenarios/rjh/min_sokning.yaml"


def blocks(text: str, language: str) -> list[str]:
    """Give the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Give the arguments after `python run.py` of every command in the console blocks."""
    lines = [line for block in blocks(text, "console") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[2:] for line in lines if line.startswith("python run.py")]


def search_example() -> str:
    """Give the handbook's search file."""
    return next(block for block in blocks(HANDBOOK, "yaml") if "\nsokning:" in block)


def test_every_command_of_the_handbook_runs_in_order(world: Path) -> None:
    (world / SCENARIO).write_text(blocks(HANDBOOK, "yaml")[0], encoding="utf-8")
    (world / SEARCH).write_text(search_example(), encoding="utf-8")
    shown = commands(HANDBOOK)
    assert len(shown) >= 8
    for arguments in shown:
        only_reads_history = any(argument.startswith("calibration/") for argument in arguments)
        done = run(*arguments, cwd=ROOT if only_reads_history else world)
        assert done.returncode == 0, (arguments, done.stderr)


def test_the_handbook_scenario_is_valid_in_the_real_region(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / SCENARIO).write_text(blocks(HANDBOOK, "yaml")[0], encoding="utf-8")
    (tmp_path / SEARCH).write_text(search_example(), encoding="utf-8")
    done = run("kontrollera", SCENARIO, SEARCH, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_every_verb_of_the_readme_exists() -> None:
    verbs = {arguments[0] for arguments in commands(README) if arguments and not arguments[0].startswith("-")}
    assert verbs - {"test"} <= {verb for verb, about in VERBS.items() if about.available}


def test_the_python_example_of_the_readme_runs(world: Path) -> None:
    code = blocks(README, "python")[0].replace("replications=40", "replications=2") + "\nprint(len(run.differences))\n"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=world, env=environment(), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_links_between_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        text = re.sub(r"<!--.*?-->", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!http)([^)#\s]+)", text):
            assert (document.parent / target).exists(), (document.name, target)
