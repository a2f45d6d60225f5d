"""What a worker process does: simulate a piece of a scenario and hand back its sums."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.forecast.engines import find_engine
from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import Chunk, make_chunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template


class Job(NamedTuple):
    """Hold all that workers need, sent once to each."""

    engine: str
    plan: Plan
    templates: tuple[Template, ...]
    geometries: tuple[Geometry, ...]
    thetas: tuple[NDArray[np.float64], ...]


class Task(NamedTuple):
    """Name simulations `first` … `first + size - 1` of one scenario."""

    scenario: int
    first: int
    size: int


class Failure(NamedTuple):
    """Tell the parent why a task failed."""

    reason: str
    traceback: str


def serve(pipe: Connection, job: Job) -> None:
    """Do tasks until the pipe closes. Ctrl-C is left to the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            answer: Chunk | Failure = do_task(job, task)
        except Exception as error:
            answer = Failure(reason_of(error), traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:  # the parent is gone
            return


def reason_of(error: BaseException) -> str:
    """Give the sentence of a simulation that stopped by itself; for anything else the kind of error before its text."""
    from kompetenssim.model.stopped import SimulationStopped

    return str(error) if isinstance(error, SimulationStopped) else f"{type(error).__name__}: {error}"


def do_task(job: Job, task: Task) -> Chunk:
    """Simulate and reduce. A simulation depends on template, draw, seed and its number, never on the task."""
    engine = find_engine(job.engine)
    template, theta = job.templates[task.scenario], job.thetas[task.scenario]
    trajectories = [
        engine(template, theta[job.plan.draw_of(r)], seed=job.plan.seed, simulation=r)
        for r in range(task.first, task.first + task.size)
    ]
    return make_chunk(task.scenario, task.first, trajectories, job.geometries[task.scenario])


def tasks_of(scenarios: int, simulations: int, size: int) -> Sequence[Task]:
    """Cut the run into tasks of at most `size` simulations, one scenario after the other."""
    return [Task(s, first, min(size, simulations - first)) for s in range(scenarios) for first in range(0, simulations, size)]
