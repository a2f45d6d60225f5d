"""Naive forecasts that a model has to beat: nothing changes, an earlier level, the mean, the trend, the national rate.

Each is a distribution, so that it is scored as the model is: log-normal around its figure, with the spread that the lines have
shown, the root mean square of their yearly log changes. Further ahead than a year it grows with the square root of the years, as
if years were independent; that is an assumption, and `backtest` measures how often such intervals hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from typing import Protocol

from kompetenssim.calibration.period import Period
from kompetenssim.calibration.scores import LogNormal


class Figure(Protocol):
    """A figure of a calendar year or of a day in it: a row of a series, or an observation."""

    @property
    def period(self) -> Period:
        """What it refers to."""
        ...

    @property
    def value(self) -> float:
        """The figure."""
        ...


@dataclass(frozen=True)
class History:
    """What is known of one line: a figure above zero for each of some years, in order."""

    name: str
    years: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.years or len(self.years) != len(self.values) or any(a >= b for a, b in pairwise(self.years)):
            raise ValueError(f"{self.name}: a history has a figure for each of its years, in order, not {self.years}")
        if min(self.values) <= 0:
            raise ValueError(f"{self.name}: a history is forecast by log changes and has figures above zero, not {self.values}")

    @property
    def changes(self) -> tuple[float, ...]:
        """Yearly log change from each figure to the next."""
        known = zip(self.years, self.values, strict=True)
        return tuple(log(later / value) / (then - year) for (year, value), (then, later) in pairwise(known))

    def at(self, year: int) -> float | None:
        """Give the figure of a year, None where there is none."""
        return self.values[self.years.index(year)] if year in self.years else None

    def until(self, year: int) -> History:
        """Give what was known at the end of a year."""
        kept = sum(known <= year for known in self.years)
        return History(self.name, self.years[:kept], self.values[:kept])

    def latest(self, count: int) -> History:
        """Give the last figures only."""
        return History(self.name, self.years[-count:], self.values[-count:])


@dataclass(frozen=True)
class Baseline:
    """One naive forecast: its distribution for each line that it can say something about."""

    key: str
    said: str
    lines: Mapping[str, LogNormal]


Rule = Callable[[History, int], float]
PERSISTENCE, LEVEL, MEAN, TREND, NATIONAL = "oforandrat", "forsta_nivan", "medel", "trend", "rikets_takt"


def history_of(name: str, figures: Iterable[Figure]) -> History:
    """Arrange figures by the year in which their period ends."""
    ordered = sorted((figure.period.last.year, figure.value) for figure in figures)
    return History(name, tuple(year for year, _ in ordered), tuple(value for _, value in ordered))


def yearly_spread(lines: Iterable[History]) -> float:
    """Give the root mean square yearly log change of some lines. Raises ValueError where nothing has changed, or nobody knows."""
    changes = [change for line in lines for change in line.changes]
    if not any(changes):
        raise ValueError("a spread needs two different figures of at least one line")
    return sqrt(sum(change * change for change in changes) / len(changes))


def medians(history: History, year: int, national: History | None = None) -> dict[str, float]:
    """Give the figure that each baseline forecasts for a year; those that say zero or less, or do not know, are left out."""
    found = {key: rule(history, year) for key, rule in _RULES.items()}
    rate = national and _rate(national, history.years[0], history.years[-1])
    if rate:
        found[NATIONAL] = history.values[-1] * rate ** (year - history.years[-1])
    return {key: value for key, value in found.items() if value > 0}


def baselines(
    lines: Sequence[History], year: int, national: History | None = None, *, shown: Sequence[History] = (),
) -> tuple[Baseline, ...]:
    """Forecast a year by every baseline. The spread is that of `lines`, which are scored; `shown` are sums of them beside."""
    spread, found = yearly_spread(lines), {line.name: medians(line, year, national) for line in (*lines, *shown)}
    ahead = {line.name: sqrt(year - line.years[-1]) for line in (*lines, *shown)}
    return tuple(
        Baseline(key, said(key, lines[0]), {name: LogNormal(values[key], spread * ahead[name])
                                            for name, values in found.items() if key in values})
        for key in (*_RULES, NATIONAL) if any(key in values for values in found.values()))


def skill(model: Sequence[float], baseline: Sequence[float], scale: Sequence[float]) -> float:
    """Give 1 − ΣCRPS / ΣCRPS of a baseline over lines, each divided by its last known figure so that small lines count too."""
    ours, theirs = (sum(crps / size for crps, size in zip(every, scale, strict=True)) for every in (model, baseline))
    if theirs <= 0:
        raise ValueError("the CRPS of a baseline is above zero; a forecast without spread that hits has no skill to compare with")
    return 1 - ours / theirs


def said(key: str, history: History) -> str:
    """Name a baseline for a reader, with the years that it builds on."""
    first, last = history.years[0], history.years[-1]
    return {
        PERSISTENCE: f"oförändrat från {last}", LEVEL: f"{first} års nivå", MEAN: f"medel av {first} och {last}",
        TREND: f"linjär trend {first}–{last}", NATIONAL: f"rikets takt {first}–{last}",
    }[key]


def _trend(history: History, year: int) -> float:
    first, last = history.years[0], history.years[-1]
    slope = (history.values[-1] - history.values[0]) / (last - first) if last > first else 0.0
    return history.values[-1] + slope * (year - last)


def _rate(national: History, first: int, last: int) -> float | None:
    begins, ends = national.at(first), national.at(last)
    if begins is None or ends is None or last <= first:
        return None
    return float((ends / begins) ** (1 / (last - first)))


_RULES: Mapping[str, Rule] = {
    PERSISTENCE: lambda history, year: history.values[-1],
    LEVEL: lambda history, year: history.values[0],
    MEAN: lambda history, year: (history.values[0] + history.values[-1]) / 2,
    TREND: _trend,
}
