"""What keys that are data may look like: names, years, dates, months, weeks, classes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import is_name

NAME = "namn består av a–z, siffror och _ (å, ä, ö och mellanslag läses som a, o och _), först en bokstav, högst 80 tecken"


class _Form(NamedTuple):
    pattern: re.Pattern[str]
    allowed: str


FORMS: Mapping[str, _Form] = {
    "ar": _Form(re.compile(r"(19|20|21)\d\d"), "ett år, till exempel 2024"),
    "datum": _Form(re.compile(r"\d{4}(-\d{2}(-\d{2})?|-vt|-ht)?"), "ett datum ÅÅÅÅ-MM-DD"),
    "manad": _Form(re.compile(r"0?[1-9]|1[0-2]"), "en månad, 1–12"),
    "klass": _Form(re.compile(r"\d{1,3}(-\d{1,3}|\+)?"), "en klass, till exempel 20-29 eller 60+"),
    "grad": _Form(re.compile(r"\d{1,3}(\.\d+)?"), "en sysselsättningsgrad i procent, till exempel 75"),
    "pass": _Form(re.compile(r"dag|kvall|natt"), "dag, kvall eller natt"),
    "vecka": _Form(re.compile(r"vecka_\d{2}(_\d{2})?|pask|ovrigt"), "vecka_NN, vecka_NN_NN, pask eller ovrigt"),
}


def _class_fault(key: str) -> str | None:
    low, _, high = key.rstrip("+").partition("-")
    return f"klassen slutar ({high}) innan den börjar ({low})" if high and int(high) < int(low) else None


def _grade_fault(key: str) -> str | None:
    return None if 0 < float(key) <= 100 else "en sysselsättningsgrad är mer än 0 och högst 100 procent"


def _week_fault(key: str) -> str | None:
    weeks = [int(part) for part in key.split("_") if part.isdigit()]
    return None if all(1 <= week <= 53 for week in weeks) else "veckorna är 01–53"


_OUT_OF_RANGE: Mapping[str, Callable[[str], str | None]] = {"klass": _class_fault, "grad": _grade_fault, "vecka": _week_fault}


def form_fault(key: str, form: str) -> str | None:
    """Say why a folded key does not have its form, or None when it has."""
    if form in FORMS:
        if not FORMS[form].pattern.fullmatch(key):
            return f"'{key}' kan inte vara nyckel här; skriv {FORMS[form].allowed}"
        odd = _OUT_OF_RANGE[form](key) if form in _OUT_OF_RANGE else None
        if odd:
            return f"'{key}' kan inte vara nyckel här; {odd}"
        if form == "datum":
            try:
                first_day(key)
            except ValueError as fault:
                return str(fault)
        return None
    if key[:1].isdigit() and not form:
        return None
    return None if is_name(key) else f"'{key}' kan inte vara en nyckel; {NAME}"
