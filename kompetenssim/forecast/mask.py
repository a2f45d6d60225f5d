"""Suppression: which places are about so few people that nothing of them may be shown.

Decided once per run from the employees at the start, and the same for every table, month and scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.forecast.geometry import ALL, Geometry, Place, members

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 5


class Relation(NamedTuple):
    """A printed total and the printed parts that add up to it."""

    total: Place
    parts: tuple[Place, ...]


def suppressed(geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> frozenset[Place]:
    """Give the cells and margins to suppress.

    First those with one to four employees at the start (nobody is not a secret). Then, in every printed sum where what is
    hidden could be worked out, the smallest remaining part, until at least two places per sum are hidden and
    the hidden parts hold at least five together; the total itself when no part is left. Last, the smallest place of any
    combination of printed sums that still gives a secret away (a unit's before an area's or the region's), until none does.
    """
    counts = employees(geometry, sets)
    secret = {place for place, n in counts.items() if 0 < n < LEAST}
    hidden = set(secret)
    relations = list(_relations(geometry, sets, counts))
    while hidden:
        more = {place for total, parts in relations if (place := _one_more(total, parts, counts, hidden))}
        more = more or _given_away(geometry, sets, counts, secret, hidden)
        if not more:
            break
        hidden |= more
    return frozenset(hidden)


def _given_away(
    geometry: Geometry, sets: Mapping[str, Sequence[str]], counts: Mapping[Place, int], secret: Iterable[Place],
    hidden: set[Place],
) -> set[Place]:
    """Find a secret that is a combination of printed sums and give the smallest of these; nothing when there is none."""
    cells = [cell for cell in geometry.cells if counts[cell] > 0]
    printed = [place for place in sorted(counts) if place not in hidden and counts[place] > 0]

    def rows(places: Iterable[Place]) -> NDArray[np.float64]:
        return np.array([[float(_within(cell, place, sets)) for cell in cells] for place in places]).reshape(-1, len(cells))

    secrets = sorted(secret)
    inverse = np.linalg.pinv(rows(printed)) if printed else np.zeros((len(cells), 0))
    weights = rows(secrets) @ inverse
    left = np.abs(weights @ rows(printed) - rows(secrets)).max(axis=1, initial=0.0)
    for k in np.flatnonzero(left < 1e-6):
        used = [place for place, weight in zip(printed, weights[k], strict=True) if abs(weight) > 1e-6]
        return {min(used, key=lambda place: (place.unit == ALL, counts[place], place))}
    return set()


def _within(cell: Place, place: Place, sets: Mapping[str, Sequence[str]]) -> bool:
    return (place.area in (ALL, cell.area) and place.unit in (ALL, cell.unit)
            and (place.group == ALL or cell.group in members(place.group, sets)))


def employees(geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> dict[Place, int]:
    """Count the employees at the start of every cell and margin."""
    heads = list(zip(geometry.cells, geometry.initial_employees, strict=True))
    return {place: sum(n for cell, n in heads if _within(cell, place, sets)) for place in (*geometry.margins, *geometry.cells)}


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
