"""The agency stop of 1 June 2013: the one time the feedback was seen in reality (scenario `hyrstopp_2013`)."""

from __future__ import annotations

from functools import cache

import pytest

from tests.directional.build import Difference, Runs, paired, rises, run
from tests.directional.rjh import primary_care_doctors

pytestmark = pytest.mark.directional

THETA = "parametrar.belastning_till_avgang_theta"
DOCTORS = "distriktslakare"
STOPPED = slice(0, 12)


@cache
def pair(theta: float | None) -> tuple[Runs, Runs]:
    """Both scenarios over their two years; θ from its default interval, or the same in every draw."""
    fixed = {} if theta is None else {THETA: theta}
    simulations = 60 if theta == 3.0 else 30
    stopped, as_is = (run(primary_care_doctors(key), simulations, fixed=fixed) for key in ("hyrstopp_2013", "utgangslage_2013"))
    return stopped, as_is


def exits(theta: float | None, *names: str) -> tuple[Difference, float]:
    stopped, as_is = (r.sum(*(names or ("exits_external", "exits_agency")), group=DOCTORS) for r in pair(theta))
    return paired(stopped, as_is), float(stopped.mean() / as_is.mean())


def test_the_start_has_at_most_a_quarter_of_the_posts_vacant() -> None:
    """The premise of the case."""
    _, as_is = pair(None)
    first = {"group": DOCTORS, "months": slice(0, 1)}
    assert as_is.ratio("vacant_units_minutes", "established_units_minutes", **first).mean() <= 0.25


def test_nobody_is_hired_in_while_the_stop_lasts() -> None:
    """The stop holds for twelve months; after it agency doctors come back."""
    stopped, as_is = pair(None)
    assert stopped.sum("agency", group=DOCTORS, months=STOPPED).max() == 0
    assert as_is.sum("agency", group=DOCTORS, months=STOPPED).min() > 0
    assert stopped.sum("agency", group=DOCTORS, months=slice(15, 24)).min() > 0


@pytest.mark.parametrize("names", [("exits_external",), ("exits_external", "exits_agency")])
def test_an_agency_stop_without_substitute_raises_exits(names: tuple[str, ...]) -> None:
    """At the default θ the lower 95 % bound of the paired rise is above 0, with and without the exits to agencies."""
    assert exits(None, *names)[0].low > 0


def test_a_strong_answer_to_workload_makes_it_a_quarter_more() -> None:
    """At θ = 3 the exits are at least 1.25 times those without the stop."""
    rise, ratio = exits(3.0)
    assert rise.low > 0
    assert ratio >= 1.25


def test_the_rise_comes_through_workload_alone() -> None:
    """At θ = 0 there is no rise; only where applicants prefer to work may differ, so now and then another person leaves."""
    rise, ratio = exits(0.0)
    assert rise.low <= 0
    assert abs(rise.mean) <= 3 * rise.error
    assert ratio == pytest.approx(1.0, abs=0.01)


def test_vacancies_rise_with_the_exits() -> None:
    """At θ = 3 a larger share of the posts is vacant when the stop ends."""
    last = {"group": DOCTORS, "months": slice(11, 18)}
    stopped, as_is = (r.ratio("vacant_units_minutes", "established_units_minutes", **last) for r in pair(3.0))
    assert rises(stopped, as_is)


def test_the_cost_falls_less_than_planned() -> None:
    """What agency doctors would have cost is the plan; overtime and recruitment eat part of it while the stop lasts."""
    stopped, as_is = pair(None)
    planned = as_is.sum("agency_ore", group=DOCTORS, months=STOPPED) / 100
    saved = as_is.cost(months=STOPPED) - stopped.cost(months=STOPPED)
    assert saved.mean() > 0
    assert rises(planned, saved)


def test_what_the_stop_saves_is_need_that_nobody_covers() -> None:
    """The saving is never shown alone: unmet need rises by most of the agency hours."""
    stopped, as_is = pair(None)
    unmet = paired(*(r.sum("unmet", group=DOCTORS, months=STOPPED) for r in (stopped, as_is)))
    assert unmet.low > 0.5 * as_is.sum("agency", group=DOCTORS, months=STOPPED).mean()
