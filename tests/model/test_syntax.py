"""The rule modules use only what Python and a compiler compute alike (seen in their syntax trees)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kompetenssim.model

pytestmark = pytest.mark.unit
FOLDER = Path(kompetenssim.model.__file__).parent
MODULES = ("rules", "clocks", "distributions", "keyed")
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
OUTSIDE = {"name_key", "simulation_root"}


def faults(tree: ast.Module, outside: set[str]) -> list[str]:
    """Say what a module uses that it must not."""
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
            elif isinstance(node, ast.FunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef) and n is not node]
                given = node.args.defaults or [d for d in node.args.kw_defaults if d is not None]
                what = "closure" if inner else "default argument" if given else "keyword-only" if node.args.kwonlyargs else what
            elif isinstance(node, ast.Compare) and any(isinstance(o, ast.Eq | ast.NotEq) for o in node.ops):
                sides = [x.value for x in (node.left, *node.comparators) if isinstance(x, ast.Constant)]
                what = "equality of floats" if any(isinstance(x, float) for x in sides) else what
            if what:
                found.append(f"line {getattr(node, 'lineno', '?')}: {what}")
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_module_uses_nothing_that_a_compiler_computes_differently(module: str) -> None:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    assert faults(tree, OUTSIDE if module == "keyed" else set()) == []


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_module_imports_only_math_its_like_and_typing(module: str) -> None:
    tree = ast.parse((FOLDER / f"{module}.py").read_text(encoding="utf-8"))
    allowed = {"__future__", "math", "typing", "hashlib", *(f"kompetenssim.model.{m}" for m in (*MODULES, "calendar"))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {a.name for a in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom):
            assert node.module in allowed
            if node.module == "math":
                assert {a.name for a in node.names} <= {"log", "exp", "cos", "log1p", "expm1", "erf", "sqrt"}


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
    ],
)
def test_the_check_sees_each_forbidden_form(text: str) -> None:
    assert faults(ast.parse(text), set())
