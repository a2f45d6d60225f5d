"""A folder for what would fill the memory: two hundred simulations of two scenarios are close to a gigabyte.

Workers write what they keep straight into it and hand back where it lies; the parent reads one column at a time. Nothing
large goes through a pipe.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Sequence
from math import prod
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

BUFFER = 1 << 18  # bytes: fewer calls than one for each array, and no array is copied into large new memory

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

    from kompetenssim.forecast.sample import Chunk

    Integers: TypeAlias = NDArray[np.integer]


class Stored(NamedTuple):
    """Say where the arrays of some simulations lie, one after the other: file, bytes before them, type, common shape."""

    file: str
    offset: int
    kind: str
    shape: tuple[int, ...]


#: One column of some simulations, in simulation order: arrays of one shape, in memory or in a file.
Part: TypeAlias = "Sequence[Integers] | Stored"


class Scratch:
    """A temporary folder that is there while somebody holds it, at most until the program ends.

    The system chooses the place; the environment variable TMPDIR moves it.
    """

    def __init__(self) -> None:
        self.folder = mkdtemp(prefix="kompetenssim-")
        self.remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


def put_away(chunk: Chunk, folder: str) -> Chunk:
    """Write the large arrays of a chunk to a file of its own in the folder; give the chunk with where they lie instead."""
    path = Path(folder) / f"{chunk.scenario}-{chunk.first}"
    with path.open("wb", buffering=BUFFER) as file:

        def stored(parts: Sequence[Part]) -> list[Part]:
            return [part if isinstance(part, Stored) else _written(part, str(path), file) for part in parts]

        return chunk._replace(
            months=stored(chunk.months), cell_years=stored(chunk.cell_years), weeks=stored(chunk.weeks))


def fetched(part: Part) -> Integers:
    """Give the arrays of a column as one, [simulation, …]."""
    if not isinstance(part, Stored):
        return np.stack(part)
    values: Integers = np.fromfile(part.file, dtype=part.kind, count=prod(part.shape), offset=part.offset)
    return values.reshape(part.shape)


def _written(arrays: Sequence[Integers], name: str, file: BinaryIO) -> Stored:
    kind = np.result_type(*arrays)
    place = Stored(name, file.tell(), kind.str, (len(arrays), *arrays[0].shape))
    for array in arrays:
        file.write(np.ascontiguousarray(array, dtype=kind).data)
    return place
