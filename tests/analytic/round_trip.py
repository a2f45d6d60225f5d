"""What an HR register would hold of a simulated world, and hazards estimated from it as a statistician would.

Everybody is at risk from the time of employment seen first (left truncation: the start of the run, or the hire) to the horizon
(right censoring). Only records are used: age, time of employment, state. Rates, factors and retirement ages are found by Fisher
scoring of a Poisson likelihood, with standard errors from its information.

`python -m tests.analytic.round_trip [runs] [extracts] [seed]` prints what `test_round_trip` judges.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

import kompetenssim as ks
from kompetenssim.calibration.register import COLUMNS, read_register
from kompetenssim.calibration.register_fit import Fitted, fit_register
from kompetenssim.engine.world import ACTIVE, EMPLOYED, Person, World
from kompetenssim.model import clocks
from kompetenssim.model.calendar import MONTH, YEAR
from kompetenssim.model.clocks import NEVER
from kompetenssim.model.draws import draw_matrix
from kompetenssim.model.rules import RIGHT_AGE_RATE, retirement_hazard
from kompetenssim.model.template import GROUP_PARAMETERS, Template
from kompetenssim.model.trajectory import column
from kompetenssim.resolve import resolve
from kompetenssim.spec.node import Problems
from tests.analytic.build import modes
from tests.analytic.compensator import Judged
from tests.analytic.probe.layout import (
    AT_WORK,
    EMPLOYED_YEARS,
    EXIT_LOAD,
    GROUPS,
    LIVED,
    QUARTERS,
    RETIRE,
    SEEN,
    SEEN_GRADE,
    SEEN_PENSION,
    SICK_LOAD,
    TO_RETIRE,
    YEARS,
    Notes,
)
from tests.analytic.watched import WatchedMachine

ROOT = Path(__file__).parents[2]
THETAS = ("parametrar.belastning_till_avgang_theta", "parametrar.belastning_till_sjuk_theta")
Floats = NDArray[np.float64]
SHAPE = (YEARS, GROUPS, 2, QUARTERS)
QUARTER = YEAR // 4
NOTICE = 3 * MONTH
FEWEST = 30  # events that a group must be expected to have for its estimate to be normal
#: Plain rates: clock, parameter, what its years are weighed with, first and last quarter of age.
RATES = (
    (clocks.MOVE, "move_percent", AT_WORK, 0, QUARTERS), (clocks.SICK, "sick_long_percent", SICK_LOAD, 0, QUARTERS),
    (clocks.PARENTAL, "parental_percent", AT_WORK, 100, 180), (clocks.LEAVE, "leave_percent", AT_WORK, 0, QUARTERS),
    (clocks.GRADE, "grade_percent", AT_WORK, 0, QUARTERS),
)  # fmt: skip


@dataclass
class Seen:
    """Years lived [kind, year, group, new, quarter of age] and events [clock, …] of some runs; moves that were made."""

    lived: Floats = field(default_factory=lambda: np.zeros((len(LIVED), *SHAPE)))
    hits: NDArray[np.int64] = field(default_factory=lambda: np.zeros((SEEN, *SHAPE), dtype=np.int64))
    moves: int = 0

    def add(self, notes: Notes) -> None:
        """Add what a watched run of the compiled engine noted."""
        self.lived += notes.lived.reshape(self.lived.shape)
        self.hits += notes.hits.reshape(self.hits.shape)

    # the same from inside the reference engine (`build.Watch`)

    def spell(self, w: World, p: Person, since: int, until: int) -> None:
        """Add the years of a person between two moments at which nothing happens to it."""
        if p.state not in EMPLOYED or since >= until:
            return
        first = p.birth + -((p.birth - since) // QUARTER) * QUARTER
        turns = {since, until, p.hired + 24 * MONTH, *range(first, until, QUARTER)}
        for at, to in pairwise(sorted(t for t in turns if since <= t <= until)):
            years = (to - at) / YEAR
            if p.notice_end == NEVER:
                self.lived[(TO_RETIRE, *_class(w, p, at, at + NOTICE))] += years
            if _counted(p, at):
                k, c = _class(w, p, at, at), p.cell
                self.lived[(AT_WORK, *k)] += years
                self.lived[(EXIT_LOAD, *k)] += years * w.exit_multiplier[c]
                self.lived[(SICK_LOAD, *k)] += years * w.sick_multiplier[c]

    def event(self, w: World, p: Person, clock: int, now: int) -> None:
        """Add an event."""
        if clock == RETIRE or _counted(p, now):
            self.hits[(clock, *_class(w, p, now, now + NOTICE if clock == RETIRE else now))] += 1


def _counted(p: Person, at: int) -> bool:
    free = at >= max(p.bond_until, p.exam_until) and p.programme < 0 and not p.temporary
    return free and p.state == ACTIVE and p.notice_end == NEVER


def _class(w: World, p: Person, at: int, of_age: int) -> tuple[int, int, int, int]:
    return min(at // YEAR, YEARS - 1), w.group_of[p.cell], int(at - p.hired < 24 * MONTH), (of_age - p.birth) // QUARTER


# --- estimates


def estimates(seen: Seen, template: Template, theta: Floats) -> list[Judged]:
    """Estimate every hazard and hold it against what went in."""
    return [*_rates(seen, template, theta), *_exits(seen, template, theta), *_retirements(seen, template, theta)]


def _rates(seen: Seen, template: Template, theta: Floats) -> Iterator[Judged]:
    """Rates by group, and of all groups together as a multiple of what went in."""
    for clock, name, kind, first, last in RATES:
        rates = np.array([_parameter(template, theta, name, g) / 100 for g in range(len(template.groups))])
        lived, hits = (x[:, : len(rates), :, first:last].sum(axis=(0, 2, 3)) for x in (seen.lived[kind], seen.hits[clock]))
        for group, years, events, rate in zip(template.groups, lived, hits, rates, strict=True):
            if years * rate >= FEWEST:
                yield _judged(f"{name} {group}", 100 * events / years, 100 * rate, 100 * events**0.5 / years)
        yield _judged(f"{name} alla", hits.sum() / (lived @ rates), 1.0, hits.sum() ** 0.5 / (lived @ rates))


def _exits(seen: Seen, template: Template, theta: Floats) -> Iterator[Judged]:
    """Each group's rate of those with long service and 30 years or more, and the two factors, together."""
    years, hits = (x.sum(axis=0) for x in (seen.lived[EXIT_LOAD], seen.hits[clocks.RESIGN]))
    young = np.arange(QUARTERS) < 4 * 30
    lived, counts = (np.stack([x[:, :, ~young].sum(axis=2), x[:, :, young].sum(axis=2)], axis=2) for x in (years, hits))
    novice_factor, young_factor = (theta[_column(template, f"parametrar.{n}_avgang_faktor")] for n in ("novis", "ung"))
    groups = [g for g in range(len(template.groups)) if counts[g].sum() >= FEWEST]
    truth = [*(_base(template, theta, g, novice_factor, young_factor) for g in groups), novice_factor, young_factor]

    def mean(x: Floats) -> Floats:
        factors = np.exp([[0.0, x[-1]], [x[-2], x[-2] + x[-1]]])
        return (np.exp(x[:-2])[:, None, None] * factors * lived[groups]).ravel()

    expected = float(mean(np.log(truth)).sum())
    yield _judged("exit_percent alla", counts[groups].sum() / expected, 1.0, counts[groups].sum() ** 0.5 / expected)
    found, sd = fit_poisson(mean, counts[groups].ravel(), np.log(truth))
    names = [*(f"exit_percent {template.groups[g]}" for g in groups), "novice_exit", "young_exit"]
    for name, x, true, error in zip(names, found, np.log(truth), sd, strict=True):
        yield _judged(name, x, float(true), error)


