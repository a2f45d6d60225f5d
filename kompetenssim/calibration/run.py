"""Calibrate: everything that `kalibrera` does, from a plan to a finished folder."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kompetenssim.calibration.control import control
from kompetenssim.calibration.evaluations import Evaluation, log_evaluation
from kompetenssim.calibration.fit import draw, fit, observed_and_error
from kompetenssim.calibration.held_out import left_out
from kompetenssim.calibration.national import national_history
from kompetenssim.calibration.outcome import Outcome
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.prior_checks import prior_checks
from kompetenssim.calibration.simulation_based import calibrate as calibrate_by_simulation
from kompetenssim.calibration.skills import PERSISTENCE, compare
from kompetenssim.calibration.store import Calibration, Session, begin, beside, finish, identity_of, place_of
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.identity import sources_digest
from kompetenssim.spec.load import load

if TYPE_CHECKING:
    from kompetenssim.spec.beyond import Beyond
    from kompetenssim.spec.load import Levers
    from kompetenssim.spec.specification import Specification


def calibrate(
    plan: Plan, *, levers: Levers, beyond: Beyond, draws: int | None = None, seed: int | None = None, engine: str = "auto",
    processes: int | None = None, out: Path | str | None = None, again: bool = False,
    stage: Callable[[str], Callable[[int, int], None] | None] = lambda _text: None,
    also: Callable[[Calibration, Path], None] | None = None,
) -> Calibration:
    """Fit, check and hold against the control period; give the finished folder.

    A folder of the same plan, data, code, seed and number of draws is taken as it is when finished (unless `again`), and gone
    on with when not. `also` may add files, a report, before it is finished. The result depends neither on `processes` nor on
    interruptions. Raises UserError.
    """
    if engine == "tvilling":
        text = "kalibrera behöver simuleringar, en för varje uppsättning; använd --motor auto, simpy eller kompilerad"
        raise UserError(text, code=2)
    number = plan.content.head.draws if draws is None else draws
    root = plan.spec.seed if seed is None else seed

    def scenario(key: str) -> Specification:
        return load(plan.spec.path.with_name(f"{key}.yaml"), levers=levers, root=plan.spec.root, beyond=beyond)

    others = beside(plan, scenario)
    place = place_of(identity_of(plan, number, root, others), out=out, again=again)
    if place.finished:
        return Calibration(place.folder)
    began, started = time.perf_counter(), datetime.now(UTC).isoformat(timespec="seconds")
    resumed = begin(place, again=again)
    drawn = draw(plan, place.pieces, draws=number, seed=root, engine=engine, processes=processes, stage=stage)
    checks = prior_checks(drawn, place.pieces, others.scenarios.__getitem__, processes, stage)
    fitted = fit(drawn, place.pieces, stage)
    tried = calibrate_by_simulation(
        fitted.table, fitted.space.keys, len(fitted.observations), observed_and_error(fitted.observations)[1], root)
    held = None
    if plan.content.head.control is not None and plan.controls:
        held = control(fitted, place.pieces, levers=levers, beyond=beyond, processes=processes, stage=stage)
    known = (*fitted.anchors, *fitted.observations)
    compared = () if held is None else compare(held, known, national_history(plan))
    outcome = Outcome(fitted, checks, tried, left_out(fitted), held, compared)
    evaluation: Evaluation | None = None
    if held is not None:
        skill = next((c.skill for c in compared if c.key == PERSISTENCE), float("nan"))
        evaluation = log_evaluation(plan, {
            "kallkod": sources_digest(), "slumpfro": root, "uppsattningar": number, "inom_80": held.inside_80,
            "rader": len(held.scored), "skicklighet_oforandrat": skill})
    return finish(place, outcome, others, evaluation, Session(started, time.perf_counter() - began, resumed), also)
