"""A run as the JSON object that `--json` prints."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kompetenssim.cli.outcome import JSON_VERSION, Exit

if TYPE_CHECKING:
    from kompetenssim.forecast.results import Results

NAMES = ("scenario", "indikator", "tid", "omrade", "enhet", "yrkesgrupp")
NUMBERS = ("medelvarde", "p10", "p50", "p90")
CONTRIBUTION = ("scenario", "referens", "atgard", "metod", "indikator", "tid")
CONTRIBUTED = ("medelvarde", "mc_fel", "effekt_undre80", "effekt_ovre80")
WHOLE_YEAR = 12  # months


def json_of(results: Results, folder: str) -> dict[str, Any]:
    """Give what is printed of a run: its identity, warnings, whole years for the total and each group, and contributions."""
    from kompetenssim.present.run_warnings import run_warnings
    from kompetenssim.present.view import View

    plan = results.manifest["plan"]
    contributed = {"bidrag": _contributions(results)} if results.has_contributions else {}
    return {
        "version": JSON_VERSION,
        "id": results.id,
        "mapp": folder,
        "kod": int(Exit.DONE),
        "motor": results.run_info.get("motor"),
        "simuleringar": plan["simuleringar"],
        "slumpfro": plan["slumpfro"],
        "scenarier": list(results.scenarios),
        "varningar": [*results.warnings, *(warning.row() for warning in run_warnings(View(results)))],
        "indikatorer": _indicators(results),
        **contributed,
    }


def _indicators(results: Results) -> list[dict[str, Any]]:
    """What does not exist (a ratio without denominator) is null: JSON has no NaN."""
    columns = [*NAMES, *NUMBERS, "manader"]
    table = results.table("sammanfattning", columns, tidssteg="ar", omrade="alla", enhet="alla")
    return [
        {name: row[name] for name in NAMES} | {name: _number(row[name]) for name in NUMBERS}
        for row in table.to_pylist()
        if row["manader"] == WHOLE_YEAR
    ]


def _contributions(results: Results) -> list[dict[str, Any]]:
    """What each measure contributes to each year and to the mean of the full years."""
    return [{name: row[name] for name in CONTRIBUTION} | {name: _number(row[name]) for name in CONTRIBUTED}
            for row in results.table("bidrag", [*CONTRIBUTION, *CONTRIBUTED]).to_pylist()]


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
