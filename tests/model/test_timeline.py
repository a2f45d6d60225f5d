"""How measures change quantities over time: ramps, decay, what already runs, and how effects on one quantity combine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.model.calendar import week_of
from kompetenssim.model.inputs import fill
from kompetenssim.model.template import SCALARS, Inputs, Template
from kompetenssim.model.timeline import logistic_ramp
from tests.engine.worlds import COVERED, Tree, region, template, theta

pytestmark = pytest.mark.unit
CELL = ("avdelning", "sjukskoterska")


class Course:
    """The values in force of a quantity at a place, by date."""

    def __init__(self, folder: Path, measures: Sequence[Tree], world: Tree | None = None, end: str = "2026-12-31") -> None:
        self.t: Template = template(folder, measures, world, end=end)
        self.inputs: Inputs = fill(self.t, theta(self.t))

    def at(self, quantity: str, day: str, place: Any = CELL) -> float:
        """Give the value in force in the week of a day."""
        number = place if isinstance(place, int) else self.t.cells.index(place)
        slot = self.t.offsets()[quantity] + number
        week = week_of(self.t.calendar, date.fromisoformat(day))
        value = self.inputs.values[slot]
        for w, s, v in zip(self.inputs.op_week, self.inputs.op_slot, self.inputs.op_value, strict=True):
            if s == slot and w <= week:
                value = v
        return value


def m(key: str = "m", **more: Any) -> Tree:
    return {"nyckel": key, "titel": key, "antagande": "ja", "omfattning": {"enheter": COVERED}} | more


def need(percent: float, key: str = "m", **more: Any) -> Tree:
    return m(key, vardbehov={"andring_procent": percent}, **more)


def term(percent: float, key: str, **more: Any) -> Tree:
    return m(key, vardbehov={"andring_procent": percent, "sammansattning": "summa"}, **more)


def keep(factor: float, key: str, **more: Any) -> Tree:
    return m(key, behalla={"avgang_faktor": factor}, **more)


def test_without_a_ramp_the_effect_is_whole_from_the_week_of_the_start_to_the_week_after_the_end(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-05-10", slut="2024-03-13")])
    assert [p.at("need_factor", d) for d in ("2023-01-01", "2023-05-07", "2023-05-08", "2024-03-10")] == pytest.approx(
        [1, 1, 1.1, 1.1]
    )
    assert [p.at("need_factor", d) for d in ("2024-03-17", "2024-03-18")] == pytest.approx([1, 1]), (
        "ends in the week of its last day"
    )
    assert p.at("need_factor", "2023-06-01", ("ensam", "tandlakare")) == 1.0


def test_a_ramp_steps_on_the_first_of_each_month_and_is_whole_after_its_length(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-03-01", ramp_manader=12), need(0, "annan", start="2023-06-14", slut="2023-06-28")])
    values = [
        p.at("need_factor", d) - 1
        for d in ("2023-03-06", "2023-05-08", "2023-07-10", "2023-09-11", "2023-12-11", "2024-03-11", "2026-01-01")
    ]
    assert values == sorted(values) and values[0] == 0.0 and values[-1] == pytest.approx(0.1)
    assert values[3] == pytest.approx(0.05, abs=0.002), "half of it half-way"
    assert p.at("need_factor", "2024-04-01") == pytest.approx(1.1)
    assert p.at("need_factor", "2023-06-05") == p.at("need_factor", "2023-06-20") == p.at("need_factor", "2023-06-25")


def ramp(months: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    return np.array([logistic_ramp(float(x), length) for x in months])


def test_the_logistic_ramp_is_monotone_symmetric_and_exact_at_its_ends() -> None:
    x = np.linspace(-1, 13, 141)
    r = ramp(x, 12.0)
    assert (np.diff(r) >= 0).all()
    assert (r[x <= 0] == 0).all() and (r[x >= 12] == 1).all()
    inside = np.linspace(0, 12, 49)
    assert ramp(inside, 12.0) + ramp(12.0 - inside, 12.0) == pytest.approx(np.ones(49))
    assert (ramp(np.array([-0.1, 0.0, 0.1]), 0.0) == [0, 1, 1]).all()


def test_an_effect_that_wears_off_is_half_after_its_half_life(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-02-01", avklingning_manader=12)])
    assert p.at("need_factor", "2023-02-06") == pytest.approx(1.1)
    assert p.at("need_factor", "2024-02-05") == pytest.approx(1.05, abs=0.001)
    assert p.at("need_factor", "2025-02-03") == pytest.approx(1.025, abs=0.001)


def test_realisation_and_coverage_scale_the_effect(tmp_path: Path) -> None:
    one = need(10, start="2023-02-01", realisering_andel=0.5, omfattning={"enheter": COVERED, "andel": 0.4})
    assert Course(tmp_path, [one]).at("need_factor", "2023-03-01") == pytest.approx(1 + 0.1 * 0.5 * 0.4)


def test_what_runs_at_the_start_is_in_the_start_state_until_it_ends(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2020-01-01", slut="2024-06-30", i_drift_vid_start="ja", ramp_manader=6)])
    assert p.at("need_factor", "2023-01-01") == p.at("need_factor", "2024-06-20") == 1.0
    assert p.at("need_factor", "2024-07-01") == pytest.approx(1 / 1.1)


def test_what_runs_at_the_start_goes_on_from_what_it_had_reached(tmp_path: Path) -> None:
    started = {"start": "2022-07-01", "ramp_manader": 12, "i_drift_vid_start": "ja"}
    p = Course(tmp_path, [need(10, **started), keep(0.8, "stanna", **started)])
    reached = logistic_ramp((date(2023, 1, 1) - date(2022, 7, 1)).days / (365.25 / 12), 12.0)
    assert 0.4 < reached < 0.6
    assert p.at("need_factor", "2023-01-01") == p.at("exit_factor", "2023-01-01") == 1.0
    assert p.at("need_factor", "2024-01-01") == pytest.approx(1.1 / (1 + 0.1 * reached))
    assert p.at("exit_factor", "2024-01-01") == pytest.approx(0.8 / (1 - 0.2 * reached))


def test_added_hours_of_what_runs_are_not_added_again_and_go_when_it_ends(tmp_path: Path) -> None:
    one = m(
        dimensionering={"bemanningsmal_timmar": 100, "yrkesgrupp": "sjukskoterska", "enheter": ["avdelning"]},
        start="2021-01-01",
        slut="2023-12-31",
        i_drift_vid_start="ja",
    )
    p = Course(tmp_path, [one])
    assert p.at("need_extra_hours", "2023-06-01") == 0.0
    assert p.at("need_extra_hours", "2024-01-08") == pytest.approx(-100)


def test_a_measure_marked_as_running_that_starts_later_is_a_new_one(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-06-01", i_drift_vid_start="ja")])
    assert [p.at("need_factor", d) for d in ("2023-05-20", "2023-06-05")] == pytest.approx([1, 1.1])


def test_factors_multiply(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, "a", start="2023-02-01"), need(-20, "b", start="2023-03-01")])
    assert p.at("need_factor", "2023-04-01") == pytest.approx(1.1 * 0.8)


def test_growth_terms_are_added_up_and_the_sum_is_one_factor_beside_the_product(tmp_path: Path) -> None:
    """1.06 · (1 + 0.03 + 0.05 + 0.08) · 0.94, whatever the order; each term has dates and share of its own."""
    half = {"omfattning": {"enheter": COVERED, "andel": 0.5}}
    terms = [term(3, "b"), term(5, "d"), term(16, "a", **half), term(7, "c", start="2024-01-01", slut="2024-12-31")]
    p = Course(tmp_path, [need(6, "e"), need(-6, "f"), *terms])
    assert p.at("need_factor", "2023-06-05") == pytest.approx(1.06 * 0.94)
    assert [p.at("need_sum", d) for d in ("2023-06-05", "2024-06-03", "2025-06-02")] == pytest.approx([1.16, 1.23, 1.16])
    assert p.at("need_sum", "2023-06-05", ("ensam", "tandlakare")) == 1.0


def test_one_term_is_the_same_whether_it_is_added_or_multiplied(tmp_path: Path) -> None:
    """Also on its way when the forecast starts: what it has reached is in the need of the start state."""
    way = {"i_drift_vid_start": "ja", "start": "2022-07-01", "ramp_manader": 24}
    one, other = Course(tmp_path / "a", [term(10, "m", **way)]), Course(tmp_path / "b", [need(10, "m", **way)])
    for day in ("2023-01-01", "2023-08-07", "2024-01-01", "2024-08-05"):
        assert one.at("need_sum", day) == pytest.approx(other.at("need_factor", day))
    assert one.at("need_sum", "2024-08-05") > 1.03


def test_growth_terms_take_away_no_more_than_the_need(tmp_path: Path) -> None:
    assert Course(tmp_path, [term(-60, "a"), term(-70, "b")]).at("need_sum", "2023-06-05") == 0.0


def test_efficiency_acts_on_the_hours_that_remain(tmp_path: Path) -> None:
    use = {"sankt_mal": 1.0, "mindre_overtid": 0, "mer_vard": 0, "forsvinner": 0}
    more = {"adoption_slut_andel": 1, "adoption_tid_manader": 0, "rebound": 0, "anvandning": use}
    p = Course(
        tmp_path,
        [m(k, start="2023-02-01", effektivisering={"frigjord_andel_procent": x, **more}) for k, x in (("a", 10), ("b", 20))],
    )
    assert p.at("efficiency", "2023-03-01") == pytest.approx(1 - 0.9 * 0.8)


def test_retention_is_capped_within_an_effektgrupp_and_multiplies_across(tmp_path: Path) -> None:
    same = {"start": "2023-02-01", "effektgrupp": "stanna"}
    p = Course(tmp_path, [keep(0.5, "a", **same), keep(0.5, "b", **same), keep(0.9, "c", start="2023-03-01")])
    cap = p.inputs.scalar[SCALARS.index("retention_cap")]
    assert 0 < cap < 0.75
    assert p.at("exit_factor", "2023-02-20") == pytest.approx(1 - cap)
    assert p.at("exit_factor", "2023-03-20") == pytest.approx((1 - cap) * 0.9)
    small = Course(tmp_path / "b", [keep(0.95, "a", **same), keep(0.96, "b", **same)])
    assert small.at("exit_factor", "2023-03-01") == pytest.approx(0.95 * 0.96)


def test_recruiting_measures_have_one_cap(tmp_path: Path) -> None:
    p = Course(
        tmp_path, [m(k, start="2023-02-01", rekrytering={"yrkesgrupp": "sjukskoterska", "ankomst_faktor": 3}) for k in "abc"]
    )
    group = p.t.groups.index("sjukskoterska")
    assert p.at("arrival_factor", "2023-03-01", group) == p.inputs.scalar[SCALARS.index("arrival_cap")] < 27


def test_of_caps_the_least_that_is_in_force_holds(tmp_path: Path) -> None:
    def cap(key: str, share: float, **more: Any) -> Tree:
        return m(key, hyrstyrning={"tak_andel": share, "avklingar": "nej"}, **more)

    p = Course(
        tmp_path,
        [
            cap("a", 0.5, start="2023-02-01"),
            cap("b", 0.2, start="2023-03-01", slut="2023-05-31"),
            cap("c", 0.8, start="2023-04-01"),
        ],
    )
    assert [p.at("agency_gap_cap", d) for d in ("2023-01-20", "2023-02-20", "2023-04-20", "2023-06-20")] == [1.0, 0.5, 0.2, 0.5]


def test_of_levels_the_one_that_started_last_holds_and_the_former_returns(tmp_path: Path) -> None:
    def months(key: str, n: int, **more: Any) -> Tree:
        return m(key, hyrstyrning={"yrkesgrupp": "sjukskoterska", "karens_manader": n}, **more)

    p = Course(tmp_path, [months("b", 6, start="2023-02-01"), months("a", 18, start="2023-04-01", slut="2023-08-31")])
    group = p.t.groups.index("sjukskoterska")
    found = [p.at("agency_quarantine_months", d, group) for d in ("2023-02-20", "2023-04-20", "2023-09-20")]
    assert found == [6, 18, 6]


def test_stepwise_the_places_begin_one_after_the_other(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-02-01", ramp_manader=10, ramp_form="stegvis")])
    covered = [c for c in p.t.cells if c[0] in COVERED]
    begun = [
        sum(p.at("need_factor", day, c) > 1 for c in covered) for day in ("2023-01-20", "2023-02-06", "2023-07-10", "2023-12-11")
    ]
    assert begun[0] == 0 and 1 <= begun[1] < begun[2] < begun[3] == len(covered) == 10
    assert {round(p.at("need_factor", "2023-07-10", c), 9) for c in covered} == {1.0, 1.1}


def test_a_measure_that_is_not_carried_out_does_nothing(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-02-01", sannolikhet_genomford_procent=0)])
    assert p.at("need_factor", "2024-01-01") == 1.0


def enabler(start: str, **block: Any) -> Tree:
    return m("hjalp", start=start, forutsattning={"atgarder": ["m"], **block})


def test_enabling_measures_lift_the_realisation_by_at_most_the_cap(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-02-01", realisering_andel=0.5), enabler("2023-06-01", lyfter_realisering_pp=5)])
    assert [p.at("need_factor", d) for d in ("2023-05-01", "2023-06-05")] == pytest.approx([1.05, 1.055])
    much = Course(
        tmp_path / "b", [need(10, start="2023-02-01", realisering_andel=0.5), enabler("2023-06-01", lyfter_realisering_pp=50)]
    )
    cap = much.inputs.scalar[SCALARS.index("realisation_cap_pp")] / 100
    assert much.at("need_factor", "2023-06-05") == pytest.approx(1 + 0.1 * (0.5 + cap))


def test_an_enabling_measure_shortens_the_ramps_that_start_while_it_runs_and_no_other(tmp_path: Path) -> None:
    slow = need(10, start="2023-03-01", ramp_manader=12)
    alone = Course(tmp_path / "a", [slow])
    before = Course(tmp_path / "b", [slow, enabler("2023-02-01", ramp_faktor=0.5)])
    later = Course(tmp_path / "c", [slow, enabler("2023-08-01", ramp_faktor=0.5)])
    assert before.at("need_factor", "2023-09-11") == pytest.approx(1.1)
    assert alone.at("need_factor", "2023-09-11") < 1.06
    for day in ("2023-06-12", "2023-07-24", "2023-09-11", "2024-02-12"):
        assert later.at("need_factor", day) == alone.at("need_factor", day)


def test_yearly_series_step_in_the_week_of_new_year(tmp_path: Path) -> None:
    p = Course(tmp_path, [])
    on_cost = [p.at("on_cost", d, 0) for d in ("2023-01-01", "2023-12-31", "2024-01-01", "2025-01-01")]
    assert on_cost == pytest.approx([0.52, 0.52, 0.52, 0.49])
    group = p.t.groups.index("lakare")
    assert p.at("pay", "2025-01-06", group) == pytest.approx(p.at("pay", "2023-06-01", group) * 1.025**2)


def test_a_daily_rest_rule_holds_from_its_own_date(tmp_path: Path) -> None:
    """Also when no measure and no month begins on that day."""
    p = Course(tmp_path, [], region())
    cell = ("akut", "lakare")
    assert p.at("duty_hours", "2023-09-20", cell) < p.at("duty_hours", "2023-10-03", cell)


def test_operations_come_in_the_order_of_weeks_and_slots_and_each_changes_something(tmp_path: Path) -> None:
    p = Course(tmp_path, [need(10, start="2023-03-01", ramp_manader=12), keep(0.8, "stanna", start="2023-05-17")])
    ops = list(zip(p.inputs.op_week, p.inputs.op_slot, strict=True))
    assert ops == sorted(set(ops))
    values = list(p.inputs.values)
    for slot, value in zip(p.inputs.op_slot, p.inputs.op_value, strict=True):
        assert values[slot] != value
        values[slot] = value


# --- hour budgets: measures of an effektgrupp free no more together than a group's time holds (domain model 3.4)


def budgeted(**percent: float) -> Tree:
    return region() | {"timbudget": {"admin_tid": percent}}


def frees(percent: float, key: str, **more: Any) -> Tree:
    freed = {"yrkesgrupper": ["sjukskoterska"], "frigjord_andel_procent": percent, "rebound": 0.5}
    return m(key, effektivisering=freed, **{"effektgrupp": "admin_tid", "realisering_andel": 0.5} | more)


def test_claims_above_the_hour_budget_are_reduced_by_one_factor(tmp_path: Path) -> None:
    """Freed hours, what of them is taken out and the need they create; the order of the measures changes nothing."""
    first, second = frees(20, "a"), frees(10, "b")
    orders = [[first, second], [second, first]]
    p, turned = (Course(tmp_path / str(i), found, budgeted(sjukskoterska=15)) for i, found in enumerate(orders))
    at = "2024-06-01"
    assert p.at("efficiency_gross", at) == pytest.approx(1 - 0.9 * 0.95)
    assert p.at("efficiency_gross", at) <= 0.15
    assert p.at("efficiency", at) == pytest.approx(1 - 0.95 * 0.975)
    assert p.at("need_factor", at) == pytest.approx(1.05 * 1.025)
    assert p.inputs == turned.inputs


def test_a_claim_has_the_whole_budget_until_another_one_begins(tmp_path: Path) -> None:
    p = Course(tmp_path, [frees(12, "a"), frees(12, "b", start="2024-06-03")], budgeted(alla=50, ssk=12))
    assert p.at("efficiency_gross", "2024-05-20") == pytest.approx(0.12)
    assert p.at("efficiency_gross", "2024-06-10") == pytest.approx(1 - 0.94**2)


@pytest.mark.parametrize(("world", "more"), [
    (None, {}), (budgeted(sjukskoterska=30), {}), (budgeted(underskoterska=1), {}), (budgeted(alla=1), {"effektgrupp": "annan"}),
])
def test_without_a_budget_or_within_it_claims_are_what_they_say(tmp_path: Path, world: Tree | None, more: Tree) -> None:
    p = Course(tmp_path, [frees(20, "a", **more), frees(10, "b", **more)], world)
    assert p.at("efficiency_gross", "2024-06-01") == pytest.approx(1 - 0.8 * 0.9)


def test_a_measure_that_already_runs_keeps_its_share_of_the_budget(tmp_path: Path) -> None:
    """It is in the start state as the budget let it; another one in the same effektgrupp reduces both."""
    p = Course(tmp_path, [frees(12, "a", i_drift_vid_start="ja"), frees(12, "b", start="2024-06-03")], budgeted(sjukskoterska=12))
    assert p.at("efficiency_gross", "2024-05-20") == pytest.approx(0.0)
    assert p.at("efficiency_gross", "2024-06-10") == pytest.approx(1 - 0.94**2 / 0.88)


def test_task_shift_gets_what_efficiency_leaves_of_the_budget(tmp_path: Path) -> None:
    shift = {"fran": "sjukskoterska", "till": "underskoterska", "tillford_aa": 5, "overlamnad": "2023-06-01"}
    p = Course(tmp_path, [frees(12, "a", start="2024-06-03"), m("b", effektgrupp="admin_tid", uppgiftsvaxling=shift)],
               budgeted(sjukskoterska=15))
    assert [p.at("budget_left", d, 0) for d in ("2024-05-20", "2024-06-10")] == pytest.approx([0.15, 0.03])
