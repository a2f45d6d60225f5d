"""Parameter draws: the written interval is the 80 % interval, and no parameter's draws depend on another's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.model.draws import ParameterSpec, draw_matrix, pert_quantile

DRAWS = 4000


def spec(name: str, low: float | None, mode: float, high: float | None, **more: object) -> ParameterSpec:
    given: dict[str, object] = {"least": None, "most": None, "source": None, "assumption": False} | more
    return ParameterSpec(name=name, mode=mode, low=low, high=high, **given)  # type: ignore[arg-type]  # fields by name


TRIPLES = [
    (0.1, 0.2, 0.4),
    (5.0, 7.5, 12.0),
    (-3.0, -1.0, 0.0),
    (0.92, 0.96, 0.99),
    (10.0, 10.0, 20.0),
    (10.0, 20.0, 20.0),
    (0.0, 5.0, 10.0),
]


@pytest.mark.unit
@pytest.mark.parametrize(("low", "mode", "high"), TRIPLES)
def test_undre_and_ovre_are_the_10_and_90_percent_points(low: float, mode: float, high: float) -> None:
    x = np.array([pert_quantile(np.array([u]), np.array([low]), np.array([mode]), np.array([high]))[0] for u in (0.1, 0.5, 0.9)])
    assert x == pytest.approx([low, x[1], high])
    assert low < x[1] < high


@pytest.mark.unit
@pytest.mark.parametrize(("low", "mode", "high"), TRIPLES)
def test_a_tenth_of_the_draws_lie_below_undre_and_a_tenth_above_ovre(low: float, mode: float, high: float) -> None:
    x = draw_matrix([spec("p", low, mode, high)], DRAWS, 1)[:, 0]
    error = 4 * np.sqrt(0.09 / DRAWS)
    assert abs((x < low).mean() - 0.1) < error
    assert abs((x > high).mean() - 0.1) < error


@pytest.mark.unit
def test_the_mode_is_where_draws_lie_densest() -> None:
    x = draw_matrix([spec("p", 5.0, 7.5, 12.0)], DRAWS, 1)[:, 0]
    counts, edges = np.histogram(x, bins=12)
    top = int(counts.argmax())
    assert edges[max(0, top - 1)] <= 7.5 <= edges[min(len(edges) - 1, top + 2)]


@pytest.mark.property
@settings(max_examples=60, deadline=None)
@given(st.floats(-100, 100), st.floats(0.01, 50), st.floats(0, 1))
def test_the_quantile_is_monotone_for_any_place_of_the_mode(low: float, width: float, place: float) -> None:
    u = np.array([[0.001], [0.1], [0.3], [0.5], [0.7], [0.9], [0.999]])
    x = pert_quantile(u, np.array([low]), np.array([low + place * width]), np.array([low + width]))[:, 0]
    assert (np.diff(x) > 0).all()
    assert x[[1, 5]] == pytest.approx([low, low + width], rel=1e-6, abs=1e-6)


@pytest.mark.unit
def test_adding_a_parameter_or_another_order_changes_no_other_column() -> None:
    a, b, c = spec("a", 1, 2, 3), spec("b", 5, 7, 12), spec("c", 0, 0.5, 1)
    first = draw_matrix([a, b], 20, 1)
    more = draw_matrix([c, b, a], 20, 1)
    assert (first == more[:, [2, 1]]).all()
    assert (draw_matrix([a, b], 40, 1)[:20] == first).all(), "more draws keep the first"


@pytest.mark.unit
def test_certain_numbers_have_equal_rows_and_other_seeds_other_draws() -> None:
    x = draw_matrix([spec("a", None, 2, None), spec("b", 3, 3, 3), spec("c", 1, 2, 4)], 10, 1)
    assert (x[:, 0] == 2).all() and (x[:, 1] == 3).all() and len(set(x[:, 2])) == 10
    assert (draw_matrix([spec("c", 1, 2, 4)], 10, 2)[:, 0] != x[:, 2]).all()


@pytest.mark.unit
def test_draws_stay_within_the_allowed_range() -> None:
    x = draw_matrix([spec("a", 0.05, 0.5, 0.95, least=0.0, most=1.0)], DRAWS, 1)
    assert x.min() >= 0.0 and x.max() <= 1.0


@pytest.mark.unit
def test_numbers_with_the_same_draw_move_together() -> None:
    x = draw_matrix([spec("a", 1, 2, 3, draw="ab"), spec("b", 10, 20, 30, draw="ab"), spec("c", 1, 2, 3)], 50, 1)
    assert x[:, 1] == pytest.approx(10 * x[:, 0])
    assert (x[:, 2] != x[:, 0]).all()


@pytest.mark.unit
def test_a_plain_chance_is_uniform() -> None:
    x = draw_matrix([spec("a", 0.0, 0.5, 1.0, kind="uniform")], DRAWS, 1)[:, 0]
    assert abs(x.mean() - 0.5) < 4 * np.sqrt(1 / 12 / DRAWS)
    assert np.histogram(x, bins=10, range=(0, 1))[0].min() > 0.07 * DRAWS
