"""The steps of a split, simulated: what each cause explains of a miss (see `causes`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from math import nan
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast import evaluate
from kompetenssim.forecast.causes import MODEL, Part, Split, steps
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.indicators import ROLLING, base_of
from kompetenssim.forecast.scores import pit
from kompetenssim.forecast.statistics import effects

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.forecast.ensemble import Ensemble
    from kompetenssim.forecast.outcomes import Outcome
    from kompetenssim.forecast.results import Results
    from kompetenssim.forecast.run import Progress
    from kompetenssim.model.template import Template
    from kompetenssim.spec.specification import Specification

    Array = NDArray[np.float64]

NOTHING = 1e-9
"""A share of the forecast below which a rerun is the stored run: means of the same numbers summed in another order."""


def replay(
    results: Results, then: Specification, now: Specification, *, made: date | None = None, engine: str = "auto",
    processes: int | None = None, progress: Progress | None = None,
) -> Replay:
    """Simulate the steps under the plan of the old run. Raises UserError where old and new do not go together."""
    from kompetenssim.forecast.run import run
    from kompetenssim.resolve import resolve

    _same_frame(then, now)
    plan = results.manifest["plan"]
    every = steps(then, now, made)
    try:
        templates = {cause: resolve(spec) for cause, spec in every.items()}
    except (KeyError, ValueError, StopIteration) as error:
        raise UserError(f"prognosens scenario går inte att räkna om med det som är känt nu: {error}; enheter och grupper som "
                        "åtgärderna nämner behöver finnas i båda", code=2) from error
    played = {cause: _first_alike(cause, templates, every) for cause in every}
    needed = list(dict.fromkeys(played.values()))
    again = run([every[c] for c in needed], [templates[c] for c in needed], replications=plan["simuleringar"],
                per_draw=plan["per_uppsattning"], seed=plan["slumpfro"], processes=processes, progress=progress,
                engine="tvilling" if plan["tvilling"] else engine)
    ensembles = dict(zip(needed, again.ensembles, strict=True))
    return Replay({cause: ensembles[one] for cause, one in played.items()})


class Replay:
    """Every step by its cause; steps that are alike share their simulations."""

    def __init__(self, ensembles: Mapping[str, Ensemble]) -> None:
        self._ensembles = ensembles
        self._kept: dict[tuple[int, str, str], evaluate.Values] = {}

    def split(self, outcome: Outcome, forecast: float) -> Split:
        """Split the miss of a forecast, given by its mean."""
        parts: list[Part] = []
        for before, cause in zip((None, *self._ensembles), self._ensembles, strict=False):
            values = self._values(cause, outcome)
            if before is None:
                moved = float(values.mean()) - forecast
                parts.append(Part(MODEL, moved if abs(moved) > NOTHING * abs(forecast) else 0.0, nan))
            else:
                found = effects(values - self._values(before, outcome), self._per_draw)
                parts.append(Part(cause, float(found.mean), float(found.standard_error)))
        last, miss = effects(values, self._per_draw), outcome.value - forecast
        return Split(miss, tuple(parts), miss - sum(part.amount for part in parts), float(last.sd_chance),
                     float(last.sd_parameter), pit(values, outcome.value))

    @property
    def _per_draw(self) -> int:
        return self._ensembles[MODEL].plan.per_draw

    def _values(self, cause: str, outcome: Outcome) -> Array:
        """Give the outcome's indicator in every simulation of a step; none of what is counted at a place that it has not."""
        import numpy as np

        ensemble, indicator = self._ensembles[cause], base_of(outcome.indicator)
        step = "r12" if outcome.indicator in ROLLING else "manad" if "-" in outcome.period else "ar"
        key = (id(ensemble), indicator.id, step)
        if key not in self._kept:
            make = {"r12": evaluate.rolling, "manad": evaluate.monthly, "ar": evaluate.yearly_margins}[step]
            self._kept[key] = make(indicator, ensemble)
        found = self._kept[key]
        if outcome.place not in found.places:
            return np.full(ensemble.plan.simulations, evaluate.absent(indicator))
        values: Array = found.array[:, found.labels.index(outcome.period), found.places.index(outcome.place)]
        return values


def _same_frame(then: Specification, now: Specification) -> None:
    if (then.region.region.key, then.start, then.end) != (now.region.region.key, now.start, now.end):
        raise UserError(
            f"prognosen gällde {then.region.region.key} {then.start}–{then.end} men scenariot som det är känt nu gäller "
            f"{now.region.region.key} {now.start}–{now.end}; ange samma scenario med samma period, rättade uppgifter och "
            "scenario.uppfoljning_till satt till dagens datum", code=2)


def _first_alike(cause: str, templates: Mapping[str, Template], specs: Mapping[str, Specification]) -> str:
    """Give the first step that would be simulated as this one is."""

    def content(at: str) -> tuple[Any, ...]:
        return replace(templates[at], scenario_key=""), specs[at].scenario.scenario.calibration

    wanted = content(cause)
    return next(other for other in templates if content(other) == wanted)
