"""The second waist: plain arrays of what happened in one simulation.

Nothing after this module knows which engine filled it. All values are integers: hours as
need-equivalent minutes, money as öre, FTE as 1/200 (times minutes where a quantity says so).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Weekly account of a cell: the first eight close exactly (need = the seven others).
ACCOUNT = (
    "need",
    "own",
    "moved",
    "pool",
    "shifted",
    "overtime",
    "agency",
    "unmet",
    "surplus",
    "agency_paid",
    "agency_wasted",
    "freed",
    "realised",
)

#: Month × cell flows: minutes, öre, counts, FTE-minutes (1/200 FTE × minute).
FLOWS = (
    *ACCOUNT,
    "agency_weeks_milli",  # physician person-weeks of agency, 1/1000
    "wage_ore",
    "wage_overtime_ore",
    "wage_study_ore",
    "pool_ore",
    "agency_ore",
    "recruit_ore",
    "training_ore",
    "bought_care_ore",
    "intro_loss_minutes",
    "study_minutes",
    "established_units_minutes",
    "vacant_units_minutes",
    "frozen_units_minutes",
    "contracted_units_minutes",
    "worked_minutes",
    "ordinary_minutes",
    "sick_minutes",
    "full_time_minutes",
    "hires",
    "exits_external",
    "exits_agency",
    "exits_pension",
    "exits_fixed_term",
    "exits_other",
    "moves_in",
    "moves_out",
    "group_in",
    "group_out",
    "training_starts",
    "training_exams",
    "training_dropouts",
    "seats_waiting",
    "supervision_needed_minutes",
    "supervision_available_minutes",
    "workload_micro_days",
    "days",
    "clipped_weeks",
    "person_weeks",
    "unmet_weeks",
    "weeks",
    "novice_units_minutes",
)

#: Month × cell stocks, the last minute of the month.
STOCKS = ("employees", "contracted_units", "in_training", "st_doctors", "aged_60", "permanent", "open_vacancies")

AGE_BANDS = (0, 30, 40, 50, 60, 65)  # lower limits, years
TENURE_BANDS = (0, 2, 5, 10)  # lower limits, years
CAUSES = ("exits_external", "exits_agency", "exits_pension", "exits_fixed_term", "exits_other")


class Trajectory(NamedTuple):
    """Hold what one simulation did.

    `months[m, cell, k]`: FLOWS then STOCKS. `weeks[w, area, group, k]`: ACCOUNT. `measures[m, measure, 2]`:
    cost and grant in öre. `exits[year, group, cause, age band, tenure band]`: counts.
    `retention[year, group, kind, k]`: kind 0 hires, 1 exams, k = started, still employed after 12 and after 24
    months, and how many of them could be observed 12 and 24 months (the window ended before the horizon).
    `ages[year, group, age]`: headcount by age in years (0–99) at the end of each year.
    `trace[w, cell, k]`: ACCOUNT per week and cell, or empty unless asked for.
    """

    months: NDArray[np.int64]
    weeks: NDArray[np.int64]
    measures: NDArray[np.int64]
    exits: NDArray[np.int64]
    retention: NDArray[np.int64]
    ages: NDArray[np.int64]
    trace: NDArray[np.int64]


def column(name: str) -> int:
    """Give the index of a flow or stock in `Trajectory.months`."""
    return (FLOWS + STOCKS).index(name)
