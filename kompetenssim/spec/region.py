"""The region file: what a region is, whom it employs, what its care needs, and the assumptions.

The English names are the Python fields, the Swedish ones (`alias`) what a person writes. A default
stands for "no source": `assumed(...)` marks it so that `kontrollera` and table T7 list it.
"""

from __future__ import annotations

from datetime import date
from math import isclose
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from kompetenssim.spec.number import Number

YesNo = Literal["ja", "nej"]
Planned = Literal["egen", "vikarie", "omfordelning", "resurspool", "hyra"]
Acute = Literal["uppgiftsvaxling", "mertid", "extrapass", "overtid"]


AnyUnit = Annotated[str | None, AfterValidator(lambda unit: None if unit == "alla" else unit)]
AnyUnits = Annotated[list[str] | None, AfterValidator(lambda units: None if units and "alla" in units else units)]
"""A place for somebody, or places, where `alla` says as little as nothing: wherever it fits."""


class Part(BaseModel):
    """Base of every mapping in a file: unknown keys are errors, provenance is allowed everywhere."""

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    source: str | None = Field(None, alias="kalla")
    assumption: str | bool | None = Field(None, alias="antagande")
    refers_to: str | int | date | None = Field(None, alias="avser")
    note: str | None = Field(None, alias="kommentar")


def assumed(
    alias: str, low: float, mode: float | None = None, high: float | None = None, *,
    doc: str, ge: float | None = None, le: float | None = None,
) -> Any:
    """Declare a number that has a default without source; it is reported as an assumption."""
    number = (
        Number(mode=low, assumption=True)
        if mode is None or high is None
        else Number(low=low, mode=mode, high=high, assumption=True)
    )
    return Field(number, alias=alias, description=doc, json_schema_extra={"antagande": True, "ge": ge, "le": le})


def _not_all_zero(shares: dict[str, float] | None) -> dict[str, float] | None:
    """Refuse a table of shares that has nothing to share out."""
    if shares and sum(shares.values()) <= 0:
        raise ValueError("alla andelar är noll; minst en ska vara större")
    return shares


class Agency(Part):
    """How a group is hired in from agencies (hyra)."""

    price_sek_per_week: Number | None = Field(None, alias="pris_kr_vecka", description="Pris per hyrvecka (40 h), kr", json_schema_extra={"ge": 1, "le": 1_000_000})
    price_sek_per_hour: Number | None = Field(None, alias="pris_kr_timme", description="Pris per betald timme, kr", json_schema_extra={"ge": 1, "le": 50_000})
    price_growth_percent: Number = assumed("pris_okning_procent", 0, 3, 8, doc="Prisökning per år, %", ge=-50, le=100)
    delivery_share: Number = assumed("leveranssakerhet_andel", 0.75, 0.92, 0.98, doc="Andel beställda veckor som levereras", ge=0, le=1)
    lead_time_weeks: Number = assumed("ledtid_veckor", 4, doc="Veckor från beställning till leverans", ge=1, le=26)
    productivity: Number = assumed("produktivitet_andel", 0.9, doc="Utfört per betald timme", ge=0.1, le=1)
    order_share: Number = assumed("avropsandel", 0.85, doc="Andel av det planerade gapet som beställs", ge=0, le=1)

    @model_validator(mode="after")
    def _one_price(self) -> Agency:
        if self.price_sek_per_week is not None and self.price_sek_per_hour is not None:
            raise ValueError("skriv antingen pris_kr_vecka eller pris_kr_timme, inte båda")
        return self


class Pension(Part):
    """When people of a group retire and how many work on by the hour."""

    relative_to_norm_years: Number = assumed("typisk_relativt_riktalder", -1.5, doc="Typisk pensionsålder minus riktåldern, år", ge=-8, le=8)
    spread_years: Number = assumed("spridning_ar", 2, doc="Spridning i pensionsålder, år", ge=0.2, le=8)
    works_on_share: Number = assumed("arbetar_vidare_andel", 0.2, 0.3, 0.4, doc="Andel som arbetar vidare på timmar", ge=0, le=1)
    works_on_hours_per_week: Number = assumed("arbetar_vidare_timmar_vecka", 8, doc="Timmar per vecka för den som arbetar vidare", ge=0, le=40)
    works_on_months: Number = assumed("arbetar_vidare_manader", 18, doc="Hur länge, månader", ge=0, le=120)
    to_agency_share: Number = assumed("till_hyrbolag_andel", 0.0, doc="Andel av de pensionerade som går till hyrbolag", ge=0, le=1)


class SickLeave(Part):
    """Short sick leave as a share of time, long (15 days or more) as a state of a person."""

    short_percent: Number = assumed("kort_procent", 2.5, doc="Kort sjukfrånvaro, % av tiden", ge=0, le=30)
    short_spread_percent: Number = assumed("kort_spridning_procent", 25, doc="Veckovis spridning i den korta, % av nivån för 100 anställda", ge=0, le=200)
    long_incidence_percent_per_year: Number = assumed("lang_incidens_procent_ar", 3, 4, 5, doc="Nya långa fall per anställd och år, %", ge=0, le=60)
    long_median_months: Number = assumed("lang_median_manader", 4, doc="Medianlängd, månader", ge=0.5, le=60)
    long_sigma: Number = assumed("lang_sigma", 0.8, doc="Sigma i lognormal längd", ge=0, le=2)
    no_return_share: Number = assumed("aterkommer_inte_andel", 0.05, doc="Andel långa fall som slutar i avgång", ge=0, le=1)


