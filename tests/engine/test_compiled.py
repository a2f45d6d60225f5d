"""The compiled engine gives the same bits as the reference engine; its constants stand where the tables say."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks
from kompetenssim.engine import compiled, reference, world
from kompetenssim.engine.compiled import names
from kompetenssim.model import positions
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS
from kompetenssim.model.trajectory import FLOWS, STOCKS
from kompetenssim.resolve import resolve
from tests.engine.worlds import BASIS, BLOCKS, OWN, difference, measure, simulated, template, theta

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
NOT_YET = {"overtidsregel", "sjukfranvaro"}  # lever types that no file may use yet


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


@pytest.mark.parametrize("kind", [None, *sorted(set(BLOCKS) - NOT_YET)])
def test_every_lever_type_gives_the_same_bits(kind: str | None, tmp_path: Path) -> None:
    t = template(tmp_path, [BASIS, OWN] if kind is None else [BASIS, OWN, measure(kind, "2023-03-01")])
    for simulation in (0, 1):
        mine = compiled.simulate(t, theta(t), seed=3, simulation=simulation, trace=True)
        assert difference(mine, simulated(t, simulation)) == ""


@pytest.mark.parametrize("scenario", ["slk_2023", "bemanningsprojektet_2018"])
def test_the_region_gives_the_same_bits(scenario: str) -> None:
    t = resolve(ks.load(ROOT / "scenarios" / "rjh" / f"{scenario}.yaml"))
    row = theta(t, seed=1)
    both = (e.simulate(t, row, seed=1, simulation=1, trace=True) for e in (compiled, reference))
    assert difference(*both) == ""
