"""The figure of a search: how the target comes nearer as the size grows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kompetenssim.forecast.indicators import base_of
from kompetenssim.forecast.targets import limit_of
from kompetenssim.present.figures import theme
from kompetenssim.spec.region import Target

if TYPE_CHECKING:
    import pandas as pd

    from kompetenssim.forecast.search.folder import Stored

COLUMNS = ("storlek", "varde", "undre", "ovre", "grans", "svar")


class CurveKind(NamedTuple):
    """What the curve is of: titles of the axes, whether it is a share, and the caption."""

    x_title: str
    y_title: str
    share: bool
    caption: str


def data(stored: Stored) -> pd.DataFrame:
    """Give the points of the answering method: probability with its interval, or the mean with that over simulations."""
    import pandas as pd

    answer, asked = stored.answer, stored.asked
    target = Target.model_validate(asked["mal"])
    limit = limit_of(target, base_of(target.indicator)).value if _expected(stored) else asked["sannolikhet"]
    rows = [
        (p.storlek, *((p.medelvarde, p.p10, p.p90) if _expected(stored) else (p.p, p.p_undre80, p.p_ovre80)), limit,
         "ja" if p.storlek == answer.storlek else "nej")
        for p in answer.punkter if p.metod == answer.metod
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def kind_of(stored: Stored) -> CurveKind:
    """Say what the curve shows."""
    asked = stored.asked
    varied, unit = asked["varierar"], base_of(asked["mal"]["indikator"]).unit
    title = varied["titel"] + (f", {varied['enhet']}" if varied["enhet"] else "")
    goal = asked["mal"].get("titel") or asked["mal"]["nyckel"]
    if _expected(stored):
        caption = f"{goal}: medelvärde vid varje körd storlek, med 80 % intervall; den streckade linjen är målets gräns."
        return CurveKind(title, f"{asked['mal']['indikator']} ({unit})", unit == "andel", caption)
    caption = (f"Sannolikheten att nå \u201d{goal}\u201d vid varje körd storlek, med 80 % Wilson-intervall; "
               "den streckade linjen är den sannolikhet som söks.")
    return CurveKind(title, "P(mål nått)", True, caption)


def draw(frame: pd.DataFrame, kind: CurveKind) -> str:
    """Draw the points, their intervals and the line to reach."""
    import altair as alt

    axis = alt.Axis(labelExpr=theme.PERCENT_LABEL) if kind.share else alt.Axis()
    base = alt.Chart(frame).encode(x=alt.X("storlek:Q", title=kind.x_title, scale=alt.Scale(zero=False)))
    y = alt.Y("varde:Q", title=kind.y_title, axis=axis, scale=alt.Scale(domainMin=0) if kind.share else alt.Scale(zero=False))
    low = alt.Y("undre:Q", axis=axis, title=kind.y_title)
    band = base.mark_rule(color=theme.MAIN, opacity=0.4, strokeWidth=2).encode(y=low, y2="ovre:Q")
    line = base.mark_line(color=theme.MAIN, strokeWidth=1.6).encode(y=y)
    dots = base.mark_point(filled=True, size=64, color=theme.MAIN, opacity=1).encode(y=y)
    answer = base.transform_filter("datum.svar == 'ja'")
    found = answer.mark_point(filled=True, size=150, color=theme.REFERENCE, opacity=1).encode(y=y)
    limit = alt.Chart(frame).mark_rule(color=theme.TARGET, strokeDash=[3, 3], strokeWidth=1.6).encode(y="min(grans):Q")
    chart: Any = alt.layer(band, line, dots, found, limit).properties(width=720, height=320)
    return theme.svg(chart, title=kind.y_title, description=kind.caption)


def _expected(stored: Stored) -> bool:
    return isinstance(stored.asked["sannolikhet"], str) or stored.answer.metod == "tvilling"
