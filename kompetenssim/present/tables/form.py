"""What a table is before anyone decides where to show it, and how it becomes CSV.

A table has columns with Swedish headings and formats, and sections of rows. The same object gives
the CSV, the HTML and the terminal, so they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from kompetenssim.present import text
from kompetenssim.present.text import Format


class Interval(NamedTuple):
    """A central value with its 80 % interval."""

    mid: float
    low: float
    high: float


class Range(NamedTuple):
    """An interval of a difference; two columns in CSV, printed with signs."""

    low: float
    high: float


class Error(NamedTuple):
    """A standard error: printed without sign, and with more decimals rather than as zero."""

    value: float


class Chance(NamedTuple):
    """A probability as a share of simulations, with the bounds that their number gives."""

    share: float
    low: float
    high: float


class Hidden:
    """A value that is suppressed because it is about too few people."""

    def __repr__(self) -> str:
        return text.SUPPRESSED


HIDDEN = Hidden()

Cell = str | float | Interval | Range | Error | Chance | Hidden | None


@dataclass(frozen=True)
class Column:
    """One column. `format` None means that each row says its own; `spread` asks for interval columns in CSV.

    `ends` holds ranges: two columns in CSV. `signed` prints a plus on increases. `points` holds differences:
    for a share they are in percentage points, so no percent sign is printed. A column without `on_page` is in the CSV only.
    """

    heading: str
    format: Format | None = None
    words: bool = False
    spread: bool = False
    wide: bool = False
    ends: bool = False
    signed: bool = False
    points: bool = False
    on_page: bool = True


@dataclass(frozen=True)
class Row:
    """One row: its cells, how far it is indented, whether it is a sum, and its own format if it has one."""

    cells: tuple[Cell, ...]
    level: int = 0
    strong: bool = False
    format: Format | None = None


@dataclass(frozen=True)
class Section:
    """Rows under one heading. `keys` lead every row of the CSV; a section that is not `shown` is in the CSV only."""

    title: str
    rows: tuple[Row, ...]
    keys: tuple[str, ...] = ()
    shown: bool = True


@dataclass(frozen=True)
class Table:
    """Hold one table of the output catalogue. `stored` names the CSV where a page shows only a part of it."""

    id: str
    name: str
    title: str
    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    stored: str = ""

    @property
    def file_name(self) -> str:
        """Give the name of the CSV, `T02_maluppfyllelse.csv`, `T08b_traffsakerhet.csv`; outside the catalogue without number."""
        if self.stored:
            return self.stored
        if self.id.startswith("S"):
            return f"{self.id}_{self.name}.csv"
        digits = "".join(c for c in self.id[1:] if c.isdigit())
        return f"T{int(digits):02d}{self.id[1 + len(digits):]}_{self.name}.csv" if digits else f"{self.name}.csv"

    @property
    def shown(self) -> tuple[Section, ...]:
        """Give the sections a page shows."""
        return tuple(s for s in self.sections if s.shown and s.rows)

    @property
    def page_columns(self) -> tuple[Column, ...]:
        """Give the columns a page shows."""
        return tuple(c for c in self.columns if c.on_page)

    def page_cells(self, row: Row) -> list[tuple[Column, Cell]]:
        """Give what a page shows of a row."""
        return [(column, cell) for column, cell in zip(self.columns, row.cells, strict=True) if column.on_page]

    @property
    def rows_shown(self) -> int:
        """Count the rows a page shows."""
        return sum(len(s.rows) for s in self.shown)

    @property
    def hides(self) -> bool:
        """Tell whether any cell is suppressed."""
        return any(isinstance(c, Hidden) for s in self.sections for r in s.rows for c in r.cells)


def form_of(column: Column, row: Row) -> Format:
    """Give the format of a cell: the column's own, else the row's, with the column's sign and suffix."""
    form = column.format or row.format or text.DECIMAL
    if not (column.signed or column.points):
        return form
    return replace(form, signed=form.signed or column.signed, suffix="" if column.points else form.suffix)


def cell_text(cell: Cell, form: Format) -> str:
    """Print a cell; an interval as `mid (low–high)`."""
    if isinstance(cell, Interval):
        if math.isnan(cell.mid):
            return text.MISSING
        return f"{text.formatted(cell.mid, form)} ({text.interval(cell.low, cell.high, form)})"
    if isinstance(cell, Range):
        return text.interval(cell.low, cell.high, form)
    if isinstance(cell, Error):
        return text.fine(cell.value, replace(form, signed=False))
    if isinstance(cell, Chance):
        return text.probability(*cell)
    if isinstance(cell, Hidden):
        return text.SUPPRESSED
    if isinstance(cell, str):
        return cell
    return text.formatted(cell, form)


def protected(value: str) -> str:
    """Keep a spreadsheet from reading a text as a formula: put an apostrophe before = + - @, tab and return."""
    return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def write_csv(table: Table, path: Path) -> None:
    """Write a table for Excel in Swedish: `;`, decimal comma, UTF-8 with BOM, CRLF.

    Numbers keep two decimals more than on the page, so that sums can be checked; probabilities are
    rounded as on the page, because their last digits are noise. Suppressed cells are `..`.
    """
    write_lines(path, _csv_lines(table))


def write_lines(path: Path, lines: Iterator[list[str]]) -> None:
    """Write rows of text cells as a Swedish CSV."""
    import csv

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(lines)


def _csv_lines(table: Table) -> Iterator[list[str]]:
    heading = list(table.keys)
    for column in table.columns:
        name = plain(column.heading) + _unit(column)
        if column.spread:
            heading += [name, f"{name} p10", f"{name} p90"]
        else:
            heading += [f"{name}, undre", f"{name}, övre"] if column.ends else [name]
    yield [protected(h) for h in heading]
    for section in table.sections:
        for row in section.rows:
            line = [protected(k) for k in section.keys]
            for column, cell in zip(table.columns, row.cells, strict=True):
                line += _csv_cell(cell, form_of(column, row), fields=3 if column.spread else 2 if column.ends else 1)
            yield line


def plain(words: str) -> str:
    """Take soft hyphens out of a text."""
    return words.replace("\u00ad", "")


def _unit(column: Column) -> str:
    return " (%)" if column.format and "%" in column.format.suffix and "%" not in column.heading else ""


def _csv_cell(cell: Cell, form: Format, *, fields: int) -> list[str]:
    if isinstance(cell, Interval):
        return [csv_number(v, form) for v in cell] if fields > 1 else [csv_number(cell.mid, form)]
    if isinstance(cell, Range):
        return [csv_number(v, form) for v in cell]
    if isinstance(cell, Error):
        return [csv_number(cell.value, form)]
    if isinstance(cell, Chance):
        return [text.probability(*cell).replace(text.NBSP, "").rstrip("%")]
    if isinstance(cell, Hidden):
        return [text.SUPPRESSED] * fields
    found = protected(cell) if isinstance(cell, str) else csv_number(cell, form)
    return [found, *[""] * (fields - 1)]


def csv_number(value: float | None, form: Format) -> str:
    """Print a number for CSV: decimal comma, ASCII minus, no thousands separator, no unit."""
    if value is None or not math.isfinite(value):
        return ""
    if form.probability:
        return text.probability(value).replace(text.NBSP, "").rstrip("%")
    shown = f"{value * form.scale:.{form.decimals + 2}f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown.replace(".", ",")
