"""Training, examinations, graduates and dated cohorts in expected values (step 4 of the tick and cohorts of step 2)."""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.training import GRADUATE_WEEKS, STAY_MONTHS, grant
from kompetenssim.engine.twin.cohorts import ACTIVE, AWAY
from kompetenssim.engine.twin.posts import Terms, hire, training_length
from kompetenssim.engine.twin.state import LOOK_UP_WEEKS, quarter_of
from kompetenssim.engine.world import STUDY_PRESETS, TERM, Person
from kompetenssim.model.calendar import DAY, MONTH, YEAR

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats, Ints
    from kompetenssim.engine.twin.state import Twin
    from kompetenssim.model.template import ProgrammeRow

COPIED = ("birth", "hired", "learns_from", "grade", "novice")


def settle_cohorts(s: Twin, week: int, now: int) -> None:
    """Deliver the dated groups of recruits whose day falls in this week."""
    w, start = s.w, s.t.calendar.week_start[week]
    for row in s.t.cohorts:
        absent = row.measure >= 0 and w.theta[s.t.carried_out[row.measure]] >= w.theta[s.t.probability[row.measure]] / 100.0
        if absent or not start <= row.day * DAY < now:
            continue
        cells = w.group_cells[row.group] if row.unit < 0 else [w.cell_at[row.unit, row.group]]
        seats = w.theta[row.seats]  # not rounded: what solves for a number of seats needs an answer to every size
        w.cohort_cost[cells[0]] += int(seats * int(w.theta[row.cost] * 100))
        heads = seats * w.theta[row.success] * (row.last - row.first)
        if heads > 0.0:
            cell = max(cells, key=lambda c: (s.vacant_units[c], -c))
            _employ(s, cell, heads, now, Terms(novice=0.0, bond_months=w.theta[row.bond]))


def _employ(s: Twin, cell: int, heads: float, now: int, terms: Terms) -> None:
    """Employ heads in one cell at once, on its vacant posts and posts of their own."""
    grade = sum(units * share for units, share in s.t.group_grades[s.group[cell]])
    _take_post(s, cell, heads, grade)
    everywhere = np.zeros(s.cells)
    everywhere[cell] = heads
    hire(s, everywhere, np.full(s.cells, grade), now, np.zeros(len(s.t.groups)), terms)


def _take_post(s: Twin, cell: int, heads: float, grade: float) -> None:
    """Take vacant posts of a cell, and extra posts for those for whom there is none."""
    free = float(s.unripe[cell] + s.ripe[cell])
    taken = min(heads, max(0.0, free))
    if free > 0.0:
        s.unripe[cell] *= 1.0 - taken / free
        s.ripe[cell] *= 1.0 - taken / free
    s.vacate(-taken, float(s.vacant_grade()[cell]), cell)
    s.extra[cell] += heads - taken
    s.post_units[cell] += (heads - taken) * grade


def settle_examinations(s: Twin, week: int, now: int) -> None:
    """Examine those whose training has ended and end that of those who break off, at the tick after the end of a term.

    Who was in training when the run began is spread evenly over what is left of it, and settled when hazards are looked up.
    """
    k, starts = s.k, s.t.calendar.week_start
    length = now - starts[week]
    looked_up = now - starts[week - LOOK_UP_WEEKS + 1] if week % LOOK_UP_WEEKS == 0 and week > 0 else 0
    programme = k.programme[: k.n].copy()
    some, spread = k.total() > 1e-9, k.fact("ends") < 0.0
    for p, row in enumerate(s.t.programmes):
        stays = max(1e-9, 1.0 - s.w.theta[row.dropout] / 100.0)
        mine = np.flatnonzero((programme == p) & some & ~spread)
        if len(mine):
            ends, terms = k.fact("ends")[mine], _terms(s, mine, now) - _terms(s, mine, now - length)
            _settle(s, p, mine, 1.0 - stays**terms, (ends <= now).astype(np.float64), now)
        mine = np.flatnonzero((programme == p) & some & spread)
        if looked_up and len(mine):
            left = np.maximum(float(looked_up), k.fact("length")[mine] - now + looked_up)
            lost = np.full(len(mine), 1.0 - stays ** (looked_up / TERM))
            _settle(s, p, mine, lost, np.minimum(1.0, looked_up / left), now)


def _terms(s: Twin, rows: Ints, at: int) -> Floats:
    """Give how many half-years of their training some rows have passed at a minute."""
    started, ends = s.k.fact("started")[rows], s.k.fact("ends")[rows]
    found: Floats = np.floor(np.maximum(0.0, np.minimum(at, ends) - started) / TERM)
    return found


