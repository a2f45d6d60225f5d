"""Measure what the rule for people's keys does to the precision of a policy effect. `python -m benchmarks.precision [--quick]`.

A pair is one simulation of two scenarios under common random numbers. What is drawn for somebody hired depends on the key that
the person gets: ours is the applicant's own for life; the others are that of the post's n-th recruitment and that of the n-th
person of the simulation. `independent` is ours with another seed for the second scenario. All numbers of the region have their
likeliest value, so that chance is all that differs between simulations. The effects are small on purpose.
"""

from __future__ import annotations

import sys
from functools import cache
from math import ceil, sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import kompetenssim as ks
from benchmarks import small_region
from benchmarks.small_region import FEWER_EXITS, MORE_POSTS, SUPPLIES, UNCHANGED
from kompetenssim.engine.compiled import ENTRIES, KERNEL, REPLACING, kernel
from kompetenssim.engine.compiled.machine import Machine
from kompetenssim.engine.loader import load
from kompetenssim.model.trajectory import Trajectory, column
from kompetenssim.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from numpy.typing import NDArray

    from kompetenssim.model.template import Template

OURS, LINEAGE, RUNNING, INDEPENDENT = "ours", "post lineage", "running number", "independent"
RULES = {OURS: None, LINEAGE: "benchmarks.key_rules.post_lineage", RUNNING: "benchmarks.key_rules.running_number"}
MEASURES = ("headcount", "hires", "agency hours")  # at the end; in all; in all
HALF_WIDTH = {"headcount": 0.5, "hires": 1.0, "agency hours": 250.0}
YEARS, SEED, OTHER_SEED = 5, 1, 2
PAIRS, QUICK_PAIRS = 600, 80
MOST_RATIO = 1.25
MINUTES = 60.0


class Row(NamedTuple):
    """One supply, effect and measure: mean and sd of the paired difference by rule, ours against the better other.

    `off` is how many standard errors the means of the other rules lie from ours, the farthest of them.
    """

    supply: str
    effect: str
    measure: str
    mean: float
    error: float
    sd: dict[str, float]
    ratio: float
    ratio_error: float
    off: float

    def pairs(self, rule: str) -> int:
        """Give the pairs that a rule needs for the stated half-width of a 95 % interval."""
        return ceil((1.96 * self.sd[rule] / HALF_WIDTH[self.measure]) ** 2)


@cache
def kernel_of(rule: str) -> SimpleNamespace:
    """Give the kernel with a rule for keys; ours is the ordinary one."""
    other = RULES[rule]
    if other is None:
        return kernel()
    return load(KERNEL, ENTRIES, replacing={**REPLACING, "kompetenssim.engine.compiled.applicants": other})


def template(supply: str, change: str, years: int = YEARS) -> Template:
    """Resolve the small region in a supply and with a change."""
    with TemporaryDirectory() as folder:
        return resolve(ks.load(small_region.write(Path(folder), supply, change, years)))


def simulate(region: Template, rule: str, simulations: int, seed: int = SEED) -> list[Trajectory]:
    """Simulate a region under a rule."""
    machine, likeliest = Machine(region, kernel_of(rule)), np.array([p.mode for p in region.parameters])
    return [machine.simulate(likeliest, seed=seed, simulation=r) for r in range(simulations)]


def outcomes(region: Template, rule: str, simulations: int, seed: int = SEED) -> NDArray[np.float64]:
    """Give the MEASURES of every simulation, one row each."""
    rows = []
    for made in simulate(region, rule, simulations, seed):
        hires, agency = (float(made.months[:, :, column(name)].sum()) for name in ("hires", "agency"))
        rows.append((float(made.months[-1, :, column("employees")].sum()), hires, agency / MINUTES))
    return np.array(rows)


