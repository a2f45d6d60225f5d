"""State the numbers of W1 once, and the form in which every engine answers.

W1 is a region of N employees over ten years of 52 weeks, time in days. There are 25 cells: five units of falling size
times five occupations. An employee has an employment rate, an age and a length of employment; newcomers are younger
and start at zero. Employees resign, more often in their first two years; retire at an age of their own; go on long
leave and come back; and nurses begin a half-time training of two years, after which they are specialist nurses on the
same post. When somebody has left, the post is advertised; after a delay the attempt succeeds or not, depending on
occupation and unit, and is repeated until it does. Resignation, retirement and training go on during leave.

Every week the hours of each cell are settled: own hours of those present (less short sick leave, which has a season)
against a demand that is lower in the summer, then five rules that let one occupation help another within the unit,
then agency staff up to a tenth of the demand, and the rest is unmet. Ten metrics by month and cell are the output.

Four things the workload leaves open are settled here, equally for all engines, and none of them touches exits, hires
or headcount: what sick leave an occupation adds, which five pairs of occupations may help each other, that an employee
counts with the rate and presence of the last moment of the week, and that a week belongs to the month in which it starts.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, pi
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

YEARS, WEEKS_PER_YEAR, DAYS_PER_WEEK, MONTHS_PER_YEAR = 10, 52, 7, 12
DAYS_PER_YEAR = WEEKS_PER_YEAR * DAYS_PER_WEEK
DAYS_PER_MONTH = DAYS_PER_YEAR / MONTHS_PER_YEAR
WEEKS, MONTHS = YEARS * WEEKS_PER_YEAR, YEARS * MONTHS_PER_YEAR
HORIZON_DAYS = float(YEARS * DAYS_PER_YEAR)
MONTH_OF_WEEK = tuple(w * MONTHS // WEEKS for w in range(WEEKS))

UNITS = ("u1", "u2", "u3", "u4", "u5")
UNIT_SHARES = (0.30, 0.25, 0.20, 0.15, 0.10)
OCCUPATIONS = ("assistant_nurse", "nurse", "specialist_nurse", "physician", "secretary")
OCCUPATION_SHARES = (0.35, 0.35, 0.10, 0.10, 0.10)
ASSISTANT, NURSE, SPECIALIST, PHYSICIAN, SECRETARY = range(5)
CELLS = len(UNITS) * len(OCCUPATIONS)  # cell = 5 · unit + occupation

GRADES, GRADE_SHARES, FULL_GRADE = (200, 160, 150, 100), (0.60, 0.20, 0.12, 0.08), 200
MEAN_GRADE = sum(g * s for g, s in zip(GRADES, GRADE_SHARES, strict=True)) / FULL_GRADE

AGE_MEAN_YEARS, AGE_SD_YEARS, AGE_LEAST_YEARS, AGE_MOST_YEARS = 45.0, 11.0, 22.0, 64.0
HIRE_AGE_MEAN_YEARS, HIRE_AGE_SD_YEARS, HIRE_AGE_MOST_YEARS = 38.0, 9.0, 60.0
TENURE_MEAN_YEARS = 8.0

RESIGN_NEW_PER_YEAR, RESIGN_PER_YEAR, NEW_YEARS = 0.14, 0.06, 2.0
RETIRE_AGE_MEAN_YEARS, RETIRE_AGE_SD_YEARS = 65.5, 1.5
LEAVE_PER_YEAR, LEAVE_MEAN_MONTHS, LEAVE_SIGMA = 0.05, 9.0, 0.6
TRAIN_PER_YEAR, TRAIN_MONTHS = 0.02, 24.0

VACANCY_MEAN_MONTHS, VACANCY_SIGMA = 4.0, 0.5
FILL_BY_OCCUPATION = (0.85, 0.65, 0.55, 0.60, 0.90)
FILL_BY_UNIT = (1.0, 1.0, 0.95, 0.90, 0.85)

FULL_TIME_HOURS = 38.25
SICK_LEVEL, SICK_SEASON = 0.06, 0.02
SICK_BY_OCCUPATION = (0.015, 0.005, 0.0, -0.015, -0.005)  # chosen here
DEMAND_COVER, SUMMER_FACTOR, SUMMER_FIRST_WEEK, SUMMER_LAST_WEEK = 0.91, 0.92, 26, 31
AGENCY_MOST_SHARE = 0.10

#: (who helps, who is helped, most of the gap that can be taken over, hours covered per hour given); chosen here.
SHIFT_RULES = (
    (ASSISTANT, NURSE, 0.10, 0.8),
    (SECRETARY, NURSE, 0.05, 0.8),
    (NURSE, SPECIALIST, 0.10, 0.9),
    (SPECIALIST, PHYSICIAN, 0.05, 0.7),
    (SECRETARY, PHYSICIAN, 0.10, 0.8),
)

METRICS = (
    "demand_hours",
    "own_hours",
    "shifted_hours",
    "agency_hours",
    "unmet_hours",
    "surplus_hours",
    "exits",
    "hires",
    "headcount",  # at the end of the month
    "on_leave",  # at the end of the month
)

#: What performance.md measured at N = 4,000, to check our reading of the text against.
EXPECTED_STAFF = 4000
EXPECTED = {"events": 12_280.0, "exits_per_year": 330.6, "hires_per_year": 315.4, "headcount": 3848.0}


@dataclass(frozen=True)
class Result:
    """Hold what one replication gave.

    `headcount` is that of month 120. `events` counts what happens to people and posts and the weekly ticks; None where
    an engine does not count. `months` is the engine's own array: METRICS × months × cells for the peers.
    """

    exits_per_year: float
    hires_per_year: float
    headcount: float
    agency_hours_per_year: float
    unmet_hours_per_year: float
    events: int | None
    months: NDArray[Any]


def summarise(months: NDArray[np.float64], events: int) -> Result:
    """Sum up an array of METRICS × months × cells."""

    def yearly(metric: str) -> float:
        return float(months[METRICS.index(metric)].sum()) / YEARS

    return Result(
        exits_per_year=yearly("exits"),
        hires_per_year=yearly("hires"),
        headcount=float(months[METRICS.index("headcount"), -1].sum()),
        agency_hours_per_year=yearly("agency_hours"),
        unmet_hours_per_year=yearly("unmet_hours"),
        events=events,
        months=months,
    )


def cell(unit: int, occupation: int) -> int:
    """Number a cell."""
    return unit * len(OCCUPATIONS) + occupation


def heads_by_cell(n: int) -> tuple[int, ...]:
    """Deal out N employees to the cells; the total is exact and equals the shares where they come out even."""
    found, carried, given = [], 0.0, 0
    for unit_share in UNIT_SHARES:
        for occupation_share in OCCUPATION_SHARES:
            carried += n * unit_share * occupation_share
            found.append(round(carried) - given)
            given += found[-1]
    return tuple(found)


def fill_by_cell() -> tuple[float, ...]:
    """Give the probability that an attempt to fill a post succeeds."""
    return tuple(o * u for u in FILL_BY_UNIT for o in FILL_BY_OCCUPATION)


def lognormal_mu(mean: float, sigma: float) -> float:
    """Give the mean of the logarithm of a log-normal with a given mean."""
    return log(mean) - 0.5 * sigma * sigma


def lognormal_median(mean: float, sigma: float) -> float:
    """Give the median of a log-normal with a given mean."""
    return exp(lognormal_mu(mean, sigma))


def sick_share(week_of_year: int, occupation: int) -> float:
    """Give short sick leave as a share of the time of those present (week 0 is the first of a year)."""
    return SICK_LEVEL + SICK_SEASON * cos(2.0 * pi * week_of_year / WEEKS_PER_YEAR) + SICK_BY_OCCUPATION[occupation]


def demand_hours(heads: int, week_of_year: int) -> float:
    """Give the demand of a cell that started with so many heads."""
    summer = SUMMER_FACTOR if SUMMER_FIRST_WEEK <= week_of_year <= SUMMER_LAST_WEEK else 1.0
    return heads * MEAN_GRADE * FULL_TIME_HOURS * DEMAND_COVER * summer