def _settle(s: Twin, p: int, rows: Ints, lost: Floats, passed: Floats, now: int) -> None:
    """Take a share of the active in some rows out of a programme, then examine a share of those who are left."""
    k, row = s.k, s.t.programmes[p]
    states = [ACTIVE, *AWAY]
    heads = k.heads[ACTIVE, rows] * lost
    k.heads[ACTIVE, rows] -= heads
    for cell, number, facts in _alike(s, rows, heads, now):
        s.flow["training_dropouts"][cell] += number
        _leave_programme(s, cell, number, facts, row, p, row.from_group, now, examined=False)
    heads = k.heads[:, rows][states].sum(axis=0) * passed
    for state in states:
        k.heads[state, rows] *= 1.0 - passed
    for cell, number, facts in _alike(s, rows, heads, now):
        s.flow["training_exams"][cell] += number
        _leave_programme(s, cell, number, facts, row, p, row.to_group, now, examined=True)


def _alike(s: Twin, rows: Ints, heads: Floats, now: int) -> Iterator[tuple[int, float, dict[str, float]]]:
    """Join heads of some rows by cell and ten years of age, with the mean of what is known of them."""
    k = s.k
    some = heads > 1e-9
    rows, heads = rows[some], heads[some]
    key = k.cell[rows] * 10 + np.clip((now - k.fact("birth")[rows]) / (10 * YEAR), 0, 9).astype(np.int64)
    kinds, place = np.unique(key, return_inverse=True)
    total = np.bincount(place, weights=heads)
    means = [np.bincount(place, weights=heads * k.fact(name)[rows]) / total for name in COPIED]
    for i, kind in enumerate(kinds.tolist()):
        yield kind // 10, float(total[i]), {name: float(mean[i]) for name, mean in zip(COPIED, means, strict=True)}


def _leave_programme(
    s: Twin, cell: int, heads: float, facts: dict[str, float], row: ProgrammeRow, p: int, group: int, now: int, *, examined: bool
) -> None:
    target = cell
    if group >= 0 and group != s.group[cell]:
        target = _change_group(s, cell, group, row.units, heads, facts["grade"])
        if examined:
            g = int(s.group[target])
            facts["novice"], facts["learns_from"] = 1.0, now - s.w.par["learn_intro_months"][g] * MONTH
    if examined:
        facts["came"] = float(now)
        facts["bond_until"] = now + s.w.theta[row.bond] * MONTH
        if row.stay >= 0:
            facts["exam_hazard"] = -log(s.w.theta[row.stay]) / (STAY_MONTHS / 12.0)
            facts["exam_until"] = float(now + STAY_MONTHS * MONTH)
    age = int((now - facts["birth"]) / (10 * YEAR))
    s.k.join((target, "after", p, age, quarter_of(now), examined), heads, target, facts, kind=1 if examined else -1)


def _change_group(s: Twin, cell: int, group: int, units: tuple[int, ...], heads: float, grade: float) -> int:
    """Move people to a group: the own unit if it has a vacancy, else where most are vacant, else to an extra post."""
    w = s.w
    own = w.cell_at.get((w.unit_of[cell], group), -1)
    near = [c for c in w.group_cells[group] if w.unit_of[c] in units] or w.group_cells[group]
    free = s.unripe + s.ripe
    target = own if own in near else -1
    if target < 0 or free[target] < 0.5:
        best = max(near, key=lambda c: (free[c], c == own, w.workload[c], -c))
        target = best if target < 0 or free[best] > 0.5 else target
    s.flow["group_out"][cell] += heads
    s.flow["group_in"][target] += heads
    held = float(s.extra[cell]) / max(1e-9, float(s.employed_then[cell]))
    extra = min(float(s.extra[cell]), heads * held)
    s.extra[cell] -= extra
    s.post_units[cell] -= extra * grade
    s.unripe[cell] += heads - extra
    s.vacate(heads - extra, grade, cell)
    _take_post(s, target, heads, grade)
    return target


