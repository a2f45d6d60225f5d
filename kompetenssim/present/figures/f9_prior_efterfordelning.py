"""F9: what was believed of each fitted parameter before the data, and what is believed after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.tablefile import number
from kompetenssim.present import text
from kompetenssim.present.calibration import words
from kompetenssim.present.figures import theme
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

BEFORE, AFTER = "före data", "efter data"
COLUMNS_OF_PANELS = 3


def frame_of(densities: Sequence[Mapping[str, str]], parameters: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """Give class × parameter: density before and after the data, and what the data said."""
    import pandas as pd

    told = {(r.get("kalibrering", ""), r["parameter"]): r for r in parameters}
    rows = []
    for d in densities:
        r = told[d.get("kalibrering", ""), d["parameter"]]
        rows.append({
            "kalibrering": d.get("kalibrering", ""), "parameter": words.parameter(d["parameter"]), "fran": number(d["fran"]),
            "till": number(d["till"]), "fore_data": number(d["prior"]), "efter_data": number(d["efterfordelning"]),
            "kontraktion": number(r["kontraktion"]), "omdome": r["etikett"] or "identifierad"})
    return pd.DataFrame(rows)


def data(view: View) -> pd.DataFrame:
    """Give the densities of a run's calibrations; empty when it uses none."""
    return frame_of(view.evidence("kalibrering_tathet"), view.evidence("kalibrering_parametrar"))


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    each = frame.drop_duplicates(["kalibrering", "parameter"]).to_dict("records")
    said = "; ".join(f"{r['parameter']}: kontraktion {text.number(r['kontraktion'], 2)}, {r['omdome']}" for r in each)
    return ("Vad som antogs om varje fri parameter (streckad linje) och vad som återstår när modellen hållits mot data (fylld "
            f"yta). Ju mer den fyllda ytan liknar den streckade linjen, desto mindre sade data. {said}.")


def draw(frame: pd.DataFrame) -> str:
    """Draw one panel per parameter: the prior as a dashed outline, the posterior filled."""
    import altair as alt

    panels = [_panel(alt, part, str(name)) for (_, name), part in frame.groupby(["kalibrering", "parameter"], sort=False,
                                                                               dropna=False)]
    chart = alt.concat(*panels, columns=COLUMNS_OF_PANELS, spacing=44).resolve_scale(color="shared")
    return theme.svg(chart, title="Parametrarna före och efter data", description=caption(frame))


def _panel(alt: Any, frame: pd.DataFrame, name: str) -> Any:
    scale = alt.Scale(domain=[BEFORE, AFTER], range=[theme.REFERENCE, theme.MAIN])
    colour = alt.Color("slag:N", scale=scale, legend=alt.Legend())
    x = alt.X("fran:Q", title=None, axis=alt.Axis(tickCount=5))
    y_axis = alt.Axis(labels=False, title="täthet", grid=False)
    base = alt.Chart(frame)
    after = base.transform_calculate(slag=f"'{AFTER}'").mark_rect(opacity=0.55).encode(
        x=x, x2="till:Q", y=alt.Y("efter_data:Q", axis=y_axis), y2=alt.datum(0), color=colour)
    outline = {"interpolate": "step-after", "strokeDash": [5, 3], "strokeWidth": 1.8}
    before = base.transform_calculate(slag=f"'{BEFORE}'").mark_line(**outline).encode(x=x, y="fore_data:Q", color=colour)
    return alt.layer(after, before).properties(width=285, height=170, title={
        "text": name, "subtitle": str(frame["omdome"].iloc[0]), "subtitleColor": theme.MUTED})
