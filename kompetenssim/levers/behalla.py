"""Retention: fewer resignations and internal moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kompetenssim.levers.base import Placed, number
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure

_QUANTITY = {
    "exit_factor": "exit_factor",
    "novice_factor": "novice_exit_factor",
    "young_factor": "young_exit_factor",
    "move_factor": "move_rate",
    "agency_factor": "agency_leaver_share",
}


class Retention(Placed):
    """Lower the exit hazards of those who are employed.

    Factors of one effektgrupp combine as 1 − Π(1 − e) under a joint cap. The model tells apart those under 30 and
    those in their first 24 months; other ages and tenures share a hazard.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"exit_factor", "novice_exit_factor", "young_exit_factor", "move_rate", "agency_leaver_share", "used_time"}
    )
    meaning: ClassVar[str] = (
        "Fler stannar: sänker risken att säga upp sig, i hela gruppen, bland nya (de första 24 månaderna) eller bland unga "
        "(under 30 år), rörligheten mellan enheter och andelen som går till hyrbolag. Faktorn 0.96 betyder 4 % färre "
        "avgångar vid full effekt. Andra åldrar och anställningstider skiljer modellen inte åt. Löneåtgärder hör inte hit "
        "utan till lon_och_forman."
    )
    example: ClassVar[str] = "behalla: {yrkesgrupper: [ssk_alla], avgang_faktor: {undre: 0.92, trolig: 0.96, ovre: 0.99}}"

    exit_factor: Number | None = number("avgang_faktor", doc="Faktor på externa uppsägningar", ge=0.3, le=1.5)
    novice_factor: Number | None = number("novis_avgang_faktor", doc="Ytterligare faktor de första 24 månaderna", ge=0.3, le=1.5)
    young_factor: Number | None = number("ung_avgang_faktor", doc="Ytterligare faktor för dem som är under 30 år", ge=0.3, le=1.5)
    move_factor: Number | None = number("intern_faktor", doc="Faktor på interna byten av enhet", ge=0.2, le=3)
    agency_factor: Number | None = number(
        "hyrbolag_faktor", doc="Faktor på andelen av uppsägningarna som går till hyrbolag", ge=0, le=3
    )
    time_percent: Number | None = number(
        "tidsandel_procent", doc="Arbetstid som åtgärden tar (t.ex. forskning), % av egna timmar", ge=0, le=30
    )

    decay_months: Number | None = number(
        "avklingning_manader", doc="Halveringstid för verkan; åtgärdens avklingning_manader går före", ge=0.1, le=1200
    )

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        decay = self.decay_months if measure.decay_months is None else None
        for field, quantity in _QUANTITY.items():
            yield from self.effect(field, quantity, cells, decay_months=decay)
        yield from self.effect("time_percent", "used_time", cells, to=lambda p: p / 100, realised=False)
