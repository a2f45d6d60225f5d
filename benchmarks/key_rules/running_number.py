"""The key of somebody hired comes from the simulation and how many people there have been: the n-th is the same person.

The first of the register stands for the simulation: that key comes from the root and a name, equal in all scenarios.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.applicants import accept as accept_with_key
from kompetenssim.engine.compiled.state import PEOPLE
from kompetenssim.model.keyed import join

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.state import World

RUNNING = 1_000_002


def accept(w: World, person: int, key: int, j: int, age: int, novice: int, start: int, now: int) -> None:
    """Stand in for `applicants.accept` with another key for a new person."""
    accept_with_key(w, person, join(join(w.person_key[0], RUNNING), w.n[PEOPLE]), j, age, novice, start, now)
