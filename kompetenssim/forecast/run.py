"""Simulate all scenarios, in parallel processes when it pays, with the same result either way."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.engines import HANDFUL, choose_engine
from kompetenssim.forecast.ensemble import Ensemble, make_ensemble
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import Geometry, Selection, make_geometry
from kompetenssim.forecast.observed import observed_of
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import Chunk
from kompetenssim.forecast.worker import Job, Task, do_task, start_worker, tasks_of, work

if TYPE_CHECKING:
    from kompetenssim.model.template import Template
    from kompetenssim.spec.region import Population
    from kompetenssim.spec.specification import Specification

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Hold a finished run: what went in and all its simulations, scenarios in the order they were given."""

    plan: Plan
    specs: tuple[Specification, ...]
    templates: tuple[Template, ...]
    ensembles: tuple[Ensemble, ...]
    engine: str
    processes: int
    started: str
    seconds: float

    @property
    def reference(self) -> Ensemble | None:
        """The ensemble that the others are compared with, if any."""
        return next((e for e in self.ensembles if e.scenario == self.plan.reference), None)


def run(
    specs: Sequence[Specification], templates: Sequence[Template], *, replications: int | None = None,
    per_draw: int | None = None, seed: int | None = None, reference: str | None = None, engine: str = "auto",
    processes: int | None = None, progress: Progress | None = None,
) -> Forecast:
    """Simulate every scenario under one plan; the same draws and keys serve them all.

    What is not given comes from the first specification. `engine`: auto, simpy, kompilerad, tvilling. `processes`:
    None = as many as this process may use cores, 1 = in this process. `progress(done, total)` is called after every piece.
    The result does not depend on `processes`. Raises UserError when scenarios cannot be compared or a worker fails.
    """
    from kompetenssim.model.draws import draw_matrix

    plan = plan_of(specs, replications=replications, per_draw=per_draw, seed=seed, reference=reference)
    _same_period(specs)
    total = plan.simulations * len(specs)
    name = choose_engine(engine, total)
    job = Job(
        name, plan, tuple(templates), tuple(geometry_of(s, t) for s, t in zip(specs, templates, strict=True)),
        tuple(draw_matrix(t.parameters, plan.draws, plan.seed) for t in templates),
    )
    workers = 1 if total <= HANDFUL else min(processes or _cores(), total)
    began, started = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    chunks = _in_process(job, progress) if workers == 1 else _in_workers(job, workers, progress)
    ensembles = tuple(
        make_ensemble(spec.key, job.geometries[i], plan, job.thetas[i], [c for c in chunks if c.scenario == i], observed_of(spec))
        for i, spec in enumerate(specs)
    )
    return Forecast(plan=plan, specs=tuple(specs), templates=tuple(templates), ensembles=ensembles, engine=name,
                    processes=workers, started=began, seconds=time.perf_counter() - started)


def plan_of(
    specs: Sequence[Specification], *, replications: int | None = None, per_draw: int | None = None, seed: int | None = None,
    reference: str | None = None,
) -> Plan:
    """Make the plan of a run; what is not given comes from the first specification."""
    first = specs[0]
    return Plan(
        simulations=first.replications if replications is None else replications,
        per_draw=first.replications_per_draw if per_draw is None else per_draw,
        seed=first.seed if seed is None else seed, scenarios=tuple(s.key for s in specs), reference=reference,
    )


def geometry_of(spec: Specification, template: Template) -> Geometry:
    """Work out places and periods of a scenario; the populations of its targets are kept as sums of their own."""
    return make_geometry(template, sets=spec.region.group_sets, selections=[selection_of(t.population) for t in spec.targets])


def selection_of(population: Population) -> Selection:
    """Read the population of a target."""
    area, unit, group = (
        () if keys is None or keys == "alla" else (keys,) if isinstance(keys, str) else tuple(keys)
        for keys in (population.area, population.unit, population.group)
    )
    return Selection(area, unit, group)


def _same_period(specs: Sequence[Specification]) -> None:
    for spec in specs[1:]:
        if (spec.start, spec.end) != (specs[0].start, specs[0].end):
            raise UserError(
                f"scenarierna har olika perioder: '{specs[0].key}' {specs[0].start}–{specs[0].end}, '{spec.key}' "
                f"{spec.start}–{spec.end}; jämför scenarier med samma period", code=2)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_process(job: Job, progress: Progress | None) -> list[Chunk]:
    tasks = tasks_of(len(job.templates), job.plan.simulations, 1)
    chunks = []
    for done, task in enumerate(tasks, start=1):
        chunks.append(_result(partial(do_task, job, task), task, job))
        if progress is not None:
            progress(done, len(tasks))
    return chunks


def _in_workers(job: Job, workers: int, progress: Progress | None) -> list[Chunk]:
    total = job.plan.simulations * len(job.templates)
    tasks = tasks_of(len(job.templates), job.plan.simulations, max(1, min(10, total // (8 * workers))))
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=spawn, initializer=start_worker, initargs=(job,))
    chunks: list[Chunk] = []
    try:
        with _without_main_script():
            pending = {pool.submit(work, task): task for task in tasks}
        done = 0
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                task = pending.pop(future)
                chunks.append(_result(future.result, task, job))
                done += task.size
                if progress is not None:
                    progress(done, total)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    pool.shutdown()
    return chunks


def _result(outcome: Callable[[], Chunk], task: Task, job: Job) -> Chunk:
    where = f"scenario '{job.plan.scenarios[task.scenario]}', simulering {task.first}–{task.first + task.size - 1}"
    try:
        return outcome()
    except BrokenExecutor as broken:
        raise UserError(
            f"en arbetsprocess avslutades i förtid ({where}); troligen räckte minnet inte – pröva färre med --processer"
        ) from broken
    except Exception as error:
        raise UserError(f"simuleringen misslyckades i {where}: {type(error).__name__}: {error}") from error


@contextmanager
def _without_main_script() -> Iterator[None]:
    """Hide the main script while workers start, so that they do not run it again.

    A spawned process otherwise imports the main module; a plain script without `if __name__ == "__main__"` would start
    its own run in every worker. The workers need nothing from it.
    """
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {name: main.__dict__[name] for name in ("__file__", "__spec__") if name in main.__dict__}
    try:
        main.__dict__.update(__spec__=None)
        main.__dict__.pop("__file__", None)
        yield
    finally:
        main.__dict__.update(hidden)
