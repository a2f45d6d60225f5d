"""The domain of W1 in plain Python, for the engines that are libraries of Python.

SimPy, salabim and Ciw get the same people, the same rules and the same weekly tick, written without any of them, so that what
differs between their times is the library: who holds the calendar, wakes a person and passes control.
Draws come from one `random.Random`, as an experienced user of these libraries would have it.
"""

from __future__ import annotations

from math import exp, inf
from random import Random

import numpy as np

from benchmarks.w1 import spec
from benchmarks.w1.spec import CELLS, DAYS_PER_YEAR, FULL_GRADE, METRICS, MONTH_OF_WEEK, NURSE, OCCUPATIONS

METRIC = {name: k for k, name in enumerate(METRICS)}
SHORT_OF_NEW_DAYS = spec.NEW_YEARS * DAYS_PER_YEAR
RESIGN_NEW_PER_DAY, RESIGN_PER_DAY = spec.RESIGN_NEW_PER_YEAR / DAYS_PER_YEAR, spec.RESIGN_PER_YEAR / DAYS_PER_YEAR
LEAVE_PER_DAY, TRAIN_PER_DAY = spec.LEAVE_PER_YEAR / DAYS_PER_YEAR, spec.TRAIN_PER_YEAR / DAYS_PER_YEAR
LEAVE_MU = spec.lognormal_mu(spec.LEAVE_MEAN_MONTHS * spec.DAYS_PER_MONTH, spec.LEAVE_SIGMA)
VACANCY_MU = spec.lognormal_mu(spec.VACANCY_MEAN_MONTHS * spec.DAYS_PER_MONTH, spec.VACANCY_SIGMA)
TRAIN_DAYS = spec.TRAIN_MONTHS * spec.DAYS_PER_MONTH
FILL = spec.fill_by_cell()


class Employee:
    """An employee with the day of each of its clocks; `due` is the earliest."""

    __slots__ = ("cell", "due", "grade", "leave_at", "on_leave", "resign_at", "retire_at", "studies", "train_at")

    def __init__(self, cell: int, grade: int, resign_at: float, retire_at: float, leave_at: float, train_at: float) -> None:
        self.cell, self.grade = cell, grade
        self.resign_at, self.retire_at, self.leave_at, self.train_at = resign_at, retire_at, leave_at, train_at
        self.on_leave = self.studies = False
        self.due = min(resign_at, retire_at, leave_at, train_at)

    def units(self) -> int:
        """Give how much of a full-time employee (1/200) is at work."""
        if self.on_leave:
            return 0
        return self.grade // 2 if self.studies else self.grade


