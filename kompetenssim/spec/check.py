"""Check any file a person writes: all faults, what is odd, and what is missing with the assumption in its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from kompetenssim.spec.beyond import NOTHING, Beyond, check_indicators, report
from kompetenssim.spec.completion import complete_groups
from kompetenssim.spec.csv_reader import heading_of
from kompetenssim.spec.dates import TERM_WEEKS
from kompetenssim.spec.files import Files, files_named, report_missing
from kompetenssim.spec.follow_up import FILE, check_keys, read_follow_up
from kompetenssim.spec.keys import fields_by_key, fold, listing
from kompetenssim.spec.kinds import recognise
from kompetenssim.spec.load import Levers, build_measure, build_region, load
from kompetenssim.spec.node import Problems
from kompetenssim.spec.number import Number
from kompetenssim.spec.references import check_references, check_sets, names
from kompetenssim.spec.region import Region
from kompetenssim.spec.scenario import Catalogue, DatedRules
from kompetenssim.spec.specification import Problem, SpecificationError, once
from kompetenssim.spec.validate import validate
from kompetenssim.spec.write import number_text, scalar_text
from kompetenssim.spec.yaml_reader import read_file

_LATER: Mapping[str, str] = {
    "kalibrering": "kalibrering", "observationer": "kalibrering", "svep": "svep", "sok": "sökning", "sokning": "sökning",
    "uppfoljning": "uppföljning",
}
_CHECKABLE = (f"region, scenario, åtgärdskatalog, regler, kalibrering och sökning (.yaml), {FILE}, serier och "
              "personalregister (.csv) kan kontrolleras")
_SECTIONS = {"parametrar": "modellparametrar", "yrkesgrupper": "yrkesgrupper", "enheter": "enheter"}
_NOT_GAPS = frozenset({"source", "assumption", "refers_to", "note", "order"})
_OMITTED = "utelämnad"


Checker = Callable[[Path, Files], "CheckReport"]
NO_DOCUMENTS: Mapping[str, Checker] = {}


class Gap(NamedTuple):
    """A value that a region file does not give, and what stands in for it.

    `path` has `*` where it is missing for several (`yrkesgrupper.*.ob_procent`), and `where` names them.
    """

    path: str
    where: tuple[str, ...]
    assumption: str
    meaning: str


@dataclass(frozen=True)
class CheckReport:
    """Tell what a file is, what is wrong with it, what is odd, and what it leaves to assumptions.

    `warnings` holds what an edit can cure and, with the level `upplysning`, what only says how results should be read. `facts`
    says what a usable file comes to, a sentence each.
    """

    file: str
    kind: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    gaps: tuple[Gap, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether the file can be used."""
        return not self.problems

    def text(self, told: Collection[Problem] = ()) -> str:
        """Write the report for a person; warnings that were `told` of another file are counted, not written again."""
        lines = [f"{self.file}: {self.kind}, {'kan användas' if self.ok else f'{len(self.problems)} fel'}"]
        lines += [f"  {said}" for said in (*self.problems, *self.facts)]
        warned = once(w for w in self.warnings if w.level == "varning")
        informs = len(once(w for w in self.warnings if w.level == "upplysning"))
        if informs:
            count = "1 upplysning" if informs == 1 else f"{informs} upplysningar"
            lines.append(f"  {count} om hur resultatet ska läsas; visas vid körning och i rapporten")
        if warned:
            known = {w.said for w in told}
            fresh = [w for w in warned if w.said not in known]
            above = f", varav {len(warned) - len(fresh)} visas ovan" if len(fresh) < len(warned) else ""
            lines += ["", f"Varningar ({len(warned)}{above}):", *(f"  {warning}" for warning in fresh)]
        if self.gaps:
            lines += ["", f"Saknas i filen och ersätts av antaganden ({len(self.gaps)}):"]
            lines += list(self._gap_lines())
        return "\n".join(lines)

    def _gap_lines(self) -> Iterator[str]:
        section = ""
        for gap in self.gaps:
            top, _, rest = gap.path.partition(".")
            if top != section:
                section = top
                yield f"  {_SECTIONS.get(top, top)}"
            meaning = f"  – {gap.meaning}" if gap.meaning else ""
            yield f"    {rest or top}: {gap.assumption}{meaning}"
            if gap.where:
                yield f"      saknas för {listing(gap.where, most=20)}"


