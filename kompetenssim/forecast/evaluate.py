"""Values of an indicator in every simulation: [simulation, period, place].

Columns are read once per indicator and summed from atoms to places, then over periods; a few places at a time where much is
wanted of each (`Margins`), so that the work stays in the processor's cache. In memory a place lies together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from kompetenssim.forecast.geometry import Place
from kompetenssim.forecast.indicators import DAYS, Array, Indicator, Terms, combine, is_stock, weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.forecast.geometry import Spans

T = TypeVar("T")
VALUES_AT_ONCE = 100_000  # simulations × periods × places: 800 kB


class Values(NamedTuple):
    """Hold an indicator in every simulation with the labels of its periods and places; `months` counts full months."""

    array: Array
    labels: tuple[str, ...]
    months: NDArray[np.int64]
    places: tuple[Place, ...]


class Sums(NamedTuple):
    """Hold numerator and denominator of an indicator, [simulation, period, atom or place]; no denominator: None, or DAYS."""

    above: Array
    below: Array | None


def read(indicator: Indicator, column: Callable[[str], Array]) -> Sums:
    """Add up the columns of an indicator."""
    below = indicator.denominator
    return Sums(weigh(indicator.numerator, column), None if below is None or DAYS in below else weigh(below, column))


def at_places(sums: Sums, parts: Sequence[Sequence[int]]) -> Sums:
    """Sum atoms to places; `parts` names the atoms of each."""
    return Sums(_at_places(sums.above, parts), None if sums.below is None else _at_places(sums.below, parts))


def in_spans(indicator: Indicator, sums: Sums, spans: Spans) -> Sums:
    """Sum months to periods; of stocks the last month is taken."""
    above = _in_spans(sums.above, spans, stock=is_stock(indicator.numerator))
    return Sums(above, None if sums.below is None else _in_spans(sums.below, spans, stock=is_stock(indicator.denominator or {})))


def value(indicator: Indicator, sums: Sums, spans: Spans) -> Array:
    """Put an indicator together from sums over places and periods."""
    return combine(indicator, sums.above, sums.below, spans.days[:, None])


def monthly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every month and margin."""
    g, spans = ensemble.geometry, ensemble.geometry.month_spans
    array = value(indicator, at_places(read(indicator, ensemble.months), g.margin_atoms), spans)
    return Values(array, spans.labels, spans.months, g.margins)


def yearly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every calendar year for the margins and for unit × group."""
    g, margins = ensemble.geometry, yearly_margins(indicator, ensemble)
    both = np.concatenate([margins.array, yearly_cells(indicator, ensemble)], axis=2)[:, :, g.places_order]
    return margins._replace(array=both, places=g.places)


def yearly_margins(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every calendar year for the margins only."""
    g, spans = ensemble.geometry, ensemble.geometry.year_spans
    sums = at_places(in_spans(indicator, read(indicator, ensemble.months), spans), g.margin_atoms)
    return Values(value(indicator, sums, spans), spans.labels, spans.months, g.margins)


def yearly_cells(indicator: Indicator, ensemble: Ensemble) -> Array:
    """Give every calendar year of unit × group."""
    return value(indicator, read(indicator, ensemble.cell_years), ensemble.geometry.year_spans)


def weekly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every week of an entry of the hour account for the margins without units."""
    g = ensemble.geometry
    array = weekly_at(indicator, read(indicator, ensemble.weeks), g.week_margin_parts)
    return Values(array, g.weeks, np.zeros(len(g.weeks), dtype=np.int64), g.week_margins)


def weekly_at(indicator: Indicator, sums: Sums, parts: Sequence[Sequence[int]]) -> Array:
    """Give every week of some places, `parts` the area × groups of each."""
    return combine(indicator, at_places(sums, parts).above, None, np.ones(1))


def rolling(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give twelve rolling months at each month end, for the margins (see `rolling_at`)."""
    g, spans = ensemble.geometry, ensemble.geometry.rolling_spans
    sums = at_places(in_spans(indicator, read(indicator, ensemble.months), spans), g.margin_atoms)
    return Values(rolling_at(indicator, ensemble, sums, g.margins, spans), spans.labels, spans.months, g.margins)


