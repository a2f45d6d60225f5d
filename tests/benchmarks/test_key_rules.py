"""The precision benchmark compares what it says: ours is the ordinary engine, the other rules differ in who is hired only."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import precision, rjh, small_region
from kompetenssim.engine import reference
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import column

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def region() -> Template:
    """Give one year of the small region with many applicants, so that some are hired."""
    return precision.template("plentiful", small_region.UNCHANGED, years=1)


def test_ours_is_the_ordinary_engine(region: Template) -> None:
    likeliest = np.array([p.mode for p in region.parameters])
    (made,) = precision.simulate(region, precision.OURS, 1)
    assert rjh.same(made, reference.simulate(region, likeliest, seed=precision.SEED, simulation=0))


@pytest.mark.parametrize("rule", [precision.LINEAGE, precision.RUNNING])
def test_another_rule_gives_another_simulation_of_the_same_world(region: Template, rule: str) -> None:
    ours, other = (precision.simulate(region, r, 2) for r in (precision.OURS, rule))
    assert not any(rjh.same(a, b) for a, b in zip(ours, other, strict=True))
    assert not rjh.same(other[0], other[1])
    again = precision.simulate(region, rule, 2)
    assert all(rjh.same(a, b) for a, b in zip(other, again, strict=True))
    for a, b in zip(ours, other, strict=True):  # nobody who was hired has left or been away before the first month is over
        assert a.months[0, :, column("exits_external")].sum() == b.months[0, :, column("exits_external")].sum()
