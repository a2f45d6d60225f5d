"""What every test shares: the rule that each test says which kind it is."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

KINDS = ("unit", "property", "analytic", "engine", "directional", "published", "e2e")


@pytest.hookimpl(wrapper=True)
def pytest_pycollect_makeitem(collector: pytest.Collector) -> Generator[None, Any, Any]:
    """Fail the collection of a file with a test that has none of the marks; seen by parallel workers too."""
    made = yield
    for item in made if isinstance(made, list) else [made]:
        if isinstance(item, pytest.Item) and not any(item.get_closest_marker(kind) for kind in KINDS):
            raise collector.CollectError(f"{item.nodeid} has no kind; mark it with one of {', '.join(KINDS)}")
    return made
