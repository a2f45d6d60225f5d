"""Bounds checking sees the arrays behind a handle: without this, the run of the engines with NUMBA_BOUNDSCHECK=1 says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]

KERNEL = """\
def read(box, row, column):
    return box.table[row, column]


def write(box, row, column):
    box.table[row, column] = 1


def read_line(box, at):
    return box.line[at]
"""
CALLS = """\
import sys
import typing
import numpy as np
from kompetenssim.engine.handle import Handle
from kompetenssim.engine.loader import load

class Box(typing.NamedTuple):
    table: typing.Any
    line: typing.Any

box = Handle(Box(np.arange(6).reshape(2, 3), np.arange(4.0)))
kernel = load(["bounds_kernel"], ["read", "write", "read_line"])
assert kernel.read(box, 1, 2) == 5 and kernel.read_line(box, 3) == 3.0
caught = []
for name, at in (("read", (2, 0)), ("read", (0, 3)), ("write", (2, 2)), ("read_line", (4,)), ("read_line", (-5,))):
    try:
        getattr(kernel, name)(box, *at)
    except IndexError:
        caught.append(name)
print(*caught)
"""


def test_an_index_outside_an_array_behind_a_handle_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bounds_kernel.py").write_text(KERNEL, encoding="utf-8")
    env = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    env["KOMPETENSSIM_CACHE"] = str(tmp_path / "cache")
    done = subprocess.run([sys.executable, "-c", CALLS], env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["read", "read", "write", "read_line", "read_line"]
