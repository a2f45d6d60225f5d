"""The key of somebody hired comes from the post and how many times it has been advertised: whoever comes is the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.engine.compiled.applicants import accept as accept_with_key
from kompetenssim.engine.compiled.state import VACANCIES
from kompetenssim.model.keyed import join

if TYPE_CHECKING:
    from kompetenssim.engine.compiled.state import World

LINEAGE = 1_000_001


def accept(w: World, person: int, key: int, j: int, age: int, novice: int, start: int, now: int) -> None:
    """Stand in for `applicants.accept` with another key for a new person."""
    accept_with_key(w, person, join(join(w.post_key[j], LINEAGE), w.post[j, VACANCIES]), j, age, novice, start, now)
