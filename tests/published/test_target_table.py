"""S000 table 3.1, the region's own arithmetic: every printed cell again from the figures of the series.

The cost of 2015 is the target. Change = 2018 − 2017, deviation = 2018 − target; percentages of 2017 and of the target. Printed
with one decimal and none: cells agree within 0.1 million kronor and one percentage point (two for the small line of others).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.series import Kind, Series, read_folder
from kompetenssim.spec.node import Problems

pytestmark = pytest.mark.published
RJH = Path(__file__).resolve().parents[2] / "calibration" / "rjh"

#: As printed: target and 2015, 2017, 2018, change, per cent, deviation, per cent.
PRINTED = {
    ("lakare", "alla"): (107.8, 138.5, 108.7, -29.8, -21, 0.9, 1),
    ("lakare", "primarvard"): (63.8, 70.3, 39.9, -30.3, -43, -23.9, -37),
    ("lakare", "sjukhus"): (44.1, 68.2, 68.8, 0.6, 1, 24.8, 56),
    ("ssk_alla", "alla"): (15.9, 47.3, 22.8, -24.4, -52, 6.9, 43),
    ("ovrig_hyra", "alla"): (4.1, 4.2, 2.5, -1.6, -40, -1.6, -39),
    ("alla", "alla"): (127.9, 189.9, 134.1, -55.8, -29, 6.2, 5),
}


NAMES = ("doctors", "doctors, primary care", "doctors, hospital", "nurses", "others", "all")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "published.md"


def rjh() -> Series:
    problems = Problems()
    series = read_folder(RJH, "calibration/rjh", problems)
    assert not problems.errors
    return series


def cost(series: Series, kind: Kind, place: tuple[str, str], year: str) -> float:
    (row,) = series.find(kind, "hyrkostnad_mkr", *place, read_period(year))
    return row.value


@pytest.mark.parametrize("place", PRINTED, ids="-".join)
def test_every_cell_of_the_target_table_is_recomputed(place: tuple[str, str]) -> None:
    series, (goal, before, after, change, change_percent, off, off_percent) = rjh(), PRINTED[place]
    assert cost(series, "mal", place, "2018") == cost(series, "utfall", place, "2015") == goal
    assert (cost(series, "utfall", place, "2017"), cost(series, "utfall", place, "2018")) == (before, after)
    points = 2 if place[0] == "ovrig_hyra" else 1
    assert after - before == pytest.approx(change, abs=0.1 + 1e-9)
    assert 100 * (after - before) / before == pytest.approx(change_percent, abs=points)
    assert after - goal == pytest.approx(off, abs=0.1 + 1e-9)
    assert 100 * (after - goal) / goal == pytest.approx(off_percent, abs=points)


@pytest.mark.parametrize("place", PRINTED, ids="-".join)
def test_the_series_hold_the_cells_as_they_are_printed(place: tuple[str, str]) -> None:
    printed = {row.computed: row.value for row in rjh().of("harledd", "hyrkostnad_mkr") if (row.group, row.area) == place}
    cells = dict(zip(("forandring", "forandring_procent", "avvikelse", "avvikelse_procent"), PRINTED[place][3:], strict=True))
    assert printed == cells


def test_the_page_shows_each_cell_as_printed_and_as_recomputed() -> None:
    """Each cell of `docs/published.md` reads "printed / ours"."""
    series, page = rjh(), PAGE.read_text(encoding="utf-8")
    for name, (place, printed) in zip(NAMES, PRINTED.items(), strict=True):
        goal, before, after = printed[:3]
        ours = (after - before, 100 * (after - before) / before, after - goal, 100 * (after - goal) / goal)
        assert cost(series, "utfall", place, "2018") == after
        cells = " | ".join(f"{shown:g} / {value:.1f}" for shown, value in zip(printed[3:], ours, strict=True))
        assert f"| {name} | {goal} | {before} | {after} | {cells} |".replace("-", "−") in page
