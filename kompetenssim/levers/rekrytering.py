"""Recruitment: more or faster applicants, a hiring bonus, or a dated group of recruits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from kompetenssim.levers.base import Day, Fading, Grouped, number, reference
from kompetenssim.model.effects import Block, CohortBlock, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import AnyUnit, assumed
from kompetenssim.spec.scenario import Measure

#: Origin → months of preparation (language, licence) and cost per person; assumptions (EU 12–18 months, third country 24–48).
_ABROAD = {
    "eu": (15, Number(low=200_000, mode=350_000, high=500_000, assumption=True)),
    "tredjeland": (36, Number(low=200_000, mode=350_000, high=500_000, assumption=True)),
}
_ONGOING = ("arrival_factor", "lead_time_factor", "return_factor", "bonus_sek")
_COHORT = ("count", "delivered", "preparation_months", "unit")


class Recruitment(Fading, Grouped):
    """Raise applicant arrivals and shorten lead times, or deliver a cohort.

    A bonus costs at every hire, also of those who would have come anyway; its pull on applicants is the
    bonus as a share of yearly pay × the elasticity.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"arrival_factor", "lead_time_factor", "hire_cost", "hire_bond_months", "return_factor", "CohortBlock"}
    )
    meaning: ClassVar[str] = (
        "Fler eller snabbare rekryteringar. art lopande: faktorer på sökande och ledtid, bonus som betalas vid varje "
        "anställning. art kohort: en grupp som anställs vid ett datum (utland, nyanlända, PTP); var och en lyckas med "
        "lyckandegraden. ursprung eu och tredjeland tar 15 (12–18) och 36 (24–48) månader från start till anställning (språk, "
        "legitimation) och kostar 350 000 kr (200 000–500 000) per person om inget annat skrivs: antaganden. Bonusen betalas "
        "också till dem som hade kommit ändå (dödvikt); sökandet ökar bara med elasticiteten. ankomst_faktor och bonusens "
        "dragning avklingar om åtgärden saknar slut (annars med avklingar: ja); det bonusen kostar avklingar inte. "
        "Alla rekryterande åtgärder tillsammans ökar sökandet högst med regionens tak (10 %). "
        "flode_fran_kommun_andel är en upplysning i tabellen över åtgärder: regionens tal ändras inte."
    )
    example: ClassVar[str] = (
        "rekrytering: {yrkesgrupp: sjukskoterska, ankomst_faktor: {undre: 1.0, trolig: 1.02, ovre: 1.05}, "
        "bonus_kr: 30000, bindning_manader: 12}"
    )

    kind: Literal["lopande", "kohort"] = Field("lopande", alias="art", description="lopande eller kohort")
    arrival_factor: Number | None = number("ankomst_faktor", doc="Faktor på sökande som kan anställas", ge=0.2, le=3)
    lead_time_factor: Number | None = number("ledtid_faktor", doc="Faktor på tiden från annons till accept", ge=0.2, le=3)
    return_factor: Number | None = number(
        "atervandare_faktor", doc="Faktor på tidigare medarbetare som söker sig tillbaka", ge=0, le=5
    )
    bonus_sek: Number | None = number("bonus_kr", doc="Bonus per anställning, kr", ge=0, le=500_000)
    bonus_elasticity: Number = assumed(
        "bonus_elasticitet", 0.2, 0.5, 1.0, doc="Ökning av sökande per bonus som andel av årslönen", ge=0, le=5
    )
    bond_months: Number | None = number("bindning_manader", doc="Bonusen binder den anställda så länge, månader", ge=0, le=60)
    count: Number | None = number("antal", doc="Kohortens storlek, personer", ge=0, le=1000)
    delivered: Day | None = Field(None, alias="leverans_datum", description="När kohorten börjar (datum, månad eller termin)")
    preparation_months: int | None = Field(
        None,
        alias="forberedelse_manader",
        description="Utan leverans_datum: månader från start; utelämnad: ursprungets",
        ge=0,
        le=120,
    )
    success: Number = assumed("lyckandegrad", 0.4, 0.6, 0.8, doc="Andel av kohorten som blir anställd", ge=0, le=1)
    cost_each_sek: Number | None = number(
        "kostnad_per_person_kr", doc="Kostnad per person i kohorten, kr; utelämnad: ursprungets", ge=0, le=2_000_000
    )
    unit: AnyUnit = reference("enhet", "enhet", doc="Enhet som kohorten kommer till; utelämnad: där vakanserna finns")
    origin: Literal["eu", "tredjeland", "utland", "nyanlanda", "ptp", "kommun", "ovrigt"] = Field(
        "ovrigt", alias="ursprung", description="Varifrån kohorten kommer; eu och tredjeland har egna förval"
    )
    decay_months: Number = assumed(
        "avklingning_manader", 6, 12, 24, doc="Halveringstid för verkan på sökandet; åtgärdens avklingning_manader går före",
        ge=0.1, le=1200,
    )  # fmt: skip
    municipal_share: Number | None = Field(
        None,
        alias="flode_fran_kommun_andel",
        description="Andel som kommer från länets kommuner: nettonoll för länet, ändrar inte regionens tal",
        json_schema_extra={"ge": 0, "le": 1, "upplysning": True},
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Recruitment:
        foreign = _COHORT if self.kind == "lopande" else _ONGOING
        wrong = [str(type(self).model_fields[f].alias) for f in foreign if getattr(self, f) is not None]
        if wrong:
            raise ValueError(f"{', '.join(wrong)} hör inte till art: {self.kind} – skriv ett eget block")
        if self.kind == "lopande" and self.bond_months is not None and self.bonus_sek is None:
            raise ValueError("bindning_manader kräver bonus_kr")
        if self.kind == "kohort" and (self.count is None or not self.group):
            raise ValueError("art: kohort kräver antal och yrkesgrupp")
        if self.kind == "kohort" and self.origin in _ABROAD and self.delivered is None and self.preparation_months is None:
            self.preparation_months = _ABROAD[self.origin][0]
        if self.kind == "kohort" and (self.delivered is None) == (self.preparation_months is None):
            raise ValueError("art: kohort kräver leverans_datum eller forberedelse_manader, inte båda")
        if self.cost_each_sek is None:
            self.cost_each_sek = _ABROAD[self.origin][1] if self.origin in _ABROAD else Number(mode=0.0, assumption=True)
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        if self.kind == "kohort":
            yield from self._cohort(measure, places)
            return
        groups = self.group_places(places)
        decay = self.half_life(measure)
        yield from self.effect("arrival_factor", "arrival_factor", groups, decay_months=decay)
        yield from self.effect("lead_time_factor", "lead_time_factor", groups)
        yield from self.effect("return_factor", "return_factor", groups)
        yield from self.effect("bonus_sek", "hire_cost", groups, realised=False)
        yield from self.effect("bond_months", "hire_bond_months", groups)
        for place in groups:
            yearly_pay = 12 * places.monthly_pay_sek(place[0])
            yield from self.effect(
                ("bonus_elasticity", "bonus_sek"),
                "arrival_factor",
                [place],
                to=lambda e, kr, pay=yearly_pay: 1 + e * kr / pay,
                part=place[0],
                decay_months=decay,
            )

    def _cohort(self, measure: Measure, places: Places) -> Iterator[CohortBlock]:
        groups = places.groups(self.named_groups)
        if len(groups) != 1 or self.count is None:
            raise self.error(measure, f"en kohort tillhör en enda yrkesgrupp, inte {', '.join(groups)}")
        if self.unit is None and not places.cells(groups):
            raise self.error(measure, f"ingen enhet i omfattningen har yrkesgruppen {groups[0]} – ange enhet")
        yield CohortBlock(
            name="antal",
            group=groups[0],
            unit=self.unit,
            count=self.count,
            delivered=self.day("delivered", measure, places) or self._prepared(measure, places),
            success=self.success,
            cost_sek_each=self.cost_each_sek or Number(mode=0.0),
        )

    def _prepared(self, measure: Measure, places: Places) -> date:
        begins = places.date(measure.start, f"atgarder.{measure.key}.start") if measure.start else places.start
        years, month = divmod(begins.month - 1 + (self.preparation_months or 0), 12)
        return date(begins.year + years, month + 1, min(begins.day, 28))
