"""W1 as a bare compiled kernel: the floor that a compiled engine of a richer model is measured against.

One record of 32 bytes per post, which a vacancy shares with the person who left it; one bucket per week, a list of the
records whose earliest clock falls in it; uniforms that are a pure function of (person, decision, occurrence), by the
finaliser of SplitMix64. Days are single precision floats, exact to less than a minute in ten years. The compiled code is
not kept between processes: a cache would not notice that a number in `spec.py` has changed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit, uint64

from benchmarks.w1 import spec
from benchmarks.w1.spec import (
    AGE_LEAST_YEARS,
    AGE_MEAN_YEARS,
    AGE_MOST_YEARS,
    AGE_SD_YEARS,
    AGENCY_MOST_SHARE,
    CELLS,
    DAYS_PER_WEEK,
    DAYS_PER_YEAR,
    FULL_GRADE,
    HIRE_AGE_MEAN_YEARS,
    HIRE_AGE_MOST_YEARS,
    HIRE_AGE_SD_YEARS,
    LEAVE_SIGMA,
    NURSE,
    RETIRE_AGE_MEAN_YEARS,
    RETIRE_AGE_SD_YEARS,
    SPECIALIST,
    TENURE_MEAN_YEARS,
    VACANCY_SIGMA,
    WEEKS,
    WEEKS_PER_YEAR,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECORD = np.dtype(
    [
        ("key", "u8"),
        ("resign_at", "f4"),  # of a vacancy: when the attempt to fill it ends
        ("retire_at", "f4"),
        ("leave_at", "f4"),
        ("train_at", "f4"),
        ("next", "i4"),
        ("cell", "u1"),
        ("grade", "u1"),
        ("state", "u1"),
        ("occurrence", "u1"),
    ]
)
ON_LEAVE, STUDIES, VACANT = 1, 2, 4
AGE, AGE_OF_HIRE, TENURE, RESIGN, RETIRE, LEAVE, LEAVE_TIME, TRAIN, GRADE, FILL, DELAY, SUCCESSOR = range(12)

OCCUPATIONS = len(spec.OCCUPATIONS)
RESIGN_NEW_PER_DAY, RESIGN_PER_DAY = spec.RESIGN_NEW_PER_YEAR / DAYS_PER_YEAR, spec.RESIGN_PER_YEAR / DAYS_PER_YEAR
NEW_DAYS = spec.NEW_YEARS * DAYS_PER_YEAR
LEAVE_MEAN_GAP_DAYS, TRAIN_MEAN_GAP_DAYS = DAYS_PER_YEAR / spec.LEAVE_PER_YEAR, DAYS_PER_YEAR / spec.TRAIN_PER_YEAR
LEAVE_MU = spec.lognormal_mu(spec.LEAVE_MEAN_MONTHS * spec.DAYS_PER_MONTH, LEAVE_SIGMA)
VACANCY_MU = spec.lognormal_mu(spec.VACANCY_MEAN_MONTHS * spec.DAYS_PER_MONTH, VACANCY_SIGMA)
TRAIN_DAYS = spec.TRAIN_MONTHS * spec.DAYS_PER_MONTH
MONTH = np.array(spec.MONTH_OF_WEEK)
FILL_SHARE = np.array(spec.fill_by_cell())
GRADES, GRADE_UP_TO = np.array(spec.GRADES), np.cumsum(spec.GRADE_SHARES)
RULES = np.array(spec.SHIFT_RULES)
OWN_PER_UNIT = np.array(
    [
        [spec.FULL_TIME_HOURS / FULL_GRADE * (1.0 - spec.sick_share(w, c % OCCUPATIONS)) for c in range(CELLS)]
        for w in range(WEEKS_PER_YEAR)
    ]
)
METRICS = len(spec.METRICS)
DEMAND, OWN, SHIFTED, AGENCY, UNMET, SURPLUS, EXITS, HIRES, HEADCOUNT, AWAY = range(METRICS)

GOLDEN, SILVER = uint64(0x9E3779B97F4A7C15), uint64(0xD1B54A32D192ED03)
FIRST, SECOND = uint64(0xBF58476D1CE4E5B9), uint64(0x94D049BB133111EB)
TWO_POWER_MINUS_52 = 2.0**-52

if TYPE_CHECKING:
    Compiled = Callable[..., Any]
compiled: Compiled = njit(nogil=True)


def run(n: int, seed: int, replication: int) -> spec.Result:
    """Simulate one replication of N employees."""
    root = int.from_bytes(blake2b(f"{seed}/{replication}".encode(), digest_size=8).digest(), "big")
    start, demand = _region(n)
    records, heads = _workspace(n)
    months = np.zeros((spec.MONTHS, METRICS, CELLS))
    events = simulate(np.uint64(root), start, demand, records, heads, months)
    return spec.summarise(months.swapaxes(0, 1), int(events))


@lru_cache(maxsize=1)
def _workspace(n: int) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """Allocate the records and the heads of the buckets, once per size."""
    return np.zeros(n, dtype=RECORD), np.zeros(WEEKS, dtype=np.int32)


@lru_cache(maxsize=1)
def _region(n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the heads of each cell at the start, and demand by week of the year and cell."""
    start = spec.heads_by_cell(n)
    return np.array(start), np.array([[spec.demand_hours(h, w) for h in start] for w in range(WEEKS_PER_YEAR)])


