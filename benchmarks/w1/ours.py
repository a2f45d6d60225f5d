"""W1 in our own YAML: the region of `w1_region/` run by an engine of ours, answering in the form of the peers."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import kompetenssim as ks
from benchmarks.w1 import our_region, spec
from kompetenssim.model.calendar import YEAR
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import CAUSES, Trajectory, column
from kompetenssim.resolve import resolve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCENARIO = our_region.HERE / "w1_region" / "w1.yaml"
MINUTES_PER_HOUR = 60.0
PARAMETER_SEED = 1  # what is still uncertain in the region (prices, elasticities) touches nothing that W1 has

Simulate = Callable[..., Trajectory]  # (template, theta, *, seed, simulation) → Trajectory
Run = Callable[[int, int, int], spec.Result]


def runner(simulate: Simulate) -> Run:
    """Give `run(n, seed, replication)` for one engine; what is done once per region is not done again."""

    def run(n: int, seed: int, replication: int) -> spec.Result:
        template, theta = resolved(n)
        return result(template, simulate(template, theta, seed=seed, simulation=replication))

    return run


@lru_cache(maxsize=4)
def resolved(n: int) -> tuple[Template, NDArray[np.float64]]:
    """Load and resolve the region; the committed files for 4,000 employees, freshly written ones for another number."""
    if n == spec.EXPECTED_STAFF:
        return _resolve(SCENARIO)
    with TemporaryDirectory() as folder:
        return _resolve(our_region.write(Path(folder), n))


def _resolve(scenario: Path) -> tuple[Template, NDArray[np.float64]]:
    template = resolve(ks.load(scenario))
    return template, draw_matrix(template.parameters, 1, PARAMETER_SEED)[0]


def result(template: Template, trajectory: Trajectory) -> spec.Result:
    """Sum up a trajectory. It does not count its engine's events, so there are none to tell."""
    years = template.calendar.horizon / YEAR

    def total(*names: str) -> float:
        return float(sum(int(trajectory.months[:, :, column(name)].sum()) for name in names))

    return spec.Result(
        exits_per_year=total(*CAUSES) / years,
        hires_per_year=total("hires") / years,
        headcount=float(trajectory.months[-1, :, column("employees")].sum()),
        agency_hours_per_year=total("agency") / MINUTES_PER_HOUR / years,
        unmet_hours_per_year=total("unmet") / MINUTES_PER_HOUR / years,
        events=None,
        months=trajectory.months,
    )
