"""What a forecast of the control period is worth beside forecasts that anybody can make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan

from kompetenssim.calibration.baselines import NATIONAL, PERSISTENCE, History, baselines, history_of, skill
from kompetenssim.calibration.control import WITH, Control, Line
from kompetenssim.calibration.observation import Observation
from kompetenssim.calibration.scores import Score, score_distribution

TWIN, OURS = "tvilling", "modellen"


@dataclass(frozen=True)
class Compared:
    """A forecast of all lines. `skill` is ours against it, above zero where ours is better; `total_error` its miss of the sum."""

    key: str
    said: str
    scores: dict[str, Score]
    skill: float
    total_error: float


def compare(held: Control, observations: Iterable[Observation], national: History | None) -> tuple[Compared, ...]:
    """Score the naive forecasts and the twin on the lines of the control period that were fitted, ours first.

    Naive forecasts are those of each line's own figures of whole years. A line with fewer than two of them has none, and no line
    has any where none has changed: there is no spread to give them.
    """
    known = [o for o in observations if _whole_year(o)]
    lines = list(held.scored)
    own = [[o for o in known if o.place == line.observation.place] for line in lines]
    histories = [history_of(line.observation.name, found) if len(found) > 1 else None
                 for line, found in zip(lines, own, strict=True)]
    usable = [k for k, h in enumerate(histories) if h is not None and _whole_year(lines[k].observation)]
    if not any(any(h.changes) for h in histories if h is not None):
        return ()
    told_of = [h for k in usable if (h := histories[k]) is not None]
    scale = [h.values[-1] for h in told_of]
    ours = [lines[k].scores[WITH] for k in usable]
    observed_total = sum(lines[k].observation.value for k in usable)
    found = [Compared(OURS, "modellen med kända händelser", {lines[k].observation.name: lines[k].scores[WITH] for k in usable},
                      0.0, abs(sum(s.mean for s in ours) - observed_total))]
    if not usable:
        return ()
    year = lines[usable[0]].observation.period.last.year
    for baseline in baselines(told_of, year, national):
        outcomes = {lines[k].observation.name: lines[k].observation.value for k in usable}
        told = {name: baseline.lines[name] for name in outcomes if name in baseline.lines}
        scores = {name: score_distribution(said, outcomes[name]) for name, said in told.items()}
        medians = [said.median for said in told.values()]
        found.append(Compared(baseline.key, baseline.said, scores, _skill(ours, scores, lines, usable, scale),
                              abs(sum(medians) - observed_total) if len(medians) == len(usable) else nan))
    if held.twin is not None:
        scores = {lines[k].observation.name: held.twin[lines[k].observation.name] for k in usable}
        total = abs(sum(s.mean for s in scores.values()) - observed_total)
        found.append(Compared(TWIN, "tvillingen (förväntade värden)", scores, _skill(ours, scores, lines, usable, scale), total))
    return tuple(found)


def _whole_year(o: Observation) -> bool:
    first, last = o.period.first, o.period.last
    return o.time_base == "kalenderar" and (first.year, first.month, last.month) == (last.year, 1, 12) and o.value > 0


def _skill(
    ours: Sequence[Score], theirs: dict[str, Score], lines: Sequence[Line], usable: Sequence[int], scale: Sequence[float],
) -> float:
    if len(theirs) < len(usable):
        return nan
    return skill([s.crps for s in ours], [theirs[lines[k].observation.name].crps for k in usable], scale)


__all__ = ["NATIONAL", "OURS", "PERSISTENCE", "TWIN", "Compared", "compare"]
