"""Measure everything and write docs/benchmarks.md: `python -m benchmarks [--quick]`.

Each figure stands beside its budget. `--quick` repeats less. A peer of W1 that is not installed (the extra `benchmarks`) is left
out, and the document says so. Progress goes to stderr.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from time import process_time

from benchmarks import figures, growth, precision, rjh, startup
from benchmarks.figures import Figure
from benchmarks.w1 import compare, spec

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
#: (engine of ours, engine it is compared with, limit, ours must be at least so many times faster).
W1_FASTER = ((compare.COMPILED, "salabim", 300.0), (compare.COMPILED, "ciw", 1000.0), (compare.COMPILED, compare.SIMPY, 15.0))
W1_SLOWER = 5.0
SOON_DONE = (compare.KERNEL, compare.SIMPY, "salabim", *compare.OURS)  # whose answers a quick run compares

AROUND = """\
## The cost around the engine

Not measured by this command: a record of `python benchmarks/around_engine.py 200 --before <checkout of commit c66ce19>`, made in
November 2026 on two shared cores. The main job (two scenarios × 200 simulations) with an engine that replays simulations.

| CPU time or memory | before | after |
|---|---|---|
| worker, per simulation: check and reduce | 21.85 ms | 4.44 ms |
| worker, per simulation: all but the engine | 26.18 ms | 6.80 ms |
| parent, in all | 54.6 s | 20.3 s |
| memory of the parent | 1,931 MB | 514 MB |
"""


def tell(what: str) -> None:
    """Say on stderr what is being measured."""
    print(f"{what} …", file=sys.stderr, flush=True)


def region_part(quick: bool) -> str:
    """Write the part on both engines."""
    tell("Region Jämtland Härjedalen, both engines")
    about, rows = rjh.measure(2 if quick else 7)
    return f"## Region Jämtland Härjedalen, `slk_2023`\n\n{about}\n\n{figures.table(rows)}\n"


def w1_part(quick: bool) -> str:
    """Write the part on W1: first what the engines say, then what they cost."""
    effort = 0.2 if quick else 0.4
    _, missing = compare.available()
    tell("W1: what the engines say")
    said = compare.agreement(keys=SOON_DONE if quick else None, effort=effort)
    tell("W1: what they cost")
    cost = compare.timings(effort=effort)
    left_out = "".join(f"Left out, not installed: {title}.\n\n" for title in missing)
    return (
        f"## W1, {spec.EXPECTED_STAFF:,} employees, {spec.YEARS} years\n\n{left_out}{compare.agreement_table(said)}\n\n"
        f"{compare.verdict(said)}\n\n{compare.timing_table(cost)}\n\n{figures.table(w1_figures(cost))}\n"
    )


def w1_figures(cost: Sequence[compare.Timing]) -> list[Figure]:
    """Judge the times of W1, by the least of each engine; a peer that was not timed has no figure."""
    least, title = {row.key: row.least for row in cost}, {row.key: row.title for row in cost}
    rows = [
        figures.at_least(f"{title[mine]} against {title[peer]}", least[peer] / least[mine], limit, figures.times)
        for mine, peer, limit in W1_FASTER
        if mine in least and peer in least
    ]
    if compare.REFERENCE in least and compare.SIMPY in least:
        what = f"time of {title[compare.REFERENCE]} against {title[compare.SIMPY]}"
        rows.append(figures.at_most(what, least[compare.REFERENCE] / least[compare.SIMPY], W1_SLOWER, figures.times))
    return rows


def growth_part(quick: bool) -> str:
    """Write the part on growth."""
    tell("growth from 400 to 400,000 employees")
    rows = growth.sizes(effort=0.2 if quick else 1.0)
    largest = next(row for row in rows if row.n == growth.LARGEST)
    judged = [
        figures.at_most("time per person, 400,000 against 4,000", growth.growth(rows), growth.MOST_GROWTH, figures.times),
        figures.at_most("peak memory at 400,000", largest.megabytes, growth.MOST_MB, figures.megabytes),
    ]
    return (
        f"## Growth, compiled engine\n\nW1 as a region of ours. A cell may have 20,000 employees, so each unit of the largest is "
        f"three equal ones.\n\n{growth.table(rows)}\n\n{figures.table(judged)}\n"
    )


def startup_part(quick: bool) -> str:
    """Write the part on the command line; its budgets are CPU time, since wall time is also that of others."""
    tell("the command line")
    rows = startup.commands(times=1 if quick else startup.TIMES)
    judged = [
        figures.at_most(f"{row.title}, CPU", row.cpu, startup.BUDGET_SECONDS[row.key], figures.seconds)
        for row in rows
        if row.key in startup.BUDGET_SECONDS
    ]
    return f"## The command line\n\n{startup.table(rows)}\n\n{figures.table(judged)}\n"


def precision_part(quick: bool) -> str:
    """Write the part on precision."""
    tell("precision under three rules for keys")
    rows = precision.every(quick=quick)
    pairs = precision.QUICK_PAIRS if quick else precision.PAIRS
    return (
        f"## Precision of a policy effect\n\nA region of 260 employees in three groups, {precision.YEARS} years, {pairs} pairs; "
        "a year brings 8, 20 or 60 applicants for each hundred employees. `ours`: an applicant keeps one key for life; `post "
        "lineage`: the key of the post's n-th recruitment; `running number`: of the n-th person; `independent`: ours, another "
        "seed for the second scenario. The half-width is that of a 95 % interval of the mean effect, for which the pairs "
        "are counted.\n\n"
        f"{precision.table(rows)}\n\n{precision.verdict(rows)}\n"
    )


PARTS = (region_part, w1_part, growth_part, startup_part, precision_part)


def document(parts: Sequence[str], quick: bool) -> str:
    """Put the document together."""
    command = "python -m benchmarks --quick" if quick else "python -m benchmarks"
    return (
        f"# Benchmarks\n\nWritten by `{command}`; not part of the test suite. Python {platform.python_version()}, "
        f"{platform.machine()}. Times are process CPU time unless it says otherwise; machines differ and are shared, so the "
        "ratios mean more than the times. Small ones for comparison over time: `pytest benchmarks/test_small.py`.\n\n"
        + "\n".join([*parts, AROUND])
    )


def main(arguments: Sequence[str]) -> None:
    """Measure, print and write."""
    quick = "--quick" in arguments
    found: list[str] = []
    for part in PARTS:
        found.append(part(quick))
        TARGET.write_text(document(found, quick), encoding="utf-8")  # a run that is stopped leaves what it has measured
    print(document(found, quick))
    tell(f"done; {process_time():.0f} s of CPU time in this process, written to docs/benchmarks.md")


if __name__ == "__main__":
    main(sys.argv[1:])
