"""Simulate all scenarios, in parallel processes when it pays, with the same result either way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kompetenssim.forecast.engines import choose_engine, enough_for_workers, prepare_engine, slower_remark
from kompetenssim.forecast.ensemble import Ensemble, make_ensemble
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import Geometry, Selection, make_geometry
from kompetenssim.forecast.observed import observed_of
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.pool import failure_text, work_through
from kompetenssim.forecast.scratch import Scratch
from kompetenssim.forecast.worker import Done, Job, Task, TaskFailed, do_task, reason_of, tasks_of

if TYPE_CHECKING:
    from kompetenssim.model.template import Template
    from kompetenssim.spec.region import Population
    from kompetenssim.spec.specification import Specification

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Hold a finished run: what went in and all its simulations, scenarios in the order they were given.

    `engine_cpu_seconds` of `workers_cpu_seconds` were spent inside the engine; `remarks` are for the user.
    """

    plan: Plan
    specs: tuple[Specification, ...]
    templates: tuple[Template, ...]
    ensembles: tuple[Ensemble, ...]
    engine: str
    processes: int
    started: str
    seconds: float
    engine_cpu_seconds: float
    workers_cpu_seconds: float
    remarks: tuple[str, ...]

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
    name, remark = choose_engine(engine, total), slower_remark(engine, total)
    thetas = [draw_matrix(t.parameters, plan.draws, plan.seed) for t in templates]
    scratch = Scratch()
    job = Job(name, plan, tuple(templates), tuple(geometry_of(s, t) for s, t in zip(specs, templates, strict=True)),
              tuple(tuple(theta) for theta in thetas), scratch.folder)
    workers = min(processes or _cores(), total) if enough_for_workers(name, total) else 1
    began, started = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    try:
        prepare_engine(name, templates[0])
        answers = _in_process(job) if workers == 1 else work_through(job, tasks_of(plan, workers), workers)
        done = _collected(answers, total, progress)
        ensembles = tuple(
            make_ensemble(spec.key, job.geometries[i], plan, thetas[i], [d.chunk for d in done if d.chunk.scenario == i],
                          observed_of(spec), scratch)
            for i, spec in enumerate(specs)
        )
    except BaseException:
        scratch.remove()
        raise
    return Forecast(plan=plan, specs=tuple(specs), templates=tuple(templates), ensembles=ensembles, engine=name,
                    processes=workers, started=began, seconds=time.perf_counter() - started,
                    engine_cpu_seconds=sum(d.engine_seconds for d in done), workers_cpu_seconds=sum(d.seconds for d in done),
                    remarks=() if remark is None else (remark,))


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


def _in_process(job: Job) -> Generator[tuple[Task, Done], None, None]:
    for task in tasks_of(job.plan, 1):
        try:
            done = do_task(job, task)
        except TaskFailed as error:
            raise UserError(failure_text(error.task, job, reason_of(error))) from error.__cause__
        yield task, done


def _collected(answers: Generator[tuple[Task, Done], None, None], total: int, progress: Progress | None) -> list[Done]:
    finished = []
    count = 0
    with closing(answers):
        for task, done in answers:
            finished.append(done)
            count += task.size
            if progress is not None:
                progress(count, total)
    return finished
