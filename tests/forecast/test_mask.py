"""What may not be shown, and that it cannot be worked out from what is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.forecast.geometry import ALL, Place, make_geometry
from kompetenssim.forecast.mask import employees, suppressed
from tests.forecast.fakes import SETS, make_template

PV_SYD_NURSES = Place("primarvard", "pv_syd", "sjukskoterska")


@pytest.mark.unit
def test_nothing_is_hidden_where_every_cell_is_large() -> None:
    assert not suppressed(make_geometry(make_template(heads=(40, 90, 30, 160, 420, 44)), sets=SETS), SETS)


@pytest.mark.unit
def test_a_small_cell_takes_another_with_it_in_its_unit_and_in_its_group() -> None:
    hidden = suppressed(make_geometry(make_template(heads=(40, 90, 30, 160, 420, 4)), sets=SETS), SETS)
    beside, above = Place("primarvard", "pv_syd", "distriktslakare"), Place("primarvard", "pv_norr", "sjukskoterska")
    assert {PV_SYD_NURSES, beside, above} <= hidden
    assert Place(ALL, ALL, ALL) not in hidden and Place("sjukhus", "medicin", "sjukskoterska") not in hidden


@pytest.mark.unit
def test_a_cell_without_employees_is_not_a_secret() -> None:
    assert not suppressed(make_geometry(make_template(heads=(40, 90, 30, 160, 420, 0)), sets=SETS), SETS)


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(0, 12)] * 6))
def test_no_small_number_follows_from_the_printed_ones(heads: tuple[int, ...]) -> None:
    geometry = make_geometry(make_template(heads=heads), sets=SETS)
    counts, hidden = employees(geometry, SETS), suppressed(geometry, SETS)
    assert all(place in hidden for place, n in counts.items() if 0 < n < 5)
    cells = list(geometry.cells)
    shown = [p for p in counts if p not in hidden]
    rows = np.array([[_inside(c, p) for c in cells] for p in shown], dtype=float).reshape(len(shown), len(cells))
    secret = [p for p in hidden if 0 < counts[p] < 5]
    nobody = np.array([[float(c == d) for d in cells] for c in cells if counts[c] == 0]).reshape(-1, len(cells))
    rows = np.vstack([rows, nobody]) if len(nobody) else rows
    known = np.linalg.matrix_rank(rows) if len(rows) else 0
    for place in secret:
        target = np.array([[float(_inside(c, place)) for c in cells]])
        assert np.linalg.matrix_rank(np.vstack([rows, target])) > known


def _inside(cell: Place, margin: Place) -> bool:
    groups = SETS.get(margin.group, (margin.group,))
    return margin.area in (ALL, cell.area) and margin.unit in (ALL, cell.unit) and (margin.group == ALL or cell.group in groups)
