"""Compare the engines on W1: first what they say, then what it costs. `python -m benchmarks.w1.compare [--quick]`.

SimPy, salabim and Ciw share the plain Python domain and its draws, so equal replications must be equal to the last bit. The
kernel and our engines draw otherwise and agree within chance; ours must come within 2 % of W1's exits, hires and headcount.
Times are process CPU time of one replication after a warm-up, so that compilation and imports are not in them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from math import sqrt
from statistics import fmean, median, stdev
from time import process_time
from typing import NamedTuple

from benchmarks.w1 import spec
from benchmarks.w1.spec import Result

Run = Callable[[int, int, int], Result]
SEED = 1
AGREED = 0.02
WARM_UP = 400  # employees: libraries of Python have nothing to compile, nor a workspace of its size to allocate
MEASURES = ("exits_per_year", "hires_per_year", "headcount")
KERNEL, SIMPY, REFERENCE, COMPILED = "numba", "simpy", "ours_reference", "ours_compiled"
STATED = "stated with the workload"


class Engine(NamedTuple):
    """One engine: where its function is, what it needs, and how many replications are worth their time at N = 4,000."""

    key: str
    title: str
    module: str
    function: str
    needs: str
    shares_draws: bool
    agreement_replications: int
    timing_repetitions: int


ENGINES = (
    Engine(KERNEL, "Numba kernel, week buckets", "benchmarks.w1.numba_w1", "run", "numba", False, 400, 100),
    Engine(SIMPY, "SimPy, a generator per employee", "benchmarks.w1.simpy_w1", "run", "simpy", True, 60, 15),
    Engine("salabim", "salabim, a component per employee", "benchmarks.w1.salabim_w1", "run", "salabim", True, 3, 3),
    Engine("salabim_post", "salabim, a component per post", "benchmarks.w1.salabim_w1", "run_by_post", "salabim", True, 3, 3),
    Engine("ciw", "Ciw (approximation)", "benchmarks.w1.ciw_w1", "run", "ciw", True, 2, 2),
    Engine(REFERENCE, "ours, reference engine", "kompetenssim.engine.reference", "simulate", "simpy", False, 10, 5),
    Engine(COMPILED, "ours, compiled engine", "kompetenssim.engine.compiled", "simulate", "numba", False, 60, 30),
)
OURS = (REFERENCE, COMPILED)


class Agreement(NamedTuple):
    """What one engine says: mean and standard error of each of MEASURES, mean hours, and events if it counts them.

    `hours` are agency and unmet hours a year, shown beside and not judged: `our_region` says why ours are fewer. `equal` tells
    whether every replication equals that of direct SimPy to the last bit; None where draws differ by design. `off` is the
    difference of each mean from that of the kernel, as a share.
    """

    key: str
    title: str
    replications: int
    mean: tuple[float, ...]
    error: tuple[float, ...]
    off: tuple[float, ...]
    hours: tuple[float, float]
    events: float | None
    equal: bool | None


class Timing(NamedTuple):
    """What one replication of an engine costs, in seconds of CPU time."""

    key: str
    title: str
    repetitions: int
    least: float
    median: float


def available(keys: Iterable[str] | None = None) -> tuple[list[Engine], list[str]]:
    """Give the engines that can run here, and the titles of those whose library or module is missing."""
    wanted = [e for e in ENGINES if keys is None or e.key in set(keys)]
    there = [e for e in wanted if _exists(e)]
    return there, [e.title for e in wanted if e not in there]


def _exists(e: Engine) -> bool:
    if find_spec(e.needs) is None or find_spec(e.module) is None:
        return False
    return hasattr(import_module(e.module), e.function)


def runner(engine: Engine) -> Run:
    """Import an engine's function in the form `run(n, seed, replication)`."""
    function = getattr(import_module(engine.module), engine.function)
    if engine.key in OURS:
        from benchmarks.w1 import ours  # noqa: PLC0415  # the peers can be compared without our package

        return ours.runner(function)
    found: Run = function
    return found


def agreement(
    n: int = spec.EXPECTED_STAFF, keys: Iterable[str] | None = None, *, seed: int = SEED, effort: float = 1.0
) -> list[Agreement]:
    """Say what each engine gives for exits, hires and headcount; `effort` scales the numbers of replications."""
    engines, _ = available(keys)
    results = {e.key: replicate(runner(e), n, seed, max(2, round(e.agreement_replications * effort))) for e in engines}
    truth = _means(results[KERNEL] if KERNEL in results else next(iter(results.values())))
    rows = []
    for e in engines:
        mine = results[e.key]
        mean = _means(mine)
        error = tuple(stdev(getattr(r, m) for r in mine) / sqrt(len(mine)) for m in MEASURES)
        counted = [r.events for r in mine if r.events is not None]
        equal = None
        if e.shares_draws and SIMPY in results and e.key != SIMPY:
            equal = all(same(a, b) for a, b in zip(mine, results[SIMPY], strict=False))
        off = tuple(a / b - 1.0 for a, b in zip(mean, truth, strict=True))
        hours = fmean(r.agency_hours_per_year for r in mine), fmean(r.unmet_hours_per_year for r in mine)
        events = fmean(counted) if counted else None
        rows.append(Agreement(e.key, e.title, len(mine), mean, error, off, hours, events, equal))
    return rows


