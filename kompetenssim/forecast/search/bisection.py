"""Find where a yes-or-no question changes its answer along a range of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Range(NamedTuple):
    """The sizes between `low` and `high`: every `step`, or all of them.

    A crossing is settled when what is left is one step, `refined` of the size where there are no steps, or at most `width`.
    """

    low: float
    high: float
    step: float | None = None
    refined: float = 1e-6
    width: float = 0.0

    def nearest(self, size: float) -> float:
        """Give the size of the range that is nearest."""
        inside = min(self.high, max(self.low, size))
        return inside if self.step is None else round(self.low + round((inside - self.low) / self.step) * self.step, 12)

    def between(self, a: float, b: float) -> float | None:
        """Give the size in the middle of two; None when they are neighbours, or as near as makes no difference."""
        if abs(b - a) <= self.width:
            return None
        if self.step is None:
            return None if abs(b - a) <= self.refined * max(abs(a), abs(b)) else (a + b) / 2
        steps = round(abs(b - a) / self.step)
        return None if steps <= 1 else self.nearest(min(a, b) + steps // 2 * self.step)


class Crossing(NamedTuple):
    """The last size that does not reach and the first one that does, seen from the end that does not."""

    missed: float
    reached: float


def crossing(
    reaches: Callable[[float], bool], sizes: Range, missed: float, reached: float, *, hint: float | None = None,
    width: float = 0.0,
) -> Crossing:
    """Close in on the change between a size that misses and one that reaches.

    The answer of a monotone question depends on neither `hint` nor `width`; they save questions: the hint is asked first,
    then sizes ever farther from it, `width` at first, until the change lies between two of them.
    """
    for size in _outwards(reaches, sizes, missed, reached, hint, width):
        if reaches(size):
            reached = size
        else:
            missed = size
    while (middle := sizes.between(missed, reached)) is not None:
        if reaches(middle):
            reached = middle
        else:
            missed = middle
    return Crossing(missed, reached)


def _outwards(
    reaches: Callable[[float], bool], sizes: Range, missed: float, reached: float, hint: float | None, width: float,
) -> Iterator[float]:
    low, high = min(missed, reached), max(missed, reached)
    if hint is None or not low < sizes.nearest(hint) < high:
        return
    size = sizes.nearest(hint)
    yield size
    found = reaches(size)
    direction = (missed - reached if found else reached - missed) / abs(reached - missed)
    width = max(width, sizes.step or 0.0) or (high - low) / 16
    while low < (size := sizes.nearest(size + direction * width)) < high:
        yield size
        if reaches(size) != found:
            return
        width *= 2
