"""The arrays of a simulation, allocated once for a template and cleared before each simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.engine.compiled.state import (
    CELL_COLUMNS,
    CELL_NUMBERS,
    CHANGED,
    COMPENSATED_HOURS,
    DISTANCE,
    EASTER,
    END,
    FIRST_APPLICANT,
    FIRST_BOUNDARY,
    FIRST_MONTH,
    FIRST_OPEN,
    FIRST_POST,
    FLOOR_HOURS,
    FREE_APPLICANT,
    FREE_ENTRY,
    FREE_STRIP,
    HORIZON,
    MOST_APPLICANT_ROWS,
    ORDERED_TO,
    PERSON_COLUMNS,
    POOL_PREMIUM,
    POST_COLUMNS,
    SICK_SPREAD,
    SPLIT,
    STREAM_WIDTH,
    SUMMER_UNITS,
    SUMMER_YEAR,
    TRAINS_IN,
    VACANCY_RATE,
    WEEK_END,
    WORKLOAD,
    WORKLOAD_LAGGED,
    Rest,
    World,
)
from kompetenssim.engine.compiled.tables import cell_rows, grade_table, make_tables, programme_rows, year_starts
from kompetenssim.engine.derived import applicant_widths, programmes_of_groups
from kompetenssim.engine.handle import Handle
from kompetenssim.engine.world import LEVELS
from kompetenssim.model.keyed import join
from kompetenssim.model.positions import G_SICK_SHORT_SPREAD, ONE_POOL_PREMIUM_PERCENT
from kompetenssim.model.trajectory import ACCOUNT, AGE_BANDS, CAUSES, FLOWS, STOCKS, TENURE_BANDS, Trajectory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.engine.filling import ArrayInputs
    from kompetenssim.model.template import Template

GROUP_COLUMNS, GROUP_NUMBERS, FAMILY_COLUMNS, FAMILY_NUMBERS, COUNTERS, NOTICE_LISTS = 6, 4, 11, 4, 19, 8


class Workspace:
    """Hold the arrays of a template's simulations; `size` is the number of people there is room for."""

    def __init__(self, template: Template, size: int | None = None) -> None:
        self.template = template
        tables = make_tables(template)
        self.tables, self.cell_names = Handle(tables), [int(name) for name in tables.cell_names]
        self.size = size or 2 * len(template.people) + 2000
        self.fixed = _fixed(template)
        self.arrays = _arrays(template, self.size)

    def larger(self) -> Workspace:
        """Give a workspace with twice the room."""
        return Workspace(self.template, 2 * self.size)

    def begin(self, inputs: ArrayInputs, root: int, trace: bool) -> tuple[World, Rest]:
        """Clear the arrays and give them with fresh outputs: the results of a simulation are never written again."""
        import numpy as np

        t, a = self.template, self.arrays
        n, months, groups = len(t.cells), len(t.months), len(t.groups)
        for name in ("noted", "learners", "level", "acc", "group", "group_number", "family", "family_number", "waiting",
                     "grant_ore", "cap_used", "cap_spent", "cap_carry", "due_weeks", "due_price", "block_units", "block_count",
                     "status", "trouble", "n"):  # fmt: skip
            a[name][...] = 0
        a["bucket"][:] = a["block_last"][:] = -1
        _clear_cells(t, a, self.fixed, inputs)
        _clear_groups(a, self.fixed, inputs)
        c = t.calendar
        counters = a["n"]
        counters[[FREE_STRIP, FREE_ENTRY, FREE_APPLICANT]] = -1
        counters[WEEK_END], counters[HORIZON], counters[END] = c.week_start[1], c.horizon, c.week_start[-1]
        counters[CHANGED], counters[FIRST_MONTH], counters[SPLIT] = 1, c.first_month[0], c.split[0]
        counters[FIRST_BOUNDARY] = c.week_start[1]
        a["values"][:] = inputs.values
        a["root"][0] = root
        a["cell_key"][:] = [join(root, name) for name in self.cell_names]
        years = t.end.year - t.start.year + 1
        out = {
            "months": (months + 1, n, len(FLOWS) + len(STOCKS)), "weeks": (len(t.weeks), len(t.areas), groups, len(ACCOUNT)),
            "measures": (months, len(t.measures), 2), "ages": (years, groups, 100), "retention": (years, groups, 2, 5),
            "exits": (years, groups, len(CAUSES), len(AGE_BANDS), len(TENURE_BANDS)),
            "trace": (len(t.weeks) if trace else 0, n, len(ACCOUNT)),
        }  # fmt: skip
        every = {**a, **self.fixed, **{name: np.zeros(shape, dtype=np.int64) for name, shape in out.items()}}
        every |= {
            "par": inputs.group, "one": inputs.scalar, "theta": inputs.theta, "retire_norm": inputs.retire_norm,
            "retire_earliest": inputs.retire_earliest, "retire_right": inputs.retire_right,
            "retire_hazard": inputs.retire_hazard, "retire_factor": inputs.retire_factor, "retire_turn": inputs.retire_turn,
        }  # fmt: skip
        return World(**{k: every[k] for k in World._fields}), Rest(**{k: every[k] for k in Rest._fields})


def trajectory(w: World, r: Rest) -> Trajectory:
    """Give what a simulation did."""
    return Trajectory(
        months=w.months[:-1], weeks=r.weeks, measures=r.measures, exits=w.exits, retention=w.retention, ages=r.ages, trace=r.trace
    )


