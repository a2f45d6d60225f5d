"""Read a CSV that people keep in a spreadsheet: `;` between fields, and every field knows its line and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from math import isfinite, nan
from typing import NamedTuple

from kompetenssim.spec.keys import fold, nearest
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import Origin

MAX_BYTES = 5_000_000

_AMOUNT = re.compile(r"[-+−]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?", re.ASCII)


class Field(NamedTuple):
    """One field: its text without quotes and surrounding blanks, and where it begins."""

    text: str
    origin: Origin


def read_fields(content: bytes, name: str, problems: Problems) -> list[list[Field]]:
    """Give the rows of a file, blank ones left out; UTF-8 with or without byte order mark, quotes as spreadsheets write them."""
    if len(content) > MAX_BYTES:
        problems.error(Origin(name, 1, 1), "", f"filen är för stor; högst {MAX_BYTES // 1_000_000} MB läses", code="filtyp")
        return []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode("utf-8-sig", errors="replace").split("\n")
        place = Origin(name, len(before), len(before[-1]) + 1)
        problems.error(place, "", "filen är inte UTF-8; spara om den som 'CSV UTF-8'", code="filtyp")
        return []
    rows = _rows(text.replace("\r\n", "\n").replace("\r", "\n"), name, problems)
    return [row for row in rows if any(field.text for field in row)]


def heading_of(content: bytes) -> str:
    """Give the first column of a CSV, folded: it says what kind of file it is."""
    first = content[:200].decode("utf-8-sig", errors="replace").lstrip().partition("\n")[0]
    return fold(first.partition(";")[0].strip('" \r'))


def read_heading(heading: Sequence[Field], columns: Sequence[str], needed: Collection[str], problems: Problems) -> dict[str, int]:
    """Give the place of each column that the first row names; unknown, doubled and missing ones are reported."""
    found: dict[str, int] = {}
    for i, field in enumerate(heading):
        key = fold(field.text)
        if key in found:
            text = f"kolumnen '{field.text}' står två gånger; behåll en av dem"
            problems.error(field.origin, field.text, text, code="dubblett")
        elif key in columns:
            found[key] = i
        elif field.text:
            text = f"okänd kolumn '{field.text}', tillåtna är {', '.join(columns)}"
            problems.error(field.origin, field.text, text, nearest(field.text, columns), "okand_nyckel")
    for key in (column for column in columns if column in needed and column not in found):
        text = f"kolumnen '{key}' saknas; första raden ska vara {';'.join(columns)} (skilj fälten med semikolon)"
        problems.error(heading[0].origin, key, text, code="saknas")
    return found


def cells_of(fields: Sequence[Field], columns: Mapping[str, int], problems: Problems) -> dict[str, Field]:
    """Give the cells of a row by column, empty ones where it is short; what stands beyond the heading is reported."""
    extra = next((f for f in fields[max(columns.values()) + 1 :] if f.text), None)
    if extra is not None:
        text = f"raden har fler fält än rubriken ('{extra.text[:40]}'); en text med semikolon behöver citattecken"
        problems.error(extra.origin, fields[0].text, text)
    empty = Field("", fields[0].origin)
    return {key: fields[i] if i < len(fields) else empty for key, i in columns.items()}


def read_amount(text: str) -> float:
    """Read a number with decimal comma or point. Raises ValueError for anything that is not a finite number."""
    amount = float(text.replace(",", ".").replace("−", "-")) if _AMOUNT.fullmatch(text) else nan
    if not isfinite(amount):
        raise ValueError(text)
    return amount


def _rows(text: str, name: str, problems: Problems) -> list[list[Field]]:
    rows: list[list[Field]] = []
    row: list[Field] = []
    found, begins, quoted = "", Origin(name, 1, 1), False
    line, column, i = 1, 1, 0
    while i < len(text):
        c = text[i]
        if quoted and text[i : i + 2] == '""':
            found, i, column = found + '"', i + 1, column + 1
        elif c == '"' and (quoted or not found.strip()):
            quoted = not quoted
        elif quoted or c not in ";\n":
            found += c
        else:
            row.append(Field(found.strip(), begins))
            found = ""
            if c == "\n":
                rows.append(row)
                row = []
        column += 1
        if c == "\n":
            line, column = line + 1, 1
        if not quoted and c in ";\n":
            begins = Origin(name, line, column)
        i += 1
    if quoted:
        problems.error(begins, "", "ett citattecken är inte stängt", code="filtyp")
    return [*rows, [*row, Field(found.strip(), begins)]]
