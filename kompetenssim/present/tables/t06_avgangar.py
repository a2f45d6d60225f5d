"""T6 avgångar: who leaves and why, by year, group, age and tenure; internal moves beside."""

from __future__ import annotations

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.tables.form import HIDDEN, Cell, Column, Row, Section, Table
from kompetenssim.present.view import ALL, View

CAUSES = (
    ("Till annan arbetsgivare", "avgangar_externa"), ("Till hyrbolag", "avgangar_hyrbolag"), ("Pension", "avgangar_pension"),
    ("Visstid slut", "avgangar_visstid"), ("Övriga", "avgangar_ovriga"), ("Summa", "avgangar_totalt"),
)
INSIDE = (("Internt byte", "interna_ut"), ("Byte av yrkesgrupp", "gruppbyten_ut"))


def build(view: View) -> Table:
    """Build T6: exits per year and group from the summary, by age and tenure from the run's own count."""
    columns = (Column("Indelning", words=True, wide=True), *(Column(h, text.DECIMAL) for h, _ in (*CAUSES, *INSIDE)))
    sections: list[Section] = []
    for scenario in view.scenarios:
        shown = scenario == view.main
        years = tuple(Row((view.year_title(y), *_summary(view, scenario, (y,), ALL))) for y in view.years)
        sections.append(Section("Per år", years, keys=(scenario, "Per år"), shown=shown))
        span = view.span
        rows = tuple(
            Row((view.title(g), *([HIDDEN] * (len(columns) - 1))) if view.hidden(group=g)
                else (view.title(g), *_summary(view, scenario, view.full_years, g)), strong=g == ALL)
            for g in (*view.groups, ALL)
        )
        sections.append(
            Section(f"Per yrkesgrupp, medeltal per år {span}", rows, keys=(scenario, "Per yrkesgrupp och år"), shown=shown)
        )
        for key, heading in (("alder", "Efter ålder"), ("anstallningstid", "Efter anställningstid")):
            sections.append(Section(f"{heading}, medeltal per år {span}", _bands(view, scenario, key),
                                    keys=(scenario, heading), shown=shown))
    return Table(
        "T6",
        "avgangar",
        "Avgångar efter orsak",
        columns,
        tuple(sections),
        keys=("Scenario", "Avsnitt"),
        notes=(
            *view.only_main_note,
            "Medelvärden, antal personer. Orsakerna utesluter varandra och summerar till alla avgångar ur regionen. "
            "Interna byten står bredvid: personen är kvar i regionen.",
            *view.partial_note,
        ),
    )


def _summary(view: View, scenario: str, years: tuple[str, ...], group: str) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for _, indicator in (*CAUSES, *INSIDE):
        found = [view.mean(scenario, indicator, y, group=group) for y in years]
        known = [v for v in found if v is not None]
        cells.append(sum(known) / len(known) if known else None)
    return tuple(cells)


def _bands(view: View, scenario: str, key: str) -> tuple[Row, ...]:
    """Count exits per class of age or tenure, mean per full year."""
    rows = [r for r in view.evidence("avgangar") if r["scenario"] == scenario and r["ar"] in view.full_years]
    counts: dict[str, dict[str, float]] = {}
    for r in rows:
        of_band = counts.setdefault(r[key], {})
        of_band[r["orsak"]] = of_band.get(r["orsak"], 0.0) + number(r["medelvarde"]) / len(view.full_years)
    causes = [indicator for _, indicator in CAUSES[:-1]]
    return tuple(
        Row((_band_title(band), *(counts[band].get(c, 0.0) for c in causes), sum(counts[band].values()), None, None))
        for band in sorted(counts, key=_lower_limit)
    )


def _lower_limit(band: str) -> int:
    return int(band.partition("-")[0])


def _band_title(band: str) -> str:
    low, _, high = band.partition("-")
    return f"{low}–{high} år" if high else f"{low} år och mer"
