"""What an HR system would note of a simulated world, compiled with the watched kernel: years lived and events by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.records import value
from kompetenssim.engine.compiled.state import (
    BIRTH,
    BOND_UNTIL,
    CAUSE,
    CELL,
    EXAM_UNTIL,
    EXIT_MULTIPLIER,
    GROUP,
    HIRED,
    NOTICE_END,
    PAY_EXIT,
    PROGRAMME,
    SICK_MULTIPLIER,
    STATE,
    TEMPORARY,
)
from kompetenssim.engine.people import PENSION, QUARTER, RETIREMENT_NOTICE, YOUNG
from kompetenssim.engine.world import ACTIVE
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.clocks import NEVER, NOVICE_MONTHS
from kompetenssim.model.positions import Q_EXIT_FACTOR, Q_NOVICE_EXIT_FACTOR, Q_YOUNG_EXIT_FACTOR
from tests.analytic.probe.layout import (
    AT_WORK,
    EMPLOYED_YEARS,
    EXIT_LOAD,
    GROUPS,
    OPENED,
    QUARTERS,
    SICK_LOAD,
    TO_RETIRE,
    YEARS,
)

if TYPE_CHECKING:
    from tests.analytic.probe.layout import Watched


def grow_older(w: Watched, i: int, at: int, until: int) -> None:
    """Add a piece to the years lived, as an HR system counts them: by what the record says, whatever the hazards are."""
    p, c, years = w.person, w.person[i, CELL], (until - at) / YEAR
    if p[i, NOTICE_END] == NEVER or p[i, CAUSE] == PENSION:
        w.lived[EMPLOYED_YEARS, hr_class(w, i, at, at)] += years
    if p[i, NOTICE_END] == NEVER:
        w.lived[TO_RETIRE, hr_class(w, i, at, at + RETIREMENT_NOTICE)] += years
    if counted(w, i, at):
        k = hr_class(w, i, at, at)
        load = value(w, Q_EXIT_FACTOR, c) * w.cell_number[c, EXIT_MULTIPLIER] * w.cell_number[c, PAY_EXIT]
        load *= value(w, Q_NOVICE_EXIT_FACTOR, c) if at - p[i, HIRED] < NOVICE_MONTHS * MONTH else 1.0
        load *= value(w, Q_YOUNG_EXIT_FACTOR, c) if at - p[i, BIRTH] < YOUNG else 1.0
        w.lived[AT_WORK, k] += years
        w.lived[EXIT_LOAD, k] += years * load
        w.lived[SICK_LOAD, k] += years * w.cell_number[c, SICK_MULTIPLIER]


def counted(w: Watched, i: int, at: int) -> bool:
    """Tell whether a person is one of those whose events an extract counts: permanent, at work, not bound, not in training."""
    p = w.person
    free = at >= p[i, BOND_UNTIL] and at >= p[i, EXAM_UNTIL] and p[i, PROGRAMME] < 0 and p[i, TEMPORARY] == 0
    return free and p[i, STATE] == ACTIVE and p[i, NOTICE_END] == NEVER


def hr_class(w: Watched, i: int, at: int, of_age: int) -> int:
    """Give the class of an extract: year, group, new or not, quarter of the age that the person has at `of_age`."""
    p = w.person
    year, novice = min(w.mark[OPENED] // YEAR, YEARS - 1), int(at - p[i, HIRED] < NOVICE_MONTHS * MONTH)
    age = min((of_age - p[i, BIRTH]) // QUARTER, QUARTERS - 1)
    return ((year * GROUPS + w.cell[p[i, CELL], GROUP]) * 2 + novice) * QUARTERS + age
