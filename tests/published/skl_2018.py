"""SKL's three measures of 2018, one by one and together; `python -m tests.published.page` writes the figures in docs.

The files are scenarios/valfard_2016, the welfare sector in the scale 1 : 1,000. Nobody is hired there, so what is unmet in 2026
is what has to be recruited, in two units. *Hours* are counted in what an employee of today works. *Heads* are counted in what an
employee works in the same plan: whoever is recruited works as the others then do.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kompetenssim.api import load
from kompetenssim.forecast.engines import choose_engine, find_engine
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import column
from kompetenssim.resolve import resolve
from kompetenssim.resolve.coalitions import unite

from .estimate import estimate

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "valfard_2016"
PLAN, REFERENCE = "valfard_tre_atgarder", "valfard_utan_atgarder"
PENSION, FULL_TIME, EFFICIENCY = "senare_pension", "mer_heltid", "effektivisering"
TITLES = {PENSION: "Retirement two years later", FULL_TIME: "More full time", EFFICIENCY: "Efficiency, 0.5 % a year"}
PUBLISHED = {PENSION: -50.0, FULL_TIME: -59.0, EFFICIENCY: -71.0}  # thousands to recruit by 2026
NEEDED = 1452.0  # thousand employees of today; the need of the region file
SEED, SIMULATIONS = 20180205, 200
YEAR = slice(-12, None)  # 2026
LATER_CURVE = "region_andringar: {yrkesgrupper: {anstalld: {pension: {typisk_relativt_riktalder: 0.5}}}}"  # default −1.5
AS_WRITTEN = """\
atgarder:
  - nyckel: senare_pension
    titel: Två år senare
    start: 2016-01-01
    ramp_manader: 120
    antagande: ja
    arbetsutbud: {art: pension, andel_beviljade_procent: 100, manader: 24, sysselsattningsgrad_procent: 100, medel_kvar_ar: 2}
"""

Floats = NDArray[np.float64]


class Sector(NamedTuple):
    """Hold the sector in 2026, one value per simulation, in thousands."""

    heads: Floats  # to recruit
    hours: Floats  # of need less own, in employees of today
    employed: Floats
    retired: Floats  # in the ten years to 2025

    def less(self, other: Sector) -> Sector:
        """Give the paired difference."""
        return Sector(*(a - b for a, b in zip(self, other, strict=True)))


Plans = dict[frozenset[str], Sector]


def simulated(template: Template, rows: Floats) -> Sector:
    """Simulate a plan, a simulation per row of the draw matrix."""
    engine, found = find_engine(choose_engine("auto", len(rows))), []
    start_need = 0.0
    for i, row in enumerate(rows):
        months = engine(template, row, seed=SEED, simulation=i).months.sum(axis=1).astype(float)
        staff, daily = months[:, column("employees")], months[0, column("need")] / months[0, column("days")]
        own, surplus, need = (months[YEAR, column(name)].sum() for name in ("own", "surplus", "need"))
        start_need = daily * months[YEAR, column("days")].sum()
        employed = (staff[YEAR].mean() + staff[-13:-1].mean()) / 2.0  # a month's staff is between that of its two ends
        gap = need - own - surplus
        found.append((gap / (own + surplus) * employed, gap / start_need * NEEDED, employed,
                      months[:120, column("exits_pension")].sum()))
    return Sector(*np.array(found).T)


@cache
def played(changes: tuple[tuple[str, str], ...] = (), simulations: int = SIMULATIONS) -> Plans:
    """Simulate every plan between the reference and all three measures, with the same draws and keys.

    Each of `changes` is a text of the files and what to write in its place.
    """
    with copied(changes) as folder:
        coalitions = unite(load(folder / f"{PLAN}.yaml"), load(folder / f"{REFERENCE}.yaml"))
    theta = draw_matrix(coalitions.template.parameters, simulations, SEED)
    plans = [frozenset(some) for size in range(len(PUBLISHED) + 1) for some in combinations(PUBLISHED, size)]
    return {p: simulated(coalitions.template, np.array([coalitions.row(t, p) for t in theta])) for p in plans}


def variant(text: str, base: str = REFERENCE, simulations: int = SIMULATIONS) -> Sector:
    """Simulate a scenario that is built on one of the folder and has more text."""
    with copied() as folder:
        path = folder / "prov.yaml"
        path.write_text(f"version: 1\nscenario: {{nyckel: prov, titel: Prov, bygger_pa: {base}}}\n{text}\n", encoding="utf-8")
        template = resolve(load(path))
    return simulated(template, draw_matrix(template.parameters, simulations, SEED))


@contextmanager
def copied(changes: Sequence[tuple[str, str]] = ()) -> Iterator[Path]:
    """Give a copy of the folder, beside one of the rules that all share, for as long as it is wanted."""
    with TemporaryDirectory() as somewhere:
        scenarios = Path(somewhere) / "scenarios"
        for name in ("gemensamt", FOLDER.name):
            shutil.copytree(FOLDER.parent / name, scenarios / name)
        texts = {path: path.read_text(encoding="utf-8") for path in (scenarios / FOLDER.name).glob("*.yaml")}
        for old, new in changes:
            assert any(old in text for text in texts.values()), old
            texts = {path: text.replace(old, new) for path, text in texts.items()}
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        yield scenarios / FOLDER.name


def effect(plans: Plans, *measures: str) -> Sector:
    """Give what measures do together."""
    return plans[frozenset(measures)].less(plans[frozenset()])


def interaction(plans: Plans, *measures: str) -> Sector:
    """Give what measures do together beyond the sum of what each does alone."""
    found = effect(plans, *measures)
    for key in measures:
        found = found.less(effect(plans, key))
    return found


def tables() -> str:
    """Give the two tables of the page."""
    plans = played()
    rows = [(TITLES[key], f"{value:+.0f}", effect(plans, key)) for key, value in PUBLISHED.items()]
    together, beyond = effect(plans, *PUBLISHED), interaction(plans, *PUBLISHED)
    rows += [("Sum of the three", f"{sum(PUBLISHED.values()):+.0f}", together.less(beyond)), ("All three together", "", together),
             ("**Interaction**: together − sum", "", beyond)]
    lines = ["| thousands, 2026 | SKL | ours, in heads to recruit | ours, in hours, as employees of today |", "|---|---|---|---|"]
    for title, value, s in rows:
        lines.append(f"| {title} | {value.replace('-', '−')} | {estimate(s.heads):+.2f} | {estimate(s.hours):+.2f} |")
    nothing, written, later = plans[frozenset()], variant(AS_WRITTEN), variant(LATER_CURVE)
    own = [("Retirements in ten years", "over 300", estimate(nothing.retired)),
           ("To recruit if nothing is done", "over 500", estimate(nothing.heads)),
           ("Two years later, the age of retirement moved at once", "−50", estimate(later.less(nothing).heads)),
           ("Two years later, the lever with 24 months as a user writes it", "−50", estimate(written.less(nothing).heads))]
    lines += ["", "| thousands | published | ours |", "|---|---|---|"]
    lines += [f"| {title} | {value} | {ours:.2f} |" for title, value, ours in own]
    return "\n".join(lines) + "\n"
