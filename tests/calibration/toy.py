"""A model whose posterior is known exactly: what a particle says is its parameter plus chance, both normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from kompetenssim.calibration.plan_file import Prior
from kompetenssim.calibration.sample import Sample, weights_of
from kompetenssim.calibration.space import quantile
from kompetenssim.forecast.plan import Plan
from kompetenssim.model.draws import uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PRIOR_MEAN, PRIOR_SD, CHANCE_SD, ERROR_SD = 1.0, 2.0, 0.8, 0.6
PRIOR = Prior.model_validate({"fordelning": "normal", "medelvarde": PRIOR_MEAN, "standardavvikelse": PRIOR_SD, "antagande": "ja"})
SEED = 11


class ToySpace:
    """One uniform, one free parameter."""

    names, keys, seed = ("x",), ("x",), SEED

    def uniforms(self, numbers: list[int], purpose: str = "parameter") -> Floats:
        return uniforms(self.names, numbers, self.seed, purpose)

    def chance(self, numbers: list[int]) -> Floats:
        return uniforms(("antas",), numbers, self.seed, "vandring")[:, 0]

    def free(self, u: Floats) -> Floats:
        return quantile(PRIOR, u)


class ToySimulator:
    """Says the parameter plus chance; the chance belongs to the simulation's number."""

    space = ToySpace()
    plan = Plan(simulations=1, per_draw=1, seed=SEED, scenarios=("leksak",))

    def predict(self, u: Floats, simulations: NDArray[np.int64]) -> Floats:
        chance = ndtri(uniforms(("slump",), simulations.tolist(), self.space.seed, "leksak"))
        return self.space.free(u) + CHANCE_SD * chance


def exact(observed: float) -> tuple[float, float]:
    """Give mean and standard deviation of the posterior: chance and declared error are both between parameter and observation."""
    noise = CHANCE_SD**2 + ERROR_SD**2
    precision = 1 / PRIOR_SD**2 + 1 / noise
    return (PRIOR_MEAN / PRIOR_SD**2 + observed / noise) / precision, precision**-0.5


def table(rows: int, observed: float) -> Sample:
    """Give a stored table with kernel weights."""
    numbers = np.arange(rows)
    u = ToySpace().uniforms(numbers.tolist())
    said = ToySimulator().predict(u, numbers)
    weights = weights_of(-0.5 * ((said[:, 0] - observed) / ERROR_SD) ** 2)
    return Sample(ToySpace().free(u), said, weights, numbers, numbers)
