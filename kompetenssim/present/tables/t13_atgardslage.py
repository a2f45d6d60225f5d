"""T13 atgardslage: how many measures are done, under way and left, and who takes them on (S000 section 4)."""

from __future__ import annotations

from collections.abc import Sequence

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View

#: How far a measure has come, by status.
STATES = {
    "Klara": ("genomford", "avslutad"), "Pågår": ("pagar",), "Återstår": ("beslutad", "planerad", "utreds", "foreslagen"),
}
NOT_SAID = "ej angivet"

Records = Sequence[dict[str, str]]


def build(view: View) -> Table:
    """Build T13: the counts of every scenario, then its measures by how far they have come."""
    columns = (
        Column("Åtgärd", words=True, wide=True), Column("Antal", text.COUNT), Column("Status", words=True),
        Column("Start", words=True), Column("Uppföljd", words=True), Column("Infört", text.PERCENT),
        Column("Utbildat", text.PERCENT), Column("Överlämnat", text.PERCENT), Column("Överförs till", words=True),
        Column("Kommentar", words=True, wide=True),
    )
    sections: list[Section] = []
    for scenario in view.scenarios:
        rows = [r for r in view.evidence("atgardslage") if r["scenario"] == scenario]
        shown = scenario == view.main
        by_state = {state: [r for r in rows if r["status"] in among] for state, among in STATES.items()}
        counts = tuple(_count(state, found) for state, found in by_state.items())
        if not rows:
            continue
        total = _count("Summa", rows, strong=True)
        sections.append(Section(f"Antal · {view.title(scenario)}", (*counts, total), keys=(scenario, "Antal"), shown=shown))
        for state, found in by_state.items():
            title = f"{state} ({len(found)}) · {view.title(scenario)}"
            sections.append(Section(title, tuple(map(_row, found)), keys=(scenario, state), shown=shown))
    return Table(
        "T13", "atgardslage", "Åtgärdsläge", columns, tuple(sections), keys=("Scenario", "Läge"),
        notes=(*view.only_main_note,
               "Klar betyder genomförd eller avslutad, inte utan verkan: en genomförd åtgärd verkar vidare, en avslutad har "
               "slutat verka. Överförs till är den funktion som har ansvaret. Uppföljd är dagen för den rad i "
               "atgardsuppfoljning.csv som gått före planen; utan uppföljning gäller planen."),
    )


def counts(view: View, scenario: str) -> dict[str, int]:
    """Count the measures of a scenario by how far they have come."""
    rows = [r["status"] for r in view.evidence("atgardslage") if r["scenario"] == scenario]
    return {state: sum(status in among for status in rows) for state, among in STATES.items()}


def _count(title: str, rows: Records, *, strong: bool = False) -> Row:
    followed = sum(bool(r["uppfoljd"]) for r in rows)
    taken: dict[str, int] = {}
    for r in rows:
        taken[r["ansvarig"] or NOT_SAID] = taken.get(r["ansvarig"] or NOT_SAID, 0) + 1
    to = ", ".join(f"{who} {n}" for who, n in sorted(taken.items(), key=lambda pair: (-pair[1], pair[0])))
    return Row((title, len(rows), "", "", f"{followed} av {len(rows)}" if rows else "", None, None, None, to, ""), strong=strong)


def _row(r: dict[str, str]) -> Row:
    shares = (number(r[name]) if r[name] else None for name in ("infort_andel", "utbildad_andel", "overlamnad_andel"))
    return Row((r["titel"], None, text.status(r["status"]), r["start"], r["uppfoljd"], *shares,
                r["ansvarig"] or NOT_SAID, r["kommentar"]))
