"""Run one size: how surely the target is reached there, and what it costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from math import nan, sqrt
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from kompetenssim.forecast import evaluate, run
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.indicators import REGISTER, base_of
from kompetenssim.forecast.mask import LEAST
from kompetenssim.forecast.search.plan import SearchPlan
from kompetenssim.forecast.statistics import Z80, effects
from kompetenssim.forecast.targets import Limit, evaluate_targets, limit_of, outcomes, target_month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble

Method = Literal["tvilling", "simulering"]
COST = "nettokostnad_mkr"


@dataclass(frozen=True, kw_only=True)
class Point:
    """Hold what the runs of one size say of the target; NaN where they say nothing.

    `p` is the share of simulations within the limit, with its 80 % Wilson interval at `n_effektivt`; `medelvarde` that of the
    indicator with its Monte Carlo error, `p10` and `p90` its 80 % interval over simulations. `nettokostnad_mkr` is the
    mean of the twelve months that end with the target's.
    """

    storlek: float
    metod: Method
    simuleringar: int
    p: float
    p_undre80: float
    p_ovre80: float
    n_effektivt: float
    medelvarde: float
    mc_fel: float
    p10: float
    p90: float
    nettokostnad_mkr: float

    def row(self) -> dict[str, Any]:
        """Give the row of `sokning.csv`."""
        return asdict(self)


COLUMNS = tuple(f.name for f in fields(Point))


class Question(NamedTuple):
    """Ask whether a point reaches the target: with a probability, or in expectation (None).

    `leaning` asks the same at an end of the 80 % Monte Carlo interval: +1 where the point looks best, −1 where it looks worst.
    """

    limit: Limit
    probability: float | None

    def reached(self, point: Point, leaning: int = 0) -> bool:
        """Tell whether a point reaches the target."""
        if self.probability is not None:
            return {0: point.p, 1: point.p_ovre80, -1: point.p_undre80}[leaning] >= self.probability
        better = -1.0 if self.limit.upper else 1.0
        error = 0.0 if np.isnan(point.mc_fel) else point.mc_fel
        return bool(self.limit.holds(np.array([point.medelvarde + leaning * better * Z80 * error]))[0])

    def merit(self, point: Point) -> float:
        """Give what grows when a point comes nearer to the target: the probability, or the mean in its direction."""
        if self.probability is not None:
            return point.p
        return -point.medelvarde if self.limit.upper else point.medelvarde


def question_of(plan: SearchPlan, method: Method) -> Question:
    """Give the question of a search; expected values answer it in expectation only."""
    target, asked = plan.head.target, plan.head.probability
    expected = method == "tvilling" or isinstance(asked, str)
    return Question(limit_of(target, base_of(target.indicator)), None if expected else float(asked))


def run_point(
    plan: SearchPlan, size: float, method: Method, *, simulations: int, seed: int, engine: str = "auto",
    processes: int | None = None,
) -> Point:
    """Simulate one size. The same seed, draws and keys serve every size, so that a point is a fixed function of its size.

    Raises UserError for a target that has no value in some simulation.
    """
    from kompetenssim.resolve import resolve

    spec = plan.at(size)
    try:
        forecast = run.run([spec], [resolve(spec)], replications=simulations, seed=seed, processes=processes,
                           engine="tvilling" if method == "tvilling" else engine)
    except UserError as error:
        raise UserError(f"vid storleken {size:g}: {error}", code=error.code) from error
    ensemble = forecast.ensembles[0]
    _refuse_few(ensemble)
    values, state = outcomes(spec.targets[0], 0, ensemble)
    if values is None:
        raise UserError(f"målet '{plan.head.target.key}' går inte att läsa av vid storleken {size:g}: {state}", code=2)
    found = evaluate_targets(spec.targets, ensemble)[0]
    return Point(
        storlek=size, metod=method, simuleringar=forecast.plan.simulations, p=found.p_natt, p_undre80=found.p_undre80,
        p_ovre80=found.p_ovre80, n_effektivt=found.n_effektivt, medelvarde=found.utfall, mc_fel=_error(values, ensemble),
        p10=found.utfall_p10, p90=found.utfall_p90, nettokostnad_mkr=_cost(ensemble, target_month(plan.head.target)),
    )


def _refuse_few(ensemble: Ensemble) -> None:
    """Refuse a target about so few people that nothing of them may be shown."""
    g = ensemble.geometry
    cells = {cell for atom in g.selection_atoms[0] for cell in g.atoms[atom]}
    if 0 < sum(g.initial_employees[cell] for cell in cells) < LEAST:
        text = f"målet gäller färre än {LEAST} medarbetare, och deras uppgifter visas inte; välj en större population"
        raise UserError(text, code=2)


def _error(values: NDArray[np.float64], ensemble: Ensemble) -> float:
    """Give the Monte Carlo error of the mean; that of independent simulations where there are too few draws."""
    error = float(effects(values, ensemble.plan.per_draw).standard_error)
    if np.isnan(error) and len(values) > 1:
        error = float(values.std(ddof=1)) / sqrt(len(values))
    return error


def _cost(ensemble: Ensemble, month: str) -> float:
    months = ensemble.geometry.months
    last = months.index(month)
    if last < 11 or not ensemble.geometry.full_months[last - 11 : last + 1].all():
        return nan
    g, indicator = ensemble.geometry, REGISTER[COST]
    spans, whole = g.spans([last - 11], [last], [""]), g.margin_atoms[g.margins.index(Place(ALL, ALL, ALL))]
    sums = evaluate.at_places(evaluate.read(indicator, ensemble.months), [whole])
    return float(evaluate.value(indicator, evaluate.in_spans(indicator, sums, spans), spans).mean())