class ParentalLeave(Part):
    incidence_percent_per_year: Number = assumed("incidens_procent_ar", 5, doc="Starter per anställd 25–44 år och år, %", ge=0, le=40)
    median_months: Number = assumed("median_manader", 9, doc="Medianlängd, månader", ge=0.5, le=48)
    sigma: Number = assumed("sigma", 0.35, doc="Sigma i lognormal längd", ge=0, le=2)


class LeaveOfAbsence(Part):
    incidence_percent_per_year: Number = assumed("incidens_procent_ar", 1, 1.5, 2, doc="Starter per anställd och år, %", ge=0, le=40)
    median_months: Number = assumed("median_manader", 6, doc="Medianlängd, månader", ge=0.5, le=48)
    sigma: Number = assumed("sigma", 0.5, doc="Sigma i lognormal längd", ge=0, le=2)
    returns_share: Number = assumed("aterkommer_andel", 0.8, doc="Andel som kommer tillbaka", ge=0, le=1)


class Applicants(Part):
    """The stream of applicants to a group's vacancies."""

    arrivals_per_year: Number | None = Field(None, alias="ankomst_per_ar", description="Sökande som kan anställas per år; utelämnad: lika med avgångarna i startläget", json_schema_extra={"ge": 0, "le": 100_000})
    season: dict[str, float] | None = Field(None, alias="sasong", description="Månad (1–12) → faktor; normeras till medel 1", json_schema_extra={"ge": 0, "le": 100, "nycklar": "manad"})
    patience_weeks: Number = assumed("talamod_veckor", 3, 5, 8, doc="Hur länge en sökande väntar, veckor", ge=1, le=52)
    lead_time_weeks: Number = assumed("ledtid_veckor", 4, 6, 10, doc="Annons till accept, median, veckor", ge=0, le=52)
    lead_time_sigma: Number = assumed("ledtid_sigma", 0.4, doc="Sigma i lognormal ledtid", ge=0, le=2)
    notice_months: Number = assumed("uppsagningstid_manader", 0, 2, 3, doc="Den sökandes egen uppsägningstid, månader", ge=0, le=6)
    novice_share: Number = assumed("nyexaminerade_andel", 0.3, doc="Andel av de sökande utan yrkeserfarenhet", ge=0, le=1)
    recruit_cost_sek: Number = assumed("kostnad_per_rekrytering_kr", 30000, 60000, 150000, doc="Kostnad per anställning, kr", ge=0, le=2e6)

    _season_has_weight = field_validator("season")(_not_all_zero)


class Learning(Part):
    """The learning curve of a new hire."""

    start_productivity: Number = assumed("start_andel", 0.3, doc="Utfört första veckorna, andel av erfaren", ge=0, le=1)
    introduction_months: Number = assumed("introduktion_manader", 3, doc="Introduktionens längd, månader", ge=0, le=24)
    after_introduction: Number = assumed("efter_introduktion_andel", 0.8, doc="Utfört när introduktionen är slut", ge=0, le=1)
    experienced_months: Number = assumed("erfaren_efter_manader", 24, doc="Månader till full produktivitet", ge=1, le=60)
    experienced_hire_start: Number = assumed("erfaren_start_andel", 0.75, doc="Utfört första veckorna för den som har yrkeserfarenhet", ge=0, le=1)
    supervision_hours_per_week: Number = assumed("handledartimmar_vecka", 3, doc="Handledning av en nyanställd under introduktionen, h/vecka", ge=0, le=40)


