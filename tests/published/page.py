"""Write the figures of `docs/published.md` from the cases: `python -m tests.published.page [name …]`; all of them by default."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from . import closed_forms, netherlands, skl_2018, wisn

PAGE = Path(__file__).parents[2] / "docs" / "published.md"

#: What writes the figures between `<!-- name: generated -->` and `<!-- end -->`.
TABLES: dict[str, Callable[[], str]] = {
    "netherlands 2009": cache(netherlands.table),
    "wisn": cache(wisn.table),
    "closed forms": cache(closed_forms.table),
    "skl 2018": cache(skl_2018.tables),
}


def render(page: str, names: Iterable[str] = tuple(TABLES)) -> str:
    """Give the page with the figures of today."""
    for name in names:
        block = re.compile(rf"(<!-- {re.escape(name)}: generated -->\n\n).*?(\n<!-- end -->)", re.DOTALL)
        figures = TABLES[name]()
        page, found = block.subn(lambda m, figures=figures: m[1] + figures + m[2], page)  # type: ignore[misc]
        if found != 1:
            raise ValueError(f"{PAGE.name} has no place for the figures: <!-- {name}: generated --> … <!-- end -->")
    return page


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8"), sys.argv[1:] or TABLES), encoding="utf-8")
