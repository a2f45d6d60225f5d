"""Statistical quality of the keyed random numbers: millions of numbers along every direction the model walks in.

Each test gathers p-values from exact or asymptotic sampling distributions, two-sided, so that numbers that are too
even fail as well as numbers that are too uneven. It fails when the smallest p-value times their count (Bonferroni,
which holds under any dependence) is below `ALARM`: a perfect generator would fail one test with probability at most
1 in 10,000 and the whole file with at most 1 in 100. All arguments are fixed, so the outcome is the same every time.
The p-value and the count of numbers of each test are written as properties by `pytest --junitxml FILE -o junit_family=xunit1`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from kompetenssim.model import clocks, keyed
from kompetenssim.model.keyed import MASK, name_key, simulation_root
from tests.analytic.keyed_arrays import (
    FIRST,
    GOLDEN,
    SECOND,
    W,
    Words,
    columns_of_bits,
    join,
    mix,
    number,
    ones,
    uniform,
    unlike,
    word,
    words,
)

pytestmark = pytest.mark.analytic

Numbers = NDArray[np.float64]
Judge = Callable[..., None]
ALARM = 1e-4

ROWS, COLUMNS = 16, 1 << 16
BITS = 52
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"
CLOCKS = range(clocks.THINNED)
DECISIONS = [
    *(clocks.gap_decision(c, s) + mark for c in CLOCKS for s in (0, 1, 2, clocks.MOST_STRIPS - 1) for mark in (0, 1)),
    *range(clocks.DECIDE, clocks.MOVED + 1),
]


# --- p-values


def two_sided(below: ArrayLike, above: ArrayLike) -> Numbers:
    """Turn the probabilities of at most and at least what was found into p-values."""
    return np.atleast_1d(np.minimum(1.0, 2.0 * np.minimum(below, above)))


def of_z(z: ArrayLike) -> Numbers:
    """Give the p-values of standard normal numbers."""
    return np.atleast_1d(2.0 * stats.norm.sf(np.abs(z)))


def of_counts(counts: ArrayLike, expected: ArrayLike) -> Numbers:
    """Give the chi-square p-values of counts in classes (last axis) against their expectation."""
    found = np.asarray(counts, dtype=float)
    statistic = ((found - expected) ** 2 / expected).sum(axis=-1)
    free = found.shape[-1] - 1
    return two_sided(stats.chi2.cdf(statistic, free), stats.chi2.sf(statistic, free))


def of_classes(classes: NDArray[np.integer], number_of_classes: int) -> Numbers:
    """Give the chi-square p-values of equally likely classes, one for each row."""
    rows = np.atleast_2d(classes).astype(np.int64)
    index = rows + number_of_classes * np.arange(len(rows))[:, None]
    counts = np.bincount(index.ravel(), minlength=number_of_classes * len(rows)).reshape(len(rows), number_of_classes)
    return of_counts(counts, rows.shape[1] / number_of_classes)


def of_distribution(sample: NDArray[np.floating], law: str, *parameters: float) -> Numbers:
    """Give the Kolmogorov–Smirnov p-value against a continuous law."""
    return np.atleast_1d(stats.kstest(sample.ravel(), law, args=parameters, method="asymp").pvalue)


def together(p: Numbers) -> Numbers:
    """Give the p-value of many independent p-values being uniform: many small faults show even if none is large."""
    return np.atleast_1d(stats.kstest(p.ravel(), "uniform", method="auto").pvalue)


def of_bits(counts: NDArray[np.int64], trials: int) -> Numbers:
    """Give the p-values of how often each bit was 1 in independent trials: one for each and one for their squares' sum."""
    z = (counts.ravel() - trials / 2) / np.sqrt(trials / 4)
    square = float((z**2).sum())
    return np.concatenate([of_z(z), two_sided(stats.chi2.cdf(square, z.size), stats.chi2.sf(square, z.size))])


def of_whole_numbers(values: NDArray[np.integer], law: stats.rv_discrete) -> Numbers:
    """Give the chi-square p-value against a discrete law; each tail is one class in which at least 50 are expected."""
    low, high = int(law.ppf(50 / values.size)), int(law.isf(50 / values.size))
    counts = np.bincount(np.clip(values.ravel(), low, high) - low, minlength=high - low + 1)
    expected = law.pmf(np.arange(low, high + 1))
    expected[0], expected[-1] = law.cdf(low), law.sf(high - 1)
    return of_counts(counts, expected * values.size)