def settle_terms(s: Twin, week: int, now: int) -> None:
    """Admit to training at term starts and let graduates apply."""
    w, calendar = s.w, s.t.calendar
    if calendar.week_days[week] < 7 and week == 0:
        return
    for term in (0, 1):
        if calendar.week_number[week] == s.t.term_weeks[term]:
            for p in range(len(s.t.programmes)):
                seats = round(w.value("seats_spring" if term == 0 else "seats_autumn", p) + 1e-9)
                if seats > 0:
                    _admit(s, p, float(seats), now)
        if calendar.week_number[week] == GRADUATE_WEEKS[term]:
            for row in s.t.graduates:
                served, wanted = (sum(w.placement_served[f][j] for f in row.families) for j in (0, 1))
                placed = served / wanted if row.limited and wanted > 0 else 1.0
                share = min(1.0, w.theta[row.share] + w.value("graduate_share", row.group))
                s.graduates[row.group] += round(w.theta[row.spring if term == 0 else row.autumn]) * placed * share
            for f in range(len(s.t.families)):
                w.placement_served[f] = [0, 0]


def _admit(s: Twin, p: int, seats: float, now: int) -> None:
    """Admit to a programme: seats are wishes, what supervision cannot carry waits for the next term."""
    w, row = s.w, s.t.programmes[p]
    wanted = seats + s.seats_waiting[p]
    cells = [c for c in w.group_cells[row.during_group] if w.unit_of[c] in row.units] or w.group_cells[row.during_group]
    each = int(w.theta[row.supervision] * 60)
    families = sorted({w.family_of[c] for c in cells})
    room = sum(w.supervision_left[f] // each for f in families) if each > 0 else wanted
    admitted = min(wanted, room)
    if row.external:
        _from_outside(s, p, cells, admitted, now)
    else:
        chosen = _eligible(s, row, admitted, now)
        admitted = float(chosen.sum())
        _take_in(s, p, chosen, now)
    for f in families:
        if room > 0:
            w.supervision_left[f] -= int(admitted * each * (w.supervision_left[f] // each) / room) if each > 0 else 0
    s.seats_waiting[p] = min(wanted - admitted, wanted if row.external else seats)
    if cells:
        s.flow["seats_waiting"][cells[0]] += s.seats_waiting[p]


def _eligible(s: Twin, row: ProgrammeRow, seats: float, now: int) -> Floats:
    """Give who is admitted to so many seats, by row: units in proportion, those employed ten years or more before others."""
    w, k = s.w, s.k
    cell = k.cell[: k.n]
    units = np.array([u in row.units for u in range(len(s.t.units))])[np.array(w.unit_of)[cell]]
    anywhere = row.during_group != row.from_group
    tenure = (now - k.fact("hired")) / MONTH
    right = (s.group[cell] == row.from_group) & (k.programme[: k.n] < 0) & (tenure >= w.theta[row.min_experience])
    heads = np.where(right & (units | anywhere), k.state(ACTIVE), 0.0)
    first = np.where(tenure >= 120.0, heads, 0.0)
    found: Floats = np.zeros(k.n)
    for some in (first, heads - first):
        total = float(some.sum())
        taken = min(seats, total)
        if taken > 0.0:
            found += some * (taken / total)
            seats -= taken
    return found


def _take_in(s: Twin, p: int, by_row: Floats, now: int) -> None:
    k, w, row = s.k, s.w, s.t.programmes[p]
    k.heads[ACTIVE, : len(by_row)] -= by_row
    for home, heads, facts in list(_alike(s, np.arange(len(by_row)), by_row, now)):
        cell = home
        if row.during_group != s.group[cell]:
            cell = _change_group(s, cell, row.during_group, row.units, heads, facts["grade"])
        length = training_length(s, p, cell)
        age = int((now - facts["birth"]) / (10 * YEAR))
        place = {"started": float(now), "ends": now + length, "length": length}
        k.join((cell, "training", p, age, now), heads, cell, facts | place, programme=p)
        s.flow["training_starts"][cell] += heads
        w.training_cost[cell] += int(heads * w.theta[row.fee] * 100 * w.theta[row.terms])
        if row.grant >= 0:
            example = Person(0, cell, 0, 0, round(facts["grade"]))
            w.grant_ore[p] += int(heads * grant(w, example, p, now))
        if row.preset in STUDY_PRESETS:
            backfill = w.theta[row.backfill] if row.backfill >= 0 else w.par["substitute_share"][s.group[cell]]
            s.sub_unripe[cell] += heads * backfill * w.theta[row.pace] / 100.0


def _from_outside(s: Twin, p: int, cells: list[int], heads: float, now: int) -> None:
    w, row = s.w, s.t.programmes[p]
    if not cells or heads <= 0.0:
        return
    cell = max(cells, key=lambda c: (s.vacant_units[c], -c))
    _employ(s, cell, heads, now, Terms(novice=1.0, programme=p))
    w.training_cost[cell] += int(heads * w.theta[row.fee] * 100 * w.theta[row.terms])
