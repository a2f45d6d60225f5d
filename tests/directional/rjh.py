"""Region Jämtland Härjedalen's own scenarios, whole or cut down to the doctors of primary care, for a few simulations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from kompetenssim.api import load
from kompetenssim.model.template import Template
from kompetenssim.resolve import resolve
from kompetenssim.spec.specification import Specification

ROOT = Path(__file__).parents[2]
PRIMARY_CARE_DOCTORS = ("distriktslakare", "st_allmanmedicin", "underlakare")
BY_GROUP = ("employees", "need_fte", "need_hours", "shift_matrix", "vacant_fte", "least_per_shift", "summer_substitutes")


def scenario(key: str, end: date | None = None) -> Template:
    """Give a scenario of the region, perhaps cut short."""
    spec = load(ROOT / f"scenarios/rjh/{key}.yaml")
    return resolve(spec if end is None else replace(spec, end=end))


def primary_care_doctors(key: str) -> Template:
    """Give a scenario with district doctors, residents and junior doctors alone: a tenth of the time, the same rules."""
    return resolve(_only(load(ROOT / f"scenarios/rjh/{key}.yaml"), PRIMARY_CARE_DOCTORS))


def _only(spec: Specification, groups: tuple[str, ...]) -> Specification:
    region = spec.region
    units = {}
    for key, unit in region.units.items():
        kept: dict[str, Any] = {f: {g: n for g, n in getattr(unit, f).items() if g in groups} for f in BY_GROUP}
        kept["duty_lines"] = [line for line in unit.duty_lines if line.group in groups]
        units[key] = unit.model_copy(update=kept)
    programmes = {k: p for k, p in region.programmes.items() if p.from_group in groups and (p.to_group or p.from_group) in groups}
    change: dict[str, Any] = {"units": units, "programmes": programmes, "graduates": {}, "free_shifts": []}
    return replace(spec, region=region.model_copy(update=change))
