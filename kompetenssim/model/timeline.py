"""How quantities change over time: yearly series, dated rules and the effects of measures.

Everything is evaluated on one grid of dates (the first of each month, 1 January, and the exact start and
end days of measures); the engine receives only the changes, at the week in which the date falls.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kompetenssim.model.calendar import DAY, WEEK
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import EffectRow, Template

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
FAR = 10**7


def measure_weights(template: Template, theta: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell per measure whether it is carried out in this draw (its own uniform against its probability)."""
    return np.array(
        [theta[u] < theta[p] / 100.0 for u, p in zip(template.carried_out, template.probability, strict=True)], dtype=bool
    )


def logistic_ramp(months: NDArray[np.float64], length: float) -> NDArray[np.float64]:
    """Give the share of full effect `months` after the start: an S-curve from 0 to 1 over `length` months."""
    if length <= 0.0:
        return np.where(months >= 0.0, 1.0, 0.0)
    x = np.clip(months / length, 0.0, 1.0)
    s = 1.0 / (1.0 + np.exp(-10.0 * (x - 0.5)))
    low = 1.0 / (1.0 + np.exp(5.0))
    ramp: NDArray[np.float64] = np.where(months < 0.0, 0.0, np.where(x >= 1.0, 1.0, (s - low) / (1.0 - 2.0 * low)))
    return ramp


