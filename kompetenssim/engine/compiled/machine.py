"""One template's simulations: Inputs, workspace and kernel brought together, and what is said when a run must stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.engine.compiled.state import (
    DOES_NOT_CLOSE,
    FULL,
    GOES_ON,
    HAZARD_ABOVE_STRIPS,
    HAZARD_TOO_HIGH,
    World,
)
from kompetenssim.engine.compiled.workspace import Workspace, trajectory
from kompetenssim.engine.filling import ArrayInputs, Filler
from kompetenssim.engine.handle import Handle
from kompetenssim.engine.stops import account_does_not_close, hazard_above_strips, hazard_too_high, too_many_applicants
from kompetenssim.model.keyed import simulation_root
from kompetenssim.model.trajectory import Trajectory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import SimpleNamespace

    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template


class Machine:
    """Simulate one template again and again in one workspace; the workspace grows when it turns out too small."""

    def __init__(self, template: Template, functions: SimpleNamespace) -> None:
        self.template, self.functions = template, functions
        self.filler = Filler(template)
        self.workspace = Workspace(template)
        self.filled: bytes = b""
        self.inputs: ArrayInputs

    def simulate(self, theta: NDArray[np.float64], *, seed: int, simulation: int, trace: bool = False) -> Trajectory:
        """Simulate once. Raises SimulationStopped as the reference engine does."""
        self.fill(theta)
        return self.run(simulation_root(seed, simulation), trace)

    def calls(self) -> Iterator[tuple[Any, tuple[Any, ...]]]:
        """Give the compiled functions and what they are called with."""
        yield self.filler.call()
        w, r = self.workspace.begin(self.filler.whole, 0, False)
        yield self.functions.run_all, (Handle(w), self.workspace.tables, Handle(self.filler.whole), Handle(r))

    def fill(self, theta: NDArray[np.float64]) -> ArrayInputs:
        """Give the Inputs of a draw; filled again only when the draw is another."""
        drawn = theta.tobytes()
        if drawn != self.filled:
            self.inputs, self.filled = self.filler.fill(theta), drawn
        return self.inputs

    def run(self, root: int, trace: bool) -> Trajectory:
        """Run the kernel, in a larger workspace if need be."""
        while True:
            w, r = self.workspace.begin(self.inputs, root, trace)
            self.functions.run_all(Handle(w), self.workspace.tables, Handle(self.inputs), Handle(r))
            if w.status[0] == GOES_ON:
                return trajectory(w, r)
            if w.status[0] != FULL:
                raise self.stopped(w)
            self.workspace = self.workspace.larger()

    def stopped(self, w: World) -> Exception:
        """Give the exception that the reference engine would have raised."""
        t, (code, first, second, week) = self.template, (int(x) for x in w.status[:4])
        rate, most = w.trouble.tolist()
        if code == HAZARD_ABOVE_STRIPS:
            return hazard_above_strips(t, first, second, rate, most)
        if code == HAZARD_TOO_HIGH:
            return hazard_too_high(t, first, second, week, rate, most)
        if code == DOES_NOT_CLOSE:
            return account_does_not_close(t, first, second, w.status[3:].tolist())
        return too_many_applicants(t, first, rate, most)
