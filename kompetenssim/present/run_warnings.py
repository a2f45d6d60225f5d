"""Warnings that only the results can give, made from the stored run: cost that moved, supervision that fails, a share that lies.

Each says what to do and names the file and line it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from kompetenssim.present import text
from kompetenssim.present.view import ALL, Difference, View

NOTED = 0.05  # of a level that changes, and of a fall in agency cost that is met by a rise elsewhere
STILL = 0.02  # a change by less than this share is none
MOVED = {"overtid_mkr": "övertid", "pool_mkr": "resurspool", "kopt_vard_mkr": "köpt vård",
         "obemannade_timmar": "obemannat behov"}
MOVED_OVER_TIME = {"overtid_timmar": "övertid", "pool_timmar": "resurspool", "kopt_vard_mkr": "köpt vård",
                   "obemannade_timmar": "obemannat behov"}


class RunWarning(NamedTuple):
    """One warning: its code, the scenario it is about, where its cause is written, and what it says."""

    code: str
    scenario: str
    file: str
    line: int | None
    text: str

    def row(self) -> dict[str, Any]:
        """Give it in the form of the warnings of the input files."""
        return {"niva": "varning", "kod": self.code, "fil": self.file or None, "rad": self.line, "text": self.text}


def run_warnings(view: View) -> list[RunWarning]:
    """Give the warnings of every scenario of a run, scenarios in their order."""
    kinds = (_moved, _supervision, _denominator)
    return [warning for scenario in view.scenarios for kind in kinds for warning in kind(view, scenario)]


def told_once(found: Sequence[RunWarning]) -> list[tuple[RunWarning, tuple[str, ...]]]:
    """Give each warning that reads differently once, with the scenarios it is about."""
    about: dict[tuple[str, int | None, str], list[RunWarning]] = {}
    for warning in found:
        about.setdefault((warning.file, warning.line, warning.text), []).append(warning)
    return [(same[0], tuple(w.scenario for w in same)) for same in about.values()]


def _moved(view: View, scenario: str) -> Iterator[RunWarning]:
    """Agency cost falls while overtime, pool, bought care or unmet need rises."""
    if scenario == view.reference:
        return
    said = moved_warning(view, scenario) if view.reference is not None else _moved_over_time(view, scenario)
    if said is not None:
        advice = " Läs nettokostnad och obemannade timmar bredvid, och planera för det som ökar."
        yield RunWarning("hyra_flyttad", scenario, *_cause(view, scenario, "hyrstyrning", "resurspool"), said + advice)


def moved_warning(view: View, scenario: str) -> str | None:
    """Warn when agency cost falls while overtime, pool, bought care or unmet need rises: cost may have moved, not gone.

    A rise in money counts from a twentieth of the fall.
    """
    def change(indicator: str) -> Difference | None:
        return view.difference(scenario, indicator, view.last_year)

    agency = change("hyrkostnad_mkr")
    if agency is None or not agency.certain or agency.mean > 0:
        return None
    least = {i: -agency.mean * NOTED if i.endswith("_mkr") else 0.0 for i in MOVED}
    rising = [title for i, title in MOVED.items() if (d := change(i)) is not None and d.certain and d.mean > least[i]]
    if not rising:
        return None
    return f"Hyrkostnaden minskar medan {text.listed(rising)} ökar: en del är flyttad, inte sparad."


def _moved_over_time(view: View, scenario: str) -> str | None:
    hours = _change(view, scenario, "hyr_timmar")
    rising = [title for i, title in MOVED_OVER_TIME.items() if (_change(view, scenario, i) or 0.0) > NOTED]
    if hours is None or hours > -NOTED or not rising:
        return None
    return (f"Hyrda timmar minskar från {view.first_year} till {view.last_year} medan {text.listed(rising)} ökar: "
            "en del är flyttad, inte sparad.")


def _supervision(view: View, scenario: str) -> Iterator[RunWarning]:
    """More training than the supervisors can carry, somewhere and some year."""
    worst: tuple[float, str, str] | None = None
    for area, unit, group in view.places("handledarutnyttjande"):
        if view.hidden(area, unit, group) or group != ALL:
            continue
        for year in view.full_years:
            used = view.mean(scenario, "handledarutnyttjande", year, area, unit, group)
            if used is not None and used >= 1 and (worst is None or used > worst[0]):
                worst = (used, unit if unit != ALL else area, year)
    if worst is None:
        return
    used, place, year = worst
    waiting = [view.mean(scenario, "utbildning_vantande", y) or 0.0 for y in view.full_years]
    seats = sum(waiting) / len(waiting) if waiting else 0.0
    where = "i hela regionen" if place == ALL else f"i {view.title(place)}"
    said = (f"Handledningen räcker inte: {text.percent(used)} av handledarnas tid efterfrågas {where} {year}, och i medeltal "
            f"blir {text.number(seats, 1)} platser per år utan deltagare. Utbilda fler handledare, sprid starterna eller sänk "
            "platserna.")
    yield RunWarning("handledning_racker_inte", scenario, *_cause(view, scenario, "utbildningstjanst", "handledare"), said)


def _denominator(view: View, scenario: str) -> Iterator[RunWarning]:
    """The agency share falls though no less is hired: what it is a share of has grown."""
    if scenario == view.reference or view.reference is None:
        share, hours = (_change(view, scenario, i) for i in (view.share_indicator, "hyr_timmar"))
        told = share is not None and hours is not None and share < -STILL and hours > -STILL and share < hours - STILL
        against = f"från {view.first_year} till {view.last_year}"
    else:
        by, hired = (view.difference(scenario, i, view.last_year) for i in (view.share_indicator, "hyr_timmar"))
        told = by is not None and hired is not None and by.certain and by.mean < 0 and not (hired.certain and hired.mean < 0)
        against = f"mot {view.title(view.reference)} {view.last_year}"
    if told:
        said = (f"Hyrandelen sjunker {against} fast hyrda timmar inte minskar: nämnaren, egen personal, har vuxit (PO, löner "
                "eller fler egna). Läs hyrkostnad i mkr och hyrda timmar, inte andelen.")
        yield RunWarning("namnaren_vaxer", scenario, *_cause(view, scenario, "ekonomi.po_procent"), said)


def _change(view: View, scenario: str, indicator: str) -> float | None:
    """Give the change of a mean from the first to the last full year as a share of the first."""
    first, last = (view.mean(scenario, indicator, year) for year in (view.first_year, view.last_year))
    if first is None or last is None or view.first_year == view.last_year:
        return None
    return last / first - 1 if first else (1.0 if last > 0 else 0.0)


def _cause(view: View, scenario: str, *wanted: str) -> tuple[str, int | None]:
    """Find where a cause is written: the first that the scenario has; without any, nothing."""
    rows = [r for r in view.evidence("orsaker") if r["scenario"] == scenario]
    for name in wanted:
        for r in rows:
            if r["stig"] == name or r["stig"].rpartition(".")[2] == name:
                return r["fil"], int(r["rad"])
    return _first_training(rows) if "utbildningstjanst" in wanted else ("", None)


def _first_training(rows: Sequence[dict[str, str]]) -> tuple[str, int | None]:
    return next(((r["fil"], int(r["rad"])) for r in rows if r["stig"].startswith("utbildningar.")), ("", None))
