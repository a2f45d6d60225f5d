"""Read a CSV that people keep in a spreadsheet: `;` between fields, and every field knows its line and column."""

from __future__ import annotations

from typing import NamedTuple

from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import Origin

MAX_BYTES = 5_000_000


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
