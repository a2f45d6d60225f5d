"""The headline: what the measures do, in plain Swedish, with interval and Monte-Carlo error.

A change in agency cost is never shown alone: net cost, overtime, pool, bought care and unmet need stand beside it.
"""

from __future__ import annotations

from typing import NamedTuple

from kompetenssim.present import text
from kompetenssim.present.tables.form import Cell, Column, Row, Section, Table
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
MOVED = ("overtid_mkr", "pool_mkr", "kopt_vard_mkr", "obemannade_timmar")
MOVED_TITLES = {
    "overtid_mkr": "övertid",
    "pool_mkr": "resurspool",
    "kopt_vard_mkr": "köpt vård",
    "obemannade_timmar": "obemannat behov",
}


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
        Column("Skillnad"),
        Column("80 % intervall för effekten"),
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
            "över parameterosäkerheten; Monte Carlo-felet är medelfelet i skattningen av skillnaden. För andelar är skillnaden i "
            "procentenheter.",
            "Effekterna gäller under förutsättning att åtgärderna genomförs.",
        ),
    )


def _row(view: View, scenario: str, measure: Measure, time: str, found: Difference) -> Row:
    reference, ours = (_level(view, s, measure.indicator, time) for s in (view.reference or "", scenario))
    cells: tuple[Cell, ...] = (
        f"{measure.title}, {measure.unit}" if measure.unit else measure.title, reference, ours, found.mean,
        text.interval(found.low80, found.high80, signed(measure.format)), found.mc_error,
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
    details = (f"80 % intervall {text.interval(found.low80, found.high80, form)}",
               f"Monte Carlo-fel ±{text.formatted(found.mc_error, measure.format)}")
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
                    f"(80 % intervall {text.interval(net.low80, net.high80, text.MSEK_SIGNED)}).")
    return " ".join(said)


def moved_warning(view: View) -> str | None:
    """Warn when agency cost falls while overtime, pool, bought care or unmet need rises: cost may have moved, not gone."""
    def change(indicator: str) -> Difference | None:
        return view.difference(view.main, indicator, view.last_year)

    agency = change("hyrkostnad_mkr")
    if agency is None or not agency.certain or agency.mean > 0:
        return None
    rising = [MOVED_TITLES[i] for i in MOVED if (d := change(i)) is not None and d.certain and d.mean > 0]
    if not rising:
        return None
    return f"Obs: hyrkostnaden minskar medan {' och '.join(rising)} ökar. En del av minskningen är flyttad, inte sparad."


def plan_line(view: View) -> str:
    """Say how the run was made: draws, simulations, seed."""
    plan, span = view.results.manifest["plan"], view.results.manifest["period"]
    draws, per_draw = plan.get("parameteruppsattningar", "?"), plan["per_uppsattning"]
    return (
        f"{draws} parameteruppsättningar × {per_draw} = {plan['simuleringar']} simuleringar per scenario, "
        f"slumpfrö {plan['slumpfro']}, {text.period(span['start'])} – {text.period(span['slut'])}."
    )
