"""Follow-up of measures, `atgardsuppfoljning.csv`: what was really done goes before the plan.

A cell holds from the day of its row until a later row says something else; a blank cell says nothing. Rows of a task shift's
stages are all kept, as its course. They are laid on the tree of the scenario, so that every value knows its line in the CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, takewhile
from math import exp, log
from typing import Any, NamedTuple, get_args

from kompetenssim.spec.csv_reader import Field, cells_of, read_fields, read_heading
from kompetenssim.spec.dates import FORMS, first_day, last_day
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.scenario import Measure, Status
from kompetenssim.spec.specification import FollowedUp, Origin
from kompetenssim.spec.timing import read_day

FILE = "atgardsuppfoljning.csv"
SHARES = ("infort_andel", "utbildad_andel", "overlamnad_andel")
STAGES = ("utbildad", "overlamnad")
FIELDS: Mapping[str, str] = {
    "status": "status", "faktisk_start": "started", "infort_andel": "introduced", "utbildad_andel": "trained",
    "overlamnad_andel": "handed", "ansvarig": "responsible", "kommentar": "comment",
}
"""Columns that say something of a measure, with their names in `FollowedUp`."""

NEEDED = ("nyckel", "datum")
COLUMNS = (*NEEDED, *FIELDS)
UNDER_WAY = frozenset({"pagar", "genomford", "avslutad"})
"""Statuses of a measure that is, or was, carried out."""

_DAYS_PER_MONTH = 365.25 / 12
_LONGEST_RAMP = 240


@dataclass(frozen=True)
class Row:
    """One row of the file: what it says, and where each cell stands."""

    said: FollowedUp
    at: Mapping[str, Origin]

    @property
    def origin(self) -> Origin:
        """Where the row begins."""
        return self.at["nyckel"]


class FollowUp(NamedTuple):
    """What a file says: its sound rows, and the cell of the key of every row."""

    rows: Sequence[Row] = ()
    keys: Sequence[Field] = ()


def read_follow_up(content: bytes, name: str, terms: Mapping[str, int], problems: Problems) -> FollowUp:
    """Read the file; every fault is reported with line and column, and faulty rows are left out."""
    table = read_fields(content, name, problems)
    if not table:
        return FollowUp()
    heading, *lines = table
    columns = read_heading(heading, COLUMNS, NEEDED, problems)
    if not set(NEEDED) <= set(columns):
        return FollowUp()
    rows = [row for line in lines if (row := _row(line, columns, terms, problems)) is not None]
    seen: dict[tuple[str, date], Row] = {}
    for row in rows:
        first = seen.setdefault((row.said.key, row.said.day), row)
        if first is not row:
            text = f"åtgärden '{row.said.key}' har redan en rad för {row.said.day} (rad {first.origin.line}); behåll en av dem"
            problems.error(row.at["datum"], f"{row.said.key}.datum", text, code="dubblett")
    place = columns["nyckel"]
    return FollowUp(rows, [line[place] for line in lines if place < len(line) and line[place].text])


def check_keys(keys: Sequence[Field], known: Collection[str], more: Callable[[], Collection[str]], problems: Problems) -> None:
    """Report measures that exist nowhere; `more` gives the keys of other scenarios and is asked only when it matters."""
    unknown = [field for field in keys if fold(field.text) not in known]
    every = {*known, *more()} if unknown else set(known)
    for written, origin in unknown:
        if fold(written) not in every:
            text = f"åtgärden '{written}' finns inte; det finns {listing(every)}"
            problems.error(origin, f"{fold(written)}.nyckel", text, nearest(written, every), "okand_atgard")


def lay_on(
    scenario: Node, rows: Sequence[Row], start: date, until: date, terms: Mapping[str, int], problems: Problems,
) -> tuple[Node, tuple[FollowedUp, ...]]:
    """Lay the rows up to `until` of each measure on the scenario; gives the scenario and what was laid on it.

    Rows of measures that the scenario does not have, and rows after `until`, do not count.
    """
    listed = scenario.get("atgarder")
    measures = dict((listed.mapping if listed is not None else None) or {})
    late = [row for row in rows if row.said.day > until and row.said.key in measures]
    if late:
        first = min(late, key=lambda r: r.origin)
        text = (f"rader daterade efter {until} räknas inte ({len(late)} st); skriv scenario.uppfoljning_till med ett senare "
                "datum om prognosen ska känna till dem")
        problems.warn(first.at["datum"], f"{first.said.key}.datum", text, "uppfoljning_senare")
    counted: dict[str, list[Row]] = {}
    for row in sorted((r for r in rows if r.said.day <= until and r.said.key in measures), key=lambda r: r.said.day):
        counted.setdefault(row.said.key, []).append(row)
    followed = [_Follow(measures[key], found, start, terms, problems) for key, found in sorted(counted.items())]
    measures |= {one.said.key: one.measure() for one in followed}
    holder = listed if listed is not None else scenario
    laid = scenario.with_value({**(scenario.mapping or {}), "atgarder": holder.with_value(measures)}) if followed else scenario
    return laid, tuple(one.said for one in followed)


class _Follow:
    """One measure and the rows that say how it went, by day."""

    def __init__(self, measure: Node, rows: Sequence[Row], start: date, terms: Mapping[str, int], problems: Problems) -> None:
        self.plan, self.rows = measure, rows
        self.run_start, self.terms, self.problems = start, terms, problems
        self.new: dict[str, Node] = dict(measure.mapping or {})
        self.last = {column: row for row in rows for column in FIELDS if _cell(row, column) is not None}
        self._forget_how_far_it_was_before_it_was_done()
        latest = {FIELDS[column]: _cell(row, column) for column, row in self.last.items()}
        status, begins = (measure.get(key) for key in ("status", "start"))
        self.said = FollowedUp(
            rows[-1].said.key, rows[-1].said.day, **latest,
            planned_status=str(status.value) if status is not None else Measure.model_fields["status"].default,
            planned_start=str(begins.value) if begins is not None and begins.value is not None else None)

    def _forget_how_far_it_was_before_it_was_done(self) -> None:
        share, status = self.last.get("infort_andel"), self.last.get("status")
        if share and status and status.said.status == "genomford" and share.said.day < self._since("status"):
            del self.last["infort_andel"]

    def _warn_of_a_start_that_the_status_denies(self) -> None:
        said = self.said
        if said.status is not None and said.status not in UNDER_WAY and (said.started is not None or said.introduced):
            text = (f"status är {said.status} fast raderna säger att åtgärden har börjat; den räknas som börjad, skriv pagar, "
                    "genomford eller avslutad om den är det")
            self.problems.warn(self.last["status"].at["status"], f"{said.key}.status", text, "uppfoljning")

    def measure(self) -> Node:
        """Give the measure as it went."""
        said = self.said
        self._set("status", said.status, "status")
        self._warn_of_a_start_that_the_status_denies()
        if said.status in UNDER_WAY:
            self._set("sannolikhet_genomford_procent", 100, "status")
        if said.status == "avslutad":
            ended, day = self._planned("slut", last=True), self._since("status")
            if ended is None or ended > day:
                self._set("slut", day.isoformat(), "status")
        self._set("ansvarig_funktion", said.responsible, "ansvarig")
        begun = said.started or self._planned("start")
        if said.started is not None:
            self._set("start", said.started.isoformat(), "faktisk_start")
            self._set("i_drift_vid_start", "ja" if said.started < self.run_start else "nej", "faktisk_start")
        if said.introduced is not None:
            self._introduced(said.introduced, begun)
        self._stages()
        return self.plan.with_value(self.new)

    def _introduced(self, share: float, begun: date | None) -> None:
        """Let the introduction go on at its actual pace; what is carried out stays at the share it reached."""
        at = "infort_andel"
        day = self.last[at].said.day
        if share == 0:
            self._set("start", day.isoformat(), at)
            self._set("i_drift_vid_start", "nej", at)
            return
        if begun is None or begun > day:
            text = "infört före starten går inte att räkna på; ange faktisk_start, samma dag som datum eller tidigare"
            self.problems.error(self.last[at].at[at], f"{self.said.key}.{at}", text, code="datum")
            return
        gone = (day - begun).days / _DAYS_PER_MONTH
        if self.said.status in ("genomford", "avslutad"):
            coverage = self.new.get("omfattning")
            planned = coverage.get("andel") if coverage is not None else None
            self._set_in("omfattning", "andel", _scaled(planned, share), at)
        else:
            gone /= _ramp_position(share)
        months = min(_LONGEST_RAMP, round(gone, 2))
        ramp = self.new.get("ramp_manader")
        if share < 1 or ramp is None or _mode(ramp) > months:
            self._set("ramp_manader", months, at)

    def _stages(self) -> None:
        """Set how much is trained and handed over, and since when; what is left comes on the planned day if that is later."""
        block = self.new.get("uppgiftsvaxling")
        given = [stage for stage in STAGES if f"{stage}_andel" in self.last]
        if not given:
            return
        if block is None or block.value is None:
            column = f"{given[0]}_andel"
            text = "utbildad_andel och overlamnad_andel gäller bara åtgärder med uppgiftsvaxling och ändrar inget här"
            self.problems.warn(self.last[column].at[column], f"{self.said.key}.{column}", text, "uppfoljning")
            return
        blocks = block.items if block.items is not None else [block]
        followed = [self._stages_of(one, given) for one in blocks]
        self.new["uppgiftsvaxling"] = block.with_value(followed) if block.items is not None else followed[0]

    def _stages_of(self, block: Node, given: Sequence[str]) -> Node:
        if block.mapping is None:
            return block
        new = dict(block.mapping)
        for stage in given:
            share, steps = f"{stage}_andel", f"{stage}_steg"
            planned = read_day(new.get(stage), self.terms)
            course = self._course(share, planned)
            last = course[-1]
            later: dict[str, Node] = {}
            if planned is not None and planned > last.seen and last.share < 1:
                written = new.get(steps)
                later = {day: node for day, node in ((written.mapping if written is not None else None) or {}).items()
                         if first_day(day, self.terms) > last.seen}
            else:
                new[stage] = _node(stage, last.day.isoformat(), last.origin)
                new[share] = _node(share, last.share, last.origin)
                course.pop()
            before = {one.day.isoformat(): _node(one.day.isoformat(), one.share, one.origin)
                      for one in dropwhile(lambda one: one.share == 0, course)}
            new.pop(steps, None)
            if before or later:
                new[steps] = _node(steps, before | later, last.origin)
        return block.with_value(new)

    def _course(self, column: str, planned: date | None) -> list[_Reached]:
        """Give the shares of a stage and since when: the planned day if it came since the last row, else the day of the row."""
        found: list[_Reached] = []
        before = date.min
        for row in self.rows:
            share, day = _cell(row, column), row.said.day
            if share is None:
                continue
            since = planned if planned is not None and before < planned <= day else day
            if found and found[-1].share == share:
                found[-1] = found[-1]._replace(seen=day)
            else:
                found.append(_Reached(since, day, share, row.at[column]))
            before = day
        return found

    def _planned(self, key: str, *, last: bool = False) -> date | None:
        return read_day(self.plan.get(key), self.terms, last=last)

    def _since(self, column: str) -> date:
        """Give the day since which a column has said what it says last."""
        said = [row for row in self.rows if _cell(row, column) is not None]
        latest = _cell(said[-1], column)
        return list(takewhile(lambda row: _cell(row, column) == latest, reversed(said)))[-1].said.day

    def _set(self, key: str, value: object, column: str) -> None:
        if value is not None:
            self.new[key] = _node(key, value, self.last[column].at[column])

    def _set_in(self, key: str, inner: str, value: Node | float, column: str) -> None:
        origin = self.last[column].at[column]
        holder = self.new.get(key) or Node({}, origin, key=key, key_origin=origin)
        made = value if isinstance(value, Node) else _node(inner, value, origin)
        made = Node(made.value, origin, key=inner, key_origin=origin, number=made.number)
        self.new[key] = holder.with_value({**(holder.mapping or {}), inner: made})


class _Reached(NamedTuple):
    """A share of a stage that was reached: from which day it holds, the last day it was reported, and where."""

    day: date
    seen: date
    share: float
    origin: Origin


def _cell(row: Row, column: str) -> Any:
    """Give what a row says in a column; None where it is blank."""
    return getattr(row.said, FIELDS[column])


def _node(key: str, value: object, origin: Origin) -> Node:
    return Node(value, origin, "" if isinstance(value, dict) else str(value), key=key, key_origin=origin)


def _ramp_position(share: float) -> float:
    """Give how far into its ramp an introduction is that has reached a share: the inverse of the model's S-curve."""
    if share >= 1:
        return 1.0
    begins = 1 / (1 + exp(5))
    s = begins + share * (1 - 2 * begins)
    return 0.5 + log(s / (1 - s)) / 10


