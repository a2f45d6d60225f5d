"""Check that what a file points at exists: units, groups, areas, profiles, measures, programmes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.specification import Origin

_CALLED: Mapping[str, str] = {
    "yrkesgrupp": "yrkesgruppen", "en_yrkesgrupp": "yrkesgruppen", "enhet": "enheten",
    "omrade": "området", "eget_omrade": "området",
    "familj": "handledarfamiljen", "schematyp": "schematypen", "sasong": "säsongsprofilen", "narvaroprofil": "närvaroprofilen",
    "atgard": "åtgärden", "utbildning": "utbildningen", "startlage": "startläget",
}
_DECLARED: Mapping[str, str] = {
    "yrkesgrupp": "yrkesgrupper", "en_yrkesgrupp": "yrkesgrupper", "familj": "yrkesgrupper",
    "enhet": "enheter", "omrade": "enheter",
    "schematyp": "schematyper", "sasong": "sasonger", "narvaroprofil": "narvaroprofiler", "utbildning": "utbildningar",
    "startlage": "startlagen",
}
ALL = "alla"


def names(region: Node, measures: Iterable[str]) -> dict[str, set[str]]:
    """Give what may be referred to, by kind; kinds whose declaration is faulty are left out."""
    def keys(*path: str) -> set[str]:
        found = region.get(*path)
        return set(found.mapping or {}) if found is not None else set()

    def used(where: str, key: str, default: str | None = None) -> set[str]:
        parts = region.get(where)
        found = [part.get(key) for part in (parts.mapping or {}).values()] if parts is not None else []
        return {str(node.value) for node in found if node is not None and not node.invalid} | ({default} if default else set())

    groups, areas = keys("yrkesgrupper"), keys("omraden")
    known = {
        "en_yrkesgrupp": groups,
        "yrkesgrupp": groups | keys("grupper") | {ALL},
        "enhet": keys("enheter") | {ALL},
        "omrade": areas | used("enheter", "omrade") | {ALL},
        "eget_omrade": areas,
        "familj": used("yrkesgrupper", "handledarfamilj", "ovrig"),
        "schematyp": keys("schematyper"),
        "sasong": keys("sasonger") | {"jamn"},
        "narvaroprofil": keys("narvaroprofiler") | {"standard"},
        "atgard": set(measures),
        "utbildning": keys("utbildningar"),
        "startlage": {first_day(key).isoformat() for key in keys("startlagen")},
    }
    unknown = {kind for kind, key in _DECLARED.items() if (node := region.get(key)) is not None and node.mapping is None}
    if not areas:
        unknown.add("eget_omrade")
    return {kind: choices for kind, choices in known.items() if kind not in unknown}


def check_sets(region: Node, problems: Problems) -> None:
    """Report sets of groups that are called as a group is."""
    groups, sets = region.get("yrkesgrupper"), region.get("grupper")
    for key, members in ((sets.mapping if sets is not None else None) or {}).items():
        if groups is not None and key in (groups.mapping or {}):
            text = f"'{key}' är redan en yrkesgrupp; en grupp av grupper behöver ett eget namn"
            problems.error(members.place, f"grupper.{key}", text, code="dubblett")


def check_references(tree: Node, known: Mapping[str, set[str]], problems: Problems, path: str = "") -> None:
    """Report every value and every data key of a tree that points at nothing."""
    for at, node in tree.walk(path, written=True):
        if node.key_refers is not None and node.key_refers in known:
            _check(fold(node.key or ""), node.key_refers, node.key_origin or node.origin, at, known, problems)
        if node.refers is not None and node.refers in known and not node.invalid and node.value is not None:
            _check(str(node.value), node.refers, node.origin, at, known, problems)


def _check(value: str, kind: str, origin: Origin, at: str, known: Mapping[str, set[str]], problems: Problems) -> None:
    choices = known[kind]
    if value in choices:
        return
    real = sorted(choices - {ALL})
    exists = f"; det finns {listing(real)}" if real else "; det finns ingen ännu"
    problems.error(origin, at, f"{_CALLED[kind]} '{value}' finns inte{exists}", nearest(value, real), "okand_referens")
