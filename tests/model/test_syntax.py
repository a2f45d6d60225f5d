"""Rules and kernel use only what Python and a compiler compute alike (seen in their syntax trees and in what they refer to)."""

from __future__ import annotations

import ast
from dis import get_instructions
from importlib import import_module
from importlib.util import find_spec
from inspect import cleandoc
from math import tan
from pathlib import Path
from types import BuiltinFunctionType, FunctionType

import pytest

from kompetenssim.engine.compiled import KERNEL, REPLACING

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
#: Modules whose functions stand in for plain ones: integers that wrap are NumPy's, and nothing else is.
WRAPPED = tuple(REPLACING.values())
#: What the kernel is compiled of, and modules that hold only names of columns and records for it.
COMPILED = tuple(sorted({*KERNEL, *WRAPPED}))
RECORDS = ("kompetenssim.engine.compiled.state", "kompetenssim.engine.compiled.names")
LIBRARIES = ("__future__", "math", "typing", "hashlib")
MATH = {"log", "exp", "cos", "log1p", "expm1", "erf", "sqrt"}
BUILTINS = {"abs", "bool", "float", "int", "len", "max", "min", "range", "round"}
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
    ast.YieldFrom: "generator",
    ast.Await: "generator",
    ast.AsyncFunctionDef: "generator",
    ast.Try: "try",
    ast.TryStar: "try",
    ast.Raise: "raise",
    ast.With: "with",
    ast.JoinedStr: "text",
    ast.Starred: "star",
    ast.MatMult: "matrix product",
}
NODE_LINES = {"x": 1}
NUMPY = ("np", "numpy", "import numpy")
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
            elif isinstance(node, ast.alias) and {node.name.partition(".")[0], node.asname} & NAMES:
                what = f"import {node.name}"
            elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in NAMES:
                what = f"import {node.module}"
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
                scalars = len(node.args) == 2 and not node.keywords and not any(isinstance(a, ast.Starred) for a in node.args)
                what = what if scalars else f"{node.func.id} of other than two scalars"
            elif isinstance(node, ast.FunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef) and n is not node]
                given = node.args.defaults or [d for d in node.args.kw_defaults if d is not None]
                loose = node.args.kwonlyargs or node.args.vararg or node.args.kwarg
                what = "closure" if inner else "default argument" if given else "keyword-only or starred" if loose else what
                what = "decorator" if node.decorator_list else what
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
                    assert {a.name for a in node.names} <= MATH
                if node.module in CONSTANTS:
                    assert all(a.name.isupper() for a in node.names)


@pytest.mark.parametrize("module", sorted({*KERNEL} - {*PLAIN}))
def test_a_kernel_module_uses_nothing_that_a_compiler_computes_differently(module: str) -> None:
    assert faults(without_types(tree_of(module)), set()) == []


@pytest.mark.parametrize("module", WRAPPED)
def test_what_stands_in_for_plain_functions_takes_only_integers_that_wrap_from_numpy(module: str) -> None:
    tree = tree_of(module)
    assert [f for f in faults(tree, set()) if not f.endswith(NUMPY)] == []
    assert taken_from_numpy(tree) <= {"uint64", "float64"}


@pytest.mark.parametrize("module", RECORDS)
def test_records_and_names_of_columns_do_nothing(module: str) -> None:
    """Constants, and tuples whose fields have types: nothing that runs."""
    tree = without_types(tree_of(module))
    assert faults(tree, set()) == []
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]


def taken_from_numpy(tree: ast.Module) -> set[str]:
    """Give what a module reads from `np`."""
    read = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    return {n.attr for n in read if isinstance(n.value, ast.Name) and n.value.id == "np"}


def without_types(tree: ast.Module) -> ast.Module:
    """Leave out what is read by type checkers only: their imports, and the fields of records."""
    for part in tree.body:
        if isinstance(part, ast.ClassDef):
            part.body = [n for n in part.body if not isinstance(n, ast.AnnAssign)]
    return ast.Module([part for part in tree.body if not for_types_only(part)], [])


