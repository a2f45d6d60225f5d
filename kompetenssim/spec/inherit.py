"""Join a scenario with what it builds on and with the catalogue of measures, tree by tree."""

from __future__ import annotations

from collections.abc import Sequence

from kompetenssim.spec.keys import listing, nearest
from kompetenssim.spec.node import Node, Problems, merge


def join(chain: Sequence[Node], catalogue: Node | None, problems: Problems) -> Node:
    """Lay scenarios on each other, the oldest first; measures are joined by key.

    `- atgard: KEY` takes the measure inherited so far, otherwise the entry of the catalogue, and lays its
    own keys on it. `- nyckel: KEY` makes a new measure and may not meet one that exists.
    """
    listed = catalogue.get("atgarder") if catalogue is not None else None
    known = (listed.mapping if listed is not None else None) or {}
    measures: dict[str, Node] = {}
    joined = chain[0].without("atgarder")
    for i, tree in enumerate(chain):
        joined = merge(joined, tree.without("atgarder")) if i else joined
        written = tree.get("atgarder")
        for key, item in ((written.mapping if written is not None else None) or {}).items():
            measure = _measure(key, item, measures, known, problems)
            if measure is not None:
                measures[key] = measure
    holder = next((found for tree in reversed(chain) if (found := tree.get("atgarder")) is not None), joined)
    return joined.with_value({**(joined.mapping or {}), "atgarder": holder.with_value(measures)})


def _measure(key: str, item: Node, inherited: dict[str, Node], catalogue: dict[str, Node], problems: Problems) -> Node | None:
    taken = item.get("atgard")
    if taken is not None:
        base = inherited.get(key) or catalogue.get(key)
        if base is None:
            choices = [*inherited, *catalogue]
            text = f"åtgärden '{taken.text}' finns inte i katalogen eller i det som scenariot bygger på"
            text += f"; där finns {listing(choices)}" if choices else "; skriv 'nyckel:' för en ny åtgärd"
            problems.error(taken.origin, f"atgarder.{key}.atgard", text, nearest(key, choices), "okand_atgard")
            return None
        return merge(base, item.without("atgard"))
    name = item.get("nyckel") or item
    if key in inherited or key in catalogue:
        place = (inherited.get(key) or catalogue[key]).origin
        text = f"åtgärden '{key}' finns redan ({place.file}, rad {place.line}); skriv 'atgard: {key}' för att ändra den"
        problems.error(name.place, f"atgarder.{key}.nyckel", text, code="dubblett")
        return None
    return item
