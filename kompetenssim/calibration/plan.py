"""The plan of a calibration: what may be fitted to what, and that nothing in it knows the year that is held out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from kompetenssim.calibration.dated import dated_after, is_after
from kompetenssim.calibration.identities import Identity, check_identities
from kompetenssim.calibration.months import About, read_monthly
from kompetenssim.calibration.observation import Observation, Resolver, breaks_inside
from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.plan_file import FREE, MOST_FREE, Leak, PlanFile, Prior
from kompetenssim.calibration.register import RegisterRow, read_register
from kompetenssim.calibration.series import Row, Series, break_between, read_folder
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.spec.beyond import Beyond, Finding, report
from kompetenssim.spec.files import SCENARIOS, Files
from kompetenssim.spec.keys import listing, meant
from kompetenssim.spec.load import Levers, load
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.region import Population
from kompetenssim.spec.specification import Specification, SpecificationError
from kompetenssim.spec.validate import validate


@dataclass(frozen=True)
class Plan:
    """A plan that can be used. `digest` is the same for the same content: plan, figures, region, scenario and events.

    `observations` are anchors and what is fitted, `controls` only compared; `own` are the region's own months in the window
    and `register` the rows of its HR extract.
    """

    content: PlanFile
    spec: Specification
    observations: tuple[Observation, ...]
    controls: tuple[Observation, ...]
    own: tuple[Row, ...]
    series: Series
    identities: tuple[Identity, ...]
    digest: str
    path: Path = field(default=Path(), compare=False)
    register: tuple[RegisterRow, ...] = ()

    @property
    def priors(self) -> dict[str, Prior]:
        """The free parameters, in the order of their names."""
        return dict(sorted(self.content.priors.items()))

    @property
    def leaks(self) -> Sequence[Leak]:
        """What is used although it is known only after `data_till`."""
        return self.content.leaks


def load_plan(path: str | Path, *, levers: Levers, beyond: Beyond, root: Path | None = None) -> Plan:
    """Load a plan. Raises SpecificationError with every fault of every file it reads."""
    problems = Problems()
    plan = read_plan(Files(Path(path), root, levers, problems, beyond=beyond))
    if plan is None or problems.errors:
        raise SpecificationError(problems.sorted_errors())
    return plan


def read_plan(files: Files) -> Plan | None:
    """Read the plan that `files` is about; faults go to its problems, and a plan with faults must not be used."""
    tree = files.tree(files.path, lambda root: files.shaper.document(root, PlanFile))
    content = validate(tree, PlanFile, files.problems) if tree is not None else None
    if tree is None or content is None:
        return None
    folder = files.path.parent
    series = read_folder(folder, files.name(folder), files.problems)
    identities = check_identities(series, files.problems)
    spec = _scenario(files, content, tree)
    if spec is None:
        return None
    resolver = Resolver(series, {*spec.region.groups, *spec.region.group_sets}, spec.region.areas)
    observations = resolver.resolve(content.observations, "observationer", control=False)
    controls = resolver.resolve(content.controls, "kontrollvarden", control=True)
    register = _register(files, content, spec, tree)
    checks = _Checks(content, spec, observations, controls, register)
    report([*resolver.findings, *breaks_inside(observations), *checks.findings()], tree, files.problems)
    own = _own_months(files, content, spec, tree)
    events = _events(files, content, spec, tree)
    found, compared = tuple(o for _, o in observations), tuple(o for _, o in controls)
    digest = _digest(content, spec, (*found, *compared), own, events, register)
    return Plan(content, spec, found, compared, own, series, identities, digest, files.path, register)


def _scenario(files: Files, content: PlanFile, tree: Node) -> Specification | None:
    head = content.head
    folder = files.root / SCENARIOS / head.region
    path = folder / f"{head.scenario}.yaml"
    if not path.is_file():
        if folder.is_dir():
            key, given, known = "scenario", head.scenario, [p.stem for p in folder.glob("*.yaml") if p.stem != "region"]
        else:
            key, given, folder = "region", head.region, folder.parent
            known = [p.parent.name for p in folder.glob("*/region.yaml")]
        text = f"'{given}' finns inte i {files.name(folder)}{meant(given, known)}; där finns {listing(known)}"
        report([Finding(f"kalibrering.{key}", text)], tree, files.problems)
        return None
    try:
        return load(path, levers=files.levers, root=files.root, beyond=files.beyond)
    except SpecificationError as fault:
        files.problems.errors.extend(p for p in fault.problems if p not in files.problems.errors)
        return None


class _Checks:
    """What a plan must fulfil beyond the form of its file."""

    def __init__(self, content: PlanFile, spec: Specification, observations: Sequence[tuple[str, Observation]],
                 controls: Sequence[tuple[str, Observation]], register: Sequence[RegisterRow]) -> None:
        self.content, self.spec, self.observations, self.controls = content, spec, observations, controls
        self.register = register
        self.until = content.head.data_until
        self.used: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """Give everything that is wrong."""
        yield from self._free()
        yield from self._period()
        yield from self._later()
        yield from self._held_out()
        yield from self._leaks()
        yield from self._prior_checks()

    def _free(self) -> Iterator[Finding]:
        priors = self.content.priors
        for key in priors:
            if key not in FREE:
                text = f"okänd parameter '{key}'{meant(key, FREE)}; tillåtna är {listing(FREE, most=40)}"
                yield Finding(f"parametrar.{key}", text)
        if len(priors) > MOST_FREE:
            text = (f"{len(priors)} fria parametrar; högst {MOST_FREE} går att anpassa till två år per serie. "
                    "Låt de andra ha sina priorer i regionfilen")
            yield Finding("parametrar", text)
        fitted = sum(o.role == "matning" for _, o in self.observations)
        if fitted < len(priors):
            text = f"{fitted} observationer att anpassa till men {len(priors)} fria parametrar; låt de senare vara högst så många"
            yield Finding("observationer", text)

    def _period(self) -> Iterator[Finding]:
        spec = self.spec
        if spec.posterior is not None:
            text = (f"scenariot {spec.key} tar redan sina tal ur kalibreringen '{spec.scenario.scenario.calibration}'; välj ett "
                    "utan kalibrering")
            yield Finding("kalibrering.scenario", text)
        for path, observation in self.observations:
            if observation.period.first < spec.start or min(observation.period.last, self.until) > spec.end:
                text = (f"{observation.period.text} ligger utanför scenariot {spec.key} ({spec.start} till {spec.end}); "
                        "välj ett scenario som täcker det")
                yield Finding(f"{path}.tid", text)

    def _later(self) -> Iterator[Finding]:
        """Everything dated after `data_till` that is not listed as a leak."""
        until, control = self.until, self.content.head.control
        for path, observation in self.observations:
            if observation.period.last > until and not self._leaks_out(f"observationer.{observation.name}"):
                text = (f"observationen gäller {observation.period.text}, efter data_till {until}; flytta den till "
                        f"kontrollvarden, eller skriv den som lackage (plats: observationer.{observation.name})")
                yield Finding(f"{path}.tid", text)
        for key, prior in self.content.priors.items():
            if prior.refers_to is not None and is_after(prior.refers_to, until) and not self._leaks_out(f"parametrar.{key}"):
                text = (f"priorn bygger på uppgifter från {prior.refers_to}, efter data_till {until}; ta en tidigare "
                        f"uppgift eller en vidare prior, eller skriv den som lackage (plats: parametrar.{key})")
                yield Finding(f"parametrar.{key}", text)
        late = {row.year: row.at["ar"] for row in reversed(self.register) if date(row.year, 12, 31) > until}
        for year, first in sorted(late.items()):
            if not self._leaks_out(f"register.{year}"):
                text = (f"registret har {year} ({first.file} rad {first.line}), efter data_till {until}; ta bort raderna, "
                        f"eller skriv dem som lackage (plats: register.{year})")
                yield Finding("register.fil", text)
        for path, refers_to, origin in dated_after(self.spec, until, control.to_day if control else until):
            if not self._leaks_out(path):
                where = f" ({origin.file} rad {origin.line})" if origin is not None else ""
                text = (f"{path}{where} avser {refers_to}, efter data_till {until}; ta en tidigare uppgift i regionfilen, "
                        f"eller skriv den som lackage (plats: {path})")
                yield Finding("kalibrering.data_till", text)

    def _held_out(self) -> Iterator[Finding]:
        control, until = self.content.head.control, self.until
        if control is None:
            if self.controls:
                text = "kontrollvärden behöver en period; skriv kalibrering.kontrollperiod: {fran: …, till: …}"
                yield Finding("kontrollvarden", text)
            return
        if not until < control.from_day <= control.to_day:
            text = (f"kontrollperioden {control.from_day} till {control.to_day} ska ligga efter data_till {until} och inte sluta "
                    "innan den börjar")
            yield Finding("kalibrering.kontrollperiod", text)
        for path, observation in self.controls:
            if not control.from_day <= observation.period.last <= control.to_day:
                text = f"{observation.period.text} ligger utanför kontrollperioden {control.from_day} till {control.to_day}"
                yield Finding(f"{path}.tid", text)

    def _leaks(self) -> Iterator[Finding]:
        known = {*self.spec.origins, *self.used}
        for number, leak in enumerate(self.content.leaks, start=1):
            if leak.place.startswith("*"):
                text = f"'{leak.place}' släpper igenom vad som helst; börja med en nyckel, till exempel yrkesgrupper.*"
                yield Finding(f"lackage.{number}.plats", text)
            elif not any(fnmatchcase(path, leak.place) for path in known):
                text = f"'{leak.place}' finns varken i regionen, i priorerna eller bland observationerna; rätta eller ta bort den"
                yield Finding(f"lackage.{number}.plats", text)

    def _prior_checks(self) -> Iterator[Finding]:
        """What the prior checks ask for exists: scenarios, indicators, periods, people."""
        asked, spec = self.content.prior_checks, self.spec
        named = [("utan_atgarder.scenario", asked.gap.scenario)] if asked.gap is not None else []
        if asked.stop is not None:
            named += [("stopp.scenario", asked.stop.scenario), ("stopp.mot", asked.stop.compared_with)]
        for path, key in named:
            known = [p.stem for p in spec.path.parent.glob("*.yaml") if p.stem != "region"]
            if key not in known:
                text = f"scenariot '{key}' finns inte bredvid {spec.key}{meant(key, known)}; där finns {listing(known)}"
                yield Finding(f"forkontroller.{path}", text)
        asking = [(f"intervall.{n}", c.indicator, [("tid", c.time)], c.population) for n, c in enumerate(asked.ranges, start=1)]
        if asked.stop is not None:
            s = asked.stop
            asking.append(("stopp", s.indicator, [("fran", s.from_month), ("till", s.to_month)], s.population))
        for path, indicator, times, population in asking:
            if indicator not in REGISTER:
                text = f"indikatorn '{indicator}' finns inte{meant(indicator, REGISTER)}; se kompetenssim schema --indikatorer"
                yield Finding(f"forkontroller.{path}.indikator", text)
            for key, written in times:
                try:
                    read_period(written)
                except ValueError as fault:
                    yield Finding(f"forkontroller.{path}.{key}", str(fault))
            yield from _unknown(population, spec, f"forkontroller.{path}.population")

    def _leaks_out(self, path: str) -> bool:
        listed = any(fnmatchcase(path, leak.place) for leak in self.content.leaks)
        if listed:
            self.used.add(path)
        return listed


def _unknown(population: Population, spec: Specification, path: str) -> Iterator[Finding]:
    """Give what a population names that the region does not have; it says nothing of units."""
    if population.unit is not None:
        yield Finding(f"{path}.enhet", "en förkontroll gäller grupper och områden, inte en enhet; ta bort enhet")
    places = (("yrkesgrupp", population.group, {*spec.region.groups, *spec.region.group_sets, "alla"}),
              ("omrade", population.area, {*spec.region.areas, "alla"}))
    for kind, written, known in places:
        for name in [written] if isinstance(written, str) else written or []:
            if name not in known:
                text = f"'{name}' finns inte i regionen{meant(name, known)}; det finns {listing(known)}"
                yield Finding(f"{path}.{kind}", text)


def _own_months(files: Files, content: PlanFile, spec: Specification, tree: Node) -> tuple[Row, ...]:
    """Read the region's own months up to `data_till`; a series that breaks inside the window is a fault."""
    named = content.own_series
    if named is None:
        return ()
    path = _beside(files, named.file, "serier.fil", tree)
    if path is None:
        return ()
    about = About(spec.region.region.name, named.definition, named.source or "", named.error_percent, tuple(named.breaks))
    known = {"yrkesgrupp": {*spec.region.groups, *spec.region.group_sets, "alla"}, "omrade": {*spec.region.areas, "alla"}}
    rows = read_monthly(path.read_bytes(), files.name(path), known, about, files.problems)
    findings: list[Finding] = []
    if not named.source:
        findings.append(Finding("serier", "serien har ingen källa; skriv kalla: varifrån talen är hämtade"))
    begins = date.min
    for key, written in [("brott", b) for b in named.breaks] + [("fran", named.from_month)] * (named.from_month is not None):
        try:
            begins = read_period(written or "").first
        except ValueError as fault:
            findings.append(Finding(f"serier.{key}", str(fault)))
    begins = begins if named.from_month is not None else date.min
    if not findings:
        rows = tuple(r for r in rows if begins <= r.period.first and r.period.last <= content.head.data_until)
        periods = sorted(r.period for r in rows)
        broken = break_between(named.breaks, periods[0], periods[-1]) if periods else None
        if broken is not None:
            text = (f"serien har ett brott {broken} inom fönstret {periods[0].text} till {periods[-1].text}; börja efter brottet "
                    f"(fran: {broken}) eller låt data_till ligga före det")
            findings.append(Finding("serier.brott", text))
    report(findings, tree, files.problems)
    return rows


