"""T1 lägesbild: where each occupation group stands at the end of a year.

At 31 December a rolling-12 figure is the calendar year's, so yearly rows give complete windows.
"""

from __future__ import annotations

import math

from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Cell, Column, Interval, Row, Section, Table
from kompetenssim.present.text import Format
from kompetenssim.present.view import ALL, Value, View

SHARE = "hyrandel"  # stands for the region's own definition

#: Heading, indicator, format.
MEASURES: tuple[tuple[str, str, Format], ...] = (
    ("Anställda", "anstallda", text.COUNT),
    ("Årsarbetare", "arsarbetare", text.COUNT),
    ("Netto\u00adårsarbetare", "nettoarsarbetare", text.COUNT),
    ("Inrättade ÅA", "inrattade_aa", text.COUNT),
    ("Vakansgrad", "vakansgrad", text.PERCENT_1),
    ("Hyrandel", SHARE, text.PERCENT_1),
    ("Stafett\u00adveckor", "stafettveckor", text.COUNT),
    ("Sjuk\u00adfrånvaro", "sjukfranvaro_procent", text.PERCENT_GIVEN),
    ("Extern omsättning", "omsattning_extern_procent", text.PERCENT_GIVEN),
    ("60 år och äldre", "andel_60_plus", text.PERCENT_1),
    ("Obemannat", "obemannad_andel", text.PERCENT_1),
)

DEFINITIONS = {"hyrandel_totalt": "hyrkostnad / (egen personalkostnad + hyrkostnad)",
               "hyrandel_egen": "hyrkostnad / egen personalkostnad"}


def build(view: View) -> Table:
    """Build T1: first and last full year, every scenario, occupation groups, sets of groups and the total."""
    sets = sorted(view.group_sets & {p[2] for p in view.places("anstallda")}, key=view.order)
    years = tuple(dict.fromkeys((view.first_year, view.last_year)))
    sections = tuple(
        Section(
            f"31 december {year}",
            tuple(_row(view, scenario, year, group) for group in (*view.groups, *sets, ALL)),
            keys=(scenario, year), shown=scenario == view.main,
        )
        for scenario in view.scenarios for year in years
    )
    columns = (Column("Yrkesgrupp", words=True), *(Column(h, f, spread=True) for h, _, f in MEASURES))
    return Table(
        "T1", "lagesbild", "Lägesbild per yrkesgrupp", columns, sections, keys=("Scenario", "År"),
        notes=(
            *view.only_main_note,
            "Median över simuleringarna, med 80 % intervall under. Antal avser årets sista dag, netto- och inrättade årsarbetare "
            "årets medeltal; andelar och stafettveckor avser årets tolv månader.",
            f"Hyrandel = {DEFINITIONS[view.share_indicator]}. Extern omsättning = avgångar ur regionen utom pension / "
            "medelantal tillsvidareanställda.",
        ),
    )


def _row(view: View, scenario: str, year: str, group: str) -> Row:
    strong = group == ALL or group in view.group_sets
    if view.hidden(group=group):
        return Row((view.title(group), *(HIDDEN for _ in MEASURES)), strong=strong)
    cells: list[Cell] = [view.title(group)]
    for _, indicator, _ in MEASURES:
        cells.append(
            _interval(view.value(scenario, view.share_indicator if indicator == SHARE else indicator, year, group=group))
        )
    return Row(tuple(cells), strong=strong)


def _interval(value: Value | None) -> Interval | None:
    return None if value is None or math.isnan(value.p50) else Interval(value.p50, value.p10, value.p90)
