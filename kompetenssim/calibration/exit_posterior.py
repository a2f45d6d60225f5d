"""Resignations: every group's rate together with the two factors that all groups share, for the new and for the young.

A rate is written as the share of the register of the start state that resigns in a year. What those with long service and 30
years or more have follows from it and the factors, as in the model (`start_state.exit_rates`), and so the posterior is
joint: the factors on a grid, and given them each group's rate a gamma.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kompetenssim.calibration.grid_posterior import Axis, Floats, Grid, posterior
from kompetenssim.calibration.rate_posterior import Gamma, Mixture, log_marginal
from kompetenssim.calibration.register import NOVICE, RESIGNATIONS, YOUNG, RegisterRow
from kompetenssim.model.start_tables import GroupStart

NEGLIGIBLE = 1e-7


class Resignations(NamedTuple):
    """A group's counts and person-years by (new, young), the same classes of the register at the start, and its prior.

    `prior` is None where the region file has one certain value, `certain` (per cent a year).
    """

    counts: Floats
    person_years: Floats
    start: Floats
    prior: Gamma | None
    certain: float

    def mean(self, novice: Floats, young: Floats) -> Floats:
        """Give the mean of the factors over the register, which the stated share is the mean rate of."""
        heads = float(self.start.sum())
        return weighed(self.start, novice, young) / heads if heads > 0 else np.ones_like(novice * young)

    def exposure(self, novice: Floats, young: Floats) -> Floats:
        """Give the expected count for one per cent a year."""
        return weighed(self.person_years, novice, young) / self.mean(novice, young) / 100

    def log_likelihood(self, novice: Floats, young: Floats, dispersion: float) -> Floats:
        """Give the logarithm of the chance of the counts by class, the group's own rate integrated out."""
        exposure, total = self.exposure(novice, young) / dispersion, float(self.counts.sum()) / dispersion
        by_class = (self.counts[1].sum() * np.log(novice) + self.counts[:, 1].sum() * np.log(young)) / dispersion
        by_class = by_class - total * np.log(self.mean(novice, young))
        if self.prior is None:
            return np.asarray(by_class - self.certain * exposure)
        return np.asarray(by_class + log_marginal(self.prior, total, exposure))


def weighed(classes: Floats, novice: Floats, young: Floats) -> Floats:
    """Sum (new, young) classes, each times its factors."""
    found: Floats = classes[0, 0] + classes[0, 1] * young + classes[1, 0] * novice + classes[1, 1] * novice * young
    return found


def resignations(rows: Sequence[RegisterRow], start: GroupStart, prior: Gamma | None, certain: float) -> Resignations:
    """Count up a group's rows."""
    counts, years = np.zeros((2, 2)), np.zeros((2, 2))
    for row in rows:
        if RESIGNATIONS in row.counts:
            at = int(row.tenures.low < NOVICE), int(row.ages.low < YOUNG)
            counts[at] += row.counts[RESIGNATIONS]
            years[at] += row.at_work
    register = np.array([[start.known, start.known_young], [start.novice, start.novice_young]])
    return Resignations(counts, years, register, prior, certain)


class Exits(NamedTuple):
    """The joint posterior."""

    grid: Grid
    groups: tuple[Resignations, ...]
    dispersion: float

    def rate(self, group: Resignations) -> Mixture:
        """Give a group's own posterior, the factors integrated out."""
        assert group.prior is not None
        kept = self.grid.weights > NEGLIGIBLE * self.grid.weights.max()
        exposure = group.exposure(self.grid.first.at[:, None], self.grid.second.at)[kept]
        weights = self.grid.weights[kept] / self.grid.weights[kept].sum()
        shape = group.prior.shape + float(group.counts.sum()) / self.dispersion
        return Mixture(shape, group.prior.rate + exposure / self.dispersion, weights)

    def draw(self, group: Resignations, u: Floats, novice: Floats, young: Floats) -> Floats:
        """Draw a group's rate given drawn factors."""
        assert group.prior is not None
        rate = group.prior.rate + group.exposure(novice, young) / self.dispersion
        return Gamma(group.prior.shape + float(group.counts.sum()) / self.dispersion, 1.0).quantile(u) / rate


def fit(groups: Sequence[Resignations], novice: Axis, young: Axis, dispersion: float) -> Exits:
    """Weigh the priors of the factors by all groups' counts."""
    down, across = novice.at[:, None], young.at
    found = np.zeros((len(novice.at), len(young.at)))
    for group in groups:
        found += group.log_likelihood(down, across, dispersion)
    return Exits(posterior(novice, young, found), tuple(groups), dispersion)
