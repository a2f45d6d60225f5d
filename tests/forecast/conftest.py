"""Templates made for tests have no start state: what it would say of applicants is then nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kompetenssim.model import inputs
from kompetenssim.model.start_state import PARTS
from tests.forecast.fakes import FakeTemplate


@pytest.fixture(autouse=True, scope="module")
def no_start_state() -> Iterator[None]:
    """Give fake templates an empty stream of applicants; real ones are filled as ever."""
    real = inputs.fill

    def fill(template: Any, theta: Any) -> Any:
        if isinstance(template, FakeTemplate):
            return SimpleNamespace(arrivals_parts=[[0.0] * len(PARTS) for _ in template.groups])
        return real(template, theta)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "fill", fill)
        yield
