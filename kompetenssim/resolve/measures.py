"""Measures: from lever blocks to rows of the template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import fsum
from typing import NamedTuple

from kompetenssim.levers.base import NET_HOURS_PER_FTE, blocks_of
from kompetenssim.model.effects import (
    Block,
    CapBlock,
    CohortBlock,
    Effect,
    Enabler,
    PoolBlock,
    PostBlock,
    ProgrammeBlock,
    ShiftBlock,
)
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import (
    BudgetRow,
    CapRow,
    CohortRow,
    EffectRow,
    EnablerRow,
    PoolRow,
    PostBlockRow,
    ProgrammeRow,
    ShiftRow,
)
from kompetenssim.resolve.columns import Columns
from kompetenssim.resolve.hour_budgets import HourBudgets
from kompetenssim.resolve.places import Layout, MeasurePlaces
from kompetenssim.resolve.programmes import FAR, of_block
from kompetenssim.spec.dates import first_day, last_day
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure
from kompetenssim.spec.specification import Specification

ONE = Number(mode=1.0)
#: What does not wear off: money and time that a measure takes, and limits in numbers (of those, `cap_held` wears off).
LASTING = frozenset(
    {
        "agency_price_cap", "cap_cost", "cap_weeks", "hire_cost", "intro_time", "introduction_supervision", "overtime_4_weeks",
        "overtime_pay_factor", "overtime_year", "pay_supplement", "used_time",
    }
)  # fmt: skip


class MeasureTables:
    """Collect the rows of all measures, in the order of their keys."""

    def __init__(
        self,
        spec: Specification,
        where: Layout,
        columns: Columns,
        fte: dict[tuple[str, str], float],
        programmes: list[ProgrammeRow],
    ) -> None:
        self.spec, self.where, self.columns, self.fte = spec, where, columns, fte
        self.programmes = programmes
        self.effects: list[EffectRow] = []
        self.enablers: list[EnablerRow] = []
        self.shifts: list[ShiftRow] = []
        self.budgets: list[BudgetRow] = []
        self.post_blocks: list[PostBlockRow] = []
        self.pools: list[PoolRow] = []
        self.caps: list[CapRow] = []
        self.cohorts: list[CohortRow] = []
        self.once: list[tuple[int, int, int]] = []
        self.probability: list[int] = []
        self.carried_out: list[int] = []
        self.keys = tuple(m.key for m in spec.measures)
        self._effect_groups = {
            name: i for i, name in enumerate(sorted({m.effect_group or f"\x1f{m.key}" for m in spec.measures}))
        }
        self._posts: dict[tuple[str, str, int], int] = {}
        self._hours = HourBudgets(spec.region, where, columns)
        self._budget_at: dict[tuple[int, int], int] = {}
        for number, measure in enumerate(spec.measures):
            _OneMeasure(self, number, measure).add()

    def budget(self, effect_group: str | None, cell: int) -> int:
        """Give the number of the hour budget of an effektgrupp in a cell, noted when it is first asked for; -1 without one."""
        most = self._hours.column(effect_group, cell)
        if effect_group is None or most is None:
            return -1
        place = (self._effect_groups[effect_group], cell)
        if place not in self._budget_at:
            self._budget_at[place] = len(self.budgets)
            self.budgets.append(BudgetRow(*place, most))
        return self._budget_at[place]


class _OneMeasure:
    """Turn one measure into rows."""

    def __init__(self, tables: MeasureTables, number: int, measure: Measure) -> None:
        self.t, self.number, self.measure = tables, number, measure
        self.name = f"atgarder.{measure.key}"
        spec = tables.spec
        terms = {str(term): week for term, week in spec.rules.term_start_week.items()}
        self.first = spec.start
        self.running = measure.running_at_start == "ja"
        started = first_day(measure.start, terms) if measure.start else None
        self.start = (started - spec.start).days if started else (-FAR if self.running else 0)
        self.undated = self.running and started is None
        if self.running and self.start > 0:
            self.running = False
        self.end = (last_day(measure.end, terms) - spec.start).days if measure.end else FAR
        add = tables.columns.add
        self.coverage = add(f"{self.name}.omfattning.andel", measure.coverage.share, 0, 1)
        self.realisation = add(f"{self.name}.realisering_andel", measure.realisation, 0, 1)
        self.ramp = add(f"{self.name}.ramp_manader", measure.ramp_months, 0, 600)
        self.decay = (
            -1 if measure.decay_months is None else add(f"{self.name}.avklingning_manader", measure.decay_months, 0.1, 1200)
        )
        self.places = MeasurePlaces(spec.region, tables.where, spec.rules, measure, spec.start, spec.end, tables.fte)

    def add(self) -> None:
        """Add everything the measure does."""
        t, m = self.t, self.measure
        t.probability.append(t.columns.add(f"{self.name}.sannolikhet_genomford_procent", m.probability_percent, 0, 100))
        t.carried_out.append(t.columns.chance(f"{self.name}.genomfors"))
        self._money()
        blocks = blocks_of(m, self.places)
        for block in sorted(blocks, key=lambda b: (not isinstance(b, PostBlock), b.name)):
            self._block(block)

    def _block(self, block: Block) -> None:
        if isinstance(block, Effect):
            self._effect(block)
        elif isinstance(block, PostBlock):
            self._post_block(block)
        elif isinstance(block, ShiftBlock):
            self._shift(block)
        elif isinstance(block, ProgrammeBlock):
            self._programme(block)
        elif isinstance(block, PoolBlock):
            self._pool(block)
        elif isinstance(block, CapBlock):
            self._cap(block)
        elif isinstance(block, CohortBlock):
            self._cohort(block)
        else:
            self._enabler(block)

    def _day(self, day: date | None, otherwise: int) -> int:
        return otherwise if day is None else (day - self.first).days

    def _row(
        self,
        quantity: str,
        places: tuple[int, ...],
        amount: int,
        *,
        start: int | None = None,
        end: int | None = None,
        scaled: bool = True,
        covered: bool = True,
        realised: bool = True,
        running: bool | None = None,
        ramp: int | None = None,
        decay: int | None = None,
        group: str | None = None,
        frees_hours: bool = False,
    ) -> None:
        if not places:
            return
        effect_group = self.t._effect_groups.get(group or self.measure.effect_group or f"\x1f{self.measure.key}", -1)
        budgets = [self.t.budget(group or self.measure.effect_group, place) for place in places] if frees_hours else []
        begin = self.start if start is None else start
        self.t.effects.append(
            EffectRow(
                quantity,
                places,
                self.number,
                amount,
                self.coverage if covered else -1,
                self.realisation,
                self.ramp if ramp is None else ramp,
                -1 if quantity in LASTING else self.decay if decay is None else decay,
                begin,
                self.end if end is None else end,
                scaled,
                realised,
                (self.running and begin <= 0) if running is None else running,
                self.measure.ramp_form == "stegvis",
                effect_group,
                any(number >= 0 for number in budgets),
            )
        )

    def _index(self, quantity: str, places: object) -> tuple[int, ...]:
        where = self.t.where
        dimension = QUANTITIES[quantity].dimension
        table: dict[object, int]
        if dimension == "cell":
            table = {c: i for i, c in enumerate(where.cells)}
        elif dimension == "group":
            table = {(g,): i for i, g in enumerate(where.groups)}
        elif dimension == "family":
            table = {f: i for i, f in enumerate(where.families)}
        elif dimension == "programme":
            table = {(p.key,): i for i, p in enumerate(self.t.programmes)}
        else:
            return (0,)
        return tuple(sorted(table[tuple(p)] for p in places if tuple(p) in table))  # type: ignore[attr-defined]  # places is a sequence of key tuples

    def _effect(self, e: Effect) -> None:
        column = self._named(e.name, e.amount, e.least, e.most, e.draw)
        ramp = None if e.ramp_months is None else self._named(f"{e.name}.ramp_manader", e.ramp_months, 0, 600)
        start, decay, limits = self._day(e.start, self.start), None, QUANTITIES[e.quantity].combine == "least"
        if e.decay_months is not None:
            decay = self._half_life(e.name, e.decay_months, e.draw) if limits or not self.undated else -1
        if limits and self.undated:
            start = 0
        self._row(
            e.quantity,
            self._index(e.quantity, e.places),
            column,
            start=start,
            end=self._day(e.end, self.end),
            scaled=e.scaled,
            covered=e.covered,
            realised=e.realised,
            ramp=ramp,
            decay=decay,
            group=e.effect_group,
            frees_hours=e.frees_hours,
        )

    def _named(self, name: str, number: Number, least: float | None, most: float | None, draw: str | None = None) -> int:
        return self.t.columns.add(f"{self.name}.{name}", number, least, most, draw=f"{self.name}.{draw}" if draw else None)

    def _half_life(self, name: str, months: Number, draw: str | None = None) -> int:
        """Give the column of a half-life.

        What began nobody knows when (`undated`) wears off from the start of the forecast if it is a cap, otherwise not: what
        it had reached is in the start state.
        """
        return self._named(f"{name}.avklingning_manader", months, 0.1, 1200, f"{draw or name}.avklingning_manader")

    def _post_block(self, b: PostBlock) -> None:
        cells = self._index("post_fte", ()) if not b.cells else tuple(sorted(self.t.where.cell_index[c] for c in b.cells))
        size = [self.t.fte.get(self.t.where.cells[c], 0.0) for c in cells]
        total = fsum(size)
        for c, s in zip(cells, size, strict=True):
            share = s / total if total > 0 else 1.0 / len(cells)
            column = self._named(f"{b.name}.{'.'.join(self.t.where.cells[c])}", _times(b.fte, share), None, None, b.name)
            place = len(self.t.post_blocks)
            self.t.post_blocks.append(PostBlockRow(self.number, c, b.raises_need, self.running and b.fte.mode > 0))
            self.t._posts[(self.measure.key, b.name, c)] = place
            begin, end = self._day(b.start, self.start), self._day(b.end, self.end)
            self._row("post_fte", (place,), column, start=begin, end=end, scaled=False)
            if b.raises_need:
                hours = _times(b.fte, share * NET_HOURS_PER_FTE)
                need = self._named(f"{b.name}.behov.{'.'.join(self.t.where.cells[c])}", hours, None, None, b.name)
                self._row("need_extra_hours", (c,), need, start=begin, end=end, scaled=False)

    def _shift(self, b: ShiftBlock) -> None:
        cells = self.t.where.cell_index
        units = [u for u in b.units if (u, b.giver) in cells and (u, b.receiver) in cells]
        handed = FAR if b.handed is None else (b.handed - self.first).days
        if self.running and handed <= 0:
            return
        for u in sorted(units):
            giver, receiver = cells[(u, b.giver)], cells[(u, b.receiver)]
            posts = -1 if b.posts is None else self.t._posts.get((self.measure.key, b.posts, receiver), -1)
            part = f"{b.name}.{u}"
            draw = b.draw or b.name
            freed = self._named(f"{part}.frigjord", b.freed_per_hour, 0.01, 3.0, f"{draw}.frigjord")
            cap = self._named(f"{part}.tak_procent", b.cap_percent, 0, 100, f"{draw}.tak")
            step = -1 if b.step_hours is None else self._named(f"{part}.steg", b.step_hours, 0, 1000, f"{draw}.steg")
            place = len(self.t.shifts)
            budget = self.t.budget(self.measure.effect_group, giver)
            self.t.shifts.append(ShiftRow(self.number, giver, receiver, freed, cap, step, posts, budget))
            one, none = self.t.columns.add("ett", 1.0), self.t.columns.add("noll", 0.0)
            trained = self._course("utbildad", b.trained_steps, self._day(b.trained, self.start), b.trained_share)
            passed = self._course("overlamnad", b.handed_steps, handed, b.handed_share)
            reached = min(_reached(trained), _reached(passed)) if self.running else 0.0
            for quantity, course, ramped in (("shift_trained", trained, False), ("shift_handed", passed, True)):
                for name, day, share in course:
                    beyond = _beyond(share, reached)
                    whole = beyond.mode == 1 and not beyond.uncertain
                    column = one if whole else self._named(f"{part}.{name}", beyond, 0, 1, f"{draw}.{name}")
                    self._row(quantity, (place,), column, start=day, scaled=ramped, realised=False, running=False)
            if b.realised is not None:
                self._row(
                    "shift_realised",
                    (place,),
                    self._named(f"{part}.realisering", b.realised, 0, 1, f"{draw}.realisering"),
                    scaled=True,
                    realised=False,
                    running=False,
                    ramp=none,
                )
            else:
                self._row("shift_realised", (place,), one, scaled=True, running=False, ramp=none)
            if posts < 0 and b.planned_fte is not None:
                hours = _times(b.planned_fte, NET_HOURS_PER_FTE / len(units))
                self._row(
                    "shift_planned_hours",
                    (place,),
                    self._named(f"{part}.tillford", hours, 0, None, f"{draw}.tillford"),
                    scaled=False,
                    running=False,
                )

    def _course(self, stage: str, steps: Sequence[tuple[date, Number]], last: int, share: Number | None) -> list[_Step]:
        """Give the shares of a stage of a task shift by day; a stage that never comes has none."""
        found = [_Step(f"{stage}_steg.{day}", self._day(day, 0), part) for day, part in steps]
        return [*found, _Step(f"{stage}_andel", last, share or ONE)] if last < FAR else found

    def _programme(self, b: ProgrammeBlock) -> None:
        key = f"{self.name}.{b.name}"
        self.t.programmes.append(of_block(b, key, self.number, self.t.where, self.t.columns, self.first))
        place = (len(self.t.programmes) - 1,)
        for quantity, seats, term in (("seats_spring", b.spring, "vt"), ("seats_autumn", b.autumn, "ht")):
            self._row(quantity, place, self._named(f"{b.name}.platser.{term}", seats, 0, None), scaled=False, running=False)

    def _pool(self, b: PoolBlock) -> None:
        where = self.t.where
        areas = tuple(range(len(where.areas))) if b.areas is None else tuple(sorted(where.areas.index(a) for a in b.areas))
        taken = () if b.taken_from is None else tuple(i for c, i in where.cell_index.items() if c == b.taken_from)
        place = len(self.t.pools)
        self.t.pools.append(
            PoolRow(
                self.number,
                tuple(sorted(where.groups.index(g) for g in b.groups)),
                areas,
                self._named(f"{b.name}.kostnadsfaktor", b.hour_cost_factor, 0, None),
                self._named(f"{b.name}.premie", b.premium_sek_per_week, 0, None),
                taken,
                b.paid_when_idle,
            )
        )
        self._row("pool_hours", (place,), self._named(f"{b.name}.timmar_vecka", b.hours_per_week, 0, None), covered=b.covered)

    def _cap(self, b: CapBlock) -> None:
        place = len(self.t.caps)
        self.t.caps.append(CapRow(self.number, tuple(sorted(self.t.where.cell_index[c] for c in b.cells))))
        start, end = self._day(b.start, self.start), self._day(b.end, self.end)
        decay = None if b.decay_months is None else self._half_life(b.name, b.decay_months)
        held, since = self.t.columns.add("ett", 1.0), 0 if self.undated else start
        self._row("cap_held", (place,), held, start=since, end=end, realised=False, ramp=-1, decay=decay)
        if b.persons_per_week is not None:
            self._row(
                "cap_weeks",
                (place,),
                self._named(f"{b.name}.per_vecka", b.persons_per_week, 0, None),
                start=start,
                end=end,
                scaled=False,
            )
        if b.cost_sek_per_year is not None:
            self._row(
                "cap_cost",
                (place,),
                self._named(f"{b.name}.kr_ar", b.cost_sek_per_year, 0, None),
                start=start,
                end=end,
                scaled=False,
            )

    def _cohort(self, b: CohortBlock) -> None:
        where = self.t.where
        self.t.cohorts.append(
            CohortRow(
                f"{self.name}.{b.name}",
                self.number,
                where.groups.index(b.group),
                where.units.index(b.unit) if b.unit else -1,
                (b.delivered - self.first).days,
                self._named(f"{b.name}.antal", b.count, 0, None),
                self._named(f"{b.name}.lyckandegrad", b.success, 0, 1),
                self._named(f"{b.name}.kostnad", b.cost_sek_each, 0, None),
                self.t.columns.add("noll", 0.0),
            )
        )

    def _enabler(self, b: Enabler) -> None:
        targets = tuple(sorted(self.t.keys.index(k) for k in b.measures if k in self.t.keys))
        self.t.enablers.append(
            EnablerRow(
                self.number,
                targets,
                self._named(f"{b.name}.lyft_pp", b.lift_pp, 0, 100),
                self._named(f"{b.name}.rampfaktor", b.ramp_factor, 0.1, 2),
                self.start,
                self.end,
                self.running,
            )
        )

    def _money(self) -> None:
        cost = self.measure.cost
        if cost.yearly_msek.mode or cost.yearly_msek.uncertain:
            column = self._named("kostnad.arlig_mkr", _times(cost.yearly_msek, 1e6 / 12.0), None, None)
            self._row("measure_cost", (self.number,), column, scaled=False, running=False)
            if cost.financing == "statsbidrag":
                until = (last_day(cost.until) - self.first).days if cost.until else self.end
                self._row("measure_grant", (self.number,), column, scaled=False, running=False, end=min(until, self.end))
        if cost.once_msek.mode and not self.running:
            self.t.once.append((self.number, self._named("kostnad.engang_mkr", cost.once_msek, 0, None), max(0, self.start)))


class _Step(NamedTuple):
    """A share of a stage, and the day from which it holds."""

    name: str
    day: int
    share: Number


def _reached(course: Sequence[_Step]) -> float:
    """Give the share of a stage at the start."""
    return max(((step.day, step.share.mode) for step in course if step.day <= 0), default=(0, 0.0))[1]


def _beyond(share: Number, reached: float) -> Number:
    """Give what a share adds to what the start state has of it."""
    if not reached:
        return share
    low, high = (None if end is None else max(0.0, end - reached) for end in (share.low, share.high))
    return share.model_copy(update={"mode": max(0.0, share.mode - reached), "low": low, "high": high})


def _times(n: Number, factor: float) -> Number:
    """Multiply a number and its interval by a constant."""
    low, high = (None, None) if n.low is None or n.high is None else sorted((n.low * factor, n.high * factor))
    return n.model_copy(update={"mode": n.mode * factor, "low": low, "high": high})
