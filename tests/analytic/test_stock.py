"""Stock from intake and exits: constant hazards, and hazards of age and time of employment."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from kompetenssim.model.calendar import MONTH, WEEK, YEAR
from kompetenssim.model.inputs import fill
from tests.analytic.build import build, flow, modes, numbered, simulate, unit, years, z

pytestmark = pytest.mark.analytic


def test_constant_intake_and_exponential_stay_give_binomial_survivors_plus_poisson() -> None:
    """Oracle (a): 40 groups of their own × 5 simulations; mean, variance and the flows, over eighteen months."""
    heads, a, h = 30, 25.0, 0.30
    names = list(numbered(40))
    template = build(
        groups={g: {"avgang_procent_ar": 100 * h, "sokande": {"ankomst_per_ar": a}} for g in names},
        units={"a": unit(dict.fromkeys(names, heads), dict.fromkeys(names, 60))},
        end="2024-06-30",
    )
    stock, hires = [], []
    for simulation in range(5):
        done = simulate(template, simulation=simulation)
        stock.append(flow(done, "employees")[-1])
        hires.append(flow(done, "hires").sum(axis=0))
    calendar = template.calendar
    horizon = calendar.horizon
    kept = exp(-h * years(horizon))
    intake = stayed = 0.0
    for begin, tick in zip(calendar.week_start[:-1], calendar.week_start[1:], strict=True):
        if tick < horizon:  # those who apply in a week begin at its tick
            intake += a * years(tick - begin)
            stayed += a * years(tick - begin) * exp(-h * years(horizon - tick))
    n, x, y = len(names) * 5, np.concatenate(stock), np.concatenate(hires)
    mean, variance = heads * kept + stayed, heads * kept * (1 - kept) + stayed
    assert abs(z(x.mean(), mean, variance / n)) < 3.5
    low, high = chi2.ppf([1e-4, 1 - 1e-4], n - 1) / (n - 1)
    assert low < x.var(ddof=1) / variance < high
    assert abs(z(y.mean(), intake, intake / n)) < 3.5


def _retirement(age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the hazard of retiring at an age from 62: normal with mean 64.5 and spread 1.5, constant over quarters of a year."""
    x = (np.floor(age * 4) / 4 + 0.125 - 64.5) / 1.5
    hazard: NDArray[np.float64] = np.where(age < 62, 0.0, np.minimum(4.0, norm.pdf(x) / norm.sf(x) / 1.5))
    return hazard


EVERY_AGE = {"22-29": 20, "30-49": 25, "50-59": 20, "60-66": 35}


@pytest.mark.parametrize(("ages", "exits", "heads", "n"), [(EVERY_AGE, 12, 1500, 10), ({"60-66": 100}, 0, 2000, 8)])
def test_headcount_by_age_is_the_cohort_component_expectation(ages: dict[str, int], exits: float, heads: int, n: int) -> None:
    """Oracle (b): retirement by age and exits by age and time of employment, and retirement alone to tell its timing."""
    factor = {"novis_avgang_faktor": 2.5, "ung_avgang_faktor": 1.8}
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": exits,
                "aldersfordelning": ages,
                "anstallningstid": {"0-1": 20, "1-2": 20, "2-5": 30, "5-20": 30},
                "pension": {"typisk_relativt_riktalder": -0.5, "spridning_ar": 1.5},
            }
        },
        units={"a": unit({"ssk": heads})},
        parameters=factor,
    )
    inputs = fill(template, modes(template))
    base = inputs.values[template.offsets()["exit_rate"]]
    horizon, notice, step = template.calendar.horizon, 3 * MONTH, WEEK // 7
    grid = np.arange(0, horizon, step)
    expected, variance = np.zeros((2, 100)), np.zeros((2, 100))
    counted = (364 * 1440, template.calendar.week_start[-1])
    for p in template.people:
        resign = base * np.where(grid - p.hired < 24 * MONTH, 2.5, 1.0) * np.where(grid - p.birth < 30 * YEAR, 1.8, 1.0)
        retire = _retirement((grid + notice - p.birth) / YEAR)
        left = np.exp(-np.concatenate([[0.0], np.cumsum((resign + retire) * years(step))]))
        already = 1.0 - exp(-retire[0] * years(notice))
        for k, end in enumerate(counted):
            last = min(end, horizon) // step
            first = max(0, last - notice // step)
            resigning = left[last] + np.sum(left[first:last] * retire[first:last] * years(step))
            alive = (1 - already) * resigning
            at = min(99, (end - p.birth) // YEAR)
            expected[k, at] += alive
            variance[k, at] += alive * (1 - alive)
    found = sum(simulate(template, simulation=s).ages[:, 0, :] for s in range(n))
    for k in range(2):
        many = variance[k] > 0.5
        scores = (found[k] - n * expected[k])[many] / np.sqrt(n * variance[k][many])
        assert abs(z(found[k].sum(), n * expected[k].sum(), n * variance[k].sum())) < 3.5
        assert chi2.sf(float(np.sum(scores**2)), int(many.sum())) > 1e-3
