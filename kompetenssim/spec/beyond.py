"""What the loader is told by packages it does not import, so that one check finds every kind of fault."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kompetenssim.spec.keys import listing, nearest
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.region import Region, StartState
from kompetenssim.spec.scenario import DatedRules, Measure


class Finding(NamedTuple):
    """What shows only when parts of the files meet: the dotted path it belongs to, the text, the code if it is not a fault.

    `informs` is for what no edit cures but a reader of the results must know.
    """

    path: str
    text: str
    warning: str | None = None
    informs: bool = False


class Frame(NamedTuple):
    """What a scenario takes place in: region, rules, start state, first and last day."""

    region: Region
    rules: DatedRules
    state: StartState
    start: date
    end: date


def _no_measure_faults(frame: Frame, measures: Sequence[Measure]) -> Iterable[Finding]:
    return ()


def _no_region_faults(region: Region) -> Iterable[Finding]:
    return ()


def _no_posterior_faults(content: bytes) -> Iterable[str]:
    return ()


class Beyond(NamedTuple):
    """Answer what the specification cannot know: ids of indicators, what levers meet in a region, populations.

    `indicators` None means that ids are not checked.
    """

    indicators: Collection[str] | None = None
    measures: Callable[[Frame, Sequence[Measure]], Iterable[Finding]] = _no_measure_faults
    region: Callable[[Region], Iterable[Finding]] = _no_region_faults
    posterior: Callable[[bytes], Iterable[str]] = _no_posterior_faults


NOTHING = Beyond()


def report(findings: Iterable[Finding], tree: Node, problems: Problems) -> None:
    """Report findings where the tree has them written; the nearest enclosing mapping where a part has only its default."""
    for path, text, warning, informs in findings:
        found = tree
        for key in path.split("."):
            child = _below(found, key)
            if child is None:
                break
            found = child
        if warning is None:
            problems.error(found.place, path, text, code="gar_inte_ihop")
        elif informs:
            problems.inform(found.place, path, text, warning)
        else:
            problems.warn(found.place, path, text, warning)


def check_indicators(targets: Node | None, known: Collection[str] | None, problems: Problems) -> None:
    """Report targets for indicators that do not exist."""
    if known is None:
        return
    for key, target in ((targets.mapping if targets is not None else None) or {}).items():
        named = target.get("indikator")
        if named is None or named.invalid or not isinstance(named.value, str) or named.value in known:
            continue
        text = f"indikatorn '{named.value}' finns inte; det finns {listing(known)} (alla: kompetenssim schema --indikatorer)"
        problems.error(named.place, f"mal.{key}.indikator", text, nearest(named.value, known), "okand_indikator")


def _below(node: Node, key: str) -> Node | None:
    if node.mapping is not None:
        return node.mapping.get(key)
    if node.items is not None and key.isdigit() and 1 <= int(key) <= len(node.items):
        return node.items[int(key) - 1]
    return None
