"""A region's own months are read like other series, and a hole in them is told where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.calibration.months import About, read_monthly
from kompetenssim.calibration.series import Row
from kompetenssim.spec.node import Problems

pytestmark = pytest.mark.unit
HEADING = "manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr\n"
ABOUT = About("Länet", "Bokförd kostnad per månad", "Ekonomisystemet 2018-02", 5.0, ("2018-02",))
KNOWN = {"yrkesgrupp": ["ssk", "lakare"], "omrade": ["sjukhus"]}


def read(text: str) -> tuple[tuple[Row, ...], list[str]]:
    problems = Problems()
    rows = read_monthly(text.encode(), "manader.csv", KNOWN, ABOUT, problems)
    return rows, [str(p) for p in problems.sorted_errors()]


def test_each_amount_of_a_month_is_a_row_with_what_holds_for_all() -> None:
    rows, faults = read(HEADING + "2017-01;ssk;sjukhus;1,2;20\n2017-02;ssk;sjukhus;1,4;21\n2017-01;;;9;\n")
    assert not faults
    assert [(r.indicator, r.group, r.area, r.period.text, r.value) for r in rows] == [
        ("hyrkostnad_mkr", "alla", "alla", "2017-01", 9), ("hyrkostnad_mkr", "ssk", "sjukhus", "2017-01", 1.2),
        ("hyrkostnad_mkr", "ssk", "sjukhus", "2017-02", 1.4), ("personalkostnad_mkr", "ssk", "sjukhus", "2017-01", 20),
        ("personalkostnad_mkr", "ssk", "sjukhus", "2017-02", 21),
    ]
    assert {(r.source, r.breaks, r.unit, r.kind) for r in rows} == {("Ekonomisystemet 2018-02", ("2018-02",), "mkr", "utfall")}
    assert rows[0].error == pytest.approx(0.45)


@pytest.mark.parametrize(
    ("lines", "where", "said"),
    [
        ("2017-01;ssk;;1;20\n2017-04;ssk;;1;20\n", "3:1: hyrkostnad_mkr", "2 månader saknas mellan 2017-01 och 2017-04 för"),
        ("2016-12;ssk;;1;20\n2017-02;ssk;;1;\n", "3:1: hyrkostnad_mkr", "en månad saknas mellan 2016-12 och 2017-02"),
        ("2017-01;ssk;;1;20\n2017-02;ssk;;;21\n2017-03;ssk;;1;22\n", "3:14: hyrkostnad_mkr", "en månad saknas"),
        ("2017-01;ssk;;NaN;20\n", "2:14: hyrkostnad_mkr", "ett tal i mkr (0 eller mer) väntades, inte 'NaN'"),
        ("2017-01;ssk;;-1;20\n", "2:14: hyrkostnad_mkr", "ett tal i mkr (0 eller mer) väntades, inte '-1'"),
        ("2017-01;sssk;;1;20\n", "2:9: yrkesgrupp", "yrkesgruppen 'sssk' finns inte; det finns lakare, ssk"),
    ],
)
def test_what_a_fit_would_take_for_nothing_is_refused(lines: str, where: str, said: str) -> None:
    _, faults = read(HEADING + lines)
    assert any(told.startswith(f"manader.csv:{where}: ") and said in told for told in faults), faults


def test_a_series_may_begin_late_and_end_early() -> None:
    _, faults = read(HEADING + "2017-01;ssk;;;20\n2017-02;ssk;;1;21\n2017-03;ssk;;1;\n")
    assert not faults


def test_the_file_is_recognised_and_checked_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "vilket_namn_som_helst.csv"
    path.write_text("\ufeff" + HEADING + "2017-01;ssk;;1;20\n2017-02;ssk;;1;21\n", encoding="utf-8")
    report = ks.check(path)
    assert report.ok and report.kind == "månadsserie"
    assert report.facts == ("4 tal, 2017-01 till 2017-02",)
