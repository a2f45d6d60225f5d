"""Suppression: which places are about so few people that nothing of them may be shown.

Decided once per run from the employees at the start, and the same for every table, month and scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kompetenssim.forecast.geometry import ALL, Geometry, Place, members

LEAST = 5


class Relation(NamedTuple):
    """A printed total and the printed parts that add up to it."""

    total: Place
    parts: tuple[Place, ...]


def suppressed(geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> frozenset[Place]:
    """Give the cells and margins to suppress.

    First those with one to four employees at the start (nobody is not a secret). Then, in every printed sum where what is
    hidden could be worked out, the smallest remaining part, until at least two places per sum are hidden and
    the hidden parts hold at least five together; the total itself when no part is left.
    """
    counts = employees(geometry, sets)
    hidden = {place for place, n in counts.items() if 0 < n < LEAST}
    relations = list(_relations(geometry, sets, counts))
    changed = bool(hidden)
    while changed:
        changed = False
        for total, parts in relations:
            more = _one_more(total, parts, counts, hidden)
            if more is not None:
                hidden.add(more)
                changed = True
    return frozenset(hidden)


def employees(geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> dict[Place, int]:
    """Count the employees at the start of every cell and margin."""
    counts = dict.fromkeys((*geometry.margins, *geometry.cells), 0)
    for cell, n in zip(geometry.cells, geometry.initial_employees, strict=True):
        groups = (ALL, cell.group, *(key for key in sets if key not in geometry.group_keys and cell.group in members(key, sets)))
        margins = {Place(a, ALL, g) for a in (ALL, cell.area) for g in groups} | {Place(cell.area, cell.unit, ALL)}
        for place in margins | {cell}:
            counts[place] += n
    return counts


def _one_more(total: Place, parts: tuple[Place, ...], counts: Mapping[Place, int], hidden: set[Place]) -> Place | None:
    inside = [p for p in parts if counts[p] > 0]
    secret = [p for p in inside if p in hidden]
    left = sorted((p for p in inside if p not in hidden), key=lambda p: (counts[p], p))
    if not secret:
        if total in hidden and inside:  # the parts would give it away
            return left[0]
        return None
    if total in hidden or (len(secret) > 1 and sum(counts[p] for p in secret) >= LEAST):
        return None
    return left[0] if left else total


def _relations(geometry: Geometry, sets: Mapping[str, Sequence[str]], counts: Mapping[Place, int]) -> Iterable[Relation]:
    places = sorted(counts)
    for total in places:
        area, unit, group = total
        if unit != ALL:
            if group == ALL:
                yield Relation(total, tuple(p for p in places if p.unit == unit and p.group != ALL))
            continue
        inner = members(group, sets) if group in sets else None
        if area == ALL:
            yield Relation(total, tuple(p for p in places if p.area != ALL and p.unit == ALL and p.group == group))
        elif group == ALL or inner is None:
            yield Relation(total, tuple(p for p in places if p.area == area and p.unit != ALL and p.group == group))
        if group == ALL:
            groups = [p for p in places if p.area == area and p.unit == ALL and p.group in geometry.group_keys]
            yield Relation(total, tuple(groups))
            for key in sorted(sets):
                if Place(area, ALL, key) in counts:
                    others = [p for p in groups if p.group not in members(key, sets)]
                    yield Relation(total, (Place(area, ALL, key), *others))
        elif inner is not None:
            yield Relation(total, tuple(p for p in places if p.area == area and p.unit == ALL and p.group in inner))
