"""Rules that a manager would state in a sentence: who is hired, who may work where, what is ordered and what is paid."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.model.trajectory import ACCOUNT
from tests.directional.build import RULES, Runs, falls, measure, merged, paired, rises, run, template, unchanged

pytestmark = pytest.mark.directional


def agency_paid(runs: Runs, weeks: slice) -> NDArray[np.float64]:
    """Give paid agency minutes of nurses in some weeks, by simulation."""
    group = runs.template.groups.index("ssk")
    return np.array([float(t.weeks[weeks, :, group, ACCOUNT.index("agency_paid")].sum()) for t in runs.all])


def test_an_announced_rise_of_need_is_staffed_from_its_first_week_an_unannounced_one_after_the_lead_time() -> None:
    """Need up by a third from 5 June: announced, agency staff stand there the same week; else three weeks later."""
    more = {"vardbehov": {"andring_procent": 33, "yrkesgrupper": ["ssk"]}}
    told, untold = (
        run(template(measure("oppnar", start="2023-06-05", aviserad=answer, **more), years=1), 12) for answer in ("ja", "nej")
    )
    first = told.template.weeks.index("2023-v23")
    assert (agency_paid(told, slice(0, first)) == agency_paid(untold, slice(0, first))).all()
    assert rises(agency_paid(told, slice(first, first + 3)), agency_paid(untold, slice(first, first + 3)))
    late = slice(first + 6, first + 20)
    gap = paired(agency_paid(told, late), agency_paid(untold, late))
    assert abs(gap.mean) < 0.25 * agency_paid(untold, late).mean()


def test_no_delivery_week_is_ordered_twice_or_forgotten_when_the_lead_time_changes() -> None:
    """Two weeks longer to decide, and later two weeks shorter again: agency hours of the year are as before, within 10 %."""
    slower = measure("beslut", start="2023-03-06", slut="2023-08-31", hyrstyrning={"beslutsledtid_veckor": 2})
    changed, as_is = run(template(slower, years=1), 12), run(template(years=1), 12)
    change = paired(changed.sum("agency_paid"), as_is.sum("agency_paid"))
    assert abs(change.mean) < 0.1 * as_is.sum("agency_paid").mean()
    between = slice(8, 14)
    assert agency_paid(changed, between).mean() > 0.5 * agency_paid(as_is, between).mean() > 0


def test_pool_posts_are_paid_also_when_nobody_needs_them() -> None:
    """Far more pool hours than there are gaps: hourly pool staff cost what they work, pool posts cost all they are paid for."""
    posts = measure("pool", resurspool={"yrkesgrupper": ["ssk"], "antal_tjanster": 20, "timmar_per_tjanst_vecka": 33})
    hours = measure("pool", resurspool={"yrkesgrupper": ["ssk"], "timmar_vecka": 660})
    paid, used = run(template(posts), 8), run(template(hours), 8)
    assert (paid.sum("pool") == used.sum("pool")).all()
    assert rises(paid.sum("wage_ore"), used.sum("wage_ore"))


def test_a_closed_unit_hires_nobody() -> None:
    """A ward that is closed keeps its staff until they leave and fills no post."""
    shut = measure("stanger", start="2023-03-01", dimensionering={"stang_enhet": "avd_b"})
    closed = run(template(shut, years=2), 8)
    assert closed.sum("hires", unit="avd_b", months=slice(8, None)).max() == 0
    assert unchanged().sum("hires", unit="avd_b").min() > 0


def test_doctors_keep_to_their_speciality_and_nurses_do_not() -> None:
    """Another speciality next door: no doctor moves there, nurses do."""
    region = {
        "enheter": {"avd_b": {"specialitet": "kirurgi"}, "central": None},
        "yrkesgrupper": {g: {"intern_rorlighet_procent_ar": 40} for g in ("lakare", "ssk")},
    }
    runs = run(template(region=region, years=3), 8)
    assert runs.sum("moves_in", group="lakare").max() == 0
    assert runs.sum("moves_in", group="ssk").min() > 0


def test_new_posts_find_people_even_where_nobody_works_yet() -> None:
    """Posts in a group that the region does not have: somebody applies to them within two years."""
    bare = merged({"enheter": {u: {"anstallda": {"vns": None}} for u in ("avd_a", "avd_b")}}, {})
    new = measure("vns", dimensionering={"yrkesgrupp": "vns", "antal_aa": 6, "beslut_under_ar": "ja", "enheter": ["avd_a"]})
    assert run(template(new, region=bare, years=2), 8).sum("hires", group="vns").min() > 0


def test_seats_that_nobody_can_supervise_are_reported_and_wait() -> None:
    """Thirty seats and hardly a supervisor: few start, the rest are reported as waiting."""
    seats = measure(
        "utb", utbildningstjanst={"fran": "ssk", "till": "spec_ssk", "platser": {"vt": 30, "ht": 30}, "handledartimmar_vecka": 5}
    )
    region = {"handledare": {"timmar_vecka_per_person": 0.3}}
    runs = run(template(seats, region=region, years=2), 6)
    assert runs.sum("seats_waiting").min() > 0
    assert runs.sum("training_starts").max() < 60


def test_few_stay_past_the_age_to_which_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the right to stay ending at 64 instead of 69, fewer are employed past 65."""
    old = {"yrkesgrupper": {"usk": {"aldersfordelning": {"50-59": 60, "60-62": 40}, "pension": {"typisk_relativt_riktalder": 2}}}}
    late = run(template(region=old, years=4), 8)
    monkeypatch.setitem(RULES, "las_alder_ar", {"1990-01-01": 64})
    early = run(template(region=old, years=4), 8)

    def over_65(runs: Runs) -> NDArray[np.float64]:
        return np.array([float(t.ages[-1, runs.template.groups.index("usk"), 65:].sum()) for t in runs.all])

    assert falls(over_65(early), over_65(late))
