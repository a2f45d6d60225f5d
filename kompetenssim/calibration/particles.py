"""The particles of a fit: one parameter draw and one simulation with a key of its own each, in any number of workers.

Averaging over simulations or sharing keys between particles would make a posterior far too narrow: in a linear toy 80 %
intervals then cover 24–61 % and 0 % (domain model 6.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.calibration.aims import Aim, read_aims
from kompetenssim.forecast.engines import find_engine
from kompetenssim.forecast.sample import COLUMNS
from kompetenssim.forecast.worker import Task, TaskFailed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.space import Space
    from kompetenssim.forecast.geometry import Geometry
    from kompetenssim.forecast.plan import Plan

    Floats = NDArray[np.float64]

class Step(NamedTuple):
    """How far a step moves the uniforms on the normal scale (0 stays, 1 forgets), and whether it takes a new simulation key."""

    size: float
    new_key: bool


CYCLE = (Step(0.3, False), Step(0.15, False), Step(0.5, False), Step(0.0, True))
"""Steps that a walking particle takes in turn: settings of the algorithm, which change how fast it mixes, not where to.

With the key kept, outcomes change little when parameters do, so that many steps are taken; a new key alone lets chance go.
"""


class Found(NamedTuple):
    """Hand back particles `first`, `first` + 1, …: free parameters, what they say [particle, aim], last simulation, steps taken.

    `uniforms` is None where they follow from the number.
    """

    first: int
    free: Floats
    predicted: Floats
    simulations: NDArray[np.int64]
    accepted: NDArray[np.int64]
    uniforms: Floats | None
    seconds: float = 0.0

    def timed(self, seconds: float) -> Found:
        """Give the same with other CPU seconds."""
        return self._replace(seconds=seconds)


class Simulator(NamedTuple):
    """Simulate particles of one scenario and read what they say of the observations."""

    engine: str
    plan: Plan
    space: Space
    geometry: Geometry
    aims: tuple[Aim, ...]

    def predict(self, u: Floats, simulations: NDArray[np.int64]) -> Floats:
        """Simulate each row of uniforms with its simulation number, [particle, aim]."""
        import numpy as np

        engine, g = find_engine(self.engine), self.geometry
        work = np.zeros((len(g.cells), len(COLUMNS), len(g.months)), dtype=np.int64)
        rows = self.space.rows(u)
        found = np.empty((len(u), len(self.aims)))
        for k, number in enumerate(simulations.tolist()):
            try:
                trajectory = engine(self.space.template, rows[k], seed=self.plan.seed, simulation=number)
            except Exception as error:
                raise TaskFailed(Task(0, number, 1)) from error
            found[k] = read_aims(trajectory, g, self.aims, work)
        return found


class FromPrior(NamedTuple):
    """Draw particles from the prior: particle d is draw d and simulation d."""

    simulator: Simulator

    @property
    def plan(self) -> Plan:
        """The plan of the whole table."""
        return self.simulator.plan

    def do(self, task: Task) -> Found:
        """Simulate the particles of a task. Raises TaskFailed."""
        import numpy as np

        numbers = np.arange(task.first, task.first + task.size)
        u = self.simulator.space.uniforms(numbers.tolist())
        predicted = self.simulator.predict(u, numbers)
        return Found(task.first, self.simulator.space.free(u), predicted, numbers, np.zeros_like(numbers), None)


class Again(NamedTuple):
    """Simulate particles that are known: row k of `uniforms` with simulation `simulations[k]`."""

    simulator: Simulator
    uniforms: Floats
    simulations: NDArray[np.int64]

    @property
    def plan(self) -> Plan:
        """The plan that errors are told by."""
        return self.simulator.plan

    def do(self, task: Task) -> Found:
        """Simulate the particles of a task. Raises TaskFailed."""
        import numpy as np

        rows = slice(task.first, task.first + task.size)
        u, numbers = self.uniforms[rows], self.simulations[rows]
        return Found(task.first, self.simulator.space.free(u), self.simulator.predict(u, numbers), numbers,
                     np.zeros_like(numbers), None)


class Walk(NamedTuple):
    """Let particles walk where the posterior is, each from its row of `uniforms`, `simulations` and `predicted`.

    A step moves all uniforms a little on the normal scale, in a way that leaves the prior as it is (preconditioned
    Crank–Nicolson: Cotter, Roberts, Stuart and White 2013, Statistical Science 28), or takes a new key, and is taken with
    probability min(1, kernel after / kernel before). Particle and key walk together: what is kept is the posterior of both.
    """

    simulator: Simulator
    uniforms: Floats
    simulations: NDArray[np.int64]
    predicted: Floats
    observed: Floats
    sd: Floats
    steps: int
    first_simulation: int

    @property
    def plan(self) -> Plan:
        """The plan of the table, whose seed and scenario this shares."""
        return self.simulator.plan

    def do(self, task: Task) -> Found:
        """Walk the particles of a task, `steps` steps each. Raises TaskFailed."""
        import numpy as np
        from scipy.special import ndtr, ndtri

        space = self.simulator.space
        chains = np.arange(task.first, task.first + task.size)
        u, numbers, said = self.uniforms[chains], self.simulations[chains], self.predicted[chains]
        log_kernel = self._log_kernel(said)
        accepted = np.zeros(len(chains), dtype=np.int64)
        for number in range(self.steps):
            step, fresh = CYCLE[number % len(CYCLE)], self.first_simulation + chains * self.steps + number
            moved = u
            if step.size > 0:
                towards = ndtri(space.uniforms(fresh.tolist(), "vandring"))
                moved = ndtr(np.sqrt(1.0 - step.size**2) * ndtri(u) + step.size * towards)
            keys = fresh if step.new_key else numbers
            says = self.simulator.predict(moved, keys)
            then = self._log_kernel(says)
            taken = np.log(space.chance(fresh.tolist())) < then - log_kernel
            u = np.where(taken[:, None], moved, u)
            said = np.where(taken[:, None], says, said)
            log_kernel, numbers = np.where(taken, then, log_kernel), np.where(taken, keys, numbers)
            accepted += taken
        return Found(task.first, space.free(u), said, numbers, accepted, u)

    def _log_kernel(self, said: Floats) -> Floats:
        return log_kernels(said[:, : len(self.observed)], self.observed, self.sd)


def log_kernels(predicted: Floats, observed: Floats, sd: Floats) -> Floats:
    """Give the logarithm of each particle's normal kernel with the declared errors; −inf where it says nothing."""
    import numpy as np

    distance: Floats = -0.5 * (((predicted - observed) / sd) ** 2).sum(axis=1)
    return np.where(np.isnan(distance), -np.inf, distance)
