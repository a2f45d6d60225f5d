"""The rules of the world, one by one."""

from __future__ import annotations

from math import erf, exp, inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.model import rules
from kompetenssim.model.distributions import exponential, lognormal, normal_quantile, residual_lognormal
from kompetenssim.model.rules import STAGES

UNIT = st.floats(0.0, 1.0)
OPEN = st.floats(1e-12, 1 - 1e-12)
HOURS = st.floats(0.0, 5000.0)


@pytest.mark.unit
def test_learning_rises_through_the_stages_to_full_productivity() -> None:
    steps = [rules.learning_productivity(s, 0.3, 0.8) for s in range(STAGES)]
    assert steps == sorted(steps) and steps[0] == int(1000 * (0.3 + 0.5 / 6)) and steps[-1] == 1000
    months = [rules.learning_month(s, 3.0, 24.0) for s in range(STAGES)]
    assert months == [0.0, 1.0, 2.0, 3.0, 13.5, 24.0]


@pytest.mark.unit
def test_an_st_doctor_goes_from_a_half_to_nine_tenths_in_fifths() -> None:
    assert [rules.st_productivity(x) for x in (0.0, 0.19, 0.2, 0.5, 0.99, 1.0, 1.7)] == [500, 500, 600, 700, 900, 900, 900]


@pytest.mark.unit
def test_workload_weighs_its_parts_and_survives_empty_cells() -> None:
    b = rules.workload(10.0, 100.0, 5.0, 50.0, 20.0, 0.3, 0.1, 1.0, 0.5, 0.2, 0.1, 0.05)
    assert b == pytest.approx(0.1 + 0.5 * 0.1 + 0.2 * 0.2 + 0.1 * 0.3 + 0.05 * 0.1)
    assert rules.workload(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0) == 0.0


@pytest.mark.property
@given(st.floats(-50, 50), st.floats(-1e9, 1e9))
def test_the_multiplier_is_clipped_monotone_and_never_overflows(theta: float, excess: float) -> None:
    m = rules.multiplier(theta, excess)
    assert rules.MULTIPLIER_LOW <= m <= rules.MULTIPLIER_HIGH
    assert rules.multiplier(theta, 0.0) == 1.0
    if -0.5 < theta * excess < 0.9:
        assert m == exp(theta * excess)


@pytest.mark.unit
def test_the_retirement_hazard_is_that_of_a_normal_age_and_joins_its_tail() -> None:
    def hazard(x: float) -> float:
        return exp(-0.5 * x * x) / sqrt(2 * 3.141592653589793) / (0.5 * (1 - erf(x / sqrt(2))))

    for age in (-3.0, -1.0, 0.0, 1.0, 2.0):
        assert rules.retirement_hazard(age, 0.0, 1.5) == pytest.approx(
            min(rules.HIGHEST_RETIREMENT_RATE, hazard(age / 1.5) / 1.5)
        )
    path = [rules.retirement_hazard(x / 10, 0.0, 1.0) for x in range(-60, 100)]
    assert path == sorted(path) and path[-1] == rules.HIGHEST_RETIREMENT_RATE


@pytest.mark.unit
def test_applicants_answer_to_vacancies_measures_and_season() -> None:
    assert rules.applicant_rate(20.0, 1.0, 1.0, 0.5, 0.1, 0.1, 5.0) == 15.0
    assert rules.applicant_rate(20.0, 1.2, 1.5, 0.5, 0.15, 0.1, 0.0) == pytest.approx(20 * 1.2 * 1.5 * 1.5)
    assert rules.applicant_rate(20.0, 1.0, 1.0, 5.0, 0.0, 0.1, 0.0) == 0.0
    assert rules.applicant_rate(20.0, 0.1, 1.0, 0.5, 0.1, 0.1, 5.0) == 0.0


@pytest.mark.property
@given(st.floats(0.0, 3000), st.floats(1.0, 3000), st.floats(0, 2))
def test_a_higher_price_orders_less_and_a_lower_one_no_more(price: float, reference: float, elasticity: float) -> None:
    f = rules.order_factor(price, reference, elasticity)
    assert 0.0 < f <= 1.0
    assert price > reference or f == 1.0
    assert rules.order_factor(price * 1.5, reference, elasticity) <= f


@pytest.mark.unit
def test_a_price_cap_lowers_delivery_only_below_the_price() -> None:
    assert rules.capped_delivery(0.9, 600.0, 600.0, 2.0) == 0.9
    assert rules.capped_delivery(0.9, 800.0, 400.0, 2.0) == pytest.approx(0.9 * 0.25)
    assert rules.capped_delivery(0.9, 800.0, 0.0, 2.0) == 0.0


