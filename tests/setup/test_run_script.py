"""run.py: which environment it chooses, when it installs, and that it hands over faithfully. No network."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.unit
SOURCE = Path(__file__).parents[2] / "run.py"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of nothing but run.py and what decides an install, in a folder with å, ä, ö and a space."""
    root = tmp_path / "min mapp åäö"
    root.mkdir()
    shutil.copy(SOURCE, root)
    (root / "constraints.txt").write_text("numpy==2\n", encoding="utf-8")
    (root / "pyproject.toml").write_text(
        '[project]\ndependencies = ["pytest>=8"]\n[project.optional-dependencies]\ndev = ["finns-inte-alls>=1"]\n',
        encoding="utf-8",
    )
    return root


def load(root: Path) -> ModuleType:
    """Import the run.py of a checkout."""
    spec = importlib.util.spec_from_file_location("run_under_test", root / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Recorder:
    """A loaded run.py whose venv and pip are replaced by notes of what would have been done."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.module = load(root)
        self.done: list[Any] = []
        self.fails = False
        monkeypatch.setattr(self.module, "create", self._create)
        monkeypatch.setattr(self.module, "install", self._install)
        monkeypatch.setattr(self.module, "has_pip", lambda python: python.exists())
        monkeypatch.setattr(self.module, "installed_from_here", lambda: False)

    def _create(self, environment: Path) -> None:
        self.done.append("create")
        shutil.rmtree(environment, ignore_errors=True)
        python = self.module.interpreter(environment)
        python.parent.mkdir(parents=True)
        python.touch()

    def _install(self, _python: Path, *extras: str) -> None:
        self.done.append(("install", *extras))
        if self.fails:
            raise self.module.SetupError("Installationen misslyckades.")

    def prepare(self, extra: str | None = None) -> list[Any]:
        """Prepare once more and give what was done in that call."""
        self.done.clear()
        self.module.prepare(extra)
        return list(self.done)


@pytest.fixture
def run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    return Recorder(checkout, monkeypatch)


def test_the_first_run_makes_an_environment_and_the_second_only_uses_it(run: Recorder) -> None:
    assert run.prepare() == ["create", ("install",)]
    assert run.prepare() == []


def test_the_test_extra_is_added_once_and_kept(run: Recorder) -> None:
    run.prepare()
    assert run.prepare("dev") == [("install", "dev")]
    assert run.prepare() == []
    assert run.prepare("dev") == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_leads_to_a_new_install_with_the_same_extras(run: Recorder, checkout: Path, name: str) -> None:
    run.prepare("dev")
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert run.prepare() == [("install", "dev")]


def test_an_install_that_was_killed_half_way_is_made_again_from_the_start(run: Recorder) -> None:
    run.prepare()
    run.module.write_stamp({"pagar": True})
    assert run.prepare() == ["create", ("install",)]


def test_a_damaged_stamp_or_a_vanished_python_is_mended(run: Recorder) -> None:
    run.prepare()
    run.module.stamp().write_text("{", encoding="utf-8")
    assert run.prepare() == [("install",)]
    run.module.interpreter(run.module.ENVIRONMENT).unlink()
    assert run.prepare() == ["create", ("install",)]


def test_a_failed_install_ends_with_code_1_and_is_tried_again(run: Recorder, capsys: pytest.CaptureFixture[str]) -> None:
    run.fails = True
    assert run.module.main([]) == 1
    assert "Installationen misslyckades." in capsys.readouterr().err
    run.fails = False
    assert run.prepare() == [("install",)]


def test_an_interrupted_install_ends_with_code_130(run: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_python: Path, *_extras: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run.module, "install", interrupt)
    assert run.module.main([]) == 130
    monkeypatch.setattr(run.module, "install", run._install)
    assert run.prepare() == ["create", ("install",)]


def test_runs_at_the_same_time_install_once(run: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = threading.Event()
    go_on = threading.Event()

    def slow(_python: Path, *extras: str) -> None:
        run.done.append(("install", *extras))
        inside.set()
        assert go_on.wait(20)

    monkeypatch.setattr(run.module, "install", slow)
    first = threading.Thread(target=run.module.prepare, args=(None,))
    second = threading.Thread(target=run.module.prepare, args=(None,))
    first.start()
    assert inside.wait(20)
    second.start()
    second.join(0.3)
    assert second.is_alive(), "the second run must wait for the first"
    go_on.set()
    first.join(20)
    second.join(20)
    assert run.done == ["create", ("install",)]


def test_an_environment_where_it_is_installed_from_here_is_used_as_it_is(run: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.module, "installed_from_here", lambda: True)
    assert run.module.prepare(None) == Path(sys.executable)
    assert run.done == []


def test_such_an_environment_gets_what_the_tests_lack(run: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.module, "installed_from_here", lambda: True)
    assert run.prepare("dev") == [("install", "dev")]


def test_installed_from_here_means_editable_and_this_very_folder(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Distribution:
        def __init__(self, content: dict[str, Any] | None) -> None:
            self.content = content

        def read_text(self, _name: str) -> str | None:
            return None if self.content is None else json.dumps(self.content)

    plain = load(checkout)
    cases = [
        ({"url": checkout.as_uri(), "dir_info": {"editable": True}}, True),
        ({"url": checkout.as_uri(), "dir_info": {}}, False),
        ({"url": tmp_path.as_uri(), "dir_info": {"editable": True}}, False),
        (None, False),
    ]
    for content, expected in cases:
        monkeypatch.setattr(plain.importlib.metadata, "distribution", lambda _name, content=content: Distribution(content))
        assert plain.installed_from_here() is expected, content


def test_without_ensurepip_it_says_what_to_install(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load(checkout)
    monkeypatch.setattr(plain.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(plain.SetupError, match=r"apt install python3\.\d+-venv"):
        plain.create(checkout / ".venv")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in interpreter is a shell script")
def test_arguments_exit_code_and_folder_pass_through(run: Recorder, checkout: Path, tmp_path: Path) -> None:
    run.prepare("dev")
    python = run.module.interpreter(run.module.ENVIRONMENT)
    python.write_text('#!/bin/sh\necho "$PWD|$@"\nexit 7\n', encoding="utf-8")
    python.chmod(0o755)

    def start(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, str(checkout / "run.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, check=False)
        return done.returncode, done.stdout.strip()

    assert start("simulera", "två ord") == (7, f"{tmp_path}|-m kompetenssim simulera två ord")
    assert start("test", "-k", "x") == (7, f"{checkout}|-m pytest -n 2 --dist worksteal -k x")


def test_an_older_python_is_told_so_in_swedish() -> None:
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 7))
    code = f"import sys; sys.version_info = (3, 9, 2); exec(open({str(SOURCE)!r}, encoding='utf-8').read())"
    command = [sys.executable, "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "kräver Python 3.11 eller nyare, men det här är Python 3.9" in done.stderr
