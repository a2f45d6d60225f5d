"""Small regions for directional tests, and paired simulations of two scenarios under the same chance.

A region is a mapping as in `region.yaml`; a scenario is a region, its parameters and its measures. Both scenarios of a
pair get the same rows of the draw matrix and the same simulation numbers, and a bound is always a number of standard
errors of the paired difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from kompetenssim.api import load
from kompetenssim.engine.reference import simulate
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.template import Template
from kompetenssim.model.trajectory import ACCOUNT, Trajectory, column
from kompetenssim.resolve import resolve

SEED = 20230101
ALL = slice(None)

RULES = {
    "version": 1,
    "riktalder_ar": {"1990-01-01": 66},
    "tidigaste_pension_ar": {"1990-01-01": 63},
    "las_alder_ar": {"1990-01-01": 69},
}

#: A made-up region: two sister wards, a care centre, five groups, about 140 employees.
REGION: dict[str, Any] = {
    "version": 1,
    "region": {"nyckel": "prov", "namn": "Provregionen"},
    "startlagen": {
        "2023-01-01": {
            "antagande": "ja",
            "vakansgrad_procent": {"lakare": 15, "ssk": 8, "spec_ssk": 8, "usk": 3, "vns": 1},
            "obemannat_procent": {"lakare": 15, "ssk": 10, "spec_ssk": 8, "usk": 3, "vns": 1},
        }
    },
    "parametrar": {"behov_okning_procent": 0},
    "ekonomi": {"po_procent": {"2022": 46}, "loneokning_procent": 0},
    "yrkesgrupper": {
        "lakare": {
            "titel": "Läkare", "manadslon_kr": 80000, "handledarfamilj": "lakare",
            "hyra": {"pris_kr_timme": 1600, "pris_okning_procent": 0, "ledtid_veckor": 4},
        },
        "ssk": {
            "titel": "Sjuksköterska", "manadslon_kr": 36000, "handledarfamilj": "ssk",
            "hyra": {"pris_kr_timme": 700, "pris_okning_procent": 0, "ledtid_veckor": 3},
        },
        "spec_ssk": {
            "titel": "Specialistsjuksköterska", "manadslon_kr": 41000, "handledarfamilj": "ssk",
            "hyra": {"pris_kr_timme": 800, "pris_okning_procent": 0, "ledtid_veckor": 3},
        },
        "usk": {"titel": "Undersköterska", "manadslon_kr": 29000, "hyrs_in": "nej", "handledarfamilj": "usk"},
        "vns": {"titel": "Vårdnära service", "manadslon_kr": 26000, "hyrs_in": "nej", "handledarfamilj": "usk"},
    },
    "schematyper": {"dag": {"heltid_timmar_vecka": 40}},
    "omraden": {"sjukhus": "Sjukhus", "primarvard": "Primärvård"},
    "enheter": {
        "avd_a": {
            "titel": "Avdelning A", "omrade": "sjukhus", "specialitet": "medicin",
            "anstallda": {"lakare": 8, "ssk": 26, "spec_ssk": 10, "usk": 24, "vns": 2},
        },
        "avd_b": {
            "titel": "Avdelning B", "omrade": "sjukhus", "specialitet": "medicin",
            "anstallda": {"lakare": 7, "ssk": 24, "spec_ssk": 8, "usk": 22, "vns": 2},
        },
        "central": {"titel": "Hälsocentralen", "omrade": "primarvard", "anstallda": {"lakare": 8, "ssk": 8, "usk": 6}},
    },
}  # fmt: skip


def merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Give `base` with `change` laid over it; mappings are joined, everything else is replaced, None takes a key away."""
    result = deepcopy(dict(base))
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = deepcopy(value)
    return result


def measure(key: str, start: str = "2023-01-01", **blocks: Any) -> dict[str, Any]:
    """Give a measure with its lever blocks (and other keys) as a scenario writes it."""
    return {"nyckel": key, "titel": key, "start": start, "antagande": "ja"} | blocks


def template(
    *measures: Mapping[str, Any],
    years: float = 2,
    region: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    outside: Mapping[str, Any] | None = None,
    base: Mapping[str, Any] = REGION,
) -> Template:
    """Write a small region and a scenario from 2023-01-01 to files, load them and resolve them."""
    months = round(years * 12)
    end = date(2023 + months // 12, 1 + months % 12, 1) - timedelta(days=1)
    scenario = {
        "version": 1,
        "scenario": {
            "nyckel": "prov", "titel": "Prov", "startlage": "2023-01-01",
            "period": {"start": "2023-01-01", "slut": end.isoformat()}, "simuleringar": 2,
        },
        "parametrar": dict(parameters or {}),
        "omvarld": dict(outside or {}),
        "atgarder": [dict(m) for m in measures],
    }  # fmt: skip
    texts = {
        "gemensamt/regler": RULES,
        "gemensamt/atgarder": {"version": 1, "atgarder": []},
        "prov/region": merged(base, region or {}),
        "prov/prov": scenario,
    }
    with TemporaryDirectory() as folder:
        for name, content in texts.items():
            path = Path(folder) / "scenarios" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False)
            path.write_text(text.replace("'", ""), encoding="utf-8")
        return resolve(load(Path(folder) / "scenarios/prov/prov.yaml"))


