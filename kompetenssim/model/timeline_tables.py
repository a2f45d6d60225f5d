"""What `timeline` reads and no parameter draw changes: the grid of dates, weights, patterns and the slots that change.

Effects that share dates, ramp and shares have one *weight* over time. Slots of one quantity that the same effects and
yearly series act on have one *pattern*; it can change only at the dates listed for it. So a draw evaluates some
hundred patterns, and a slot only where its pattern has changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from kompetenssim.model.calendar import DAY, WEEK
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.sequences import FloatRow, IntRow, Ints, ragged
from kompetenssim.model.template import EffectRow, Template

#: How the value of a slot follows from its base: `base · times + plus`, or as said at each.
MULTIPLY, ADD, LEVEL, RETENTION, REMAINING, LEAST, CAPPED, BUDGET, SUM = range(9)
COMBINE = {
    "multiply": MULTIPLY, "add": ADD, "level": LEVEL, "retention": RETENTION, "remaining": REMAINING, "least": LEAST,
    "budget": BUDGET, "sum": SUM,
}  # fmt: skip
#: Yearly series; those of agency prices follow, one for each group with measures and one for the reference.
NO_SERIES, PAY, NEED_YEAR, DELIVERY, ON_COST, PAY_RELATIVE, PRICES = range(7)
SERIES = {"pay": PAY, "need_year": NEED_YEAR, "agency_delivery": DELIVERY, "on_cost": ON_COST, "pay_relative": PAY_RELATIVE}


class GridDate(NamedTuple):
    """A date of the grid: its week, the first of the month at or before (days from the start), years since the start."""

    week: int
    step_day: int
    year: int


class YearColumns(NamedTuple):
    """The columns of the yearly series in a year, -1 where a series has no value."""

    on_cost: int
    price_index: int
    availability: int
    need_growth: int
    competition: int


class MeasureColumns(NamedTuple):
    """The columns of a measure's probability (percent) and of its own uniform."""

    probability: int
    carried_out: int


class Weight(NamedTuple):
    """A weight over time, in force on the dates `first` ≤ i < `last`; columns, -1 if there is none.

    `turn` of `turns` says when a place begins if places begin one after the other.
    """

    measure: int
    start: int
    end: int
    scaled: bool
    running: bool
    ramp: int
    decay: int
    realisation: int
    coverage: int
    turn: int
    turns: int
    first: int
    last: int
    first_lift: int
    last_lift: int


class Lift(NamedTuple):
    """A measure that enables that of a weight: it lifts on the dates `first` ≤ i < `last` and perhaps shortens the ramp."""

    measure: int
    amount: int
    ramp_factor: int
    shortens: bool
    first: int
    last: int


class Budget(NamedTuple):
    """An hour budget (column, percent) and the claims of the efficiency measures of its effektgrupp."""

    most: int
    first_claim: int
    last_claim: int


class Claim(NamedTuple):
    """A share of hours (column) that a measure frees, gross."""

    weight: int
    measure: int
    amount: int


class Pattern(NamedTuple):
    """What changes slots alike: a yearly series, hours of rest from a date on, effects, and dates at which it may change.

    `budget` is the one that it is what is left of, or -1.
    """

    combine: int
    series: int
    rest_hours: float
    rest_from: int
    first_effect: int
    last_effect: int
    first_date: int
    last_date: int
    budget: int


class PatternEffect(NamedTuple):
    """An effect in a pattern; `amount` is a column, `group` the effektgrupp, `budget` that of its freed hours or -1."""

    weight: int
    measure: int
    amount: int
    group: int
    budget: int


class PatternDate(NamedTuple):
    """A date of the grid at which a pattern may change, and whether it may so without a moving ramp."""

    date: int
    always: bool


class Slot(NamedTuple):
    """A slot that something acts on; `announced` is 1 when an announced measure does."""

    slot: int
    pattern: int
    announced: int


class FactorCell(NamedTuple):
    """A cell whose factor on retirement a measure changes."""

    cell: int
    pattern: int


class TimelineTables(NamedTuple):
    """Hold the rows of the timeline; `month_dates` are the dates of the grid at which months begin."""

    grid: Sequence[GridDate]
    years: Sequence[YearColumns]
    measures: Sequence[MeasureColumns]
    weights: Sequence[Weight]
    lifts: Sequence[Lift]
    budgets: Sequence[Budget]
    claims: Sequence[Claim]
    patterns: Sequence[Pattern]
    effects: Sequence[PatternEffect]
    dates: Sequence[PatternDate]
    slots: Sequence[Slot]
    factor_cells: Sequence[FactorCell]
    month_dates: Ints
    groups: int
    most_operations: int