def _register(files: Files, content: PlanFile, spec: Specification, tree: Node) -> tuple[RegisterRow, ...]:
    """Read the HR extract; one that breaks between the years that are used is a fault, for its counts would not add up."""
    named = content.hr_extract
    path = _beside(files, named.file, "register.fil", tree) if named is not None else None
    if named is None or path is None:
        return ()
    rows = read_register(path.read_bytes(), files.name(path), set(spec.region.groups), files.problems)
    rows = tuple(row for row in rows if named.from_year is None or row.year >= named.from_year)
    findings = []
    if not named.source:
        findings.append(Finding("register", "registret har ingen källa; skriv kalla: varifrån uttaget är gjort, och när"))
    if not rows and not files.problems.errors:
        findings.append(Finding("register.fil", f"{files.name(path)} har inga rader att använda"))
    years = {row.year for row in rows}
    broken = next((b for b in sorted(named.breaks) if years and min(years) < b <= max(years)), None)
    if broken is not None:
        text = (f"registret har ett brott {broken} inom åren {min(years)} till {max(years)}; börja efter det (fran: {broken}) "
                "eller ta bort de senare åren")
        findings.append(Finding("register.brott", text))
    report(findings, tree, files.problems)
    return rows


def _beside(files: Files, name: str, key: str, tree: Node) -> Path | None:
    """Find a file that the plan names, beside it or from the root."""
    path = next((p for p in (files.path.parent / name, files.root / name) if p.is_file()), None)
    if path is None:
        beside = [p.name for p in files.path.parent.glob("*.csv")]
        text = f"filen '{name}' finns inte bredvid kalibreringen; där finns {listing(beside) or 'inga CSV-filer'}"
        report([Finding(key, text)], tree, files.problems)
    return path


