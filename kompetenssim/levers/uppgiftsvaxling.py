"""Task shift: move tasks structurally from one group to another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from kompetenssim.levers.base import Day, Lever, labelled, number, reference
from kompetenssim.levers.dimensionering import Dimensioning
from kompetenssim.model.effects import Block, Effect, Places, PostBlock, ShiftBlock
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.spec.dates import NEVER
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import assumed
from kompetenssim.spec.scenario import Measure


class TaskShift(Lever):
    """Free the giver's hours through delivered hours of the receiver, in three stages.

    The freed hours are min(tillförd, utbildad, överlämnad): receivers without handover cost and free nothing.
    Receivers are the posts the same measure creates (`dimensionering`), or `tillford_aa` of existing staff.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"ShiftBlock", "used_time"})
    meaning: ClassVar[str] = (
        "Flyttar uppgifter varaktigt från en yrkesgrupp till en annan. Varje levererad timme hos mottagaren frigör "
        "frigjord_timme_per_timme hos givaren, högst andel_timmar_procent av givarens timmar, och först när mottagarna finns, "
        "är utbildade och uppgifterna är överlämnade. Kostnaden kommer med mottagarna, avlastningen vid överlämningen; utan "
        "overlamnad blir det ingen. Mottagarna är tjänsterna i åtgärdens dimensionering, annars tillford_aa. Klassen ej går "
        "inte att växla."
    )
    example: ClassVar[str] = """uppgiftsvaxling:
  fran: underskoterska
  till: vns
  frigjord_timme_per_timme: {undre: 0.6, trolig: 0.8, ovre: 1.0}
  andel_timmar_procent: 10
  klass: fri
  tillford_aa: 10
  utbildad: 2024-03
  overlamnad: 2024-06"""

    giver: str = reference("fran", "en_yrkesgrupp", doc="Yrkesgrupp som lämnar uppgifter", required=True)
    receiver: str = reference("till", "en_yrkesgrupp", doc="Yrkesgrupp som tar över", required=True)
    units: list[str] | None = reference("enheter", "enhet", doc="Enheter; utelämnad: åtgärdens omfattning")
    freed_per_hour: Number = assumed(
        "frigjord_timme_per_timme",
        0.6,
        0.8,
        1.0,
        doc="Frigjorda timmar per levererad mottagartimme; över 1 kräver kalla",
        ge=0.05,
        le=3,
    )
    cap_percent: Number = assumed("andel_timmar_procent", 2, 4, 8, doc="Tak: % av givarens timmar", ge=0, le=100)
    legal_class: Literal["fri", "kompetenskort", "delegering", "ej"] = Field(
        "fri",
        alias="klass",
        description="fri, kompetenskort, delegering (ej = får inte växlas); ändrar annars inga tal",
        json_schema_extra={"upplysning": True},
    )
    trained: Day | None = Field(None, alias="utbildad", description="Fas 2: när mottagarna är utbildade; utelämnad: från start")
    handed: Day | None = Field(
        None,
        alias="overlamnad",
        description="Fas 3: när uppgifterna är överlämnade och schemat ändrat; aldrig (eller utelämnad): de lämnas inte över",
        json_schema_extra={"ord": [NEVER]},
    )
    trained_share: Number = Field(
        Number(mode=1.0), alias="utbildad_andel", description="Andel av mottagarna som är utbildade från utbildad",
        json_schema_extra={"ge": 0, "le": 1},
    )
    handed_share: Number = Field(
        Number(mode=1.0), alias="overlamnad_andel", description="Andel av uppgifterna som är överlämnade från overlamnad",
        json_schema_extra={"ge": 0, "le": 1},
    )
    trained_steps: dict[str, Number] = Field(
        default_factory=dict, alias="utbildad_steg", description="Datum → andel utbildade, i steg före utbildad",
        json_schema_extra={"ge": 0, "le": 1, "nycklar": "datum"},
    )
    handed_steps: dict[str, Number] = Field(
        default_factory=dict, alias="overlamnad_steg", description="Datum → andel överlämnat, i steg före overlamnad",
        json_schema_extra={"ge": 0, "le": 1, "nycklar": "datum"},
    )
    mapped: Day | None = Field(
        None, alias="klar_rak", description="När kartläggningen (RAK) är klar; överlämning sker tidigast då"
    )
    supplied_fte: Number | None = number(
        "tillford_aa", doc="Mottagartid som avsätts utan nya tjänster, årsarbetare", ge=0, le=2000
    )
    training_hours: Number | None = number(
        "utbildning_timmar_person", doc="Utbildning per mottagare före utbildad, timmar", ge=0, le=2000
    )
    step_hours: Number | None = number(
        "stegstorlek_timmar", doc="Minsta tid per vecka och enhet som kan tas ur schemat; utelämnad: regionens", ge=0, le=200
    )
    realised: Number | None = number(
        "realisering_andel", doc="Andel av den frigjorda tiden som tas hem; utelämnad: åtgärdens", ge=0, le=1
    )

    @model_validator(mode="after")
    def _lawful(self) -> TaskShift:
        if self.giver == self.receiver:
            raise ValueError("fran och till är samma yrkesgrupp")
        if self.legal_class == "ej":
            raise ValueError(
                "klass: ej betyder att uppgiften inte får växlas – ta bort blocket eller ange fri, kompetenskort eller delegering"
            )
        if self.freed_per_hour.mode > 1 and not (self.freed_per_hour.source or self.source):
            raise ValueError("frigjord_timme_per_timme över 1 kräver en kalla")
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        giver, receiver = (self._single(key, measure, places) for key in (self.giver, self.receiver))
        units = sorted({u for u, _ in places.cells([giver], self.units)})
        if not units:
            raise self.error(measure, f"ingen enhet i omfattningen har yrkesgruppen {giver}")
        if not {u for u, _ in places.cells([receiver], self.units)} & set(units):
            text = f"ingen enhet som omfattas har både {giver} och {receiver} – lägg till dimensionering med antal_aa"
            raise self.error(measure, text)
        trained, handed = self.day("trained", measure, places), self._handover(measure, places)
        for posts, covered in self._receivers(receiver, units, measure, places):
            yield ShiftBlock(
                name=f"vaxling.{posts}" if posts else "vaxling",
                draw="vaxling",
                units=covered,
                giver=giver,
                receiver=receiver,
                freed_per_hour=self.freed_per_hour,
                cap_percent=self.cap_percent,
                legal_class=self.legal_class,
                trained=trained,
                handed=handed,
                trained_share=_unless_whole(self.trained_share),
                handed_share=_unless_whole(self.handed_share),
                trained_steps=self._steps("trained", trained, measure, places),
                handed_steps=self._steps("handed", handed, measure, places),
                posts=posts,
                planned_fte=None if posts else self.supplied_fte,
                step_hours=self.step_hours,
                realised=self.realised,
            )
        yield from self._training(receiver, trained, measure, places)

    def _receivers(self, receiver: str, units: list[str], measure: Measure, places: Places) -> list[tuple[str | None, list[str]]]:
        """Pair the measure's post blocks for the receiver with the units they serve; no block: existing staff."""
        found: list[tuple[str | None, list[str]]] = []
        for name, block in _posts_for(receiver, measure, places):
            covered = sorted(set(units) & {u for u, _ in block.cells})
            if covered:
                found.append((name, covered))
        if not found and self.supplied_fte is None:
            raise self.error(
                measure, f"inga mottagare: ange tillford_aa, eller dimensionering med antal_aa för {receiver} på samma enheter"
            )
        served = [u for _, covered in found for u in covered]
        if len(served) > len(set(served)):
            raise self.error(measure, f"flera dimensioneringsblock för {receiver} på samma enhet – slå ihop dem")
        return found or [(None, units)]

    def _training(self, receiver: str, trained: date | None, measure: Measure, places: Places) -> Iterator[Effect]:
        begins = places.date(measure.start, f"atgarder.{measure.key}.start") if measure.start else places.start
        cells = places.cells([receiver], self.units)
        if trained is not None and trained > begins and cells:
            hours = (trained - begins).days / 7 * QUANTITIES["full_time_hours"].base
            yield from self.effect(
                "training_hours",
                "used_time",
                cells,
                to=lambda h: min(h / hours, 1.0),
                scaled=False,
                end=trained - timedelta(days=1),
            )

    def _steps(self, stage: str, last: date | None, measure: Measure, places: Places) -> list[tuple[date, Number]]:
        """Give the steps before a stage by day; each must come before the stage itself."""
        key, written = (str(type(self).model_fields[field].alias) for field in (stage, f"{stage}_steps"))
        given: dict[str, Number] = getattr(self, f"{stage}_steps")
        found = {places.date(day, f"atgarder.{measure.key}.{self.key()}.{written}"): share for day, share in given.items()}
        late = [day for day in found if last is None or day >= last]
        if late:
            when = f"{key}, {last}" if last is not None else f"{key}, som saknas"
            raise self.error(measure, f"{written}: {min(late)} ligger inte före {when}; det sista steget skrivs som {key}")
        return sorted(found.items())

    def _handover(self, measure: Measure, places: Places) -> date | None:
        if self.handed == NEVER:
            return None
        handed, mapped = self.day("handed", measure, places), self.day("mapped", measure, places)
        return max(handed, mapped) if handed and mapped else handed

    def _single(self, key: str, measure: Measure, places: Places) -> str:
        groups = places.groups([key])
        if len(groups) != 1:
            raise self.error(measure, f"'{key}' är flera yrkesgrupper ({', '.join(groups)}) – skriv ett block för varje par")
        return groups[0]


def _unless_whole(share: Number) -> Number | None:
    """Give a share that says something: None for all of it."""
    return None if share.mode == 1 and not share.uncertain else share


def _posts_for(receiver: str, measure: Measure, places: Places) -> Iterator[tuple[str, PostBlock]]:
    """Give the post blocks of a measure that serve a group, with the names `blocks_of` gives them."""
    for label, lever in labelled(measure):
        if isinstance(lever, Dimensioning):
            for block in lever.posts(measure, places):
                if receiver in {g for _, g in block.cells}:
                    yield f"{label}.{block.name}", block