def replicate(run: Run, n: int, seed: int, replications: int) -> list[Result]:
    """Run some replications."""
    return [run(n, seed, r) for r in range(replications)]


def same(a: Result, b: Result) -> bool:
    """Tell whether two results have the same output, bit for bit."""
    return a.events == b.events and a.months.tobytes() == b.months.tobytes()


def timings(
    n: int = spec.EXPECTED_STAFF, keys: Iterable[str] | None = None, *, seed: int = SEED, effort: float = 1.0
) -> list[Timing]:
    """Measure one replication of each engine; `effort` scales the numbers of repetitions."""
    rows = []
    for e in available(keys)[0]:
        run, times = runner(e), max(1, round(e.timing_repetitions * effort))
        run(WARM_UP if e.shares_draws else n, seed, 0)
        seconds = []
        with others_garbage_set_aside():
            for r in range(times):
                begun = process_time()
                run(n, seed, r)
                seconds.append(process_time() - begun)
        rows.append(Timing(e.key, e.title, times, min(seconds), median(seconds)))
    return rows


@contextmanager
def others_garbage_set_aside() -> Iterator[None]:
    """Keep what is alive already out of the garbage collector, so that no engine pays for looking through it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _means(results: Sequence[Result]) -> tuple[float, ...]:
    return tuple(fmean(getattr(r, m) for r in results) for m in MEASURES)


def agreement_table(rows: Sequence[Agreement]) -> str:
    """Write the agreement as a Markdown table."""
    head = "| engine | replications | exits/year | hires/year | headcount, month 120 | largest difference"
    lines = [f"{head} | agency h/year | unmet h/year | events |", "|---" * 9 + "|"]
    stated = " | ".join(f"{spec.EXPECTED[m]:,.1f}" for m in MEASURES)
    lines.append(f"| {STATED}, N = {spec.EXPECTED_STAFF:,} | | {stated} | | | | {spec.EXPECTED['events']:,.0f} |")
    for row in rows:
        values = " | ".join(f"{m:,.1f} ± {e:.1f}" for m, e in zip(row.mean, row.error, strict=True))
        if row.equal is None:
            off = f"{100 * max(row.off, key=abs):+.2f} %"
        else:
            off = "equal to SimPy, bit for bit" if row.equal else "DIFFERS from SimPy"
        hours = " | ".join(f"{h:,.0f}" for h in row.hours)
        events = "" if row.events is None else f"{row.events:,.0f}"
        lines.append(f"| {row.title} | {row.replications} | {values} | {off} | {hours} | {events} |")
    return "\n".join(lines)


def timing_table(rows: Sequence[Timing]) -> str:
    """Write the times as a Markdown table, with each as a multiple of the engines it is judged against."""
    bases = [r for r in rows if r.key in (KERNEL, SIMPY, *OURS)]
    head = "| engine | repetitions | least | median | " + " | ".join(f"× {b.title}" for b in bases) + " |"
    lines = [head, "|---" * (4 + len(bases)) + "|"]
    for row in rows:
        ratios = " | ".join(_ratio(row.least / b.least) for b in bases)
        lines.append(f"| {row.title} | {row.repetitions} | {1000 * row.least:,.2f} ms | {1000 * row.median:,.2f} ms | {ratios} |")
    return "\n".join(lines)


def _ratio(x: float) -> str:
    return f"{x:,.0f}" if x >= 100.0 else f"{x:.3g}"


def verdict(rows: Sequence[Agreement]) -> str:
    """Say whether our region agrees with W1, engine by engine."""
    said = []
    for row in rows:
        if row.key in OURS:
            word = "agrees" if max(map(abs, row.off)) <= AGREED else "DOES NOT AGREE"
            parts = ", ".join(f"{m.split('_')[0]} {100 * o:+.2f} %" for m, o in zip(MEASURES, row.off, strict=True))
            said.append(f"{row.title}: {word} within {100 * AGREED:g} % of the kernel ({parts}).")
    return "\n".join(said)


def main(arguments: Sequence[str]) -> None:
    """Print both tables."""
    effort = 0.2 if "--quick" in arguments else 1.0
    _, missing = available()
    for title in missing:
        print(f"Left out, not installed here: {title}.", file=sys.stderr)
    said = agreement(effort=effort)
    print(f"W1, {spec.EXPECTED_STAFF:,} employees, {spec.YEARS} years\n\n{agreement_table(said)}\n", flush=True)
    print(f"{verdict(said)}\n", flush=True)
    print(timing_table(timings(effort=effort)))


if __name__ == "__main__":
    main(sys.argv[1:])
