"""F6: what each measure does to the agency cost, the largest on top, with the interval of its effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kompetenssim.forecast.contributions import SHAPLEY
from kompetenssim.present import text
from kompetenssim.present.contributions import COST, attribution, short
from kompetenssim.present.figures import theme
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20


def data(view: View) -> pd.DataFrame:
    """Give measure × {Shapley value, 80 % interval} in mkr a year, the largest values first."""
    import pandas as pd

    found = attribution(view)
    if found is None:
        return pd.DataFrame()
    effects = [(short(m.title), found.effect(m.key, SHAPLEY, COST)) for m in found.played if not m.late]
    effects.sort(key=lambda pair: (-abs(pair[1].mean), pair[0]))
    return pd.DataFrame([
        {"atgard": title, "hyrkostnad_mkr_per_ar": e.mean, "undre80": e.spread[0], "ovre80": e.spread[1], "mc_fel": e.mc_error,
         "slag": "dyrare" if e.mean > 0 else "billigare", "scenario": view.title(view.main), "ar": view.span}
        for title, e in effects[:SHOWN]])


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    largest = "; ".join(f"{r['atgard']} {text.number(r['hyrkostnad_mkr_per_ar'], 2, signed=True)}"
                        for r in frame.head(5).to_dict("records"))
    return (f"Åtgärdernas Shapley-bidrag till hyrkostnaden, mkr per år, medelvärde {frame['ar'].iloc[0]}, med 80 % intervall för "
            f"effekten där det går att skilja från slumpen. Störst: {largest}.")


def draw(frame: pd.DataFrame) -> str:
    """Draw horizontal bars from zero, the interval as a line over each."""
    import altair as alt

    y = alt.Y("atgard:N", sort=frame["atgard"].tolist(), title=None,
              axis=alt.Axis(domain=False, ticks=False, labelLimit=320, labelPadding=12))
    x = alt.X("hyrkostnad_mkr_per_ar:Q", title="mkr per år", axis=alt.Axis(format=",.1f", grid=True, titleAnchor="start"))
    colour = alt.Color("slag:N", legend=alt.Legend(), scale=alt.Scale(domain=["dyrare", "billigare"],
                                                                      range=[theme.REFERENCE, "#7fb7c9"]))
    bars = alt.Chart(frame).mark_bar(height=15).encode(y=y, x=x, color=colour)
    spread = alt.Chart(frame).mark_rule(color=theme.INK, strokeWidth=1.4).encode(y=y, x="undre80:Q", x2="ovre80:Q")
    zero = alt.Chart(frame.iloc[:1]).mark_rule(color=theme.INK, strokeWidth=1).encode(x=alt.datum(0))
    chart = alt.layer(bars, spread, zero).properties(width=560, height=26 * len(frame))
    return theme.svg(chart, title="Åtgärdernas bidrag till hyrkostnaden", description=caption(frame))
