"""Review of an earlier forecast: what it said of months and years that have passed, what happened, and why it missed.

The forecast is the stored run, as it was published. The miss is split by simulating its scenario again (`replay`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.forecast.causes import Changed, Split, changed
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.outcomes import Outcome, Said, check_outcomes
from kompetenssim.forecast.scores import Score
from kompetenssim.spec.keys import meant

if TYPE_CHECKING:
    from kompetenssim.forecast.results import Results
    from kompetenssim.forecast.run import Progress
    from kompetenssim.spec.specification import Specification


@dataclass(frozen=True)
class Line:
    """One forecast against its outcome. `is_sum`: its parts are lines too; `approximate`: only quantiles were kept."""

    outcome: Outcome
    score: Score
    is_sum: bool
    approximate: bool
    split: Split | None = None

    @property
    def error_share(self) -> float:
        """Forecast mean less outcome, as a share of the outcome; NaN where that is zero."""
        return self.score.error / abs(self.outcome.value) if self.outcome.value else nan


class Skipped(NamedTuple):
    """An outcome that the run says nothing of, and why."""

    outcome: Outcome
    why: str


class Coverage(NamedTuple):
    """How many lines lay inside an interval, with a Wilson 80 % interval of the share as if lines were independent."""

    level: float
    inside: int
    lines: int
    low: float
    high: float


@dataclass(frozen=True)
class Review:
    """A forecast held against what happened. `changed` are the measures that are others now, where a split was asked for."""

    run: str
    scenario: str
    lines: tuple[Line, ...]
    skipped: tuple[Skipped, ...]
    changed: tuple[Changed, ...] = ()

    @cached_property
    def scored(self) -> tuple[Line, ...]:
        """The lines that count in coverage and bias: a sum of other lines would count them twice."""
        return tuple(line for line in self.lines if not line.is_sum)

    def coverage(self, level: float) -> Coverage:
        """Count the lines inside the interval of a level."""
        from kompetenssim.forecast.statistics import wilson

        inside, every = sum(line.score.at(level).inside for line in self.scored), len(self.scored)
        return Coverage(level, inside, every, *wilson(inside / every, every))

    @property
    def bias(self) -> float:
        """Mean error as a share of the outcome: above zero, forecasts were too high."""
        return _mean([line.error_share for line in self.scored])

    @property
    def mean_absolute_error(self) -> float:
        """Mean size of the error as a share of the outcome."""
        return _mean([abs(line.error_share) for line in self.scored])

    @property
    def mean_pit(self) -> float:
        """Mean PIT: 0.5 for forecasts that lie neither high nor low."""
        return _mean([line.score.pit for line in self.scored])


def review(
    results: Results, outcomes: Sequence[Outcome], *, scenario: str | None = None, then: Specification | None = None,
    now: Specification | None = None, made: date | None = None, engine: str = "auto", processes: int | None = None,
    progress: Progress | None = None,
) -> Review:
    """Score a stored run against outcomes, and with `then` and `now` split each miss by cause.

    `scenario` is the one that was meant as a forecast, the first unless given. `then` is its specification as it was, `now` the
    same scenario and period as it is known now: corrected data, follow-up, calibrated parameters. `made` is the day of the
    forecast, the first of the run unless given. Raises UserError for outcomes that nothing can be compared with.
    """
    key = scenario or next((s for s in results.scenarios if s != results.reference), results.scenarios[0])
    if key not in results.scenarios:
        text = f"körningen har inget scenario '{key}'{meant(key, results.scenarios)}; den har {', '.join(results.scenarios)}"
        raise UserError(text, code=2)
    check_outcomes(outcomes)
    found, skipped = _scored(results, key, outcomes)
    if not found:
        why = f"; {skipped[0].why}" if skipped else ""
        raise UserError(f"inget av {len(outcomes)} utfall går att jämföra med körningen {results.id}{why}", code=2)
    result = Review(results.id, key, tuple(found), tuple(skipped))
    if then is None or now is None:
        return result
    from kompetenssim.forecast.replay import replay

    again = replay(results, then, now, made=made, engine=engine, processes=processes, progress=progress)
    lines = tuple(replace(line, split=again.split(line.outcome, line.score.mean)) for line in found)
    return replace(result, lines=lines, changed=changed(then, now, made))


def _scored(results: Results, scenario: str, outcomes: Sequence[Outcome]) -> tuple[list[Line], list[Skipped]]:
    found: list[Line] = []
    skipped: list[Skipped] = []
    said = Said(results, scenario, outcomes)
    for outcome in sorted(outcomes):
        score = said.score(outcome)
        if isinstance(score, str):
            skipped.append(Skipped(outcome, score))
        else:
            found.append(Line(outcome, score, False, "-" in outcome.period))
    covered = [line.outcome for line in found]
    return [replace(line, is_sum=any(line.outcome.covers(other) for other in covered)) for line in found], skipped


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if isfinite(value)]
    return sum(known) / len(known) if known else nan
