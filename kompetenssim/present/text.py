"""Swedish number formats and phrases: everything a person reads is spelled here.

Rounding follows one rule: a value is computed unrounded and rounded once, when it is printed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

NBSP = "\u00a0"
MINUS = "\u2212"
MISSING = "–"
SUPPRESSED = ".."

BANNER = "EJ KALIBRERAD – EXEMPELLÄGE"
BANNER_READ = "Läs skillnader mellan scenarier, inte nivåer, och använd inte talen som budgetunderlag."
BANNER_WHY = f"Startläget är helt eller delvis antaget och modellen är inte anpassad mot utfall. {BANNER_READ}"
SUPPRESSED_WHY = f"{SUPPRESSED} = uppgiften visas inte: färre än fem medarbetare, eller skydd för en sådan uppgift."

MONTHS = ("januari", "februari", "mars", "april", "maj", "juni",
          "juli", "augusti", "september", "oktober", "november", "december")


STATUS = {"foreslagen": "föreslagen", "utreds": "utreds", "planerad": "planerad", "beslutad": "beslutad", "pagar": "pågår",
          "genomford": "genomförd", "avslutad": "avslutad"}


@dataclass(frozen=True)
class Format:
    """Say how one kind of number is printed.

    `scale` multiplies before rounding (a share of 0,021 printed as 2 %), `signed` prints a plus sign,
    `probability` rounds to 5 percentage points and never prints 0 or 100 %, `trimmed` drops zeros at the end.
    """

    decimals: int
    scale: float = 1.0
    suffix: str = ""
    signed: bool = False
    probability: bool = False
    trimmed: bool = False


COUNT = Format(0)
DECIMAL = Format(1)
MSEK = Format(1)
MSEK_SIGNED = Format(1, signed=True)
PERCENT = Format(0, scale=100.0, suffix=NBSP + "%")
PERCENT_1 = Format(1, scale=100.0, suffix=NBSP + "%")
PERCENT_GIVEN = Format(1, suffix=NBSP + "%")
PROBABILITY = Format(0, scale=100.0, suffix=NBSP + "%", probability=True)
PRECISE = Format(4, trimmed=True)


def status(key: str) -> str:
    """Spell the status of a measure; one that is unknown as it is."""
    return STATUS.get(key, key)


def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
    """Print a number with decimal comma, no-break space between thousands and a true minus sign.

    A missing value (None or NaN) is an en dash. A value that rounds to zero has no sign.
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return MISSING
    text = f"{abs(value):,.{decimals}f}"
    zero = not text.strip("0.,")
    sign = "" if zero else MINUS if value < 0 else "+" if signed else ""
    return sign + text.replace(",", NBSP).replace(".", ",")


def formatted(value: float | None, form: Format) -> str:
    """Print a value in a format, suffix included."""
    if value is None or math.isnan(value):
        return MISSING
    if form.probability:
        return probability(value)
    shown = number(value * form.scale, form.decimals, signed=form.signed)
    return (shown.rstrip("0").rstrip(",") if form.trimmed and "," in shown else shown) + form.suffix


def fine(value: float | None, form: Format) -> str:
    """Print a value with up to two decimals more where it would round to zero: an error of 0,04 is not 0,0."""
    shown = [formatted(value, replace(form, decimals=form.decimals + extra)) for extra in range(3)]
    return next((s for s in shown if any(digit in s for digit in "123456789")), shown[0])


def percent(share: float | None, decimals: int = 0) -> str:
    """Print a share as a percentage: 0.021 is `2 %`."""
    return formatted(share, Format(decimals, scale=100.0, suffix=NBSP + "%"))


def msek(value: float | None, *, signed: bool = False) -> str:
    """Print million kronor with one decimal and the unit."""
    return formatted(value, Format(1, suffix=NBSP + "mkr", signed=signed))


def probability(share: float | None, low: float = math.nan, high: float = math.nan) -> str:
    """Print a probability to 5 percentage points; a simulation never shows 0 or 100 %.

    `low` and `high` bound the share that the simulations have seen. When none or all of them reached the target
    the bound is printed: six simulations cannot tell 0 from 20 %.
    """
    if share is None or math.isnan(share):
        return MISSING
    if share == 0 and high > 0:
        return f"<{NBSP}{min(95, 5 * math.ceil(high * 20 - 1e-9))}{NBSP}%"
    if share == 1 and low < 1:
        return f">{NBSP}{max(5, 5 * math.floor(low * 20 + 1e-9))}{NBSP}%"
    step = 5 * math.floor(share * 20 + 0.5)
    mark = f"<{NBSP}" if step < 5 else f">{NBSP}" if step > 95 else ""
    return f"{mark}{min(95, max(5, step))}{NBSP}%"


def interval(low: float | None, high: float | None, form: Format = DECIMAL, *, unit: bool = False) -> str:
    """Print an interval: `1,2–3,4`, and with the word `till` where an end is negative."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    first, second = (number(v * form.scale, form.decimals, signed=form.signed) for v in (low, high))
    joined = (
        f"{first} till {second}" if first.startswith((MINUS, "+")) or second.startswith((MINUS, "+")) else f"{first}–{second}"
    )
    return joined + (form.suffix if unit else "")


def period(text: str) -> str:
    """Say a period of the results in words: `2025`, `2025-03` → mars 2025, `2025-v31` → vecka 31 2025."""
    year, _, part = text.partition("-")
    if not part:
        return year
    if part.startswith("v"):
        return f"vecka {int(part[1:])} {year}"
    pieces = part.split("-")
    month = MONTHS[int(pieces[0]) - 1]
    return f"{int(pieces[1])} {month} {year}" if len(pieces) > 1 else f"{month} {year}"


def short_month(words: str) -> str:
    """Shorten a month that begins a text, for narrow columns: `december 2024` → dec 2024."""
    month, space, year = words.partition(" ")
    return f"{month[:3]} {year}" if space and month in MONTHS else words


def listed(parts: list[str]) -> str:
    """Join words as a Swedish list: `a, b och c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} och {parts[-1]}" if parts else ""


def direction(value: float, more: str = "högre", less: str = "lägre") -> str:
    """Give the word for the sign of a change."""
    return more if value > 0 else less