def of_weights(differences: Words, size: int = 64) -> Numbers:
    """Give the p-value of how many of `size` bits are 1 in each word: binomial (size, 1/2)."""
    return of_whole_numbers(np.bitwise_count(differences).astype(np.int64), stats.binom(size, 0.5))


def of_correlations(streams: Numbers) -> Numbers:
    """Give the p-values of the correlation of each pair of rows of uniform numbers, and of the sum of their squares.

    The sum has mean P for P pairs and the variance of products of standardised uniforms (fourth moment 9/5).
    """
    s, n = streams.shape
    z = (streams - 0.5) * np.sqrt(12.0)
    c = (z @ z.T)[np.triu_indices(s, 1)] / np.sqrt(n)
    variance = c.size * (2.0 + 0.24 / n + 2 * (s - 2) * 0.8 / n)
    free = 2.0 * c.size**2 / variance
    square = float((c**2).sum()) * free / c.size
    return np.concatenate([of_z(c), two_sided(stats.chi2.cdf(square, free), stats.chi2.sf(square, free))])


def of_pairs(x: Words, y: Words, size: int = 4) -> dict[str, Numbers]:
    """Test rows of words against each other: correlation, joint classes of the upper and of the lowest bits that count."""
    top, low = W(64 - size), W((1 << size) - 1)
    n = np.atleast_2d(x).shape[1]
    z = np.atleast_2d((number(x) - 0.5) * (number(y) - 0.5)).sum(axis=1) * 12.0 / np.sqrt(n)
    found = {
        "correlation": of_z(z),
        "upper bits": of_classes((x >> top) << W(size) | y >> top, 1 << 2 * size),
        "lowest bits": of_classes(((x >> W(12)) & low) << W(size) | (y >> W(12)) & low, 1 << 2 * size),
    }
    return found | {f"{k} together": together(p) for k, p in found.items() if p.size >= 16}


@pytest.fixture
def judge(record_property: Callable[[str, object], None]) -> Judge:
    """Fail when the smallest of all p-values is below its share of `ALARM`, and note the figures."""

    def check(numbers: int, families: dict[str, Numbers]) -> None:
        count = sum(p.size for p in families.values())
        name = min(families, key=lambda k: float(families[k].min()))
        worst = min(1.0, count * float(families[name].min()))
        record_property("numbers", numbers)
        record_property("p", worst)
        assert worst > ALARM, f"{name}: the smallest of {count} p-values is {families[name].min():.3g}"

    return check


# --- arguments: fixed, from a generator of another kind


def some(count: int, seed: int = 1) -> Words:
    """Give words from NumPy's PCG64."""
    return np.random.default_rng(seed).integers(0, MASK, count, dtype=np.uint64, endpoint=True)


def people(count: int, simulation: int = 0) -> Words:
    """Give the keys of persons of one simulation, made as the program makes them."""
    names = [name_key("person", f"enhet-{n // 40}/ssk/{n % 40}") for n in range(count)]
    return join(simulation_root(1, simulation), names)


@cache
def name_keys(count: int) -> Words:
    """Give the keys of names that count."""
    return words([name_key("person", f"medicin/ssk/{n}") for n in range(count)])


# --- the functions themselves


