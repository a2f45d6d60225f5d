"""The indicator register: what every id means, as sums over what the engine books.

An indicator is scale × Σ numerator / Σ denominator over the cells and months it is asked for, within one
simulation; without denominator it is the sum alone. Ids and definitions are Swedish because people read them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kompetenssim.model.trajectory import CAUSES, STOCKS

Time = Literal["summa", "medel_dagar", "slut", "kvot"]
Space = Literal["summa", "kvot", "endast_total"]
Terms = Mapping[str, int]
Array = NDArray[np.float64]

#: The weekly hour account: need, the seven ways it is met or not, and the surplus beside it.
WEEKLY = ("need", "own", "moved", "pool", "shifted", "overtime", "agency", "unmet", "surplus")
DAYS = "days_of_period"  # denominator: simulated days of the period, whatever the place


class Indicator(NamedTuple):
    """Describe one indicator; `rolling` says that it also exists over twelve rolling months (`_r12`)."""

    id: str
    unit: str
    time: Time
    space: Space
    numerator: Terms
    denominator: Terms | None
    scale: float
    definition: str
    rolling: bool = False

    @property
    def weekly(self) -> bool:
        """Tell whether it is an entry of the weekly hour account."""
        return self.denominator is None and set(self.numerator) <= set(WEEKLY)


def _sum(key: str, unit: str, columns: str | Terms, scale: float, definition: str, *, rolling: bool = False,
         space: Space = "summa") -> Indicator:
    return Indicator(key, unit, "summa", space, _terms(columns), None, scale, definition, rolling)


def _end(key: str, unit: str, columns: str | Terms, scale: float, definition: str) -> Indicator:
    return Indicator(key, unit, "slut", "summa", _terms(columns), None, scale, definition)


def _mean(key: str, unit: str, columns: str | Terms, scale: float, definition: str) -> Indicator:
    return Indicator(key, unit, "medel_dagar", "summa", _terms(columns), {DAYS: 1}, scale, definition)


def _ratio(key: str, unit: str, above: str | Terms, below: str | Terms, scale: float, definition: str, *,
           rolling: bool = False) -> Indicator:
    return Indicator(key, unit, "kvot", "kvot", _terms(above), _terms(below), scale, definition, rolling)


def _terms(columns: str | Terms) -> Terms:
    return {columns: 1} if isinstance(columns, str) else columns


HOUR = 1 / 60
MSEK = 1e-8  # öre to million kronor
FTE = 1 / 200
FTE_DAY = 1 / (200 * 1440)

EXITS = dict.fromkeys(CAUSES, 1)
LEFT = {"exits_external": 1, "exits_agency": 1, "exits_other": 1}
OWN = {"own": 1, "moved": 1, "pool": 1, "shifted": 1, "overtime": 1}
NET_COST = {"wage_ore": 1, "agency_ore": 1, "pool_ore": 1, "recruit_ore": 1, "training_ore": 1, "bought_care_ore": 1,
            "measure_ore": 1, "grant_ore": -1}

_BASE = (
    # --- people and posts
    _end("anstallda", "personer", "employees", 1.0, "Antal anställda vid periodens slut, även frånvarande och under utbildning"),
    _end("tillsvidareanstallda", "personer", "permanent", 1.0, "Antal tillsvidareanställda vid periodens slut"),
    _end("arsarbetare", "årsarbetare", "contracted_units", FTE,
         "Summan av de anställdas sysselsättningsgrader vid periodens slut"),
    _mean("nettoarsarbetare", "årsarbetare", "net_micro_days", 1e-6,
          "Arbetad tid / (heltidsmått × dagar/7) per cell, medel över periodens dagar"),
    _mean("inrattade_aa", "årsarbetare", "established_units_minutes", FTE_DAY, "Inrättade tjänster, medel över periodens dagar"),
    _mean("vakanta_aa", "årsarbetare", "vacant_units_minutes", FTE_DAY,
          "Inrättade tjänster utan innehavare, medel över periodens dagar"),
    _mean("frysta_aa", "årsarbetare", "frozen_units_minutes", FTE_DAY,
          "Vakanta tjänster under anställningsstopp, medel över periodens dagar"),
    _ratio("vakansgrad", "andel", "vacant_units_minutes", "established_units_minutes", 1.0,
           "Vakanta / inrättade årsarbetare; frysta tjänster ingår i båda", rolling=True),
    _ratio("vakansgrad_utan_frysta", "andel", {"vacant_units_minutes": 1, "frozen_units_minutes": -1},
           {"established_units_minutes": 1, "frozen_units_minutes": -1}, 1.0,
           "Vakanta / inrättade årsarbetare; frysta tjänster ingår i ingen av dem"),
    _end("lediga_tjanster", "tjänster", "open_vacancies", 1.0, "Utannonserade vakanser vid periodens slut"),
    _ratio("andel_60_plus", "andel", "aged_60", "employees", 1.0, "Anställda som fyllt 60 år / anställda, vid periodens slut"),
    # --- hours
    _sum("bemanningsmal_timmar", "timmar", "need", HOUR, "Behovet av levererade timmar"),
    _sum("egna_timmar", "timmar", "own", HOUR, "Egen personals timmar som möter behovet, vikarier inräknade"),
    _sum("overskott_timmar", "timmar", "surplus", HOUR, "Egna timmar utöver behovet; ingår inte i timkontot"),
    _sum("omfordelade_timmar", "timmar", "moved", HOUR, "Timmar från andra enheter, redovisade hos mottagaren"),
    _sum("pool_timmar", "timmar", "pool", HOUR, "Timmar från resurspool"),
    _sum("vaxlade_timmar", "timmar", "shifted", HOUR,
         "Timmar som andra yrkesgrupper tar över i veckan (klass fri); strukturell uppgiftsväxling ändrar behovet i stället"),
    _sum("overtid_timmar", "timmar", "overtime", HOUR, "Mertid, extrapass och övertid"),
    _sum("hyr_timmar", "timmar", "agency", HOUR, "Hyrpersonalens timmar som möter behovet, i behovstimmar"),
    _sum("hyr_betalda_timmar", "timmar", "agency_paid", HOUR, "Hyrpersonalens betalda timmar"),
    _sum("hyr_outnyttjade_timmar", "timmar", "agency_wasted", HOUR, "Levererade hyrtimmar som inte behövdes"),
    _sum("obemannade_timmar", "timmar", "unmet", HOUR, "Behov som ingen mötte"),
    _ratio("bemanningsgrad", "andel", {**OWN, "agency": 1, "surplus": 1}, "need", 1.0,
           "Levererade timmar, överskott inräknat / bemanningsmål; överskott i en cell kan dölja brist i en annan"),
    _ratio("egen_bemanningsgrad", "andel", OWN, "need", 1.0,
           "(Egna + omfördelade + pool + växlade + övertid) / bemanningsmål", rolling=True),
    _ratio("egen_bemanningsgrad_utan_overtid", "andel", {k: v for k, v in OWN.items() if k != "overtime"}, "need", 1.0,
           "(Egna + omfördelade + pool + växlade) / bemanningsmål"),
    _ratio("tackningsgrad", "andel", {"need": 1, "unmet": -1}, "need", 1.0,
           "1 − obemannad andel; brist döljs inte av överskott"),
    _ratio("obemannad_andel", "andel", "unmet", "need", 1.0, "Obemannade timmar / bemanningsmål", rolling=True),
    _ratio("obemannade_veckor_andel", "andel", "unmet_weeks", "weeks", 1.0,
           "Andel veckor och celler där mer än 5 % av behovet är obemannat"),
    _sum("frigjorda_timmar", "timmar", "freed", HOUR, "Timmar som uppgiftsväxling och effektivisering frigör, brutto"),
    _sum("hemtagna_timmar", "timmar", "realised", HOUR, "Frigjorda timmar som tas ur bemanningsmålet"),
    _sum("arbetade_timmar", "timmar", "worked_minutes", HOUR, "Egen personals arbetade timmar"),
    _sum("introduktion_timmar", "timmar", "intro_loss_minutes", HOUR, "Timmar som går åt till nyanställdas introduktion"),
    _sum("studie_timmar", "timmar", "study_minutes", HOUR, "Timmar som anställda under utbildning studerar"),
    _ratio("sjukfranvaro_procent", "%", "sick_minutes", "ordinary_minutes", 100.0,
           "Sjuktimmar / ordinarie timmar, kort och lång", rolling=True),
    _ratio("belastning", "index", "workload_need", "need_days", 1e-3,
           "Medelvärde över celler och dagar, vägt med cellens bemanningsmål × dagar i månaden"),
    _ratio("novisandel", "andel", "novice_units_minutes", "contracted_units_minutes", 1.0,
           "Årsarbetare med mindre än 24 månader i yrket / årsarbetare"),
    # --- agency and money
    _sum("stafettveckor", "veckor", "agency_weeks_milli", 1e-3, "Hyrläkares personveckor", rolling=True),
    _sum("hyrkostnad_mkr", "mkr", "agency_ore", MSEK, "Kostnad för hyrpersonal", rolling=True),
    _ratio("hyrandel_totalt", "andel", "agency_ore", {"agency_ore": 1, "wage_ore": 1}, 1.0,
           "Hyrkostnad / (egen personalkostnad + hyrkostnad)", rolling=True),
    _ratio("hyrandel_egen", "andel", "agency_ore", "wage_ore", 1.0, "Hyrkostnad / egen personalkostnad", rolling=True),
    _sum("personalkostnad_mkr", "mkr", "wage_ore", MSEK,
         "All lön och PO: även övertid, poolens löner och studietid", rolling=True),
    _sum("overtid_mkr", "mkr", "wage_overtime_ore", MSEK,
         "Därav mertid, extrapass och övertid (ingår i personalkostnaden)", rolling=True),
    _sum("studietid_mkr", "mkr", "wage_study_ore", MSEK, "Därav lön under studier (ingår i personalkostnaden)"),
    _sum("pool_mkr", "mkr", "pool_ore", MSEK, "Resurspoolens tillägg och resor; lönen ingår i personalkostnaden"),
    _sum("utbildning_mkr", "mkr", "training_ore", MSEK,
         "Avgifter och studiestöd; lön under studier ingår i personalkostnaden"),
    _sum("rekrytering_mkr", "mkr", "recruit_ore", MSEK, "Kostnad för rekryteringar och bonus"),
    _sum("kopt_vard_mkr", "mkr", "bought_care_ore", MSEK, "Vård som köps när vårdplatser stängs"),
    _sum("atgardskostnad_mkr", "mkr", "measure_ore", MSEK,
         "Åtgärdernas kostnad utöver löner; finns bara för hela regionen", space="endast_total"),
    _sum("statsbidrag_mkr", "mkr", "grant_ore", MSEK,
         "Statsbidrag till åtgärder (intäkt); finns bara för hela regionen", space="endast_total"),
    _sum("nettokostnad_mkr", "mkr", NET_COST, MSEK,
         "Personal + hyra + pool + rekrytering + utbildning + köpt vård + åtgärder − statsbidrag; "
         "åtgärder och statsbidrag bara i totalen",
         rolling=True),
    # --- people who come and go
    _sum("rekryterade", "personer", "hires", 1.0, "Nyanställda", rolling=True),
    _sum("avgangar_externa", "personer", "exits_external", 1.0,
         "Egna uppsägningar till annan arbetsgivare än hyrbolag", rolling=True),
    _sum("avgangar_hyrbolag", "personer", "exits_agency", 1.0, "Egna uppsägningar till hyrbolag"),
    _sum("avgangar_pension", "personer", "exits_pension", 1.0, "Pensionsavgångar"),
    _sum("avgangar_visstid", "personer", "exits_fixed_term", 1.0, "Visstidsanställningar som tagit slut"),
    _sum("avgangar_ovriga", "personer", "exits_other", 1.0,
         "Övriga avgångar, till exempel efter lång sjukfrånvaro"),
    _sum("avgangar_totalt", "personer", EXITS, 1.0, "Alla avgångar ur anställning; summan av de fem orsakerna", rolling=True),
    _sum("interna_in", "personer", "moves_in", 1.0, "Byten av enhet, till enheten"),
    _sum("interna_ut", "personer", "moves_out", 1.0, "Byten av enhet, från enheten"),
    _sum("gruppbyten_in", "personer", "group_in", 1.0, "Byten av yrkesgrupp, till gruppen"),
    _sum("gruppbyten_ut", "personer", "group_out", 1.0, "Byten av yrkesgrupp, från gruppen"),
    _ratio("omsattning_extern_procent", "%", LEFT,
           "permanent_twice", 2400.0,
           "Externa avgångar utan pension per år / medelantal tillsvidareanställda (månadsslut, de yttre med halv vikt); "
           "kortare perioder räknas upp till år", rolling=True),
    # --- training
    _sum("utbildning_starter", "personer", "training_starts", 1.0, "Påbörjade utbildningar"),
    _end("utbildning_pagaende", "personer", "in_training", 1.0, "Anställda under utbildning vid periodens slut"),
    _sum("utbildning_examen", "personer", "training_exams", 1.0, "Avslutade utbildningar"),
    _sum("utbildning_vantande", "platser", "seats_waiting", 1.0,
         "Platser som ingen kunde ta vid terminsstarten: handledning eller sökande saknades"),
    _sum("utbildning_avbrott", "personer", "training_dropouts", 1.0, "Avbrutna utbildningar"),
    _end("antal_st_lakare", "personer", "st_doctors", 1.0, "ST-läkare vid periodens slut"),
    _ratio("handledarutnyttjande", "kvot", "supervision_needed_minutes", "supervision_available_minutes", 1.0,
           "Efterfrågad / tillgänglig handledning; över 1 betyder att utbildning skjuts upp"),
    # --- the model's own warning light
    _ratio("klippta_veckor_andel", "andel", "clipped_weeks", "person_weeks", 1.0,
           "Andel personveckor där belastningens faktor nådde sitt tak eller golv (modellantagande)"),
)

REGISTER: dict[str, Indicator] = {i.id: i for i in sorted(_BASE)}
ROLLING: dict[str, Indicator] = {f"{key}_r12": i for key, i in REGISTER.items() if i.rolling}


def base_of(key: str) -> Indicator:
    """Find an indicator by its id, `_r12` or not. Raises KeyError for an unknown id."""
    return ROLLING[key] if key in ROLLING else REGISTER[key]


def listing() -> list[dict[str, str]]:
    """Give the rows of `schema --indikatorer`, rolling variants included."""
    rows = []
    for key, i in sorted({**REGISTER, **ROLLING}.items()):
        rolling = key in ROLLING
        rows.append({
            "indikator": key, "enhet": i.unit, "tid": i.time, "rum": i.space,
            "period": "rullande 12 månader" if rolling else "vecka, månad, år" if i.weekly else "månad, år",
            "taljare": _formula(i.numerator, i.scale),
            "namnare": _formula(i.denominator, 1.0) if i.denominator else "",
            "definition": f"{i.definition} – rullande 12 månader" if rolling else i.definition,
        })
    return rows


def combine(indicator: Indicator, above: Array, below: Array | None, days: Array) -> Array:
    """Put an indicator together from its numerator and denominator, summed over places and period.

    `days` broadcasts against them. A ratio whose denominator is not positive is NaN: it says nothing.
    """
    if indicator.denominator is None:
        return above * indicator.scale
    if below is None:  # the denominator is DAYS
        return above / days * indicator.scale
    ratio: Array = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    ratio *= indicator.scale
    return ratio


def weigh(terms: Terms, column: Callable[[str], Array]) -> Array:
    """Add up columns with their signs; `column` gives a new array."""
    (first, sign), *others = terms.items()
    total = column(first)
    if sign != 1:
        total *= sign
    for name, factor in others:
        part = column(name)
        if factor == 1:
            total += part
        else:
            total += factor * part
    return total


def is_stock(terms: Terms) -> bool:
    """Tell whether terms are stocks: their sum over a period is that of the last minute. Raises ValueError for a mix."""
    kinds = {name in STOCKS for name in terms}
    if len(kinds) != 1:
        raise ValueError(f"stocks and flows in one sum: {', '.join(terms)}")
    return kinds.pop()


def _formula(terms: Terms, scale: float) -> str:
    text = " ".join(f"{'-' if sign < 0 else '+'} {name}" for name, sign in terms.items()).removeprefix("+ ")
    if scale == 1.0:
        return text
    factor = f"× {scale:g}" if scale > 1.0 else f"/ {round(1 / scale)}"
    return f"({text}) {factor}" if len(terms) > 1 else f"{text} {factor}"
