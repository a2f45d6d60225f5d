"""What a simulation says of an observation: the same indicator, over the same people and months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.indicators import DAYS, REGISTER, Terms, is_stock
from kompetenssim.forecast.sample import COLUMNS, with_derived

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.observation import Observation
    from kompetenssim.calibration.period import Period
    from kompetenssim.forecast.geometry import Geometry
    from kompetenssim.model.trajectory import Trajectory

ALL = "alla"


class Aim(NamedTuple):
    """An indicator over some cells and the months `first` … `last` of a scenario."""

    indicator: str
    cells: tuple[int, ...]
    first: int
    last: int


def aims_of(observations: Sequence[Observation], geometry: Geometry, sets: dict[str, list[str]]) -> tuple[Aim, ...]:
    """Find the cells and months of observations. Raises UserError for months that the scenario does not have."""
    return tuple(_aim(o, geometry, sets) for o in observations)


def _aim(o: Observation, geometry: Geometry, sets: dict[str, list[str]]) -> Aim:
    from kompetenssim.forecast.geometry import members

    groups = None if o.group == ALL else set(members(o.group, sets))
    cells = tuple(i for i, cell in enumerate(geometry.cells)
                  if (groups is None or cell.group in groups) and o.area in (ALL, cell.area))
    first, last = _months(o.period, o.time_base)
    at = {month: k for k, month in enumerate(geometry.months)}
    missing = [month for month in (first, last) if month not in at or not geometry.full_months[at[month]]]
    if missing:
        raise UserError(
            f"{o.name} ({o.time_base}) gäller {first} till {last}, men scenariot täcker {geometry.months[0]} till "
            f"{geometry.months[-1]}; välj ett scenario som täcker hela perioden", code=2)
    if not cells:
        raise UserError(f"{o.name}: inga celler i regionen har gruppen {o.group} i området {o.area}", code=2)
    return Aim(o.indicator, cells, at[first], at[last])


def _months(period: Period, time_base: str) -> tuple[str, str]:
    """Give the first and last month that an observation is about."""
    last = period.last
    first = period.first
    begin = {
        "rullande12": (last.year - 1, last.month + 1) if last.month < 12 else (last.year, 1),
        "ackumulerat_ar": (last.year, 1),
        "per_datum": (last.year, last.month),
    }.get(time_base, (first.year, first.month))
    return f"{begin[0]:04d}-{begin[1]:02d}", f"{last.year:04d}-{last.month:02d}"


def read_aims(trajectory: Trajectory, geometry: Geometry, aims: Sequence[Aim], space: NDArray[np.int64]) -> list[float]:
    """Give the value of each aim in one simulation; NaN for a ratio to nothing. `space` is worked in [cell, column, month]."""
    cells = with_derived(trajectory.months, geometry, space)
    found = []
    for aim in aims:
        indicator = REGISTER[aim.indicator]
        above = _total(cells, aim, indicator.numerator)
        if indicator.denominator is None:
            below = 1.0
        elif DAYS in indicator.denominator:
            below = float(sum(geometry.month_days[aim.first : aim.last + 1]))
        else:
            below = _total(cells, aim, indicator.denominator)
        found.append(above / below * indicator.scale if below > 0 else float("nan"))
    return found


def _total(cells: NDArray[np.int64], aim: Aim, terms: Terms) -> float:
    first = aim.last if is_stock(terms) else aim.first
    rows = list(aim.cells)
    return float(sum(sign * int(cells[rows, COLUMNS.index(name), first : aim.last + 1].sum()) for name, sign in terms.items()))
