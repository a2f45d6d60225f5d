"""Training posts: a programme that takes people from the ward and gives them back in a new group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field, model_validator

from kompetenssim.levers.base import Day, Lever, number, reference, told
from kompetenssim.model.effects import Block, Places, ProgrammeBlock
from kompetenssim.spec.dates import last_day
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, assumed
from kompetenssim.spec.scenario import Measure

Value = float | tuple[float, float, float]


class Preset(NamedTuple):
    """Defaults of a kind of programme, all without source: a number, or (low, mode, high).

    `pace_percent` is the share of working time away from the ward (how much those who are present do during ST, BT
    and AT is the engine's curve for the kind). `terms` is the length at full pace when `follows_pace`.
    """

    follows_pace: bool
    terms: float
    pace_percent: Value
    pay_share: Value
    dropout_percent_per_term: Value
    supervision_hours_per_week: Value
    min_experience_months: Value
    fee_sek_per_term: Value


#: Kind of programme → its defaults. A nurse's specialist training is 60 hp, two terms at full pace; ST takes five
#: and a half years with BT. The monthly grant of studielön is a fee per term, not a share of pay.
PRESETS: dict[str, Preset] = {
    "utbildningstjanst": Preset(True, 2, 100, 1, (3, 4, 8), (0.5, 1, 2), 12, 0),
    "studielon": Preset(True, 2, 100, 0, (3, 4, 8), 0, 12, (30_000, 60_000, 90_000)),
    "ast": Preset(True, 2, 50, 1, (2, 3, 6), (1, 1.5, 2), 12, 0),
    "st": Preset(False, 11, 0, 1, (0.2, 0.5, 1), (1, 2, 3), 0, 0),
    "bt": Preset(False, 2, 0, 1, (0.2, 0.5, 1), (1, 2, 3), 0, 0),
    "at": Preset(False, 4, 0, 1, (0.2, 0.5, 1), (1, 2, 3), 0, 0),
}


def preset_numbers(preset: str, pace_percent: Number | None = None) -> dict[str, Number]:
    """Give what a kind of programme takes for granted, as assumptions by field name.

    The names are those of `TrainingPosts` and of the region's `Programme`. The length follows the pace that is
    given, where it does.
    """
    kind = PRESETS[preset]
    usual = {field: _assumption(value) for field, value in kind._asdict().items() if field != "follows_pace"}
    pace = (pace_percent or usual["pace_percent"]).mode
    if kind.follows_pace and pace > 0:
        usual["terms"] = _assumption(round(100 * kind.terms / pace))
    return usual


def _assumption(value: Value) -> Number:
    if isinstance(value, tuple):
        low, mode, high = value
        return Number(mode=mode, low=low, high=high, assumption=True)
    return Number(mode=value, assumption=True)


def _table() -> str:
    """Write the presets as a table for the handbook."""
    head = (
        "typ", "langd_terminer", "studietakt_procent", "loneandel", "avbrott_procent_termin", "handledartimmar_vecka",
        "minst_manader_erfarenhet", "avgift_kr_termin",
    )  # fmt: skip
    lines = ["Förval per typ, alla antaganden:", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for key, preset in PRESETS.items():
        follows_pace, terms, *values = preset
        length = f"{terms:g} vid helfart" if follows_pace else f"{terms:g}"
        lines.append(f"| {' | '.join([key, length, *map(_written, values)])} |")
    return "\n".join(lines)


def _written(value: Value) -> str:
    if isinstance(value, tuple):
        low, mode, high = value
        return f"{mode:g} ({low:g}–{high:g})"
    return f"{value:g}"


class Seats(Part):
    """Seats per term start."""

    spring: Number = Field(
        Number(mode=0.0), alias="vt", description="Platser per vårtermin", json_schema_extra={"ge": 0, "le": 500}
    )
    autumn: Number = Field(
        Number(mode=0.0), alias="ht", description="Platser per hösttermin", json_schema_extra={"ge": 0, "le": 500}
    )


class Financing(Part):
    """State money for the training."""

    grant_share: Number = number(
        "statsbidrag_andel", doc="Andel av lön och avgift under utbildningen som staten betalar", ge=0, le=1, required=True
    )
    until: Day | None = Field(None, alias="till", description="Statsbidragets sista dag")


class TrainingPosts(Lever):
    """Open a training programme, or add seats to one that runs.

    Seats are wishes: admission waits for supervision. What a person leaves blank is filled from the preset
    of `typ` and marked as an assumption.
    """

    acts_on: ClassVar[frozenset[str]] = frozenset({"ProgrammeBlock"})
    meaning: ClassVar[str] = (
        "Utbildningsplatser där medarbetare lämnar vården i vald takt, behåller sin löneandel, kräver handledning, kan "
        "avbryta, och efter examen byter yrkesgrupp: den gamla gruppen förlorar en person. Platserna är önskemål – det "
        "handledningen inte räcker till skjuts upp och redovisas. typ väljer förval: utbildningstjanst, studielon, ast "
        "(60 hp), st, bt, at; det som inte skrivs tas därifrån och märks som antagande. Har regionen redan en "
        "utbildning med samma fran, till och typ läggs platserna "
        "till den. inriktning och larosate är upplysningar och ändrar inga tal."
    )
    example: ClassVar[str] = """utbildningstjanst:
  fran: sjukskoterska
  till: ssk_anop_iva
  inriktning: operation
  larosate: umu
  platser: {vt: 5, ht: 5}
  studietakt_procent: 50
  loneandel: 1.0
  langd_terminer: 4
  avbrott_procent_termin: 4
  bindning_manader: 0
  kvar_efter_24_manader_andel: {undre: 0.7, trolig: 0.85, ovre: 0.95}
  handledartimmar_vecka: 1.0
  finansiering: {statsbidrag_andel: 0.5, till: 2024-12-31}"""

    notes: ClassVar[str] = _table()

    preset: Literal["utbildningstjanst", "studielon", "st", "bt", "at", "ast"] = Field(
        "utbildningstjanst", alias="typ", description="Förval: utbildningstjanst, studielon, st, bt, at eller ast"
    )
    from_group: str = reference("fran", "en_yrkesgrupp", doc="Yrkesgrupp som deltagarna kommer från", required=True)
    during_group: str | None = reference("under", "en_yrkesgrupp", doc="Yrkesgrupp under utbildningen; utelämnad: fran")
    to_group: str | None = reference("till", "en_yrkesgrupp", doc="Yrkesgrupp efter examen; utelämnad (AT, BT): samma som före")
    speciality: str | None = told("inriktning", doc="Inriktning")
    university: str | None = told("larosate", doc="Lärosäte")
    units: list[str] | None = reference("enheter", "enhet", doc="Enheter; utelämnad: åtgärdens omfattning")
    seats: Seats = Field(alias="platser", description="Platser per terminsstart")
    pace_percent: Number | None = number(
        "studietakt_procent", doc="Andel av arbetstiden borta från vården, %; utelämnad: typens", ge=0, le=100
    )
    pay_share: Number | None = number("loneandel", doc="Andel av lönen under utbildningen; utelämnad: typens", ge=0, le=1)
    terms: Number | None = number("langd_terminer", doc="Längd, terminer; utelämnad: typens", ge=1, le=20)
    dropout_percent_per_term: Number | None = number(
        "avbrott_procent_termin", doc="Avbrott per termin, %; utelämnad: typens", ge=0, le=60
    )
    min_experience_months: Number | None = number(
        "minst_manader_erfarenhet", doc="Krav på anställningstid, månader; utelämnad: typens", ge=0, le=120
    )
    bond_months: Number = assumed("bindning_manader", 0, doc="Bindning efter examen, månader", ge=0, le=60)
    stay_24_months_share: Number | None = number(
        "kvar_efter_24_manader_andel", doc="Andel kvar i regionen 24 månader efter examen", ge=0.01, le=1
    )
    supervision_hours_per_week: Number | None = number(
        "handledartimmar_vecka", doc="Handledning per deltagare, h/vecka; utelämnad: typens", ge=0, le=40
    )
    fee_sek_per_term: Number | None = number(
        "avgift_kr_termin", doc="Avgift eller studiestöd per deltagare och termin, kr; utelämnad: typens", ge=0, le=500_000
    )
    backfill_share: Number | None = number(
        "ersattning_andel", doc="Andel av frånvaron som ersätts med vikarie; utelämnad: gruppens vikariat_andel", ge=0, le=1
    )
    financing: Financing | None = Field(None, alias="finansiering", description="Statsbidrag: andel och sista dag")

    @model_validator(mode="after")
    def _changes_something(self) -> TrainingPosts:
        if self.preset == "st" and self.to_group is None:
            raise ValueError("typ: st kräver till (specialistgruppen)")
        if self.to_group is not None and self.to_group == self.from_group:
            raise ValueError("fran och till är samma yrkesgrupp")
        if not self.seats.spring.mode and not self.seats.autumn.mode:
            raise ValueError("platser: ange antal för vt eller ht")
        if self.pace_percent is not None and self.pace_percent.mode <= 0 and PRESETS[self.preset].follows_pace and not self.terms:
            raise ValueError("studietakt_procent 0 kräver langd_terminer")
        return self

    @model_validator(mode="after")
    def _filled_from_preset(self) -> TrainingPosts:
        for field, usual in preset_numbers(self.preset, self.pace_percent).items():
            if getattr(self, field) is None:
                setattr(self, field, usual)
        return self

    def effects(self, measure: Measure, places: Places) -> Iterator[Block]:
        units = sorted({u for u, _ in places.cells([self.from_group], self.units)})
        if not units:
            raise self.error(measure, f"ingen enhet i omfattningen har yrkesgruppen {self.from_group}")
        numbers: dict[str, Number] = {field: getattr(self, field) for field in preset_numbers(self.preset)}
        grant = self.financing
        yield ProgrammeBlock(
            name="platser",
            preset=self.preset,
            from_group=self.from_group,
            during_group=self.during_group,
            to_group=self.to_group,
            units=units,
            spring=self.seats.spring,
            autumn=self.seats.autumn,
            pace=numbers["pace_percent"],
            pay_share=numbers["pay_share"],
            terms=numbers["terms"],
            dropout_per_term=numbers["dropout_percent_per_term"],
            min_experience_months=numbers["min_experience_months"],
            bond_months=self.bond_months,
            stay_24_months=self.stay_24_months_share,
            supervision_hours=numbers["supervision_hours_per_week"],
            fee_sek_per_term=numbers["fee_sek_per_term"],
            grant_share=grant.grant_share if grant else None,
            grant_until=last_day(grant.until) if grant and grant.until else None,
            backfill_share=self.backfill_share,
        )
