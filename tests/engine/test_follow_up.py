"""A task shift that is half handed over frees half, from the day it was followed up, in both engines."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from numpy.typing import NDArray

from kompetenssim.engine import compiled, reference
from kompetenssim.model.trajectory import ACCOUNT
from kompetenssim.spec.follow_up import FILE
from tests.engine.worlds import COVERED, Tree, difference, region, resolved, scenario, theta, write

pytestmark = pytest.mark.unit
HEAD = "nyckel;datum;status;faktisk_start;infort_andel;utbildad_andel;overlamnad_andel;ansvarig;kommentar\n"
SHIFT = {"fran": "sjukskoterska", "till": "underskoterska", "frigjord_timme_per_timme": 0.8, "andel_timmar_procent": 30,
         "tillford_aa": 3, "stegstorlek_timmar": 1}


@cache
def freed(rows: str = "", handed: str = "2023-03-06", half_from: str = "", **plan: str) -> NDArray[np.float64]:
    """Give the hours freed each week in both engines, which agree in every number of the run."""
    steps = {"overlamnad_steg": {half_from: 0.5}} if half_from else {}
    shift = SHIFT | steps | {"utbildad": "2023-03-06", "overlamnad": handed}
    one: Tree = {"nyckel": "vaxla", "titel": "Växla", "antagande": "ja", "start": "2023-02-01", "uppgiftsvaxling": shift,
                 "omfattning": {"enheter": COVERED}} | plan
    with TemporaryDirectory() as folder:
        tree = scenario([one])
        tree["scenario"]["uppfoljning_till"] = "2024-06-30"
        path = write(Path(folder), region(), tree)
        if rows:
            (path.parent / FILE).write_text(HEAD + rows, encoding="utf-8")
        t = resolved(path)
    runs = [simulate(t, theta(t), seed=1, simulation=0, trace=True) for simulate in (reference.simulate, compiled.simulate)]
    assert difference(*runs, t) == ""
    minutes = runs[0].trace[:, :, ACCOUNT.index("freed")].sum(axis=1)
    return np.asarray(minutes / 60.0)


def week(day: str) -> int:
    """Give the number of a week that begins on a Monday; the period begins on Sunday 1 January 2023."""
    return int((np.datetime64(day) - np.datetime64("2022-12-26")).astype(int)) // 7


FULL, NONE = "vaxla;2023-06-30;pagar;;;1;1;;\n", "vaxla;2023-06-30;pagar;;;1;0;;\n"
HALF = "vaxla;2023-06-30;pagar;;;1;0,5;;\n"
BEGUN, JULY, NOVEMBER = week("2023-03-06"), week("2023-07-03"), week("2023-11-06")


def test_half_handed_over_frees_half() -> None:
    whole, half = freed(FULL), freed(HALF)
    assert whole.sum() > 1000 and freed(NONE).sum() == 0
    assert half.sum() == pytest.approx(whole.sum() / 2, rel=0.001)
    assert (half[:BEGUN] == 0).all() and half[BEGUN] > 0, "from the planned day: that it came in time is what the row says"


def test_the_least_of_what_is_trained_and_handed_over_counts() -> None:
    assert freed("vaxla;2023-06-30;pagar;;;0,5;1;;\n") == pytest.approx(freed(HALF))


def test_earlier_rows_are_the_course_of_the_stage() -> None:
    whole, course = freed(FULL), freed(HALF + "vaxla;2023-11-06;;;;;1;;\n")
    assert course[BEGUN + 1 : NOVEMBER] == pytest.approx(whole[BEGUN + 1 : NOVEMBER] / 2, rel=0.001)
    assert course[NOVEMBER + 1 :] == pytest.approx(whole[NOVEMBER + 1 :], rel=0.001)


def test_a_part_before_the_planned_day_counts_from_its_row_and_the_rest_from_the_plan() -> None:
    whole, part = freed(), freed("vaxla;2023-07-03;pagar;;;1;0,5;;\n", handed="2023-11-06")
    assert (part[:JULY] == 0).all()
    assert part[JULY + 1 : NOVEMBER] == pytest.approx(whole[JULY + 1 : NOVEMBER] / 2, rel=0.001)
    assert part[NOVEMBER + 1 :] == pytest.approx(whole[NOVEMBER + 1 :], rel=0.001)
    assert part == pytest.approx(freed(handed="2023-11-06", half_from="2023-07-03")), "as if the plan had said it"


def test_nothing_handed_over_yet_leaves_the_plan() -> None:
    assert freed("vaxla;2023-06-30;pagar;;;1;0;;\n", handed="2023-11-06") == pytest.approx(freed(handed="2023-11-06"))


def test_what_was_handed_over_before_the_start_is_in_the_start_state() -> None:
    begun = {"start": "2022-07-01", "i_drift_vid_start": "ja"}
    new = freed("vaxla;2022-12-30;pagar;;;1;0,5;;\n", handed="2023-07-03", **begun)
    assert (new[:JULY] == 0).all()
    assert new[JULY + 1 :] == pytest.approx(freed()[JULY + 1 :] / 2, rel=0.001)
