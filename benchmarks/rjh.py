"""Measure both engines on Region Jämtland Härjedalen, `slk_2023`. `python -m benchmarks.rjh [--quick]`.

That they give the same bits is checked first. Then the reference engine, ours compiled and the W1 kernel take turns in one
process, so that what else the machine does falls on all of them alike; times are process CPU time. Memory is that of a process
of its own for each engine.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time

import kompetenssim as ks
from benchmarks import figures
from benchmarks.figures import Figure
from benchmarks.w1 import spec as w1
from kompetenssim.engine import compiled, reference
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.inputs import fill
from kompetenssim.model.keyed import uniform
from kompetenssim.model.trajectory import Trajectory
from kompetenssim.resolve import resolve

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = ROOT / "scenarios" / "rjh" / "slk_2023.yaml"
ENGINES = {"reference": reference.simulate, "compiled": compiled.simulate}
PER_ROUND = 5  # simulations of the fast engines for each one of the reference engine
LEAST_FASTER, MOST_KERNELS, MOST_SECONDS, MOST_MB = 30.0, 9.0, 3.0, 400.0


def same(a: Trajectory, b: Trajectory) -> bool:
    """Tell whether two trajectories are equal, bit for bit."""
    return all(x.shape == y.shape and x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True))


def timed(work: Callable[[], object]) -> float:
    """Give the CPU seconds of a call."""
    begun = process_time()
    work()
    return process_time() - begun


def million_uniforms() -> None:
    """Draw a million keyed uniforms in plain Python: the yardstick of this machine at this moment."""
    for n in range(1_000_000):
        uniform(0x123456789ABCDEF, 3, n)


def measure(rounds: int) -> tuple[str, list[Figure]]:
    """Measure; give what was simulated, in words, and the figures."""
    from benchmarks.w1 import numba_w1  # noqa: PLC0415 - compiles when it is imported, which the memory runs do not need

    spec = ks.load(SCENARIO)
    resolving = median([timed(lambda: resolve(spec)) for _ in range(3)])
    t = resolve(spec)
    checked = min(2, rounds - 1)
    theta = draw_matrix(t.parameters, rounds * PER_ROUND + 1, spec.seed)
    equal = all(
        same(*(engine(t, theta[n], seed=spec.seed, simulation=n) for engine in ENGINES.values())) for n in range(checked)
    )
    numba_w1.run(w1.EXPECTED_STAFF, 1, 0)
    slow, fast, kernel, plain, filled = [], [], [], [], []
    for n in range(rounds):
        slow.append(timed(lambda n=n: reference.simulate(t, theta[n], seed=spec.seed, simulation=n)))  # type: ignore[misc]
        plain.append(timed(lambda n=n: fill(t, theta[n])))  # type: ignore[misc]
        for k in range(n * PER_ROUND, (n + 1) * PER_ROUND):
            filled.append(timed(lambda: compiled.fill(t, theta[-1])))  # a draw that no simulation has: it is filled again
            fast.append(timed(lambda k=k: compiled.simulate(t, theta[k], seed=spec.seed, simulation=k)))  # type: ignore[misc]
            kernel.append(timed(lambda k=k: numba_w1.run(w1.EXPECTED_STAFF, 1, k)))  # type: ignore[misc]

    def both(found: list[float]) -> str:
        return f"{figures.seconds(min(found))} / {figures.seconds(median(found))}"

    rows = [
        Figure(f"the engines are equal, bit for bit (simulations: {checked})", "yes" if equal else "NO", "yes", equal),
        Figure("reference engine, least / median", both(slow)),
        figures.at_most("reference engine, one simulation, least", min(slow), MOST_SECONDS, figures.seconds),
        Figure("compiled engine, `fill` included, least / median", both(fast)),
        figures.at_least("compiled against reference, of the least", min(slow) / min(fast), LEAST_FASTER, figures.times),
        Figure("compiled against reference, of the medians", figures.times(median(slow) / median(fast))),
        Figure("W1 kernel in Numba, 4,000 employees, least / median", both(kernel)),
        figures.at_most("compiled against the W1 kernel, of the least", min(fast) / min(kernel), MOST_KERNELS, figures.times),
        Figure("compiled against the W1 kernel, of the medians", figures.times(median(fast) / median(kernel))),
        Figure("`resolve`, once for all simulations", figures.seconds(resolving)),
        Figure("`fill`: Inputs of one draw, plain / compiled", f"{figures.seconds(min(plain))} / {figures.seconds(min(filled))}"),
        Figure("a million keyed uniforms in plain Python, the yardstick", figures.seconds(timed(million_uniforms))),
        *(figures.at_most(f"peak memory, {name} engine", memory(name), MOST_MB, figures.megabytes) for name in ENGINES),
    ]  # fmt: skip
    about = (
        f"{len(t.people):,} employees, {len(t.cells)} cells, {len(t.measures)} measures, {len(t.weeks)} weeks; {rounds} "
        f"simulations of the reference engine, {rounds * PER_ROUND} of the compiled one, each with its own draw."
    )
    return about, rows


def memory(engine: str) -> float:
    """Give the highest memory, in MB, of a process that simulates twice with an engine."""
    command = [sys.executable, "-m", "benchmarks.rjh", "--memory", engine]
    return float(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _use(engine: str) -> float:
    spec = ks.load(SCENARIO)
    t = resolve(spec)
    for n, theta in enumerate(draw_matrix(t.parameters, 2, spec.seed)):
        ENGINES[engine](t, theta, seed=spec.seed, simulation=n)
    return figures.peak_megabytes()


if __name__ == "__main__":
    if "--memory" in sys.argv:
        print(_use(sys.argv[-1]))
    else:
        said, found = measure(3 if "--quick" in sys.argv else 7)
        print(f"{said}\n\n{figures.table(found)}")
