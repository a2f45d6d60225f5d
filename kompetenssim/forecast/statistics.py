"""Statistics over simulations: quantiles by one sort, components of variance, effects, proportions."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PROBABILITIES = {"p05": 0.05, "p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90, "p95": 0.95}
Z80 = 1.2815515655446004  # standard normal quantile of 90 %


class Effects(NamedTuple):
    """Hold what paired differences say of an effect; NaN where it cannot be computed."""

    mean: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    sd_parameter: NDArray[np.float64]
    sd_chance: NDArray[np.float64]
    low80: NDArray[np.float64]
    high80: NDArray[np.float64]
    low95: NDArray[np.float64]
    high95: NDArray[np.float64]


def describe(values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Summarise over the first axis: `antal`, mean, standard deviation (n − 1) and quantiles of type 7; NaN is left out.

    One sort serves all quantiles.
    """
    simulations = len(values)
    total = values.sum(axis=0)
    if np.isnan(total).any():
        known = ~np.isnan(values)
        count = known.sum(axis=0)
        filled = np.where(known, values, 0.0)
        mean = np.divide(filled.sum(axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
        off = np.where(known, filled - np.where(count > 0, mean, 0.0), 0.0)
    else:
        count = np.full(total.shape, simulations)
        mean = total / simulations
        off = values - mean
    off *= off
    variance = np.divide(off.sum(axis=0), count - 1, out=np.full(count.shape, np.nan), where=count > 1)
    return {"antal": count, "medelvarde": mean, "standardavvikelse": np.sqrt(variance),
            **dict(zip(PROBABILITIES, quantiles(values, tuple(PROBABILITIES.values()), count), strict=True))}


def quantiles(
    values: NDArray[np.float64], probabilities: Sequence[float], count: NDArray[np.int64] | None = None,
) -> list[NDArray[np.float64]]:
    """Give quantiles of type 7 over the first axis; of each, `count` values are numbers and the others NaN (None: all are).

    The values are sorted along an axis that lies together in memory.
    """
    ordered = np.array(values.T, order="C")
    ordered.sort(axis=-1)
    last = len(values) - 1
    if count is None or (count > last).all():
        return [_between(ordered[..., below], ordered[..., min(below + 1, last)], at - below).T
                for at in (last * p for p in probabilities) for below in (int(at),)]
    found = []
    ends = np.maximum(count.T - 1, 0)
    for p in probabilities:
        at = ends * p
        below = np.floor(at).astype(np.int64)
        low, high = (np.take_along_axis(ordered, k[..., None], axis=-1)[..., 0] for k in (below, np.minimum(below + 1, ends)))
        found.append(_between(low, high, at - below).T)
    return found


def effects(differences: NDArray[np.float64], per_draw: int) -> Effects:
    """Estimate E[scenario − reference | parameter draw] from paired differences [simulation, …].

    sd_parameter² is the covariance of the differences of a draw (mean over pairs when there are more than two),
    sd_chance² the variance within draws. Draw means are shrunk towards the mean by
    sd_parameter² / (sd_parameter² + sd_chance² / per_draw) before their quantiles are taken: an interval over single
    pairs would measure the coupling of the random numbers. Components need two complete draws of two
    simulations; incomplete draws count in the mean only. The standard error is that of draw means.
    """
    simulations, shape = differences.shape[0], differences.shape[1:]
    draws = simulations // per_draw
    mean = differences.mean(axis=0)
    empty = np.full(shape, np.nan)
    if draws < 2:
        return Effects(mean, *(empty,) * 7)
    grouped = differences[: draws * per_draw].reshape(draws, per_draw, *shape)
    of_draw = grouped.mean(axis=1)
    error = of_draw.std(axis=0, ddof=1) / sqrt(draws)
    if per_draw < 2:
        return Effects(mean, error, *(empty,) * 6)
    parameter, chance, of_draw = _shrunk(grouped, of_draw, mean)
    low80, high80, low95, high95 = quantiles(of_draw, (0.10, 0.90, 0.025, 0.975))
    undefined = np.isnan(mean)
    parts = (np.sqrt(parameter), np.sqrt(chance), low80, high80, low95, high95)
    return Effects(mean, error, *(np.where(undefined, np.nan, part) for part in parts))


def draw_effects(differences: NDArray[np.float64], per_draw: int) -> NDArray[np.float64] | None:
    """Give the estimate of E[difference | draw] for each complete draw, shrunk as in `effects`; None when it cannot be made."""
    draws = differences.shape[0] // per_draw
    if draws < 2 or per_draw < 2:
        return None
    grouped = differences[: draws * per_draw].reshape(draws, per_draw, *differences.shape[1:])
    return _shrunk(grouped, grouped.mean(axis=1), differences.mean(axis=0))[2]


def correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate over the first axis; NaN when one of them does not vary."""
    da, db = a - a.mean(axis=0), b - b.mean(axis=0)
    product = da * db
    da *= da
    db *= db
    scale = np.sqrt(da.sum(axis=0) * db.sum(axis=0))
    found: NDArray[np.float64] = np.divide(product.sum(axis=0), scale, out=np.full(scale.shape, np.nan), where=scale > 0)
    return found


def effective_number(hits: NDArray[np.bool_], draw: NDArray[np.int64]) -> float:
    """Count the simulations that a share is worth: K·R / (1 + (R − 1)·ρ).

    `draw` names the distinct parameter draw of each simulation (equal rows of posterior draws share a name); K is
    the Kish number of distinct draws, R = simulations / K, and ρ the correlation within draws (analysis of variance).
    When all simulations agree ρ cannot be seen and 1 is assumed; with a single draw nothing is shared: ρ = 0.
    """
    _, counts = np.unique(draw, return_counts=True)
    n = len(hits)
    kish = n * n / float((counts * counts).sum())
    per_draw = n / kish
    return kish * per_draw / (1 + (per_draw - 1) * intra_draw_correlation(hits, draw))


def intra_draw_correlation(hits: NDArray[np.bool_], draw: NDArray[np.int64]) -> float:
    """Estimate the correlation between simulations of one draw by analysis of variance, kept within 0 and 1."""
    names, index, counts = np.unique(draw, return_inverse=True, return_counts=True)
    n, k = len(hits), len(names)
    if k < 2 or n == k:
        return 0.0
    value = hits.astype(np.float64)
    if value.min() == value.max():
        return 1.0
    means = np.bincount(index, weights=value) / counts
    between = float((counts * (means - value.mean()) ** 2).sum()) / (k - 1)
    within = float(((value - means[index]) ** 2).sum()) / (n - k)
    size = (n - float((counts * counts).sum()) / n) / (k - 1)
    total = between + (size - 1) * within
    return min(1.0, max(0.0, (between - within) / total)) if total > 0 else 1.0


def wilson(share: float, number: float, z: float = Z80) -> tuple[float, float]:
    """Give the Wilson interval of a share seen in an effective number of trials, 80 % unless told otherwise."""
    centre = (share + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return (0.0 if share == 0 else centre - half), (1.0 if share == 1 else centre + half)


def _between(low: NDArray[np.float64], high: NDArray[np.float64], share: NDArray[np.float64] | float) -> NDArray[np.float64]:
    found: NDArray[np.float64] = low + share * (high - low)
    return found


def _shrunk(
    grouped: NDArray[np.float64], of_draw: NDArray[np.float64], mean: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give both variances and the shrunk draw means, which replace `of_draw`."""
    per_draw = grouped.shape[1]
    chance = grouped.var(axis=1, ddof=1).mean(axis=0)
    parameter = np.maximum(_mean_covariance(grouped), 0.0)
    total = parameter + chance / per_draw
    factor = np.divide(parameter, total, out=np.zeros(mean.shape), where=total > 0)
    of_draw -= of_draw.mean(axis=0)
    of_draw *= factor
    of_draw += mean
    return parameter, chance, of_draw


def _mean_covariance(grouped: NDArray[np.float64]) -> NDArray[np.float64]:
    draws, per_draw = grouped.shape[:2]
    centred = grouped - grouped.mean(axis=0)
    of_sum = (centred.sum(axis=1) ** 2).sum(axis=0)
    centred *= centred
    of_each = centred.sum(axis=(0, 1))
    covariance: NDArray[np.float64] = (of_sum - of_each) / (per_draw * (per_draw - 1) * (draws - 1))
    return covariance
