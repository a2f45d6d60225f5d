"""All simulations of one scenario: what the workers kept, joined in simulation order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.observed import NOTHING_OBSERVED, Observed
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import COLUMNS, Chunk
from kompetenssim.model.trajectory import ACCOUNT

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Hold the simulations of one scenario.

    Values are read as float64; every integer kept here is below 2^53, so sums over atoms and months are exact
    whatever their order. `theta` is the draw matrix [draws, parameters]; `measures` [year, measure, (cost,
    grant)], `exits`, `retention` and `ages` (see `model.trajectory`) are sums over all simulations.
    """

    scenario: str
    geometry: Geometry
    plan: Plan
    theta: NDArray[np.float64]
    chunks: tuple[Chunk, ...]
    measures: NDArray[np.int64]
    exits: NDArray[np.int64]
    retention: NDArray[np.int64]
    ages: NDArray[np.int64]
    observed: Observed = field(default=NOTHING_OBSERVED)

    def months(self, name: str) -> NDArray[np.float64]:
        """Give a column as [simulation, month, atom]."""
        return _joined([chunk.months[COLUMNS.index(name)] for chunk in self.chunks])

    def cell_years(self, name: str) -> NDArray[np.float64]:
        """Give a column as [simulation, year, cell]; flows summed, stocks at the end."""
        return _joined([chunk.cell_years[COLUMNS.index(name)] for chunk in self.chunks])

    def weeks(self, name: str) -> NDArray[np.float64]:
        """Give a column of the hour account as [simulation, week, area × group]."""
        return _joined([chunk.weeks[ACCOUNT.index(name)] for chunk in self.chunks])


def make_ensemble(
    scenario: str, geometry: Geometry, plan: Plan, theta: NDArray[np.float64], chunks: Sequence[Chunk],
    observed: Observed = NOTHING_OBSERVED,
) -> Ensemble:
    """Join the chunks of a scenario, given in any order."""
    ordered = tuple(sorted(chunks, key=lambda c: c.first))
    if [c.first for c in ordered] != list(np.cumsum([0] + [c.size for c in ordered])[:-1]):
        raise ValueError("simulations are missing or doubled")
    return Ensemble(
        scenario=scenario, geometry=geometry, plan=plan, theta=theta, chunks=ordered, observed=observed,
        measures=_total([c.measures for c in ordered]), exits=_total([c.exits for c in ordered]),
        retention=_total([c.retention for c in ordered]), ages=_total([c.ages for c in ordered]),
    )


def _total(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.asarray(np.sum(parts, axis=0, dtype=np.int64))


def _joined(parts: Sequence[NDArray[np.integer]]) -> NDArray[np.float64]:
    return np.concatenate([part.astype(np.float64) for part in parts])
