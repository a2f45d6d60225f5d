"""The Dutch forecast of general practitioners 2009 → 2019 through `scenarios/nederlanderna_2009`, in the twin and in simulation.

Required 2019 = 7,365 FTE × 1.06 × (1 + sum of the other growth terms) × (1 + vertical substitution). The required yearly intake
is that at which supply meets it, with one number of the region file varied: `antal` of the cohort with five dates.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import kompetenssim as ks

from .estimate import Estimate, estimate

FOLDER = Path(__file__).parents[2] / "scenarios" / "nederlanderna_2009"
BASELINE, FIRST, THIRD = "nederlanderna_basbana", "nederlanderna_scenario_1", "nederlanderna_scenario_3"
SCENARIOS = (BASELINE, FIRST, THIRD)
TITLES = {BASELINE: "baseline", FIRST: "scenario 1", THIRD: "scenario 3"}
YEAR, INTAKE, SIMULATIONS = 2019, 614, 100
WRITTEN = f"antal: {INTAKE} "  # of the five yearly cohorts, the only one of that size
HOURS_OF_AN_FTE = 40 * 365 / 7  # presence 1

#: As printed: headcount, men, women and FTE 2019; by scenario what is required, the gap and the intake that closes it.
HEADS = {"headcount": 12_246, "men": 5_301, "women": 6_945}
FTE = 8_187
REQUIRED = {BASELINE: 7_807, FIRST: 9_056, THIRD: 8_512}
GAP = {BASELINE: 380, FIRST: -869, THIRD: -325}
NEEDED_INTAKE = {BASELINE: 476, FIRST: 929, THIRD: 732}

Floats = NDArray[np.float64]


class Workforce(NamedTuple):
    """Hold the end of 2019 and what was required in the year, one value per simulation."""

    headcount: Floats
    men: Floats
    women: Floats
    fte: Floats
    required: Floats

    @property
    def gap(self) -> Floats:
        """Give what there is less what is required."""
        return self.fte - self.required


@cache
def forecast(scenario: str, engine: str = "tvilling", simulations: int = 2, intake: float = INTAKE) -> Workforce:
    """Forecast a scenario with so many who begin each year; the twin has one course, whatever the number of simulations."""
    with with_intake(intake) as folder:
        run = ks.simulate(ks.load(folder / f"{scenario}.yaml"), replications=simulations, engine=engine, processes=1)
    year = run.yearly[(run.yearly.ar == YEAR) & (run.yearly.omrade == "alla") & (run.yearly.enhet == "alla")]

    def values(indicator: str, group: str = "alla") -> Floats:
        found = year[(year.indikator == indicator) & (year.yrkesgrupp == group)].sort_values("simulering")
        return found.varde.to_numpy(dtype=float)

    return Workforce(
        values("anstallda"), values("anstallda", "man"), values("anstallda", "kvinna"), values("arsarbetare"),
        values("bemanningsmal_timmar") / HOURS_OF_AN_FTE,
    )  # fmt: skip


@contextmanager
def with_intake(intake: float) -> Iterator[Path]:
    """Give a copy of the folder in which the one number is another, for as long as it is wanted."""
    with TemporaryDirectory() as somewhere:
        folder = Path(somewhere) / "scenarios" / FOLDER.name
        shutil.copytree(FOLDER, folder)
        text = (folder / "region.yaml").read_text(encoding="utf-8")
        assert text.count(WRITTEN) == 1, WRITTEN
        (folder / "region.yaml").write_text(text.replace(WRITTEN, f"antal: {intake:g} "), encoding="utf-8")
        yield folder


def bracket(scenario: str) -> tuple[float, float]:
    """Give the gap of the twin one below and one above the published intake: the last step of a bisection to that precision."""
    below, above = (forecast(scenario, intake=NEEDED_INTAKE[scenario] + step).gap[0] for step in (-1, 1))
    return float(below), float(above)


def needed_intake(scenario: str) -> float:
    """Give the intake at which the gap is 0, on the straight line between the ends of the bracket."""
    below, above = bracket(scenario)
    return NEEDED_INTAKE[scenario] - 1 + 2 * below / (below - above)


def table() -> str:
    """Give the table of the page."""
    lines = ["| 2019 | published | ours, twin | ours, simulation | difference, twin |", "|---|---|---|---|---|"]

    def row(title: str, published: int, twin: float, simulated: Estimate | None, digits: int = 0, sign: str = "") -> None:
        shown = f"{simulated:{sign},.1f}" if simulated else ""
        cells = (f"{published:{sign},}", f"{twin:{sign},.{digits}f}", shown, f"{twin - published:+.{digits}f}")
        lines.append(f"| {' | '.join((title, *cells))} |".replace("-", "−"))

    twin, simulated = forecast(BASELINE), forecast(BASELINE, "auto", SIMULATIONS)
    for name, published in HEADS.items():
        row(name, published, getattr(twin, name)[0], estimate(getattr(simulated, name)))
    row("FTE", FTE, twin.fte[0], estimate(simulated.fte), 1)
    for key in SCENARIOS:
        row(f"required FTE, {TITLES[key]}", REQUIRED[key], forecast(key).required[0],
            estimate(forecast(key, "auto", SIMULATIONS).required), 1)
    for key in SCENARIOS:
        row(f"gap, {TITLES[key]}", GAP[key], forecast(key).gap[0], estimate(forecast(key, "auto", SIMULATIONS).gap), 1, "+")
    for key in SCENARIOS:
        row(f"required yearly intake, {TITLES[key]}", NEEDED_INTAKE[key], needed_intake(key), None, 1)
    return "\n".join(lines) + "\n"
