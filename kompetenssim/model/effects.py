"""What a lever says it does: effects on quantities, and blocks that add a thing to the world.

Levers make these from what a person wrote; `model.template` turns them into flat tables. An effect
inherits start, end, ramp, coverage share, realisation, decay, probability and effektgrupp from its
measure unless it says otherwise, so that no lever repeats them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from kompetenssim.spec.number import Number

Day = date


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Change one quantity at some places.

    `places` are keys of the quantity's dimension: (unit, group) pairs for cell, group keys for group,
    (unit, family) for family, programme keys for programme, () for region. `scaled` says whether ramp,
    coverage share and realisation weigh the amount (a level such as a cap is not scaled), `covered` whether the
    coverage share does (a total that a person counted is what it says). `name` must be
    unique within the measure: it keys the parameter draw of an uncertain amount. Effects of a measure with
    the same `draw` come from one written number and take the same uniform, so that they move together; a
    drawn amount is kept within `least` and `most`. `decay_months` is the half-life of this effect where it is not the measure's.
    `frees_hours` says that it follows from freed hours, which share the hour budget of the effektgrupp.
    """

    name: str
    quantity: str
    places: Sequence[tuple[str, ...]]
    amount: Number
    scaled: bool = True
    covered: bool = True
    realised: bool = True
    start: date | None = None
    end: date | None = None
    ramp_months: Number | None = None
    decay_months: Number | None = None
    effect_group: str | None = None
    draw: str | None = None
    least: float | None = None
    most: float | None = None
    frees_hours: bool = False


@dataclass(frozen=True, kw_only=True)
class PostBlock:
    """Create (or, negative, withdraw) established posts; they carry the measure's key."""

    name: str
    cells: Sequence[tuple[str, str]]
    fte: Number
    start: date | None = None
    end: date | None = None
    raises_need: bool = False


@dataclass(frozen=True, kw_only=True)
class ShiftBlock:
    """Shift tasks structurally from a group to another within units (domain model 3.3).

    Blocks with the same `draw` were written as one and share the uniforms of their numbers. Steps are the shares that
    were reached before the day of a stage.
    """

    name: str
    units: Sequence[str]
    giver: str
    receiver: str
    freed_per_hour: Number
    cap_percent: Number
    legal_class: Literal["fri", "kompetenskort", "delegering", "ej"]
    trained: date | None
    handed: date | None
    posts: str | None = None
    planned_fte: Number | None = None
    step_hours: Number | None = None
    realised: Number | None = None
    draw: str | None = None
    trained_share: Number | None = None
    handed_share: Number | None = None
    trained_steps: Sequence[tuple[date, Number]] = ()
    handed_steps: Sequence[tuple[date, Number]] = ()


@dataclass(frozen=True, kw_only=True)
class ProgrammeBlock:
    """Open a training programme, or add seats to one that runs (same from, to and preset).

    `pace` (working time away) and `dropout_per_term` are percent. `backfill_share` is the share of the
    participants' absence that opens a substitute post; None follows the group's share for long absence.
    """

    name: str
    preset: Literal["utbildningstjanst", "studielon", "st", "bt", "at", "ast"]
    from_group: str
    during_group: str | None
    to_group: str | None
    units: Sequence[str] | None
    spring: Number
    autumn: Number
    pace: Number
    pay_share: Number
    terms: Number
    dropout_per_term: Number
    min_experience_months: Number
    bond_months: Number
    stay_24_months: Number | None
    supervision_hours: Number
    fee_sek_per_term: Number
    grant_share: Number | None = None
    grant_until: date | None = None
    backfill_share: Number | None = None


@dataclass(frozen=True, kw_only=True)
class PoolBlock:
    """Offer pool hours to the planned stage; those of posts are paid also when nobody needs them.

    `covered` says whether the coverage share weighs the hours.
    """

    name: str
    groups: Sequence[str]
    areas: Sequence[str] | None
    hours_per_week: Number
    hour_cost_factor: Number
    premium_sek_per_week: Number
    taken_from: tuple[str, str] | None = None
    paid_when_idle: bool = False
    covered: bool = True


@dataclass(frozen=True, kw_only=True)
class CapBlock:
    """Cap agency use over a set of cells together; `decay_months` is the half-life of what it takes away."""

    name: str
    cells: Sequence[tuple[str, str]]
    persons_per_week: Number | None
    cost_sek_per_year: Number | None
    start: date | None = None
    end: date | None = None
    decay_months: Number | None = None


@dataclass(frozen=True, kw_only=True)
class CohortBlock:
    """Deliver a dated group of recruits (from abroad, newly arrived, a class of trainees)."""

    name: str
    group: str
    unit: str | None
    count: Number
    delivered: date
    success: Number
    cost_sek_each: Number


@dataclass(frozen=True, kw_only=True)
class Enabler:
    """Lift the realisation (percentage points) and shorten the ramp of other measures."""

    name: str
    measures: Sequence[str]
    lift_pp: Number
    ramp_factor: Number


Block = Effect | PostBlock | ShiftBlock | ProgrammeBlock | PoolBlock | CapBlock | CohortBlock | Enabler


class Places(Protocol):
    """What a lever may ask about the region: which cells a measure covers, and base sizes there."""

    def cells(self, groups: Iterable[str] | None = None, units: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Give the (unit, group) pairs the measure covers, narrowed to `groups` and `units`; sets expanded."""
        ...

    def groups(self, keys: Iterable[str] | None = None) -> list[str]:
        """Give group keys, sets such as `lakare` expanded; the measure's own groups when None."""
        ...

    def families(self, units: Iterable[str] | None = None, families: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Give the (unit, family) pairs of the cells the measure covers."""
        ...

    def date(self, text: str, where: str) -> Day:
        """Read a date, month or term as the day it begins."""
        ...

    def long_sick_cases(self, cells: Iterable[tuple[str, str]]) -> float:
        """Give the long sick leaves of a year to expect at the start in some cells."""
        ...

    def employed_fte(self, cells: Iterable[tuple[str, str]]) -> float:
        """Give the contracted FTE of the start state in some cells."""
        ...

    def monthly_pay_sek(self, group: str) -> float:
        """Give the most likely monthly pay of a group at the start."""
        ...

    @property
    def start(self) -> Day:
        """First day of the forecast."""
        ...

    @property
    def end(self) -> Day:
        """Last day of the forecast."""
        ...
