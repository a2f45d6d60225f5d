"""Carry a search out: the twin finds the neighbourhood, paired simulations the size.

Every size is run with the same seed, draws and keys, so that what is estimated is a fixed function of the size and a size more
differs from its neighbour only by what the size itself does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from math import nan
from typing import Literal

from kompetenssim.forecast.engines import accept_engine
from kompetenssim.forecast.search.bisection import Crossing, Range, crossing
from kompetenssim.forecast.search.plan import SearchPlan
from kompetenssim.forecast.search.points import Method, Point, Question, question_of, run_point

Status = Literal["funnen", "redan_natt", "nas_inte"]
COARSE = 16  # parts of the range that the twin tells apart
FINE = 100  # parts of the range to which the ends of the Monte Carlo interval are settled
Tell = Callable[[str], None]
Run = Callable[[float, Method], Point]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Say how a search is run; equal settings, files and sources give an equal answer.

    `method` is what answers: `tvilling` (expected values alone) or `simulering`; `scouted` tells that the twin looks first.
    """

    method: Method
    scouted: bool
    simulations: int
    twin_draws: int
    seed: int
    engine: str = field(default="auto", compare=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Hold what a search found, NaN where it found nothing.

    `storlek` is the size nearest the end that misses the target from which it is reached, `granne` the last one that was run
    and misses; `storst` tells that larger sizes miss. `undre80` and `ovre80` are the sizes at which the 80 % Monte Carlo interval
    of the estimate begins and ends to reach, to a hundredth of the range, NaN beyond it. `fallande` are neighbouring points
    between which the estimate went the other way.
    """

    status: Status
    metod: Method
    storst: bool
    storlek: float
    granne: float
    undre80: float
    ovre80: float
    fallande: tuple[tuple[float, float], ...]
    punkter: tuple[Point, ...]

    def point(self, size: float) -> Point | None:
        """Find the point of a size with the method that answers; None where it was not run."""
        return next((p for p in self.punkter if p.metod == self.metod and p.storlek == size), None)


def settings_of(plan: SearchPlan, *, replications: int | None = None, seed: int | None = None, engine: str = "auto") -> Settings:
    """Decide how a search is run; what is not given comes from its file, then from its scenario.

    `auto` lets the twin look first; a named engine works alone. Raises UserError for an engine that cannot be used.
    """
    accept_engine(engine)
    spec = plan.at(plan.head.varied.low)
    twin = engine == "tvilling"
    draws = replications if twin and replications is not None else plan.head.twin_draws
    return Settings(
        method="tvilling" if twin else "simulering", scouted=engine == "auto", twin_draws=draws, engine=engine,
        simulations=replications or plan.head.replications or spec.replications,
        seed=next(s for s in (seed, plan.head.seed, spec.seed) if s is not None),
    )


def solve(plan: SearchPlan, settings: Settings, *, processes: int | None = None, tell: Tell | None = None) -> Answer:
    """Find the size. `tell` is called with a Swedish sentence before every run. Raises UserError."""

    def run(size: float, method: Method) -> Point:
        if tell is not None:
            what = "väntevärden" if method == "tvilling" else f"{settings.simulations} simuleringar"
            tell(f"{plan.head.varied.title} {size:.6g}: {what} …".replace(".", ","))
        return run_point(plan, size, method, simulations=settings.twin_draws if method == "tvilling" else settings.simulations,
                         seed=settings.seed, engine=settings.engine, processes=processes)

    varied = plan.head.varied
    questions: dict[Method, Question] = {m: question_of(plan, m) for m in ("tvilling", "simulering")}
    return search(run, questions, Range(varied.low, varied.last, varied.step), settings.method, scouted=settings.scouted)


def search(run: Run, questions: dict[Method, Question], sizes: Range, method: Method, *, scouted: bool = False) -> Answer:
    """Find the size by running points; each is run once and kept."""
    seen = _Points(run)
    hint = None
    if scouted and method != "tvilling":
        hint = _scout(seen, questions["tvilling"], sizes)
    asked = questions[method]

    def reaches(size: float, leaning: int = 0) -> bool:
        return asked.reached(seen.at(size, method), leaning)

    low, high = reaches(sizes.low), reaches(sizes.high)
    if low and high:
        return _answer(seen, asked, method, "redan_natt", size=sizes.low)
    ends = _ends(reaches, sizes, low, high)
    if ends is None:
        return _answer(seen, asked, method, "nas_inte")
    missed, reached = ends
    width = (sizes.high - sizes.low) / COARSE
    found = crossing(reaches, sizes, missed, reached, hint=hint, width=width)
    bounds = (nan, nan)
    if method == "simulering":
        _beside(reaches, sizes, found)
        bounds = _interval(reaches, sizes, found, missed, reached)
    return _answer(seen, asked, method, "funnen", size=found.reached, neighbour=found.missed, bounds=bounds,
                   largest=missed > reached)


class _Points:
    """Run each point once."""

    def __init__(self, run: Run) -> None:
        self._run, self.found = run, dict[tuple[Method, float], Point]()

    def at(self, size: float, method: Method) -> Point:
        if (method, size) not in self.found:
            self.found[method, size] = self._run(size, method)
        return self.found[method, size]


def _scout(seen: _Points, question: Question, sizes: Range) -> float | None:
    """Give the size at which expected values reach the target, roughly; None where they do at both ends or at none."""

    def reaches(size: float) -> bool:
        return question.reached(seen.at(size, "tvilling"))

    low, high = reaches(sizes.low), reaches(sizes.high)
    if low == high:
        return None
    missed, reached = (sizes.low, sizes.high) if high else (sizes.high, sizes.low)
    return crossing(reaches, sizes._replace(width=(sizes.high - sizes.low) / COARSE), missed, reached).reached


def _ends(reaches: Callable[[float], bool], sizes: Range, low: bool, high: bool) -> tuple[float, float] | None:
    """Give a size that misses and one that reaches; where both ends miss three sizes between them are tried."""
    if low != high:
        return (sizes.low, sizes.high) if high else (sizes.high, sizes.low)
    before = sizes.low
    for share in (0.25, 0.5, 0.75):
        size = sizes.nearest(sizes.low + share * (sizes.high - sizes.low))
        if reaches(size):
            return before, size
        before = size
    return None


def _beside(reaches: Callable[[float], bool], sizes: Range, found: Crossing) -> None:
    """Run one step beyond the answer too, so that both its neighbours are known."""
    if sizes.step is not None:
        reaches(sizes.nearest(2 * found.reached - found.missed))


def _interval(
    reaches: Callable[[float, int], bool], sizes: Range, found: Crossing, missed: float, reached: float,
) -> tuple[float, float]:
    """Give the sizes at which the Monte Carlo interval of the estimate begins and ends to reach, the smaller first."""
    rough = sizes._replace(width=(sizes.high - sizes.low) / FINE)

    def best(size: float) -> bool:
        return reaches(size, 1)

    def worst(size: float) -> bool:
        return reaches(size, -1)

    first, last = nan, nan
    if not best(missed):
        first = crossing(best, rough, missed, found.missed).reached if best(found.missed) else found.reached
    if worst(reached):
        last = found.reached if worst(found.reached) else crossing(worst, rough, found.reached, reached).reached
    return (first, last) if missed < reached else (last, first)


def _answer(
    seen: _Points, question: Question, method: Method, status: Status, *, size: float = nan, neighbour: float = nan,
    bounds: tuple[float, float] = (nan, nan), largest: bool = False,
) -> Answer:
    points = tuple(seen.found[key] for key in sorted(seen.found, key=lambda k: (k[0] != "tvilling", k[1])))
    own = [p for p in points if p.metod == method]
    rising = question.merit(own[-1]) >= question.merit(own[0])
    falling = tuple((a.storlek, b.storlek) for a, b in pairwise(own)
                    if (question.merit(b) < question.merit(a) if rising else question.merit(b) > question.merit(a)))
    return Answer(status=status, metod=method, storst=largest, storlek=size, granne=neighbour, undre80=bounds[0],
                  ovre80=bounds[1], fallande=falling, punkter=points)