def _fixed(t: Template) -> dict[str, NDArray[Any]]:
    """Give the arrays that no simulation writes."""
    import numpy as np

    offsets = t.offsets()
    rows, hours = cell_rows(t)
    return {
        "at": np.array([offsets[q] for q in offsets if q], dtype=np.int64),
        "month_start": np.array(t.calendar.month_start, dtype=np.int64), "year_start": year_starts(t),
        "programme": programme_rows(t), "grades": grade_table(t),
        "notice_months": np.array([t.notice_short_months, t.notice_long_months, t.notice_long_after_months], dtype=np.float64),
        "cell_rows": np.array(rows, dtype=np.int64), "cell_hours": np.array(hours),
        "trains": np.array(programmes_of_groups(t), dtype=np.int64),
        "width": np.array(applicant_widths(t)),
    }  # fmt: skip


def _arrays(t: Template, size: int) -> dict[str, NDArray[Any]]:
    """Allocate what simulations write, with room for `size` people."""
    import numpy as np

    n, groups, families, programmes = len(t.cells), len(t.groups), len(t.families), len(t.programmes)
    ahead, years = len(t.calendar.week_number), t.end.year - t.start.year + 4
    posts, units = 2 * size, len(t.units)
    most = max(posts, size, n, 2 * families) + 1

    def ints(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, dtype=np.int64)

    def reals(*shape: int) -> NDArray[np.float64]:
        return np.zeros(shape)

    def keys(*shape: int) -> NDArray[np.uint64]:
        return np.zeros(shape, dtype=np.uint64)

    return {
        "person_key": keys(size), "person": ints(size, PERSON_COLUMNS), "person_number": reals(size, 2),
        "shown": np.zeros((size, LEVELS), dtype=np.int32), "post_key": keys(posts), "post": ints(posts, POST_COLUMNS),
        "strip": ints(8 * size, 3), "entry": ints(4 * size, 3), "bucket": ints(len(t.weeks) + 2),
        "notes": ints(NOTICE_LISTS, size, 2), "noted": ints(NOTICE_LISTS), "learners": ints(size), "n": ints(COUNTERS),
        "cell": ints(n, CELL_COLUMNS), "cell_number": reals(n, CELL_NUMBERS), "level": ints(n, LEVELS), "acc": ints(n, LEVELS),
        "fresh": ints(LEVELS), "group": ints(groups, GROUP_COLUMNS), "group_number": reals(groups, GROUP_NUMBERS),
        "values": reals(t.offsets()[""]), "status": ints(3 + len(ACCOUNT)), "trouble": reals(2),
        "done": ints(n, LEVELS), "family": ints(families, FAMILY_COLUMNS), "family_number": reals(families, FAMILY_NUMBERS),
        "applicant_key": keys(size), "applicant": ints(size, 6), "applicant_months": reals(size), "score": reals(size),
        "stream_key": keys(groups, MOST_APPLICANT_ROWS), "stream": ints(groups, MOST_APPLICANT_ROWS, 2),
        "list": ints(most), "ripe": ints(posts), "sort_number": reals(most), "sort_small": ints(most), "place_of": ints(most),
        "block_units": ints(len(t.post_blocks)), "block_count": ints(len(t.post_blocks)), "block_last": ints(len(t.post_blocks)),
        "shift_gross": reals(len(t.shifts)), "budget_claimed": reals(len(t.budgets)),
        "waiting": ints(programmes), "grant_ore": ints(programmes), "cap_used": ints(len(t.caps), ahead),
        "cap_spent": reals(len(t.caps), years), "cap_carry": reals(len(t.caps)), "due_weeks": ints(ahead, n),
        "due_price": ints(ahead, n), "room": ints(n + 1), "lost": ints(n),
        "later": ints(max(most, t.offsets()[""])), "later_value": reals(t.offsets()[""]),
        "unit_first": ints(units + 1, 2), "unit_load": reals(units), "cell_key": keys(n), "root": keys(1),
    }  # fmt: skip


def _clear_cells(t: Template, a: dict[str, NDArray[Any]], fixed: dict[str, NDArray[Any]], inputs: ArrayInputs) -> None:
    import numpy as np

    cell, number = a["cell"], a["cell_number"]
    cell[:] = 0
    number[:] = 0.0
    cell[:, : SUMMER_UNITS + 1] = fixed["cell_rows"]
    cell[:, ORDERED_TO] = cell[:, SUMMER_YEAR] = cell[:, FIRST_POST] = -1
    number[:, [FLOOR_HOURS, EASTER, COMPENSATED_HOURS, DISTANCE]] = fixed["cell_hours"]
    number[:, WORKLOAD] = number[:, WORKLOAD_LAGGED] = inputs.workload_start
    number[:, SICK_SPREAD] = inputs.group[G_SICK_SHORT_SPREAD][np.array(t.cell_group)] / 100.0


def _clear_groups(a: dict[str, NDArray[Any]], fixed: dict[str, NDArray[Any]], inputs: ArrayInputs) -> None:
    group, number = a["group"], a["group_number"]
    group[:, [FIRST_OPEN, FIRST_APPLICANT]] = -1
    group[:, TRAINS_IN] = fixed["trains"]
    number[:, STREAM_WIDTH] = fixed["width"]
    number[:, POOL_PREMIUM] = inputs.scalar[ONE_POOL_PREMIUM_PERCENT] / 100.0
    number[:, VACANCY_RATE] = inputs.vacancy_start