def test_the_arrays_are_bit_equal_to_the_program() -> None:
    """The array functions give the very bits of `mix`, `join` and `uniform`, at random arguments and at the edges."""
    edges = [0, 1, 2, 1 << 31, 1 << 32, 1 << 63, MASK - 1, MASK]
    a, b, c = (words([*some(8_000, seed).tolist(), *edges, *edges[::-1]]) for seed in (1, 2, 3))
    d, n = words([*(np.arange(8_000) % 4200).tolist(), *edges * 2]), words([*range(8_000), *edges[::-1] * 2])
    assert mix(a).tolist() == [keyed.mix(x) for x in a.tolist()]
    assert join(a, b).tolist() == [keyed.join(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    assert join(a, n).tolist() == [keyed.join(x, y) for x, y in zip(a.tolist(), n.tolist(), strict=True)]
    for decision, occurrence in ((d, n), (b, c)):
        rows = zip(a.tolist(), decision.tolist(), occurrence.tolist(), strict=True)
        assert uniform(a, decision, occurrence).tolist() == [keyed.uniform(*row) for row in rows]


def test_bits_are_counted_right() -> None:
    """The quick counts of ones and of unlike bits agree with counting one by one."""
    a, b = some(256, 1), some(256, 2)
    alone = [[x >> bit & 1 for x in a.tolist()] for bit in range(64)], [[x >> bit & 1 for x in b.tolist()] for bit in range(64)]
    assert ones(a).tolist() == [sum(row) for row in alone[0]]
    found = unlike(columns_of_bits(a), columns_of_bits(b)).tolist()
    assert found == [[sum(x != y for x, y in zip(row, other, strict=True)) for other in alone[1]] for row in alone[0]]


def unmix(x: int) -> int:
    """Undo `mix`."""
    for shift, factor in ((31, int(SECOND)), (27, int(FIRST)), (30, 1)):
        x = ((x ^ (x >> shift) ^ (x >> 2 * shift)) * pow(factor, -1, 1 << 64)) & MASK
    return x


def test_all_52_bits_reach_the_number() -> None:
    """`mix` is one-to-one, and u is the middle of the interval of length 2^-52 that its word names, 0 and 1 excluded."""
    sample = [0, 1, (1 << 12) - 1, 1 << 12, 1 << 63, MASK - (1 << 12), MASK, *some(2_000).tolist()]
    for x in sample:
        assert unmix(keyed.mix(x)) == keyed.mix(unmix(x)) == x
        u = keyed.uniform(unmix(unmix(x)), 0, 0)
        assert 0.0 < u < 1.0
        assert int(u * 2.0**53) == 2 * (x >> 12) + 1
    assert keyed.uniform(unmix(unmix(0)), 0, 0) == 2.0**-53
    assert keyed.uniform(unmix(unmix(MASK)), 0, 0) == 1.0 - 2.0**-53


def test_decision_numbers_never_meet() -> None:
    """Gap and mark of every clock and strip and every other decision have numbers of their own."""
    strips = [clocks.gap_decision(c, s) + mark for c in CLOCKS for s in range(clocks.MOST_STRIPS) for mark in (0, 1)]
    others = [*range(clocks.DECIDE, clocks.MOVED + 1)]
    assert len({*strips, *others}) == len(strips) + len(others)


# --- one sequence at a time: 16 rows of 65,536 numbers along each direction

KEYS, POSTS, N = some(ROWS, 4)[:, None], some(COLUMNS, 5), np.arange(COLUMNS, dtype=np.uint64)
R = np.arange(ROWS, dtype=np.uint64)[:, None]
SOME_DECISIONS = words(DECISIONS[:: len(DECISIONS) // ROWS][:ROWS])[:, None]
WAYS: dict[str, Callable[[], Words]] = {
    "occurrences": lambda: word(KEYS, SOME_DECISIONS, N),
    "occurrences of every employment": lambda: word(KEYS, SOME_DECISIONS, (N >> W(8) << W(20)) + N % W(256)),
    "decisions": lambda: word(KEYS, N, R),
    "keys that count": lambda: word(N + (R << W(40)), 5, R),
    "keys that count in the upper bits": lambda: word((N << W(48)) + R, 5, 7),
    "joined parts": lambda: word(join(KEYS, N), SOME_DECISIONS, 0),
    "joined minutes of weeks": lambda: word(join(KEYS, N * W(10_080)), SOME_DECISIONS, 0),
    "parts of parts": lambda: word(join(join(KEYS, N >> W(8)), N % W(256)), 5, R),
    "simulations": lambda: word(
        join(words([simulation_root(n >> 8, n % 256) for n in range(COLUMNS)]), name_keys(COLUMNS)[:ROWS, None]), 5, 0
    ),
    "persons": lambda: word(join(words([simulation_root(1, r) for r in range(ROWS)])[:, None], name_keys(COLUMNS)), 5, 0),
    "names without a root": lambda: word(name_keys(COLUMNS), 0, R),
    "posts of an applicant": lambda: word(KEYS, clocks.MOVED, POSTS),
    "applicants of a post": lambda: word(POSTS, clocks.MOVED, KEYS),
}


@pytest.fixture(scope="module", params=WAYS)
def sequence(request: pytest.FixtureRequest) -> Words:
    """Draw the numbers of one direction for the tests that look at it."""
    return WAYS[request.param]()


def uniformity(w: Words) -> dict[str, Numbers]:
    """Test all together, then one row at a time: the distribution, and classes of the upper, middle and lowest bits."""
    rows = of_classes(w >> W(54), 1024)
    found = {
        "65,536 classes": of_classes((w >> W(48)).ravel(), 1 << 16),
        "distribution": of_distribution(number(w), "uniform"),
        "1,024 classes of a row": rows,
        "rows together": together(rows),
    }
    for shift in (52, 42, 32, 22, 12):
        found[f"1,024 classes of bits {shift}–{shift + 9}"] = of_classes((w >> W(shift)) & W(1023), 1024)
    return found


def bits(w: Words) -> dict[str, Numbers]:
    """Test that each of the 52 bits is balanced and that no two are linked, within a number or with the next number."""
    within, following = np.zeros((BITS, BITS), dtype=np.int64), np.zeros((BITS, BITS), dtype=np.int64)
    for row in w:
        each, of_next = (columns_of_bits(x)[64 - BITS :] for x in (row, np.roll(row, -1)))
        within += unlike(each, each)
        following += unlike(each, of_next)
    return {
        "each bit": of_bits(ones(w.ravel())[64 - BITS :], w.size),
        "two bits of a number": of_bits(within[np.triu_indices(BITS, 1)], w.size),
        "bits of two numbers": of_bits(following, w.size),
    }


def serial(w: Words) -> dict[str, Numbers]:
    """Test lags 1–32 and the spread of pairs, triples and fours over squares, cubes and hypercubes (upper and lowest bits)."""
    z = (number(w) - 0.5) * np.sqrt(12.0)
    lags = [(z[:, :-k] * z[:, k:]).sum() / np.sqrt(z.size - k * len(z)) for k in range(1, 33)]
    found = {"lags": of_z(lags)}
    for size, width in ((2, 6), (3, 5), (4, 3)):
        mask = W((1 << width) - 1)
        cut = w[:, : w.shape[1] // size * size].reshape(len(w), -1, size)
        for name, shift in (("upper", 64 - width), ("lowest", 12)):
            part = (cut >> W(shift)) & mask
            index = sum((part[..., i] << W(width * i) for i in range(1, size)), part[..., 0])
            found[f"{size} dimensions, {name} bits"] = of_classes(index.ravel(), 1 << width * size)
    return found


def test_numbers_are_uniform(sequence: Words, judge: Judge) -> None:
    """Guarantee uniform numbers in each direction: chi-square over the whole 52 bits and Kolmogorov–Smirnov."""
    judge(sequence.size, uniformity(sequence))


def test_every_bit_is_balanced_and_unlinked(sequence: Words, judge: Judge) -> None:
    """Guarantee that each of the 52 bits is a fair coin, apart from the other bits and from all bits of the next number."""
    judge(sequence.size, bits(sequence))


def test_numbers_that_follow_each_other_are_independent(sequence: Words, judge: Judge) -> None:
    """Guarantee no serial correlation and equal spread in two, three and four dimensions, in the lowest bits too."""
    judge(sequence.size, serial(sequence))


WEAK: dict[str, tuple[Callable[[], Words], Callable[[Words], dict[str, Numbers]]]] = {
    "a sequence that is only added to": (lambda: KEYS + N * GOLDEN, serial),
    "one multiplication instead of two": (lambda: mix_once(N + (R << W(40))), bits),
    "a congruential generator's lowest bits": (lambda: (KEYS + N * GOLDEN) * FIRST, uniformity),
    "32 bits stretched to 52": (lambda: WAYS["occurrences"]() & W(0xFFFFFFFF00000000), bits),
    "one number in 64 repeats the one before": (lambda: repeated(WAYS["occurrences"]()), serial),
}


def mix_once(x: Words) -> Words:
    """Scramble too little."""
    x = (x ^ (x >> W(30))) * FIRST
    return x ^ (x >> W(31))


def repeated(w: Words) -> Words:
    """Repeat every 64th number."""
    w = w.copy()
    w[:, 1::64] = w[:, ::64]
    return w


@pytest.mark.parametrize("fault", WEAK)
def test_the_bounds_catch_weak_generators(fault: str) -> None:
    """The same bounds reject generators with known faults, so that passing them says something."""
    draw, statistic = WEAK[fault]
    found = np.concatenate([p.ravel() for p in statistic(draw()).values()])
    assert found.min() * found.size < ALARM


# --- small changes of the arguments

TRIED = 1 << 17
RANDOM, SMALL = some(TRIED, 6), some(TRIED, 7) % W(1 << 16)
PLACES = SMALL % W(4200)
ARGUMENTS: dict[str, tuple[Words, Callable[[Words], Words]]] = {
    "key": (RANDOM, lambda x: word(x, PLACES, SMALL)),
    "decision": (PLACES, lambda x: word(RANDOM, x, SMALL)),
    "occurrence": (SMALL, lambda x: word(RANDOM, PLACES, x)),
    "key of join": (RANDOM, lambda x: word(join(x, SMALL), PLACES, 0)),
    "part of join": (SMALL, lambda x: join(RANDOM, x)),
}


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_one_flipped_bit_flips_every_bit_half_the_time(argument: str, judge: Judge) -> None:
    """Guarantee the strict avalanche: all 64 × 64 pairs of input and output bit, and binomially many flips at once.

    Keys are words; decisions, occurrences and parts are small, as in a run. An occurrence passes through `mix` once
    only: there all 64 output bits count for the flips at once of occurrences below 2^40 (a person's lowest 20 bits
    count candidates, the others employments), and the 52 bits of the number for occurrences up to 2^64.
    """
    before, draw = ARGUMENTS[argument]
    base = draw(before)
    flips, kept, whole = np.empty((64, 64), dtype=np.int64), [], []
    for bit in range(64):
        difference = base ^ draw(before ^ W(1 << bit))
        flips[bit] = ones(difference)
        kept.append(of_weights(difference >> W(12), BITS))
        if argument != "occurrence" or bit < 40:
            whole.append(of_weights(difference))
    families = {"flips": of_bits(flips, TRIED)}
    for name, p in (("52", np.concatenate(kept)), ("64", np.concatenate(whole))):
        families |= {f"flips at once of {name}": p, f"flips at once of {name} together": together(p)}
    judge(65 * TRIED, families)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_flips_are_independent_of_each_other(argument: str, judge: Judge) -> None:
    """Guarantee for each flipped bit of an argument that no two of the 64 output bits flip together more or less than by chance.

    Of an occurrence, again, for the bits below 2^40 that a run can have.
    """
    before, draw = ARGUMENTS[argument]
    few, pairs = slice(0, TRIED, 8), []
    base = draw(before)[few]
    for bit in range(40 if argument == "occurrence" else 64):
        flipped = columns_of_bits(base ^ draw(before ^ W(1 << bit))[few])
        pairs.append(unlike(flipped, flipped)[np.triu_indices(64, 1)])
    judge(base.size * (len(pairs) + 1), {"pairs of flips": of_bits(np.concatenate(pairs), base.size)})


def test_what_one_mix_surely_links_is_below_the_number() -> None:
    """The known limit of one `mix`: flips of its highest input bits link output bits, surely only those that are dropped.

    A flip of bit 63 before leaves the lowest six bits as they are until the last shift and surely flips the seventh,
    so that afterwards bits 2–5 flip exactly when bits 33–36 do and bit 6 exactly when bit 37 does not. A number drops
    bits 0–11; the flips of its own bits are linked by at most 0.07. Nothing meets this: only an occurrence passes through a
    single `mix`, and two occurrences of a person are never 2^63 apart (two keys of posts are by a chance of 2^-64).
    """
    difference = mix(RANDOM) ^ mix(RANDOM ^ W(1 << 63))
    high, low = difference >> W(31), difference & W((1 << 64 - BITS) - 1)
    assert np.array_equal(low & W(0b0111100), high & W(0b0111100))
    assert np.array_equal(low & W(0b1000000), ~high & W(0b1000000))


def test_streams_whose_keys_differ_in_one_bit_are_independent(judge: Judge) -> None:
    """Guarantee that each of the 64 neighbours of a key draws independently of it: correlation and joint classes."""
    keys, flip = some(1 << 16, 8), (W(1) << np.arange(64, dtype=np.uint64))[:, None]
    first = np.broadcast_to(word(keys, 256, 7), (64, keys.size))
    judge(65 * keys.size, of_pairs(first, word(keys ^ flip, 256, 7)))


def test_a_key_and_its_neighbours_draw_independently_along_occurrences(judge: Judge) -> None:
    """Guarantee that the 65 streams of a key and its neighbours are uncorrelated, all 2,080 pairs, at lags 0 and 1 too."""
    key = int(people(1)[0])
    keys = words([key, *(key ^ (1 << bit) for bit in range(64))])[:, None]
    n = np.arange(1 << 14)
    first, later = (uniform(keys, clocks.gap_decision(0, 0), n + lag) for lag in (0, 1))
    z = (first - 0.5) @ (later - 0.5).T * 12.0 / np.sqrt(n.size)
    judge(first.size, {"same occurrence": of_correlations(first), "next occurrence": of_z(z.ravel())})


def test_the_decisions_of_a_person_are_independent(judge: Judge) -> None:
    """Guarantee that all decisions of the model are uncorrelated at the same and at other occurrences and sum as they should.

    The occurrences are the first two of the first employment and of the next. Sums of −log u over all decisions
    are gamma distributed, from above and from below.
    """
    keys = people(1 << 14)
    at = [(d, n) for n in (0, 1, 1 << 20, (1 << 20) + 1) for d in DECISIONS]
    u = np.concatenate([uniform(keys[None, :], d, n)[None, 0] for d, n in at])
    shares = u.reshape(4, len(DECISIONS), -1)
    sums = {
        f"sum of {name}": of_distribution(-np.log(x).sum(axis=1), "gamma", len(DECISIONS))
        for name, x in (("log u", shares), ("log (1 − u)", 1.0 - shares))
    }
    judge(u.size, {"correlations": of_correlations(u), **sums})


def test_the_order_of_keys_says_nothing_about_the_draws(judge: Judge) -> None:
    """Guarantee that a key and the numbers and keys made from it are independent: lists and ties are sorted by key."""
    keys = some(1 << 16, 9)
    made = np.stack([word(keys, d, n) for d in (0, 1, 256, clocks.MOVED) for n in (0, 1, 1 << 20)])
    parts = np.stack([join(keys, n) for n in range(8)])
    families = {}
    for name, words_made in (("draws", made), ("parts", parts)):
        families |= {f"{name} {k}": p for k, p in of_pairs(np.broadcast_to(keys, words_made.shape), words_made).items()}
    judge(made.size + parts.size, families)


def test_tastes_for_posts_have_no_pattern_of_rows_or_columns(judge: Judge) -> None:
    """Guarantee that 128 applicants who look at the same posts, and posts seen by the same applicants, are uncorrelated."""
    few, many = people(128), join(some(1 << 13, 10), name_key("tjänst"))
    families, numbers = {}, 0
    for name, u in (
        ("applicants", uniform(few[:, None], clocks.MOVED, many)),
        ("posts", uniform(many, clocks.MOVED, few[:, None])),
    ):
        families[name] = of_correlations(u)
        families[f"mean of {name}"] = of_z((u - 0.5).sum(axis=1) * np.sqrt(12.0 / u.shape[1]))
        numbers += u.size
    judge(numbers, families)


# --- names and parts


def test_names_that_differ_in_one_letter_have_unrelated_keys(judge: Judge) -> None:
    """Guarantee it for one changed letter, one changed figure, neighbouring seeds and simulations: keys and first draws."""
    count, name = 1 << 14, "kirurgi"
    rng = np.random.default_rng(11)
    changed: list[list[int]] = [[], []]
    for n, (place, letter, step) in enumerate(
        zip(*(rng.integers(*r, count).tolist() for r in ((0, 7), (0, 29), (1, 29))), strict=True)
    ):
        for keys, at in zip(changed, (letter, letter + step), strict=True):
            keys.append(name_key("person", f"{name[:place]}{LETTERS[at % 29]}{name[place + 1 :]}/ssk/{n}"))
    persons = name_keys(count + 1)
    simulations = words([simulation_root(1, s) for s in range(count + 1)])
    seeds = words([simulation_root(s, 0) for s in range(count + 1)])
    families: dict[str, Numbers] = {}
    for what, root, a, b in (
        ("letter", True, words(changed[0]), words(changed[1])),
        ("figure", True, persons[:-1], persons[1:]),
        ("simulation", False, simulations[:-1], simulations[1:]),
        ("seed", False, seeds[:-1], seeds[1:]),
    ):
        x, y = (word(join(simulations[3], k) if root else join(k, persons[7]), 0, 0) for k in (a, b))
        pairs = {"bits": of_bits(ones(a ^ b), count), "bits at once": of_weights(a ^ b), **of_pairs(x, y)}
        families |= {f"{what}: {k}": p for k, p in pairs.items()}
    judge(8 * count, families)


def test_joined_keys_of_neighbouring_parts_are_unrelated(judge: Judge) -> None:
    """Guarantee it for parts that count, minutes of weeks, parent and part, and the two orders of joining: keys and draws."""
    parents, n = people(256)[:, None], np.arange(257, dtype=np.uint64)
    counted, weekly = join(parents, n), join(parents, n * W(10_080))
    other, many = some(256, 12), some(256 * 256, 13).reshape(256, 256)
    families: dict[str, Numbers] = {}
    for what, a, b in (
        ("parts", counted[:, :-1], counted[:, 1:]),
        ("weeks", weekly[:, :-1], weekly[:, 1:]),
        ("parent and part", many, join(many, n[:-1])),
        ("order", join(parents, other), join(other, parents)),
        ("part of a neighbour", counted[:, :-1], join(parents ^ W(1), n[1:])),
    ):
        x, y = (word(k, clocks.SEAT, 0) for k in (a.ravel(), b.ravel()))
        difference = np.ascontiguousarray(a ^ b)
        pairs = {"bits": of_bits(ones(difference), a.size), "bits at once": of_weights(difference), **of_pairs(x, y)}
        families |= {f"{what}: {k}": p for k, p in pairs.items()}
    judge(2 * 5 * 256 * 256, families)


# --- all 64 bits at once

SPACED: dict[str, Callable[[Words], Words]] = {
    "occurrences": lambda n: word(KEYS[0], clocks.gap_decision(0, 0), n),
    "decisions": lambda n: word(KEYS[1], n, 0),
    "keys that count": lambda n: word(n, 5, 7),
    "joined parts": lambda n: join(KEYS[2], n),
}


def equal_neighbours(x: Words) -> int:
    """Count the equal neighbours among sorted words."""
    x = np.sort(x)
    return int((x[1:] == x[:-1]).sum())


@pytest.mark.parametrize("way", SPACED)
def test_birthdays_and_collisions_are_as_many_as_they_should_be(way: str, judge: Judge) -> None:
    """Guarantee Poisson many equal birthday spacings in 2^64 days and equal numbers in the upper and the lowest 40 bits.

    With m numbers and k days they are m³/4k = 8 and m²/2k = 32. (One-to-one `mix` never repeats all 64 bits.)
    """
    w = SPACED[way](np.arange(1 << 23, dtype=np.uint64))
    m = float(w.size)
    sparse = np.sort(w)
    found = {
        "spacings": (equal_neighbours(sparse[1:] - sparse[:-1]), m**3 / 4 / 2.0**64),
        "upper 40 bits": (int((sparse[1:] >> W(24) == sparse[:-1] >> W(24)).sum()), m**2 / 2 / 2.0**40),
        "lowest 40 bits": (equal_neighbours(w << W(12) >> W(24)), m**2 / 2 / 2.0**40),
    }
    judge(
        w.size,
        {k: two_sided(stats.poisson.cdf(n, law), stats.poisson.sf(n - 1, law)) for k, (n, law) in found.items()},
    )


# --- the clocks: gaps, marks and what thinning makes of them

PERSONS, CANDIDATES, SPAN = 1 << 12, 64, 20.0


def clock(number_of_clock: int, strip: int, mark: int) -> Numbers:
    """Give the uniforms of the gaps or the marks of every person's first candidates."""
    keys = people(PERSONS)[:, None]
    return uniform(keys, clocks.gap_decision(number_of_clock, strip) + mark, np.arange(CANDIDATES))


def test_gap_and_mark_of_a_candidate_are_independent(judge: Judge) -> None:
    """Guarantee it for every clock and three strips, with the mark of the same candidate, the next one and the strip above."""
    keys, n = people(PERSONS)[:, None], np.arange(33)
    families: dict[str, Numbers] = {}
    numbers = 0
    for strip in (0, 1, clocks.MOST_STRIPS - 2):
        for c in CLOCKS:
            gap, mark, above = (word(keys, clocks.gap_decision(c, strip) + d, n) for d in (0, 1, 3))
            numbers += gap.size + mark.size + above.size
            for name, x, y in (
                ("same", gap[:, :-1], mark[:, :-1]),
                ("next gap", gap[:, 1:], mark[:, :-1]),
                ("strip above", mark[:, :-1], above[:, :-1]),
            ):
                families |= {f"clock {c}, strip {strip}, {name}: {k}": p for k, p in of_pairs(x.ravel(), y.ravel()).items()}
    families["together"] = together(np.concatenate([p for k, p in families.items() if k.endswith("upper bits")]))
    judge(numbers, families)


def test_gaps_are_exponential_and_independent(judge: Judge) -> None:
    """Guarantee that −log u along occurrences is Exp(1), that two gaps share their sum evenly, and that eight sum to gamma."""
    families: dict[str, Numbers] = {}
    for c in CLOCKS:
        gaps = -np.log(clock(c, 0, 0))
        eights = gaps.reshape(PERSONS, -1, 8).sum(axis=-1)
        families[f"clock {c}: gaps"] = of_distribution(gaps, "expon")
        families[f"clock {c}: eight gaps"] = of_distribution(eights, "gamma", 8)
        families[f"clock {c}: all gaps"] = of_distribution(gaps.sum(axis=1), "gamma", CANDIDATES)
        for first in (0, 1):
            x, y = gaps[:, first : CANDIDATES - first : 2], gaps[:, first + 1 : CANDIDATES - first + 1 : 2]
            families[f"clock {c}: share from {first}"] = of_distribution(x / (x + y), "uniform")
    judge(len(CLOCKS) * PERSONS * CANDIDATES, families)


def test_candidates_and_events_are_poisson(judge: Judge) -> None:
    """Guarantee Poisson counts of candidates, of those that a mark lets happen, of those it does not, and over all clocks.

    Happened and not happened are independent, as the parts of a thinned Poisson stream are.
    """
    families: dict[str, Numbers] = {}
    total = np.zeros(PERSONS, dtype=np.int64)
    for c in CLOCKS:
        at = np.cumsum(-np.log(clock(c, 0, 0)), axis=1)
        happens = clock(c, 0, 1) < 0.35
        events, rest = ((at < SPAN) & happens).sum(axis=1), ((at < SPAN) & ~happens).sum(axis=1)
        total += events + rest
        families[f"clock {c}: candidates"] = of_whole_numbers(events + rest, stats.poisson(SPAN))
        families[f"clock {c}: events"] = of_whole_numbers(events, stats.poisson(0.35 * SPAN))
        families[f"clock {c}: rest"] = of_whole_numbers(rest, stats.poisson(0.65 * SPAN))
        linked = ((events - 0.35 * SPAN) * (rest - 0.65 * SPAN)).sum() / np.sqrt(PERSONS * 0.35 * 0.65) / SPAN
        families[f"clock {c}: events and rest"] = of_z(linked)
    families["all clocks"] = of_whole_numbers(total, stats.poisson(len(CLOCKS) * SPAN))
    judge(2 * len(CLOCKS) * PERSONS * CANDIDATES, families)
