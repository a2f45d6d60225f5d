"""Write a resolved scenario: every value with the place it was written, or the word standardvärde."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from kompetenssim.spec.keys import fields_by_key
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part
from kompetenssim.spec.scenario import Measure
from kompetenssim.spec.specification import Origin, Specification

_BARE = re.compile(r"[A-Za-zÅÄÖåäö][A-Za-zÅÄÖåäö0-9_./()]*( [A-Za-zÅÄÖåäö0-9_./()]+)*|\d{4}-\d{2}(-\d{2})?|\d{4}-[vh]t")
_RESERVED = frozenset({"yes", "no", "on", "off", "true", "false", "null"})
_KEY = re.compile(r"[a-z0-9_][a-z0-9_.+\-]*")
_PROVENANCE = ("source", "assumption", "refers_to", "note")


def resolved_yaml(spec: Specification) -> str:
    """Write what a scenario means, as YAML with one comment per value that names its origin.

    The comment is `fil:rad`, followed by the source and the word antagande where they apply, or
    `standardvärde` where no file gives the value; what the follow-up of measures gives has the word
    uppföljning. The same specification gives the same text.
    """
    writer = _Writer(spec.origins)
    head = spec.scenario.scenario
    writer.line(0, f"# {spec.title}: scenariot {spec.key} upplöst, med varje värdes ursprung")
    writer.line(0, "version: 1")
    writer.section("scenario", head.model_copy(update={"replications": spec.replications, "seed": spec.seed}))
    writer.section("omvarld", spec.scenario.outside_world)
    writer.keyed("atgarder", {m.key: m for m in spec.measures})
    writer.keyed("mal", {t.key: t for t in spec.targets})
    for key, (name, _) in fields_by_key(type(spec.region)).items():
        value = getattr(spec.region, name)
        if name not in ("version", "targets") and value is not None:
            writer.entry(0, key, value, key)
    writer.section("regler", spec.rules)
    return "\n".join(writer.lines) + "\n"


def number_text(number: Number) -> str:
    """Write a number as in a file, without its provenance."""
    if number.low is None or number.high is None:
        return scalar_text(number.mode)
    return f"{{undre: {scalar_text(number.low)}, trolig: {scalar_text(number.mode)}, ovre: {scalar_text(number.high)}}}"


def scalar_text(value: Any) -> str:
    """Write a single value so that it is read back as it is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if _BARE.fullmatch(text) and text.lower() not in _RESERVED else json.dumps(text, ensure_ascii=False)


class _Writer:
    """Collect the lines of the file."""

    def __init__(self, origins: Mapping[str, Origin]) -> None:
        self.lines: list[str] = []
        self._origins = origins

    def line(self, depth: int, text: str, comment: str = "") -> None:
        self.lines.append("  " * depth + text + (f"  # {comment}" if comment else ""))

    def section(self, key: str, model: BaseModel) -> None:
        """Write a mapping at the top of the file."""
        self.entry(0, key, model, key)

    def keyed(self, key: str, found: Mapping[str, BaseModel]) -> None:
        """Write things with a key as a list sorted by it."""
        if not found:
            self.line(0, f"{key}: []", self._origin(key))
            return
        self.line(0, f"{key}:")
        for name, model in sorted(found.items()):
            self._item(1, model, f"{key}.{name}")

    def entry(self, depth: int, key: str, value: Any, path: str) -> None:
        """Write one key and what it holds, in the form its type asks for."""
        label = key if _KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        if isinstance(value, Number):
            self.line(depth, f"{label}: {number_text(value)}", self._number_origin(value, path))
        elif isinstance(value, BaseModel):
            self._mapping(depth, label, list(self._fields(value, path)))
        elif isinstance(value, dict):
            self._mapping(depth, label, [(k, v, f"{path}.{k}") for k, v in sorted(value.items())])
        elif isinstance(value, list) and value and all(isinstance(v, BaseModel) for v in value):
            self.line(depth, f"{label}:")
            for i, item in enumerate(value, start=1):
                self._item(depth + 1, item, f"{path}.{i}")
        elif isinstance(value, list):
            self.line(depth, f"{label}: [{', '.join(map(scalar_text, value))}]", self._origin(path))
        else:
            self.line(depth, f"{label}: {scalar_text(value)}", self._origin(path))

    def _mapping(self, depth: int, label: str, entries: list[tuple[str, Any, str]]) -> None:
        self.line(depth, f"{label}:" if entries else f"{label}: {{}}")
        for key, value, path in entries:
            self.entry(depth + 1, key, value, path)

    def _item(self, depth: int, model: BaseModel, path: str) -> None:
        first = len(self.lines)
        for key, value, at in self._fields(model, path):
            self.entry(depth + 1, key, value, at)
        margin = "  " * depth
        self.lines[first] = f"{margin}- {self.lines[first].lstrip()}"

    def _fields(self, model: BaseModel, path: str) -> Iterable[tuple[str, Any, str]]:
        """Give the fields worth writing: all but what is empty and not written anywhere."""
        for key, (name, _) in fields_by_key(type(model)).items():
            value, at = getattr(model, name), f"{path}.{key}"
            empty = value is None or value in ([], {})
            if (empty and at not in self._origins) or (isinstance(model, Part) and name in _PROVENANCE and value is None):
                continue
            yield key, value, at
        if isinstance(model, Measure):
            for kind, blocks in sorted(model.levers.items()):
                at = f"{path}.{kind}"
                single = len(blocks) == 1 and f"{at}.1" not in self._origins
                yield kind, blocks[0] if single else blocks, at

    def _number_origin(self, number: Number, path: str) -> str:
        said = [self._origin(path)]
        if number.source:
            said.append(f"källa: {number.source}")
        if number.refers_to:
            said.append(f"avser {number.refers_to}")
        if number.assumption:
            said.append("antagande" if number.assumption is True else f"antagande: {number.assumption}")
        return " ".join(", ".join(said).split())

    def _origin(self, path: str) -> str:
        origin = self._origins.get(path)
        if origin is None:
            return "standardvärde"
        return f"{origin.file}:{origin.line}" + (", uppföljning" if origin.file.endswith(".csv") else "")