def check_file(
    path: str | Path, levers: Levers, beyond: Beyond = NOTHING, root: Path | None = None,
    documents: Mapping[str, Checker] = NO_DOCUMENTS,
) -> CheckReport:
    """Check one file; what it is is recognised by its content. Never raises for what the file contains.

    A path that is no file may leave out the suffix and `scenarios/`, or be the key of a scenario below `root`. `documents` check
    what other packages describe: YAML by kind, CSV by the first column of its heading.
    """
    given, base = str(path), root if root is not None else Path()
    path = Path(path)
    if not path.exists():
        meant = files_named(given, base)
        path = meant[0] if len(meant) == 1 else path
    problems = Problems()
    files = Files(path, None, levers, problems, beyond=beyond)
    name = files.name(path)
    if path.is_dir():
        return _refused(name, "katalog", f"är en katalog, inte en fil; {_CHECKABLE}")
    if not path.is_file():
        report_missing(given, base, problems, any_file=True)
        return CheckReport(name, "okänd", tuple(problems.errors))
    if path.suffix.lower() == ".csv":
        checker = documents.get(heading_of(path.read_bytes()))
        return checker(path, files) if checker is not None else _check_follow_up(path, files)
    if path.suffix.lower() not in (".yaml", ".yml"):
        return _refused(name, "okänd", f"filtypen '{path.suffix or path.name}' stöds inte ännu; {_CHECKABLE}")
    _, document = read_file(path, name)
    if document.root is None or document.root.mapping is None:
        found = document.problems or [Problem(name, 1, 1, "filen", "filen ska vara en mappning med nyckel: värde")]
        return CheckReport(name, "okänd", tuple(found))
    later = next((_LATER[key] for key in map(fold, document.root.mapping) if key in _LATER), None)
    if later is not None and later in documents:
        return documents[later](path, files)
    if later is not None:
        return _refused(name, later, f"filtypen {later} stöds inte ännu; {_CHECKABLE}")
    kind = recognise(document.root)
    if kind is None and document.problems:
        return CheckReport(name, "okänd", tuple(document.problems))
    if kind is None:
        return _refused(name, "okänd", "filen känns inte igen; " + _CHECKABLE)
    return _CHECKS[kind](path, files, levers)


