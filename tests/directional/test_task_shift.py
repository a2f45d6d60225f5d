"""Posts in ward service (VNS): cost comes with the posts, relief only with the handover."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.directional.build import Runs, falls, measure, paired, rises, run, template, unchanged

pytestmark = pytest.mark.directional


@cache
def service_posts(handed: str | None) -> Runs:
    shift = {"fran": "usk", "till": "vns", "frigjord_timme_per_timme": 0.8, "andel_timmar_procent": 30, "stegstorlek_timmar": 1}
    stages = {"utbildad": "2023-03-01", "overlamnad": handed} if handed else {}
    posts = {"yrkesgrupp": "vns", "antal_aa": 6, "beslut_under_ar": "ja"}
    added = measure("vns", omfattning={"enheter": ["avd_a", "avd_b"]}, dimensionering=posts, uppgiftsvaxling=shift | stages)
    return run(template(added), 12)


def test_more_service_posts_without_handover_raise_cost_and_change_no_need() -> None:
    """The warning of the sources: receivers alone free nothing, so the need is equal to the minute in every group and week."""
    with_posts, without = service_posts(None), unchanged()
    assert (with_posts.weekly_need() == without.weekly_need()).all()
    assert with_posts.sum("realised").sum() == 0
    assert rises(with_posts.cost(), without.cost())
    assert rises(with_posts.sum("wage_ore", group="vns"), without.sum("wage_ore", group="vns"))


def test_with_handover_the_need_of_assistant_nurses_falls_and_so_does_what_nobody_covers() -> None:
    """The freed hours leave the giver; the receiver takes over at least as many, so the need moves and does not vanish."""
    handed, without = service_posts("2023-04-01"), unchanged()
    assert falls(handed.sum("need", group="usk"), without.sum("need", group="usk"))
    assert falls(handed.sum("unmet", group="usk"), without.sum("unmet", group="usk"))
    freed = -paired(handed.sum("need", group="usk"), without.sum("need", group="usk")).mean
    taken = paired(handed.sum("need", group="vns"), without.sum("need", group="vns")).mean
    assert taken == pytest.approx(freed / 0.8, rel=0.001)


def test_nothing_is_relieved_before_the_handover() -> None:
    """Until the week of the handover (1 October) both plans have the same need, and the posts cost already."""
    handed, without = service_posts("2023-10-01"), unchanged()
    before = slice(0, handed.template.weeks.index("2023-v39"))
    assert (handed.weekly_need(weeks=before) == without.weekly_need(weeks=before)).all()
    assert rises(handed.cost(months=slice(0, 9)), without.cost(months=slice(0, 9)))


def test_freed_time_smaller_than_a_step_relieves_but_changes_no_schedule() -> None:
    """A nurse freed twenty minutes a shift does not remove a nurse: below the step the hours go to relief."""
    posts = {"yrkesgrupp": "vns", "antal_aa": 0.5, "beslut_under_ar": "ja"}
    stages = {"utbildad": "2023-02-01", "overlamnad": "2023-02-01"}
    shift = {"fran": "usk", "till": "vns", "andel_timmar_procent": 30, "stegstorlek_timmar": 40} | stages
    added = measure("vns", omfattning={"enheter": ["avd_a"]}, dimensionering=posts, uppgiftsvaxling=shift)
    runs = run(template(added), 4)
    assert runs.sum("freed").sum() > 0
    assert runs.sum("realised").sum() == 0


def test_task_shifts_of_one_effektgrupp_free_no_more_than_its_hour_budget() -> None:
    """Two shifts that each would free the budget share it; without a budget they free more."""

    def two(**world: Any) -> Runs:
        posts = {"yrkesgrupp": "vns", "antal_aa": 4, "beslut_under_ar": "ja"}
        shift = {"fran": "usk", "till": "vns", "frigjord_timme_per_timme": 0.8, "andel_timmar_procent": 30}
        shift |= {"stegstorlek_timmar": 1, "utbildad": "2023-02-01", "overlamnad": "2023-02-01"}
        blocks = {"effektgrupp": "admin_tid", "dimensionering": posts, "uppgiftsvaxling": shift}
        plan = [measure(key, omfattning={"enheter": ["avd_a"]}, **blocks) for key in ("vns_ett", "vns_tva")]
        return run(template(*plan, region=world), 4)

    capped, free = two(timbudget={"admin_tid": {"usk": 1}}), two()
    where = {"unit": "avd_a", "group": "usk"}
    freed, realised = capped.sum("freed", **where), capped.sum("realised", **where)
    room = 0.01 * (capped.sum("need", **where) + realised)
    assert (freed <= room + 2 * len(capped.template.weeks)).all(), "two shifts, each rounded to a minute a week"
    assert freed.mean() > 0.5 * room.mean(), "the shift lives on what the budget lets it"
    assert (free.sum("freed") > 1.5 * capped.sum("freed")).all()
