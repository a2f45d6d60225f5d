"""W1 in Ciw, as far as a network of queues can be W1: an approximation in form.

Ciw has customers, nodes and services, but no processes and no clocks that compete. So a post is a customer that
circulates for ever between two nodes with room for all: *held*, where one service lasts until the earliest clock of
the employee and the routing carries out what that clock does, and *vacant*, where one service is one attempt to fill the
post and the routing decides whether it succeeded. Leave and training do not show in the network, only on the employee,
and the weekly tick is a customer who passes a third node without staying. What Ciw is good at, queues in front of servers,
is not used. The law of what happens is that of W1; only events of the same instant may come in another order.
"""

from __future__ import annotations

from math import inf, nextafter
from typing import Any

import ciw

from benchmarks.w1.plain import Employee, Region
from benchmarks.w1.spec import DAYS_PER_WEEK, HORIZON_DAYS, Result

HELD, VACANT, WEEKS = 1, 2, 3


def run(n: int, seed: int, replication: int) -> Result:
    """Simulate one replication of N employees."""
    region = Region(n, seed, replication)
    once, weekly = ciw.dists.Sequential([0.0, inf]), ciw.dists.Deterministic(DAYS_PER_WEEK)
    network = ciw.create_network(
        arrival_distributions=[once, None, weekly],
        batching_distributions=[ciw.dists.Sequential([n]), ciw.dists.Deterministic(1), ciw.dists.Deterministic(1)],
        service_distributions=[UntilDue(), Attempt(), ciw.dists.Deterministic(0.0)],
        routing=ciw.routing.NetworkRouting(routers=[AfterEvent(), AfterAttempt(), AfterWeek()]),
        number_of_servers=[inf, inf, inf],
    )
    simulation = ciw.Simulation(network, individual_class=Post)
    simulation.region = region
    simulation.waiting = iter(region.staff)
    simulation.week = 0
    simulation.simulate_until_max_time(nextafter(HORIZON_DAYS, inf))
    return region.result()


class Post(ciw.Individual):
    """A post and the employee who holds it."""

    employee: Employee | None = None


class UntilDue(ciw.dists.Distribution):
    """The days until the earliest clock of the one who holds a post."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """Give the days; the first holders are taken as they come."""
        if ind.employee is None:
            ind.employee = next(ind.simulation.waiting)
        return float(ind.employee.due - t)


class Attempt(ciw.dists.Distribution):
    """The days that an attempt to fill a post takes."""

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """Draw the days."""
        return float(ind.simulation.region.delay())


class AfterEvent(ciw.routing.NodeRouting):
    """Carry out the event that ended a service in *held*."""

    def next_node(self, ind: Any) -> Any:
        """Stay, or leave the post vacant."""
        stays = self.simulation.region.act(ind.employee)
        return self.simulation.nodes[HELD if stays else VACANT]


class AfterAttempt(ciw.routing.NodeRouting):
    """End an attempt to fill a post."""

    def next_node(self, ind: Any) -> Any:
        """Let somebody take the post, or advertise it again."""
        hired = self.simulation.region.attempt(ind.employee.cell, self.simulation.current_time)
        if hired is None:
            return self.simulation.nodes[VACANT]
        ind.employee = hired
        return self.simulation.nodes[HELD]


class AfterWeek(ciw.routing.NodeRouting):
    """Settle a week."""

    def next_node(self, ind: Any) -> Any:
        """Count the week and leave the network."""
        self.simulation.region.tick(self.simulation.week)
        self.simulation.week += 1
        return self.simulation.nodes[-1]
