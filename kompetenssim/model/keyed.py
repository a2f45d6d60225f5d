"""Keyed random numbers: a pure function of (stream, decision, occurrence).

A stream belongs to one person, post, cell or cohort in one simulation; nothing is drawn "next", so no
draw depends on the order of events, on workers or on what anybody else did. Root keys hash names, never
positions. `mix` is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA).
"""

from __future__ import annotations

from hashlib import blake2b

MASK = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
SILVER = 0xD1B54A32D192ED03
TWO_POWER_MINUS_52 = 2.220446049250313e-16


def mix(x: int) -> int:
    """Scramble 64 bits so that every input bit reaches every output bit."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def join(key: int, part: int) -> int:
    """Derive the key of a part (the n-th seat of a cohort, a post seen by an applicant) from a key."""
    return mix((key ^ mix((part * GOLDEN + SILVER) & MASK)) & MASK)


def uniform(stream: int, decision: int, occurrence: int) -> float:
    """Give a uniform number in (0, 1) with 52 bits; never 0 and never 1.

    It is `mix(mix(stream + decision) + occurrence)` written out: half a million draws a simulation pay for the calls.
    """
    x = (stream + decision * GOLDEN) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    x = ((x ^ (x >> 31)) + occurrence * SILVER) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return (((x ^ (x >> 31)) >> 12) + 0.5) * TWO_POWER_MINUS_52


def name_key(*names: object) -> int:
    """Hash names to 64 bits (BLAKE2b). The same names give the same key on every platform."""
    text = "\x1f".join(str(name) for name in names)
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def simulation_root(seed: int, simulation: int) -> int:
    """Give the root key of one simulation; a stream is `join(root, name_key(...))`."""
    return name_key("kompetenssim", seed, simulation)
