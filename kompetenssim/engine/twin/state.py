"""The state of a region in expected values, beside the books and quantities of `engine.world.World`.

The World keeps values in force, prices, overtime accounts and books; nobody lives in it. What persons and posts would do there
stands here in fractions of heads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.engine.twin.cohorts import AWAY, LEAVE, PARENTAL, SICK, Cohorts
from kompetenssim.engine.twin.rates import Rates, Tables, learning_tables, look_up
from kompetenssim.engine.world import World
from kompetenssim.model.calendar import MONTH
from kompetenssim.model.distributions import lognormal_mean, normal_quantile
from kompetenssim.model.trajectory import AGE_BANDS, CAUSES, TENURE_BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.engine.twin.cohorts import Floats, Ints
    from kompetenssim.model.template import Inputs, Template

#: Counted flows that the twin books in fractions and rounds at the end.
COUNTED = ("hires", *CAUSES, "moves_in", "moves_out", "group_in", "group_out", "training_starts", "training_exams",
           "training_dropouts", "seats_waiting")  # fmt: skip
LOOK_UP_WEEKS = 4
TYPICAL_GRADE = 190.0  # 1/200, of a vacant post where nothing is known
GRADUATE_AGE = 27.0  # mean of the 22–32 years of `training._graduate`
NODES = np.array([normal_quantile((i + 0.5) / 12.0) for i in range(12)])
NODES /= NODES.std()


class HireKinds(NamedTuple):
    """Kinds of new employees: a cell and an age band, with the band's share; the last of each cell are new graduates."""

    cell: Ints
    age: Floats
    part: Floats
    graduate: NDArray[np.bool_]


def _hire_kinds(t: Template) -> HireKinds:
    rows = [(c, age, part, graduate) for c, g in enumerate(t.cell_group) for age, part, graduate in (
        *(((low + high) / 2.0, part, False) for low, high, part in t.group_hire_ages[g]), (GRADUATE_AGE, 1.0, True))]  # fmt: skip
    cell, age, part, graduate = zip(*rows, strict=True)
    return HireKinds(np.array(cell), np.array(age), np.array(part), np.array(graduate))


