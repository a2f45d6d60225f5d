"""Thinning and its clocks: competing risks, stepped hazards, the compensator in a full region, and the round trip."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import exp
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

import kompetenssim as ks
from kompetenssim.engine.people import hazard, retirement_rate
from kompetenssim.engine.world import ACTIVE, EMPLOYED, Person, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import MONTH, YEAR, make_calendar
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.draws import draw_matrix
from kompetenssim.resolve import resolve
from tests.analytic.build import RETIRE, Watch, build, flow, simulate, unit, years, z

pytestmark = pytest.mark.analytic

ROOT = Path(__file__).parents[2]


def _turns(p: Person) -> list[int]:
    """Give the moments at which a person's hazards change by themselves."""
    quarter = YEAR // 4
    age = [p.birth + q * YEAR for q in (25, 30, 45)]
    return [p.hired + 24 * MONTH, p.bond_until, p.exam_until, *age, p.birth + (-p.birth // quarter + 1) * quarter]


def test_competing_risks_share_the_exits_in_proportion() -> None:
    """Oracle (e): resignation a against a sickness b that nobody returns from: a/(a+b)·(1 − e^−(a+b)t) leave by the first."""
    a, b, heads, n = 0.40, 0.60, 400, 8
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": 100 * a,
                "sjukfranvaro": {
                    "lang_incidens_procent_ar": 100 * b,
                    "lang_median_manader": 1,
                    "lang_sigma": 0,
                    "aterkommer_inte_andel": 1,
                },
            }
        },
        units={"a": unit({"ssk": heads})},
    )
    t, away = years(template.calendar.horizon), b / 12 / (1 + b / 12)
    length = 1 / 12
    resigned = (1 - away) * a / (a + b) * (1 - exp(-(a + b) * t))
    sick = (1 - away) * b / (a + b) * (1 - exp(-(a + b) * (t - length))) + away
    runs = [simulate(template, simulation=s) for s in range(n)]
    external, other = (sum(int(flow(d, k).sum()) for d in runs) for k in ("exits_external", "exits_other"))
    assert abs(z(external, n * heads * resigned, n * heads * resigned * (1 - resigned))) < 3.5
    assert abs(z(other, n * heads * sick, n * heads * sick * (1 - sick))) < 3.5


def test_stepped_hazard_from_clip_to_clip_needs_and_opens_its_strips() -> None:
    """Oracle (e): workload that throws the multiplier to 0.6 and to 2.5; survivors follow the path week by week."""
    need = {"nyckel": "mer", "titel": "Mer vård", "start": "2024-01-01", "vardbehov": {"andring_procent": 60}}
    template = build(
        groups={"ssk": {"avgang_procent_ar": 20}},
        units={"a": unit({"ssk": 300})},
        end="2024-12-31",
        measures=[
            {"nyckel": "mindre", "titel": "Mindre vård", "start": "2023-04-01", "vardbehov": {"andring_procent": -60}},
            need,
        ],
        parameters={"belastning_till_avgang_theta": 20, "belastning_halveringstid_veckor": 1, "obemannat_start_procent": 8},
    )
    exposure: dict[float, float] = defaultdict(float)
    events: dict[float, int] = defaultdict(int)
    rates: set[float] = set()

    def spell(w: World, p: Person, since: int, until: int) -> None:
        h = hazard(w, p, clocks.RESIGN, since)
        rates.add(round(h, 12))
        exposure[round(w.exit_multiplier[p.cell], 12)] += h * years(until - since)

    def event(w: World, p: Person, clock: int, now: int) -> None:
        events[round(w.exit_multiplier[p.cell], 12)] += 1

    for s in range(6):
        Watch(spell, event=event).run(template, simulation=s)
    assert exposure[0.6] > 50 and exposure[2.5] > 50
    for level in (0.6, 2.5):
        assert abs(z(events[level], exposure[level], exposure[level])) < 3.5
    assert max(rates) > clocks.STRIP[clocks.RESIGN][1]  # more than one strip was needed
    assert abs(z(sum(events.values()), sum(exposure.values()), sum(exposure.values()))) < 3.5