def _scaled(planned: Node | None, share: float) -> Node | float:
    """Multiply a planned share, perhaps uncertain, by what was introduced of it."""
    if planned is None or planned.value is None:
        return share
    if planned.mapping is None:
        return float(planned.value) * share if isinstance(planned.value, int | float) else planned
    scaled = {k: n.with_value(n.value * share) if isinstance(n.value, int | float) and not isinstance(n.value, bool) else n
              for k, n in planned.mapping.items()}
    return planned.with_value(scaled, number=True)


def _mode(number: Node) -> float:
    found = (number.get("trolig") or number.get("varde") if number.mapping is not None else number)
    return float(found.value) if found is not None and isinstance(found.value, int | float) else 0.0


# --- reading one row


def _row(fields: Sequence[Field], columns: Mapping[str, int], terms: Mapping[str, int], problems: Problems) -> Row | None:
    cells = cells_of(fields, columns, problems)
    empty = Field("", fields[0].origin)
    key = fold(cells["nyckel"].text)
    before = len(problems.errors)

    def fault(column: str, text: str, suggestion: str | None = None) -> None:
        problems.error(cells[column].origin, f"{key or 'raden'}.{column}", text, suggestion, "ogiltigt")

    if not key:
        fault("nyckel", "nyckel saknas; skriv åtgärdens nyckel")
    days = {column: _written_day(cells.get(column, empty), terms, column, fault) for column in ("datum", "faktisk_start")}
    if not cells["datum"].text:
        fault("datum", "datum saknas; skriv dagen som raden gäller, ÅÅÅÅ-MM-DD")
    status = fold(cells.get("status", empty).text) or None
    if status is not None and status not in get_args(Status):
        fault("status", f"'{cells['status'].text}' är inte tillåtet, tillåtna värden är {', '.join(get_args(Status))}",
              nearest(status, get_args(Status)))
    shares = {column: _share(cells.get(column, empty), column, fault) for column in SHARES}
    day, started = days["datum"], days["faktisk_start"]
    if day and started and started > day:
        fault("faktisk_start", f"starten {started} ligger efter radens datum {day}; en uppföljning säger vad som har hänt")
    if day is None or len(problems.errors) > before:
        return None
    introduced, trained, handed = (shares[column] for column in SHARES)
    said = FollowedUp(key, day, status, started, introduced, trained, handed,
                      cells.get("ansvarig", empty).text or None, cells.get("kommentar", empty).text or None)
    return Row(said, {column: field.origin for column, field in cells.items()})


def _written_day(field: Field, terms: Mapping[str, int], column: str, fault: Callable[..., None]) -> date | None:
    if not field.text:
        return None
    try:
        return (last_day if column == "datum" else first_day)(field.text, terms)
    except ValueError:
        fault(column, f"'{field.text}' är inget datum; skriv {FORMS}")
        return None


def _share(field: Field, column: str, fault: Callable[..., None]) -> float | None:
    if not field.text:
        return None
    try:
        share = float(field.text.replace(",", "."))
    except ValueError:
        share = float("nan")
    if 0 <= share <= 1:
        return share
    percent = field.text.replace("%", "").replace(",", ".").strip()
    advice = f"; för {percent} procent, skriv {float(percent) / 100:g}".replace(".", ",") if _is_percent(percent) else ""
    fault(column, f"'{field.text}' är ingen andel; skriv ett tal mellan 0 och 1 med decimalkomma{advice}")
    return None


def _is_percent(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and 1 < float(text) <= 100

