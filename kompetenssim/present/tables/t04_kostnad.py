"""T4 kostnad: what everything costs, year by year, in means that add up, and net against the reference."""

from __future__ import annotations

from typing import NamedTuple

from kompetenssim.present import text
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View


class Item(NamedTuple):
    """One cost item. `part` is an of-which line, which is not added; `income` is printed as a negative cost."""

    title: str
    indicator: str
    part: bool = False
    income: bool = False


NET = "nettokostnad_mkr"
ITEMS = (
    Item("Egen personal (lön, OB, PO)", "personalkostnad_mkr"),
    Item("varav övertid och mertid", "overtid_mkr", part=True),
    Item("Inhyrd personal", "hyrkostnad_mkr"),
    Item("Resurspool (tillägg, resor)", "pool_mkr"),
    Item("Rekrytering", "rekrytering_mkr"),
    Item("Utbildning (avgifter, studiestöd)", "utbildning_mkr"),
    Item("Köpt vård", "kopt_vard_mkr"),
    Item("Åtgärder utöver lön", "atgardskostnad_mkr"),
    Item("Statsbidrag (minus)", "statsbidrag_mkr", income=True),
    Item("Nettokostnad", NET),
)


def cost_lines(view: View, scenario: str, year: str) -> list[tuple[Item, float | None]]:
    """Give the cost items of a year in display order; state money is negative, the net cost comes last."""
    found = [(item, view.mean(scenario, item.indicator, year)) for item in ITEMS]
    return [(item, -value if item.income and value else value) for item, value in found]


def build(view: View) -> Table:
    """Build T4: cost items × years for every scenario, and the difference against the reference."""
    columns = (Column("Mkr per år", words=True, wide=True),
               *(Column(view.year_title(y), text.MSEK) for y in view.years))
    lines = {s: {y: cost_lines(view, s, y) for y in view.years} for s in view.scenarios}
    sections = [Section(view.title(s), _rows(view, lines[s]), keys=(s,)) for s in view.scenarios]
    if view.reference is not None:
        for scenario in view.scenarios[:-1]:
            between = {y: _minus(lines[scenario][y], lines[view.reference][y]) for y in view.years}
            sections.append(Section(f"Skillnad: {view.title(scenario)} minus {view.title(view.reference)}",
                                    _rows(view, between), keys=(f"{scenario} − {view.reference}",)))
    notes = (
        "Medelvärden över simuleringarna i löpande priser: löner och hyrpriser räknas upp varje år. Posterna summerar till "
        "nettokostnaden. Obemannat behov ingår inte i någon kostnad: läs det bredvid.",
        *view.partial_note,
    )
    return Table("T4", "kostnad", "Kostnad per post och år", columns, tuple(sections), keys=("Scenario",), notes=notes)


def _rows(view: View, lines: dict[str, list[tuple[Item, float | None]]]) -> tuple[Row, ...]:
    return tuple(
        Row((item.title, *(lines[y][k][1] for y in view.years)), level=int(item.part), strong=item.indicator == NET)
        for k, item in enumerate(ITEMS)
    )


def _minus(one: list[tuple[Item, float | None]], other: list[tuple[Item, float | None]]) -> list[tuple[Item, float | None]]:
    return [(item, None if a is None or b is None else a - b) for (item, a), (_, b) in zip(one, other, strict=True)]
