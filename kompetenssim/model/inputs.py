"""Fill a template with one parameter draw.

The result is base values at the start plus dated *set* operations, so an engine never evaluates a ramp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import finalize

from kompetenssim.model.fill_tables import FillTables, fill_tables, fill_work
from kompetenssim.model.filling import fill_into
from kompetenssim.model.template import Inputs, Template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.sequences import FloatRow

#: Tables of the templates that are alive, by identity: they follow from the template alone.
_TABLES: dict[int, FillTables] = {}


def fill(template: Template, theta: NDArray[np.float64]) -> Inputs:
    """Give the Inputs of one draw (`theta`: one row of the draw matrix, columns as `template.parameters`)."""
    tables = tables_of(template)
    row, work = [float(x) for x in theta], fill_work(tables)
    fill_into(tables, row, work)
    out, groups, cells = work.out, len(template.groups), len(template.cells)
    operations, once = out.used
    return Inputs(
        values=out.values,
        op_week=out.op_week[:operations],
        op_slot=out.op_slot[:operations],
        op_value=out.op_value[:operations],
        op_announced=[known > 0 for known in out.op_announced[:operations]],
        group=_rows(out.group, groups),
        scalar=out.scalar,
        theta=row,
        retire_hazard=_rows(out.retire_hazard, len(out.retire_hazard) // groups),
        retire_norm=list(tables.retire_norm),
        retire_earliest=list(tables.retire_earliest),
        retire_right=list(tables.retire_right),
        retire_factor=_rows(out.retire_factor, cells),
        retire_turn=out.retire_turn,
        workload_reference=out.workload_reference,
        workload_start=out.workload_start,
        vacancy_start=list(tables.vacancy_start),
        once_week=out.once_week[:once],
        once_month=out.once_month[:once],
        once_measure=out.once_measure[:once],
        once_ore=out.once_ore[:once],
        arrivals_parts=_rows(out.arrivals_parts, 10),
    )


def tables_of(template: Template) -> FillTables:
    """Give the tables of a template, laid out when they are first asked for and kept as long as the template is."""
    key = id(template)
    if key not in _TABLES:
        _TABLES[key] = fill_tables(template)
        finalize(template, _TABLES.pop, key, None)
    return _TABLES[key]


def _rows(flat: FloatRow, width: int) -> list[list[float]]:
    return [flat[i : i + width] for i in range(0, len(flat), width)]
