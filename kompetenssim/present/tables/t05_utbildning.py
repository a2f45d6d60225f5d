"""T5 utbildning: the training pipeline, and who is still employed 12 and 24 months later."""

from __future__ import annotations

import math

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Cell, Column, Row, Section, Table
from kompetenssim.present.view import ALL, View

FLOWS = (("Starter", "utbildning_starter"), ("Under utbildning", "utbildning_pagaende"),
         ("Examina", "utbildning_examen"), ("Avbrott", "utbildning_avbrott"), ("ST-läkare", "antal_st_lakare"))

FEW = 5  # persons in a cohort, mean over simulations: a share of fewer says nothing


def build(view: View) -> Table:
    """Build T5: flows per year and per group, and the cohorts of new hires and graduates."""
    columns = (
        Column("Period eller yrkesgrupp", words=True, wide=True), *(Column(h, text.DECIMAL) for h, _ in FLOWS),
        Column("Handledarutnyttjande", text.PERCENT),
        Column("Kvar efter 12 mån, nyanställda", text.PERCENT), Column("Kvar efter 24 mån, nyanställda", text.PERCENT),
        Column("Kvar efter 12 mån, examinerade", text.PERCENT), Column("Kvar efter 24 mån, examinerade", text.PERCENT),
    )
    sections: list[Section] = []
    for scenario in view.scenarios:
        stays = _Stays(view, scenario)
        by_year = tuple(
            Row((view.year_title(y), *_flows(view, scenario, y, ALL), *stays.shares(year=y)))
            for y in view.years
        )
        sections.append(Section("Per år", by_year, keys=(scenario, "Per år"), shown=scenario == view.main))
        groups = [g for g in view.groups if _trains(view, scenario, g) or stays.graduates(g)]
        last = view.last_year
        rows = tuple(
            Row((view.title(g), *([HIDDEN] * (len(columns) - 1))) if view.hidden(group=g)
                else (view.title(g), *_flows(view, scenario, last, g), *stays.shares(group=g)))
            for g in groups
        )
        sections.append(Section(f"Per yrkesgrupp {last}", rows, keys=(scenario, f"Per yrkesgrupp {last}"),
                                shown=scenario == view.main))
    return Table(
        "T5",
        "utbildning",
        "Utbildning: från start till kvar i tjänst",
        columns,
        tuple(sections),
        keys=("Scenario", "Avsnitt"),
        notes=(
            *view.only_main_note,
            "Medelvärden. Starter, examina och avbrott under året; under utbildning och ST-läkare vid årets slut. "
            "Yrkesgrupp är gruppen personen hör till vid händelsen.",
            "Kvar: andel av årets nyanställda eller examinerade (per yrkesgrupp: alla år) som är anställda 12 och 24 månader "
            f"senare; tomt där uppföljningen går förbi periodens slut och för färre än {FEW} personer.",
            "Handledarutnyttjande = efterfrågad / tillgänglig handledningstid.",
            *view.partial_note,
        ),
    )


def _flows(view: View, scenario: str, year: str, group: str) -> tuple[Cell, ...]:
    return tuple(view.mean(scenario, i, year, group=group) for _, i in (*FLOWS, ("", "handledarutnyttjande")))


def _trains(view: View, scenario: str, group: str) -> bool:
    return any(view.mean(scenario, i, y, group=group) for _, i in FLOWS for y in view.full_years)


class _Stays:
    """The cohorts of one scenario: sums over groups or years before dividing."""

    KINDS = ("nyanstallda", "examinerade")

    def __init__(self, view: View, scenario: str) -> None:
        self.rows = [r for r in view.evidence("kvar") if r["scenario"] == scenario]

    def shares(self, year: str | None = None, group: str | None = None) -> tuple[Cell, ...]:
        """Give the share still employed after 12 and 24 months, hires first, then graduates."""
        return tuple(self._share(kind, months, year, group) for kind in self.KINDS for months in (12, 24))

    def _share(self, kind: str, months: int, year: str | None, group: str | None) -> float | None:
        chosen = [r for r in self.rows if r["kohort"] == kind and year in (None, r["ar"]) and group in (None, r["yrkesgrupp"])]
        started, observed, stayed = (math.fsum(number(r[name]) for r in chosen)
                                     for name in ("startade", f"observerade_{months}", f"kvar_{months}"))
        complete = group is not None or observed >= started - 1e-9
        return stayed / observed if observed >= FEW and complete else None

    def graduates(self, group: str) -> bool:
        """Tell whether anybody graduates into a group."""
        return any(r["kohort"] == "examinerade" and r["yrkesgrupp"] == group for r in self.rows)
