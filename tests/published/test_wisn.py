"""WISN, Kenya HIV clinic (Human Resources for Health 15, 2017, table 3): staff for a workload, through our YAML and engine.

100,000 visits of a quarter of an hour = 3,125 eight-hour days. Available working time 52 × 4.5 − 10 − 30 − 15 = 179 days.
17.46 staff; with a category allowance of 10 days the factor is 1/(1 − 10/179) = 1.0592 and the staff 18.49.
"""

from __future__ import annotations

import pytest

from .wisn import ALLOWANCE_DAYS, CLINICS, clinic, coverage, needed_staff

pytestmark = pytest.mark.published

@pytest.mark.parametrize(("staff", "allowance"), [(17.46, 0.0), (18.49, 10.0)])
def test_the_published_staff_covers_the_published_workload(staff: float, allowance: float) -> None:
    """To the rounding of the published figure (0.005 staff): exactly as many delivered hours as the visits need."""
    assert coverage(clinic(round(CLINICS * staff), allowance)) == pytest.approx(1.0, abs=0.006 / staff)


def test_without_the_allowance_in_the_plan_its_share_of_the_workload_is_missing() -> None:
    """17.46 staff who spend ten days of 179 on other things leave 10/179 of the need: the factor 1.0592."""
    short = clinic(round(CLINICS * 17.46), ALLOWANCE_DAYS)
    assert 1 / coverage(short) == pytest.approx(1.0592, abs=0.0006)
    assert (short.sum("overtime", "unmet") > 0).all()


@pytest.mark.parametrize(("staff", "allowance"), [(17.46, 0.0), (18.49, 10.0)])
def test_the_staff_at_which_need_and_hours_meet_is_the_published_one(staff: float, allowance: float) -> None:
    """To the rounding of the published figure."""
    assert needed_staff(allowance) == pytest.approx(staff, abs=0.0051)
