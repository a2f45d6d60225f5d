"""A calibration in a terminal, about one screen: the verdict, the parameters, the control period, the skill."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from kompetenssim.present.calibration import check_tables, control_tables, verdict
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.tables import t08_kalibrering
from kompetenssim.present.tables.form import Cell, Table
from kompetenssim.present.terminal import WIDTH, render, width

if TYPE_CHECKING:
    from rich.console import Console

    from kompetenssim.calibration.store import Calibration

PARAMETERS = {"Storhet": "Parameter", "Före data: median": "Före\ndata", "Efter data: median": "Efter\ndata",
              "Efter data: 80 % intervall": "80 % intervall", "Kontraktion": "Kontrak-\ntion", "Fel i kontraktionen": "±\nfel",
              "Omdöme": "Omdöme"}
BEFORE = {"Avser": "Antaganden som inte höll,\nföre anpassningen", "Antagandena säger: median": "Median",
          "90 % intervall": "90 % intervall", "Ska stämma med": "Ska stämma\nmed"}
LINES = {"Rad": "Kontrollperioden, mkr", "": "", "Utfall": "Utfall", "Prognos, medel": "Prognos", "80 % intervall": "80 % "
                                                                                                                    "intervall",
         "80 %-inter\u00advallet": "Inom?", "Riktning": "Riktning"}
SKILLS = {"Prognos": "Prognos", "Modellens skicklighet mot den": "Modellens\nskicklighet", "Summans fel, "
                                                                                           "mkr": "Summans\nfel, mkr",
          "Rader inom 80 %": "Rader inom\n80 %"}


def show_in_terminal(calibration: Calibration, console: Console | None = None) -> None:
    """Print to the console, or to standard output as wide as the terminal, at most 100 columns."""
    from rich.console import Console

    found = Findings(calibration)
    out = console or Console(width=width(), highlight=False)
    warning = verdict.banner(found)
    if warning:
        out.print(warning, style="bold", markup=False)
    out.print(verdict.lead(found), style="dim", markup=False)
    out.print()
    for sentence in (*verdict.verdict(found), *(s for s in verdict.evaluations(found) if s.failed)):
        out.print(f"{'!' if sentence.failed else '·'} {sentence.text}", markup=False)
    for table, headings in _tables(found):
        out.print()
        out.print(render(table, table.sections[0], list(headings.values()), room=min(out.width, WIDTH)))
    out.print()
    page = calibration.folder / "rapport.html"
    said = f"Rapport: {page}" if page.is_file() else f"Rapporten saknas; skriv den med: kompetenssim rapport {calibration.folder}"
    out.print(said, markup=False, soft_wrap=True)


def _tables(found: Findings) -> list[tuple[Table, dict[str, str]]]:
    parameters = t08_kalibrering.table(found.parameters, ())
    prior = check_tables.prior_checks(found)
    made = [(_only(prior, BEFORE), BEFORE)] if prior is not None and prior.sections[0].rows else []
    made.append((_only(parameters, PARAMETERS), PARAMETERS))
    held, naive = control_tables.control(found), control_tables.naive(found)
    if held is not None and held.sections[0].rows:
        before = held.columns[1].heading
        headings = {key or before: name or before for key, name in LINES.items()}
        made.append((_only(held, headings), headings))
    if naive is not None:
        made.append((_only(naive, SKILLS), SKILLS))
    return made


def _only(table: Table, headings: Mapping[str, str]) -> Table:
    """Keep the first section, the columns that have one of the headings, and the first words of a judgement."""
    kept = [k for k, column in enumerate(table.columns) if column.heading in headings]
    first = table.sections[0]
    rows = tuple(replace(row, cells=tuple(_brief(row.cells[k], table.columns[k].heading) for k in kept)) for row in first.rows)
    return replace(table, columns=tuple(table.columns[k] for k in kept), sections=(replace(first, rows=rows),))


def _brief(cell: Cell, heading: str) -> Cell:
    """Give `rätt` or `fel` of a direction and `ej identifierad` of a parameter; the sentences above say the rest."""
    return re.split("[:,;]", cell)[0] if isinstance(cell, str) and heading in ("Riktning", "Omdöme") else cell
