"""The report: one self-contained HTML page that reads like a calm paper and prints well."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from kompetenssim.forecast.posterior import LEAST_LINES
from kompetenssim.forecast.tablefile import number
from kompetenssim.present import contributions, headline, text
from kompetenssim.present.calibration import words
from kompetenssim.present.figures import Figure
from kompetenssim.present.run_warnings import run_warnings
from kompetenssim.present.tables import t08_kalibrering
from kompetenssim.present.tables.form import Cell, Column, Hidden, Interval, Row, Table, cell_text, form_of
from kompetenssim.present.view import ALL, View

if TYPE_CHECKING:
    from jinja2 import Environment

LONG = 60  # rows: a longer table is folded on the screen
ENDLESS = 300  # rows: a longer table is printed only if it has been unfolded


class Part(NamedTuple):
    """One section of the report: anchor, heading, introduction, tables and figures by id."""

    anchor: str
    heading: str
    introduction: str
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


PARTS = (
    Part("lagesbild", "Lägesbild", "Var yrkesgrupperna står vid det första och det sista helåret i prognosen.", ("T1",)),
    Part(
        "maluppfyllelse",
        "Måluppfyllelse",
        "Samma form som tabellen i Bemanningsprojektets slutrapport, avsnitt 3.1, med sannolikheten att målet nås till höger.",
        ("T2",),
        ("F1",),
    ),
    Part(
        "jamforelse",
        "Jämförelse",
        "Vad åtgärderna ändrar mot det namngivna referensscenariot. Hyrkostnaden står aldrig ensam: det som "
        "kan ha flyttats någon annanstans står bredvid.",
        ("J",),
        ("F2",),
    ),
    Part(
        "bidrag",
        "Åtgärdernas bidrag",
        "Vad varje åtgärd gör av skillnaden mot referensen. Var för sig, sist införd och fördelat på alla åtgärder ger olika "
        "svar när åtgärder griper in i varandra; skillnaden står på egen rad som samspel.",
        ("T3", "B"),
        ("F11", "F4", "F6"),
    ),
    Part("kostnad", "Kostnad", "Vad allt kostar, år för år, i medelvärden som går att summera.", ("T4",)),
    Part(
        "bemanningsordning",
        "Bemanningsordning",
        "Hur behovet möts: först egna timmar, sedan omfördelning, resurspool och hyra, "
        "i sista hand växling och övertid. Det som blir kvar är obemannat.",
        ("T9",),
        ("F3",),
    ),
    Part("utbildning", "Utbildning", "Vad utbildningarna levererar, och hur många som är kvar i tjänst.", ("T5",)),
    Part("avgangar", "Avgångar", "Vilka som slutar och varför.", ("T6",)),
    Part(
        "atgarder",
        "Åtgärder",
        "Hur långt åtgärderna kommit, och de som ingår i scenariot, även de som modellen inte ger någon effekt, med skälet.",
        ("T13", "A"),
    ),
    Part(
        "traffsakerhet",
        "Träffsäkerhet",
        "Hur en tidigare prognos gick: vad den sade, vad som hände och vad felet beror på.",
        ("T8b", "T8c"),
    ),
    Part(
        "antaganden",
        "Antaganden",
        "Varje tal som modellen bygger på. Det som saknar källa är ett antagande och är märkt så.",
        ("T8P", "T8O", "T7"),
        ("F9",),
    ),
    Part("giltighet", "Klipp och giltighet", "", ("T14",)),
    Part("manifest", "Manifest", "Det som behövs för att göra om samma körning.", ("T12",)),
)


def html(view: View, tables: Mapping[str, Table], figures: Mapping[str, Figure]) -> str:
    """Render the report. Parts without tables and figures (no reference, no measures) are left out."""
    tables = {**tables, **(t08_kalibrering.parts(tables["T8"]) if "T8" in tables else {})}
    parts = [p for p in PARTS if p.anchor == "giltighet" or any(t in tables and tables[t].shown for t in p.tables)]
    return (
        environment()
        .get_template("rapport.html.j2")
        .render(
            view=view,
            parts=parts,
            tables=tables,
            figures=figures,
            banner=banner(view),
            why=banner_why(view),
            numbers=headline.figures(view),
            paragraph=headline.paragraph(view),
            warnings=run_warnings(view),
            few=headline.few_draws(view),
            condition=headline.condition(view),
            remark=headline.level_remark(view) if banner(view) else None,
            plan=headline.plan_line(view),
            contributed=_contributed(view),
            validity=validity(view),
            region=view.results.manifest.get("region", {}).get("namn", ""),
            main=view.title(view.main),
            reference=view.title(view.reference) if view.reference else None,
            text=text,
        )
    )


def _contributed(view: View) -> list[str]:
    """Say what the measures contribute, and where the simulations are too few; nothing without contributions."""
    found = contributions.attribution(view)
    if found is None:
        return []
    return [contributions.paragraph(found), *([r] if (r := contributions.precision_remark(found)) is not None else [])]


def banner(view: View) -> str | None:
    """Give the warning that every page carries unless all is calibrated from a known start state."""
    return None if view.results.calibrated else text.BANNER


def banner_why(view: View) -> str:
    """Say why the warning is there: an assumed start state, nothing fitted, or a calibration with too few lines for the word."""
    used = {r["kalibrering"]: r for r in view.evidence("kalibrering")}
    if not used:
        return text.BANNER_WHY
    said = [f"{key} (data till {r['data_till']}), som vilar på {text.number(number(r['verksamma']))} verksamma rader och är "
            f"jämförd med {r['kontrollrader']} kontrollrader" for key, r in used.items()]
    few = any(int(r["kontrollrader"]) < LEAST_LINES for r in used.values())
    told = (f"Parametrar kommer ur kalibreringen {text.listed(said)}: för få för ordet kalibrerad, som kräver minst "
            f"{LEAST_LINES}." if few
            else f"Parametrar kommer ur kalibreringen {text.listed(said)}.")
    without = [view.title(s) for s in view.scenarios if s not in {r["scenario"] for r in view.evidence("kalibrering")}]
    more = [f"Utan kalibrering: {text.listed(without)}."] if without else []
    start = ["Startläget är helt eller delvis antaget."] if any(
        s["startlage_antagande"] for s in view.results.manifest["scenarier"].values()) else []
    return " ".join([told, *more, *start, text.BANNER_READ])


def not_identified(view: View) -> list[str]:
    """Name the fitted parameters in use that the data say next to nothing of, in the words that follow them everywhere."""
    used = {(r["kalibrering"], r["fri"]) for r in view.evidence("kalibrering_tal")}
    named: dict[tuple[str, str], list[str]] = {}
    for r in view.evidence("kalibrering_parametrar"):
        if r["etikett"] and (r["kalibrering"], r["parameter"]) in used:
            named.setdefault((r["kalibrering"], r["etikett"]), []).append(words.parameter(r["parameter"]))
    return [f"Ur kalibreringen {key}, {label}: {text.listed(names)}." for (key, label), names in named.items()]


def validity(view: View) -> list[str]:
    """Say what limits the results: clipped multipliers and the three kinds of spread; warnings are table T14."""
    said = []
    for r in view.evidence("klipp"):
        if r["yrkesgrupp"] == ALL:
            said.append(
                f"{view.title(r['scenario'])}: belastningens faktor nådde sitt tak eller golv i "
                f"{text.percent(number(r['klippta_veckor_andel']), 2)} av personveckorna. Gränserna är ett modellantagande."
            )
    said += not_identified(view)
    said.append("Tre sorters spridning hålls isär: slumpen mellan simuleringar (intervall i lägesbild och solfjädersdiagram), "
                "parameterosäkerheten (intervall för effekter) och Monte Carlo-felet (hur noga medelvärdet är skattat).")
    said.append("Enheter med få anställda varierar mycket av en enda person. Rangordna inte enheter vars intervall överlappar.")
    return said


@cache
def environment() -> Environment:
    """Give the environment of the page templates."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(loader=PackageLoader("kompetenssim.present"), autoescape=select_autoescape(default=True),
                              undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(LONG=LONG, ENDLESS=ENDLESS, suppressed_why=text.SUPPRESSED_WHY)
    environment.filters.update(shown=_shown, is_interval=lambda cell: isinstance(cell, Interval),
                               is_hidden=lambda cell: isinstance(cell, Hidden), low_high=_low_high, amount=_amount)
    return environment


def _shown(cell: Cell, column: Column, row: Row) -> str:
    return cell_text(cell, form_of(column, row))


def _amount(cell: Any, column: Column, row: Row) -> str:
    return text.formatted(cell.mid, form_of(column, row))


def _low_high(cell: Any, column: Column, row: Row) -> str:
    return text.interval(cell.low, cell.high, form_of(column, row))
