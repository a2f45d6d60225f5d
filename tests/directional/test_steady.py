"""When nothing is done and nothing changes outside, the region stays where it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.model.trajectory import column
from tests.directional.build import Runs, paired, run, template

pytestmark = pytest.mark.directional

YEARS, WINDOW, SIMULATIONS = 12, 4, 30


@pytest.fixture(scope="module")
def quiet() -> Runs:
    """The small region over twelve years without measures, need growth, price growth or pay growth."""
    return run(template(years=YEARS), SIMULATIONS)


def share(*names: str) -> Callable[[Runs, slice], NDArray[np.float64]]:
    return lambda runs, months: runs.ratio(names, "need", months=months)


QUANTITIES: dict[str, Callable[[Runs, slice], NDArray[np.float64]]] = {
    "headcount": lambda runs, months: np.array([float(t.months[months, :, column("employees")].sum()) for t in runs.all]),
    "vacancy": lambda runs, months: runs.ratio("vacant_units_minutes", "established_units_minutes", months=months),
    "agency": share("agency"),
    "overtime": share("overtime"),
    "unmet": share("unmet"),
    "own": share("own"),
    "agency price": lambda runs, months: runs.ratio("agency_ore", "agency_paid", months=months),
    "exits": lambda runs, months: runs.sum("exits_external", "exits_agency", months=months),
    "sick leave": lambda runs, months: runs.ratio("sick_minutes", "ordinary_minutes", months=months),
    "workload": lambda runs, months: runs.ratio("workload_micro_days", "days", months=months),
}


@pytest.mark.parametrize("what", QUANTITIES)
def test_without_measures_and_ageing_nothing_drifts_after_the_first_year(quiet: Runs, what: str) -> None:
    """Per simulation the mean of the last four years less that of years two to five is within 3.5 standard errors of 0."""
    early = sum(QUANTITIES[what](quiet, slice(12 * y, 12 * y + 12)) for y in range(1, 1 + WINDOW))
    late = sum(QUANTITIES[what](quiet, slice(12 * y, 12 * y + 12)) for y in range(YEARS - WINDOW, YEARS))
    d = paired(np.asarray(late), np.asarray(early))
    before, after = float(np.mean(early)) / WINDOW, float(np.mean(late)) / WINDOW
    assert abs(d.mean) <= 3.5 * d.error + 1e-9 * before, f"{what}: {before:.4g} → {after:.4g}"


def test_the_start_is_not_a_jump(quiet: Runs) -> None:
    """Headcount at the end of the first year is that of the register, within 4 % and 4 standard errors."""
    heads = quiet.stock("employees", 11)
    register = len(quiet.template.people)
    assert heads.mean() == pytest.approx(register, abs=max(0.04 * register, 4 * heads.std(ddof=1) / SIMULATIONS**0.5))
