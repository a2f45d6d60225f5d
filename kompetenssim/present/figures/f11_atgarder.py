"""F11, the waterfall by measure: from the agency cost of the reference to that of the scenario, in Shapley values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.contributions import SHAPLEY
from kompetenssim.present import text
from kompetenssim.present.contributions import COST, attribution, short
from kompetenssim.present.figures import f2_vattenfall
from kompetenssim.present.view import View

if TYPE_CHECKING:
    import pandas as pd

SINGLE = 12  # measures with a step of their own, the largest; the others share one


def data(view: View) -> pd.DataFrame:
    """Give step × {difference, from, to} in mkr a year, the mean of the full years; empty without contributions."""
    import pandas as pd

    found = attribution(view)
    if found is None or not found.played:
        return pd.DataFrame()
    value = {m.key: found.effect(m.key, SHAPLEY, COST).mean for m in found.played}
    large = {k for k, _ in sorted(value.items(), key=lambda item: (-abs(item[1]), item[0]))[:SINGLE]}
    steps = [(short(m.title), value[m.key]) for m in found.ranked(COST) if m.key in large]
    joint = found.joint(COST).mean
    rest = len(value) - len(large)
    if rest:
        own = 0.0
        for _, change in steps:
            own += change
        steps.append((f"Övriga {rest} åtgärder", joint - own))
    rows: list[dict[str, Any]] = []
    level = 0.0
    for title, change in steps:
        rows.append({"post": title, "skillnad_mkr_per_ar": change, "fran": level, "till": level + change,
                     "slag": "dyrare" if change > 0 else "billigare"})
        level += change
    rows.append({"post": "Alla åtgärder tillsammans", "skillnad_mkr_per_ar": joint, "fran": 0.0, "till": joint, "slag": "netto"})
    return pd.DataFrame(rows).assign(scenario=view.title(view.main), referens=view.title(view.reference or ""),
                                     ar=view.span)


def caption(frame: pd.DataFrame) -> str:
    """Describe the figure in words."""
    first, last = frame.iloc[0], frame.iloc[-1]
    return (f"Hyrkostnad per år, {first['scenario']} minus {first['referens']}, medelvärde {first['ar']}, fördelad på åtgärderna "
            f"med Shapley-värden: {text.msek(last['skillnad_mkr_per_ar'], signed=True)} tillsammans. "
            f"Noll är {first['referens']}.")


def draw(frame: pd.DataFrame) -> str:
    """Draw the waterfall."""
    return f2_vattenfall.waterfall(frame, "Från referens till scenario: hyrkostnaden åtgärd för åtgärd", caption(frame))