class _Plain(yaml.SafeDumper):
    """Write everything out: the files of the program know no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Runs(NamedTuple):
    """Simulations of one scenario, each with its own row of the draw matrix."""

    template: Template
    all: tuple[Trajectory, ...]

    def cells(self, group: str | Sequence[str] | None = None, unit: str | Sequence[str] | None = None) -> list[int]:
        """Give the cells of some groups and units."""
        groups, units = ([x] if isinstance(x, str) else x for x in (group, unit))
        return [
            i for i, (u, g) in enumerate(self.template.cells) if (groups is None or g in groups) and (units is None or u in units)
        ]

    def sum(
        self, *names: str, group: str | Sequence[str] | None = None, unit: str | Sequence[str] | None = None, months: slice = ALL
    ) -> NDArray[np.float64]:
        """Give the sum of some flows over cells and months, one value per simulation."""
        cells, columns = self.cells(group, unit), [column(n) for n in names]
        return np.array([t.months[months][:, cells][:, :, columns].sum() for t in self.all], dtype=float)

    def weekly_need(self, *groups: str, weeks: slice = ALL) -> NDArray[np.int64]:
        """Give the need of some groups by simulation, week, area and group, exact to the minute."""
        at = [self.template.groups.index(g) for g in groups or self.template.groups]
        return np.array([t.weeks[weeks][:, :, at, ACCOUNT.index("need")] for t in self.all])

    def ratio(self, above: str | Sequence[str], below: str, **where: Any) -> NDArray[np.float64]:
        """Give Σ above / Σ below, one value per simulation."""
        return self.sum(*([above] if isinstance(above, str) else above), **where) / self.sum(below, **where)

    def stock(self, name: str, month: int = -1, **where: Any) -> NDArray[np.float64]:
        """Give a stock at the end of a month, one value per simulation."""
        return np.array([t.months[month, self.cells(**where), column(name)].sum() for t in self.all], dtype=float)

    def measures(self) -> NDArray[np.float64]:
        """Give cost less grants of all measures in kronor, one value per simulation."""
        return np.array([(t.measures[:, :, 0] - t.measures[:, :, 1]).sum() for t in self.all]) / 100

    def cost(self, **where: Any) -> NDArray[np.float64]:
        """Give all cost of cells in kronor: net cost but for what measures cost beyond wages."""
        return self.sum("wage_ore", "pool_ore", "agency_ore", "recruit_ore", "training_ore", "bought_care_ore", **where) / 100


def run(scenario: Template, simulations: int, *, fixed: Mapping[str, float] | None = None, seed: int = SEED) -> Runs:
    """Simulate a scenario; `fixed` sets parameters (by name) to the same value in every draw."""
    theta = draw_matrix(scenario.parameters, simulations, seed)
    names = [p.name for p in scenario.parameters]
    for name, value in (fixed or {}).items():
        theta[:, names.index(name)] = value
    return Runs(scenario, tuple(simulate(scenario, theta[i], seed=seed, simulation=i) for i in range(simulations)))


@cache
def unchanged(years: float = 2, simulations: int = 12) -> Runs:
    """Give the small region as it is, simulated once and shared by the tests."""
    return run(template(years=years), simulations)


class Difference(NamedTuple):
    """A paired difference: its mean and the standard error of the mean."""

    mean: float
    error: float

    @property
    def low(self) -> float:
        """Give the lower 95 % bound."""
        return self.mean - 1.96 * self.error

    @property
    def high(self) -> float:
        """Give the upper 95 % bound."""
        return self.mean + 1.96 * self.error


def paired(changed: NDArray[np.float64], reference: NDArray[np.float64]) -> Difference:
    """Give the mean difference of two scenarios under common random numbers."""
    d = changed - reference
    return Difference(float(d.mean()), float(d.std(ddof=1)) / sqrt(len(d)))


def rises(changed: NDArray[np.float64], reference: NDArray[np.float64]) -> bool:
    """Tell whether a quantity rises: the lower 95 % bound of the paired difference is above 0."""
    return paired(changed, reference).low > 0


def falls(changed: NDArray[np.float64], reference: NDArray[np.float64]) -> bool:
    """Tell whether a quantity falls: the upper 95 % bound of the paired difference is below 0."""
    return paired(changed, reference).high < 0


def stays(changed: NDArray[np.float64], reference: NDArray[np.float64], *, errors: float = 3.0) -> bool:
    """Tell whether a quantity stays: the paired difference is within some standard errors of 0."""
    d = paired(changed, reference)
    return abs(d.mean) <= errors * d.error or d.mean == 0

