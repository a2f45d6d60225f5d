"""Rolling-origin back-test: the naive baselines forecast every later figure of a series from what was known at each origin.

It tells what a baseline is worth before a model is held against it, and how wide its intervals should be; it says nothing of the
model. A series is used where it is long enough on one side of its breaks, and otherwise the result says how many figures it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import nan, sqrt
from typing import NamedTuple

from kompetenssim.calibration.baselines import LEVEL, MEAN, PERSISTENCE, TREND, History, history_of, medians, yearly_spread
from kompetenssim.calibration.scores import LogNormal, Score, score_distribution
from kompetenssim.calibration.series import Row, Series, break_between

KNOWN = 3
"""Figures up to an origin: a spread takes two changes."""
LEAST_ORIGINS = 5
LEAST_FIGURES = KNOWN + LEAST_ORIGINS
SEEN = 2
"""What a baseline sees: as many figures as there are before the control year of a calibration (2015 and 2017)."""
LEVEL_OF_COVER = 0.8
NAMES = {PERSISTENCE: "oförändrat", LEVEL: "nivån före", MEAN: "medel", TREND: "trend"}
"""Names of the baselines that see two figures; the level before is the first of them."""


class Published(NamedTuple):
    """What others found: the least and the greatest mean absolute percentage error."""

    said: str
    low_percent: float
    high_percent: float
    source: str


DUTCH = Published(
    "antal nederländska husläkare, prognoser för 1998–2011", 1.9, 14.9,
    "van Greuningen, Batenburg och van der Velden 2013, Human Resources for Health 11:31")
"""The only published national figure: the error grows with the horizon. Of headcounts, another kind of quantity than a cost that
is left over."""


@dataclass(frozen=True)
class Horizon:
    """How one baseline did so many years ahead. `cover` is the share of outcomes inside the central 80 %, `crps` in the unit."""

    baseline: str
    years: int
    forecasts: int
    mape_percent: float
    bias_percent: float
    crps: float
    cover: float


@dataclass(frozen=True)
class BackTest:
    """One series at one place. `figures` is its longest stretch without a break; `rows` are empty where that is too short."""

    series: str
    region: str
    group: str
    area: str
    unit: str
    figures: History
    total: int
    breaks: tuple[str, ...]
    rows: tuple[Horizon, ...]

    @property
    def long_enough(self) -> bool:
        """Tell whether the series carries a back-test."""
        return len(self.figures.years) >= LEAST_FIGURES


class TooShort(NamedTuple):
    """Places of one series that are too short: how many there are, and the most figures one of them has."""

    series: str
    places: int
    figures: int
    unbroken: int
    breaks: tuple[str, ...]


def back_tests(series: Series) -> tuple[BackTest, ...]:
    """Try every outcome with an indicator that has at least two figures at a place."""
    rows = sorted((r for r in series.of("utfall") if r.indicator and not r.reconstructed and r.value > 0), key=_series_and_place)
    every = [list(found) for _, found in groupby(rows, key=_series_and_place)]
    return tuple(back_test(found) for found in every if len({row.period.last.year for row in found}) > 1)


def back_test(rows: Sequence[Row]) -> BackTest:
    """Test the baselines on the figures of one series at one place."""
    first, ordered = rows[0], _yearly(rows)
    figures = max((history_of(first.series, part) for part in _unbroken(ordered)), key=lambda history: len(history.years))
    tested = tuple(_horizons(figures)) if len(figures.years) >= LEAST_FIGURES else ()
    return BackTest(first.series, first.region, first.group, first.area, first.unit, figures, len(ordered), first.breaks, tested)


def too_short(tests: Iterable[BackTest]) -> tuple[TooShort, ...]:
    """Gather what is too short by series."""
    short = sorted((t for t in tests if not t.long_enough), key=lambda t: t.series)
    return tuple(
        TooShort(name, len(found), max(t.total for t in found), max(len(t.figures.years) for t in found), found[0].breaks)
        for name, found in ((name, list(group)) for name, group in groupby(short, key=lambda t: t.series)))


def rule_said() -> str:
    """Say when a series is long enough."""
    return (f"En serie är lång nog med minst {LEAST_FIGURES} årstal på en sida av varje brott: {LEAST_ORIGINS} utgångsår med "
            f"{KNOWN} kända tal (en spridning behöver två förändringar) och något att jämföra med.")


def short_said(short: TooShort) -> str:
    """Say why a series was not used, with its number of figures."""
    places = f"{short.places} platser, " if short.places > 1 else ""
    broken = f", {short.unbroken} utan brott ({', '.join(short.breaks)})" if short.breaks else ""
    return f"{short.series}: för kort ({places}{'högst ' if places else ''}{short.figures} tal{broken}; {LEAST_FIGURES} behövs)"


def printed(tests: Iterable[BackTest]) -> Iterator[str]:
    """Give the lines of a page: the rule, a table for each series that is long enough, why the others are not, and the Dutch."""
    every = list(tests)
    yield rule_said()
    for test in every:
        if test.long_enough:
            span = f"{test.figures.years[0]}–{test.figures.years[-1]}"
            yield ""
            yield f"{test.series}, {test.region} ({test.unit}), {len(test.figures.years)} årstal {span}: bara naiva prognoser"
            yield f"  {'prognos':<14}{'år fram':>8}{'antal':>7}{'MAPE %':>9}{'skevhet %':>11}{'CRPS':>9}{'80 % täcker':>13}"
            for row in test.rows:
                numbers = f"{row.mape_percent:>9.1f}{row.bias_percent:>+11.1f}{row.crps:>9.0f}{100 * row.cover:>11.0f} %"
                yield f"  {NAMES[row.baseline]:<14}{row.years:>8}{row.forecasts:>7}{numbers}".replace(".", ",").replace("-", "−")
    yield ""
    yield from map(short_said, too_short(every))
    low, high = (f"{percent:.1f}".replace(".", ",") for percent in (DUTCH.low_percent, DUTCH.high_percent))
    yield (f"Publicerat: {DUTCH.said}: MAPE {low}–{high} % ({DUTCH.source}). Det är en annan sorts storhet: ett antal personer, "
           "inte en kostnad för det som blir över.")


def _horizons(figures: History) -> Iterator[Horizon]:
    """Forecast every figure from every earlier origin, and gather by baseline and number of years ahead."""
    found: dict[tuple[str, int], list[tuple[float, Score]]] = {}
    for origin in figures.years[KNOWN - 1 : -1]:
        known = figures.until(origin)
        spread, seen = yearly_spread([known]), known.latest(SEEN)
        for year, outcome in zip(figures.years, figures.values, strict=True):
            for key, median in medians(seen, year).items() if year > origin else ():
                forecast = LogNormal(median, spread * sqrt(year - origin))
                score = score_distribution(forecast, outcome, (LEVEL_OF_COVER,))
                found.setdefault((key, year - origin), []).append((median, score))
    order = list(dict.fromkeys(key for key, _ in found))
    for key, ahead in sorted(found, key=lambda at: (order.index(at[0]), at[1])):
        yield _horizon(key, ahead, found[key, ahead])


def _horizon(key: str, ahead: int, scored: Sequence[tuple[float, Score]]) -> Horizon:
    off = [100 * (median / score.observed - 1) for median, score in scored]
    inside = [score.at(LEVEL_OF_COVER).inside for _, score in scored]
    crps = _mean([score.crps for _, score in scored])
    return Horizon(key, ahead, len(off), _mean([abs(x) for x in off]), _mean(off), crps, _mean(inside))


def _yearly(rows: Sequence[Row]) -> list[Row]:
    """Keep the last figure of each year, in order."""
    return list({row.period.last.year: row for row in sorted(rows, key=lambda row: row.period.last)}.values())


def _unbroken(ordered: Sequence[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in ordered:
        if part and break_between(row.breaks, part[-1].period, row.period) is not None:
            yield part
            part = []
        part.append(row)
    yield part


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else nan


def _series_and_place(row: Row) -> tuple[str, ...]:
    return (row.series, *row.place, row.unit)
