"""What engines read off a template: numbers that no draw and no simulation changes, worked out in one place for all engines."""

from __future__ import annotations

from datetime import timedelta

from kompetenssim.model.calendar import DAY
from kompetenssim.model.template import Template

HOLIDAY_WEEKS = (25, 33)


def holiday_loss(t: Template) -> float:
    """Give what the holiday weeks lose of presence, spread over the other weeks of the year.

    Added up in one fixed order: the builtin sum of floats differs between Python 3.11 and 3.13.
    """
    first, last = HOLIDAY_WEEKS
    loss = 0.0
    for week in range(first, last + 1):
        loss += 1.0 - t.presence_season[week - 1]
    return loss / (52 - (last - first + 1))


def applicant_widths(t: Template) -> list[float]:
    """Give the width of a strip of each group's stream of applicants, per year: 8 % of its staff, at least 4."""
    heads = [0] * len(t.groups)
    for group, employees in zip(t.cell_group, t.initial_employees, strict=True):
        heads[group] += employees
    return [max(4.0, 0.08 * h) for h in heads]


def programmes_of_groups(t: Template) -> list[int]:
    """Give the programme in which everybody of a group is in training (ST, BT, AT), -1 for an ordinary group."""
    found = [-1] * len(t.groups)
    for k, row in reversed(list(enumerate(t.programmes))):
        if row.all_of_during:
            found[row.during_group] = k
    return found


def year_at(t: Template, minute: int) -> int:
    """Give the calendar year of a minute, counted from the first."""
    return (t.start + timedelta(days=minute // DAY)).year - t.start.year
