"""The figure of the control period: per line what was forecast, with the known events and without, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.figures import theme

if TYPE_CHECKING:
    import pandas as pd


def data(found: Findings) -> pd.DataFrame:
    """Give line × variant: intervals, outcome and the last figure before; empty without a control period."""
    import pandas as pd

    rows = []
    for line in sorted(found.every_line, key=lambda line: line.record["raknas"] != "ja" and not line.total):
        indicator = line.record["indikator"]
        scale = 100.0 if indicator in REGISTER and REGISTER[indicator].unit == "andel" else 1.0
        rows.append({
            "rad": line.title, "enhet": words.unit(indicator), "variant": line.variant,
            **{name: scale * line[name] for name in ("undre95", "undre80", "undre50", "ovre50", "ovre80", "ovre95", "utfall")},
            "fore": scale * line.before, "fore_tid": line.record["fore_tid"], "tid": line.record["tid"],
            "inom80": line.record["inom80"], "roll": "räknas" if line.counted else "summa" if line.total else "jämförs bara"})
    return pd.DataFrame(rows)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    first = frame["variant"].iloc[0]
    told = [f"{r['rad']}: utfall {text.number(r['utfall'], 1)}, 80 % intervall {text.interval(r['undre80'], r['ovre80'])}"
            for r in frame[(frame["variant"] == first) & (frame["roll"] != "jämförs bara")].to_dict("records")]
    before = next((str(int(float(t))) for t in frame["fore_tid"].dropna() if str(t)), "")
    tick = f", lodrätt streck = {before} års nivå" if before else ""
    return (f"Kontrollperioden {str(frame['tid'].iloc[0])[:4]}. Tunn linje = 95 %, medeltjock = 80 % och tjock = 50 % intervall; "
            f"punkt = utfall{tick}. Skalan är egen för varje rad. {'; '.join(told)}.")


def draw(frame: pd.DataFrame) -> str:
    """Draw one panel per line, the variants under each other."""
    import altair as alt

    panels = [_panel(alt, part, f"{name}, {part['enhet'].iloc[0]}")
              for name, part in frame.groupby("rad", sort=False)]
    chart = alt.concat(*panels, columns=2, spacing={"row": 26, "column": 60}).resolve_scale(color="shared")
    return theme.svg(chart, title="Kontrollperioden: prognos och utfall", description=caption(frame))


def _panel(alt: Any, frame: pd.DataFrame, title: str) -> Any:
    variants = list(dict.fromkeys(frame["variant"]))
    scale = alt.Scale(domain=variants, range=[theme.MAIN, theme.REFERENCE][: len(variants)])
    colour = alt.Color("variant:N", scale=scale, legend=None)
    y = alt.Y("variant:N", sort=variants, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=180, grid=False))
    axis = alt.Axis(title=None, grid=True, tickCount=5, format=",~f")
    base = alt.Chart(frame).encode(y=y, color=colour)

    def rule(level: int, width: float, opacity: float) -> Any:
        x = alt.X(f"undre{level}:Q", axis=axis, scale=alt.Scale(domainMin=0, zero=True))
        return base.mark_rule(strokeWidth=width, opacity=opacity).encode(x=x, x2=f"ovre{level}:Q")

    outcome = base.mark_point(filled=True, size=80, opacity=1).encode(x="utfall:Q", color=alt.value(theme.INK))
    before = base.mark_tick(thickness=2, size=20).encode(x="fore:Q", color=alt.value(theme.TARGET))
    intervals = (rule(95, 1.4, 1.0), rule(80, 5, 0.55), rule(50, 10, 0.8))
    marks = (outcome,) if frame["fore"].isna().all() else (before, outcome)
    return alt.layer(*intervals, *marks).properties(width=330, height=64, title=title)
