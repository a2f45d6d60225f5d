"""Whatever a file contains, a person gets a list of faults, never a traceback."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kompetenssim.spec.yaml_reader import read_yaml
from tests.spec.world import CATALOGUE, NULL, REGION, RULES, SCENARIO, faults

TEXTS = {"region": REGION, "regler": RULES, "atgarder": CATALOGUE, "nollalternativ": NULL, "plan": SCENARIO}
JUNK: list[Any] = [
    None, "", "x", "3,7", "-1", "1e9", "2024-13", "ja", "alla",
    [], {}, ["x"], [["x"]], {"x": "y"}, {"undre": "1"}, [{"nyckel": "a"}],
]


def broken(text: str, chance: random.Random) -> str:
    """Replace, take out or misspell something at random in a YAML text."""
    root = yaml.load(text, yaml.BaseLoader)
    places: list[tuple[Any, Any]] = []

    def visit(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
            places.append((value, key))
            visit(value[key])

    visit(root)
    for holder, key in chance.sample(places, chance.randint(1, 3)):
        kind = chance.choice(["junk", "junk", "drop", "rename"])
        if kind == "junk":
            holder[key] = chance.choice(JUNK)
        elif isinstance(holder, dict) and key in holder:
            value = holder.pop(key)
            if kind == "rename":
                holder[f"{key}x"] = value
    return yaml.safe_dump(root, allow_unicode=True, sort_keys=False).replace("'", "")


@pytest.mark.property
@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(sorted(TEXTS)), seed=st.integers(0, 2**32))
def test_a_broken_file_gives_faults_with_places_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int,
) -> None:
    root: Path = tmp_path_factory.mktemp("varld")
    for fault in faults(root, **{name: broken(TEXTS[name], random.Random(seed))}):
        assert fault.line >= 1
        assert fault.column >= 1
        assert fault.file.endswith(".yaml")
        assert "pydantic" not in fault.text


@pytest.mark.property
@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="ab:{}[],-#&*!|>'\"%@ \n\t0123456789.", max_size=80).map(str.encode)))
def test_reading_never_raises_and_always_says_why_there_is_nothing(content: bytes) -> None:
    document = read_yaml(content, "fil")
    assert document.root is not None or document.problems
