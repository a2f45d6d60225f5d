"""What a worker process does: simulate a piece of a scenario and hand back where its sums lie."""

from __future__ import annotations

import errno
import signal
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from time import process_time
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self, TypeVar

from kompetenssim.forecast.engines import find_engine
from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import Chunk, make_chunk
from kompetenssim.forecast.scratch import put_away

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template
    from kompetenssim.model.trajectory import Trajectory

LONGEST_TASK = 10  # simulations: a quarter of a second of a fast engine


class Timed(Protocol):
    """An answer that can be given the CPU seconds it took."""

    def timed(self, seconds: float) -> Self: ...


D = TypeVar("D", bound=Timed)
Answer_co = TypeVar("Answer_co", bound=Timed, covariant=True)


class Work(Protocol[Answer_co]):
    """What is sent once to each worker and then does any of its tasks. `do` raises TaskFailed."""

    @property
    def plan(self) -> Plan: ...
    def do(self, task: Task) -> Answer_co: ...


class Job(NamedTuple):
    """Hold all that workers need, sent once to each.

    `rows` are the rows of each scenario's draw matrix; `scratch` is the folder where workers put what they keep.
    """

    engine: str
    plan: Plan
    templates: tuple[Template, ...]
    geometries: tuple[Geometry, ...]
    rows: tuple[tuple[NDArray[np.float64], ...], ...]
    scratch: str

    def do(self, task: Task) -> Done:
        """Simulate, reduce and put away what is kept. Raises TaskFailed."""
        return do_task(self, task)


class Task(NamedTuple):
    """Name simulations `first` … `first + size - 1` of one scenario."""

    scenario: int
    first: int
    size: int


class Done(NamedTuple):
    """Hand back a finished task with the CPU seconds spent inside the engine and in all."""

    chunk: Chunk
    engine_seconds: float
    seconds: float

    def timed(self, seconds: float) -> Done:
        """Give the same with other CPU seconds in all."""
        return self._replace(seconds=seconds)


class Failure(NamedTuple):
    """Tell the parent which task failed, perhaps cut to the simulation that did, and why."""

    task: Task
    reason: str
    traceback: str


class TaskFailed(Exception):
    """Raised from what stopped a task; `task` is cut to the simulation that was under way."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.task = task


class Simulations:
    """Simulate and count the CPU seconds of this process inside the engine; `number` is the simulation under way."""

    def __init__(self) -> None:
        self.seconds, self.number = 0.0, 0

    def of(self, job: Job, task: Task) -> Iterator[Trajectory]:
        """Simulate a task, one after the other; a simulation depends on template, draw, seed and its number only.

        Simulations of one draw follow each other and get the same row, so that an engine need fill its Inputs only once.
        """
        self.number = task.first
        engine, template, rows = find_engine(job.engine), job.templates[task.scenario], job.rows[task.scenario]
        for self.number in range(task.first, task.first + task.size):
            begun = process_time()
            row = rows[job.plan.draw_of(self.number)]
            trajectory = engine(template, row, seed=job.plan.seed, simulation=self.number)
            self.seconds += process_time() - begun
            yield trajectory


def serve(pipe: Connection, work: Work[Timed]) -> None:
    """Do tasks until the pipe closes. Ctrl-C is left to the parent, which ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    told = 0.0
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        try:
            done = work.do(task)
            now = process_time()  # of the whole process: the first task pays for its start
            answer: Timed | Failure = done.timed(now - told)
            told = now
        except TaskFailed as error:
            answer = Failure(error.task, reason_of(error), traceback.format_exc())
        try:
            pipe.send(answer)
        except OSError:  # the parent is gone
            return


def reason_of(failed: TaskFailed) -> str:
    """Give the sentence of a simulation that stopped by itself; for anything else the kind of error before its text."""
    from kompetenssim.model.stopped import SimulationStopped

    error = failed.__cause__
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disken där mellanresultat läggs är full; frigör utrymme eller välj en annan mapp med miljövariabeln TMPDIR"
    return str(error) if isinstance(error, SimulationStopped) else f"{type(error).__name__}: {error}"


def do_task(job: Job, task: Task) -> Done:
    """Simulate, reduce and put away what is kept. Raises TaskFailed."""
    begun, simulations = process_time(), Simulations()
    try:
        chunk = make_chunk(task.scenario, task.first, simulations.of(job, task), job.geometries[task.scenario])
    except Exception as error:
        raise TaskFailed(Task(task.scenario, simulations.number, 1)) from error
    try:
        kept = put_away(chunk, job.scratch)
    except OSError as error:
        raise TaskFailed(task) from error
    return Done(kept, simulations.seconds, process_time() - begun)


def tasks_of(plan: Plan, workers: int) -> Sequence[Task]:
    """Cut the run into tasks, one scenario after the other, so that each worker gets several.

    With more than one worker the simulations of a draw stay together, unless there are many of them.
    """
    scenarios = len(plan.scenarios)
    size = max(1, min(LONGEST_TASK, plan.simulations * scenarios // (8 * workers)))
    if workers > 1 and plan.per_draw <= LONGEST_TASK:
        size = max(1, size // plan.per_draw) * plan.per_draw
    return [Task(s, first, min(size, plan.simulations - first))
            for s in range(scenarios) for first in range(0, plan.simulations, size)]
