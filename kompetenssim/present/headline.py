"""The headline: what the measures do, in plain Swedish, with interval and Monte-Carlo error.

A change in agency cost is never shown alone: net cost, overtime, pool, bought care and unmet need stand beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import Cell, Column, Error, Range, Row, Section, Table
from kompetenssim.present.text import Format
from kompetenssim.present.view import Difference, Value, View


class Measure(NamedTuple):
    """One line of the comparison. `points`: a difference is in percentage points; `definite`: how the headline names it."""

    title: str
    indicator: str
    format: Format
    unit: str
    definite: str = ""
    points: bool = False


MEASURES = (
    Measure("Hyrkostnad", "hyrkostnad_mkr", text.MSEK, "mkr", "hyrkostnaden"),
    Measure("Nettokostnad", "nettokostnad_mkr", text.MSEK, "mkr", "nettokostnaden"),
    Measure("Egen personalkostnad", "personalkostnad_mkr", text.MSEK, "mkr"),
    Measure("varav övertid och mertid", "overtid_mkr", text.MSEK, "mkr"),
    Measure("Resurspool", "pool_mkr", text.MSEK, "mkr"),
    Measure("Köpt vård", "kopt_vard_mkr", text.MSEK, "mkr"),
    Measure("Obemannat", "obemannade_timmar", text.COUNT, "timmar"),
    Measure("Obemannat behov", "obemannad_andel", Format(2, scale=100), "%", "det obemannade behovet", points=True),
    Measure("Vakansgrad", "vakansgrad", Format(1, scale=100), "%", "vakansgraden", points=True),
    Measure("Hyra", "hyr_timmar", text.COUNT, "timmar"),
    Measure("Nettoårsarbetare", "nettoarsarbetare", text.DECIMAL, ""),
    Measure("Externa avgångar", "avgangar_externa", text.DECIMAL, ""),
    Measure("Belastning", "belastning", Format(3), "index"),
)

NOTED_CHANGE = 0.1  # a level that moves more than this over the horizon is commented
ENOUGH_DRAWS = 20
SHARE_SIGNED = Format(0, scale=100.0, suffix=text.NBSP + "%", signed=True)


class Figure(NamedTuple):
    """A number on the first page: what, how much, and what it means."""

    title: str
    amount: str
    meaning: str
    details: tuple[str, ...]
    certain: bool = True


def comparison(view: View) -> Table | None:
    """Build the table of differences for the last full year and the mean of the full years; None without reference."""
    if view.reference is None:
        return None
    columns = (
        Column("Storhet", words=True, wide=True),
        Column("Referensen"),
        Column("Med åtgärderna"),
        Column("Skillnad", signed=True, points=True),
        Column("80 % intervall för effekten", ends=True, signed=True),
        Column("Monte Carlo-fel"),
    )
    sections = []
    for scenario in view.compared:
        for title, key, differences in (
            (view.last_year, view.last_year, {m: view.difference(scenario, m.indicator, view.last_year) for m in MEASURES}),
            (f"medel per år {view.span}", view.span, {m: view.period_difference(scenario, m.indicator) for m in MEASURES}),
        ):
            rows = tuple(_row(view, scenario, m, key, d) for m, d in differences.items() if d is not None)
            sections.append(
                Section(f"{view.title(scenario)} mot {view.title(view.reference)}, {title}", rows, keys=(scenario, key))
            )
    return Table(
        "J",
        "jamforelse",
        "Jämförelse med intervall",
        columns,
        tuple(sections),
        keys=("Scenario", "Tid"),
        notes=(
            "Skillnad = scenariot minus referensen, bildad inom varje simulering. Intervallet är 80 % för den väntade effekten "
            "över parameterosäkerheten; – där den inte går att skilja från slumpen med så här många simuleringar. Monte "
            "Carlo-felet är medelfelet i skattningen av skillnaden. För andelar är skillnaden i procentenheter. Kostnader är i "
            "löpande priser.",
            condition(view),
        ),
    )


def _row(view: View, scenario: str, measure: Measure, time: str, found: Difference) -> Row:
    reference, ours = (_level(view, s, measure.indicator, time) for s in (view.reference or "", scenario))
    cells: tuple[Cell, ...] = (
        f"{measure.title}, {measure.unit}" if measure.unit else measure.title, reference, ours, found.mean,
        Range(*found.spread), Error(found.mc_error),
    )
    return Row(cells, level=int(measure.title.startswith("varav")), strong=bool(measure.definite), format=measure.format)


def _level(view: View, scenario: str, indicator: str, time: str) -> float | None:
    years = view.full_years if time == view.span else (time,)
    found = [m for y in years if (m := view.mean(scenario, indicator, y)) is not None]
    return sum(found) / len(found) if found else None


def signed(form: Format) -> Format:
    """Give the same format with a plus sign on increases."""
    return Format(form.decimals, scale=form.scale, signed=True)


def figures(view: View) -> list[Figure]:
    """Give the four numbers of the first page: differences when there is a reference, else levels."""
    keys = [m for m in MEASURES if m.definite]
    if view.reference is None:
        return [
            _level_figure(m, found) for m in keys if (found := view.value(view.main, m.indicator, view.last_year)) is not None
        ]
    return [_difference_figure(view, m, d) for m in keys
            if (d := view.difference(view.main, m.indicator, view.last_year)) is not None]


def _unit(measure: Measure, *, difference: bool) -> str:
    return "procentenheter" if difference and measure.points else measure.unit


def _difference_figure(view: View, measure: Measure, found: Difference) -> Figure:
    reference, ours = (view.mean(s, measure.indicator, view.last_year) for s in (view.reference or "", view.main))
    form = signed(measure.format)
    levels = f"{text.formatted(ours, measure.format)} mot {text.formatted(reference, measure.format)} {measure.unit}"
    details = (_interval_words(found, form),
               f"Monte Carlo-fel ±{text.fine(found.mc_error, measure.format)}")
    verdict = levels if found.certain else f"{levels}; skillnaden går inte att skilja från noll"
    amount = f"{text.formatted(found.mean, form)}{text.NBSP}{_unit(measure, difference=True)}"
    return Figure(measure.title, amount, verdict, details, found.certain)


def _level_figure(measure: Measure, found: Value) -> Figure:
    return Figure(
        measure.title,
        f"{text.formatted(found.p50, measure.format)}{text.NBSP}{measure.unit}",
        "median över simuleringarna",
        (f"80 % av simuleringarna {text.interval(found.p10, found.p90, measure.format)}",),
    )


def paragraph(view: View) -> str:
    """Say the headline in plain Swedish; intervals stand in the figures and the table beside it."""
    return _levels(view) if view.reference is None else _differences(view)


def _levels(view: View) -> str:
    found = [(m, v) for m in MEASURES if m.definite and (v := view.value(view.main, m.indicator, view.last_year)) is not None]
    parts = [f"{m.definite} {text.formatted(v.p50, m.format)} {m.unit}" for m, v in found]
    return (f"För {view.last_year} är medianerna: {text.listed(parts)}. Inget annat scenario har simulerats, så talen säger "
            "inget om vad åtgärderna åstadkommer.")


def _differences(view: View) -> str:
    keys = [(m, d) for m in MEASURES if m.definite and (d := view.difference(view.main, m.indicator, view.last_year)) is not None]
    clear = [f"{m.definite} {text.formatted(abs(d.mean), m.format)} {_unit(m, difference=True)} {text.direction(d.mean)}"
             for m, d in keys if d.certain]
    unclear = [m.definite for m, d in keys if not d.certain]
    said = []
    if clear:
        said.append(f"Med åtgärderna blir {text.listed(clear)} år {view.last_year} än i {view.title(view.reference or '')}.")
    if unclear:
        said.append(f"För {text.listed(unclear)} går ingen skillnad att skilja från noll.")
    net = view.period_difference(view.main, "nettokostnad_mkr")
    if net is not None and len(view.full_years) > 1:
        said.append(f"I medeltal över {view.span} ändras nettokostnaden med {text.msek(net.mean, signed=True)} per år "
                    f"({_interval_words(net, text.MSEK_SIGNED)}).")
    return " ".join(said)


def _interval_words(found: Difference, form: Format) -> str:
    shown = text.interval(*found.spread, form)
    return "80 % intervall går inte att skatta" if shown == text.MISSING else f"80 % intervall {shown}"


def condition(view: View) -> str:
    """Say that effects hold if the measures are carried out, and how probable that is taken to be."""
    rows = [r for r in view.evidence("atgarder") if r["scenario"] == view.main and r["effekt"] != "ingen"]
    found = sorted(number(r["sannolikhet"]) for r in rows)
    said = "Effekterna gäller under förutsättning att åtgärderna genomförs."
    if not found:
        return said
    if found[0] == found[-1] == 100:
        return f"{said} Sannolikheten för det är satt till 100 % för alla {len(found)} med modellerad effekt."
    span = text.interval(found[0], found[-1], text.COUNT)
    return f"{said} Sannolikheten för det är {span} % för de {len(found)} med modellerad effekt."


def level_remark(view: View) -> str | None:
    """Explain a rising or falling agency cost that no measure causes: prices and volume, without the measures."""
    scenario = view.reference or view.main
    ends = (view.first_year, view.last_year)
    cost, hours = ([view.mean(scenario, i, year) for year in ends] for i in ("hyrkostnad_mkr", "hyr_timmar"))
    if not all((*cost, *hours)) or view.first_year == view.last_year:
        return None
    change, volume = (float(b or 0) / float(a or 1) - 1 for a, b in (cost, hours))
    if abs(change) < NOTED_CHANGE:
        return None
    where = f"i {view.title(scenario)} " if view.reference else ""
    spread = view.value(scenario, "hyrkostnad_mkr", view.last_year)
    within = "" if spread is None else f" (80 % av simuleringarna {text.interval(spread.p10, spread.p90, text.COUNT)})"
    return (f"Hyrkostnaden {'stiger' if change > 0 else 'sjunker'} {where}från {text.msek(cost[0])} {view.first_year} till "
            f"{text.msek(cost[1])} {view.last_year}{within} i löpande priser; hyrda timmar ändras "
            f"{text.formatted(volume, SHARE_SIGNED)}. Det följer av antagandena om behov, tjänster och priser "
            "och är inte avstämt mot utfall.")


def few_draws(view: View) -> str | None:
    """Warn when there are so few parameter draws that intervals and probabilities are rough."""
    draws = view.results.manifest["plan"].get("parameteruppsattningar")
    if not isinstance(draws, int) or draws >= ENOUGH_DRAWS:
        return None
    return (f"Bara {draws} {_sets(draws)}: intervall, Monte Carlo-fel och sannolikheter är mycket osäkra. "
            "Kör fler simuleringar innan talen används.")


def _sets(draws: object) -> str:
    return "parameteruppsättning" if draws == 1 else "parameteruppsättningar"


def plan_line(view: View) -> str:
    """Say how the run was made: draws, simulations, seed."""
    plan, span = view.results.manifest["plan"], view.results.manifest["period"]
    draws, per_draw, runs = plan.get("parameteruppsattningar", "?"), plan["per_uppsattning"], plan["simuleringar"]
    return (
        f"{draws} {_sets(draws)}, {runs} simulering{'' if runs == 1 else 'ar'} per scenario ({per_draw} per uppsättning), "
        f"slumpfrö {plan['slumpfro']}, {text.period(span['start'])} – {text.period(span['slut'])}."
    )
