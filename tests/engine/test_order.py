"""No result depends on an order: of events in a week, of people, of keys in a file, of hashes or of the locale."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from kompetenssim.engine.world import Person
from kompetenssim.model.template import Template
from kompetenssim.resolve.register import age_bands, grade_mix
from tests.engine.worlds import (
    BASIS,
    BLOCKS,
    COVERED,
    OWN,
    Tree,
    difference,
    driven,
    measure,
    plain_driver,
    region,
    resolved,
    scenario,
    simulated,
    template,
    write,
)

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
MEASURES: list[Tree] = [
    BASIS,
    OWN,
    measure("dimensionering", "2023-03-01", nyckel="tjanster"),
    measure("utbildningstjanst", "2023-02-01", nyckel="utb"),
    measure("hyrstyrning", "2023-10-01", nyckel="tak"),
    measure("rekrytering", "2023-04-01", nyckel="rekr"),
    measure("uppgiftsvaxling", "2023-05-01", nyckel="vaxla"),
    measure("arbetsutbud", "2023-06-01", nyckel="timmar"),
    measure("dimensionering", "2023-11-01", nyckel="dra_in")
    | {"dimensionering": {"yrkesgrupp": "sjukskoterska", "antal_aa": -4, "beslut_under_ar": "ja"}},
]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A region with many measures, so that much happens in each week."""
    world = region()
    for g in world["yrkesgrupper"].values():
        g |= {"avgang_procent_ar": "25", "till_hyrbolag_andel": "0.5", "ater_fran_hyrbolag_andel": "0.9"}
    return template(tmp_path_factory.mktemp("fullt"), MEASURES, world)


def shuffled(people: list[Person]) -> list[Person]:
    random.Random(len(people)).shuffle(people)
    return people


ORDERS: dict[str, Callable[[list[Person]], list[Person]]] = {
    "register": list,
    "reversed": lambda people: people[::-1],
    "shuffled": shuffled,
    "latest first": lambda people: sorted(people, key=lambda p: -p.due),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("simulation", [0, 1])
def test_a_weeks_people_in_any_order_give_the_same_bytes_as_simpy(order: str, simulation: int, busy: Template) -> None:
    mine = driven(busy, plain_driver(ORDERS[order]), simulation)
    assert difference(mine, simulated(busy, simulation)) == ""


def turned(tree: Any) -> Any:
    """Reverse every mapping and every list (none of the lists here means something by its order)."""
    if isinstance(tree, dict):
        return {k: turned(v) for k, v in reversed(list(tree.items()))}
    if isinstance(tree, list):
        return [turned(v) for v in reversed(tree)]
    return tree


def test_the_order_in_the_files_changes_nothing(busy: Template, tmp_path: Path) -> None:
    """Regions, units, groups, measures, targets, keys and lists of keys are all reversed."""
    world = region()
    for g in world["yrkesgrupper"].values():
        g |= {"avgang_procent_ar": "25", "till_hyrbolag_andel": "0.5", "ater_fran_hyrbolag_andel": "0.9"}
    plan = scenario(MEASURES)
    mine = resolved(write(tmp_path, turned(world), turned(plan)))
    assert [m.key for m in mine.programmes] == [m.key for m in busy.programmes]
    assert difference(simulated(mine), simulated(busy)) == ""


def test_the_order_of_lists_of_units_and_groups_changes_nothing(tmp_path: Path) -> None:
    block = {"yrkesgrupper": ["ssk", "underskoterska"], "tak_per_vecka": 1}
    one = measure("hyrstyrning", "2023-03-01") | {"hyrstyrning": block}
    other = one | {"omfattning": {"enheter": COVERED[::-1]}, "hyrstyrning": block | {"yrkesgrupper": ["underskoterska", "ssk"]}}
    a, b = template(tmp_path / "a", [one], end="2023-12-31"), template(tmp_path / "b", [other], end="2023-12-31")
    assert difference(simulated(a), simulated(b)) == ""


def test_several_blocks_of_a_type_may_stand_in_any_order(tmp_path: Path) -> None:
    blocks = [
        {"yrkesgrupp": "underskoterska", "antal_aa": 2, "beslut_under_ar": "ja"},
        {"yrkesgrupp": "sjukskoterska", "antal_aa": {"undre": 1, "trolig": 2, "ovre": 4}, "beslut_under_ar": "ja"},
    ]
    one = measure("dimensionering", "2023-03-01") | {"dimensionering": blocks}
    other = one | {"dimensionering": blocks[::-1]}
    a, b = template(tmp_path / "a", [one], end="2023-12-31"), template(tmp_path / "b", [other], end="2023-12-31")
    assert difference(simulated(a), simulated(b)) == ""


def test_tables_of_shares_give_the_same_numbers_in_any_order() -> None:
    """A sum of floats depends on the order of its terms, so the terms are sorted first."""
    ages = {"20-29": 0.1, "30-39": 23.7, "40-49": 1e-3, "50-59": 19.9, "60-66": 17.3}
    grades = {"100": 61.3, "83": 0.1, "75": 13.7, "50": 1e-3, "33": 7.7}
    assert len({tuple(age_bands(dict(p))) for p in permutations(ages.items())}) == 1
    assert len({tuple(grade_mix(dict(p))) for p in permutations(grades.items())}) == 1


PROGRAM = """
import sys
from hashlib import blake2b
from pathlib import Path
from tests.engine.worlds import resolved, simulated
found = blake2b()
for part in simulated(resolved(Path(sys.argv[1]))):
    found.update(part.tobytes())
print(found.hexdigest())
"""


@pytest.mark.skipif(not sys.prefix.isascii(), reason="Python reads the paths of a venv in the locale, and stops before us")
def test_hash_seed_and_locale_change_nothing(busy: Template, tmp_path: Path) -> None:
    path = write(tmp_path, region(), scenario(MEASURES, end="2023-12-31"))
    places = [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "12345", "LC_ALL": "C.UTF-8", "LANG": "sv_SE.UTF-8", "TZ": "Asia/Tokyo"},
    ]
    found = set()
    for place in places:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **place}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, env=env, cwd=ROOT, check=False
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def test_every_block_used_here_is_one_of_the_lever_types() -> None:
    assert {"dimensionering", "utbildningstjanst", "hyrstyrning", "rekrytering", "uppgiftsvaxling", "arbetsutbud"} <= set(BLOCKS)
