"""W1, the workload of the benchmarks, is one and the same in every engine that is timed on it."""

from __future__ import annotations

from math import sqrt
from statistics import fmean, variance

import pytest

from benchmarks.w1 import compare, numba_w1, our_region, ours, simpy_w1, spec
from benchmarks.w1.spec import Result
from kompetenssim.engine.reference import simulate

pytestmark = pytest.mark.unit

SMALL = 400
COMPARED = (*compare.MEASURES, "agency_hours_per_year", "unmet_hours_per_year", "events")
LIMIT_ERRORS = 4.0  # six comparisons: by chance one of them exceeds this about once in 3,000 runs, and the seed is fixed


@pytest.fixture(scope="module")
def kernel() -> list[Result]:
    """Give small replications of the compiled kernel."""
    return compare.replicate(numba_w1.run, SMALL, compare.SEED, 300)


@pytest.fixture(scope="module")
def direct() -> list[Result]:
    """Give small replications of direct SimPy."""
    return compare.replicate(simpy_w1.run, SMALL, compare.SEED, 80)


@pytest.mark.parametrize("measure", COMPARED)
def test_kernel_and_simpy_agree_within_chance(kernel: list[Result], direct: list[Result], measure: str) -> None:
    a, b = ([float(getattr(r, measure)) for r in rows] for rows in (kernel, direct))
    error = sqrt(variance(a) / len(a) + variance(b) / len(b))
    assert abs(fmean(a) - fmean(b)) <= LIMIT_ERRORS * error


def test_reading_of_the_workload_gives_what_is_stated_with_it() -> None:
    rows = compare.replicate(numba_w1.run, spec.EXPECTED_STAFF, compare.SEED, 60)
    for measure, stated in spec.EXPECTED.items():
        assert fmean(float(getattr(r, measure)) for r in rows) == pytest.approx(stated, rel=0.015), measure


def test_heads_and_hours_add_up(kernel: list[Result], direct: list[Result]) -> None:
    metric = {name: k for k, name in enumerate(spec.METRICS)}
    for r in (kernel[0], direct[0]):
        assert r.months.shape == (len(spec.METRICS), spec.MONTHS, spec.CELLS)
        total = {name: float(r.months[k].sum()) for name, k in metric.items()}
        assert r.headcount == SMALL + total["hires"] - total["exits"]
        covered = sum(total[f"{part}_hours"] for part in ("own", "shifted", "agency", "unmet"))
        assert covered >= total["demand_hours"]


def test_a_replication_is_a_function_of_seed_and_number() -> None:
    for run in (numba_w1.run, simpy_w1.run):
        again, other = run(100, 1, 5), run(100, 1, 6)
        assert compare.same(run(100, 1, 5), again)
        assert not compare.same(again, other)


@pytest.mark.parametrize("key", ["salabim", "salabim_post", "ciw"])
def test_peers_that_share_draws_give_the_same_bits(key: str) -> None:
    (engine,) = (e for e in compare.ENGINES if e.key == key)
    pytest.importorskip(engine.needs, reason=f"{engine.needs} belongs to the extra 'benchmarks'")
    run = compare.runner(engine)
    for r in range(2):
        assert compare.same(run(100, compare.SEED, r), simpy_w1.run(100, compare.SEED, r))


def test_committed_region_is_what_the_script_writes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    our_region.write(tmp_path)
    for written in sorted(p for p in tmp_path.rglob("*.yaml")):
        name = written.relative_to(tmp_path)
        assert (our_region.HERE / name).read_text(encoding="utf-8") == written.read_text(encoding="utf-8"), name


@pytest.mark.parametrize("n", [SMALL, spec.EXPECTED_STAFF])
def test_region_resolves(n: int) -> None:
    template, _ = ours.resolved(n)
    assert len(template.people) == n
    assert len(template.cells) == spec.CELLS
    assert len(template.months) == spec.MONTHS
    named = dict(zip(template.cells, template.initial_employees, strict=True))
    heads = spec.heads_by_cell(n)
    for u, unit in enumerate(spec.UNITS):
        for o, occupation in enumerate(spec.OCCUPATIONS):
            assert named[(unit, occupation)] == heads[spec.cell(u, o)]


def test_our_region_agrees_with_w1() -> None:
    mine = compare.replicate(ours.runner(simulate), spec.EXPECTED_STAFF, compare.SEED, 2)
    truth = compare.replicate(numba_w1.run, spec.EXPECTED_STAFF, compare.SEED, 60)
    for measure in compare.MEASURES:
        values = [float(getattr(r, measure)) for r in truth]
        error = sqrt(variance(values) * (1.0 / len(mine) + 1.0 / len(values)))
        off = abs(fmean(float(getattr(r, measure)) for r in mine) - fmean(values))
        assert off <= compare.AGREED * fmean(values) + 2.0 * error, measure


def test_tables_say_agreement_and_ratios() -> None:
    keys = (compare.KERNEL, compare.SIMPY)
    said = compare.agreement(SMALL, keys, effort=0.1)
    assert [row.key for row in said] == list(keys)
    assert compare.agreement_table(said).count("\n") == len(keys) + 2
    cost = compare.timings(SMALL, keys, effort=0.1)
    assert all(0.0 < row.least <= row.median for row in cost)
    assert cost[0].least < cost[1].least
    assert "Numba" in compare.timing_table(cost)
