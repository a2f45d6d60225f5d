"""Fixtures of the end-to-end tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.program import small_world


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A folder of its own with the small region in `scenarios/`."""
    return small_world(tmp_path)