class Group(Part):
    """An occupation group (yrkesgrupp): the unit of need, supply, cost and targets."""

    title: str = Field(alias="titel")
    order: int = Field(0, alias="ordning", description="Visningsordning; ändrar inga tal")
    monthly_pay_sek: Number = Field(alias="manadslon_kr", json_schema_extra={"ge": 1000, "le": 1_000_000})
    unsocial_percent: Number = assumed("ob_procent", 5, doc="OB och jour, % av lönen", ge=0, le=100)
    agency_allowed: YesNo = Field("ja", alias="hyrs_in")
    agency: Agency | None = Field(None, alias="hyra")
    family: str = Field("ovrig", alias="handledarfamilj", description="Vilka som handleder varandra: lakare, ssk, usk, ovrig …", json_schema_extra={"refererar": "familj"})
    exit_percent_per_year: Number = assumed("avgang_procent_ar", 5, 7.5, 12, doc="Externa uppsägningar per anställd och år vid referensbelastning, %", ge=0, le=90)
    to_agency_share: Number = assumed("till_hyrbolag_andel", 0.05, doc="Andel av uppsägningarna som går till hyrbolag", ge=0, le=1)
    agency_return_share: Number = assumed("ater_fran_hyrbolag_andel", 0.3, doc="Andel av dem som söker sig tillbaka efter karens", ge=0, le=1)
    internal_move_percent_per_year: Number = assumed("intern_rorlighet_procent_ar", 3, 4.5, 6, doc="Interna byten per anställd och år, %", ge=0, le=50)
    sick_leave: SickLeave = Field(default_factory=lambda: SickLeave(), alias="sjukfranvaro")
    parental_leave: ParentalLeave = Field(default_factory=lambda: ParentalLeave(), alias="foraldraledighet")
    leave_of_absence: LeaveOfAbsence = Field(default_factory=lambda: LeaveOfAbsence(), alias="tjanstledighet")
    presence_share: Number = assumed("narvaro_andel", 0.80, 0.83, 0.86, doc="1 − frånvaro utan eget tillstånd (semester, vab, möten …)", ge=0.3, le=1)
    pension: Pension = Field(default_factory=lambda: Pension())
    grades: dict[str, float] | None = Field(None, alias="sysselsattningsgrad", description="Grad i procent → andel av de anställda i procent; utelämnad: 100 → 65, 75 → 25, 50 → 10", json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "grad"})
    grade_change_percent_per_year: Number = assumed("andrad_sysselsattningsgrad_procent_ar", 6, doc="Byten av sysselsättningsgrad per anställd och år, %", ge=0, le=60)
    ages: dict[str, float] | None = Field(None, alias="aldersfordelning", description='Åldersklass "20-29" → % av de anställda', json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "klass"})
    tenures: dict[str, float] | None = Field(None, alias="anstallningstid", description='År "0-1" → % av de anställda (stockens uppnådda anställningstid)', json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "klass"})
    hire_ages: dict[str, float] | None = Field(None, alias="alder_nyanstallda", description='Åldersklass → % av de nyanställda', json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "klass"})
    substitute_share: Number = assumed("vikariat_andel", 0.5, doc="Andel långa frånvaron som öppnar ett vikariat", ge=0, le=1)
    weekly_extra_share: Number = assumed("mertid_andel", 0.01, doc="Deltidsanställdas mertid, högst andel av egna timmar", ge=0, le=0.2)
    applicants: Applicants = Field(default_factory=lambda: Applicants(), alias="sokande")
    learning: Learning = Field(default_factory=lambda: Learning(), alias="inlarning")
    compensatory_rest_percent: Number = assumed("jourkomp_procent", 0, doc="Jourkomp i tid, % av timmarna utöver jourlinjerna", ge=0, le=30)

    _tables_have_weight = field_validator("grades", "ages", "tenures", "hire_ages")(_not_all_zero)


class DutyLine(Part):
    """A duty line (jourlinje): a fixed need that does not follow volume."""

    group: str = Field(alias="yrkesgrupp", json_schema_extra={"refererar": "en_yrkesgrupp"})
    kind: Literal["primarjour", "bakjour", "beredskap"] = Field("primarjour", alias="typ")
    count: float = Field(1, alias="antal", ge=0, le=20)
    hours_per_week: float = Field(alias="timmar_vecka", ge=0, le=168)
    compensation: Literal["ledighet", "pengar"] = Field("ledighet", alias="kompensation")
    least_in_schedule: int = Field(0, alias="minst_i_schema", ge=0, le=100, description="Så många behöver dela linjen; är de färre i startläget varnar programmet")


class Unit(Part):
    """A planning unit (enhet)."""

    title: str = Field(alias="titel")
    order: int = Field(0, alias="ordning")
    area: str = Field(alias="omrade", json_schema_extra={"refererar": "eget_omrade"})
    speciality: str = Field("allman", alias="specialitet", json_schema_extra={"refererar": "specialitet"})
    schedule: str = Field("dag", alias="schematyp", json_schema_extra={"refererar": "schematyp"})
    need_fte: dict[str, Number] = Field(default_factory=dict, alias="bemanningsmal_aa", description="Behov per yrkesgrupp i årsarbetare vid normal närvaro (× heltidsmått × närvaro = timmar)", json_schema_extra={"ge": 0, "le": 20_000, "nycklar": "en_yrkesgrupp"})
    need_hours: dict[str, Number] = Field(default_factory=dict, alias="bemanningsmal_timmar_vecka", description="Behov per yrkesgrupp i levererade timmar per vecka", json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "en_yrkesgrupp"})
    shift_matrix: dict[str, dict[str, float]] = Field(default_factory=dict, alias="passmatris", description="Yrkesgrupp → dag/kvall/natt → antal per pass, alla dagar", json_schema_extra={"ge": 0, "le": 2000, "nycklar": ["en_yrkesgrupp", "pass"]})
    employees: dict[str, Number] = Field(default_factory=dict, alias="anstallda", description="Antal anställda per yrkesgrupp i startläget", json_schema_extra={"intervall": False, "ge": 0, "le": 20_000, "nycklar": "en_yrkesgrupp"})
    vacant_fte: dict[str, Number] = Field(default_factory=dict, alias="vakanser_aa", description="Vakanta årsarbetare i startläget; går före vakansgraden i startläget", json_schema_extra={"intervall": False, "ge": 0, "le": 20_000, "nycklar": "en_yrkesgrupp"})
    least_per_shift: dict[str, dict[str, float]] = Field(default_factory=dict, alias="minst_per_pass", json_schema_extra={"ge": 0, "le": 2000, "nycklar": ["en_yrkesgrupp", "pass"]})
    duty_lines: list[DutyLine] = Field(default_factory=list, alias="jourlinjer")
    season: str = Field("jamn", alias="sasong", json_schema_extra={"refererar": "sasong"})
    distance_min: float = Field(0, alias="avstand_min", ge=0, le=600, description="Restid från centralorten, minuter")
    summer_substitutes: dict[str, float] = Field(default_factory=dict, alias="sommarvikarier_aa", description="Sommarvikarier per yrkesgrupp, årsarbetare vecka 24–33", json_schema_extra={"ge": 0, "le": 2000, "nycklar": "en_yrkesgrupp"})

    @model_validator(mode="after")
    def _need_said_once(self) -> Unit:
        said = [group for table in (self.need_fte, self.need_hours, self.shift_matrix) for group in table]
        twice = sorted({group for group in said if said.count(group) > 1})
        if twice:
            raise ValueError(f"behovet av {', '.join(twice)} anges på flera sätt; välj bemanningsmal_aa, bemanningsmal_timmar_vecka eller passmatris")
        return self


