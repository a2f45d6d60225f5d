"""Pay and benefits: relative pay, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import ClassVar

from pydantic import Field, model_validator

from kompetenssim.levers.base import Placed, number, told
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Parameters
from kompetenssim.spec.scenario import Measure

#: The usual elasticity for each field that replaces it: the region's default.
_USUAL = {
    "exit_elasticity": Parameters().pay_exit_elasticity.mode,
    "arrival_elasticity": Parameters().pay_arrival_elasticity.mode,
}


class Pay(Placed):
    """Raise pay relative to competitors; exits and arrivals follow through the region's pay elasticities.

    There is one relative pay, so that pay never also counts as retention. Elasticities of the block's own
    become a factor on the raise: the mean of own/default over those given, default being the mode of
    `lon_avgang_elasticitet` and `lon_sokande_elasticitet`. The cost is never scaled by them.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"pay_relative", "pay_supplement"})
    meaning: ClassVar[str] = (
        "Lönepåslag, tillägg eller förmån, i kronor per månad eller procent av lönen, till andel_beviljade_procent av "
        "gruppen. Verkar genom relativ lön på både avgångar och sökande, med regionens elasticiteter; egna elasticiteter "
        "gör påslaget mer eller mindre verksamt (medelvärdet av egen genom standard) men inte billigare. Kostnaden betalas "
        "i sin helhet, med PO."
    )
    example: ClassVar[str] = (
        "lon_och_forman: {yrkesgrupper: [ssk_anop_iva], paslag_kr_manad: {undre: 500, trolig: 1500, ovre: 2500}, "
        "andel_beviljade_procent: 60, villkor: utbildning}"
    )

    raise_sek: Number | None = number(
        "paslag_kr_manad", doc="Påslag eller förmånens värde, kr/månad vid heltid", ge=-20_000, le=50_000
    )
    raise_percent: Number | None = number("paslag_procent", doc="Påslag, % av lönen", ge=-50, le=100)
    granted_percent: Number = Field(
        Number(mode=100.0),
        alias="andel_beviljade_procent",
        description="Andel av gruppen som får det, %",
        json_schema_extra={"ge": 0, "le": 100},
    )
    exit_elasticity: Number | None = number("elasticitet_avgang", doc="Egen elasticitet för avgångar (negativ)", ge=-5, le=0)
    arrival_elasticity: Number | None = number("elasticitet_ankomst", doc="Egen elasticitet för sökande", ge=0, le=5)
    conditions: str | None = told("villkor", doc="Villkor i ord (natt, OB, utbildning, flyttad semestervecka)")

    @model_validator(mode="after")
    def _one_raise(self) -> Pay:
        if (self.raise_sek is None) == (self.raise_percent is None):
            raise ValueError("ange paslag_kr_manad eller paslag_procent, en av dem")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        written = ("raise_sek" if self.raise_percent is None else "raise_percent", "granted_percent")
        own = tuple(field for field in _USUAL if getattr(self, field) is not None)
        cells = self.cells(places)
        for group in sorted({g for _, g in cells}):
            there = [c for c in cells if c[1] == group]
            pay = places.monthly_pay_sek(group)
            kr_per_unit = 1.0 if self.raise_percent is None else pay / 100
            yield from self.effect(
                (*written, *own),
                "pay_relative",
                there,
                part=f"relativ.{group}",
                realised=False,
                to=lambda x, granted, *elasticities, kr=kr_per_unit / pay: x * kr * granted / 100 * _pull(own, elasticities),
            )
            yield from self.effect(
                written,
                "pay_supplement",
                there,
                part=f"kostnad.{group}",
                realised=False,
                to=lambda x, granted, kr=kr_per_unit: x * kr * granted / 100,
            )


def _pull(fields: tuple[str, ...], elasticities: tuple[float, ...]) -> float:
    """Give how strongly a raise with elasticities of its own works against an ordinary pay rise."""
    ratios = [own / _USUAL[field] for field, own in zip(fields, elasticities, strict=True)]
    return fsum(ratios) / len(ratios) if ratios else 1.0
