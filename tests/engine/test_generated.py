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

from kompetenssim.levers import LeverError
from kompetenssim.model.template import Template
from kompetenssim.spec.specification import SpecificationError
from tests import strategies
from tests.engine.worlds import Tree, engines_differ, measure, region, resolved, scenario, theta, write

pytestmark = pytest.mark.engine


def resolved_or_rejected(case: Tree) -> Template:
    """Give the template of a generated case; what a file may not say is left out."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return resolved(write(Path(folder), case["region"], case["plan"], case["rules"]))
        except (SpecificationError, LeverError):
            reject()


@strategies.profile(80)
@given(case=strategies.cases(), seed=st.integers(0, 2**62), simulation=st.integers(0, 999))
def test_generated_regions_and_plans_give_the_same_bits(case: Tree, seed: int, simulation: int) -> None:
    t = resolved_or_rejected(case)
    assert engines_differ(t, theta(t, seed, simulation // 2), seed=seed, simulation=simulation) == ""


@pytest.mark.parametrize("where", ["region", "measure"])
def test_nobody_left_two_years_after_the_examination_is_refused(where: str, tmp_path: Path) -> None:
    """Found here: no hazard is that high, and the logarithm of zero stopped the reference engine without a word."""
    course: Tree = {"fran": "sjukskoterska", "till": "specialist", "platser": {"vt": 1}, "kvar_efter_24_manader_andel": 0}
    world, plan = region(), scenario([measure("utbildningstjanst", "2023-03-01", utbildningstjanst=course)])
    if where == "region":
        world["utbildningar"]["spec"]["kvar_efter_24_manader_andel"] = "0"
        plan = scenario()
    with pytest.raises(SpecificationError, match="kvar_efter_24_manader_andel"):
        resolved(write(tmp_path, world, plan))
