"""Observed months before the start (`manadsserie`): what agency staff and own staff cost, a CSV in the region's folder."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from kompetenssim.spec.csv_reader import Field, read_amount, read_fields
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import ObservedMonth, Origin

AMOUNTS = ("hyrkostnad_mkr", "personalkostnad_mkr")
COLUMNS = ("manad", "yrkesgrupp", "omrade", *AMOUNTS)

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CALLED = {"yrkesgrupp": "yrkesgruppen", "omrade": "området"}


class MonthRow(NamedTuple):
    """One line of the file: what it says, and where each cell stands."""

    said: ObservedMonth
    at: Mapping[str, Origin]


class _Cells(NamedTuple):
    """The cells of a line by column; a column that is left out has empty cells where the line begins."""

    fields: Mapping[str, Field]

    def text(self, column: str) -> str:
        return fold(self.fields[column].text)


def read_months(content: bytes, name: str, known: Mapping[str, Collection[str]], problems: Problems) -> tuple[ObservedMonth, ...]:
    """Read the file; every fault is reported with line and column, and faulty lines are left out.

    `known` gives the names that `yrkesgrupp` and `omrade` may have; a kind that is missing there is not checked.
    """
    return tuple(row.said for row in read_month_rows(content, name, known, problems))


def read_month_rows(content: bytes, name: str, known: Mapping[str, Collection[str]], problems: Problems) -> tuple[MonthRow, ...]:
    """Read the file as `read_months`, and keep where each cell stands."""
    heading, *lines = read_fields(content, name, problems) or [[]]
    places = {fold(field.text): i for i, field in reversed(list(enumerate(heading))) if field.text}
    for field in heading:
        if field.text and fold(field.text) not in COLUMNS:
            text = f"okänd kolumn '{field.text}', tillåtna är {', '.join(COLUMNS)}"
            problems.error(field.origin, "rubriken", text, nearest(field.text, COLUMNS), "okand_nyckel")
    if "manad" not in places or not set(AMOUNTS) & set(places):
        if heading:
            text = f"kolumnen manad och en av {' och '.join(AMOUNTS)} behövs; rubriken är {';'.join(COLUMNS)}"
            problems.error(heading[0].origin, "rubriken", text, code="saknas")
        return ()
    read: dict[tuple[str, str, str], MonthRow] = {}
    for line in lines:
        beyond = Field("", line[0].origin)
        given = {column: line[i] for column, i in places.items() if i < len(line)}
        cells = _Cells({column: given.get(column, beyond) for column in COLUMNS})
        month = _month(cells, known, problems)
        if month is None:
            continue
        if month[:3] in read:
            text = f"{month.month} står två gånger för samma yrkesgrupp och område; behåll en av raderna"
            problems.error(line[0].origin, "manad", text, code="dubblett")
        read.setdefault(month[:3], MonthRow(month, {column: field.origin for column, field in cells.fields.items()}))
    return tuple(sorted(read.values(), key=lambda row: row.said[:3]))


def _month(cells: _Cells, known: Mapping[str, Collection[str]], problems: Problems) -> ObservedMonth | None:
    before = len(problems.errors)
    month = cells.fields["manad"].text
    if not _MONTH.fullmatch(month):
        text = f"en månad (ÅÅÅÅ-MM) väntades, inte '{month}'"
        problems.error(cells.fields["manad"].origin, "manad", text, code="inte_datum")
    for kind, called in _CALLED.items():
        choices: Sequence[str] = sorted(known.get(kind, ()))
        if cells.text(kind) and choices and cells.text(kind) not in choices:
            text = f"{called} '{cells.fields[kind].text}' finns inte; det finns {listing(choices)}"
            problems.error(cells.fields[kind].origin, kind, text, nearest(cells.text(kind), choices), "okand_referens")
    agency, wages = (_amount(cells.fields[column], column, problems) for column in AMOUNTS)
    if len(problems.errors) > before:
        return None
    return ObservedMonth(month, cells.text("yrkesgrupp") or "alla", cells.text("omrade") or "alla", agency, wages)


def _amount(field: Field, column: str, problems: Problems) -> float | None:
    if not field.text:
        return None
    try:
        amount = read_amount(field.text)
    except ValueError:
        amount = -1.0
    if amount >= 0:
        return amount
    problems.error(field.origin, column, f"ett tal i mkr (0 eller mer) väntades, inte '{field.text}'", code="inte_tal")
    return None
