"""Thinning is exact: events less their compensator, in full runs of a region with every feedback, on the compiled engine.

Forty runs of ten years (Region Jämtland Härjedalen with all SLK measures, its own seed and draws, as a forecast makes them)
under a kernel that integrates every hazard exactly and apart from the thinning (`probe.kernel`). Every comparison has its
law: a count has mean and variance Λ = ∫h dt, rescaled times and durations are exponential with censoring, choices binomial.
Each fails at p < 1e-6 and there are fewer than a thousand, so that an exact engine would fail at one seed in a thousand.
Clocks advance by whole minutes, at least one: a bias below 1e-6, which no such test can see.
"""

from __future__ import annotations

import inspect
from importlib import import_module

import numpy as np
import pytest

from kompetenssim.engine import compiled
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.template import Template
from tests.analytic import compensator
from tests.analytic.compensator import CLOCK_NAMES, Judged, Martingales, watch
from tests.analytic.probe.layout import ALL, ARRIVE, CHOICES, CLOCKS, OF_STRIP, RETIRE, SPELLS, VIEWS
from tests.analytic.watched import PROBE, WATCHED, WatchedMachine, no_fault
from tests.engine.worlds import difference

pytestmark = pytest.mark.analytic
SEED, RUNS = 20230701, 40
LEVEL, MOST_COMPARISONS = 1e-6, 1000
every_clock = pytest.mark.parametrize("clock", range(CLOCKS), ids=CLOCK_NAMES)


@pytest.fixture(scope="module")
def region() -> Template:
    return compensator.region()


@pytest.fixture(scope="module")
def runs(region: Template) -> Martingales:
    return watch(region, RUNS, seed=SEED)


def refuted(judged: list[Judged]) -> list[Judged]:
    """Give the comparisons that a right engine would not show."""
    return [x for x in judged if x.p < LEVEL]


def test_the_watched_kernel_gives_the_trajectory_of_the_engine_itself(region: Template) -> None:
    """What is measured here is the production kernel: to watch it changes no bit."""
    theta = draw_matrix(region.parameters, 1, SEED)[0]
    watched = WatchedMachine(region).simulate(theta, seed=SEED, simulation=1, trace=True)
    assert difference(watched, compiled.simulate(region, theta, seed=SEED, simulation=1, trace=True)) == ""


def test_each_stand_in_has_the_parameters_of_what_it_replaces() -> None:
    """A helper of the probe must not replace a function of the kernel by having its name."""
    probe = import_module(PROBE)
    own = {name: f for name, f in vars(probe).items() if inspect.isfunction(f) and f.__module__ == PROBE}
    replaced = {name for part in WATCHED for name in own if hasattr(import_module(part), name)}
    assert replaced == {
        "live", "live_until", "candidate", "hazard", "happens", "give_retirement_notice", "retirement_rate", "go_away",
        "state_ends", "leave", "join_agency", "term_passes", "advertise", "arrivals", "applicant",
    }  # fmt: skip


def test_no_hazard_changes_within_a_piece_over_which_it_is_integrated(runs: Martingales) -> None:
    """The integral is exact: the rule gives the same number in the first and the last minute of every piece."""
    assert runs.torn == 0


def test_the_comparisons_are_as_many_as_the_level_allows(runs: Martingales) -> None:
    assert 300 < len(runs.all()) < MOST_COMPARISONS


@every_clock
def test_events_less_their_compensator_are_zero(runs: Martingales, clock: int) -> None:
    """As a whole and by group, workload, tenure, age, strip, day of the week, year and origin, so that errors cannot cancel."""
    judged = runs.counts(clock)
    assert judged[ALL].expected > 20_000  # a standard error below 0.7 %
    assert refuted(judged) == []


@every_clock
def test_the_error_of_a_run_has_the_variance_of_its_compensator(runs: Martingales, clock: int) -> None:
    """The variance is Λ: one person's chance says nothing about another's, nor one run's about the next."""
    assert refuted([runs.spread(clock)]) == []


@every_clock
def test_rescaled_times_between_events_are_exponential(runs: Martingales, clock: int) -> None:
    """On the scale of its cumulative hazard each person's clock is a Poisson process of rate 1, early and late."""
    assert refuted([runs.rescaled(clock)]) == []


@pytest.mark.parametrize("clock", [0, 2, ARRIVE], ids=["resignation", "long sickness", "applicant"])
def test_strips_above_the_lowest_are_in_use(runs: Martingales, clock: int) -> None:
    assert runs.events[clock, OF_STRIP, 1:].sum() > 100  # a standard error of a tenth


@pytest.mark.parametrize("kind", range(len(SPELLS)), ids=SPELLS)
def test_durations_drawn_by_inversion_have_their_law(runs: Martingales, kind: int) -> None:
    """From the day they begin to the day they end, exits and the horizon censoring them."""
    judged = runs.durations(kind)
    assert judged[-1].seen > 2000
    assert refuted(judged) == []


@pytest.mark.parametrize("choice", range(len(CHOICES)), ids=CHOICES)
def test_choices_come_with_their_probability(runs: Martingales, choice: int) -> None:
    assert refuted([runs.choices(choice)]) == []


@pytest.fixture(scope="module")
def rare(region: Template) -> Martingales:
    """Give runs of an engine whose hazards of persons are four per cent too low, retirement's too."""
    fault = no_fault()
    fault[: RETIRE + 1, 0] = 0.96
    return watch(region, RUNS, seed=SEED, fault=fault)


@pytest.mark.parametrize("clock", range(RETIRE + 1), ids=CLOCK_NAMES[: RETIRE + 1])
def test_an_acceptance_four_per_cent_too_low_is_seen(rare: Martingales, clock: int) -> None:
    """Power: both tests refute it, clock by clock; the exposure is that of the true rule."""
    assert rare.counts(clock)[ALL] in refuted(rare.counts(clock))
    assert refuted([rare.rescaled(clock)]) != []


def test_a_hazard_clipped_at_its_strip_is_seen(region: Template) -> None:
    """Power: what lies above the first strip is lost, though it is below 2 % of the events."""
    fault = no_fault()
    fault[:, 1] = 1.0
    clipped = watch(region, RUNS // 4, seed=SEED, fault=fault)
    for clock in (0, 1, 2):
        lost = [x.name for x in refuted(clipped.counts(clock))]
        assert f"{CLOCK_NAMES[clock]}: {VIEWS[OF_STRIP]} 1" in lost
        assert np.all(clipped.events[clock, OF_STRIP, 1:] == 0)