def _base(template: Template, theta: Floats, g: int, novice: float, young: float) -> float:
    """Give the rate of the experienced: the stated share is the mean over the register of the start."""
    factors = [(novice if -p.hired < 24 * MONTH else 1.0) * (young if -p.birth < 30 * YEAR else 1.0)
               for p in template.people if template.cell_group[p.cell] == g]
    return _parameter(template, theta, "exit_percent", g) / 100 / float(np.mean(factors))


def _retirements(seen: Seen, template: Template, theta: Floats) -> Iterator[Judged]:
    """Typical age and spread, of all groups that were given the same."""
    alike: dict[tuple[float, float], list[int]] = {}
    for g in range(len(template.groups)):
        mean_spread = (_parameter(template, theta, "retire_relative", g), _parameter(template, theta, "retire_spread", g))
        alike.setdefault(mean_spread, []).append(g)
    rules = template.dated_norm_age, template.dated_earliest_age, template.dated_right_age
    age, earliest, right = (int(4 * [years for day, years in dated if day <= 0][-1]) for dated in rules)
    for truth, groups in alike.items():
        counts, lived = (x[:, groups].sum(axis=(0, 1, 2))[earliest:] for x in (seen.hits[RETIRE], seen.lived[TO_RETIRE]))

        def mean(x: Floats, lived: Floats = lived) -> Floats:
            rates = [retirement_hazard((q - age + 0.5) / 4, x[0], x[1]) for q in range(earliest, QUARTERS)]
            return lived * np.where(np.arange(earliest, QUARTERS) >= right, np.maximum(rates, RIGHT_AGE_RATE), rates)

        if counts.sum() >= FEWEST:
            found, sd = fit_poisson(mean, counts, np.array(truth))
            for name, x, true, error in zip(("retire_relative", "retire_spread"), found, truth, sd, strict=True):
                yield _judged(f"{name} {' '.join(template.groups[g] for g in groups)}", x, true, error)


