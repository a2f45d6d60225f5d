"""Simulate all scenarios, in parallel processes when it pays, with the same result either way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kompetenssim.forecast.engines import HANDFUL, choose_engine
from kompetenssim.forecast.ensemble import Ensemble, make_ensemble
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import Geometry, Selection, make_geometry
from kompetenssim.forecast.observed import observed_of
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.pool import failure_text, work_through
from kompetenssim.forecast.sample import Chunk
from kompetenssim.forecast.worker import Job, do_task, reason_of, tasks_of

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
        try:
            chunks.append(do_task(job, task))
        except Exception as error:
            raise UserError(failure_text(task, job, reason_of(error))) from error
        if progress is not None:
            progress(done, len(tasks))
    return chunks


def _in_workers(job: Job, workers: int, progress: Progress | None) -> list[Chunk]:
    total = job.plan.simulations * len(job.templates)
    tasks = tasks_of(len(job.templates), job.plan.simulations, max(1, min(10, total // (8 * workers))))
    chunks = []
    done = 0
    with closing(work_through(job, tasks, workers)) as finished:
        for task, chunk in finished:
            chunks.append(chunk)
            done += task.size
            if progress is not None:
                progress(done, total)
    return chunks
