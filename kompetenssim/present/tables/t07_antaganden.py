"""T7 antaganden: the register of every parameter with its value, mark and source."""

from __future__ import annotations

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables import t08_kalibrering
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import ALL, View

VALUES = ("undre", "trolig", "ovre", "dragen_medel", "dragen_sd")

FROM_CALIBRATION = (
    "Ur kalibreringen = hela rader ur en anpassning till historiken, så att samvariationen följer med. Utan angiven "
    "kontraktion är talet inte anpassat självt. Ej identifierad, styrs av antagande = data sade för lite; talet vilar "
    "fortfarande på antagandet (T8).")


def build(view: View) -> Table:
    """Build T7: assumptions first, then what has a source; a row that scenarios share is printed once."""
    columns = (
        Column("Nyckel", words=True, wide=True),
        Column("Undre", text.PRECISE),
        Column("Trolig", text.PRECISE),
        Column("Övre", text.PRECISE),
        Column("Dragen, medel", text.PRECISE),
        Column("Dragen, sd", text.PRECISE),
        Column("Gäller", words=True),
        Column("Källa", words=True, wide=True),
    )
    assumed, sourced, standard = (_rows(view, kind) for kind in ("antagande", "källa", "förval"))
    fixed = _fixed(view)
    return Table(
        "T7", "antaganden", "Antaganden och parametrar", columns,
        (Section(f"Antaganden ({len(assumed)})", assumed, keys=("antagande",)),
         Section(f"Fasta tal utan källa ({len(fixed)} slag), minsta och största", fixed, keys=("fast",)),
         Section(f"Värden med källa ({len(sourced)})", sourced, keys=("källa",)),
         Section(f"Förval som ingen fil ändrar ({len(standard)})", standard, keys=("förval",), shown=False),
         Section("Sökande per år i startläget, beräknat", _applicants(view), keys=("beräknat",))),
        keys=("Märkning",),
        notes=("Undre och övre är gränserna i ett 80 % intervall. Dragen = medelvärde och standardavvikelse över körningens "
               "parameteruppsättningar; ett fast tal dras lika varje gång.",
               *((FROM_CALIBRATION,) if view.evidence("kalibrering_tal") else ()),
               f"CSV-filen har dessutom {len(standard)} förval som ingen fil ändrar, till exempel full omfattning och säkert "
               "genomförande."),
    )


def _kind(record: dict[str, str]) -> str:
    return "antagande" if record["antagande"] == "ja" else "källa" if record["kalla"] else "förval"


def _rows(view: View, kind: str) -> tuple[Row, ...]:
    found: dict[tuple[str, ...], list[str]] = {}
    origins = _origins(view)
    for r in view.evidence("parametrar"):
        if _kind(r) == kind:
            source = "; ".join(said for said in (r["kalla"], _origin(view, origins, r["namn"], r["scenario"])) if said)
            found.setdefault((r["stig"] or r["namn"], *(r[v] for v in VALUES), source), []).append(r["scenario"])
    return tuple(
        Row((key, *(number(v) for v in values), _whom(view, found[key, *values, source]), source))
        for key, *values, source in sorted(found)
    )


def _origins(view: View) -> dict[tuple[str, str], str]:
    """Say by scenario and name which numbers a calibration gave, and what it could say of those that it fitted or counted."""
    fitted = {(r["kalibrering"], r["parameter"]): t08_kalibrering.origin(r) for r in view.evidence("kalibrering_parametrar")}
    counted = {(r["kalibrering"], r["parameter"]): t08_kalibrering.origin_in_register(r)
               for r in view.evidence("kalibrering_register")}
    found = {}
    for r in view.evidence("kalibrering_tal"):
        told = fitted.get((r["kalibrering"], r["fri"])) or counted.get((r["kalibrering"], r["namn"]))
        found[r["scenario"], r["namn"]] = f"ur kalibreringen {r['kalibrering']}{f': {told}' if told else ''}"
    return found


def _origin(view: View, origins: dict[tuple[str, str], str], name: str, scenario: str) -> str:
    """Give the origin of a number; where scenarios that share a row differ in it, each is named."""
    having = [s for s in (view.scenarios if scenario == ALL else (scenario,)) if (s, name) in origins]
    distinct = {origins[s, name] for s in having}
    if len(distinct) < 2 and (scenario != ALL or len(having) in (0, len(view.scenarios))):
        return next(iter(distinct), "")
    return "; ".join(f"{view.title(s)}: {origins[s, name]}" for s in having)


def _fixed(view: View) -> tuple[Row, ...]:
    """Give the kinds of numbers that no draw changes and no source gives: staff by unit, ages, seasons."""
    return tuple(
        Row((f"{r['nyckel']} ({r['antal']} tal)" if r["antal"] != "1" else r["nyckel"],
             number(r["minst"]), None, number(r["mest"]), None, None, "alla scenarier", ""))
        for r in view.evidence("fasta_tal")
    )


def _applicants(view: View) -> tuple[Row, ...]:
    """Give the base stream of applicants of the start state by group and part (means over the draws)."""
    return tuple(
        Row((f"{view.title(r['yrkesgrupp'])}: {r['del']}", None, number(r["per_ar"]), None, None, None,
             "alla scenarier",
             "medel över parameteruppsättningarna"))
        for r in view.evidence("sokande") if r["scenario"] == view.main and not view.hidden(group=r["yrkesgrupp"])
    )


def _whom(view: View, scenarios: list[str]) -> str:
    return "alla scenarier" if ALL in scenarios or set(scenarios) == set(view.scenarios) else ", ".join(scenarios)
