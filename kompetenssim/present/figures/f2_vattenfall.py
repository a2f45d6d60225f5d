"""F2: from the reference's net cost to the scenario's, item by item, as a waterfall of mean differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.present import text
from kompetenssim.present.figures import theme
from kompetenssim.present.tables.t04_kostnad import NET, cost_lines
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd


def data(view: View) -> pd.DataFrame:
    """Give item × {difference, from, to} in mkr a year, the mean of the full years; empty without a reference."""
    import pandas as pd

    if view.reference is None:
        return pd.DataFrame()
    rows: list[dict[str, Any]] = []
    level = 0.0
    years = view.full_years
    main, reference = ([cost_lines(view, s, y) for y in years] for s in (view.main, view.reference))
    for k, (item, _) in enumerate(main[0]):
        if item.part:
            continue
        change = sum((m[k][1] or 0.0) - (r[k][1] or 0.0) for m, r in zip(main, reference, strict=True)) / len(years)
        start = 0.0 if item.indicator == NET else level
        rows.append({"post": item.title, "skillnad_mkr_per_ar": change, "fran": start, "till": start + change,
                     "slag": "netto" if item.indicator == NET else "dyrare" if change > 0 else "billigare",
                     "scenario": view.title(view.main), "referens": view.title(view.reference), "ar": f"{years[0]}–{years[-1]}"})
        level = start + change
    return pd.DataFrame(rows)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    first = frame.iloc[0]
    items = "; ".join(f"{r['post']} {text.msek(r['skillnad_mkr_per_ar'], signed=True)}" for r in frame.to_dict("records"))
    return (f"Skillnad i kostnad per år, {first['scenario']} minus {first['referens']}, medelvärde {first['ar']}: {items}. "
            f"Noll är {first['referens']}.")


def draw(frame: pd.DataFrame) -> str:
    """Draw the waterfall of the cost items."""
    return waterfall(frame, "Från referens till scenario: nettokostnadens poster", caption(frame))


def waterfall(frame: pd.DataFrame, title: str, description: str) -> str:
    """Draw a waterfall as horizontal bars from the reference at zero to the net difference, the last row."""
    import altair as alt

    frame = frame.assign(
        text=[text.number(v, 1, signed=True) for v in frame["skillnad_mkr_per_ar"]],
        high=frame[["fran", "till"]].max(axis=1), low=frame[["fran", "till"]].min(axis=1),
    )
    order = frame["post"].tolist()
    y = alt.Y("post:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=260, labelPadding=12))
    room = max(abs(frame["high"].max()), abs(frame["low"].min()), 0.1) * 0.16
    scale = alt.Scale(
        domain=[min(0.0, float(frame["low"].min())) - room, max(0.0, float(frame["high"].max())) + room], nice=False
    )
    x = alt.X("fran:Q", scale=scale, title=f"mkr per år, 0 = {frame['referens'].iloc[0]}",
              axis=alt.Axis(grid=True, format=",.0f" if room > 0.5 else ",.1f", titleAnchor="start", tickCount=7))
    colour = alt.Color("slag:N", scale=alt.Scale(domain=["dyrare", "billigare", "netto"],
                                                 range=[theme.REFERENCE, "#7fb7c9", theme.MAIN]), legend=alt.Legend())
    bars = alt.Chart(frame).mark_bar(height=20, cornerRadius=1).encode(y=y, x=x, x2="till:Q", color=colour)
    links = frame.assign(nasta=frame["post"].shift(-1)).iloc[:-2]
    values = alt.Chart(frame).mark_text(align="left", dx=6, fontWeight="bold").encode(y=y, x="high:Q", text="text:N")
    steps = alt.Chart(links).mark_tick(color=theme.MUTED, thickness=1, size=30, yOffset=14).encode(y=y, x="till:Q")
    zero = alt.Chart(frame.iloc[:1]).mark_rule(color=theme.INK, strokeWidth=1).encode(x=alt.datum(0))
    chart = alt.layer(steps, bars, zero, values).properties(width=620, height=34 * len(frame))
    return theme.svg(chart, title=title, description=description)
