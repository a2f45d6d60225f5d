"""What people look at of a calibration: the terminal, tables, figures and the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kompetenssim.calibration.store import Calibration


def show(calibration: Calibration) -> None:
    """Print what came out, for people."""
    print(calibration.folder)
