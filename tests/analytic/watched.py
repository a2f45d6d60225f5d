"""Run the compiled engine with a kernel that notes exposure, events, durations and choices (`probe.kernel`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from kompetenssim.engine.compiled import ENTRIES, KERNEL, REPLACING
from kompetenssim.engine.compiled.machine import Machine
from kompetenssim.engine.compiled.state import FULL, GOES_ON
from kompetenssim.engine.compiled.workspace import trajectory
from kompetenssim.engine.handle import Handle
from kompetenssim.engine.loader import load
from tests.analytic.probe.layout import (
    CHOICES,
    CLASSES,
    CLOCKS,
    COUNTERS,
    HR_CLASSES,
    LIVED,
    SEEN,
    VIEWS,
    Notes,
    Watched,
)

if TYPE_CHECKING:
    from types import SimpleNamespace

    from numpy.typing import NDArray

    from kompetenssim.model.template import Template
    from kompetenssim.model.trajectory import Trajectory

PROBE, REGISTER = "tests.analytic.probe.kernel", "tests.analytic.probe.register"
WATCHED = {f"kompetenssim.engine.compiled.{part}": PROBE for part in ("life", "weeks", "posts", "applicants")}
ROWS = 1 << 18  # of each list of a run


@cache
def watched_kernel() -> SimpleNamespace:
    """Give the kernel with the stand-ins, compiled once and kept in a cache folder of its own."""
    return load((*KERNEL, REGISTER), ENTRIES, replacing={**REPLACING, **WATCHED})


class WatchedMachine(Machine):
    """Simulate a template as `Machine` does and keep the notes of the last run."""

    def __init__(self, template: Template) -> None:
        super().__init__(template, watched_kernel())
        self.fault = no_fault()
        self.notes: Notes

    def run(self, root: int, trace: bool) -> Trajectory:
        """Run the kernel on a world with notes, in a larger workspace if need be."""
        while True:
            w, r = self.workspace.begin(self.inputs, root, trace)
            self.notes = fresh(len(w.person), len(w.group), self.fault)
            world = Watched(*w, *self.notes)
            self.functions.run_all(Handle(world), self.workspace.tables, Handle(self.inputs), Handle(r))
            if w.status[0] == GOES_ON:
                return trajectory(w, r)
            if w.status[0] != FULL:
                raise self.stopped(w)
            self.workspace = self.workspace.larger()


def no_fault() -> NDArray[np.float64]:
    """Give the factor 1 and no ceiling for every clock."""
    return np.tile([1.0, np.inf], (CLOCKS, 1))


def fresh(people: int, groups: int, fault: NDArray[np.float64]) -> Notes:
    """Give empty notes with room for a run."""

    def reals(*shape: int) -> NDArray[np.float64]:
        return np.zeros(shape)

    def ints(*shape: int) -> NDArray[np.int64]:
        return np.zeros(shape, dtype=np.int64)

    arrays: dict[str, Any] = {
        "since": ints(people), "grown": reals(people, CLOCKS), "exposure": reals(CLOCKS, len(VIEWS), CLASSES),
        "events": ints(CLOCKS, len(VIEWS), CLASSES), "classes": ints(len(VIEWS)), "gap": reals(ROWS, 2),
        "spell_of": np.full((people, 4), -1.0), "spell": reals(ROWS, 5), "choice": reals(len(CHOICES), 4),
        "grown_group": reals(groups), "arrival_rate": reals(groups), "arrived": reals(ROWS, 2),
        "lived": reals(len(LIVED), HR_CLASSES), "hits": ints(SEEN, HR_CLASSES), "fault": fault,
        "mark": ints(COUNTERS),
    }  # fmt: skip
    return Notes(**arrays)
