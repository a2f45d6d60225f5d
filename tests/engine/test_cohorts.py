"""Dated cohorts: one number for several dates, one cohort for several groups, and who of them may leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.engine import compiled, twin
from kompetenssim.model.template import Template
from kompetenssim.spec.specification import SpecificationError
from tests.analytic.build import build, flow, modes, simulate, unit, z

DATES = ["2023-03-01", "2023-09-15", "2024-03-01"]


def world(kullar: list[Mapping[str, Any]], exits: float = 0.0, **more: Any) -> Template:
    """Give two groups in one unit, with posts for nobody but those who are there, and some cohorts."""
    group = {"avgang_procent_ar": exits}
    return build(
        groups={"man": group, "kvinna": {**group, "sysselsattningsgrad": {"55.12": 100}}},
        units={"a": unit({"man": 10, "kvinna": 10})},
        kullar=kullar,
        **more,
    )


def by_group(template: Template, name: str, simulations: int) -> NDArray[np.int64]:
    """Give a flow of the compiled engine as [simulation, group], summed over the run; the sorted groups are kvinna, man."""
    row = modes(template)
    return np.array([flow(compiled.simulate(template, row, seed=1, simulation=i), name).sum(axis=0) for i in range(simulations)])


SPLIT = {"yrkesgrupper": {"man": 29, "kvinna": 71}, "enhet": "a", "datum": DATES, "antal": 200, "andel_kvar": 0.876}


@pytest.mark.engine
def test_both_engines_deliver_the_same_people() -> None:
    """Bit for bit: a cohort shared between groups on three dates, one that is bound, and two alike on one day."""
    alike = {"yrkesgrupp": "man", "datum": "2023-03", "antal": 7, "andel_kvar": 0.5}
    template = world([SPLIT, alike, alike, alike | {"bindning_manader": 9}], exits=40)
    for number in range(3):
        one, two = simulate(template, simulation=number), compiled.simulate(template, modes(template), seed=1, simulation=number)
        assert all((a == b).all() for a, b in zip(one, two, strict=True))
    names = {row.key for row in template.cohorts}
    assert len(names) == 3 + 3 and len(template.cohorts) == 2 * 3 + 3


@pytest.mark.analytic
def test_a_cohort_is_multinomial_over_its_groups() -> None:
    """Heads by group have the binomial mean and variance, their sum that of all who stay: a seat goes to one group at most."""
    template, n = world([SPLIT]), 400
    hires, seats, stay = by_group(template, "hires", n), 600, 0.876
    for heads, p in ((hires[:, 1], stay * 0.29), (hires[:, 0], stay * 0.71), (hires.sum(axis=1), stay)):
        assert abs(z(heads.mean(), seats * p, seats * p * (1 - p) / n)) < 3.5
        assert heads.var(ddof=1) / (seats * p * (1 - p)) == pytest.approx(1.0, abs=3.5 * (2 / n) ** 0.5)


@pytest.mark.analytic
def test_the_dates_of_a_cohort_are_answered_by_chances_of_their_own() -> None:
    """Of two dates the heads are uncorrelated, although one number says how many."""
    template, n = world([SPLIT]), 400
    row = modes(template)
    runs = [flow(compiled.simulate(template, row, seed=1, simulation=i), "hires").sum(axis=1) for i in range(n)]
    monthly = np.array([[run[template.months.index(day[:7])] for day in DATES] for run in runs], dtype=float)
    assert (monthly.sum(axis=1) == [run.sum() for run in runs]).all()
    correlation = np.corrcoef(monthly.T)
    assert np.abs(correlation[np.triu_indices(3, 1)]).max() < 3.5 / n**0.5


@pytest.mark.analytic
def test_the_twin_has_the_mean_of_a_cohort_exactly() -> None:
    """Heads and contracted time, also of seats that are no whole number; nobody is there before the date."""
    template = world([SPLIT | {"antal": 200.5}])
    done = twin.simulate(template, modes(template))
    men, women = 3 * 200.5 * 0.876 * 0.29, 3 * 200.5 * 0.876 * 0.71
    assert flow(done, "hires").sum(axis=0).tolist() == [round(women), round(men)]
    units = flow(done, "contracted_units")[-1] - flow(done, "contracted_units")[0]
    assert units / 200 == pytest.approx([women * 0.5512, men], abs=0.01)
    assert flow(done, "hires")[:2].sum() == 0


@pytest.mark.analytic
def test_whoever_is_bound_does_not_leave_and_the_others_do() -> None:
    """A hazard of 40 % a year takes e^(−0.4 t) of those who are not bound and nobody of those who are, in twin and simulation."""
    kull = {"yrkesgrupp": "man", "enhet": "a", "datum": "2023-01-02", "antal": 300}
    for bond, leaves in ((0, True), (60, False)):
        template = world([kull | {"bindning_manader": bond}], exits=40)
        years = (template.calendar.horizon - template.calendar.week_start[1]) / 525_960
        p = 1 - np.exp(-0.4 * years) if leaves else 0.0
        first = 1 - np.exp(-0.4 * template.calendar.horizon / 525_960)  # of the ten who were there
        mean, n = 300 * p + 10 * first, 40
        exits = by_group(template, "exits_external", n)[:, 1]
        assert abs(z(exits.mean(), mean, (300 * p * (1 - p) + 10 * first * (1 - first)) / n)) < 3.5
        assert flow(twin.simulate(template, modes(template)), "exits_external").sum(axis=0)[1] == pytest.approx(mean, abs=0.5)


@pytest.mark.unit
@pytest.mark.parametrize(("change", "said"), [
    ({"yrkesgrupp": "man"}, "inte båda"),
    ({"yrkesgrupper": None}, "yrkesgrupp saknas"),
    ({"yrkesgrupper": {"man": 0, "kvinna": 0}}, "alla andelar är noll"),
    ({"yrkesgrupper": {"man": 1, "kvina": 1}}, "kvina"),
    ({"datum": ["2023-03-01", "i fjol"]}, "kullar.1.datum.2"),
])  # fmt: skip
def test_a_cohort_that_is_written_wrongly_is_told_of(change: Mapping[str, Any], said: str) -> None:
    wrong = {key: value for key, value in (SPLIT | change).items() if value is not None}
    with pytest.raises(SpecificationError, match=said):
        world([wrong])
