"""The register of assumptions forgets no number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

import kompetenssim as ks
from kompetenssim.forecast.evidence import fixed_numbers
from kompetenssim.resolve import resolve
from kompetenssim.spec.every_number import every_number
from kompetenssim.spec.write import resolved_yaml

pytestmark = pytest.mark.unit
SCENARIOS = Path(__file__).parents[2] / "scenarios"
HOW = {"version", "simuleringar", "per_uppsattning", "slumpfro", "ordning"}
ENDS = {"undre", "trolig", "ovre"}


def numbers(tree: Any, path: str = "") -> Iterator[str]:
    """Give the paths of the numbers of a file, an interval as one."""
    if isinstance(tree, dict) and set(tree) == ENDS:
        yield path
    elif isinstance(tree, dict):
        for key, value in tree.items():
            if key not in HOW:
                yield from numbers(value, f"{path}.{key}".lstrip("."))
    elif isinstance(tree, list):
        for i, value in enumerate(tree, start=1):
            named = value["nyckel"] if isinstance(value, dict) and path in ("atgarder", "mal") else i
            yield from numbers(value, f"{path}.{named}")
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield path


@pytest.mark.parametrize("name", ["rjh/slk_2023", "norrbotten/status_2016", "sverige_2017/professionsmiljarden_2017"])
def test_every_number_that_a_plan_means_is_found_and_told_with_a_source_or_as_an_assumption(name: str) -> None:
    """What `specifikation.yaml` writes out is compared with the walk, and each number without a source has a row in T7."""
    spec = ks.load(SCENARIOS / f"{name}.yaml")
    template = resolve(spec)
    found = list(every_number(spec))
    start = f"startlagen.{spec.scenario.scenario.start_state}"
    written = {p for p in numbers(yaml.safe_load(resolved_yaml(spec))) if not p.startswith("startlagen.") or p.startswith(start)}
    missing = {p for p in written - {n.path for n in found} if p.partition(".")[0] not in ("mal", "scenario")}
    assert missing == set()
    drawn = {p.name for p in template.parameters}
    told = {row["nyckel"] for row in fixed_numbers(cast("Any", SimpleNamespace(specs=[spec], templates=[template])))}
    silent = {n.path for n in found if not (n.source or n.uncertain) and n.kind not in told
              and not any(d == n.path or d.startswith((f"{n.path}.", f"{n.path}/")) for d in drawn)}
    assert silent == set()
