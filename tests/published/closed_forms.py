"""The closed forms of queues and cohorts in our worlds: what the formula says, the twin, and the mean of the simulation."""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

from kompetenssim.engine import compiled, twin
from kompetenssim.model.calendar import WEEK, YEAR
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import Trajectory
from tests.analytic.build import build, flow, modes, numbered, unit
from tests.analytic.test_twin_closed_forms import delayed

from .estimate import Estimate, estimate

GROUPS = 40  # worlds beside each other in one region: as many independent replications in a run


class Case(NamedTuple):
    """A closed form: its value, the twin's, and that of the simulation, with its error."""

    title: str
    inputs: str
    formula: float
    twin: float | None
    simulated: Estimate
    digits: int


def cases() -> list[Case]:
    """Give every closed form, worked out anew."""
    return [*_m_g_infinity(), _examinations(), _renewal()]


def _runs(template: Template, simulations: int) -> list[Trajectory]:
    return [compiled.simulate(template, modes(template), seed=1, simulation=i) for i in range(simulations)]


def _m_g_infinity() -> list[Case]:
    n0, intake, rate, simulations = 30, 25.0, 0.30, 10
    names = list(numbered(GROUPS))
    template = build(
        groups={g: {"avgang_procent_ar": 100 * rate, "sokande": {"ankomst_per_ar": intake}} for g in names},
        units={"a": unit(dict.fromkeys(names, n0), dict.fromkeys(names, 200))},
        end="2025-12-31",
    )
    ticks, horizon = np.array(template.calendar.week_start), template.calendar.horizon
    came = ticks[1:] < horizon  # those who apply in a week begin at its tick
    left = np.exp(-rate * (horizon - ticks[1:]) / YEAR)
    stayed = float((np.diff(ticks) / YEAR * intake * left)[came].sum())
    kept = exp(-rate * horizon / YEAR)
    heads = np.concatenate([flow(done, "employees")[-1] for done in _runs(template, simulations)]).astype(float)
    expected = flow(twin.simulate(template, modes(template)), "contracted_units")[-1].mean() / 200
    squares = (heads - heads.mean()) ** 2 * len(heads) / (len(heads) - 1)
    inputs = f"n₀ = {n0}, λ = {intake:g} and μ = {rate:g} a year, three years"
    return [
        Case("M/G/∞, mean stock: n₀e^(−μt) + λ/μ (1 − e^(−μt))", inputs, n0 * kept + stayed, expected, estimate(heads), 2),
        Case("M/G/∞, variance: binomial part + Poisson part", "the same", n0 * kept * (1 - kept) + stayed, None,
             estimate(squares), 1),
    ]  # fmt: skip


def _examinations() -> Case:
    terms, dropout, seats = 3, 0.08, {3: 30, 35: 60}
    template = build(
        groups={"ssk": {}, "spec": {"titel": "Specialistsjuksköterska"}},
        units={"a": unit({"ssk": 600, "spec": 10})},
        end="2027-12-31",
        utbildningar={
            "vidare": {
                "titel": "Vidareutbildning", "typ": "utbildningstjanst", "fran": "ssk", "till": "spec",
                "platser": {"vt": seats[3], "ht": seats[35]}, "langd_terminer": terms, "avbrott_procent_termin": 100 * dropout,
                "handledartimmar_vecka": 0, "minst_manader_erfarenhet": 0, "pagaende": 0,
            }
        },
    )  # fmt: skip
    exams = np.array([flow(done, "training_exams").sum() for done in _runs(template, 100)], dtype=float)
    expected = flow(twin.simulate(template, modes(template)), "training_exams").sum()
    formula = delayed(template, seats, terms, dropout).exams[-1]
    inputs = f"{seats[3]} and {seats[35]} seats a term, {terms} terms, drop-out {100 * dropout:g} % a term, five years"
    return Case("Training of fixed length, exams: starts × (1 − drop-out)^terms", inputs, formula, float(expected),
                estimate(exams), 1)  # fmt: skip


def _renewal() -> Case:
    held, lead, notice, posts = 1 / 0.6, 5.5, 2.0, 60
    applicants = {"ankomst_per_ar": 1500, "talamod_veckor": 1, "ledtid_veckor": lead, "uppsagningstid_manader": notice}
    template = build(
        groups={"ssk": {"avgang_procent_ar": 100 / held, "sokande": applicants}}, units={"a": unit({"ssk": posts})},
        end="2030-12-31",
    )  # fmt: skip

    def share(done: Trajectory) -> float:
        vacant, established = (flow(done, f"{k}_units_minutes")[18:].sum() for k in ("vacant", "established"))
        return 100 * float(vacant / established)

    vacant = (0.5 + 6) * WEEK / YEAR + notice / 12  # leaves within a week, ripe at the sixth tick, starts a notice later
    inputs = f"held {held * 12:.0f} months, advert {lead:g} weeks, notice {notice:g} months, weekly ticks"
    return Case("A post vacant and filled in turn, % vacant: E[V]/(E[V] + E[O])", inputs, 100 * vacant / (vacant + held),
                share(twin.simulate(template, modes(template))), estimate(np.array([share(d) for d in _runs(template, 40)])), 2)


def table() -> str:
    """Give the table of the page."""
    lines = ["| closed form | inputs | formula | ours, twin | ours, simulation | difference, twin |", "|---|---|---|---|---|---|"]
    for c in cases():
        d = c.digits
        ours = (f"{c.twin:.{d}f}", f"{c.twin - c.formula:+.{d}f}") if c.twin is not None else ("", "")
        cells = (c.title, c.inputs, f"{c.formula:.{d}f}", ours[0], f"{c.simulated:.{d}f}", ours[1].replace("-", "−"))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
