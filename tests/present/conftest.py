"""Made-up runs shared by the tests of tables, figures and pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from kompetenssim.forecast.results import Results
from kompetenssim.present.view import View
from tests.present.fakes import make_run


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A comparison of two scenarios, July 2023 to June 2026."""
    return make_run(tmp_path_factory.mktemp("jamfor") / "korning")


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A forecast of one scenario without reference."""
    return make_run(tmp_path_factory.mktemp("simulera") / "korning", scenarios=("slk_2023",), reference=None, end=2025)


@pytest.fixture(scope="session")
def view(compared: Results) -> View:
    """The comparison, seen."""
    return View(compared)


@pytest.fixture(scope="session")
def written(compared: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with everything a person looks at, from the comparison."""
    from kompetenssim.present import write_all

    folder = tmp_path_factory.mktemp("presenterad")
    write_all(compared, folder)
    return folder
