"""Oracle (j): hazards estimated from what a run shows recover what went in, and so does the fit to an HR extract of it.

An exact engine and estimator fail a family of comparisons at one seed in a thousand (Bonferroni).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from kompetenssim.calibration.register_fit import Fitted
from kompetenssim.model.template import Template
from tests.analytic import round_trip
from tests.analytic.build import Watch, build, modes, unit
from tests.analytic.compensator import Judged
from tests.analytic.round_trip import Seen, estimates, fits_beside_truths, watched, with_strong_feedback, without_feedback

pytestmark = pytest.mark.analytic
LEVEL = 1e-3
SEED, RUNS, EXTRACTS = 20150101, 10, 8


@pytest.fixture(scope="module")
def region() -> Template:
    """Region Jämtland Härjedalen 2015–2017."""
    return round_trip.region()


def lost(judged: list[Judged]) -> list[Judged]:
    """Give the estimates that lie too far from what went in."""
    return [x for x in judged if x.p < LEVEL / len(judged)]


def test_a_small_world_in_the_reference_engine_gives_its_hazards_back() -> None:
    group = {
        "avgang_procent_ar": 10, "intern_rorlighet_procent_ar": 5, "sjukfranvaro": {"lang_incidens_procent_ar": 7},
        "foraldraledighet": {"incidens_procent_ar": 9}, "tjanstledighet": {"incidens_procent_ar": 3},
        "andrad_sysselsattningsgrad_procent_ar": 8, "sysselsattningsgrad": {"100": 60, "75": 40},
        "pension": {"typisk_relativt_riktalder": -0.5, "spridning_ar": 1.6}, "sokande": {"ankomst_per_ar": 60},
        "aldersfordelning": {"22-29": 20, "30-44": 35, "45-59": 25, "60-64": 17, "65-66": 3},
        "alder_nyanstallda": {"22-29": 50, "30-49": 50}, "anstallningstid": {"0-1": 15, "1-2": 10, "2-5": 25, "5-15": 50},
    }  # fmt: skip
    template = build(
        groups={"ssk": group, "usk": {**group, "avgang_procent_ar": 14, "intern_rorlighet_procent_ar": 8}},
        units={"a": unit({"ssk": 250, "usk": 150}, {"ssk": 20}), "b": unit({"ssk": 100, "usk": 100}, {"usk": 10})},
        parameters={"novis_avgang_faktor": 2.2, "ung_avgang_faktor": 1.6}, end="2025-12-31")
    seen = Seen()
    for s in range(3):
        Watch(seen.spell, event=seen.event).run(template, simulation=s)
    judged = estimates(seen, template, modes(template))
    assert len(judged) == 5 * 3 + 3 + 2 + 2
    assert lost(judged) == []


@pytest.mark.parametrize("feedback", [False, True], ids=["without feedback", "with feedback"])
def test_the_region_in_the_compiled_engine_gives_its_hazards_back(region: Template, feedback: bool) -> None:
    """With feedback the years are weighed by the workload that the run shows, as a known covariate."""
    template = with_strong_feedback(region) if feedback else without_feedback(region)
    judged = estimates(watched(template, RUNS, SEED), template, modes(template))
    assert len(judged) > 80
    assert {x.name.split()[0] for x in judged} == {
        "move_percent", "sick_long_percent", "parental_percent", "leave_percent", "grade_percent", "exit_percent", "novice_exit",
        "young_exit", "retire_relative", "retire_spread",
    }  # fmt: skip
    assert lost(judged) == []


def test_hazards_that_are_a_seventh_too_low_are_refuted_for_every_clock(region: Template) -> None:
    """The comparisons have the power to see an error of this size; so their silence says something."""
    template = without_feedback(region)
    judged = estimates(watched(template, RUNS, SEED, fault=6 / 7), template, modes(template))
    wrong = {x.name.split()[0] for x in lost(judged)}
    assert wrong >= {"move_percent", "sick_long_percent", "parental_percent", "leave_percent", "grade_percent", "exit_percent"}
    assert wrong & {"retire_relative", "retire_spread"}


@pytest.fixture(scope="module")
def fits(region: Template) -> list[tuple[Fitted, float]]:
    """Extracts of three years of simulated regions, each with truths drawn from the priors: every fit beside its truth."""
    return fits_beside_truths(region, EXTRACTS, SEED)


def test_eighty_per_cent_intervals_of_the_fit_cover_eighty_per_cent_of_the_truths(fits: list[tuple[Fitted, float]]) -> None:
    inside = sum(f.posterior.low <= truth <= f.posterior.high for f, truth in fits)
    n = len(fits)
    assert n >= 40 * EXTRACTS
    assert min(binom.cdf(inside, n, 0.8), binom.sf(inside - 1, n, 0.8)) > LEVEL / 2, (inside, n, inside / n)


def test_truths_lie_evenly_on_both_sides(fits: list[tuple[Fitted, float]]) -> None:
    below = sum(truth < f.posterior.low for f, truth in fits)
    outside = sum(not f.posterior.low <= truth <= f.posterior.high for f, truth in fits)
    assert min(binom.cdf(below, outside, 0.5), binom.sf(below - 1, outside, 0.5)) > LEVEL / 2, (below, outside)


def test_counts_without_overdispersion_show_none(fits: list[tuple[Fitted, float]]) -> None:
    factors = {f.dispersion for f, _ in fits}
    assert all(d.freedom >= 20 for d in factors)
    assert np.mean([d.factor for d in factors]) < 1.3
