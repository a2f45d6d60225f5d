"""Quantiles, components of variance, effects and proportions against formulas and numpy."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.forecast.statistics import (
    PROBABILITIES,
    correlation,
    describe,
    effective_number,
    effects,
    intra_draw_correlation,
    wilson,
)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40))
def test_quantiles_are_numpys_type_seven_and_deviation_has_n_minus_one(values: list[float]) -> None:
    array = np.array(values)[:, None]
    found = describe(array)
    for name, p in PROBABILITIES.items():
        assert found[name][0] == pytest.approx(np.quantile(array[:, 0], p, method="linear"), rel=1e-9, abs=1e-6)
    assert found["standardavvikelse"][0] == pytest.approx(array.std(ddof=1), rel=1e-6, abs=1e-6)
    assert found["antal"][0] == len(values)


@pytest.mark.unit
def test_simulations_without_a_value_are_left_out_and_counted() -> None:
    found = describe(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]]))
    assert found["antal"].tolist() == [2, 0]
    assert found["medelvarde"][0] == 2 and found["p50"][0] == 2 and found["standardavvikelse"][0] == pytest.approx(sqrt(2))
    assert np.isnan([found[name][1] for name in ("medelvarde", "p05", "p95", "standardavvikelse")]).all()


@pytest.mark.property
@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(2, 4), st.integers(1, 5), st.floats(0, 0.5), st.integers(0, 2**32))
def test_the_layout_in_memory_changes_no_bit(simulations: int, periods: int, places: int, gaps: float, seed: int) -> None:
    """[simulation, period, place] with the place outermost in memory, as it is read, or innermost; and the plain formulas."""
    rng = np.random.default_rng(seed)
    values = rng.normal(1e6, 3e5, (simulations, periods, places))
    values[rng.random(values.shape) < gaps] = np.nan
    before = values.copy()
    ours, theirs = describe(values), describe(values.transpose(2, 0, 1).copy().transpose(1, 2, 0))
    assert np.array_equal(values, before, equal_nan=True)
    count = (~np.isnan(values)).sum(axis=0)
    ordered = np.sort(values, axis=0)
    for name, found in ours.items():
        assert np.array_equal(found, theirs[name], equal_nan=True), name
    for name, p in PROBABILITIES.items():
        at = np.maximum(count - 1, 0) * p
        below = np.floor(at).astype(int)
        above = np.minimum(below + 1, np.maximum(count - 1, 0))
        low, high = (np.take_along_axis(ordered, k[None], axis=0)[0] for k in (below, above))
        assert np.array_equal(ours[name], low + (at - below) * (high - low), equal_nan=True), name


@pytest.mark.unit
def test_a_single_simulation_has_a_value_but_no_deviation() -> None:
    found = describe(np.array([[4.0]]))
    assert found["p10"][0] == found["p90"][0] == found["medelvarde"][0] == 4.0 and np.isnan(found["standardavvikelse"][0])


@pytest.mark.unit
def test_the_shrinkage_formula_on_a_worked_example() -> None:
    pairs = np.array([[1.0, 3.0], [5.0, 7.0], [9.0, 11.0], [2.0, 6.0]])
    found = effects(pairs.reshape(-1, 1), 2)
    covariance = np.cov(pairs[:, 0], pairs[:, 1])[0, 1]
    chance = np.mean((pairs[:, 0] - pairs[:, 1]) ** 2 / 2)
    means = pairs.mean(axis=1)
    shrunk = means.mean() + covariance / (covariance + chance / 2) * (means - means.mean())
    assert found.sd_parameter[0] == pytest.approx(sqrt(covariance))
    assert found.sd_chance[0] == pytest.approx(sqrt(chance))
    assert found.mean[0] == pytest.approx(pairs.mean())
    assert found.standard_error[0] == pytest.approx(means.std(ddof=1) / 2)
    for name, p in (("low80", 0.1), ("high80", 0.9), ("low95", 0.025), ("high95", 0.975)):
        assert getattr(found, name)[0] == pytest.approx(np.quantile(shrunk, p))


@pytest.mark.analytic
def test_known_components_of_variance_are_recovered_within_their_standard_error() -> None:
    rng = np.random.default_rng(11)
    draws, parameter, chance = 4000, 2.0, 3.0
    pairs = 5 + np.repeat(rng.normal(0, parameter, draws), 2) + rng.normal(0, chance, 2 * draws)
    found = effects(pairs[:, None], 2)
    variance = parameter**2 + chance**2
    assert abs(found.sd_parameter[0] ** 2 - parameter**2) < 4 * sqrt((variance**2 + parameter**4) / draws)
    assert abs(found.sd_chance[0] ** 2 - chance**2) < 4 * chance**2 * sqrt(2 / draws)
    assert abs(found.mean[0] - 5) < 4 * found.standard_error[0]
    spread = sqrt(parameter**4 / (parameter**2 + chance**2 / 2))
    assert found.high80[0] - found.low80[0] == pytest.approx(2 * 1.2816 * spread, rel=0.1)


@pytest.mark.unit
def test_chance_alone_gives_no_interval_of_the_effect() -> None:
    found = effects(np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])[:, None], 2)
    assert found.sd_parameter[0] == 0 and found.low95[0] == found.high95[0] == found.mean[0] == 0


@pytest.mark.unit
@pytest.mark.parametrize("simulations", [1, 2, 3])
def test_what_needs_two_complete_draws_is_empty_with_fewer(simulations: int) -> None:
    found = effects(np.arange(float(simulations))[:, None], 2)
    assert found.mean[0] == np.arange(simulations).mean()
    assert np.isnan([value[0] for value in found[1:]]).all()


@pytest.mark.unit
def test_an_incomplete_draw_counts_in_the_mean_only() -> None:
    whole, odd = np.array([1.0, 2.0, 4.0, 7.0]), np.array([1.0, 2.0, 4.0, 7.0, 100.0])
    a, b = effects(whole[:, None], 2), effects(odd[:, None], 2)
    assert b.mean[0] == odd.mean()
    assert a.sd_parameter == b.sd_parameter and a.sd_chance == b.sd_chance


@pytest.mark.unit
def test_correlation_is_empty_when_something_does_not_vary() -> None:
    a = np.array([[1.0, 1.0], [2.0, 1.0], [4.0, 1.0]])
    b = np.array([[2.0, 1.0], [3.0, 2.0], [9.0, 3.0]])
    found = correlation(a, b)
    assert found[0] == pytest.approx(np.corrcoef(a[:, 0], b[:, 0])[0, 1]) and np.isnan(found[1])


@pytest.mark.unit
def test_the_wilson_interval_agrees_with_its_published_example() -> None:
    low, high = wilson(0.4, 10, z=1.959964)
    assert (low, high) == (pytest.approx(0.1682, abs=5e-4), pytest.approx(0.6873, abs=5e-4))
    assert wilson(0.0, 40)[0] == 0.0 and wilson(1.0, 40)[1] == 1.0


@pytest.mark.unit
def test_the_effective_number_lies_between_draws_and_simulations() -> None:
    draw = np.repeat(np.arange(10), 2)
    agree = np.repeat([True, False] * 5, 2)
    assert effective_number(agree, draw) == pytest.approx(10)
    differ = np.tile([True, False], 10)
    assert effective_number(differ, draw) == pytest.approx(20)
    assert effective_number(np.ones(20, dtype=bool), draw) == pytest.approx(10)
    assert effective_number(differ, np.zeros(20, dtype=int)) == pytest.approx(20)


@pytest.mark.unit
def test_posterior_rows_drawn_twice_count_once() -> None:
    hits = np.array([True, True, True, True, False, False])
    assert effective_number(hits, np.array([0, 0, 0, 0, 1, 1])) == pytest.approx(36 / 20)


@pytest.mark.analytic
def test_the_correlation_within_draws_is_recovered() -> None:
    rng = np.random.default_rng(5)
    draws = 6000
    p = rng.beta(1.0, 1.0, draws)
    hits = (rng.random((draws, 2)) < p[:, None]).ravel()
    assert intra_draw_correlation(hits, np.repeat(np.arange(draws), 2)) == pytest.approx(1 / 3, abs=4 / sqrt(draws))
