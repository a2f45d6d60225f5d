"""The twin: the same Inputs as expected values, cohort by cohort; one deterministic run instead of many simulations.

Nobody is drawn. Cohorts (`cohorts`) flow between states by the hazards of `engine.people`, posts and applicants meet in means
(`posts`), and the need of a week is covered at twelve levels of own hours (`coverage`). Need, structural shift, supervision
capacity, workload, prices and books are the reference engine's own functions on expected levels. Where the model is linear the
twin is the mean of the simulation; docs/model.md section 4.17 says where it is not, and what is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine import books
from kompetenssim.engine.staffing import Account
from kompetenssim.engine.training import settle_supervision
from kompetenssim.engine.twin.coverage import settle_staffing
from kompetenssim.engine.twin.ordering import order_agency
from kompetenssim.engine.twin.people import levels, live_week
from kompetenssim.engine.twin.posts import settle_applicants, settle_posts, start_months, start_work
from kompetenssim.engine.twin.rounding import trajectory
from kompetenssim.engine.twin.start import populate
from kompetenssim.engine.twin.state import COUNTED, LOOK_UP_WEEKS, Twin
from kompetenssim.engine.twin.stocks import note_retention, note_stocks, note_year, stocks_now
from kompetenssim.engine.twin.training import settle_cohorts, settle_examinations, settle_terms
from kompetenssim.engine.weekly import inputs_of_week, settle_workload
from kompetenssim.model.calendar import MONTH, WEEK, YEAR
from kompetenssim.model.inputs import fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.engine.twin.cohorts import Floats, Ints
    from kompetenssim.model.template import Inputs, Template
    from kompetenssim.model.trajectory import Trajectory

#: Flows of those who begin to work.
STARTS = ("hires", "training_starts")


def simulate(
    template: Template, theta: NDArray[np.float64], *, seed: int = 0, simulation: int = 0, trace: bool = False
) -> Trajectory:
    """Give the expected course of one row of the draw matrix. Seed and simulation number play no part: nothing is drawn."""
    return run(template, fill(template, theta), trace=trace)


def run(template: Template, inputs: Inputs, *, trace: bool = False) -> Trajectory:
    """Carry expected values through the weeks of a run."""
    s = Twin(template, inputs, trace)
    w, starts = s.w, template.calendar.week_start
    populate(s)
    s.levels = levels(s)
    s.employed_then = s.employed()
    _set_level(s)
    _first_orders(s)
    year = 0
    for week, days in enumerate(template.calendar.week_days):
        now, length = starts[week + 1], days * 1440
        for row in s.flow.values():
            row[:] = 0.0
        stocks, soon = _begin(s, starts[week], length)
        live_week(s, week, starts[week], length)
        middle = levels(s)
        done = [[int(x) for x in row] for row in (s.levels + middle) / 2.0 * length]
        reached = w.year_at(min(now, w.horizon - 1))
        if reached > year or week + 1 == len(template.calendar.week_days):
            note_year(s, year, now)
            year = reached
        lived, lived_to = {name: row.copy() for name, row in s.flow.items()}, stocks_now(s, now)
        _tick(s, week, now, length, days, done)
        _count(s, week, days, lived, soon)
        note_stocks(s, week, days, stocks, lived_to)
        note_retention(s, now, length)
    return trajectory(s)


def _begin(s: Twin, now: int, length: int) -> tuple[Floats, Ints]:
    """Start those whose notice is over; give the stocks at the start of the week, and by cell whether they started at once.

    A notice shorter than the week is over when it begins; a longer one ends at any time of it.
    """
    rows, stocks, soon = s.k.n, stocks_now(s, now), start_months(s) * MONTH < WEEK
    start_work(s, now, length / YEAR)
    s.look_up_new(rows, now)
    if s.flow["hires"][soon].any():
        stocks[soon], s.levels[:, soon] = stocks_now(s, now)[soon], levels(s)[:, soon]
    return stocks, soon.astype(np.int64)


def _tick(s: Twin, week: int, now: int, length: int, days: int, done: list[list[int]]) -> None:
    """Settle the week that has just passed, in the order of `engine.weekly.tick`."""
    w = s.w
    last = week + 1 >= len(s.t.calendar.week_days)
    w.settled, w.week = week, week if last else week + 1
    rows = s.k.n
    inputs_of_week(w, week)
    settle_posts(s, week, now, length)
    settle_cohorts(s, week, now)
    settle_applicants(s, week, now, length)
    supervision = settle_supervision(w, now, done, days)
    settle_examinations(s, week, now)
    settle_terms(s, week, now)
    if week % LOOK_UP_WEEKS == 0:
        s.look_up(now)
    else:
        s.look_up_new(rows, now)
    s.employed_then = s.employed()
    s.levels = levels(s)
    _set_level(s)
    accounts = settle_staffing(s, done, supervision, days)
    order_agency(s, accounts, supervision, week, done, days)
    settle_workload(w, done, accounts)
    w.hires_cost = s.whole_hires()
    books.book(w, week, done, accounts)


def _set_level(s: Twin) -> None:
    s.w.level = [[int(x) for x in row] for row in s.levels]


def _first_orders(s: Twin) -> None:
    """Place the orders that fall due before the first ordinary order can be delivered."""
    inputs_of_week(s.w, 0)
    done = [[int(x * 7 * 1440) for x in row] for row in s.levels]
    order_agency(s, [Account() for _ in s.w.cells], [0] * s.cells, -1, done, 7)


def _count(s: Twin, week: int, days: int, lived: dict[str, Floats], soon: Ints) -> None:
    """Book the week's counted flows.

    What was lived is spread over its months by days, but for starts of work that were at once; what the tick settled goes to
    the month it falls in.
    """
    c = s.t.calendar
    m, first, second = c.first_month[week], c.first_days[week] / days, c.second_days[week] / days
    for k, name in enumerate(COUNTED):
        at_once = lived[name] * soon if name in STARTS else np.zeros(s.cells)
        spread, settled = lived[name] - at_once, s.flow[name] - lived[name]
        s.counted[m, :, k] += at_once + spread * first
        if second:
            s.counted[m + 1, :, k] += spread * second
        if c.week_start[week + 1] < c.horizon:
            s.counted[c.first_month[week + 1], :, k] += settled
