"""Simulate all scenarios, in parallel processes when it pays, with the same result either way."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import TYPE_CHECKING

from kompetenssim.forecast.contributions import Contributions, contribute, prepare_game
from kompetenssim.forecast.engines import HANDFUL, choose_engine, enough_for_workers, prepare_engine, slower_remark
from kompetenssim.forecast.ensemble import Ensemble, make_ensemble
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.game import Game
from kompetenssim.forecast.geometry import Geometry, Selection, make_geometry
from kompetenssim.forecast.observed import observed_of
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.pool import failure_text, work_through
from kompetenssim.forecast.scratch import Scratch
from kompetenssim.forecast.worker import D, Job, Task, TaskFailed, Work, reason_of, tasks_of

if TYPE_CHECKING:
    from kompetenssim.model.template import Template
    from kompetenssim.spec.region import Population
    from kompetenssim.spec.specification import Specification

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Hold a finished run: what went in and all its simulations, scenarios in the order they were given.

    `engine_cpu_seconds` of `workers_cpu_seconds` were spent inside the engine; `remarks` are for the user. `contributions` has
    what each scenario's measures contribute against the reference, when that was asked for.
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
    contributions: tuple[Contributions, ...] = ()

    @property
    def reference(self) -> Ensemble | None:
        """The ensemble that the others are compared with, if any."""
        return next((e for e in self.ensembles if e.scenario == self.plan.reference), None)


def run(
    specs: Sequence[Specification], templates: Sequence[Template], *, replications: int | None = None,
    per_draw: int | None = None, seed: int | None = None, reference: str | None = None, engine: str = "auto",
    processes: int | None = None, progress: Progress | None = None, contributions: bool = False,
) -> Forecast:
    """Simulate every scenario under one plan; the same draws and keys serve them all.

    What is not given comes from the first specification. `engine`: auto, simpy, kompilerad, tvilling. `processes`:
    None = as many as this process may use cores, 1 = in this process. `progress(done, total)` is called after every piece.
    The result does not depend on `processes`. `contributions` also divides each scenario's difference from the reference among
    its measures. Raises UserError when scenarios cannot be compared or a worker fails.
    """
    from kompetenssim.forecast.posterior import draws_of

    plan = plan_of(specs, replications=replications, per_draw=per_draw, seed=seed, reference=reference, engine=engine)
    _same_period(specs)
    total = plan.simulations * len(specs)
    games = _games(specs, plan, choose_engine(engine, HANDFUL + 1)) if contributions else []
    name, remark = choose_engine(engine, HANDFUL + 1 if games else total), slower_remark(engine, total)
    steps = [1, *(game.runs for game in games)]
    told = _in_steps(progress, [total, *(game.plan.simulations for game in games)], steps)
    thetas = [draws_of(s, t, plan) for s, t in zip(specs, templates, strict=True)]
    scratch = Scratch()
    job = Job(name, plan, tuple(templates), tuple(geometry_of(s, t) for s, t in zip(specs, templates, strict=True)),
              tuple(tuple(theta) for theta in thetas), scratch.folder)
    workers = min(processes or cores(), total) if enough_for_workers(name, total) else 1
    began, started = datetime.now(UTC).isoformat(timespec="seconds"), time.perf_counter()
    try:
        prepare_engine(name, templates[0])
        answers = in_process(job, tasks_of(plan, 1)) if workers == 1 else work_through(job, tasks_of(plan, workers), workers)
        done = collected(answers, total, told[0])
        ensembles = tuple(
            make_ensemble(spec.key, job.geometries[i], plan, thetas[i], [d.chunk for d in done if d.chunk.scenario == i],
                          observed_of(spec), scratch)
            for i, spec in enumerate(specs)
        )
        played = tuple(contribute(game, processes=processes, progress=tell) for game, tell in zip(games, told[1:], strict=True))
    except BaseException:
        scratch.remove()
        raise
    return Forecast(plan=plan, specs=tuple(specs), templates=tuple(templates), ensembles=ensembles, engine=name,
                    processes=workers, started=began, seconds=time.perf_counter() - started,
                    engine_cpu_seconds=sum(d.engine_seconds for d in done), workers_cpu_seconds=sum(d.seconds for d in done),
                    remarks=() if remark is None else (remark,), contributions=played)


def _games(specs: Sequence[Specification], plan: Plan, engine: str) -> list[Game]:
    reference = next((s for s in specs if s.key == plan.reference), None)
    if reference is None:
        raise UserError("bidrag per åtgärd kräver en referens att jämföra med", code=2)
    return [prepare_game(spec, reference, plan, engine) for spec in specs if spec is not reference]


def _in_steps(progress: Progress | None, counts: Sequence[int], weights: Sequence[int]) -> list[Progress | None]:
    """Give a callback for each part of a run, which tells how far the whole is; a simulation counts as its number of runs."""
    whole = sum(n * w for n, w in zip(counts, weights, strict=True))

    def part(before: int, weight: int) -> Progress | None:
        return None if progress is None else lambda done, _total: progress(before + done * weight, whole)

    before = accumulate((n * w for n, w in zip(counts, weights, strict=True)), initial=0)
    return [part(first, weight) for first, weight in zip(before, weights, strict=False)]


def plan_of(
    specs: Sequence[Specification], *, replications: int | None = None, per_draw: int | None = None, seed: int | None = None,
    reference: str | None = None, engine: str = "auto",
) -> Plan:
    """Make the plan of a run; what is not given comes from the first specification.

    The twin has nothing to repeat: it runs once per draw.
    """
    first = specs[0]
    if engine == "tvilling":
        per_draw = 1
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


def cores() -> int:
    """Give the number of cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_process(job: Work[D], tasks: Sequence[Task]) -> Generator[tuple[Task, D], None, None]:
    """Do the tasks one after the other in this process. Raises UserError for one that fails."""
    for task in tasks:
        try:
            done = job.do(task)
        except TaskFailed as error:
            raise UserError(failure_text(error.task, job, reason_of(error))) from error.__cause__
        yield task, done


def collected(answers: Generator[tuple[Task, D], None, None], total: int, progress: Progress | None) -> list[D]:
    """Gather what tasks give, in any order, and tell how many simulations are done."""
    finished = []
    count = 0
    with closing(answers):
        for task, done in answers:
            finished.append(done)
            count += task.size
            if progress is not None:
                progress(count, total)
    return finished