class Population(Part):
    group: str | list[str] | None = Field(None, alias="yrkesgrupp", json_schema_extra={"refererar": "yrkesgrupp"})
    area: str | list[str] | None = Field(None, alias="omrade", json_schema_extra={"refererar": "omrade"})
    unit: str | list[str] | None = Field(None, alias="enhet", json_schema_extra={"refererar": "enhet"})


class ObservedAgency(Part):
    """An agency cost that was observed in the year of the start state: the anchor of the gap."""

    population: Population
    value: Number = Field(alias="varde", description="Hyrkostnad, mkr per år", json_schema_extra={"ge": 0, "le": 100_000})


class StartState(Part):
    """What is known or assumed at a start date. Vacancies and agency hours are data, never balance."""

    agency_cost_msek: list[ObservedAgency] = Field(default_factory=list, alias="hyrkostnad_mkr", description="Observerad hyrkostnad per population; behovet härleds ur den där bemanningsmål inte är angivet")
    vacancy_percent: dict[str, Number] = Field(default_factory=dict, alias="vakansgrad_procent", description="Vakansgrad per yrkesgrupp (eller grupp av grupper); det troligaste värdet används, intervallet dras inte", json_schema_extra={"ge": 0, "le": 95, "nycklar": "yrkesgrupp"})
    unmet_percent: dict[str, Number] = Field(default_factory=dict, alias="obemannat_procent", description="Obemannat, % av behovet, per yrkesgrupp; används där ingen hyrkostnad är observerad", json_schema_extra={"ge": 0, "le": 90, "nycklar": "yrkesgrupp"})
    overtime_percent: Number = assumed("overtid_procent", 1.5, doc="Övertid, % av egna timmar, i startläget; används där ingen hyrkostnad är observerad", ge=0, le=20)
    employees_factor: dict[str, Number] = Field(default_factory=dict, alias="anstallda_faktor", description="Yrkesgrupp → faktor på enheternas anställda vid detta datum", json_schema_extra={"intervall": False, "ge": 0, "le": 10, "nycklar": "yrkesgrupp"})
    pay_factor: Number = Field(Number(mode=1.0), alias="lonelage_faktor", description="Lönenivå vid startdatum relativt månadslönerna i filen", json_schema_extra={"ge": 0.1, "le": 5})
    price_factor: Number = Field(Number(mode=1.0), alias="hyrpris_faktor", description="Hyrpris vid startdatum relativt priserna i filen", json_schema_extra={"ge": 0.1, "le": 10})
    observed_months: str | None = Field(None, alias="manadsserie", description="CSV i regionens katalog med observerade månader före start (manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr); rullande tolv månader börjar då vid start")


class Economy(Part):
    on_cost_percent: dict[str, Number] = Field(min_length=1, alias="po_procent", description="År → PO-pålägg, %; år emellan ärver närmast föregående", json_schema_extra={"ge": 0, "le": 150, "nycklar": "ar"})
    pay_growth_percent: Number = assumed("loneokning_procent", 2.5, doc="Löneökning per år, %", ge=-5, le=20)
    overtime_fee_share: Number = assumed("overtid_avgifter_andel", 1.0, doc="Andel av PO som läggs på övertid", ge=0, le=1)


class ScheduleType(Part):
    full_time_hours_per_week: Number = Field(alias="heltid_timmar_vecka", json_schema_extra={"ge": 20, "le": 48})


