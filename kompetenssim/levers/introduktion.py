"""Introduction: a programme for new hires."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from pydantic import Field

from kompetenssim.levers.base import Placed, number, says_yes
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import YesNo, assumed
from kompetenssim.spec.scenario import Measure

_NOVICE_MONTHS = 24


class Introduction(Placed):
    """Keep and teach novices better, at the price of their hours and their supervisors'.

    Novices are those in their first 24 months; a shorter programme takes its share of time in proportion.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"novice_exit_factor", "intro_time", "introduction_supervision", "learning_factor"}
    )
    meaning: ClassVar[str] = (
        "Introduktionsår, kliniskt basår, strukturerad inskolning: färre nya slutar och de lär sig snabbare "
        "(inlarning_faktor under 1), men en del av deras tid och mer av handledarnas går åt under "
        "langd_manader. Handledningen är en delad resurs – räcker den inte trängs annan utbildning undan."
    )
    example: ClassVar[str] = (
        "introduktion: {yrkesgrupper: [sjukskoterska], langd_manader: 12, tidsandel_procent: 5, "
        "novis_avgang_faktor: {undre: 0.75, trolig: 0.85, ovre: 0.95}}"
    )

    length_months: Number = assumed("langd_manader", 6, 12, 24, doc="Programmets längd, månader", ge=1, le=24)
    time_percent: Number | None = number("tidsandel_procent", doc="Andel av den nyas timmar som programmet tar, %", ge=0, le=50)
    mentor_hours: Number | None = number(
        "mentor_timmar", doc="Handledning utöver den vanliga per nyanställd under introduktionen, h/vecka", ge=0, le=40
    )
    novice_factor: Number | None = number("novis_avgang_faktor", doc="Faktor på avgångar de första 24 månaderna", ge=0.3, le=1.5)
    learning_factor: Number | None = number("inlarning_faktor", doc="Faktor på tiden till full produktivitet", ge=0.3, le=2)
    term_start: YesNo = Field("nej", alias="start_vt_ht", description="ja: programmet börjar vid närmaste terminsstart")

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells, start = self.cells(places), self._start(measure, places)
        yield from self.effect("novice_factor", "novice_exit_factor", cells, start=start)
        yield from self.effect("learning_factor", "learning_factor", cells, start=start)
        yield from self.effect("mentor_hours", "introduction_supervision", cells, start=start, realised=False)
        yield from self.effect(
            ("time_percent", "length_months"),
            "intro_time",
            cells,
            to=lambda percent, months: percent / 100 * min(months / _NOVICE_MONTHS, 1),
            start=start,
            realised=False,
        )

    def _start(self, measure: Measure, places: Places) -> date | None:
        """Give the first term start on or after the measure's start; None leaves the measure's own."""
        if not says_yes(self.term_start):
            return None
        where = f"atgarder.{measure.key}.{self.key()}.start_vt_ht"
        begins = places.date(measure.start, f"atgarder.{measure.key}.start") if measure.start else places.start
        terms = (places.date(f"{begins.year + i}-{term}", where) for i in (0, 1) for term in ("vt", "ht"))
        return min(day for day in terms if day >= begins)
