"""Scores of forecasts that are named distributions, in closed form, beside those of samples (`forecast.scores`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, pi, sqrt
from statistics import NormalDist
from typing import Protocol

from kompetenssim.forecast.scores import (
    LEVELS,
    Interval,
    Score,
    crps_sample,
    interval_of,
    interval_score,
    pit,
    score_sample,
    tails,
    weighted_quantile,
)

__all__ = [
    "LEVELS", "Distribution", "Interval", "LogNormal", "Normal", "Score", "crps_sample", "interval_score", "pit",
    "score_distribution", "score_sample", "weighted_quantile",
]

_STANDARD = NormalDist()


class Distribution(Protocol):
    """What can be scored without drawing from it."""

    @property
    def mean(self) -> float:
        """The expected value."""
        ...

    def quantile(self, share: float) -> float:
        """Give the value that a share of the distribution lies below."""
        ...

    def pit(self, observed: float) -> float:
        """Give the share of the distribution below the outcome."""
        ...

    def crps(self, observed: float) -> float:
        """Give the continuous ranked probability score."""
        ...


@dataclass(frozen=True)
class Normal:
    """A normal distribution."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _check_spread(self.sd)

    def quantile(self, share: float) -> float:
        """Give the value that a share of the distribution lies below."""
        return self.mean + self.sd * _STANDARD.inv_cdf(share)

    def pit(self, observed: float) -> float:
        """Give the share of the distribution below the outcome."""
        return _STANDARD.cdf((observed - self.mean) / self.sd)

    def crps(self, observed: float) -> float:
        """Give the continuous ranked probability score (Gneiting and Raftery 2007, equation 21)."""
        z = (observed - self.mean) / self.sd
        return self.sd * (z * (2 * _STANDARD.cdf(z) - 1) + 2 * _STANDARD.pdf(z) - 1 / sqrt(pi))


@dataclass(frozen=True)
class LogNormal:
    """A log-normal distribution by its median and the standard deviation of its logarithm."""

    median: float
    sd: float

    def __post_init__(self) -> None:
        _check_spread(self.sd)
        if not (isfinite(self.median) and self.median > 0):
            raise ValueError(f"a log-normal distribution has a median above zero, not {self.median}")

    @property
    def mean(self) -> float:
        """The expected value, which lies above the median."""
        return self.median * exp(self.sd * self.sd / 2)

    def quantile(self, share: float) -> float:
        """Give the value that a share of the distribution lies below."""
        return self.median * exp(self.sd * _STANDARD.inv_cdf(share))

    def pit(self, observed: float) -> float:
        """Give the share of the distribution below the outcome."""
        return _STANDARD.cdf(self._z(observed))

    def crps(self, observed: float) -> float:
        """Give the continuous ranked probability score (Baran and Lerch 2015)."""
        z = self._z(observed)
        spread = _STANDARD.cdf(z - self.sd) + _STANDARD.cdf(self.sd / sqrt(2)) - 1
        return observed * (2 * _STANDARD.cdf(z) - 1) - 2 * self.mean * spread

    def _z(self, observed: float) -> float:
        return log(observed / self.median) / self.sd if observed > 0 else float("-inf")


def score_distribution(distribution: Distribution, observed: float, levels: Sequence[float] = LEVELS) -> Score:
    """Score a named distribution against the outcome, with the same figures as a sample."""
    if not isfinite(observed):
        raise ValueError(f"a forecast can be scored against a number only, not {observed}")
    ends = [(level, *map(distribution.quantile, tails(level))) for level in levels]
    return Score(float(observed), distribution.mean, distribution.crps(observed), distribution.pit(observed),
                 tuple(interval_of(low, high, observed, level) for level, low, high in ends))


def _check_spread(sd: float) -> None:
    if not (isfinite(sd) and sd > 0):
        raise ValueError(f"a distribution has a spread above zero, not {sd}")
