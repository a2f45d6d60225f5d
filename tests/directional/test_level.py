"""The uncalibrated level of Region Jämtland Härjedalen is sane: 2015 from the start state of that year."""

from __future__ import annotations

from datetime import date

import pytest

from tests.directional.build import Runs, run
from tests.directional.rjh import scenario

pytestmark = pytest.mark.directional

NURSES = ["sjukskoterska", "distriktsskoterska", "barnmorska", "ssk_anop_iva", "spec_ssk_ovrig"]
DOCTORS = ["distriktslakare", "sjukhuslakare", "st_allmanmedicin", "st_sjukhus", "underlakare"]
HELD = [*DOCTORS, *NURSES, "bma", "paramedicin", "underskoterska", "ovrig"]


@pytest.fixture(scope="module")
def year_2015() -> Runs:
    return run(scenario("utgangslage_2015", date(2015, 12, 31)), 6)


def test_agency_cost_of_2015_is_within_a_factor_two(year_2015: Runs) -> None:
    """127.9 million kronor in all (S000 3.1), doctors 107.8 and nurses 15.9; every simulation, not only the mean."""
    for groups, observed in ((None, 127.9), (DOCTORS, 107.8), (NURSES, 15.9)):
        cost = year_2015.sum("agency_ore", group=groups) / 1e8
        assert observed / 2 < cost.mean() < observed * 2
        assert observed / 3 < cost.min()
        assert cost.max() < observed * 3


def test_nurses_agency_share_is_between_one_and_ten_per_cent(year_2015: Runs) -> None:
    """Agency cost over all cost of nurses."""
    agency, own = year_2015.sum("agency_ore", group=NURSES), year_2015.sum("wage_ore", group=NURSES)
    share = agency / (agency + own)
    assert share.min() > 0.01
    assert share.max() < 0.10


def test_headcount_is_steady_over_the_first_year(year_2015: Runs) -> None:
    """4,000 employees within 2 %; no group of at least 70 moves more than 8 %."""
    register = year_2015.template.initial_employees
    heads = year_2015.stock("employees", 11)
    assert sum(register) == 4000
    assert heads.mean() == pytest.approx(4000, rel=0.02)
    for group in year_2015.template.groups:
        start = sum(register[c] for c in year_2015.cells(group))
        if start >= 70:
            assert year_2015.stock("employees", 11, group=group).mean() == pytest.approx(start, rel=0.08), group


def test_sick_leave_is_that_of_swedish_regions(year_2015: Runs) -> None:
    """4–8 % of ordinary time (5.4–7.3 % in the published figures); doctors less than assistant nurses."""
    share = year_2015.ratio("sick_minutes", "ordinary_minutes")
    assert share.min() > 0.04
    assert share.max() < 0.08
    assert year_2015.ratio("sick_minutes", "ordinary_minutes", group=DOCTORS).mean() < share.mean()
    assert year_2015.ratio("sick_minutes", "ordinary_minutes", group="underskoterska").mean() > share.mean()


def test_turnover_is_within_published_ranges(year_2015: Runs) -> None:
    """Nurses' exits without pension 5–9 % (half of landsting 6.3–7.9 % 2015), all staff with pension 7–13 % (9.8 % 2022)."""
    template = year_2015.template
    nurses = sum(template.initial_employees[c] for c in year_2015.cells(NURSES))
    external = year_2015.sum("exits_external", "exits_agency", group=NURSES).mean() / nurses
    assert 0.05 < external < 0.09
    everybody = year_2015.sum("exits_external", "exits_agency", "exits_pension", "exits_other").mean() / len(template.people)
    assert 0.07 < everybody < 0.13


def test_overtime_and_unmet_need_are_small_shares(year_2015: Runs) -> None:
    """Overtime within practice (2–3 % of own hours), unmet need below a tenth of the need of those who can be hired in."""
    assert year_2015.ratio("overtime", "own").max() < 0.03
    assert year_2015.ratio("unmet", "need", group=HELD).max() < 0.10
