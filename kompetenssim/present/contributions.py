"""Contributions of measures as tables and figures read them: numbers, marks and words for each measure of a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from kompetenssim.forecast.contributions import FIRST_IN, INTERACTION, JOINT, LAST_OUT, SHAPLEY
from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.text import Format
from kompetenssim.present.view import ALL, Difference, View

METHODS = (FIRST_IN, LAST_OUT, SHAPLEY)
COST, STAFF, UNMET, NET = "hyrkostnad_mkr", "nettoarsarbetare", "obemannade_timmar", "nettokostnad_mkr"
SHORT = 44  # characters of a title in a figure
TWICE = 2.0  # from here a break-even reads better as times than as percent
KR_PER_MSEK = 1e6


class Kind(NamedTuple):
    """How an indicator is named and printed; `better` is the sign of an improvement."""

    title: str
    format: Format
    better: int


INDICATORS: Mapping[str, Kind] = {
    COST: Kind("Hyrkostnad, mkr per år", Format(2, signed=True), -1),
    NET: Kind("Nettokostnad, mkr per år", Format(2, signed=True), -1),
    STAFF: Kind("Nettoårsarbetare", Format(2, signed=True), 1),
    UNMET: Kind("Obemannade timmar per år", Format(0, signed=True), -1),
}


class Measure(NamedTuple):
    """One measure of a scenario: itself (`atgarder.csv`), what is said of it (`bidrag.csv`), how it went (`atgardslage.csv`)."""

    key: str
    plan: Mapping[str, str]
    said: Mapping[str, str]
    progress: Mapping[str, str] = MappingProxyType({})

    @property
    def title(self) -> str:
        """Title, marked when nobody it trains graduates before the horizon."""
        return self.plan.get("titel", self.key) + (" †" if self.late else "")

    @property
    def late(self) -> bool:
        """Tell whether it must not be ranked: its graduates come after the horizon."""
        return self.said["efter_horisonten"] == "ja"

    @property
    def followed(self) -> bool:
        """Tell whether a follow-up went before the plan."""
        return bool(self.progress.get("uppfoljd"))

    def reached(self, share: str) -> float | None:
        """Give a share that the follow-up reports; None where it says nothing."""
        told = self.progress.get(share) if self.followed else None
        return number(told) if told else None

    @property
    def modelled(self) -> bool:
        """Tell whether it does anything in the model."""
        return self.said["modell"] == "ja"


class Attribution:
    """Answer what the measures of a scenario contribute, as a mean over the full years."""

    def __init__(self, view: View, scenario: str) -> None:
        self.view, self.scenario = view, scenario
        plans, progress = (_by_key(view, scenario, name) for name in ("atgarder", "atgardslage"))
        said = [r for r in view.evidence("bidrag") if r["scenario"] == scenario]
        self.measures = tuple(Measure(r["atgard"], plans.get(r["atgard"], {}), r, progress.get(r["atgard"], {})) for r in said)
        self.played = tuple(m for m in self.measures if m.modelled)
        self.silent = tuple(m for m in self.measures if not m.modelled)
        self._effects = _effects(view, scenario)

    def effect(self, key: str, method: str, indicator: str) -> Difference:
        """Give a contribution; `alla` with `gemensamt` or `samspel` is about all measures together."""
        return self._effects[key, method, indicator]

    def joint(self, indicator: str) -> Difference:
        """Give the effect of all measures together."""
        return self.effect(ALL, JOINT, indicator)

    def interaction(self, indicator: str) -> Difference:
        """Give what the measures do together beyond the sum of their first-in effects."""
        return self.effect(ALL, INTERACTION, indicator)

    def ranked(self, indicator: str) -> Sequence[Measure]:
        """Give the measures with the best Shapley value first; those that graduate nobody in time stand last, not ranked."""
        better = INDICATORS[indicator].better
        return sorted(self.played, key=lambda m: (m.late, -better * self.effect(m.key, SHAPLEY, indicator).mean, m.key))

    def price(self, measure: Measure, indicator: str) -> str:
        """Say what a unit of improvement costs: a ratio of means, defined only where the effect is known to be there."""
        effect = self.effect(measure.key, SHAPLEY, indicator)
        if not effect.certain:
            return "ej definierat"
        improved = INDICATORS[indicator].better * effect.mean
        if improved < 0:
            return "försämrar"
        ratio = self.effect(measure.key, SHAPLEY, NET).mean * KR_PER_MSEK / improved
        return text.number(float(f"{ratio:.3g}"))

    def better(self, measure: Measure) -> str:
        """Name a measure that is better in both net cost and unmet hours, if there is one."""
        titles = {m.key: m.title for m in self.measures}
        return titles.get(measure.said["domineras_av"], "")

    def imprecise(self) -> dict[str, int]:
        """Give the pairs of simulations needed by those measures that have too few, by title."""
        return {m.title: int(m.said["par_behovs"]) for m in self.played if int(m.said["par_behovs"]) > int(m.said["par"])}


def attribution(view: View, scenario: str | None = None) -> Attribution | None:
    """Give the contributions of a scenario (the main one), None when the run has none."""
    key = view.main if scenario is None else scenario
    return Attribution(view, key) if view.results.has_contributions and key != view.reference else None


def _by_key(view: View, scenario: str, name: str) -> dict[str, dict[str, str]]:
    """Give the rows about the measures of a scenario, and of its reference where it has not the measure itself."""
    rows = view.evidence(name)
    return {r["nyckel"]: r for wanted in (view.reference, scenario) for r in rows if r["scenario"] == wanted}


def _effects(view: View, scenario: str) -> dict[tuple[str, str, str], Difference]:
    columns = ["atgard", "metod", "indikator", "tid", "medelvarde", "mc_fel", "effekt_undre80", "effekt_ovre80"]
    rows = view.results.table("bidrag", columns, scenario=scenario).to_pylist()
    return {(r["atgard"], r["metod"], r["indikator"]): Difference(*(math.nan if r[c] is None else r[c] for c in columns[4:]))
            for r in rows if r["tid"].startswith("medel ")}


def zero_words(found: Difference) -> str:
    """Say whether the interval of an effect includes zero, or that chance hides it: two Monte Carlo errors reach zero."""
    if math.isnan(found.mc_error):
        return "går inte att skatta"
    if found.mean == 0 == found.mc_error:
        return "ingen effekt"
    if found.low80 <= 0 <= found.high80:
        return "ja"
    return "nej" if found.certain else "för få simuleringar"


def break_even(measure: Measure, view: View) -> str:
    """Say at what size of its effect a measure pays for itself, in the unit of a task shift or as a share of what is assumed."""
    said = measure.said
    if said["brytpunkt"] != "andel":
        return BREAK_EVEN[said["brytpunkt"]]
    share, assumed = number(said["brytpunkt_andel"]), number(said["brytpunkt_antaget"])
    if not math.isnan(assumed):
        hours = share * assumed
        beyond = "; mer än en timme per timme, alltså knappast" if hours > 1 else ""
        return (f"om minst {text.number(hours, 2)} timmar per timme {view.title(said['brytpunkt_mottagare']).lower()} tas ut "
                f"(antaget {text.number(assumed, 2)}){beyond}")
    if share >= TWICE:
        return f"om effekten är minst {text.number(share, 1)} gånger den antagna"
    return f"om effekten är minst {text.percent(share)} av den antagna"


BREAK_EVEN = {
    "alltid": "vid varje storlek: den kostar inget utan effekt",
    "aldrig": "aldrig: ingen storlek räcker, effekten sparar inget",
    "okand": "går inte att avgöra: effekten på kostnaden skiljer sig inte från slumpen",
    "ej_storlek": "räknas inte: ingen effekt vars storlek kan ändras",
}


def stages(measure: Measure) -> str:
    """Say the plan: dates and, for a task shift, when receivers are trained and tasks handed over."""
    plan, said = measure.plan, measure.said
    dates = f"{plan.get('start', '')}–{plan.get('slut', '')}".strip("–") if plan.get("slut") else plan.get("start", "")
    parts = [dates, f"utbildad {said['utbildad']}" if said["utbildad"] else "",
             f"överlämnad {said['overlamnad']}" + (" (en del aldrig)" if said.get("aldrig_overlamnad") == "ja" else "")
             if said["overlamnad"] else
             ("aldrig överlämnad" if said["utbildad"] else "")]
    return ", ".join(p for p in parts if p)


REPORTED = {"infort_andel": "infört", "utbildad_andel": "utbildat", "overlamnad_andel": "överlämnat"}


def against_plan(measure: Measure) -> str:
    """Say what the last follow-up reports and what was planned; nothing without a follow-up."""
    if not measure.followed:
        return ""
    went = measure.progress
    planned, status = text.status(went.get("status_plan", "")), text.status(went["status"])
    parts = [status + (f" (planerat {planned})" if planned not in ("", status) else "")]
    if went.get("faktisk_start"):
        start = went.get("start_plan")
        parts.append(f"började {went['faktisk_start']}" + (f" (planerat {start})" if start else ""))
    shares = ((word, measure.reached(column)) for column, word in REPORTED.items())
    parts += [f"{word} {text.percent(share)}" for word, share in shares if share is not None]
    return f"uppföljd {went['uppfoljd']}: {', '.join(parts)}"


def precision_remark(found: Attribution) -> str | None:
    """Say which contributions the simulations are too few for, and how many pairs they need."""
    lacking = found.imprecise()
    if not lacking:
        return None
    said = found.played[0].said
    cost = " ".join(filter(None, ("hyrkostnaden", said.get("par_avser"))))
    most, pairs = max(lacking.values()), said["par"]
    return (f"{pairs} par av simuleringar räcker inte för bidraget till {cost} från {len(lacking)} av {len(found.played)} "
            f"åtgärder; den som kräver mest behöver {text.number(most)} par.")


def paragraph(found: Attribution) -> str:
    """Say in plain Swedish what the measures contribute to the agency cost."""
    if not found.played:
        return "Ingen åtgärd med modellerad effekt skiljer scenariot från referensen: det finns inga bidrag att fördela."
    sure = [m for m in found.ranked(COST) if not m.late and found.effect(m.key, SHAPLEY, COST).certain]
    lower = [m for m in sure if found.effect(m.key, SHAPLEY, COST).mean < 0]
    joint, together = found.joint(COST), found.interaction(COST)
    said = (f"Åtgärderna ändrar tillsammans hyrkostnaden med {text.msek(joint.mean, signed=True)} per år i medeltal. För "
            f"{len(sure)} av {len(found.played)} åtgärder går bidraget att skilja från noll.")
    if lower:
        parts = [f"{m.title} ({text.msek(found.effect(m.key, SHAPLEY, COST).mean, signed=True)})" for m in lower[:3]]
        said += f" Av dem sänker {text.listed(parts)} mest."
    return (f"{said} Samspelet – det gemensamma minus summan av åtgärderna var för sig – är "
            f"{text.fine(together.mean, INDICATORS[COST].format)} mkr.")


def short(title: str) -> str:
    """Cut a title for a figure."""
    return title if len(title) <= SHORT else title[: SHORT - 1].rstrip() + "…"
