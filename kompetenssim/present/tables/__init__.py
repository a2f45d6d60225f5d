"""The tables of the output catalogue: one file each, `build(view) -> Table`."""

from __future__ import annotations

from collections.abc import Callable

from kompetenssim.present.tables import (
    t01_lagesbild,
    t02_maluppfyllelse,
    t03_atgardseffekt,
    t04_kostnad,
    t05_utbildning,
    t06_avgangar,
    t07_antaganden,
    t08_kalibrering,
    t08b_traffsakerhet,
    t09_bemanningsordning,
    t12_manifest,
    t13_atgardslage,
    t14_varningar,
)
from kompetenssim.present.tables.form import HIDDEN, Column, Interval, Row, Section, Table, write_csv
from kompetenssim.present.view import View

TABLES: dict[str, Callable[[View], Table]] = {
    "T1": t01_lagesbild.build,
    "T2": t02_maluppfyllelse.build,
    "T4": t04_kostnad.build,
    "T5": t05_utbildning.build,
    "T6": t06_avgangar.build,
    "T7": t07_antaganden.build,
    "T9": t09_bemanningsordning.build,
    "T12": t12_manifest.build,
    "T13": t13_atgardslage.build,
    "T14": t14_varningar.build,
}

#: Tables of runs with contributions (`--bidrag`).
OPTIONAL: dict[str, Callable[[View], Table | None]] = {"T3": t03_atgardseffekt.build, "B": t03_atgardseffekt.build_economy}

#: Tables of runs that take their draws from a calibration (`scenario.kalibrering`).
CALIBRATED: dict[str, Callable[[View], Table | None]] = {"T8": t08_kalibrering.build}

#: Tables of runs that hold a review of an earlier forecast (`Run.save` with `review`).
REVIEWED: dict[str, Callable[[View], Table | None]] = {
    "T8b": t08b_traffsakerhet.build, "T8c": t08b_traffsakerhet.build_causes,
}

__all__ = [
    "CALIBRATED", "HIDDEN", "OPTIONAL", "REVIEWED", "TABLES", "Column", "Interval", "Row", "Section", "Table", "View",
    "write_csv",
]
