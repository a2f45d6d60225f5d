"""Targets on their four time bases, with deviation, probability and the first month lastingly reached."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from kompetenssim.forecast.run import selection_of
from kompetenssim.forecast.targets import (
    NEVER,
    UNDECIDED,
    TargetResult,
    evaluate_targets,
    first_lasting_month,
    print_amount,
    print_percent,
    print_probability,
    target_month,
)
from tests.forecast.fakes import FakeTemplate, flat_trajectory, make_fake_ensemble, make_target, make_template

MSEK = 10**8


def judge(costs: list[Any], template: FakeTemplate | None = None, **content: Any) -> TargetResult:
    """Evaluate one target over simulations whose monthly agency cost (öre, in cell 0) is given."""
    template, target = template or make_template(), make_target(**content)
    trajectories = [flat_trajectory(template, agency_ore=np.reshape(c, (-1, 1)) * [1, 0, 0, 0, 0, 0]) for c in costs]
    e = make_fake_ensemble(trajectories, template, selections=(selection_of(target.population),))
    return evaluate_targets([target], e)[0]


@pytest.mark.unit
def test_change_and_deviation_are_those_of_the_follow_up_table() -> None:
    rising = MSEK * np.arange(36)
    found = judge([rising, rising], max=100)
    year0, year1 = np.arange(6, 18).sum(), np.arange(18, 30).sum()
    assert (found.ar0, found.ar1) == ("2024", "2025")
    assert (found.varde_ar0, found.varde_ar1, found.utfall) == (year0, year1, year1)
    assert found.forandring == year1 - year0 and found.forandring_procent == pytest.approx(100 * (year1 - year0) / year0)
    assert found.avvikelse == year1 - 100 and found.avvikelse_procent == pytest.approx(year1 - 100)
    assert found.p_natt == 0 and found.utvarderbart == "ja"


@pytest.mark.unit
@pytest.mark.parametrize(("base", "by", "expected"), [
    ("kalenderar", "2025-09-30", 12), ("rullande12", "2025-09-30", 12), ("ackumulerat_ar", "2025-09-30", 9),
    ("per_datum", "2025-09-30", 1),
])
def test_the_four_time_bases_take_their_own_months(base: str, by: str, expected: int) -> None:
    assert judge([MSEK * np.ones(36, dtype=int)], tidsbas=base, senast=by).utfall == pytest.approx(expected)


@pytest.mark.unit
def test_a_population_is_a_group_a_set_or_a_list() -> None:
    template = make_template()
    for population, cells in (({"yrkesgrupp": "lakare"}, 3), ({"yrkesgrupp": ["distriktslakare", "sjukskoterska"]}, 5),
                              ({"yrkesgrupp": "lakare", "omrade": "primarvard"}, 2), ({"enhet": "pv_syd"}, 2), ({}, 6)):
        target = make_target(population=population)
        chosen = (selection_of(target.population),)
        e = make_fake_ensemble([flat_trajectory(template, agency_ore=MSEK)], template, selections=chosen)
        assert evaluate_targets([target], e)[0].utfall == pytest.approx(12 * cells)


@pytest.mark.unit
def test_probability_is_the_share_of_simulations_with_an_interval_at_the_effective_number() -> None:
    low, high = 0.1 * MSEK * np.ones(36), MSEK * np.ones(36)
    found = judge([low, low, high, high, low, low, high, high], max=5)
    assert found.p_natt == 0.5 and found.n_effektivt == pytest.approx(4)
    assert found.p_undre80 < 0.5 < found.p_ovre80


@pytest.mark.unit
def test_a_strict_limit_is_not_reached_at_the_limit() -> None:
    cost = MSEK * np.ones(36)
    assert judge([cost], max=12).p_natt == 1 and judge([cost], max=12, strikt="ja").p_natt == 0
    assert judge([cost], max=None, min=12).p_natt == 1


@pytest.mark.unit
def test_per_cent_limits_are_shares_for_indicators_that_are_shares() -> None:
    found = judge([MSEK * np.ones(36)], indikator="hyrandel_totalt", max=None, max_procent=2)
    assert found.max == 0.02 and found.utfall == 1.0


@pytest.mark.unit
def test_a_target_outside_the_run_or_without_outcome_is_not_evaluated() -> None:
    cost = MSEK * np.ones(36)
    for content, status in (({"senast": "2031-12-31"}, "utanför perioden"), ({"senast": "2026-12-31"}, "ej komplett"),
                            ({"tidsbas": "rullande12", "senast": "2023-12-31"}, "ej komplett"),
                            ({"utfall_finns": "nej"}, "ej utvärderbart")):
        found = judge([cost], **content)
        assert (found.status, found.utvarderbart) == (status, "nej") and np.isnan(found.p_natt) and found.forsta_manad == ""


@pytest.mark.unit
@pytest.mark.parametrize("base", ["kalenderar", "rullande12", "ackumulerat_ar", "per_datum"])
def test_a_month_that_the_run_cuts_is_never_an_outcome(base: str) -> None:
    template = make_template(start=date(2023, 1, 16), end=date(2025, 12, 14))
    cost = MSEK * np.ones(36)
    for by in ("2025-12-31", "2023-01-31", "2023-12-31"):
        complete = by == "2023-12-31" and base == "per_datum"
        found = judge([cost], template, tidsbas=base, senast=by)
        assert (found.status, found.utvarderbart) == (("utvarderad", "ja") if complete else ("ej komplett", "nej"))
    inside = judge([cost], template, tidsbas=base, senast="2024-12-31")
    assert inside.status == "utvarderad" and inside.ar0 == inside.ar1 == "2024"


@pytest.mark.unit
def test_lastingly_reached_needs_the_whole_run_and_the_horizon_may_hide_it() -> None:
    within = np.array([[0, 1, 1, 1, 0, 1], [0, 0, 0, 0, 1, 1], [1, 0, 1, 0, 1, 0]], dtype=bool)
    assert first_lasting_month(within, 3, list("abcdef")) == ["b", UNDECIDED, NEVER]


@pytest.mark.unit
def test_first_month_of_rolling_and_calendar_targets() -> None:
    falling = np.where(np.arange(36) < 8, 2 * MSEK, 0)
    assert judge([falling], tidsbas="rullande12", max=5).forsta_manad == "2024-12"  # two months of the twelve cost 2
    assert judge([falling], tidsbas="kalenderar", max=5).forsta_manad == "2024-12"
    assert judge([falling], tidsbas="per_datum", max=5, senast="2025-03-31").forsta_manad == "2025-03"


@pytest.mark.unit
def test_quantiles_of_the_first_month_put_never_after_the_horizon() -> None:
    good, bad = np.zeros(36), MSEK * np.ones(36)
    found = judge([good, good, good, bad, bad, bad, bad, bad], max=5)
    assert (found.forsta_manad_p10, found.forsta_manad, found.forsta_manad_p90) == ("2024-12", NEVER, NEVER)
    assert found.andel_nadd == pytest.approx(3 / 8)


@pytest.mark.unit
def test_printed_numbers() -> None:
    assert [print_probability(p) for p in (0, 0.02, 0.5, 0.53, 1)] == ["under 5 %", "under 5 %", "50 %", "55 %", "över 95 %"]
    assert (print_amount(-29.84), print_percent(-21.4), print_amount(np.nan)) == ("−29,8", "−21 %", "")
    assert [target_month(make_target(senast=s)) for s in ("2028-12-31", "2028", "2028-03", "2028-vt")] == [
        "2028-12", "2028-12", "2028-03", "2028-06"]
