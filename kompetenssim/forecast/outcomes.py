"""What happened, and what a stored run said of it: years by its simulations, months by the quantiles that it keeps.

Quantiles of a month are joined on the scale of a normal distribution, so that its 95 % interval, CRPS and PIT are approximate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from math import isfinite, nan
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.indicators import REGISTER, ROLLING
from kompetenssim.forecast.scores import Score, score_sample
from kompetenssim.spec.keys import meant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.forecast.results import Results

    Array = NDArray[np.float64]

DRAWN = 999
"""As many values stand for the stored quantiles of a month."""


class Outcome(NamedTuple):
    """What happened: one figure in the unit of its indicator. `period` is a year (`2024`) or a month (`2024-03`)."""

    indicator: str
    period: str
    value: float
    area: str = ALL
    group: str = ALL

    @property
    def place(self) -> Place:
        """The margin that it is about."""
        return Place(self.area, ALL, self.group)

    def covers(self, other: Outcome) -> bool:
        """Tell whether it is a sum that another one is part of: the same indicator, and nowhere narrower."""
        return (self != other and self.indicator == other.indicator and other.period.startswith(self.period)
                and self.area in (ALL, other.area) and self.group in (ALL, other.group))


def check_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Raise UserError for what cannot be compared with anything: an unknown indicator, no number, the same figure twice."""
    seen: set[tuple[str, ...]] = set()
    for outcome in outcomes:
        name = f"{outcome.indicator} för {outcome.group}, {outcome.area}, {outcome.period}"
        if outcome.indicator not in REGISTER and outcome.indicator not in ROLLING:
            every = {*REGISTER, *ROLLING}
            text = f"indikatorn '{outcome.indicator}' finns inte{meant(outcome.indicator, every)}"
            raise UserError(f"{text} (alla: kompetenssim schema --indikatorer)", code=2)
        if not isfinite(outcome.value):
            raise UserError(f"utfallet {name} är inget tal; ta bort raden om talet inte är känt", code=2)
        if (*outcome.place, outcome.indicator, outcome.period) in seen:
            raise UserError(f"utfallet {name} är med två gånger; behåll ett av dem", code=2)
        seen.add((*outcome.place, outcome.indicator, outcome.period))


class Said:
    """What one scenario of a run said of some outcomes."""

    def __init__(self, results: Results, scenario: str, outcomes: Sequence[Outcome]) -> None:
        self.results, self.scenario = results, scenario
        self.indicators = sorted({o.indicator for o in outcomes})
        self.areas, self.groups = (sorted({o.place[k] for o in outcomes}) for k in (0, 2))

    def score(self, outcome: Outcome) -> Score | str:
        """Give the score of an outcome, or say why there is none."""
        key = (outcome.indicator, outcome.period, outcome.area, outcome.group)
        monthly = "-" in outcome.period
        if not monthly and outcome.indicator in ROLLING:
            return "rullande tolv månader anges för en månad, inte för ett år"
        row = (self._months if monthly else self._years).get(key)
        if row is None:
            return "prognosen har ingen sådan period eller plats"
        if monthly:
            return self._of_quantiles(row, outcome) if row["manader"] and isfinite(row["medelvarde"]) else "månaden är inte hel"
        if row["manader"] < 12:
            return f"prognosen har bara {row['manader']} hela månader av året"
        values = row["varden"]
        return score_sample(values, outcome.value) if all(map(isfinite, values)) else "indikatorn är inte definierad där"

    def _of_quantiles(self, row: Mapping[str, Any], outcome: Outcome) -> Score:
        return replace(score_sample(spread_out(row), outcome.value), mean=row["medelvarde"])

    @cached_property
    def _years(self) -> dict[tuple[str, ...], dict[str, Any]]:
        columns = ("indikator", "ar", "omrade", "yrkesgrupp", "manader", "simulering", "varde")
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for indicator, year, area, group, months, _, value in sorted(self._rows("simuleringar_ar", columns), key=lambda r: r[5]):
            row = found.setdefault((indicator, str(year), area, group), {"manader": months, "varden": []})
            row["varden"].append(nan if value is None else value)
        return found

    @cached_property
    def _months(self) -> dict[tuple[str, ...], dict[str, Any]]:
        from kompetenssim.forecast.statistics import PROBABILITIES

        columns = ("indikator", "tid", "omrade", "yrkesgrupp", "manader", "medelvarde", *PROBABILITIES)
        return {row[:4]: {name: nan if value is None else value for name, value in zip(columns[4:], row[4:], strict=True)}
                for row in self._rows("sammanfattning", columns, tidssteg="manad")}

    def _rows(self, table: str, columns: Sequence[str], **wanted: str) -> Iterator[tuple[Any, ...]]:
        read = self.results.table(table, columns, scenario=self.scenario, enhet=ALL, indikator=self.indicators, omrade=self.areas,
                                  yrkesgrupp=self.groups, **wanted)
        return zip(*(read[name].to_pylist() for name in columns), strict=True)


def spread_out(quantiles: Mapping[str, float]) -> Array:
    """Give evenly likely values of a distribution by its quantiles p05 … p95.

    Between them and beyond them it is taken as piecewise normal; what is nowhere below zero in the quantiles is not made so.
    """
    import numpy as np

    from kompetenssim.forecast.statistics import PROBABILITIES

    normal = NormalDist()
    z = np.array([normal.inv_cdf(p) for p in PROBABILITIES.values()])
    known = np.maximum.accumulate([quantiles[name] for name in PROBABILITIES])
    wanted = np.array([normal.inv_cdf((i + 0.5) / DRAWN) for i in range(DRAWN)])
    found: Array = np.interp(wanted, z, known)
    for end, beside in ((0, 1), (-1, -2)):
        slope = (known[end] - known[beside]) / (z[end] - z[beside])
        beyond = wanted < z[end] if end == 0 else wanted > z[end]
        found[beyond] = known[end] + slope * (wanted[beyond] - z[end])
    if known[0] >= 0:
        np.maximum(found, 0.0, out=found)
    return found