class Overtime(Part):
    practice_share: Number = assumed("praxis_andel", 0.02, 0.025, 0.03, doc="Övertid, högst andel av egna timmar", ge=0, le=0.3)
    cap_hours_4_weeks: Number = Field(Number(mode=48, source="Arbetstidslagen (W18, W19)"), alias="tak_timmar_4_veckor", json_schema_extra={"ge": 0, "le": 160})
    cap_hours_year: Number = Field(Number(mode=200, source="Arbetstidslagen (W18, W19)"), alias="tak_timmar_ar", json_schema_extra={"ge": 0, "le": 2000})
    part_time_factor: Number = assumed("faktor_fyllnad", 1.2, doc="Ersättning för mertid", ge=1, le=3)
    simple_factor: Number = assumed("faktor_enkel", 1.8, doc="Ersättning för enkel övertid", ge=1, le=4)
    qualified_factor: Number = assumed("faktor_kvalificerad", 2.4, doc="Ersättning för kvalificerad övertid", ge=1, le=4)
    extra_shift_share: Number = assumed("extrapass_andel", 0.5, doc="Andel av övertiden som är frivilliga extrapass", ge=0, le=1)


class Supervision(Part):
    """Supervisors and what they carry."""

    hours_per_week_per_person: Number = assumed("timmar_vecka_per_person", 1.5, doc="Handledning per utbildad handledare och vecka, h", ge=0, le=40)
    trained_share: Number = assumed("utbildade_andel", 0.6, doc="Andel erfarna som är utbildade handledare", ge=0, le=1)
    max_students: Number = assumed("max_studenter", 1, doc="VFU-studenter som en handledare tar samtidigt; timmarna per student delas med det", ge=0.5, le=6)
    placement_hours_per_week: Number = assumed("vfu_timmar_vecka_per_student", 4, doc="Handledning per VFU-student och vecka, h", ge=0, le=40)


class ClosedBeds(Part):
    other_unit: Number = assumed("annan_enhet", 0.5, doc="Andel av stängt behov som går till annan enhet", ge=0, le=1)
    bought_care: Number = assumed("kopt_vard", 0.2, doc="Andel som blir köpt vård", ge=0, le=1)
    postponed: Number = Field(Number(mode=0.3, assumption=True), alias="uppskjuten", description="Andel som skjuts upp: resten, de tre ska bli 1", json_schema_extra={"antagande": True, "intervall": False, "ge": 0, "le": 1})
    bought_care_sek_per_hour: Number = assumed("kopt_vard_kr_timme", 900, doc="Köpt vård, kr per behovstimme", ge=0, le=20000)

    @model_validator(mode="after")
    def _whole(self) -> ClosedBeds:
        total = self.other_unit.mode + self.bought_care.mode + self.postponed.mode
        if not isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"annan_enhet, kopt_vard och uppskjuten ska bli 1 tillsammans, inte {total:g}")
        return self


class Pool(Part):
    """The internal pool (resurspool): own hours without a fixed unit."""

    unit: str | None = Field(None, alias="enhet", description="Enheten vars anställda är poolen", json_schema_extra={"refererar": "enhet"})
    protected_share: Number = assumed("skyddad_andel", 0.1, doc="Andel av poolens timmar som hålls i reserv", ge=0, le=1)
    premium_percent: Number = assumed("premie_procent", 5, doc="Tillägg på poolens lön, %", ge=0, le=100)


class Order(Part):
    planned: list[Planned] = Field(["egen", "vikarie", "omfordelning", "resurspool", "hyra"], alias="planerat")
    acute: list[Acute] = Field(["uppgiftsvaxling", "mertid", "extrapass", "overtid"], alias="akut")


class FreeShift(Part):
    """A pair of groups between which tasks of class `fri` may move within a week."""

    giver: str = Field(alias="fran", json_schema_extra={"refererar": "en_yrkesgrupp"})
    receiver: str = Field(alias="till", json_schema_extra={"refererar": "en_yrkesgrupp"})
    most_share_of_gap: Number = assumed("hogst_andel_av_gap", 0.05, 0.075, 0.10, doc="Högst andel av gapet", ge=0, le=1)
    freed_per_hour: Number = assumed("frigjord_timme_per_timme", 0.8, doc="Frigjord timme per mottagande timme", ge=0.1, le=1)


