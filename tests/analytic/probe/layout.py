"""The arrays in which a watched kernel notes what it sees, beside those of the world itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.engine.compiled.state import World
from kompetenssim.model.clocks import THINNED

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.state import Floats, Ints

# Clocks: the thinned ones of a person, then these two.
RETIRE, ARRIVE = THINNED, THINNED + 1
CLOCKS = 8

# Views: ways to divide exposure and events by what is known just before the event.
VIEWS = ("all", "group", "workload", "tenure", "age", "strip", "day", "year", "origin")
ALL, OF_GROUP, OF_WORKLOAD, OF_TENURE, OF_AGE, OF_STRIP, OF_DAY, OF_YEAR, OF_ORIGIN = range(9)
CLASSES = 64

# Durations, and choices made by one uniform.
SPELLS = ("sick", "parental", "leave", "agency", "lead time", "patience", "own notice")
SPELL_SICK, SPELL_PARENTAL, SPELL_LEAVE, SPELL_AGENCY, SPELL_LEAD, SPELL_PATIENCE, SPELL_OWN_NOTICE = range(7)
CHOICES = (
    "leaves to an agency", "does not return from sickness", "leave refused", "refused resigns", "returns from leave",
    "substitute", "drops out", "works on", "retires to an agency", "returns from an agency",
)  # fmt: skip
(
    TO_AGENCY_CHOICE, SICK_NO_RETURN_CHOICE, REFUSED_CHOICE, REFUSED_QUITS_CHOICE, LEAVE_RETURNS_CHOICE, SUBSTITUTE_CHOICE,
    DROP_OUT_CHOICE, WORKS_ON_CHOICE, RETIRED_AGENCY_CHOICE, AGENCY_RETURNS_CHOICE,
) = range(10)  # fmt: skip

# An HR extract: years lived and events by (year, group, new, quarter of age), what is beyond in the last class.
YEARS, GROUPS, QUARTERS = 4, 20, 400
HR_CLASSES = YEARS * GROUPS * 2 * QUARTERS
LIVED = ("employed", "at work", "at work, by exit workload", "at work, by sick workload", "employed, at the age of the exit")
EMPLOYED_YEARS, AT_WORK, EXIT_LOAD, SICK_LOAD, TO_RETIRE = range(5)
SEEN_GRADE, SEEN_PENSION = THINNED + 1, THINNED + 2  # after the clocks: another employment rate than before, last days at work
SEEN = 9

# Counters.
OPENED, DUE_STRIP, TIMES_USED, SPELLS_USED, ARRIVED_USED, TORN = range(6)
COUNTERS = 6


class Notes(NamedTuple):
    """Hold what the stand-ins write (`kernel`); a watched world has these arrays too."""

    since: Ints  # [person] minute up to which exposure is counted
    grown: Floats  # [person, clock] cumulative hazard since the clock's last event
    exposure: Floats  # [clock, view, class] cumulative hazard
    events: Ints  # [clock, view, class]
    classes: Ints  # [view] class of the person and moment in hand
    gap: Floats  # [row] (clock, cumulative hazard between two events of a person's clock)
    spell_of: Floats  # [person] (kind or −1, begun, two parameters)
    spell: Floats  # [row] (kind, first parameter, second, minutes, 1 if it ended by itself)
    choice: Floats  # [choice] (times, chosen, Σp, Σp(1 − p))
    grown_group: Floats  # [group] cumulative rate of applicants
    arrival_rate: Floats  # [group] rate of the week
    arrived: Floats  # [row] (group, cumulative rate at an arrival)
    lived: Floats  # [kind, class] years, those by workload weighed with all that is known to multiply the hazard
    hits: Ints  # [clock or SEEN_…, class]
    fault: Floats  # [clock] (factor, ceiling in strips) that the engine, not the exposure, sees: (1, ∞) is no fault
    mark: Ints  # counters


Watched = NamedTuple("Watched", [(name, object) for name in (*World._fields, *Notes._fields)])  # type: ignore[misc]
