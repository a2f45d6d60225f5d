"""Outcomes for a review come out of the files that a region has, in the unit of the indicator."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]


def test_a_shipped_series_gives_outcomes_only(tmp_path: Path) -> None:
    found = {(o.indicator, o.period, o.area, o.group): o.value for o in ks.read_outcomes(ROOT / "calibration/rjh/hyrkostnad.csv")}
    assert found["hyrkostnad_mkr", "2018", "alla", "alla"] == 134.1
    assert found["hyrkostnad_mkr", "2018", "primarvard", "lakare"] == 39.9
    assert len(found) == 18, "six lines in three years; no target, no derived row"


def test_shares_in_per_cent_become_shares() -> None:
    found = {(o.indicator, o.period, o.group): o.value for o in ks.read_outcomes(ROOT / "calibration/rjh/hyrandel.csv")}
    assert all(0 < value < 1 for (indicator, _, _), value in found.items() if indicator.startswith("hyrandel"))


def test_twelve_months_are_a_year_as_well_and_eleven_are_not(tmp_path: Path) -> None:
    months = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)][:-1]
    path = tmp_path / "manader.csv"
    text = "manad;yrkesgrupp;omrade;hyrkostnad_mkr\n" + "".join(f"{m};ssk;sjukhus;1,5\n" for m in months)
    path.write_text(text, encoding="utf-8")
    found = {o.period: o for o in ks.read_outcomes(path)}
    assert set(found) == {*months, "2023"}
    assert found["2023"] == ks.Outcome("hyrkostnad_mkr", "2023", 18.0, "sjukhus", "ssk")


def test_faults_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "manader.csv"
    path.write_text("manad;yrkesgrupp;omrade;hyrkostnad_mkr\n2023-13;ssk;sjukhus;1,5\n", encoding="utf-8")
    with pytest.raises(ks.SpecificationError, match=r"manader\.csv:2"):
        ks.read_outcomes(path)
