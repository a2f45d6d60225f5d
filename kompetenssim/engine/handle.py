"""Give a named tuple of arrays to compiled code as one pointer.

Numba passes a named tuple member by member: with a hundred arrays every call would copy, and every function declare, hundreds of
numbers. A handle is one pointer to a table of addresses and shapes; `handle.field` in compiled code reads its line. The
arrays must outlive the call, be C-contiguous and keep their place; the handle holds them.
"""

from __future__ import annotations

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
        for array in members:
            rows += [array.ctypes.data, *array.shape]
        self.table: NDArray[np.uint64] = np.array(rows, dtype=np.uint64)
        self.address = self.table.ctypes.data
        self.kind = handle_type(type(members).__name__, members)

    def __getattr__(self, name: str) -> Any:
        """Give an array by name."""
        return getattr(self.members, name)


def handle_type(name: str, members: Any) -> Any:
    """Give the type that Numba knows such a handle by: the names, number types and dimensions of its arrays."""
    from numba import typeof, types

    from kompetenssim.engine.handle_type import HandleType

    for field, array in zip(members._fields, members, strict=True):
        if not array.flags.c_contiguous:
            raise ValueError(f"{name}.{field} is not contiguous")
    fields = [(field, types.Array(typeof(array).dtype, array.ndim, "C")) for field, array in zip(members._fields, members, strict=True)]
    return HandleType(name, tuple(fields))