def foreign(function: FunctionType, family: set[str]) -> list[str]:
    """Say what a function refers to besides numbers, functions of its family of modules, and what compilers compute alike."""
    space, found = function.__globals__, list(function.__code__.co_freevars)
    for name in sorted({str(i.argval) for i in get_instructions(function) if i.opname == "LOAD_GLOBAL"}):
        thing = space.get(name)
        ours = isinstance(thing, FunctionType) and thing.__module__ in family
        of_math = isinstance(thing, BuiltinFunctionType) and thing.__module__ == "math" and thing.__name__ in MATH
        of_python = name not in space and name in BUILTINS
        if not (ours or of_math or of_python or is_number(thing)):
            found.append(name)
    return found


def is_number(thing: object) -> bool:
    """Tell whether a constant is a number or a table of numbers."""
    return isinstance(thing, int | float) or (isinstance(thing, tuple) and all(is_number(x) for x in thing))


def functions_of(module: str) -> list[FunctionType]:
    """Give the functions that a module defines itself."""
    return [x for x in vars(import_module(module)).values() if isinstance(x, FunctionType) and x.__module__ == module]


@pytest.mark.parametrize("module", sorted({*KERNEL, *PLAIN}))
def test_compiled_functions_refer_only_to_each_other_to_numbers_and_to_what_is_computed_alike(module: str) -> None:
    family, outside = {*KERNEL, *PLAIN}, OUTSIDE.get(module, set())
    found = {f.__name__: foreign(f, family) for f in functions_of(module) if f.__name__ not in outside}
    assert {name: things for name, things in found.items() if things} == {}


def test_no_two_functions_of_the_kernel_have_one_name() -> None:
    """They are loaded into one flat namespace: the second would hide the first."""
    names = [f.__name__ for module in COMPILED for f in functions_of(module)]
    assert sorted(names) == sorted(set(names))


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
        "def f(x):\n    x **= 2\n    return x",
        "def f(x):\n    return pow(x, 2)",
        "def f(x):\n    return {y for y in x}",
        "def f(x):\n    return {y: y for y in x}",
        "def f(x):\n    return max(y for y in x)",
        "def f(x):\n    return max(*x, 0)",
        "def f(x):\n    return max(x, 1, key=f)",
        "def f(*, x):\n    return x",
        "def f(*x):\n    return x",
        "def f(**x):\n    return x",
        "def f(x):\n    yield x",
        "def f(x):\n    yield from x",
        "def f(x):\n    global y\n    y = x",
        "def f(x):\n    y = x\n    def g():\n        nonlocal y\n        y = 1\n    return g",
        "def f(x):\n    with x:\n        return 1",
        "def f(x):\n    raise ValueError",
        "def f(x):\n    return f'{x}'",
        "def f(x, y):\n    return x @ y",
        "def f(x):\n    return x != 0.5",
        "@cache\ndef f(x):\n    return x",
        "from numpy import exp",
        "import numpy.linalg as la",
        "from math import gamma",
        "from math import lgamma as g",
        "from math import fsum",
        "import math\ndef f(x):\n    return math.pow(x, 2)",
        "import math\ndef f(x):\n    return math.hypot(x, x)",
        "def f(x, np):\n    return np.power(x, 2)",
    ],
)
def test_the_check_sees_each_forbidden_form(text: str) -> None:
    assert faults(ast.parse(text), set())


def forbidden_builtin(x: list[int]) -> list[int]:
    return sorted(x)


def forbidden_math(x: float) -> float:
    return tan(x)


def forbidden_neighbour() -> str:
    return cleandoc("x")


def forbidden_constant(x: str) -> int:
    return NODE_LINES[x]


@pytest.mark.parametrize("function, name", [
    (forbidden_builtin, "sorted"), (forbidden_math, "tan"), (forbidden_neighbour, "cleandoc"), (forbidden_constant, "NODE_LINES"),
])  # fmt: skip
def test_the_check_sees_each_foreign_thing(function: FunctionType, name: str) -> None:
    assert foreign(function, set()) == [name]


def test_numpy_in_what_stands_in_is_seen() -> None:
    tree = ast.parse("import numpy as np\ndef f(x):\n    return np.exp(x)")
    assert taken_from_numpy(tree) == {"exp"}