def fit_poisson(mean: Callable[[Floats], Floats], counts: Floats, start: Floats) -> tuple[Floats, Floats]:
    """Give the most likely parameters and their standard errors, by Fisher scoring; classes without expectation are left out."""
    x = np.array(start, dtype=float)
    for _ in range(50):
        mu = mean(x)
        used = mu > 1e-12
        slope = np.array([(mean(x + step) - mean(x - step)) / 2e-5 for step in 1e-5 * np.eye(len(x))])[:, used]
        information = (slope / mu[used]) @ slope.T
        step = np.linalg.solve(information, slope @ (counts[used] / mu[used] - 1.0))
        x = x + step
        if np.abs(step).max() < 1e-9:
            break
    return x, np.sqrt(np.diag(np.linalg.inv(information)))


def _judged(name: str, seen: float, expected: float, sd: float) -> Judged:
    z = (seen - expected) / sd
    return Judged(name, seen, expected, z, float(2 * norm.sf(abs(z))))


def _parameter(template: Template, theta: Floats, name: str, g: int) -> float:
    return float(theta[template.group_columns[GROUP_PARAMETERS.index(name)][g]])


def _column(template: Template, name: str) -> int:
    return next(i for i, p in enumerate(template.parameters) if p.name == name)


# --- worlds and extracts


def changed(template: Template, changes: Callable[[str], tuple[float | None, float, float | None] | None]) -> Template:
    """Give other intervals (low, mode, high) to parameters by name."""
    rows = []
    for p in template.parameters:
        new = changes(p.name)
        rows.append(p if new is None else p._replace(low=new[0], mode=new[1], high=new[2]))
    return replace(template, parameters=tuple(rows))


AGE_CLASSES = (*((f"{a}-{b - 1}", a, b) for a, b in pairwise((15, 25, 30, 45, 60))), *((f"{a}", a, a + 1) for a in range(60, 70)),
               ("70+", 70, 100))  # fmt: skip
COUNTED = (clocks.RESIGN, SEEN_PENSION, clocks.SICK, clocks.PARENTAL, clocks.LEAVE, clocks.MOVE, SEEN_GRADE)


def extract(seen: Seen, groups: Sequence[str], first_year: int) -> str:
    """Write what was seen as an HR extract; retirements are counted on the last day, at the age of that day."""
    lines = [";".join(COLUMNS)]
    for y in range(YEARS):
        for g, group in enumerate(groups):
            for text, low, high in AGE_CLASSES:
                for new, tenure in ((1, "0-2"), (0, "2+")):
                    at = (slice(None), y, g, new, slice(4 * low, 4 * high))
                    lived, hits = seen.lived[at].sum(axis=1), seen.hits[at].sum(axis=1)
                    if lived[EMPLOYED_YEARS] > 0:
                        years = f"{lived[EMPLOYED_YEARS]:.6f};{lived[AT_WORK]:.6f}".replace(".", ",")
                        events = ";".join(str(hits[k]) for k in COUNTED)
                        lines.append(f"{first_year + y};{group};{text};{tenure};{years};{events}")
    return "\n".join(lines)


