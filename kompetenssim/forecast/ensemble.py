"""All simulations of one scenario: what the workers kept, joined in simulation order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.forecast.geometry import Geometry
from kompetenssim.forecast.indicators import WEEKLY
from kompetenssim.forecast.observed import NOTHING_OBSERVED, Observed
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import KEPT, Chunk
from kompetenssim.forecast.scratch import Part, Scratch, fetched

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Hold the simulations of one scenario.

    Values are read as float64, a column at a time; every integer kept here is below 2^53, so sums over atoms and months are
    exact whatever their order. Simulations come first, but in memory a place lies together, and in it a simulation: [place,
    simulation, period]. `theta` is the draw matrix [draws, parameters]; `measures` [year, measure, (cost, grant)], `exits`,
    `retention` and `ages` (see `model.trajectory`) are sums over all simulations. `scratch` holds the files of the chunks.
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
    scratch: Scratch | None = None

    def months(self, name: str) -> NDArray[np.float64]:
        """Give a column as [simulation, month, atom]."""
        return _joined([chunk.months[KEPT.index(name)] for chunk in self.chunks])

    def cell_years(self, name: str) -> NDArray[np.float64]:
        """Give a column as [simulation, year, cell]; flows summed, stocks at the end."""
        return _joined([chunk.cell_years[KEPT.index(name)] for chunk in self.chunks])

    def weeks(self, name: str) -> NDArray[np.float64]:
        """Give a column of the hour account as [simulation, week, area × group]."""
        return _joined([chunk.weeks[WEEKLY.index(name)] for chunk in self.chunks])

    def parts(self, simulations: int) -> Iterator[tuple[int, Ensemble]]:
        """Give the simulations about so many at a time, each part with the number of its first."""
        waiting: list[Chunk] = []
        for chunk in self.chunks:
            waiting.append(chunk)
            if sum(c.size for c in waiting) >= simulations or chunk is self.chunks[-1]:
                yield waiting[0].first, replace(self, chunks=tuple(waiting))
                waiting = []


def make_ensemble(
    scenario: str, geometry: Geometry, plan: Plan, theta: NDArray[np.float64], chunks: Sequence[Chunk],
    observed: Observed = NOTHING_OBSERVED, scratch: Scratch | None = None,
) -> Ensemble:
    """Join the chunks of a scenario, given in any order."""
    ordered = tuple(sorted(chunks, key=lambda c: c.first))
    if [c.first for c in ordered] != list(np.cumsum([0] + [c.size for c in ordered])[:-1]):
        raise ValueError("simulations are missing or doubled")
    return Ensemble(
        scenario=scenario, geometry=geometry, plan=plan, theta=theta, chunks=ordered, observed=observed,
        scratch=scratch,
        measures=_total([c.measures for c in ordered]), exits=_total([c.exits for c in ordered]),
        retention=_total([c.retention for c in ordered]), ages=_total([c.ages for c in ordered]),
    )


def _total(parts: Sequence[NDArray[np.integer]]) -> NDArray[np.int64]:
    return np.asarray(np.sum(parts, axis=0, dtype=np.int64))


def _joined(parts: Sequence[Part]) -> NDArray[np.float64]:
    """Put [simulation, place, period] one after the other and give them as [simulation, period, place]."""
    pieces = [fetched(part) for part in parts]
    count = sum(len(piece) for piece in pieces)
    whole = np.empty((pieces[0].shape[1], count, pieces[0].shape[2]))
    first = 0
    for piece in pieces:
        whole[:, first : first + len(piece)] = piece.transpose(1, 0, 2)
        first += len(piece)
    return whole.transpose(1, 2, 0)
