"""Spellings of keys, and dates as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.spec.dates import first_day, last_day, month_label, week_label, weeks_in_year
from kompetenssim.spec.keys import fold, fold_data_key, is_name, nearest, spellings
from kompetenssim.spec.scenario import Measure


@pytest.mark.unit
@pytest.mark.parametrize(
    "written", ["frånvaro_profil", "Frånvaro profil", "franvaro-profil", "fra\N{COMBINING RING ABOVE}nvaro_profil"]
)
def test_all_spellings_of_a_key_fold_to_one(written: str) -> None:
    assert fold(written) == "franvaro_profil"


@pytest.mark.property
@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_data_key(fold_data_key(text)) == fold_data_key(text)


@pytest.mark.property
@given(st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True))
def test_a_canonical_key_is_its_own_folding(text: str) -> None:
    assert fold(text) == text
    assert is_name(text)


@pytest.mark.unit
@pytest.mark.parametrize("key", ["2023-07-01", "20-29", "60+", "2024"])
def test_dates_and_classes_are_not_folded(key: str) -> None:
    assert fold_data_key(key) == key


@pytest.mark.unit
def test_english_field_names_are_accepted_and_swedish_wins() -> None:
    table = spellings(Measure)
    assert table["title"] == table["titel"] == "titel"
    assert table["ramp_months"] == "ramp_manader"
    assert "levers" not in table


@pytest.mark.unit
def test_the_nearest_key_is_suggested_in_the_spelling_it_has() -> None:
    assert nearest("platserr", ["platser", "fran", "till"]) == "platser"
    assert nearest("Måll", ["mal", "version"]) == "mal"
    assert nearest("qqqq", ["mal", "version"]) is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2023-07-01", date(2023, 7, 1), date(2023, 7, 1)),
        ("2024-vt", date(2024, 1, 15), date(2024, 8, 25)),
        ("2024-HT", date(2024, 8, 26), date(2025, 1, 12)),
    ],
)
def test_a_written_date_is_a_span(written: str, first: date, last: date) -> None:
    assert (first_day(written), last_day(written)) == (first, last)


@pytest.mark.unit
def test_the_weeks_in_which_terms_start_are_given_by_the_rules() -> None:
    assert first_day("2024-vt", {"vt": 4, "ht": 36}) == date(2024, 1, 22)
    assert last_day("2024-vt", {"vt": 4, "ht": 36}) == date(2024, 9, 1)


@pytest.mark.unit
@pytest.mark.parametrize(
    "written", ["", "24", "2024-00", "2024-13", "2023-02-29", "2024-1", "2024-st", "1492-01-01", "2024-01-01T00:00"]
)
def test_what_is_no_date_is_explained(written: str) -> None:
    with pytest.raises(ValueError, match=r"skriv|finns inte|utanför"):
        first_day(written)


@pytest.mark.property
@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_labels_name_the_month_and_the_iso_week_of_a_day(day: date) -> None:
    assert first_day(month_label(day)) <= day <= last_day(month_label(day))
    year, week = week_label(day).split("-v")
    monday = date.fromisocalendar(int(year), int(week), 1)
    assert monday <= day < monday + timedelta(days=7)
    assert 1 <= int(week) <= weeks_in_year(int(year))