def compare(supply: str, pairs: int) -> list[Row]:
    """Compare the rules in one supply."""
    regions = {change: template(supply, change) for change in small_region.MEASURES}
    found = {(rule, change): outcomes(region, rule, pairs) for rule in RULES for change, region in regions.items()}
    rows = []
    for effect in (FEWER_EXITS, MORE_POSTS):
        away = outcomes(regions[effect], OURS, pairs, OTHER_SEED)
        for k, measure in enumerate(MEASURES):
            differences = {rule: found[rule, effect][:, k] - found[rule, UNCHANGED][:, k] for rule in RULES}
            differences[INDEPENDENT] = away[:, k] - found[OURS, UNCHANGED][:, k]
            sd = {rule: float(d.std(ddof=1)) for rule, d in differences.items()}
            better = min((LINEAGE, RUNNING), key=sd.__getitem__)
            ratio, error = sd_ratio(differences[OURS], differences[better])
            off = max(
                distance(a[:, k], b[:, k])
                for rule in (LINEAGE, RUNNING)
                for a, b in ((found[rule, c], found[OURS, c]) for c in (UNCHANGED, effect))
            )
            mean, mean_error = float(differences[OURS].mean()), sd[OURS] / sqrt(pairs)
            rows.append(Row(supply, effect, measure, mean, mean_error, sd, ratio, error, off))
    return rows


def sd_ratio(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]:
    """Give sd(a)/sd(b) and its standard error by the jackknife over pairs, which may be dependent and far from normal."""
    n = len(a)

    def without_each(x: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = ((x - x.mean()) ** 2).sum() - (x - x.mean()) ** 2 * n / (n - 1)
        left: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0.0) / (n - 2))
        return left

    if b.std() == 0.0:
        return (1.0 if a.std() == 0.0 else float("inf")), 0.0
    ratios = without_each(a) / without_each(b)
    error = sqrt((n - 1) / n * float(((ratios - ratios.mean()) ** 2).sum()))
    return float(a.std() / b.std()), error


def distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Give how many standard errors the means of two rules lie apart; simulations of the same number are dependent."""
    d = a - b
    error = float(d.std(ddof=1)) / sqrt(len(d))
    return abs(float(d.mean())) / error if error > 0.0 else 0.0


def every(*, quick: bool = False) -> list[Row]:
    """Compare the rules in every supply."""
    return [row for supply in SUPPLIES for row in compare(supply, QUICK_PAIRS if quick else PAIRS)]


def met(row: Row) -> str:
    """Say whether a row is within the budget, and when chance could turn the answer."""
    word = "met" if row.ratio <= MOST_RATIO else "NOT met"
    return word if abs(row.ratio - MOST_RATIO) > 2.0 * row.ratio_error else f"{word}, within 2 standard errors"


def table(rows: Sequence[Row]) -> str:
    """Write the comparison as a Markdown table."""
    rules = (OURS, LINEAGE, RUNNING, INDEPENDENT)
    head = f"| supply | effect | measure | mean effect | {' | '.join(f'sd {rule}' for rule in rules)} | ours / better other"
    lines = [f"{head} | budget ≤ {MOST_RATIO:g} | half-width | pairs, ours | pairs, independent |", "|---" * 13 + "|"]
    for row in rows:
        sds = " | ".join(f"{row.sd[rule]:,.2f}" for rule in rules)
        lines.append(
            f"| {row.supply} | {row.effect} | {row.measure} | {row.mean:+,.2f} ± {row.error:,.2f} | {sds} | "
            f"{row.ratio:.2f} ± {row.ratio_error:.2f} | {met(row)} | {HALF_WIDTH[row.measure]:g} | {row.pairs(OURS):,} | "
            f"{row.pairs(INDEPENDENT):,} |")
    return "\n".join(lines)


def verdict(rows: Sequence[Row]) -> str:
    """Say how many rows are within the budget, and whether the rules have the same means."""
    within, far = sum(row.ratio <= MOST_RATIO for row in rows), max(row.off for row in rows)
    return (
        f"Within the budget: {within} of {len(rows)}; worst ratio {max(row.ratio for row in rows):.2f}. Means under the other "
        f"rules lie at most {far:.1f} standard errors from ours ({4 * len(rows)} comparisons, of which by chance one exceeds 3 "
        f"about every {round(1 / (0.0027 * 4 * len(rows)))} runs)."
    )


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    rows = every(quick="--quick" in arguments)
    print(f"{table(rows)}\n\n{verdict(rows)}")


if __name__ == "__main__":
    main(sys.argv[1:])
