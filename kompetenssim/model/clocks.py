"""A person's clocks: keyed candidates in stacked strips of the rate axis (thinning).

The candidates of a clock and strip are a Poisson stream with a dominating rate that depends only on the person's
own age and time of employment, equal in all scenarios and draws. A candidate in strip s has a mark y in
[s·M, (s+1)·M) and happens if y is below the hazard of that moment. Opening a strip never changes those below it.
"""

from __future__ import annotations

from math import log

from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.keyed import uniform

RESIGN, MOVE, SICK, PARENTAL, LEAVE, GRADE = 0, 1, 2, 3, 4, 5
THINNED = 6
CLOCK_NAMES = (
    "uppsägning",
    "internt byte",
    "lång sjukfrånvaro",
    "föräldraledighet",
    "tjänstledighet",
    "ändrad sysselsättningsgrad",
)
NEVER = 1 << 60
MOST_STRIPS = 64

#: Dominating rates per year of one strip: (first 24 months of employment or aged 25–44, otherwise).
STRIP = ((0.20, 0.10), (0.06, 0.06), (0.06, 0.06), (0.08, 0.0), (0.025, 0.025), (0.08, 0.08))

NOVICE_MONTHS = 24
FERTILE_FROM = 25 * YEAR
FERTILE_TO = 45 * YEAR

# Decision numbers of the keyed draws; a clock's strips use 256·clock + 2·strip (gap) and + 1 (mark).
DECIDE = 4096
(
    ACCEPT_AGENCY,
    AGENCY_RETURNS,
    AGENCY_TIME,
    SICK_TIME,
    SICK_NO_RETURN,
    PARENTAL_TIME,
    LEAVE_TIME,
    LEAVE_RETURNS,
    LEAVE_REFUSED,
    GRADE_TARGET,
    RETIRE,
    WORKS_ON,
    RETIRED_AGENCY,
    SUBSTITUTE,
    DROP_OUT,
    MORE_HOURS,
    START_STATE,
    START_POSITION,
    START_TIME,
    NOVICE,
    AGE,
    PATIENCE,
    START_NOTICE,
    LEAD_TIME,
    ADMISSION,
    SEAT,
    DELIVERY,
    SHORT_SICK,
    STREAM_GAP,
    STREAM_MARK,
    PLACED,
    START_LEAD,
    MOVED,
) = range(DECIDE, DECIDE + 33)


def gap_decision(clock: int, strip: int) -> int:
    """Give the decision number of the gaps between candidates."""
    return 256 * clock + 2 * strip


def width(clock: int, age: int, employed: int) -> float:
    """Give the strip width M (per year) at an age and time of employment, in minutes."""
    first, other = STRIP[clock]
    if clock == RESIGN:
        return first if employed < NOVICE_MONTHS * MONTH else other
    if clock == PARENTAL:
        return first if FERTILE_FROM <= age < FERTILE_TO else other
    return first


def next_candidate(stream: int, clock: int, strip: int, number: int, at: int, birth: int, hired: int) -> int:
    """Give the minute of candidate `number` of a strip, given that the one before came at `at`.

    The exponential gap is used up at the dominating rate of each class the person passes through.
    """
    left = -log(uniform(stream, gap_decision(clock, strip), number)) * YEAR
    first, other = STRIP[clock]
    if clock == RESIGN:
        turn = hired + NOVICE_MONTHS * MONTH
        if at < turn:
            if left < (turn - at) * first:
                return at + max(1, int(left / first))
            left = left - (turn - at) * first
            at = turn
        return at + max(1, int(left / other))
    if clock == PARENTAL:
        start, stop = birth + FERTILE_FROM, birth + FERTILE_TO
        at = max(at, start)
        found = at + max(1, int(left / first))
        return found if found < stop else NEVER
    return at + max(1, int(left / first))
