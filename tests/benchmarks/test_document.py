"""The document of the benchmarks says what was measured, and what of it meets its budget."""

from __future__ import annotations

import subprocess
import sys
from math import inf
from pathlib import Path

import numpy as np
import pytest
import yaml

import kompetenssim as ks
from benchmarks import __main__ as whole
from benchmarks import figures, growth, precision, startup
from benchmarks.w1 import compare

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]


def test_a_figure_is_judged_on_the_right_side_of_its_budget() -> None:
    rows = [
        figures.at_most("a", 3.0, 3.0, figures.times),
        figures.at_most("b", 3.1, 3.0, figures.times),
        figures.at_least("c", 300.0, 300.0, figures.times),
        figures.at_least("d", 299.0, 300.0, figures.times),
        figures.Figure("e", "1"),
    ]
    assert [figures.verdict(row) for row in rows] == ["met", "NOT met", "met", "NOT met", ""]
    assert "| d | 299 × | ≥ 300 × | NOT met |" in figures.table(rows)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="elsewhere than on Linux no process tells its own peak")
def test_a_process_does_not_inherit_the_peak_of_the_one_that_started_it() -> None:
    allocated = bytearray(300 * 2**20)
    command = [sys.executable, "-c", "from benchmarks.figures import peak_megabytes; print(peak_megabytes())"]
    child = float(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    assert child < 150.0 < len(allocated) / 2**20 < figures.peak_megabytes()


def test_growth_is_time_per_person() -> None:
    rows = [growth.Size(n, 2, seconds, seconds, 1.0, 100.0) for n, seconds in ((4_000, 0.01), (400_000, 2.5))]
    assert growth.growth(rows) == pytest.approx(2.5)
    assert growth.table(rows).count("\n") == 3


def test_w1_is_judged_without_the_peers_that_are_missing() -> None:
    cost = [compare.Timing(key, key, 2, least, least) for key, least in ((compare.SIMPY, 0.15), (compare.COMPILED, 0.005))]
    (only,) = whole.w1_figures(cost)
    assert only.met
    assert "15 ×" in only.budget


def test_ratio_of_deviations_and_its_error() -> None:
    rng = np.random.default_rng(1)
    a, b = 2.0 * rng.standard_normal(4000), rng.standard_normal(4000)
    ratio, error = precision.sd_ratio(a, b)
    assert abs(ratio - 2.0) < 4.0 * error
    assert error == pytest.approx(2.0 / 4000**0.5, rel=0.1)  # of two independent normal samples
    assert precision.sd_ratio(a, np.zeros(4000))[0] == inf
    assert precision.distance(a, a) == 0.0


def test_scenario_of_many_measures_has_no_faults(tmp_path: Path) -> None:
    path = startup.scenario_of_many(tmp_path)
    assert len(yaml.safe_load(path.read_text(encoding="utf-8"))["atgarder"]) == startup.MEASURES
    assert ks.check(path).ok


def test_document_names_its_command() -> None:
    text = whole.document(["## Part\n"], quick=True)
    assert "`python -m benchmarks --quick`" in text
    assert text.index("## Part") < text.index("## The cost around the engine")
