"""Care need: more or less need, shorter stays, need moved between units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from kompetenssim.levers.base import NET_HOURS_PER_FTE, Placed, derive, number
from kompetenssim.model.effects import Block, Effect, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, assumed
from kompetenssim.spec.scenario import Measure


class LengthOfStay(Part):
    """Mean length of stay before and after."""

    before_days: Number = number("fran_dagar", doc="Medelvårdtid före, dagar", ge=0.1, le=365, required=True)
    after_days: Number = number("till_dagar", doc="Medelvårdtid efter, dagar", ge=0.1, le=365, required=True)
    share_of_need: Number = assumed("andel_av_behovet", 0.8, doc="Andel av behovet som följer vårddagarna", ge=0, le=1)


class Move(Part):
    """Need that moves to other units."""

    to_units: list[str] = Field(
        alias="till",
        min_length=1,
        description="Enheter som tar över; ska ingå i åtgärdens omfattning",
        json_schema_extra={"refererar": "enhet"},
    )
    percent: Number = number("procent", doc="Andel av behovet som flyttar, %", ge=0, le=100, required=True)


class CareNeed(Placed):
    """Change the need of the covered cells.

    Need that moves leaves the source as a percentage and arrives as hours, measured by the source's employed
    FTE at the start (a unit's need is not known before it is resolved).
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"need_factor", "need_sum", "need_extra_hours"})
    meaning: ClassVar[str] = (
        "Ändrar vårdbehovet i de enheter som omfattas: i procent, genom medelvårdtid, färre vårddagar för utskrivningsklara, "
        "eller flytt till andra enheter. Behov som flyttas försvinner inte. Effekten multiplicerar behovet tillsammans med "
        "regionens behovsökning; med sammansattning: summa läggs den först ihop med de andra som har det."
    )
    example: ClassVar[str] = "vardbehov: {enheter: [medicin], andring_procent: {undre: -2, trolig: -1, ovre: 0}}"

    percent: Number | None = number("andring_procent", doc="Ändring av behovet, %", ge=-90, le=200)
    stay: LengthOfStay | None = Field(
        None, alias="medelvardtid", description="Medelvårdtid: {fran_dagar, till_dagar, andel_av_behovet}"
    )
    discharge_percent: Number | None = number(
        "utskrivningsklara_procent", doc="Ändring av vårddagarna genom snabbare utskrivning, %", ge=-90, le=100
    )
    move: Move | None = Field(None, alias="flytt", description="Behov som flyttar: {till: [enheter], procent}")
    composition: Literal["produkt", "summa"] = Field(
        "produkt", alias="sammansattning",
        description="Hur ändringen sätts ihop med andra: produkt, faktorn multiplicerar behovet; summa, ändringarna i alla block "
        "med summa läggs ihop till en faktor, 1 + summan, som inte blir mindre än 0",
    )

    @model_validator(mode="after")
    def _says_what_is_put_together(self) -> CareNeed:
        if (self.percent, self.stay, self.discharge_percent, self.move) == (None, None, None, None):
            raise ValueError(
                "sammansattning säger bara hur ändringen sätts ihop med andra – "
                "ange också andring_procent, medelvardtid, utskrivningsklara_procent eller flytt"
            )
        return self

    @model_validator(mode="after")
    def _moves_away(self) -> CareNeed:
        if self.move is not None and self.units is None:
            raise ValueError("flytt kräver enheter (varifrån behovet flyttar)")
        if self.move is not None and set(self.move.to_units) & set(self.units or ()):
            raise ValueError("flytt: en enhet kan inte flytta behov till sig själv")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells, factor = self.cells(places), "need_sum" if self.composition == "summa" else "need_factor"
        yield from self.effect("percent", factor, cells, to=lambda p: 1 + p / 100)
        yield from self.effect("discharge_percent", factor, cells, to=lambda p: 1 + p / 100)
        if self.stay is not None:
            s = self.stay
            change = derive(
                lambda before, after, share: 1 + share * (after / before - 1), s.before_days, s.after_days, s.share_of_need
            )
            yield Effect(name="medelvardtid", draw="medelvardtid", quantity=factor, places=cells, amount=change, least=0.0)
        if self.move is not None:
            yield from self._moved(self.move, cells, factor, measure, places)

    def _moved(
        self, move: Move, cells: list[tuple[str, str]], factor: str, measure: Measure, places: Places
    ) -> Iterator[Effect]:
        leaving = derive(lambda p: 1 - p / 100, move.percent)
        yield Effect(name="flytt.fran", quantity=factor, places=cells, amount=leaving, least=0.0, most=1.0)
        for group in sorted({g for _, g in cells}):
            there = places.cells([group], move.to_units)
            if not there:
                raise self.error(measure, f"flytt: {group} saknas på {', '.join(move.to_units)} – ta med enheterna i omfattning")
            hours = places.employed_fte([c for c in cells if c[1] == group]) * NET_HOURS_PER_FTE / len(there)
            arriving = derive(lambda p, h=hours: p / 100 * h, move.percent)
            yield Effect(
                name=f"flytt.till.{group}",
                draw="flytt.till",
                quantity="need_extra_hours",
                places=there,
                amount=arriving,
                least=0.0,
            )
