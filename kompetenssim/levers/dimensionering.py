"""Dimensioning: posts, need targets, hiring freeze, closed units and beds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field, model_validator

from kompetenssim.levers.base import Exempt, Placed, number, reference, says_yes, shares_by_fte
from kompetenssim.model.effects import Block, Effect, Places, PostBlock
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import YesNo
from kompetenssim.spec.scenario import Measure


class Dimensioning(Placed):
    """Create or withdraw posts, set the need, freeze hiring, close units or beds.

    New posts bring no need of their own unless `hojer_behovet`: they are filled to cover need that exists or
    to receive tasks. Closing does not remove need; a part moves on (`stangd_vardplats`).
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"PostBlock", "need_extra_hours", "need_factor", "duty_hours", "freeze", "closed_share"}
    )
    meaning: ClassVar[str] = (
        "Ändrar hur verksamheten är dimensionerad: inrättar (eller med minus drar in) tjänster, ändrar bemanningsmålet "
        "eller jourlinjerna, fryser anställningar, stänger en enhet eller vårdplatser. Tjänsterna fördelas på enheterna "
        "som omfattas och höjer inte behovet om inte hojer_behovet: ja. De gäller från närmaste 1 januari (budgetåret) om inte "
        "beslut_under_ar: ja eller åtgärden redan är i drift vid start. En bemanningsnorm skrivs som bemanningsmal_procent eller "
        "bemanningsmal_timmar; en ny enhet ska finnas i region.yaml, utan bemanningsmål, och får här tjänster och bemanningsmål. "
        "Öppnade vårdplatser höjer behovet i samma mån. Stängt behov försvinner inte: en del flyttar till "
        "andra enheter, en del köps, en del skjuts upp. En stängd enhet öppnar igen när åtgärden slutar."
    )
    example: ClassVar[str] = "dimensionering: {yrkesgrupp: vns, antal_aa: 10}"

    posts_fte: Number | None = number(
        "antal_aa", doc="Tjänster som inrättas (minus: dras in), årsarbetare sammanlagt", ge=-2000, le=2000
    )
    raises_need: YesNo = Field("nej", alias="hojer_behovet", description="ja: tjänsterna höjer bemanningsmålet lika mycket")
    during_year: YesNo = Field(
        "nej", alias="beslut_under_ar", description="ja: tjänsterna gäller från åtgärdens start, inte först från 1 januari"
    )
    need_hours: Number | None = number(
        "bemanningsmal_timmar", doc="Ändring av bemanningsmålet, h/vecka sammanlagt", ge=-100_000, le=100_000
    )
    need_percent: Number | None = number("bemanningsmal_procent", doc="Ändring av bemanningsmålet, %", ge=-90, le=200)
    duty_hours: Number | None = number(
        "jourlinjer_timmar", doc="Ändring av jourlinjernas timmar, h/vecka sammanlagt", ge=-10_000, le=10_000
    )
    freeze: YesNo = Field("nej", alias="frysning", description="ja: vakanser utannonseras inte (anställningsstopp)")
    exempt: Exempt = Field(default_factory=Exempt, alias="undantag", description="Grupper och enheter som frysningen inte gäller")
    closed_unit: str | None = reference("stang_enhet", "enhet", doc="Enhet som stängs")
    withdraws_posts: YesNo = Field("nej", alias="dra_in_tjanster", description="ja: den stängda enhetens tjänster dras in")
    beds_percent: Number | None = number(
        "vardplatser_procent", doc="Stängda (−10 = var tionde stängs) eller öppnade vårdplatser (+), %", ge=-100, le=100
    )

    @model_validator(mode="after")
    def _complete(self) -> Dimensioning:
        if self.posts_fte is not None and not self.named_groups:
            raise ValueError("antal_aa kräver yrkesgrupp")
        if says_yes(self.raises_need) and self.posts_fte is None:
            raise ValueError("hojer_behovet kräver antal_aa")
        if says_yes(self.during_year) and self.posts_fte is None:
            raise ValueError("beslut_under_ar gäller tjänster – ange antal_aa eller ta bort det")
        beds = self.beds_percent
        if beds is not None and beds.low is not None and beds.high is not None and beds.low < 0 < beds.high:
            raise ValueError("vardplatser_procent: intervallet ska ligga på ena sidan om 0 – vårdplatser stängs eller öppnas")
        if (self.exempt.groups or self.exempt.units) and not says_yes(self.freeze):
            raise ValueError("undantag gäller frysning – skriv frysning: ja eller ta bort undantag")
        if says_yes(self.withdraws_posts) and self.closed_unit is None:
            raise ValueError("dra_in_tjanster kräver stang_enhet")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        yield from self.posts(measure, places)
        yield from self.spread("need_hours", "need_extra_hours", shares_by_fte(cells, places))
        yield from self.effect("need_percent", "need_factor", cells, to=lambda p: 1 + p / 100)
        yield from self.spread("duty_hours", "duty_hours", shares_by_fte(cells, places))
        if self.beds_percent is not None and self.beds_percent.mode > 0:
            yield from self.effect("beds_percent", "need_factor", cells, to=lambda p: 1 + p / 100)
        else:
            yield from self.effect("beds_percent", "closed_share", cells, to=lambda p: -p / 100)
        if says_yes(self.freeze):
            frozen = self.exempt.without(cells, places)
            yield Effect(name="frysning", quantity="freeze", places=frozen, amount=Number(mode=1.0), scaled=False)
        if self.closed_unit is not None:
            yield from self._closed(self.closed_unit, places)

    def posts(self, measure: Measure, places: Places) -> Iterator[PostBlock]:
        """Give the posts the block creates; a task shift of the same measure draws its hours from them."""
        if self.posts_fte is not None:
            yield PostBlock(
                name="antal_aa",
                cells=self.cells(places),
                fte=self.posts_fte,
                start=self._budget_year(measure, places),
                raises_need=says_yes(self.raises_need),
            )

    def _budget_year(self, measure: Measure, places: Places) -> date | None:
        """Give the first 1 January on or after the measure's start; None leaves the measure's own."""
        if says_yes(self.during_year) or says_yes(measure.running_at_start):
            return None
        begins = places.date(measure.start, f"atgarder.{measure.key}.start") if measure.start else places.start
        return begins if (begins.month, begins.day) == (1, 1) else date(begins.year + 1, 1, 1)

    def _closed(self, unit: str, places: Places) -> Iterator[Block]:
        cells = places.cells(self.named_groups, [unit])
        yield Effect(name="stang_enhet", quantity="closed_share", places=cells, amount=Number(mode=1.0), scaled=False)
        for cell in cells if says_yes(self.withdraws_posts) else []:
            yield PostBlock(name=f"stang_enhet.{cell[1]}", cells=[cell], fte=Number(mode=-places.employed_fte([cell])))
