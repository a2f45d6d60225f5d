"""Agency steering: caps, price, approval, fixed lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field, model_validator

from kompetenssim.levers.base import Day, Exempt, Fading, Placed, derive, number, shares_by_fte
from kompetenssim.model.effects import Block, CapBlock, Effect, Places
from kompetenssim.spec.dates import last_day
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, assumed
from kompetenssim.spec.scenario import Measure

_HOURS_PER_AGENCY_WEEK = 40


class FixedLine(Part):
    """Agency persons under contract every week (fast linje)."""

    count: Number = number("antal", doc="Personer per vecka under avtal", ge=0, le=200, required=True)
    delivery_share: Number = assumed("leveranssakerhet_andel", 0.85, 0.93, 0.98, doc="Andel veckor som levereras", ge=0, le=1)


class AgencySteering(Fading, Placed):
    """Limit what the planned stage may order from agencies, or change its price and terms.

    A cap counts over all covered cells together, without the spared ones. What a cap or a stop takes away
    becomes overtime and unmet need: nothing here creates own hours.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {
            "CapBlock",
            "agency_gap_cap",
            "agency_price",
            "agency_price_cap",
            "agency_lead_weeks",
            "agency_order_share",
            "agency_fixed_weeks",
            "agency_fixed_delivery",
            "agency_quarantine_months",
        }
    )
    meaning: ClassVar[str] = (
        "Styr inhyrningen i den planerade bemanningen: tak på personer per vecka eller mkr per år (gemensamt för alla "
        "enheter och grupper som omfattas, utom undantag), tak som andel av gapet, pris, pristak, beslutstid, fasta "
        "linjer och karens. Hyrstopp skrivs tak_per_vecka: 0. Med nedtrappning_till sänks taket månad för månad till "
        "noll vid det datumet. Ett tak (tak_per_vecka, tak_andel, tak_mkr_ar) avklingar om åtgärden saknar slut (annars med "
        "avklingar: ja): efter avklingning_manader stoppas hälften av det som taket skulle ha stoppat; pris, beslutstid, "
        "fasta linjer, karens och nedtrappning avklingar inte. Det som inte hyrs in blir pool, övertid eller obemannat – "
        "ingen egen tid tillkommer."
    )
    example: ClassVar[str] = (
        "hyrstyrning: {yrkesgrupp: distriktslakare, tak_per_vecka: 15, beslutsledtid_veckor: 1, undantag: {enheter: [pv_fjall]}}"
    )

    cap_per_week: Number | None = number("tak_per_vecka", doc="Högst så många hyrpersoner per vecka; 0 = hyrstopp", ge=0, le=1000)
    cap_share: Number | None = number("tak_andel", doc="Högst så stor andel av det planerade gapet får hyras in", ge=0, le=1)
    cap_msek: Number | None = number("tak_mkr_ar", doc="Högsta hyrkostnad per kalenderår, mkr", ge=0, le=10_000)
    winds_down: Day | None = Field(None, alias="nedtrappning_till", description="Datum då taket är nere på noll")
    exempt: Exempt = Field(default_factory=Exempt, alias="undantag", description="Grupper och enheter som inte omfattas")
    price_factor: Number | None = number("pris_faktor", doc="Faktor på hyrpriset", ge=0.2, le=5)
    price_cap_hour: Number | None = number("pristak_kr_timme", doc="Högsta pris per betald timme, kr", ge=100, le=10_000)
    price_cap_week: Number | None = number("pristak_kr_vecka", doc="Högsta pris per hyrvecka (40 h), kr", ge=4_000, le=400_000)
    decision_weeks: Number | None = number("beslutsledtid_veckor", doc="Extra veckor för beslut om avrop", ge=0, le=26)
    order_factor: Number | None = number(
        "avropsandel_faktor", doc="Faktor på andelen av det planerade gapet som beställs", ge=0, le=3
    )
    fixed_line: FixedLine | None = Field(
        None, alias="fast_linje", description="Hyrpersonal under avtal varje vecka, fördelad på enheterna"
    )
    quarantine_months: Number | None = number(
        "karens_manader", doc="Karens mellan anställning i regionen och hyruppdrag, månader", ge=0, le=60
    )

    @model_validator(mode="after")
    def _one_price_cap(self) -> AgencySteering:
        if self.price_cap_hour is not None and self.price_cap_week is not None:
            raise ValueError("skriv antingen pristak_kr_timme eller pristak_kr_vecka, inte båda")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.exempt.without(self.cells(places), places)
        yield from self._caps(cells, measure, places)
        yield from self.effect("cap_share", "agency_gap_cap", cells, decay_months=self.half_life(measure))
        yield from self.effect("price_factor", "agency_price", cells)
        yield from self.effect("price_cap_hour", "agency_price_cap", cells)
        yield from self.effect("price_cap_week", "agency_price_cap", cells, to=lambda kr: kr / _HOURS_PER_AGENCY_WEEK)
        yield from self.effect("decision_weeks", "agency_lead_weeks", cells, scaled=False)
        yield from self.effect("order_factor", "agency_order_share", cells)
        yield from self.effect("quarantine_months", "agency_quarantine_months", self.group_places(places))
        if self.fixed_line is not None:
            yield from self._lines(self.fixed_line, cells, places)

    def _caps(self, cells: list[tuple[str, str]], measure: Measure, places: Places) -> Iterator[CapBlock]:
        if self.cap_per_week is not None or self.cap_msek is not None:
            yearly = derive(lambda mkr: mkr * 1e6, self.cap_msek) if self.cap_msek is not None else None
            yield CapBlock(
                name="tak",
                cells=cells,
                persons_per_week=self.cap_per_week,
                cost_sek_per_year=yearly,
                decay_months=self.half_life(measure),
            )
        if self.winds_down is None:
            return
        zero = last_day(self.winds_down)
        begins = places.date(measure.start, f"atgarder.{measure.key}.start") if measure.start else places.start
        for day, left in _monthly_steps(begins, zero):
            if left == 0:
                yield CapBlock(
                    name="nedtrappning", cells=cells, persons_per_week=Number(mode=0.0), cost_sek_per_year=None, start=day
                )
            elif self.cap_per_week is not None:
                persons = derive(lambda n, left=left: n * left, self.cap_per_week)
                yield CapBlock(
                    name=f"nedtrappning.{day:%Y-%m}", cells=cells, persons_per_week=persons, cost_sek_per_year=None, start=day
                )

    def _lines(self, line: FixedLine, cells: list[tuple[str, str]], places: Places) -> Iterator[Effect]:
        for place, share in shares_by_fte([(u, g) for u, g in cells], places).items():
            yield Effect(
                name=f"fast_linje.antal.{'.'.join(place)}",
                draw="fast_linje.antal",
                quantity="agency_fixed_weeks",
                places=[place],
                amount=derive(lambda n, share=share: n * share, line.count),
                covered=False,
                realised=False,
                least=0.0,
            )
        yield Effect(
            name="fast_linje.leveranssakerhet_andel",
            quantity="agency_fixed_delivery",
            places=cells,
            amount=line.delivery_share,
            scaled=False,
            least=0.0,
            most=1.0,
        )


def _monthly_steps(begins: date, zero: date) -> Iterator[tuple[date, float]]:
    """Give the first day of each month between two dates with the share of the cap left, and the end with 0."""
    months = (zero.year - begins.year) * 12 + zero.month - begins.month
    for i in range(1, months):
        years, month = divmod(begins.month - 1 + i, 12)
        yield date(begins.year + years, month + 1, 1), 1 - i / months
    yield zero, 0.0
