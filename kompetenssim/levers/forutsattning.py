"""Enabling measures: they help others, or have no effect in the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import model_validator

from kompetenssim.levers.base import Lever, number, reference
from kompetenssim.model.effects import Block, Enabler, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure


class Enabling(Lever):
    """Lift the realisation of named measures and shorten their ramps; without names it does nothing.

    A measure without effect is still listed, so that a review shows every decided measure. All enabling
    measures together lift at most the region's cap.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"Enabler"})
    meaning: ClassVar[str] = (
        "Gör andra åtgärder mer verksamma: höjer deras realisering och kortar deras ramp, bara för de åtgärder som räknas "
        "upp. Alla förutsättningar tillsammans lyfter en åtgärd högst med regionens tak (10 procentenheter). Ett tomt block "
        "betyder att åtgärden redovisas men inte har någon effekt i modellen."
    )
    example: ClassVar[str] = (
        "forutsattning: {atgarder: [slk_vns_10], lyfter_realisering_pp: {undre: 0, trolig: 5, ovre: 10}, ramp_faktor: 0.9}"
    )
    may_be_empty: ClassVar[bool] = True

    measures: list[str] | None = reference("atgarder", "atgard", doc="Nycklar till de åtgärder som lyfts")
    lift_pp: Number | None = number("lyfter_realisering_pp", doc="Höjd realisering, procentenheter", ge=0, le=50)
    ramp_factor: Number | None = number("ramp_faktor", doc="Faktor på de andra åtgärdernas ramp", ge=0.2, le=2)

    @model_validator(mode="after")
    def _helps_somebody(self) -> Enabling:
        if (self.lift_pp is not None or self.ramp_factor is not None) and not self.measures:
            raise ValueError("ange vilka atgarder som lyfts")
        if self.measures and self.lift_pp is None and self.ramp_factor is None:
            raise ValueError("ange lyfter_realisering_pp eller ramp_faktor")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        if measure.key in (self.measures or ()):
            raise self.error(measure, "en åtgärd kan inte vara förutsättning för sig själv")
        if self.measures:
            yield Enabler(
                name="atgarder",
                measures=sorted(self.measures),
                lift_pp=self.lift_pp or Number(mode=0.0),
                ramp_factor=self.ramp_factor or Number(mode=1.0),
            )
