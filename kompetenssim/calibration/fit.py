"""Fit a plan: a stored table of prior draws with kernel weights; where too few carry weight, particles walk on from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.calibration.aims import aims_of
from kompetenssim.calibration.own_years import measured
from kompetenssim.calibration.particles import Found, FromPrior, Simulator, Walk, log_kernels
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.register_fit import fit_register
from kompetenssim.calibration.sample import Learnt, Sample, effective_size, eigenvalues, learnt, systematic, weights_of
from kompetenssim.calibration.space import Space
from kompetenssim.calibration.table import TABLE_PIECE, WALK_PIECE, gather
from kompetenssim.forecast.engines import choose_engine, prepare_engine
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import make_geometry
from kompetenssim.forecast.plan import Plan as RunPlan
from kompetenssim.forecast.run import cores
from kompetenssim.model.keyed import name_key, uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.observation import Observation
    from kompetenssim.spec.specification import Specification

    Floats = NDArray[np.float64]

ENOUGH = 500
"""Effective table rows below which particles walk on (domain model 6.5)."""

ROWS, STEPS, ROUNDS = 1000, 24, 4
"""Posterior rows that are kept, and steps of a round (six times `particles.CYCLE`), of which there are so many at most."""

LEAST_DRAWS = 20

NEAR = 5.0
"""The nearest particle must be within so many declared errors of the data, in the root mean square over observations."""

Stage = Callable[[str], Callable[[int, int], None] | None]
"""Gives the progress callback of a named stage."""


class Walked(NamedTuple):
    """How the walk went: particles, steps of each, share of steps taken, what is left of where they started (correlation)."""

    particles: int
    steps: int
    accepted: float
    correlation: float

    def effective(self, table: float) -> float:
        """Give the effective number of particles: a walk frees them of their ancestors as far as it forgets them.

        `table` is the effective number of rows of the table that they come from.
        """
        left = self.correlation**2
        return 1.0 / (left / table + (1.0 - left) / self.particles)


@dataclass(frozen=True)
class Fit:
    """A fitted plan. `table` is weighted, `sample` is what is told of the posterior, `rows` the particles that are kept.

    `observations` are those that were fitted to, in the order of the table's columns, `anchors` follow them there.
    """

    plan: Plan
    space: Space
    engine: str
    observations: tuple[Observation, ...]
    anchors: tuple[Observation, ...]
    table: Sample
    sample: Sample
    walked: Walked | None

    @property
    def table_effective(self) -> float:
        """Effective number of table rows."""
        return effective_size(self.table.weights)

    @property
    def effective(self) -> float:
        """Effective number of posterior particles."""
        return self.table_effective if self.walked is None else self.walked.effective(self.table_effective)

    @cached_property
    def rows(self) -> Sample:
        """The particles that are kept, all of the same weight, with their uniforms."""
        import numpy as np

        if self.walked is not None:
            return self.sample
        chosen = systematic(self.table.weights, min(ROWS, len(self.table.weights)), _start(self.space.seed))
        even = np.full(len(chosen), 1.0 / len(chosen))
        numbers = self.table.simulations[chosen]
        return Sample(self.table.free[chosen], self.table.predicted[chosen], even, numbers, chosen,
                      self.space.uniforms(numbers.tolist()))

    @cached_property
    def learnt(self) -> tuple[Learnt, ...]:
        """What the data say of each free parameter."""
        return learnt(self.sample, self.plan.priors)

    @cached_property
    def eigenvalues(self) -> tuple[float, ...]:
        """Eigenvalues of the prior-scaled posterior covariance."""
        return eigenvalues(self.sample, self.plan.priors)


def observed_and_error(observations: tuple[Observation, ...]) -> tuple[Floats, Floats]:
    """Give the values of observations and their declared errors."""
    import numpy as np

    return np.array([o.value for o in observations]), np.array([o.sd or np.nan for o in observations])


def simulator_of(
    spec: Specification, observations: tuple[Observation, ...], space: Space, engine: str, simulations: int,
) -> Simulator:
    """Prepare to simulate particles of a scenario and read what they say of observations."""
    sets = spec.region.group_sets
    geometry = make_geometry(space.template, sets=sets)
    plan = RunPlan(simulations=simulations, per_draw=1, seed=space.seed, scenarios=(spec.key,))
    return Simulator(engine, plan, space, geometry, aims_of(observations, geometry, sets))


@dataclass(frozen=True)
class Drawn:
    """The stored table before any datum has weighed it: what the priors say."""

    plan: Plan
    space: Space
    engine: str
    observations: tuple[Observation, ...]
    anchors: tuple[Observation, ...]
    simulator: Simulator
    found: Found
    workers: int


def draw(
    plan: Plan, folder: Path, *, draws: int | None = None, seed: int | None = None, engine: str = "auto",
    processes: int | None = None, stage: Stage = lambda _text: None,
) -> Drawn:
    """Simulate the table of a plan, its pieces in `folder`, where a table that was interrupted goes on.

    `draws` and `seed` default to those of the plan and its scenario. Raises UserError.
    """
    from kompetenssim.resolve import resolve

    number = plan.content.head.draws if draws is None else draws
    if number < LEAST_DRAWS:
        raise UserError(f"en kalibrering behöver minst {LEAST_DRAWS} parameteruppsättningar, inte {number}", code=2)
    template = resolve(plan.spec)
    register = fit_register(template, plan.register) if plan.register else None
    space = Space(template, plan.priors, plan.spec.seed if seed is None else seed, register)
    seen = measured(plan)
    anchors = tuple(o for o in plan.observations if o.role == "ankare")
    name = choose_engine(engine, number)
    prepare_engine(name, template)
    workers = min(processes or cores(), number)
    simulator = simulator_of(plan.spec, (*seen, *anchors), space, name, number)
    told = gather(FromPrior(simulator), number, TABLE_PIECE, folder / "tabell", workers, stage("Parameteruppsättningar"))
    return Drawn(plan, space, name, seen, anchors, simulator, told, workers)


def fit(drawn: Drawn, folder: Path, stage: Stage = lambda _text: None) -> Fit:
    """Weigh the table, and let particles walk on where too few rows count. Raises UserError when none is near the data."""
    seen, told = drawn.observations, drawn.found
    observed, sd = observed_and_error(seen)
    log_kernel = log_kernels(told.predicted[:, : len(seen)], observed, sd)
    if log_kernel.max() < -0.5 * len(seen) * NEAR**2:
        raise UserError(
            f"ingen av {len(told.free)} parameteruppsättningar ger något i närheten av observationerna; vidga priorerna eller "
            "felen, eller pröva fler (kalibrering.parameteruppsattningar)")
    weights = weights_of(log_kernel)
    table = Sample(told.free, told.predicted, weights, told.simulations, told.simulations)
    parts = (drawn.plan, drawn.space, drawn.engine, seen, drawn.anchors, table)
    if effective_size(weights) >= ENOUGH:
        return Fit(*parts, table, None)
    return Fit(*parts, *_walk(table, drawn.simulator, observed, sd, folder, drawn.workers, stage))


def _walk(
    table: Sample, simulator: Simulator, observed: Floats, sd: Floats, folder: Path, workers: int, stage: Stage,
) -> tuple[Sample, Walked]:
    """Let particles walk in rounds until enough of them have forgotten where they started, or there have been ROUNDS."""
    import numpy as np

    number, space = len(table.weights), simulator.space
    chains = min(ROWS, number)
    starts = systematic(table.weights, chains, _start(space.seed))
    at = Found(0, table.free[starts], table.predicted[starts], table.simulations[starts], np.zeros(chains, dtype=np.int64),
               space.uniforms(table.simulations[starts].tolist()))
    accepted, size = np.zeros(chains), effective_size(table.weights)
    for walked in range(1, ROUNDS + 1):
        assert at.uniforms is not None
        first = number + (walked - 1) * chains * STEPS
        walk = Walk(simulator, at.uniforms, at.simulations, at.predicted, observed, sd, STEPS, first)
        text = f"Vandring i efterfördelningen, varv {walked} av högst {ROUNDS}"
        at = gather(walk, chains, WALK_PIECE, folder / "vandring" / str(walked), workers, stage(text))
        accepted += at.accepted
        told = Walked(chains, walked * STEPS, float(accepted.mean() / (walked * STEPS)), _left(table.free[starts], at.free))
        if told.effective(size) >= ENOUGH:
            break
    even = np.full(chains, 1.0 / chains)
    return Sample(at.free, at.predicted, even, at.simulations, starts, at.uniforms), told


def _start(seed: int) -> float:
    return uniform(name_key(seed, "kalibrering", "urval"), 0, 0)


def _left(before: Floats, after: Floats) -> float:
    """Give the largest correlation, over parameters, between where particles started and where they are."""
    import numpy as np

    found = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(before.T, after.T, strict=True) if a.std() > 0 and b.std() > 0]
    return max((abs(v) for v in found), default=1.0)
