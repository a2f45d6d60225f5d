"""Bring a tree to the canonical form of its schema: Swedish keys, folded choices, provenance on every number.

Done file by file, before inheritance, so that files may spell a key differently and so that a number
never inherits a source from a file that did not give it. What a missing key means is not asked here:
a scenario is allowed to write only what it changes.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union

from pydantic import BaseModel

from kompetenssim.spec.dates import first_day, last_day
from kompetenssim.spec.key_forms import NAME, form_fault
from kompetenssim.spec.keys import fields_by_key, fold, fold_data_key, is_name, listing, nearest, spellings
from kompetenssim.spec.node import INVALID, Node, Problems, describe
from kompetenssim.spec.number import Number
from kompetenssim.spec.numbers import PROVENANCE, check_range, explain, is_number, provenance, provenance_value, shape_number
from kompetenssim.spec.region import Parameters, Region, Target
from kompetenssim.spec.scenario import Catalogue, DatedRules, Measure, Scenario

LAST_DAYS = frozenset({"slut", "till", "senast", "nedtrappning_till", "uppfoljning_till", "data_till"})
DATES = LAST_DAYS | {"start", "fran", "datum", "utbildad", "overlamnad", "klar_rak"}
_BESIDE_DATA = frozenset({*PROVENANCE, "kommentar"})


class _Slot(NamedTuple):
    """Where a value goes: its path as written, its Swedish key, what its field says beyond its type."""

    path: str
    key: str
    extra: Mapping[str, Any]
    inherited: Mapping[str, Node]

    def below(self, key: str, inherited: Mapping[str, Node] | None = None) -> _Slot:
        """The slot of an entry or item with the same field."""
        return self._replace(path=f"{self.path}.{key}", inherited=self.inherited if inherited is None else inherited)


class Shaper:
    """Shape the trees of files; everything wrong goes to `problems`."""

    def __init__(self, problems: Problems, levers: Mapping[str, type[BaseModel]]) -> None:
        self._problems = problems
        self._levers = levers

    def region(self, root: Node) -> Node:
        """Shape a region file."""
        return self._root(root, Region)

    def scenario(self, root: Node) -> Node:
        """Shape a scenario file; measures and targets become mappings by key."""
        return self._root(root, Scenario)

    def catalogue(self, root: Node) -> Node:
        """Shape the catalogue of measures."""
        return self._root(root, Catalogue)

    def rules(self, root: Node) -> Node:
        """Shape the dated rules."""
        return self._root(root, DatedRules)

    def document(self, root: Node, model: type[BaseModel]) -> Node:
        """Shape a file that another package describes."""
        return self._root(root, model)

    def _root(self, root: Node, model: type[BaseModel]) -> Node:
        return self._model(root, model, _Slot("", "", {}, {}))

    def _error(self, node: Node, slot: _Slot, text: str, suggestion: str | None = None, code: str = "fel") -> Node:
        self._problems.error(node.place, slot.path.lstrip("."), text, suggestion, code)
        return node.with_value(INVALID)

    def _value(self, node: Node, annotation: Any, slot: _Slot) -> Node:
        members, nullable = variants(annotation)
        if node.invalid:
            return node
        if node.value is None:
            if nullable or Any in members:
                return node
            return self._error(node, slot, "värdet är tomt; ge ett värde eller ta bort nyckeln", code="tomt_varde")
        kind = _choose(node, members)
        origin = typing.get_origin(kind)
        if kind is Number:
            return shape_number(node, slot.path.lstrip("."), slot.extra, slot.inherited, self._problems)
        if origin is Literal:
            return self._choice(node, typing.get_args(kind), slot)
        if origin is list or kind is list:
            return self._list(node, (typing.get_args(kind) or (Any,))[0], slot)
        if origin is dict or kind is dict:
            return self._data(node, typing.get_args(kind) or (str, Any), slot)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self._model(node, kind, slot)
        if kind in (int, float):
            return self._plain_number(node, slot)
        if kind is str:
            return self._text(node, slot)
        if kind is bool:
            chosen = self._choice(node, ("ja", "nej"), slot)
            return chosen if chosen.invalid else chosen.with_value(chosen.value == "ja")
        if kind is date:
            return self._date(node, slot, as_day=True)
        return node

    def _model(self, node: Node, model: type[BaseModel], slot: _Slot) -> Node:
        if node.mapping is None:
            return self._error(node, slot, f"en mappning (nyckel: värde) väntades, inte {describe(node)}")
        names, fields = spellings(model), fields_by_key(model)
        found: dict[str, Node] = {}
        own: dict[str, Node] = {}
        misspelt: dict[str, Node] = {}
        for written, child in node.mapping.items():
            key = names.get(fold(written))
            if key is None:
                meant = self._unknown(child, slot.below(written), fields)
                if meant:
                    misspelt[meant] = child.with_value(INVALID)
            elif key in found:
                both = f"'{found[key].key}' och '{written}' är samma nyckel på två språk; behåll '{key}'"
                at_key = slot.below(written).path.lstrip(".")
                self._problems.error(child.key_origin or child.origin, at_key, both, code="dubblett")
            else:
                found[key] = child
                if key in PROVENANCE and fields[key][0] in ("source", "assumption", "refers_to"):
                    own[key] = provenance_value(key, child)
        inherited = provenance(own, slot.inherited)
        shaped: dict[str, Node] = {}
        for key, child in found.items():
            field = fields[key][1]
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            at = _Slot(f"{slot.path}.{child.key or key}", key, extra, inherited)
            shaped[key] = own[key] if key in own and child.scalar else self._field(child, model, key, field.annotation, at)
        return replace(node, value=misspelt | shaped, partial=len(shaped) < len(node.mapping))

    def _field(self, node: Node, model: type[BaseModel], key: str, annotation: Any, slot: _Slot) -> Node:
        if model in (Scenario, Catalogue) and key == "atgarder":
            return self._measures(node, slot, may_take=model is Scenario)
        if model is Scenario and key == "parametrar":
            return node if node.value is None else self._model(node, Parameters, slot)
        if model is Scenario and key == "region_andringar":
            return node if node.value is None else self._model(node, Region, slot)
        if typing.get_origin(annotation) is list and typing.get_args(annotation) == (Target,):
            return self._keyed(node, slot, lambda item, at: self._model(item, Target, at), ("nyckel",))
        return self._value(node, annotation, slot)

    def _unknown(self, child: Node, slot: _Slot, known: typing.Iterable[str]) -> str | None:
        """Report a key that does not exist and give the one that was probably meant."""
        written = slot.path.rpartition(".")[2]
        known = list(known)
        shown = set(known) - _BESIDE_DATA
        text = f"okänd nyckel '{written}', tillåtna är {listing(shown)}" if shown else f"okänd nyckel '{written}'"
        place, meant = child.key_origin or child.origin, nearest(written, known)
        self._problems.error(place, slot.path.lstrip("."), text, meant, "okand_nyckel")
        return meant

    def _measures(self, node: Node, slot: _Slot, *, may_take: bool) -> Node:
        names = ("nyckel", "atgard") if may_take else ("nyckel",)
        return self._keyed(node, slot, self._measure, names)

    def _measure(self, node: Node, slot: _Slot) -> Node:
        """Shape a measure: its own fields here, each lever block with the model of its type."""
        names = spellings(Measure)
        own: dict[str, Node] = {}
        blocks: dict[str, Node] = {}
        taken: dict[str, Node] = {}
        misspelt: dict[str, Node] = {}
        for written, child in (node.mapping or {}).items():
            folded = fold(written)
            if folded == "atgard":
                taken["atgard"] = self._text(child, slot.below(written)._replace(key="nyckel"))
            elif folded in self._levers:
                blocks[folded] = child
            elif folded not in names:
                meant = self._unknown(child, slot.below(written), [*fields_by_key(Measure), *self._levers, "atgard"])
                if meant:
                    misspelt[meant] = child.with_value(INVALID)
            else:
                own[written] = child
        shaped = self._model(node.with_value(own), Measure, slot)
        entries = dict(shaped.mapping or {})
        inherited = provenance({k: entries[k] for k in PROVENANCE if k in entries and entries[k].scalar}, slot.inherited)
        for kind, child in blocks.items():
            at = _Slot(f"{slot.path}.{child.key}", kind, {}, inherited)
            if child.items is not None:
                block = self._list(child, self._levers[kind], at)
            else:
                block = child if child.value is None else self._model(child, self._levers[kind], at)
            entries[kind] = block
        return shaped.with_value(misspelt | entries | taken)

    def _keyed(self, node: Node, slot: _Slot, shape: typing.Callable[[Node, _Slot], Node], names: tuple[str, ...]) -> Node:
        """Turn a list of things with a key (`nyckel`, or `atgard`) into a mapping by that key."""
        if node.value is None:
            return node.with_value({})
        if node.items is None:
            return self._error(node, slot, f"en lista väntades (en rad '- {names[0]}: …' för var och en), inte {describe(node)}")
        found: dict[str, Node] = {}
        for number, item in enumerate(node.items, start=1):
            if item.invalid:
                continue
            if item.mapping is None:
                text = f"en mappning som börjar med '{names[0]}:' väntades, inte {describe(item)}"
                self._error(item, slot.below(str(number)), text)
                continue
            given = [child for written, child in item.mapping.items() if fold(written) in (*names, "key")]
            key = fold(given[0].text) if given and given[0].scalar else ""
            shaped = shape(item, slot.below(key or str(number)))
            if len(given) != 1 or not key:
                which = " eller ".join(f"'{n}'" for n in names)
                self._error(item, slot.below(key or str(number)), f"skriv en av {which}" if given else f"nyckeln {which} saknas")
            elif key in found:
                text = f"'{key}' står två gånger: rad {found[key].origin.line} och rad {item.origin.line}; behåll en av dem"
                self._error(given[0], slot.below(key), text, code="dubblett")
            else:
                found[key] = shaped.under_key(key)
        return node.with_value(found)

    def _data(self, node: Node, types_: tuple[Any, ...], slot: _Slot) -> Node:
        """Shape a mapping whose keys are data: units, groups, years, dates."""
        if node.mapping is None:
            return self._error(node, slot, f"en mappning (nyckel: värde) väntades, inte {describe(node)}")
        forms = slot.extra.get("nycklar") or ""
        form, inner = (forms, "") if isinstance(forms, str) else (forms[0], forms[1])
        beside = {fold(written): child for written, child in node.mapping.items() if fold(written) in PROVENANCE}
        own = {key: provenance_value(key, child) for key, child in beside.items() if child.scalar}
        inherited = provenance(own, slot.inherited)
        allowed = typing.get_args(types_[0]) if typing.get_origin(types_[0]) is Literal else None
        shaped: dict[str, Node] = {}
        for written, child in node.mapping.items():
            key = fold_data_key(written)
            if key in _BESIDE_DATA:
                continue
            at = slot.below(written, inherited)._replace(extra={**slot.extra, "nycklar": inner})
            fault = self._key_fault(key, form, allowed)
            if fault:
                choice = nearest(key, allowed) if allowed else None
                self._problems.error(child.key_origin or child.origin, at.path.lstrip("."), fault, choice, "okand_nyckel")
                continue
            shaped[key] = self._value(child, types_[1], at)
            shaped[key].key_refers = form or None
        return node.with_value(shaped)

    def _key_fault(self, key: str, form: str, allowed: tuple[Any, ...] | None) -> str | None:
        if allowed is not None:
            return None if key in allowed else f"okänd nyckel '{key}', tillåtna är {listing(map(str, allowed))}"
        return form_fault(key, form)

    def _list(self, node: Node, item: Any, slot: _Slot) -> Node:
        if node.items is None:
            hint = f": skriv [{node.text}]" if node.scalar and node.text else ""
            return self._error(node, slot, f"en lista väntades{hint}" if hint else f"en lista väntades, inte {describe(node)}")
        return node.with_value([self._value(child, item, slot.below(str(i))) for i, child in enumerate(node.items, start=1)])

    def _choice(self, node: Node, choices: tuple[Any, ...], slot: _Slot) -> Node:
        by_fold = {fold(str(choice)): choice for choice in choices}
        if not node.scalar or fold(node.text) not in by_fold:
            given = f"'{node.text[:60]}'" if node.scalar else describe(node)
            text = f"{given} är inte tillåtet, tillåtna värden är {listing(map(str, choices), most=20)}"
            return self._error(node, slot, text, nearest(node.text, map(str, choices)) if node.scalar else None, "okant_varde")
        return node.with_value(by_fold[fold(node.text)])

    def _plain_number(self, node: Node, slot: _Slot) -> Node:
        if not is_number(node):
            return self._error(node, slot, explain(node), code="inte_tal")
        check_range(node, slot.path.lstrip("."), slot.extra, self._problems)
        return node

    def _text(self, node: Node, slot: _Slot) -> Node:
        if not node.scalar:
            return self._error(node, slot, f"en text väntades, inte {describe(node)}")
        refers = slot.extra.get("refererar")
        if refers or slot.key == "nyckel":
            key = fold(node.text)
            if slot.key == "nyckel" and not is_name(key):
                return self._error(node, slot, f"'{node.text}' kan inte vara en nyckel; {NAME}")
            if refers == "startlage":
                return self._date(node, slot, as_day=True, refers=refers)
            return node.with_value(key, refers=refers)
        if fold(node.text) in slot.extra.get("ord", ()):
            return node.with_value(fold(node.text))
        if slot.extra.get("datum") or slot.key in DATES or slot.key.endswith("_datum"):
            return self._date(node, slot)
        return node.with_value(node.text)

    def _date(self, node: Node, slot: _Slot, *, as_day: bool = False, refers: str | None = None) -> Node:
        read = last_day if slot.key in LAST_DAYS else first_day
        if not node.scalar:
            return self._error(node, slot, f"ett datum väntades, inte {describe(node)}")
        try:
            day = read(node.text)
        except ValueError as fault:
            return self._error(node, slot, str(fault), code="inte_datum")
        return node.with_value(day.isoformat() if as_day else node.text.strip().lower(), refers=refers)


@cache
def variants(annotation: Any) -> tuple[tuple[Any, ...], bool]:
    """Give the types a value may have, and whether it may be empty."""
    origin: Any = typing.get_origin(annotation)
    if origin is Annotated:
        return variants(typing.get_args(annotation)[0])
    if origin not in (Union, types.UnionType):
        return (annotation,), annotation in (None, type(None))
    parts = [variants(a) for a in typing.get_args(annotation)]
    return tuple(m for members, _ in parts for m in members if m is not type(None)), any(nullable for _, nullable in parts)


def _choose(node: Node, members: tuple[Any, ...]) -> Any:
    """Choose the type of a union that what is written looks like."""
    if len(members) == 1:
        return members[0]

    def fits(kind: Any) -> bool:
        origin = typing.get_origin(kind) or kind
        if node.mapping is not None:
            return origin is dict or (isinstance(origin, type) and issubclass(origin, BaseModel))
        if node.items is not None:
            return origin is list
        if origin is Literal:
            return fold(node.text) in {fold(str(choice)) for choice in typing.get_args(kind)}
        if kind in (Number, int, float):
            return is_number(node)
        return kind is str

    def not_a_choice(kind: Any) -> bool:
        origin: Any = typing.get_origin(kind)
        return origin is not Literal

    ordered = sorted(members, key=not_a_choice)
    return next((kind for kind in ordered if fits(kind)), ordered[-1])
