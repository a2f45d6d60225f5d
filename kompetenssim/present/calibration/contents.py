"""All tables and figures of a calibration by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kompetenssim.present.calibration import check_tables, control_figure, control_tables
from kompetenssim.present.calibration.findings import Findings
from kompetenssim.present.figures import Kind, f9_prior_efterfordelning
from kompetenssim.present.tables import t08_kalibrering
from kompetenssim.present.tables.form import Table

if TYPE_CHECKING:
    import pandas as pd


def tables(found: Findings) -> dict[str, Table]:
    """Build every table that the calibration has rows for."""
    built = (
        t08_kalibrering.table(found.parameters, found.rows("observationer")), control_tables.control(found),
        control_tables.naive(found), control_tables.left_out(found), check_tables.prior_checks(found),
        check_tables.simulation_based(found), check_tables.register(found), check_tables.leaks(found),
        check_tables.accounts(found), check_tables.manifest(found))
    return {table.id: table for table in built if table is not None}


def pages(built: Mapping[str, Table]) -> dict[str, Table]:
    """Give the tables as a page shows them: T8 in its two parts."""
    return {**built, **t08_kalibrering.parts(built["T8"])}


def figures() -> dict[str, Kind[Findings]]:
    """Give every figure."""
    return {
        "F9": Kind("prior_efterfordelning", _densities, f9_prior_efterfordelning.draw, f9_prior_efterfordelning.caption),
        "kontrollperiod": Kind("kontrollperiod", control_figure.data, control_figure.draw, control_figure.caption),
    }


def _densities(found: Findings) -> pd.DataFrame:
    return f9_prior_efterfordelning.frame_of(found.rows("tathet"), found.parameters)
