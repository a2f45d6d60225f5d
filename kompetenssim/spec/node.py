"""The tree of a file: plain values that remember where they were written.

Inheritance merges trees, not models, so every value of a resolved scenario still knows its file,
line and column, however many files it went through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from kompetenssim.spec.specification import Origin, Problem

MOST_PROBLEMS = 200
"""More than this helps nobody; collecting stops there."""

INVALID = object()
"""Stands in plain data for a value whose fault is already reported."""


@dataclass(slots=True)
class Node:
    """Hold one value of a file: a scalar, a list or a mapping of nodes.

    `text` is the scalar as written; `quoted` tells whether it stood in quotes. `key` is the key that
    leads here as the person spelled it, `key_origin` where that key stands. `number` marks a mapping
    that is one number (`{undre, trolig, ovre}`), which inheritance treats as one value. `refers` says
    what the value must be a key of (`enhet`, `yrkesgrupp` …), `key_refers` the same of the key. `partial`
    tells that a faulty key was taken out of this mapping, so what seems to be lacking may be just that.
    """

    value: Any
    origin: Origin
    text: str = ""
    quoted: bool = False
    key: str | None = None
    key_origin: Origin | None = None
    number: bool = False
    refers: str | None = None
    key_refers: str | None = None
    partial: bool = False

    @property
    def mapping(self) -> dict[str, Node] | None:
        """The entries of a mapping, or None when this is something else."""
        return self.value if isinstance(self.value, dict) else None

    @property
    def items(self) -> list[Node] | None:
        """The items of a list, or None when this is something else."""
        return self.value if isinstance(self.value, list) else None

    @property
    def scalar(self) -> bool:
        """Tell whether this is a single value."""
        return not isinstance(self.value, (dict, list))

    @property
    def invalid(self) -> bool:
        """Tell whether the fault of this value is already reported."""
        return self.value is INVALID

    @property
    def place(self) -> Origin:
        """Where to point at: a scalar itself, but the key of a mapping or a list."""
        return self.origin if self.scalar or self.text or self.key_origin is None else self.key_origin

    def get(self, *keys: str) -> Node | None:
        """Follow keys through mappings; None where one is missing."""
        found: Node | None = self
        for key in keys:
            found = found.mapping.get(key) if found is not None and found.mapping is not None else None
        return found

    def without(self, *keys: str) -> Node:
        """Copy a mapping without some of its keys."""
        return self.with_value({k: v for k, v in (self.mapping or {}).items() if k not in keys})

    def with_value(self, value: Any, *, number: bool = False, refers: str | None = None) -> Node:
        """Copy this node with another value at the same place."""
        return replace(self, value=value, number=number, refers=refers)

    def under_key(self, key: str) -> Node:
        """Copy this node as if it stood under a key: an item of a list that is known by its name."""
        return replace(self, key=key, key_origin=self.key_origin or self.origin)

    def plain(self) -> Any:
        """Give the value as ordinary Python data."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain() for child in self.value]
        return self.value

    def walk(self, path: str = "", *, written: bool = False) -> Iterator[tuple[str, Node]]:
        """Go through every node below with its dotted path; list items are numbered from 1.

        The path is made of canonical keys, or of the keys as `written` in the file.
        """
        children: Iterator[tuple[str, Node]]
        if isinstance(self.value, dict):
            children = iter(cast("dict[str, Node]", self.value).items())
        elif isinstance(self.value, list):
            children = ((str(i), child) for i, child in enumerate(self.value, start=1))
        else:
            return
        for key, child in children:
            name = child.key or key if written else key
            below = f"{path}.{name}" if path else name
            yield below, child
            yield from child.walk(below, written=written)


def describe(node: Node) -> str:
    """Say what a value is, for a message."""
    if node.text:
        return f"'{node.text[:60]}'"
    if node.mapping is not None:
        return "en mappning"
    return "en lista" if node.items is not None else "ett tomt värde"


class Problems:
    """Collect what is wrong, and what is merely odd, in every file that is read."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []
        self.warnings: list[Problem] = []

    def error(self, origin: Origin, path: str, text: str, suggestion: str | None = None, code: str = "fel") -> None:
        """Report a fault; the same fault at the same place is reported once."""
        problem = Problem(*origin, path or "filen", text, suggestion, code)
        if len(self.errors) < MOST_PROBLEMS and problem not in self.errors:
            self.errors.append(problem)

    def warn(self, origin: Origin, path: str, text: str, code: str) -> None:
        """Report something that is allowed but probably not meant."""
        self._tell(Problem(*origin, path or "filen", text, None, code, "varning"))

    def inform(self, origin: Origin, path: str, text: str, code: str) -> None:
        """Report what no edit cures but a reader of the results must know."""
        self._tell(Problem(*origin, path or "filen", text, None, code, "upplysning"))

    def _tell(self, problem: Problem) -> None:
        if problem not in self.warnings:
            self.warnings.append(problem)

    def sorted_errors(self) -> list[Problem]:
        """Give the errors in the order a person reads the files."""
        return sorted(self.errors, key=lambda p: (p.file, p.line, p.column, p.path, p.text))

    def sorted_warnings(self) -> list[Problem]:
        """Give warnings and what informs in the order a person reads the files."""
        return sorted(self.warnings, key=lambda p: (p.file, p.line, p.column, p.path, p.text))


CENTRE = ("varde", "trolig")
BOUNDS = ("undre", "ovre")


def merge(base: Node, over: Node) -> Node:
    """Lay `over` on `base`: mappings key by key, everything else replaced.

    A number is one value: whoever writes a new one does not inherit the source of the old one. Only a
    part of an interval (`{ovre: 9}`) or provenance alone (`{antagande: ja}`) is joined to what was there.
    """
    if base.mapping is None or over.mapping is None:
        return over
    if over.number:
        return _merge_number(base, over)
    merged = dict(base.mapping)
    for key, child in over.mapping.items():
        merged[key] = merge(merged[key], child) if key in merged else child
    return over.with_value(merged)


def _merge_number(base: Node, over: Node) -> Node:
    old, new = dict(base.mapping or {}), dict(over.mapping or {})
    given = [key for key in (*CENTRE, *BOUNDS) if key in new]
    if not given:
        return over.with_value(old | new, number=True)
    whole = any(k in new for k in CENTRE) and all(k in new for k in BOUNDS)
    if whole or given == ["varde"]:
        return over
    if any(k in new for k in CENTRE):
        old = {k: v for k, v in old.items() if k not in CENTRE}
    kept = {k: v for k, v in old.items() if k in CENTRE or k in BOUNDS}
    return over.with_value(kept | new, number=True)
