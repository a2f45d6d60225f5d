"""What people look at of a calibration: tables, figures, the page and the terminal. Nothing here fits or simulates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from kompetenssim.calibration.store import Calibration


def write_all(calibration: Calibration, folder: Path) -> None:
    """Write `tabeller/`, `figurer/` and `rapport.html` of a calibration into a folder.

    Serves as a hook when a calibration is stored, and to write the page again: the same calibration gives the same files.
    """
    from kompetenssim.present.calibration import page
    from kompetenssim.present.calibration.contents import figures, pages, tables
    from kompetenssim.present.calibration.findings import Findings
    from kompetenssim.present.figures import write_kinds
    from kompetenssim.present.tables import write_csv

    found = Findings(calibration)
    built = tables(found)
    (folder / "tabeller").mkdir(parents=True, exist_ok=True)
    for table in built.values():
        write_csv(table, folder / "tabeller" / table.file_name)
    drawn = write_kinds(figures(), found, folder / "figurer")
    (folder / "rapport.html").write_text(page.html(found, pages(built), drawn), encoding="utf-8", newline="\n")


def show(calibration: Calibration, console: Console | None = None) -> None:
    """Print the verdict, the parameters, the control period, the skill, and where the page lies."""
    from kompetenssim.present.calibration.terminal import show_in_terminal

    show_in_terminal(calibration, console)
