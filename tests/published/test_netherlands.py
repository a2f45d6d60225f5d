"""Dutch general practitioners 2009 → 2019: headcount, FTE, what is required, the gap, and the training intake that closes it.

van Greuningen, Batenburg and van der Velden 2012, Human Resources for Health 10:21, tables 2–8. The twin reaches the published
figures to the unit, the simulation within its standard error.
"""

from __future__ import annotations

from math import sqrt

import pytest

import kompetenssim as ks
from kompetenssim.resolve import resolve

from . import netherlands as nl
from .estimate import estimate
from .netherlands import BASELINE, FIRST, FTE, GAP, HEADS, NEEDED_INTAKE, REQUIRED, SCENARIOS, SIMULATIONS, forecast

pytestmark = pytest.mark.published


def test_the_twin_has_the_published_headcount_of_men_and_women() -> None:
    """Exactly, in every scenario: need decides nothing about supply."""
    for key in SCENARIOS:
        assert {name: getattr(forecast(key), name)[0] for name in HEADS} == HEADS


@pytest.mark.parametrize("key", SCENARIOS)
def test_the_twin_has_the_published_fte_need_and_gap(key: str) -> None:
    """To one FTE."""
    found = forecast(key)
    assert found.fte[0] == pytest.approx(FTE, abs=1)
    assert found.required[0] == pytest.approx(REQUIRED[key], abs=1)
    assert found.gap[0] == pytest.approx(GAP[key], abs=1)


@pytest.mark.parametrize("key", SCENARIOS)
def test_the_required_intake_is_the_published_one(key: str) -> None:
    """One below the published number something is missing, one above nothing is: the root of the twin lies between."""
    below, above = nl.bracket(key)
    assert below < 0 < above
    assert nl.needed_intake(key) == pytest.approx(NEEDED_INTAKE[key], abs=1)


def test_a_search_finds_the_published_intake() -> None:
    """`sok` over the number that the five cohorts share, in expectation: 928.8 of 929, from the shipped file.

    The other two files differ in the target only; their roots are those of the test above.
    """
    found = ks.solve(ks.load_search(nl.FOLDER / "sok_intag_scenario_1.yaml"), engine="tvilling", replications=1, processes=1)
    assert found.status == "funnen"
    assert found.storlek == pytest.approx(NEEDED_INTAKE[FIRST], abs=1)
    assert found.storlek == pytest.approx(nl.needed_intake(FIRST), abs=0.2)


def test_the_gap_is_a_straight_line_in_the_intake() -> None:
    """So the intake solves 614 + shortage / (5 × 2690/3070 × (0.29 × 0.8223 + 0.71 × 0.5512)), as the article has it."""
    each = 5 * 2690 / 3070 * (0.29 * 0.8223 + 0.71 * 0.5512)
    for key in SCENARIOS:
        below, above = nl.bracket(key)
        assert (above - below) / 2 == pytest.approx(each, abs=0.005)
        assert nl.needed_intake(key) == pytest.approx(614 - forecast(key).gap[0] / each, abs=0.05)


def test_the_simulation_agrees_within_its_standard_error() -> None:
    """Mean heads and FTE, and the spread: what is binomial of those who leave and of those who come."""
    found = forecast(BASELINE, "auto", SIMULATIONS)
    for name, published in HEADS.items():
        heads = estimate(getattr(found, name))
        assert heads.mean == pytest.approx(published, abs=3.5 * heads.error + 0.5)
    fte = estimate(found.fte)
    assert fte.mean == pytest.approx(FTE, abs=3.5 * fte.error + 0.5)
    stay = 2690 / 3070
    variance = 6129 * 0.382 * 0.618 + 4086 * 0.192 * 0.808 + 3070 * stay * (1 - stay)
    assert found.headcount.var(ddof=1) / variance == pytest.approx(1, abs=3.5 * sqrt(2 / SIMULATIONS))


@pytest.mark.parametrize("key", SCENARIOS)
def test_what_is_required_has_no_chance_in_it(key: str) -> None:
    simulated = forecast(key, "auto", SIMULATIONS)
    assert simulated.required == pytest.approx(forecast(key).required[0], abs=0.01)
    gap = estimate(simulated.gap)
    assert gap.mean == pytest.approx(GAP[key], abs=3.5 * gap.error + 1)


def test_neither_all_added_nor_all_multiplied_gives_the_published_figure() -> None:
    """8,985 and 9,133: how the terms are put together is an input of its own, `sammansattning`."""
    added = 7365 * (1 + 0.06 + 0.16)
    multiplied = 7365 * 1.06 * 1.03 * 1.05 * 1.01 * 1.02 * 1.05
    assert (round(added), round(multiplied)) == (8985, 9133)
    assert min(abs(added - REQUIRED[FIRST]), abs(multiplied - REQUIRED[FIRST])) > 50


def test_grades_between_the_steps_keep_their_mean() -> None:
    """Whole steps of 1/200 would give 8,167 FTE: each grade is a mix of its two neighbours with the right mean."""
    template = resolve(ks.load(nl.FOLDER / f"{BASELINE}.yaml"))
    mean = {g: sum(units * share for units, share in mix) / 200 for g, mix in
            zip(template.groups, template.group_grades, strict=True)}  # fmt: skip
    assert mean == pytest.approx({"man": 0.8223, "kvinna": 0.5512}, abs=1e-9)
    register = {g: [p.grade for p in template.people if template.groups[template.cell_group[p.cell]] == g] for g in mean}
    assert {g: sum(grades) / 200 / len(grades) for g, grades in register.items()} == pytest.approx(mean, abs=1e-6)
