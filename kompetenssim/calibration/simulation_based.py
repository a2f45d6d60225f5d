"""Simulation-based calibration: does the fit, told data that it made itself, say the truth as often as it claims?

Truths are rows of the stored table, left out one at a time; the kernel's error is added to what they say, since that is the
error the fit assumes (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, arXiv:1804.06788). It costs no simulation. It tries
the weighing of the table; a walk is tried on a toy only (`tests/calibration/test_toy.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.model.keyed import name_key, uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.sample import Sample

    Floats = NDArray[np.float64]

TRUTHS, DRAWS = 500, 19
"""Truths, and posterior draws that each is ranked among: twenty equally likely ranks."""

LEVELS = (0.5, 0.8, 0.95)
LEAST = 0.05
"""The chance of a false alarm over all parameters together."""


class Checked(NamedTuple):
    """What came out for one parameter: counts of ranks, chi-square with its p, share of truths inside each of LEVELS."""

    key: str
    ranks: tuple[int, ...]
    chi_square: float
    p: float
    inside: tuple[float, ...]

    def held(self, parameters: int) -> bool:
        """Tell whether ranks could be even and intervals cover as they say: four tests, Bonferroni over them and parameters."""
        from scipy.stats import binomtest

        truths, limit = sum(self.ranks), LEAST / parameters / (1 + len(LEVELS))
        covers = zip(self.inside, LEVELS, strict=True)
        return self.p >= limit and all(binomtest(round(s * truths), truths, level).pvalue >= limit for s, level in covers)


class Calibrated(NamedTuple):
    """All parameters, the number of truths, and the effective sizes their posteriors had (5 %, median)."""

    checked: tuple[Checked, ...]
    truths: int
    effective_low: float
    effective_median: float

    @property
    def holds(self) -> bool:
        """Tell whether every parameter is as it should."""
        return all(c.held(len(self.checked)) for c in self.checked)


def calibrate(
    table: Sample, keys: tuple[str, ...], aims: int, sd: Floats, seed: int, truths: int = TRUTHS, draws: int = DRAWS,
) -> Calibrated:
    """Rank left-out truths among posterior draws of their own. `aims` are the first columns of `predicted`, with errors `sd`."""
    import numpy as np
    from scipy.special import ndtri
    from scipy.stats import chi2

    said = table.predicted[:, :aims]
    usable = np.flatnonzero(~np.isnan(said).any(axis=1))
    chosen = usable[: min(truths, len(usable) - 1)]
    noise = np.array([[ndtri(uniform(name_key(seed, "sbc", "fel"), k, int(t))) for k in range(aims)] for t in chosen])
    data = said[chosen] + noise.reshape(len(chosen), aims) * sd
    ranks = np.zeros((len(keys), draws + 1), dtype=np.int64)
    inside = np.zeros((len(keys), len(LEVELS)))
    effective = np.empty(len(chosen))
    for i, truth in enumerate(chosen.tolist()):
        log_kernel = -0.5 * (((said[usable] - data[i]) / sd) ** 2).sum(axis=1)
        log_kernel[usable == truth] = -np.inf
        weights = np.exp(log_kernel - log_kernel.max())
        weights /= weights.sum()
        effective[i] = 1.0 / (weights**2).sum()
        u = np.array([uniform(name_key(seed, "sbc", "urval"), d, truth) for d in range(draws)])
        picked = usable[np.minimum(np.searchsorted(np.cumsum(weights), u, side="right"), len(usable) - 1)]
        for k in range(len(keys)):
            value = table.free[truth, k]
            ranks[k, int((table.free[picked, k] < value).sum())] += 1
            share = float(weights[table.free[usable, k] < value].sum())
            inside[k] += [abs(share - 0.5) <= level / 2 for level in LEVELS]
    expected = len(chosen) / (draws + 1)
    square = ((ranks - expected) ** 2 / expected).sum(axis=1)
    found = tuple(
        Checked(key, tuple(ranks[k].tolist()), float(square[k]), float(chi2.sf(square[k], draws)),
                tuple((inside[k] / len(chosen)).tolist()))
        for k, key in enumerate(keys))
    return Calibrated(found, len(chosen), float(np.quantile(effective, 0.05)), float(np.median(effective)))
