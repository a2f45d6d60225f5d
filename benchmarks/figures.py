"""Put a measured figure beside its budget, and write both as a Markdown table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure in words, and beside it the budget and whether it is met; None where there is no budget."""

    what: str
    value: str
    budget: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, form: Callable[[float], str]) -> Figure:
    """Judge a figure that may be at most so large."""
    return Figure(what, form(value), f"≤ {form(limit)}", value <= limit)


def at_least(what: str, value: float, limit: float, form: Callable[[float], str]) -> Figure:
    """Judge a figure that must be at least so large."""
    return Figure(what, form(value), f"≥ {form(limit)}", value >= limit)


def times(x: float) -> str:
    """Write a ratio."""
    return f"{x:,.0f} ×" if x >= 100.0 else f"{x:.3g} ×"


def seconds(x: float) -> str:
    """Write a time in the unit that shows it."""
    return f"{x:.2f} s" if x >= 1.0 else f"{1000.0 * x:.3g} ms"


def megabytes(x: float) -> str:
    """Write an amount of memory."""
    return f"{x:,.0f} MB"


def peak_megabytes() -> float:
    """Give the highest resident memory of this process so far.

    Linux says it in /proc; what `resource` gives there counts that of the process that started this one too. Other systems
    have only the latter.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    import resource  # noqa: PLC0415 - not on Windows

    unit = 1024**2 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def verdict(figure: Figure) -> str:
    """Say whether a budget is met."""
    return "" if figure.met is None else "met" if figure.met else "NOT met"


def table(figures: Sequence[Figure]) -> str:
    """Write figures as a Markdown table."""
    lines = ["| what | figure | budget | |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {f.what} | {f.value} | {f.budget} | {verdict(f)} |" for f in figures)])
