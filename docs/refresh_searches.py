"""Refresh what the handbook says of the searches that come with the program, from their finished folders.

    python run.py sok sok_st_oberoende_2031     (and the other scenarios/rjh/sok_*.yaml)
    python docs/refresh_searches.py resultat/sok_…  resultat/sok_…
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import kompetenssim as ks
from kompetenssim.present.search import method, remarks, sentence

PAGE = Path(__file__).resolve().parent / "handbok.md"
BLOCK = re.compile(r"(<!-- sökningar: generated -->\n).*?(<!-- end -->)", re.DOTALL)


def entry(folder: Path) -> str:
    """Give the command, the answer and how it was found."""
    stored = ks.open_search(folder)
    asked, scenario = stored.asked, stored.manifest["scenario"]
    said = " ".join([sentence(stored), *remarks(stored), method(stored)])
    return f"* **`sok {asked['nyckel']}`** (scenario `{scenario['nyckel']}`): {said}\n"


def main(folders: list[Path]) -> None:
    """Rewrite the block, in the order of the folders."""
    entries = "".join(entry(folder) for folder in folders)
    text, found = BLOCK.subn(lambda m: f"{m[1]}\n{entries}\n{m[2]}", PAGE.read_text(encoding="utf-8"))
    if found != 1:
        raise SystemExit("the handbook has no block to refresh")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
