"""What decides a row's flows: hazards read off the rules of a person, looked up once a month for every kind of person.

`engine.people.hazard` is asked about one example person of each cell, novice or not, young or not; the rows read the answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.people import RETIREMENT_NOTICE, YOUNG, hazard
from kompetenssim.engine.twin.cohorts import Cohorts
from kompetenssim.engine.world import ACTIVE, STUDY_PRESETS, TERM, Person, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.clocks import NOVICE_MONTHS
from kompetenssim.model.rules import (
    RIGHT_AGE_RATE,
    STAGES,
    TRAINEE_PRODUCTIVITY,
    learning_month,
    learning_productivity,
    st_productivity,
)
from kompetenssim.model.trajectory import AGE_BANDS, TENURE_BANDS

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats, Ints

ST_PRESET = 2
PLACES = (0.1, 0.3, 0.5, 0.7, 0.9)  # of those who are spread evenly over what is left of a programme


class Rates:
    """Rates a year and shares by row, in force until the next look-up."""

    def __init__(self, size: int) -> None:
        self.resign, self.sick, self.parental, self.leave, self.move, self.retire, self.grade = (np.zeros(size) for _ in range(7))
        self.learned, self.senior, self.beginner, self.intro, self.away, self.paid = (np.zeros(size) for _ in range(6))
        self.grade_target = np.zeros(size)
        self.long_notice = np.zeros(size, dtype=bool)
        self.bin: Ints = np.zeros(size, dtype=np.int64)

    def fit(self, size: int) -> None:
        """Make room for rows."""
        if size > len(self.resign):
            for name, old in vars(self).items():
                setattr(self, name, np.concatenate([old, np.zeros(size - len(old), dtype=old.dtype)]))


class Tables:
    """Hazards and learning curves by cell or group."""

    def __init__(self, w: World, now: int) -> None:
        n = len(w.cells)
        example = Person(0, 0, 0, 0, 200)
        example.state = ACTIVE
        self.resign = np.zeros((n, 2, 2))
        self.other = np.zeros((clocks.THINNED, n))
        for c in w.cells:
            example.cell = c
            for novice in (0, 1):
                for young in (0, 1):
                    example.birth = now - (YOUNG - YEAR if young else YOUNG + YEAR)
                    example.hired = now - (MONTH if novice else (NOVICE_MONTHS + 1) * MONTH)
                    self.resign[c, novice, young] = hazard(w, example, clocks.RESIGN, now)
            for clock in range(1, clocks.THINNED):
                self.other[clock, c] = hazard(w, example, clock, now)
        plain = np.array(w.column("exit_rate"))
        self.factor = np.divide(self.resign[:, 0, 0], plain, out=np.zeros(n), where=plain > 0.0)


def learning_tables(w: World) -> tuple[Floats, Floats]:
    """Give, by group and origin (0 experienced, 1 novice), the month each stage begins and per mille in it."""
    groups = len(w.t.groups)
    begins, productivity = np.zeros((groups, 2, STAGES)), np.zeros((groups, 2, STAGES))
    for g in range(groups):
        intro = w.par["learn_intro_months"][g]
        full = max(w.par["learn_full_months"][g], intro + 1)
        for novice in (0, 1):
            start = w.par["learn_start"][g] if novice else w.par["learn_start_experienced"][g]
            after = w.par["learn_after_intro"][g] if novice else 0.5 + 0.5 * start
            for stage in range(STAGES):
                begins[g, novice, stage] = learning_month(stage, intro, full) * (1.0 if novice else 0.25)
                productivity[g, novice, stage] = learning_productivity(stage, start, after)
    return begins, productivity


def look_up(w: World, k: Cohorts, r: Rates, tables: Tables, learning: tuple[Floats, Floats], first: int, now: int) -> None:
    """Set the rates of the rows from `first` on, as of this minute."""
    r.fit(len(k.cell))
    rows = slice(first, k.n)
    cell = k.cell[rows]
    group = np.array(w.group_of)[cell]
    facts = {name: k.fact(name)[first:] for name in ("birth", "hired", "learns_from", "novice", "exam_until", "exam_hazard",
                                                     "bond_until", "grade")}  # fmt: skip
    age, tenure = now - facts["birth"], now - facts["hired"]
    training = k.programme[rows] >= 0
    resign = tables.resign[cell, (tenure < NOVICE_MONTHS * MONTH).astype(int), (age < YOUNG).astype(int)]
    resign = np.where(now < facts["exam_until"], facts["exam_hazard"] * tables.factor[cell], resign)
    r.resign[rows] = np.where(now < facts["bond_until"], 0.0, resign)
    r.sick[rows] = tables.other[clocks.SICK, cell]
    fertile = (age >= clocks.FERTILE_FROM) & (age < clocks.FERTILE_TO)
    r.parental[rows] = np.where(fertile, tables.other[clocks.PARENTAL, cell], 0.0)
    r.leave[rows] = tables.other[clocks.LEAVE, cell]
    r.move[rows] = np.where(training, 0.0, tables.other[clocks.MOVE, cell])
    r.grade[rows] = np.where(training, 0.0, tables.other[clocks.GRADE, cell])
    mix = np.array([sum(units * share for units, share in grades) for grades in w.t.group_grades])
    r.grade_target[rows] = mix[group]
    r.retire[rows] = retirement(w, facts["birth"], cell, group, now)
    r.long_notice[rows] = tenure >= w.t.notice_long_after_months * MONTH
    _learning(w, k, r, learning, first, now, group)
    bands = np.searchsorted(AGE_BANDS[1:], age / YEAR, side="right") * len(TENURE_BANDS)
    r.bin[rows] = group * len(AGE_BANDS) * len(TENURE_BANDS) + bands + np.searchsorted(TENURE_BANDS[1:], tenure / YEAR, "right")


def retirement(w: World, birth: Floats, cell: Ints, group: Ints, now: int) -> Floats:
    """Give the yearly hazard of giving notice of retirement, as `people.retirement_rate` does for one person."""
    m = int(np.clip(np.searchsorted(w.t.calendar.month_start, now, side="right"), 1, len(w.inputs.retire_norm))) - 1
    age = (now + RETIREMENT_NOTICE - birth) / YEAR
    hazards = np.array(w.inputs.retire_hazard)
    quarter = np.clip(((age - w.inputs.retire_norm[m] + 20.0) * 4.0).astype(np.int64), 0, hazards.shape[1] - 1)
    rate = hazards[group, quarter] * np.array(w.inputs.retire_factor[m])[cell]
    rate = np.where(age >= w.inputs.retire_right[m], np.maximum(rate, RIGHT_AGE_RATE), rate)
    found: Floats = np.where(age < w.inputs.retire_earliest[m], 0.0, rate)
    return found


def _learning(
    w: World, k: Cohorts, r: Rates, learning: tuple[Floats, Floats], first: int, now: int, group: Ints
) -> None:
    rows = slice(first, k.n)
    begins, productivity = learning
    month = (now - k.fact("learns_from")[first:]) / MONTH / np.array(w.column("learning_factor"))[k.cell[rows]]
    novice = k.fact("novice")[first:]
    parts = []
    for origin in (0, 1):
        stage = (month[:, None] >= begins[group, origin, 1:]).sum(axis=1)
        parts.append((productivity[group, origin, stage], stage >= STAGES - 1, stage < 3))
    for name, old, new in zip(("learned", "senior", "intro"), *parts, strict=True):
        getattr(r, name)[rows] = (1.0 - novice) * old + novice * new
    r.beginner[rows] = 1.0 - r.senior[rows]
    r.away[rows], r.paid[rows] = 0.0, 1000.0
    programme = k.programme[rows]
    for p, row in enumerate(w.t.programmes):
        mine = np.flatnonzero((programme == p) & (k.total()[first:] > 1e-9)) + first
        if not len(mine):
            continue
        r.senior[mine] = r.intro[mine] = 0.0
        if row.preset in STUDY_PRESETS:
            away = int(w.theta[row.pace] * 10)
            r.away[mine], r.paid[mine] = away, 1000 - away + int(away * w.value("pay_share", p))
        elif row.preset == ST_PRESET:
            r.learned[mine] = [_st(k, i, now) for i in mine.tolist()]
        else:
            r.learned[mine] = TRAINEE_PRODUCTIVITY


def _st(k: Cohorts, row: int, now: int) -> float:
    """Give the productivity of an ST row; those of the start are spread evenly over what is left."""
    length, started = max(1.0, k.fact("length")[row]), k.fact("started")[row]
    passed = min(1.0, (now - started) / length)
    if k.fact("ends")[row] < 0.0:
        return sum(st_productivity(passed + (1.0 - passed) * place) for place in PLACES) / len(PLACES)
    return st_productivity((now - started) // TERM * TERM / length)
