"""The reference engine: a region in SimPy, one generator per employee, one wait for its earliest clock.

It is written to be read. People live between the ticks; the driver runs their events up to the boundary of the
week and then calls the tick, which is never a process of its own.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kompetenssim.engine import books
from kompetenssim.engine.initial import populate
from kompetenssim.engine.people import live
from kompetenssim.engine.weekly import tick
from kompetenssim.engine.world import GONE, Person, World
from kompetenssim.model.calendar import MONTH
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.inputs import fill
from kompetenssim.model.template import Inputs, Template
from kompetenssim.model.trajectory import FLOWS, STOCKS, Trajectory

if TYPE_CHECKING:
    import numpy as np
    import simpy
    from numpy.typing import NDArray

#: Runs the personal events of a week: given the world and the boundary, everything due before it.
Driver = Callable[[World, int], None]


def simulate(template: Template, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """Simulate once: one row of the draw matrix and one simulation number give one trajectory, always the same."""
    return run(template, fill(template, theta), seed=seed, simulation=simulation, trace=trace)


def run(
    template: Template,
    inputs: Inputs,
    *,
    seed: int,
    simulation: int,
    trace: bool = False,
    driver: Callable[[World], Driver] | None = None,
) -> Trajectory:
    """Simulate given Inputs. `driver` replaces SimPy's order of events within a week (only tests do that)."""
    with collector_paused():
        w = World(template, inputs, seed, simulation, trace)
        populate(w)
        advance = (driver or simpy_driver)(w)
        starts = template.calendar.week_start
        year = 0
        for week in range(len(template.calendar.week_days)):
            advance(w, starts[week + 1])
            reached = w.year_at(min(starts[week + 1], w.horizon - 1))
            if reached > year or week + 1 == len(template.calendar.week_days):
                books.year_end(w, year, starts[week + 1])
                year = reached
            tick(w)
        return trajectory(w)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the cyclic garbage collector: a simulation makes millions of short-lived objects and hardly a cycle.

    Looking for cycles all the time costs 5–10 % of a simulation; the few there are go once, at its end, when only what was
    made meanwhile is looked through.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()
            gc.collect(0)


def simpy_driver(w: World) -> Driver:
    """Give every employee a SimPy process that waits for the earliest of its clocks."""
    import simpy

    env = simpy.Environment()
    processes: dict[int, tuple[simpy.Process, list[int]]] = {}
    end = w.t.calendar.week_start[-1]

    def start(p: Person) -> None:
        if p.due < end:
            awaited = [p.due]
            processes[p.key] = (env.process(career(env, w, p, awaited, end)), awaited)

    def reschedule(p: Person) -> None:
        process, awaited = processes.get(p.key, (None, [NEVER]))
        if process is None or not process.is_alive:
            start(p)
        elif p.due < awaited[0]:
            process.interrupt()

    for p in w.people:
        start(p)
    w.reschedule = reschedule

    def advance(world: World, boundary: int) -> None:
        env.run(until=boundary)

    return advance


def career(env: simpy.Environment, w: World, p: Person, awaited: list[int], end: int) -> Generator[Any, Any, None]:
    """Live an employee's life: wait for the earliest clock, let it act, wait for the next."""
    import simpy

    while p.state != GONE and p.due < end:
        awaited[0] = p.due
        try:
            yield env.timeout(p.due - env.now)
        except simpy.Interrupt:
            continue
        if p.due == env.now:
            live(w, p, int(env.now))


def trajectory(w: World) -> Trajectory:
    """Close the books: stocks are running sums of their changes, retention is read off the records."""
    import numpy as np

    months = len(w.t.months)
    stocks = np.cumsum(w.stock_change[:months], axis=0)
    stocks[:, :, STOCKS.index("open_vacancies")] = w.open_count
    years = w.t.end.year - w.t.start.year + 1
    retention = np.zeros((years, len(w.t.groups), 2, 5), dtype=np.int64)
    for kind, year, group, begun, ended in w.logs:
        row = retention[year, group, kind]
        row[0] += 1
        for k, span in ((1, 12 * MONTH), (2, 24 * MONTH)):
            if begun + span <= w.horizon:
                row[k + 2] += 1
                row[k] += int(ended > begun + span)
    flows = w.month_flow
    if flows.shape[2] != len(FLOWS):
        raise ValueError("the books and FLOWS differ")
    return Trajectory(
        months=np.concatenate([flows, stocks], axis=2),
        weeks=w.week_flow,
        measures=w.measure_money,
        exits=w.exits,
        retention=retention,
        ages=w.ages,
        trace=w.trace,
    )
