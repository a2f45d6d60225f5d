"""The scenario file, the catalogue of measures, and the dated rules."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from kompetenssim.spec.dates import TERM_WEEKS
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, Target, YesNo

Status = Literal["foreslagen", "utreds", "planerad", "beslutad", "pagar", "genomford", "avslutad"]


class Coverage(Part):
    """Where a measure acts: units and groups, and the share of them."""

    units: list[str] | None = Field(None, alias="enheter", json_schema_extra={"refererar": "enhet"})
    areas: list[str] | None = Field(None, alias="omraden", json_schema_extra={"refererar": "omrade"})
    groups: list[str] | None = Field(None, alias="yrkesgrupper", description="Grupper eller nycklar i 'grupper'", json_schema_extra={"refererar": "yrkesgrupp"})
    share: Number = Field(Number(mode=1.0), alias="andel", description="Andel av det som omfattas; väger faktorer, procent och andelar, inte sammanlagda antal (tjänster, platser, kullar)")


class MeasureCost(Part):
    """Cost beyond the wages of posts, and who pays."""

    once_msek: Number = Field(Number(mode=0.0), alias="engang_mkr", json_schema_extra={"ge": -100000, "le": 100_000})
    yearly_msek: Number = Field(Number(mode=0.0), alias="arlig_mkr", json_schema_extra={"ge": -100000, "le": 100_000})
    financing: Literal["central", "enhet", "statsbidrag"] = Field("enhet", alias="finansiering")
    until: str | None = Field(None, alias="till", description="Statsbidragets sista dag")


class Measure(Part):
    """A measure (åtgärd): a dated object with one or more lever blocks."""

    key: str = Field(alias="nyckel")
    title: str = Field(alias="titel")
    area_of_plan: Literal["behalla", "rekrytera", "utveckla", "ovrigt"] = Field("ovrigt", alias="inriktning")
    status: Status = Field("beslutad")
    probability_percent: Number = Field(Number(mode=100.0), alias="sannolikhet_genomford_procent", json_schema_extra={"ge": 0, "le": 100})
    running_at_start: YesNo = Field("nej", alias="i_drift_vid_start")
    start: str | None = None
    end: str | None = Field(None, alias="slut")
    ramp_months: Number = Field(Number(mode=0.0), alias="ramp_manader", json_schema_extra={"ge": 0, "le": 240})
    ramp_form: Literal["logistisk", "stegvis"] = Field("logistisk", alias="ramp_form", description="stegvis: enheterna börjar en i taget")
    decay_months: Number | None = Field(None, alias="avklingning_manader", description="Halveringstid för effekten efter full effekt", json_schema_extra={"ge": 0.1, "le": 1200})
    announced: YesNo = Field("nej", alias="aviserad", description="ja: hyrbeställningar tar hänsyn till den i förväg")
    coverage: Coverage = Field(default_factory=lambda: Coverage(), alias="omfattning")
    realisation: Number = Field(Number(mode=1.0), alias="realisering_andel")
    cost: MeasureCost = Field(default_factory=lambda: MeasureCost(), alias="kostnad")
    responsible: str | None = Field(None, alias="ansvarig_funktion")
    effect_group: str | None = Field(None, alias="effektgrupp")
    evidence: Literal["A", "B", "C", "D"] = Field("D", alias="evidens")
    effect: Literal["ingen"] | None = Field(None, alias="effekt")
    why_no_effect: str | None = Field(None, alias="effekt_motivering")
    levers: dict[str, Any] = Field(default_factory=dict, exclude=True, description="Spakblock: spaktyp → ett block (en modell ur levers/) eller en lista av block")


class OutsideWorld(Part):
    """What the region cannot decide (omvärld)."""

    pay_competition_percent: dict[str, Number] = Field(default_factory=dict, alias="lonekonkurrens_procent", description="År → lönepåslag hos konkurrenter, %", json_schema_extra={"ge": -50, "le": 50, "nycklar": "ar"})
    agency_price_index: dict[str, Number] = Field(default_factory=dict, alias="hyrpris_index", description="År → index mot prisbanan utan index, 1 = oförändrat", json_schema_extra={"ge": 0.01, "le": 10, "nycklar": "ar"})
    agency_availability_index: dict[str, Number] = Field(default_factory=dict, alias="hyrtillgang_index", json_schema_extra={"ge": 0, "le": 10, "nycklar": "ar"})
    need_growth_percent: dict[str, Number] = Field(default_factory=dict, alias="behov_okning_procent", description="År → behovets ökning, % (går före parametern)", json_schema_extra={"ge": -50, "le": 50, "nycklar": "ar"})


class Period(Part):
    start: str
    end: str = Field(alias="slut")


class ScenarioHead(Part):
    key: str = Field(alias="nyckel")
    title: str = Field(alias="titel")
    inherits: str | None = Field(None, alias="bygger_pa")
    start_state: str | None = Field(None, alias="startlage", json_schema_extra={"refererar": "startlage"})
    compared_with: str | None = Field(None, alias="jamfors_med")
    period: Period | None = None
    replications: int = Field(200, alias="simuleringar", ge=1, le=1_000_000)
    replications_per_draw: int = Field(2, alias="per_uppsattning", ge=1, le=1000)
    seed: int = Field(1, alias="slumpfro", ge=0, le=2**62)
    calibration: str | None = Field(None, alias="kalibrering")
    follow_up_until: str | None = Field(None, alias="uppfoljning_till", description="Sista dag vars rader i atgardsuppfoljning.csv räknas; utelämnad: periodens första dag")


class Scenario(Part):
    """The content of a scenario file."""

    version: Literal[1]
    scenario: ScenarioHead
    outside_world: OutsideWorld = Field(default_factory=lambda: OutsideWorld(), alias="omvarld")
    parameters: dict[str, Any] = Field(default_factory=dict, alias="parametrar")
    region_overrides: dict[str, Any] = Field(default_factory=dict, alias="region_andringar", description="Delträd av region.yaml som ändras i detta scenario")
    measures: list[Any] = Field(default_factory=list, alias="atgarder")
    targets: list[Target] = Field(default_factory=list, alias="mal")


class Catalogue(Part):
    """`scenarios/gemensamt/atgarder.yaml`: every measure a scenario may take by its key."""

    version: Literal[1]
    measures: list[Any] = Field(default_factory=list, alias="atgarder")


class DatedRules(Part):
    """`scenarios/gemensamt/regler.yaml`, or `regler.yaml` beside a region with rules of its own: laws that change at a date."""

    version: Literal[1]
    pension_norm_age: dict[str, float] = Field(alias="riktalder_ar", description="Datum → riktålder (före 2026: 65, den ålder som då gällde för garantipension)", json_schema_extra={"ge": 40, "le": 80, "nycklar": "datum"})
    pension_earliest_age: dict[str, float] = Field(alias="tidigaste_pension_ar", json_schema_extra={"ge": 40, "le": 80, "nycklar": "datum"})
    employment_right_age: dict[str, float] = Field(alias="las_alder_ar", json_schema_extra={"ge": 40, "le": 80, "nycklar": "datum"})
    daily_rest_from: dict[str, str] = Field(default_factory=dict, alias="dygnsvila_fran", description="alla/lakare → datum", json_schema_extra={"nycklar": "yrkesgrupp", "datum": True})
    notice_months_short: float = Field(1, alias="uppsagningstid_kort_manader", json_schema_extra={"ge": 0, "le": 24})
    notice_months_long: float = Field(3, alias="uppsagningstid_lang_manader", json_schema_extra={"ge": 0, "le": 24})
    notice_long_after_months: float = Field(12, alias="uppsagningstid_lang_efter_manader", json_schema_extra={"ge": 0, "le": 240})
    term_start_week: dict[Literal["vt", "ht"], int] = Field({"vt": 3, "ht": 35}, alias="terminsstart_vecka", json_schema_extra={"ge": 1, "le": 52})

    @field_validator("term_start_week")
    @classmethod
    def _both_terms(cls, given: dict[str, int]) -> dict[str, int]:
        """Let a term that is left out begin as usual."""
        return {**TERM_WEEKS, **given}
