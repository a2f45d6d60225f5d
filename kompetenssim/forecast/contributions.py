"""What each measure contributes to the difference between a scenario and its reference.

All of it comes from paired simulations (`forecast.game`): a measure first in, last out, and its Shapley value; what the
measures do together beyond the sum of first-in effects is a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, isfinite, nan
from typing import TYPE_CHECKING, Any

import numpy as np

from kompetenssim.forecast.engines import enough_for_workers, prepare_engine
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.game import INDICATORS, Game, Round, tasks_of
from kompetenssim.forecast.geometry import ALL
from kompetenssim.forecast.statistics import Z80, draw_effects, effects

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from kompetenssim.forecast.geometry import Geometry
    from kompetenssim.forecast.plan import Plan
    from kompetenssim.forecast.run import Progress
    from kompetenssim.resolve.coalitions import Coalitions
    from kompetenssim.spec.specification import Specification

FIRST_IN, LAST_OUT, SHAPLEY, JOINT, INTERACTION = "forst_in", "sist_ut", "shapley", "gemensamt", "samspel"
COST, NET_COST, UNMET = "hyrkostnad_mkr", "nettokostnad_mkr", "obemannade_timmar"
MOST_PAIRS = 300
#: The contribution to agency cost of this year (the last full one if the run does not reach it) must be known this well:
#: half an 80 % interval of the Monte Carlo error at most the largest of these.
PRECISE_YEAR = "2030"
FINE_MSEK, FINE_SHARE, FINE_SPREAD = 0.3, 0.1, 0.2
DOMINATED = 0.9  # share of the parameter draws

COLUMNS = ("scenario", "referens", "atgard", "metod", "indikator", "tid", "medelvarde", "mc_fel", "sd_parameter", "sd_slump",
           "effekt_undre80", "effekt_ovre80", "effekt_undre95", "effekt_ovre95")
MEASURE_COLUMNS = ("scenario", "referens", "atgard", "modell", "par", "par_behovs", "par_avser", "efter_horisonten",
                   "domineras_av", "brytpunkt", "brytpunkt_andel", "brytpunkt_mottagare", "brytpunkt_antaget",
                   "utbildad", "overlamnad", "aldrig_overlamnad")


@dataclass(frozen=True, kw_only=True)
class Contributions:
    """Hold the rounds of one scenario: arrays [simulation, measure, indicator, period], `joint` [simulation, indicator, period].

    Periods are the calendar years and last the mean of the full ones.
    """

    scenario: str
    reference: str
    plan: Plan
    coalitions: Coalitions
    periods: tuple[str, ...]
    precise: str
    values: Round

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the measures that were played."""
        return tuple(switch.key for switch in self.coalitions.switches)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give the rows of `bidrag.parquet`, sorted."""
        v = self.values
        single = {FIRST_IN: v.first_in, LAST_OUT: v.last_out, SHAPLEY: v.shapley}
        every = {(key, method): array[:, k] for method, array in single.items() for k, key in enumerate(self.keys)}
        every |= {(ALL, JOINT): v.joint, (ALL, INTERACTION): v.joint - v.first_in.sum(axis=1)}
        for key, method in sorted(every):
            found = effects(every[key, method], self.plan.per_draw)
            for i in np.argsort(INDICATORS):
                for t, period in enumerate(self.periods):
                    numbers = (float(part[i, t]) for part in found)
                    yield dict(zip(COLUMNS, (self.scenario, self.reference, key, method, INDICATORS[i], period, *numbers),
                                   strict=True))

    def measures(self) -> Iterator[dict[str, Any]]:
        """Give what is said of each measure beside its numbers, also of those that do nothing in the model."""
        better = self._dominating()
        for key in sorted({*self.keys, *self.coalitions.silent}):
            row: dict[str, Any] = dict.fromkeys(MEASURE_COLUMNS, "")
            row |= {"scenario": self.scenario, "referens": self.reference, "atgard": key, "par": self.plan.simulations,
                    "modell": "ja" if key in self.keys else "nej"}
            if key in self.keys:
                k = self.keys.index(key)
                words, share = self._break_even(k)
                hours = self.coalitions.taken_out(key)
                *days, never = self.coalitions.stages(key)
                trained, handed = (day.isoformat() if day else "" for day in days)
                row |= {"utbildad": trained, "overlamnad": handed, "aldrig_overlamnad": "ja" if never else "nej",
                        "par_behovs": self.pairs_needed(k), "par_avser": self.precise, "domineras_av": better.get(key, ""),
                        "efter_horisonten": "ja" if self.coalitions.graduates_late(key) else "nej",
                        "brytpunkt": words, "brytpunkt_andel": share,
                        "brytpunkt_mottagare": hours[0] if hours else "", "brytpunkt_antaget": hours[1] if hours else nan}
            yield row

    def pairs_needed(self, k: int) -> int:
        """Give how many pairs of simulations the Shapley value of measure k needs; no more than there are when it is fine."""
        found = effects(self._of(self.values.shapley[:, k], COST, self.precise), self.plan.per_draw)
        mean, error, spread = (float(x) for x in found[:3])
        half, allowed = Z80 * error, max(FINE_MSEK, FINE_SHARE * abs(mean), FINE_SPREAD * spread if isfinite(spread) else 0.0)
        if not isfinite(half):
            return 2 * self.plan.per_draw
        draws = ceil(self.plan.complete_draws * (half / allowed) ** 2)
        return self.plan.simulations if half <= allowed else draws * self.plan.per_draw

    def _break_even(self, k: int) -> tuple[str, float]:
        """Say at which multiple of its assumed effect a measure last in pays for itself.

        Net cost is taken as outlay + multiple × saving: the outlay is what the measure costs without power, the saving what
        its assumed effect changes. Where the saving cannot be told from zero there is no multiple.
        """
        last, outlay = (self._of(a[:, k], NET_COST, self.periods[-1]) for a in (self.values.last_out, self.values.outlay))
        if np.isnan(outlay).any():
            return "ej_storlek", nan
        saved = effects(outlay - last, self.plan.per_draw)
        saving, error, cost = float(saved.mean), float(saved.standard_error), float(outlay.mean())
        if not isfinite(error) or abs(saving) <= 2 * error:
            return "okand", nan
        if saving < 0:
            return "aldrig", nan
        return ("alltid", 0.0) if cost <= 0 else ("andel", cost / saving)

    def _dominating(self) -> dict[str, str]:
        """Give for a measure that costs one that beats it in net cost and unmet hours in nearly all parameter draws, if any.

        Of several the cheapest. Measures that graduate nobody in time neither beat nor are beaten.
        """
        both = np.stack([self._of(self.values.shapley, name, self.periods[-1]) for name in (NET_COST, UNMET)], axis=-1)
        cost, drawn = both[..., 0].mean(axis=0), draw_effects(both, self.plan.per_draw)
        if drawn is None:
            return {}
        ranked = [k for k, key in enumerate(self.keys) if not self.coalitions.graduates_late(key)]
        found: dict[str, str] = {}
        for k in ranked:
            beating = [j for j in ranked if (drawn[:, j] < drawn[:, k]).all(axis=-1).mean() >= DOMINATED]
            if beating and cost[k] > 0:
                found[self.keys[k]] = self.keys[min(beating, key=lambda j: (cost[j], j))]
        return found

    def _of(self, values: NDArray[np.float64], indicator: str, period: str) -> NDArray[np.float64]:
        """Pick one indicator and period, which are the last two axes."""
        picked: NDArray[np.float64] = values[..., INDICATORS.index(indicator), self.periods.index(period)]
        return picked


def prepare_game(scenario: Specification, reference: Specification, plan: Plan, engine: str) -> Game:
    """Lay out the game of a scenario against its reference; simulates nothing.

    `plan` is that of the run; at most MOST_PAIRS of its simulations are played, with the same draws and keys. Raises UserError
    when the two differ in more than measures.
    """
    from kompetenssim.forecast.posterior import draws_of
    from kompetenssim.forecast.run import geometry_of
    from kompetenssim.resolve.coalitions import NotComparable, unite

    try:
        coalitions = unite(scenario, reference)
    except NotComparable as error:
        raise UserError(f"--bidrag: {error}", code=2) from error
    plan = replace(plan, simulations=min(plan.simulations, MOST_PAIRS), scenarios=(scenario.key, reference.key),
                   reference=reference.key)
    theta = draws_of(scenario, coalitions.template, plan)
    return Game(engine, plan, coalitions, tuple(theta), geometry_of(scenario, coalitions.template))


def contribute(game: Game, *, processes: int | None = None, progress: Progress | None = None) -> Contributions:
    """Play a game. The result does not depend on `processes`; `progress(done, total)` counts simulations."""
    from kompetenssim.forecast.pool import work_through
    from kompetenssim.forecast.run import collected, cores, in_process

    plan, tasks = game.plan, tasks_of(game.plan)
    enough = enough_for_workers(game.engine, plan.simulations * game.runs)
    workers = min(processes or cores(), len(tasks)) if enough else 1
    prepare_engine(game.engine, game.coalitions.template)
    answers = in_process(game, tasks) if workers == 1 else work_through(game, tasks, workers)
    done = sorted(collected(answers, plan.simulations, progress), key=lambda d: d.first)
    return _gathered(game, [r for d in done for r in d.rounds])


def _gathered(game: Game, rounds: Sequence[Round]) -> Contributions:
    full, label = full_years(game.geometry)
    years = game.geometry.years

    def joined(name: str) -> NDArray[np.float64]:
        array = np.stack([getattr(r, name) for r in rounds])
        return np.concatenate([array, array[..., full].mean(axis=-1, keepdims=True)], axis=-1)

    last = years[full[-1]]
    return Contributions(
        scenario=game.plan.scenarios[0], reference=game.plan.scenarios[1], plan=game.plan, coalitions=game.coalitions,
        periods=(*years, label), precise=PRECISE_YEAR if PRECISE_YEAR in [years[y] for y in full] else last,
        values=Round(*(joined(name) for name in Round._fields)))


def tables(every: Sequence[Contributions]) -> Iterator[pa.Table]:
    """Give the content of `bidrag.parquet`, a table per scenario."""
    import pyarrow as pa

    from kompetenssim.forecast.summary import schema

    for one in every:
        yield pa.Table.from_pylist(list(one.rows()), schema=schema(COLUMNS))


def full_years(geometry: Geometry) -> tuple[list[int], str]:
    """Give the calendar years that are simulated in full (all of them if none is) and the name of their mean."""
    spans = geometry.year_spans
    full = [y for y, months in enumerate(spans.months) if months == 12] or list(range(len(spans.labels)))
    return full, f"medel {spans.labels[full[0]]}–{spans.labels[full[-1]]}"
