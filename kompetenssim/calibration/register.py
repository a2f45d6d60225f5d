"""An HR extract: person-years and events by year, group, age and time of employment. Counts, never persons.

A person may be recognised in a small count. A row with fewer than five person-years is used like any other, but none of
its figures is printed: neither in a fault nor in a table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from kompetenssim.model.rules import HIGHEST_RETIREMENT_RATE
from kompetenssim.spec.csv_reader import Field, cells_of, read_amount, read_fields, read_heading
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import Problems
from kompetenssim.spec.specification import Origin

RESIGNATIONS, PENSIONS, SICK, PARENTAL, LEAVE, MOVES, GRADES = EVENTS = (
    "uppsagningar", "avgangar_pension", "langtidssjuk_fall", "foraldraledig_fall", "tjanstledig_fall", "interna_sokande",
    "byten_sysselsattningsgrad",
)  # fmt: skip
"""What is counted; each column may be left out, and an empty cell says that the count is not known."""

NEEDED = ("ar", "yrkesgrupp", "aldersklass", "tjansteklass", "personar", "personar_i_tjanst")
COLUMNS = (*NEEDED, *EVENTS)
SMALL = 5
YOUNG, NOVICE, FERTILE = 30, 2, (25, 45)
PENSION_FROM, OPEN_FROM = 60, 67
"""From which age classes must be one year wide where retirements are counted (the hazard turns from year to year), and the last
may be open."""

_CLASS = re.compile(r"(\d{1,3})(?:-(\d{1,3})|(\+))?")
_YEAR = re.compile(r"(19|20|21)\d\d")
_TURNS: Mapping[str, tuple[tuple[str, float, str], ...]] = {
    RESIGNATIONS: (("aldersklass", YOUNG, "avgångsrisken är en annan före 30 år"),
                   ("tjansteklass", NOVICE, "avgångsrisken är en annan de första två åren")),
    PARENTAL: tuple(("aldersklass", age, "föräldraledighet räknas mellan 25 och 44 år") for age in FERTILE),
    PENSIONS: (("aldersklass", PENSION_FROM, "pension räknas år för år från 60"),),
}  # fmt: skip


class Span(NamedTuple):
    """A class of years, from `low` up to but not including `high`."""

    low: float
    high: float

    def meets(self, other: Span) -> bool:
        """Tell whether two classes have a year in common."""
        return self.low < other.high and other.low < self.high


@dataclass(frozen=True)
class RegisterRow:
    """One row. `counts` has the columns that are known.

    `person_years` are those of employees who have not resigned; `at_work` those of them who are neither away for long nor
    about to retire. `at` says where each cell stands.
    """

    year: int
    group: str
    ages: Span
    tenures: Span
    person_years: float
    at_work: float
    counts: Mapping[str, int]
    at: Mapping[str, Origin] = field(default_factory=dict, compare=False, repr=False)


def read_register(content: bytes, name: str, groups: Collection[str] | None, problems: Problems) -> tuple[RegisterRow, ...]:
    """Read an extract; every fault is reported with line and column. Groups are not checked where `groups` is None."""
    heading, *lines = read_fields(content, name, problems) or [[]]
    if not heading:
        return ()
    columns = read_heading(heading, COLUMNS, NEEDED, problems)
    if not set(NEEDED) <= set(columns):
        return ()
    if not set(EVENTS) & set(columns):
        text = f"inga händelser är räknade; minst en av kolumnerna {', '.join(EVENTS)} behövs"
        problems.error(heading[0].origin, "rubriken", text, code="saknas")
    empty = {column: Field("", heading[0].origin) for column in COLUMNS if column not in columns}
    width = max(columns.values()) + 1
    for line in lines:
        if any(cell.text for cell in line[width:]):  # not by `cells_of`, which repeats what stands there
            problems.error(line[width].origin, "raden", "raden har fler fält än rubriken; ta bort dem, eller ge dem en kolumn")
    read = [_Reader(empty | cells_of(line[:width], columns, problems), groups, problems).row() for line in lines]
    rows = tuple(row for row in read if row is not None)
    _check_overlaps(rows, problems)
    return rows


def summary(rows: Sequence[RegisterRow]) -> str:
    """Say what an extract holds, without any small count."""
    years, groups, total = sorted({r.year for r in rows}), len({r.group for r in rows}), sum(r.person_years for r in rows)
    if not rows:
        return "personalregister: inga rader"
    people = f"{total:.0f} personår" if total >= SMALL else f"färre än {SMALL} personår"
    return f"personalregister: {len(rows)} rader, {years[0]} till {years[-1]}, {groups} yrkesgrupper, {people}"


class _Reader:
    """One line and its faults."""

    def __init__(self, cells: Mapping[str, Field], groups: Collection[str] | None, problems: Problems) -> None:
        self.cells, self.groups, self.problems = cells, groups, problems
        self.small = True  # until the person-years are known

    def row(self) -> RegisterRow | None:
        """Give the row, or None where something is wrong with it."""
        before = len(self.problems.errors)
        year, group = self._year(), self._group()
        ages, tenures = self._span("aldersklass", inclusive=True), self._span("tjansteklass", inclusive=False)
        whole = self._number("personar")
        self.small = whole is None or whole < SMALL
        at_work = self._number("personar_i_tjanst")
        counts = {event: self._count(event) for event in EVENTS if self.cells[event].text}
        known = {event: count for event, count in counts.items() if count is not None}
        if whole is not None and at_work is not None and at_work > whole + 1e-9:
            self._fault("personar_i_tjanst", f"{self._told(at_work)} i tjänst är fler än alla{self._of(whole)}; personar räknar "
                        "också de långtidsfrånvarande")
        if ages is not None and tenures is not None:
            self._check_turns(known, {"aldersklass": ages, "tjansteklass": tenures})
        if whole is not None:
            self._check_possible(known, whole)
        if year is None or ages is None or tenures is None or whole is None or at_work is None:
            return None
        if len(self.problems.errors) > before:
            return None
        at = {column: cell.origin for column, cell in self.cells.items()}
        return RegisterRow(year, group, ages, tenures, whole, at_work, known, at)

    def _fault(self, column: str, text: str, suggestion: str | None = None, code: str = "ogiltigt") -> None:
        self.problems.error(self.cells[column].origin, column, text, suggestion, code)

    def _told(self, value: float) -> str:
        return "talet (visas inte för en liten rad)" if self.small else f"{value:g}"

    def _of(self, value: float) -> str:
        return "" if self.small else f" ({value:g})"

    def _year(self) -> int | None:
        text = self.cells["ar"].text
        if not _YEAR.fullmatch(text):
            self._fault("ar", f"ett år (ÅÅÅÅ) väntades, inte '{text}'", code="inte_datum")
            return None
        return int(text)

    def _group(self) -> str:
        group = fold(self.cells["yrkesgrupp"].text)
        if not group:
            self._fault("yrkesgrupp", "yrkesgruppen saknas", code="saknas")
        elif self.groups is not None and group not in self.groups:
            known = sorted(self.groups)
            text = f"yrkesgruppen '{self.cells['yrkesgrupp'].text}' finns inte; det finns {listing(known)}"
            self._fault("yrkesgrupp", text, nearest(group, known), "okand_referens")
        return group

    def _span(self, column: str, *, inclusive: bool) -> Span | None:
        text = self.cells[column].text
        found = _CLASS.fullmatch(text)
        form = "20-29, 67 eller 70+ (fyllda år, båda ingår)" if inclusive else "0-2, 2-5 eller 5+ (från och med, till)"
        if found is None:
            self._fault(column, f"en klass väntades, till exempel {form}, inte '{text}'")
            return None
        low = float(found[1])
        last = float(found[2]) if found[2] else low if inclusive else low + 1.0
        span = Span(low, inf if found[3] else last + 1.0 if inclusive else last)
        if span.high <= span.low:
            self._fault(column, f"klassen '{text}' slutar innan den börjar; skriv {form}")
            return None
        return span

    def _number(self, column: str) -> float | None:
        text = self.cells[column].text
        try:
            amount = read_amount(text)
        except ValueError:
            amount = -1.0
        if amount < 0:
            self._fault(column, f"ett antal personår (0 eller mer) väntades{self._instead(column)}", code="inte_tal")
            return None
        return amount

    def _count(self, column: str) -> int | None:
        try:
            amount = read_amount(self.cells[column].text)
        except ValueError:
            amount = -1.0
        if amount < 0 or amount != int(amount):
            told = self._instead(column)
            self._fault(column, f"ett antal (0 eller mer, utan decimaler) väntades{told}; lämna tomt om antalet inte är känt",
                        code="inte_tal")
            return None
        return int(amount)

    def _instead(self, column: str) -> str:
        """Repeat what was written, unless it is a figure of a small row."""
        text = self.cells[column].text
        hidden = self.small and any(c.isdigit() for c in text) and not text.startswith(("-", "−"))
        return "" if hidden else f", inte '{text}'"

    def _check_turns(self, counts: Mapping[str, int], spans: Mapping[str, Span]) -> None:
        """A hazard that turns inside a class cannot be told from the count of the class."""
        for event in counts:
            for column, turn, why in _TURNS.get(event, ()):
                if spans[column].low < turn < spans[column].high:
                    text = f"klassen går över {turn:g} år men {event} är ifyllt: {why}. Dela klassen där, eller töm {event}"
                    self._fault(column, text)
        ages = spans["aldersklass"]
        wide = ages.high - ages.low > 1 and not (ages.high == inf and ages.low >= OPEN_FROM)
        if PENSIONS in counts and ages.low >= PENSION_FROM and wide:
            self._fault("aldersklass", f"klassen är flera år men {PENSIONS} är ifyllt; från {PENSION_FROM} år skrivs en klass "
                        f"per år (62, 63, …), den sista öppen från tidigast {OPEN_FROM} (70+)")

    def _check_possible(self, counts: Mapping[str, int], whole: float) -> None:
        """More events than person-years is a slip of columns; in a small row somebody may leave after a few weeks."""
        for event, count in counts.items():
            most = whole * (HIGHEST_RETIREMENT_RATE if event == PENSIONS else 1.0) + (SMALL if self.small else 0)
            if count > most:
                self._fault(event, f"{self._told(count)} är fler händelser än personåren{self._of(whole)} rymmer; rätta raden")


def _check_overlaps(rows: Sequence[RegisterRow], problems: Problems) -> None:
    """Nobody may be counted in two rows of a year."""
    seen: dict[tuple[int, str], list[RegisterRow]] = defaultdict(list)
    for row in rows:
        before = seen[row.year, row.group]
        twice = next((b for b in before if b.ages.meets(row.ages) and b.tenures.meets(row.tenures)), None)
        if twice is not None:
            text = (f"{row.group} {row.year}: klasserna finns redan på rad {twice.at['ar'].line}; varje ålder och "
                    "anställningstid får räknas en gång per år")
            problems.error(row.at["aldersklass"], "aldersklass", text, code="dubblett")
        before.append(row)
