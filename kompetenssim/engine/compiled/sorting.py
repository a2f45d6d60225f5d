"""Orders: lists of records by key, and index lists by several keys. Shell's method: short, in place, fast for short lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.state import Rest, World

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.state import Floats, Ints, Keys


def order_by_key(w: World, r: Rest, kind: int) -> int:
    """Put the people of a notice list in `list` by rising key, each once; give how many they are."""
    number = w.noted[kind]
    for k in range(number):
        r.list[k] = w.notes[kind, k, 0]
    gap = 1
    while gap < number // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, number):
            who = r.list[k]
            key, at = w.person_key[who], k
            while at >= gap and w.person_key[r.list[at - gap]] > key:
                r.list[at] = r.list[at - gap]
                at -= gap
            r.list[at] = who
        gap //= 3
    kept = 0
    for k in range(number):
        if kept == 0 or r.list[kept - 1] != r.list[k]:
            r.list[kept] = r.list[k]
            kept += 1
    return kept


def order_by(chosen: Ints, first: int, number: int, small: Ints, real: Floats, key: Keys) -> None:
    """Sort `chosen[first : first + number]`, which index the three keys, by rising `small`, then `real`, then `key`."""
    gap = 1
    while gap < number // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(first + gap, first + number):
            who, at = chosen[k], k
            while at >= first + gap and comes_before(who, chosen[at - gap], small, real, key):
                chosen[at] = chosen[at - gap]
                at -= gap
            chosen[at] = who
        gap //= 3


def to_heap(chosen: Ints, first: int, number: int, small: Ints, real: Floats, key: Keys) -> None:
    """Arrange `chosen[first : first + number]` so that `take_first` gives them in the order of `order_by`: cheap for a few."""
    for at in range(number // 2 - 1, -1, -1):
        sink(chosen, first, number, at, small, real, key)


def take_first(chosen: Ints, first: int, number: int, small: Ints, real: Floats, key: Keys) -> int:
    """Take the first of `number` that `to_heap` arranged; `number - 1` are left."""
    found = chosen[first]
    chosen[first] = chosen[first + number - 1]
    sink(chosen, first, number - 1, 0, small, real, key)
    return found  # type: ignore[no-any-return]  # an int


def sink(chosen: Ints, first: int, number: int, at: int, small: Ints, real: Floats, key: Keys) -> None:
    """Move the index at a place of a heap down until none below comes before it."""
    who = chosen[first + at]
    while 2 * at + 1 < number:
        below = 2 * at + 1
        if below + 1 < number and comes_before(chosen[first + below + 1], chosen[first + below], small, real, key):
            below += 1
        if not comes_before(chosen[first + below], who, small, real, key):
            break
        chosen[first + at] = chosen[first + below]
        at = below
    chosen[first + at] = who


def comes_before(a: int, b: int, small: Ints, real: Floats, key: Keys) -> bool:
    """Tell whether one index sorts before another."""
    if small[a] != small[b]:
        return bool(small[a] < small[b])
    if real[a] < real[b]:
        return True
    if real[a] > real[b]:
        return False
    return bool(key[a] < key[b])
