"""Lay another target and a few other numbers on a scenario, as if a file that builds on it had said so.

The numbers are checked as those of a file are, and what is wrong with them is told where they were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel

from kompetenssim.spec.keys import fold_data_key
from kompetenssim.spec.node import BOUNDS, CENTRE, Node, Problems, merge
from kompetenssim.spec.numbers import is_number
from kompetenssim.spec.shape import Shaper
from kompetenssim.spec.specification import Origin

ALL_BLOCKS = "*"


class Setting(NamedTuple):
    """One number: where it is, what it becomes (`factor`: times what is written there), and where that was asked for."""

    keys: tuple[str, ...]
    measure: str | None
    value: float
    factor: bool
    origin: Origin
    path: str


@dataclass(frozen=True)
class Change:
    """Hold a target, which replaces those of the scenario, measures that are laid on it, and settings of numbers."""

    key: str
    target: Node
    measures: Node
    settings: tuple[Setting, ...]

    def scenario(self) -> Node:
        """Give the measures as a scenario that builds on another; those that neither has come from the catalogue."""
        listed = dict(self.measures.mapping or {})
        for setting in self.settings:
            if setting.measure is not None and setting.measure not in listed:
                taken = Node({"atgard": Node(setting.measure, setting.origin, setting.measure)}, setting.origin)
                listed[setting.measure] = taken.under_key(setting.measure)
        return Node({"atgarder": self.measures.with_value(listed)}, self.measures.origin)

    def lay_on(
        self, scenario: Node, region: Node, levers: Mapping[str, type[BaseModel]], problems: Problems,
    ) -> tuple[Node, Node]:
        """Give scenario and region with the target and the numbers in place; faults go to `problems`."""
        targets = Node({self.key: self.target.under_key(self.key)}, self.target.origin, key="mal", key_origin=self.target.place)
        region = region.with_value({**(region.mapping or {}), "mal": targets})
        for setting in self.settings:
            local = Problems()
            if setting.measure is None:
                region = _in_region(region, setting, Shaper(local, levers), local)
            else:
                scenario = _in_measure(scenario, setting, Shaper(local, levers), local)
            for fault in local.errors:
                problems.error(setting.origin, setting.path, fault.text, fault.suggestion, fault.code)
        return scenario, region


def _in_region(region: Node, setting: Setting, shaper: Shaper, problems: Problems) -> Node:
    listed = region.get(setting.keys[0])
    if listed is not None and listed.items is not None:
        return region.with_value({**(region.mapping or {}), setting.keys[0]: _in_region_list(listed, setting, shaper, problems)})
    raw = _number(region, setting, problems)
    if raw is None:
        return region
    root = Node({"region_andringar": _nested(setting.keys, raw, setting.origin)}, setting.origin)
    shaped = shaper.scenario(root).get("region_andringar")
    return region if problems.errors or shaped is None else merge(region, shaped)


def _in_region_list(listed: Node, setting: Setting, shaper: Shaper, problems: Problems) -> Node:
    """Set a number of one entry of a list (`kullar.4.antal`), or of all (`*`)."""
    entries, name = list(listed.items or []), setting.keys[0]
    chosen = _chosen(len(entries), setting, problems)
    for at in chosen:
        alone = setting._replace(keys=setting.keys[2:])
        raw = _number(entries[at], alone, problems)
        if raw is None:
            return listed
        changes = Node({name: Node([_nested(alone.keys, raw, setting.origin)], setting.origin)}, setting.origin)
        shaped = shaper.scenario(Node({"region_andringar": changes}, setting.origin)).get("region_andringar", name)
        if problems.errors or shaped is None or not shaped.items:
            return listed
        entries[at] = merge(entries[at], shaped.items[0])
    return listed.with_value(entries)


def _chosen(count: int, setting: Setting, problems: Problems) -> Sequence[int]:
    """Give which of the entries of a list a path means; none, and a fault reported, where it does not say."""
    which = setting.keys[1] if len(setting.keys) > 2 else ""
    if which == ALL_BLOCKS:
        return range(count)
    if which.isdigit() and 1 <= int(which) <= count:
        return (int(which) - 1,)
    name, rest = setting.keys[0], ".".join(setting.keys[1:])
    text = f"'{name}' är {count} block i en lista; skriv vilket, {name}.1.{rest or '…'}, eller * för alla"
    problems.error(setting.origin, setting.path, text)
    return ()


def _in_measure(scenario: Node, setting: Setting, shaper: Shaper, problems: Problems) -> Node:
    listed, key = scenario.get("atgarder"), setting.measure or ""
    measure = scenario.get("atgarder", key)
    if listed is None or measure is None:  # told when the measures were joined
        return scenario
    block = measure.get(setting.keys[0])
    if block is None or block.items is None:
        changed = _with_number(measure, key, setting, shaper, problems)
    else:
        changed = _with_number_in_list(measure, key, setting, block, shaper, problems)
    measures = listed.with_value({**(listed.mapping or {}), key: changed})
    return scenario.with_value({**(scenario.mapping or {}), "atgarder": measures})


def _with_number(measure: Node, key: str, setting: Setting, shaper: Shaper, problems: Problems) -> Node:
    raw = _number(measure, setting, problems)
    if raw is None:
        return measure
    given = {"atgard": Node(key, setting.origin, key, key="atgard"), **(_nested(setting.keys, raw, setting.origin).mapping or {})}
    item = Node(given, setting.origin)
    shaped = shaper.scenario(Node({"atgarder": Node([item], setting.origin)}, setting.origin)).get("atgarder", key)
    return measure if problems.errors or shaped is None else merge(measure, shaped.without("atgard"))


def _with_number_in_list(
    measure: Node, key: str, setting: Setting, block: Node, shaper: Shaper, problems: Problems,
) -> Node:
    """Set a number of one of several blocks of a kind (`utbildningstjanst.2.platser.ht`), or of all (`*`)."""
    blocks = list(block.items or [])
    kind, *rest = setting.keys
    for at in _chosen(len(blocks), setting, problems):
        alone = measure.with_value({**(measure.mapping or {}), kind: blocks[at]})
        found = _with_number(alone, key, setting._replace(keys=(kind, *rest[1:])), shaper, problems).get(kind)
        blocks[at] = found if found is not None else blocks[at]
    return measure.with_value({**(measure.mapping or {}), kind: block.with_value(blocks)})


def _number(tree: Node, setting: Setting, problems: Problems) -> Node | None:
    """Give the number as a person would write it; None where there is nothing to multiply."""
    if not setting.factor:
        return _scalar(setting.value, setting.origin)
    found = tree.get(*setting.keys)
    if found is not None and found.mapping is not None and found.number:
        parts = {k: n for k, n in found.mapping.items() if k in (*CENTRE, *BOUNDS)}
        return Node({k: _scalar(float(n.value) * setting.value, setting.origin, k) for k, n in parts.items()}, setting.origin)
    if found is not None and is_number(found):
        return _scalar(float(found.value) * setting.value, setting.origin)
    where = setting.measure or "region.yaml"
    text = f"i {where} står inget tal på {'.'.join(setting.keys)} att multiplicera; skriv talet där, eller ta bort faktor: ja"
    problems.error(setting.origin, setting.path, text, code="saknas")
    return None


def _scalar(value: float, origin: Origin, key: str | None = None) -> Node:
    number = int(value) if value == int(value) else value
    return Node(number, origin, f"{value:.12g}", key=key, key_origin=origin)


def _nested(keys: Sequence[str], value: Node, origin: Origin) -> Node:
    node = value
    for key in reversed(keys):
        node.key, node.key_origin = key, origin
        node = Node({key: node}, origin)
    return node


def path_keys(text: str) -> tuple[str, ...]:
    """Read a dotted path; keys may be spelled as in a file."""
    return tuple(fold_data_key(part) for part in text.split("."))
