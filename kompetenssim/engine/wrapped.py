"""The hash of the keyed random numbers as a compiler needs it: integers of 64 bits that wrap.

The only functions that are written twice; `model.keyed` explains them, and a test compares the two bit by bit.
"""

from __future__ import annotations

import numpy as np

GOLDEN_64 = np.uint64(0x9E3779B97F4A7C15)
SILVER_64 = np.uint64(0xD1B54A32D192ED03)
FIRST_64 = np.uint64(0xBF58476D1CE4E5B9)
SECOND_64 = np.uint64(0x94D049BB133111EB)

INLINED = ("mix", "join", "uniform")


def mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits (`keyed.mix`)."""
    x = (x ^ (x >> np.uint64(30))) * FIRST_64
    x = (x ^ (x >> np.uint64(27))) * SECOND_64
    return x ^ (x >> np.uint64(31))


def join(key: np.uint64, part: int) -> np.uint64:
    """Derive the key of a part (`keyed.join`)."""
    return mix(key ^ mix(np.uint64(part) * GOLDEN_64 + SILVER_64))


def uniform(stream: np.uint64, decision: int, occurrence: int) -> float:
    """Give a uniform number in (0, 1) (`keyed.uniform`)."""
    x = mix(stream + np.uint64(decision) * GOLDEN_64)
    x = mix(x + np.uint64(occurrence) * SILVER_64)
    return (np.float64(x >> np.uint64(12)) + 0.5) * 2.220446049250313e-16