class Programme(Part):
    """A training programme that runs at the start (the base intake); measures add seats or programmes."""

    title: str = Field(alias="titel")
    preset: Literal["utbildningstjanst", "studielon", "st", "bt", "at", "ast"] = Field("utbildningstjanst", alias="typ")
    from_group: str = Field(alias="fran", json_schema_extra={"refererar": "en_yrkesgrupp"})
    during_group: str | None = Field(None, alias="under", description="Yrkesgrupp under utbildningen (ST: st_allmanmedicin); utelämnad = fran", json_schema_extra={"refererar": "en_yrkesgrupp"})
    to_group: str | None = Field(None, alias="till", description="Yrkesgrupp efter examen; utelämnad: ingen ny grupp (AT, BT)", json_schema_extra={"refererar": "en_yrkesgrupp"})
    seats: dict[Literal["vt", "ht"], Number] = Field(alias="platser", json_schema_extra={"ge": 0, "le": 5000})
    units: AnyUnits = Field(None, alias="enheter", description="Enheter där utbildningen bedrivs; utelämnad = alla med från-gruppen", json_schema_extra={"refererar": "enhet"})
    pace_percent: Number | None = Field(None, alias="studietakt_procent", json_schema_extra={"ge": 0, "le": 100})
    pay_share: Number | None = Field(None, alias="loneandel", json_schema_extra={"ge": 0, "le": 1})
    terms: Number | None = Field(None, alias="langd_terminer", json_schema_extra={"ge": 1, "le": 24})
    dropout_percent_per_term: Number | None = Field(None, alias="avbrott_procent_termin", json_schema_extra={"ge": 0, "le": 50})
    min_experience_months: Number = assumed("minst_manader_erfarenhet", 12, doc="Krav på anställningstid, månader", ge=0, le=120)
    bond_months: Number = assumed("bindning_manader", 0, doc="Bindning efter examen, månader", ge=0, le=60)
    stay_24_months_share: Number | None = Field(None, alias="kvar_efter_24_manader_andel", description="Andel kvar i regionen 24 månader efter examen", json_schema_extra={"ge": 0.01, "le": 1})
    supervision_hours_per_week: Number | None = Field(None, alias="handledartimmar_vecka", json_schema_extra={"ge": 0, "le": 40})
    fee_sek_per_term: Number = assumed("avgift_kr_termin", 0, doc="Avgift eller studiestöd per deltagare och termin, kr", ge=0, le=500000)
    in_training: Number | None = Field(None, alias="pagaende", description="Under utbildning i startläget; utelämnad = platser × längd (ST: alla i under-gruppen)", json_schema_extra={"intervall": False, "ge": 0, "le": 5000})
    external_entry: YesNo = Field("nej", alias="extern_antagning", description="ja: platserna söks utifrån, inte av anställda")


class Graduates(Part):
    """A student cohort that graduates each term and partly applies to the region."""

    group: str = Field(alias="yrkesgrupp", json_schema_extra={"refererar": "en_yrkesgrupp"})
    per_term: dict[Literal["vt", "ht"], Number] = Field(alias="examinerade", json_schema_extra={"ge": 0, "le": 5000})
    region_share: Number = assumed("andel_till_regionen", 0.35, 0.45, 0.6, doc="Andel som söker sig till regionen", ge=0, le=1)
    placements_limit: YesNo = Field("ja", alias="begransas_av_vfu")
    placement_weeks: Number = assumed("vfu_veckor_termin", 5, doc="VFU-veckor per student och termin", ge=0, le=20)
    units: list[str] | None = Field(None, alias="enheter", json_schema_extra={"refererar": "enhet"})


class Cohort(Part):
    """A group of new employees on one or several dates, each staying active with a given probability (published cases)."""

    group: str | None = Field(None, alias="yrkesgrupp", json_schema_extra={"refererar": "en_yrkesgrupp"})
    groups: dict[str, float] = Field(default_factory=dict, alias="yrkesgrupper", description="Yrkesgrupp → andel av dem som blir anställda, %; när kullen delas på flera", json_schema_extra={"ge": 0, "le": 1_000_000, "nycklar": "en_yrkesgrupp"})
    unit: AnyUnit = Field(None, alias="enhet", json_schema_extra={"refererar": "enhet"})
    date: str | list[str] = Field(alias="datum", description="Ett datum, eller en lista: lika många varje gång")
    count: Number = Field(alias="antal", json_schema_extra={"ge": 0, "le": 20_000})
    stay_share: Number = Field(Number(mode=1.0), alias="andel_kvar", description="Andel som blir anställd (binomial)", json_schema_extra={"ge": 0, "le": 1})
    bond_months: Number = Field(Number(mode=0.0), alias="bindning_manader", description="Så länge slutar ingen av dem; för en andel_kvar som redan räknar med avgångarna", json_schema_extra={"ge": 0, "le": 600})

    _groups_have_weight = field_validator("groups")(_not_all_zero)

    @model_validator(mode="after")
    def _one_way_to_name_groups(self) -> Cohort:
        if bool(self.group) == bool(self.groups):
            raise ValueError("skriv antingen 'yrkesgrupp' eller 'yrkesgrupper' (yrkesgrupp → andel), inte båda" if self.group else "yrkesgrupp saknas; skriv 'yrkesgrupp', eller 'yrkesgrupper' med andelar")
        return self

    @property
    def shares(self) -> dict[str, float]:
        """Give the share of each group, by key; together 1."""
        written = {self.group: 1.0} if self.group else self.groups
        total = sum(share for _, share in sorted(written.items()))
        return {group: share / total for group, share in sorted(written.items())}

    @property
    def dates(self) -> list[str]:
        """Give the dates."""
        return [self.date] if isinstance(self.date, str) else self.date


