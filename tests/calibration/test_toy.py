"""On a model whose posterior is known exactly the fit says that posterior, with honest errors, whichever way it gets there."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from kompetenssim.calibration.particles import CYCLE, Walk
from kompetenssim.calibration.sample import directions, effective_size, eigenvalues, learnt, systematic, weights_of
from kompetenssim.calibration.simulation_based import calibrate
from kompetenssim.forecast.worker import Task
from tests.calibration.toy import ERROR_SD, PRIOR, PRIOR_MEAN, PRIOR_SD, SEED, ToySimulator, exact, table

pytestmark = pytest.mark.analytic
ROWS, OBSERVED = 20_000, 3.0


def test_the_weighted_table_has_the_exact_mean_and_spread() -> None:
    """Within four standard errors at the table's own effective size."""
    found = table(ROWS, OBSERVED)
    mean, sd = exact(OBSERVED)
    effective = effective_size(found.weights)
    values = found.free[:, 0]
    ours = float(found.weights @ values)
    spread = float(np.sqrt(found.weights @ (values - ours) ** 2))
    assert abs(ours - mean) < 4 * sd / np.sqrt(effective)
    assert abs(spread - sd) < 4 * sd / np.sqrt(2 * effective)


def test_contraction_is_that_of_the_exact_posterior_within_its_own_error() -> None:
    """And the shift, in prior deviations."""
    (found,) = learnt(table(ROWS, OBSERVED), {"x": PRIOR})
    mean, sd = exact(OBSERVED)
    assert abs(found.contraction - (1 - sd / PRIOR_SD)) < 4 * found.contraction_error
    assert found.contraction_error < 0.02
    assert found.identified
    assert not found.label
    assert abs(found.shift - (mean - PRIOR_MEAN) / PRIOR_SD) < 0.05


def test_the_error_of_the_contraction_is_about_as_large_as_it_varies_between_tables() -> None:
    """A jackknife over twenty blocks: within a factor of two of the spread over forty independent tables."""
    whole = table(40_000, OBSERVED)
    tables = [_part(whole, slice(k, None, 40)) for k in range(40)]
    found = [learnt(t, {"x": PRIOR})[0] for t in tables]
    spread = np.std([f.contraction for f in found], ddof=1)
    told = float(np.mean([f.contraction_error for f in found]))
    assert 0.5 < told / spread < 2.0


def test_a_parameter_that_the_data_say_nothing_of_is_labelled() -> None:
    """Its contraction is none within its error, and no direction is decided."""
    found = table(ROWS, OBSERVED)
    blind = found.__class__(found.free, found.predicted, np.full(ROWS, 1 / ROWS), found.simulations, found.ancestors)
    (said,) = learnt(blind, {"x": PRIOR})
    assert abs(said.contraction) < 4 * said.contraction_error
    assert said.label == "ej identifierad, styrs av antagande"
    assert directions(eigenvalues(blind, {"x": PRIOR})) == 0


def test_particles_of_one_ancestor_identify_nothing() -> None:
    """However narrow they are: there is nothing to take an error from."""
    found = table(ROWS, OBSERVED)
    alone = found.__class__(found.free, found.predicted, found.weights, found.simulations, np.zeros(ROWS, dtype=np.int64))
    (said,) = learnt(alone, {"x": PRIOR})
    assert np.isnan(said.contraction_error)
    assert not said.identified


def test_data_far_from_the_prior_are_a_conflict() -> None:
    """Moved more than two prior deviations."""
    (said,) = learnt(table(200_000, PRIOR_MEAN + 3.5 * PRIOR_SD), {"x": PRIOR})
    assert "priorstandardavvikelser" in said.conflict


def test_a_walk_keeps_the_exact_posterior_and_forgets_where_it_started() -> None:
    """A hundred rows that carry the weight walk to a thousand that agree with the exact distribution (Kolmogorov–Smirnov).

    Before the walk they do not: they are few and repeated.
    """
    small, chains = table(150, OBSERVED), 1000
    starts = systematic(small.weights, chains, 0.5)
    simulator, steps = cast(Any, ToySimulator()), 15 * len(CYCLE)
    walk = _walk(simulator, small, starts, steps)
    ended = walk.do(Task(0, 0, chains))
    mean, sd = exact(OBSERVED)
    before, after = small.free[starts, 0], ended.free[:, 0]
    assert stats.kstest(before, stats.norm(mean, sd).cdf).pvalue < 1e-6
    assert stats.kstest(after, stats.norm(mean, sd).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(before, after)[0, 1]) < 0.15
    assert (ended.accepted > 0).all()


def test_a_walk_does_not_depend_on_how_it_is_cut_into_pieces() -> None:
    """Each particle has numbers of its own."""
    small = table(150, OBSERVED)
    starts = systematic(small.weights, 40, 0.5)
    walk = _walk(cast(Any, ToySimulator()), small, starts, len(CYCLE))
    whole = walk.do(Task(0, 0, 40))
    parts = [walk.do(Task(0, first, 8)) for first in range(0, 40, 8)]
    assert np.array_equal(whole.free, np.concatenate([p.free for p in parts]))
    assert np.array_equal(whole.simulations, np.concatenate([p.simulations for p in parts]))


def test_simulation_based_calibration_holds_on_the_toy_and_fails_with_a_wrong_error() -> None:
    """Ranks are even and intervals cover as they say; a model that in half its rows says what another row is, is found out."""
    rows = table(ROWS, OBSERVED)
    right = calibrate(rows, ("x",), 1, np.array([ERROR_SD]), SEED)
    assert right.holds
    for share, level in zip(right.checked[0].inside, (0.5, 0.8, 0.95), strict=True):
        assert abs(share - level) < 4 * np.sqrt(level * (1 - level) / right.truths)
    narrow = rows.__class__(rows.free, rows.free.copy(), rows.weights, rows.simulations, rows.ancestors)
    wrong = calibrate(_noisier(narrow), ("x",), 1, np.array([0.05]), SEED)
    assert not wrong.holds


def _noisier(rows: Any) -> Any:
    """Let half of the rows say what another row is."""
    said = rows.predicted.copy()
    said[: len(said) // 2] = np.roll(said[: len(said) // 2], 1, axis=0)
    return rows.__class__(rows.free, said, rows.weights, rows.simulations, rows.ancestors)


def _walk(simulator: Any, small: Any, starts: Any, steps: int) -> Walk:
    u = simulator.space.uniforms(starts.tolist())
    return Walk(simulator, u, starts, small.predicted[starts], np.array([OBSERVED]), np.array([ERROR_SD]), steps, 150)


def _part(whole: Any, rows: slice) -> Any:
    weights = whole.weights[rows]
    numbers = np.arange(len(weights))
    return whole.__class__(whole.free[rows], whole.predicted[rows], weights / weights.sum(), numbers, numbers)


def test_weights_of_rows_that_say_nothing_are_zero() -> None:
    """A ratio to nothing is no evidence; where no row says anything all weights are zero."""
    assert weights_of(np.array([-1.0, -np.inf])).tolist() == [1.0, 0.0]
    assert not weights_of(np.array([-np.inf, -np.inf])).any()


def test_systematic_resampling_takes_each_row_as_often_as_its_weight_says_within_one() -> None:
    """For any start."""
    weights = np.array([0.05, 0.5, 0.0, 0.45])
    for start in (0.01, 0.5, 0.99):
        counts = np.bincount(systematic(weights, 50, start), minlength=4)
        assert (np.abs(counts - 50 * weights) < 1).all()
        assert counts[2] == 0