def gaps(region: Region) -> list[Gap]:
    """List every value a region leaves out, with what stands in for it; the same gap in many places is one row."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for path, assumption, meaning, where in _missing(region, "", ()):
        found.setdefault((path, assumption, meaning), []).append(where)
    return [Gap(p, tuple(sorted(w for w in where if w)), a, m) for (p, a, m), where in found.items()]


def _missing(model: BaseModel, path: str, keys: tuple[str, ...]) -> Iterator[tuple[str, str, str, str]]:
    for key, (name, field) in fields_by_key(type(model)).items():
        if name in _NOT_GAPS or name in ("version", "targets"):
            continue
        at, value = f"{path}.{key}" if path else key, getattr(model, name)
        if isinstance(value, BaseModel) and not isinstance(value, Number):
            yield from _missing(value, at, keys)
        elif isinstance(value, dict) and any(isinstance(v, BaseModel) and not isinstance(v, Number) for v in value.values()):
            for inner, child in sorted(value.items()):
                yield from _missing(child, f"{at}.*", (*keys, inner))
        elif name not in model.model_fields_set:
            stands_in = _stands_in(value, field.description or "")
            if stands_in:
                yield at, stands_in, (field.description or "").partition(f"; {_OMITTED}")[0], ".".join(keys)


def _stands_in(value: object, description: str) -> str | None:
    if isinstance(value, Number):
        return f"{number_text(value)} ({f'källa: {value.source}' if value.source else 'antagande'})"
    if value is None or value in ([], {}):
        rest = description.partition(_OMITTED)[2].lstrip(":= ")
        return f"{rest} (antagande)" if rest else None
    if isinstance(value, list):
        return f"[{', '.join(map(scalar_text, value))}] (standardvärde)"
    return f"{scalar_text(value)} (standardvärde)"


def _refused(name: str, kind: str, text: str) -> CheckReport:
    return CheckReport(name, kind, (Problem(name, 1, 1, "filen", text, code="filtyp"),))


def _report(files: Files, kind: str, found: list[Gap] | None = None) -> CheckReport:
    problems = files.problems
    name = files.name(files.path)
    return CheckReport(name, kind, tuple(problems.sorted_errors()), tuple(problems.sorted_warnings()), tuple(found or ()))


def _check_region(path: Path, files: Files, levers: Levers) -> CheckReport:
    tree = files.tree(path, files.shaper.region)
    if tree is None:
        return _report(files, "region")
    tree = complete_groups(tree, files.problems)
    check_references(tree, names(tree, ()), files.problems)
    check_sets(tree, files.problems)
    check_indicators(tree.get("mal"), files.beyond.indicators, files.problems)
    region = build_region(tree, files.problems)
    if region is not None and not files.problems.errors:
        report(files.beyond.region(region), tree, files.problems)
    return _report(files, "region", gaps(region) if region is not None else None)


def _check_scenario(path: Path, files: Files, levers: Levers) -> CheckReport:
    try:
        spec = load(path, levers=levers, beyond=files.beyond)
    except SpecificationError as fault:
        framed = [p for p in fault.problems if p.path not in ("scenario.period", "scenario.startlage") or p.code != "saknas"]
        if framed:
            return CheckReport(files.name(path), "scenario", tuple(fault.problems))
        text = "period eller startläge saknas; scenariot kan byggas vidare på och jämföras med, men inte simuleras för sig"
        warning = Problem(files.name(path), 1, 1, "scenario", text, code="utan_period", level="varning")
        return CheckReport(files.name(path), "scenario", warnings=(warning,))
    return CheckReport(files.name(path), "scenario", warnings=spec.warnings)


def _check_catalogue(path: Path, files: Files, levers: Levers) -> CheckReport:
    tree = files.tree(path, files.shaper.catalogue)
    listed = tree.get("atgarder") if tree is not None else None
    measures = (listed.mapping if listed is not None else None) or {}
    if tree is not None:
        validate(tree.without("atgarder"), Catalogue, files.problems)
    for measure in measures.values():
        build_measure(measure, levers, files.problems)
    if listed is not None:
        check_references(listed, {"atgard": set(measures)}, files.problems, "atgarder")
    return _report(files, "åtgärdskatalog")


def _check_rules(path: Path, files: Files, levers: Levers) -> CheckReport:
    tree = files.tree(path, files.shaper.rules)
    if tree is not None:
        validate(tree, DatedRules, files.problems)
    return _report(files, "regler")


def _check_follow_up(path: Path, files: Files) -> CheckReport:
    if path.name != FILE:
        return _refused(files.name(path), "okänd", f"CSV-filen ska heta {FILE} och ligga i regionens katalog; {_CHECKABLE}")
    _, keys = read_follow_up(path.read_bytes(), files.name(path), TERM_WEEKS, files.problems)
    check_keys(keys, (), files.measure_keys, files.problems)
    return _report(files, "åtgärdsuppföljning")


_CHECKS: Mapping[str, Callable[[Path, Files, Levers], CheckReport]] = {
    "region": _check_region, "scenario": _check_scenario, "katalog": _check_catalogue, "regler": _check_rules,
}