class Target(Part):
    """A target (mål) as in S000 3.1."""

    key: str = Field(alias="nyckel")
    title: str | None = Field(None, alias="titel")
    order: int = Field(0, alias="ordning", description="Visningsordning; ändrar inga tal")
    indicator: str = Field(alias="indikator")
    population: Population = Field(default_factory=lambda: Population())
    time_base: Literal["kalenderar", "rullande12", "ackumulerat_ar", "per_datum"] = Field("kalenderar", alias="tidsbas")
    max: float | None = None
    min: float | None = None
    max_percent: float | None = Field(None, alias="max_procent")
    min_percent: float | None = Field(None, alias="min_procent")
    strict: YesNo = Field("nej", alias="strikt")
    by: date | str = Field(alias="senast")
    outcome: YesNo = Field("ja", alias="utfall_finns", description='nej: "ej utvärderbart"')

    @model_validator(mode="after")
    def _one_limit(self) -> Target:
        given = [key for key in ("max", "min", "max_percent", "min_percent") if getattr(self, key) is not None]
        if len(given) != 1:
            said = "ingen gräns" if not given else "flera gränser"
            raise ValueError(f"målet har {said}; skriv en av max, min, max_procent och min_procent")
        return self


class Parameters(Part):
    """Model parameters (`parametrar`); a scenario may override any of them."""

    workload_to_exit_theta: Number = assumed("belastning_till_avgang_theta", 0.3, 1.0, 1.9, doc="θ: avgångsrisk × exp(θ·(belastning − referens))", ge=0, le=20)
    workload_to_sick_theta: Number = assumed("belastning_till_sjuk_theta", 0.1, 0.5, 1.0, doc="Samma för lång sjukfrånvaro, fördröjd", ge=0, le=20)
    weight_unmet: Number = assumed("vikt_obemannat", 1.0, doc="w1 i belastningen", ge=0, le=20)
    weight_overtime: Number = assumed("vikt_overtid", 0.7, doc="w2", ge=0, le=20)
    weight_agency: Number = assumed("vikt_hyra", 0.3, doc="w3", ge=0, le=20)
    weight_novices: Number = assumed("vikt_novisandel", 0.3, doc="w4", ge=0, le=20)
    weight_supervision: Number = assumed("vikt_handledning", 0.3, doc="w5", ge=0, le=20)
    workload_half_life_weeks: Number = assumed("belastning_halveringstid_veckor", 13, doc="Halveringstid i belastningens medelvärde", ge=1, le=260)
    sick_lag_half_life_weeks: Number = assumed("sjuk_fordrojning_halveringstid_veckor", 17, doc="Fördröjning belastning → sjuk", ge=1, le=260)
    applicant_response: Number = assumed("sokande_svar_pa_vakans", 0.2, 0.5, 1.0, doc="κ: sökande × (1 + κ·(vakansgrad − start)/0,05)", ge=0, le=10)
    agency_price_elasticity: Number = assumed("hyrpris_elasticitet", 0.1, 0.2, 0.4, doc="ε: beställning × min(1, (pris/referens)^−ε)", ge=0, le=3)
    novice_exit_factor: Number = assumed("novis_avgang_faktor", 1.5, 2.0, 2.5, doc="Avgångsrisk de första 24 månaderna mot senare", ge=0.5, le=5)
    young_exit_factor: Number = assumed("ung_avgang_faktor", 1.2, 1.5, 1.8, doc="Avgångsrisk under 30 år mot 30–59", ge=0.5, le=5)
    pay_exit_elasticity: Number = assumed("lon_avgang_elasticitet", -2.0, -1.0, -0.5, doc="Relativ lön → avgångar (W51)", ge=-5, le=0)
    pay_arrival_elasticity: Number = assumed("lon_sokande_elasticitet", 0.2, 0.5, 1.0, doc="Relativ lön → sökande (W51)", ge=0, le=5)
    agency_quarantine_months: Number = assumed("karens_manader", 12, doc="Karens mellan anställning och hyruppdrag i regionen", ge=0, le=60)
    agency_crowds_supervision: Number = assumed("hyrandel_tranger_handledning", 1.0, doc="Handledning × (1 − x·hyrandel av timmar)", ge=0, le=5)
    redistribution_share: Number = assumed("omfordelning_andel", 0.3, doc="Andel av överskott som kan flyttas", ge=0, le=1)
    redistribution_travel_sek_per_hour: Number = assumed("omfordelning_resa_kr_timme", 60, doc="Reskostnad per flyttad timme", ge=0, le=2000)
    mismatch_percent: Number = assumed("missanpassning_procent", 3, 5, 8, doc="Kapacitet schemalagd vid fel tid, % av behovet (m_loss)", ge=0, le=50)
    step_hours: Number = assumed("stegstorlek_timmar", 19, doc="Minsta tid per vecka och enhet som kan tas ur schemat", ge=0, le=200)
    need_growth_percent: Number = assumed("behov_okning_procent", 0.5, 0.8, 1.2, doc="Behovets ökning per år, %", ge=-10, le=20)
    daily_rest_extra_percent: Number = assumed("dygnsvila_extra_procent", 0, 1, 2, doc="Extra jourbehov sedan dygnsvila 11 h gäller, % av jourlinjernas timmar", ge=0, le=20)
    agency_availability_growth_percent: Number = assumed("hyrtillgang_trend_procent", 0.0, doc="Tillgång till hyrpersonal, förändring per år, %", ge=-50, le=50)
    utility_workload: Number = assumed("nytta_belastning", 2.0, doc="Vikt för belastning i den sökandes val", ge=0, le=20)
    utility_distance: Number = assumed("nytta_avstand_per_timme", 0.8, doc="Vikt för restid (per timme) i den sökandes val", ge=0, le=20)
    utility_pay: Number = assumed("nytta_lon", 3.0, doc="Vikt för relativ lön i den sökandes val", ge=0, le=20)
    commute_quit_share: Number = assumed("avslag_tjanstledighet_slutar_andel", 0.2, 0.35, 0.5, doc="Nekad tjänstledighet → uppsägning", ge=0, le=1)
    retention_cap: Number = assumed("behalla_tak", 0.25, doc="Högsta samlade minskning av avgångar per effektgrupp", ge=0, le=1)
    arrival_cap: Number = assumed("rekrytering_tak_faktor", 1.10, doc="Högsta samlade ökning av sökande", ge=1, le=3)
    realisation_cap_pp: Number = assumed("forutsattning_tak_pp", 10, doc="Högsta samlade lyft av realiseringen, procentenheter", ge=0, le=100)
    price_cap_elasticity: Number = assumed("pristak_tillgang_elasticitet", 0.3, 0.6, 1.0, doc="Tillgång × (pristak/pris)^x när taket ligger under priset", ge=0, le=3)
    start_unmet_percent: Number = assumed("obemannat_start_procent", 1, 2, 4, doc="Obemannat i startläget där hyran inte är känd, % av behovet", ge=0, le=40)


