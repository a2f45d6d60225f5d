"""What Numba must know of a handle: its type, how it is taken from Python, and how a field is read.

Imported only when something is compiled, since it imports Numba.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array

from kompetenssim.engine.handle import Handle


class HandleType(types.Type):
    """Name the fields of a handle in order; two handles with the same fields are of one type."""

    def __init__(self, title: str, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = dict(fields)
        self.first, at = {}, 0
        for field, array in fields:
            self.first[field] = at
            at += 1 + array.ndim
        super().__init__(name=f"Handle({title}: {', '.join(f'{field} {array}' for field, array in fields)})")


@typeof_impl.register(Handle)
def _type_of(handle: Handle, _: Any) -> Any:
    return handle.kind


@register_model(HandleType)
class HandleModel(models.PrimitiveModel):
    """Say that a handle is an address."""

    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64))


@unbox(HandleType)
def _take(_: Any, handle: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(handle, "address")
    value = c.pyapi.long_as_ulonglong(address)
    c.pyapi.decref(address)
    return NativeValue(value, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class HandleFields(AttributeTemplate):
    """Say which type a field has."""

    key = HandleType

    def generic_resolve(self, handle: Any, field: str) -> Any:  # type: ignore[override]  # the base says it is not there
        """Give the array type of a field, None when there is no such field."""
        return handle.fields.get(field)


@lower_getattr_generic(HandleType)
def _read(context: Any, builder: Any, handle: Any, address: Any, field: str) -> Any:
    """Read a field's line of the table; the table never changes during a call, and the compiler is told so."""
    array = handle.fields[field]
    word = ir.IntType(64)
    table = builder.inttoptr(address, word.as_pointer())
    unchanging = builder.module.add_metadata([])

    def line(k: int) -> Any:
        found = builder.load(builder.gep(table, [ir.Constant(word, handle.first[field] + k)]))
        found.set_metadata("invariant.load", unchanging)
        return found

    made = make_array(array)(context, builder)
    shape = [line(1 + k) for k in range(array.ndim)]
    size = context.get_abi_sizeof(context.get_data_type(array.dtype))
    stride: Any = ir.Constant(word, size)
    strides: list[Any] = []
    for extent in reversed(shape):
        strides.insert(0, stride)
        stride = builder.mul(stride, extent)
    populate_array(
        made, data=builder.inttoptr(line(0), made.data.type), shape=shape, strides=strides,
        itemsize=ir.Constant(word, size), meminfo=None,
    )  # fmt: skip
    return impl_ret_borrowed(context, builder, array, made._getvalue())
