"""The twin on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.program import run, small_world

pytestmark = pytest.mark.e2e


def test_the_twin_gives_result_files_and_an_id_of_its_own(tmp_path: Path) -> None:
    """`--motor tvilling` writes a whole run folder, one run per draw; simpy has another id."""
    world = small_world(tmp_path)
    said = {}
    for engine in ("tvilling", "simpy"):
        done = run("simulera", "slk_2023", "--motor", engine, "--simuleringar", "2", "--json", cwd=world)
        assert done.returncode == 0, done.stderr
        said[engine] = json.loads(done.stdout)
    assert said["tvilling"]["id"] != said["simpy"]["id"]
    folder = world / said["tvilling"]["mapp"]
    for name in ("manifest.json", "sammanfattning.parquet", "simuleringar_ar.parquet", "rapport.html"):
        assert (folder / name).is_file()
    plan = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["plan"]
    assert plan["tvilling"] is True
    assert plan["per_uppsattning"] == 1
