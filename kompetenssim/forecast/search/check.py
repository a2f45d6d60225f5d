"""Check a search file for `kontrollera`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kompetenssim.forecast.search.plan import SearchPlan, read_search
from kompetenssim.spec.check import Checker, CheckReport
from kompetenssim.spec.files import Files


def check_search(path: Path, files: Files) -> CheckReport:
    """Tell whether a search can be run, and what it varies."""
    plan = read_search(files)
    errors = tuple(files.problems.sorted_errors())
    facts = _facts(plan) if plan is not None and not errors else ()
    return CheckReport(files.name(path), "sökning", errors, tuple(files.problems.sorted_warnings()), facts=facts)


def _facts(plan: SearchPlan) -> tuple[str, ...]:
    head, varied = plan.head, plan.head.varied
    step = "" if varied.step is None else f" i steg om {varied.step:g}"
    asked = "i medeltal" if isinstance(head.probability, str) else f"med sannolikheten {100 * head.probability:g} %"
    places = "1 ställe" if len(varied.places) == 1 else f"{len(varied.places)} ställen"
    said = (f"{varied.title}: {varied.low:g} till {varied.last:g} {varied.unit}".rstrip() + f"{step}, {places}",
            f"målet {head.target.title or head.target.key} ska nås {asked}")
    return tuple(text.replace(".", ",") for text in said)


SEARCHES: Mapping[str, Checker] = {"sökning": check_search}
"""What `kontrollera` checks search files by."""
