"""F4: net cost against unmet hours, one point per measure, with the frontier of those that nothing beats."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from kompetenssim.forecast.contributions import SHAPLEY
from kompetenssim.present import text
from kompetenssim.present.contributions import NET, UNMET, attribution, short
from kompetenssim.present.figures import theme
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

HEIGHT_PX, LABEL_PX = 420, 13
NAMED = 4  # measures named in the figure beside those of the frontier


def data(view: View) -> pd.DataFrame:
    """Give measure × {avoided unmet hours, net cost} with 80 % intervals, a year; those that graduate too late are left out."""
    import pandas as pd

    found = attribution(view)
    if found is None:
        return pd.DataFrame()
    ranked = [m for m in found.ranked(NET) if not m.late]
    cost, unmet = ({m.key: found.effect(m.key, SHAPLEY, name) for m in ranked} for name in (NET, UNMET))
    size = {key: math.hypot(cost[key].mean, unmet[key].mean / 1000.0) for key in cost}
    large = set(sorted(size, key=lambda key: (-size[key], key))[:NAMED])
    rows = []
    for m in ranked:
        c, u = cost[m.key], unmet[m.key]
        beaten = any(cost[k].mean <= c.mean and unmet[k].mean <= u.mean for k in cost if k != m.key)
        rows.append({
            "atgard": short(m.title), "undvikna_timmar_per_ar": -u.mean, "timmar_undre": -u.spread[1],
            "timmar_ovre": -u.spread[0], "nettokostnad_mkr_per_ar": c.mean, "mkr_undre": c.spread[0], "mkr_ovre": c.spread[1],
            "front": "nej" if beaten else "ja", "namn": short(m.title) if m.key in large or not beaten else "",
            "scenario": view.title(view.main), "ar": view.span})
    return pd.DataFrame(rows)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    front = text.listed([str(name) for name in frame.loc[frame["front"] == "ja", "atgard"]])
    return (f"Nettokostnad mot undvikna obemannade timmar per år, Shapley-bidrag, medelvärde {frame['ar'].iloc[0]}, med 80 % "
            f"intervall. Nedåt är billigare, åt höger är mer bemannat. Ingen annan enskild åtgärd är bättre på båda än: {front}.")


def apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the named points with the height of their labels, raised where one would be written over another."""
    named = frame[frame["namn"].fillna("") != ""].sort_values(["nettokostnad_mkr_per_ar", "undvikna_timmar_per_ar"])
    line = LABEL_PX / HEIGHT_PX * (frame["mkr_ovre"].max() - frame["mkr_undre"].min())
    heights: list[float] = []
    for cost in named["nettokostnad_mkr_per_ar"]:
        heights.append(max(cost, heights[-1] + line) if heights else cost)
    return named.assign(skylt_mkr=heights)


def draw(frame: pd.DataFrame) -> str:
    """Draw points with bars and the frontier as a line."""
    import altair as alt

    x = alt.X("undvikna_timmar_per_ar:Q", title="undvikna obemannade timmar per år",
              axis=alt.Axis(format=",.0f", grid=True, titleAnchor="start", tickCount=7), scale=alt.Scale(zero=True, nice=True))
    y = alt.Y("nettokostnad_mkr_per_ar:Q", title="nettokostnad, mkr per år", axis=alt.Axis(format=",.1f"),
              scale=alt.Scale(zero=True, nice=True))
    base = alt.Chart(frame)
    across = base.mark_rule(color=theme.MUTED, opacity=0.5).encode(x="timmar_undre:Q", x2="timmar_ovre:Q", y=y)
    along = base.mark_rule(color=theme.MUTED, opacity=0.5).encode(y="mkr_undre:Q", y2="mkr_ovre:Q", x=x)
    front = alt.Chart(frame[frame["front"] == "ja"].sort_values("undvikna_timmar_per_ar")).mark_line(
        color=theme.MAIN, strokeDash=[4, 3]).encode(x=x, y=y, order="undvikna_timmar_per_ar:Q")
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y, color=alt.Color("front:N", legend=None, scale=alt.Scale(domain=["ja", "nej"],
                                                                          range=[theme.MAIN, theme.REFERENCE])))
    named = alt.Chart(apart(frame))
    names = named.mark_text(align="left", dx=8, dy=-6, fontSize=11).encode(x=x, y=alt.Y("skylt_mkr:Q"), text="namn:N")
    zero = [alt.Chart(frame.iloc[:1]).mark_rule(color=theme.INK, strokeWidth=1).encode(**place)
            for place in ({"x": alt.datum(0)}, {"y": alt.datum(0)})]
    chart = alt.layer(*zero, across, along, front, points, names).properties(width=760, height=HEIGHT_PX)
    return theme.svg(chart, title="Kostnad och effekt per åtgärd", description=caption(frame))
