"""Filling a template: the plain and the compiled source give the same bits, and no draw leaves a trace in the next."""

from __future__ import annotations

import ast
import gc
from copy import deepcopy
from math import pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kompetenssim.engine.filling import FILL_MODULES, ArrayInputs, Filler
from kompetenssim.levers import LEVERS
from kompetenssim.model import inputs
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.fill_tables import fill_work
from kompetenssim.model.filling import fill_into
from kompetenssim.model.inputs import fill, tables_of
from kompetenssim.model.start_state import expected_gap, mean_gap, solve_need
from kompetenssim.model.start_tables import WeekType
from kompetenssim.model.template import SCALARS, Inputs, Template
from tests.directional.rjh import scenario as rjh
from tests.engine.worlds import BASIS, BLOCKS, COVERED, OWN, Tree, measure, template
from tests.model.test_syntax import CONSTANTS, PLAIN, for_types_only, tree_of

#: How the measures differ in dates, ramp, shares and chance, one of them for each lever type in turn.
FORMS: tuple[Tree, ...] = (
    {"start": "2023-03-15"},
    {
        "start": "2023-05-01",
        "ramp_manader": {"undre": 4, "trolig": 9, "ovre": 15},
        "realisering_andel": 0.6,
        "omfattning": {"enheter": COVERED, "andel": 0.7},
        "sannolikhet_genomford_procent": 50,
        "effektgrupp": "samma",
    },
    {
        "start": "2023-02-10",
        "slut": "2024-05-17",
        "ramp_manader": 7,
        "ramp_form": "stegvis",
        "avklingning_manader": 10,
        "aviserad": "ja",
    },
    {"start": "2022-05-01", "slut": "2024-05-17", "ramp_manader": 14, "i_drift_vid_start": "ja"},
)


def stay_longer(start: str, **more: Any) -> Tree:
    """Give a measure that halves the hazard of retirement: two years more on top of two."""
    block = {
        "art": "pension",
        "andel_beviljade_procent": 100,
        "manader": 24,
        "sysselsattningsgrad_procent": 100,
        "medel_kvar_ar": 2,
    }
    return measure("arbetsutbud", start, arbetsutbud=block, nyckel="stannar", **more)


