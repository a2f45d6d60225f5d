"""What a simulation says of an observation: the same indicator, over the same people and months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import ALL, Selection, chosen_cells
from kompetenssim.forecast.indicators import DAYS, REGISTER, Terms, combine, is_stock
from kompetenssim.forecast.sample import COLUMNS, with_derived

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.observation import Observation
    from kompetenssim.calibration.period import Period
    from kompetenssim.forecast.geometry import Geometry
    from kompetenssim.model.trajectory import Trajectory

class Aim(NamedTuple):
    """An indicator over some cells and the months `first` … `last` of a scenario."""

    indicator: str
    cells: tuple[int, ...]
    first: int
    last: int


def aims_of(observations: Sequence[Observation], geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> tuple[Aim, ...]:
    """Find the cells and months of observations. Raises UserError for months that the scenario does not have."""
    return tuple(_aim(o, geometry, sets) for o in observations)


def _aim(o: Observation, geometry: Geometry, sets: Mapping[str, Sequence[str]]) -> Aim:
    areas, groups = (() if key == ALL else (key,) for key in (o.area, o.group))
    cells = chosen_cells(geometry.cells, Selection(areas, (), groups), sets)
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
    return [_value(cells, aim, geometry) for aim in aims]


def _value(cells: NDArray[np.int64], aim: Aim, geometry: Geometry) -> float:
    import numpy as np

    indicator = REGISTER[aim.indicator]
    days = np.array([sum(geometry.month_days[aim.first : aim.last + 1])], dtype=np.float64)
    below = None if indicator.denominator is None or DAYS in indicator.denominator else _total(cells, aim, indicator.denominator)
    return float(combine(indicator, _total(cells, aim, indicator.numerator), below, days)[0])


def _total(cells: NDArray[np.int64], aim: Aim, terms: Terms) -> NDArray[np.float64]:
    import numpy as np

    first = aim.last if is_stock(terms) else aim.first
    rows = list(aim.cells)
    total = sum(sign * int(cells[rows, COLUMNS.index(name), first : aim.last + 1].sum()) for name, sign in terms.items())
    return np.array([total], dtype=np.float64)
