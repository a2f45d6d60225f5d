"""The run plan and the workers: the same result whoever does the work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kompetenssim.forecast import engines
from kompetenssim.forecast.engines import accept_engine, choose_engine, slower_remark
from kompetenssim.forecast.errors import AccountError, UserError
from kompetenssim.forecast.geometry import make_geometry
from kompetenssim.forecast.plan import Plan
from kompetenssim.forecast.sample import check_accounts, narrow
from kompetenssim.forecast.worker import tasks_of
from kompetenssim.model.trajectory import column
from tests.forecast import fakes
from tests.forecast.fakes import FAKE_ENGINE, SETS, make_specification, make_template, run_fake, simulate

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.unit
@pytest.mark.parametrize(("simulations", "draws", "complete"), [(200, 100, 100), (5, 3, 2), (1, 1, 0)])
def test_the_plan_has_two_simulations_per_draw(simulations: int, draws: int, complete: int) -> None:
    plan = Plan(simulations=simulations)
    assert (plan.draws, plan.complete_draws) == (draws, complete)
    assert [plan.draw_of(r) for r in range(4)] == [0, 0, 1, 1]


@pytest.mark.unit
def test_a_plan_that_makes_no_sense_is_refused_in_swedish() -> None:
    for content, words in (({"simulations": 0}, "minst 1"), ({"simulations": 2, "seed": -1}, "slumpfrö"),
                           ({"simulations": 2, "scenarios": ("a", "a")}, "två gånger"),
                           ({"simulations": 2, "scenarios": ("a",), "reference": "b"}, "referensen 'b'")):
        with pytest.raises(UserError, match=words) as caught:
            Plan(**content)  # type: ignore[arg-type]
        assert caught.value.code == 2


@pytest.mark.unit
def test_every_simulation_uses_its_draw_and_number_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    run = run_fake("a", replications=4, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    theta = run.ensembles[0].theta
    assert theta.shape == (2, 1) and theta[0, 0] != theta[1, 0]
    expected = simulate(make_template(), theta[1], seed=1, simulation=3)
    found = run.ensembles[0].months("agency")[3, :, :3].sum(axis=-1)
    assert np.array_equal(found, expected.months[..., column("agency")].sum(axis=-1))


@pytest.mark.engine
def test_one_and_two_workers_give_the_same_arrays() -> None:
    one, two = (run_fake("a", "b", reference="b", replications=7, processes=p) for p in (1, 2))
    assert (one.processes, two.processes) == (1, 2)
    for a, b in zip(one.ensembles, two.ensembles, strict=True):
        assert np.array_equal(a.theta, b.theta) and np.array_equal(a.exits, b.exits) and np.array_equal(a.measures, b.measures)
        for name in ("agency_ore", "employees", "net_micro_days", "measure_ore"):
            assert a.months(name).tobytes() == b.months(name).tobytes()
        assert a.weeks("unmet").tobytes() == b.weeks("unmet").tobytes()


@pytest.mark.unit
@pytest.mark.parametrize("processes", [1, 2])
def test_a_simulation_that_fails_names_scenario_number_and_reason(processes: int) -> None:
    with pytest.raises(UserError, match=r"scenario 'a', simulering 3: ValueError: risken är för hög"):
        run_fake("a", engine="tests.forecast.fakes:failing", replications=8, processes=processes)


@pytest.mark.unit
def test_a_worker_that_dies_is_told_of_and_not_waited_for() -> None:
    with pytest.raises(UserError, match="arbetsprocessen avslutades i förtid"):
        run_fake("a", engine="tests.forecast.fakes:dying", replications=8, processes=2)


@pytest.mark.unit
def test_scenarios_with_different_periods_are_not_compared() -> None:
    from kompetenssim.forecast.run import run

    long, short = make_template(), make_template(end=make_specification().end.replace(year=2025))
    specs = [make_specification("a", long), make_specification("b", short)]
    with pytest.raises(UserError, match="olika perioder") as caught:
        run(specs, [long, short])  # type: ignore[list-item]
    assert caught.value.code == 2


@pytest.mark.unit
def test_accounts_that_do_not_close_stop_the_run() -> None:
    template = make_template()
    geometry = make_geometry(template, sets=SETS)
    good = simulate(template, np.array([1.0]), seed=1, simulation=0)
    check_accounts(good, geometry, 0)
    hours = good._replace(weeks=good.weeks + (np.arange(good.weeks.shape[-1]) == 0))
    with pytest.raises(AccountError, match="timkontot går inte ihop i simulering 7, vecka 2023-v26"):
        check_accounts(hours, geometry, 7)
    months = good.months.copy()
    months[5, 2, column("hires")] += 1
    with pytest.raises(AccountError, match=r"personalkontot .* 2023-12, enhet pv_norr, grupp distriktslakare"):
        check_accounts(good._replace(months=months), geometry, 0)


@pytest.mark.unit
def test_integers_are_kept_in_the_smallest_type_without_loss() -> None:
    for values, kind in (([0, 127], np.int8), ([0, 128], np.int16), ([-40000], np.int32), ([2**40], np.int64)):
        found = narrow(np.array(values, dtype=np.int64))
        assert found.dtype == kind and found.tolist() == values


@pytest.mark.unit
def test_an_engine_that_is_not_there_is_refused() -> None:
    with pytest.raises(UserError, match="motorn 'snabb' finns inte; tillåtet är auto, simpy"):
        choose_engine("snabb", 10)
    assert choose_engine("auto", 1) == "simpy"


@pytest.mark.unit
@pytest.mark.parametrize(("simulations", "per_draw", "workers"), [(200, 2, 2), (7, 2, 2), (200, 3, 2), (60, 25, 4), (40, 2, 16)])
def test_tasks_cover_every_simulation_once_and_keep_draws_together(simulations: int, per_draw: int, workers: int) -> None:
    plan = Plan(simulations=simulations, per_draw=per_draw, scenarios=("a", "b"))
    tasks = tasks_of(plan, workers)
    covered = [(t.scenario, r) for t in tasks for r in range(t.first, t.first + t.size)]
    assert covered == [(s, r) for s in (0, 1) for r in range(simulations)]
    assert max(t.size for t in tasks) <= 10
    if per_draw <= 10:
        assert all(t.first % per_draw == 0 for t in tasks)


@pytest.mark.unit
@pytest.mark.parametrize("processes", [1, 2])
def test_the_processor_time_of_the_workers_and_inside_the_engine_is_counted(processes: int) -> None:
    run = run_fake("a", replications=8, processes=processes)
    assert 0 < run.engine_cpu_seconds < run.workers_cpu_seconds


@pytest.mark.unit
def test_simulations_of_a_draw_get_the_same_row_so_that_inputs_need_be_filled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[object] = []

    def simulating(template: object, theta: object, *, seed: int, simulation: int) -> object:
        rows.append(theta)
        return simulate(template, theta, seed=seed, simulation=simulation)  # type: ignore[arg-type]

    monkeypatch.setattr(fakes, "noting", simulating, raising=False)
    run_fake("a", engine="tests.forecast.fakes:noting", replications=4)
    assert [rows[k] is rows[k + 1] for k in range(3)] == [True, False, True]


@pytest.mark.unit
def test_an_engine_gets_ready_once_in_the_parent_before_there_are_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(fakes, "prepare", lambda _: order.append("prepare"), raising=False)
    run_fake("a", replications=6, processes=2, progress=lambda *_: order.append("simulated"))
    assert order == ["prepare", "simulated", "simulated", "simulated"]


@pytest.mark.unit
@pytest.mark.parametrize("processes", [1, 2])
def test_a_run_that_fails_leaves_nothing_in_the_temporary_folder(
    processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(UserError):
        run_fake("a", engine="tests.forecast.fakes:failing", replications=8, processes=processes)
    assert not list(tmp_path.iterdir())


@pytest.mark.unit
def test_auto_takes_the_compiled_engine_for_many_simulations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines.ENGINES, "kompilerad", FAKE_ENGINE)
    assert choose_engine("auto", 5) == "kompilerad" and choose_engine("auto", 4) == "simpy"
    assert choose_engine("kompilerad", 1) == "kompilerad" and slower_remark("auto", 200) is None


@pytest.mark.unit
def test_without_numba_auto_says_so_and_takes_simpy_and_kompilerad_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engines.ENGINES, "kompilerad", FAKE_ENGINE)
    monkeypatch.setitem(sys.modules, "numba", None)  # as if it were not installed
    assert choose_engine("auto", 200) == "simpy"
    remark = slower_remark("auto", 200)
    assert remark is not None and remark.startswith("numba kunde inte läsas in (")
    assert remark.endswith("körningen använder den långsammare motorn simpy, resultatet blir detsamma")
    assert slower_remark("auto", 4) is None and slower_remark("simpy", 200) is None
    with pytest.raises(UserError, match="installera numba eller använd --motor auto") as caught:
        accept_engine("kompilerad")
    assert caught.value.code == 2


@pytest.mark.unit
def test_a_numba_that_is_broken_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "numba.py").write_text("raise ImportError('Numba needs NumPy 2.3 or less. Got NumPy 2.4.')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.setitem(engines.ENGINES, "kompilerad", FAKE_ENGINE)
    assert choose_engine("auto", 200) == "simpy"
    assert "Numba needs NumPy 2.3 or less." in (slower_remark("auto", 200) or "")


@pytest.mark.unit
def test_a_worker_loads_numpy_and_the_model_and_nothing_heavy() -> None:
    code = ("import sys, kompetenssim.forecast.worker, kompetenssim.model.template; "
            "print(*sorted({m.partition('.')[0] for m in sys.modules}))")
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert not {"pandas", "pyarrow", "altair", "pydantic", "yaml", "scipy", "simpy", "numba", "rich", "jinja2"} & set(loaded)


@pytest.mark.e2e
def test_a_plain_script_without_a_guard_can_use_workers(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom tests.forecast.fakes import run_fake\n"
        "print(run_fake('a', replications=6, processes=2).processes)\n", encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr
