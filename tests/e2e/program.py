"""The program as a person runs it: another process, a folder of its own, and a small region."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
ROOT = Path(__file__).parents[2]


def command(*arguments: str | Path) -> list[str]:
    """Give the command line that starts the program."""
    return [sys.executable, "-m", "kompetenssim", *map(str, arguments)]


def environment(**changes: str) -> dict[str, str]:
    """Give this process's environment with changes, and the checkout importable."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | changes


def run(*arguments: str | Path, cwd: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end; stdin is empty, output is read as UTF-8 whatever the locale."""
    return subprocess.run(
        command(*arguments), cwd=cwd, env=environment(**changes), capture_output=True, encoding="utf-8",
        stdin=subprocess.DEVNULL, timeout=300, check=False,
    )


def small_world(folder: Path) -> Path:
    """Lay out `scenarios/rjh` and `scenarios/gemensamt` with the small test region, under the names of the real one.

    Commands of the handbook, and the main job, then run as they are written, in seconds. Gives `folder`.
    """
    region = folder / "scenarios" / "rjh"
    shutil.copytree(DATA / "liten", region)
    shutil.copytree(DATA / "gemensamt", folder / "scenarios" / "gemensamt")
    plan = (region / "mindre_hyra.yaml").read_text(encoding="utf-8")
    (region / "slk_2023.yaml").write_text(plan.replace("nyckel: mindre_hyra", "nyckel: slk_2023"), encoding="utf-8")
    return folder
