"""A table that says a figure twice says the same both times, within the rounding of its source; otherwise the row is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kompetenssim.calibration.identities import Identity, check_identities
from kompetenssim.calibration.series import Row, Series, read_folder
from kompetenssim.spec.node import Problems

pytestmark = pytest.mark.unit
RJH = Path(__file__).resolve().parents[2] / "calibration" / "rjh"


def shipped() -> Series:
    return read_folder(RJH, "calibration/rjh", Problems())


def checked(series: Series) -> tuple[tuple[Identity, ...], list[str]]:
    problems = Problems()
    return check_identities(series, problems), [str(p) for p in problems.sorted_errors()]


def changed(name: str, period: str, by: float) -> Series:
    """Give the shipped rows with one figure moved."""
    rows = shipped().rows
    assert sum((row.series, row.period.text) == (name, period) for row in rows) == 1

    def move(row: Row) -> Row:
        return replace(row, value=row.value + by) if (row.series, row.period.text) == (name, period) else row

    return Series(tuple(map(move, rows)))


def test_every_identity_of_the_shipped_figures_holds() -> None:
    """K1–K3: two sums for three years and for the targets; K4 and K5: six lines in millions and per cent; K6 three, K8 one."""
    identities, faults = checked(shipped())
    assert not faults
    counts = {name: sum(i.name == name for i in identities) for name in ("K1–K3", "K4", "K5", "K6", "K8")}
    assert counts == {"K1–K3": 8, "K4": 12, "K5": 12, "K6": 3, "K8": 1}


def test_the_cost_that_the_nurses_share_is_a_share_of_is_616_million() -> None:
    """K6: 22.8 / 3.7 %, between 608 and 625 by the rounding of the share."""
    identities, _ = checked(shipped())
    nurses = next(i for i in identities if i.row.series == "totalkostnad_ssk")
    assert (round(nurses.computed), round(nurses.low), round(nurses.high)) == (616, 608, 625)
    doctors = {i.row.series: round(i.computed) for i in identities if i.name == "K6" and i.row.group == "lakare"}
    assert doctors == {"totalkostnad_lakare": 651, "egen_kostnad_lakare": 542}


@pytest.mark.parametrize(
    ("name", "period", "by", "broken"),
    [
        ("hyrkostnad_lakare_primarvard", "2015", 0.2, "K1–K3 går inte ihop: summan för lakare 2015 (64 + 44,1) = 108,1 mkr"),
        ("hyrkostnad_summa", "2017", -0.2, "K1–K3 går inte ihop: summan för alla 2017 (138,5 + 47,3 + 4,2) = 190 mkr"),
        ("hyrkostnad_forandring_ssk", "2017/2018", 0.1, "K4 går inte ihop: 22,8 − 47,3 = -24,5 mkr, filen har -24,3"),
        ("hyrkostnad_forandring_procent_summa", "2017/2018", 2, "K4 går inte ihop: (134,1 − 189,9) / 189,9 = -29,38 procent"),
        ("hyrkostnad_avvikelse_ovrig", "2018", -0.2, "K5 går inte ihop: 2,5 − 4,1 = -1,6 mkr"),
        ("hyrkostnad_avvikelse_procent_ovrig", "2018", -3, "K5 går inte ihop"),
        ("totalkostnad_ssk", "2018-12", 10, "K6 går inte ihop: 22,8 / 3,7 % = 616,22 mkr, filen har 626; tillåtet är 608 till"),
        ("pris_per_hyrlakarvecka", "2018", 1000, "K8 går inte ihop: 39,9 mkr / 610 veckor = 65409,84 kr_per_vecka, filen"),
    ],
)
def test_a_figure_that_does_not_fit_is_told_where_it_is_printed(name: str, period: str, by: float, broken: str) -> None:
    _, faults = checked(changed(name, period, by))
    assert any(broken in told for told in faults), faults
    assert all(told.startswith("calibration/rjh/") and "Rätta det tal som är fel" in told for told in faults)


@pytest.mark.parametrize(
    ("name", "by"), [("hyrkostnad_forandring_procent_ovrig", 1.4), ("hyrkostnad_forandring_procent_ssk", 0.8)])
def test_percentages_have_one_point_and_the_small_line_two(name: str, by: float) -> None:
    assert not checked(changed(name, "2017/2018", by))[1]


def test_a_derived_row_without_what_it_is_derived_from_is_told() -> None:
    rows = tuple(row for row in shipped().rows if row.series != "hyrlakarveckor")
    (told,) = checked(Series(rows))[1]
    assert "(kostnad_per_vecka) men stafettveckor (utfall) för lakare, primarvard, 2018 saknas; rätta det eller töm" in told
    assert told.startswith("calibration/rjh/hyrpriser.csv:2:")


def test_what_cannot_be_divided_by_is_told() -> None:
    (told,) = checked(changed("hyrlakarveckor", "2018", -610))[1]
    assert "hyrlakarveckor 2018 är 0 och går inte att dela med" in told


def test_sums_are_asked_for_only_where_all_parts_are_given() -> None:
    """Nurses of 2017 left out: no total can be checked, and nothing is said of it."""
    without = ("hyrkostnad_ssk", "2017")
    rows = tuple(row for row in shipped().rows if (row.series, row.period.text) != without and not row.computed)
    identities, faults = checked(Series(rows))
    assert not faults
    assert len([i for i in identities if i.row.period.text == "2017"]) == 1
