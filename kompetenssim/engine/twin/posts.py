"""Posts, moves, applicants and hires of a week in expected values (steps 2 and 3 of the tick)."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.engine.hiring import utility
from kompetenssim.engine.people import FIXED_TERM, OTHER
from kompetenssim.engine.training import GRADUATE_PATIENCE_WEEKS
from kompetenssim.engine.twin.cohorts import ACTIVE
from kompetenssim.engine.twin.state import TYPICAL_GRADE, quarter_of
from kompetenssim.engine.world import TERM
from kompetenssim.model import clocks
from kompetenssim.model.calendar import MONTH, WEEK, YEAR
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.distributions import lognormal_mean
from kompetenssim.model.rules import applicant_rate, pay_multiplier
from kompetenssim.model.start_state import expected_gap

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin


#: What is taken to be known of those who move to a cell where nobody works.
SOMEBODY = {"birth": -42.0 * YEAR, "hired": -5.0 * YEAR, "learns_from": -5.0 * YEAR, "grade": TYPICAL_GRADE}


def lead_weeks(s: Twin) -> Floats:
    """Give the mean time from advert to acceptance, by cell."""
    mean = np.array([lognormal_mean(m, sigma) for m, sigma in zip(s.w.par["lead_weeks"], s.w.par["lead_sigma"], strict=True)])
    found: Floats = np.maximum(0.01, mean[s.group] * s.of_groups("lead_time_factor"))
    return found


def settle_posts(s: Twin, week: int, now: int, length: int) -> None:
    """Advertise, let adverts ripen, end substitutes and fit the posts of measures."""
    s.unripe += s.advertised
    s.advertised = np.zeros(s.cells)
    _end_substitutes(s, week, length / YEAR)
    for block in range(len(s.t.post_blocks)):
        _fit_block(s, block)
    _dismiss(s, week, length / YEAR)
    # a whole week of waiting: a post ripens between ticks and is met at the next
    ripens = -np.expm1(-length / WEEK / lead_weeks(s))
    s.ripe += s.unripe * ripens
    s.unripe -= s.unripe * ripens
    s.sub_ripe += s.sub_unripe * ripens
    s.sub_unripe -= s.sub_unripe * ripens


def _end_substitutes(s: Twin, week: int, dt: float) -> None:
    """End fixed-term posts whose absentee is back; the holder takes a vacant post of the cell if there is one."""
    ends = -np.expm1(-s.sub_rate * dt)
    s.sub_unripe *= 1.0 - ends
    s.sub_ripe *= 1.0 - ends
    s.sub_pending *= 1.0 - ends
    over = s.sub_held * ends
    free = s.free_posts()
    stays = np.minimum(over * -np.expm1(-free), free)
    free = s.unripe + s.ripe
    share = np.divide(stays, free, out=np.zeros(s.cells), where=free > 0.0)
    s.unripe *= 1.0 - share
    s.ripe *= 1.0 - share
    s.fill_posts(stays)
    s.sub_held -= over
    leaves = over - stays
    _remove(s, FIXED_TERM, leaves, week)


def _remove(s: Twin, cause: int, leaves: Floats, week: int) -> None:
    """Take people of every cell out, in proportion to those who are at work."""
    k = s.k
    active = k.state(ACTIVE)
    there = k.by_cell(active, s.cells)
    share = np.divide(leaves, there, out=np.zeros(s.cells), where=there > 0.0).clip(0.0, 1.0)[k.cell[: k.n]]
    gone = active * share
    s.count_exits(cause, gone, week)
    kept = k.fact("kept")
    kept *= 1.0 - gone / np.maximum(1e-300, k.total())
    active -= gone


def _fit_block(s: Twin, block: int) -> None:
    """Create or withdraw posts of a measure; vacant ones go first, then holders get notice."""
    wanted, c = s.w.value("post_fte", block), s.t.post_blocks[block].cell
    change = wanted - s.block_fte[block]
    s.block_fte[block] = wanted
    if change >= 0.0:
        s.unripe[c] += change
        s.post_units[c] += change * 200.0
        s.vacate(change, 200.0, c)
        return
    free = s.unripe[c] + s.ripe[c]
    vacant = min(-change, free)
    if free > 0.0:
        s.unripe[c] *= 1.0 - vacant / free
        s.ripe[c] *= 1.0 - vacant / free
    s.post_units[c] += change * 200.0
    s.vacate(-vacant, 200.0, c)
    s.dismissed[c] += -change - vacant


def _dismiss(s: Twin, week: int, dt: float) -> None:
    if s.dismissed.any():
        gone = s.dismissed * -np.expm1(-dt * 12.0 / max(1e-6, s.t.notice_long_months))
        s.dismissed -= gone
        _remove(s, OTHER, gone, week)


def settle_applicants(s: Twin, week: int, now: int, length: int) -> None:
    """Move people within the region, let applicants arrive, and match them with vacancies."""
    w, dt = s.w, length / YEAR
    attraction = np.exp(np.array([utility(w, c) for c in w.cells]))
    open_ = ~np.array(w.frozen)
    _moves(s, attraction, open_, dt)
    for g, cells in enumerate(w.group_cells):
        if cells:
            _arrive(s, g, week, dt)
            _match(s, g, np.array(cells), attraction, open_, length)
    for g, cells in enumerate(w.group_cells):
        established = float(s.post_units[cells].sum())
        vacant = float((s.vacant_units[cells] * open_[cells]).clip(0.0).sum())
        w.vacancy_rate[g] = vacant / established if established > 0.0 else 0.0


def _moves(s: Twin, attraction: Floats, open_: Floats, dt: float) -> None:
    """Move those who wish to the vacancies of their group that please them more than the own post."""
    k, w = s.k, s.w
    wishing = k.state(ACTIVE) * -np.expm1(-s.r.move[: k.n] * dt)
    wishes = k.by_cell(wishing, s.cells)
    out, into = np.zeros(s.cells), np.zeros(s.cells)
    advertised = s.unripe + s.ripe
    ripe = s.ripe * open_ * np.divide(s.free_posts(), advertised, out=np.zeros(s.cells), where=advertised > 0.0).clip(0.0, 1.0)
    for cells in w.group_cells:
        if len(cells) < 2:
            continue
        for c in cells:
            if wishes[c] <= 0.0:
                continue
            others = [d for d in cells if d != c and ripe[d] > 0.0 and w.same_field(c, d)]
            if not others:
                continue
            pull = ripe[others] * attraction[others]
            total = float(pull.sum())
            found = total / attraction[c]  # a Poisson number of vacancies with this mean: E[n/(n + 1)]
            go = wishes[c] * (1.0 + np.expm1(-found) / found) if found > 1e-6 else 0.0
            out[c] += go
            into[others] += go * pull / total
    scale = np.divide(ripe, into, out=np.ones(s.cells), where=into > ripe)
    if (scale < 1.0).any():
        kept = {g: float((into[cells] * scale[cells]).sum()) / max(1e-300, float(into[cells].sum()))
                for g, cells in enumerate(w.group_cells) if cells}  # fmt: skip
        into = into * scale
        out = out * np.array([kept[g] for g in s.group])
    _carry_moves(s, out, into)


def _carry_moves(s: Twin, out: Floats, into: Floats) -> None:
    """Carry out moves: the mover is like those who work where it comes from, then like those where it comes to."""
    k = s.k
    active = k.state(ACTIVE)
    there = np.maximum(1e-12, k.by_cell(active, s.cells))
    units = np.maximum(1e-12, k.by_cell(active * k.fact("grade"), s.cells)) / there
    thin = (there < 0.5) & (into > 0.0)
    grown = np.where(thin, 0.0, into)
    active *= (1.0 + (grown - out) / there)[k.cell[: k.n]]
    for c in np.flatnonzero(thin):
        k.join((int(c), "moved"), float(into[c]), int(c), SOMEBODY)
    s.flow["moves_out"] += out
    s.flow["moves_in"] += into
    s.ripe -= into
    s.unripe += out
    s.vacate(out, units)
    s.fill_posts(into)


def _arrive(s: Twin, g: int, week: int, dt: float) -> None:
    w = s.w
    month = s.t.calendar.first_month[week]
    season = s.t.group_season[g][int(s.t.months[month][5:]) - 1]
    factor = w.value("arrival_factor", g) * pay_multiplier(w.group_pay[g], w.one["pay_arrival_elasticity"])
    rate = applicant_rate(
        w.value("arrival_rate", g), season, factor, w.one["applicant_response"], w.vacancy_rate[g], w.inputs.vacancy_start[g],
        w.inputs.arrivals_parts[g][9],
    )  # fmt: skip
    s.queue[g] += rate * dt


def _match(s: Twin, g: int, cells: Floats, attraction: Floats, open_: Floats, length: int) -> None:
    """Match expected applicants with expected ripe vacancies.

    Applicants or vacancies are left over, never both: the difference is taken as normal with the variance of two Poisson
    numbers, and its positive part as the applicants that find nothing.
    """
    ripe, sub = s.ripe[cells] * open_[cells], s.sub_ripe[cells] * open_[cells]
    vacancies, waiting = float(ripe.sum() + sub.sum()), float(s.queue[g] + s.graduates[g])
    if vacancies > 0.0 and waiting > 0.0:
        left, _ = expected_gap(waiting - vacancies, sqrt(waiting + vacancies))
        hired = min(max(0.0, waiting - left), waiting, vacancies)
        pull = (ripe + sub) * attraction[cells]
        share = np.minimum(hired * pull / pull.sum(), ripe + sub)
        for _ in range(3):  # what a full cell cannot take goes to the others
            rest, room = hired - share.sum(), ripe + sub - share
            if rest <= 1e-12 or room.sum() <= 0.0:
                break
            share += np.minimum(room, rest * room * attraction[cells] / float((room * attraction[cells]).sum()))
        part = np.divide(share, ripe + sub, out=np.zeros(len(cells)), where=ripe + sub > 0.0)
        s.pending[cells] += ripe * part
        s.sub_pending[cells] += sub * part
        s.ripe[cells] -= ripe * part
        s.sub_ripe[cells] -= sub * part
        for c, number in zip(cells, share, strict=True):
            s.accepted[c] += number
        fresh = hired * s.graduates[g] / waiting
        s.pending_graduates[g] += fresh
        s.queue[g] = max(0.0, s.queue[g] - (hired - fresh))
        s.graduates[g] = max(0.0, s.graduates[g] - fresh)
    weeks = length / WEEK
    s.queue[g] *= np.exp(-weeks / (s.w.par["patience_weeks"][g] + 1.0))
    s.graduates[g] *= np.exp(-weeks / GRADUATE_PATIENCE_WEEKS)


def start_months(s: Twin) -> Floats:
    """Give the mean months from acceptance to the first day: own notice, uniform up to twice its mean, or that of the holder."""
    own = 2.0 * s.par("notice_months")
    holder = np.maximum(0.0, s.t.notice_long_months - lead_weeks(s) * WEEK / MONTH)
    first = np.minimum(holder, own)
    mean = (own * own + first * first) / np.maximum(1e-9, 2.0 * own) + holder - first
    found: Floats = np.maximum(0.02, mean)
    return found


def start_work(s: Twin, now: int, dt: float) -> None:
    """Start those whose notice is over: they join the cohort of their cell, age and quarter."""
    begins = -np.expm1(-dt * 12.0 / start_months(s))
    permanent, temporary = s.pending * begins, s.sub_pending * begins
    s.pending -= permanent
    s.sub_pending -= temporary
    s.sub_held += temporary
    groups = len(s.t.groups)
    starts = np.bincount(s.group, weights=permanent + temporary, minlength=groups)
    waiting = np.bincount(s.group, weights=s.pending + s.sub_pending, minlength=groups) + starts
    share = np.divide(s.pending_graduates, waiting, out=np.zeros(groups), where=waiting > 0.0).clip(0.0, 1.0)
    s.pending_graduates -= share * starts
    grade = s.vacant_grade()
    s.fill_posts(permanent)
    hire(s, permanent + temporary, grade, now, share)


class Terms(NamedTuple):
    """What is special about those who come together on a day, in rows of their own.

    `programme` is the one they are admitted to; -1: that of their group, if everybody in it trains.
    """

    novice: float
    programme: int = -1
    bond_months: float = 0.0


def hire(s: Twin, heads: Floats, grade: Floats, now: int, graduates: Floats, terms: Terms | None = None) -> None:
    """Add heads by cell to the cohorts of new employees, by the ages of those who are hired; `graduates` are shares by group.

    Those who are hired to posts share the rows of their quarter; those who come on `terms` have rows of their own.
    """
    w, kinds = s.w, s.hire_kinds
    cell, group, fresh = kinds.cell, s.group[kinds.cell], kinds.graduate
    share = kinds.part * np.where(fresh, graduates[group], 1.0 - graduates[group])
    number = heads[cell] * share
    some = np.flatnonzero(number > 1e-12)
    if not len(some):
        return
    cell, group = cell[some], group[some]
    programme = np.array(w.programme_of_group)[group]
    bond = s.of_groups("hire_bond_months")[cell]
    if terms is None:
        rows, newly = s.hire_rows_of(some, quarter_of(now), programme), s.par("novice_share")[cell]
    else:
        programme = np.where(programme >= 0, programme, terms.programme)
        rows = np.array([s.k.open(int(c), {}, programme=int(p), kind=0) for c, p in zip(cell, programme, strict=True)])
        newly, bond = np.full(len(cell), terms.novice), np.maximum(bond, terms.bond_months)
    length = np.array([training_length(s, int(p), int(c)) if p >= 0 else 0.0 for p, c in zip(programme, cell, strict=True)])
    s.k.add(rows, number[some], {
        "birth": now - kinds.age[some] * YEAR, "hired": now, "came": now, "learns_from": now, "grade": grade[cell],
        "novice": np.where(fresh[some], 1.0, newly), "bond_until": now + bond * MONTH,
        "started": now, "length": length, "ends": np.where(programme >= 0, now + length, float(NEVER)),
    })  # fmt: skip
    s.flow["training_starts"] += np.bincount(cell, weights=np.where(programme >= 0, number[some], 0.0), minlength=s.cells)
    s.flow["hires"] += heads


def training_length(s: Twin, programme: int, cell: int) -> float:
    """Give the minutes a programme takes with the absences that prolong it."""
    rates = s.tables.other[[clocks.SICK, clocks.PARENTAL, clocks.LEAVE], cell]
    odds = float((rates * s.mean_months[:, s.group[cell]]).sum()) / 12.0
    return float(s.w.theta[s.t.programmes[programme].terms]) * TERM * (1.0 + odds)
