"""Load a scenario: read its files, join them, check everything, and tell all faults at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel

from kompetenssim.spec.beyond import NOTHING, Beyond, Frame, check_indicators, report
from kompetenssim.spec.change import Change
from kompetenssim.spec.completion import complete_groups
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.files import Files, locate
from kompetenssim.spec.follow_up import check_keys, lay_on
from kompetenssim.spec.inherit import join
from kompetenssim.spec.node import Node, Problems, merge
from kompetenssim.spec.references import check_references, check_sets, names
from kompetenssim.spec.region import Region, StartState, Target
from kompetenssim.spec.scenario import DatedRules, Measure, Scenario
from kompetenssim.spec.specification import FollowedUp, ObservedMonth, Origin, Specification, SpecificationError
from kompetenssim.spec.timing import (
    Horizon,
    check_measures,
    check_on_cost,
    check_rules,
    check_targets,
    horizon,
    read_day,
    term_weeks,
)
from kompetenssim.spec.validate import validate

Levers = Mapping[str, type[BaseModel]]

_BESIDE_REGION = frozenset({"atgarder", "scenario", "omvarld", "mal", "parametrar", "filen"})
_FROM_COMPARED = ("startlage", "period", "simuleringar", "per_uppsattning", "slumpfro", "uppfoljning_till", "kalibrering")


def load(
    source: str | Path, *, levers: Levers, root: Path | None = None, beyond: Beyond = NOTHING, change: Change | None = None,
) -> Specification:
    """Load and resolve one scenario, with a `change` laid on it where one is given.

    `source` is a path, or a key: the scenario `scenarios/*/KEY.yaml` under `root` (the current folder unless
    given). The region is `region.yaml` beside the scenario; rules and the catalogue of measures come from
    `scenarios/gemensamt/`. Raises SpecificationError with every fault of every file.
    """
    problems = Problems()
    path = locate(source, root, problems)
    if path is None:
        raise SpecificationError(problems.sorted_errors())
    return _resolve(Files(path, root, levers, problems, beyond=beyond), None, change)


def load_reference(
    spec: Specification, reference: str | Path, *, levers: Levers, beyond: Beyond = NOTHING,
) -> Specification:
    """Load the scenario that `spec` is compared with, over the same period.

    `reference` is a key (same folder, then `gemensamt`) or a path. Start state, period, seed and simulations
    are those of `spec`: its counterfactual, or what it builds on, is "the same time without this". Any other
    scenario with a period of its own must have the same. Raises SpecificationError with every fault of every file,
    or with one when the reference belongs to another region.
    """
    problems = Problems()
    files = Files(spec.path, spec.root, levers, problems, beyond=beyond)
    origin = Origin(files.name(spec.path), 1, 1)
    path = files.find(str(reference), origin, "scenario.jamfors_med")
    own, theirs = (p.parent / "region.yaml" for p in (spec.path, path or spec.path))
    if theirs.is_file() and theirs.resolve() != own.resolve():
        text = (f"'{reference}' hör till en annan region, {files.name(theirs)}, än '{spec.key}', {files.name(own)}; "
                "det som jämförs ska ha samma region")
        problems.error(origin, "scenario.jamfors_med", text, code="annan_region")
    if path is None or problems.errors:
        raise SpecificationError(problems.sorted_errors())
    return _resolve(Files(path, spec.root, levers, problems, home=spec.path.parent, beyond=beyond), spec)


def load_variant(base: Specification, content: Mapping[str, Any], *, levers: Levers, beyond: Beyond = NOTHING) -> Specification:
    """Load a scenario that is in no file: what `content` changes in `base`, with the keys of a scenario file.

    Raises SpecificationError as `load`; faults name the file `variant.yaml`.
    """
    import yaml

    head = {"bygger_pa": str(base.path), **content.get("scenario", {})}
    with TemporaryDirectory(prefix="kompetenssim-") as name:
        path = Path(name) / "variant.yaml"
        path.write_text(yaml.safe_dump({"version": 1, **content, "scenario": head}, allow_unicode=True), encoding="utf-8")
        return _resolve(Files(path, base.root, levers, Problems(), home=base.path.parent, beyond=beyond), None)


def _resolve(files: Files, compared: Specification | None, change: Change | None = None) -> Specification:
    problems = files.problems
    chain = files.scenario_with_ancestors()
    if chain is not None and change is not None:
        chain.append(change.scenario())
    takes = any(item.get("atgard") for tree in chain or [] for item in _entries(tree, "atgarder").values())
    region, rules, catalogue = files.region(), files.rules(), files.catalogue(needed=takes)
    if chain is None:
        raise SpecificationError(problems.sorted_errors())
    scenario = join(chain, catalogue, problems)
    if compared is not None:
        if compared.compared_with != _key_of(scenario) and files.path not in compared.files:
            _check_same_period(scenario, compared, term_weeks(rules), problems)
        scenario = _with_frame_of(scenario, compared)
    terms = term_weeks(rules)
    span: Horizon | None = None
    if region is not None:
        region = _with_changes(region, scenario)
        if change is not None:
            scenario, region = change.lay_on(scenario, region, files.levers, problems)
        region = complete_groups(region, problems)
        known = names(region, _entries(scenario, "atgarder"))
        check_references(region, known, problems)
        check_sets(region, problems)
        check_references(scenario.without("parametrar", "region_andringar", "mal"), known, problems)
        span = horizon(scenario, region, terms, problems)
    followed: tuple[FollowedUp, ...] = ()
    observed: tuple[ObservedMonth, ...] = ()
    if span is not None:
        scenario, followed = _followed_up(files, scenario, span, terms)
    if span is not None and region is not None:
        observed = files.observed_months(_state_tree(region, span), known)
    if region is not None:
        check_indicators(region.get("mal"), files.beyond.indicators, problems)
    if span is not None and region is not None:
        check_measures(scenario, span, terms, problems)
        check_on_cost(region, span, problems)
        check_targets(region.get("mal"), span, terms, problems)
        check_rules(rules, span, problems)
    files.check_compared_with(scenario)
    posterior = files.posterior(scenario.get("scenario", "kalibrering"))
    built = _build(files, scenario, region, rules, span, followed, observed, posterior)
    if problems.errors or built is None:
        raise SpecificationError(problems.sorted_errors())
    return built


def _followed_up(
    files: Files, scenario: Node, span: Horizon, terms: Mapping[str, int],
) -> tuple[Node, tuple[FollowedUp, ...]]:
    """Lay the follow-up of measures on a scenario, as far as it is known when the forecast is made."""
    rows, keys = files.follow_up(terms)
    check_keys(keys, set(_entries(scenario, "atgarder")), files.measure_keys, files.problems)
    until = read_day(scenario.get("scenario", "uppfoljning_till"), terms, last=True) or span.start
    return lay_on(scenario, rows, span.start, until, terms, files.problems)


def _with_changes(region: Node, scenario: Node) -> Node:
    """Lay the parameters, targets and region changes of a scenario on its region."""
    for change in (scenario.get("region_andringar"), scenario.without(*set(scenario.mapping or {}) - {"parametrar", "mal"})):
        if change is not None and change.mapping:
            region = merge(region, change)
    return region


def _key_of(scenario: Node) -> str | None:
    key = scenario.get("scenario", "nyckel")
    return str(key.value) if key is not None and not key.invalid else None


def _check_same_period(scenario: Node, compared: Specification, terms: Mapping[str, int], problems: Problems) -> None:
    period = scenario.get("scenario", "period")
    if period is None or period.mapping is None:
        return
    start, end = read_day(period.get("start"), terms), read_day(period.get("slut"), terms, last=True)
    if start is not None and end is not None and (start, end) != (compared.start, compared.end):
        text = f"perioden {start}–{end} är en annan än den för '{compared.key}', {compared.start}–{compared.end}"
        problems.error(period.place, "scenario.period", f"{text}; det som jämförs ska ha samma period", code="period")


def _with_frame_of(scenario: Node, compared: Specification) -> Node:
    head = scenario.get("scenario")
    if head is None or head.mapping is None:
        return scenario
    at = compared.origins

    def node(path: str, value: Any) -> Node:
        origin = at.get(path) or at.get("scenario", head.origin)
        return Node(value, origin, str(value), key=path.rpartition(".")[2], key_origin=origin)

    frame: dict[str, Node] = {
        "startlage": node("scenario.startlage", compared.start_state_date.isoformat()),
        "simuleringar": node("scenario.simuleringar", compared.replications),
        "per_uppsattning": node("scenario.per_uppsattning", compared.replications_per_draw),
        "slumpfro": node("scenario.slumpfro", compared.seed),
    }
    frame["startlage"].refers = "startlage"
    if compared.posterior is not None:
        frame["kalibrering"] = node("scenario.kalibrering", str(compared.posterior))
    if compared.scenario.scenario.follow_up_until is not None:
        frame["uppfoljning_till"] = node("scenario.uppfoljning_till", compared.scenario.scenario.follow_up_until)
    period = {
        "start": node("scenario.period.start", compared.start.isoformat()),
        "slut": node("scenario.period.slut", compared.end.isoformat()),
    }
    frame["period"] = node("scenario.period", period)
    kept = head.without(*_FROM_COMPARED)
    return scenario.with_value({**(scenario.mapping or {}), "scenario": head.with_value({**(kept.mapping or {}), **frame})})


def _build(
    files: Files, scenario: Node, region: Node | None, rules: Node | None, span: Horizon | None,
    followed: tuple[FollowedUp, ...], observed: tuple[ObservedMonth, ...], posterior: Path | None,
) -> Specification | None:
    problems = files.problems
    plain = validate(scenario.without("atgarder", "mal"), Scenario, problems)
    measures = [build_measure(node, files.levers, problems) for node in _entries(scenario, "atgarder").values()]
    world = build_region(region, problems) if region is not None else None
    dated = validate(rules, DatedRules, problems, "regler") if rules is not None else None
    if region is not None:
        _report_what_does_not_fit(files, scenario, region, dated, span, [m for m in measures if m is not None])
    if problems.errors or plain is None or world is None or dated is None or span is None or region is None or rules is None:
        return None
    head = plain.scenario
    state = _state(world, span)
    found = tuple(sorted((m for m in measures if m is not None), key=lambda m: m.key))
    targets = tuple(sorted(world.targets, key=lambda t: (t.order, t.key)))
    spec = Specification(
        key=head.key, title=head.title, scenario=plain, region=world, rules=dated, measures=found,
        start_state=state, start_state_date=span.state, start=span.start, end=span.end, targets=targets,
        replications=head.replications, replications_per_draw=head.replications_per_draw, seed=head.seed,
        compared_with=head.compared_with, origins=_origins(scenario, region, rules), files=dict(files.read),
        warnings=tuple(problems.sorted_warnings()), digest="", path=files.path, root=files.root, follow_up=followed,
        observed=observed, posterior=posterior,
    )
    object.__setattr__(spec, "digest", digest(spec))
    return spec


def _report_what_does_not_fit(
    files: Files, scenario: Node, region: Node, dated: DatedRules | None, span: Horizon | None, measures: Sequence[Measure],
) -> None:
    """Report what shows only in the built region, as far as other faults let it be built; faulty measures are left out."""
    problems, beyond = files.problems, files.beyond
    faulty = {tuple(p.path.split(".")[:2]) for p in problems.errors}
    if any(part[0] not in _BESIDE_REGION for part in faulty):
        return
    world = build_region(region.without("parametrar"), Problems())
    if world is None:
        return
    report(beyond.region(world), region, problems)
    if dated is None:
        return
    if span is None:  # a scenario that is only built upon: any start state shows what a measure meets
        span = Horizon(*3 * (min(map(first_day, world.start_states)),))
    sound = [m for m in measures if ("atgarder", m.key) not in faulty]
    report(beyond.measures(Frame(world, dated, _state(world, span), span.start, span.end), sound), scenario, problems)


def _state(region: Region, span: Horizon) -> StartState:
    return next(s for key, s in region.start_states.items() if first_day(key) == span.state)


def _state_tree(region: Node, span: Horizon) -> Node | None:
    return next((node for key, node in _entries(region, "startlagen").items() if first_day(key) == span.state), None)


def build_region(tree: Node, problems: Problems) -> Region | None:
    """Make the region of a shaped tree; its targets are kept as a mapping by key there."""
    region = validate(tree.without("mal"), Region, problems)
    targets = [validate(node, Target, problems, f"mal.{key}") for key, node in _entries(tree, "mal").items()]
    if region is None:
        return None
    return region.model_copy(update={"targets": [t for t in targets if t is not None]})


def build_measure(node: Node, levers: Levers, problems: Problems) -> Measure | None:
    """Make a measure of its shaped tree, each lever block with the model of its type."""
    key = node.key or ""
    kinds = [kind for kind in (node.mapping or {}) if kind in levers]
    measure = validate(node.without(*kinds), Measure, problems, f"atgarder.{key}")
    blocks: dict[str, list[BaseModel]] = {}
    for kind in sorted(kinds):
        written = node.get(kind)
        if written is None or written.value is None:
            continue
        several = written.items
        for i, block in enumerate(several if several is not None else [written], start=1):
            path = f"atgarder.{key}.{written.key or kind}" + (f".{i}" if several is not None else "")
            made = None if block.invalid else validate(block, levers[kind], problems, path)
            if made is not None:
                blocks.setdefault(kind, []).append(made)
    if measure is None:
        return None
    if not blocks and measure.effect is None and not problems.errors:
        text = "åtgärden har inget spakblock och ändrar inget tal; skriv effekt: ingen om det är meningen"
        problems.warn(node.origin, f"atgarder.{key}", text, "utan_effekt")
    return measure.model_copy(update={"levers": blocks})


def digest(spec: Specification) -> str:
    """Hash what a resolved scenario says; the same content in another order or form gives the same hash."""
    head = {"replications", "seed", "inherits", "note", "calibration"}
    content = {
        "scenario": spec.scenario.scenario.model_dump(mode="json", by_alias=True, exclude=head),
        "omvarld": spec.scenario.outside_world.model_dump(mode="json", by_alias=True),
        "region": spec.region.model_dump(mode="json", by_alias=True, exclude={"targets"}),
        "regler": spec.rules.model_dump(mode="json", by_alias=True),
        "atgarder": [dump_measure(m) for m in spec.measures],
        "mal": [t.model_dump(mode="json", by_alias=True) for t in spec.targets],
        "uppfoljning": [[str(said) for said in row] for row in spec.follow_up],
        "manadsserie": spec.observed,
        "period": [spec.start_state_date.isoformat(), spec.start.isoformat(), spec.end.isoformat()],
    }
    if spec.posterior is not None:
        content["efterfordelning"] = hashlib.sha256(spec.files[spec.posterior]).hexdigest()
    text = json.dumps(_without_comments(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def dump_measure(measure: Measure) -> dict[str, Any]:
    """Give a measure with its lever blocks as plain data with Swedish keys."""
    blocks = {kind: [b.model_dump(mode="json", by_alias=True) for b in given] for kind, given in sorted(measure.levers.items())}
    return {**measure.model_dump(mode="json", by_alias=True), **blocks}


def _without_comments(content: Any) -> Any:
    if isinstance(content, dict):
        return {k: _without_comments(v) for k, v in content.items() if k != "kommentar"}
    return [_without_comments(v) for v in content] if isinstance(content, list) else content


def _origins(scenario: Node, region: Node, rules: Node) -> dict[str, Origin]:
    trees: Iterable[tuple[str, Node]] = (
        ("", region.without("version")),
        ("", scenario.without("version", "parametrar", "region_andringar", "mal")),
        ("regler", rules),
    )
    return {path: node.place for prefix, tree in trees for path, node in tree.walk(prefix)}


def _entries(tree: Node, key: str) -> dict[str, Node]:
    found = tree.get(key)
    return (found.mapping or {}) if found is not None else {}
