"""Measure what the command line costs before and around a simulation. `python -m benchmarks.startup`.

Each command is a process of its own, run five times (a simulation twice) after a first one that fills the caches; the least
is what the program costs, since whatever else the machine does can only add to it. The region is a temporary copy of Region
Jämtland Härjedalen.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
TIMES = 5
MEASURES = 150
HELP, CHECK = "help", "check"
BUDGET_SECONDS = {HELP: 0.15, CHECK: 1.0}
#: Lever types of which a scenario may have any number in one place.
COPIED = ("behalla", "rekrytering", "effektivisering", "handledning", "hyrstyrning")


class Command(NamedTuple):
    """What one command costs: the least CPU and wall seconds of its runs."""

    key: str
    title: str
    cpu: float
    wall: float


def scenario_of_many(folder: Path, measures: int = MEASURES) -> Path:
    """Copy the scenario files to a folder and give a scenario of so many measures there.

    It is slk_2023 with measures of the catalogue once more, under keys of their own and written out in the scenario.
    """
    shutil.copytree(ROOT / "scenarios", folder, dirs_exist_ok=True)
    path = folder / "rjh" / "slk_2023.yaml"
    text = path.read_text(encoding="utf-8").replace("nyckel: slk_2023", "nyckel: manga", 1)
    catalogue = yaml.safe_load((folder / "gemensamt" / "atgarder.yaml").read_text(encoding="utf-8"))["atgarder"]
    # Not those of other years, and not prerequisites, which name other measures.
    ours = (m for m in catalogue if m["nyckel"].startswith("slk_") and "forutsattning" not in m)
    models = [m for m in ours if any(kind in m for kind in COPIED)]
    wanted = measures - len(yaml.safe_load(text)["atgarder"])
    more: list[dict[str, Any]] = []
    for n in range(wanted):
        model = models[n % len(models)]
        again = n // len(models) + 2
        more.append({**model, "nyckel": f"{model['nyckel']}_{again}", "titel": f"{model['titel']} ({again})"})
    many = folder / "rjh" / "manga.yaml"
    many.write_text(text.rstrip() + "\n" + _listed(more), encoding="utf-8")
    return many


class _WrittenOut(yaml.SafeDumper):
    """Write no anchors: the files of the program know none."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _listed(measures: Sequence[dict[str, Any]]) -> str:
    written = yaml.dump(list(measures), Dumper=_WrittenOut, allow_unicode=True, sort_keys=False, width=10_000)
    return "".join(f"  {line}\n" for line in written.splitlines())


def least(arguments: Sequence[str], times: int) -> tuple[float, float]:
    """Give the least CPU and wall seconds of a command line of ours; `#` in it becomes the number of the run.

    Raises CalledProcessError when it fails.
    """
    cpu, wall = [], []
    for n in range(times + 1):
        command = [sys.executable, "-m", "kompetenssim", *(argument.replace("#", str(n)) for argument in arguments)]
        before, begun = os.times(), perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        after = os.times()
        if n > 0:
            wall.append(perf_counter() - begun)
            cpu.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(cpu), min(wall)


def commands(*, times: int = TIMES) -> list[Command]:
    """Measure the commands."""
    with TemporaryDirectory() as place:
        many = scenario_of_many(Path(place))
        one = ("simulera", str(many.with_name("slk_2023.yaml")), "--simuleringar", "1", "--processer", "1", "--om", "--tyst")

        def simulated(engine: str) -> tuple[str, ...]:
            return (*one, "--motor", engine, "--ut", f"{place}/{engine}_#")

        wanted = (
            (HELP, "`kompetenssim --help`", ("--help",)),
            (CHECK, f"`kontrollera`, a scenario of {MEASURES} measures", ("kontrollera", str(many))),
            ("simpy", "`simulera`, one simulation, `--motor simpy`", simulated("simpy")),
            ("kompilerad", "`simulera`, one simulation, `--motor kompilerad`, compiled before", simulated("kompilerad")),
        )
        few = {"simpy": 2, "kompilerad": 2}  # they take longest and have no budget
        return [Command(key, title, *least(arguments, min(times, few.get(key, times)))) for key, title, arguments in wanted]


def table(rows: Sequence[Command]) -> str:
    """Write the commands as a Markdown table."""
    lines = ["| command, least of its runs | CPU | wall |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.title} | {row.cpu:.3f} s | {row.wall:.3f} s |" for row in rows)])


if __name__ == "__main__":
    print(table(commands(times=2 if "--quick" in sys.argv else TIMES)))
