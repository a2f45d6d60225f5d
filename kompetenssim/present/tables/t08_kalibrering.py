"""T8 kalibrering: what was observed beside what the fit says, and what the data changed of each fitted parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.tables.form import Cell, Column, Error, Range, Row, Section, Table
from kompetenssim.present.text import Format
from kompetenssim.present.view import View

PARAMETER = Format(2)
ROLES = {"matning": "anpassad till", "ankare": "startläge"}

COLUMNS = (
    Column("Storhet", words=True, wide=True),
    Column("Roll", words=True),
    Column("Före data: median"),
    Column("Före data: 90 % intervall", ends=True),
    Column("Observerat"),
    Column("Fel i observationen (sd)"),
    Column("Efter data: median"),
    Column("Efter data: 80 % intervall", ends=True),
    Column("Efter data: 90 % intervall", ends=True),
    Column("Efter data: 95 % intervall", ends=True),
    Column("z", PARAMETER, signed=True),
    Column("PIT", PARAMETER),
    Column("Kontraktion", PARAMETER),
    Column("Fel i kontraktionen", PARAMETER),
    Column("Omdöme", words=True, wide=True),
)
OBSERVATIONS, PARAMETERS = "observation", "parameter"
NOTES = {
    PARAMETERS: "Före data är vad som antogs (prior), efter data vad som återstår när modellen hållits mot observationerna. "
                "Kontraktion: 0 = data sade inget, 1 = data bestämde talet helt; under 0 blev talet osäkrare. Om "
                "kontraktionens undre gräns (90 % säkerhet) inte överstiger 0,2 är parametern ej identifierad, styrs av "
                "antagande. Konflikt: data drar åt ett håll som antagandet inte väntade.",
    OBSERVATIONS: "Före data är vad antagandena ensamma säger. z är avståndet mellan observerat och simulerat i "
                  "standardavvikelser, felet i observationen inräknat: under −2 eller över 2 är långt. PIT är andelen av "
                  "simuleringarna under det observerade: nära 0 eller 1 ligger utfallet i kanten. Startlägets tal är räknade "
                  "fram ur utfallet och inget prov.",
}


def table(parameters: Sequence[Mapping[str, str]], observations: Sequence[Mapping[str, str]], of: str = "") -> Table:
    """Build T8 from the tables of a calibration; `of` names it where there may be several."""
    about = f" ({of})" if of else ""
    fitted = [r for r in observations if r["roll"] != "ankare"] + [r for r in observations if r["roll"] == "ankare"]
    sections = (
        Section(f"Parametrar{about}", tuple(map(_parameter, parameters)), keys=(PARAMETERS, of)),
        Section(f"Hyrkostnad i mkr: observerat och simulerat{about}" if _only_cost(fitted) else "Observerat och "
                                                                                                f"simulerat{about}",
                tuple(map(_observation, fitted)), keys=(OBSERVATIONS, of)),
    )
    return Table("T8", "kalibrering", "Kalibrering: observerat mot simulerat, och vad data ändrade", COLUMNS, sections,
                 keys=("Slag", "Kalibrering"), notes=tuple(NOTES.values()))


def build(view: View) -> Table | None:
    """Build T8 of a run, one pair of sections for each calibration; None when no scenario uses one."""
    fitted = view.evidence("kalibrering_parametrar")
    keys = dict.fromkeys(r["kalibrering"] for r in fitted)
    built = [table([r for r in fitted if r["kalibrering"] == key],
                   [r for r in view.evidence("kalibrering_observationer") if r["kalibrering"] == key], key) for key in keys]
    return replace(built[0], sections=tuple(s for t in built for s in t.sections)) if built else None


def parts(whole: Table) -> dict[str, Table]:
    """Split T8 for a page: parameters (T8P) and observations (T8O), each without the columns that it leaves empty."""
    return {id_: _part(whole, kind, id_, title) for kind, id_, title in (
        (PARAMETERS, "T8P", "Vad data ändrade av varje fri parameter"), (OBSERVATIONS, "T8O", "Observerat mot simulerat"))}


def _part(whole: Table, kind: str, id_: str, title: str) -> Table:
    sections = tuple(s for s in whole.sections if s.keys[0] == kind)
    rows = [row for s in sections for row in s.rows]
    used = [any(row.cells[k] not in (None, "") for row in rows) for k in range(len(whole.columns))]
    columns = tuple(replace(column, on_page=on_page) for column, on_page in zip(whole.columns, used, strict=True))
    return replace(whole, id=id_, title=title, columns=columns, sections=sections, notes=(NOTES[kind],), stored=whole.file_name)


def _parameter(r: Mapping[str, str]) -> Row:
    said = [r["etikett"] or "identifierad", *([f"konflikt: {r['konflikt']}".replace(".", ",")] if r["konflikt"] else [])]
    cells: tuple[Cell, ...] = (
        words.parameter(r["parameter"]), None, number(r["prior_p50"]), _range(r, "prior_p05", "prior_p95"), None, None,
        number(r["p50"]), _range(r, "p10", "p90"), _range(r, "p05", "p95"), None, None, None, number(r["kontraktion"]),
        Error(number(r["kontraktion_fel"])), "; ".join(said))
    return Row(cells, format=PARAMETER)


def _observation(r: Mapping[str, str]) -> Row:
    cells: tuple[Cell, ...] = (
        f"{words.of_row(r)} {r['tid']}", ROLES.get(r["roll"], r["roll"]), number(r["prior_median"]),
        _range(r, "prior_undre90", "prior_ovre90"), number(r["observerat"]), number(r["fel"]) if r["fel"] else None,
        number(r["median"]), _range(r, "p10", "p90"), None, _range(r, "undre95", "ovre95"), number(r["z"]), number(r["pit"]),
        None, None, None)
    return Row(cells, format=words.form(r["indikator"]))


def _range(r: Mapping[str, str], low: str, high: str) -> Range:
    return Range(number(r[low]), number(r[high]))


def _only_cost(rows: Sequence[Mapping[str, str]]) -> bool:
    return {r["indikator"] for r in rows} == {"hyrkostnad_mkr"}


def origin(r: Mapping[str, str]) -> str:
    """Say in a few words what a fitted parameter rests on, for the register of assumptions."""
    away = text.number(number(r["kontraktion"]), 2)
    return f"kontraktion {away} ± {text.number(number(r['kontraktion_fel']), 2)}, {r['etikett'] or 'identifierad'}"


def origin_in_register(r: Mapping[str, str]) -> str:
    """Say the same of a rate that a register of staff was asked about."""
    away = "" if r["kontraktion"] == text.MISSING else f"kontraktion {r['kontraktion']}"
    return ", ".join(said for said in ("ur personalregistret", away, r["anmärkning"]) if said)
