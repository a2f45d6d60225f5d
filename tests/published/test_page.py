"""`docs/published.md` says what comes out today: every table that is generated equals the stored one."""

from __future__ import annotations

import re

import pytest

from .page import PAGE, TABLES, render

pytestmark = pytest.mark.published


@pytest.mark.parametrize("name", TABLES)
def test_the_page_has_the_figures_of_today(name: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert render(page, [name]) == page, f"run python -m tests.published.page '{name}'"


def test_every_generated_table_of_the_page_has_a_case() -> None:
    found = set(re.findall(r"<!-- (.+): generated -->", PAGE.read_text(encoding="utf-8")))
    assert found == {*TABLES, "back-test"}  # that block is held by test_back_test.py
