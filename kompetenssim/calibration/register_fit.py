"""Rates from an HR extract: each parameter's prior in the region file, updated by what was counted (design 13, layer 2).

Counts are Poisson with the model's own hazards and the priors are the region file's, so the posteriors are exact or a sum over
a grid; nothing is simulated. The years are taken to be at reference workload, and what moves rates from year to year is met by
a quasi-likelihood: where the years are many enough, counts weigh 1/dispersion (`dispersion_of`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kompetenssim.calibration import exit_posterior, retirement_posterior
from kompetenssim.calibration.exit_posterior import Exits, Resignations
from kompetenssim.calibration.grid_posterior import Axis, Floats, Grid, axis
from kompetenssim.calibration.rate_posterior import Gamma, Mixture, gamma_prior
from kompetenssim.calibration.register import (
    FERTILE,
    GRADES,
    LEAVE,
    MOVES,
    NOVICE,
    PARENTAL,
    RESIGNATIONS,
    SICK,
    SMALL,
    YOUNG,
    RegisterRow,
)
from kompetenssim.calibration.sample import CONFLICT, IDENTIFIED, NORMAL_90, NOT_IDENTIFIED
from kompetenssim.model.draws import ParameterSpec, uniforms
from kompetenssim.model.start_tables import start_tables
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS, Template

if TYPE_CHECKING:
    from kompetenssim.calibration.plan import Plan

CERTAIN = "fast i regionfilen, anpassas inte"
LEAST_YEARS, LEAST_FREEDOM = 3, 10

#: What is a plain rate: the column that is counted and the parameter of the group.
RATES = ((SICK, "sick_long_percent"), (PARENTAL, "parental_percent"), (LEAVE, "leave_percent"), (MOVES, "move_percent"),
         (GRADES, "grade_percent"))  # fmt: skip


class Interval(NamedTuple):
    """A 10 % point, the most likely value and a 90 % point, as in a region file."""

    low: float
    mode: float
    high: float


class Dispersion(NamedTuple):
    """How much more a kind of count varies between years than chance; `freedom` 0 where there were too few years to tell."""

    factor: float = 1.0
    freedom: int = 0


class Fitted(NamedTuple):
    """One parameter. `events` and `person_years` are what informs it; contraction is on the prior's normal scale.

    `error` is the standard error of the contraction from one extract to another: the chance of the counts and of the dispersion.
    """

    path: str
    prior: Interval
    events: int
    person_years: float
    posterior: Interval
    contraction: float
    error: float
    shift: float
    dispersion: Dispersion
    certain: bool = False

    @property
    def identified(self) -> bool:
        """Tell whether the counts say more than the assumption: the lower 90 % bound of the contraction is above 0.2."""
        return not self.certain and self.contraction - NORMAL_90 * self.error > IDENTIFIED

    @property
    def conflict(self) -> bool:
        """Tell whether counts and region file disagree: moved by two prior standard deviations, or less sure."""
        return abs(self.shift) > CONFLICT or self.contraction < 0

    @property
    def label(self) -> str:
        """What every report that uses the parameter must say; empty where the counts decide it."""
        return CERTAIN if self.certain else "" if self.identified else NOT_IDENTIFIED


@dataclass(frozen=True)
class RegisterFit:
    """Posteriors by path, and what draws from them: plain rates, the joint exits, and (typical age, spread) by group."""

    fitted: Mapping[str, Fitted]
    rates: Mapping[str, Gamma]
    exits: Exits | None
    exit_names: Mapping[str, Resignations]
    factor_names: tuple[str, str]
    retirements: Mapping[tuple[str, str], Grid]

    @property
    def needed(self) -> set[str]:
        """The parameters whose uniforms a draw takes, certain ones among them."""
        return {*self.fitted, *self.factor_names, *(name for names in self.retirements for name in names)}

    def draw(self, u: Mapping[str, Floats]) -> dict[str, Floats]:
        """Draw every fitted parameter from its uniforms: the joint posterior, each parameter monotone in its own uniform."""
        found: dict[str, Floats] = {path: rate.quantile(u[path]) for path, rate in self.rates.items()}
        if self.exits is not None:
            novice, young = self.exits.grid.draw(*(u[name] for name in self.factor_names))
            found |= dict(zip(self.factor_names, (novice, young), strict=True))
            found |= {path: self.exits.draw(group, u[path], novice, young) for path, group in self.exit_names.items()}
        for names, grid in self.retirements.items():
            found |= dict(zip(names, grid.draw(*(u[name] for name in names)), strict=True))
        return {path: values for path, values in found.items() if path in self.fitted and not self.fitted[path].certain}


def register_columns(template: Template, plan: Plan, draws: int, seed: int) -> dict[int, Floats]:
    """Give the columns of the draw matrix that the plan's HR extract decides: column → values by draw; none without an extract.

    The uniforms are those of `draw_matrix`, so that no other column changes and a draw that was high stays high.
    """
    if not plan.register:
        return {}
    fit = fit_register(template, plan.register)
    names = sorted(fit.needed)
    u = uniforms(names, range(draws), seed)
    return columns_at(fit, template, {name: u[:, i] for i, name in enumerate(names)})


def columns_at(fit: RegisterFit, template: Template, u: Mapping[str, Floats]) -> dict[int, Floats]:
    """Give the columns that a fit decides at the uniforms of what it needs: column → values by draw."""
    drawn = fit.draw(u)
    return {column: np.clip(drawn[p.name], p.least, p.most) for column, p in enumerate(template.parameters) if p.name in drawn}


def fit_register(template: Template, rows: Sequence[RegisterRow]) -> RegisterFit:
    """Update the priors of a template by an extract. A parameter of which nothing is counted is not there: its prior stands."""
    return _Fit(template, rows).whole()


class _Fit:
    """One fit in the making."""

    def __init__(self, template: Template, rows: Sequence[RegisterRow]) -> None:
        self.template = template
        self.starts = start_tables(template).groups
        self.rows = {g: [row for row in rows if row.group == name] for g, name in enumerate(template.groups)}
        self.fitted: dict[str, Fitted] = {}

    def whole(self) -> RegisterFit:
        """Fit every kind of count."""
        rates = {path: gamma for event, name in RATES for path, gamma in self._rates(event, name)}
        exits, groups, factors = self._exits()
        return RegisterFit(self.fitted, rates, exits, groups, factors, self._retirements())

    def _of(self, name: str, group: int) -> ParameterSpec:
        return self.template.parameters[self.template.group_columns[GROUP_PARAMETERS.index(name)][group]]

    def _scalar(self, name: str) -> ParameterSpec:
        return self.template.parameters[self.template.scalar_columns[SCALARS.index(name)]]

    def _rates(self, event: str, name: str) -> list[tuple[str, Gamma]]:
        counted = {g: [r for r in rows if event in r.counts and _meant(event, r)] for g, rows in self.rows.items()}
        seen = {g: _seen_changes(self.template.group_grades[g]) if event == GRADES else 1.0 for g in counted}
        dispersion = dispersion_of([[(r.year, float(r.counts[event]), r.at_work) for r in rows] for rows in counted.values()])
        found = []
        for g, rows in counted.items():
            years, events, p = sum(r.at_work for r in rows), sum(r.counts[event] for r in rows), self._of(name, g)
            exposure = years * seen[g] / 100
            if exposure <= 0.0:
                continue
            if not p.uncertain:
                self._certain(p, events, years, exposure * p.mode, dispersion)
                continue
            prior = gamma_prior(p)
            after = Gamma(prior.shape + events / dispersion.factor, prior.rate + exposure / dispersion.factor)
            whole = Interval(float(after.quantile(0.1)), max(0.0, after.shape - 1) / after.rate, float(after.quantile(0.9)))
            self._add(p, events, years, whole, (prior.log_mean, prior.log_sd), (after.log_mean, after.log_sd), dispersion)
            found.append((p.name, after))
        return found

    def _exits(self) -> tuple[Exits | None, dict[str, Resignations], tuple[str, str]]:
        novice, young = self._scalar("novice_exit"), self._scalar("young_exit")
        names, specs, groups = (novice.name, young.name), [], []
        yearly = []
        for g, rows in self.rows.items():
            p = self._of("exit_percent", g)
            group = exit_posterior.resignations(rows, self.starts[g], gamma_prior(p) if p.uncertain else None, p.mode)
            if group.person_years.sum() > 0.0:
                specs.append(p)
                groups.append(group)
                yearly.append([(r.year, float(r.counts[RESIGNATIONS]), r.at_work * _factor(r, novice.mode, young.mode))
                               for r in rows if RESIGNATIONS in r.counts])
        if not groups:
            return None, {}, names
        dispersion = dispersion_of(yearly)
        first, second = axis(novice), axis(young)
        exits = exit_posterior.fit(groups, first, second, dispersion.factor)
        counts, years = (np.sum([getattr(g, what) for g in groups], axis=0) for what in ("counts", "person_years"))
        self._axis(novice, first, exits.grid.weights.sum(axis=1), int(counts[1].sum()), float(years[1].sum()), dispersion)
        self._axis(young, second, exits.grid.weights.sum(axis=0), int(counts[:, 1].sum()), float(years[:, 1].sum()), dispersion)
        by_name = {}
        for p, group in zip(specs, groups, strict=True):
            events, at_risk = int(group.counts.sum()), float(group.person_years.sum())
            if group.prior is None:
                mu = group.exposure(np.array(novice.mode), np.array(young.mode)) * p.mode
                self._certain(p, events, at_risk, float(mu), dispersion)
                continue
            after: Mixture = exits.rate(group)
            whole = Interval(after.quantile(0.1), after.mode, after.quantile(0.9))
            prior = group.prior
            self._add(p, events, at_risk, whole, (prior.log_mean, prior.log_sd), (after.log_mean, after.log_sd), dispersion)
            by_name[p.name] = group
        return exits, by_name, names

    def _retirements(self) -> dict[tuple[str, str], Grid]:
        classes = {g: retirement_posterior.at_risk(self.template, rows) for g, rows in self.rows.items()}
        modes = {g: [np.array([self._of(name, g).mode]) for name in ("retire_relative", "retire_spread")] for g in classes}
        yearly = [[(r.year, float(r.retired), float(retirement_posterior.expected(r, *modes[g])[0, 0])) for r in of_group]
                  for g, of_group in classes.items()]
        dispersion, found = dispersion_of(yearly), {}
        for g, of_group in classes.items():
            mean, spread = self._of("retire_relative", g), self._of("retire_spread", g)
            years, events = sum(r.person_years for r in of_group), sum(r.retired for r in of_group)
            if years <= 0.0:
                continue
            if not mean.uncertain and not spread.uncertain:
                mu = sum(e for _, _, e in yearly[list(classes).index(g)])
                self._certain(mean, events, years, mu, dispersion)
                continue
            axes = axis(mean), axis(spread)
            grid = retirement_posterior.fit(of_group, *axes, dispersion.factor)
            self._axis(mean, axes[0], grid.weights.sum(axis=1), events, years, dispersion)
            self._axis(spread, axes[1], grid.weights.sum(axis=0), events, years, dispersion)
            found[mean.name, spread.name] = grid
        return found

    def _axis(self, p: ParameterSpec, on: Axis, weights: Floats, events: int, years: float, dispersion: Dispersion) -> None:
        """Add a parameter that lies on a grid."""
        if not p.uncertain:
            return
        logarithm = p.least is not None and p.least >= 0.0
        low, high = (float(on.quantile(weights, q)) for q in (0.1, 0.9))
        whole = Interval(low, float(on.at[int(weights.argmax())]), high)
        before, after = (on.mean_sd(w, logarithm=logarithm) for w in (on.prior, weights))
        self._add(p, events, years, whole, before, after, dispersion)

    def _add(self, p: ParameterSpec, events: int, years: float, posterior: Interval, before: tuple[float, float],
             after: tuple[float, float], dispersion: Dispersion) -> None:
        assert p.low is not None and p.high is not None
        contraction = 1 - after[1] / before[1]
        told = max(0.0, 1 - (after[1] / before[1]) ** 2)  # the share of the posterior's information that the counts gave
        off = dispersion.factor / max(1, events) + (2 / dispersion.freedom if dispersion.freedom else 0.0)
        error = (1 - contraction) * told * off**0.5 / 2
        self.fitted[p.name] = Fitted(p.name, Interval(p.low, p.mode, p.high), events, years, posterior, contraction, error,
                                     (after[0] - before[0]) / before[1], dispersion)

    def _certain(self, p: ParameterSpec, events: int, years: float, mu: float, dispersion: Dispersion) -> None:
        """Add a parameter that the region file gives without interval: shown beside the counts, in standard errors of them."""
        value, shift = Interval(p.mode, p.mode, p.mode), (events - mu) / max(1e-9, dispersion.factor * mu) ** 0.5
        self.fitted[p.name] = Fitted(p.name, value, events, years, value, 0.0, 0.0, shift, dispersion, certain=True)


def dispersion_of(groups: Sequence[Sequence[tuple[int, float, float]]]) -> Dispersion:
    """Give the dispersion of counts between years: Pearson's χ² over its degrees of freedom, at least 1, all groups together.

    Each group's total is dealt over its years as its weights (person-years, or expected counts) are, so that only the change from
    year to year is measured. With fewer than three years or ten degrees of freedom nothing can be said and the factor is 1.
    """
    squares, freedom, years = 0.0, 0, set()
    for rows in groups:
        counts: dict[int, float] = {}
        weights: dict[int, float] = {}
        for year, count, weight in rows:
            counts[year], weights[year] = counts.get(year, 0.0) + count, weights.get(year, 0.0) + weight
        used = [year for year, weight in weights.items() if weight > 0.0]
        total, whole = sum(counts[y] for y in used), sum(weights[y] for y in used)
        if total > 0.0 and len(used) > 1:
            squares += sum((counts[y] - total * weights[y] / whole) ** 2 / (total * weights[y] / whole) for y in used)
            freedom += len(used) - 1
            years |= set(used)
    if len(years) < LEAST_YEARS or freedom < LEAST_FREEDOM:
        return Dispersion()
    return Dispersion(max(1.0, squares / freedom), freedom)


def _meant(event: str, row: RegisterRow) -> bool:
    """Tell whether the model lets a class have an event: parental leave has its ages."""
    return event != PARENTAL or (row.ages.low >= FERTILE[0] and row.ages.high <= FERTILE[1])


def _factor(row: RegisterRow, novice: float, young: float) -> float:
    return (novice if row.tenures.low < NOVICE else 1.0) * (young if row.ages.low < YOUNG else 1.0)


def _seen_changes(mix: Sequence[tuple[int, float]]) -> float:
    """Give the share of the model's changes of employment rate that an HR system sees: a new rate may be the old one again."""
    return 1.0 - sum(share * share for _, share in mix)


