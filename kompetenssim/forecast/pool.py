"""Workers with a pipe of their own each, so that one that dies or is ended can block nobody.

(The pools of the standard library share a result queue: a worker ended in the middle of a message leaves it
locked, and the program waits for ever.)
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.worker import D, Failure, Task, Timed, Work, serve


def work_through(job: Work[D], tasks: Sequence[Task], workers: int) -> Generator[tuple[Task, D], None, None]:
    """Do the tasks in parallel processes and give them as they are finished, in any order.

    Whatever ends the iteration early (an error, Ctrl-C, the caller) ends the workers too. Raises UserError for a task that
    fails and for a worker that dies.
    """
    waiting = list(reversed(tasks))
    processes: list[BaseProcess] = []
    busy: dict[Connection, Task] = {}
    try:
        with _without_main_script():
            for _ in range(min(workers, len(tasks))):
                pipe, process = _start(job)
                processes.append(process)
                busy[pipe] = _give(pipe, waiting.pop())
        while busy:
            ready = wait(list(busy))
            for pipe in [p for p in busy if p in ready]:
                task = busy.pop(pipe)
                yield task, _receive(pipe, task, job)
                if waiting:
                    busy[pipe] = _give(pipe, waiting.pop())
                else:
                    pipe.close()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def failure_text(task: Task, job: Work[Timed], reason: str) -> str:
    """Say in which scenario and simulations a task failed and why."""
    last = task.first + task.size - 1
    which = f"{task.first}" if task.size == 1 else f"{task.first}–{last}"
    return f"simuleringen misslyckades i scenario '{job.plan.scenarios[task.scenario]}', simulering {which}: {reason}"


def _start(job: Work[Timed]) -> tuple[Connection, BaseProcess]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, job), daemon=True)
    with _interrupt_later():
        process.start()
    theirs.close()
    return ours, process


def _give(pipe: Connection, task: Task) -> Task:
    with suppress(OSError):  # a worker that is dead is found out when its answer is read
        pipe.send(task)
    return task


def _receive(pipe: Connection, task: Task, job: Work[D]) -> D:
    try:
        answer: D | Failure = pipe.recv()
    except (EOFError, OSError):
        reason = "arbetsprocessen avslutades i förtid; troligen räckte minnet inte – pröva färre med --processer"
        raise UserError(failure_text(task, job, reason)) from None
    if isinstance(answer, Failure):
        raise UserError(failure_text(answer.task, job, answer.reason)) from RuntimeError(answer.traceback)
    return answer


@contextmanager
def _interrupt_later() -> Iterator[None]:
    """Hold Ctrl-C back until a worker has been started: it belongs to the parent, which then ends its workers.

    A worker inherits the blocked signal, so that one that is still loading does not die with a traceback. The parent notes
    the signal, which any of its threads may get, and is interrupted afterwards. Where signals cannot be blocked a worker
    ignores them once it serves.
    """
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # the first worker would start it, and with it let signals through again
    noted: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, handler)
    if noted:
        raise KeyboardInterrupt


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

