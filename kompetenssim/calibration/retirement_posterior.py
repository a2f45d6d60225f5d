"""When a group retires, from counts by single years of age: typical age relative to riktåldern, and its spread.

Within a class people grow older and fewer. The expected count is therefore that of a life table: those who leave between
two birthdays over the years lived between them, both by the model's own hazard, quarter by quarter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from functools import cache
from math import inf
from typing import NamedTuple

import numpy as np

from kompetenssim.calibration.grid_posterior import Axis, Floats, Grid, posterior
from kompetenssim.calibration.register import PENSION_FROM, PENSIONS, RegisterRow
from kompetenssim.model.rules import RIGHT_AGE_RATE, retirement_hazard
from kompetenssim.model.start_tables import RETIREMENT_FIRST_YEAR
from kompetenssim.model.template import Template

OPEN_YEARS = 15  # an open class ends there, as in the age tables of a region file
_hazard = np.vectorize(retirement_hazard, otypes=[float])


class Retirements(NamedTuple):
    """One class that is at risk: year, ages, riktålder and legal ages of the year, who retired and the years lived."""

    year: int
    low: float
    high: float
    norm: float
    earliest: float
    right: float
    retired: int
    person_years: float


def at_risk(template: Template, rows: Sequence[RegisterRow]) -> list[Retirements]:
    """Give the classes of a group in which the model lets people retire."""
    found = []
    for row in rows:
        if PENSIONS in row.counts and row.ages.low >= PENSION_FROM:
            day = (date(row.year, 1, 1) - template.start).days
            norm, earliest, right = (
                dated[max(0, bisect_right([d for d, _ in dated], day) - 1)][1]
                for dated in (template.dated_norm_age, template.dated_earliest_age, template.dated_right_age))
            if row.ages.high > earliest:
                high = row.ages.low + OPEN_YEARS if row.ages.high == inf else row.ages.high
                retired, lived = row.counts[PENSIONS], row.person_years
                found.append(Retirements(row.year, row.ages.low, high, norm, earliest, right, retired, lived))
    return found


def expected(c: Retirements, mean: Floats, spread: Floats) -> Floats:
    """Give the expected count of a class for typical ages (down) and spreads (across)."""
    alive: Floats = np.ones((len(mean), len(spread)))
    gone, lived = np.zeros_like(alive), np.zeros_like(alive)
    for quarter in range(int(4 * c.low), int(4 * c.high)):
        h = _rates(tuple(mean), tuple(spread), int(quarter - 4 * c.norm - 4 * RETIREMENT_FIRST_YEAR))
        h = np.zeros_like(h) if quarter / 4 < c.earliest else np.maximum(h, RIGHT_AGE_RATE) if quarter / 4 >= c.right else h
        leave = alive * -np.expm1(-h / 4)
        lived = lived + np.where(h > 0, leave / np.where(h > 0, h, 1.0), alive / 4)
        gone, alive = gone + leave, alive - leave
    found: Floats = c.person_years * gone / lived
    return found


@cache
def _rates(mean: tuple[float, ...], spread: tuple[float, ...], quarter: int) -> Floats:
    """Give the model's hazard in a quarter of age relative to riktåldern, at its middle."""
    age = RETIREMENT_FIRST_YEAR + (quarter + 0.5) / 4
    found: Floats = _hazard(age, np.array(mean)[:, None], np.array(spread))
    return found


def fit(classes: Sequence[Retirements], mean: Axis, spread: Axis, dispersion: float) -> Grid:
    """Weigh the priors by the counts, each Poisson with its expected count and weighing 1/dispersion."""
    log_likelihood = np.zeros((len(mean.at), len(spread.at)))
    for c in classes:
        mu = np.maximum(expected(c, mean.at, spread.at), 1e-12)
        log_likelihood += (c.retired * np.log(mu) - mu) / dispersion
    return posterior(mean, spread, log_likelihood)