class Region:
    """The shared state: who is present in each cell, the months' output, and the source of chance."""

    def __init__(self, n: int, seed: int, replication: int) -> None:
        self.random = Random(f"{seed}/{replication}")
        self.events = 0
        self.present = [0] * CELLS
        self.heads: list[float] = [0] * CELLS
        self.away: list[float] = [0] * CELLS
        self.months = [[[0.0] * CELLS for _ in range(spec.MONTHS)] for _ in METRICS]
        self.exits, self.hires = self.months[METRIC["exits"]], self.months[METRIC["hires"]]
        start = spec.heads_by_cell(n)
        self.per_unit = [
            [spec.FULL_TIME_HOURS / FULL_GRADE * (1.0 - spec.sick_share(w, o)) for o in range(len(OCCUPATIONS))]
            for w in range(spec.WEEKS_PER_YEAR)
        ]
        self.demand = [[spec.demand_hours(heads, w) for heads in start] for w in range(spec.WEEKS_PER_YEAR)]
        self.staff = [self._at_start(cell) for cell, heads in enumerate(start) for _ in range(heads)]

    def _at_start(self, cell: int) -> Employee:
        age = min(spec.AGE_MOST_YEARS, max(spec.AGE_LEAST_YEARS, self.random.gauss(spec.AGE_MEAN_YEARS, spec.AGE_SD_YEARS)))
        tenure = min(self.random.expovariate(1.0 / spec.TENURE_MEAN_YEARS), age - spec.AGE_LEAST_YEARS)
        return self._employ(cell, 0.0, age, tenure)

    def _employ(self, cell: int, now: float, age: float, tenure: float) -> Employee:
        draw = self.random
        left, short = draw.expovariate(1.0), max(0.0, SHORT_OF_NEW_DAYS - tenure * DAYS_PER_YEAR)
        if left < short * RESIGN_NEW_PER_DAY:
            resign = left / RESIGN_NEW_PER_DAY
        else:
            resign = short + (left - short * RESIGN_NEW_PER_DAY) / RESIGN_PER_DAY
        retire_age = draw.gauss(spec.RETIRE_AGE_MEAN_YEARS, spec.RETIRE_AGE_SD_YEARS)
        while retire_age <= age:  # the rest of a life that has come this far
            retire_age = draw.gauss(spec.RETIRE_AGE_MEAN_YEARS, spec.RETIRE_AGE_SD_YEARS)
        train = draw.expovariate(TRAIN_PER_DAY) if cell % len(OCCUPATIONS) == NURSE else inf
        grade = draw.choices(spec.GRADES, spec.GRADE_SHARES)[0]
        self.present[cell] += grade
        self.heads[cell] += 1
        leave = draw.expovariate(LEAVE_PER_DAY)
        return Employee(cell, grade, now + resign, now + (retire_age - age) * DAYS_PER_YEAR, now + leave, now + train)

    def act(self, e: Employee) -> bool:
        """Let the earliest clock of an employee do what it does; tell whether the employee stays."""
        self.events += 1
        now, cell = e.due, e.cell
        self.present[cell] -= e.units()
        if now in (e.resign_at, e.retire_at):
            self.heads[cell] -= 1
            self.away[cell] -= e.on_leave
            self.exits[month_of(now)][cell] += 1.0
            return False
        if now == e.leave_at:
            if e.on_leave:
                e.leave_at = now + self.random.expovariate(LEAVE_PER_DAY)
            else:
                e.leave_at = now + exp(self.random.gauss(LEAVE_MU, spec.LEAVE_SIGMA))
            e.on_leave = not e.on_leave
            self.away[cell] += 1 if e.on_leave else -1
        elif e.studies:
            e.studies, e.train_at = False, inf
            self.heads[cell] -= 1
            self.away[cell] -= e.on_leave
            e.cell = cell = cell - NURSE + spec.SPECIALIST
            self.heads[cell] += 1
            self.away[cell] += e.on_leave
        else:
            e.studies, e.train_at = True, now + TRAIN_DAYS
        self.present[cell] += e.units()
        e.due = min(e.resign_at, e.retire_at, e.leave_at, e.train_at)
        return True

    def delay(self) -> float:
        """Draw the days that an attempt to fill a post takes."""
        return exp(self.random.gauss(VACANCY_MU, spec.VACANCY_SIGMA))

    def attempt(self, cell: int, now: float) -> Employee | None:
        """Try to fill a post; give the one who was hired, or None when it must be advertised again."""
        self.events += 1
        if self.random.random() >= FILL[cell]:
            return None
        self.hires[month_of(now)][cell] += 1.0
        age = self.random.gauss(spec.HIRE_AGE_MEAN_YEARS, spec.HIRE_AGE_SD_YEARS)
        return self._employ(cell, now, min(spec.HIRE_AGE_MOST_YEARS, max(spec.AGE_LEAST_YEARS, age)), 0.0)

    def tick(self, week: int) -> None:
        """Settle the hours of the week that has passed."""
        self.events += 1
        m, season = MONTH_OF_WEEK[week], week % spec.WEEKS_PER_YEAR
        per_unit, demand = self.per_unit[season], self.demand[season]
        demand_, own_, shifted_, agency_, unmet_, surplus_ = (rows[m] for rows in self.months[:6])
        present = self.present
        for base in range(0, CELLS, len(OCCUPATIONS)):
            gaps = []
            for o, hours in enumerate(per_unit):
                own = present[base + o] * hours
                own_[base + o] += own
                gaps.append(demand[base + o] - own)
            for giver, receiver, most, covered in spec.SHIFT_RULES:
                if gaps[giver] < 0.0 < gaps[receiver]:
                    moved = min(most * gaps[receiver], -gaps[giver] * covered)
                    gaps[receiver] -= moved
                    gaps[giver] += moved / covered
                    shifted_[base + receiver] += moved
            for o, gap in enumerate(gaps):
                cell = base + o
                demand_[cell] += demand[cell]
                if gap > 0.0:
                    hired = min(gap, spec.AGENCY_MOST_SHARE * demand[cell])
                    agency_[cell] += hired
                    unmet_[cell] += gap - hired
                else:
                    surplus_[cell] -= gap
        self.months[METRIC["headcount"]][m] = self.heads[:]
        self.months[METRIC["on_leave"]][m] = self.away[:]

    def result(self) -> spec.Result:
        """Hand over what was counted."""
        return spec.summarise(np.array(self.months), self.events)


def month_of(day: float) -> int:
    """Give the month of a day: that in which its week starts."""
    return MONTH_OF_WEEK[int(day) // spec.DAYS_PER_WEEK]
