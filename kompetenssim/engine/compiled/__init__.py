"""The compiled engine: the same world as `engine.reference`, the same bits, fifty times faster.

The rules of `model/` are compiled from the source that the reference engine calls; only the hash of the random
numbers is written twice. What the reference engine keeps in objects stands here as rows of flat arrays (`state`), and the
events of a week come from buckets instead of a queue: within a week they commute.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from kompetenssim.model.trajectory import Trajectory

if TYPE_CHECKING:
    from types import SimpleNamespace

    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.engine.filling import ArrayInputs
    from kompetenssim.model.template import Template

LOG = logging.getLogger("kompetenssim")  # without a handler Python prints warnings on stderr
#: The kernel: modules of plain functions, compiled into one flat namespace.
RULES = ("kompetenssim.model.rules", "kompetenssim.model.distributions", "kompetenssim.model.clocks")
PARTS = (
    "sorting", "records", "life", "strips", "posts", "applicants", "learning", "covering", "ordering", "booking", "opening",
    "weeks",
)  # fmt: skip
KERNEL = (*RULES, *(f"kompetenssim.engine.compiled.{part}" for part in PARTS))
REPLACING = {"kompetenssim.model.keyed": "kompetenssim.engine.wrapped"}
ENTRIES = ("run_all",)
_kernel: SimpleNamespace | None = None
_engines: dict[int, Any] = {}
KEPT = 2  # templates whose workspace is kept: a comparison goes through its scenarios one after the other


def simulate(template: Template, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
    """Simulate once: the same trajectory as `reference.simulate`, bit for bit."""
    return engine_of(template).simulate(theta, seed=seed, simulation=simulation, trace=trace)  # type: ignore[no-any-return]  # lazily imported


def fill(template: Template, theta: NDArray[np.float64]) -> ArrayInputs:
    """Fill a template with a draw, as `model.inputs.fill` does; the next call overwrites what this one gives."""
    return engine_of(template).fill(theta)  # type: ignore[no-any-return]  # lazily imported


def prepare(template: Template) -> None:
    """Compile, or read what was compiled before, so that the workers of a run need not; say so when it takes time.

    Raises OSError when the cache cannot be written (a full disk).
    """
    from kompetenssim.engine.loader import compile_for, is_compiled, settle_cache

    unwritable = settle_cache()
    if unwritable is not None:
        LOG.warning(
            "Den översatta modellen kan inte sparas i %s; den översätts på nytt varje gång. Välj en mapp som går att skriva i "
            "med miljövariabeln KOMPETENSSIM_CACHE.", unwritable)
    calls = list(engine_of(template).calls())
    if not all(is_compiled(function) for function, _ in calls):
        LOG.warning("Översätter modellen till maskinkod: det görs en gång på varje dator och tar omkring en minut …")
    for function, arguments in calls:
        compile_for(function, arguments)


def kernel() -> SimpleNamespace:
    """Give the compiled functions; loaded once in a process."""
    global _kernel  # noqa: PLW0603 - compiled code is the same whoever loads it
    if _kernel is None:
        from kompetenssim.engine.loader import load

        _kernel = load(KERNEL, ENTRIES, replacing=REPLACING)
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
