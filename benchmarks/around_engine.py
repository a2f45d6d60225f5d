"""Measure what a run costs around its engine: per simulation in the workers, and per step in the parent.

    python benchmarks/around_engine.py [SIMULATIONS] [--before CHECKOUT]

Region Jämtland Härjedalen, two scenarios. A few simulations are made once; then an engine that replays them (each cell's
history from one of them, chosen by key, so that every simulation is another) takes the place of the real one. `--before`
runs the same steps in another checkout of the package and prints both columns. Times are process CPU time.
"""

# ruff: noqa: PLC0415 - the package comes from the checkout that is measured, and a worker that replays needs little of it
from __future__ import annotations

import argparse
import io
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STORED = "AROUND_ENGINE_STORED"  # environment variable with the file of the simulations that are replayed
SIMULATED = 6


@cache
def stored(measures: tuple[str, ...]) -> tuple[Any, Any, list[Any]]:
    """Read the simulations of the scenario with these measures: all months, all weeks, and each."""
    import numpy as np

    every = pickle.loads(Path(os.environ[STORED]).read_bytes())[measures]
    return np.stack([t.months for t in every]), np.stack([t.weeks for t in every]), every


def replay(template: Any, theta: Any, *, seed: int, simulation: int, trace: bool = False) -> Any:
    """Put a simulation together from those stored; every cell and every area × group keeps its accounts.

    The CPU seconds that it takes are added up in a file of the process, so that a checkout need not count them itself.
    """
    import numpy as np

    begun = process_time()
    months, weeks, every = stored(template.measures)
    rng = np.random.default_rng([seed, simulation])
    cells = np.arange(months.shape[2])
    of_cell = months[rng.integers(0, len(every), len(cells)), :, cells]
    area, group = (index.ravel() for index in np.indices(weeks.shape[2:4]))
    of_pair = weeks[rng.integers(0, len(every), len(area)), :, area, group].reshape(*weeks.shape[2:4], weeks.shape[1], -1)
    made = every[simulation % len(every)]._replace(
        months=np.ascontiguousarray(of_cell.transpose(1, 0, 2)), weeks=np.ascontiguousarray(of_pair.transpose(2, 0, 1, 3)))
    spent = Path(f"{os.environ[STORED]}.{os.getpid()}")
    so_far = float(spent.read_text()) if spent.exists() else 0.0
    spent.write_text(repr(so_far + process_time() - begun))
    return made


class Steps:
    """Collect CPU seconds and the highest memory so far, step by step."""

    def __init__(self) -> None:
        self.rows: dict[str, float] = {}
        self.since = process_time()

    def end(self, name: str, times: int = 1) -> None:
        """End a step that did something `times` times."""
        self.rows[name] = (process_time() - self.since) / times
        self.since = process_time()

    def memory(self, name: str) -> None:
        """Note the highest resident memory so far, MB (Linux; what a process had before it became this one not counted)."""
        lines = Path("/proc/self/status").read_text().splitlines()
        self.rows[name] = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def specifications() -> list[Any]:
    """Load the main job's two scenarios from the checkout that the package comes from."""
    import kompetenssim as ks

    spec = ks.load(Path(ks.__file__).resolve().parents[1] / "scenarios" / "rjh" / "slk_2023.yaml")
    return [spec, ks.with_reference(spec, "nollalternativ")]


def simulate_some() -> bytes:
    """Simulate each scenario a few times with the fastest engine there is."""
    from kompetenssim.forecast.engines import choose_engine, find_engine
    from kompetenssim.model.draws import draw_matrix
    from kompetenssim.resolve import resolve

    engine, found = find_engine(choose_engine("auto", 100)), {}
    for spec in specifications():
        template = resolve(spec)
        theta = draw_matrix(template.parameters, SIMULATED, spec.seed)
        found[template.measures] = [engine(template, theta[r], seed=spec.seed, simulation=r) for r in range(SIMULATED)]
    return pickle.dumps(found)


