"""The calendar of a run: integer minutes from the start, ISO weeks, months and how a week meets them.

Week 0 runs from the start date to the first Monday; the last week ends on the Monday after the horizon,
and booking cuts at the horizon, so a longer run has the same first years bit for bit.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import NamedTuple

DAY = 1440
WEEK = 7 * DAY
PLANNING_WEEKS = 30  # at least the longest lead time a file may state
YEAR = 525_960  # 365.25 days
MONTH = 43_830  # a twelfth of that


class Calendar(NamedTuple):
    """Hold the weeks and months of a run; all instants in minutes from 00:00 of the start date.

    The names of weeks go on for PLANNING_WEEKS after the last one, since orders are placed ahead of the horizon.
    `week_start` has one more entry than there are weeks. Week w has `week_days[w]` simulated days, of which
    `first_days[w]` fall in month `first_month[w]` and `second_days[w]` in the next; days after the horizon
    are in neither. `split[w]` is the minute at which the second month begins.
    """

    start: date
    end: date
    horizon: int
    week_start: tuple[int, ...]
    week_days: tuple[int, ...]
    week_number: tuple[int, ...]
    week_year: tuple[int, ...]
    week_label: tuple[str, ...]
    first_month: tuple[int, ...]
    first_days: tuple[int, ...]
    second_days: tuple[int, ...]
    split: tuple[int, ...]
    month_label: tuple[str, ...]
    month_days: tuple[int, ...]
    month_start: tuple[int, ...]
    easter_weeks: tuple[bool, ...]


def make_calendar(start: date, end: date) -> Calendar:
    """Lay out the weeks and months from `start` to `end`, both days included."""
    stop = end + timedelta(days=1)
    weeks: list[tuple[date, date]] = []
    day = start
    while day < stop:
        following = day + timedelta(days=7 - day.weekday())
        weeks.append((day, following))
        day = following
    months: list[tuple[int, int]] = []
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        months.append((year, month))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    firsts = [date(y, m, 1) for y, m in months]
    index = {ym: i for i, ym in enumerate(months)}
    first_month, first_days, second_days, split = [], [], [], []
    for begin, finish in weeks:
        at = index[(begin.year, begin.month)]
        turn = firsts[at + 1] if at + 1 < len(firsts) else stop
        cut = min(finish, stop)
        first_month.append(at)
        first_days.append((min(cut, turn) - begin).days)
        second_days.append(max(0, (cut - turn).days) if at + 1 < len(firsts) else 0)
        split.append((turn - start).days * DAY)
    easters = {_easter(y).isocalendar()[:2] for y in range(start.year, end.year + 3)}
    ahead = [weeks[-1][1] + timedelta(weeks=k) for k in range(PLANNING_WEEKS)]
    isos = [begin.isocalendar() for begin in (*(begin for begin, _ in weeks), *ahead)]
    bounds = [max(f, start) for f in firsts] + [stop]
    return Calendar(
        start,
        end,
        (stop - start).days * DAY,
        (*tuple((b - start).days * DAY for b, _ in weeks), (weeks[-1][1] - start).days * DAY),
        tuple((f - b).days for b, f in weeks),
        tuple(i.week for i in isos),
        tuple(i.year for i in isos),
        tuple(f"{i.year}-v{i.week:02d}" for i in isos[: len(weeks)]),
        tuple(first_month),
        tuple(first_days),
        tuple(second_days),
        tuple(split),
        tuple(f"{y}-{m:02d}" for y, m in months),
        tuple((b - a).days for a, b in itertools.pairwise(bounds)),
        tuple((b - start).days * DAY for b in bounds),
        tuple((i.year, i.week) in easters for i in isos),
    )


def minute_of(calendar_start: date, day: date) -> int:
    """Give the minute at which a day begins; negative before the start."""
    return (day - calendar_start).days * DAY


def week_of(calendar: Calendar, day: date) -> int:
    """Give the week a day falls in; -1 before the start, the number of weeks after the run."""
    minute = minute_of(calendar.start, day)
    if minute < 0:
        return -1
    offset = minute - calendar.week_start[1]
    return min(0 if offset < 0 else 1 + offset // WEEK, len(calendar.week_days))


def _easter(year: int) -> date:
    """Give Easter Sunday (the anonymous Gregorian algorithm, Meeus 1991)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    j, k = c // 4, c % 4
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * j - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)
