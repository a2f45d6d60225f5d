"""Read YAML the way a person means it, and say in Swedish where a file cannot be read.

Built on PyYAML's event stream, with none of its guesses: no booleans but the words ja and nej, no octal,
no sexagesimal, no dates turned into objects, no silently dropped key. Whatever can be reported together is
reported together; only a fault of the syntax itself stops the reading. Time and memory are bounded by the
size of the file: aliases are refused rather than expanded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import fold, fold_data_key
from kompetenssim.spec.node import INVALID, Node, Problems
from kompetenssim.spec.specification import Origin, Problem

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_ENGLISH_BOOLEANS = frozenset({"yes", "no", "on", "off", "true", "false"})
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.?)([eE][-+]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[-+]?[0-9][0-9 ]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHORT_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_SYNTAX = {
    "mapping values are not allowed": "kolon på fel plats; en text med kolon behöver citattecken, och indraget ska stämma",
    "could not find expected ':'": "det saknas ett kolon efter nyckeln på raden före eller här",
    "expected <block end>": "raden passar inte in här; kontrollera indrag och citattecken",
    "expected ',' or '}'": "det saknas komma eller '}'",
    "expected ',' or ']'": "det saknas komma eller ']'",
    "did not find expected key": "raden passar inte in här; kontrollera indrag och citattecken",
    "did not find expected '-' indicator": "raden passar inte i listan; kontrollera indraget",
    "did not find expected node content": "ett värde saknas här",
    "block sequence entries are not allowed": "ett listtecken '-' på en plats där det inte kan stå",
    "cannot start any token": "tecknet kan inte börja ett värde; sätt texten inom citattecken",
    "unexpected end of stream": "filen tar slut mitt i ett värde; ett citattecken eller en parentes är inte stängd",
    "unexpected document indicator": "'---' eller '...' mitt i en text",
    "nesting": f"för djupt nästlat; högst {MAX_DEPTH} nivåer",
    "unknown escape character": "okänd flykttecken-sekvens i texten; använd enkla citattecken ('…')",
    "did not find expected <document start>": "filen ska vara en mappning med nyckel: värde",
}


class _Stop(Exception):
    """Reading cannot go on; the reason is already reported."""


@dataclass
class Document:
    """Hold what a file says: the tree, its faults, and how many nodes were built to read it."""

    root: Node | None
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    @property
    def data(self) -> Any:
        """The content as plain Python data."""
        return None if self.root is None else self.root.plain()

    @property
    def positions(self) -> dict[str, tuple[int, int]]:
        """Dotted key path → (line, column), counted from 1."""
        return {} if self.root is None else {path: (n.place.line, n.place.column) for path, n in self.root.walk()}


def read_file(path: Path, name: str) -> tuple[bytes, Document]:
    """Read a file from disk; `name` is what it is called in messages. Faults are in the document."""
    problems = Problems()
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except IsADirectoryError:
        problems.error(Origin(name, 1, 1), "", "är en katalog, inte en fil")
    except FileNotFoundError:
        problems.error(Origin(name, 1, 1), "", "filen finns inte")
    except OSError as fault:
        problems.error(Origin(name, 1, 1), "", f"filen går inte att läsa ({fault.strerror})")
    else:
        return content, read_yaml(content, name)
    return b"", Document(None, problems.errors)


def read_yaml(content: bytes, name: str) -> Document:
    """Read the bytes of a YAML file into a tree with positions; never raises for what a file contains."""
    builder = _Builder(name)
    try:
        builder.read(content)
    except _Stop:
        builder.root = None
    return Document(builder.root, builder.problems.sorted_errors(), builder.nodes)


@dataclass
class _Frame:
    """A mapping or list that is not yet closed."""

    node: Node
    flow: bool
    key: tuple[str, Origin] | None = None
    waiting: bool = True
    last: Node | None = None
    seen: dict[str, tuple[str, Origin]] = field(default_factory=dict)


class _Builder:
    """Turn the events of the parser into nodes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems = Problems()
        self.root: Node | None = None
        self.nodes = 0
        self.stack: list[_Frame] = []
        self.documents = 0
        self.anchored = False

    def read(self, content: bytes) -> None:
        text = self._text(content)
        loader = _LOADER(text)
        try:
            while loader.check_event():
                self._event(loader.get_event())
        except yaml.MarkedYAMLError as fault:
            self._syntax(fault, text)
        except yaml.YAMLError as fault:
            self._error(Origin(self.name, 1, 1), f"YAML-syntaxen går inte att tolka ({fault})")
            raise _Stop from fault
        finally:
            loader.dispose()
        if self.root is None and not self.problems.errors:
            self._error(Origin(self.name, 1, 1), "filen är tom; den ska innehålla minst 'version: 1'")

    def _text(self, content: bytes) -> str:
        if len(content) > MAX_BYTES:
            self._error(Origin(self.name, 1, 1), f"filen är för stor; högst {MAX_BYTES // 1_000_000} MB läses")
            raise _Stop
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            before = content[: fault.start].decode("utf-8-sig", errors="replace")
            self._error(self._position(before), "filen är inte UTF-8 (kanske Windows-1252); spara om den med kodningen UTF-8")
            raise _Stop from fault
        odd = _UNPRINTABLE.search(text)
        if odd:
            self._error(self._position(text[: odd.start()]), f"otillåtet styrtecken U+{ord(odd[0]):04X}; ta bort det")
            raise _Stop
        return self._without_tabs(text) if "\t" in text else text

    def _without_tabs(self, text: str) -> str:
        indented = False
        for number, line in enumerate(text.splitlines(), start=1):
            column = line.find("\t")
            if column >= 0:
                self._error(Origin(self.name, number, column + 1), "tabbtecken är inte tillåtet; använd blanksteg")
                indented |= not line[:column].strip()
        if indented:
            raise _Stop
        return text.replace("\t", " ")

    def _position(self, before: str) -> Origin:
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return Origin(self.name, len(lines), len(lines[-1]) + 1)

    def _origin(self, mark: Any) -> Origin:
        return Origin(self.name, mark.line + 1, mark.column + 1)

    def _error(self, origin: Origin, text: str, key: str | None = None) -> None:
        keys = [name for i in range(1, len(self.stack)) if (name := self._name(self.stack[i].node, self.stack[i - 1].node))]
        keys += [key] if key else [frame.key[0] for frame in self.stack[-1:] if frame.key]
        self.problems.error(origin, ".".join(keys), text)

    def _name(self, node: Node, parent: Node) -> str | None:
        """Name a mapping or list that is being read: its key, the key it declares, or its number in the list."""
        if node.key or parent.items is None:
            return node.key
        own = (child.text for written, child in (node.mapping or {}).items() if fold(written) in ("nyckel", "atgard"))
        return next(own, "") or str(len(parent.items))

    def _syntax(self, fault: yaml.MarkedYAMLError, text: str) -> None:
        said = fault.problem or str(fault)
        swedish = next((sv for en, sv in _SYNTAX.items() if en in said), f"({said})")
        mark = fault.problem_mark or fault.context_mark
        origin = self._origin(mark) if mark else Origin(self.name, 1, 1)
        lines = text.splitlines()
        if origin.line > len(lines):
            origin = Origin(self.name, max(len(lines), 1), len(lines[-1]) + 1 if lines else 1)
        opened = fault.context_mark
        since = f" (det började på rad {opened.line + 1})" if opened and opened.line + 1 < origin.line else ""
        self._error(origin, f"YAML-syntaxen går inte att tolka: {swedish}{since}")
        raise _Stop from fault

    def _event(self, event: Any) -> None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._count(event)
            self._decorations(event)
            self._scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            self._count(event)
            self._decorations(event)
            self._open(event, {} if kind is yaml.MappingStartEvent else [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._close()
        elif kind is yaml.AliasEvent:
            self._count(event)
            self._refuse_anchor(event)
            self._attach(Node(INVALID, self._origin(event.start_mark)))
        elif kind is yaml.DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._error(self._origin(event.start_mark), "flera dokument i samma fil ('---'); dela upp den i flera filer")
                raise _Stop

    def _count(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._error(self._origin(event.start_mark), f"filen har för många värden; högst {MAX_NODES} läses")
            raise _Stop

    def _decorations(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse_anchor(event)
        if event.tag is not None:
            self._error(self._origin(event.start_mark), f"taggar som '{event.tag}' stöds inte; skriv bara värdet")

    def _refuse_anchor(self, event: Any) -> None:
        if not self.anchored:
            self.anchored = True
            self._error(
                self._origin(event.start_mark),
                f"ankare och alias ('&{event.anchor}', '*{event.anchor}') stöds inte; skriv ut värdet eller använd bygger_pa",
            )

    def _open(self, event: Any, value: Any) -> None:
        origin = self._origin(event.start_mark)
        if len(self.stack) >= MAX_DEPTH:
            self._error(origin, f"för djupt nästlat; högst {MAX_DEPTH} nivåer")
            raise _Stop
        node = Node(value, origin)
        if not (self.stack and isinstance(self.stack[-1].node.value, dict) and self.stack[-1].waiting):
            self._attach(node)
        else:
            self._error(origin, "en nyckel måste vara en text, inte en lista eller mappning")
            self.stack[-1].key, self.stack[-1].waiting = None, False
        self.stack.append(_Frame(node, bool(event.flow_style)))

    def _close(self) -> None:
        self.stack.pop()
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.node.value, dict) and frame.last is None and not frame.waiting:
            frame.last = frame.node

    def _scalar(self, event: Any) -> None:
        origin = self._origin(event.start_mark)
        quoted = not event.implicit[0] or event.style in ("'", '"', "|", ">")
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.node.value, dict) and frame.waiting:
            self._key(frame, event.value, quoted, origin)
            return
        if frame is not None and frame.flow and self._decimal_comma(frame, event.value, quoted):
            return
        node = Node(None, origin, event.value, quoted)
        node.value = event.value if quoted else self._value(event.value, origin)
        self._attach(node)

    def _value(self, text: str, origin: Origin) -> Any:
        if text in _NULLS:
            return None
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            return number if abs(number) < float("inf") else text
        if text.lower() in _ENGLISH_BOOLEANS:
            self._error(origin, f"'{text}' är inte tillåtet; skriv ja eller nej, eller sätt citattecken om det är en text")
            return INVALID
        return INVALID if self._bad_date(text, origin) else text

    def _bad_date(self, text: str, origin: Origin, key: str | None = None) -> bool:
        short = _SHORT_DATE.fullmatch(text)
        if short is None:
            return False
        if not _DATE.fullmatch(text):
            self._error(origin, f"datumet {text} ska skrivas {short[1]}-{short[2]:0>2}-{short[3]:0>2}", key)
            return True
        try:
            first_day(text)
        except ValueError as fault:
            self._error(origin, str(fault), key)
            return True
        return False

    def _key(self, frame: _Frame, text: str, quoted: bool, origin: Origin) -> None:
        frame.waiting = False
        frame.key = None
        if not quoted:
            if text == "<<":
                self._error(origin, "sammanslagningsnyckeln '<<' stöds inte; skriv ut värdena eller använd bygger_pa", text)
                return
            if text in _NULLS:
                self._error(origin, "en tom nyckel; skriv nyckel: värde")
                return
            if text.lower() in _ENGLISH_BOOLEANS:
                self._error(origin, f"'{text}' är ingen tillåten nyckel (YAML läser den som ja eller nej)", text)
                return
            if self._bad_date(text, origin, text):
                return
        frame.key = (text, origin)

    def _decimal_comma(self, frame: _Frame, text: str, quoted: bool) -> bool:
        """Recognise `{antal_aa: 3,7}`, which YAML reads as 3 and an empty key 7."""
        if quoted or text != "" or frame.key is None or frame.last is None or not isinstance(frame.node.value, dict):
            return False
        digits, before = frame.key[0].rstrip(" %"), frame.last
        adjacent = frame.key[1].line == before.origin.line and frame.key[1].column == before.origin.column + len(before.text) + 1
        if not (adjacent and digits.isdigit() and _WHOLE.fullmatch(before.text) and not before.quoted):
            return False
        frame.key, frame.waiting = None, True
        advice = f"decimaltecken ska vara punkt: skriv {before.text.replace(' ', '')}.{digits}"
        self._error(before.origin, advice, before.key)
        before.value = INVALID
        return True

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
            return
        frame.waiting = True
        if frame.key is None:
            frame.last = None
            return
        node.key, node.key_origin = frame.key
        frame.last = node
        frame.key = None
        self._insert(frame, node)

    def _insert(self, frame: _Frame, node: Node) -> None:
        written, origin = node.key or "", node.key_origin or node.origin
        folded = fold_data_key(written)
        if folded not in frame.seen:
            frame.seen[folded] = (written, origin)
            frame.node.value[written] = node
            return
        first, earlier = frame.seen[folded]
        if first == written:
            text = f"nyckeln '{written}' står två gånger: rad {earlier.line} och rad {origin.line}"
        else:
            text = f"nycklarna '{first}' (rad {earlier.line}) och '{written}' (rad {origin.line}) betyder samma sak"
        self._error(origin, f"{text}; behåll en av dem", written)
