"""Solving backwards on questions whose answer is known: where it changes, what is said when it does not."""

from __future__ import annotations

from math import exp, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.forecast.search.bisection import Range, crossing
from kompetenssim.forecast.search.points import Method, Point, Question
from kompetenssim.forecast.search.solve import Answer, search
from kompetenssim.forecast.targets import Limit

MEAN = Question(Limit(10.0, False, False), None)
FLOOR_AT_80 = Question(Limit(10.0, False, False), 0.8)


def point(size: float, method: Method, *, mean: float = nan, p: float = nan, error: float = 0.0, half: float = 0.0) -> Point:
    return Point(storlek=size, metod=method, simuleringar=100, p=p, p_undre80=p - half, p_ovre80=p + half, n_effektivt=100.0,
                 medelvarde=mean, mc_fel=error, p10=mean, p90=mean, nettokostnad_mkr=size)


class Curve:
    """Run points of a known curve and remember which."""

    def __init__(self, p: object = None, mean: object = None, half: float = 0.0, error: float = 0.0) -> None:
        self.p, self.mean, self.half, self.error, self.asked = p, mean, half, error, list[tuple[Method, float]]()

    def __call__(self, size: float, method: Method) -> Point:
        self.asked.append((method, size))
        at = {name: float(curve(size)) for name, curve in (("p", self.p), ("mean", self.mean)) if callable(curve)}
        return point(size, method, error=self.error, half=self.half, **at)


def solved(curve: Curve, sizes: Range, question: Question, method: Method = "simulering", *, scouted: bool = False) -> Answer:
    return search(curve, {"simulering": question, "tvilling": MEAN}, sizes, method, scouted=scouted)


@pytest.mark.property
@given(st.integers(1, 400), st.integers(1, 400), st.booleans(), st.none() | st.integers(-5, 405), st.sampled_from([0.0, 30.0]))
def test_a_monotone_question_is_answered_to_the_step_whatever_the_hint(
    last: int, change: int, larger: bool, hint: int | None, width: float,
) -> None:
    change = min(change, last)  # from this size on (larger) or below it the answer is yes

    def reaches(size: float) -> bool:
        return size >= change if larger else size < change

    ends = (0.0, float(last)) if larger else (float(last), 0.0)
    found = crossing(reaches, Range(0.0, float(last), 1.0), *ends, hint=hint, width=width)
    assert found == ((change - 1, change) if larger else (change, change - 1))


@pytest.mark.analytic
def test_a_size_without_steps_is_found_to_a_millionth() -> None:
    """The mean 20 (1 − e^(−s/7)) reaches 10 at 7 ln 2."""
    found = solved(Curve(mean=lambda s: 20 * (1 - exp(-s / 7))), Range(0.0, 100.0), MEAN, "tvilling")
    assert (found.status, found.storst) == ("funnen", False)
    assert found.storlek == pytest.approx(7 * 0.6931471805599453, rel=1e-6)
    assert found.granne < found.storlek <= found.granne * (1 + 1e-6)
    assert isnan(found.undre80)  # expected values have no Monte Carlo error


@pytest.mark.analytic
def test_a_whole_number_is_found_with_its_interval_and_both_neighbours() -> None:
    """P = s / 128 reaches 75 % at 96; with ± 1/16 the interval of the estimate reaches it from 88 to 104."""
    curve = Curve(p=lambda s: s / 128, half=1 / 16)
    found = solved(curve, Range(0.0, 128.0, 1.0), MEAN._replace(probability=0.75))
    assert (found.storlek, found.granne, found.undre80, found.ovre80) == (96, 95, 88, 104)
    assert {95.0, 96.0, 97.0} <= {p.storlek for p in found.punkter} and not found.fallande
    assert len(curve.asked) == len(set(curve.asked)) == len(found.punkter) <= 22


