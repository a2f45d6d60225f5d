"""Inputs for the compiled engine: the plain source of `model.filling`, compiled, on arrays that are allocated once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast, get_args, get_type_hints

from kompetenssim.engine.loader import load
from kompetenssim.model.fill_tables import fill_work
from kompetenssim.model.inputs import tables_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template

#: Everything that decides the compiled code: plain functions, the constants they read and the layout of the tables.
FILL_MODULES = (
    "kompetenssim.model.calendar",
    "kompetenssim.model.quantities",
    "kompetenssim.model.template",
    "kompetenssim.model.sequences",
    "kompetenssim.model.positions",
    "kompetenssim.model.rules",
    "kompetenssim.model.distributions",
    "kompetenssim.model.start_tables",
    "kompetenssim.model.timeline_tables",
    "kompetenssim.model.fill_tables",
    "kompetenssim.model.start_state",
    "kompetenssim.model.applicants",
    "kompetenssim.model.timeline",
    "kompetenssim.model.filling",
)

Table = TypeVar("Table", bound=NamedTuple)


class ArrayInputs(NamedTuple):
    """Hold `model.template.Inputs` as C-contiguous arrays: same names, same numbers, views on one workspace.

    `op_announced` is 0 or 1; `group[parameter, group]`, `retire_hazard[group, quarter]`, `retire_factor[month, cell]`,
    `arrivals_parts[group, part]`.
    """

    values: NDArray[np.float64]
    op_week: NDArray[np.int64]
    op_slot: NDArray[np.int64]
    op_value: NDArray[np.float64]
    op_announced: NDArray[np.int64]
    group: NDArray[np.float64]
    scalar: NDArray[np.float64]
    theta: NDArray[np.float64]
    retire_hazard: NDArray[np.float64]
    retire_norm: NDArray[np.float64]
    retire_earliest: NDArray[np.float64]
    retire_right: NDArray[np.float64]
    retire_factor: NDArray[np.float64]
    retire_turn: NDArray[np.int64]
    workload_reference: NDArray[np.float64]
    workload_start: NDArray[np.float64]
    vacancy_start: NDArray[np.float64]
    once_week: NDArray[np.int64]
    once_month: NDArray[np.int64]
    once_measure: NDArray[np.int64]
    once_ore: NDArray[np.int64]
    arrivals_parts: NDArray[np.float64]


class Filler:
    """Fill one template again and again; what `fill` gives is overwritten by the next call."""

    def __init__(self, template: Template) -> None:
        import numpy as np

        tables = tables_of(template)
        self._fill = compiled()
        self._tables, self._work = as_arrays(tables), as_arrays(fill_work(tables))
        self._theta = np.zeros(len(template.parameters))
        groups, cells, months = len(template.groups), len(template.cells), len(template.months)
        out: Any = self._work.out
        fixed: Any = self._tables
        self.whole = ArrayInputs(
            values=out.values,
            op_week=out.op_week,
            op_slot=out.op_slot,
            op_value=out.op_value,
            op_announced=out.op_announced,
            group=out.group.reshape(-1, groups),
            scalar=out.scalar,
            theta=self._theta,
            retire_hazard=out.retire_hazard.reshape(groups, -1),
            retire_norm=fixed.retire_norm,
            retire_earliest=fixed.retire_earliest,
            retire_right=fixed.retire_right,
            retire_factor=out.retire_factor.reshape(months, cells),
            retire_turn=out.retire_turn,
            workload_reference=out.workload_reference,
            workload_start=out.workload_start,
            vacancy_start=fixed.vacancy_start,
            once_week=out.once_week,
            once_month=out.once_month,
            once_measure=out.once_measure,
            once_ore=out.once_ore,
            arrivals_parts=out.arrivals_parts.reshape(groups, -1),
        )
        self._used: NDArray[np.int64] = out.used

    def call(self) -> tuple[Any, tuple[Any, ...]]:
        """Give the compiled function and what it is called with."""
        return self._fill, (self._tables, self._theta, self._work)

    def fill(self, theta: NDArray[np.float64]) -> ArrayInputs:
        """Give the Inputs of one draw (`theta`: one row of the draw matrix, columns as `template.parameters`)."""
        self._theta[:] = theta
        self._fill(self._tables, self._theta, self._work)
        whole, operations, once = self.whole, int(self._used[0]), int(self._used[1])
        return whole._replace(
            op_week=whole.op_week[:operations],
            op_slot=whole.op_slot[:operations],
            op_value=whole.op_value[:operations],
            op_announced=whole.op_announced[:operations],
            once_week=whole.once_week[:once],
            once_month=whole.once_month[:once],
            once_measure=whole.once_measure[:once],
            once_ore=whole.once_ore[:once],
        )


@cache
def compiled() -> Callable[[Any, Any, Any], None]:
    """Give `model.filling.fill_into`, compiled when it is first called."""
    return cast("Callable[[Any, Any, Any], None]", load(FILL_MODULES, ("fill_into",)).fill_into)


def as_arrays(table: Table) -> Table:
    """Make arrays of a table's lists, and of those of the tables within it.

    Annotations say what each holds, so that an empty list becomes the right array. Rows become records, which are read by
    attribute also when compilation is switched off.
    """
    import numpy as np

    found: list[Any] = []
    for thing, hint in zip(table, get_type_hints(type(table)).values(), strict=True):
        if hasattr(thing, "_fields"):
            found.append(as_arrays(cast("Any", thing)))
        elif get_args(hint):
            kind = get_args(hint)[0]
            rows = np.array(thing, dtype=_KINDS.get(kind) or np.dtype(_record(kind), align=True))
            found.append(rows if kind in _KINDS else rows.view(np.recarray))
        else:
            found.append(thing)
    return type(table)(*found)


_KINDS = {int: "i8", float: "f8", bool: "?"}


def _record(row: type) -> list[tuple[str, str]]:
    return [(name, _KINDS[kind]) for name, kind in get_type_hints(row).items()]