HEADING = ("parameter", "prior", "händelser", "personår", "skattning", "kontraktion", "överspridning", "anmärkning")


def table(fit: RegisterFit) -> list[tuple[str, ...]]:
    """Give the report's rows (`HEADING`), a parameter each; figures of fewer than five person-years are not printed."""
    return [_row(fitted) for _, fitted in sorted(fit.fitted.items())]


def _row(f: Fitted) -> tuple[str, ...]:
    few = f.person_years < SMALL
    remarks = [f.label, f"strider mot regionfilen ({_swedish(f.shift)} standardavvikelser)" if f.conflict else ""]
    spread = _swedish(f.dispersion.factor) if f.dispersion.freedom else "1 (för få år för att mäta)"
    contraction = "–" if f.certain else f"{_swedish(f.contraction)} ± {_swedish(f.error)}"
    return (f.path, _interval(f.prior), "–" if few else str(f.events), f"färre än {SMALL}" if few else f"{f.person_years:.0f}",
            "–" if few else _interval(f.posterior), "–" if few else contraction, spread, "; ".join(r for r in remarks if r))


def _interval(i: Interval) -> str:
    return _swedish(i.mode) if i.low == i.high else f"{_swedish(i.low)} – {_swedish(i.mode)} – {_swedish(i.high)}"


def _swedish(value: float) -> str:
    return f"{value:.2f}".replace(".", ",").replace("-", "−")
