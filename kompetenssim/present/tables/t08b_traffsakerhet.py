"""T8b and T8c: how an earlier forecast went, line by line, and what its misses are due to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

from kompetenssim.forecast.causes import CAUSES, MEASURES, POLICY
from kompetenssim.forecast.review_files import LINES, SUMMARY
from kompetenssim.forecast.review_files import MEASURES as WHICH_MEASURES
from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Cell, Column, Error, Range, Row, Section, Table
from kompetenssim.present.tables.t02_maluppfyllelse import target_format
from kompetenssim.present.text import Format
from kompetenssim.present.view import ALL, View

HEADINGS = {"modell": "Programmet", "data": "Data", "atgarder": "Planerade åtgärder", "policy": "Policyn reagerade",
            "parametrar": "Parametrar"}
PIT = Format(2)
WITHIN = 1.2815515655446004
"""Normal quantile: chance within its own 80 %."""
ENOUGH = 60
"""Lines below which coverage says nothing of calibration: 80 % is then known to about ± 7 percentage points (80 % interval)."""

Record = Mapping[str, str]


def build(view: View) -> Table | None:
    """Build T8b, forecast against outcome; None when the run holds no review."""
    rows = view.evidence(LINES)
    if not rows:
        return None
    columns = (
        Column("Rad", words=True, wide=True), Column("Prognos"), Column("Intervall 50 %", ends=True),
        Column("Intervall 80 %", ends=True), Column("Intervall 95 %", ends=True), Column("Utfall"),
        Column("Fel (prognos − utfall)", signed=True, points=True), Column("Fel i %", text.PERCENT, signed=True),
        Column("PIT", PIT), Column("Inom 80 %", words=True), Column("CRPS", on_page=False),
        Column("Räknas", words=True, on_page=False),
    )
    return Table("T8b", "traffsakerhet", "Träffsäkerhet: en tidigare prognos mot utfallet", columns,
                 _sections(view, rows, _line), keys=("Körning", "Indikator"),
                 notes=(*_summary(view), _HOW, *([_APPROXIMATE] if any(r["ungefarlig"] == "ja" for r in rows) else [])))


def build_causes(view: View) -> Table | None:
    """Build T8c, the misses by cause; None when the run holds no review, or one whose misses were not split."""
    rows = [r for r in view.evidence(LINES) if r["miss"]]
    if not rows:
        return None
    columns = (
        Column("Rad", words=True, wide=True), Column("Utfall − prognos", signed=True, points=True),
        *(Column(heading, signed=True, points=True) for heading in HEADINGS.values()),
        Column("Slump (resten)", signed=True, points=True), Column("Slumpens spridning"),
        Column("Resten mot slumpen", words=True), Column("Parametrarnas spridning", on_page=False),
        Column("PIT efter allt känt", PIT, on_page=False),
        *(Column(f"Monte Carlo-fel, {heading.lower()}", on_page=False) for heading in HEADINGS.values()),
    )
    order = "; ".join(f"{HEADINGS[cause].lower()} ({said})" for cause, said in CAUSES.items())
    return Table("T8c", "traffsakerhet_orsaker", "Varför prognosen missade", columns,
                 _sections(view, rows, _causes), keys=("Körning", "Indikator"),
                 notes=("Prognosens scenario är simulerat om med en sak i taget som den är känd nu, i den här ordningen: "
                        f"{order}. Delarna och slumpen summerar till hela felet; i en annan ordning kan samma orsak få en "
                        "annan storlek.",
                        *_measures(view), _CHANCE))


_HOW = ("Prognosen är medelvärdet i körningen som den sparades. PIT är andelen av prognosens fördelning under utfallet: 0,50 är "
        "mitt i, nära 0 eller 1 utanför det mesta. Rader som omfattar andra rader räknas inte i träffsäkerheten.")
_APPROXIMATE = "För månader sparas bara kvantiler: intervallet 95 %, PIT och CRPS är då ungefärliga."
_CHANCE = ("Slumpens spridning är standardavvikelsen mellan simuleringar med samma parametrar när allt annat är känt. Är resten "
           "större än slumpen finns det något kvar som modellen inte har: en okänd händelse, osäkra parametrar eller ett "
           "modellfel.")


def _sections(view: View, rows: Iterable[Record], make: Callable[[View, Record], Row]) -> tuple[Section, ...]:
    by_indicator: dict[tuple[str, str, str], list[Row]] = {}
    for r in rows:
        by_indicator.setdefault((r["korning"], r["scenario"], r["indikator"]), []).append(make(view, r))
    return tuple(Section(f"{indicator} · {view.title(scenario)} · {run}", tuple(found), keys=(run, indicator))
                 for (run, scenario, indicator), found in by_indicator.items())


def _title(view: View, r: Record) -> str:
    where = [view.title(r[key]) for key in ("yrkesgrupp", "omrade") if r[key] != ALL]
    return f"{', '.join(where) or 'Hela regionen'}, {text.period(r['tid'])}"


def _line(view: View, r: Record) -> Row:
    title, form = _title(view, r), target_format(r["indikator"])
    counts = "nej, omfattar andra rader" if r["summa"] == "ja" else "ja"
    if view.hidden(r["omrade"], ALL, r["yrkesgrupp"]):
        return Row((title, *[HIDDEN] * 10, counts), format=form)
    ends = [Range(number(r[f"undre{level}"]), number(r[f"ovre{level}"])) for level in (50, 80, 95)]
    inside = "ja" if ends[1].low <= number(r["utfall"]) <= ends[1].high else "nej"
    cells: tuple[Cell, ...] = (
        title, number(r["prognos"]), *ends, number(r["utfall"]), number(r["fel"]), number(r["fel_andel"]), number(r["pit"]),
        inside, number(r["crps"]), counts)
    return Row(cells, level=int(r["summa"] != "ja"), format=form)


def _causes(view: View, r: Record) -> Row:
    title, form = _title(view, r), target_format(r["indikator"])
    if view.hidden(r["omrade"], ALL, r["yrkesgrupp"]):
        return Row((title, *[HIDDEN] * (6 + 2 * len(HEADINGS))), format=form)
    rest, spread = number(r["slump"]), number(r["slump_sd"])
    cells: tuple[Cell, ...] = (
        title, number(r["miss"]), *(number(r[cause]) for cause in HEADINGS), rest, spread, _against(rest, spread),
        number(r["parameter_sd"]), number(r["slump_pit"]), *(Error(number(r[f"{cause}_fel"])) for cause in HEADINGS))
    return Row(cells, level=int(r["summa"] != "ja"), format=form)


def _against(rest: float, spread: float) -> str:
    """Say whether chance can carry what remains."""
    if math.isnan(spread):
        return "för få simuleringar"
    if abs(rest) <= WITHIN * spread:
        return "ryms i slumpen"
    return "större än slumpen" if abs(rest) > 2 * spread else "i slumpens utkant"


def _summary(view: View) -> tuple[str, ...]:
    rows = {r["matt"]: r for r in view.evidence(SUMMARY)}
    if not rows:
        return ()
    some = next(iter(rows.values()))
    inside = text.listed([f"{round(number(rows[f'inom{level}']['varde']) * int(some['rader']))} inom {level}\u00a0%"
                          for level in (50, 80, 95)])
    bias, size = (text.formatted(number(rows[name]["varde"]), form) for name, form in (
        ("skevhet", Format(0, scale=100.0, suffix=text.NBSP + "%", signed=True)), ("medelfel", text.PERCENT)))
    low, high = (text.percent(number(rows["inom80"][end])) for end in ("undre80", "ovre80"))
    skipped = f" {some['overhoppade']} utfall gick inte att jämföra." if some["overhoppade"] != "0" else ""
    few = "; så få rader kan inte visa att en prognos är rätt kalibrerad" if int(some["rader"]) < ENOUGH else ""
    return (f"Av {some['rader']} rader ligger {inside}. Skevhet {bias} (plus: prognosen var för hög), felets storlek i medel "
            f"{size}. Vore raderna oberoende vore träffsäkerheten för 80\u00a0% mellan {low} och {high} (80 % intervall){few}."
            f"{skipped}",)


def _measures(view: View) -> tuple[str, ...]:
    found = []
    for cause, said in ((MEASURES, "Planerade åtgärder som blev annorlunda"), (POLICY, "Policyn reagerade")):
        rows = [f"{r['nyckel']} ({r['hur']})" for r in view.evidence(WHICH_MEASURES) if r["orsak"] == cause]
        if rows:
            found.append(f"{said}: {', '.join(rows)}.")
    return tuple(found)
