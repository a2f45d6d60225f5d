"""Why a simulation stops, in words: every engine raises these, so that the user reads the same whichever ran."""

from __future__ import annotations

from collections.abc import Sequence

from kompetenssim.model.clocks import CLOCK_NAMES
from kompetenssim.model.stopped import SimulationStopped
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT


class HazardTooHigh(SimulationStopped):
    """Raised when a hazard would need more strips than there are: the run stops instead of clipping."""


class HazardAboveStrips(SimulationStopped):
    """Raised when a hazard exceeds what the open strips can carry: the run stops, nothing is clipped."""


class AccountDoesNotClose(Exception):
    """Raised when an hour account does not close: an error in the program, never in the input."""


def hazard_too_high(t: Template, clock: int, cell: int, week: int, rate: float, most: float) -> HazardTooHigh:
    """Say that a cell would need more strips of a clock than there are; rates per year."""
    return HazardTooHigh(
        f"risken för {CLOCK_NAMES[clock]} i {' / '.join(t.cells[cell])} blir {rate:.2f} per år {t.calendar.week_label[week]}, "
        f"mer än {most:.1f} som kan simuleras – kontrollera åtgärderna ({', '.join(t.measures) or 'inga'}) och parametrarna"
    )


def hazard_above_strips(t: Template, clock: int, cell: int, rate: float, most: float) -> HazardAboveStrips:
    """Say that somebody's hazard is above the open strips of its cell; rates per year."""
    return HazardAboveStrips(
        f"risken för {CLOCK_NAMES[clock]} är {rate:.2f} per år i {' / '.join(t.cells[cell])} men högst {most:.2f}"
        f" kan simuleras – kontrollera de åtgärder och parametrar som höjer den: {', '.join(t.measures) or 'inga åtgärder'}"
    )


def too_many_applicants(t: Template, group: int, rate: float, most: float) -> SimulationStopped:
    """Say that a group gets more applicants a year than can be simulated."""
    return SimulationStopped(f"sökande till {t.groups[group]}: {rate:.0f} per år är mer än vad som kan simuleras ({most:.0f})")


def account_does_not_close(t: Template, week: int, cell: int, account: Sequence[int]) -> AccountDoesNotClose:
    """Say which hour account does not close, and what stands in it."""
    return AccountDoesNotClose(f"{t.calendar.week_label[week]} {t.cells[cell]}: {dict(zip(ACCOUNT, account, strict=True))}")
