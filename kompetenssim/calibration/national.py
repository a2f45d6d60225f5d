"""The nation's agency cost, for the naive forecast that a region follows the rest of the country."""

from __future__ import annotations

from kompetenssim.calibration.baselines import History, history_of
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.series import ALL, read_folder
from kompetenssim.spec.node import Problems

COST, FOLDER = "hyrkostnad_mkr", "sverige"


def national_history(plan: Plan) -> History | None:
    """Give the national cost of whole years up to `data_till`, from the series beside the region's; None where there are none."""
    folder = plan.path.parent.parent / FOLDER
    if not folder.is_dir():
        return None
    series = read_folder(folder, folder.name, Problems())
    rows = [row for row in series.of("utfall") if (row.indicator, row.group, row.area) == (COST, ALL, ALL)
            and row.period.last <= plan.content.head.data_until and row.period.first.month == 1 and row.period.last.month == 12]
    years = {row.period.last.year for row in rows}
    if len(rows) < 2 or len(years) != len(rows):
        return None
    return history_of("riket", rows)
