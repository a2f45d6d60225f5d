"""One template's simulations: Inputs, workspace and kernel brought together, and what is said when a run must stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.books import AccountDoesNotClose
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
from kompetenssim.engine.people import HazardAboveStrips
from kompetenssim.engine.weekly import HazardTooHigh
from kompetenssim.model.clocks import CLOCK_NAMES
from kompetenssim.model.keyed import simulation_root
from kompetenssim.model.stopped import SimulationStopped
from kompetenssim.model.trajectory import ACCOUNT, Trajectory

if TYPE_CHECKING:
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

    def fill(self, theta: NDArray[np.float64]) -> ArrayInputs:
        """Give the Inputs of a draw; filled again only when the draw is another."""
        drawn = theta.tobytes()
        if drawn != self.filled:
            self.inputs, self.filled = self.filler.fill(theta), drawn
        return self.inputs

    def run(self, root: int, trace: bool) -> Trajectory:
        """Run the kernel, in a larger workspace if need be."""
        while True:
            w, r = self.workspace.begin(self.inputs, root, trace, False)
            self.functions.run_all(Handle(w), Handle(self.workspace.tables), Handle(self.inputs), Handle(r))
            if w.status[0] == GOES_ON:
                return trajectory(w, r)
            if w.status[0] != FULL:
                raise self.stopped(w)
            self.workspace = self.workspace.larger()

    def stopped(self, w: World) -> Exception:
        """Put in words why a simulation stopped: the same exceptions and sentences as the reference engine's."""
        t, (code, first, second, week) = self.template, (int(x) for x in w.status[:4])
        measures = ", ".join(t.measures)
        if code == HAZARD_ABOVE_STRIPS:
            return HazardAboveStrips(
                f"risken för {CLOCK_NAMES[first]} är {w.trouble[0]:.2f} per år i {' / '.join(t.cells[second])} men högst "
                f"{w.trouble[1]:.2f} kan simuleras – kontrollera de åtgärder och parametrar som höjer den: "
                f"{measures or 'inga åtgärder'}"
            )
        if code == HAZARD_TOO_HIGH:
            return HazardTooHigh(
                f"risken för {CLOCK_NAMES[first]} i {' / '.join(t.cells[second])} blir {w.trouble[0]:.2f} per år "
                f"{t.calendar.week_label[week]}, mer än {w.trouble[1]:.1f} som kan simuleras – "
                f"kontrollera åtgärderna ({measures or 'inga'}) och parametrarna"
            )
        if code == DOES_NOT_CLOSE:
            account = dict(zip(ACCOUNT, w.status[3:].tolist(), strict=True))
            return AccountDoesNotClose(f"{t.calendar.week_label[first]} {t.cells[second]}: {account}")
        return SimulationStopped(
            f"sökande till {t.groups[first]}: {w.trouble[0]:.0f} per år är mer än vad som kan simuleras ({w.trouble[1]:.0f})"
        )