def region() -> Template:
    """Give Region Jämtland Härjedalen 2015–2017: no measures, and riktåldern stays 65."""
    return resolve(ks.load(ROOT / "scenarios" / "rjh" / "utgangslage_2015.yaml"))


def without_feedback(template: Template) -> Template:
    """Let workload have no effect on exits and sick leave."""
    return changed(template, lambda name: (None, 0.0, None) if name in THETAS else None)


def with_strong_feedback(template: Template) -> Template:
    """Let workload act on exits and sick leave as strongly as the priors have it at their 90 % points."""
    high = {p.name: p.high for p in template.parameters if p.name in THETAS and p.high is not None}
    assert len(high) == len(THETAS)
    return changed(template, lambda name: (None, high[name], None) if name in high else None)


def watched(template: Template, runs: int, seed: int, fault: float = 1.0) -> Seen:
    """Run the compiled engine at the most likely values, if asked for with hazards that are wrong by a factor."""
    machine, seen = WatchedMachine(template), Seen()
    machine.fault[: RETIRE + 1, 0] = fault
    for r in range(runs):
        done = machine.simulate(modes(template), seed=seed, simulation=r)
        seen.add(machine.notes)
        seen.moves += int(done.months[:, :, column("moves_out")].sum())
    return seen


#: Intervals for what the region file gives as certain, by the end of the name.
INTERVALS = {
    "andrad_sysselsattningsgrad_procent_ar": (4.0, 6.0, 8.5), "foraldraledighet.incidens_procent_ar": (3.5, 5.0, 7.5),
    "pension.typisk_relativt_riktalder": (-1.8, -1.0, -0.2), "pension.spridning_ar": (1.5, 2.0, 2.6),
}  # fmt: skip


def fits_beside_truths(template: Template, extracts: int, seed: int) -> list[tuple[Fitted, float]]:
    """Fit an extract of each of some simulated regions whose truths are drawn from the priors.

    Workload has no effect there, as the fit takes it.
    """
    wide = changed(template, lambda name: next((x for end, x in INTERVALS.items() if name.endswith(end)), None))
    template = without_feedback(wide)
    machine, found = WatchedMachine(template), []
    truths = draw_matrix(template.parameters, extracts, seed)
    for r in range(extracts):
        machine.simulate(truths[r], seed=seed, simulation=r)
        seen, problems = Seen(), Problems()
        seen.add(machine.notes)
        text = extract(seen, template.groups, template.start.year)
        rows = read_register(text.encode(), "uttag.csv", set(template.groups), problems)
        assert problems.errors == []
        truth = dict(zip((p.name for p in template.parameters), truths[r], strict=True))
        found += [(fitted, truth[path]) for path, fitted in fit_register(template, rows).fitted.items()]
    return found


def main() -> None:
    """Print the estimates of both worlds and the cover of the fits."""
    runs, extracts, seed = (int(x) for x in (*sys.argv[1:4], *("10", "8", "20150101")[len(sys.argv) - 1 :]))
    for name, template in (("without feedback", without_feedback(region())), ("strong feedback", with_strong_feedback(region()))):
        seen = watched(template, runs, seed)
        judged = estimates(seen, template, modes(template))
        print(f"{name}: {seen.lived[EMPLOYED_YEARS].sum():,.0f} person-years, {len(judged)} comparisons, largest z "
              f"{max(abs(x.z) for x in judged):.2f}, mean square {np.mean([x.z**2 for x in judged]):.2f}")
        print(f"  {100 * seen.moves / seen.hits[clocks.MOVE].sum():.0f} % of the wishes to move became moves")
        for x in judged:
            if x.name.split()[1:] in ([], ["alla"]) or x.name.startswith("retire"):
                print(f"  {x.name[:60]:60} {x.seen:8.4f} {x.expected:8.4f}  z {x.z:6.2f}")
    inside: dict[str, list[bool]] = {}
    for f, truth in fits_beside_truths(region(), extracts, seed):
        inside.setdefault(f.path.rpartition(".")[2], []).append(f.posterior.low <= truth <= f.posterior.high)
    for kind, hits in (*inside.items(), ("all", [x for found in inside.values() for x in found])):
        print(f"{kind:40} {sum(hits):5} of {len(hits):5} inside 80 % ({100 * np.mean(hits):.1f} %)")


if __name__ == "__main__":
    main()
