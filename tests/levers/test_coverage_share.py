"""What the coverage share (omfattning.andel) weighs: factors and shares, never a total that a person counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kompetenssim.engine import compiled
from kompetenssim.model.trajectory import Trajectory
from tests.engine.worlds import COVERED, Tree, template, theta
from tests.spec.test_strategist_warnings import warned

pytestmark = pytest.mark.unit

TOTALS: dict[str, Tree] = {
    "tjänster": {"dimensionering": {"yrkesgrupp": "sjukskoterska", "antal_aa": 4, "beslut_under_ar": "ja"}},
    "platser": {"utbildningstjanst": {"fran": "sjukskoterska", "till": "specialist", "platser": {"ht": 3}}},
    "kullar": {"rekrytering": {"art": "kohort", "yrkesgrupp": "sjukskoterska", "antal": 8, "leverans_datum": "2023-06"}},
    "pooltimmar": {"resurspool": {"yrkesgrupp": "sjukskoterska", "antal_tjanster": 2}},
    "tak": {"hyrstyrning": {"yrkesgrupp": "lakare", "tak_per_vecka": 1}},
    "nivåer och sammanlagda tal": {"dimensionering": {"yrkesgrupp": "sjukskoterska", "bemanningsmal_timmar": 30}},
}


def played(folder: Path, share: float, blocks: Tree) -> Trajectory:
    """Run one measure with a coverage share."""
    coverage = {"enheter": COVERED, "andel": share}
    plan = {"nyckel": "m", "titel": "m", "antagande": "ja", "start": "2023-02-01", "omfattning": coverage}
    t = template(folder, [plan | blocks])
    return compiled.simulate(t, theta(t), seed=1, simulation=0)


def same(a: Trajectory, b: Trajectory) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("name", TOTALS)
def test_a_total_is_what_it_says_whatever_the_share(tmp_path: Path, name: str) -> None:
    whole, part = (played(tmp_path / str(share), share, TOTALS[name]) for share in (1.0, 0.4))
    assert same(whole, part)
    without = template(tmp_path / "utan")
    assert not np.array_equal(whole.months, compiled.simulate(without, theta(without), seed=1, simulation=0).months)


@pytest.mark.parametrize("blocks", [
    {"behalla": {"avgang_faktor": 0.9}},
    {"resurspool": {"yrkesgrupp": "sjukskoterska", "frivilliga_andel_procent": 5, "timmar_per_frivillig_vecka": 2,
                    "fran": {"yrkesgrupp": "underskoterska", "enheter": ["avdelning"]}}},
    {"dimensionering": {"yrkesgrupp": "sjukskoterska", "bemanningsmal_procent": 5}},
])
def test_a_factor_and_a_share_are_weighed(tmp_path: Path, blocks: Tree) -> None:
    whole, part = (played(tmp_path / str(share), share, blocks) for share in (1.0, 0.4))
    assert not same(whole, part)


SHARE = "omfattning: {andel: 0.5}, "
POSTS = "dimensionering: {yrkesgrupp: usk, antal_aa: 2}"


@pytest.mark.parametrize(("written", "named"), [
    (POSTS, "tjänster"),
    ("utbildningstjanst: {fran: ssk, till: usk, platser: {vt: 1}}", "platser"),
    ("rekrytering: {art: kohort, yrkesgrupp: ssk, antal: 8, leverans_datum: 2024-06}", "kullar"),
    ("resurspool: {yrkesgrupper: [ssk], antal_tjanster: 2}", "pooltimmar"),
    ("hyrstyrning: {yrkesgrupper: [ssk], tak_per_vecka: 2}", "tak"),
    ("forutsattning: {atgarder: [m1], lyfter_realisering_pp: 5}", "lyft av andra åtgärder"),
    ("dimensionering: {yrkesgrupper: [ssk], bemanningsmal_timmar: 10}", "nivåer och sammanlagda tal"),
])
def test_a_share_that_weighs_nothing_is_told_with_its_line_and_what_to_do(tmp_path: Path, written: str, named: str) -> None:
    other = "behalla: {yrkesgrupper: [ssk], avgang_faktor: 0.9}"
    ((path, line, text),) = warned(tmp_path, SHARE + written, other)["andel_utan_verkan"]
    assert (path, line) == ("atgarder.m0.omfattning.andel", 8)
    assert f"ändrar inget tal: {named} är" in text and "ta bort andel" in text


@pytest.mark.parametrize("written", [
    POSTS,
    "omfattning: {andel: 1}, " + POSTS,
    SHARE + "behalla: {yrkesgrupper: [ssk], avgang_faktor: 0.9}, " + POSTS,
    SHARE + POSTS + ", uppgiftsvaxling: {fran: ssk, till: usk, overlamnad: 2025-06}",
    SHARE + "effekt: ingen",
])
def test_a_share_that_weighs_something_is_not_told_of(tmp_path: Path, written: str) -> None:
    assert "andel_utan_verkan" not in warned(tmp_path, written)
