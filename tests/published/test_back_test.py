"""What naive forecasts of the national agency cost were worth, and that no series is tested which is too short for it."""

from __future__ import annotations

from math import exp

import pytest

from kompetenssim.calibration.backtest import DUTCH, LEAST_FIGURES, BackTest, Horizon, back_test, printed, short_said, too_short
from kompetenssim.calibration.baselines import LEVEL, MEAN, PERSISTENCE, TREND
from kompetenssim.calibration.series import COLUMNS, Row, read_series
from kompetenssim.spec.node import Problems

from . import back_test as page_of

HEADING = ";".join(COLUMNS) + "\n"


def rows(values: dict[int, float], breaks: str = "") -> tuple[Row, ...]:
    text = "".join(f"hyra;hyrkostnad_mkr;Landet;alla;alla;{year};{value!r};mkr;utfall;;;{breaks};;Hyra;Prov\n".replace(".", ",")
                   for year, value in values.items())
    return read_series((HEADING + text).encode(), "serie.csv", Problems())


def at(test: BackTest, key: str, years: int) -> Horizon:
    return next(r for r in test.rows if (r.baseline, r.years) == (key, years))


@pytest.mark.published
def test_the_page_shows_the_figures_of_today() -> None:
    page = page_of.PAGE.read_text(encoding="utf-8")
    assert page_of.render(page) == page, "run python -m tests.published.back_test"


@pytest.mark.published
def test_the_national_agency_cost_is_long_enough_and_the_doctors_are_not() -> None:
    tested = [t for t in page_of.shipped("sverige") if t.long_enough]
    assert [(t.series, t.region, t.group) for t in tested] == [("hyrkostnad", "Sverige", "alla")]
    assert tested[0].figures.years == (2011, 2014, 2015, 2016, 2017, 2018, 2021, 2022, 2023, 2024)
    doctors = {s.series: s for s in too_short(page_of.shipped("rjh"))}["lakare_anstallda"]
    assert (doctors.figures, doctors.unbroken) == (4, 2)
    assert short_said(doctors) == "lakare_anstallda: för kort (4 tal, 2 utan brott (2018-02, 2020-11); 8 behövs)"


@pytest.mark.unit
def test_persistence_one_year_ahead_is_scored_by_hand() -> None:
    """Origins 2003–2009; the figure grows by a tenth each year, so every forecast is 1/1.1 of the outcome."""
    test = back_test(rows({2001 + i: 100 * 1.1**i for i in range(10)}))
    one = at(test, PERSISTENCE, 1)
    assert (one.forecasts, one.cover) == (7, 1.0)
    assert one.mape_percent == pytest.approx(100 * (1 - 1 / 1.1), rel=1e-6)
    assert one.bias_percent == pytest.approx(-one.mape_percent)
    assert at(test, PERSISTENCE, 3).mape_percent == pytest.approx(100 * (1 - 1.1**-3), rel=1e-6)
    assert {r.years: r.forecasts for r in test.rows if r.baseline == TREND} == {h: 8 - h for h in range(1, 8)}


@pytest.mark.unit
def test_a_linear_series_is_forecast_without_error_by_its_trend_only() -> None:
    test = back_test(rows({2001 + i: 100 + 10 * i for i in range(9)}))
    assert at(test, TREND, 5).mape_percent == pytest.approx(0)
    assert all(at(test, key, 5).bias_percent < 0 for key in (PERSISTENCE, LEVEL, MEAN))


@pytest.mark.unit
def test_no_forecast_knows_what_comes_after_its_origin() -> None:
    """A last figure that nobody expects is one more outcome to miss, and changes no other forecast."""
    values = {2001 + i: 100 * exp(0.1 * (i % 3)) for i in range(9)}
    short, whole = (at(back_test(rows(v)), PERSISTENCE, 1) for v in (values, values | {2010: 500.0}))
    missed = 100 * (1 - values[2009] / 500)
    assert whole.mape_percent * whole.forecasts == pytest.approx(short.mape_percent * short.forecasts + missed)


@pytest.mark.unit
@pytest.mark.parametrize(("count", "breaks", "long_enough"), [
    (LEAST_FIGURES, "", True), (LEAST_FIGURES - 1, "", False), (LEAST_FIGURES + 1, "2006-01", False),
    (LEAST_FIGURES + 1, "2002-01", True),
])
def test_a_series_is_long_enough_on_one_side_of_its_breaks(count: int, breaks: str, long_enough: bool) -> None:
    test = back_test(rows({2001 + i: 100.0 + i for i in range(count)}, breaks))
    assert test.long_enough is long_enough
    assert bool(test.rows) is long_enough


@pytest.mark.unit
def test_what_is_printed_says_the_rule_the_figures_and_that_the_dutch_are_another_kind() -> None:
    text = "\n".join(printed(page_of.shipped("sverige")))
    assert f"minst {LEAST_FIGURES} årstal" in text
    assert "  oförändrat           1      6     18,8       −2,2" in text
    assert "lakare_anstallda: för kort (21 platser, högst 4 tal, 2 utan brott" in text
    assert "MAPE 1,9–14,9 %" in text and "annan sorts storhet" in text
    assert (DUTCH.low_percent, DUTCH.high_percent) == (1.9, 14.9)
