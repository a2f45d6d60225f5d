"""Give occupation groups that a region names but does not describe the values of the schema.

The sets in `grupper` list the groups of a region. One that has no entry in `yrkesgrupper` is not a reason to
refuse a region that is still being written: it gets defaults, every one an assumption, and a warning.
"""

from __future__ import annotations

import difflib

from kompetenssim.spec.node import Node, Problems

MISSPELT = 0.88
"""A name this like a described group is taken for a misspelling of it, and is an error."""

_PAY = {"undre": 25_000, "trolig": 35_000, "ovre": 80_000}


def complete_groups(region: Node, problems: Problems) -> Node:
    """Add an entry with defaults for each group that only the sets name; misspelt names are left for the reference check."""
    described, sets = region.get("yrkesgrupper"), region.get("grupper")
    if described is None or described.mapping is None or sets is None or sets.mapping is None:
        return region
    groups = dict(described.mapping)
    for name, members in sets.mapping.items():
        added = []
        for member in members.items or []:
            key = str(member.value)
            if member.invalid or key in groups or difflib.get_close_matches(key, described.mapping, n=1, cutoff=MISSPELT):
                continue
            groups[key] = _assumed_group(key, member)
            added.append(key)
        if added:
            text = f"beskrivs inte i yrkesgrupper: {', '.join(added)}; standardvärden används, även för lönen (antagande)"
            problems.warn(members.place, f"grupper.{name}", text, "yrkesgrupp_saknas")
    return region.with_value({**(region.mapping or {}), "yrkesgrupper": described.with_value(groups)})


def _assumed_group(key: str, member: Node) -> Node:
    def at(value: object, *, number: bool = False) -> Node:
        return Node(value, member.origin, number=number)

    pay = {name: at(value) for name, value in _PAY.items()} | {"antagande": at(True)}
    entry = {"titel": at(key.replace("_", " ").capitalize()), "manadslon_kr": at(pay, number=True)}
    return Node(entry, member.origin, key=key, key_origin=member.origin)
