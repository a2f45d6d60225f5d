"""Every key of the shipped files is read by somebody: a sample here, all of them by `python -m tests.spec.mutations --all`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kompetenssim.spec.node import Node
from kompetenssim.spec.yaml_reader import read_yaml
from tests.spec.mutations import SCENARIOS, TEMPLATE, UNREAD, Site, files, mutated, notice, root, sample, sites

pytestmark = pytest.mark.property


def tree(text: str) -> Node:
    found = read_yaml(text.encode(), "fil").root
    assert found is not None
    return found


def test_a_mutation_deletes_or_misspells_one_key() -> None:
    before = tree("a: {b: 1, c: [{d: 2}, 3]}")
    assert mutated(before, ("a", "b"), "bort").plain() == {"a": {"c": [{"d": 2}, 3]}}
    assert mutated(before, ("a", "c", 0, "d"), "felstavad").plain() == {"a": {"b": 1, "c": [{"dx": 2}, 3]}}
    assert before.plain() == {"a": {"b": 1, "c": [{"d": 2}, 3]}}


def test_every_shipped_file_has_sites() -> None:
    assert {site.file for path in files() for site in sites(path)} == set(files())
    assert all(len(list(sites(path))) > 3 for path in files())


def test_a_number_that_decides_the_world_changes_the_template() -> None:
    region = SCENARIOS / "rjh" / "region.yaml"
    unit = next(iter((root(region).get("enheter") or root(region)).mapping or {}))
    staff = Site(region, ("enheter", unit, "anstallda", next(iter((root(region).get("enheter", unit, "anstallda")).mapping))))
    assert notice(staff, "bort", deeply=True) == TEMPLATE


def test_no_key_of_a_sample_is_read_by_nobody() -> None:
    assert [f"{site} ({kind})" for site, kind in sample() if notice(site, kind) == UNREAD] == []


def test_paths_are_told_relative_to_the_scenarios() -> None:
    assert str(Site(SCENARIOS / "rjh" / "region.yaml", ("enheter", "x"))) == f"{Path('rjh') / 'region.yaml'}: enheter.x"
