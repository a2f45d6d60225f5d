"""Turn shaped trees into models; what pydantic finds is said in Swedish, where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kompetenssim.spec.node import Node, Problems, describe

M = TypeVar("M", bound=BaseModel)

_TEXTS: Mapping[str, str] = {
    "greater_than_equal": "{given} är för litet; minst {ge}",
    "greater_than": "{given} är för litet; mer än {gt}",
    "less_than_equal": "{given} är för stort; högst {le}",
    "less_than": "{given} är för stort; mindre än {lt}",
    "int_from_float": "ett heltal väntades, inte {given}",
    "int_type": "ett heltal väntades, inte {given}",
    "int_parsing": "ett heltal väntades, inte {given}",
    "int_parsing_size": "{given} är för stort",
    "float_type": "ett tal väntades, inte {given}",
    "float_parsing": "ett tal väntades, inte {given}",
    "finite_number": "talet måste vara ändligt",
    "string_type": "en text väntades, inte {given}",
    "string_too_short": "texten är för kort; minst {min_length} tecken",
    "string_too_long": "texten är för lång; högst {max_length} tecken",
    "string_pattern_mismatch": "{given} har inte den form som väntas ({pattern})",
    "literal_error": "{given} är inte tillåtet, tillåtna värden är {expected}",
    "enum": "{given} är inte tillåtet, tillåtna värden är {expected}",
    "list_type": "en lista väntades, inte {given}",
    "dict_type": "en mappning (nyckel: värde) väntades, inte {given}",
    "model_type": "en mappning (nyckel: värde) väntades, inte {given}",
    "too_short": "minst {min_length} behövs",
    "too_long": "listan är för lång; högst {max_length}",
    "bool_type": "ja eller nej väntades, inte {given}",
    "bool_parsing": "ja eller nej väntades, inte {given}",
    "date_type": "ett datum väntades, inte {given}",
    "date_from_datetime_parsing": "ett datum väntades, inte {given}",
    "multiple_of": "{given} måste vara en multipel av {multiple_of}",
}


def validate(node: Node, model: type[M], problems: Problems, path: str = "") -> M | None:
    """Make a model of a shaped tree, or report every reason why it cannot be made and give None.

    `path` is where the tree stands (`atgarder.slk_vns_10`). Faults of values that were reported while
    shaping are not reported again.
    """
    try:
        return model.model_validate(node.plain())
    except ValidationError as fault:
        for error in fault.errors(include_url=False):
            _report(node, dict(error), problems, path)
    return None


def _report(node: Node, error: Mapping[str, Any], problems: Problems, path: str) -> None:
    found, written, rest = node, [path] if path else [], list(error["loc"])
    while rest and not found.invalid:
        child = _child(found, rest[0])
        if child is None:
            break
        written.append(str(child.key or rest[0]) if found.mapping is not None else str(int(rest[0]) + 1))
        found, rest = child, rest[1:]
    if found.invalid or (found.partial and error["type"] == "value_error"):
        return
    kind, missing = error["type"], str(rest[0]) if rest else ""
    if kind == "missing":
        if found.number:
            text = "talet har inget värde; ange 'trolig' eller 'varde'"
        else:
            text, written = f"nyckeln '{missing}' saknas", [*written, missing]
        problems.error(found.place, ".".join(written), text, code="saknas")
        return
    problems.error(found.place, ".".join(written), _text(error, found), code="ogiltigt")


def _child(node: Node, key: Any) -> Node | None:
    if node.mapping is not None:
        return node.mapping.get(str(key))
    if node.items is not None and isinstance(key, int) and key < len(node.items):
        return node.items[key]
    return None


def _text(error: Mapping[str, Any], found: Node) -> str:
    kind, context = error["type"], error.get("ctx") or {}
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", error["msg"]))
    pattern = _TEXTS.get(kind)
    if pattern is None:
        return f"värdet går inte att använda ({error['msg']})"
    limits = {key: f"{v:g}" if isinstance(v, float) else v for key, v in context.items()}
    return pattern.format_map({**limits, "given": describe(found)})
