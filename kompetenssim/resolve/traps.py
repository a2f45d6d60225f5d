"""Warn a strategist of plans that add up on paper only: counted twice, never trained for, or after the horizon.

Everything here is allowed; each finding says what is odd and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import fsum
from typing import NamedTuple

from kompetenssim.levers.utbildningstjanst import preset_numbers
from kompetenssim.model.effects import Block, CohortBlock, Effect, PostBlock, ProgrammeBlock, ShiftBlock
from kompetenssim.resolve.hour_budgets import narrowest
from kompetenssim.spec.beyond import Finding, Frame
from kompetenssim.spec.dates import first_day, last_day, term_start
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure

DAYS_PER_MONTH = 365.25 / 12
WAGE_LIKE = 0.5
"""A yearly cost from this share of the wages of the measure's posts looks as if it held them."""

Made = Sequence[tuple[Measure, Sequence[Block]]]
Fte = Mapping[tuple[str, str], float]


def traps(frame: Frame, made: Made, fte: Fte) -> Iterator[Finding]:
    """Give what is odd in the measures of a scenario, each at the key that causes it."""
    for measure, blocks in made:
        yield from _wages_twice(frame, measure, blocks, fte)
        yield from _after_the_end(frame, measure, blocks)
    yield from _same_hours(frame, made, fte)
    yield from _more_seats_than_supervision(frame, made, fte)


# --- wages counted in posts and in kostnad


def _wages_twice(frame: Frame, measure: Measure, blocks: Sequence[Block], fte: Fte) -> Iterator[Finding]:
    cost = measure.cost.yearly_msek.mode
    wages = fsum(_wages_msek(frame, block) for block in blocks)
    if cost > 0 and wages > 0 and cost >= WAGE_LIKE * wages:
        text = (
            f"{_decimal(cost)} mkr per år ligger nära lönen för åtgärdens tjänster eller platser, {_decimal(wages)} mkr med PO, "
            "som modellen redan räknar; skriv bara kostnaden utöver lön i kostnad, annars räknas lönen två gånger"
        )
        yield Finding(f"atgarder.{measure.key}.kostnad.arlig_mkr", text, "lon_tva_ganger")


def _wages_msek(frame: Frame, block: Block) -> float:
    if isinstance(block, PostBlock) and block.fte.mode > 0:
        groups = [g for _, g in block.cells]
        return block.fte.mode * fsum(_yearly_pay(frame, g) for g in groups) / len(groups) / 1e6 if groups else 0.0
    if isinstance(block, ProgrammeBlock):
        stock = (block.spring.mode + block.autumn.mode) * block.terms.mode / 2
        return stock * block.pay_share.mode * _yearly_pay(frame, block.from_group) / 1e6
    return 0.0


def _yearly_pay(frame: Frame, group: str) -> float:
    known = {int(year): n.mode for year, n in frame.region.economy.on_cost_percent.items()}
    before = [year for year in known if year <= frame.start.year]
    on_cost = known[max(before)] if before else known[min(known)]
    return frame.region.groups[group].monthly_pay_sek.mode * 12 * (1 + on_cost / 100)


# --- measures that act after the end


def _after_the_end(frame: Frame, measure: Measure, blocks: Sequence[Block]) -> Iterator[Finding]:
    path, terms = f"atgarder.{measure.key}", _terms(frame)
    start, end = _span(measure, frame)
    if start > frame.end or end < frame.start:
        return  # told of with its dates
    for block in blocks:
        if isinstance(block, ShiftBlock) and block.handed is not None and block.handed > frame.end:
            yield _late(f"{path}.uppgiftsvaxling", "uppgifterna lämnas över", block.handed, frame)
        elif isinstance(block, CohortBlock) and block.delivered > frame.end:
            yield _late(f"{path}.rekrytering", "de rekryterade kommer", block.delivered, frame)
        elif isinstance(block, ProgrammeBlock):
            done = _first_graduates(block, max(start, frame.start), terms)
            if done is not None and done > frame.end:
                yield _late(f"{path}.utbildningstjanst", "de första är färdiga", done, frame)
    half = start + timedelta(days=measure.ramp_months.mode * DAYS_PER_MONTH / 2)
    if half > frame.end and any(isinstance(b, Effect) and b.scaled for b in blocks):
        yield _late(f"{path}.ramp_manader", "halva effekten nås", half, frame)


