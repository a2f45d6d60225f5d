"""F1: the agency share, rolling 12 months, as a fan against the target, both scenarios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kompetenssim.present import text
from kompetenssim.present.figures import theme
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

GROUPS = ("lakare", "ssk_alla")
NATIONAL_LIMIT = 0.02


def data(view: View) -> pd.DataFrame:
    """Give month × group × scenario: median, 50 and 80 % interval, target; only where all twelve months are known."""
    import pandas as pd

    share = view.share_indicator
    rows = []
    for group in GROUPS:
        for scenario in (view.main, view.reference):
            if scenario is None or view.hidden(group=group):
                continue
            limits = [t.limit for t in view.targets(scenario) if t.indicator.removesuffix("_r12") == share and t.group == group]
            for month in view.periods(f"{share}_r12", "manad"):
                found = view.value(scenario, f"{share}_r12", month, group=group)
                if found is not None and not math.isnan(found.p50):
                    rows.append({
                        "manad": month, "yrkesgrupp": view.title(group), "scenario": view.title(scenario),
                        "roll": "referens" if scenario == view.reference else "scenario",
                        "p10": found.p10, "p25": found.p25, "p50": found.p50, "p75": found.p75, "p90": found.p90,
                        "mal": limits[0] if limits else NATIONAL_LIMIT, "simulerade_manader": int(found.months),
                    })
    return pd.DataFrame(rows)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words, for the caption and for readers who cannot see it."""
    sentences = []
    for group in frame["yrkesgrupp"].unique():
        ends = []
        for scenario in frame["scenario"].unique():
            line = frame[(frame["yrkesgrupp"] == group) & (frame["scenario"] == scenario)].sort_values("manad")
            if not line.empty:
                last = line.iloc[-1]
                ends.append(f"{scenario} {text.percent(last['p50'], 1)} "
                            f"({text.interval(last['p10'], last['p90'], text.PERCENT_1)})")
        sentences.append(f"{group}: " + ", ".join(ends))
    last_month = text.period(str(frame["manad"].max()))
    mixed = frame.loc[frame["simulerade_manader"] < 12, "manad"]
    note = "" if mixed.empty else f" Till och med {text.period(str(mixed.max()))} ingår observerade månader före start."
    return (f"Hyrandel av personalkostnaden, rullande tolv månader. Median med 50 % och 80 % intervall över simuleringarna; "
            f"prickad linje är målet. I {last_month} – {'; '.join(sentences)}.{note}")


def draw(frame: pd.DataFrame) -> str:
    """Draw one panel per group; the scenario solid, the reference dashed."""
    import altair as alt

    names = list(dict.fromkeys(frame.sort_values("roll", ascending=False)["scenario"]))
    panels = [_panel(alt, frame[frame["yrkesgrupp"] == group], group, names) for group in frame["yrkesgrupp"].unique()]
    chart = alt.hconcat(*panels, spacing=56).resolve_scale(color="shared", strokeDash="shared")
    return theme.svg(chart, title="Hyrandel, rullande 12 månader, mot målet", description=caption(frame))


def _panel(alt: Any, frame: pd.DataFrame, group: str, names: list[str]) -> Any:
    legend = alt.Legend(symbolType="stroke", symbolSize=700, symbolStrokeWidth=2.2, symbolOpacity=1, labelLimit=420)
    colours = alt.Scale(domain=names, range=[theme.MAIN, theme.REFERENCE][: len(names)])
    colour = alt.Color("scenario:N", scale=colours, legend=legend)
    dash = alt.StrokeDash("scenario:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]][: len(names)]), legend=legend)
    frame = frame.assign(tid=frame["manad"] + "-01T12:00:00")
    base = alt.Chart(frame).encode(x=alt.X("tid:T", title=None, axis=alt.Axis(format="%Y", tickCount="year", labelFlush=False)))
    y_axis = alt.Axis(labelExpr=theme.PERCENT_LABEL, title="andel av personalkostnaden", tickCount=6)
    top = alt.Scale(domainMin=0, nice=True)
    wide = base.mark_area(opacity=0.14).encode(y=alt.Y("p10:Q", scale=top, axis=y_axis), y2="p90:Q", color=colour)
    narrow = base.mark_area(opacity=0.22).encode(y="p25:Q", y2="p75:Q", color=colour)
    line = base.mark_line(strokeWidth=2.2).encode(y="p50:Q", color=colour, strokeDash=dash)
    target = alt.Chart(frame).mark_rule(color=theme.TARGET, strokeDash=[2, 3], strokeWidth=1.6).encode(y="min(mal):Q")
    name = alt.Chart(frame).mark_text(align="left", baseline="bottom", dy=-3, dx=2, color=theme.TARGET).encode(
        x="min(tid):T", y="min(mal):Q", text=alt.value(f"mål {text.percent(float(frame['mal'].min()))}"))
    return alt.layer(wide, narrow, line, target, name).properties(width=475, height=270, title=group)
