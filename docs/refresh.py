"""Refresh what README shows of the main job: the excerpt of the terminal and the picture of the report.

    python run.py && python docs/refresh.py resultat/slk_2023_mot_nollalternativ-<id>

The excerpt is what the program prints for a stored run; the picture needs Chromium and is left alone without one.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

import kompetenssim as ks
from kompetenssim.present import terminal

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(```text\n)EJ KALIBRERAD.*?(```\n)", re.DOTALL)
SHOWN = ("Inhyrd personal", "mot Nollalternativ")


def excerpt(folder: Path) -> str:
    """Give the banner and the two tables a reader looks for, as printed at a width of 100."""
    page = io.StringIO()
    terminal.show(ks.open_run(folder).results, Console(file=page, width=100, color_system=None))
    blocks = [[line.rstrip() for line in block.splitlines()] for block in page.getvalue().strip().split("\n\n")]
    tables = [block for block in blocks if any("─" in line for line in block)]
    kept = [block for block in tables if any(word in "\n".join(block[:2]) for word in SHOWN)]
    return "\n".join([blocks[0][0], "…", *(line for block in kept for line in [*block, "", "…"])][:-2]) + "\n"


def picture(folder: Path) -> None:
    """Photograph the top of the report."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("no Chromium: the picture is left as it is")
        return
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    target = ROOT / "docs" / "bilder" / "rapport.png"
    subprocess.run([browser, *flags, "--window-size=1280,860", f"--screenshot={target}", (folder / "rapport.html").as_uri()],
                   check=True, capture_output=True)


def main(folder: Path) -> None:
    """Rewrite the excerpt and the picture from a finished run of the main job."""
    readme = ROOT / "README.md"
    text, found = BLOCK.subn(lambda m: m[1] + excerpt(folder) + m[2], readme.read_text(encoding="utf-8"))
    if found != 1:
        raise SystemExit("README has no excerpt to refresh")
    readme.write_text(text, encoding="utf-8")
    picture(folder.resolve())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
