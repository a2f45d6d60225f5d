"""Schedules: capacity at the right time, presence, full-time measure, summer leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import model_validator

from kompetenssim.levers.base import Placed, number
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import assumed
from kompetenssim.spec.scenario import Measure


class Schedule(Placed):
    """Change when staff are scheduled and how much a full-time post works.

    A shorter full-time measure costs hours at unchanged pay. Moved holiday weeks are paid per week and person.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"mismatch", "presence", "full_time_hours", "presence_summer_shift", "pay_supplement"}
    )
    meaning: ClassVar[str] = (
        "Schemaläggning och produktions- och kapacitetsplanering: mindre kapacitet vid fel tid (mismatch_minskning_pp), "
        "ändrad närvaro, ändrat heltidsmått (kortare vecka ger färre timmar till samma lön) och semesterveckor som flyttas "
        "ut ur vecka 25–33 mot ersättning."
    )
    example: ClassVar[str] = (
        "schema: {mismatch_minskning_pp: {undre: 0.5, trolig: 1, ovre: 3}, "
        "flyttade_semesterveckor_andel: 0.1, ersattning_kr_per_vecka: 5000}"
    )

    mismatch_pp: Number | None = number(
        "mismatch_minskning_pp", doc="Minskad kapacitet vid fel tid, procentenheter", ge=-10, le=20
    )
    presence_pp: Number | None = number("narvaro_effekt_pp", doc="Ändrad närvaro, procentenheter", ge=-20, le=20)
    full_time_hours: Number | None = number(
        "heltidsmatt_andring_timmar", doc="Ändrat heltidsmått, h/vecka (minus = kortare)", ge=-10, le=5
    )
    moved_share: Number | None = number("flyttade_semesterveckor_andel", doc="Andel av sommarledigheten som flyttas", ge=0, le=1)
    compensation_sek: Number | None = number(
        "ersattning_kr_per_vecka", doc="Ersättning per flyttad semestervecka och person, kr", ge=0, le=100_000
    )
    summer_weeks: Number = assumed("sommarveckor", 4, doc="Semesterveckor per person vecka 25–33", ge=0, le=9)

    @model_validator(mode="after")
    def _compensates_a_move(self) -> Schedule:
        if self.compensation_sek is not None and self.moved_share is None:
            raise ValueError("ersattning_kr_per_vecka kräver flyttade_semesterveckor_andel")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        yield from self.effect("mismatch_pp", "mismatch", cells, to=lambda pp: -pp / 100)
        yield from self.effect("presence_pp", "presence", cells, to=lambda pp: pp / 100)
        yield from self.effect("full_time_hours", "full_time_hours", cells, realised=False)
        yield from self.effect("moved_share", "presence_summer_shift", cells)
        yield from self.effect(
            ("moved_share", "summer_weeks", "compensation_sek"),
            "pay_supplement",
            cells,
            to=lambda share, weeks, kr: share * weeks * kr / 12,
            part="ersattning",
        )
