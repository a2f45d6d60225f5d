"""Plans that add up on paper only are warned of where they are written, by loading and by kontrollera alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.resolve import resolve
from kompetenssim.spec.specification import once
from tests.spec.test_meets_region import PLAN, REGION, measures, write

pytestmark = pytest.mark.unit

LONG = PLAN.replace("slut: 2024-03-31", "slut: 2026-12-31")
SHIFT = "uppgiftsvaxling: {fran: ssk, till: usk, frigjord_timme_per_timme: 0.8, tillford_aa: 1, utbildad: 2024-01%s}"
TRAINING = "utbildningstjanst: {typ: ast, fran: ssk, till: usk, platser: {vt: %d}, handledartimmar_vecka: 2, langd_terminer: %d}"


def warned(folder: Path, *written: str, region: str = REGION) -> dict[str, list[tuple[str, int, str]]]:
    """Give the warnings of a plan with these measures by code: path, line, text."""
    path = write(folder, region=region, plan=measures(*written).replace(PLAN, LONG))
    spec = ks.load(path)
    assert list(ks.check(path).warnings) == list(spec.warnings)
    found: dict[str, list[tuple[str, int, str]]] = {}
    for w in spec.warnings:
        found.setdefault(w.code, []).append((w.path, w.line, w.text))
    return found


@pytest.mark.parametrize("handed", ["", ", overlamnad: 2024-03, overlamnad_andel: 0"])
def test_a_task_shift_that_is_never_handed_over(tmp_path: Path, handed: str) -> None:
    ((path, line, text),) = warned(tmp_path, SHIFT % handed)["overlamnad_saknas"]
    assert (path, line) == ("atgarder.m0.uppgiftsvaxling", 8)
    assert "skriv dagen då givarnas schema är ändrat" in text


def test_a_handover_that_a_plan_leaves_out_on_purpose_is_told_of_but_not_warned_of(tmp_path: Path) -> None:
    """The word `aldrig` says that it is meant; the plan is the one without the key."""
    path = write(tmp_path, plan=measures(SHIFT % ", overlamnad: aldrig").replace(PLAN, LONG))
    (told,) = ks.load(path).warnings
    assert (told.code, told.level, told.path) == ("overlamnad_saknas", "upplysning", "atgarder.m0.uppgiftsvaxling.overlamnad")
    without = write(tmp_path / "utan", plan=measures(SHIFT % "").replace(PLAN, LONG))
    assert resolve(ks.load(path)) == resolve(ks.load(without))


def test_a_task_shift_that_is_handed_over_in_time_is_not_warned_of(tmp_path: Path) -> None:
    assert warned(tmp_path, SHIFT % ", overlamnad: 2024-06") == {}


def test_a_handover_before_the_receivers_are_trained(tmp_path: Path) -> None:
    early = SHIFT.replace("2024-01", "2024-06") % ", overlamnad: 2024-03"
    ((path, _, text),) = warned(tmp_path, early)["overlamnad_fore_utbildad"]
    assert path == "atgarder.m0.uppgiftsvaxling.overlamnad"
    assert "lämnas över 2024-03-01, innan mottagarna är utbildade 2024-06-01" in text


@pytest.mark.parametrize(
    ("written", "path", "what"),
    [
        (SHIFT % ", overlamnad: 2027-06", "uppgiftsvaxling", "lämnas över 2027-06-01"),
        (TRAINING % (1, 8), "utbildningstjanst", "de första är färdiga 2028-"),
        ("start: 2026-06, ramp_manader: 36, behalla: {yrkesgrupper: [ssk], avgang_faktor: 0.9}", "ramp_manader", "halva"),
    ],
)
def test_what_comes_after_the_end(tmp_path: Path, written: str, path: str, what: str) -> None:
    ((at, line, text),) = warned(tmp_path, written)["utanfor_horisonten"]
    assert (at, line) == (f"atgarder.m0.{path}", 8)
    assert what in text and "läs inte åtgärden som verkningslös" in text


def test_two_measures_that_claim_the_same_hours(tmp_path: Path) -> None:
    saved = "effektgrupp: admin_tid, effektivisering: {yrkesgrupper: [ssk], frigjord_andel_procent: 2}"
    ((path, line, text),) = warned(tmp_path, saved, saved)["samma_timmar"]
    assert (path, line) == ("atgarder.m1.effektgrupp", 9)
    assert "m0, m1" in text and "upp till 4 %" in text and "skriv timbudget.admin_tid.ssk i regionfilen" in text


@pytest.mark.parametrize(("percent", "told"), [(3, True), (4, False)])
def test_the_same_hours_beyond_the_hour_budget(tmp_path: Path, percent: float, told: bool) -> None:
    """Within the budget there is nothing to tell; beyond it the model takes the rest away, and says so."""
    saved = "effektgrupp: admin_tid, effektivisering: {yrkesgrupper: [ssk], frigjord_andel_procent: 2}"
    found = warned(tmp_path, saved, saved, region=REGION + f"timbudget: {{admin_tid: {{alla: {percent}}}}}\n")
    assert ("samma_timmar" in found) is told
    if told:
        assert "mer än timbudgeten 3 %" in found["samma_timmar"][0][2]


@pytest.mark.parametrize("other", [
    "effektgrupp: annan, effektivisering: {yrkesgrupper: [ssk], frigjord_andel_procent: 2}",
    "effektgrupp: admin_tid, effektivisering: {yrkesgrupper: [usk], frigjord_andel_procent: 2}",
    "start: 2026-01, effektgrupp: admin_tid, effektivisering: {yrkesgrupper: [ssk], frigjord_andel_procent: 2}",
])
def test_other_hours_are_not_the_same(tmp_path: Path, other: str) -> None:
    saved = "slut: 2025-06, effektgrupp: admin_tid, effektivisering: {yrkesgrupper: [ssk], frigjord_andel_procent: 2}"
    assert "samma_timmar" not in warned(tmp_path, saved, other)


def test_wages_in_posts_and_in_cost(tmp_path: Path) -> None:
    posts = "dimensionering: {yrkesgrupp: ssk, antal_aa: 2}, kostnad: {arlig_mkr: %s}"
    ((path, _, text),) = warned(tmp_path / "a", posts % 1.2)["lon_tva_ganger"]
    assert path == "atgarder.m0.kostnad.arlig_mkr"
    assert "1,3 mkr med PO" in text  # 2 × 36 000 × 12 × 1,45
    assert "lon_tva_ganger" not in warned(tmp_path / "b", posts % 0.2)


def test_more_seats_than_supervision_can_carry(tmp_path: Path) -> None:
    ((path, line, text),) = warned(tmp_path / "a", TRAINING % (20, 4))["handledning_racker_inte"]
    assert (path, line) == ("atgarder.m0.utbildningstjanst", 8)
    assert "80 handledningstimmar" in text and "sprid starterna" in text
    assert "handledning_racker_inte" not in warned(tmp_path / "b", TRAINING % (1, 2))


def test_a_change_of_on_costs_moves_the_share(tmp_path: Path) -> None:
    region = REGION.replace("{2024: 45}", "{2024: 46.15, 2025: 52.28}")
    ((path, line, text),) = warned(tmp_path, region=region)["po_andras"]
    assert (path, line) == ("ekonomi.po_procent.2025", 5)
    assert "från 46,15 till 52,28 % 2025" in text and "hyrandelen sjunker utan att något gjorts" in text


def test_what_no_edit_cures_informs_and_leaves_the_file_clean(tmp_path: Path) -> None:
    path = write(tmp_path, region=REGION.replace("{2024: 45}", "{2024: 46.15, 2025: 52.28}"), plan=measures().replace(PLAN, LONG))
    assert [w.level for w in ks.load(path).warnings] == ["upplysning"]
    said = ks.check(path).text()
    assert said.splitlines()[1] == "  1 upplysning om hur resultatet ska läsas; visas vid körning och i rapporten"
    assert "Varningar" not in said and "PO" not in said


def test_a_warning_of_a_shared_file_is_told_once(tmp_path: Path) -> None:
    posts = "dimensionering: {yrkesgrupp: ssk, antal_aa: 2}, kostnad: {arlig_mkr: 1.2}"
    report = ks.check(write(tmp_path, region=REGION, plan=measures(posts).replace(PLAN, LONG)))
    (warning,) = report.warnings
    assert warning.level == "varning" and once([warning, replace(warning, column=99), warning]) == [warning]
    assert str(warning) in report.text()
    again = report.text([warning])
    assert "Varningar (1, varav 1 visas ovan):" in again and str(warning) not in again