def every_lever() -> list[Tree]:
    """Give one measure of each lever type in every form, one that others lift, and one that acts on retirement."""
    kinds = [kind for kind in BLOCKS if kind in LEVERS]
    return [BASIS, OWN, stay_longer("2023-06-10", ramp_manader=5)] + [
        measure(kind, **(form | {"nyckel": f"{kind}_{i}", "titel": kind})) for kind in kinds for i, form in enumerate(FORMS)
    ]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Give the small region with every lever type."""
    return template(tmp_path_factory.mktemp("small"), every_lever(), end="2026-06-30")


@pytest.fixture(scope="module")
def large() -> Template:
    """Give Region Jämtland Härjedalen under its plan."""
    return rjh("slk_2023")


def differing(plain: Inputs, compiled: ArrayInputs) -> list[str]:
    """Name the arrays that differ in length or in any bit."""
    found = []
    for name, array in zip(ArrayInputs._fields, compiled, strict=True):
        rows = np.array(getattr(plain, name), dtype=array.dtype)
        if rows.size != array.size or rows.tobytes() != array.tobytes():
            found.append(name)
    return found


@pytest.mark.engine
@pytest.mark.parametrize(("world", "draws"), [("small", 6), ("large", 4)])
def test_plain_and_compiled_inputs_are_equal_bit_for_bit(world: str, draws: int, request: pytest.FixtureRequest) -> None:
    t: Template = request.getfixturevalue(world)
    filler, operations = Filler(t), set()
    for theta in draw_matrix(t.parameters, draws, seed=5):
        plain = fill(t, theta)
        assert differing(plain, filler.fill(theta)) == []
        operations.add(len(plain.op_week))
    assert min(operations) > 500
    assert len(operations) > 1, "draws differ also in what is carried out"


@pytest.mark.engine
def test_a_draw_leaves_no_trace_in_the_next(small: Template) -> None:
    """A, B, A: the second A has the bits of the first, in the same arrays."""
    filler = Filler(small)
    a, b = draw_matrix(small.parameters, 2, seed=8)
    first, second = filler.fill(a), filler.fill(b)
    kept = fill(small, a)
    assert second.values is first.values and np.shares_memory(second.op_value, first.op_value)
    assert "values" in differing(kept, second) and "op_value" in differing(kept, second)
    assert differing(kept, filler.fill(a)) == []


@pytest.mark.engine
def test_arrays_have_the_shapes_and_types_that_the_engine_reads(small: Template) -> None:
    filled = Filler(small).fill(draw_matrix(small.parameters, 1, seed=1)[0])
    integers = {"op_week", "op_slot", "op_announced", "once_week", "once_month", "once_measure", "once_ore", "retire_turn"}
    for name, array in zip(filled._fields, filled, strict=True):
        assert array.flags.c_contiguous and array.dtype == (np.int64 if name in integers else np.float64), name
    groups, months, cells = len(small.groups), len(small.months), len(small.cells)
    assert filled.group.shape == (len(small.group_columns), groups)
    assert filled.retire_hazard.shape == (groups, 160)
    assert filled.retire_factor.shape == (months, cells)
    assert filled.retire_turn.shape == (months,)
    assert filled.arrivals_parts.shape == (groups, 10)
    assert filled.values.shape == (small.offsets()[""],)
    assert len(filled.op_week) == len(filled.op_slot) == len(filled.op_value) == len(filled.op_announced)


@pytest.mark.unit
@pytest.mark.parametrize("world", ["small", "large"])
def test_retirement_turns_are_the_months_in_which_a_table_changes(world: str, request: pytest.FixtureRequest) -> None:
    """Whoever walks from turn to turn passes every dated age and every step of a measure on its day."""
    t: Template = request.getfixturevalue(world)
    filled = fill(t, draw_matrix(t.parameters, 1, seed=4)[0])
    rows = list(zip(filled.retire_norm, filled.retire_earliest, filled.retire_right, filled.retire_factor, strict=True))
    changes = [m for m in range(1, len(rows)) if rows[m] != rows[m - 1]]
    assert changes
    assert filled.retire_turn == [next((k for k in changes if k > m), len(rows)) for m in range(len(rows))]


@pytest.mark.engine
def test_the_cache_of_compiled_code_sees_every_module_that_decides_it() -> None:
    """Its folder is named by a hash of FILL_MODULES: all that they import of ours is among them, plain or constants."""
    for module in FILL_MODULES:
        if module in PLAIN or module in CONSTANTS:
            for part in tree_of(module).body:
                if isinstance(part, ast.ImportFrom) and not for_types_only(part) and str(part.module).startswith("kompetenssim"):
                    assert part.module in FILL_MODULES, f"{module} imports {part.module}"


@pytest.mark.unit
def test_nothing_that_is_filled_grows(small: Template) -> None:
    """Room for operations is an upper bound, found without a draw."""
    tables = tables_of(small)
    work = fill_work(tables)
    sizes = [len(row) for row in work.out]
    for theta in draw_matrix(small.parameters, 5, seed=3):
        fill_into(tables, theta.tolist(), work)
        assert [len(row) for row in work.out] == sizes
        assert 0 < work.out.used[0] <= tables.timeline.most_operations


@pytest.mark.unit
def test_inputs_of_two_draws_share_nothing_that_is_written(small: Template) -> None:
    a, b = draw_matrix(small.parameters, 2, seed=3)
    first = fill(small, a)
    kept = deepcopy(first)
    second = fill(small, b)
    second.values[0] += 1.0
    second.retire_norm[0] += 1.0
    second.retire_factor[0][0] += 1.0
    assert first == kept == fill(small, a)


@pytest.mark.unit
def test_the_tables_of_a_template_live_as_long_as_it_does(tmp_path: Path) -> None:
    t = template(tmp_path, [])
    key = id(t)
    assert tables_of(t) is tables_of(t) is inputs._TABLES[key]
    del t
    gc.collect()
    assert key not in inputs._TABLES


@pytest.mark.unit
def test_slots_that_nothing_acts_on_have_no_operation(tmp_path: Path) -> None:
    """And those of a measure have one each time it steps: the work follows what happens, not places × dates."""
    t = template(tmp_path, [measure("vardbehov", "2023-05-10", slut="2024-03-13")], end="2026-12-31")
    found = fill(t, draw_matrix(t.parameters, 1, seed=1)[0])
    first = t.offsets()["need_factor"]
    at = [
        (w, v) for w, s, v in zip(found.op_week, found.op_slot, found.op_value, strict=True) if first <= s < first + len(t.cells)
    ]
    covered = [i for i, (unit, _) in enumerate(t.cells) if unit in COVERED]
    assert len({w for w, _ in at}) == 2 and len(at) == 2 * len(covered)
    assert {round(v, 12) for _, v in at} == {1.08, 1.0}


@pytest.mark.unit
def test_a_factor_on_retirement_is_read_at_the_first_of_each_month(tmp_path: Path) -> None:
    """Not at the last date of the week, which counts for the operations: 1 May is before the start on 2 May."""
    t = template(tmp_path, [stay_longer("2023-05-02", slut="2023-10-31")])
    found = fill(t, draw_matrix(t.parameters, 1, seed=1)[0])
    cell = t.cells.index(("avdelning", "sjukskoterska"))
    by_month = dict(zip(t.months, [row[cell] for row in found.retire_factor], strict=True))
    assert [by_month[m] for m in ("2023-05", "2023-06", "2023-10", "2023-11")] == [1.0, 0.5, 0.5, 1.0]
    untouched = t.cells.index(("ensam", "tandlakare"))
    assert {row[untouched] for row in found.retire_factor} == {1.0}


def weeks(rng: np.random.Generator) -> list[WeekType]:
    share = rng.dirichlet(np.ones(3))
    return [WeekType(rng.uniform(0.6, 1.4), rng.uniform(0.6, 1.2), float(i == 0), float(share[i])) for i in range(3)]


@pytest.mark.property
@settings(deadline=None)
@given(
    own=st.floats(1, 5000),
    share=st.floats(1e-4, 0.5),
    spread=st.floats(1e-9, 1.0),
    duty=st.sampled_from([0.0, 20.0]),
    seed=st.integers(0, 99),
)
def test_the_solved_need_gives_the_gap_it_was_solved_for(own: float, share: float, spread: float, duty: float, seed: int) -> None:
    kinds = weeks(np.random.default_rng(seed))
    rest = (1.05, duty, own, 0.01 * own, 0.02 * own, spread * own)
    target = share * own
    need = solve_need(kinds, 0, 3, target, *rest)
    gap, slope = mean_gap(kinds, 0, 3, need, *rest)
    least = mean_gap(kinds, 0, 3, 0.0, *rest)[0]
    if least >= target:
        assert need == 0.0
    else:
        assert abs(gap - target) <= 1e-9 * max(slope, 1.0) * max(need, 1.0)


@pytest.mark.unit
def test_without_a_gap_nothing_is_needed() -> None:
    assert solve_need([WeekType(1.0, 1.0, 0.0, 1.0)], 0, 1, 0.0, 1.0, 0.0, 100.0, 0.0, 0.0, 5.0) == 0.0
    assert solve_need([WeekType(1.0, 1.0, 0.0, 1.0)], 0, 1, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1e-9) == 0.0


@pytest.mark.analytic
@pytest.mark.parametrize("difference", [-40.0, -9.0, -1.0, 0.0, 2.5, 30.0, 100.0])
def test_the_expected_gap_is_the_mean_of_what_is_short(difference: float) -> None:
    sigma = 7.0
    z: NDArray[np.float64] = np.linspace(-12.0, 12.0, 480_001)
    density = np.exp(-0.5 * z * z) / sqrt(2.0 * pi)
    mean = float((np.maximum(0.0, difference + sigma * z) * density).sum() * (z[1] - z[0]))
    gap, below = expected_gap(difference, sigma)
    assert gap == pytest.approx(mean, rel=1e-8, abs=1e-9)
    step = 1e-4
    slope = (expected_gap(difference + step, sigma)[0] - expected_gap(difference - step, sigma)[0]) / (2 * step)
    assert below == pytest.approx(slope, rel=1e-6, abs=1e-9)


@pytest.mark.unit
def test_cells_that_nobody_works_in_and_nobody_needs_start_with_the_workload_of_their_group(small: Template) -> None:
    """Their own would be what share of nothing is unmet."""
    found = fill(small, draw_matrix(small.parameters, 1, seed=1)[0])
    first = small.offsets()["need_hours"]
    empty = [c for c, n in enumerate(small.initial_employees) if n == 0 and not small.cell_is_pool[c]]
    assert empty
    for c in empty:
        assert found.values[first + c] == 0.0
        assert found.workload_start[c] == found.workload_reference[small.cell_group[c]]


@pytest.mark.unit
def test_yearly_growth_is_compound_from_the_year_of_the_start(tmp_path: Path) -> None:
    t = template(tmp_path, [], end="2026-12-31")
    found = fill(t, draw_matrix(t.parameters, 1, seed=1)[0])
    growth = 1.0 + found.scalar[SCALARS.index("need_growth_percent")] / 100.0
    slot = t.offsets()["need_year"]
    values = [v for s, v in zip(found.op_slot, found.op_value, strict=True) if s == slot]
    assert found.values[slot] == 1.0
    assert values[:3] == pytest.approx([growth, growth**2, growth**3])
