"""A measure changes nothing before it starts, nothing when it comes after the horizon, and nothing where it does not reach."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kompetenssim.levers import LEVERS
from kompetenssim.model.calendar import week_of
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import Trajectory
from tests.engine import worlds
from tests.engine.worlds import BASIS, BLOCKS, OWN, difference, measure, simulated, template

pytestmark = pytest.mark.engine
KINDS = sorted(LEVERS)
HORIZON = "2023-12-31"
AFTER = "2024-01-08"  # the Monday after the last week


def only(t: Trajectory, t0: Template, cell_unit: str) -> Trajectory:
    """Keep what happened in one unit (its own area and groups)."""
    cells = [c for c, (u, _) in enumerate(t0.cells) if u == cell_unit]
    groups = sorted({t0.cell_group[c] for c in cells})
    areas = sorted({t0.cell_area[c] for c in cells})
    return t._replace(
        months=t.months[:, cells],
        weeks=t.weeks[:, areas][:, :, groups],
        measures=t.measures[:, :0],
        exits=t.exits[:, groups],
        retention=t.retention[:, groups],
        ages=t.ages[:, groups],
        trace=t.trace[:, cells],
    )


def until(t: Trajectory, weeks: int, months: int) -> Trajectory:
    """Keep what happened in the first weeks and months; yearly tables only where a year has passed."""
    return t._replace(
        months=t.months[:months],
        weeks=t.weeks[:weeks],
        measures=t.measures[:months, :0],
        exits=t.exits[:0],
        retention=t.retention[:0],
        ages=t.ages[:0],
        trace=t.trace[:weeks],
    )


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> tuple[Template, Trajectory]:
    """The scenario without the measure under test."""
    t = template(tmp_path_factory.mktemp("utan"), [BASIS, OWN], end=HORIZON)
    return t, simulated(t)


def no_money(t: Trajectory, measures: int) -> Trajectory:
    """Keep the money of the first measures: another one adds a column, which must be zero."""
    assert not t.measures[:, measures:].any()
    return t._replace(measures=t.measures[:, :measures])


def test_every_lever_type_has_a_block_in_these_tests() -> None:
    assert set(LEVERS) <= set(BLOCKS), "write a simple block for the new lever type in tests/engine/worlds.py"


@pytest.mark.parametrize("kind", KINDS)
def test_a_measure_after_the_horizon_gives_the_same_bytes(
    kind: str, tmp_path: Path, without: tuple[Template, Trajectory]
) -> None:
    t = template(tmp_path, [BASIS, OWN, measure(kind, AFTER)], end=HORIZON)
    assert t.measures[-1] == "prov"
    assert difference(no_money(simulated(t), 2), without[1]) == ""


@pytest.mark.parametrize("start", ["2023-10-01", "2023-10-11"])
@pytest.mark.parametrize("kind", KINDS)
def test_before_a_measure_starts_the_results_are_identical(
    kind: str, start: str, tmp_path: Path, without: tuple[Template, Trajectory]
) -> None:
    t = template(tmp_path, [BASIS, OWN, measure(kind, start)], end=HORIZON)
    week = week_of(t.calendar, date.fromisoformat(start))
    month = t.calendar.first_month[week]
    mine = simulated(t)
    assert difference(until(mine, week, month), until(without[1], week, month)) == ""
    assert not mine.measures[:month, 2].any(), "money of a measure that has not begun"


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_that_nothing_touches_keeps_its_history(kind: str, tmp_path: Path, without: tuple[Template, Trajectory]) -> None:
    t = template(tmp_path, [BASIS, OWN, measure(kind, "2023-03-15")], end=HORIZON)
    assert difference(only(simulated(t), t, "ensam"), only(without[1], t, "ensam")) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_simple_blocks_do_change_something_once_they_have_started(
    kind: str, tmp_path: Path, without: tuple[Template, Trajectory]
) -> None:
    """Otherwise the tests above would say nothing."""
    t = template(tmp_path, [BASIS, OWN, measure(kind, "2023-03-15")], end=HORIZON)
    mine = simulated(t)
    assert difference(mine._replace(measures=without[1].measures), without[1]) != ""
    assert mine.measures[:, 2].sum() > 0


def test_a_measure_of_no_effect_changes_no_other_measures_path(tmp_path: Path) -> None:
    """Dates of one measure are no steps in the ramp of another."""
    plain = template(tmp_path / "a", [BASIS, OWN], end=HORIZON)
    empty: dict[str, Any] = measure("vardbehov", "2023-04-12", slut="2023-05-17") | {"vardbehov": {"andring_procent": 0}}
    empty["kostnad"] = {}
    more = template(tmp_path / "b", [BASIS, OWN, empty], end=HORIZON)
    assert difference(no_money(simulated(more), 2), simulated(plain)) == ""


@pytest.mark.parametrize("end", ["2024-12-31", "2024-09-12"])
def test_a_longer_run_has_the_same_first_years_bit_for_bit(end: str, tmp_path: Path) -> None:
    measures = [
        BASIS,
        OWN,
        measure("dimensionering", "2023-06-01"),
        measure("hyrstyrning", "2024-03-01", nyckel="tak"),
        measure("utbildningstjanst", "2023-08-01", nyckel="utb"),
        measure("behalla", "2025-01-01", nyckel="sen"),
    ]
    short, long = template(tmp_path / "a", measures, end=end), template(tmp_path / "b", measures, end="2025-12-31")
    for simulation in (0, 1):
        a, b = simulated(short, simulation), simulated(long, simulation)
        months, weeks = len(short.months), len(short.weeks)
        years = int(end[:4]) - 2023 + (1 if end.endswith("12-31") else 0)
        whole = months if end.endswith("12-31") else months - 1
        last = weeks if short.calendar.week_days == long.calendar.week_days[:weeks] else weeks - 1
        pairs = {
            "months": (a.months[:whole], b.months[:whole]),
            "measures": (a.measures[:whole], b.measures[:whole]),
            "weeks": (a.weeks[:last], b.weeks[:last]),
            "trace": (a.trace[:last], b.trace[:last]),
            "exits": (a.exits[:years], b.exits[:years]),
            "ages": (a.ages[:years], b.ages[:years]),
            "hired and examined": (a.retention[:years, :, :, 0], b.retention[:years, :, :, 0]),
        }
        wrong = {name: x.shape for name, (x, y) in pairs.items() if x.tobytes() != y.tobytes()}
        assert not wrong
        assert (worlds.np.diff(short.calendar.month_start) > 0).all()


def test_the_same_call_twice_is_identical_and_another_seed_or_simulation_is_not(without: tuple[Template, Trajectory]) -> None:
    t, first = without
    assert difference(simulated(t), first) == ""
    assert difference(simulated(t, simulation=1), first) != ""
    assert difference(simulated(t, seed=4), first) != ""


def test_the_trace_changes_nothing_else(without: tuple[Template, Trajectory]) -> None:
    from kompetenssim.engine.reference import simulate

    t, first = without
    quiet = simulate(t, worlds.theta(t), seed=3, simulation=0)
    assert quiet.trace.size == 0
    assert difference(quiet._replace(trace=first.trace), first) == ""