class WeightWork(NamedTuple):
    """Hold which measures are carried out, `weight[k · dates + i]`, what is in the start state, the last moving date."""

    carried: IntRow
    weight: FloatRow
    before: FloatRow
    moves_until: IntRow


class BudgetWork(NamedTuple):
    """Hold of every budget over the grid, `[budget · dates + i]`, the factor on its claims and the share that they leave.

    `before` is the factor on what is in the start state, `moves_until` the last date at which a ramp moves a claim.
    """

    fit: FloatRow
    left: FloatRow
    before: FloatRow
    moves_until: IntRow


class SeriesWork(NamedTuple):
    """Hold the yearly series, `[series · years + year]`: what a base is multiplied by and what is added."""

    times: FloatRow
    plus: FloatRow


class ChangeWork(NamedTuple):
    """Hold how many changes each pattern has and, from its `first_date` on, their weeks, factors and additions."""

    number: IntRow
    week: IntRow
    times: FloatRow
    plus: FloatRow


class DraftWork(NamedTuple):
    """Hold the operations by slot, before they are sorted, and where those of each week end."""

    week: IntRow
    slot: IntRow
    value: FloatRow
    week_end: IntRow


class TimelineWork(NamedTuple):
    """Hold the room in which the timeline of a draw is worked out."""

    weights: WeightWork
    budgets: BudgetWork
    series: SeriesWork
    changes: ChangeWork
    draft: DraftWork


class _Kind(NamedTuple):
    """What makes two slots have one pattern."""

    combine: int
    series: int
    rest_hours: float
    rest_from: int
    effects: tuple[PatternEffect, ...]
    budget: int = -1


def timeline_tables(template: Template) -> TimelineTables:
    """Lay out the grid, and find the weights and patterns of a template."""
    return _Builder(template).tables()


def timeline_work(t: TimelineTables) -> TimelineWork:
    """Give room for the timeline of one draw."""
    weights, budgets, dates, most = len(t.weights), len(t.budgets), len(t.dates), t.most_operations
    series = (PRICES + 2 * t.groups) * len(t.years)
    return TimelineWork(
        WeightWork([0] * len(t.measures), [0.0] * (weights * len(t.grid)), [0.0] * weights, [0] * weights),
        BudgetWork([0.0] * (budgets * len(t.grid)), [0.0] * (budgets * len(t.grid)), [0.0] * budgets, [0] * budgets),
        SeriesWork([1.0] * series, [0.0] * series),
        ChangeWork([0] * len(t.patterns), [0] * dates, [0.0] * dates, [0.0] * dates),
        DraftWork([0] * most, [0] * most, [0.0] * most, [0] * (t.grid[-1].week + 2)),
    )


