"""The months before the start that a start state names are read with the scenario, and their faults told with line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.forecast.geometry import ALL, Place
from kompetenssim.forecast.observed import AGENCY, observed_of
from tests.spec.test_meets_region import REGION, faults, write

pytestmark = pytest.mark.unit

NAMED = REGION.replace("2024-01-01: {antagande: ja}", "2024-01-01: {antagande: ja, manadsserie: utfall.csv}")
SERIES = "manad;yrkesgrupp;omrade;hyrkostnad_mkr;personalkostnad_mkr\n2023-11;ssk;sjukhus;0,3;1,5\n2023-12;;;0.4;\n"


def world(folder: Path, series: str | None) -> Path:
    path = write(folder, region=NAMED)
    if series is not None:
        (path.parent / "utfall.csv").write_text(series, encoding="utf-8")
    return path


def test_the_months_reach_the_forecast_and_the_digest(tmp_path: Path) -> None:
    spec = ks.load(world(tmp_path / "a", SERIES))
    values = observed_of(spec).values
    assert values[AGENCY, Place("sjukhus", ALL, "ssk")] == {"2023-11": 30_000_000}
    assert values[AGENCY, Place(ALL, ALL, ALL)] == {"2023-12": 40_000_000}
    other = ks.load(world(tmp_path / "b", SERIES.replace("0,3", "0,4")))
    assert spec.digest != other.digest
    assert any(path.name == "utfall.csv" for path in spec.files)


def test_a_series_that_is_not_there_is_told_where_it_is_named(tmp_path: Path) -> None:
    path = world(tmp_path, None)
    (path.parent / "utfal.csv").write_text(SERIES, encoding="utf-8")
    (told,) = faults(path)
    assert told.startswith("scenarios/lan/region.yaml:4:")
    assert "filen 'utfall.csv' finns inte i scenarios/lan" in told and told.endswith("menade du 'utfal.csv'?")


@pytest.mark.parametrize(
    ("series", "line", "said"),
    [
        (SERIES.replace("2023-11", "november"), "2:1", "en månad (ÅÅÅÅ-MM) väntades, inte 'november'"),
        (SERIES.replace("0,3", "mycket"), "2:21", "ett tal i mkr (0 eller mer) väntades, inte 'mycket'"),
        (SERIES.replace(";ssk;", ";sskk;"), "2:9", "yrkesgruppen 'sskk' finns inte"),
        (SERIES.replace("hyrkostnad_mkr", "hyrkostnad"), "1:25", "okänd kolumn 'hyrkostnad'"),
        (SERIES + "2023-12;;;0,5;\n", "4:1", "2023-12 står två gånger"),
        ("manad;yrkesgrupp\n2023-11;ssk\n", "1:1", "kolumnen manad och en av hyrkostnad_mkr och personalkostnad_mkr behövs"),
    ],
)
def test_faults_have_line_and_column(series: str, line: str, said: str, tmp_path: Path) -> None:
    (told,) = faults(world(tmp_path, series))
    assert told.startswith(f"scenarios/lan/utfall.csv:{line}: ")
    assert said in told
