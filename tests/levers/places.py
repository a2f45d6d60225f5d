"""A small region for lever tests: who is employed where, and what a measure covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import yaml

from kompetenssim.levers import LEVERS, Lever, blocks_of
from kompetenssim.model.effects import Block, Effect
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.scenario import Measure

FTE = {
    ("akut", "sjukskoterska"): 20.0,
    ("ledning_stod", "chefer"): 30.0,
    ("ledning_stod", "med_sekr"): 10.0,
    ("kirurgi", "sjukskoterska"): 30.0,
    ("kirurgi", "ssk_anop_iva"): 10.0,
    ("kirurgi", "underskoterska"): 30.0,
    ("kirurgi", "vns"): 0.0,
    ("medicin", "sjukskoterska"): 50.0,
    ("medicin", "underskoterska"): 60.0,
    ("medicin", "vns"): 0.0,
    ("pv_fjall", "distriktslakare"): 5.0,
    ("pv_ostersund", "distriktslakare"): 15.0,
}
SETS = {"ssk_alla": ["sjukskoterska", "ssk_anop_iva"]}
FAMILY = {"sjukskoterska": "ssk", "ssk_anop_iva": "ssk", "underskoterska": "usk", "vns": "ovrig", "distriktslakare": "lakare"}
PAY = {"sjukskoterska": 35_000.0, "ssk_anop_iva": 40_000.0}


@dataclass(frozen=True)
class SmallRegion:
    """Answer a lever's questions about a region of six units, for a measure's coverage."""

    measure: Measure
    start: date = date(2023, 7, 1)
    end: date = date(2033, 6, 30)

    def cells(self, groups: Iterable[str] | None = None, units: Iterable[str] | None = None) -> list[tuple[str, str]]:
        cover = self.measure.coverage
        wanted = set(self.groups(groups))
        named = None if units is None else set(units)
        return [
            (u, g)
            for u, g in sorted(FTE)
            if g in wanted and (cover.units is None or u in cover.units) and (named is None or u in named)
        ]

    def groups(self, keys: Iterable[str] | None = None) -> list[str]:
        asked = self.measure.coverage.groups if keys is None else keys
        return sorted({g for _, g in FTE}) if asked is None else sorted({g for k in asked for g in SETS.get(k, [k])})

    def families(self, units: Iterable[str] | None = None, families: Iterable[str] | None = None) -> list[tuple[str, str]]:
        found = {(u, FAMILY.get(g, "ovrig")) for u, g in self.cells(units=units)}
        return sorted(f for f in found if families is None or f[1] in set(families))

    def date(self, text: str, where: str) -> date:
        return first_day(text)

    def long_sick_cases(self, cells: Iterable[tuple[str, str]]) -> float:
        return 0.04 * self.employed_fte(cells)

    def employed_fte(self, cells: Iterable[tuple[str, str]]) -> float:
        return sum(FTE[c] for c in cells)

    def monthly_pay_sek(self, group: str) -> float:
        return PAY.get(group, 30_000.0)


def measure(written: str, **fields: Any) -> Measure:
    """Make a measure from its YAML; keys that are lever types become lever blocks, as the loader does."""
    found = yaml.safe_load(written)
    levers = {k: found.pop(k) for k in list(found) if k in LEVERS}
    made = Measure.model_validate({"nyckel": "m", "titel": "M", **found, **fields})
    return made.model_copy(
        update={"levers": {k: [read(k, b) for b in (v if isinstance(v, list) else [v])] for k, v in levers.items()}}
    )


def read(kind: str, block: Any) -> Lever:
    """Read one lever block."""
    return LEVERS[kind].model_validate(block or {})


def blocks(written: str, **fields: Any) -> dict[str, Block]:
    """Give what a measure does in the small region, by the names of its blocks."""
    made = measure(written, **fields)
    found = blocks_of(made, SmallRegion(made))
    assert len({b.name for b in found}) == len(found), "names must be unique: they key the parameter draws"
    return {b.name: b for b in found}


def effects(written: str, **fields: object) -> dict[str, Effect]:
    """Give the effects of a measure by name."""
    return {n: b for n, b in blocks(written, **fields).items() if isinstance(b, Effect)}


def amounts(written: str, **fields: object) -> dict[str, tuple[str, float]]:
    """Give quantity and full-effect amount of each effect, to compare within rounding."""
    return {n: (e.quantity, pytest.approx(e.amount.mode)) for n, e in effects(written, **fields).items()}
