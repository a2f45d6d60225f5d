"""A week of the cohorts: notice, exits, absence, retirement and change of employment rate as expected flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine import world
from kompetenssim.engine.people import EXTERNAL, OTHER, PENSION, RETIREMENT_NOTICE, RETURN_MONTHS, TO_AGENCY
from kompetenssim.engine.twin.cohorts import ACTIVE, AWAY, LEAVE, NOTICE, PARENTAL, RETIRING, SICK
from kompetenssim.engine.world import PARENTAL_PAY, SICK_PAY, STUDY_PRESETS
from kompetenssim.model.calendar import MONTH, WEEK, YEAR

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin


def live_week(s: Twin, week: int, now: int, length: int) -> None:
    """Carry all cohorts through a week that begins at `now`, under the hazards of the last tick."""
    k, r, w = s.k, s.r, s.w
    n, cell, dt = k.n, k.cell[: k.n], length / YEAR
    active = k.state(ACTIVE)
    refused = s.column("leave_refused")[cell]
    quits = refused * w.one["refused_quits"]
    resign, sick, parental, leave = r.resign[:n], r.sick[:n], r.parental[:n], r.leave[:n]
    retire = r.retire[:n]
    asks = leave * (1.0 - refused + quits)
    hazard = resign + sick + parental + asks + retire
    left = active * -np.expm1(-hazard * dt) / np.maximum(hazard, 1e-300)
    gone = -np.expm1(-retire * dt)

    exits = [np.zeros(n) for _ in range(5)]
    returned = np.zeros(n)
    retiring = left * retire
    no_return = (s.par("sick_no_return"), np.zeros(s.cells), 1.0 - s.par("leave_returns"))
    for i, state in enumerate(AWAY):
        away = k.state(state)
        back = away * -np.expm1(-dt * 12.0 / s.away_months(state))[cell]
        lost = back * no_return[i][cell]
        exits[OTHER] += lost
        returned += back - lost
        stop = (away - back) * gone
        away -= back + stop
        retiring = retiring + stop
    notice = k.state(NOTICE)
    months = np.where(r.long_notice[:n], w.t.notice_long_months, w.t.notice_short_months)
    given = left * (resign + leave * quits)
    # notice is given at any time of the week
    passed = dt * 12.0 / np.maximum(1e-6, months)
    over = notice * -np.expm1(-passed) + given * (1.0 + np.expm1(-passed) / passed)
    to_agency = s.column("agency_leaver_share")[cell] * (resign / np.maximum(1e-300, resign + leave * quits))
    exits[TO_AGENCY] += over * to_agency
    exits[EXTERNAL] += over * (1.0 - to_agency)
    pensioned = k.state(RETIRING)
    out = pensioned * -np.expm1(-dt * YEAR / RETIREMENT_NOTICE)
    exits[PENSION] += out

    notice += given - over
    pensioned += retiring - out
    active += returned - left * hazard
    starts = {SICK: left * sick, PARENTAL: left * parental, LEAVE: left * leave * (1.0 - refused)}
    for state, flow in starts.items():
        k.heads[state, :n] += flow
    _leave(s, week, exits, given + retiring, dt)
    _open_substitutes(s, starts)
    grade = k.fact("grade")
    grade += (r.grade_target[:n] - grade) * -np.expm1(-r.grade[:n] * dt)


def _leave(s: Twin, week: int, exits: list[Floats], noticed: Floats, dt: float) -> None:
    """Book exits, vacate posts, advertise those of people on notice and follow who goes where."""
    k, _w = s.k, s.w
    gone: Floats = np.sum(exits, axis=0)
    total = np.maximum(k.total() + gone, 1e-300)
    kept = k.fact("kept")
    kept *= 1.0 - gone / total
    for cause, rows in enumerate(exits):
        s.count_exits(cause, rows, week)
    employed = np.maximum(1e-9, s.employed())
    share = np.clip(1.0 - (s.sub_held + s.extra) / employed, 0.0, 1.0)
    out, units = k.by_cell(gone, s.cells), k.by_cell(gone * k.fact("grade"), s.cells)
    s.advertised += k.by_cell(noticed + exits[OTHER], s.cells) * share
    s.vacate(out * share, np.divide(units, out, out=np.zeros(s.cells), where=out > 0.0))
    temporary = np.minimum(s.sub_held, out * s.sub_held / employed)
    s.sub_held -= temporary
    s.sub_unripe += temporary
    lost = np.minimum(s.extra, out * s.extra / employed)
    s.extra -= lost
    s.post_units -= lost * 200.0
    training = k.by_cell(np.where(k.programme[: k.n] >= 0, gone, 0.0), s.cells)
    s.flow["training_dropouts"] += training
    _afterwards(s, exits, dt)


def _afterwards(s: Twin, exits: list[Floats], dt: float) -> None:
    """Follow the retired who work on by the hour and the leavers at agencies."""
    w, groups = s.w, len(s.t.groups)
    pension, agency = s.k.by_cell(exits[PENSION], s.cells), s.k.by_cell(exits[TO_AGENCY], s.cells)
    works_on = s.par("works_on_share")
    months = s.par("works_on_months") + WEEK / MONTH
    s.hourly += pension * works_on - s.hourly * -np.expm1(-dt * 12.0 / np.maximum(0.1, months))
    joins = pension * (1.0 - works_on) * s.par("retired_to_agency")
    karens = w.values[w.at["agency_quarantine_months"] : w.at["agency_quarantine_months"] + groups]
    factor = np.array(w.values[w.at["return_factor"] : w.at["return_factor"] + groups])
    back = np.minimum(1.0, np.array(w.par["agency_return_share"]) * factor)
    rate = -np.expm1(-dt * 12.0 / (np.array(karens) + RETURN_MONTHS))
    inflow = np.bincount(s.group, weights=agency, minlength=groups)
    s.queue += s.returning * rate
    s.returning += inflow * back - s.returning * rate
    s.at_agency += inflow + np.bincount(s.group, weights=joins, minlength=groups) - s.at_agency * rate


def _open_substitutes(s: Twin, starts: dict[int, Floats]) -> None:
    """Open a fixed-term post for a share of the absences that are long enough."""
    share = s.par("substitute_share")
    for i, state in enumerate(AWAY):
        s.sub_unripe += s.k.by_cell(starts[state], s.cells) * s.long_share[i][s.group] * share


def levels(s: Twin) -> Floats:
    """Give the levels of every cell (`engine.world.LEVELS`) as what its cohorts contribute, posts included."""
    k, r = s.k, s.r
    n, cells = k.n, s.cells
    grade = k.fact("grade")
    present = k.state(ACTIVE) + k.state(NOTICE) + k.state(RETIRING)
    units = present * grade
    sick, parental, leave = (k.state(x) * grade for x in AWAY)
    away, learned, paid = r.away[:n], r.learned[:n], r.paid[:n]
    training = k.programme[:n] >= 0
    found = np.zeros((world.LEVELS, cells))

    def put(level: int, values: Floats) -> None:
        found[level] = k.by_cell(values, cells)

    put(world.WORK, units * learned * (1000.0 - away) / 1000.0)
    put(world.NET, units * (1000.0 - away))
    put(world.PAID, units * paid + sick * SICK_PAY + parental * PARENTAL_PAY)
    put(world.CONTRACT, units + sick + parental + leave)
    put(world.SICK_UNITS, sick)
    put(world.ORDINARY, units + sick)
    put(world.SENIOR, units * r.senior[:n])
    put(world.NOVICE, units * r.beginner[:n])
    put(world.HEADS, present)
    put(world.PART_TIME, np.where(grade < 199.9, units, 0.0))
    put(world.SUP_INTRO, present * r.intro[:n])
    put(world.STUDY, units * away)
    put(world.LOSS, units * (1000.0 - learned))
    put(world.UNPAID_STUDY, units * (1000.0 - paid))
    if training.any():
        minutes = np.array([int(s.w.theta[p.supervision] * 60) for p in s.t.programmes])
        study = np.array([p.preset in STUDY_PRESETS for p in s.t.programmes])
        programme = k.programme[:n][training]
        weight = present[training] * minutes[programme]
        at = k.cell[:n][training]
        found[world.SUP_TRAINING] = np.bincount(at, weights=weight * study[programme], minlength=cells)
        found[world.SUP_DOCTORS] = np.bincount(at, weights=weight * ~study[programme], minlength=cells)
    found[world.ESTABLISHED] = s.post_units
    found[world.VACANT] = np.maximum(0.0, s.vacant_units)
    frozen = np.array(s.w.frozen) if hasattr(s.w, "prices") else np.zeros(cells, dtype=bool)
    found[world.FROZEN] = np.where(frozen, found[world.VACANT], 0.0)
    found[world.HOURLY_MINUTES] = s.hourly * np.floor(s.par("works_on_hours") * 60.0)
    return found
