"""T2 måluppfyllelse: the table of S000 section 3.1, with what a forecast adds.

Rows and columns are S000's own: mål (max), two years, change, change in %, deviation from the target,
deviation in %. A forecast adds the probability of reaching the target and the first month from which
it stays reached.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from kompetenssim.forecast.indicators import base_of
from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Cell, Chance, Column, Row, Section, Table
from kompetenssim.present.text import Format
from kompetenssim.present.view import ALL, Target, View

#: S000's rows, {} for the title of the area; a target for several groups together (`a+b`) is the sum.
#: Title, omrade, yrkesgrupp, indentation.
S000_ROWS = (
    ("Inhyrda läkare", ALL, "lakare", 0),
    ("varav primärvården", "primarvard", "lakare", 1),
    ("varav {}", "sjukhus", "lakare", 1),
    ("Inhyrda sjuksköterskor", ALL, "ssk_alla", 0),
    ("Inhyrd övrig personal", ALL, "ovrig_hyra", 0),
    ("Summa", ALL, ALL, 0),
)
COST = "hyrkostnad_mkr"


class Deviation(NamedTuple):
    """The derived columns of one row of S000 table 3.1, unrounded; shares as shares."""

    change: float | None
    change_share: float | None
    deviation: float | None
    deviation_share: float | None


def deviation(limit: float | None, year0: float | None, year1: float | None) -> Deviation:
    """Compute change and deviation as S000 does: from unrounded values, relative to year 0 and to the target."""
    change = None if year0 is None or year1 is None else year1 - year0
    away = None if limit is None or year1 is None else year1 - limit
    return Deviation(
        change, None if change is None or not year0 else change / year0,
        away, None if away is None or not limit else away / limit,
    )


def build(view: View) -> Table:
    """Build T2 for every scenario: S000's six rows in mkr, then the region's own targets."""
    first, last = view.first_year, view.last_year
    columns = (
        Column("Helår, kostnader i mkr", words=True, wide=True),
        Column("Mål (max)"), Column(first), Column(last),
        Column(f"Förändring mellan {first} och {last}", points=True),
        Column(f"Förändring i % mellan {first} och {last}", text.PERCENT),
        Column("Avvikelse mot mål", points=True), Column("Avvikelse mot mål i %", text.PERCENT),
        Column("P(mål nått)", text.PROBABILITY), Column("Första månad varaktigt nått", words=True),
    )
    sections: list[Section] = []
    assumed = floors = False
    for scenario in view.scenarios:
        targets = view.targets(scenario)
        costs = {(t.area, ALL if "+" in t.group else t.group): t for t in targets if t.indicator == COST and t.unit == ALL}
        own = [t for t in targets if t not in costs.values()]
        assumed |= any(t.assumption for t in targets)
        floors |= any(t.floor for t in own)
        marks = [_mark(list(costs.values())), _mark(own)]
        rows = [_cost_row(view, scenario, *row, costs.pop((row[1], row[2]), None)) for row in S000_ROWS
                if view.value(scenario, COST, last, area=row[1], group=row[2]) is not None]
        sections.append(Section(f"Inhyrd personal{marks[0]} · {view.title(scenario)}", tuple(rows),
                                keys=(scenario, "Inhyrd personal")))
        rest = [_target_row(view, scenario, t) for t in (*costs.values(), *own)]
        sections.append(Section(f"Övriga mål{marks[1]} · {view.title(scenario)}", tuple(rest), keys=(scenario, "Övriga mål")))
    return Table(
        "T2",
        "maluppfyllelse",
        "Måluppfyllelse",
        columns,
        tuple(sections),
        keys=("Scenario", "Avsnitt"),
        notes=_notes(assumed=assumed, floors=floors),
    )


def _mark(targets: list[Target]) -> str:
    """Say that targets are assumed, not decided."""
    return ", antagna mål" if targets and all(t.assumption for t in targets) else ""


def _notes(*, assumed: bool, floors: bool) -> tuple[str, ...]:
    marked = (
        "Minst ett mål är ett antagande: regionen har inte beslutat det för perioden. Mål (max) för kostnaderna är 2015 års "
        "nivå, i den tidens priser."
    )
    return (
        "Medelvärden över simuleringarna, som går att summera; de visade talen är avrundade var för sig, så delar och summa kan "
        "skilja 0,1. Kostnader är i löpande priser. Avvikelse = sista helåret − mål. För mål i procent är förändring och "
        "avvikelse i procentenheter.",
        *((marked,) if assumed else ()),
        *(("För ett mål med minsta värde (minst) är en positiv avvikelse bättre än målet.",) if floors else ()),
        "P(mål nått) är andelen simuleringar som når målet vid måldatum, avrundad till 5 procentenheter. Når ingen eller alla "
        "målet står i stället den gräns som antalet simuleringar tillåter (80 % intervall). Varaktigt nått: tolv "
        "månader i följd (rullande 12) eller två år i följd (kalenderår).",
    )


def _cost_row(view: View, scenario: str, title: str, area: str, group: str, level: int, target: Target | None) -> Row:
    title = title.format(view.title(area))
    return _row(view, scenario, title, COST, (area, ALL, group), target, text.MSEK, level=level, strong=title == "Summa")


def _target_row(view: View, scenario: str, target: Target) -> Row:
    form = target_format(target.indicator)
    then = "" if math.isnan(target.outcome) else f" (utfall då {text.formatted(target.outcome, form)})"
    return _row(view, scenario, f"{target.title}, senast {text.period(target.by)}{then}", target.indicator,
                (target.area, target.unit, target.group), target, form)


def target_format(indicator: str) -> Format:
    """Give the format of a target's values by the unit of its indicator: shares as percent, money in mkr, counts whole."""
    unit = base_of(indicator).unit
    return {"mkr": text.MSEK, "%": text.PERCENT_GIVEN, "andel": text.PERCENT_1, "kvot": text.PERCENT_1}.get(unit, text.COUNT)


def _row(view: View, scenario: str, title: str, indicator: str, place: tuple[str, str, str], target: Target | None,
         form: Format, *, level: int = 0, strong: bool = False) -> Row:
    area, unit, group = place
    limit = None if target is None else target.limit
    if view.hidden(area, unit, group):
        return Row((title, limit, *([HIDDEN] * 8)), level=level, strong=strong, format=form)
    year0, year1 = (view.mean(scenario, indicator, year, area, unit, group) for year in (view.first_year, view.last_year))
    found = deviation(limit, year0, year1)
    reached: tuple[Cell, Cell] = (None, "")
    if target is not None:
        chance = Chance(target.probability, target.probability_low, target.probability_high)
        reached = (chance, first_month(target)) if target.status == "utvarderad" else (None, target.status)
    return Row((title, limit, year0, year1, *found, *reached), level=level, strong=strong, format=form)


def first_month(target: Target) -> str:
    """Say the first month from which a target stays reached; words of the evaluation pass through."""
    return text.period(target.first_month) if target.first_month[:4].isdigit() else target.first_month
