"""Historical series: one figure per row of a CSV, with what it means, its unit, its source and where it breaks.

Outcome, target, forecast and derived rows lie in the same files and are never mixed: whoever asks for one kind gets that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar, get_args

from kompetenssim.calibration.period import Period, month_of, read_period
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.spec.csv_reader import Field, cells_of, heading_of, read_amount, read_fields, read_heading
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import fold, is_name, listing, nearest
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import Origin

T = TypeVar("T", bound=str)
Kind = Literal["utfall", "mal", "prognos", "harledd"]
Computed = Literal[
    "forandring", "forandring_procent", "avvikelse", "avvikelse_procent", "totalkostnad_ur_andel", "egenkostnad_ur_andel",
    "kostnad_per_vecka",
]
"""How a derived row follows from others, so that it can be computed again (`identities`)."""

ALL = "alla"
UNITS = frozenset({
    "mkr", "kr", "kr_per_manad", "kr_per_timme", "kr_per_vecka", "kr_per_invanare", "procent", "andel", "kvot", "personer",
    "arsarbetare", "personer_per_ar", "platser_per_ar", "platser_per_termin", "per_1000_invanare", "per_100000_invanare",
    "veckor", "lakare_per_vecka", "ar",
})
NEEDED = ("serie", "region", "yrkesgrupp", "omrade", "period", "varde", "enhet", "slag", "definition", "kalla")
COLUMNS = (
    "serie", "indikator", "region", "yrkesgrupp", "omrade", "period", "varde", "enhet", "slag", "berakning", "fel", "brott",
    "rekonstruerad", "definition", "kalla",
)

_TO_INDICATOR: Mapping[tuple[str, str], float] = {
    ("procent", "andel"): 0.01, ("procent", "%"): 1.0, ("arsarbetare", "årsarbetare"): 1.0,
}
_COMPUTED_UNITS: Mapping[str, str] = {
    "forandring_procent": "procent", "avvikelse_procent": "procent", "kostnad_per_vecka": "kr_per_vecka",
}
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Row:
    """One figure of a series. `error` is how far it may be off (± in its unit); None where nobody has said.

    `breaks` are the months from which the series means something else; `reconstructed` marks a reading of an unclear source.
    """

    series: str
    indicator: str | None
    region: str
    group: str
    area: str
    period: Period
    value: float
    unit: str
    kind: Kind
    computed: Computed | None
    error: float | None
    breaks: tuple[str, ...]
    reconstructed: bool
    definition: str
    source: str
    at: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)

    @property
    def scale(self) -> float:
        """What the value is multiplied by to be in the unit of its indicator; 1 where it has none."""
        return 1.0 if self.indicator is None else _scale(self.unit, self.indicator) or 1.0

    @property
    def place(self) -> tuple[str, str, str]:
        """Region, group and area."""
        return self.region, self.group, self.area


@dataclass(frozen=True)
class Series:
    """The rows of a folder."""

    rows: tuple[Row, ...] = ()

    def of(self, kind: Kind, indicator: str | None = None) -> Iterator[Row]:
        """Give the rows of one kind, of one indicator where it is named; figures derived from others are a kind of their own."""
        return (row for row in self.rows if row.kind == kind and indicator in (None, row.indicator))

    def find(self, kind: Kind, indicator: str, group: str, area: str, period: Period, region: str | None = None) -> list[Row]:
        """Give the rows of a place whose period has the name asked for, or else ends on the same day."""
        there = [r for r in self.of(kind, indicator) if (r.group, r.area) == (group, area) and region in (None, r.region)]
        return [r for r in there if r.period.text == period.text] or [r for r in there if r.period.last == period.last]


def read_folder(folder: Path, name: str, problems: Problems) -> Series:
    """Read every series of a folder, whose name in messages is `name`; CSV files of other kinds are passed over."""
    rows: list[Row] = []
    for path in sorted(folder.glob("*.csv")):
        content = path.read_bytes()
        if heading_of(content) == COLUMNS[0]:
            rows += read_series(content, f"{name}/{path.name}", problems)
    _check_doubles(rows, problems)
    return Series(tuple(rows))


def read_series(content: bytes, name: str, problems: Problems) -> tuple[Row, ...]:
    """Read one file; every fault is reported with line and column, and faulty rows are left out."""
    heading, *lines = read_fields(content, name, problems) or [[]]
    if not heading:
        return ()
    columns = read_heading(heading, COLUMNS, NEEDED, problems)
    if not set(NEEDED) <= set(columns):
        return ()
    empty = {column: Field("", heading[0].origin) for column in COLUMNS if column not in columns}
    read = [_Reader(empty | cells_of(line, columns, problems), problems).row() for line in lines]
    rows = tuple(row for row in read if row is not None)
    _check_doubles(rows, problems)
    _check_breaks(rows, problems)
    return rows


def break_between(breaks: Iterable[str], first: Period, last: Period) -> str | None:
    """Give a break that parts two periods: the first has months before it, and the last has months from it on."""
    return next((b for b in sorted(breaks) if month_of(first.first) < month_of(first_day(b)) <= month_of(last.last)), None)


def _scale(unit: str, indicator: str) -> float | None:
    wanted = REGISTER[indicator].unit
    return 1.0 if unit == wanted else _TO_INDICATOR.get((unit, wanted))


class _Reader:
    """One line and its faults."""

    def __init__(self, cells: Mapping[str, Field], problems: Problems) -> None:
        self.cells, self.problems = cells, problems
        self.series = fold(cells["serie"].text)

    def row(self) -> Row | None:
        """Give the row, or None where something is wrong with it."""
        before = len(self.problems.errors)
        if not is_name(self.series):
            text = f"'{self.cells['serie'].text}' kan inte vara en serie; skriv a–z, siffror och _, först en bokstav"
            self._fault("serie", text)
        kind = self._choice("slag", get_args(Kind))
        computed = self._choice("berakning", get_args(Computed), needed=False)
        unit = self._choice("enhet", sorted(UNITS))
        indicator = self._choice("indikator", sorted(REGISTER), needed=False)
        period, value, error = self._period(), self._number("varde"), self._number("fel", needed=False)
        if error is not None and error < 0:
            self._fault("fel", "felet är ett avstånd åt båda hållen: skriv ett tal som är 0 eller mer")
        if computed and kind and kind != "harledd":
            self._fault("berakning", f"bara härledda rader räknas ur andra; slag är '{kind}': skriv harledd eller töm fältet")
        if unit and computed is not None and computed in _COMPUTED_UNITS and unit != _COMPUTED_UNITS[computed]:
            self._fault("enhet", f"{computed} är i {_COMPUTED_UNITS[computed]}, inte {unit}")
        elif unit and indicator and not computed and _scale(unit, indicator) is None:
            self._fault("enhet", f"{indicator} är i {REGISTER[indicator].unit}, inte {unit}; skriv om värdet eller töm indikator")
        groups = {column: fold(self.cells[column].text) or ALL for column in ("yrkesgrupp", "omrade")}
        for column in ("definition", "kalla", "region"):
            if not self.cells[column].text:
                self._fault(column, f"{column} saknas; {_WHY[column]}")
        breaks = tuple(self.cells["brott"].text.replace(",", " ").split())
        for written in breaks:
            if not _MONTH.fullmatch(written):
                self._fault("brott", f"'{written}' är ingen månad; skriv ÅÅÅÅ-MM, flera med blanksteg emellan")
        reconstructed = self._choice("rekonstruerad", ("ja", "nej"), needed=False) == "ja"
        if len(self.problems.errors) > before or period is None or value is None:
            return None
        return Row(
            self.series, indicator, self.cells["region"].text, groups["yrkesgrupp"], groups["omrade"], period, value, unit or "",
            kind or "utfall", computed, error, breaks, reconstructed, self.cells["definition"].text, self.cells["kalla"].text,
            {column: cell.origin for column, cell in self.cells.items()})

    def _fault(self, column: str, text: str, suggestion: str | None = None) -> None:
        self.problems.error(self.cells[column].origin, f"{self.series or 'raden'}.{column}", text, suggestion, "ogiltigt")

    def _choice(self, column: str, allowed: Sequence[T], *, needed: bool = True) -> T | None:
        written = self.cells[column].text
        found = next((choice for choice in allowed if choice == fold(written)), None)
        if found is None and (written or needed):
            given = f"'{written}' är inte tillåtet" if written else f"{column} saknas"
            text = f"{given}, tillåtna värden är {listing(allowed, most=20)}"
            self._fault(column, text, nearest(written, allowed))
        return found

    def _period(self) -> Period | None:
        try:
            return read_period(self.cells["period"].text)
        except ValueError as fault:
            self._fault("period", str(fault))
            return None

    def _number(self, column: str, *, needed: bool = True) -> float | None:
        written = self.cells[column].text
        if not written and not needed:
            return None
        try:
            return read_amount(written)
        except ValueError:
            text = f"ett tal väntades, inte '{written}'" if written else "värdet saknas"
            self._fault(column, f"{text}; skriv talet med decimalkomma, eller ta bort raden om talet inte är känt")
            return None


_WHY = {
    "definition": "skriv vad talet är, så att det inte jämförs med något annat",
    "kalla": "skriv dokument och plats, så att talet kan kontrolleras",
    "region": "skriv vilken region eller vilket land talet gäller",
}


def _check_doubles(rows: Sequence[Row], problems: Problems) -> None:
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        first = seen.setdefault((row.series, *row.place, row.period.text, row.unit), row)
        if first is not row:
            where = first.at["serie"]
            text = (f"{row.period.text} står redan i {where.file} rad {where.line} för samma serie, grupp och område; "
                    "behåll en av dem")
            problems.error(row.at["period"], f"{row.series}.period", text, code="dubblett")


def _check_breaks(rows: Sequence[Row], problems: Problems) -> None:
    known: dict[tuple[object, ...], Row] = {}
    for row in rows:
        first = known.setdefault((row.series, *row.place), row)
        if row.breaks != first.breaks:
            text = (f"serien har brott {' '.join(first.breaks) or '(inga)'} på rad {first.at['serie'].line} men "
                    f"{' '.join(row.breaks) or '(inga)'} här; skriv samma på alla rader")
            problems.error(row.at["brott"], f"{row.series}.brott", text, code="ogiltigt")
