"""The naive forecasts of agency cost 2018 are those that the figures of 2015 and 2017 give, and are scored as distributions."""

from __future__ import annotations

from math import log, sqrt
from pathlib import Path

import pytest

from kompetenssim.calibration.baselines import (
    LEVEL,
    MEAN,
    NATIONAL,
    PERSISTENCE,
    TREND,
    Baseline,
    History,
    baselines,
    history_of,
    medians,
    skill,
    yearly_spread,
)
from kompetenssim.calibration.series import Kind, Series, read_folder
from kompetenssim.spec.node import Problems

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
COST = "hyrkostnad_mkr"
LINES = (("lakare", "primarvard"), ("lakare", "sjukhus"), ("ssk_alla", "alla"), ("ovrig_hyra", "alla"))
TOTAL = ("alla", "alla")


@pytest.fixture(scope="module")
def rjh() -> Series:
    return read_folder(ROOT / "calibration/rjh", "rjh", Problems())


@pytest.fixture(scope="module")
def national() -> History:
    rows = read_folder(ROOT / "calibration/sverige", "sverige", Problems()).of("utfall", COST)
    return history_of("riket", (row for row in rows if (row.region, *row.place[1:]) == ("Sverige", "alla", "alla")))


def of(series: Series, place: tuple[str, str], kind: Kind = "utfall") -> History:
    return history_of("_".join(place), (row for row in series.of(kind, COST) if row.place[1:] == place))


@pytest.fixture(scope="module")
def found(rjh: Series, national: History) -> dict[str, Baseline]:
    known = [of(rjh, place).until(2017) for place in LINES]
    return {b.key: b for b in baselines(known, 2018, national, shown=[of(rjh, TOTAL).until(2017)])}


def test_the_spread_is_the_root_mean_square_yearly_log_change_of_the_four_lines(rjh: Series) -> None:
    spread = yearly_spread([of(rjh, place).until(2017) for place in LINES])
    by_hand = sqrt((log(70.3 / 63.8) ** 2 + log(68.2 / 44.1) ** 2 + log(47.3 / 15.9) ** 2 + log(4.2 / 4.1) ** 2) / 4) / 2
    assert spread == pytest.approx(by_hand)
    assert round(spread, 2) == 0.29


@pytest.mark.published
@pytest.mark.parametrize(("key", "error"), [(PERSISTENCE, 55.8), (TREND, 86.8), (MEAN, 24.8), (LEVEL, 6.2)])
def test_the_absolute_error_on_the_total_2018(rjh: Series, found: dict[str, Baseline], key: str, error: float) -> None:
    outcome = of(rjh, TOTAL).at(2018)
    assert outcome is not None
    assert abs(found[key].lines["alla_alla"].median - outcome) == pytest.approx(error, abs=0.05)


def test_the_level_of_2015_is_the_regions_own_target(rjh: Series, found: dict[str, Baseline]) -> None:
    for place in (*LINES, TOTAL):
        assert found[LEVEL].lines["_".join(place)].median == pytest.approx(of(rjh, place, "mal").at(2018))


def test_the_national_rate_is_that_of_the_same_years(found: dict[str, Baseline], national: History) -> None:
    assert (national.at(2015), national.at(2017)) == (3900, 5200)
    assert found[NATIONAL].lines["ssk_alla_alla"].median == pytest.approx(47.3 * sqrt(5200 / 3900))
    assert found[NATIONAL].said == "rikets takt 2015–2017"


def test_where_the_national_series_lacks_a_year_there_is_no_national_rate() -> None:
    line = History("linje", (2012, 2017), (1.0, 2.0))
    assert NATIONAL not in medians(line, 2018, History("riket", (2015, 2017), (3.0, 4.0)))


def test_a_trend_that_ends_below_zero_forecasts_nothing() -> None:
    assert set(medians(History("linje", (2015, 2017), (9.0, 2.0)), 2018)) == {PERSISTENCE, LEVEL, MEAN}


def test_further_ahead_the_spread_grows_with_the_square_root_of_the_years() -> None:
    line = History("linje", (2015, 2017), (2.0, 3.0))
    near, far = (baselines([line], year)[0].lines["linje"].sd for year in (2018, 2021))
    assert far == pytest.approx(2 * near)


def test_skill_weighs_each_line_by_its_last_figure() -> None:
    assert skill([1.0, 10.0], [2.0, 20.0], [1.0, 10.0]) == pytest.approx(0.5)
    assert skill([2.0, 10.0], [1.0, 20.0], [1.0, 10.0]) == pytest.approx(0.0)
    assert skill([2.0], [1.0], [5.0]) == pytest.approx(-1.0)


@pytest.mark.parametrize("years, values", [((2017, 2015), (1.0, 2.0)), ((2015,), (0.0,)), ((), ())])
def test_a_history_has_figures_above_zero_in_order(years: tuple[int, ...], values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="history"):
        History("linje", years, values)


def test_lines_that_never_changed_say_nothing_of_a_spread() -> None:
    with pytest.raises(ValueError, match="two different figures"):
        yearly_spread([History("linje", (2015, 2017), (3.0, 3.0)), History("annan", (2017,), (4.0,))])
