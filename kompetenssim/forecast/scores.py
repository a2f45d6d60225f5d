"""How well a forecast given as a sample met what happened: intervals, CRPS and PIT, with weights where draws have them.

Everything is in the unit of what is forecast. A sample is the forecast distribution itself: the CRPS is that of its empirical
distribution, so that a small sample is not given credit for a distribution that it does not show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LEVELS = (0.5, 0.8, 0.95)
"""The central intervals that every forecast is shown with."""


class Interval(NamedTuple):
    """A central interval of a forecast and how it met the outcome; the lower the score, the better."""

    level: float
    low: float
    high: float
    score: float
    inside: bool


@dataclass(frozen=True)
class Score:
    """One forecast held against one outcome. `pit` is the share of the forecast below the outcome: 0.5 is its median."""

    observed: float
    mean: float
    crps: float
    pit: float
    intervals: tuple[Interval, ...]

    @property
    def error(self) -> float:
        """Mean less outcome: above zero, the forecast was too high."""
        return self.mean - self.observed

    def at(self, level: float) -> Interval:
        """Give the interval of a level. Raises KeyError for one that was not asked for."""
        for interval in self.intervals:
            if interval.level == level:
                return interval
        raise KeyError(level)


def score_sample(
    values: ArrayLike, observed: float, weights: ArrayLike | None = None, levels: Sequence[float] = LEVELS,
) -> Score:
    """Score a sample against the outcome with everything that a table of forecasts shows."""
    import numpy as np

    sample, weight = _sample(values, weights)
    ends = [(level, *(weighted_quantile(sample, share, weight) for share in tails(level))) for level in levels]
    return Score(
        _outcome(observed), float(np.average(sample, weights=weight)), crps_sample(sample, observed, weight),
        pit(sample, observed, weight), tuple(interval_of(low, high, observed, level) for level, low, high in ends))


def crps_sample(values: ArrayLike, observed: float, weights: ArrayLike | None = None) -> float:
    """Give the continuous ranked probability score: mean distance to the outcome less half that between two draws."""
    import numpy as np

    sample, weight = _ordered(values, weights)
    below = np.cumsum(weight)[:-1]
    return float(weight @ np.abs(sample - _outcome(observed)) - (below * (1 - below)) @ np.diff(sample))


def pit(values: ArrayLike, observed: float, weights: ArrayLike | None = None) -> float:
    """Give the share of the sample below the outcome, and half of what equals it: counts would otherwise lean to one side."""
    sample, weight = _sample(values, weights)
    outcome = _outcome(observed)
    return float(weight[sample < outcome].sum() + weight[sample == outcome].sum() / 2)


def interval_score(low: float, high: float, observed: float, level: float) -> float:
    """Give the width of a central interval plus 2/(1 − level) times how far outside it the outcome lies.

    Its expected value is least for the true quantiles, so that neither a wide interval nor a narrow one pays.
    """
    if not low <= high:
        raise ValueError(f"an interval has its low end first, not {low} to {high}")
    outcome = _outcome(observed)
    return high - low + 2 / (1 - _level(level)) * (max(0.0, low - outcome) + max(0.0, outcome - high))


def weighted_quantile(values: ArrayLike, share: float, weights: ArrayLike | None = None) -> float:
    """Give the quantile of a weighted sample; with equal weights type 7, as in the result tables.

    Draws stand on the scale 0–1 with half the weight of each neighbour between them; draws without weight have no place on it.
    """
    import numpy as np

    if not 0 <= share <= 1:
        raise ValueError(f"a quantile is asked for by a share of 0 to 1, not {share}")
    sample, weight = _ordered(values, weights)
    sample, weight = sample[weight > 0], weight[weight > 0]
    steps = (weight[1:] + weight[:-1]) / 2
    place = np.concatenate([[0.0], np.cumsum(steps)])
    return float(np.interp(share * place[-1], place, sample))


def interval_of(low: float, high: float, observed: float, level: float) -> Interval:
    """Hold a central interval against the outcome; its ends belong to it."""
    return Interval(level, low, high, interval_score(low, high, observed, level), low <= observed <= high)


def tails(level: float) -> tuple[float, float]:
    """Give the shares of the distribution below the ends of a central interval."""
    return (1 - _level(level)) / 2, (1 + level) / 2


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not {level}")
    return level


def _outcome(observed: float) -> float:
    if not isfinite(observed):
        raise ValueError(f"a forecast can be scored against a number only, not {observed}")
    return float(observed)


def _ordered(values: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    sample, weight = _sample(values, weights)
    order = sample.argsort(kind="stable")
    return sample[order], weight[order]


def _sample(values: ArrayLike, weights: ArrayLike | None) -> tuple[Floats, Floats]:
    """Give the sample and its weights, which sum to one."""
    import numpy as np

    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or not sample.size or not np.isfinite(sample).all():
        lacking = int((~np.isfinite(sample)).sum())
        raise ValueError(f"a sample is one row of numbers, not of shape {sample.shape} with {lacking} that are none")
    if weights is None:
        return sample, np.full(sample.shape, 1 / sample.size)
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != sample.shape or not np.isfinite(weight).all() or weight.min() < 0 or weight.sum() <= 0:
        raise ValueError("weights are as many as the draws, none below zero and not all zero")
    return sample, weight / weight.sum()
