"""Training posts take people out first and give them back in another group; supervision sets the pace."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.directional.build import Runs, falls, measure, rises, run, template

pytestmark = pytest.mark.directional

SHORT = ("agency", "overtime", "unmet")

#: Specialists are short and nobody applies; nurses apply in plenty, so that those who study are replaced.
SPECIALISTS_SHORT: dict[str, Any] = {
    "startlagen": {"2023-01-01": {"vakansgrad_procent": {"spec_ssk": 25}, "obemannat_procent": {"spec_ssk": 30}}},
    "enheter": {"avd_a": {"anstallda": {"ssk": 60, "spec_ssk": 20}}, "avd_b": {"anstallda": {"ssk": 60, "spec_ssk": 20}}},
    "yrkesgrupper": {
        "spec_ssk": {"sokande": {"ankomst_per_ar": 2}},
        "ssk": {"sokande": {"ankomst_per_ar": 60, "talamod_veckor": 20}},
    },
}
STUDY, AFTER = slice(8, 20), slice(24, 48)  # term start in September 2023, two terms


@cache
def plan(posts: bool) -> Runs:
    block = {
        "fran": "ssk", "till": "spec_ssk", "enheter": ["avd_a", "avd_b"], "platser": {"ht": 12}, "studietakt_procent": 100,
        "langd_terminer": 2, "avbrott_procent_termin": 4, "ersattning_andel": 0,
    }  # fmt: skip
    added = [measure("utbildning", start="2023-ht", slut="2023-12-31", utbildningstjanst=block)] if posts else []
    return run(template(*added, region=SPECIALISTS_SHORT, years=4), 10)


def test_twelve_training_posts_raise_agency_use_first_and_lower_it_after_examination() -> None:
    """A seat takes a nurse from the ward for a year and gives the region a specialist, in agency hours and in all shortage."""
    trained, without = plan(True), plan(False)
    assert (trained.sum("training_starts") == 12).all()
    for names in (("agency",), SHORT):
        assert rises(trained.sum(*names, months=STUDY), without.sum(*names, months=STUDY))
        assert falls(trained.sum(*names, months=AFTER), without.sum(*names, months=AFTER))


def test_before_the_term_starts_nothing_differs() -> None:
    """Nothing happens before the September of the term start."""
    trained, without = plan(True), plan(False)
    for name in ("agency", "unmet", "own", "wage_ore"):
        assert (trained.sum(name, months=slice(0, 8)) == without.sum(name, months=slice(0, 8))).all()


def test_training_changes_the_group_of_a_head_and_adds_none() -> None:
    """B3: after examination the specialists are more; the heads of nurses were one fewer for each and are hired back."""
    trained, without = plan(True), plan(False)
    assert rises(trained.stock("employees", group="spec_ssk"), without.stock("employees", group="spec_ssk"))
    assert falls(trained.sum(*SHORT, group="spec_ssk", months=AFTER), without.sum(*SHORT, group="spec_ssk", months=AFTER))
    assert rises(trained.sum(*SHORT, group="ssk", months=STUDY), without.sum(*SHORT, group="ssk", months=STUDY))
    moved = trained.sum("group_in", group="spec_ssk") - trained.sum("training_exams")
    assert (moved == 0).all()
    assert (trained.sum("group_in") == trained.sum("group_out")).all()


def test_r6_training_posts_raise_the_workload_while_people_are_away() -> None:
    """R6: those who stay on the ward carry the load of those who study."""
    trained, without = plan(True), plan(False)
    load = {"group": "ssk", "unit": ["avd_a", "avd_b"], "months": STUDY}
    assert rises(trained.ratio("workload_micro_days", "days", **load), without.ratio("workload_micro_days", "days", **load))


PROGRAMME: dict[str, Any] = {
    "utbildningar": {
        "spec": {
            "titel": "Specialistutbildning", "fran": "ssk", "till": "spec_ssk", "enheter": ["avd_a", "avd_b"],
            "platser": {"vt": 3, "ht": 3}, "studietakt_procent": 50, "langd_terminer": 2, "handledartimmar_vecka": 3,
        }
    },
    "handledare": {"timmar_vecka_per_person": 0.5},
}  # fmt: skip
NURSES = ["ssk", "spec_ssk"]


@cache
def scarce_supervision(*measures: str, agency: bool = False) -> Runs:
    added = [measure("handledare", handledning={"handledarfamiljer": ["ssk"], "kapacitet_procent": 60})] if measures else []
    heavy = {"startlagen": {"2023-01-01": {"obemannat_procent": {"ssk": 40, "spec_ssk": 40}}}} if agency else {}
    return run(template(*added, region=PROGRAMME | heavy, years=3), 16)


def test_r3_a_higher_agency_share_lowers_supervision_and_delays_training() -> None:
    """R3: agency staff cannot supervise, so a region full of them admits and examines fewer."""
    heavy, light = scarce_supervision(agency=True), scarce_supervision()
    assert rises(heavy.sum("agency"), light.sum("agency"))
    available = "supervision_available_minutes"
    assert falls(heavy.sum(available, group=NURSES), light.sum(available, group=NURSES))
    assert falls(heavy.sum("training_starts"), light.sum("training_starts"))
    assert falls(heavy.sum("training_exams"), light.sum("training_exams"))


def test_more_supervision_admits_and_examines_more() -> None:
    """Where supervision is what limits training, more of it carries more of the wished seats."""
    more, as_is = scarce_supervision("handledare"), scarce_supervision()
    assert rises(more.sum("training_starts"), as_is.sum("training_starts"))
    assert rises(more.sum("training_exams"), as_is.sum("training_exams"))


def test_more_supervisors_speed_up_st() -> None:
    """Resident doctors whose supervision is not served finish later; more supervisors bring specialists sooner."""
    region = {
        "yrkesgrupper": {"st": {"titel": "ST-läkare", "manadslon_kr": 50000, "hyrs_in": "nej", "handledarfamilj": "lakare"}},
        "enheter": {"avd_a": {"anstallda": {"st": 6}}, "avd_b": {"anstallda": {"st": 6}}},
        "utbildningar": {
            "st": {
                "titel": "ST", "typ": "st", "fran": "st", "under": "st", "till": "lakare", "extern_antagning": "ja",
                "platser": {"vt": 1, "ht": 1}, "langd_terminer": 6, "handledartimmar_vecka": 2,
            }
        },
        "handledare": {"timmar_vecka_per_person": 0.8},
    }  # fmt: skip
    more = measure("handledare", handledning={"handledarfamiljer": ["lakare"], "kapacitet_procent": 100})
    supervised, as_is = (run(template(*m, region=region, years=4), 10) for m in ([more], []))
    assert rises(supervised.sum("training_exams"), as_is.sum("training_exams"))


def test_introduction_with_mentors_takes_time_now() -> None:
    """A mentor programme takes hours of experienced staff: own hours fall while it teaches."""
    mentors = measure("mentor", introduktion={"yrkesgrupper": ["ssk"], "mentor_timmar": 6, "tidsandel_procent": 10})
    with_mentors, without = (run(template(*m, years=1), 12) for m in ([mentors], []))
    assert falls(with_mentors.sum("own", "surplus", group="ssk"), without.sum("own", "surplus", group="ssk"))
