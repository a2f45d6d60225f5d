"""What a figure refers to: a year, a month, a day, a quarter, a half, or a span of them (`2017/2018`)."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from kompetenssim.spec.dates import first_day, last_day

FORMS = "ÅÅÅÅ, ÅÅÅÅ-MM, ÅÅÅÅ-MM-DD, ÅÅÅÅ-Q1 till Q4, ÅÅÅÅ-H1 eller H2, eller två av dem med snedstreck (2017/2018)"

_PART_OF_YEAR = re.compile(r"(\d{4})-([QH])([1-4])", re.IGNORECASE)
_MONTHS = {"q": 3, "h": 6}


class Period(NamedTuple):
    """A period as written, with its first and last day."""

    text: str
    first: date
    last: date

    @property
    def ends(self) -> tuple[str, str]:
        """Give the two periods of a span, or the same one twice."""
        begins, _, until = self.text.partition("/")
        return begins, until or begins


def read_period(text: str) -> Period:
    """Read a period. Raises ValueError, with a text in Swedish, for anything else."""
    begins, slash, until = text.strip().partition("/")
    first, last = _span(begins)
    if slash:
        last = _span(until)[1]
    if last < first:
        raise ValueError(f"perioden '{text}' slutar innan den börjar")
    return Period(text.strip(), first, last)


def month_of(day: date) -> int:
    """Number the months in one row, so that they can be compared and subtracted."""
    return day.year * 12 + day.month - 1


def _span(text: str) -> tuple[date, date]:
    part = _PART_OF_YEAR.fullmatch(text)
    try:
        if part is None:
            return first_day(text), last_day(text)
        length = _MONTHS[part[2].lower()]
        end = int(part[3]) * length
        return first_day(f"{part[1]}-{end - length + 1:02d}"), last_day(f"{part[1]}-{end:02d}")
    except ValueError:
        raise ValueError(f"'{text}' är ingen period; skriv {FORMS}") from None
