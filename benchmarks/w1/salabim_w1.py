"""W1 in salabim: one component per employee, which holds until the earliest of its clocks.

Generators instead of greenlets, which measured slower on W1, and no trace. Most of the time goes to
making components, whose signatures are checked each time, so `run_by_post` shows what somebody gains who writes the
same world with one component per post, for the employees who hold it one after the other.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import salabim as sim

from benchmarks.w1.plain import Employee, Region
from benchmarks.w1.spec import DAYS_PER_WEEK, HORIZON_DAYS, WEEKS, Result

Steps = Iterator[Any]


def run(n: int, seed: int, replication: int) -> Result:
    """Simulate one replication of N employees, a component each."""
    return _simulate(Region(n, seed, replication), Career)


def run_by_post(n: int, seed: int, replication: int) -> Result:
    """Simulate one replication of N posts, a component each."""
    return _simulate(Region(n, seed, replication), Post)


def _simulate(region: Region, kind: type[sim.Component]) -> Result:
    env = sim.Environment(trace=False, yieldless=False, set_numpy_random_seed=False)
    for employee in region.staff:
        kind(region=region, employee=employee)
    Weeks(region=region)
    env.run()
    return region.result()


class Career(sim.Component):
    """An employment."""

    def process(self, region: Region, employee: Employee) -> Steps:
        """Live an employment to its end, then advertise the post."""
        while employee.due < HORIZON_DAYS:
            yield self.hold(till=employee.due)
            if not region.act(employee):
                Recruitment(region=region, cell=employee.cell)
                return


def search(component: sim.Component, region: Region, cell: int) -> Generator[Any, Any, Employee | None]:
    """Advertise a post until somebody is hired; nobody is when the horizon comes first."""
    hired = None
    while hired is None:
        delay = region.delay()
        if component.env.now() + delay >= HORIZON_DAYS:
            return None
        yield component.hold(delay)
        hired = region.attempt(cell, component.env.now())
    return hired


class Recruitment(sim.Component):
    """The search for somebody to fill a post."""

    def process(self, region: Region, cell: int) -> Steps:
        """Advertise a post until somebody is hired."""
        hired = yield from search(self, region, cell)
        if hired is not None:
            Career(region=region, employee=hired)


class Post(sim.Component):
    """A post: an employment, a search, an employment …"""

    def process(self, region: Region, employee: Employee) -> Steps:
        """Follow who holds the post until the horizon."""
        while employee.due < HORIZON_DAYS:
            yield self.hold(till=employee.due)
            if region.act(employee):
                continue
            hired = yield from search(self, region, employee.cell)
            if hired is None:
                return
            employee = hired


class Weeks(sim.Component):
    """The weekly tick."""

    def process(self, region: Region) -> Steps:
        """Settle every week at its end."""
        for week in range(WEEKS):
            yield self.hold(DAYS_PER_WEEK)
            region.tick(week)
