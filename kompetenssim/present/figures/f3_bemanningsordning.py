"""F3: how the need is met week by week over a typical year, the summer weeks shaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.model.rules import SUMMER_WEEKS
from kompetenssim.present import text
from kompetenssim.present.figures import theme
from kompetenssim.present.tables.t09_bemanningsordning import NEED, STEPS
from kompetenssim.present.view import ALL, View

if TYPE_CHECKING:
    import pandas as pd

SUMMER = (25, 33)
LAST_WEEK = 52


def data(view: View) -> pd.DataFrame:
    """Give week 1–52 × step: mean hours over the full years of the scenario, the need beside."""
    import pandas as pd

    view.prefetch("vecka", [indicator for _, indicator in (NEED, *STEPS)], omrade=ALL, enhet=ALL, yrkesgrupp=ALL)
    weeks = [w for w in view.periods(NEED[1], "vecka") if w[:4] in view.full_years]
    rows = []
    for number in range(1, LAST_WEEK + 1):
        same = [w for w in weeks if int(w.split("-v")[1]) == number]
        for title, indicator in (NEED, *STEPS):
            found = [m for w in same if (m := view.mean(view.main, indicator, w)) is not None]
            if found:
                rows.append({"vecka": number, "steg": title, "timmar": sum(found) / len(found),
                             "scenario": view.title(view.main), "ar": f"{view.first_year}–{view.last_year}"})
    return pd.DataFrame(rows)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words: the share of agency and unmet hours in summer and otherwise."""
    def share(step: str, *, summer: bool) -> str:
        part = frame[frame["vecka"].between(*SUMMER) == summer]
        need = part.loc[part["steg"] == NEED[0], "timmar"].sum()
        return text.percent(part.loc[part["steg"] == step, "timmar"].sum() / need if need else None, 1)

    return (
        f"Timmar per vecka och steg i bemanningsordningen, {frame['scenario'].iloc[0]}, "
        f"medelvärde per vecka {frame['ar'].iloc[0]}. "
        f"Skuggat: vecka {SUMMER[0]}–{SUMMER[1]}, med semestrar; sommarvikarierna arbetar vecka "
        f"{SUMMER_WEEKS[0]}–{SUMMER_WEEKS[1]}. "
        f"Hyra täcker {share('Hyra', summer=True)} av behovet på sommaren och "
        f"{share('Hyra', summer=False)} annars; obemannat är {share('Obemannat', summer=True)} på sommaren och "
        f"{share('Obemannat', summer=False)} annars."
    )


def draw(frame: pd.DataFrame) -> str:
    """Draw all hours above, and below the same without own hours, at a scale where the rest can be seen."""
    import altair as alt

    steps = [s for s in theme.STEP_COLOURS if s in set(frame["steg"])]
    stacked = frame[frame["steg"] != NEED[0]].assign(ordning=lambda f: f["steg"].map(steps.index))
    need = frame[frame["steg"] == NEED[0]]
    colour = alt.Color("steg:N", scale=alt.Scale(domain=steps, range=[theme.STEP_COLOURS[s] for s in steps]),
                       sort=steps, legend=alt.Legend(columns=7))
    whole = _stack(alt, stacked, colour, "Alla timmar per vecka", 190, need)
    rest = _stack(alt, stacked[stacked["steg"] != "Egna"], colour, "Utom egna timmar (annan skala)", 220, None)
    chart = alt.vconcat(whole, rest, spacing=40)
    return theme.svg(chart, title="Bemanningsordning vecka för vecka, ett typiskt år", description=caption(frame))


def _stack(alt: Any, frame: pd.DataFrame, colour: Any, title: str, height: int, need: pd.DataFrame | None) -> Any:
    import pandas as pd

    x_scale = alt.Scale(domain=[1, LAST_WEEK], nice=False)
    axis = alt.Axis(title="vecka", values=[1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50], format="d", titleAnchor="start")
    shade = alt.Chart(pd.DataFrame([{"fran": SUMMER[0] - 0.5, "till": SUMMER[1] + 0.5}])).mark_rect(color=theme.SUMMER).encode(
        x=alt.X("fran:Q", scale=x_scale, axis=axis), x2="till:Q")
    area = alt.Chart(frame).mark_area(opacity=1, interpolate="step", line=False).encode(
        x=alt.X("vecka:Q", scale=x_scale, axis=axis),
        y=alt.Y("timmar:Q", stack="zero", title="timmar per vecka", axis=alt.Axis(format=",.0f", tickCount=5)),
        color=colour, order=alt.Order("ordning:Q"))
    name = alt.Chart(frame.iloc[:1]).mark_text(baseline="bottom", dy=-4, color=theme.MUTED).encode(
        x=alt.datum((SUMMER[0] + SUMMER[1]) / 2), y=alt.value(0), text=alt.value(f"vecka {SUMMER[0]}–{SUMMER[1]}"))
    layers = [shade, area, name]
    if need is not None:
        layers.append(alt.Chart(need).mark_line(color=theme.INK, strokeWidth=1.4, strokeDash=[4, 2], interpolate="step").encode(
            x="vecka:Q", y="timmar:Q"))
    return alt.layer(*layers).properties(width=880, height=height, title=title)