class _Builder:
    """Collect weights and patterns while going through the slots."""

    def __init__(self, template: Template) -> None:
        t = self.t = template
        calendar, start = t.calendar, t.start.toordinal()
        last = calendar.week_start[-1] // DAY
        firsts = [minute // DAY for minute in calendar.month_start[:-1]]
        firsts += [d for d in range(calendar.horizon // DAY, last) if date.fromordinal(start + d).day == 1]
        days = {*firsts, *t.daily_rest_day}
        for begin, end in [(e.start, e.end) for e in t.effects] + [(b.start, b.end) for b in t.enablers]:
            days.update((begin, end + 1))
        self.day = sorted({0} | {d for d in days if 0 < d < last})
        self.step_day = [firsts[bisect_right(firsts, d) - 1] for d in self.day]
        self.month_dates = [bisect_left(self.day, d) for d in firsts[: len(calendar.month_label)]]
        self.week = [max(0, 1 + (d * DAY - calendar.week_start[1]) // WEEK) for d in self.day]
        self.year = [date.fromordinal(start + d).year - t.start.year for d in self.day]
        self.weights: dict[Weight, int] = {}
        self.kinds: dict[_Kind, int] = {}
        self.budgets: dict[tuple[int, tuple[Claim, ...]], int] = {}
        self.budget_at = self._budgets()

    def tables(self) -> TimelineTables:
        """Give the tables."""
        t = self.t
        slots = self._slots()
        announced = {(e.quantity, place) for e in t.effects if t.announced[e.measure] for place in e.places}
        offsets = t.offsets()
        weights, kinds = list(self.weights), list(self.kinds)
        lift_at, lifts = ragged(self._lifts(w) for w in weights)
        claim_at, claims = ragged(claims for _, claims in self.budgets)
        effect_at, effects = ragged(p.effects for p in kinds)
        date_at, dates = ragged(self._dates(p, weights) for p in kinds)
        room = [len({self.week[d.date] for d in dates[a:b]} - {0}) for a, b in pairwise(date_at)]
        years = zip(
            self._yearly(t.yearly_on_cost, nearest=True),
            self._yearly(t.yearly_price_index),
            self._yearly(t.yearly_availability),
            self._given(t.yearly_need_growth),
            self._given(t.yearly_competition),
            strict=True,
        )
        return TimelineTables(
            grid=[GridDate(*row) for row in zip(self.week, self.step_day, self.year, strict=True)],
            years=[YearColumns(*row) for row in years],
            measures=[MeasureColumns(*row) for row in zip(t.probability, t.carried_out, strict=True)],
            weights=[w._replace(first_lift=a, last_lift=b) for w, (a, b) in zip(weights, pairwise(lift_at), strict=True)],
            lifts=lifts,
            budgets=[Budget(most, a, b) for (most, _), (a, b) in zip(self.budgets, pairwise(claim_at), strict=True)],
            claims=claims,
            patterns=[
                Pattern(p.combine, p.series, p.rest_hours, p.rest_from, a, b, c, d, p.budget)
                for p, (a, b), (c, d) in zip(kinds, pairwise(effect_at), pairwise(date_at), strict=True)
            ],
            effects=effects,
            dates=dates,
            slots=[Slot(offsets[quantity] + place, k, int((quantity, place) in announced)) for quantity, place, k in slots],
            factor_cells=[FactorCell(place, k) for quantity, place, k in slots if quantity == "retirement_factor"],
            month_dates=self.month_dates,
            groups=len(t.groups),
            most_operations=sum(room[k] for _, _, k in slots),
        )

    def _slots(self) -> list[tuple[str, int, int]]:
        """Give (quantity, place, pattern) of every slot that something acts on, in the order of slots."""
        t, sizes = self.t, self.t.sizes()
        acting: dict[tuple[str, int], list[tuple[EffectRow, int]]] = {}
        for e in t.effects:
            for place, turn in {place: turn for turn, place in enumerate(e.places)}.items():
                acting.setdefault((e.quantity, place), []).append((e, turn))
        found = []
        for name, quantity in QUANTITIES.items():
            combine = CAPPED if name == "arrival_factor" else COMBINE[quantity.combine]
            for place in range(sizes[quantity.dimension]):
                effects = acting.get((name, place), [])
                series, rest, rest_from = self._series(name, place), 0.0, len(self.day)
                if name == "duty_hours" and t.daily_rest_day[place] > 0 and t.cell_duty_rest_hours[place] != 0.0:
                    rest, rest_from = t.cell_duty_rest_hours[place], self._from(t.daily_rest_day[place])
                budget = self.budget_at[t.budgets[place].effect_group, t.budgets[place].cell] if combine == BUDGET else -1
                if effects or series or rest_from < len(self.day) or combine in (CAPPED, BUDGET):
                    pattern = _Kind(combine, series, rest, rest_from, self._effects(combine, effects, place), budget)
                    found.append((name, place, self.kinds.setdefault(pattern, len(self.kinds))))
        return found

    def _budgets(self) -> dict[tuple[int, int], int]:
        """Give the number of the budget of each (effektgrupp, cell); cells with the same claims share one."""
        claims: dict[tuple[int, int], list[Claim]] = {(row.effect_group, row.cell): [] for row in self.t.budgets}
        for e in self.t.effects:
            if e.budgeted and e.quantity == "efficiency_gross":
                for turn, place in enumerate(e.places):
                    if (e.effect_group, place) in claims:
                        claim = Claim(self._weight(REMAINING, e, turn), e.measure, e.amount)
                        claims[e.effect_group, place].append(claim)
        keys = {place: (row.most, tuple(claims[place])) for row in self.t.budgets for place in [(row.effect_group, row.cell)]}
        return {place: self.budgets.setdefault(key, len(self.budgets)) for place, key in keys.items()}

    def _effects(self, combine: int, acting: list[tuple[EffectRow, int]], place: int) -> tuple[PatternEffect, ...]:
        """Give the effects of a slot in the order in which they combine."""
        if combine in (LEVEL, LEAST):
            acting = sorted(acting, key=lambda x: (x[0].start, x[0].measure, x[0].amount))
        elif combine == RETENTION:
            acting = sorted(acting, key=lambda x: x[0].effect_group)
        return tuple(
            PatternEffect(
                self._weight(combine, e, turn),
                e.measure,
                e.amount,
                e.effect_group,
                self.budget_at.get((e.effect_group, place), -1) if e.budgeted else -1,
            )
            for e, turn in acting
        )

    def _weight(self, combine: int, e: EffectRow, turn: int) -> int:
        """Give the number of an effect's weight; a cap has no ramp but may wear off, a level has only a ramp."""
        fades = combine == LEAST and e.decay >= 0
        scaled = fades if combine == LEAST else e.scaled
        shared = scaled and combine not in (LEVEL, LEAST)
        weight = Weight(
            e.measure,
            e.start,
            e.end,
            scaled,
            e.running,
            e.ramp if scaled and not fades else -1,
            e.decay if scaled else -1,
            e.realisation if shared and e.realised else -1,
            e.coverage if shared else -1,
            turn if scaled and e.staggered else 0,
            len(e.places) if scaled and e.staggered else 0,
            self._from(e.start),
            self._from(e.end + 1),
            0,
            0,
        )
        return self.weights.setdefault(weight, len(self.weights))

    def _lifts(self, w: Weight) -> Iterable[Lift]:
        """Give the enabling measures of a weight: measure, columns, whether they shorten its ramp, dates in force.

        One that runs at the start lifts nothing more: what it did is in the start state. A ramp is shortened by those in
        force on the day it starts, not by later ones.
        """
        never = len(self.day)
        for row in self.t.enablers:
            if w.scaled and w.measure in row.targets:
                lifts = w.realisation >= 0 and not row.running
                first, last = (self._from(row.start), self._from(row.end + 1)) if lifts else (never, never)
                yield Lift(row.measure, row.lift, row.ramp_factor, row.start <= w.start <= row.end, first, last)

    def _dates(self, p: _Kind, weights: list[Weight]) -> list[PatternDate]:
        """Give the dates at which a pattern may change."""
        always, ramped = {0, p.rest_from}, set[int]()
        if p.series != NO_SERIES:
            always |= {i for i in range(1, len(self.day)) if self.year[i] != self.year[i - 1]}
        drawn_on = {e.budget for e in p.effects} | {p.budget}
        claims = [claim.weight for (_, claims), b in self.budgets.items() if b in drawn_on for claim in claims]
        for w in [weights[k] for k in (*(e.weight for e in p.effects), *claims)]:
            always |= {w.first, w.last}
            for lift in self._lifts(w):
                always |= {lift.first, lift.last}
            if w.ramp >= 0 or w.decay >= 0:
                ramped |= {i for i in range(w.first + 1, w.last) if self.step_day[i] != self.step_day[i - 1]}
        return [PatternDate(i, i in always) for i in sorted((always | ramped) - {len(self.day)})]

    def _series(self, quantity: str, place: int) -> int:
        """Give the yearly series of a slot."""
        if quantity == "agency_price":
            return PRICES + self.t.cell_group[place]
        if quantity == "agency_price_reference":
            return PRICES + len(self.t.groups) + self.t.cell_group[place]
        return SERIES.get(quantity, NO_SERIES) if quantity != "on_cost" or place == 0 else NO_SERIES

    def _from(self, day: int) -> int:
        """Give the first date of the grid that is not before a day; the number of dates when it is after all of them."""
        return bisect_left(self.day, day)

    def _yearly(self, rows: tuple[tuple[int, int], ...], *, nearest: bool = False) -> list[int]:
        """Give a series' column by year: the nearest earlier one; before the first year none, or the first if `nearest`."""
        found = [-1 if not nearest else min(rows)[1]] * (max(self.year) + 1)
        for given, column in sorted(rows):
            for y in range(max(0, given - self.t.start.year), len(found)):
                found[y] = column
        return found

    def _given(self, rows: tuple[tuple[int, int], ...]) -> list[int]:
        """Give a series' column by year, -1 where the year is not given."""
        given = dict(rows)
        return [given.get(self.t.start.year + y, -1) for y in range(max(self.year) + 1)]
