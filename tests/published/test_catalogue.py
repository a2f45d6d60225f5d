"""The catalogue of measures against the key list `atgardsnycklar.csv`: everything the sources name is there, once."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.published

SHARED = Path(__file__).parents[2] / "scenarios" / "gemensamt"
CATALOGUE: list[dict[str, Any]] = yaml.load((SHARED / "atgarder.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)["atgarder"]
MEASURES = {m["nyckel"]: m for m in CATALOGUE}
with (SHARED / "atgardsnycklar.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file, delimiter=";"))
LEVERS = {
    "hyrstyrning", "overtidsregel", "resurspool", "rekrytering", "lon_och_forman", "behalla", "introduktion", "utbildningstjanst",
    "handledning", "uppgiftsvaxling", "effektivisering", "dimensionering", "vardbehov", "schema", "arbetsutbud", "sjukfranvaro",
    "forutsattning",
}


def words(text: str) -> set[str]:
    """Give the beginnings of the words that say something, so that inflected forms meet."""
    return {w[:5] for w in re.findall(r"\w{3,}", text.lower()) if w not in {"och", "för", "med", "inom", "samt", "till", "den"}}


def test_every_row_of_every_list_goes_to_one_measure() -> None:
    assert [r for r in ROWS if r["katalognyckel"] not in MEASURES] == []
    assert [row for row, n in Counter((r["lista"], r["rad"]) for r in ROWS).items() if n > 1] == []
    assert all(r["namn"] and r["kallor"] for r in ROWS)


def test_no_measure_is_outside_the_lists() -> None:
    assert sorted(set(MEASURES) - {r["katalognyckel"] for r in ROWS}) == []
    assert len(MEASURES) == len(CATALOGUE)


def test_the_lists_are_complete() -> None:
    """126 rows of the extraction from the sources, and the keys of the domain model's tables, each under its own name."""
    count = Counter(r["lista"] for r in ROWS)
    assert count["measures.csv"] == 126
    tables = [r for r in ROWS if r["lista"] in {"3.6", "3.7", "3.8", "3.9"} and ":" not in r["rad"]]
    assert {r["rad"] for r in tables if r["rad"] != r["katalognyckel"]} == {"paket3", "paket5"}
    assert Counter(r["lista"] for r in tables) == {"3.6": 60, "3.7": 40, "3.8": 19, "3.9": 32}


@pytest.mark.parametrize("row", [r for r in ROWS if r["lista"] == "measures.csv"], ids=lambda r: r["rad"])
def test_what_a_row_is_called_is_found_in_its_measure(row: dict[str, str]) -> None:
    """The name of the row meets the title or the place of the measure, and one of its sources is the measure's."""
    measure = MEASURES[row["katalognyckel"]]
    text = f"{measure['titel']} {measure['kalla']}"
    assert words(row["namn"]) & words(text), (row["namn"], text)
    assert any(source in measure["kalla"] for source in row["kallor"].split()), (row["kallor"], measure["kalla"])


@pytest.mark.parametrize("measure", CATALOGUE, ids=lambda m: m["nyckel"])
def test_a_measure_says_where_it_comes_from_and_what_it_does(measure: dict[str, Any]) -> None:
    assert measure["titel"] and re.search(r"\b[SW]\d", measure["kalla"])
    assert measure["antagande"] == "ja" and measure["status"] and measure["evidens"] and measure["ansvarig_funktion"]
    assert (measure.get("effekt") == "ingen") == ("effekt_motivering" in measure)
    assert (measure.get("effekt") == "ingen") != bool(LEVERS & set(measure)), "an effect or a reason why there is none"
    assert "finansiering" in measure.get("kostnad", {"finansiering": ""}), "a cost says who pays"
