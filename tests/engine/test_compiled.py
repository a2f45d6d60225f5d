"""The compiled engine gives the same bits as the reference engine; its constants stand where the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

from kompetenssim.engine import compiled, world
from kompetenssim.engine.compiled import names
from kompetenssim.engine.handle import Handle
from kompetenssim.levers import LEVERS
from kompetenssim.model import positions
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.stopped import SimulationStopped
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS
from kompetenssim.model.trajectory import FLOWS, STOCKS
from kompetenssim.spec.search import PREFIX
from tests.engine import worlds
from tests.engine.worlds import (
    BASIS,
    BLOCKS,
    OWN,
    RULES,
    Tree,
    difference,
    engines_differ,
    measure,
    outcome,
    region,
    resolved,
    scenario,
    template,
    theta,
    write,
)

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "liten"
#: Every scenario in the repository, `rjh/slk_2023`.
SHIPPED = sorted(
    f"{path.parent.name}/{path.stem}" for path in (ROOT / "scenarios").glob("*/*.yaml")
    if path.stem not in ("region", "regler") and path.parent.name != "gemensamt" and not path.stem.startswith(PREFIX)
)  # fmt: skip


@pytest.mark.parametrize("module, prefix, table", [
    (positions, "Q_", list(QUANTITIES)), (positions, "G_", GROUP_PARAMETERS), (positions, "ONE_", SCALARS),
    (names, "F_", FLOWS + STOCKS),
])  # fmt: skip
def test_constants_stand_where_the_table_says(module: object, prefix: str, table: list[str]) -> None:
    found = {name.removeprefix(prefix).lower(): at for name, at in vars(module).items() if name.startswith(prefix)}
    assert found == {name: at for at, name in enumerate(table)}


def test_levels_stand_where_the_reference_engine_has_them() -> None:
    levels = {name.removeprefix("L_"): at for name, at in vars(names).items() if name.startswith("L_")}
    assert levels == {name: getattr(world, name) for name in levels} and sorted(levels.values()) == list(range(world.LEVELS))


def test_every_lever_type_has_a_case_here() -> None:
    """A lever type that is added needs a simple block in tests/engine/worlds.py; the test below then takes it."""
    assert set(LEVERS) == set(BLOCKS)


@pytest.mark.parametrize("kind", sorted(LEVERS))
def test_every_lever_type_gives_the_same_bits(kind: str, tmp_path: Path) -> None:
    t = template(tmp_path, [BASIS, OWN, measure(kind, "2023-03-01")])
    assert t.measures[-1] == "prov"
    for simulation in (0, 1):
        assert engines_differ(t, theta(t), seed=3, simulation=simulation) == ""


def test_all_lever_types_together_at_odd_dates_give_the_same_bits(tmp_path: Path) -> None:
    several = [measure(kind, f"2023-{1 + n % 9:02d}-{2 + n:02d}", nyckel=kind) for n, kind in enumerate(sorted(LEVERS))]
    t = template(tmp_path, [BASIS, OWN, *several])
    for simulation in range(4):
        assert engines_differ(t, theta(t, draw=simulation // 2), seed=3, simulation=simulation) == ""


@pytest.mark.parametrize("seed", [0, 1, 2, 2**62])
def test_the_small_region_gives_the_same_bits_whatever_the_seed_and_draw(seed: int, tmp_path: Path) -> None:
    t = template(tmp_path, [BASIS, OWN])
    for simulation in (0, 1, 2, 999):
        assert engines_differ(t, theta(t, seed, simulation // 2), seed=seed, simulation=simulation) == ""


@pytest.mark.parametrize("end", ["2023-01-01", "2023-01-08", "2023-02-14", "2023-12-30", "2024-02-29", "2026-01-04"])
@pytest.mark.parametrize("start", ["2023-01-01", "2023-01-05"])
def test_horizons_and_starts_anywhere_in_week_month_and_year_give_the_same_bits(start: str, end: str, tmp_path: Path) -> None:
    t = template(tmp_path, [BASIS, OWN], start=start, end=max(start, end))
    assert engines_differ(t, theta(t), seed=3, simulation=0) == ""


def test_simulations_after_one_another_in_the_same_arrays_leave_nothing_behind(tmp_path: Path) -> None:
    t = template(tmp_path, [BASIS, OWN])
    others = [template(tmp_path / str(n), [], end="2023-03-31") for n in range(compiled.KEPT)]
    first = compiled.simulate(t, theta(t), seed=3, simulation=0, trace=True)
    again = compiled.simulate(t, theta(t), seed=3, simulation=0, trace=True)
    compiled.simulate(t, theta(t, draw=1), seed=5, simulation=7)
    for other in others:  # takes the place of the template's arrays
        compiled.simulate(other, theta(other), seed=3, simulation=0)
    new = compiled.simulate(t, theta(t), seed=3, simulation=0, trace=True)
    assert difference(first, again, t) == difference(first, new, t) == ""


def test_a_workspace_that_is_too_small_grows_and_gives_the_same_bits(tmp_path: Path) -> None:
    from kompetenssim.engine.compiled.workspace import Workspace

    t = template(tmp_path, [BASIS, OWN])
    machine = compiled.engine_of(t)
    whole = machine.simulate(theta(t), seed=3, simulation=0, trace=True)
    for size in (1, 2, 10, len(t.people), len(t.people) + 10):
        machine.workspace = Workspace(t, size)
        assert difference(machine.simulate(theta(t), seed=3, simulation=0, trace=True), whole, t) == "", size
        assert machine.workspace.size > size


def test_every_template_is_compiled_for_once(tmp_path: Path) -> None:
    """All arrays have the same number types, whatever stands in the files: one signature, one minute of compilation."""
    whole = "uppsagningstid_kort_manader: 1\nuppsagningstid_lang_manader: 2.5\n"
    paths = [write(tmp_path / str(n), region(), scenario(), RULES + more) for n, more in enumerate(("", whole))]
    kinds = set()
    for t in [*map(resolved, paths), resolved(SMALL / "nollalternativ.yaml")]:
        machine = compiled.engine_of(t)
        w, r = machine.workspace.begin(machine.fill(theta(t)), 1, False)
        handles = (machine.workspace.tables, *(Handle(x) for x in (w, r, machine.inputs)))
        kinds.add(tuple(handle.kind.name for handle in handles))
    assert len(kinds) == 1


def too_many_leave() -> list[Tree]:
    """Give measures that take a hazard above what can be simulated, from May."""
    return [measure("behalla", "2023-05-01", nyckel=f"samre_{n}") | {"behalla": {"avgang_faktor": 1.5}} for n in range(6)]


def test_a_hazard_that_is_too_high_stops_both_engines_with_the_same_words(tmp_path: Path) -> None:
    world = region()
    world["yrkesgrupper"]["sjukskoterska"]["avgang_procent_ar"] = "90"
    t = template(tmp_path, too_many_leave(), world)
    said = outcome(compiled.simulate, t, theta(t), 3, 0)
    assert isinstance(said, str) and said.startswith("HazardTooHigh: risken för uppsägning i akut / sjukskoterska")
    assert engines_differ(t, theta(t), seed=3, simulation=0) == ""
    calm = template(tmp_path / "lugn", [])
    assert engines_differ(calm, theta(calm), seed=3, simulation=0) == "", "the next simulation starts afresh"


def test_too_many_applicants_stop_both_engines_with_the_same_words(tmp_path: Path) -> None:
    world = region()
    world["yrkesgrupper"]["lakare"]["sokande"] = {"ankomst_per_ar": "100000"}
    t = template(tmp_path, [], world)
    said = outcome(compiled.simulate, t, theta(t), 3, 0)
    assert isinstance(said, str) and said.startswith("SimulationStopped: sökande till lakare")
    assert engines_differ(t, theta(t), seed=3, simulation=0) == ""


def test_a_stop_in_one_engine_only_is_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    t = template(tmp_path, [], end="2023-01-31")

    def stop(*_: object, **__: object) -> None:
        raise SimulationStopped("slut")

    monkeypatch.setattr(worlds, "simulate", stop)
    assert engines_differ(t, theta(t), seed=3, simulation=0) == "a trajectory ≠ SimulationStopped: slut"


def test_the_shipped_scenarios_are_found() -> None:
    assert {"rjh/slk_2023", "rjh/nollalternativ", "rjh/bemanningsprojektet_2018"} <= set(SHIPPED)


@pytest.mark.parametrize("key", SHIPPED)
def test_every_shipped_scenario_gives_the_same_bits(key: str) -> None:
    t = resolved(ROOT / "scenarios" / f"{key}.yaml")
    assert engines_differ(t, theta(t, seed=1), seed=1, simulation=1) == ""


@pytest.mark.parametrize("key", ["mindre_hyra", "nollalternativ"])
def test_the_region_of_the_other_tests_gives_the_same_bits(key: str) -> None:
    t = resolved(SMALL / f"{key}.yaml")
    for seed in range(3):
        for simulation in (0, 3):
            assert engines_differ(t, theta(t, seed, simulation // 2), seed=seed, simulation=simulation) == ""
