"""T3: what each measure contributes, first in, last out and as Shapley value; beside it what an effect costs."""

from __future__ import annotations

from kompetenssim.forecast.contributions import SHAPLEY
from kompetenssim.present import text
from kompetenssim.present.contributions import (
    INDICATORS,
    METHODS,
    NET,
    REPORTED,
    STAFF,
    UNMET,
    Attribution,
    Measure,
    against_plan,
    attribution,
    break_even,
    precision_remark,
    stages,
    zero_words,
)
from kompetenssim.present.tables.form import Cell, Column, Error, Range, Row, Section, Table
from kompetenssim.present.view import View

LATE = "† Ingen som utbildas hinner examineras före periodens slut: bidraget är bara kostnad och åtgärden rangordnas inte."


def build(view: View) -> Table | None:
    """Build the contributions by indicator, mean of the full years; None when the run has none."""
    found = [a for s in view.compared if (a := attribution(view, s)) is not None]
    if not found:
        return None
    columns = (
        Column("Åtgärd", words=True, wide=True),
        Column("Först in", signed=True),
        Column("Sist ut", signed=True),
        Column("Shapley", signed=True),
        Column("80 % intervall (Shapley)", ends=True, signed=True),
        Column("Monte Carlo-fel"),
        Column("Omfattar noll", words=True),
        Column("Evidens", words=True),
        Column("Status", words=True),
        Column("Plan och läge", words=True, wide=True),
        Column("Planerad status", words=True, on_page=False),
        Column("Planerad start", words=True, on_page=False),
        Column("Uppföljd", words=True, on_page=False),
        Column("Faktisk status", words=True, on_page=False),
        Column("Faktisk start", words=True, on_page=False),
        Column("Infört", text.PERCENT, on_page=False),
        Column("Utbildat", text.PERCENT, on_page=False),
        Column("Överlämnat", text.PERCENT, on_page=False),
    )
    sections = []
    for a in found:
        for indicator, kind in INDICATORS.items():
            rows = (*(_row(a, m, indicator) for m in a.ranked(indicator)), *_sums(a, indicator))
            sections.append(Section(f"{kind.title}, medel {view.span} · {view.title(a.scenario)}", rows,
                                    keys=(a.scenario, indicator), shown=a.scenario == view.main))
        if a.silent:
            rows = tuple(Row((m.title, *[None] * 3, Range(float("nan"), float("nan")), None, "", *_plan(m))) for m in a.silent)
            sections.append(Section(f"Utan modellerad effekt ({len(a.silent)}) · {view.title(a.scenario)}", rows,
                                    keys=(a.scenario, ""), shown=a.scenario == view.main))
    remarks = [r for a in found if (r := precision_remark(a)) is not None]
    return Table(
        "T3", "atgardseffekt", "Åtgärdernas bidrag", columns, tuple(sections), keys=("Scenario", "Indikator"),
        notes=(
            "Först in = referensen med bara den åtgärden, minus referensen. Sist ut = scenariot minus scenariot utan åtgärden. "
            "Shapley = medelvärdet av vad åtgärden lägger till när åtgärderna införs i slumpad ordning; värdena summerar till "
            "den gemensamma effekten. Samspel = det gemensamma minus summan av först in. Allt är bildat inom varje simulering. "
            "Intervallet är 80 % för den väntade effekten över parameterosäkerheten; – där det inte går att skilja från slumpen.",
            "Plan och läge: det som räknas, och vad den senaste uppföljningen säger bredvid planen; i CSV i egna kolumner.",
            *([LATE] if any(m.late for a in found for m in a.played) else []), *remarks,
        ))


def build_economy(view: View) -> Table | None:
    """Build what an effect costs and when each measure pays for itself; None when the run has no contributions."""
    found = [a for s in view.compared if (a := attribution(view, s)) is not None]
    if not found:
        return None
    columns = (
        Column("Åtgärd", words=True, wide=True),
        Column("Nettokostnad, mkr per år", INDICATORS[NET].format),
        Column("Kr per vunnen nettoårsarbetare", words=True),
        Column("Kr per undviken obemannad timme", words=True),
        Column("Går ihop", words=True, wide=True),
        Column("Bättre på både kostnad och obemannat", words=True, wide=True),
        Column("Evidens", words=True),
    )
    sections = tuple(
        Section(f"{view.title(a.scenario)}, medel {view.span}", tuple(_economy(a, m) for m in a.ranked(NET)), keys=(a.scenario,),
                shown=a.scenario == view.main)
        for a in found)
    return Table(
        "B", "atgardsekonomi", "Vad åtgärderna kostar per effekt", columns, sections, keys=("Scenario",),
        notes=(
            "Kr per effekt är kvoten mellan medelvärdena av Shapley-bidragen; minus betyder att åtgärden sparar. Ej definierat: "
            "effektens intervall omfattar noll. Går ihop: den storlek på effekten vid vilken åtgärden, sist införd, "
            "varken kostar eller sparar netto, om besparingen växer i takt med effekten. Utlägget räknas med åtgärden genomförd "
            "men utan kraft. Bättre (för åtgärder som kostar): en annan åtgärd har både lägre nettokostnad och färre obemannade "
            "timmar i minst nio av tio parameteruppsättningar.",
        ))


def _row(a: Attribution, m: Measure, indicator: str) -> Row:
    methods = [a.effect(m.key, method, indicator) for method in METHODS]
    shapley = a.effect(m.key, SHAPLEY, indicator)
    cells: tuple[Cell, ...] = (m.title, *(e.mean for e in methods), Range(*shapley.spread), Error(shapley.mc_error),
                               zero_words(shapley), *_plan(m))
    return Row(cells, format=INDICATORS[indicator].format)


def _plan(m: Measure) -> tuple[Cell, ...]:
    """Give grade, status, plan and how it went in words; then, for the CSV, plan beside follow-up."""
    went = m.progress
    actual = (went["uppfoljd"], text.status(went["status"]), went.get("faktisk_start", "")) if m.followed else ("", "", "")
    return (
        m.plan.get("evidens", ""), text.status(m.plan.get("status", "")),
        "; ".join(part for part in (stages(m), against_plan(m)) if part),
        text.status(went.get("status_plan", "")), went.get("start_plan", ""), *actual,
        *(m.reached(column) for column in REPORTED),
    )  # fmt: skip


def _sums(a: Attribution, indicator: str) -> tuple[Row, Row]:
    joint, together = a.joint(indicator), a.interaction(indicator)
    form = INDICATORS[indicator].format
    blank: tuple[Cell, ...] = (*[""] * 8, *[None] * len(REPORTED))
    return (
        Row(("Samspel", together.mean, None, None, Range(*together.spread), Error(together.mc_error), zero_words(together),
             *blank), format=form),
        Row(("Alla åtgärder tillsammans", joint.mean, None, joint.mean, Range(*joint.spread), Error(joint.mc_error),
             zero_words(joint), *blank), strong=True, format=form),
    )


def _economy(a: Attribution, m: Measure) -> Row:
    return Row((m.title, a.effect(m.key, SHAPLEY, NET).mean, a.price(m, STAFF), a.price(m, UNMET), break_even(m, a.view),
                a.better(m), m.plan.get("evidens", "") or text.MISSING))
