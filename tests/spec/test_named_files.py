"""A file may be named as people name it: by path, by path without suffix, by region and key, by key; else the answer helps."""

from __future__ import annotations

from pathlib import Path

import pytest

import kompetenssim as ks
from tests.spec.test_meets_region import write

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", ["plan", "lan/plan", "lan/plan.yaml", "scenarios/lan/plan", "scenarios/lan/plan.yaml"])
def test_every_way_to_name_a_scenario(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    assert ks.load(name, root=tmp_path).key == "plan"
    monkeypatch.chdir(tmp_path)
    assert ks.load(name).key == "plan"
    report = ks.check(name)
    assert (report.file, report.ok) == ("scenarios/lan/plan.yaml", True)


def test_a_reference_may_be_named_by_region_and_key(tmp_path: Path) -> None:
    other = "version: 1\nscenario: {nyckel: noll, titel: Noll}\n"
    spec = ks.load(write(tmp_path, noll=other))
    assert ks.with_reference(spec, "lan/noll").key == "noll"


def test_other_files_than_scenarios_are_checked_without_their_suffix(tmp_path: Path) -> None:
    write(tmp_path)
    assert ks.check("lan/region", root=tmp_path).kind == "region"


@pytest.mark.parametrize(
    ("name", "sought", "meant"),
    [
        ("lan/pln", "sökte lan/pln.yaml, scenarios/lan/pln.yaml", "lan/plan"),
        ("scenarios/lan/pln.yaml", "sökte scenarios/lan/pln.yaml", "scenarios/lan/plan.yaml"),
        ("lann/plan", "sökte lann/plan.yaml, scenarios/lann/plan.yaml", "lan/plan"),
    ],
)
def test_a_file_that_is_nowhere_says_what_was_given_where_it_looked_and_what_was_meant(
    name: str, sought: str, meant: str, tmp_path: Path
) -> None:
    write(tmp_path)
    with pytest.raises(ks.SpecificationError) as caught:
        ks.load(name, root=tmp_path)
    (told,) = caught.value.problems
    assert (told.file, told.suggestion) == (name, meant)
    assert told.text == f"filen finns inte; {sought}"
    assert list(ks.check(name, root=tmp_path).problems) == [told]
