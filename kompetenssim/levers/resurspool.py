"""Pool: hours without a fixed unit, from posts, volunteers or managers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, model_validator

from kompetenssim.levers.base import Grouped, derive, normalised, number
from kompetenssim.model.effects import Block, Places, PoolBlock
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, assumed
from kompetenssim.spec.scenario import Measure


class Source(Part):
    """Whose own hours the pool takes."""

    group: str = Field(
        alias="yrkesgrupp", description="Yrkesgrupp som timmarna tas från", json_schema_extra={"refererar": "en_yrkesgrupp"}
    )
    units: list[str] = Field(
        alias="enheter", min_length=1, description="Enheter som timmarna tas från", json_schema_extra={"refererar": "enhet"}
    )


class ResourcePool(Grouped):
    """Offer pool hours to the planned stage, to the named groups.

    Hours of volunteers and managers are taken from their own unit; hours of new pool posts are not.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"PoolBlock"})
    meaning: ClassVar[str] = (
        "Pooltimmar i den planerade bemanningen, före inhyrning. Mängden skrivs på ett av tre sätt: antal_tjanster, "
        "timmar_vecka, eller frivilliga_andel_procent av de anställda i fran med timmar_per_frivillig_vecka (frivillig "
        "förflyttning, chefer i kliniskt arbete). Timmar med fran tas från den gruppens egna timmar. yrkesgrupper säger "
        "vilka gruppers behov poolen täcker."
    )
    example: ClassVar[str] = """resurspool:
  yrkesgrupper: [sjukskoterska]
  frivilliga_andel_procent: {undre: 5, trolig: 10, ovre: 20}
  timmar_per_frivillig_vecka: 4
  fran: {yrkesgrupp: chefer, enheter: [ledning_stod]}"""

    areas: list[str] | None = Field(
        None,
        alias="omraden",
        description="Områden poolen betjänar; utelämnad: åtgärdens, annars alla",
        json_schema_extra={"refererar": "omrade"},
    )
    posts: Number | None = number("antal_tjanster", doc="Tjänster i poolen, årsarbetare", ge=0, le=1000)
    hours_per_post: Number = assumed(
        "timmar_per_tjanst_vecka", 30, 33, 36, doc="Nettotimmar per pooltjänst och vecka", ge=1, le=40
    )
    hours: Number | None = number("timmar_vecka", doc="Timmar per vecka sammanlagt", ge=0, le=50_000)
    volunteer_percent: Number | None = number(
        "frivilliga_andel_procent", doc="Andel av de anställda i fran som ställer upp, %", ge=0, le=100
    )
    hours_per_volunteer: Number | None = number("timmar_per_frivillig_vecka", doc="Timmar per frivillig och vecka", ge=0, le=40)
    taken_from: Source | None = Field(None, alias="fran", description="Vems egna timmar poolen tar: {yrkesgrupp, enheter}")
    protected_share: Number = assumed("skyddad_andel", 0.0, doc="Andel av timmarna som hålls i reserv", ge=0, le=1)
    premium_sek_per_week: Number = assumed("premie_kr_vecka", 0, doc="Tillägg per poolvecka (40 h), kr", ge=0, le=100_000)
    premium_percent: Number = assumed("premie_procent", 5, doc="Tillägg på timlönen, %", ge=0, le=200)

    @model_validator(mode="after")
    def _one_amount(self) -> ResourcePool:
        if sum(n is not None for n in (self.posts, self.hours, self.volunteer_percent)) != 1:
            raise ValueError("ange ett av antal_tjanster, timmar_vecka och frivilliga_andel_procent")
        if self.volunteer_percent is not None and (self.hours_per_volunteer is None or self.taken_from is None):
            raise ValueError("frivilliga_andel_procent kräver timmar_per_frivillig_vecka och fran")
        if self.hours_per_volunteer is not None and self.volunteer_percent is None:
            raise ValueError("timmar_per_frivillig_vecka hör till frivilliga_andel_procent")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        served, areas = places.groups(self.named_groups), self.areas or measure.coverage.areas
        factor = derive(lambda p: 1 + p / 100, self.premium_percent)
        for source, hours in self._hours(places):
            yield PoolBlock(
                name=f"timmar.{'.'.join(source)}" if source else "timmar",
                groups=served,
                areas=areas,
                hours_per_week=derive(lambda h, reserve: h * (1 - reserve), hours, self.protected_share),
                hour_cost_factor=factor,
                premium_sek_per_week=self.premium_sek_per_week,
                taken_from=source,
                paid_when_idle=self.posts is not None,
                covered=self.volunteer_percent is not None,
            )

    def _hours(self, places: Places) -> Iterator[tuple[tuple[str, str] | None, Number]]:
        """Give where hours come from and how many a week; without `fran` they are new hours."""
        cells = [(u, self.taken_from.group) for u in sorted(self.taken_from.units)] if self.taken_from else []
        if self.volunteer_percent is not None and self.hours_per_volunteer is not None:
            for cell in cells:
                heads = places.employed_fte([cell])
                yield cell, derive(lambda p, h, n=heads: p / 100 * n * h, self.volunteer_percent, self.hours_per_volunteer)
            return
        total = (
            self.hours
            if self.hours is not None
            else derive(lambda n, h: n * h, self.posts or Number(mode=0.0), self.hours_per_post)
        )
        if not cells:
            yield None, total
        shares = normalised({c: places.employed_fte([c]) for c in cells})
        for cell in cells:
            yield cell, derive(lambda h, share=shares[cell]: h * share, total)
