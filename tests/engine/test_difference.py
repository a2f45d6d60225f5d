"""A difference between two trajectories is told by the week, unit, group and quantity where it begins, with both values."""

from __future__ import annotations

import numpy as np
import pytest

from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT, CAUSES, Trajectory, column
from tests.engine.worlds import AXES, axis_names, difference, simulated, template

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Template, Trajectory]:
    """A quarter of the small region."""
    t = template(tmp_path_factory.mktemp("kvartal"), end="2023-03-31")
    return t, simulated(t)


def doctored(found: Trajectory, array: str, *places: tuple[int, ...]) -> Trajectory:
    """Add one at some places of an array."""
    copy = getattr(found, array).copy()
    for place in places:
        copy[place] += 1
    return found._replace(**{array: copy})


def test_every_array_has_names_for_its_axes(told: tuple[Template, Trajectory]) -> None:
    t, found = told
    assert sorted(AXES) == sorted(Trajectory._fields)
    names = axis_names(t)
    for array, axes in AXES.items():
        shape = getattr(found, array).shape
        assert len(axes) == len(shape)
        assert all(len(names[axis]) == size for axis, size in zip(axes, shape, strict=True) if axis in names)


def test_the_first_differing_week_unit_group_and_quantity_are_named(told: tuple[Template, Trajectory]) -> None:
    t, found = told
    cell, own, unmet = t.cells.index(("akut", "lakare")), ACCOUNT.index("own"), ACCOUNT.index("unmet")
    other = doctored(found, "trace", (9, 0, own), (4, cell, unmet), (4, cell, own))
    value = found.trace[4, cell, own]
    assert difference(other, found, t) == f"trace: {t.weeks[4]}, akut lakare, own: {value + 1} ≠ {value}, first of 3"


def test_what_is_known_by_month_or_year_is_told_so_and_after_the_weeks(told: tuple[Template, Trajectory]) -> None:
    t, found = told
    cell, group = t.cells.index(("ensam", "tandlakare")), t.groups.index("tandlakare")
    cause = CAUSES.index("exits_pension")
    other = doctored(found, "months", (1, cell, column("wage_ore")))
    other = doctored(doctored(other, "exits", (0, group, cause, 5, 3)), "trace", (0, cell, 0))
    weeks, months, years = difference(found, other, t).split("\n")
    assert weeks.startswith(f"trace: {t.weeks[0]}, ensam tandlakare, need: ")
    assert months.startswith("months: 2023-02, ensam tandlakare, wage_ore: ")
    assert years.startswith("exits: 2023, tandlakare, exits_pension, age band 5, tenure band 3: ")


def test_without_names_places_have_numbers(told: tuple[Template, Trajectory]) -> None:
    found = told[1]
    assert difference(doctored(found, "ages", (0, 1, 40)), found).startswith("ages: year 0, group 1, age 40: ")


def test_another_shape_or_number_type_is_a_difference(told: tuple[Template, Trajectory]) -> None:
    found = told[1]
    assert "trace: int64" in difference(found._replace(trace=found.trace[:0]), found)
    assert "int32" in difference(found._replace(ages=found.ages.astype(np.int32)), found)


def test_the_same_trajectory_made_again_does_not_differ(told: tuple[Template, Trajectory]) -> None:
    t, found = told
    assert difference(simulated(t), found, t) == ""
