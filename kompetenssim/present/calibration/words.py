"""Swedish names of what a calibration is about: lines, parameters, checks. Keys it does not know are spelled as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.present import text
from kompetenssim.present.text import Format
from kompetenssim.present.view import ALL

INDICATORS = {"hyrkostnad_mkr": "", "stafettveckor": "stafettveckor", "antal_st_lakare": "ST-läkare",
              "hyrandel_totalt": "hyrandel", "hyrandel_egen": "hyrandel av egen personalkostnad",
              "sjukfranvaro_procent": "sjukfrånvaro",
              "omsattning_extern_procent": "extern personalomsättning", "avgangar_externa": "externa avgångar"}
"""What follows the name of a line; the agency cost, which nearly all lines are about, is said once in the heading."""

GROUPS = {"lakare": "Läkare", "ssk_alla": "Sjuksköterskor", "ovrig_hyra": "Övrig hyrpersonal", ALL: "Alla grupper",
          "st_allmanmedicin": "ST i allmänmedicin"}
AREAS = {"primarvard": "primärvården", "sjukhus": "sjukhuset"}

PARAMETERS = {
    "belastning_till_avgang_theta": ("Belastningens verkan på avgångar", "hur många fler som slutar när belastningen stiger"),
    "sokande_svar_pa_vakans": ("Sökandes svar på vakanser", "hur många fler som söker när fler tjänster är lediga"),
    "hyrpris_trend_2015_2017_procent_ar": ("Hyrprisets ökning 2015–2017, % per år", "hur mycket dyrare en hyrd vecka blev"),
}
"""Name and explanation of the parameters that may be fitted."""


def parameter(key: str) -> str:
    """Name a fitted parameter."""
    return PARAMETERS[key][0] if key in PARAMETERS else key.replace("_", " ").capitalize()


def line(indicator: str, group: str, area: str) -> str:
    """Name a line of observations or of the control period: `Läkare, primärvården`."""
    parts = [GROUPS.get(group, group.replace("_", " ").capitalize())]
    parts += [AREAS.get(area, area.replace("_", " "))] if area != ALL else []
    parts += [said] if (said := INDICATORS.get(indicator, indicator.replace("_", " "))) else []
    return ", ".join(parts)


def named(name: str) -> str:
    """Name a line by what the fit calls it, `hyrkostnad_mkr.lakare.primarvard.2017`."""
    parts = name.split(".")
    return f"{line(*parts[:3])} {'.'.join(parts[3:])}" if len(parts) > 3 else name


def spelled(said: str) -> str:
    """Spell the keys that stand in a text of the fit."""
    known = {key: name for key, name in INDICATORS.items() if name} | {key: name.lower() for key, name in GROUPS.items()}
    return re.sub(r"\w+", lambda word: known.get(word[0], word[0]), said).replace(" %", f"{text.NBSP}%")


def of_row(row: Mapping[str, str]) -> str:
    """Name the line that a row of a table is about."""
    return line(row["indikator"], row["yrkesgrupp"], row["omrade"])


def form(indicator: str) -> Format:
    """Say how values of an indicator are printed."""
    unit = REGISTER[indicator].unit if indicator in REGISTER else ""
    if unit == "andel":
        return text.PERCENT_1
    return text.DECIMAL if unit == "mkr" else text.COUNT


def unit(indicator: str) -> str:
    """Give the unit of an indicator as it stands beside a number."""
    found = REGISTER[indicator].unit if indicator in REGISTER else ""
    return "procent" if found == "andel" else found
