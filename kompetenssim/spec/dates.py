"""Dates as people write them: a day, a month, a year or a term; and ISO weeks.

A span of time is written by its ends: `start: 2023-07` means 1 July and `slut: 2023-07` means 31 July.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

TERM_WEEKS: Mapping[str, int] = {"vt": 3, "ht": 35}
"""ISO week in which the spring (vt) and the autumn term (ht) begin unless the rules say otherwise."""

FORMS = "ÅÅÅÅ, ÅÅÅÅ-MM, ÅÅÅÅ-MM-DD eller termin (2024-vt, 2024-ht)"

#: What the day of a handover says where a plan leaves it out on purpose.
NEVER = "aldrig"

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|-(vt|ht))?", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_DECEMBER = 12


def first_day(written: str | date, terms: Mapping[str, int] = TERM_WEEKS) -> date:
    """Give the first day of what is written.

    Raises ValueError, with a text in Swedish, for anything that is not a date, month, year or term.
    """
    return written if isinstance(written, date) else _span(written, terms)[0]


def last_day(written: str | date, terms: Mapping[str, int] = TERM_WEEKS) -> date:
    """Give the last day of what is written; a term lasts until the next one begins.

    Raises ValueError, with a text in Swedish, for anything that is not a date, month, year or term.
    """
    return written if isinstance(written, date) else _span(written, terms)[1]


def term_start(year: int, term: str, terms: Mapping[str, int] = TERM_WEEKS) -> date:
    """Give the Monday on which a term (`vt`, `ht`) begins."""
    return monday(year, terms[term])


def monday(year: int, week: int) -> date:
    """Give the Monday of an ISO week."""
    return date.fromisocalendar(year, week, 1)


def weeks_in_year(year: int) -> int:
    """Give the number of ISO weeks of a year, 52 or 53 (28 December is always in the last one)."""
    return date(year, 12, 28).isocalendar().week


def week_label(day: date) -> str:
    """Name the ISO week of a day, `2025-v31`."""
    iso = day.isocalendar()
    return f"{iso.year}-v{iso.week:02d}"


def month_label(day: date) -> str:
    """Name the month of a day, `2025-07`."""
    return f"{day.year}-{day.month:02d}"


def _span(written: str, terms: Mapping[str, int]) -> tuple[date, date]:
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise ValueError(f"{written!r} är inget datum; skriv {FORMS}")
    year = int(match[1])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"år {year} är utanför {_FIRST_YEAR}–{_LAST_YEAR}")
    if match[4]:
        return _term_span(year, match[4].lower(), terms)
    if match[2] is None:
        return date(year, 1, 1), date(year, 12, 31)
    month = int(match[2])
    if not 1 <= month <= _DECEMBER:
        raise ValueError(f"månad {match[2]} finns inte i {written!r}; månaderna är 01–12")
    following = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    last = following - timedelta(days=1)
    if match[3] is None:
        return date(year, month, 1), last
    if not 1 <= int(match[3]) <= last.day:
        raise ValueError(f"dagen {written} finns inte; månaden har {last.day} dagar")
    day = date(year, month, int(match[3]))
    return day, day


def _term_span(year: int, term: str, terms: Mapping[str, int]) -> tuple[date, date]:
    start = term_start(year, term, terms)
    following = term_start(year, "ht", terms) if term == "vt" else term_start(year + 1, "vt", terms)
    return start, following - timedelta(days=1)
