"""The register at the start, synthesised from counts, age and tenure tables where a region has no extract.

The stock equals the counts exactly. Ages, tenures and employment rates are stratified quantiles of their
tables, dealt out by keyed shuffles, so the register is the same in every simulation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum

from kompetenssim.model.calendar import YEAR
from kompetenssim.model.keyed import name_key, uniform
from kompetenssim.model.template import Person
from kompetenssim.resolve.places import Layout, expand
from kompetenssim.spec.region import Region, StartState

AGES = {"20-29": 14.0, "30-39": 24.0, "40-49": 24.0, "50-59": 25.0, "60-62": 8.0, "63-64": 4.0, "65-66": 1.0}
TENURES = {"0-1": 14.0, "1-2": 10.0, "2-5": 21.0, "5-10": 20.0, "10-20": 20.0, "20-40": 15.0}
HIRE_AGES = {"22-29": 40.0, "30-39": 30.0, "40-49": 18.0, "50-59": 10.0, "60-63": 2.0}
GRADES = {"100": 65.0, "75": 25.0, "50": 10.0}
UNITS = 200
HALF_POST = 100
YOUNGEST_HIRE = 20.0


def bands(table: Mapping[str, float] | None, default: Mapping[str, float]) -> list[tuple[float, float, float]]:
    """Read `"20-29": 12` as (20, 30, share): both ends of an age class are included; `"10+"` ends at +15."""
    source = table or default
    total = fsum(source.values())
    found = []
    for text, share in source.items():
        low, _, high = text.rstrip("+").partition("-")
        start = float(low)
        stop = float(high) if high else start + 15.0
        found.append((start, stop, share / total))
    return sorted(found)


def age_bands(table: Mapping[str, float] | None, default: Mapping[str, float] = AGES) -> list[tuple[float, float, float]]:
    """Read an age table; `20-29` means from the 20th to the day before the 30th birthday."""
    return [(a, b + 1.0, s) for a, b, s in bands(table, default)]


def quantile(table: list[tuple[float, float, float]], p: float) -> float:
    """Give the quantile of a table of bands, uniform within each."""
    left = p
    for start, stop, share in table:
        if left <= share:
            return start + (stop - start) * left / share if share > 0 else start
        left -= share
    return table[-1][1]


def grade_mix(table: Mapping[str, float] | None) -> list[tuple[int, float]]:
    """Read employment rates in per cent as (1/200, share); a rate off the grid becomes its two neighbours with the right mean."""
    source = table or GRADES
    total = fsum(source.values())
    mix: dict[int, float] = {}
    for text, share in sorted(source.items()):
        exact = float(text) / 100.0 * UNITS
        low = int(exact)
        part = exact - low
        if part < 1e-9:
            mix[low] = mix.get(low, 0.0) + share / total
        else:
            mix[low] = mix.get(low, 0.0) + (1.0 - part) * share / total
            mix[low + 1] = mix.get(low + 1, 0.0) + part * share / total
    return sorted(mix.items())


def counts(region: Region, where: Layout, start: StartState) -> list[int]:
    """Give employees by cell: the units' counts times the start state's factor, rounded so that each group's total is right."""
    factor = {g: n.mode for key, n in sorted(start.employees_factor.items()) for g in expand(region, [key])}
    result = [0] * len(where.cells)
    for group in where.groups:
        carried, given = 0.0, 0
        for i, (u, g) in enumerate(where.cells):
            if g != group or g not in region.units[u].employees:
                continue
            carried += region.units[u].employees[g].mode * factor.get(g, 1.0)
            result[i] = round(carried + 1e-9) - given
            given += result[i]
    return result


def employed_fte(where: Layout, register: Iterable[Person]) -> dict[tuple[str, str], float]:
    """Give the contracted FTE of each cell."""
    units = contracted(where, register)
    return {c: n / UNITS for c, n in zip(where.cells, units, strict=True)}


def contracted(where: Layout, register: Iterable[Person]) -> list[int]:
    """Give the contracted FTE of each cell in 1/200."""
    units = [0] * len(where.cells)
    for p in register:
        units[p.cell] += p.grade
    return units


def people(region: Region, where: Layout, heads: list[int]) -> tuple[Person, ...]:
    """Give one row per employee at the start, sorted by cell and number."""
    rows: list[Person] = []
    for group in where.groups:
        cells = [i for i, (_, g) in enumerate(where.cells) if g == group]
        members = [(i, k) for i in cells for k in range(heads[i])]
        n = len(members)
        if n == 0:
            continue
        spec = region.groups[group]
        age_table, tenure_table, grades = age_bands(spec.ages), bands(spec.tenures, TENURES), grade_mix(spec.grades)
        names = [f"{where.cells[i][0]}/{group}/{k}" for i, k in members]
        age_rank, tenure_rank, grade_rank = (_shuffle(region.region.key, group, what, names) for what in ("ålder", "tid", "grad"))
        mixed = _mixed_ranks(age_rank, tenure_rank)
        for j, (cell, _) in enumerate(members):
            age = quantile(age_table, (age_rank[j] + 0.5) / n)
            tenure = min(quantile(tenure_table, (mixed[j] + 0.5) / n), max(0.02, age - YOUNGEST_HIRE))
            rows.append(
                Person(names[j], cell, -int(age * YEAR), -max(1, int(tenure * YEAR)), _grade(grades, (grade_rank[j] + 0.5) / n))
            )
    return tuple(sorted(rows, key=lambda p: (p.cell, int(p.name.rsplit("/", 1)[1]))))


def vacant_units(region: Region, where: Layout, start: StartState, fte_units: list[int]) -> tuple[int, ...]:
    """Give vacant posts by cell in 1/200 FTE: the unit's own figure, else the group's vacancy rate of the start state.

    A rate is dealt out in half posts, so that the group's total is right to a quarter of a post: a sliver in every unit
    would be hired as a person in every unit.
    """
    rates = {g: n.mode / 100.0 for key, n in sorted(start.vacancy_percent.items(), reverse=True) for g in expand(region, [key])}
    for key, n in start.vacancy_percent.items():
        if key in region.groups:
            rates[key] = n.mode / 100.0
    result = []
    carried, given = dict.fromkeys(where.groups, 0.0), dict.fromkeys(where.groups, 0)
    for i, (u, g) in enumerate(where.cells):
        if g in region.units[u].vacant_fte:
            result.append(round(region.units[u].vacant_fte[g].mode * UNITS))
        else:
            v = rates.get(g, 0.0)
            carried[g] += fte_units[i] * v / (1.0 - v) if v < 1.0 else 0.0
            result.append(HALF_POST * round(carried[g] / HALF_POST) - given[g])
            given[g] += result[-1]
    return tuple(result)


def _grade(mix: list[tuple[int, float]], p: float) -> int:
    left = p
    for units, share in reversed(mix):
        if left <= share:
            return units
        left -= share
    return mix[0][0]


def _shuffle(region: str, group: str, what: str, names: list[str]) -> list[int]:
    """Give each name its rank in a keyed shuffle."""
    order = sorted(range(len(names)), key=lambda j: (uniform(name_key(region, group, what, names[j]), 0, 0), names[j]))
    rank = [0] * len(names)
    for position, j in enumerate(order):
        rank[j] = position
    return rank


def _mixed_ranks(first: list[int], second: list[int]) -> list[int]:
    """Give ranks that lean on both (older staff tend to have served longer)."""
    order = sorted(range(len(first)), key=lambda j: (first[j] + second[j], j))
    rank = [0] * len(first)
    for position, j in enumerate(order):
        rank[j] = position
    return rank
