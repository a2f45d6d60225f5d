"""Observed months before the start, so that rolling twelve months exist from the first month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.forecast.geometry import ALL, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kompetenssim.spec.specification import ObservedMonth, Specification

ORE_PER_MSEK = 100_000_000
AGENCY, WAGES = "agency_ore", "wage_ore"


@dataclass(frozen=True)
class Observed:
    """Hold observed öre by (column, place) and month; a place is observed only where the file has a row for it."""

    values: Mapping[tuple[str, Place], Mapping[str, float]] = field(default_factory=dict)

    def missing_part(self, name: str, months: Sequence[str], places: Sequence[Place | None]) -> NDArray[np.float64]:
        """Give what the rolling twelve months of the first eleven months lack: [11, place], NaN where not observed."""
        before = [month_before(months[0], back) for back in range(11, 0, -1)]
        part = np.full((11, len(places)), np.nan)
        for j, place in enumerate(places):
            known = self.values.get((name, place)) if place is not None else None
            if known:
                tail = np.array([known.get(month, np.nan) for month in before])
                part[:, j] = np.cumsum(tail[::-1])[::-1]
        return part


NOTHING_OBSERVED = Observed()


def month_before(month: str, back: int) -> str:
    """Give the label of the month `back` months earlier."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - back
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def observed_of(spec: Specification) -> Observed:
    """Give what the start state of a specification knows of the months before it."""
    return by_place(spec.observed)


def by_place(months: Sequence[ObservedMonth]) -> Observed:
    """Arrange observed months by (column, place) and month."""
    values: dict[tuple[str, Place], dict[str, float]] = {}
    for m in months:
        for name, amount in ((AGENCY, m.agency_msek), (WAGES, m.wages_msek)):
            if amount is not None:
                values.setdefault((name, Place(m.area, ALL, m.group)), {})[m.month] = amount * ORE_PER_MSEK
    return Observed(values)