class Timeline:
    """Evaluate all quantities of one draw on the grid of dates."""

    def __init__(
        self, template: Template, theta: NDArray[np.float64], base: dict[str, NDArray[np.float64]], one: dict[str, float]
    ) -> None:
        self.template, self.theta, self.base, self.one = template, theta, base, one
        calendar = template.calendar
        last = calendar.week_start[-1] // DAY
        firsts = [s // DAY for s in calendar.month_start[:-1]]
        firsts += [d for d in range(calendar.horizon // DAY, last) if date.fromordinal(calendar.start.toordinal() + d).day == 1]
        self.firsts = np.array(firsts, dtype=np.int64)
        days = {*firsts, *template.daily_rest_day}
        for e in template.effects:
            days.update({e.start, e.end + 1})
        for b in template.enablers:
            days.update({b.start, b.end + 1})
        self.days = np.array(sorted({0} | {d for d in days if 0 < d < last}), dtype=np.int64)
        self.week = self._weeks(self.days)
        self.carried = measure_weights(template, theta)
        self.years = np.array([(calendar.start.toordinal() + int(d)) for d in self.days])
        self.year = np.array([date.fromordinal(int(o)).year for o in self.years])
        self.lift = self._lift()

    def _weeks(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        offset = days * DAY - self.template.calendar.week_start[1]
        weeks: NDArray[np.int64] = np.where(offset < 0, 0, 1 + offset // WEEK)
        return weeks

    def _lift(self) -> NDArray[np.float64]:
        """Give per measure and date the lift of realisation (share, capped)."""
        lift = np.zeros((len(self.template.measures), len(self.days)))
        for row in self.template.enablers:
            if not self.carried[row.measure]:
                continue
            active = (self.days >= row.start) & (self.days <= row.end)
            if row.running:
                active = active & (self.days > row.end)
            for target in row.targets:
                lift[target] += np.where(active, self.theta[row.lift] / 100.0, 0.0)
        result: NDArray[np.float64] = np.minimum(lift, self.one["realisation_cap_pp"] / 100.0)
        return result

    def _ramp_months(self, e: EffectRow) -> float:
        """Give the length of an effect's ramp, shortened by enablers in force on the day it starts, not by later ones."""
        if e.ramp < 0:
            return 0.0
        factor = 1.0
        for row in self.template.enablers:
            if self.carried[row.measure] and e.measure in row.targets and row.start <= e.start <= row.end:
                factor = min(factor, float(self.theta[row.ramp_factor]))
        return float(self.theta[e.ramp]) * factor

    def weight(self, e: EffectRow, days: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give ramp · decay of an effect at some days, shape (places, days) when staggered, else (1, days).

        Both step on the first of each month, whatever other dates the grid has.
        """
        stepped = np.maximum(self.firsts[np.searchsorted(self.firsts, days, side="right") - 1], e.start)
        months = (stepped - e.start) / DAYS_PER_MONTH
        ramp_months = self._ramp_months(e)
        if e.staggered and ramp_months > 0.0:
            n = len(e.places)
            turn = np.arange(n)[:, None] * ramp_months / n
            ramp = np.where(months[None, :] >= turn, 1.0, 0.0)
        else:
            ramp = logistic_ramp(months, ramp_months)[None, :]
        if e.decay >= 0:
            past = np.maximum(0.0, months - ramp_months)
            ramp = ramp * np.exp(-np.log(2.0) * past / float(self.theta[e.decay]))[None, :]
        result: NDArray[np.float64] = np.where((days >= e.start) & (days <= e.end), ramp, 0.0)
        return result

    def _scaled(self, e: EffectRow) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the weight w over the grid and the weight already in the start state."""
        if not e.scaled:
            active = ((self.days >= e.start) & (self.days <= e.end)).astype(float)[None, :]
            return active, np.array([[1.0 if e.running and e.start <= 0 <= e.end else 0.0]])
        realised = float(self.theta[e.realisation]) if e.realised and e.realisation >= 0 else 1.0
        share = float(self.theta[e.coverage]) if e.coverage >= 0 else 1.0
        lift = self.lift[e.measure] if e.realised and e.realisation >= 0 else np.zeros(len(self.days))
        lifted = np.minimum(1.0, realised + lift) * share
        w = self.weight(e, self.days) * lifted[None, :]
        before = self.weight(e, np.array([0])) * realised * share if e.running else np.zeros((1, 1))
        return w, before

    def paths(self) -> dict[str, NDArray[np.float64]]:
        """Give every quantity over the grid, shape (places, dates)."""
        T = len(self.days)
        paths = {q: np.repeat(self.base[q][:, None], T, axis=1) for q in QUANTITIES}
        self._yearly(paths)
        self._dated_rules(paths)
        grouped: dict[str, list[EffectRow]] = {}
        for e in self.template.effects:
            if self.carried[e.measure]:
                grouped.setdefault(e.quantity, []).append(e)
        for quantity, rows in grouped.items():
            paths[quantity] = self._combine(quantity, paths[quantity], rows)
        factor = paths["arrival_factor"]
        np.minimum(factor, self.one["arrival_cap"], out=factor)
        return paths

    def _combine(self, quantity: str, path: NDArray[np.float64], rows: list[EffectRow]) -> NDArray[np.float64]:
        how = QUANTITIES[quantity].combine
        if how in ("level", "least"):
            return self._levels(how, path, rows)
        if how == "retention":
            return path * self._retention(path.shape, rows)
        product, total = np.ones_like(path), np.zeros_like(path)
        for e in rows:
            w, before = self._scaled(e)
            x, at = float(self.theta[e.amount]), list(e.places)
            if how == "add":
                total[at] += x * (w - before)
            elif how == "multiply":
                product[at] *= (1.0 + (x - 1.0) * w) / (1.0 + (x - 1.0) * before)
            else:
                product[at] *= (1.0 - x * w) / (1.0 - x * before)
        if how == "remaining":
            return 1.0 - (1.0 - path) * product
        return path * product + total

    def _levels(self, how: str, path: NDArray[np.float64], rows: list[EffectRow]) -> NDArray[np.float64]:
        path = path.copy()
        for e in sorted(rows, key=lambda r: (r.start, r.measure, r.amount)):
            active = (self.days >= e.start) & (self.days <= e.end)
            w = self.weight(e, self.days)
            x, at = float(self.theta[e.amount]), list(e.places)
            if how == "least":
                path[at] = np.where(active[None, :], np.minimum(path[at], x), path[at])
            elif e.scaled:
                path[at] = np.where(active[None, :], path[at] + (x - path[at]) * w, path[at])
            else:
                path[at] = np.where(active[None, :], x, path[at])
        return path

    def _retention(self, shape: tuple[int, ...], rows: list[EffectRow]) -> NDArray[np.float64]:
        """Combine retention factors: product within an effektgrupp, capped there, product across (domain model 3.4)."""
        cap = 1.0 - self.one["retention_cap"]
        groups: dict[int, NDArray[np.float64]] = {}
        start: dict[int, NDArray[np.float64]] = {}
        for e in rows:
            w, before = self._scaled(e)
            x, at = float(self.theta[e.amount]), list(e.places)
            now = groups.setdefault(e.effect_group, np.ones(shape))
            then = start.setdefault(e.effect_group, np.ones((shape[0], 1)))
            now[at] *= 1.0 + (x - 1.0) * w
            then[at] *= 1.0 + (x - 1.0) * before
        result = np.ones(shape)
        for key in sorted(groups):
            result *= np.maximum(groups[key], cap) / np.maximum(start[key], cap)
        return result

    def _series(self, rows: tuple[tuple[int, int], ...], missing: float | None) -> NDArray[np.float64]:
        """Give a yearly series on the grid; a year without a value takes the nearest earlier one, and before the first
        year `missing` (None: the first value)."""
        first = min(rows)[1] if rows else -1
        found = np.full(len(self.days), missing if missing is not None else float(self.theta[first]))
        for year, column in sorted(rows):
            found[self.year >= year] = self.theta[column]
        return found

    def _yearly(self, paths: dict[str, NDArray[np.float64]]) -> None:
        t = self.template
        n = self.year - t.start.year
        paths["pay"] *= np.power(1.0 + self.one["pay_growth_percent"] / 100.0, n)[None, :]
        growth = self.theta[np.array(t.group_columns[_group_index("agency_price_growth")])][np.array(t.cell_group)] / 100.0
        price = np.power(1.0 + growth[:, None], n[None, :])
        paths["agency_price_reference"] *= price
        paths["agency_price"] *= price * self._series(t.yearly_price_index, 1.0)[None, :]
        on_cost = self._series(t.yearly_on_cost, None)
        paths["on_cost"][0] = on_cost / 100.0
        trend = np.power(1.0 + self.one["availability_trend_percent"] / 100.0, n)
        available = trend * self._series(t.yearly_availability, 1.0)
        paths["agency_delivery"] *= available[None, :]
        paths["need_year"] *= self._need_growth()[None, :]
        paths["pay_relative"] -= self._competition()[None, :]

    def _need_growth(self) -> NDArray[np.float64]:
        given = {y: float(self.theta[c]) for y, c in self.template.yearly_need_growth}
        first = self.template.start.year
        factor = {first: 1.0}
        for y in range(first + 1, int(self.year.max()) + 1):
            factor[y] = factor[y - 1] * (1.0 + given.get(y, self.one["need_growth_percent"]) / 100.0)
        return np.array([factor[int(y)] for y in self.year])

    def _competition(self) -> NDArray[np.float64]:
        """Give competitors' pay rise beyond ours, accumulated since the start."""
        given = {y: float(self.theta[c]) / 100.0 for y, c in self.template.yearly_competition}
        return np.array(
            [
                np.prod([1.0 + r for y, r in sorted(given.items()) if self.template.start.year <= y <= at]) - 1.0
                for at in self.year
            ]
        )

    def _dated_rules(self, paths: dict[str, NDArray[np.float64]]) -> None:
        t = self.template
        rest = np.array(t.cell_duty_rest_hours) * self.one["daily_rest_extra_percent"] / 100.0
        for c, day in enumerate(t.daily_rest_day):
            if day > 0:
                paths["duty_hours"][c, self.days >= day] += rest[c]

    def operations(
        self, paths: dict[str, NDArray[np.float64]], offsets: dict[str, int]
    ) -> tuple[list[int], list[int], list[float], list[float]]:
        """Give the dated set operations (week, slot, value), sorted, and the values in week 0."""
        flat = np.concatenate([paths[q] for q in QUANTITIES])
        if len(offsets) != len(QUANTITIES) + 1:
            raise ValueError("offsets do not match the quantities")
        keep = np.append(self.week[1:] != self.week[:-1], True)
        flat, week = flat[:, keep], self.week[keep]
        if week[0] != 0:
            raise ValueError("the grid must begin in week 0")
        slot, column = np.nonzero(flat[:, 1:] != flat[:, :-1])
        order = np.lexsort((slot, column))
        slot, column = slot[order], column[order] + 1
        return week[column].tolist(), slot.tolist(), flat[slot, column].tolist(), flat[:, 0].tolist()

    def monthly(self, path: NDArray[np.float64]) -> list[list[float]]:
        """Give a quantity at the first day of each month, [month][place]."""
        firsts = np.array(self.template.calendar.month_start[:-1]) // DAY
        at = np.searchsorted(self.days, firsts, side="right") - 1
        result: list[list[float]] = path[:, at].T.tolist()
        return result


def _group_index(name: str) -> int:
    from kompetenssim.model.template import GROUP_PARAMETERS

    return GROUP_PARAMETERS.index(name)
