"""Compensators of full runs: events against integrated hazards, rescaled times, durations and choices.

`python -m tests.analytic.compensator [runs] [seed]` prints what `test_compensator` judges.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import chi2, lognorm, norm, poisson

import kompetenssim as ks
from kompetenssim.model.calendar import DAY
from kompetenssim.model.draws import draw_matrix
from kompetenssim.resolve import resolve
from tests.analytic.probe.layout import (
    ALL,
    ARRIVE,
    ARRIVED_USED,
    CHOICES,
    CLASSES,
    CLOCKS,
    SPELL_AGENCY,
    SPELL_LEAD,
    SPELL_SICK,
    SPELLS,
    SPELLS_USED,
    TIMES_USED,
    TORN,
    VIEWS,
    Notes,
)
from tests.analytic.watched import ROWS, WatchedMachine, no_fault

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kompetenssim.model.template import Template

    Floats = NDArray[np.float64]

ROOT = Path(__file__).parents[2]
CLOCK_NAMES = ("resignation", "move", "long sickness", "parental leave", "leave of absence", "grade", "retirement", "applicant")


class Judged(NamedTuple):
    """One comparison: what was seen, what was expected, standard errors between, and the chance of as much if all is right."""

    name: str
    seen: float
    expected: float
    z: float
    p: float


@dataclass
class Martingales:
    """Add up what watched runs noted."""

    exposure: Floats = field(default_factory=lambda: np.zeros((CLOCKS, len(VIEWS), CLASSES)))
    events: NDArray[np.int64] = field(default_factory=lambda: np.zeros((CLOCKS, len(VIEWS), CLASSES), dtype=np.int64))
    choice: Floats = field(default_factory=lambda: np.zeros((len(CHOICES), 4)))
    torn: int = 0
    times: dict[int, list[Floats]] = field(default_factory=lambda: defaultdict(list))  # [clock] of (time, 1 if an event)
    spells: list[Floats] = field(default_factory=list)
    by_run: list[Floats] = field(default_factory=list)  # [run][clock] events less compensator in standard errors

    def add(self, notes: Notes, horizon: int) -> None:
        """Add a run that was watched until a minute: what goes on then is censored."""
        used = notes.mark
        assert max(used[TIMES_USED], used[SPELLS_USED], used[ARRIVED_USED]) < ROWS - 1, "the lists of a run are full"
        self.exposure += notes.exposure
        self.events += notes.events
        self.choice += notes.choice
        expected = notes.exposure[:, ALL, 0]
        self.by_run.append((notes.events[:, ALL, 0] - expected) / np.sqrt(expected))
        self.torn += int(used[TORN])
        gap = notes.gap[: used[TIMES_USED]]
        for clock in range(ARRIVE):
            left = notes.grown[:, clock]
            self.times[clock] += [_with(gap[gap[:, 0] == clock, 1], 1), _with(left[left > 0.0], 0)]
        self.times[ARRIVE] += _arrival_gaps(notes)
        kind, begun, first, second = notes.spell_of[(notes.spell_of[:, 0] >= 0.0) & (notes.spell_of[:, 1] < horizon)].T
        self.spells.append(np.column_stack([kind, first, second, horizon - begun, np.zeros(len(kind))]))
        self.spells.append(notes.spell[: used[SPELLS_USED]].copy())

    def counts(self, clock: int) -> list[Judged]:
        """Compare events with their compensator, whole and class by class: a count with mean and variance Λ."""
        found = []
        for view, name in enumerate(VIEWS):
            for k in range(CLASSES):
                expected, seen = float(self.exposure[clock, view, k]), int(self.events[clock, view, k])
                if expected >= 10.0 or seen >= 10:
                    p = 2.0 * min(poisson.cdf(seen, expected), poisson.sf(seen - 1, expected))
                    z = (seen - expected) / np.sqrt(max(expected, 1e-9))
                    found.append(Judged(f"{CLOCK_NAMES[clock]}: {name} {k}", seen, expected, float(z), float(min(1.0, p))))
        return found

    def spread(self, clock: int) -> Judged:
        """Compare the squared errors of the runs with a χ² of as many degrees: people and runs do not follow each other."""
        squares, runs = float(sum(z[clock] ** 2 for z in self.by_run)), len(self.by_run)
        p = 2.0 * min(chi2.cdf(squares, runs), chi2.sf(squares, runs))
        return Judged(f"{CLOCK_NAMES[clock]}: spread over runs", squares, runs, (squares - runs) / np.sqrt(2.0 * runs), float(p))

    def rescaled(self, clock: int) -> Judged:
        """Compare the times between events, on the scale of the cumulative hazard, with the standard exponential."""
        return exponential(f"{CLOCK_NAMES[clock]}: rescaled times", np.concatenate(self.times[clock]))

    def durations(self, kind: int) -> list[Judged]:
        """Compare durations with their law: −log of the survival function is standard exponential; the floor is an atom."""
        rows = np.concatenate([s[s[:, 0] == kind] for s in self.spells])
        first, second, minutes, ended = rows[:, 1], rows[:, 2], rows[:, 3], rows[:, 4] > 0.0
        floor = 15 * DAY if kind == SPELL_SICK else 0 if kind == SPELL_LEAD else DAY
        found = []
        if kind <= SPELL_LEAD and kind != SPELL_AGENCY:
            law = lognorm(s=np.where(second > 0.0, second, 1.0), scale=first)
            reached = (second > 0.0) & ((minutes > floor) | (ended & (minutes >= floor)))
            p = law.cdf(floor)[reached]
            if floor > 0:
                found.append(binomial(f"{SPELLS[kind]}: at the floor", float(np.sum(minutes[reached] == floor)), p))
            beyond, grown = reached & (minutes > floor), law.logsf(floor) - law.logsf(minutes)
        elif kind == SPELL_AGENCY:
            beyond, grown = minutes > first, (minutes - first) / second
        else:
            beyond = second > first
            grown = -np.log1p(-(minutes - first) / np.where(beyond, second - first, 1.0))
        return [*found, exponential(f"{SPELLS[kind]}: duration", np.column_stack([grown, ended])[beyond])]

    def choices(self, choice: int) -> Judged:
        """Compare how often something was chosen with the sum of its probabilities."""
        _, seen, expected, variance = self.choice[choice].tolist()
        return _normal(CHOICES[choice], seen, expected, variance)

    def all(self) -> list[Judged]:
        """Give every comparison."""
        found = [x for clock in range(CLOCKS) for x in (*self.counts(clock), self.spread(clock), self.rescaled(clock))]
        return [*found, *(x for k in range(len(SPELLS)) for x in self.durations(k)), *map(self.choices, range(len(CHOICES)))]


def exponential(name: str, rows: Floats) -> Judged:
    """Judge censored times (time, 1 if it ended with an event) against the standard exponential.

    On the sorted times M(t) = events up to t − time at risk up to t is a martingale with variance E(t), the time at risk; so
    M/√E(∞) runs like a Brownian motion over E(t)/E(∞), and its largest distance from 0 has a known law. This is
    the censored form of the Kolmogorov–Smirnov test; the end of the path is the comparison of totals.
    """
    ordered = rows[np.argsort(rows[:, 0], kind="stable")]
    at_risk = np.arange(len(rows), 0, -1)
    exposed = np.cumsum(np.diff(ordered[:, 0], prepend=0.0) * at_risk)
    after = np.cumsum(ordered[:, 1]) - exposed
    furthest = max(float(np.max(np.abs(after))), float(np.max(np.abs(after - ordered[:, 1]))))
    total = float(exposed[-1])
    return Judged(name, float(ordered[:, 1].sum()), total, furthest / np.sqrt(total), brownian_beyond(furthest / np.sqrt(total)))


def brownian_beyond(x: float) -> float:
    """Give the chance that a Brownian motion leaves (−x, x) before time 1."""
    if x > 3.0:  # the reflection principle; the next term is below 1e-17 here
        return float(4.0 * norm.sf(x))
    k = np.arange(200)
    return float(1.0 - 4.0 / np.pi * np.sum((-1.0) ** k / (2 * k + 1) * np.exp(-((np.pi * (2 * k + 1) / x) ** 2) / 8.0)))


def binomial(name: str, seen: float, p: Floats) -> Judged:
    """Judge a number of successes against the sum of their probabilities."""
    return _normal(name, seen, float(p.sum()), float((p * (1.0 - p)).sum()))


def _normal(name: str, seen: float, expected: float, variance: float) -> Judged:
    z = (seen - expected) / np.sqrt(max(variance, 1e-9))
    return Judged(name, seen, expected, float(z), float(2.0 * norm.sf(abs(z))))


def _with(times: Floats, event: int) -> Floats:
    return np.column_stack([times, np.full(len(times), float(event))])


def _arrival_gaps(notes: Notes) -> list[Floats]:
    found = []
    rows = notes.arrived[: notes.mark[ARRIVED_USED]]
    for g, whole in enumerate(notes.grown_group):
        at = np.sort(rows[rows[:, 0] == g, 1])
        found += [_with(np.diff(at, prepend=0.0), 1), _with(np.array([whole - (at[-1] if len(at) else 0.0)]), 0)]
    return found


def region() -> Template:
    """Give Region Jämtland Härjedalen with all SLK measures: ten years, every feedback on."""
    return resolve(ks.load(ROOT / "scenarios" / "rjh" / "slk_2023.yaml"))


def watch(template: Template, runs: int, *, seed: int, fault: Floats | None = None) -> Martingales:
    """Run the compiled engine as a forecast does, two simulations to a parameter draw, and add up the notes."""
    machine, found = WatchedMachine(template), Martingales()
    machine.fault = no_fault() if fault is None else fault
    draws = draw_matrix(template.parameters, (runs + 1) // 2, seed)
    for r in range(runs):
        machine.simulate(draws[r // 2], seed=seed, simulation=r)
        found.add(machine.notes, template.calendar.horizon)
    return found


def main() -> None:
    """Print every clock, duration and choice, and the classes that lie furthest out."""
    runs, seed = (int(x) for x in (*sys.argv[1:3], *("40", "20230701")[len(sys.argv) - 1 :]))
    found = watch(region(), runs, seed=seed)
    judged = found.all()
    for x in judged:
        if not any(f": {view} " in x.name for view in VIEWS[1:]):
            print(f"{x.name:40} {x.seen:12.0f} {x.expected:14.1f}  z {x.z:6.2f}  p {x.p:.3g}")
    print(f"{len(judged)} comparisons; torn pieces: {found.torn}; furthest out:")
    for x in sorted(judged, key=lambda x: x.p)[:8]:
        print(f"{x.name:40} {x.seen:12.0f} {x.expected:14.1f}  z {x.z:6.2f}  p {x.p:.3g}")


if __name__ == "__main__":
    main()
