"""Time the reference engine on Region Jämtland Härjedalen and write the table to docs/benchmarks.md.

    python benchmarks/reference_engine.py [SIMULATIONS]

One simulation is ten years of about 4,000 employees with everything on. Times are process CPU time; since machines
differ and are shared, the table also gives the time as a multiple of a million keyed uniforms drawn in the same run.
"""

from __future__ import annotations

import platform
import resource
import sys
from pathlib import Path
from statistics import median
from time import process_time

import kompetenssim as ks
from kompetenssim.engine.reference import simulate
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.inputs import fill
from kompetenssim.model.keyed import uniform
from kompetenssim.resolve import resolve

ROOT = Path(__file__).resolve().parent.parent
BUDGET_SECONDS, BUDGET_MB = 3.0, 400.0


def million_uniforms() -> float:
    """Give the CPU seconds of a million keyed uniforms: the yardstick of this machine at this moment."""
    begun = process_time()
    for n in range(200_000):
        uniform(0x123456789ABCDEF, 3, n)
    return 5.0 * (process_time() - begun)


def timed(work: object, times: int) -> list[float]:
    """Give CPU seconds of some repetitions of a call that takes its number."""
    found = []
    for n in range(times):
        begun = process_time()
        work(n)  # type: ignore[operator]  # a function of the repetition's number
        found.append(process_time() - begun)
    return found


def main(simulations: int) -> None:
    """Measure, print and write the table."""
    spec = ks.load(ROOT / "scenarios" / "rjh" / "slk_2023.yaml")
    template = resolve(spec)
    theta = draw_matrix(template.parameters, simulations, spec.seed)
    yardstick = median([million_uniforms() for _ in range(3)])
    resolving = median(timed(lambda _: resolve(spec), 3))
    filling = median(timed(lambda n: fill(template, theta[n]), simulations))
    simulating = timed(lambda n: simulate(template, theta[n], seed=spec.seed, simulation=n), simulations)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    middle, least = median(simulating), min(simulating)
    rows = [
        ("one simulation, median", f"{middle:.2f} s", f"{middle / yardstick:.2f}", f"< {BUDGET_SECONDS:g} s"),
        ("one simulation, least", f"{least:.2f} s", f"{least / yardstick:.2f}", ""),
        ("of which Inputs from one draw (`fill`)", f"{1000 * filling:.0f} ms", f"{filling / yardstick:.3f}", ""),
        ("template from specification (`resolve`), once", f"{1000 * resolving:.0f} ms", f"{resolving / yardstick:.3f}", ""),
        ("a million keyed uniforms", f"{yardstick:.2f} s", "1", ""),
        ("peak memory of the process", f"{peak:.0f} MB", "", f"< {BUDGET_MB:.0f} MB"),
    ]
    head = "| what | CPU time or memory | per million uniforms | budget |\n|---|---|---|---|\n"
    table = head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    text = (
        "# Benchmarks\n\n"
        "Written by `python benchmarks/reference_engine.py`; not part of the test suite.\n\n"
        f"Region Jämtland Härjedalen, `slk_2023`: {len(template.people):,} employees, {len(template.cells)} cells, "
        f"{len(template.measures)} measures, {len(template.weeks)} weeks; {simulations} simulations; "
        f"Python {platform.python_version()}, {platform.machine()}.\n\n{table}"
    )
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
