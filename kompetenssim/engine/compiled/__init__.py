"""The compiled engine: the same world as `engine.reference`, the same bits, fifty times faster.

The rules of `model/` are compiled from the source that the reference engine calls; only the hash of the random
numbers is written twice. What the reference engine keeps in objects stands here as rows of flat arrays (`state`), and the
events of a week come from buckets instead of a queue: within a week they commute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.model.trajectory import Trajectory

if TYPE_CHECKING:
    from types import SimpleNamespace

    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template

#: The kernel: modules of plain functions, compiled into one flat namespace.
RULES = ("kompetenssim.model.rules", "kompetenssim.model.distributions", "kompetenssim.model.clocks")
PARTS = (
    "sorting", "records", "life", "strips", "posts", "applicants", "learning", "covering", "ordering", "booking", "opening",
    "weeks",
)  # fmt: skip
KERNEL = (*RULES, *(f"kompetenssim.engine.compiled.{part}" for part in PARTS))
REPLACING = {"kompetenssim.model.keyed": "kompetenssim.engine.wrapped"}
_kernel: SimpleNamespace | None = None
_engines: dict[int, Any] = {}
KEPT = 2  # templates whose workspace is kept: a comparison goes through its scenarios one after the other


def simulate(template: Template, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """Simulate once: the same trajectory as `reference.simulate`, bit for bit."""
    return engine_of(template).simulate(theta, seed=seed, simulation=simulation, trace=trace)  # type: ignore[no-any-return]  # lazily imported


def kernel() -> SimpleNamespace:
    """Give the compiled functions; loaded once in a process."""
    global _kernel  # noqa: PLW0603 - compiled code is the same whoever loads it
    if _kernel is None:
        from kompetenssim.engine.loader import load

        _kernel = load(KERNEL, replacing=REPLACING)
    return _kernel


def engine_of(template: Template) -> Any:
    """Give the engine of a template; the last ones used are kept, with their workspaces."""
    from kompetenssim.engine.compiled.machine import Machine

    found = _engines.get(id(template))
    if found is None or found.template is not template:
        while len(_engines) >= KEPT:
            del _engines[next(iter(_engines))]
        found = _engines[id(template)] = Machine(template, kernel())
    return found
