"""Rates from counts: a gamma prior with the region file's 10 % and 90 % points, a Poisson count, a gamma posterior.

The gamma stands in for the region file's modified PERT because it is conjugate and has no upper end: counts can move a rate
out of the interval that was written, and that is then told as a conflict.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, gammainc, gammaincinv, gammaln, polygamma

from kompetenssim.model.draws import ParameterSpec

Floats = NDArray[np.float64]

LEAST_PART = 0.01  # a lower point of zero has no logarithm: the gamma's is this part of the upper point (assumption)
PEAKED, FLAT = 1e7, 0.05


class Gamma(NamedTuple):
    """A gamma distribution of a rate; `rate` is per unit of the parameter."""

    shape: float
    rate: float

    def quantile(self, p: Floats | float) -> Floats:
        """Invert the distribution function."""
        found: Floats = gammaincinv(self.shape, p) / self.rate
        return found

    @property
    def log_sd(self) -> float:
        """The standard deviation of the logarithm, the scale on which contraction is told."""
        return float(np.sqrt(polygamma(1, self.shape)))

    @property
    def log_mean(self) -> float:
        """The mean of the logarithm."""
        return float(digamma(self.shape) - np.log(self.rate))


def gamma_prior(p: ParameterSpec) -> Gamma:
    """Match the 10 % and 90 % points of an uncertain parameter; their quotient gives the shape."""
    assert p.low is not None and p.high is not None
    low = max(p.low, LEAST_PART * p.high)
    flat, peaked = np.log(FLAT), np.log(PEAKED)
    for _ in range(80):
        shape = np.exp((flat + peaked) / 2)
        wide = gammaincinv(shape, 0.9) / gammaincinv(shape, 0.1) > p.high / low
        flat, peaked = (np.log(shape), peaked) if wide else (flat, np.log(shape))
    return Gamma(float(shape), float(gammaincinv(shape, 0.1) / low))


class Mixture(NamedTuple):
    """Gammas of one shape, with weights: a rate whose exposure is itself uncertain."""

    shape: float
    rates: Floats
    weights: Floats

    def quantile(self, p: float) -> float:
        """Invert the distribution function by bisection."""
        ends = gammaincinv(self.shape, p) / self.rates
        low, high = float(ends.min()), float(ends.max())
        for _ in range(60):
            middle = (low + high) / 2
            below = float(self.weights @ gammainc(self.shape, self.rates * middle)) < p
            low, high = (middle, high) if below else (low, middle)
        return (low + high) / 2

    @property
    def mode(self) -> float:
        """The most likely value, on a grid of the inner 98 %."""
        if self.shape <= 1.0:
            return self.quantile(0.01)
        x = np.linspace(self.quantile(0.01), self.quantile(0.99), 201)
        log_density = (self.shape - 1) * np.log(x)[:, None] + self.shape * np.log(self.rates) - x[:, None] * self.rates
        density = np.exp(log_density - log_density.max()) @ self.weights
        return float(x[int(density.argmax())])

    @property
    def log_mean(self) -> float:
        """The mean of the logarithm."""
        return float(digamma(self.shape) - self.weights @ np.log(self.rates))

    @property
    def log_sd(self) -> float:
        """The standard deviation of the logarithm."""
        means = -np.log(self.rates)
        spread = float(self.weights @ means**2 - (self.weights @ means) ** 2)
        return float(np.sqrt(polygamma(1, self.shape) + max(0.0, spread)))


def log_marginal(prior: Gamma, count: float, exposure: Floats) -> Floats:
    """Give the log chance of a count at each exposure, the rate integrated out, less what exposure does not change."""
    found: Floats = gammaln(prior.shape + count) - (prior.shape + count) * np.log(prior.rate + exposure)
    return found
