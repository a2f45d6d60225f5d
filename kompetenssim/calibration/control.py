"""Hold a fit against the period that it was not shown: the same particles, with the same keys, run on past the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from kompetenssim.calibration.declared_error import with_declared_error
from kompetenssim.calibration.fit import Fit, Stage, simulator_of
from kompetenssim.calibration.observation import Observation
from kompetenssim.calibration.particles import Again
from kompetenssim.calibration.scores import Score, score_sample
from kompetenssim.calibration.space import Space
from kompetenssim.calibration.table import TABLE_PIECE, gather
from kompetenssim.forecast.engines import prepare_engine
from kompetenssim.forecast.run import cores
from kompetenssim.model.keyed import name_key
from kompetenssim.spec.load import Levers, load_variant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.spec.beyond import Beyond
    from kompetenssim.spec.specification import Specification

    Floats = NDArray[np.float64]

WITH, WITHOUT = "med kända händelser", "utan åtgärder"
CERTAIN = 0.95
TWIN_ROWS = 20


@dataclass(frozen=True)
class Line:
    """One figure of the control period and what was said of it. `before` is the last one that the fit saw at its place.

    `scores` by variant; where a line was fitted its forecast has the declared error of the data in it, `model_only` has not.
    `down` is the share of particles in which the line falls from the last fitted year, by variant.
    """

    observation: Observation
    before: Observation | None
    scores: Mapping[str, Score]
    model_only: Score
    down: Mapping[str, float]

    @property
    def scored(self) -> bool:
        """Tell whether the line counts in skill: one that was fitted before the control period."""
        return self.before is not None


@dataclass(frozen=True)
class Control:
    """All lines of the control period. `samples` are the forecasts [particle, line] by variant, with declared error.

    `twin` scores the expected values of some of the same particles, by the name of the line; None where it was not run.
    """

    lines: tuple[Line, ...]
    samples: Mapping[str, Floats]
    total: Line | None
    twin: Mapping[str, Score] | None = None

    @property
    def scored(self) -> tuple[Line, ...]:
        """The lines that count."""
        return tuple(line for line in self.lines if line.scored)

    @property
    def inside_80(self) -> int:
        """How many of the lines that count are inside the 80 % interval."""
        return sum(line.scores[WITH].at(0.8).inside for line in self.scored)


def control(
    fitted: Fit, folder: Path, *, levers: Levers, beyond: Beyond, processes: int | None = None, stage: Stage = lambda _text: None,
    twin: bool = True,
) -> Control:
    """Run the posterior particles through the control period, with its known events and without any measure."""
    plan = fitted.plan
    said: dict[str, Floats] = {}
    for name, measures in ((WITH, True), (WITHOUT, False)):
        spec = control_scenario(fitted, levers=levers, beyond=beyond, measures=measures)
        key = "kontroll_med" if measures else "kontroll_utan"
        said[name] = run_on(fitted, spec, plan.controls, folder / key, processes, stage, f"Kontrollperioden {name}")
    fits: dict[tuple[str, str, str], tuple[int, Observation]] = {}
    for k, o in sorted(enumerate(fitted.observations), key=lambda pair: pair[1].period.last):
        if o.time_base == "kalenderar":
            fits[o.place] = k, o
    last = [fits.get(o.place) if o.time_base == "kalenderar" else None for o in plan.controls]
    before = [None if pair is None else pair[1] for pair in last]
    earlier = [None if pair is None else fitted.rows.predicted[:, pair[0]] for pair in last]
    with_error = {name: _with_declared_error(values, before, fitted.space.seed) for name, values in said.items()}
    lines = tuple(
        Line(o, before[k], {name: score_sample(values[:, k], o.value) for name, values in with_error.items()},
             score_sample(said[WITH][:, k], o.value),
             {name: _down(values[:, k], earlier[k]) for name, values in said.items()})
        for k, o in enumerate(plan.controls))
    return Control(lines, with_error, _total(lines, said, with_error, earlier, plan.spec.region.group_sets),
                   _twin(fitted, before, folder / "kontroll_tvilling", processes, stage, levers, beyond) if twin else None)


def _twin(
    fitted: Fit, before: Sequence[Observation | None], folder: Path, processes: int | None, stage: Stage, levers: Levers,
    beyond: Beyond,
) -> dict[str, Score]:
    """Score what the twin says of the first rows: each is the expected value of a particle, with the declared error."""
    spec = control_scenario(fitted, levers=levers, beyond=beyond, measures=True)
    rows = min(TWIN_ROWS, len(fitted.rows.simulations))
    text = "Tvillingen i kontrollperioden"
    said = run_on(fitted, spec, fitted.plan.controls, folder, processes, stage, text, engine="tvilling", rows=rows)
    told = _with_declared_error(said, before, fitted.space.seed)
    return {o.name: score_sample(told[:, k], o.value) for k, o in enumerate(fitted.plan.controls)}


def control_scenario(fitted: Fit, *, levers: Levers, beyond: Beyond, measures: bool) -> Specification:
    """Give the fitted scenario run on to the end of the control period, with its events or without any measure."""
    period = fitted.plan.content.head.control
    assert period is not None, "a plan with control values has a control period"
    spec = fitted.plan.spec
    head = {"nyckel": f"{fitted.plan.content.head.key}_kontroll", "titel": "Kontrollperiod",
            "period": {"start": spec.start.isoformat(), "slut": max(spec.end, period.to_day).isoformat()}}
    events = [{"atgard": key} for key in sorted(period.events)] if measures else []
    return load_variant(spec, {"scenario": head, "atgarder": events}, levers=levers, beyond=beyond)


def run_on(
    fitted: Fit, spec: Specification, observations: Sequence[Observation], folder: Path, processes: int | None, stage: Stage,
    text: str, *, engine: str | None = None, rows: int | None = None,
) -> Floats:
    """Simulate the kept particles in another scenario of the region, each with its own key, [particle, observation].

    `engine` and `rows` (so many of the first) are those of the fit where they are not given.
    """
    from kompetenssim.resolve import resolve

    kept = fitted.rows
    assert kept.uniforms is not None
    number = len(kept.simulations) if rows is None else rows
    simulations = kept.simulations[:number]
    space = Space(resolve(spec), fitted.plan.priors, fitted.space.seed, fitted.space.register)
    name = engine or fitted.engine
    prepare_engine(name, space.template)
    simulator = simulator_of(spec, tuple(observations), space, name, number)
    u = space.moved_from(fitted.space, kept.uniforms[:number], simulations.tolist())
    piece = TABLE_PIECE if engine is None else 1
    found = gather(Again(simulator, u, simulations), number, piece, folder, processes or cores(), stage(text))
    return found.predicted


def _with_declared_error(values: Floats, before: Sequence[Observation | None], seed: int) -> Floats:
    """Add to each line the error that its data are declared to have, as a share of what is said; keyed per particle."""
    told = values.copy()
    for k, o in enumerate(before):
        if o is not None and o.sd:
            told[:, k] = with_declared_error(values[:, k], o, name_key(seed, "kontroll", "fel", *o.place), range(len(values)))
    return told


def _meet(one: tuple[set[str], str], other: tuple[set[str], str]) -> bool:
    """Tell whether two lines are about some of the same people."""
    groups = "alla" in one[0] | other[0] or one[0] & other[0]
    return bool(groups) and ("alla" in (one[1], other[1]) or one[1] == other[1])


def _down(after: Floats, before: Floats | None) -> float:
    import numpy as np

    return float("nan") if before is None else float(np.mean(after < before))


def _total(
    lines: tuple[Line, ...], said: Mapping[str, Floats], with_error: Mapping[str, Floats], earlier: Sequence[Floats | None],
    sets: Mapping[str, Sequence[str]],
) -> Line | None:
    """Sum the lines that were fitted, when they are amounts of one indicator; sums are shown, not scored."""
    from dataclasses import replace

    import numpy as np

    from kompetenssim.forecast.geometry import members
    from kompetenssim.forecast.indicators import REGISTER

    parts = [k for k, line in enumerate(lines) if line.scored]
    kinds = {lines[k].observation.indicator for k in parts}
    if len(parts) < 2 or len(kinds) != 1 or REGISTER[next(iter(kinds))].time != "summa":
        return None
    people = [(set(members(lines[k].observation.group, sets)), lines[k].observation.area) for k in parts]
    if any(_meet(a, b) for a, b in combinations(people, 2)):
        return None  # the same people twice
    observed = sum(lines[k].observation.value for k in parts)
    first = lines[parts[0]]
    assert first.before is not None
    o = replace(first.observation, group="alla", area="alla", value=observed)
    before = replace(first.before, group="alla", area="alla", sd=None,
                     value=sum(b.value for k in parts if (b := lines[k].before) is not None))
    then = np.sum([e for k in parts if (e := earlier[k]) is not None], axis=0)
    return Line(o, before, {name: score_sample(values[:, parts].sum(axis=1), observed) for name, values in with_error.items()},
                score_sample(said[WITH][:, parts].sum(axis=1), observed),
                {name: _down(values[:, parts].sum(axis=1), then) for name, values in said.items()})
