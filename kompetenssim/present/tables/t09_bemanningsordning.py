"""T9 bemanningsordning: how the need was met, step by step, in hours."""

from __future__ import annotations

from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Column, Row, Section, Table
from kompetenssim.present.view import ALL, Place, View

#: The steps in the order they are tried; together they are the need.
STEPS = (
    ("Egna", "egna_timmar"), ("Omfördelade", "omfordelade_timmar"), ("Resurspool", "pool_timmar"), ("Hyra", "hyr_timmar"),
    ("Växlade", "vaxlade_timmar"), ("Övertid, mertid", "overtid_timmar"), ("Obemannat", "obemannade_timmar"),
)
NEED = ("Bemanningsmål", "bemanningsmal_timmar")
BESIDE = (("Överskott (utanför)", "overskott_timmar"), ("Betalda hyrtimmar", "hyr_betalda_timmar"))
MONEY = (("Hyrkostnad, mkr", "hyrkostnad_mkr"), ("Övertid, mkr", "overtid_mkr"))


def build(view: View) -> Table:
    """Build T9 per year, område and occupation group; a page shows the first and the last full year."""
    shown = {view.first_year, view.last_year}
    places = [p for p in view.places(NEED[1]) if p[1] == ALL and p[2] not in view.group_sets]
    sections = tuple(
        Section(
            f"{view.title(area) if area != ALL else 'Hela regionen'} {year}",
            tuple(_row(view, scenario, year, p, view.title(p[2])) for p in places if p[0] == area),
            keys=(scenario, year, area), shown=scenario == view.main and year in shown,
        )
        for scenario in view.scenarios for year in view.years for area in (*view.areas, ALL)
    )
    return Table("T9", "bemanningsordning", "Bemanningsordning: timmar per steg", _columns("Yrkesgrupp"), sections,
                 keys=("Scenario", "År", "Område"), notes=(*view.only_main_note, *_notes()))


def build_monthly(view: View) -> Table:
    """Build the long form of T9 for CSV: month × every margin that the run holds."""
    view.prefetch("manad", [indicator for _, indicator in (NEED, *STEPS, *BESIDE, *MONEY)])
    places = [p for p in view.places(NEED[1], "manad") if p[2] not in view.group_sets]
    sections = tuple(
        Section(
            f"{month} · {scenario}",
            tuple(_row(view, scenario, month, p, p[2]) for p in places if p[:2] == where),
            keys=(scenario, month, *where),
            shown=False,
        )
        for scenario in view.scenarios
        for month in view.periods(NEED[1], "manad")
        for where in dict.fromkeys(p[:2] for p in places)
    )
    return Table("T9", "bemanningsordning_manad", "Bemanningsordning per månad", _columns("Yrkesgrupp"), sections,
                 keys=("Scenario", "Månad", "Område", "Enhet"), notes=_notes())


def _columns(first: str) -> tuple[Column, ...]:
    return (Column(first, words=True, wide=True), *(Column(h, text.COUNT) for h, _ in (NEED, *STEPS, *BESIDE)),
            *(Column(h, text.MSEK) for h, _ in MONEY))


def _notes() -> tuple[str, ...]:
    return ("Medelvärden, behovstimmar. Bemanningsmål = summan av stegen från egna till obemannat. Överskott och betalda men "
            "outnyttjade hyrtimmar står utanför.",)


def _row(view: View, scenario: str, time: str, place: Place, title: str) -> Row:
    indicators = [i for _, i in (NEED, *STEPS, *BESIDE, *MONEY)]
    if view.hidden(*place):
        return Row((title, *(HIDDEN for _ in indicators)))
    area, unit, group = place
    return Row((title, *(view.mean(scenario, i, time, area, unit, group) for i in indicators)), strong=group == ALL)
