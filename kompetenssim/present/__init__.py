"""What people look at: tables, figures, the report, the terminal. Nothing here computes a result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kompetenssim.forecast.results import Results


def write_all(results: Results, folder: Path) -> None:
    """Write `tabeller/`, `figurer/` and `rapport.html` of a run into a folder.

    Serves as a hook when a run is saved, and to write the report again from a stored run: the same results
    give the same files.
    """
    from kompetenssim.present import headline, measures, report
    from kompetenssim.present.figures import write_figures
    from kompetenssim.present.tables import CALIBRATED, OPTIONAL, REVIEWED, TABLES, write_csv
    from kompetenssim.present.tables.t09_bemanningsordning import build_monthly
    from kompetenssim.present.view import View

    view = View(results)
    built = {key: build(view) for key, build in TABLES.items()}
    optional = {"J": headline.comparison(view), "A": measures.build(view),
                **{k: make(view) for k, make in (OPTIONAL | CALIBRATED | REVIEWED).items()}}
    built |= {key: table for key, table in optional.items() if table is not None}
    (folder / "tabeller").mkdir(parents=True, exist_ok=True)
    for table in (*built.values(), build_monthly(view)):
        write_csv(table, folder / "tabeller" / table.file_name)
    drawn = write_figures(view, folder / "figurer")
    (folder / "rapport.html").write_text(report.html(view, built, drawn), encoding="utf-8", newline="\n")