def _late(path: str, what: str, day: date, frame: Frame) -> Finding:
    text = (f"{what} {day}, efter periodens slut {frame.end}: kostnaden syns men inte nyttan; förläng perioden eller "
            "tidigarelägg, och läs inte åtgärden som verkningslös")
    return Finding(path, text, "utanfor_horisonten", informs=True)


def _first_graduates(block: ProgrammeBlock, start: date, terms: Mapping[str, int]) -> date | None:
    """Give the term start at which the first participants are done."""
    taken = [t for t, seats in (("vt", block.spring), ("ht", block.autumn)) if seats.mode > 0]
    begins = [(year, t) for year in range(start.year, start.year + 3) for t in ("vt", "ht")
              if t in taken and term_start(year, t, terms) >= start]
    if not begins:
        return None
    year, term = begins[0]
    halves = 2 * year + (term == "ht") + max(1, round(block.terms.mode))
    return term_start(halves // 2, ("vt", "ht")[halves % 2], terms)


# --- two measures that claim the same hours


class _Claim(NamedTuple):
    measure: Measure
    share: float  # of the hours of a cell


def _same_hours(frame: Frame, made: Made, fte: Fte) -> Iterator[Finding]:
    """Tell of hours that the measures of an effektgrupp claim together beyond its hour budget, or where it has none."""
    claims: dict[str, dict[tuple[str, str], list[_Claim]]] = {}
    for measure, blocks in made:
        if measure.effect_group is not None:
            for cell, share in _claimed(blocks, fte).items():
                weighed = _Claim(measure, share * measure.coverage.share.mode)
                claims.setdefault(measure.effect_group, {}).setdefault(cell, []).append(weighed)
    for name, cells in sorted(claims.items()):
        most = narrowest(frame.region, frame.region.hour_budgets.get(name, {}))
        beyond: dict[tuple[str, str], float] = {}
        together = {cell: both for cell, found in cells.items() if len(both := _at_once(found, frame)) > 1}
        for cell, both in together.items():
            budget = most[cell[1]][1].mode / 100 if cell[1] in most else 0.0
            if fsum(c.share for c in both) > budget:
                beyond[cell] = fsum(c.share for c in both) - budget
        if beyond:
            yield _crowded(frame, name, together, beyond, most)


def _crowded(
    frame: Frame,
    name: str,
    claims: Mapping[tuple[str, str], Sequence[_Claim]],
    beyond: Mapping[tuple[str, str], float],
    most: Mapping[str, tuple[str, Number]],
) -> Finding:
    unit, group = max(sorted(beyond), key=lambda cell: beyond[cell])
    keys = sorted({c.measure.key for cell in beyond for c in claims[cell]})
    title = frame.region.groups[group].title
    claimed = (
        f"{', '.join(keys)} frigör samma timmar (effektgrupp {name}), tillsammans upp till "
        f"{_decimal(100 * fsum(c.share for c in claims[unit, group]))} % av tiden för {title} på {frame.region.units[unit].title}"
    )
    if group in most:
        text = (f"{claimed}, mer än timbudgeten {_decimal(most[group][1].mode)} %; allt över den räknas bort, så en åtgärd till "
                "ger inget. Stäm av mot en tidsstudie, och sänk omfattning")
    else:
        text = (f"{claimed}, och ingen timbudget stoppar dubbelräkning; skriv timbudget.{name}.{group} i regionfilen, "
                "eller effekt: ingen för den som räknar samma tid")
    return Finding(f"atgarder.{keys[-1]}.effektgrupp", text, "samma_timmar")


def _claimed(blocks: Sequence[Block], fte: Fte) -> dict[tuple[str, str], float]:
    """Give the share of each cell's hours that a measure frees at full effect, task shifts by the receivers they have."""
    found: dict[tuple[str, str], float] = {}
    for block in blocks:
        if isinstance(block, Effect) and block.quantity == "efficiency_gross":
            for unit, group in block.places:
                found[unit, group] = found.get((unit, group), 0.0) + block.amount.mode
        elif isinstance(block, ShiftBlock):
            share = _shifted(block, blocks, fte)
            for unit in block.units:
                found[unit, block.giver] = found.get((unit, block.giver), 0.0) + share
    return {cell: share for cell, share in found.items() if share > 0}


def _shifted(block: ShiftBlock, blocks: Sequence[Block], fte: Fte) -> float:
    cap, givers = block.cap_percent.mode / 100, fsum(fte.get((unit, block.giver), 0.0) for unit in block.units)
    posts = fsum(b.fte.mode for b in blocks if isinstance(b, PostBlock) and b.name == block.posts)
    receivers = posts if block.posts is not None else block.planned_fte.mode if block.planned_fte is not None else 0.0
    return min(cap, receivers * block.freed_per_hour.mode / givers) if givers > 0 else cap


def _at_once(claims: Sequence[_Claim], frame: Frame) -> list[_Claim]:
    """Give the claims that meet another one in time within the period."""
    spans = [_span(claim.measure, frame) for claim in claims]
    inside = [(max(a, frame.start), min(b, frame.end)) for a, b in spans]
    return [claim for i, (claim, (a, b)) in enumerate(zip(claims, inside, strict=True))
            if any(i != j and max(a, c) <= min(b, d) for j, (c, d) in enumerate(inside))]


# --- more seats than supervision can carry


def _more_seats_than_supervision(frame: Frame, made: Made, fte: Fte) -> Iterator[Finding]:
    region = frame.region
    family = {key: group.family for key, group in region.groups.items()}
    wanted: dict[str, float] = {}
    for programme in region.programmes.values():
        usual = preset_numbers(programme.preset, programme.pace_percent)
        hours, terms = programme.supervision_hours_per_week, programme.terms
        _add(wanted, family[programme.from_group], list(programme.seats.values()), hours or usual["supervision_hours_per_week"],
             terms or usual["terms"])
    asking: dict[str, list[str]] = {}
    for measure, blocks in made:
        for block in blocks:
            if isinstance(block, ProgrammeBlock):
                name = family[block.from_group]
                _add(wanted, name, [block.spring, block.autumn], block.supervision_hours, block.terms)
                asking.setdefault(name, []).append(measure.key)
    each = region.supervision.hours_per_week_per_person.mode * region.supervision.trained_share.mode
    for name, keys in sorted(asking.items()):
        carried = each * fsum(n for (_, g), n in sorted(fte.items()) if family[g] == name)
        if wanted[name] > carried:
            text = (
                f"platserna kräver omkring {_decimal(wanted[name])} handledningstimmar i veckan när de är fyllda, men "
                f"handledarna i {name} har högst {_decimal(carried)}; platser väntar då eller faller "
                "bort. Lägg till en åtgärd med handledning, sprid starterna eller sänk platserna"
            )
            yield Finding(f"atgarder.{keys[-1]}.utbildningstjanst", text, "handledning_racker_inte")


def _add(wanted: dict[str, float], family: str, seats: Sequence[Number], hours: Number, terms: Number) -> None:
    wanted[family] = wanted.get(family, 0.0) + fsum(n.mode for n in seats) * terms.mode / 2 * hours.mode


# --- shared


def _terms(frame: Frame) -> dict[str, int]:
    return {str(term): week for term, week in frame.rules.term_start_week.items()}


def _span(measure: Measure, frame: Frame) -> tuple[date, date]:
    terms = _terms(frame)
    start = first_day(measure.start, terms) if measure.start else frame.start
    return start, last_day(measure.end, terms) if measure.end else max(start, frame.end)


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")