@pytest.mark.unit
def test_where_larger_sizes_miss_the_largest_that_reaches_is_the_answer() -> None:
    found = solved(Curve(p=lambda s: 1 - s / 100), Range(0.0, 100.0, 1.0), FLOOR_AT_80)
    assert (found.status, found.storst, found.storlek, found.granne) == ("funnen", True, 20, 21)


@pytest.mark.unit
def test_an_end_of_the_interval_beyond_the_range_is_left_open() -> None:
    found = solved(Curve(p=lambda s: s / 100, half=0.3), Range(60.0, 90.0, 1.0), FLOOR_AT_80)
    assert found.storlek == 80 and isnan(found.undre80) and isnan(found.ovre80)


@pytest.mark.unit
def test_what_cannot_be_reached_is_said_with_the_points_that_were_tried() -> None:
    found = solved(Curve(p=lambda s: s / 200), Range(0.0, 100.0, 1.0), FLOOR_AT_80)
    assert found.status == "nas_inte" and isnan(found.storlek)
    assert [p.storlek for p in found.punkter] == [0, 25, 50, 75, 100]


@pytest.mark.unit
def test_what_is_reached_at_once_is_said() -> None:
    found = solved(Curve(p=lambda s: 0.9), Range(5.0, 100.0, 1.0), FLOOR_AT_80)
    assert (found.status, found.storlek, len(found.punkter)) == ("redan_natt", 5, 2)


@pytest.mark.unit
def test_a_window_between_ends_that_miss_is_found_and_the_fall_after_it_told() -> None:
    found = solved(Curve(p=lambda s: 1 - abs(s - 50) / 50), Range(0.0, 100.0, 1.0), FLOOR_AT_80)
    assert (found.status, found.storlek) == ("funnen", 40)
    assert (50.0, 100.0) in found.fallande or any(a >= 50 for a, _ in found.fallande)


@pytest.mark.unit
def test_a_fall_between_points_that_were_run_is_told() -> None:
    found = solved(Curve(p=lambda s: 0.5 if s == 75 else s / 100), Range(0.0, 100.0, 25.0), FLOOR_AT_80)
    assert found.storlek == 100 and found.fallande == ()  # 0,5 at 50 and at 75: no fall
    found = solved(Curve(p=lambda s: 0.4 if s == 75 else s / 100), Range(0.0, 100.0, 25.0), FLOOR_AT_80)
    assert found.fallande == ((50.0, 75.0),)


@pytest.mark.unit
def test_the_twin_looks_first_and_changes_nothing_but_what_is_run() -> None:
    alone = solved(Curve(p=lambda s: s / 1000), Range(0.0, 1000.0, 1.0), FLOOR_AT_80)
    scouted = solved(Curve(p=lambda s: s / 1000, mean=lambda s: s / 79), Range(0.0, 1000.0, 1.0), FLOOR_AT_80, scouted=True)
    assert (alone.storlek, alone.undre80, alone.ovre80) == (scouted.storlek, scouted.undre80, scouted.ovre80) == (800, 800, 800)
    assert {p.metod for p in scouted.punkter} == {"simulering", "tvilling"}
    assert len([p for p in scouted.punkter if p.metod == "tvilling"]) <= 7


@pytest.mark.unit
def test_the_mean_is_judged_with_its_error_at_either_end_of_the_interval() -> None:
    """The mean s reaches 10 at 10; with an error of 2 the 80 % interval reaches it from 7,4 to 12,6."""
    found = solved(Curve(mean=lambda s: s, error=2.0), Range(0.0, 50.0, 1.0), MEAN)
    assert (found.storlek, found.undre80, found.ovre80) == (10, 8, 13)


@pytest.mark.unit
def test_steps_that_do_not_fill_the_range_end_before_it() -> None:
    sizes = Range(1.0, 10.0, 4.0)
    assert [sizes.nearest(s) for s in (0, 2.9, 3.1, 9)] == [1, 1, 5, 9]
    assert sizes.between(1, 9) == 5 and sizes.between(5, 9) is None
