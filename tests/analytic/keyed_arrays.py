"""The keyed random numbers on whole arrays of uint64, written apart from the program's own functions.

`test_keyed_quality` first shows that they give the same bits, then uses them to test millions of numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Words = NDArray[np.uint64]
W = np.uint64
GOLDEN, SILVER = W(0x9E3779B97F4A7C15), W(0xD1B54A32D192ED03)
FIRST, SECOND = W(0xBF58476D1CE4E5B9), W(0x94D049BB133111EB)
EVERY_EIGHTH = W(0x0101010101010101)


def words(values: ArrayLike) -> Words:
    """Give whole numbers from 0 to 2^64 − 1 as an array of words; arithmetic on arrays wraps silently."""
    return np.atleast_1d(np.asarray(values, dtype=np.uint64))


def mix(x: Words) -> Words:
    """Scramble each word (`keyed.mix`)."""
    x = (x ^ (x >> W(30))) * FIRST
    x = (x ^ (x >> W(27))) * SECOND
    return x ^ (x >> W(31))


def join(key: ArrayLike, part: ArrayLike) -> Words:
    """Derive the keys of parts (`keyed.join`)."""
    return mix(words(key) ^ mix(words(part) * GOLDEN + SILVER))


def word(stream: ArrayLike, decision: ArrayLike, occurrence: ArrayLike) -> Words:
    """Give the 64 bits from which `keyed.uniform` takes the upper 52."""
    return mix(mix(words(stream) + words(decision) * GOLDEN) + words(occurrence) * SILVER)


def number(drawn: Words) -> NDArray[np.float64]:
    """Turn words into uniform numbers."""
    return ((drawn >> W(12)).astype(np.float64) + 0.5) * 2.0**-52


def uniform(stream: ArrayLike, decision: ArrayLike, occurrence: ArrayLike) -> NDArray[np.float64]:
    """Give uniform numbers (`keyed.uniform`)."""
    return number(word(stream, decision, occurrence))


def ones(x: Words) -> NDArray[np.int64]:
    """Count how many of the words have each of the 64 bits set, lowest bit first.

    A byte holds one bit of the word at a time and adds up at most 128 of them; `x` has a multiple of 128 words.
    """
    lanes = x.reshape(-1, 128)
    count = np.empty((8, 8), dtype=np.int64)
    for shift in range(8):
        sums = ((lanes >> W(shift)) & EVERY_EIGHTH).sum(axis=1)
        for byte in range(8):
            count[byte, shift] = int(((sums >> W(8 * byte)) & W(0xFF)).sum())
    return count.ravel()


def columns_of_bits(x: Words) -> Words:
    """Turn n words into 64 rows of n/64 words: row b holds bit b of every word, lowest bit first.

    The order within a row is the same for every bit and every `x` of the same length.
    """
    spread = np.unpackbits(x.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    return np.packbits(np.ascontiguousarray(spread.T), axis=1).view(np.uint64)


def unlike(a: Words, b: Words) -> NDArray[np.int64]:
    """Count for each pair of a row of `a` and a row of `b` in how many bits they differ."""
    a, b = a.reshape(len(a), -1), b.reshape(len(b), -1)
    return np.array([np.bitwise_count(row ^ b).sum(axis=1, dtype=np.int64) for row in a])
