"""One-dimensional sequences: lists when the readable engine runs the plain source, arrays when it is compiled.

A table is a NamedTuple of such sequences. They hold numbers, or rows: NamedTuples of numbers, which become records of an
array. So the same source reads `cells[c].heads` from both. What is written is a sequence of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

Ints = Sequence[int]
Floats = Sequence[float]
IntRow = list[int]
FloatRow = list[float]

Entry = TypeVar("Entry")


def ragged(rows: Iterable[Iterable[Entry]]) -> tuple[list[int], list[Entry]]:
    """Lay rows of unequal length end to end: row i is `flat[first[i] : first[i + 1]]`."""
    first: list[int] = [0]
    flat: list[Entry] = []
    for row in rows:
        flat.extend(row)
        first.append(len(flat))
    return first, flat
