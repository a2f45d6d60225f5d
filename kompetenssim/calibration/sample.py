"""A weighted sample of a posterior, and what can be said of it: moments, contraction, directions that the data decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kompetenssim.calibration.space import prior_moments, to_normal_scale

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.plan_file import Prior

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

BLOCKS, FEW = 20, 10  # of the jackknife; as many must hold particles for its error to be told
NORMAL_90 = 1.2815515655446004  # one-sided 90 % point
IDENTIFIED, DIRECTION, CONFLICT = 0.2, 0.64, 2.0
"""Limits of domain model 6.4: lower bound of contraction, eigenvalue (0.8² of the prior's spread), shift in prior deviations."""

NOT_IDENTIFIED = "ej identifierad, styrs av antagande"


@dataclass(frozen=True)
class Sample:
    """Particles with weights that sum to one.

    `free` [particle, key], `predicted` [particle, aim], `simulations` the key of each, `ancestors` the row of the table that
    it came from (itself, in the table). `uniforms` is None where they follow from the simulation's number.
    """

    free: Floats
    predicted: Floats
    weights: Floats
    simulations: Integers
    ancestors: Integers
    uniforms: Floats | None = None

    def without(self, block: int) -> Sample:
        """Give the sample without the particles whose ancestor falls in one block of the jackknife."""
        kept = self.ancestors % BLOCKS != block
        weights = self.weights[kept]
        return Sample(self.free[kept], self.predicted[kept], weights / weights.sum(), self.simulations[kept],
                      self.ancestors[kept])


@dataclass(frozen=True)
class Learnt:
    """What the data say of one free parameter, on its prior's normal scale unless a name says otherwise.

    `quantiles` and `prior_quantiles` are 5, 10, 50, 90 and 95 % in the parameter's own unit; `shift` is in prior deviations.
    """

    key: str
    prior_quantiles: tuple[float, ...]
    quantiles: tuple[float, ...]
    contraction: float
    contraction_error: float
    shift: float

    @property
    def identified(self) -> bool:
        """Tell whether the data narrow the parameter: the lower 90 % bound of its contraction exceeds 0.2."""
        return self.contraction - NORMAL_90 * self.contraction_error > IDENTIFIED

    @property
    def label(self) -> str:
        """Say in a report what the parameter rests on."""
        return "" if self.identified else NOT_IDENTIFIED

    @property
    def conflict(self) -> str:
        """Say whether data and prior disagree; empty when they do not."""
        reasons = []
        if self.contraction + NORMAL_90 * self.contraction_error < 0:
            reasons.append("vidare än prioren")
        if abs(self.shift) > CONFLICT:
            reasons.append(f"flyttad {abs(self.shift):.1f} priorstandardavvikelser")
        return ", ".join(reasons)


SHARES = (0.05, 0.10, 0.50, 0.90, 0.95)


def learnt(sample: Sample, priors: Mapping[str, Prior]) -> tuple[Learnt, ...]:
    """Say what a sample tells of each free parameter, with errors from a jackknife over ancestors."""
    import numpy as np

    from kompetenssim.calibration.space import quantile

    found = []
    for k, (key, prior) in enumerate(sorted(priors.items())):
        mean, sd = prior_moments(prior)

        def moments(of: Sample, column: int = k, prior: Prior = prior) -> tuple[float, float]:
            at = to_normal_scale(prior, of.free[:, column])
            centre = float(of.weights @ at)
            return centre, float(np.sqrt(of.weights @ (at - centre) ** 2))

        centre, spread = moments(sample)
        blocks = _blocks(sample)
        parts = [1.0 - moments(sample.without(block))[1] / sd for block in range(BLOCKS)] if blocks >= FEW else []
        error = float(np.sqrt((len(parts) - 1) * np.var(parts))) if parts else float("nan")
        own = tuple(float(v) for v in quantile(prior, np.array(SHARES)))
        after = tuple(float(_quantile(sample.free[:, k], p, sample.weights)) for p in SHARES)
        found.append(Learnt(key, own, after, 1.0 - spread / sd, error, (centre - mean) / sd))
    return tuple(found)


def _quantile(values: Floats, share: float, weights: Floats) -> float:
    import numpy as np

    order = np.argsort(values, kind="stable")
    at = int(np.searchsorted(np.cumsum(weights[order]), share))
    return float(values[order[min(at, len(order) - 1)]])


def _blocks(sample: Sample) -> int:
    """Count the blocks of the jackknife that hold anything: with few of them its error means nothing."""
    import numpy as np

    return len(np.unique(sample.ancestors[sample.weights > 0] % BLOCKS))


def eigenvalues(sample: Sample, priors: Mapping[str, Prior]) -> tuple[float, ...]:
    """Give the eigenvalues of the posterior covariance scaled by the prior's deviations, the smallest first.

    Below 0.64 the data decide a direction: a combination of parameters, even where they decide none alone.
    """
    import numpy as np

    scaled = np.column_stack([to_normal_scale(prior, sample.free[:, k]) / prior_moments(prior)[1]
                              for k, (_, prior) in enumerate(sorted(priors.items()))])
    centred = scaled - sample.weights @ scaled
    covariance = centred.T @ (centred * sample.weights[:, None])
    return tuple(float(v) for v in np.linalg.eigvalsh(covariance))


def directions(values: Sequence[float]) -> int:
    """Count the directions that the data decide."""
    return sum(v < DIRECTION for v in values)


def weights_of(log_kernel: Floats) -> Floats:
    """Normalise kernels; all zero where no particle says anything near the data."""
    import numpy as np

    most = log_kernel.max(initial=-np.inf)
    if not np.isfinite(most):
        return np.zeros_like(log_kernel)
    kernel = np.exp(log_kernel - most)
    weights: Floats = kernel / kernel.sum()
    return weights


def effective_size(weights: Floats) -> float:
    """Give Kish's effective size of a weighted sample."""
    total = float((weights**2).sum())
    return 1.0 / total if total > 0 else 0.0


def systematic(weights: Floats, number: int, start: float) -> Integers:
    """Choose `number` particles, each as often as its weight says, within one (Kitagawa's systematic resampling)."""
    import numpy as np

    at = np.searchsorted(np.cumsum(weights), (np.arange(number) + start) / number, side="right")
    return np.minimum(at, len(weights) - 1).astype(np.int64)
