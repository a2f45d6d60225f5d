"""Labour supply: more hours for part-timers, later retirement, fewer leaves of absence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from kompetenssim.levers.base import Placed, number, told
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import assumed
from kompetenssim.spec.scenario import Measure


def _retirement_factor(percent: float, months: float, grade_percent: float, remaining_years: float) -> float:
    """Give the hazard factor that lengthens the mean remaining time at work by what those who stay add."""
    return remaining_years / (remaining_years + percent / 100 * months / 12 * grade_percent / 100)


class LabourSupply(Placed):
    """Get more working time from those who are employed.

    Staying on is turned into a factor on the retirement hazard from 63: the mean remaining time T grows to
    T + share · months · grade, and a hazard is the inverse of a mean time.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"more_hours_share", "more_hours_step", "retirement_factor", "leave_refused"})
    meaning: ClassVar[str] = (
        "Mer arbetstid från dem som redan är anställda. art sysselsattningsgrad: en andel av de deltidsanställda höjer sin "
        "grad med hojning_procentenheter; erbjudandet ges en gång, under rampen, till dem som då är anställda, så vinsten "
        "minskar när de slutar. art pension: en andel av dem som fyllt 63 stannar manader längre, på en viss "
        "sysselsättningsgrad. art tjanstledighet: andelen ansökningar som beviljas; av dem som får nej säger en del upp sig "
        "(parametern avslag_tjanstledighet_slutar_andel)."
    )
    example: ClassVar[str] = (
        "arbetsutbud: {art: sysselsattningsgrad, andel_beviljade_procent: {undre: 3, trolig: 8, ovre: 15}, "
        "hojning_procentenheter: 15}"
    )

    kind: Literal["sysselsattningsgrad", "pension", "tjanstledighet"] = Field(
        alias="art", description="sysselsattningsgrad, pension eller tjanstledighet"
    )
    granted_percent: Number = number(
        "andel_beviljade_procent",
        doc="Andel av dem det gäller: deltidsanställda, 63+, eller ansökningar som beviljas, %",
        ge=0,
        le=100,
        required=True,
    )
    raise_pp: Number | None = number(
        "hojning_procentenheter", doc="Höjning av sysselsättningsgraden, procentenheter", ge=0, le=75
    )
    months: Number | None = number("manader", doc="Hur mycket längre de stannar, månader", ge=0, le=72)
    grade_percent: Number = assumed(
        "sysselsattningsgrad_procent", 50, 65, 80, doc="Sysselsättningsgrad för den som stannar efter 63, %", ge=10, le=100
    )
    remaining_years: Number = assumed("medel_kvar_ar", 2, doc="Medeltid kvar till pension vid 63 utan åtgärden, år", ge=0.5, le=6)
    conditions: str | None = told("villkor", doc="Villkor i ord")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> LabourSupply:
        needed = {"sysselsattningsgrad": self.raise_pp, "pension": self.months, "tjanstledighet": self.granted_percent}[self.kind]
        if needed is None:
            raise ValueError(
                f"art: {self.kind} kräver {'hojning_procentenheter' if self.kind == 'sysselsattningsgrad' else 'manader'}"
            )
        if self.raise_pp is not None and self.kind != "sysselsattningsgrad":
            raise ValueError("hojning_procentenheter hör till art: sysselsattningsgrad")
        if self.months is not None and self.kind != "pension":
            raise ValueError("manader hör till art: pension")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        if self.kind == "sysselsattningsgrad":
            yield from self.effect("granted_percent", "more_hours_share", cells, to=lambda p: p / 100)
            yield from self.effect("raise_pp", "more_hours_step", cells, to=lambda p: p / 100)
        elif self.kind == "pension":
            fields = ("granted_percent", "months", "grade_percent", "remaining_years")
            yield from self.effect(fields, "retirement_factor", cells, to=_retirement_factor)
        else:
            yield from self.effect("granted_percent", "leave_refused", cells, to=lambda p: 1 - p / 100)
