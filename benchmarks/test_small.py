"""Small benchmarks, for comparison over time: `pytest benchmarks/test_small.py` (not part of the test suite).

`--benchmark-autosave` keeps the times, `--benchmark-compare` shows them beside those kept. The region is the small one of the
precision benchmark, one year.
"""

from __future__ import annotations

from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import kompetenssim as ks
from benchmarks import small_region
from benchmarks.rjh import million_uniforms
from kompetenssim.engine import compiled, reference
from kompetenssim.model.inputs import fill
from kompetenssim.resolve import resolve

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pytest_benchmark.fixture import BenchmarkFixture

    from kompetenssim.model.template import Template
    from kompetenssim.spec.specification import Specification


pytestmark = pytest.mark.benchmark(timer=process_time)  # what else the machine does is not counted


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    """Load the small region."""
    folder: Path = tmp_path_factory.mktemp("small")
    return ks.load(small_region.write(folder, "easy", small_region.UNCHANGED, 1))


@pytest.fixture(scope="module")
def template(spec: Specification) -> Template:
    """Resolve it."""
    return resolve(spec)


@pytest.fixture(scope="module")
def likeliest(template: Template) -> NDArray[np.float64]:
    """Give every parameter its likeliest value."""
    return np.array([p.mode for p in template.parameters])


def test_million_uniforms(benchmark: BenchmarkFixture) -> None:
    benchmark.pedantic(million_uniforms, rounds=3)


def test_resolve(benchmark: BenchmarkFixture, spec: Specification) -> None:
    benchmark(resolve, spec)


def test_fill_plain(benchmark: BenchmarkFixture, template: Template, likeliest: NDArray[np.float64]) -> None:
    benchmark(fill, template, likeliest)


def test_fill_compiled(benchmark: BenchmarkFixture, template: Template, likeliest: NDArray[np.float64]) -> None:
    draws = [likeliest, likeliest * 1.0]
    draws[1][0] += 1e-9  # what is filled already is not filled again
    turn = iter(range(1 << 62))
    benchmark(lambda: compiled.fill(template, draws[next(turn) % 2]))


def test_simulate_reference(benchmark: BenchmarkFixture, template: Template, likeliest: NDArray[np.float64]) -> None:
    benchmark.pedantic(reference.simulate, (template, likeliest), {"seed": 1, "simulation": 0}, rounds=5)


def test_simulate_compiled(benchmark: BenchmarkFixture, template: Template, likeliest: NDArray[np.float64]) -> None:
    benchmark(compiled.simulate, template, likeliest, seed=1, simulation=0)
