"""Two parameters on a grid: weights instead of a formula, drawn by the same two uniforms as the priors are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, ndtr

from kompetenssim.calibration.rate_posterior import gamma_prior
from kompetenssim.model.draws import ParameterSpec

Floats = NDArray[np.float64]

POINTS = 121
BEYOND = 1e-7  # the chance left out at each end of a prior
_NORMAL_80 = 2 * 1.2815515655446004


class Axis(NamedTuple):
    """One parameter: the middles of its intervals, their edges, and the prior's chance of each."""

    at: Floats
    edges: Floats
    prior: Floats

    def mean_sd(self, weights: Floats, *, logarithm: bool) -> tuple[float, float]:
        """Give mean and standard deviation under some weights, of the value or of its logarithm."""
        x = np.log(self.at) if logarithm else self.at
        mean = float(weights @ x)
        return mean, float(np.sqrt(weights @ (x - mean) ** 2))

    def quantile(self, weights: Floats, u: Floats | float) -> Floats:
        """Invert the distribution function; each interval is uniform."""
        below = np.append(0.0, np.cumsum(weights) / weights.sum())
        return np.asarray(np.interp(u, below, self.edges))


def axis(p: ParameterSpec) -> Axis:
    """Lay out a parameter: a gamma, a normal where it may be negative, one point where it is certain."""
    if not p.uncertain or p.low is None or p.high is None:
        return Axis(np.array([p.mode]), np.array([p.mode, p.mode]), np.ones(1))
    if p.least is not None and p.least >= 0.0:
        gamma = gamma_prior(p)
        edges = np.linspace(float(gamma.quantile(BEYOND)), float(gamma.quantile(1 - BEYOND)), POINTS + 1)
        below = gammainc(gamma.shape, gamma.rate * edges)
    else:
        mean, sd = (p.low + p.high) / 2, (p.high - p.low) / _NORMAL_80
        edges = mean + sd * np.linspace(-5.2, 5.2, POINTS + 1)
        below = ndtr((edges - mean) / sd)
    chance = np.diff(below)
    return Axis((edges[1:] + edges[:-1]) / 2, edges, chance / chance.sum())


class Grid(NamedTuple):
    """A joint posterior, `weights[first, second]`, summing to one."""

    first: Axis
    second: Axis
    weights: Floats

    def draw(self, u_first: Floats, u_second: Floats) -> tuple[Floats, Floats]:
        """Draw the first by its own distribution and the second given the first (Rosenblatt): one uniform each, monotone."""
        x = self.first.quantile(self.weights.sum(axis=1), u_first)
        row = np.clip(np.searchsorted(self.first.edges, x, side="right") - 1, 0, len(self.first.at) - 1)
        y = np.array([float(self.second.quantile(self.weights[i], u)) for i, u in zip(row, u_second, strict=True)])
        return x, y


def posterior(first: Axis, second: Axis, log_likelihood: Floats) -> Grid:
    """Weigh the prior with a likelihood given by its logarithm."""
    weights = np.exp(log_likelihood - log_likelihood.max()) * first.prior[:, None] * second.prior
    return Grid(first, second, np.maximum(weights / weights.sum(), 1e-300))