@compiled
def mix(x):  # type: ignore[no-untyped-def]
    """Scramble 64 bits."""
    x = (x ^ (x >> uint64(30))) * FIRST
    x = (x ^ (x >> uint64(27))) * SECOND
    return x ^ (x >> uint64(31))


@compiled
def uniform(key, decision, occurrence):  # type: ignore[no-untyped-def]
    """Give a uniform number in (0, 1)."""
    x = mix(mix(key + uint64(decision) * GOLDEN) + uint64(occurrence) * SILVER)
    return ((x >> uint64(12)) + 0.5) * TWO_POWER_MINUS_52


@compiled
def normal(p):  # type: ignore[no-untyped-def]
    """Give the standard normal quantile (Acklam's rational approximation, relative error below 1.2e-9)."""
    q = p - 0.5
    if abs(q) <= 0.47575:
        r = q * q
        top = (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02) * r
        low = (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
        return ((top - 3.066479806614716e01) * r + 2.506628277459239e00) * q / ((low - 1.328068155288572e01) * r + 1.0)
    t = sqrt(-2.0 * log(min(p, 1.0 - p)))
    top = (((-7.784894002430293e-03 * t - 3.223964580411365e-01) * t - 2.400758277161838e00) * t - 2.549732539343734e00) * t
    low = ((7.784695709041462e-03 * t + 3.224671290700398e-01) * t + 2.445134137142996e00) * t + 3.754408661907416e00
    x = ((top + 4.374664141464968e00) * t + 2.938163982698783e00) / (low * t + 1.0)
    return x if q < 0.0 else -x


@compiled
def employ(p, now, age, tenure):  # type: ignore[no-untyped-def]
    """Set the clocks of somebody who now holds a post."""
    key = p.key
    left, short = -log(uniform(key, RESIGN, 0)), max(0.0, NEW_DAYS - tenure * DAYS_PER_YEAR)
    if left < short * RESIGN_NEW_PER_DAY:
        p.resign_at = now + left / RESIGN_NEW_PER_DAY
    else:
        p.resign_at = now + short + (left - short * RESIGN_NEW_PER_DAY) / RESIGN_PER_DAY
    retire_age, trial = 0.0, 0
    while retire_age <= age:  # the rest of a life that has come this far
        retire_age = RETIRE_AGE_MEAN_YEARS + RETIRE_AGE_SD_YEARS * normal(uniform(key, RETIRE, trial))
        trial += 1
    p.retire_at = now + (retire_age - age) * DAYS_PER_YEAR
    p.leave_at = now - log(uniform(key, LEAVE, 0)) * LEAVE_MEAN_GAP_DAYS
    p.train_at = inf
    if p.cell % OCCUPATIONS == NURSE:
        p.train_at = now - log(uniform(key, TRAIN, 0)) * TRAIN_MEAN_GAP_DAYS
    u, k = uniform(key, GRADE, 0), 0
    while k < len(GRADES) - 1 and u >= GRADE_UP_TO[k]:
        k += 1
    p.grade, p.state, p.occurrence = GRADES[k], 0, 1


@compiled
def units(p):  # type: ignore[no-untyped-def]
    """Give how much of a full-time employee (1/200) is at work."""
    if p.state & ON_LEAVE:
        return 0
    return p.grade >> 1 if p.state & STUDIES else p.grade


@compiled
def advertise(p, now):  # type: ignore[no-untyped-def]
    """Start an attempt to fill a post."""
    p.state |= VACANT
    p.resign_at = now + exp(VACANCY_MU + VACANCY_SIGMA * normal(uniform(p.key, DELAY, p.occurrence)))
    p.occurrence += 1


@compiled
def attempt(p, now, present, staff, month):  # type: ignore[no-untyped-def]
    """End an attempt to fill a post: somebody is hired, or it is advertised again."""
    if uniform(p.key, FILL, p.occurrence) >= FILL_SHARE[p.cell]:
        advertise(p, now)
        return
    p.key = mix(p.key + SUCCESSOR * GOLDEN)
    month[HIRES, p.cell] += 1.0
    age = HIRE_AGE_MEAN_YEARS + HIRE_AGE_SD_YEARS * normal(uniform(p.key, AGE_OF_HIRE, 0))
    employ(p, now, min(HIRE_AGE_MOST_YEARS, max(AGE_LEAST_YEARS, age)), 0.0)
    present[p.cell] += p.grade
    staff[p.cell] += 1


@compiled
def act(p, now, present, staff, away, month):  # type: ignore[no-untyped-def]
    """Let the earliest clock of an employee do what it does."""
    cell, on_leave = p.cell, p.state & ON_LEAVE
    present[cell] -= units(p)
    if now == p.resign_at or now == p.retire_at:  # noqa: PLR1714
        staff[cell] -= 1
        away[cell] -= on_leave
        month[EXITS, cell] += 1.0
        p.retire_at = p.leave_at = p.train_at = inf
        p.state = 0
        advertise(p, now)
        return
    if now == p.leave_at:
        if on_leave:
            p.leave_at = now - log(uniform(p.key, LEAVE, p.occurrence)) * LEAVE_MEAN_GAP_DAYS
            p.occurrence += 1
            away[cell] -= 1
        else:
            p.leave_at = now + exp(LEAVE_MU + LEAVE_SIGMA * normal(uniform(p.key, LEAVE_TIME, p.occurrence)))
            away[cell] += 1
        p.state ^= ON_LEAVE
    elif p.state & STUDIES:
        p.state ^= STUDIES
        p.train_at = inf
        p.cell = cell - NURSE + SPECIALIST
        staff[cell] -= 1
        staff[p.cell] += 1
        away[cell] -= on_leave
        away[p.cell] += on_leave
    else:
        p.state ^= STUDIES
        p.train_at = now + TRAIN_DAYS
    present[p.cell] += units(p)


@compiled
def settle(present, staff, away, demand, own_per_unit, month):  # type: ignore[no-untyped-def]
    """Settle the hours of a week."""
    gaps = np.empty(OCCUPATIONS)
    for base in range(0, CELLS, OCCUPATIONS):
        for o in range(OCCUPATIONS):
            own = present[base + o] * own_per_unit[base + o]
            month[OWN, base + o] += own
            gaps[o] = demand[base + o] - own
        for k in range(len(RULES)):
            giver, receiver, covered = int(RULES[k, 0]), int(RULES[k, 1]), RULES[k, 3]
            if gaps[giver] < 0.0 < gaps[receiver]:
                moved = min(RULES[k, 2] * gaps[receiver], -gaps[giver] * covered)
                gaps[receiver] -= moved
                gaps[giver] += moved / covered
                month[SHIFTED, base + receiver] += moved
        for o in range(OCCUPATIONS):
            c = base + o
            month[DEMAND, c] += demand[c]
            if gaps[o] > 0.0:
                hired = min(gaps[o], AGENCY_MOST_SHARE * demand[c])
                month[AGENCY, c] += hired
                month[UNMET, c] += gaps[o] - hired
            else:
                month[SURPLUS, c] -= gaps[o]
            month[HEADCOUNT, c] = staff[c]
            month[AWAY, c] = away[c]


@compiled
def put(records, heads, i, due):  # type: ignore[no-untyped-def]
    """Put a record in the bucket of the week of its earliest clock."""
    week = int(due) // DAYS_PER_WEEK if due < WEEKS * DAYS_PER_WEEK else WEEKS
    if week < WEEKS:
        records[i].next = heads[week]
        heads[week] = i


@compiled
def simulate(root, start, demand, records, heads, months):  # type: ignore[no-untyped-def]
    """Run the ten years; give the number of events."""
    present, staff, away = np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64)
    heads[:] = -1
    i = 0
    for c in range(CELLS):
        for _ in range(start[c]):
            p = records[i]
            p.key = mix(root + uint64(i) * GOLDEN)
            p.cell = c
            age = AGE_MEAN_YEARS + AGE_SD_YEARS * normal(uniform(p.key, AGE, 0))
            age = min(AGE_MOST_YEARS, max(AGE_LEAST_YEARS, age))
            employ(p, 0.0, age, min(-log(uniform(p.key, TENURE, 0)) * TENURE_MEAN_YEARS, age - AGE_LEAST_YEARS))
            present[c] += p.grade
            staff[c] += 1
            put(records, heads, i, min(p.resign_at, p.retire_at, p.leave_at, p.train_at))
            i += 1
    events = 0
    for week in range(WEEKS):
        month, boundary = months[MONTH[week]], (week + 1) * DAYS_PER_WEEK
        i = heads[week]
        while i >= 0:
            p = records[i]
            following = p.next
            due = min(p.resign_at, p.retire_at, p.leave_at, p.train_at)
            while due < boundary:
                events += 1
                if p.state & VACANT:
                    attempt(p, due, present, staff, month)
                else:
                    act(p, due, present, staff, away, month)
                due = min(p.resign_at, p.retire_at, p.leave_at, p.train_at)
            put(records, heads, i, due)
            i = following
        events += 1
        season = week % WEEKS_PER_YEAR
        settle(present, staff, away, demand[season], OWN_PER_UNIT[season], month)
    return events
