"""The target table and the headline comparison in a terminal: at most 100 columns, plain text when piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.forecast.contributions import FIRST_IN, SHAPLEY
from kompetenssim.present import contributions, headline, text
from kompetenssim.present.contributions import COST
from kompetenssim.present.report import banner, banner_why, not_identified
from kompetenssim.present.run_warnings import run_warnings, told_once
from kompetenssim.present.tables import t02_maluppfyllelse, t13_atgardslage
from kompetenssim.present.tables.form import Section, Table, cell_text, form_of, plain
from kompetenssim.present.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table as RichTable

    from kompetenssim.forecast.results import Results

WIDTH = 100
LARGEST = 12  # measures shown; the table T3 has all
ROOMY = 98  # columns; a narrower terminal gets shorter headings and gaps

#: Headings that fit a terminal, by how the full heading begins; a line break is kept.
SHORT = (
    ("Förändring mellan", "Föränd-\nring"),
    ("Förändring i %", "Föränd-\nring %"),
    ("Avvikelse mot mål i %", "Avvi-\nkelse %"),
    ("Avvikelse mot mål", "Avvi-\nkelse"),
    ("P(mål", "P(mål\nnått)"),
    ("Första månad", "Varaktigt\nnått från"),
    ("Mål (max)", "Mål\n(max)"),
    ("80 % intervall", "80 % intervall\nför effekten"),
    ("Monte Carlo", "Monte\nCarlo-fel"),
    ("Med åtgärd", "Med åt-\ngärderna"),
)
#: First headings of the targets beside the agency cost: they may be floors, so not "(max)".
OTHER_TARGETS = ("Mål", "Gräns")
NARROW = (
    ("Förändring mellan", "Änd-\nring"),
    ("Förändring i %", "Änd-\nring\n%"),
    ("Avvikelse mot mål i %", "Avvi-\nkelse\n%"),
    ("Första månad", "Nått\nfrån"),
    ("80 % intervall", "80 % intervall"),
    *SHORT,
)


def show(results: Results, console: Console | None = None) -> None:
    """Print banner, T2 of the main scenario, the comparison and the headline of a run.

    Without a console it writes to standard output, 100 columns wide or as wide as a narrower terminal; colours only
    on a terminal.
    """
    from rich.console import Console

    view = View(results)
    out = console or Console(width=width(), highlight=False)
    warning = banner(view)
    if warning:
        out.print(f"[bold]{warning}[/bold]")
        out.print(banner_why(view), style="dim", markup=False)
    compared = headline.comparison(view)
    tables = [(t02_maluppfyllelse.build(view), 2), *([(compared, 1)] if compared is not None else [])]
    for table, sections in tables:
        for number, section in enumerate(table.shown[:sections]):
            out.print()
            out.print(section.title, style="bold", markup=False)
            out.print(render(table, section, OTHER_TARGETS if number else (table.columns[0].heading,), room=out.width))
    found = contributions.attribution(view)
    if found is not None:
        out.print()
        out.print(f"Åtgärdernas bidrag till hyrkostnaden, mkr per år, medel {view.span}", style="bold")
        out.print(_contributed(found))
    out.print()
    if found is not None:
        out.print(contributions.paragraph(found), markup=False)
        remark = contributions.precision_remark(found)
        if remark:
            out.print(remark, markup=False)
    for sentence in (headline.paragraph(view), headline.few_draws(view)):
        if sentence:
            out.print(sentence, markup=False)
    for told, scenarios in told_once(run_warnings(view)):
        place = f" ({told.file}, rad {told.line})" if told.line else ""
        out.print(f"Varning, {text.listed([view.title(s) for s in scenarios])}: {told.text}{place}", markup=False)
    if view.reference is not None:
        out.print(headline.condition(view), style="dim", markup=False)
    for sentence in not_identified(view):
        out.print(sentence, style="dim", markup=False)
    remark = headline.level_remark(view) if warning else None
    if remark:
        out.print(remark, style="dim", markup=False)
    states = t13_atgardslage.counts(view, view.main)
    if sum(states.values()):
        said = ", ".join(f"{state.lower()} {n}" for state, n in states.items())
        out.print(f"Åtgärdsläge: {said} (T13).", style="dim", markup=False)
    out.print(headline.plan_line(view), style="dim", markup=False)


def _contributed(found: contributions.Attribution) -> RichTable:
    """Make the table of contributions to the agency cost, the largest ones: Shapley value, interval, and first in."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    form = contributions.INDICATORS[COST].format
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for name in ("Åtgärd", "Shapley", "80 % intervall", "Monte\nCarlo-fel", "Först in"):
        shown.add_column(Text(name), justify="left" if name == "Åtgärd" else "right", vertical="bottom", no_wrap=name != "Åtgärd")
    ranked = found.ranked(COST)
    value = {m.key: abs(found.effect(m.key, SHAPLEY, COST).mean) for m in ranked}
    large = set(sorted(value, key=lambda key: (-value[key], key))[:LARGEST])
    rows = [(m.title, found.effect(m.key, SHAPLEY, COST),
             found.effect(m.key, FIRST_IN, COST)) for m in ranked if m.key in large]
    joint, together = found.joint(COST), found.interaction(COST)
    for title, shapley, first in (*rows, ("Alla åtgärder tillsammans", joint, None), ("Samspel", together, None)):
        shown.add_row(Text(title), text.formatted(shapley.mean, form), text.interval(*shapley.spread, form),
                      text.fine(shapley.mc_error, text.Format(2)), "" if first is None else text.formatted(first.mean, form),
                      style="bold" if shapley is joint else "")
    return shown


def width() -> int:
    """Give the width to print in: that of the terminal, at most 100; 100 when piped."""
    import shutil
    import sys

    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns) if sys.stdout.isatty() else WIDTH


def render(table: Table, section: Section, leading: Sequence[str], *, room: int = WIDTH) -> RichTable:
    """Make a rich table of one section: numbers unbroken, the first column takes what is left of the width.

    `leading` are the headings of the first columns, where they are not those of the table.
    """
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    lines = [
        [text.short_month(cell_text(cell, form_of(column, row))) for cell, column in zip(row.cells, table.columns, strict=True)]
        for row in section.rows
    ]
    names, gap = (SHORT, 2) if room >= ROOMY else (NARROW, 1)
    headings = [
        next((short for start, short in names if column.heading.startswith(start)), plain(column.heading))
        for column in table.columns
    ]
    headings[: len(leading)] = leading
    widths = [
        max(len(part) for text_ in (heading, *cells) for part in text_.split("\n"))
        for heading, *cells in zip(headings, *lines, strict=True)
    ]
    widths[0] += 2 * max(row.level for row in section.rows)
    gap = 1 if sum(widths) + gap * (len(widths) - 1) > room else gap
    widths[0] = min(widths[0], room - sum(widths[1:]) - gap * len(widths[1:]))
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, gap - 1, 0, 0), show_edge=False)
    for position, (column, heading, width) in enumerate(zip(table.columns, headings, widths, strict=True)):
        shown.add_column(
            Text(heading), justify="left" if column.words else "right", vertical="bottom", width=width, no_wrap=position > 0,
            overflow="fold",
        )
    for row, (name, *rest) in zip(section.rows, lines, strict=True):
        style = "bold" if row.strong else ""
        shown.add_row(Text("  " * row.level + name, style=style), *(Text(c, style=style) for c in rest))
    return shown
