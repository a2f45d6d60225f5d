"""What must come in a year for the start state to stand, by group, and of what it consists (table T7).

Plain functions, as in `start_state`.
"""

from __future__ import annotations

from math import erf, log, sqrt
from typing import TYPE_CHECKING

from kompetenssim.model.positions import (
    G_AGENCY_RETURN_SHARE,
    G_EXIT_PERCENT,
    G_LEAVE_MEDIAN_MONTHS,
    G_LEAVE_PERCENT,
    G_LEAVE_RETURNS,
    G_LEAVE_SIGMA,
    G_PARENTAL_MEDIAN_MONTHS,
    G_PARENTAL_PERCENT,
    G_PARENTAL_SIGMA,
    G_SICK_LONG_PERCENT,
    G_SICK_MEDIAN_MONTHS,
    G_SICK_NO_RETURN,
    G_SICK_SIGMA,
    G_SUBSTITUTE_SHARE,
    G_TO_AGENCY_SHARE,
    Q_ARRIVAL_RATE,
    Q_SEATS_AUTUMN,
    Q_SEATS_SPRING,
)
from kompetenssim.model.start_state import NEW_POST_APPLICANTS, SUBSTITUTE_FILLED, SUBSTITUTE_MONTHS

if TYPE_CHECKING:
    from kompetenssim.model.sequences import FloatRow, Floats, Ints
    from kompetenssim.model.start_tables import GroupWork, StartTables


def arrivals(t: StartTables, theta: Floats, par: Floats, values: FloatRow, offset: Ints, w: GroupWork, parts: FloatRow) -> None:
    """Set `arrival_rate`, what must come in a year (the exits at the start, or what the region states), and give its parts.

    `parts[10·g + k]` is part k of `start_state.PARTS`, people a year.
    """
    _flows_of_training(t, theta, values, offset, w)
    _posts_to_come(t, theta, w)
    groups = len(t.groups)
    for g in range(groups):
        group = t.groups[g]
        heads, present = group.heads, 1.0 - w.out[g]
        external = heads * par[G_EXIT_PERCENT * groups + g] / 100.0 * present
        fixed = heads * present * _long_spells(par, groups, g, group.fertile) * par[G_SUBSTITUTE_SHARE * groups + g]
        fixed = fixed * SUBSTITUTE_FILLED * group.leaves
        sick = par[G_SICK_LONG_PERCENT * groups + g] * par[G_SICK_NO_RETURN * groups + g]
        leave = par[G_LEAVE_PERCENT * groups + g] * (1.0 - par[G_LEAVE_RETURNS * groups + g])
        other = heads * present * (sick + leave) / 100.0
        returns = external * par[G_TO_AGENCY_SHARE * groups + g] * par[G_AGENCY_RETURN_SHARE * groups + g]
        otherwise = w.trained_in[g] + w.graduates[g] + returns
        if group.arrival_column >= 0:
            rate, otherwise = theta[group.arrival_column], 0.0
        elif group.in_st:  # filled by admission
            rate = 0.0
        elif heads > 0.0:
            rate = external + w.pension[g] + fixed + other + w.trained_out[g]
        else:
            rate = NEW_POST_APPLICANTS * w.total[g]
        values[offset[Q_ARRIVAL_RATE] + g] = rate
        k = 10 * g
        parts[k], parts[k + 1], parts[k + 2], parts[k + 3] = external, w.pension[g], fixed, other
        parts[k + 4], parts[k + 5], parts[k + 6], parts[k + 7] = w.trained_out[g], w.trained_in[g], w.graduates[g], returns
        parts[k + 8], parts[k + 9] = max(0.0, rate - otherwise), otherwise


def _flows_of_training(t: StartTables, theta: Floats, values: Floats, offset: Ints, w: GroupWork) -> None:
    """Give who leaves a group a year to train, who comes into it so, and who graduates and applies."""
    for g in range(len(t.groups)):
        w.trained_out[g], w.trained_in[g], w.graduates[g] = 0.0, 0.0, 0.0
    for k in range(len(t.programmes)):
        p = t.programmes[k]
        starts = values[offset[Q_SEATS_SPRING] + k] + values[offset[Q_SEATS_AUTUMN] + k]
        passed = p.stock / (theta[p.terms] / 2.0)
        moves = p.during_group != p.from_group
        if moves and not p.external:
            w.trained_out[p.from_group] += starts
        if moves or p.external:
            w.trained_in[p.during_group] += starts
        if p.to_group >= 0:
            w.trained_out[p.during_group] += passed
            w.trained_in[p.to_group] += passed
    for k in range(len(t.graduates)):
        row = t.graduates[k]
        w.graduates[row.group] += (theta[row.spring] + theta[row.autumn]) * theta[row.share]


def _posts_to_come(t: StartTables, theta: Floats, w: GroupWork) -> None:
    """Give the posts by group that are vacant at the start or that measures create within the run (FTE)."""
    for g in range(len(t.groups)):
        w.total[g] = t.groups[g].vacant_fte
    for i in range(len(t.new_posts)):
        row = t.new_posts[i]
        if theta[row.carried_out] < theta[row.probability] / 100.0:
            w.total[row.group] += max(0.0, theta[row.amount])


def _long_spells(par: Floats, groups: int, g: int, fertile: float) -> float:
    """Give spells of absence a year and person that open a substitute post: those of 90 days or more.

    Some of the posts are filled. The substitute stays when its cell has a vacant post, else leaves (`GroupStart.leaves`).
    """
    sick = _over(par[G_SICK_LONG_PERCENT * groups + g], par[G_SICK_MEDIAN_MONTHS * groups + g], par[G_SICK_SIGMA * groups + g])
    leave = _over(par[G_LEAVE_PERCENT * groups + g], par[G_LEAVE_MEDIAN_MONTHS * groups + g], par[G_LEAVE_SIGMA * groups + g])
    parental = _over(
        par[G_PARENTAL_PERCENT * groups + g], par[G_PARENTAL_MEDIAN_MONTHS * groups + g], par[G_PARENTAL_SIGMA * groups + g]
    )
    return sick + leave + parental * fertile


def _over(percent: float, median_months: float, sigma: float) -> float:
    below = erf(log(SUBSTITUTE_MONTHS / median_months) / max(1e-9, sigma) / sqrt(2.0))
    return percent / 100.0 * 0.5 * (1.0 - below)
