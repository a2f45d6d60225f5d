"""W1 in SimPy: one generator per employee, which waits for the earliest of its clocks."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.w1.plain import Employee, Region
from benchmarks.w1.spec import DAYS_PER_WEEK, HORIZON_DAYS, WEEKS, Result

Steps = Generator[simpy.Event, Any, None]


def run(n: int, seed: int, replication: int) -> Result:
    """Simulate one replication of N employees."""
    env, region = simpy.Environment(), Region(n, seed, replication)
    for employee in region.staff:
        env.process(career(env, region, employee))
    env.process(weeks(env, region))
    env.run()
    return region.result()


def career(env: simpy.Environment, region: Region, employee: Employee) -> Steps:
    """Live an employment to its end, then advertise the post."""
    while employee.due < HORIZON_DAYS:
        yield env.timeout(employee.due - env.now)
        if not region.act(employee):
            env.process(recruitment(env, region, employee.cell))
            return


def recruitment(env: simpy.Environment, region: Region, cell: int) -> Steps:
    """Advertise a post until somebody is hired."""
    hired = None
    while hired is None:
        delay = region.delay()
        if env.now + delay >= HORIZON_DAYS:
            return
        yield env.timeout(delay)
        hired = region.attempt(cell, env.now)
    env.process(career(env, region, hired))


def weeks(env: simpy.Environment, region: Region) -> Steps:
    """Settle every week at its end."""
    for week in range(WEEKS):
        yield env.timeout(DAYS_PER_WEEK)
        region.tick(week)
