"""Efficiency: freed hours, and what they are used for."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose
from typing import ClassVar

from pydantic import Field, model_validator

from kompetenssim.levers.base import NET_HOURS_PER_FTE, Fields, Placed, number
from kompetenssim.model.effects import Block, Places
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part
from kompetenssim.spec.scenario import Measure


class Use(Part):
    """What freed time is used for; the shares sum to 1."""

    need: float = Field(0.0, alias="sankt_mal", ge=0, le=1, description="Andel som sänker bemanningsmålet")
    overtime: float = Field(0.0, alias="mindre_overtid", ge=0, le=1, description="Andel som minskar övertid")
    more_care: float = Field(0.0, alias="mer_vard", ge=0, le=1, description="Andel som blir mer vård")
    lost: float = Field(0.0, alias="forsvinner", ge=0, le=1, description="Andel som inte märks i schemat")

    @model_validator(mode="after")
    def _whole(self) -> Use:
        total = self.need + self.overtime + self.more_care + self.lost
        if not isclose(total, 1.0, abs_tol=1e-6):
            raise ValueError(f"andelarna ska bli 1 tillsammans, inte {total:g}")
        return self


class Efficiency(Placed):
    """Free a share of the group's hours; only the part used as `sankt_mal` lowers the need.

    The gross share is reported beside what is realised. Rebound is new need that the easier way in creates,
    as a share of the freed time, whether or not that time is taken out.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset(
        {"efficiency", "efficiency_overtime", "efficiency_gross", "need_factor", "used_time"}
    )
    meaning: ClassVar[str] = (
        "Frigör en del av gruppens timmar (e-besök, taligenkänning, robotisering): frigjord_andel_procent, eller "
        "minuter_per_gang gånger antal_per_vecka. anvandning delar den realiserade tiden; bara sankt_mal sänker behovet, "
        "mindre_overtid minskar övertiden, mer_vard och forsvinner ändrar inget i bemanningen. Utelämnad anvandning: allt som "
        "realiseras sänker målet (åtgärdens realisering_andel säger hur mycket det är). Flera åtgärder verkar på de timmar "
        "som återstår. rebound är nytt behov som andel av den frigjorda tiden. Åtgärder på samma uppgifter (taligenkänning och "
        "uppgiftsväxling av samma administration) skrivs med samma effektgrupp: tillsammans frigör de aldrig mer än regionens "
        "timbudget för den."
    )
    example: ClassVar[str] = """effektivisering:
  yrkesgrupper: [med_sekr]
  frigjord_andel_procent: {undre: 0.5, trolig: 1.0, ovre: 2.0}
  adoption_slut_andel: 0.8
  adoption_tid_manader: 24
  rebound: {undre: 0.0, trolig: 0.1, ovre: 0.3}
  anvandning: {sankt_mal: 0.5, mindre_overtid: 0.1, mer_vard: 0.2, forsvinner: 0.2}"""

    freed_percent: Number | None = number("frigjord_andel_procent", doc="Frigjord tid, % av gruppens timmar, brutto", ge=0, le=60)
    minutes: Number | None = number("minuter_per_gang", doc="Frigjord tid per gång, minuter", ge=0, le=1000)
    times_per_week: Number | None = number("antal_per_vecka", doc="Antal gånger per vecka sammanlagt", ge=0, le=1_000_000)
    adoption: Number = Field(
        Number(mode=1.0),
        alias="adoption_slut_andel",
        description="Andel som använder det till slut",
        json_schema_extra={"ge": 0, "le": 1},
    )
    adoption_months: Number | None = number(
        "adoption_tid_manader", doc="Tid till dess; utelämnad: åtgärdens ramp_manader", ge=0, le=120
    )
    rebound: Number | None = number("rebound", doc="Nytt behov som andel av den frigjorda tiden", ge=0, le=2)
    use: Use = Field(
        Use(need=1.0, assumption=True),
        alias="anvandning",
        description="Vad tiden används till",
        json_schema_extra={"antagande": True},
    )
    time_percent: Number | None = number(
        "tidsandel_procent", doc="Arbetstid som förbättringsarbetet tar, % av egna timmar", ge=0, le=30
    )

    @model_validator(mode="after")
    def _one_way_to_say_how_much(self) -> Efficiency:
        counted = self.minutes is not None or self.times_per_week is not None
        if counted and (self.minutes is None or self.times_per_week is None):
            raise ValueError("minuter_per_gang och antal_per_vecka skrivs tillsammans")
        if counted and self.freed_percent is not None:
            raise ValueError("skriv antingen frigjord_andel_procent eller minuter_per_gang och antal_per_vecka")
        if not counted and self.freed_percent is None and self.time_percent is None:
            raise ValueError("ange frigjord_andel_procent, eller minuter_per_gang och antal_per_vecka")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        cells = self.cells(places)
        weekly_hours = places.employed_fte(cells) * NET_HOURS_PER_FTE
        if self.minutes is not None and weekly_hours <= 0:
            raise self.error(measure, "minuter_per_gang kräver att det finns anställda i de grupper och enheter som omfattas")
        written: Fields = ("freed_percent", "adoption") if self.minutes is None else ("minutes", "times_per_week", "adoption")

        def freed(*x: float) -> float:
            return x[0] / 100 * x[1] if self.minutes is None else min(x[0] * x[1] / 60 / weekly_hours, 1.0) * x[2]

        ramp = self.adoption_months
        yield from self.effect(
            written, "efficiency_gross", cells, to=freed, part="brutto", realised=False, ramp_months=ramp, frees_hours=True
        )
        uses = (("efficiency", "sankt_mal", self.use.need), ("efficiency_overtime", "mindre_overtid", self.use.overtime))
        for quantity, part, share in uses:
            if share:
                yield from self.effect(
                    written,
                    quantity,
                    cells,
                    to=lambda *x, share=share: freed(*x) * share,
                    part=part,
                    ramp_months=ramp,
                    frees_hours=True,
                )
        yield from self.effect(
            ("rebound", *written),
            "need_factor",
            cells,
            to=lambda back, *x: 1 + back * freed(*x),
            realised=False,
            ramp_months=ramp,
            frees_hours=True,
        )
        yield from self.effect("time_percent", "used_time", cells, to=lambda p: p / 100, realised=False)
