"""Give a named tuple of arrays to compiled code as one pointer.

Numba passes a named tuple member by member: with a hundred arrays every call would copy, and every function declare, hundreds of
numbers. A handle is one pointer to a table of addresses and shapes; `handle.field` in compiled code reads its line. The
arrays must outlive the call, be C-contiguous and keep their place; the handle holds them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Handle:
    """Hold the arrays of a named tuple; in Python it reads like the tuple."""

    __slots__ = ("address", "kind", "members", "table")

    def __init__(self, members: Any) -> None:
        import numpy as np

        self.members = members
        rows: list[int] = []
        for name, array in zip(members._fields, members, strict=True):
            if not array.flags.c_contiguous:
                raise ValueError(f"{type(members).__name__}.{name} is not contiguous")
            rows += [array.ctypes.data, *array.shape]
        self.table: NDArray[np.uint64] = np.array(rows, dtype=np.uint64)
        self.address = self.table.ctypes.data
        shapes = tuple((array.dtype.str, array.ndim) for array in members)
        self.kind = handle_type(type(members), shapes)  # type: ignore[arg-type]  # a class can be hashed

    def __getattr__(self, name: str) -> Any:
        """Give an array by name."""
        return getattr(self.members, name)


@cache
def handle_type(kind: Any, arrays: tuple[tuple[str, int], ...]) -> Any:
    """Give the type that Numba knows a handle by: a tuple class and the number type and dimensions of each array."""
    from numba import from_dtype, types
    from numpy import dtype

    from kompetenssim.engine.handle_type import HandleType

    fields = zip(kind._fields, arrays, strict=True)
    known = tuple((field, types.Array(from_dtype(dtype(of)), dimensions, "C")) for field, (of, dimensions) in fields)
    return HandleType(kind.__name__, known)
