"""The log of evaluations: how often a plan has been held against its control period, and whether it was changed in between.

Whoever looks at the control period and then changes the plan has fitted to it. The log lies beside the plan, one row for each
evaluation; a page says how many there have been.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from kompetenssim.calibration.plan import Plan
from kompetenssim.forecast.tablefile import csv_text, read_csv

COLUMNS = ("nummer", "tid", "konfiguration", "kallkod", "slumpfro", "uppsattningar", "inom_80", "rader", "skicklighet_oforandrat")


LOG = ".utvarderingar.csv"


class Evaluation(NamedTuple):
    """The number of this evaluation, how many configurations there have been, and whether the log could be written."""

    number: int
    configurations: int
    logged: bool


def log_of(plan: Plan) -> Path:
    """Say where the log of a plan lies."""
    return plan.path.with_name(f"{plan.content.head.key}{LOG}")


def log_evaluation(plan: Plan, row: dict[str, object]) -> Evaluation:
    """Add a row to the log and count; a folder that cannot be written leaves the count as it was and says so."""
    path = log_of(plan)
    earlier = read_csv(path) if path.is_file() else []
    number = len(earlier) + 1
    configurations = len({*(r["konfiguration"] for r in earlier), plan.digest})
    full = {"nummer": number, "tid": datetime.now(UTC).isoformat(timespec="seconds"), "konfiguration": plan.digest, **row}
    text = csv_text(COLUMNS, [full])
    try:
        with path.open("ab") as file:
            file.write((b"" if earlier else b"\xef\xbb\xbf") + (text if not earlier else text.split("\r\n", 1)[1]).encode())
    except OSError:
        return Evaluation(number, configurations, False)
    return Evaluation(number, configurations, True)
