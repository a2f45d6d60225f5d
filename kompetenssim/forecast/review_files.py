"""A review as files of a run folder, `underlag/traffsakerhet*.csv`: what tables of the run show of an earlier forecast."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.causes import CAUSES
from kompetenssim.forecast.scores import LEVELS
from kompetenssim.forecast.tablefile import write_csv

if TYPE_CHECKING:
    from kompetenssim.forecast.review import Line, Review

LINES, MEASURES, SUMMARY = "traffsakerhet", "traffsakerhet_atgarder", "traffsakerhet_matt"
ENDS = tuple(f"{end}{100 * level:.0f}" for level in LEVELS for end in ("undre", "ovre"))
SPLIT = ("miss", *(column for cause in CAUSES for column in (cause, f"{cause}_fel")), "slump", "slump_sd", "parameter_sd",
         "slump_pit")
COLUMNS = ("korning", "scenario", "indikator", "tid", "omrade", "yrkesgrupp", "prognos", *ENDS, "utfall", "fel", "fel_andel",
           "pit", "crps", "summa", "ungefarlig", *SPLIT)
MEASURE_COLUMNS = ("korning", "scenario", "nyckel", "orsak", "hur")
SUMMARY_COLUMNS = ("korning", "scenario", "matt", "varde", "undre80", "ovre80", "rader", "overhoppade")


def write(review: Review, folder: Path) -> None:
    """Write what a review found beside the other evidence of a run, its own or that of a later one."""
    place = folder / "underlag"
    place.mkdir(exist_ok=True)
    write_csv(place / f"{LINES}.csv", COLUMNS, (_line(review, line) for line in review.lines))
    write_csv(place / f"{SUMMARY}.csv", SUMMARY_COLUMNS, _summary(review))
    rows = ({**_of(review), "nyckel": c.key, "orsak": c.cause, "hur": c.how} for c in review.changed)
    write_csv(place / f"{MEASURES}.csv", MEASURE_COLUMNS, rows)


def _of(review: Review) -> dict[str, Any]:
    return {"korning": review.run, "scenario": review.scenario}


def _line(review: Review, line: Line) -> dict[str, Any]:
    o, s = line.outcome, line.score
    limits = (end for level in LEVELS for end in (s.at(level).low, s.at(level).high))
    row = _of(review) | {
        "indikator": o.indicator, "tid": o.period, "omrade": o.area, "yrkesgrupp": o.group, "prognos": s.mean, "utfall": o.value,
        "fel": s.error, "fel_andel": line.error_share, "pit": s.pit, "crps": s.crps, "summa": line.is_sum,
        "ungefarlig": line.approximate, **dict(zip(ENDS, limits, strict=True)), **dict.fromkeys(SPLIT)}
    split = line.split
    if split is not None:
        row |= {"miss": split.miss, "slump": split.chance, "slump_sd": split.sd_chance, "parameter_sd": split.sd_parameter,
                "slump_pit": split.pit}
        for part in split.parts:
            row |= {part.cause: part.amount, f"{part.cause}_fel": part.mc_error}
    return row


def _summary(review: Review) -> Iterator[dict[str, Any]]:
    same = _of(review) | {"undre80": None, "ovre80": None, "rader": len(review.scored), "overhoppade": len(review.skipped)}
    for level in LEVELS:
        found = review.coverage(level)
        yield {**same, "matt": f"inom{100 * level:.0f}", "varde": found.inside / found.lines, "undre80": found.low,
               "ovre80": found.high}
    for name, value in (("skevhet", review.bias), ("medelfel", review.mean_absolute_error), ("pit", review.mean_pit)):
        yield {**same, "matt": name, "varde": value}
