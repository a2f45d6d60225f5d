"""A region's own months as observations: the sum of each whole calendar year.

Months of a year err together, so that twelve of them are one piece of evidence and not twelve.
"""

from __future__ import annotations

from collections.abc import Sequence

from kompetenssim.calibration.observation import Observation
from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.series import Row


def measured(plan: Plan) -> tuple[Observation, ...]:
    """Give what a plan is fitted to: its observations, and whole years of the region's months that it does not have itself."""
    written = tuple(o for o in plan.observations if o.role == "matning")
    taken = {(o.place, o.period.text) for o in plan.observations}
    return (*written, *(o for o in own_years(plan.own) if (o.place, o.period.text) not in taken))


def own_years(rows: Sequence[Row]) -> tuple[Observation, ...]:
    """Sum months to whole calendar years; a year that lacks a month gives none."""
    by_year: dict[tuple[str, str, str, int], list[Row]] = {}
    for row in rows:
        by_year.setdefault((row.indicator or "", row.group, row.area, row.period.first.year), []).append(row)
    found = []
    for (indicator, group, area, year), months in sorted(by_year.items()):
        total = sum(row.value for row in months)
        error = sum(row.error or 0.0 for row in months)
        if len(months) == 12 and total > 0:
            found.append(Observation(indicator, group, area, "kalenderar", read_period(str(year)), total, error, "matning",
                                     months[0].definition, months[0].source, months[0].breaks))
    return tuple(found)
