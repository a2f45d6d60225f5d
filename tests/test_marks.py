"""The rule of marks holds, seen from outside: pytest on a folder with an unmarked test."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import KINDS

pytestmark = pytest.mark.unit
HERE = Path(__file__).parent


def collect(folder: Path, test: str) -> subprocess.CompletedProcess[str]:
    """Collect one test file under the project's conftest and marks."""
    shutil.copy(HERE / "conftest.py", folder)
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n" + "".join(f"  {kind}: x\n" for kind in KINDS), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "--strict-markers", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=folder, check=False)


def test_an_unmarked_test_stops_the_collection_and_is_named(tmp_path: Path) -> None:
    done = collect(tmp_path, "def test_without_kind():\n    pass\n")
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "test_it.py::test_without_kind has no kind" in done.stdout + done.stderr


def test_a_mark_on_the_module_is_enough(tmp_path: Path) -> None:
    done = collect(tmp_path, "import pytest\npytestmark = pytest.mark.unit\ndef test_with_kind():\n    pass\n")
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr


def test_a_misspelt_mark_is_an_error(tmp_path: Path) -> None:
    done = collect(tmp_path, "import pytest\n@pytest.mark.untit\ndef test_x():\n    pass\n")
    assert done.returncode != pytest.ExitCode.OK


def test_pyproject_registers_the_same_kinds(pytestconfig: pytest.Config) -> None:
    registered = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(KINDS) <= registered
