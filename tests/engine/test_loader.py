"""Compiled code is stored for the next process, follows every edit, and does without a folder it cannot use."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import kompetenssim

pytestmark = pytest.mark.engine
PACKAGE = Path(kompetenssim.__file__).parent

RULE = "PART = 2\n\n\ndef share(x: int) -> int:\n    return x // PART\n"
KERNEL = "from small.rules import share\n\n\ndef run(x: int) -> int:\n    return share(x) + 1\n"
PROGRAM = """
from kompetenssim.engine.loader import compile_for, is_compiled, load, settle_cache
found = load(("small.rules", "small.kernel"), ("run",))
before = is_compiled(found.run)
compile_for(found.run, (1,))
print(sorted(vars(found)), before, found.run(10))
"""


def say(folder: Path, program: str = PROGRAM, **environment: str) -> str:
    """Run a program in a new process that sees a folder's modules, with its own cache unless told otherwise."""
    env = {**os.environ, "KOMPETENSSIM_CACHE": str(folder / "cache"), "PYTHONPATH": f"{folder}{os.pathsep}{PACKAGE.parent}",
           **environment}
    done = subprocess.run([sys.executable, "-B", "-c", program], env=env, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Write a package of one rule and one kernel."""
    (tmp_path / "small").mkdir()
    for name, text in {"__init__": "", "rules": RULE, "kernel": KERNEL}.items():
        (tmp_path / "small" / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def test_only_entries_are_given_and_the_next_process_compiles_nothing(small: Path) -> None:
    assert say(small) == "['run'] False 6"
    assert say(small) == "['run'] True 6"


@pytest.mark.parametrize(("old", "new", "result"), [("PART = 2", "PART = 5", 3), ("x // PART", "x * PART", 21)])
def test_editing_one_line_of_a_rule_compiles_again(small: Path, old: str, new: str, result: int) -> None:
    say(small)
    rule = small / "small" / "rules.py"
    before = rule.stat()
    rule.write_text(RULE.replace(old, new), encoding="utf-8")
    os.utime(rule, ns=(before.st_atime_ns, before.st_mtime_ns))  # not even the time tells
    assert say(small) == f"['run'] False {result}"
    rule.write_text(RULE, encoding="utf-8")
    assert say(small) == "['run'] True 6"


@pytest.mark.parametrize("edited", ["model/rules.py", "model/keyed.py", "engine/world.py", "engine/wrapped.py",
                                    "engine/loader.py", "engine/handle_type.py", "engine/compiled/state.py"])
def test_the_cache_of_the_engine_depends_on_every_source(tmp_path: Path, edited: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "kompetenssim", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "from kompetenssim.engine.compiled import KERNEL, REPLACING\n"
        "from kompetenssim.engine.loader import folder_of\n"
        "print(folder_of(KERNEL, REPLACING))"
    )
    before = say(tmp_path, program)
    assert Path(before).parent == tmp_path / "cache" and say(tmp_path, program) == before
    with (tmp_path / "kompetenssim" / edited).open("a", encoding="utf-8") as source:
        source.write("\n# edited\n")
    assert say(tmp_path, program) != before


def test_a_stored_file_that_was_cut_short_is_made_again(small: Path) -> None:
    say(small)
    stored = [f for f in (small / "cache").rglob("*.nb?") if f.is_file()]
    assert stored
    for length in (0, 40):
        for file in stored:
            file.write_bytes(file.read_bytes()[:length])
        assert say(small).endswith(" 6")
    assert say(small) == "['run'] True 6"


def test_a_cache_that_cannot_be_written_is_replaced_by_a_folder_that_the_process_removes(small: Path) -> None:
    (small / "cache").write_text("not a folder", encoding="utf-8")
    program = """
import os
from kompetenssim.engine.loader import settle_cache
print(settle_cache(), os.environ["KOMPETENSSIM_CACHE"])
"""
    said = say(small, f"{program}\n{PROGRAM}").splitlines()
    why, _, instead = said[0].rpartition(" ")
    assert why.startswith(f"{small / 'cache'}: ") and said[1] == "['run'] False 6"
    assert instead != str(small / "cache") and not Path(instead).exists()


def test_without_compilation_the_same_source_runs_as_it_stands(small: Path) -> None:
    assert say(small, NUMBA_DISABLE_JIT="1") == "['run'] True 6"
    assert not list((small / "cache").rglob("*.nb?"))


def test_the_parent_says_once_that_it_compiles_and_what_is_wrong_with_the_cache(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from kompetenssim.engine import compiled, loader

    class Engine:
        """Stands for an engine whose functions are already compiled or not."""

        def calls(self) -> list[tuple[object, tuple[int]]]:
            """Give one function."""
            return [(self, (1,))]

    made: list[object] = []
    stored = False
    monkeypatch.setattr(compiled, "engine_of", lambda template: Engine())
    monkeypatch.setattr(loader, "is_compiled", lambda function: stored)
    monkeypatch.setattr(loader, "compile_for", lambda function, arguments: made.append(arguments))
    monkeypatch.setattr(loader, "settle_cache", lambda: None)
    compiled.prepare(None)  # type: ignore[arg-type]  # the engine is not a real one
    assert [re.sub(" .*", "", r.message) for r in caplog.records] == ["Översätter"]
    stored = True
    compiled.prepare(None)  # type: ignore[arg-type]  # the engine is not a real one
    assert len(caplog.records) == 1 and made == [(1,), (1,)]
    monkeypatch.setattr(loader, "settle_cache", lambda: "/nowhere: read-only")
    compiled.prepare(None)  # type: ignore[arg-type]  # the engine is not a real one
    assert "kan inte sparas i /nowhere: read-only" in caplog.records[-1].message
