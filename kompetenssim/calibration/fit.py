"""Fit a plan: a stored table of prior draws with kernel weights; where too few carry weight, particles walk on from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.calibration.aims import aims_of
from kompetenssim.calibration.own_years import measured
from kompetenssim.calibration.particles import Found, FromPrior, Simulator, Walk, log_kernels
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.sample import Learnt, Sample, effective_size, eigenvalues, learnt, systematic, weights_of
from kompetenssim.calibration.space import Quantile, Space
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

ROWS, STEPS = 1000, 24
"""Posterior rows that are kept, and steps that a particle walks: six rounds of `particles.CYCLE`."""

Stage = Callable[[str], Callable[[int, int], None] | None]
"""Gives the progress callback of a named stage."""


class Walked(NamedTuple):
    """How the walk went: particles, steps of each, share of steps taken, what is left of where they started (correlation)."""

    particles: int
    steps: int
    accepted: float
    correlation: float


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
        """Effective number of posterior particles: a walk frees them of their ancestors as far as it forgets them."""
        if self.walked is None:
            return self.table_effective
        left = self.walked.correlation**2
        return 1.0 / (left / self.table_effective + (1.0 - left) / self.walked.particles)

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
    sets = {key: list(groups) for key, groups in spec.region.group_sets.items()}
    geometry = make_geometry(space.template, sets=sets)
    plan = RunPlan(simulations=simulations, per_draw=1, seed=space.seed, scenarios=(spec.key,))
    return Simulator(engine, plan, space, geometry, aims_of(observations, geometry, sets))


def fit(
    plan: Plan, folder: Path, *, draws: int | None = None, seed: int | None = None, engine: str = "auto",
    processes: int | None = None, stage: Stage = lambda _text: None, registered: Mapping[str, Quantile] | None = None,
) -> Fit:
    """Fit a plan and keep its pieces in `folder`, where a fit that was interrupted goes on.

    `draws` and `seed` default to those of the plan and its scenario. Raises UserError when no particle is near the data.
    """
    import numpy as np

    from kompetenssim.resolve import resolve

    number = plan.content.head.draws if draws is None else draws
    template = resolve(plan.spec)
    space = Space(template, plan.priors, plan.spec.seed if seed is None else seed, registered or {})
    seen = measured(plan)
    anchors = tuple(o for o in plan.observations if o.role == "ankare")
    name = choose_engine(engine, number)
    prepare_engine(name, template)
    workers = min(processes or cores(), number)
    simulator = simulator_of(plan.spec, (*seen, *anchors), space, name, number)
    told = gather(FromPrior(simulator), number, TABLE_PIECE, folder / "tabell", workers, stage("Parameteruppsättningar"))
    observed, sd = observed_and_error(seen)
    weights = weights_of(log_kernels(told.predicted[:, : len(seen)], observed, sd))
    if not weights.any():
        raise UserError(
            f"ingen av {number} parameteruppsättningar ger något i närheten av observationerna; vidga priorerna eller felen, "
            "eller pröva fler (kalibrering.parameteruppsattningar)")
    table = Sample(told.free, told.predicted, weights, told.simulations, told.simulations)
    if effective_size(weights) >= ENOUGH:
        return Fit(plan, space, name, seen, anchors, table, table, None)
    chains = min(ROWS, number)
    starts = systematic(weights, chains, _start(space.seed))
    walk = Walk(simulator, starts, told.predicted, observed, sd, STEPS, number)
    ended = gather(walk, chains, WALK_PIECE, folder / "vandring", workers, stage("Vandring i efterfördelningen"))
    assert ended.uniforms is not None
    sample = Sample(ended.free, ended.predicted, np.full(chains, 1.0 / chains), ended.simulations, starts, ended.uniforms)
    walked = Walked(chains, STEPS, float(ended.accepted.mean() / STEPS), _left(told, starts, ended))
    return Fit(plan, space, name, seen, anchors, table, sample, walked)


def _start(seed: int) -> float:
    return uniform(name_key(seed, "kalibrering", "urval"), 0, 0)


def _left(told: Found, starts: NDArray[np.int64], ended: Found) -> float:
    """Give the largest correlation, over parameters, between where particles started and where they are."""
    import numpy as np

    pairs = zip(told.free[starts].T, ended.free.T, strict=True)
    found = [float(np.corrcoef(a, b)[0, 1]) for a, b in pairs if a.std() > 0 and b.std() > 0]
    return max((abs(v) for v in found), default=1.0)