def rolling_at(indicator: Indicator, ensemble: Ensemble, sums: Sums, places: Sequence[Place | None], spans: Spans) -> Array:
    """Give twelve rolling months at each month end from their sums at some places; None is a place without a name.

    The first eleven need months before the start: where these are observed the window mixes both (its `months`, which
    counts simulated months, is below 12), elsewhere it is NaN, "ej komplett".
    """
    above = sums.above + _lacking(indicator.numerator, ensemble, spans, places)
    below = None if sums.below is None else sums.below + _lacking(indicator.denominator or {}, ensemble, spans, places)
    return value(indicator, Sums(above, below), spans)


class Margins:
    """The margins of one indicator, a few at a time: the years and months of each, and its rolling months."""

    def __init__(self, indicator: Indicator, ensemble: Ensemble) -> None:
        self.indicator, self.ensemble, g = indicator, ensemble, ensemble.geometry
        self.atoms = dict(zip(g.margins, g.margin_atoms, strict=True))
        months = read(indicator, ensemble.months)
        spans = {"ar": g.year_spans, "manad": g.month_spans, **({"r12": g.rolling_spans} if indicator.rolling else {})}
        self.steps = {step: (periods, in_spans(indicator, months, periods)) for step, periods in spans.items()}

    def at(self, places: Sequence[Place]) -> Iterator[tuple[str, Array]]:
        """Give the values by time step (`r12`: rolling); at a place that the scenario has not: none, and no ratio."""
        parts = [self.atoms.get(place, ()) for place in places]
        strange = [j for j, place in enumerate(places) if place not in self.atoms]
        for step, (spans, sums) in self.steps.items():
            there = at_places(sums, parts)
            array = (rolling_at(self.indicator, self.ensemble, there, places, spans) if step == "r12"
                     else value(self.indicator, there, spans))
            array[:, :, strange] = absent(self.indicator)
            yield step, array


def absent(indicator: Indicator) -> float:
    """Give the value at a place that a scenario has not: nothing of what is counted, and a ratio is undefined."""
    return np.nan if indicator.time == "kvot" else 0.0


def in_blocks(places: Sequence[T], values_each: int) -> Iterator[Sequence[T]]:
    """Cut places, or the parts of each, so that a block has about VALUES_AT_ONCE values."""
    size = max(1, VALUES_AT_ONCE // max(1, values_each))
    return (places[k : k + size] for k in range(0, len(places), size))


def _lacking(terms: Terms, ensemble: Ensemble, spans: Spans, places: Sequence[Place | None]) -> Array:
    """Give what observations add to each rolling window [period, place]: 0 when it is full, NaN when unknown."""
    g = ensemble.geometry
    total = np.zeros((len(g.months), len(places)))
    total[spans.months < 12] = np.nan
    early = min(11, len(g.months))
    if g.full_months[:early].all():  # a month that the run cuts cannot be completed from observations
        parts = [sign * ensemble.observed.missing_part(name, g.months, places) for name, sign in terms.items()]
        total[:early] = np.sum(parts, axis=0)[:early] if parts else 0.0
    return total


def _at_places(values: Array, parts: Sequence[Sequence[int]]) -> Array:
    by_place = values.transpose(2, 0, 1)
    total = np.empty((len(parts), *by_place.shape[1:]))
    for place, atoms in enumerate(parts):
        here = total[place]
        here[:] = by_place[atoms[0]] if atoms else 0.0
        for atom in atoms[1:]:
            here += by_place[atom]
    return total.transpose(1, 2, 0)


def _in_spans(values: Array, spans: Spans, *, stock: bool) -> Array:
    if len(spans.first) == values.shape[1] and (spans.first == spans.last).all():
        return values
    by_place = values.transpose(2, 0, 1)
    if stock:
        return by_place[..., spans.last].transpose(1, 2, 0)
    if (spans.first[1:] == spans.last[:-1] + 1).all() and spans.last[-1] + 1 == values.shape[1]:
        return np.add.reduceat(by_place, spans.first, axis=2).transpose(1, 2, 0)
    total = np.zeros((*by_place.shape[:2], by_place.shape[2] + 1))
    np.cumsum(by_place, axis=2, out=total[..., 1:])
    summed: Array = total[..., spans.last + 1] - total[..., spans.first]
    return summed.transpose(1, 2, 0)
