"""Check that the dates of a scenario make sense together: period, start state, measures, targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from kompetenssim.spec.dates import NEVER, TERM_WEEKS, first_day, last_day
from kompetenssim.spec.keys import listing
from kompetenssim.spec.node import Node, Problems

MOST_YEARS = 60


class Horizon(NamedTuple):
    """The first and last day of a run and the start state it begins from."""

    start: date
    end: date
    state: date


def read_day(node: Node | None, terms: Mapping[str, int], *, last: bool = False) -> date | None:
    """Read the date of a node; None where there is none or it is faulty (which is reported elsewhere)."""
    if node is None or node.invalid or not isinstance(node.value, str):
        return None
    try:
        return (last_day if last else first_day)(node.value, terms)
    except ValueError:
        return None


def term_weeks(rules: Node | None) -> dict[str, int]:
    """Give the ISO weeks in which terms start, from the rules or as usual."""
    found = rules.get("terminsstart_vecka") if rules is not None else None
    own = {k: v.value for k, v in ((found.mapping if found is not None else None) or {}).items() if isinstance(v.value, int)}
    return {**TERM_WEEKS, **own}


def horizon(scenario: Node, region: Node, terms: Mapping[str, int], problems: Problems) -> Horizon | None:
    """Find the period and the start state of a scenario, or report why they make no sense."""
    head = scenario.get("scenario")
    if head is None or head.mapping is None:
        return None
    period = head.get("period")
    if period is None or period.value is None:
        text = "perioden saknas; skriv period: {start: ÅÅÅÅ-MM-DD, slut: ÅÅÅÅ-MM-DD}"
        problems.error(head.place, "scenario.period", text, code="saknas")
        return None
    start, end = read_day(period.get("start"), terms), read_day(period.get("slut"), terms, last=True)
    if start is None or end is None:
        return None
    if end < start:
        problems.error(period.place, "scenario.period", f"perioden slutar ({end}) innan den börjar ({start})", code="period")
        return None
    if end.year - start.year > MOST_YEARS:
        text = f"perioden är {end.year - start.year} år; högst {MOST_YEARS}"
        problems.error(period.place, "scenario.period", text, code="period")
        return None
    state = _start_state(head, region, start, problems)
    return Horizon(start, end, state) if state is not None else None


def _start_state(head: Node, region: Node, start: date, problems: Problems) -> date | None:
    states = region.get("startlagen")
    if states is None or states.mapping is None:
        return None
    dated = {first_day(key): key for key in states.mapping}
    named = head.get("startlage")
    if named is None or named.value is None:
        if start in dated:
            return start
        text = f"startläget saknas; skriv startlage: och ett av {listing(day.isoformat() for day in dated)}"
        problems.error(head.place, "scenario.startlage", text, code="saknas")
        return None
    if named.invalid:
        return None
    day = date.fromisoformat(str(named.value))
    if day not in dated:
        return None
    if abs((start - day).days) > 31:
        text = f"startläget {day} ligger långt från periodens början {start}"
        problems.warn(named.place, "scenario.startlage", text, "startlage")
    return day


def check_measures(scenario: Node, span: Horizon, terms: Mapping[str, int], problems: Problems) -> None:
    """Warn of measures outside the horizon and of task shifts that are never handed over."""
    listed = scenario.get("atgarder")
    for key, measure in ((listed.mapping if listed is not None else None) or {}).items():
        path = f"atgarder.{key}"
        start, end = measure.get("start"), measure.get("slut")
        first, last = read_day(start, terms), read_day(end, terms, last=True)
        running = measure.get("i_drift_vid_start")
        if first and last and last < first and end is not None:
            problems.error(end.place, f"{path}.slut", f"åtgärden slutar ({last}) innan den börjar ({first})", code="datum")
        elif first and start is not None and first > span.end:
            text = f"åtgärden börjar {first}, efter periodens slut {span.end}; den ändrar inget tal"
            problems.warn(start.place, f"{path}.start", text, "utanfor_horisonten")
        elif last and end is not None and last < span.start:
            text = f"åtgärden slutar {last}, före periodens början {span.start}; den ändrar inget tal"
            problems.warn(end.place, f"{path}.slut", text, "utanfor_horisonten")
        elif first and start is not None and first < span.start and (running is None or running.value != "ja"):
            text = f"åtgärden börjar {first}, före periodens början {span.start}; skriv i_drift_vid_start: ja om den redan verkar"
            problems.warn(start.place, f"{path}.start", text, "utanfor_horisonten")
        _warn_of_handover(measure, path, terms, problems)


def _warn_of_handover(measure: Node, path: str, terms: Mapping[str, int], problems: Problems) -> None:
    written, effect = measure.get("uppgiftsvaxling"), measure.get("effekt")
    if written is None or written.value is None or (effect is not None and effect.value == "ingen"):
        return
    for block in written.items if written.items is not None else [written]:
        handed = block.get("overlamnad")
        never = _plain_number(block.get("overlamnad_andel")) == 0
        if handed is not None and handed.value == NEVER:
            text = "'overlamnad' är aldrig: kostnaden för mottagarna kommer, och avlastningen uteblir"
            problems.inform(handed.place, f"{path}.uppgiftsvaxling.overlamnad", text, "overlamnad_saknas")
        elif block.mapping is not None and (handed is None or handed.value is None or never):
            why = "'overlamnad_andel' är 0" if never else "'overlamnad' saknas"
            text = (f"{why}: uppgifterna lämnas aldrig över, så kostnaden kommer men avlastningen uteblir; "
                    "skriv dagen då givarnas schema är ändrat, eller aldrig om det är meningen")
            problems.warn(block.place, f"{path}.uppgiftsvaxling", text, "overlamnad_saknas")
        elif handed is not None:
            over, trained, mapped = (read_day(block.get(key), terms) for key in ("overlamnad", "utbildad", "klar_rak"))
            if over and trained and max(over, mapped or over) < trained:
                text = (f"uppgifterna lämnas över {over}, innan mottagarna är utbildade {trained}; avlastningen kommer först "
                        f"{trained}, stäm av datumen")
                problems.warn(handed.place, f"{path}.uppgiftsvaxling.overlamnad", text, "overlamnad_fore_utbildad")


def check_on_cost(region: Node, span: Horizon, problems: Problems) -> None:
    """Tell of a change of on-costs (PO) within the period: it moves the agency share though nobody does anything."""
    written = region.get("ekonomi", "po_procent")
    years = {int(y): n for y, n in ((written.mapping if written is not None else None) or {}).items() if y.isdigit()}
    before: Node | None = None
    for year, node in sorted(years.items()):
        old, new = (_plain_number(n) for n in (before, node))
        if old is not None and new is not None and span.start.year < year <= span.end.year and abs(new - old) >= 1:
            down = "sjunker" if new > old else "stiger"
            change = f"{old:g} till {new:g} %".replace(".", ",")
            text = (f"PO ändras från {change} {year}: egen personal blir {'dyrare' if new > old else 'billigare'} och hyrandelen "
                    f"{down} utan att något gjorts. Läs hyrkostnad i mkr och hyrda timmar bredvid andelen")
            problems.inform(node.place, f"ekonomi.po_procent.{year}", text, "po_andras")
        before = node


def _plain_number(node: Node | None) -> float | None:
    found = node if node is None or node.mapping is None else node.get("trolig") or node.get("varde")
    return float(found.value) if found is not None and isinstance(found.value, int | float) else None


def check_targets(targets: Node | None, span: Horizon, terms: Mapping[str, int], problems: Problems) -> None:
    """Report targets that had expired before the run starts."""
    for key, target in ((targets.mapping if targets is not None else None) or {}).items():
        by = target.get("senast")
        day = read_day(by, terms, last=True)
        if day and by is not None and day < span.start:
            text = f"målet gällde till {day}, före periodens början {span.start}; ta bort det eller flytta fram 'senast'"
            problems.error(by.place, f"mal.{key}.senast", text, code="mal_passerat")


def check_rules(rules: Node | None, span: Horizon, problems: Problems) -> None:
    """Report dated ages that say nothing of the first day of the period."""
    for key in ("riktalder_ar", "tidigaste_pension_ar", "las_alder_ar"):
        dated = rules.get(key) if rules is not None else None
        days = sorted(first_day(day) for day in (dated.mapping if dated is not None else None) or {})
        if dated is not None and dated.mapping is not None and (not days or days[0] > span.start):
            since = f"gäller först från {days[0]}" if days else "är tom"
            problems.error(dated.place, key, f"{since}, men perioden börjar {span.start}; ange vad som gällde då", code="datum")