class Twin:
    """Hold cohorts, posts, applicants, substitutes and training of a region in expected values. Arrays are by cell."""

    def __init__(self, template: Template, inputs: Inputs, trace: bool = False) -> None:
        self.w = w = World(template, inputs, 0, 0, trace)
        self.t = template
        n, groups = len(template.cells), len(template.groups)
        self.cells, self.group = n, np.array(template.cell_group, dtype=np.int64)
        self.k = Cohorts(2 * len(template.people) + 1000)
        self.r = Rates(len(self.k.cell))
        self.learning = learning_tables(w)
        self.tables: Tables
        self.hire_kinds = _hire_kinds(template)
        self.hire_quarter, self.hire_rows = -1, np.zeros(0, dtype=np.int64)
        self.vacant_heads = np.zeros(n)
        self.flow = {name: np.zeros(n) for name in COUNTED}  # of the week
        self.counted = np.zeros((len(template.months), n, len(COUNTED)))
        self.levels = np.zeros((len(w.level), n))
        self.before = self.levels
        zero = [np.zeros(n) for _ in range(10)]
        self.post_units, self.vacant_units, self.unripe, self.ripe, self.pending, self.extra = zero[:6]
        self.sub_unripe, self.sub_ripe, self.sub_held, self.sub_pending = zero[6:10]
        self.advertised = np.zeros(n)  # posts to advertise at the next tick
        self.accepted = np.zeros(n)  # hires accepted this week
        self.employed_then = np.zeros(n)  # heads at the last tick
        self.seats_waiting = [0.0] * len(template.programmes)
        self.sub_rate = np.zeros(n)
        self.queue, self.graduates = np.zeros(groups), np.zeros(groups)
        self.pending_graduates = np.zeros(groups)
        self.at_agency, self.returning = np.zeros(groups), np.zeros(groups)
        self.at_agency_start = np.zeros(groups)
        self.hourly = np.zeros(n)
        self.block_fte = np.zeros(len(template.post_blocks))
        self.running_units = [0.0] * len(template.post_blocks)
        self.dismissed = np.zeros(n)
        self.cap_used: dict[tuple[int, int], float] = {}
        self.due: list[dict[int, tuple[Floats, float, float]]] = [{} for _ in range(n)]
        years = template.end.year - template.start.year + 1
        self.exits = np.zeros((years, groups * len(AGE_BANDS) * len(TENURE_BANDS), len(CAUSES)))
        self.ages = np.zeros((years, groups, 100))
        self.retention = np.zeros((years, groups, 2, 5))
        self.stocks = np.zeros((len(template.months), n, 7))
        self.long_share = np.array([[_longer_than(3.0, m, s) for m, s in self._spells(g)] for g in range(groups)]).T
        self.mean_months = np.array([[lognormal_mean(m, s) for m, s in self._spells(g)] for g in range(groups)]).T
        self.still_long = np.array([[_longer_left(1.5, m, s) for m, s in self._spells(g)] for g in range(groups)]).T

    def _spells(self, g: int) -> list[tuple[float, float]]:
        par, kinds = self.w.par, ("sick", "parental", "leave")
        return [(par[f"{kind}_median_months"][g], par[f"{kind}_sigma"][g]) for kind in kinds]

    def par(self, name: str) -> Floats:
        """Give a group parameter by cell."""
        return np.array(self.w.par[name])[self.group]

    def column(self, quantity: str) -> Floats:
        """Give a quantity in force by cell."""
        return np.array(self.w.column(quantity))

    def of_groups(self, quantity: str) -> Floats:
        """Give a quantity of groups by cell."""
        first = self.w.at[quantity]
        return np.array(self.w.values[first : first + len(self.t.groups)])[self.group]

    def away_months(self, state: int) -> Floats:
        """Give the mean length of an absence that begins now, by cell."""
        months: Floats = self.mean_months[AWAY.index(state)][self.group]
        return months * self.column("sick_length") if state == SICK else months

    def look_up(self, now: int) -> None:
        """Look up the hazards of all rows."""
        self.tables = Tables(self.w, now)
        look_up(self.w, self.k, self.r, self.tables, self.learning, 0, now)

    def look_up_new(self, first: int, now: int) -> None:
        """Look up the hazards of the rows opened since."""
        if first < self.k.n:
            look_up(self.w, self.k, self.r, self.tables, self.learning, first, now)

    def count_exits(self, cause: int, by_row: Floats, week: int) -> None:
        """Count the week's exits of a cause by cell, and by year, group, age and tenure."""
        self.flow[CAUSES[cause]] += self.k.by_cell(by_row, self.cells)
        year = self.w.year_at(min(self.t.calendar.week_start[week], self.w.horizon - 1))
        n = self.exits.shape[1]
        self.exits[year, :, cause] += np.bincount(self.r.bin[: self.k.n], weights=by_row, minlength=n)

    def hire_rows_of(self, kinds: Ints, quarter: int, programme: Ints) -> Ints:
        """Give the rows of those hired in a quarter to some kinds (cell and age band), opened when they are first asked for."""
        if quarter != self.hire_quarter:
            self.hire_quarter, self.hire_rows = quarter, np.full(len(self.hire_kinds.cell), -1, dtype=np.int64)
        for kind, p in zip(kinds.tolist(), programme.tolist(), strict=True):
            if self.hire_rows[kind] < 0:
                self.hire_rows[kind] = self.k.open(int(self.hire_kinds.cell[kind]), {}, programme=p, kind=0)
        found: Ints = self.hire_rows[kinds]
        return found

    def vacate(self, heads: Floats | float, grade: Floats | float, cell: int | None = None) -> None:
        """Count posts as vacant (or, negative, as no longer) with their employment rate."""
        at = slice(None) if cell is None else cell
        self.vacant_heads[at] += heads
        self.vacant_units[at] += heads * grade

    def vacant_grade(self) -> Floats:
        """Give the mean employment rate (1/200) of vacant posts by cell."""
        known = (self.vacant_heads > 0.01) & (self.vacant_units > 0.0)
        mean = self.vacant_units / np.maximum(0.01, self.vacant_heads)
        return np.where(known, np.clip(mean, 20.0, 200.0), TYPICAL_GRADE)

    def free_posts(self) -> Floats:
        """Give vacant posts by cell that nobody has accepted; those of people on notice are advertised but not yet free."""
        found: Floats = np.maximum(0.0, self.vacant_heads - self.pending)
        return found

    def fill_posts(self, heads: Floats) -> None:
        """Fill vacant posts, at their mean employment rate."""
        self.vacate(-heads, self.vacant_grade())

    def whole_hires(self) -> list[int]:
        """Give the accepted hires of the week in whole numbers; the fraction stays for the next week."""
        whole = np.floor(self.accepted)
        self.accepted -= whole
        return [int(x) for x in whole]

    def employed(self) -> Floats:
        """Give heads by cell."""
        return self.k.by_cell(self.k.total(), self.cells)


def _longer_than(months: float, median: float, sigma: float) -> float:
    return float(np.mean([median * np.exp(sigma * z) > months for z in _fine()]))


def _longer_left(months: float, median: float, sigma: float) -> float:
    """Give the share of spells met at a random moment that have longer left."""
    spells = np.array([median * np.exp(sigma * sigma + sigma * z) for z in _fine()])
    return float(np.mean(np.maximum(0.0, 1.0 - months / spells)))


def _fine() -> list[float]:
    return [normal_quantile((i + 0.5) / 200.0) for i in range(200)]


def quarter_of(minute: int) -> int:
    """Give the quarter of the run that a minute falls in: rows of arrivals are opened per quarter."""
    return minute // (3 * MONTH)


__all__ = ["LEAVE", "PARENTAL", "SICK", "Twin", "quarter_of"]
