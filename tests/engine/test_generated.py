"""Both engines give the same bits, or stop for the same reason, in generated regions at the edges of what files may say.

`KOMPETENSSIM_HYPOTHESIS=long python run.py test tests/engine/test_generated.py` is the long pass: a thousand other examples
each time, and a failing one is made small.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from kompetenssim.model.template import Template
from kompetenssim.spec.specification import SpecificationError
from tests import strategies
from tests.engine.worlds import engines_differ, resolved, theta, write

pytestmark = pytest.mark.engine


@st.composite
def templates(draw: strategies.Draw) -> Template:
    """Give the template of a generated region and plan that starts on any weekday; what a file may not say is left out."""
    start = draw(strategies.days("2023-01-01", 0, 400))
    world = draw(strategies.odd_regions(start))
    plan = draw(strategies.odd_plans(world, start))
    with tempfile.TemporaryDirectory() as folder:
        try:
            return resolved(write(Path(folder), world, plan, draw(strategies.rules())))
        except SpecificationError:
            reject()


@strategies.profile(80)
@given(t=templates(), seed=st.integers(0, 2**62), simulation=st.integers(0, 999))
def test_generated_regions_and_plans_give_the_same_bits(t: Template, seed: int, simulation: int) -> None:
    assert engines_differ(t, theta(t, seed, simulation // 2), seed=seed, simulation=simulation) == ""
