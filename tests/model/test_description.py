"""docs/model.md says what the code does: its tables are compared with the code."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS
from kompetenssim.resolve.document import PAGE, render

pytestmark = pytest.mark.unit

CONSTANT = re.compile(r"^\| `(\w+)` \| ([^|]+) \| `(kompetenssim[\w.]+)` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def page() -> str:
    """Give the text of the page."""
    return PAGE.read_text(encoding="utf-8")


def test_generated_tables_are_up_to_date(page: str) -> None:
    """The tables of parameters and quantities are what `python -m kompetenssim.resolve.document` makes."""
    assert render(page) == page, "run python -m kompetenssim.resolve.document"


def test_constants_of_the_page_are_those_of_the_code(page: str) -> None:
    """Every constant named in the page exists in its module and has the value given."""
    rows = CONSTANT.findall(page)
    assert len(rows) > 40
    for name, value, module in rows:
        assert getattr(importlib.import_module(module), name) == ast.literal_eval(value.strip()), f"{module}.{name}"


MODULES = ("engine.agency", "engine.books", "engine.hiring", "engine.people", "engine.staffing", "engine.training", "model.rules")
LAYOUT = {"FTE_WEEK", "WEEKS_PER_MONTH", "COUNTED", "QUARTER", "EXTERNAL", "TO_AGENCY", "PENSION", "FIXED_TERM", "OTHER"}


@pytest.mark.parametrize("module", [f"kompetenssim.{name}" for name in MODULES])
def test_every_named_number_of_the_rules_is_in_the_page(page: str, module: str) -> None:
    """A constant added to the rules or the engine is described, or named in LAYOUT: units and causes."""
    described = {name for name, _, where in CONSTANT.findall(page) if where == module}
    tree = ast.parse(Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8"))
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    named = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
    assert {n for n in named if n.isupper() and not n.startswith("_")} - LAYOUT <= described


def test_every_quantity_and_parameter_is_in_the_page(page: str) -> None:
    """Nothing that a lever or a region may set is left out."""
    for name in (*QUANTITIES, *GROUP_PARAMETERS, *SCALARS):
        assert f"| `{name}` |" in page, name
