"""The handbook page of the lever types, made from their classes: `python -m kompetenssim.levers.document`."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kompetenssim.levers import LEVERS, Lever
from kompetenssim.levers.base import Day
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part

PAGE = Path(__file__).parents[2] / "docs" / "spakar.md"

_HEAD = """# Spaktyper

En åtgärd består av ett eller flera spakblock. Varje spaktyp nedan säger vilka nycklar som får skrivas, i vilken enhet och inom
vilka gränser, och vad i modellen den får verka på – annat kan den inte ändra, så att samma verkan inte räknas två gånger.

* Tal skrivs som `7.5`, `{undre: 5, trolig: 7.5, ovre: 12}` eller med `kalla` och `antagande`. Förval märkta *antagande* saknar
  källa.
* Ett tal gäller vid full effekt. Åtgärdens start, slut, ramp, omfattningens andel, realisering, avklingning och sannolikhet
  väger det.
* Omfattningens andel väger faktorer, procent och andelar. Ett sammanlagt antal är det antal som står: tjänster, platser, en
  kull, pooltimmar, timmar per vecka, fasta linjer. Skriv antalet för den del som omfattas.
* Var blocket gäller bestäms av åtgärdens `omfattning`; `yrkesgrupp`, `yrkesgrupper` och `enheter` i blocket kan bara snäva in
  den.
* Sökande, ledtid, karens och examinerade är gemensamma för en yrkesgrupp i hela regionen: där gäller blocket grupperna som
  omfattas, också på andra enheter.
* Flera block av samma typ skrivs som en lista. Överallt får `kalla`, `antagande`, `avser` och `kommentar` stå.

Sidan görs av programmet ur spaktyperna; ändra inte här.
"""

#: What a reader calls the quantities and blocks that levers act on.
SWEDISH = {
    "PostBlock": "tjänster", "ShiftBlock": "uppgiftsväxling i tre steg", "ProgrammeBlock": "utbildningsprogram",
    "PoolBlock": "pooltimmar", "CapBlock": "tak för inhyrning", "CohortBlock": "rekryterad grupp vid ett datum",
    "Enabler": "andra åtgärders realisering och ramp", "need_factor": "behov, faktor", "need_extra_hours": "behov, timmar",
    "need_sum": "behov, summa av tillväxttermer",
    "duty_hours": "jourlinjernas timmar", "closed_share": "stängd andel", "freeze": "anställningsstopp",
    "efficiency": "hemtagen effektivisering", "efficiency_overtime": "effektivisering som minskar övertid",
    "efficiency_gross": "frigjord tid brutto", "used_time": "egen tid som åtgärden tar", "mismatch": "kapacitet vid fel tid",
    "presence": "närvaro", "full_time_hours": "heltidsmått", "presence_summer_shift": "flyttad sommarledighet",
    "intro_time": "nyas tid till introduktion", "introduction_supervision": "handledning av nyanställda",
    "learning_factor": "inlärningstid", "exit_factor": "uppsägningar", "novice_exit_factor": "uppsägningar bland nya",
    "young_exit_factor": "uppsägningar bland unga", "move_rate": "interna byten",
    "overtime_4_weeks": "övertidstak, 4 veckor", "overtime_year": "övertidstak, år", "overtime_practice": "övertid i praktiken",
    "overtime_pay_factor": "övertidens ersättning", "extra_hours_share": "mertid", "extra_shift_factor": "frivilliga extrapass",
    "sick_rate": "långa sjukfall", "sick_length": "långa sjukfalls längd", "short_sick": "kort sjukfrånvaro",
    "agency_leaver_share": "andel som går till hyrbolag", "leave_refused": "nekad tjänstledighet",
    "more_hours_share": "deltidsanställda som går upp i tid", "more_hours_step": "hur mycket de går upp",
    "retirement_factor": "pensionsavgångar", "pay_relative": "relativ lön", "pay_supplement": "lönetillägg",
    "arrival_factor": "sökande", "lead_time_factor": "rekryteringens ledtid", "hire_cost": "kostnad per anställning",
    "hire_bond_months": "bindning", "return_factor": "återvändare", "agency_gap_cap": "hyrtak som andel av gapet",
    "agency_price": "hyrpris", "agency_price_cap": "pristak", "agency_lead_weeks": "hyrans ledtid",
    "agency_order_share": "avropsandel", "agency_fixed_weeks": "fasta linjer", "agency_fixed_delivery": "fasta linjers leverans",
    "agency_quarantine_months": "karens", "supervision_hours": "handledartimmar", "supervision_factor": "handledningskapacitet",
    "placement_factor": "studenter per handledare", "graduate_share": "examinerade som söker sig till regionen",
}  # fmt: skip


def render(levers: dict[str, type[Lever]] = LEVERS) -> str:
    """Give the page as Markdown, one section per lever type in the order of their keys."""
    return "\n".join([_HEAD, *(_section(key, lever) for key, lever in sorted(levers.items()))])


def _section(key: str, lever: type[Lever]) -> str:
    acts_on = ", ".join(f"{SWEDISH.get(name, name)} (`{name}`)" for name in sorted(lever.acts_on))
    lines = [f"## {key}", "", lever.meaning, "", f"Verkar på: {acts_on}.", ""]
    lines += ["| nyckel | skrivs som | gränser | förval | betydelse |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cells)} |" for cells in _rows(lever)]
    return "\n".join([*lines, "", "```yaml", lever.example, "```", "", *([lever.notes, ""] if lever.notes else [])])


def _rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if name in Part.model_fields:
            continue
        key = f"{prefix}{field.alias or name}"
        nested = _nested(field.annotation)
        default = "" if nested and not field.is_required() else _default(field)
        yield f"`{key}`", _kind(field.annotation), _range(field), default, field.description or ""
        if nested:
            yield from _rows(nested, f"{key}.")


def _members(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [a for a in typing.get_args(annotation) if a is not type(None)]
    return [annotation]


def _nested(annotation: Any) -> type[Part] | None:
    return next((a for a in _members(annotation) if isinstance(a, type) and issubclass(a, Part)), None)


def _kind(annotation: Any) -> str:
    (kind, *_) = _members(annotation)
    if typing.get_origin(kind) is Literal:
        return " / ".join(typing.get_args(kind))
    if kind is Day or typing.get_origin(kind) is Annotated:
        return "datum, månad eller termin"
    if typing.get_origin(kind) is list:
        return "lista"
    if typing.get_origin(kind) is dict:
        return "datum: tal"
    if isinstance(kind, type) and issubclass(kind, Part):
        return "mappning"
    return {Number: "tal", float: "tal", int: "heltal", str: "text"}[kind]


def _range(field: FieldInfo) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    found = {end: getattr(m, end) for m in field.metadata for end in ("ge", "le") if hasattr(m, end)} or extra
    least, most = found.get("ge"), found.get("le")
    return f"{_plain(least)} till {_plain(most)}" if isinstance(least, int | float) and isinstance(most, int | float) else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**krävs**"
    if isinstance(field.default, Number):
        n = field.default
        value = _plain(n.mode) if n.low is None or n.high is None else f"{_plain(n.mode)} ({_plain(n.low)}–{_plain(n.high)})"
        return f"{value} *antagande*" if n.assumption else value
    return "" if field.default in (None, PydanticUndefined) else str(field.default)


def _plain(value: Any) -> str:
    text = f"{value:g}" if abs(value) < 10_000 else f"{value:,.0f}"
    return text.replace("-", "−").replace(",", "\u00a0")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_text(render(), encoding="utf-8")
    print(target)