def measure(simulations: int) -> dict[str, float]:
    """Do every step once in this process (and its workers) and give CPU seconds and MB."""
    from kompetenssim.forecast.evidence import EVIDENCE
    from kompetenssim.forecast.run import geometry_of, run
    from kompetenssim.forecast.sample import make_chunk
    from kompetenssim.forecast.store import save
    from kompetenssim.forecast.summary import (
        DIFFERENCES,
        SUMMARY,
        YEARLY,
        difference_tables,
        schema,
        summary_tables,
        yearly_tables,
    )
    from kompetenssim.forecast.tablefile import write_csv, write_parquet
    from kompetenssim.present import write_all
    from kompetenssim.present.terminal import show
    from kompetenssim.resolve import resolve

    steps, specs = Steps(), specifications()
    templates = [resolve(spec) for spec in specs]
    geometry = geometry_of(specs[0], templates[0])
    every = stored(templates[0].measures)[2]
    make_chunk(0, 0, every, geometry)
    steps.end("")
    for _ in range(5):
        make_chunk(0, 0, every, geometry)
    steps.end("worker, per simulation: check and reduce, ms", 5 * len(every))
    del every
    stored.cache_clear()
    before, spent = _children(), Path(os.environ[STORED])
    forecast = run(specs, templates, replications=simulations, reference=specs[1].key, engine="around_engine:replay")
    steps.end("parent: start workers, receive, s")
    inside = [float(path.read_text()) for path in spent.parent.glob(f"{spent.name}.*")]
    outside = (_children() - before - sum(inside)) / simulations / 2
    steps.rows["worker, per simulation: all but the engine, its start included, ms"] = outside
    steps.memory("memory after simulating: parent, MB")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_parquet(place / "s", schema(SUMMARY), summary_tables(forecast.ensembles))
        steps.end("parent: sammanfattning.parquet, s")
        write_parquet(place / "y", schema(YEARLY), yearly_tables(forecast.ensembles))
        steps.end("parent: simuleringar_ar.parquet, s")
        assert forecast.reference is not None
        write_parquet(place / "d", schema(DIFFERENCES), difference_tables(forecast.ensembles, forecast.reference))
        steps.end("parent: jamforelse.parquet, s")
        for name, evidence in EVIDENCE.items():
            write_csv(place / f"{name}.csv", evidence.columns, evidence.rows(forecast))
            steps.end(f"parent: underlag/{name}.csv, s")
        steps.memory("memory after the result files: parent, MB")
        results = save(forecast, place / "run")
        steps.end("")
        write_all(results, place / "run")
        steps.end("parent: tables, figures, report, s")
        with redirect_stdout(io.StringIO()):
            show(results)
        steps.end("parent: summary in the terminal, s")
    steps.memory("memory in all: parent, MB")
    steps.rows.pop("")
    small = [name for name in steps.rows if "underlag/" in name and steps.rows[name] < 0.1]
    steps.rows["parent: the other underlag, s"] = sum(steps.rows.pop(name) for name in small)
    steps.rows["parent: all after simulating, s"] = sum(
        value for name, value in steps.rows.items() if name.startswith("parent") and "receive" not in name)
    return {name: value * (1000 if name.endswith("ms") else 1) for name, value in steps.rows.items()}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def elsewhere(checkout: Path, path: Path, simulations: int) -> dict[str, float]:
    """Measure in a new process with the package of a checkout."""
    environment = {**os.environ, STORED: str(path), "PYTHONPATH": str(checkout)}
    done = subprocess.run([sys.executable, __file__, str(simulations), "--measure"], env=environment, check=True,
                          stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("simulations", nargs="?", type=int, default=200)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.simulations)))
        return
    simulated, columns = simulate_some(), {}
    for name, checkout in {"before": given.before, "after": ROOT}.items():
        if checkout:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "stored"
                path.write_bytes(simulated)
                columns[name] = elsewhere(checkout.resolve(), path, given.simulations)
    names = list(dict.fromkeys(name for column in columns.values() for name in column))
    print(f"| CPU time or memory, 2 × {given.simulations} simulations | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name in names:
        print(f"| {name} | {' | '.join(f'{column[name]:.2f}' if name in column else '' for column in columns.values())} |")


if __name__ == "__main__":
    main()
