"""What the twin notes of its stocks: the last minute of each month, ages at the end of each year, and who is still employed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.engine.world import ST_PRESET
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.trajectory import STOCKS

if TYPE_CHECKING:
    from kompetenssim.engine.twin.cohorts import Floats
    from kompetenssim.engine.twin.state import Twin

VACANCIES = STOCKS.index("open_vacancies")


def stocks_now(s: Twin, now: int) -> Floats:
    """Give the stocks by cell at a minute, in the order of STOCKS."""
    k = s.k
    heads, programme = k.total(), k.programme[: k.n]
    st = np.array([p.preset == ST_PRESET for p in s.t.programmes] or [False])
    parts = (
        heads, heads * k.fact("grade"), np.where(programme >= 0, heads, 0.0),
        np.where((programme >= 0) & st[np.maximum(0, programme)], heads, 0.0),
        np.where(now - k.fact("birth") >= 60 * YEAR, heads, 0.0),
    )  # fmt: skip
    found = np.zeros((s.cells, 7))
    for j, values in enumerate(parts):
        found[:, j] = k.by_cell(values, s.cells)
    found[:, 5] = found[:, 0] - s.sub_held
    found[:, VACANCIES] = s.unripe + s.ripe + s.sub_unripe + s.sub_ripe
    return found


def note_stocks(s: Twin, week: int, days: int, before: Floats, lived: Floats) -> None:
    """Note the stocks at the end of a month that ends in this week, on the straight line through what is lived of it.

    What the tick settles belongs to the minute after. Open vacancies are counted at ticks, so theirs goes on to the tick.
    """
    c = s.t.calendar
    lived[:, VACANCIES] = stocks_now(s, c.week_start[week + 1])[:, VACANCIES]
    m, first = c.first_month[week], c.first_days[week]
    following = c.first_month[min(week + 1, len(c.first_month) - 1)]
    if c.second_days[week] or following != m or week + 1 == len(c.first_month):
        s.stocks[m] = before + (lived - before) * (first / days)
    if c.second_days[week] and week + 1 == len(c.first_month):
        s.stocks[m + 1] = before + (lived - before) * ((first + c.second_days[week]) / days)


def note_year(s: Twin, year: int, minute: int) -> None:
    """Count employees by age at the end of a year."""
    k = s.k
    age = np.clip((minute - k.fact("birth")) / YEAR, 0, 99).astype(np.int64)
    at = s.group[k.cell[: k.n]] * 100 + age
    s.ages[year] = np.bincount(at, weights=k.total(), minlength=len(s.t.groups) * 100).reshape(-1, 100)


def note_retention(s: Twin, now: int, length: int) -> None:
    """Note how many have come this week, and who of those who came 12 and 24 months ago remain (moves are no loss)."""
    k = s.k
    groups = len(s.t.groups)
    kind, kept, begun, came = k.kind[: k.n], k.fact("kept"), k.fact("begun"), k.fact("came")
    year = s.w.year_at(min(now, s.w.horizon - 1))
    for j, flow in enumerate(("hires", "training_exams")):
        s.retention[year, :, j, 0] += np.bincount(s.group, weights=s.flow[flow], minlength=groups)
    for j, span in ((1, 12 * MONTH), (2, 24 * MONTH)):
        over = (kind >= 0) & (came + span < now) & (came + span >= now - length)
        for row in np.flatnonzero(over):
            place = s.retention[s.w.year_at(int(came[row])), s.group[k.cell[row]], kind[row]]
            place[j] += begun[row] * kept[row]
            place[j + 2] += begun[row]
