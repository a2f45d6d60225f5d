"""Two scenarios in one template, so that their measures can be switched one by one.

A contribution needs thousands of plans between a reference and a scenario. Resolving each of them would cost more than
simulating it. Here the measures of both lie in one template, and a row of the draw matrix says which are there: a measure
that a row does not carry out leaves nothing behind, so the world is bit for bit that of a file without it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from kompetenssim.model.calendar import DAY
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.resolve.assemble import assemble
from kompetenssim.resolve.places import layout_with

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.draws import ParameterSpec
    from kompetenssim.model.template import Template
    from kompetenssim.spec.scenario import Measure
    from kompetenssim.spec.specification import Specification

#: Ends the key of the reference's version of a measure that both have. It sorts before every character of a key, so the
#: version takes its measure's place in every order.
OTHER = "\x01"
DAYS_PER_TERM = 182
STAGES = ("shift_trained", "shift_handed")
NEVER = 2.0  # above every probability: a measure with this uniform is not carried out


class HasMeasure(Protocol):
    """A row of a measure."""

    @property
    def measure(self) -> int: ...


class NotComparable(Exception):
    """Raised when scenario and reference cannot share a template; the text says why, in Swedish."""


class Switch(NamedTuple):
    """One measure that differs: its numbers in the template as the scenario and as the reference have it (-1: not at all)."""

    key: str
    ours: int
    theirs: int


@dataclass(frozen=True, kw_only=True)
class Coalitions:
    """Hold every plan between a reference and a scenario.

    `switches` are the measures that differ and do something in the model, by key; `silent` the keys of those that differ
    but leave nothing in the model.
    """

    template: Template
    switches: tuple[Switch, ...]
    silent: tuple[str, ...]

    def row(self, theta: NDArray[np.float64], members: Collection[str]) -> NDArray[np.float64]:
        """Give a row of the draw matrix in which `members` are as the scenario has them and the others as the reference."""
        found = theta.copy()
        for switch in self.switches:
            absent = switch.theirs if switch.key in members else switch.ours
            if absent >= 0:
                found[self.template.carried_out[absent]] = NEVER
        return found

    def disempower(self, row: NDArray[np.float64], key: str) -> bool:
        """Take the power from the scenario's version of a measure in a row; tell whether it has any that can be sized.

        Its posts, dates and costs stay: what is weighed by its coverage is weighed by nothing.
        """
        number = self.switch(key).ours
        sized = [e.coverage for e in self.template.effects if e.measure == number and e.scaled and e.coverage >= 0
                 and QUANTITIES[e.quantity].combine not in ("level", "least")]
        row[sized] = 0.0
        return bool(sized)

    def switch(self, key: str) -> Switch:
        """Give the switch of a measure."""
        return next(s for s in self.switches if s.key == key)

    def graduates_late(self, key: str) -> bool:
        """Tell whether a measure trains people and nobody of them can graduate before the horizon."""
        t, number = self.template, self.switch(key).ours
        places = [i for i, p in enumerate(t.programmes) if p.measure == number and number >= 0]
        return bool(places) and all(self._first_graduation(place) >= t.calendar.horizon // DAY for place in places)

    def _first_graduation(self, place: int) -> float:
        t = self.template
        begin = min((e.start for e in t.effects if e.quantity.startswith("seats_") and place in e.places), default=0)
        weeks = zip(t.calendar.week_start, t.calendar.week_number, strict=False)
        admitted = next((start // DAY for start, week in weeks if start >= begin * DAY and week in t.term_weeks), None)
        return math.inf if admitted is None else admitted + t.parameters[t.programmes[place].terms].mode * DAYS_PER_TERM

    def stages(self, key: str) -> tuple[date | None, date | None, bool]:
        """Give the days when the receivers of a task shift are trained and the tasks handed over, the last of its parts.

        Last, whether some part is never handed over: the day of another part must not speak for it.
        """
        t, number = self.template, self.switch(key).ours
        reached = {q: [e for e in t.effects if e.measure == number and e.quantity == q] for q in STAGES}
        trained, handed = (t.start + timedelta(days=max(e.start for e in reached[q])) if reached[q] else None for q in STAGES)
        parts = {i for i, s in enumerate(t.shifts) if s.measure == number and number >= 0}
        return trained, handed, bool(parts - {place for e in reached["shift_handed"] for place in e.places})

    def taken_out(self, key: str) -> tuple[str, float] | None:
        """Give the receiving group of a task shift and the hours assumed taken out for each of its hours; None without one."""
        t, number = self.template, self.switch(key).ours
        numbers = [i for i, s in enumerate(t.shifts) if s.measure == number and number >= 0]
        by_posts = [i for i in numbers if t.shifts[i].posts >= 0] or numbers
        if not by_posts:
            return None
        place = by_posts[0]
        hours = t.parameters[t.shifts[place].freed].mode
        for e in t.effects:
            if e.quantity == "shift_realised" and place in e.places:
                hours *= t.parameters[e.amount].mode * (t.parameters[e.realisation].mode if e.realised else 1.0)
        return t.groups[t.cell_group[t.shifts[place].receiver]], hours


def unite(scenario: Specification, reference: Specification) -> Coalitions:
    """Put the measures of a scenario and its reference into one template.

    Raises NotComparable when they differ in more than measures, or when a measure depends on the places that others bring.
    """
    ours, theirs = ({m.key: m for m in spec.measures} for spec in (scenario, reference))
    _same_world(scenario, reference)
    differing = [key for key in sorted({**ours, **theirs}) if ours.get(key) != theirs.get(key)]
    both = {key: key + OTHER for key in differing if key in ours and key in theirs}
    every = [*ours.values(), *(_renamed(m, both) for key, m in theirs.items() if key in differing)]
    united = replace(scenario, measures=tuple(sorted(every, key=lambda m: m.key)))
    assembled = assemble(united)
    _same_places(united, assembled, [m for key, m in ours.items() if key not in differing])
    template = _as_written(assembled, both)
    number = {m.key: i for i, m in enumerate(united.measures)}
    acting = _acting(template)
    switches = []
    for key in differing:
        switch = Switch(key, number[key] if key in ours else -1, number[both.get(key, key)] if key in theirs else -1)
        if {switch.ours, switch.theirs} & acting:
            switches.append(switch)
    playing = {switch.key for switch in switches}
    return Coalitions(template=template, switches=tuple(switches), silent=tuple(k for k in differing if k not in playing))


def _renamed(measure: Measure, both: Mapping[str, str]) -> Measure:
    return measure.model_copy(update={"key": both.get(measure.key, measure.key)})


def _as_written(t: Template, both: Mapping[str, str]) -> Template:
    """Give draws, posts, programmes and cohorts of both versions of a measure the names that its own file gives them.

    What helps a measure helps both versions.
    """
    keys = t.measures
    second = {keys.index(key): keys.index(other) for key, other in both.items()}
    return replace(
        t, measures=tuple(_plain(key) for key in keys), parameters=tuple(_drawn_alike(p) for p in t.parameters),
        programmes=tuple(p._replace(key=_plain(p.key)) for p in t.programmes),
        cohorts=tuple(c._replace(key=_plain(c.key)) for c in t.cohorts),
        enablers=tuple(
            e._replace(targets=tuple(sorted({*e.targets, *(second[i] for i in e.targets if i in second)}))) for e in t.enablers),
    )


def _drawn_alike(p: ParameterSpec) -> ParameterSpec:
    return p._replace(draw=_plain(p.draw or p.name)) if OTHER in p.name else p


def _plain(name: str) -> str:
    return name.replace(OTHER, "")


def _acting(t: Template) -> set[int]:
    """Give the numbers of the measures that leave anything in a template."""
    tables = (t.effects, t.enablers, t.shifts, t.post_blocks, t.pools, t.caps, t.cohorts, t.programmes)
    rows: Iterable[HasMeasure] = chain.from_iterable(tables)
    return {row.measure for row in rows} - {-1} | {measure for measure, _, _ in t.measure_once}


def _same_world(scenario: Specification, reference: Specification) -> None:
    """Refuse scenarios that differ in anything but their measures: the rest of the difference would belong to nobody."""
    apart = [replace(spec, measures=(), key="") for spec in (scenario, reference)]
    if assemble(apart[0]) != assemble(apart[1]):
        raise NotComparable(
            f"'{scenario.key}' och '{reference.key}' skiljer sig i mer än åtgärder (startläge, period, omvärld, parametrar eller "
            "region); bidrag per åtgärd kan bara räknas när allt annat är lika")


def _same_places(united: Specification, template: Template, common: Sequence[Measure]) -> None:
    """Refuse a measure that is another one where somebody else's measure brings a group to a unit.

    A place that a measure brings is there in every plan. It stays empty without the measure, which changes nothing, unless
    another measure shares its posts or hours over the places there are.
    """
    always = layout_with(united.region, common).cells
    if len(template.cells) == len(always):
        return
    for measure in united.measures:
        alone = assemble(replace(united, measures=(*common, *([] if measure in common else [measure]))))
        if _content(alone, measure.key) != _content(template, measure.key):
            raise NotComparable(
                f"åtgärden '{_plain(measure.key)}' fördelas annorlunda när en annan åtgärd inrättar tjänster i en grupp som "
                "enheten inte har förut; bidrag per åtgärd kräver att gruppen finns på enheten i regionfilen, "
                "om så med noll anställda")


def _content(t: Template, key: str) -> tuple[object, ...]:
    """Give the numbers of a measure, and the places of what it adds, by name."""
    number = t.measures.index(key)
    return (
        sorted(p for p in t.parameters if p.name.startswith(f"atgarder.{key}.")),
        [t.cells[b.cell] for b in t.post_blocks if b.measure == number],
        [(t.cells[s.giver], t.cells[s.receiver]) for s in t.shifts if s.measure == number],
        [[t.cells[c] for c in p.from_cells] for p in t.pools if p.measure == number],
    )
