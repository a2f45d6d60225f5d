"""Keyed uniforms: pinned values, never 0 or 1, uniform and without serial dependence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kompetenssim.model.keyed import MASK, join, mix, name_key, simulation_root, uniform

WORDS = st.integers(0, MASK)
PINNED = {
    "mix": 6238072747940578789,
    "join": 145167324441002208,
    "uniform": 0.07329395603334576,
    "root": 10202660465271277672,
    "name": 1344654436493267364,
}


@pytest.mark.unit
def test_known_values_are_pinned() -> None:
    """They decide every published number: a change here changes all results."""
    assert mix(0) == 0
    assert mix(1) == PINNED["mix"]
    assert join(1, 2) == PINNED["join"]
    assert uniform(1, 2, 3) == PINNED["uniform"]
    assert name_key("kompetenssim", 1, 0) == simulation_root(1, 0) == PINNED["root"]
    assert name_key("å", "ä") == PINNED["name"]


@pytest.mark.unit
def test_mix_is_the_finaliser_of_splitmix64() -> None:
    """SplitMix64 from seed 1234567 (reference values of its authors' program)."""
    state, found = 1234567, []
    for _ in range(3):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        found.append(mix(state))
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.unit
def test_names_are_separated() -> None:
    assert len({name_key("ab", "c"), name_key("a", "bc"), name_key("abc"), name_key("ab", "c", "")}) == 4


@pytest.mark.property
@given(WORDS, st.integers(0, 10_000), st.integers(0, 1 << 40))
def test_uniforms_lie_strictly_between_0_and_1(stream: int, decision: int, occurrence: int) -> None:
    assert 0.0 < uniform(stream, decision, occurrence) < 1.0


N = 20_000
SEQUENCES: dict[str, Callable[[int], float]] = {
    "occurrences": lambda n: uniform(99, 5, n),
    "decisions": lambda n: uniform(99, n, 0),
    "streams side by side": lambda n: uniform(n, 5, 0),
    "joined keys": lambda n: uniform(join(7, n), 5, 0),
    "simulations": lambda n: uniform(join(simulation_root(1, n % 200), name_key("person", n // 200)), 0, 0),
}


@pytest.mark.unit
@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_are_uniform_and_serially_independent(name: str) -> None:
    """Chi-square over 100 classes and lags 1–3, all within five standard errors at these fixed keys."""
    u = np.array([SEQUENCES[name](n) for n in range(N)])
    counts = np.bincount((u * 100).astype(int), minlength=100)
    chi2 = float(((counts - N / 100) ** 2 / (N / 100)).sum())
    assert abs(chi2 - 99) < 5 * np.sqrt(2 * 99)
    z = (u - 0.5) * np.sqrt(12)
    for lag in (1, 2, 3):
        assert abs(float((z[:-lag] * z[lag:]).mean())) < 5 / np.sqrt(N)
    pairs = np.bincount((u[:-1] * 10).astype(int) * 10 + (u[1:] * 10).astype(int), minlength=100)
    assert float(((pairs - N / 100) ** 2 / (N / 100)).sum()) < 99 + 5 * np.sqrt(2 * 99)


@pytest.mark.unit
def test_one_changed_bit_changes_half_the_bits() -> None:
    rng = np.random.default_rng(1)
    flips = []
    for _ in range(500):
        x, bit = int(rng.integers(0, 1 << 63)), int(rng.integers(0, 64))
        flips.append((mix(x) ^ mix(x ^ (1 << bit))).bit_count())
    assert abs(np.mean(flips) - 32) < 5 * 4 / np.sqrt(500)
