"""Supervision: more supervisors, more students per supervisor, more graduates who stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from kompetenssim.levers.base import Place, Placed, normalised, number
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import assumed
from kompetenssim.spec.scenario import Measure


class SupervisionCapacity(Placed):
    """Raise the supervision capacity that training, introduction and placements share.

    Hours are capacity, not free time: what is used is taken from the supervisors' own hours. New supervisors
    and teaching posts are shared over units by their covered staff.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"supervision_hours", "supervision_factor", "placement_factor", "graduate_share"}
    )
    meaning: ClassVar[str] = (
        "Mer handledning: nya handledare, adjunkttjänster, avlastning (timmar som handledare frigörs från vården för att "
        "handleda) eller en procentuell ökning; fler studenter per handledare (peer learning, KUM, KUA); större andel "
        "examinerade som söker sig till regionen. Den handledning som används tas från handledarnas egna timmar."
    )
    example: ClassVar[str] = (
        "handledning: {handledarfamiljer: [ssk], nya_handledare: 20, timmar_vecka: 1.5, studenter_per_handledare: 2}"
    )

    families: list[str] | None = Field(
        None, alias="handledarfamiljer", description="Familjer (lakare, ssk, usk, …); utelämnad: de som omfattas"
    )
    supervisors: Number | None = number("nya_handledare", doc="Nya utbildade handledare, personer sammanlagt", ge=0, le=1000)
    hours_each: Number = assumed("timmar_vecka", 1.5, doc="Handledning per ny handledare, h/vecka", ge=0, le=40)
    teaching_posts: Number | None = number(
        "adjunkt_tjanster", doc="Adjunkter och förenade anställningar, årsarbetare", ge=0, le=200
    )
    teaching_hours: Number = assumed(
        "timmar_vecka_per_adjunkt", 30, doc="Handledning per adjunkttjänst (årsarbetare), h/vecka", ge=0, le=40
    )
    relief_hours: Number | None = number(
        "avlastning_timmar_vecka", doc="Timmar som handledare avlastas för att handleda, h/vecka sammanlagt", ge=0, le=5000
    )
    capacity_percent: Number | None = number("kapacitet_procent", doc="Ändring av handledningskapaciteten, %", ge=-50, le=200)
    students_each: Number | None = number(
        "studenter_per_handledare", doc="Studenter som en handledare tar samtidigt, mot en utan åtgärd", ge=0.5, le=6
    )
    graduate_pp: Number | None = number(
        "andel_till_regionen_pp", doc="Ändrad andel examinerade som söker sig till regionen, procentenheter", ge=-50, le=50
    )

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        families = self._families(places)
        yield from self.spread(("supervisors", "hours_each"), "supervision_hours", families, to=lambda n, h: n * h)
        yield from self.spread(("teaching_posts", "teaching_hours"), "supervision_hours", families, to=lambda n, h: n * h)
        yield from self.spread("relief_hours", "supervision_hours", families)
        yield from self.effect("capacity_percent", "supervision_factor", list(families), to=lambda p: 1 + p / 100)
        yield from self.effect("students_each", "placement_factor", list(families))
        yield from self.effect("graduate_pp", "graduate_share", self.group_places(places), to=lambda p: p / 100)

    def _families(self, places: Places) -> dict[Place, float]:
        """Give the (unit, family) pairs the block covers with their share of the covered staff."""
        covered = places.families(self.units, self.families)
        return normalised({(u, f): places.employed_fte(places.cells(self.named_groups, [u])) for u, f in covered})
