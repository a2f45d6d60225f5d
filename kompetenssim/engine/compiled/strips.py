"""Which strips of the rate axis the cells need: opened before a hazard can reach them."""

from __future__ import annotations

from math import log

from kompetenssim.engine.compiled.life import open_strips
from kompetenssim.engine.compiled.records import STAY, employed, reschedule, value
from kompetenssim.engine.compiled.state import (
    CELL,
    CHANGED,
    EXIT_LIMIT,
    EXIT_MULTIPLIER,
    GOES_ON,
    HAZARD_TOO_HIGH,
    OPENED,
    PAY_EXIT,
    PEOPLE,
    SETTLED,
    SICK_LIMIT,
    SICK_MULTIPLIER,
    STATE,
    STRIP_0,
    STRIPS_0,
    World,
)  # fmt: skip
from kompetenssim.model.clocks import MOST_STRIPS, RESIGN, STRIP, THINNED
from kompetenssim.model.positions import (
    ONE_NOVICE_EXIT,
    ONE_YOUNG_EXIT,
    Q_EXIT_FACTOR,
    Q_EXIT_RATE,
    Q_GRADE_RATE,
    Q_LEAVE_RATE,
    Q_MOVE_RATE,
    Q_NOVICE_EXIT_FACTOR,
    Q_PARENTAL_RATE,
    Q_SICK_RATE,
    Q_YOUNG_EXIT_FACTOR,
)


def fit_strips(w: World, now: int) -> None:
    """Open the strips that the coming week's hazards may need, cell by cell; opening more than needed changes nothing.

    Between changes of the inputs only the workload moves hazards, so a cell is looked at again when its multiplier
    passes the limit of its open strips.
    """
    p, number, some, exams = w.person, w.cell_number, False, -1.0
    for c in range(w.cell.shape[0]):
        w.cell[c, OPENED] = 0
        if (
            w.n[CHANGED] != 0
            or number[c, EXIT_MULTIPLIER] >= number[c, EXIT_LIMIT]
            or number[c, SICK_MULTIPLIER] >= number[c, SICK_LIMIT]
        ):
            if exams < 0.0:
                exams = most_exam_hazard(w)
            if fit_cell(w, c, exams):
                w.cell[c, OPENED] = 1
                some = True
    w.n[CHANGED] = 0
    if some:
        for i in range(w.n[PEOPLE]):
            if employed(p[i, STATE]) and w.cell[p[i, CELL], OPENED] != 0 and p[i, STRIP_0] >= 0:
                open_strips(w, i, now)
                reschedule(w, i)


def most_exam_hazard(w: World) -> float:
    """Give the highest exit hazard (per year) that staying after an examination can give."""
    most = 0.0
    for k in range(w.programme.shape[0]):
        if w.programme[k, STAY] >= 0:
            most = max(most, -log(w.theta[w.programme[k, STAY]]) / 2.0)
    return most


def fit_cell(w: World, c: int, exams: float) -> bool:
    """Set how many strips a cell needs of each clock; tell whether some were opened."""
    number = w.cell_number
    factor = value(w, Q_EXIT_FACTOR, c) * number[c, PAY_EXIT]
    old = max(value(w, Q_EXIT_RATE, c) * max(1.0, w.one[ONE_YOUNG_EXIT] * value(w, Q_YOUNG_EXIT_FACTOR, c)), exams) * factor
    new = max(old, old * w.one[ONE_NOVICE_EXIT] * value(w, Q_NOVICE_EXIT_FACTOR, c))
    sick = value(w, Q_SICK_RATE, c)
    exits = max(old / STRIP[RESIGN][1], new / STRIP[RESIGN][0])
    opened = False
    for clock in range(THINNED):
        bound = exits * number[c, EXIT_MULTIPLIER]
        if clock == 1:
            bound = value(w, Q_MOVE_RATE, c) / STRIP[1][0]
        elif clock == 2:
            bound = sick * number[c, SICK_MULTIPLIER] / STRIP[2][0]
        elif clock == 3:
            bound = value(w, Q_PARENTAL_RATE, c) / STRIP[3][0]
        elif clock == 4:
            bound = value(w, Q_LEAVE_RATE, c) / STRIP[4][0]
        elif clock == 5:
            bound = value(w, Q_GRADE_RATE, c) / STRIP[5][0]
        need = int(bound) + 1 if bound > 0.0 or clock == RESIGN else 0
        if need > MOST_STRIPS:
            if w.status[0] == GOES_ON:
                m = STRIP[clock][1 if clock == RESIGN and old / STRIP[RESIGN][1] > new / STRIP[RESIGN][0] else 0]
                w.status[0], w.status[1], w.status[2], w.status[3] = HAZARD_TOO_HIGH, clock, c, w.n[SETTLED]
                w.trouble[0], w.trouble[1] = bound * m, MOST_STRIPS * m
            return False
        if need > w.cell[c, STRIPS_0 + clock]:
            w.cell[c, STRIPS_0 + clock] = need
            opened = True
    number[c, EXIT_LIMIT] = w.cell[c, STRIPS_0 + RESIGN] / exits if exits > 0.0 else 1e9
    number[c, SICK_LIMIT] = w.cell[c, STRIPS_0 + 2] * STRIP[2][0] / sick if sick > 0.0 else 1e9
    return opened
