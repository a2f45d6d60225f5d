"""Cohorts of expected employees: who they are (one row) and how many of them are in each state (fractions of heads).

Everybody in the register is a row of its own. Those who come later share a row with others of the same cell, origin, age and
quarter of arrival, so that age and time of employment keep deciding hazards without a grid over all combinations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.model.clocks import NEVER

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ACTIVE, NOTICE, RETIRING, SICK, PARENTAL, LEAVE = range(6)
AWAY = (SICK, PARENTAL, LEAVE)
STATES = 6
#: What is known of a row, all in floats; minutes from the start of the run.
FIELDS = ("birth", "hired", "learns_from", "grade", "novice", "exam_until", "exam_hazard", "bond_until", "started", "ends",
          "length", "came", "kept", "begun")  # fmt: skip


class Cohorts:
    """Rows of expected employees; arrays grow by doubling and only the first `n` rows count."""

    def __init__(self, size: int) -> None:
        self.n = 0
        self.heads = np.zeros((STATES, size))
        self.facts = np.zeros((len(FIELDS), size))
        self.cell = np.zeros(size, dtype=np.int64)
        self.programme = np.full(size, -1, dtype=np.int64)
        self.kind = np.full(size, -1, dtype=np.int64)  # retention: 0 hires, 1 exams, -1 not followed
        self.rows: dict[Hashable, int] = {}

    def fact(self, name: str) -> Floats:
        """Give a view of one fact of all rows."""
        return self.facts[FIELDS.index(name), : self.n]

    def state(self, state: int) -> Floats:
        """Give a view of the heads in one state."""
        return self.heads[state, : self.n]

    def total(self) -> Floats:
        """Give heads by row, all states together."""
        found: Floats = self.heads[:, : self.n].sum(axis=0)
        return found

    def by_cell(self, values: Floats, cells: int) -> Floats:
        """Sum a value of the rows by cell; what nobody has (no leave of a kind, no training) costs nothing."""
        if not values.any():
            return np.zeros(cells)
        found: Floats = np.bincount(self.cell[: self.n], weights=values, minlength=cells).astype(np.float64)
        return found

    def open(self, cell: int, facts: Mapping[str, float], *, programme: int = -1, kind: int = -1) -> int:
        """Open a row without heads and give its number."""
        row = self.n
        if row == len(self.cell):
            self._grow()
        self.n += 1
        self.cell[row], self.programme[row], self.kind[row] = cell, programme, kind
        known = {"ends": float(NEVER), "kept": 1.0, **facts}
        for name, value in known.items():
            self.facts[FIELDS.index(name), row] = value
        return row

    def join(
        self, key: Hashable, heads: float, cell: int, facts: Mapping[str, float], *, programme: int = -1, kind: int = -1
    ) -> None:
        """Add active heads to the row of a key, opened when first used; its facts become the mean of those who joined."""
        row = self.rows.get(key, -1)
        if row < 0:
            row = self.rows[key] = self.open(cell, facts, programme=programme, kind=kind)
        before = self.heads[:, row].sum()
        share = heads / max(1e-300, before + heads)
        for name in facts:
            k = FIELDS.index(name)
            self.facts[k, row] += share * (facts[name] - self.facts[k, row])
        self.facts[FIELDS.index("kept"), row] += share * (1.0 - self.facts[FIELDS.index("kept"), row])
        self.facts[FIELDS.index("begun"), row] += heads
        self.heads[ACTIVE, row] += heads

    def add(self, rows: Ints, heads: Floats, facts: Mapping[str, Floats | float]) -> None:
        """Add active heads to different rows; their facts become the mean of those who have come."""
        before = self.heads[:, rows].sum(axis=0)
        share = heads / np.maximum(1e-300, before + heads)
        for name, value in {**facts, "kept": 1.0}.items():
            k = FIELDS.index(name)
            self.facts[k, rows] += share * (value - self.facts[k, rows])
        self.facts[FIELDS.index("begun"), rows] += heads
        self.heads[ACTIVE, rows] += heads

    def _grow(self) -> None:
        size = len(self.cell)
        self.heads = np.concatenate([self.heads, np.zeros((STATES, size))], axis=1)
        self.facts = np.concatenate([self.facts, np.zeros((len(FIELDS), size))], axis=1)
        self.cell = np.concatenate([self.cell, np.zeros(size, dtype=np.int64)])
        self.programme = np.concatenate([self.programme, np.full(size, -1, dtype=np.int64)])
        self.kind = np.concatenate([self.kind, np.full(size, -1, dtype=np.int64)])
