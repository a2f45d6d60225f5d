"""Whether two Pythons give the same bytes: one writes trajectories of a few cases, the other says where its own differ.

    .venv/bin/python -m tests.engine.across write FOLDER
    .venv-3.13/bin/python -m tests.engine.across compare FOLDER

The byte promise holds per platform and C library, so nothing is stored in the repository: both run on one machine.
"""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kompetenssim.engine import compiled, reference
from kompetenssim.levers import LEVERS
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import Trajectory
from tests.engine.worlds import BASIS, OWN, difference, measure, resolved, template, theta

ROOT = Path(__file__).parents[2]
ENGINES = {"reference": reference.simulate, "compiled": compiled.simulate}


def cases(folder: Path) -> Iterator[tuple[str, Template]]:
    """Give the small region with every lever type, the region of the other tests, and the shipped one."""
    several = [measure(kind, f"2023-{1 + n % 9:02d}-{2 + n:02d}", nyckel=kind) for n, kind in enumerate(sorted(LEVERS))]
    yield "prov", template(folder, [BASIS, OWN, *several])
    yield "liten", resolved(ROOT / "tests" / "data" / "liten" / "mindre_hyra.yaml")
    yield "rjh", resolved(ROOT / "scenarios" / "rjh" / "slk_2023.yaml")


def trajectories() -> Iterator[tuple[str, Template, Trajectory]]:
    """Simulate each case twice with each engine."""
    with tempfile.TemporaryDirectory() as folder:
        for case, t in cases(Path(folder)):
            for engine, simulate in ENGINES.items():
                for simulation in (0, 1):
                    found = simulate(t, theta(t, seed=1), seed=1, simulation=simulation, trace=True)
                    yield f"{case}_{engine}_{simulation}", t, found


def write(folder: Path) -> int:
    """Write the trajectories of this Python."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, _, found in trajectories():
        np.savez(folder / f"{name}.npz", **found._asdict())
    return 0


def compare(folder: Path) -> int:
    """Compare this Python's trajectories with those of another; give the number that differ."""
    faults = []
    for name, t, found in trajectories():
        with np.load(folder / f"{name}.npz") as stored:
            said = difference(Trajectory(**{field: stored[field] for field in Trajectory._fields}), found, t)
        print(f"{name}: {said or 'the same bytes'}")
        faults += [name] if said else []
    return len(faults)


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, {' '.join(platform.libc_ver())}, NumPy {np.__version__}", flush=True)
    sys.exit({"write": write, "compare": compare}[sys.argv[1]](Path(sys.argv[2])))
