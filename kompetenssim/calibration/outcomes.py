"""Outcomes for the review of an earlier forecast, out of a region's own months or a series."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kompetenssim.calibration.months import About, read_monthly
from kompetenssim.calibration.series import Row, read_series
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.forecast.outcomes import Outcome
from kompetenssim.spec.csv_reader import heading_of
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import SpecificationError

MONTHS_A_YEAR = 12


def read_outcomes(path: str | Path) -> tuple[Outcome, ...]:
    """Read the outcomes of a file, months (`manad;…`) or series (`serie;…`).

    Raises SpecificationError with every fault, and for a file that is neither.
    """
    file, problems = Path(path), Problems()
    content = file.read_bytes()
    if heading_of(content) == "serie":
        rows = read_series(content, file.name, problems)
    else:
        rows = read_monthly(content, file.name, {}, About("", "", file.name, 0.0), problems)
    if problems.errors:
        raise SpecificationError(problems.sorted_errors())
    return outcomes_of(rows)


def outcomes_of(rows: Iterable[Row]) -> tuple[Outcome, ...]:
    """Give what rows say happened in a month or a calendar year, in the unit of the indicator.

    Where all months of a year are there and the indicator is a sum over time, so is the year. Rows without indicator, of other
    periods, reconstructed or no outcome are left out.
    """
    found = {_key(outcome): outcome for row in rows if (outcome := _outcome(row)) is not None}
    by_year: dict[tuple[str, str, str, str], list[float]] = {}
    for outcome in found.values():
        if "-" in outcome.period and REGISTER[outcome.indicator].time == "summa":
            by_year.setdefault((outcome.indicator, outcome.period[:4], outcome.area, outcome.group), []).append(outcome.value)
    for (indicator, year, area, group), values in by_year.items():
        whole = Outcome(indicator, year, sum(values), area, group)
        if len(values) == MONTHS_A_YEAR:
            found.setdefault(_key(whole), whole)
    return tuple(sorted(found.values()))


def _outcome(row: Row) -> Outcome | None:
    begins = row.period.text
    if row.kind != "utfall" or row.indicator is None or row.reconstructed or len(begins) not in (len("2024"), len("2024-03")):
        return None
    return Outcome(row.indicator, begins, row.value * row.scale, row.area, row.group)


def _key(outcome: Outcome) -> tuple[str, str, str, str]:
    return outcome.indicator, outcome.period, outcome.area, outcome.group
