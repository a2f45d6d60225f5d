"""A search that can be run: its file, the scenario it changes, and that scenario at any size."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.forecast.observed import month_before
from kompetenssim.forecast.targets import target_month
from kompetenssim.spec.beyond import Beyond, Finding, report
from kompetenssim.spec.change import Change, Setting, path_keys
from kompetenssim.spec.dates import month_label
from kompetenssim.spec.files import Files, locate
from kompetenssim.spec.keys import fold
from kompetenssim.spec.load import Levers, load
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.search import SearchFile, SearchHead
from kompetenssim.spec.specification import Specification, SpecificationError
from kompetenssim.spec.validate import validate


@dataclass(frozen=True)
class SearchPlan:
    """Hold a search that can be run. `at` gives the scenario with the target alone and everything varied at one size."""

    head: SearchHead
    tree: Node = field(compare=False)
    measures: Node = field(compare=False)
    scenario: Path
    levers: Levers = field(compare=False)
    beyond: Beyond = field(compare=False)
    root: Path
    path: Path
    content: bytes

    @property
    def key(self) -> str:
        """The key of the search."""
        return self.head.key

    def at(self, size: float) -> Specification:
        """Load the scenario at a size; it ends with the period of the target, before which nothing can differ.

        Raises SpecificationError with what does not fit at that size.
        """
        settings = tuple(self._settings(size))
        change = Change(self.head.target.key, self._node("mal"), self.measures, settings)
        spec = load(self.scenario, levers=self.levers, root=self.root, beyond=self.beyond, change=change)
        last = target_span(self.head)[1]
        end = date(int(last[:4]), int(last[5:]), monthrange(int(last[:4]), int(last[5:]))[1])
        return replace(spec, end=min(spec.end, end), files={**spec.files, self.path: self.content})

    def _settings(self, size: float) -> Iterator[Setting]:
        listed = self._node("varierar", "stallen")
        for number, place in enumerate(self.head.varied.places, start=1):
            key, text = ("region", place.region) if place.region is not None else ("falt", place.field)
            node = (listed.items or [])[number - 1].get(key)
            origin, path = (node.origin if node else listed.origin), f"sokning.varierar.stallen.{number}.{key}"
            measure = None if place.measure is None else fold(place.measure)
            yield Setting(path_keys(text or ""), measure, size * place.share, place.factor == "ja", origin, path)

    def _node(self, *keys: str) -> Node:
        found = self.tree.get("sokning", *keys)
        assert found is not None  # the file was validated
        return found


def target_span(head: SearchHead) -> tuple[str, str]:
    """Give the first and last month that the target needs, `2028-01` and `2028-12`."""
    month = target_month(head.target)
    base = "rullande12" if head.target.indicator not in REGISTER else head.target.time_base
    year = month[:4]
    return {
        "kalenderar": (f"{year}-01", f"{year}-12"), "ackumulerat_ar": (f"{year}-01", month),
        "rullande12": (month_before(month, 11), month),
    }.get(base, (month, month))


def load_search(source: str | Path, *, levers: Levers, beyond: Beyond, root: Path | None = None) -> SearchPlan:
    """Load a search by path or key. Raises SpecificationError with every fault of every file it reads."""
    problems = Problems()
    path = locate(source, root, problems)
    plan = None if path is None else read_search(Files(path, None, levers, problems, beyond=beyond))
    if plan is None or problems.errors:
        raise SpecificationError(problems.sorted_errors())
    return plan


def read_search(files: Files) -> SearchPlan | None:
    """Read the search that `files` is about, with its scenario at both ends of the range.

    Faults go to the problems of `files`, and a search with faults must not be run.
    """
    problems = files.problems
    tree = files.tree(files.path, lambda root: files.shaper.document(root, SearchFile))
    content = validate(tree, SearchFile, problems) if tree is not None else None
    named = tree.get("sokning", "scenario") if tree is not None else None
    path = None
    if named is not None and isinstance(named.value, str):
        path = files.find(named.value, named.origin, "sokning.scenario")
    if tree is None or content is None or path is None:
        return None
    written = tree.get("atgarder") or Node([], tree.origin)
    measures = files.shaper.scenario(Node({"atgarder": written}, tree.origin)).get("atgarder")
    if measures is None or problems.errors:
        return None
    plan = SearchPlan(head=content.search, tree=tree, measures=measures, scenario=path, levers=files.levers, beyond=files.beyond,
                      root=files.root, path=files.path, content=files.read[files.path])
    for size in (content.search.varied.low, content.search.varied.last):
        try:
            spec = plan.at(size)
        except SpecificationError as fault:
            problems.errors.extend(p for p in fault.problems if p not in problems.errors)
        else:
            report(_faults_in_time(content.search, spec), tree, problems)
    return plan


def _faults_in_time(head: SearchHead, spec: Specification) -> Iterator[Finding]:
    """Tell of a target that the period of the scenario says nothing of."""
    first, last = target_span(head)
    known = [month_before(month_label(spec.start), back) for back in range(1, 12)] if spec.observed else []
    start = min([month_label(spec.start) if spec.start.day == 1 else month_before(month_label(spec.start), -1), *known])
    if head.target.outcome == "nej":
        yield Finding("sokning.mal.utfall_finns", "ett mål som inte kan utvärderas går inte att söka efter")
    elif first < start or last > month_label(spec.end):
        text = (f"målet gäller {first} till {last}, men scenariot '{spec.key}' går från {spec.start} till {spec.end}; "
                "skriv ett datum inom perioden, eller ett scenario med längre period")
        yield Finding("sokning.mal.senast", text)
