"""Overtime rules: caps, practice, stops, compensation and volunteers in the acute stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from kompetenssim.levers.base import Placed, number, reference
from kompetenssim.model.effects import Block, Effect, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure


class OvertimeRule(Placed):
    """Limit, price or encourage overtime; what it no longer covers becomes unmet need.

    A cap can only be lower than the region's own (the law's unless `overtid` says otherwise): the least one holds.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {
            "extra_hours_share",
            "extra_shift_factor",
            "overtime_4_weeks",
            "overtime_pay_factor",
            "overtime_practice",
            "overtime_year",
        }
    )
    meaning: ClassVar[str] = (
        "Regler för övertid i den akuta bemanningen: tak per person på 4 veckor och kalenderår, hur mycket som tas ut i "
        "praktiken (praxis_andel), enheter där övertid inte används alls, ersättning och frivillighet. Ett tak kan bara skärpa "
        "regionens eget (arbetstidslagens 48 timmar på 4 veckor och 200 timmar på ett år om region.yaml inte säger annat). "
        "Regler gäller fullt ut från första dagen. frivillighet_faktor ändrar deltidsanställdas mertid och andelen av övertiden "
        "som är frivilliga extrapass; extrapass och beordrad övertid delar samma utrymme, så där regionen också beordrar "
        "blir fler frivilliga lika mycket mindre beordrat. Det som övertiden inte täcker blir obemannat."
    )
    example: ClassVar[str] = (
        "overtidsregel: {yrkesgrupper: [ssk_alla], praxis_andel: 0.015, tak_timmar_ar: 150, stopp_enheter: [akut], "
        "ersattning_faktor: 1.2}"
    )

    four_weeks: Number | None = number(
        "tak_timmar_4_veckor", doc="Högst så många timmar övertid per person på 4 veckor", ge=0, le=50
    )
    year: Number | None = number("tak_timmar_ar", doc="Högst så många timmar övertid per person och kalenderår", ge=0, le=200)
    practice: Number | None = number("praxis_andel", doc="Övertid, högst andel av egna timmar", ge=0, le=0.3)
    stopped_units: list[str] | None = reference("stopp_enheter", "enhet", doc="Enheter utan övertid (mertid får tas)")
    pay_factor: Number | None = number("ersattning_faktor", doc="Faktor på ersättningen för extrapass och övertid", ge=0.5, le=3)
    volunteers: Number | None = number(
        "frivillighet_faktor", doc="Faktor på mertid och på andelen av övertiden som är frivilliga extrapass", ge=0, le=3
    )

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        yield from self.effect("four_weeks", "overtime_4_weeks", cells)
        yield from self.effect("year", "overtime_year", cells)
        yield from self.effect("practice", "overtime_practice", cells)
        yield from self.effect("pay_factor", "overtime_pay_factor", cells)
        yield from self.effect("volunteers", "extra_hours_share", cells, part="mertid")
        yield from self.effect("volunteers", "extra_shift_factor", cells, part="extrapass")
        if self.stopped_units:
            stopped = [c for c in cells if c[0] in self.stopped_units]
            yield Effect(name="stopp_enheter", quantity="overtime_4_weeks", places=stopped, amount=Number(mode=0.0), scaled=False)
