"""A finished calibration, read for people: its lines, parameters and checks as values, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil, comb, isnan
from typing import TYPE_CHECKING, Any

from kompetenssim.calibration.baselines import LEVEL, PERSISTENCE
from kompetenssim.calibration.control import CERTAIN, WITH
from kompetenssim.forecast.posterior import LEAST_LINES
from kompetenssim.forecast.tablefile import number
from kompetenssim.present.calibration import words
from kompetenssim.present.calibration.events import Event, read_events, shared_months

if TYPE_CHECKING:
    from kompetenssim.calibration.store import Calibration

AIM = 0.75
"""Share of the lines that should be inside 80 %: three of four (domain model 6.5)."""
HALF = 0.5
"""The true cover of a model that is too sure of itself, whose chance of passing all the same is told."""
ENOUGH_ROWS = 500
"""Effective rows below which a posterior is mostly noise (domain model 6.5)."""


@dataclass(frozen=True)
class Line:
    """One figure of the control period and one forecast of it. `before` is NaN where the fit never saw the line."""

    record: Mapping[str, str]

    def __getitem__(self, name: str) -> float:
        return number(self.record[name])

    @property
    def title(self) -> str:
        """Name the line."""
        return "Summan" if self.total else words.of_row(self.record)

    @property
    def variant(self) -> str:
        """With known events or without measures."""
        return self.record["variant"]

    @property
    def total(self) -> bool:
        """Tell whether it is the sum, which is shown and never counted."""
        return self.record["summa"] == "ja"

    @property
    def counted(self) -> bool:
        """Tell whether it counts in the verdict."""
        return self.record["raknas"] == "ja"

    @property
    def inside(self) -> bool:
        """Tell whether the outcome lies inside the 80 % interval."""
        return self.record["inom80"] == "ja"

    @property
    def before(self) -> float:
        """The last figure that the fit saw."""
        return number(self.record["fore"])

    @property
    def fell(self) -> bool:
        """Tell whether the outcome is lower than before."""
        return self["utfall"] < self.before

    @property
    def direction(self) -> tuple[str, bool] | None:
        """Say what was forecast of the direction, and whether that was right; None where nothing is known of before.

        What fell should be forecast down by most particles; what did not should not be forecast down with certainty.
        """
        down = self["andel_ned"]
        if isnan(self.before) or isnan(down):
            return None
        if self.fell:
            return ("ned", True) if down > HALF else ("väntades inte ned", False)
        return ("inte säkert ned", True) if down < CERTAIN else ("säkert ned", False)


class Findings:
    """Read a calibration once and answer questions about it."""

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self.manifest = calibration.manifest

    @cached_property
    def run_info(self) -> Mapping[str, Any]:
        """Dates, engine and the number of this evaluation; empty when the file is not there."""
        path = self.calibration.folder / "korning.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return content

    def rows(self, name: str) -> list[dict[str, str]]:
        """Give the rows of a table, none when it is missing."""
        return self.calibration.table(name)

    # --- the control period

    @cached_property
    def every_line(self) -> tuple[Line, ...]:
        """All lines in all variants."""
        return tuple(Line(row) for row in self.rows("kontroll"))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that count, as forecast with the known events."""
        return tuple(line for line in self.every_line if line.counted and line.variant == WITH)

    @property
    def total(self) -> Line | None:
        """The sum as forecast with the known events."""
        return next((line for line in self.every_line if line.total and line.variant == WITH), None)

    @property
    def inside(self) -> int:
        """How many of the lines that count are inside 80 %."""
        return sum(line.inside for line in self.lines)

    @property
    def needed(self) -> int:
        """How many should be."""
        return ceil(AIM * len(self.lines))

    @property
    def lucky(self) -> float:
        """The chance that a model with a true cover of one half passes."""
        n = len(self.lines)
        return sum(comb(n, k) for k in range(self.needed, n + 1)) * HALF**n

    @property
    def control_year(self) -> str:
        """Name the control period: a year, or two."""
        first, last = (str(day)[:4] for day in self.manifest["kontrollperiod"] or ("", ""))
        return first if first == last else f"{first}–{last}"

    @cached_property
    def events(self) -> list[Event]:
        """What was known to happen in the control period."""
        return read_events(self.calibration.folder / "indata", self.manifest["handelser"])

    @property
    def shared_months(self) -> list[str]:
        """The months of the control period in which several events were in force."""
        period = self.manifest["kontrollperiod"]
        return shared_months(self.events, *period) if period else []

    @property
    def carries_the_word(self) -> bool:
        """Tell whether the number of lines can carry the word calibrated."""
        return len(self.lines) >= LEAST_LINES

    # --- forecasts that anybody can make

    @cached_property
    def skills(self) -> dict[str, tuple[str, float, float]]:
        """Name, skill and miss of the sum by forecast, ours first."""
        return {r["prognos"]: (r["beskrivning"], number(r["skicklighet"]), number(r["summans_fel"]))
                for r in self.rows("baslinjer")}

    @property
    def benchmarks(self) -> list[tuple[str, float]]:
        """The two naive forecasts to beat: unchanged, and the first level."""
        return [self.skills[key][:2] for key in (PERSISTENCE, LEVEL) if key in self.skills]

    # --- parameters and checks

    @cached_property
    def parameters(self) -> list[dict[str, str]]:
        """Rows of the fitted parameters."""
        return self.rows("parametrar")

    @property
    def not_identified(self) -> list[str]:
        """Names of the parameters that the data say next to nothing of."""
        return [words.parameter(r["parameter"]) for r in self.parameters if r["identifierad"] != "ja"]

    def failed(self, table: str) -> list[dict[str, str]]:
        """Give the rows of a table of checks that did not hold."""
        return [r for r in self.rows(table) if r["haller"] != "ja"]

    @property
    def noisy(self) -> bool:
        """Tell whether so few rows carry weight that the posterior is mostly noise."""
        return float(self.manifest["verksamma"]) < ENOUGH_ROWS
