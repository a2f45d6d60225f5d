"""The measures of a run as a table, also those whose effect is not modelled, and why."""

from __future__ import annotations

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View

AREAS = {"behalla": "behålla", "rekrytera": "rekrytera", "utveckla": "utveckla", "ovrigt": "övrigt"}


def build(view: View) -> Table | None:
    """Build the table of measures, modelled first; None when the run has no measures."""
    columns = (
        Column("Åtgärd", words=True, wide=True),
        Column("Inriktning", words=True),
        Column("Status", words=True),
        Column("Start", words=True),
        Column("Slut", words=True),
        Column("P(genomförs)", text.PERCENT),
        Column("Evidens", words=True),
        Column("Kostnad, mkr", text.MSEK),
        Column("Statsbidrag, mkr", text.MSEK),
        Column("Effekt i modellen", words=True, wide=True),
        Column("Upplysningar", words=True, wide=True),
        Column("Källa", words=True, wide=True),
    )
    sections = []
    for scenario in view.scenarios:
        rows = [r for r in view.evidence("atgarder") if r["scenario"] == scenario]
        for title, without in (("Åtgärder med modellerad effekt", False), ("Åtgärder utan modellerad effekt", True)):
            chosen = [r for r in rows if (r["effekt"] == "ingen") == without]
            sections.append(Section(f"{title} ({len(chosen)}) · {view.title(scenario)}", tuple(_row(r) for r in chosen),
                                    keys=(scenario, title), shown=scenario == view.main))
    if not any(s.rows for s in sections):
        return None
    return Table(
        "A",
        "atgarder",
        "Åtgärder",
        columns,
        tuple(sections),
        keys=("Scenario", "Avsnitt"),
        notes=(
            "Kostnad och statsbidrag avser hela perioden, utöver löner; 0 betyder att ingen sådan kostnad är inlagd. Effekterna "
            "i rapporten gäller under förutsättning att åtgärden genomförs; P(genomförs) är sannolikheten för det, 100 % där "
            "inget annat är skrivet. Evidens: A egna försök eller data, B flera regioner, C en region eller en uppgift, "
            "D bedömning. Upplysningar är vad åtgärden säger i ord eller som klass och som inte ändrar något tal; den andel "
            "som kommer från länets kommuner är nettonoll för länet.",
        ),
    )


def _row(record: dict[str, str]) -> Row:
    effect = record.get("effekt_motivering") or "ingen" if record["effekt"] == "ingen" else "modellerad"
    return Row(
        (
            record["titel"],
            AREAS.get(record.get("inriktning", ""), ""),
            text.status(record["status"]),
            record["start"],
            record["slut"],
            None if record["effekt"] == "ingen" else number(record["sannolikhet"]) / 100,
            record["evidens"],
            number(record["kostnad_mkr"]),
            number(record["statsbidrag_mkr"]),
            effect,
            record.get("upplysningar", ""),
            record["kalla"],
        )
    )
