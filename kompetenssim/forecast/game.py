"""Play the measures of a scenario one by one against its reference, simulation by simulation.

Every plan between the two is simulated with the same draw and the same keys. A simulation takes one random order of the
measures and its reverse; a measure's Shapley value there is the mean of what it adds in both, so that the values sum to the
joint effect in each simulation. First-in and last-out effects and the effect without power need a run each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.forecast.engines import find_engine
from kompetenssim.forecast.evaluate import in_spans, read, value
from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import COLUMNS, with_derived
from kompetenssim.forecast.worker import Task, TaskFailed
from kompetenssim.model.keyed import name_key, uniform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.model.trajectory import Trajectory
    from kompetenssim.resolve.coalitions import Coalitions

    Floats = NDArray[np.float64]

INDICATORS = ("hyrkostnad_mkr", "nettoarsarbetare", "obemannade_timmar", "nettokostnad_mkr")


class Round(NamedTuple):
    """Hold what one simulation says, [measure, indicator, year]; `joint` is [indicator, year].

    `outlay` is what a measure adds last when it has no power: what it costs however small its effect. It is NaN for a measure
    whose effect has no size of its own to change.
    """

    first_in: Floats
    last_out: Floats
    shapley: Floats
    outlay: Floats
    joint: Floats


class Rounds(NamedTuple):
    """Hand back the rounds of a task."""

    first: int
    rounds: tuple[Round, ...]
    seconds: float = 0.0

    def timed(self, seconds: float) -> Rounds:
        """Give the same with other CPU seconds."""
        return self._replace(seconds=seconds)


class Game(NamedTuple):
    """Hold all that workers need to play; `rows` are the rows of the united draw matrix."""

    engine: str
    plan: Plan
    coalitions: Coalitions
    rows: tuple[Floats, ...]
    geometry: Geometry

    def do(self, task: Task) -> Rounds:
        """Play simulations one after the other. Raises TaskFailed."""
        played = []
        for simulation in range(task.first, task.first + task.size):
            try:
                played.append(play(self, simulation))
            except Exception as error:
                raise TaskFailed(Task(task.scenario, simulation, 1)) from error
        return Rounds(task.first, tuple(played))

    @property
    def runs(self) -> int:
        """Runs of a simulation at most: of the order and its reverse, of each measure first, last and without power."""
        return 5 * len(self.coalitions.switches) + 1


def tasks_of(plan: Plan) -> list[Task]:
    """Cut a game into tasks of one simulation, which is a hundred runs."""
    return [Task(0, simulation, 1) for simulation in range(plan.simulations)]


def order_of(keys: Sequence[str], seed: int, simulation: int) -> tuple[str, ...]:
    """Give the order in which the measures join in a simulation: each key has its own uniform, wherever it stands in a file."""
    return tuple(sorted(keys, key=lambda key: (uniform(name_key("bidrag", seed, simulation, key), 0, 0), key)))


def play(game: Game, simulation: int) -> Round:
    """Simulate every plan that one simulation needs; no plan twice."""
    table = _Table(game, simulation)
    keys = tuple(switch.key for switch in game.coalitions.switches)
    every, none = frozenset(keys), frozenset[str]()
    order = order_of(keys, game.plan.seed, simulation)
    ways = [dict(_additions(table, way)) for way in (order, order[::-1])]
    shape = (len(keys), *table.value(none).shape)

    def stacked(parts: Iterator[Floats]) -> Floats:
        return np.array(list(parts)).reshape(shape)

    return Round(
        first_in=stacked(table.value({key}) - table.value(none) for key in keys),
        last_out=stacked(table.value(every) - table.value(every - {key}) for key in keys),
        shapley=stacked((ways[0][key] + ways[1][key]) / 2.0 for key in keys),
        outlay=stacked(table.powerless(key) - table.value(every - {key}) for key in keys),
        joint=table.value(every) - table.value(none),
    )


class _Table:
    """The outcomes of the plans of one simulation, each simulated when it is first asked for."""

    def __init__(self, game: Game, simulation: int) -> None:
        self.game, self.simulation = game, simulation
        self.theta = game.rows[game.plan.draw_of(simulation)]
        self.known: dict[frozenset[str], Floats] = {}
        g = game.geometry
        self.space = np.zeros((len(g.cells), len(COLUMNS), len(g.months)), dtype=np.int64)

    @cached_property
    def every(self) -> frozenset[str]:
        """All measures."""
        return frozenset(switch.key for switch in self.game.coalitions.switches)

    def value(self, members: set[str] | frozenset[str]) -> Floats:
        """Give [indicator, year] of the plan where these measures are as the scenario has them."""
        plan = frozenset(members)
        if plan not in self.known:
            self.known[plan] = self._simulated(self.game.coalitions.row(self.theta, plan))
        return self.known[plan]

    def powerless(self, key: str) -> Floats:
        """Give [indicator, year] of the whole scenario with one measure carried out but without power, NaN if it has none."""
        row = self.game.coalitions.row(self.theta, self.every)
        if not self.game.coalitions.disempower(row, key):
            return np.full_like(self.value(self.every), np.nan)
        return self._simulated(row)

    def _simulated(self, row: Floats) -> Floats:
        game = self.game
        engine = find_engine(game.engine)
        trajectory: Trajectory = engine(game.coalitions.template, row, seed=game.plan.seed, simulation=self.simulation)
        return measured(trajectory, game.geometry, self.space)


def measured(trajectory: Trajectory, geometry: Geometry, space: NDArray[np.int64]) -> Floats:
    """Give the indicators of the whole region, [indicator, year]: the numbers that a run keeps of the same simulation."""
    total: NDArray[np.int64] = with_derived(trajectory.months, geometry, space).sum(axis=0)
    for k, name in enumerate(("measure_ore", "grant_ore")):
        total[COLUMNS.index(name)] = trajectory.measures[:, :, k].sum(axis=1)

    def column(name: str) -> Floats:
        months: Floats = total[COLUMNS.index(name)].astype(np.float64)
        return months[None, :, None]

    found: list[Floats] = []
    for key in INDICATORS:
        sums = in_spans(REGISTER[key], read(REGISTER[key], column), geometry.year_spans)
        found.append(value(REGISTER[key], sums, geometry.year_spans)[0, :, 0])
    return np.stack(found)


def _additions(table: _Table, order: Sequence[str]) -> Iterator[tuple[str, Floats]]:
    """Give what each measure adds to those before it."""
    members: frozenset[str] = frozenset()
    for key in order:
        joined = members | {key}
        yield key, table.value(joined) - table.value(members)
        members = joined
