"""Scores are what their definitions say: closed forms, numerical integrals, and samples that approach them."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.calibration.scores import (
    Distribution,
    LogNormal,
    Normal,
    crps_sample,
    interval_score,
    pit,
    score_distribution,
    score_sample,
    weighted_quantile,
)

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
OBSERVED = st.floats(-1e6, 1e6)
NAMED: list[Distribution] = [Normal(10.0, 3.0), LogNormal(47.3, 0.29)]


@pytest.mark.analytic
@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9, 0.999])
def test_the_crps_of_a_named_distribution_is_the_integral_that_defines_it(named: Distribution, share: float) -> None:
    observed = named.quantile(share)
    grid = np.linspace(named.quantile(1e-9), named.quantile(1 - 1e-9), 200_001)
    squared = (np.array([named.pit(float(x)) for x in grid]) - (grid >= observed)) ** 2
    assert named.crps(observed) == pytest.approx(float(np.trapezoid(squared, grid)), rel=1e-3)


@pytest.mark.analytic
@pytest.mark.parametrize("named", NAMED)
def test_a_large_sample_scores_as_the_distribution_it_is_drawn_from(named: Distribution) -> None:
    sample = [named.quantile((i + 0.5) / 20_000) for i in range(20_000)]
    for observed in map(named.quantile, (0.03, 0.5, 0.97)):
        whole, drawn = score_distribution(named, observed), score_sample(sample, observed)
        assert drawn.crps == pytest.approx(whole.crps, rel=1e-3)
        assert drawn.pit == pytest.approx(whole.pit, abs=1e-4)
        assert drawn.mean == pytest.approx(whole.mean, rel=1e-3)
        for left, right in zip(drawn.intervals, whole.intervals, strict=True):
            assert (left.level, left.inside) == (right.level, right.inside)
            assert left.score == pytest.approx(right.score, rel=2e-3)


@pytest.mark.analytic
def test_the_normal_crps_at_its_mean_is_the_known_constant() -> None:
    assert Normal(0.0, 1.0).crps(0.0) == pytest.approx((sqrt(2) - 1) / sqrt(np.pi))


@pytest.mark.unit
def test_a_log_normal_is_placed_by_its_median_and_takes_an_outcome_of_zero() -> None:
    named = LogNormal(50.0, 0.3)
    assert named.quantile(0.5) == pytest.approx(50.0)
    assert named.mean == pytest.approx(50 * exp(0.045))
    assert named.pit(50.0 * exp(0.3)) == pytest.approx(NormalDist().cdf(1.0))
    assert named.pit(0.0) == 0.0
    assert named.crps(0.0) == pytest.approx(named.crps(1e-9))
    assert log(named.quantile(0.9) / 50) == pytest.approx(0.3 * NormalDist().inv_cdf(0.9))


@pytest.mark.property
@given(VALUES, OBSERVED, st.data())
def test_the_crps_of_a_sample_is_its_double_sum(values: list[float], observed: float, data: st.DataObject) -> None:
    weights = np.array(data.draw(st.lists(st.floats(0.01, 1), min_size=len(values), max_size=len(values))))
    w, x = weights / weights.sum(), np.array(values)
    by_hand = float(w @ abs(x - observed) - (w[:, None] * w * abs(x[:, None] - x)).sum() / 2)
    assert crps_sample(values, observed, weights) == pytest.approx(by_hand, abs=1e-6)
    assert crps_sample(values, observed, weights) >= -1e-6


@pytest.mark.property
@given(VALUES, st.floats(0, 1))
def test_equal_weights_give_the_quantile_of_the_result_tables(values: list[float], share: float) -> None:
    plain = float(np.quantile(values, share))
    assert weighted_quantile(values, share) == pytest.approx(plain, abs=1e-6)
    assert weighted_quantile(values, share, [0.3] * len(values)) == pytest.approx(plain, abs=1e-6)


@pytest.mark.property
@given(VALUES, st.floats(-1e6, 1e6), OBSERVED)
def test_a_draw_without_weight_changes_nothing(values: list[float], extra: float, observed: float) -> None:
    some, weight = [*values, extra], [1.0] * len(values) + [0.0]
    assert crps_sample(some, observed, weight) == pytest.approx(crps_sample(values, observed), abs=1e-6)
    assert pit(some, observed, weight) == pytest.approx(pit(values, observed))
    assert weighted_quantile(some, 0.3, weight) == pytest.approx(weighted_quantile(values, 0.3), abs=1e-6)


@pytest.mark.unit
def test_the_interval_score_is_width_and_forty_times_the_miss_outside_a_95_per_cent_interval() -> None:
    assert interval_score(2.0, 5.0, 3.0, 0.95) == 3.0
    assert interval_score(2.0, 5.0, 6.0, 0.95) == pytest.approx(3 + 40)
    assert interval_score(2.0, 5.0, 1.5, 0.8) == pytest.approx(3 + 10 * 0.5)


@pytest.mark.unit
def test_the_pit_counts_half_of_what_equals_the_outcome() -> None:
    assert pit([1, 2, 2, 3], 2) == 0.5
    assert pit([1, 2, 3], 0) == 0.0
    assert pit([1, 2, 3], 4, [1, 1, 2]) == 1.0


@pytest.mark.unit
def test_a_score_tells_the_error_and_each_interval() -> None:
    score = score_sample(np.arange(101.0), 95.0)
    assert (score.error, score.pit) == (pytest.approx(-45), pytest.approx(95.5 / 101))
    assert [i.inside for i in score.intervals] == [False, False, True]
    assert [end for i in score.intervals for end in (i.low, i.high)] == pytest.approx([25, 75, 10, 90, 2.5, 97.5])
    assert score.at(0.8).score == pytest.approx(80 + 10 * 5)
    with pytest.raises(KeyError):
        score.at(0.9)


@pytest.mark.unit
@pytest.mark.parametrize(("values", "observed", "weights"), [
    ([], 1.0, None), ([1.0, float("nan")], 1.0, None), ([1.0], float("nan"), None), ([1.0, 2.0], 1.0, [1.0]),
    ([1.0, 2.0], 1.0, [0.0, 0.0]), ([1.0, 2.0], 1.0, [1.0, -1.0]), ([[1.0], [2.0]], 1.0, None),
])
def test_what_is_no_number_is_never_scored(values: list[float], observed: float, weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"sample|number|weights"):
        score_sample(values, observed, weights)


@pytest.mark.unit
@pytest.mark.parametrize("wrong", [
    lambda: interval_score(2, 1, 0, 0.8), lambda: interval_score(1, 2, 0, 80), lambda: weighted_quantile([1.0], 80),
    lambda: Normal(1, 0), lambda: LogNormal(0, 1), lambda: score_distribution(Normal(0, 1), float("nan")),
])
def test_a_wrong_interval_share_or_spread_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match="not"):
        wrong()


@pytest.mark.analytic
def test_the_scores_are_those_of_scoringrules() -> None:
    other = pytest.importorskip("scoringrules", reason="scoringrules is not installed")
    sample = np.random.default_rng(1).gamma(3, 10, 200)
    for observed in (5.0, 30.0, 120.0):
        assert crps_sample(sample, observed) == pytest.approx(float(other.crps_ensemble(observed, sample, estimator="nrg")))
        assert Normal(30, 9).crps(observed) == pytest.approx(float(other.crps_normal(observed, 30, 9)))
        assert LogNormal(30, 0.4).crps(observed) == pytest.approx(float(other.crps_lognormal(observed, log(30), 0.4)))
        assert interval_score(10, 60, observed, 0.8) == pytest.approx(float(other.interval_score(observed, 10, 60, 0.2)))
