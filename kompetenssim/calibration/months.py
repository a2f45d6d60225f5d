"""A region's own monthly series: agency cost and personnel cost by group and area, as rows like those of `series`.

The file is the one that a start state may name (`manadsserie`). There a month may be left out: a rolling year is then incomplete.
Here it may not: a fit would take what is missing for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kompetenssim.calibration.period import month_of, read_period
from kompetenssim.calibration.series import Row
from kompetenssim.spec.node import Problems
from kompetenssim.spec.observed import AMOUNTS, MonthRow, read_month_rows


class About(NamedTuple):
    """What holds for all of a region's own series: whose they are, what they mean, how far they may be off, where they break."""

    region: str
    definition: str
    source: str
    error_percent: float
    breaks: tuple[str, ...] = ()


def read_monthly(
    content: bytes, name: str, known: Mapping[str, Collection[str]], about: About, problems: Problems,
) -> tuple[Row, ...]:
    """Read the file; a month that is missing inside a series is a fault. `known` as in `spec.observed`."""
    lines = read_month_rows(content, name, known, problems)
    rows: list[Row] = []
    for indicator in AMOUNTS:
        by_place: dict[tuple[str, str], list[Row]] = {}
        for line in lines:
            row = _row(line, indicator, about)
            if row is not None:
                by_place.setdefault((row.group, row.area), []).append(row)
        for found in by_place.values():
            _check_gaps(found, lines, problems)
            rows += found
    return tuple(sorted(rows, key=lambda r: (r.series, r.group, r.area, r.period.text)))


def _row(line: MonthRow, indicator: str, about: About) -> Row | None:
    said = line.said
    amount = said.agency_msek if indicator == AMOUNTS[0] else said.wages_msek
    if amount is None:
        return None
    at = {**line.at, "varde": line.at[indicator]}
    return Row(
        f"{indicator}_manad", indicator, about.region, said.group, said.area, read_period(said.month), amount, "mkr", "utfall",
        None, amount * about.error_percent / 100, about.breaks, False, about.definition, about.source, at)


def _check_gaps(rows: Sequence[Row], lines: Sequence[MonthRow], problems: Problems) -> None:
    for before, after in pairwise(rows):
        missing = month_of(after.period.first) - month_of(before.period.first) - 1
        if missing:
            blank = next((line for line in lines if (line.said.group, line.said.area) == (after.group, after.area)
                          and before.period.text < line.said.month < after.period.text), None)
            indicator = after.indicator or ""
            place = blank.at[indicator] if blank is not None else after.at["manad"]
            which = f"{missing} månader" if missing > 1 else "en månad"
            text = (f"{which} saknas mellan {before.period.text} och {after.period.text} för {after.group}, {after.area}; "
                    "fyll i dem, eller låt serien börja efter luckan")
            problems.error(place, indicator, text, code="saknas")