class Region(Part):
    """The content of a `region.yaml`."""

    version: Literal[1]
    region: RegionHead
    start_states: dict[str, StartState] = Field(min_length=1, alias="startlagen", json_schema_extra={"nycklar": "datum"})
    parameters: Parameters = Field(default_factory=lambda: Parameters(), alias="parametrar")
    economy: Economy = Field(alias="ekonomi")
    group_sets: dict[str, list[str]] = Field(default_factory=dict, alias="grupper", json_schema_extra={"refererar": "en_yrkesgrupp"})
    groups: dict[str, Group] = Field(min_length=1, alias="yrkesgrupper")
    schedules: dict[str, ScheduleType] = Field(min_length=1, alias="schematyper")
    units: dict[str, Unit] = Field(min_length=1, alias="enheter")
    areas: dict[str, str] = Field(default_factory=dict, alias="omraden", description="Område → titel")
    supervision: Supervision = Field(default_factory=lambda: Supervision(), alias="handledare")
    seasons: dict[str, dict[str, float]] = Field(default_factory=dict, alias="sasonger", description="Profil → vecka_NN, vecka_NN_NN, pask, ovrigt → faktor", json_schema_extra={"ge": 0, "le": 10, "nycklar": ["", "vecka"]})
    absence_profile: str = Field("standard", alias="franvaro_profil", json_schema_extra={"refererar": "narvaroprofil"})
    presence_seasons: dict[str, dict[str, float]] = Field(default_factory=dict, alias="narvaroprofiler", description="Profil → vecka_NN_NN, ovrigt → faktor på närvaron", json_schema_extra={"ge": 0, "le": 2, "nycklar": ["", "vecka"]})
    staffing_order: Order = Field(default_factory=lambda: Order(), alias="bemanningsordning")
    overtime: Overtime = Field(default_factory=lambda: Overtime(), alias="overtid")
    closed_beds: ClosedBeds = Field(default_factory=lambda: ClosedBeds(), alias="stangd_vardplats")
    pool: Pool = Field(default_factory=lambda: Pool(), alias="resurspool")
    hour_budgets: dict[str, dict[str, Number]] = Field(default_factory=dict, alias="timbudget", description="Effektgrupp → yrkesgrupp → hur stor del av yrkesgruppens tid som effektgruppens åtgärder kan frigöra tillsammans, % (tidsstudie)", json_schema_extra={"ge": 0, "le": 100, "nycklar": ["", "yrkesgrupp"]})
    free_shifts: list[FreeShift] = Field(default_factory=list, alias="fri_uppgiftsvaxling")
    programmes: dict[str, Programme] = Field(default_factory=dict, alias="utbildningar")
    graduates: dict[str, Graduates] = Field(default_factory=dict, alias="studentkullar")
    cohorts: list[Cohort] = Field(default_factory=list, alias="kullar")
    targets: list[Target] = Field(default_factory=list, alias="mal")


class RegionHead(Part):
    key: str = Field(alias="nyckel")
    name: str = Field(alias="namn")
    share_denominator: Literal["totalt", "egen"] = Field("totalt", alias="namnare_hyrandel")
    inhabitants: float | None = Field(None, alias="invanare", json_schema_extra={"ge": 0, "le": 10_000_000})


Region.model_rebuild()
