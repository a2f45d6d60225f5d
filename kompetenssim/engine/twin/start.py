"""The region at t = 0 in expected values: the register row by row, and every duration in its equilibrium share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.initial import SUBSTITUTE_TENURE_MONTHS, running_units
from kompetenssim.engine.people import RETIREMENT_NOTICE, RETURN_MONTHS
from kompetenssim.engine.twin.cohorts import ACTIVE, AWAY, LEAVE, NOTICE, PARENTAL, RETIRING, SICK
from kompetenssim.engine.twin.posts import training_length
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.rules import SUMMER_SUCCESS, multiplier
from kompetenssim.model.start_state import SUBSTITUTE_FILLED

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin


def populate(s: Twin) -> None:
    """Fill the twin with the register and its preloaded states."""
    w = s.w
    for c in w.cells:
        excess = w.inputs.workload_start[c] - w.inputs.workload_reference[w.group_of[c]]
        w.exit_multiplier[c] = multiplier(w.one["theta_exit"], excess)
        w.sick_multiplier[c] = multiplier(w.one["theta_sick"], excess)
    novice = w.par["novice_share"]
    for p in s.t.people:
        known: dict[str, float] = {"birth": p.birth, "hired": p.hired, "learns_from": p.hired, "grade": p.grade}
        known["novice"] = novice[w.group_of[p.cell]]
        row = s.k.open(p.cell, known)
        s.k.heads[ACTIVE, row] = 1.0
    s.look_up(0)
    _training(s)
    s.look_up(0)
    away = _away(s)
    _notice(s)
    _substitutes(s, away)
    _posts(s)
    _former_staff(s)
    for year in range(s.t.start.year, s.t.end.year + 2):
        for c in w.cells:
            w.summer_found[c, year] = int(s.t.summer_units[c] * SUMMER_SUCCESS)


def _training(s: Twin) -> None:
    """Put those in training at a place spread evenly over the programme; a share of every row of a group that may train."""
    k, w = s.k, s.w
    for p, row in enumerate(s.t.programmes):
        cells = [c for c in w.cells if w.group_of[c] == row.during_group and (row.all_of_during or w.unit_of[c] in row.units)]
        mine = [i for i in range(k.n) if int(k.cell[i]) in cells and k.programme[i] < 0]
        share = 1.0 if row.all_of_during else min(1.0, int(row.in_training + 0.5) / max(1, len(mine)))
        if (row.all_of_during and w.programme_of_group[row.during_group] != p) or share <= 0.0:
            continue
        for c in cells:
            length = training_length(s, p, c)
            for i in [i for i in mine if int(k.cell[i]) == c]:
                if row.all_of_during:
                    at = i
                else:
                    facts = {name: float(k.fact(name)[i]) for name in ("birth", "hired", "learns_from", "grade", "novice")}
                    at = k.open(c, facts)
                    k.heads[ACTIVE, at] = k.heads[ACTIVE, i] * share
                    k.heads[ACTIVE, i] *= 1.0 - share
                k.programme[at] = p
                k.fact("ends")[at], k.fact("length")[at] = -1.0, length


def _away(s: Twin) -> list[Floats]:
    k, r = s.k, s.r
    n, cell = k.n, k.cell[: k.n]
    months = s.mean_months[:, s.group[cell]] / 12.0
    sick = r.sick[:n]
    odds = [sick * months[0], r.parental[:n] * months[1], r.leave[:n] * months[2]]
    total = 1.0 + odds[0] + odds[1] + odds[2]
    found = []
    for state, o in zip((SICK, PARENTAL, LEAVE), odds, strict=True):
        k.heads[state, :n] = k.heads[ACTIVE, :n] * o / total
        found.append(k.by_cell(k.state(state), s.cells))
    k.heads[ACTIVE, :n] /= total
    return found


def _notice(s: Twin) -> None:
    k, r = s.k, s.r
    n = k.n
    months = np.where(r.long_notice[:n], s.t.notice_long_months, s.t.notice_short_months)
    odds = r.resign[:n] * months / 12.0
    share = odds / (1.0 + odds)
    k.heads[NOTICE, :n] = k.heads[ACTIVE, :n] * share
    k.heads[ACTIVE, :n] *= 1.0 - share
    share = -np.expm1(-r.retire[:n] * RETIREMENT_NOTICE / YEAR)
    for state in (ACTIVE, *AWAY):
        k.heads[RETIRING, :n] += k.heads[state, :n] * share
        k.heads[state, :n] *= 1.0 - share
    s.unripe += 0.5 * k.by_cell(k.state(NOTICE) + k.state(RETIRING), s.cells)
    s.ripe += 0.5 * k.by_cell(k.state(NOTICE) + k.state(RETIRING), s.cells)


def _substitutes(s: Twin, away: list[Floats]) -> None:
    """Open a post for a share of the long absences; the newest staff hold some of them."""
    k = s.k
    share = s.par("substitute_share")
    stock, opened = np.zeros(s.cells), np.zeros(s.cells)
    for i, heads in enumerate(away):
        stock += heads * s.still_long[i][s.group] * share
        opened += heads * 12.0 / s.mean_months[i][s.group] * s.long_share[i][s.group] * share
    newest = (k.fact("hired") > -SUBSTITUTE_TENURE_MONTHS * MONTH) & (k.programme[: k.n] < 0)
    s.sub_held = np.minimum(stock * SUBSTITUTE_FILLED, k.by_cell(k.state(ACTIVE) * newest, s.cells))
    s.sub_unripe = stock - s.sub_held
    s.sub_rate = np.divide(opened, stock, out=np.full(s.cells, 2.0), where=stock > 0.0)


def _posts(s: Twin) -> None:
    k, w = s.k, s.w
    units = k.by_cell(k.total() * k.fact("grade"), s.cells)
    heads = np.maximum(1e-9, s.employed())
    vacant = np.array(s.t.vacant_units, dtype=np.float64)
    s.post_units = units * (1.0 - s.sub_held / heads) + vacant
    s.vacant_units = vacant.copy()
    count = np.ceil(vacant / 200.0)
    s.vacant_heads = count.copy()
    for g, cells in enumerate(w.group_cells):
        number = float(count[cells].sum())
        if number > 0.0:
            pending = min(0.9, w.inputs.arrivals_parts[g][8] * w.par["notice_months"][g] / 12.0 / number)
            s.pending[cells] += count[cells] * pending
            s.unripe[cells] += 0.5 * count[cells] * (1.0 - pending)
            s.ripe[cells] += 0.5 * count[cells] * (1.0 - pending)
    for block, row in enumerate(s.t.post_blocks):
        if row.running and w.theta[s.t.carried_out[row.measure]] < w.theta[s.t.probability[row.measure]] / 100.0:
            s.running_units[block] = running_units(w, block)


def _former_staff(s: Twin) -> None:
    """Pre-load the retired who work on by the hour and the former staff at agencies."""
    w = s.w
    heads = np.array(s.t.initial_employees, dtype=np.float64)
    for g, cells in enumerate(w.group_cells):
        if not cells or heads[cells].sum() <= 0.0:
            continue
        external, pension = w.inputs.arrivals_parts[g][0], w.inputs.arrivals_parts[g][1]
        works_on = pension * w.par["works_on_share"][g] * w.par["works_on_months"][g] / 12.0
        s.hourly[cells] = works_on * heads[cells] / heads[cells].sum()
        mean = w.value("agency_quarantine_months", g) + RETURN_MONTHS
        resigned = external * w.par["to_agency_share"][g]
        retired = pension * (1.0 - w.par["works_on_share"][g]) * w.par["retired_to_agency"][g]
        s.at_agency[g] = (resigned + retired) * mean / 12.0
        s.returning[g] = w.par["agency_return_share"][g] * resigned * mean / 12.0
    s.at_agency_start = s.at_agency.copy()