def _events(files: Files, content: PlanFile, spec: Specification, tree: Node) -> dict[str, Any]:
    """Give the known events of the control period as the catalogue has them."""
    control = content.head.control
    if control is None or not control.events:
        return {}
    catalogue = Files(spec.path, files.root, files.levers, files.problems, beyond=files.beyond).catalogue(needed=True)
    listed = catalogue.get("atgarder") if catalogue is not None else None
    known = (listed.mapping if listed is not None else None) or {}
    for number, key in enumerate(control.events, start=1):
        if key not in known:
            text = f"händelsen '{key}' finns inte i åtgärdskatalogen{meant(key, known)}; skriv en nyckel som finns där"
            report([Finding(f"kalibrering.kontrollperiod.handelser.{number}", text)], tree, files.problems)
    return {key: known[key].plain() for key in control.events if key in known}


def _digest(
    content: PlanFile, spec: Specification, observations: Sequence[Observation], own: Sequence[Row], events: dict[str, Any],
    register: Sequence[RegisterRow],
) -> str:
    payload = {
        "kalibrering": _without_comments(content.model_dump(mode="json", by_alias=True)),
        "observationer": [[o.name, o.time_base, o.value, o.sd, o.role] for o in observations],
        "serier": [[r.series, r.group, r.area, r.period.text, r.value, r.error] for r in own],
        "scenario": spec.digest,
        "handelser": _without_comments(events),
        "register": [[r.year, r.group, r.ages, r.tenures, r.person_years, r.at_work, sorted(r.counts.items())] for r in register],
    }
    text = json.dumps(payload, sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _without_comments(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_comments(child) for key, child in value.items() if key != "kommentar"}
    return [_without_comments(child) for child in value] if isinstance(value, list) else value
