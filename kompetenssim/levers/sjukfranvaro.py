"""Sick leave: fewer and shorter long leaves, less short sickness, within what occupational health can serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from kompetenssim.levers.base import Placed, number, told
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure


class SickLeave(Placed):
    """Lower the hazard of long sick leave, its length and the share of short sickness.

    The factors hold for those the measure reaches: the target group, of whom no more than the capacity a year. The
    cases a year to expect are those of the start state.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"sick_rate", "sick_length", "short_sick"})
    meaning: ClassVar[str] = (
        "Förebyggande hälsoarbete och rehabilitering. incidens_faktor ändrar risken för lång sjukfrånvaro (15 dagar och mer), "
        "langd_faktor hur länge den varar, korttid_faktor den korta sjukfrånvaron. Faktorerna för den långa gäller dem som "
        "åtgärden når: malgrupp_andel av fallen, dock högst kapacitet_personer_ar (företagshälsan). Antalet fall per år är "
        "startlägets anställda gånger gruppens årliga risk. Vilka målgruppen är skrivs i malgrupp; modellen skiljer inte "
        "sjukdomsorsaker åt. Arbetsbelastningens inverkan på sjukfrånvaron kommer därutöver."
    )
    example: ClassVar[str] = (
        "sjukfranvaro: {incidens_faktor: {undre: 0.95, trolig: 0.98, ovre: 1.0}, "
        "langd_faktor: {undre: 0.92, trolig: 0.96, ovre: 1.0}, malgrupp: stressrelaterad ohälsa, kapacitet_personer_ar: 60}"
    )

    incidence_factor: Number | None = number("incidens_faktor", doc="Faktor på risken för lång sjukfrånvaro", ge=0.3, le=1.5)
    length_factor: Number | None = number("langd_faktor", doc="Faktor på den långa sjukfrånvarons längd", ge=0.3, le=1.5)
    short_factor: Number | None = number("korttid_faktor", doc="Faktor på den korta sjukfrånvaron", ge=0.3, le=1.5)
    target_group: str | None = told("malgrupp", doc="Målgruppen i ord")
    target_share: Number = Field(
        Number(mode=1.0),
        alias="malgrupp_andel",
        description="Andel av de långa fallen som hör till målgruppen",
        json_schema_extra={"ge": 0, "le": 1},
    )
    capacity: Number | None = number(
        "kapacitet_personer_ar",
        doc="Högst så många personer som företagshälsan tar emot per år; utelämnad: alla",
        ge=0,
        le=20_000,
    )

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        cases = places.long_sick_cases(cells)

        def reached(factor: float, share: float, *most: float) -> float:
            served = min(share, most[0] / cases) if most and cases > 0 else share
            return 1 + (factor - 1) * served

        limits = ("target_share",) if self.capacity is None else ("target_share", "capacity")
        yield from self.effect(("incidence_factor", *limits), "sick_rate", cells, to=reached)
        yield from self.effect(("length_factor", *limits), "sick_length", cells, to=reached)
        yield from self.effect("short_factor", "short_sick", cells)
