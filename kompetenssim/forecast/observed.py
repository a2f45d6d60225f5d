"""Observed months before the start, so that rolling twelve months exist from the first month."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import ALL, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kompetenssim.spec.specification import Specification

ORE_PER_MSEK = 100_000_000
OBSERVABLE = {"hyrkostnad_mkr": "agency_ore", "personalkostnad_mkr": "wage_ore"}


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


def read_observed(text: str, file: str) -> Observed:
    """Read `manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr` (decimal comma or point)."""
    values: dict[tuple[str, Place], dict[str, float]] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"), start=2):
        place = Place(row.get("omrade") or ALL, ALL, row.get("yrkesgrupp") or ALL)
        for key, name in OBSERVABLE.items():
            written = (row.get(key) or "").strip().replace(",", ".")
            if written:
                try:
                    values.setdefault((name, place), {})[str(row["manad"]).strip()] = float(written) * ORE_PER_MSEK
                except (ValueError, KeyError):
                    text = f"{file}:{line}: {key}: ett tal och en månad (ÅÅÅÅ-MM) väntades, inte '{written}'"
                    raise UserError(text, code=2) from None
    return Observed(values)


def observed_of(spec: Specification) -> Observed:
    """Read the monthly series that the start state names, if it names one; its bytes came with the specification."""
    name = spec.start_state.observed_months
    if name is None:
        return NOTHING_OBSERVED
    for path, content in sorted(spec.files.items()):
        if path.as_posix().endswith(name.removeprefix("./")):
            return read_observed(content.decode("utf-8-sig"), path.name)
    raise UserError(f"månadsserien '{name}' i startläget hittades inte bland specifikationens filer", code=2)