@pytest.mark.unit
def test_short_sickness_varies_less_in_a_large_cell() -> None:
    assert rules.short_sick_share(0.03, 0.2, 100, 0.0) == 0.03
    assert rules.short_sick_share(0.03, 0.2, 100, 1.0) == pytest.approx(0.036)
    assert rules.short_sick_share(0.03, 0.2, 400, 1.0) == pytest.approx(0.033)
    assert rules.short_sick_share(0.03, 0.2, 0, -9.0) == 0.0
    assert rules.short_sick_share(0.03, 2.0, 1, 9.0) == 0.6


@pytest.mark.property
@given(
    HOURS,
    st.floats(0, 3),
    st.floats(0, 3),
    st.floats(0.5, 2),
    st.floats(0.5, 1.5),
    st.floats(-5000, 5000),
    HOURS,
    UNIT,
    st.floats(0, 0.3),
    UNIT,
    HOURS,
    st.integers(1, 7),
)
def test_need_is_never_negative_closing_takes_its_share_and_the_floor_stays(
    base: float,
    factor: float,
    added: float,
    year: float,
    season: float,
    extra: float,
    duty: float,
    efficiency: float,
    mismatch: float,
    closed: float,
    floor: float,
    days: int,
) -> None:
    need = rules.need_minutes(base, factor, added, year, season, extra, duty, efficiency, mismatch, closed, floor, days)
    whole = rules.need_minutes(base, factor, added, year, season, extra, duty, efficiency, mismatch, 0.0, floor, days)
    assert 0 <= need <= whole
    assert whole >= int((floor + duty) * 60 * days / 7) - 1
    assert rules.need_minutes(base, factor, added, year, season, extra, duty, efficiency, mismatch, 1.0, floor, days) == 0


@pytest.mark.unit
def test_a_full_week_of_one_productive_person_is_its_full_time_hours_times_presence() -> None:
    work = 200 * 1000 * 10_080
    assert rules.own_minutes(work, 40.0, 1.0, 0.0, 0.0, 0) == 2400
    assert rules.own_minutes(work, 40.0, 0.8, 0.05, 0.1, 60) == int(2400 * 0.8 * 0.95 * 0.9) - 60
    assert rules.own_minutes(work, 40.0, 0.8, 0.0, 0.0, 10**6) == 0


@pytest.mark.property
@given(st.integers(0, 10**12), st.integers(1, 7), st.data())
def test_a_week_is_split_on_two_months_without_remainder(total: int, days: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, days))
    early = rules.split_by_days(total, first, days - first, days)
    assert 0 <= early <= total and (first < days or early == total)
    assert abs(early - total * first / days) <= 1


@pytest.mark.unit
def test_supervision_falls_with_the_agency_share_and_never_below_nothing() -> None:
    work = 200 * 10_080 * 10
    alone = rules.supervision_minutes(work, 0.6, 1.5, 1.0, 0.0, 1.0, 0.0, 7)
    assert alone == int(10 * 0.6 * 1.5 * 60)
    assert rules.supervision_minutes(work, 0.6, 1.5, 1.0, 0.0, 1.0, 0.25, 7) == int(alone * 0.75)
    assert rules.supervision_minutes(work, 0.6, 1.5, 1.0, 2.0, 3.0, 0.9, 7) == 120


@pytest.mark.property
@given(OPEN, OPEN)
def test_inverse_distributions_are_monotone_in_their_uniform(u: float, v: float) -> None:
    low, high = min(u, v), max(u, v)
    assert normal_quantile(low) <= normal_quantile(high)
    assert exponential(low) >= exponential(high) > 0
    assert 0 < lognormal(low, 6.0, 0.5) <= lognormal(high, 6.0, 0.5) < inf


@pytest.mark.unit
def test_the_normal_quantile_agrees_with_the_error_function() -> None:
    for p in (1e-9, 1e-4, 0.02, 0.024, 0.025, 0.3, 0.5, 0.8, 0.9755, 0.98, 1 - 1e-6):
        x = normal_quantile(p)
        assert 0.5 * (1 + erf(x / sqrt(2))) == pytest.approx(p, rel=1e-6, abs=1e-11)


@pytest.mark.unit
def test_a_spell_met_at_random_has_the_length_biased_residual_mean() -> None:
    """E[residual] = E[T²]/(2·E[T]) = median·exp(1.5σ²)/2, by the midpoint rule over both uniforms."""
    median, sigma, n = 6.0, 0.5, 200
    points = [(i + 0.5) / n for i in range(n)]
    mean = sum(residual_lognormal(u, x, median, sigma) for u in points for x in points) / n**2
    assert mean == pytest.approx(median * exp(1.5 * sigma**2) / 2, rel=0.01)
