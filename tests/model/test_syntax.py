"""The rule modules use only what Python and a compiler compute alike (seen in their syntax trees)."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

#: Modules of plain functions: Python runs them on lists, a compiler on arrays, and both must give the same bits.
PLAIN = (
    "kompetenssim.model.rules",
    "kompetenssim.model.clocks",
    "kompetenssim.model.distributions",
    "kompetenssim.model.keyed",
    "kompetenssim.model.start_state",
    "kompetenssim.model.applicants",
    "kompetenssim.model.timeline",
    "kompetenssim.model.filling",
)
#: Modules of which plain functions read constants, and no more.
CONSTANTS = (
    "kompetenssim.model.calendar",
    "kompetenssim.model.positions",
    "kompetenssim.model.start_tables",
    "kompetenssim.model.timeline_tables",
)
LIBRARIES = ("__future__", "math", "typing", "hashlib")
NAMES = {"sum", "hypot", "gamma", "lgamma", "np", "numpy", "pow", "fsum"}
NODES = {
    ast.ListComp: "comprehension",
    ast.SetComp: "comprehension",
    ast.DictComp: "comprehension",
    ast.GeneratorExp: "comprehension",
    ast.Lambda: "closure",
    ast.Pow: "power",
    ast.Nonlocal: "nonlocal",
    ast.Global: "global",
    ast.Yield: "generator",
    ast.Try: "try",
}
#: Run once, before any engine: hashing of names, which no compiler sees.
OUTSIDE = {"kompetenssim.model.keyed": {"name_key", "simulation_root"}}


def tree_of(module: str) -> ast.Module:
    """Read a module's source without importing it."""
    found = find_spec(module)
    assert found is not None and found.origin is not None
    return ast.parse(Path(found.origin).read_text(encoding="utf-8"))


def for_types_only(node: ast.stmt) -> bool:
    """Tell whether a statement is `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def faults(tree: ast.Module, outside: set[str]) -> list[str]:
    """Say what a module uses that it must not, but for the functions `outside`."""
    found = []
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name in outside:
            continue
        for node in ast.walk(part):
            what = NODES.get(type(node))
            if isinstance(node, ast.Name) and node.id in NAMES:
                what = node.id
            elif isinstance(node, ast.Attribute) and node.attr in NAMES | {"power"}:
                what = node.attr
            elif isinstance(node, ast.alias) and (node.asname or node.name) in NAMES:
                what = f"import {node.name}"
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
                scalars = len(node.args) == 2 and not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
                what = what if scalars else f"{node.func.id} of other than two scalars"
            elif isinstance(node, ast.FunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n is not node]
                given = node.args.defaults or [d for d in node.args.kw_defaults if d is not None]
                what = "closure" if inner else "default argument" if given else "keyword-only" if node.args.kwonlyargs else what
            elif isinstance(node, ast.Compare) and any(isinstance(o, ast.Eq | ast.NotEq) for o in node.ops):
                sides = [x.value for x in (node.left, *node.comparators) if isinstance(x, ast.Constant)]
                what = "equality of floats" if any(isinstance(x, float) for x in sides) else what
            if what:
                found.append(f"line {getattr(node, 'lineno', '?')}: {what}")
    return found


@pytest.mark.parametrize("module", PLAIN)
def test_a_plain_module_uses_nothing_that_a_compiler_computes_differently(module: str) -> None:
    assert faults(tree_of(module), OUTSIDE.get(module, set())) == []


@pytest.mark.parametrize("module", PLAIN)
def test_a_plain_module_imports_only_math_its_like_and_constants(module: str) -> None:
    for part in tree_of(module).body:
        if for_types_only(part):
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.Import):
                assert {a.name for a in node.names} <= {*LIBRARIES, *PLAIN}
            elif isinstance(node, ast.ImportFrom):
                assert node.module in {*LIBRARIES, *PLAIN, *CONSTANTS}
                if node.module == "math":
                    assert {a.name for a in node.names} <= {"log", "exp", "cos", "log1p", "expm1", "erf", "sqrt"}
                if node.module in CONSTANTS:
                    assert all(a.name.isupper() for a in node.names)


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x ** 2",
        "def f(x):\n    return sum(x)",
        "def f(x):\n    return [y for y in x]",
        "def f(x=1):\n    return x",
        "def f(x):\n    def g():\n        return x\n    return g",
        "import numpy as np",
        "def f(x):\n    return np.exp(x)",
        "from math import hypot",
        "f = lambda x: x",
        "import math\ndef f(x):\n    return math.lgamma(x)",
        "def f(x):\n    return x == 1.0",
        "def f(x):\n    return max(x)",
        "def f(x):\n    return min(x, 1, 2)",
        "def f(x):\n    class A:\n        pass\n    return A",
        "def f(x):\n    try:\n        return x\n    finally:\n        pass",
    ],
)
def test_the_check_sees_each_forbidden_form(text: str) -> None:
    assert faults(ast.parse(text), set())
