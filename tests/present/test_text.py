"""Swedish number formats."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.present import text

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (1234567.0, 0, "1\u00a0234\u00a0567"),
        (127.85, 1, "127,8"),
        (-29.8, 1, "−29,8"),
        (-0.04, 1, "0,0"),
        (0.0, 0, "0"),
        (nan, 1, "–"),
        (None, 1, "–"),
    ],
)
def test_numbers_have_decimal_comma_spaces_and_a_true_minus(value: float | None, decimals: int, shown: str) -> None:
    assert text.number(value, decimals) == shown


def test_a_sign_is_printed_on_request_but_never_on_zero() -> None:
    assert text.number(3.14, 1, signed=True) == "+3,1"
    assert text.number(0.01, 1, signed=True) == "0,0"


def test_a_probability_that_no_or_every_simulation_reached_is_a_bound() -> None:
    """Six simulations that all miss a target do not show that its probability is under 5 %."""
    assert text.probability(0.0, 0.0, 0.354) == "<\u00a040\u00a0%"
    assert text.probability(1.0, 0.646, 1.0) == ">\u00a060\u00a0%"
    assert text.probability(0.333, 0.1, 0.6) == "35\u00a0%"


def test_an_error_is_never_rounded_to_nothing() -> None:
    assert text.fine(0.04, text.MSEK) == "0,04"
    assert text.fine(3.74, text.MSEK) == "3,7"
    assert text.fine(0.0, text.MSEK) == "0,0"


def test_percent_and_money_carry_their_unit() -> None:
    assert text.percent(0.167, 1) == "16,7\u00a0%"
    assert text.msek(-5.52) == "−5,5\u00a0mkr"


def test_intervals_use_a_dash_and_the_word_till_where_there_are_signs() -> None:
    assert text.interval(1.24, 3.4) == "1,2–3,4"
    assert text.interval(-2.0, 8.0) == "−2,0 till 8,0"
    assert text.interval(nan, 1.0) == "–"


@pytest.mark.property
@given(st.floats(0, 1))
def test_a_probability_is_a_multiple_of_five_and_never_0_or_100(share: float) -> None:
    shown = text.probability(share)
    number = int(shown.replace("\u00a0", "").strip("<>%"))
    assert number % 5 == 0
    assert 5 <= number <= 95
    assert abs(number - 100 * share) <= 2.5 + 1e-9 or shown[0] in "<>"


def test_a_probability_beyond_the_ends_says_so() -> None:
    assert text.probability(0.0) == "<\u00a05\u00a0%"
    assert text.probability(1.0) == ">\u00a095\u00a0%"


@pytest.mark.parametrize(("period", "said"), [
    ("2025", "2025"), ("2025-03", "mars 2025"), ("2025-v31", "vecka 31 2025"), ("2028-12-31", "31 december 2028"),
])
def test_periods_are_said_in_words(period: str, said: str) -> None:
    assert text.period(period) == said


def test_lists_end_with_och() -> None:
    assert text.listed(["a"]) == "a"
    assert text.listed(["a", "b", "c"]) == "a, b och c"
    assert text.listed([]) == ""


def test_a_month_that_begins_a_text_is_shortened_for_narrow_columns() -> None:
    assert text.short_month("december 2024") == "dec 2024"
    assert text.short_month("ej nått") == "ej nått"