class _Martingale:
    """Collect events, their compensators by stratum, and the rescaled times of each person and clock."""

    def __init__(self) -> None:
        self.exposure: dict[tuple[int, str], float] = defaultdict(float)
        self.events: dict[tuple[int, str], int] = defaultdict(int)
        self.grown: dict[tuple[int, int], float] = defaultdict(float)
        self.times: dict[int, list[tuple[float, bool]]] = defaultdict(list)

    def strata(self, w: World, p: Person, at: int) -> tuple[str, ...]:
        m = w.exit_multiplier[p.cell]
        tenure = "new" if at - p.hired < 24 * MONTH else "old"
        load = "calm" if m < 0.97 else "loaded" if m > 1.03 else "usual"
        strip = "first strip" if hazard(w, p, clocks.RESIGN, at) < 0.1 else "more strips"
        return "all", tenure, load, strip, "hired here" if p.entered > 0 else "register"

    def spell(self, w: World, p: Person, since: int, until: int) -> None:
        if p.state not in EMPLOYED:
            return
        cuts = sorted({since, until, *(t for t in _turns(p) if since < t < until)})
        for a, b in pairwise(cuts):
            named = self.strata(w, p, a) if p.state == ACTIVE else ("all",)
            for clock in range(RETIRE + 1):
                h = hazard(w, p, clock, a) if clock < RETIRE else retirement_rate(w, p, a) if p.notice_end == NEVER else 0.0
                if h > 0.0:
                    grow = h * years(b - a)
                    self.grown[p.key, clock] += grow
                    for name in named:
                        self.exposure[clock, name] += grow

    def event(self, w: World, p: Person, clock: int, now: int) -> None:
        for name in self.strata(w, p, now) if p.state == ACTIVE else ("all",):
            self.events[clock, name] += 1
        self.times[clock].append((self.grown.pop((p.key, clock), 0.0), True))

    def finish(self) -> None:
        for (_, clock), grown in sorted(self.grown.items()):
            self.times[clock].append((grown, False))
        self.grown.clear()


@pytest.fixture(scope="module")
def rjh() -> _Martingale:
    """Eighteen months of the real region with every feedback on, at drawn parameters."""
    template = resolve(ks.load(ROOT / "scenarios" / "rjh" / "nollalternativ.yaml"))
    template = replace(template, calendar=make_calendar(template.start, date(2024, 12, 31)))
    found = _Martingale()
    Watch(found.spell, event=found.event).run(template, seed=3, theta=draw_matrix(template.parameters, 2, 11)[1])
    found.finish()
    return found


CLOCKS = (*clocks.CLOCK_NAMES, "pension")


@pytest.mark.parametrize("clock", range(RETIRE + 1), ids=CLOCKS)
def test_events_less_their_compensator_are_zero_in_the_full_region(rjh: _Martingale, clock: int) -> None:
    """Oracle (d): per clock and stratum, the count minus the integrated hazard lies within its own standard error."""
    for (k, name), expected in sorted(rjh.exposure.items()):
        if k == clock and expected > 10:
            assert abs(z(rjh.events[k, name], expected, expected)) < 3.7, (CLOCKS[k], name, rjh.events[k, name], expected)
    assert rjh.exposure[clock, "all"] > 40


@pytest.mark.parametrize("clock", range(RETIRE + 1), ids=CLOCKS)
def test_rescaled_times_are_exponential_with_censoring(rjh: _Martingale, clock: int) -> None:
    """Oracle (d): on the scale of its own cumulative hazard every person's waiting time has hazard 1, early and late."""
    times = np.array([t for t, _ in rjh.times[clock]])
    happened = np.array([e for _, e in rjh.times[clock]])
    edges = np.append(np.quantile(times[happened], [0.0, 0.2, 0.4, 0.6, 0.8]), np.inf)
    edges[0] = 0.0
    statistic = 0.0
    for low, high in pairwise(edges):
        exposed = np.clip(times, low, high).sum() - low * len(times)
        statistic += (np.sum(happened & (times >= low) & (times < high)) - exposed) ** 2 / exposed
    assert chi2.sf(statistic, len(edges) - 1) > 1e-4


def test_hazards_estimated_from_the_output_recover_the_inputs() -> None:
    """Oracle (j): exits per year at risk by time of employment, each person entering the risk set at the tenure it has at
    the start (left truncation) or at its hire, give back the hazards that went in."""
    young, late = 2.5, 0.16
    template = build(
        groups={
            "ssk": {
                "avgang_procent_ar": 100 * late,
                "till_hyrbolag_andel": 0.3,
                "anstallningstid": {"0-1": 20, "1-2": 10, "2-5": 30, "5-15": 40},
                "sokande": {"ankomst_per_ar": 100},
            }
        },
        units={"a": unit({"ssk": 500}, {"ssk": 30})},
        parameters={"novis_avgang_faktor": young},
        end="2025-12-31",
    )
    share = sum(-p.hired < 24 * MONTH for p in template.people) / len(template.people)
    base = late / (1 + (young - 1) * share)
    risk = np.zeros(3)

    def spell(w: World, p: Person, since: int, until: int) -> None:
        if p.state in EMPLOYED:
            turns = np.clip([0, 2 * YEAR, 5 * YEAR, 100 * YEAR], since - p.hired, until - p.hired)
            risk[:] += np.diff(turns) / YEAR

    exits = np.zeros(3)
    for s in range(5):
        done = Watch(spell).run(template, simulation=s)
        by_tenure = done.exits.sum(axis=(0, 1, 2, 3))
        exits += [by_tenure[0], by_tenure[1], by_tenure[2] + by_tenure[3]]
    expected = risk * base * np.array([young, 1.0, 1.0])
    assert (np.abs((exits - expected) / np.sqrt(expected)) < 3.5).all(), (exits, expected)
