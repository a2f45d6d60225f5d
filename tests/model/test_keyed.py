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


KEYS = [join(simulation_root(1, 0), name_key("person", n)) for n in range(1_500)]


def worst_correlation(first: np.ndarray, others: np.ndarray) -> float:
    """Give the largest correlation of a column with others, in standard errors of independent draws."""
    z = (first - first.mean()) / first.std()
    w = (others - others.mean(axis=0)) / others.std(axis=0)
    return float(np.abs((z[:, None] * w).mean(axis=0)).max() * np.sqrt(len(first)))


@pytest.mark.unit
def test_keys_that_differ_in_one_bit_draw_independently() -> None:
    """64 neighbours of 1,500 keys: the largest of the correlations is within four and a half standard errors."""
    u = np.array([uniform(key, 3, 5) for key in KEYS])
    flipped = np.array([[uniform(key ^ (1 << bit), 3, 5) for bit in range(64)] for key in KEYS])
    assert worst_correlation(u, flipped) < 4.5


@pytest.mark.unit
def test_neighbouring_decisions_and_occurrences_draw_independently() -> None:
    """The clocks' gaps and marks, strip beside strip, and the occurrence before and after: no correlation beyond chance."""
    u = np.array([uniform(key, 256, 7) for key in KEYS])
    near = [(256 + d, 7 + n) for d in (-256, -2, -1, 0, 1, 2, 256) for n in (-1, 0, 1) if (d, n) != (0, 0)]
    assert worst_correlation(u, np.array([[uniform(key, d, n) for d, n in near] for key in KEYS])) < 4.5


@pytest.mark.unit
def test_the_taste_of_an_applicant_for_a_post_depends_on_both() -> None:
    """Uniform over all pairs; no applicant likes every post and no post is liked by everybody more than chance has it."""
    u = np.array([[uniform(a, 4127, post) for post in KEYS[:200]] for a in KEYS[200:400]])
    counts = np.bincount((u.ravel() * 100).astype(int), minlength=100)
    assert abs(float(((counts - 400) ** 2 / 400).sum()) - 99) < 5 * np.sqrt(2 * 99)
    for means in (u.mean(axis=0), u.mean(axis=1)):
        assert abs(means.var(ddof=1) * 12 * 200 - 1) < 5 * np.sqrt(2 / 199)
