"""Values of an indicator in every simulation: [simulation, period, place]."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.indicators import Array, Indicator, Terms, combine, is_stock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.forecast.geometry import Spans


class Values(NamedTuple):
    """Hold an indicator in every simulation with the labels of its periods and places; `months` counts full months."""

    array: Array
    labels: tuple[str, ...]
    months: NDArray[np.int64]
    places: tuple[Place, ...]


def over_spans(indicator: Indicator, ensemble: Ensemble, spans: Spans, weights: Array) -> Array:
    """Sum atoms to places by `weights` [atom, place] and months to periods."""
    return combine(indicator, lambda name: _in_spans(ensemble, name, spans), spans.days[None, :, None], expand=_sums(weights))


def monthly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every month and margin."""
    g, spans = ensemble.geometry, ensemble.geometry.month_spans()
    return Values(over_spans(indicator, ensemble, spans, g.margin_weights), spans.labels, spans.months, g.margins)


def yearly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every calendar year for the margins and for unit × group."""
    g, spans = ensemble.geometry, ensemble.geometry.year_spans()
    margins = over_spans(indicator, ensemble, spans, g.margin_weights)
    cells = combine(indicator, ensemble.cell_years, spans.days[None, :, None])
    both = np.concatenate([margins, cells], axis=2)[:, :, g.places_order]
    return Values(both, spans.labels, spans.months, g.places)


def yearly_margins(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every calendar year for the margins only."""
    g, spans = ensemble.geometry, ensemble.geometry.year_spans()
    return Values(over_spans(indicator, ensemble, spans, g.margin_weights), spans.labels, spans.months, g.margins)


def weekly(indicator: Indicator, ensemble: Ensemble) -> Values:
    """Give every week of an entry of the hour account for the margins without units."""
    g = ensemble.geometry
    array = combine(indicator, ensemble.weeks, np.ones(1), expand=_sums(g.week_weights))
    return Values(array, g.weeks, np.zeros(len(g.weeks), dtype=np.int64), g.week_margins)


def rolling(indicator: Indicator, ensemble: Ensemble, *, weights: Array | None = None,
            places: Sequence[Place | None] | None = None) -> Values:
    """Give twelve rolling months at each month end.

    The first eleven need months before the start: where these are observed the window mixes both (its `months`, which
    counts simulated months, is below 12), elsewhere it is NaN, "ej komplett". `places` name the columns of `weights`.
    """
    g, spans = ensemble.geometry, ensemble.geometry.rolling_spans()
    named: Sequence[Place | None] = g.margins if places is None else places
    chosen = g.margin_weights if weights is None else weights
    lacking = [_lacking(terms, ensemble, spans, named) for terms in (indicator.numerator, indicator.denominator or {})]
    array = combine(indicator, lambda name: _in_spans(ensemble, name, spans), spans.days[None, :, None],
                    expand=_sums(chosen), extra=(lacking[0], lacking[1]))
    return Values(array, spans.labels, spans.months, tuple(p or Place(ALL, ALL, ALL) for p in named))


def _lacking(terms: Terms, ensemble: Ensemble, spans: Spans, places: Sequence[Place | None]) -> Array:
    """Give what observations add to each rolling window [period, place]: 0 when it is full, NaN when unknown."""
    g = ensemble.geometry
    total = np.zeros((len(g.months), len(places)))
    total[spans.months < 12] = np.nan
    early = min(11, len(g.months))
    if g.full_months()[:early].all():  # a month that the run cuts cannot be completed from observations
        parts = [sign * ensemble.observed.missing_part(name, g.months, places) for name, sign in terms.items()]
        total[:early] = np.sum(parts, axis=0)[:early] if parts else 0.0
    return total


def _sums(weights: Array) -> Callable[[Array], Array]:
    """Sum over places by weights [place, sum], as one matrix product."""
    return lambda values: (values.reshape(-1, weights.shape[0]) @ weights).reshape(*values.shape[:-1], weights.shape[1])


def _in_spans(ensemble: Ensemble, name: str, spans: Spans) -> Array:
    values = ensemble.months(name)
    if len(spans.first) == values.shape[1] and (spans.first == spans.last).all():
        return values
    if is_stock(name):
        return values[:, spans.last]
    total = np.concatenate([np.zeros_like(values[:, :1]), np.cumsum(values, axis=1)], axis=1)
    summed: Array = total[:, spans.last + 1] - total[:, spans.first]
    return summed
