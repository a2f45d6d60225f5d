"""Measure how the compiled engine grows: W1 as a region of ours for 400 to 400,000 employees. `python -m benchmarks.growth`.

Each size runs in a process of its own, so that the highest memory is its own; it holds the interpreter, the region and the
compiled code too. Times are process CPU time of one simulation after a first one, which allocates the workspace.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

from benchmarks import figures

ROOT = Path(__file__).resolve().parent.parent
SIZES = (400, 4_000, 40_000, 400_000)
BASE, LARGEST = 4_000, 400_000
PARTS = {400_000: 3}
REPETITIONS = {400: 60, 4_000: 20, 40_000: 5, 400_000: 2}
MOST_GROWTH, MOST_MB = 3.0, 2048.0


class Size(NamedTuple):
    """What one size costs: CPU seconds of a simulation, of reading and resolving its region, and the highest memory."""

    n: int
    repetitions: int
    least: float
    median: float
    resolving: float
    megabytes: float

    @property
    def per_person(self) -> float:
        """Give the CPU seconds of a simulation per employee at the start."""
        return self.least / self.n


def measure(n: int, repetitions: int) -> Size:
    """Measure one size in this process."""
    import kompetenssim as ks  # noqa: PLC0415 - the processes that only start others need none of this
    from benchmarks.w1 import our_region  # noqa: PLC0415
    from kompetenssim.engine.compiled import simulate  # noqa: PLC0415
    from kompetenssim.model.draws import draw_matrix  # noqa: PLC0415
    from kompetenssim.resolve import resolve  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        begun = process_time()
        template = resolve(ks.load(our_region.write(Path(folder), n, PARTS.get(n, 1))))
        resolving = process_time() - begun
    theta = draw_matrix(template.parameters, 1, 1)[0]
    simulate(template, theta, seed=1, simulation=0)
    seconds = []
    for r in range(1, repetitions + 1):
        begun = process_time()
        simulate(template, theta, seed=1, simulation=r)
        seconds.append(process_time() - begun)
    return Size(n, repetitions, min(seconds), median(seconds), resolving, figures.peak_megabytes())


def elsewhere(n: int, repetitions: int) -> Size:
    """Measure one size in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.growth", "--one", str(n), str(repetitions)]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Size(*json.loads(done.stdout.splitlines()[-1]))


def sizes(wanted: Iterable[int] = SIZES, *, effort: float = 1.0) -> list[Size]:
    """Measure some sizes; `effort` scales the numbers of repetitions.

    A first process that nobody counts compiles if need be: that takes more memory than the small sizes do.
    """
    elsewhere(min(REPETITIONS), 1)
    return [elsewhere(n, max(2, round(REPETITIONS[n] * effort))) for n in wanted]


def table(rows: Sequence[Size]) -> str:
    """Write the sizes as a Markdown table."""
    base = next(row for row in rows if row.n == BASE)
    lines = [
        "| employees | simulations | least | median | per person | × that of 4,000 | load and resolve | peak memory |",
        "|---" * 8 + "|",
    ]
    for row in rows:
        lines.append(
            f"| {row.n:,} | {row.repetitions} | {1000 * row.least:,.1f} ms | {1000 * row.median:,.1f} ms | "
            f"{1e6 * row.per_person:.2f} µs | {row.per_person / base.per_person:.2f} | {row.resolving:.2f} s | "
            f"{row.megabytes:,.0f} MB |")
    return "\n".join(lines)


def growth(rows: Sequence[Size]) -> float:
    """Give the time per person at the largest size as a multiple of that at 4,000."""
    found = {row.n: row.per_person for row in rows}
    return found[LARGEST] / found[BASE]


def main(arguments: Sequence[str]) -> None:
    """Print the table, or measure one size for the process that asks."""
    if "--one" in arguments:
        n, repetitions = (int(x) for x in arguments[arguments.index("--one") + 1 :])
        print(json.dumps(measure(n, repetitions)))
        return
    print(table(sizes(effort=0.2 if "--quick" in arguments else 1.0)))


if __name__ == "__main__":
    main(sys.argv[1:])
