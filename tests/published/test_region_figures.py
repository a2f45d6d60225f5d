"""Figures of Region Jämtland Härjedalen that are arithmetic of each other, reached through the engine.

The target table itself (S000 3.1) is tested where it is built, in tests/present.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.directional.build import Runs, run, template

pytestmark = pytest.mark.published


@cache
def region(on_cost_percent: float) -> Runs:
    doctors: dict[str, Any] = {"lakare": {"hyra": {"pris_kr_timme": None, "pris_kr_vecka": 65_410, "pris_okning_procent": 0}}}
    change = {"yrkesgrupper": doctors, "ekonomi": {"po_procent": {"2022": on_cost_percent}}}
    return run(template(region=change, years=1), 4)


def test_cost_of_agency_doctors_over_their_weeks_is_the_price_of_a_week() -> None:
    """K8: 39.9 million kronor in 2018 for 610 agency weeks is 65.4 thousand a week (1,635 kr an hour at 40 h)."""
    runs = region(46.15)
    weeks, cost = runs.sum("agency_weeks_milli") / 1000, runs.sum("agency_ore", group="lakare") / 1e8
    assert cost / weeks * 610 == pytest.approx([39.9] * 4, abs=0.05)
    assert runs.sum("agency_paid", group="lakare") / 60 == pytest.approx(weeks * 40, rel=0.002)


def test_a_higher_on_cost_lowers_the_agency_share_with_nothing_done() -> None:
    """On-cost from 46.15 to 52.28 % turns a share of 3.7 % into 3.55 % (domain model 8.7): own cost times 1.5228/1.4615."""
    before, after = region(46.15), region(52.28)
    for name in ("agency", "own", "overtime", "unmet"):
        assert (before.sum(name) == after.sum(name)).all()
    own = after.sum("wage_ore") / before.sum("wage_ore")
    assert own == pytest.approx([1.5228 / 1.4615] * 4, rel=1e-4)
    assert 100 * 3.7 / (3.7 + 96.3 * own.mean()) == pytest.approx(3.55, abs=0.01)
