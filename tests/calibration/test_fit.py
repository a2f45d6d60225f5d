"""The fit on the small region: particles go on as they were, own months count once a year, free numbers have their columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import kompetenssim as ks
from kompetenssim.api import _beyond
from kompetenssim.calibration.control import WITH, WITHOUT, control, control_scenario, run_on
from kompetenssim.calibration.fit import Fit, draw, fit
from kompetenssim.calibration.held_out import left_out
from kompetenssim.calibration.own_years import measured, own_years
from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.plan import load_plan
from kompetenssim.calibration.plan_file import PRICE_TREND
from kompetenssim.calibration.series import Row
from kompetenssim.calibration.space import Space, set_free
from kompetenssim.levers import LEVERS
from kompetenssim.resolve import resolve
from tests.e2e.calibrated import write_plan
from tests.e2e.program import small_world

pytestmark = pytest.mark.unit
DRAWS = 40


def _silent(_text: str) -> Callable[[int, int], None] | None:
    return None


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    """A fit with few draws; its particles have walked."""
    world = small_world(tmp_path_factory.mktemp("varld"))
    plan = load_plan(write_plan(world), levers=LEVERS, beyond=_beyond())
    return fit(draw(plan, world / "bitar", draws=DRAWS, processes=1), world / "bitar")


def test_particles_run_on_with_their_own_keys(fitted: Fit, tmp_path: Path) -> None:
    """In the control scenario the year that was fitted comes out bit for bit as in the fit, with measures after it or without."""
    for measures in (True, False):
        spec = control_scenario(fitted, levers=LEVERS, beyond=_beyond(), measures=measures)
        said = run_on(fitted, spec, fitted.observations, tmp_path / str(measures), 1, _silent, "")
        assert np.array_equal(said, fitted.rows.predicted[:, : len(fitted.observations)])


def test_the_control_period_is_scored_with_the_declared_error(fitted: Fit, tmp_path: Path) -> None:
    """Each particle's forecast is multiplied by the error of the line's data; sums of lines are shown, not scored."""
    held = control(fitted, tmp_path, levers=LEVERS, beyond=_beyond(), processes=1, twin=False)
    assert len(held.scored) == 2
    assert set(held.samples) == {WITH, WITHOUT}
    spec = control_scenario(fitted, levers=LEVERS, beyond=_beyond(), measures=True)
    said = run_on(fitted, spec, fitted.plan.controls, tmp_path / "kontroll_med", 1, _silent, "")
    for k, line in enumerate(held.lines):
        assert line.before is not None and line.before.sd is not None
        declared = line.before.sd / line.before.value
        spread = float(np.std(held.samples[WITH][:, k] / said[:, k] - 1.0))
        assert abs(spread / declared - 1) < 4 / np.sqrt(2 * DRAWS)
    assert held.total is not None
    assert held.total.observation.value == pytest.approx(sum(line.observation.value for line in held.scored))


def test_every_figure_is_forecast_without_itself(fitted: Fit) -> None:
    """From the start alone all rows count the same; from the others fewer do."""
    found = left_out(fitted)
    assert [left.observation for left in found] == list(fitted.observations)
    assert all(1 <= left.effective < DRAWS for left in found)


def test_a_free_parameter_lands_in_its_own_column_and_leaves_the_others(fitted: Fit) -> None:
    """And a particle has the same numbers in another scenario of the region, where that has them."""
    space = fitted.space
    u = space.uniforms([3])
    row = space.rows(u)[0]
    names = [p.name for p in space.template.parameters]
    free = dict(zip(space.keys, space.free(u)[0], strict=True))
    for key, value in free.items():
        assert row[names.index(f"parametrar.{key}")] == value
    other = Space(resolve(control_scenario(fitted, levers=LEVERS, beyond=_beyond(), measures=True)), space.priors, space.seed)
    there = dict(zip((p.name for p in other.template.parameters), other.rows(other.moved_from(space, u, [3]))[0], strict=True))
    assert all(there[name] == value for name, value in zip(names, row, strict=True) if name in there)
    assert len(there) > len(names)


def test_the_price_trend_sets_growth_and_the_level_of_the_start() -> None:
    """A steeper trend means a lower price in 2015, so that both lead to the prices of 2018."""
    spec = ks.load(Path(__file__).parents[2] / "scenarios/rjh/utgangslage_2015.yaml")
    template = resolve(spec)
    names = [p.name for p in template.parameters]
    theta = np.zeros((2, len(names)))
    set_free(theta, template, PRICE_TREND, np.array([0.0, 5.0]))
    level = theta[:, names.index("startlagen.2015-01-01.hyrpris_faktor")]
    growth = theta[:, [k for k, name in enumerate(names) if name.endswith(".hyra.pris_okning_procent")]]
    assert level == pytest.approx([1.0, 1.05**-3], rel=1e-3)
    assert (growth == np.array([[0.0], [5.0]])).all()


def test_a_scenario_without_the_number_is_told() -> None:
    template = resolve(ks.load(Path(__file__).parents[2] / "scenarios/rjh/utgangslage_2015.yaml"))
    with pytest.raises(ks.UserError, match=r"parametrar\.finns_inte"):
        set_free(np.zeros((1, len(template.parameters))), template, "finns_inte", np.zeros(1))


def _month(year: int, month: int, value: float) -> Row:
    at = read_period(f"{year}-{month:02d}")
    return Row("hyrkostnad_mkr_manad", "hyrkostnad_mkr", "L", "ssk_alla", "alla", at, value, "mkr", "utfall", None, 0.1 * value,
               (), False, "egen", "egen")


def test_own_months_are_one_observation_a_year_and_their_errors_add_up() -> None:
    """Twelve months that err together are one piece of evidence; a year that lacks a month is none."""
    rows = [_month(2016, m, 2.0) for m in range(1, 13)] + [_month(2017, m, 3.0) for m in range(1, 12)]
    (year,) = own_years(rows)
    assert (year.period.text, year.value, year.role) == ("2016", 24.0, "matning")
    assert year.sd == pytest.approx(2.4)


def test_a_figure_that_the_plan_has_itself_is_not_taken_twice(fitted: Fit) -> None:
    from dataclasses import replace

    own = tuple(replace(_month(2023, m, 1.0), group="sjukskoterska") for m in range(1, 13))
    plan = replace(fitted.plan, own=own)
    assert measured(plan) == fitted.observations
    other = replace(fitted.plan, own=tuple(replace(row, group="ssk_alla") for row in own))
    assert len(measured(other)) == len(fitted.observations) + 1
