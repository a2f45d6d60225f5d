"""The calendar: ISO weeks, months and how a week meets them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.model.calendar import DAY, WEEK, _easter, make_calendar, minute_of, week_of

STARTS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@pytest.mark.property
@given(STARTS, st.integers(0, 1200))
def test_weeks_and_months_cover_the_run_without_gap_or_overlap(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    c = make_calendar(start, end)
    assert c.horizon == (days + 1) * DAY
    assert c.week_start[0] == 0 and c.horizon <= c.week_start[-1] < c.horizon + WEEK
    assert sum(c.month_days) == days + 1
    in_month = [0] * len(c.month_label)
    for w, length in enumerate(c.week_days):
        assert c.week_start[w + 1] - c.week_start[w] == length * DAY
        first = start + timedelta(days=c.week_start[w] // DAY)
        assert w == 0 or first.weekday() == 0
        assert 1 <= length <= 7 and (w == 0 or length == 7)
        iso = first.isocalendar()
        assert (c.week_year[w], c.week_number[w], c.week_label[w]) == (iso.year, iso.week, f"{iso.year}-v{iso.week:02d}")
        in_month[c.first_month[w]] += c.first_days[w]
        if c.second_days[w]:
            in_month[c.first_month[w] + 1] += c.second_days[w]
        beyond = max(0, c.week_start[w + 1] - c.horizon) // DAY
        assert c.first_days[w] + c.second_days[w] + beyond == length
    assert tuple(in_month) == c.month_days, "the days of the weeks are the days of the months"


@pytest.mark.property
@given(STARTS, st.integers(0, 400), st.integers(0, 60))
def test_a_longer_run_has_the_same_first_weeks_and_months(start: date, days: int, more: int) -> None:
    a, b = (make_calendar(start, start + timedelta(days=d)) for d in (days, days + more))
    weeks, months = len(a.week_days), len(a.month_label)
    assert b.week_label[:weeks] == a.week_label and b.week_start[: weeks + 1] == a.week_start
    assert b.first_month[:weeks] == a.first_month and b.easter_weeks[:weeks] == a.easter_weeks[:weeks]
    assert b.month_label[:months] == a.month_label and b.month_days[: months - 1] == a.month_days[:-1]


@pytest.mark.property
@given(STARTS, st.integers(0, 800), st.integers(-40, 900))
def test_a_date_falls_in_the_week_that_holds_its_first_minute(start: date, days: int, offset: int) -> None:
    c, day = make_calendar(start, start + timedelta(days=days)), start + timedelta(days=offset)
    week = week_of(c, day)
    if offset < 0:
        assert week == -1
    elif minute_of(start, day) >= c.week_start[-1]:
        assert week == len(c.week_days)
    else:
        assert c.week_start[week] <= minute_of(start, day) < c.week_start[week + 1]


@pytest.mark.unit
def test_years_of_53_weeks_and_the_turn_of_the_year() -> None:
    c = make_calendar(date(2020, 12, 1), date(2021, 1, 31))
    assert "2020-v53" in c.week_label
    week = c.week_label.index("2020-v53")
    assert (c.first_days[week], c.second_days[week]) == (4, 3)
    assert c.split[week] == (date(2021, 1, 1) - date(2020, 12, 1)).days * DAY


@pytest.mark.unit
@pytest.mark.parametrize(
    "day",
    [
        date(2015, 4, 5),
        date(2016, 3, 27),
        date(2018, 4, 1),
        date(2019, 4, 21),
        date(2023, 4, 9),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2038, 4, 25),
        date(2008, 3, 23),
    ],
)
def test_easter_sunday_of_known_years(day: date) -> None:
    assert _easter(day.year) == day
    c = make_calendar(date(day.year, 1, 1), date(day.year, 12, 31))
    assert [i for i, e in enumerate(c.easter_weeks[: len(c.week_days)]) if e] == [week_of(c, day)]
