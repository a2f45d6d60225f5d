"""Targets (mål) as in the project's own follow-up: outcome, deviation, probability, when lastingly reached.

Four time bases: `kalenderar` (the year of the date), `rullande12` (twelve months that end with its month),
`ackumulerat_ar` (January to its month) and `per_datum` (that month alone; stocks at its end).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from kompetenssim.forecast import evaluate
from kompetenssim.forecast.geometry import ALL, Place, Spans
from kompetenssim.forecast.indicators import REGISTER, Indicator, base_of
from kompetenssim.forecast.statistics import effective_number, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.spec.region import Target

State = Literal["utvarderad", "ej utvärderbart", "utanför perioden", "ej komplett"]
NEVER, UNDECIDED = "ej nått", "ej avgörbart"


class Limit(NamedTuple):
    """A target's limit in the unit of its indicator."""

    value: float
    upper: bool
    strict: bool

    def holds(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell where values are within the limit; NaN never is."""
        if self.upper:
            return values < self.value if self.strict else values <= self.value
        return values > self.value if self.strict else values >= self.value


@dataclass(frozen=True, kw_only=True)
class TargetResult:
    """Hold all that table T2 prints of one target in one scenario, unrounded; NaN and "" where empty.

    `utfall*` belong to the target's date, `varde_ar0` and `varde_ar1` to the first and last complete calendar year (the
    last not after the target's year). `p_natt` is the share of simulations within the limit at the date, with its 80 %
    Wilson interval at `n_effektivt`. `forsta_manad` is the median, with 10 and 90 %
    quantiles, of the first month lastingly within the limit. `max` and `min` are in the indicator's own unit.
    """

    scenario: str
    nyckel: str
    titel: str
    indikator: str
    omrade: str
    enhet: str
    yrkesgrupp: str
    tidsbas: str
    senast: str
    max: float
    min: float
    strikt: str
    matenhet: str
    utvarderbart: str
    status: State
    ar0: str
    varde_ar0: float
    ar1: str
    varde_ar1: float
    forandring: float
    forandring_procent: float
    avvikelse: float
    avvikelse_procent: float
    utfall: float
    utfall_p10: float
    utfall_p50: float
    utfall_p90: float
    p_natt: float
    p_undre80: float
    p_ovre80: float
    n_effektivt: float
    forsta_manad: str
    forsta_manad_p10: str
    forsta_manad_p90: str
    andel_nadd: float
    andel_ej_avgorbar: float
    antagande: str

    def row(self) -> dict[str, Any]:
        """Give the row of `mal.csv`."""
        return asdict(self)


COLUMNS = tuple(f.name for f in fields(TargetResult))


def evaluate_targets(targets: Sequence[Target], ensemble: Ensemble) -> list[TargetResult]:
    """Evaluate the targets of a scenario, in the order in which the ensemble kept their populations."""
    return [_evaluate(target, k, ensemble) for k, target in enumerate(targets)]


def outcomes(target: Target, number: int, ensemble: Ensemble) -> tuple[NDArray[np.float64] | None, State]:
    """Give the value of target `number` of a scenario in every simulation at its date, or none and why."""
    base = "rullande12" if target.indicator not in REGISTER else target.time_base
    return _Series(base_of(target.indicator), ensemble, number, _key(target)).at(base, target_month(target))


def limit_of(target: Target, indicator: Indicator) -> Limit:
    """Read a limit; per cent become shares where the indicator is a share."""
    upper = target.max is not None or target.max_percent is not None
    plain = target.max if upper else target.min
    percent = target.max_percent if upper else target.min_percent
    if plain is None and percent is None:
        raise ValueError(f"target {target.key} has no limit")
    value = plain if plain is not None else (percent or 0.0) * (1.0 if indicator.unit == "%" else 0.01)
    return Limit(float(value), upper, target.strict == "ja")


def first_lasting_month(within: NDArray[np.bool_], run: int, labels: Sequence[str]) -> list[str]:
    """Find per simulation the first period from which `run` periods in a row are within the limit [simulation, period].

    The label of that period, `ej avgörbart` when the last periods are within but the run would end after the horizon,
    else `ej nått`.
    """
    found = []
    for hits in within:
        length, answer = 0, ""
        for at, hit in enumerate(hits):
            length = length + 1 if hit else 0
            if length == run:
                answer = labels[at - run + 1]
                break
        found.append(answer or (UNDECIDED if length else NEVER))
    return found


def print_probability(share: float) -> str:
    """Print a probability to five percentage points, never 0 or 100 %."""
    if np.isnan(share):
        return ""
    rounded = 5 * round(share * 20)
    return "under 5 %" if rounded < 5 else "över 95 %" if rounded > 95 else f"{rounded} %"


def print_amount(value: float) -> str:
    """Print an amount with one decimal, Swedish style; printed parts may differ from printed sums by 0,1."""
    return "" if np.isnan(value) else f"{value:.1f}".replace(".", ",").replace("-", "−")


def print_percent(value: float) -> str:
    """Print a percentage without decimals."""
    return "" if np.isnan(value) else f"{value:.0f} %".replace("-", "−")


def target_month(target: Target) -> str:
    """Give the month of a target's date, `2028-12`; a bare year means December."""
    text = target.by.isoformat() if isinstance(target.by, date) else str(target.by)
    if text[4:] in ("-vt", "-ht"):
        return f"{text[:4]}-{'06' if text.endswith('vt') else '12'}"
    return text[:7] if len(text) >= 7 else f"{text[:4]}-12"


def _evaluate(target: Target, number: int, ensemble: Ensemble) -> TargetResult:
    indicator = base_of(target.indicator)
    base = "rullande12" if target.indicator not in REGISTER else target.time_base
    limit, month = limit_of(target, indicator), target_month(target)
    series = _Series(indicator, ensemble, number, _key(target))
    at_date, state = series.at(base, month)
    if target.outcome == "nej":
        at_date, state = None, "ej utvärderbart"
    years = [y for y in series.complete_years() if y <= month[:4]] or series.complete_years()
    year0, year1 = (years[0], years[-1]) if years else ("", "")
    value0, value1 = (float(series.year(y).mean()) if y else np.nan for y in (year0, year1))
    outcome = float(at_date.mean()) if at_date is not None else np.nan
    compared = outcome if at_date is not None else value1
    low, middle, high = np.quantile(at_date, [0.1, 0.5, 0.9]) if at_date is not None else (np.nan,) * 3
    share, interval, n = (np.nan, (np.nan, np.nan), np.nan) if at_date is None else _probability(limit.holds(at_date), ensemble)
    months = [] if at_date is None else series.first_months(base, limit, month, at_date)
    return TargetResult(
        scenario=ensemble.scenario, nyckel=target.key, titel=target.title or target.key, indikator=target.indicator,
        omrade=_text(target.population.area), enhet=_text(target.population.unit), yrkesgrupp=_text(target.population.group),
        tidsbas=base, senast=str(target.by), max=limit.value if limit.upper else np.nan,
        min=np.nan if limit.upper else limit.value, strikt=target.strict, matenhet=indicator.unit,
        utvarderbart="nej" if at_date is None else "ja", status=state, ar0=year0, varde_ar0=value0, ar1=year1, varde_ar1=value1,
        forandring=value1 - value0, forandring_procent=_percent(value1 - value0, value0), avvikelse=compared - limit.value,
        avvikelse_procent=_percent(compared - limit.value, limit.value), utfall=outcome, utfall_p10=float(low),
        utfall_p50=float(middle), utfall_p90=float(high), p_natt=share, p_undre80=interval[0], p_ovre80=interval[1],
        n_effektivt=n, **_month_columns(months), antagande="ja" if target.assumption else "nej",
    )


class _Series:
    """The population of one target in all simulations."""

    def __init__(self, indicator: Indicator, ensemble: Ensemble, number: int, place: Place | None) -> None:
        self.indicator, self.ensemble, self.geometry = indicator, ensemble, ensemble.geometry
        sums = evaluate.read(indicator, ensemble.months)
        self.sums = evaluate.at_places(sums, [ensemble.geometry.selection_atoms[number]])
        self.place = place

    def complete_years(self) -> list[str]:
        spans = self.geometry.year_spans
        return [label for label, months in zip(spans.labels, spans.months, strict=True) if months == 12]

    def year(self, year: str) -> NDArray[np.float64]:
        months = self.geometry.months
        return self._between(months.index(f"{year}-01"), months.index(f"{year}-12"))

    def at(self, base: str, month: str) -> tuple[NDArray[np.float64] | None, State]:
        """Give the values on a time base at a month, or none and why; a month that the run cuts is never complete."""
        months, year = self.geometry.months, month[:4]
        first, last = {
            "kalenderar": (f"{year}-01", f"{year}-12"), "ackumulerat_ar": (f"{year}-01", month),
        }.get(base, (month, month))
        if not (year in self.geometry.years if base == "kalenderar" else month in months):
            return None, "utanför perioden"
        if first not in months or last not in months:
            return None, "ej komplett"
        a, b = months.index(first), months.index(last)
        if not self.geometry.full_months[a : b + 1].all():
            return None, "ej komplett"
        values = self.rolling()[:, b] if base == "rullande12" else self._between(a, b)
        return (None, "ej komplett") if np.isnan(values).any() else (values, "utvarderad")

    def rolling(self) -> NDArray[np.float64]:
        spans = self.geometry.rolling_spans
        sums = evaluate.in_spans(self.indicator, self.sums, spans)
        return evaluate.rolling_at(self.indicator, self.ensemble, sums, [self.place], spans)[:, :, 0]

    def first_months(self, base: str, limit: Limit, month: str, at_date: NDArray[np.float64]) -> list[str]:
        if base == "rullande12":
            values = self.rolling()
            known: NDArray[np.bool_] = np.all(~np.isnan(values), axis=0) & (self.geometry.full_months == 1)
            labels = [m for m, k in zip(self.geometry.months, known.tolist(), strict=True) if k]
            return first_lasting_month(limit.holds(values[:, known]), 12, labels)
        if base == "kalenderar":
            years = self.complete_years()
            values = np.stack([self.year(y) for y in years], axis=1)
            return first_lasting_month(limit.holds(values), 2, [f"{y}-12" for y in years])
        return [month if hit else NEVER for hit in limit.holds(at_date).tolist()]

    def _between(self, first: int, last: int) -> NDArray[np.float64]:
        spans: Spans = self.geometry.spans([first], [last], [""])
        return evaluate.value(self.indicator, evaluate.in_spans(self.indicator, self.sums, spans), spans)[:, 0, 0]


def _probability(hits: NDArray[np.bool_], ensemble: Ensemble) -> tuple[float, tuple[float, float], float]:
    rows = np.array([ensemble.plan.draw_of(r) for r in range(len(hits))])
    _, same = np.unique(np.column_stack([np.zeros(len(ensemble.theta)), ensemble.theta]), axis=0, return_inverse=True)
    number = effective_number(hits, np.ravel(same)[rows])
    share = float(hits.mean())
    return share, wilson(share, number), number


def _month_columns(months: list[str]) -> dict[str, Any]:
    names = ("forsta_manad_p10", "forsta_manad", "forsta_manad_p90")
    if not months:
        return {**dict.fromkeys(names, ""), "andel_nadd": np.nan, "andel_ej_avgorbar": np.nan}
    n = len(months)
    ordered = sorted(months, key=lambda m: (m == NEVER, m == UNDECIDED, m))
    picked = {name: ordered[min(n - 1, int(np.ceil(p * n)) - 1)] for name, p in zip(names, (0.1, 0.5, 0.9), strict=True)}
    undecided = months.count(UNDECIDED)
    return {**picked, "andel_nadd": (n - undecided - months.count(NEVER)) / n, "andel_ej_avgorbar": undecided / n}


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else np.nan


def _key(target: Target) -> Place | None:
    keys = (target.population.area, target.population.unit, target.population.group)
    return None if any(isinstance(k, list) for k in keys) else Place(*(str(k) if k else ALL for k in keys))


def _text(keys: str | list[str] | None) -> str:
    return ALL if not keys else keys if isinstance(keys, str) else "+".join(keys)
