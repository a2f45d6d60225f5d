"""Follow-up of measures, `atgardsuppfoljning.csv`: what was really done goes before the plan.

A row is the whole state of a measure on its day: the latest row that counts replaces earlier ones, and what it leaves
blank is as planned. It is laid on the tree of the scenario, so that every value it gives knows its line in the CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, log
from typing import NamedTuple, get_args

from kompetenssim.spec.csv_reader import Field, read_fields
from kompetenssim.spec.dates import FORMS, first_day, last_day
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.scenario import Status
from kompetenssim.spec.specification import FollowedUp, Origin
from kompetenssim.spec.timing import read_day

FILE = "atgardsuppfoljning.csv"
SHARES = ("infort_andel", "utbildad_andel", "overlamnad_andel")
COLUMNS = ("nyckel", "datum", "status", "faktisk_start", *SHARES, "ansvarig", "kommentar")
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
    columns = _columns(heading, problems)
    if not {"nyckel", "datum"} <= set(columns):
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
    """Lay the latest row up to `until` of each measure on the scenario; gives the scenario and what was laid on it.

    Rows of measures that the scenario does not have, and rows after `until`, do not count.
    """
    listed = scenario.get("atgarder")
    measures = dict((listed.mapping if listed is not None else None) or {})
    late = [row for row in rows if row.said.day > until and row.said.key in measures]
    latest: dict[str, Row] = {}
    for row in sorted((r for r in rows if r.said.day <= until), key=lambda r: r.said.day):
        latest[row.said.key] = row
    if late:
        first = min(late, key=lambda r: r.origin)
        text = (f"rader daterade efter {until} räknas inte ({len(late)} st); skriv scenario.uppfoljning_till med ett senare "
                "datum om prognosen ska känna till dem")
        problems.warn(first.at["datum"], f"{first.said.key}.datum", text, "uppfoljning_senare")
    used = {key: row for key, row in sorted(latest.items()) if key in measures}
    for key, row in used.items():
        measures[key] = _Follow(measures[key], row, start, terms, problems).measure()
    holder = listed if listed is not None else scenario
    laid = scenario.with_value({**(scenario.mapping or {}), "atgarder": holder.with_value(measures)}) if used else scenario
    return laid, tuple(row.said for row in used.values())


class _Follow:
    """One measure and the row that says how it went."""

    def __init__(self, measure: Node, row: Row, start: date, terms: Mapping[str, int], problems: Problems) -> None:
        self.plan, self.row, self.said = measure, row, row.said
        self.run_start, self.terms, self.problems = start, terms, problems
        self.new: dict[str, Node] = dict(measure.mapping or {})

    def measure(self) -> Node:
        said = self.said
        self._set("status", said.status, "status")
        if said.status in UNDER_WAY:
            self._set("sannolikhet_genomford_procent", 100, "status")
        if said.status == "avslutad":
            ended = self._planned("slut", last=True)
            if ended is None or ended > said.day:
                self._set("slut", said.day.isoformat(), "status")
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
        if share == 0:
            self._set("start", self.said.day.isoformat(), at)
            self._set("i_drift_vid_start", "nej", at)
            return
        if begun is None or begun > self.said.day:
            text = "infört före starten går inte att räkna på; ange faktisk_start, samma dag som datum eller tidigare"
            self.problems.error(self.row.at[at], f"{self.said.key}.{at}", text, code="datum")
            return
        gone = (self.said.day - begun).days / _DAYS_PER_MONTH
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
        """Set how much is trained and handed over; a stage that is planned later stays planned unless it is done."""
        block = self.new.get("uppgiftsvaxling")
        stages = {"utbildad": self.said.trained, "overlamnad": self.said.handed}
        given = {stage: share for stage, share in stages.items() if share is not None}
        if not given:
            return
        if block is None or block.value is None:
            stage = next(iter(given))
            text = "utbildad_andel och overlamnad_andel gäller bara åtgärder med uppgiftsvaxling och ändrar inget här"
            self.problems.warn(self.row.at[f"{stage}_andel"], f"{self.said.key}.{stage}_andel", text, "uppfoljning")
            return
        blocks = block.items if block.items is not None else [block]
        followed = [self._stages_of(one, given) for one in blocks]
        self.new["uppgiftsvaxling"] = block.with_value(followed) if block.items is not None else followed[0]

    def _stages_of(self, block: Node, given: Mapping[str, float]) -> Node:
        if block.mapping is None:
            return block
        new = dict(block.mapping)
        for stage, share in given.items():
            planned = read_day(new.get(stage), self.terms)
            if planned is not None and planned > self.said.day and share < 1:
                continue
            if planned is None or planned > self.said.day:
                new[stage] = self._node(stage, self.said.day.isoformat(), f"{stage}_andel")
            new[f"{stage}_andel"] = self._node(f"{stage}_andel", share, f"{stage}_andel")
        return block.with_value(new)

    def _planned(self, key: str, *, last: bool = False) -> date | None:
        return read_day(self.plan.get(key), self.terms, last=last)

    def _set(self, key: str, value: object, column: str) -> None:
        if value is not None:
            self.new[key] = self._node(key, value, column)

    def _set_in(self, key: str, inner: str, value: Node | float, column: str) -> None:
        holder = self.new.get(key) or Node({}, self.row.at[column], key=key, key_origin=self.row.at[column])
        made = value if isinstance(value, Node) else self._node(inner, value, column)
        origin = self.row.at[column]
        made = Node(made.value, origin, key=inner, key_origin=origin, number=made.number)
        self.new[key] = holder.with_value({**(holder.mapping or {}), inner: made})

    def _node(self, key: str, value: object, column: str) -> Node:
        origin = self.row.at[column]
        return Node(value, origin, str(value), key=key, key_origin=origin)


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


def _columns(heading: Sequence[Field], problems: Problems) -> dict[str, int]:
    found: dict[str, int] = {}
    for i, field in enumerate(heading):
        key = fold(field.text)
        if key in found:
            text = f"kolumnen '{field.text}' står två gånger; behåll en av dem"
            problems.error(field.origin, field.text, text, code="dubblett")
        elif key in COLUMNS:
            found[key] = i
        elif field.text:
            text = f"okänd kolumn '{field.text}', tillåtna är {', '.join(COLUMNS)}"
            problems.error(field.origin, field.text, text, nearest(field.text, COLUMNS), "okand_nyckel")
    for key in ("nyckel", "datum"):
        if key not in found:
            text = f"kolumnen '{key}' saknas; första raden ska vara {';'.join(COLUMNS)} (skilj fälten med semikolon)"
            problems.error(heading[0].origin, key, text, code="saknas")
    return found


def _row(fields: Sequence[Field], columns: Mapping[str, int], terms: Mapping[str, int], problems: Problems) -> Row | None:
    first = fields[0].origin
    extra = next((f for f in fields[max(columns.values()) + 1 :] if f.text), None)
    if extra is not None:
        text = f"raden har fler fält än rubriken ('{extra.text[:40]}'); en text med semikolon behöver citattecken"
        problems.error(extra.origin, fields[0].text, text)
    empty = Field("", first)
    cells = {key: fields[i] if i < len(fields) else empty for key, i in columns.items()}
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

