"""What the priors say before any fit, held against what is known (domain model 6.5, 3); a check that fails is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.calibration.aims import Aim
from kompetenssim.calibration.fit import Drawn, Stage, simulator_of
from kompetenssim.calibration.particles import Again
from kompetenssim.calibration.period import read_period
from kompetenssim.calibration.plan_file import GapCheck, RangeCheck, StopCheck
from kompetenssim.calibration.space import Space
from kompetenssim.calibration.table import TABLE_PIECE, gather
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import chosen_cells
from kompetenssim.forecast.indicators import REGISTER
from kompetenssim.forecast.run import cores, selection_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.particles import Simulator
    from kompetenssim.spec.region import Population
    from kompetenssim.spec.specification import Specification

    Floats = NDArray[np.float64]

CENTRAL = 0.90
MOST_CLIPPED = 0.01
RANGE_DRAWS = 100


class PriorCheck(NamedTuple):
    """One check: what it is about, what the priors say (median and central 90 %), what it is held against, and how it went."""

    check: str
    about: str
    median: float
    low: float
    high: float
    against: str
    holds: bool


LoadScenario = Callable[[str], "Specification"]


def prior_checks(drawn: Drawn, folder: Path, load: LoadScenario, processes: int | None, stage: Stage) -> tuple[PriorCheck, ...]:
    """Make every check that the plan asks for, and those of the observations themselves, in the order of the domain model."""
    runs = _Runs(drawn, folder, processes, stage)
    asked = drawn.plan.content.prior_checks
    found = [*_observations(drawn)]
    if asked.gap is not None:
        found.append(_gap(asked.gap, load(asked.gap.scenario), runs))
    if asked.stop is not None:
        found.append(_stop(asked.stop, load(asked.stop.scenario), load(asked.stop.compared_with), runs))
    return (*found, *_ranges(asked.ranges, runs))


class _Runs:
    """Simulates prior draws 0 … n − 1 of other scenarios, with the keys they have in the table."""

    def __init__(self, drawn: Drawn, folder: Path, processes: int | None, stage: Stage) -> None:
        self.drawn, self.folder, self.processes, self.stage = drawn, folder, processes, stage

    def simulator(self, spec: Specification, draws: int) -> Simulator:
        from kompetenssim.resolve import resolve

        space = Space(resolve(spec), self.drawn.plan.priors, self.drawn.space.seed, self.drawn.space.register)
        return simulator_of(spec, (), space, self.drawn.engine, draws)

    def run(self, simulator: Simulator, aims: tuple[Aim, ...], draws: int, name: str, text: str) -> Floats:
        import numpy as np

        numbers = np.arange(draws)
        work = Again(simulator._replace(aims=aims), simulator.space.uniforms(numbers.tolist()), numbers)
        workers = self.processes or cores()
        return gather(work, draws, TABLE_PIECE // 10, self.folder / name, workers, self.stage(text)).predicted


def _observations(drawn: Drawn) -> Iterator[PriorCheck]:
    """Check (a): each anchor and observation inside the central 90 % of what the priors say, and all of them jointly."""
    import numpy as np

    every = (*drawn.observations, *drawn.anchors)
    said = drawn.found.predicted
    for k, o in enumerate(every):
        low, median, high = _central(said[:, k])
        yield PriorCheck("observation", o.name, median, low, high, f"{o.value:g}".replace(".", ","), low <= o.value <= high)
    usable = said[~np.isnan(said).any(axis=1)]
    if len(usable) > len(every) and all(o.value > 0 for o in every) and (usable > 0).all():
        logs, at = np.log(usable), np.log([o.value for o in every])
        centre, inverse = logs.mean(axis=0), np.linalg.pinv(np.cov(logs.T))
        distance = np.einsum("ij,jk,ik->i", logs - centre, inverse, logs - centre)
        ours = float((at - centre) @ inverse @ (at - centre))
        further = float(np.mean(distance >= ours))
        text = f"andel uppsättningar längre från mitten än utfallet: {100 * further:.1f} % (minst {100 * (1 - CENTRAL):.0f} %)"
        low, median, high = _central(distance)
        yield PriorCheck("alla tillsammans", "avstånd i log (Mahalanobis)", median, low, high, text.replace(".", ","),
                         further >= 1 - CENTRAL)


def _gap(check: GapCheck, spec: Specification, runs: _Runs) -> PriorCheck:
    """Check (b): the gap (agency and unmet hours) of the last full year over that of the first, without new measures."""
    import numpy as np

    simulator = runs.simulator(spec, check.draws)
    years = _full_years(simulator)
    cells = tuple(range(len(simulator.geometry.cells)))
    aims = tuple(Aim(key, cells, *span) for span in (years[0][1], years[-1][1]) for key in ("hyr_timmar", "obemannade_timmar"))
    said = runs.run(simulator, aims, check.draws, "gap", "Förkontroll: utan åtgärder")
    ratio = said[:, 2:].sum(axis=1) / said[:, :2].sum(axis=1)
    share = float(np.mean(ratio >= check.factor))
    low, median, high = _central(ratio)
    text = f"gapet {check.factor:g} gånger större i {100 * share:.1f} % av uppsättningarna (högst {check.most_percent:g} %)"
    return PriorCheck("utan åtgärder", f"{spec.key}, {years[-1][0]} / {years[0][0]}", median, low, high, text.replace(".", ","),
                      100 * share <= check.most_percent)


def _stop(check: StopCheck, spec: Specification, other: Specification, runs: _Runs) -> PriorCheck:
    """Check (c): what a scenario adds to its counterfactual in the same draws, against what happened."""
    said = []
    for which in (spec, other):
        simulator = runs.simulator(which, check.draws)
        months = simulator.geometry.months
        missing = [month for month in (check.from_month, check.to_month) if month not in months]
        if missing:
            raise UserError(
                f"forkontroller.stopp: månaden {missing[0]} finns inte i {which.key} ({months[0]} till {months[-1]})", code=2)
        aim = Aim(check.indicator, _cells(simulator, which, check.population), months.index(check.from_month),
                  months.index(check.to_month))
        said.append(runs.run(simulator, (aim,), check.draws, f"stopp_{which.key}", f"Förkontroll: {which.key}")[:, 0])
    low, median, high = _central(said[0] - said[1])
    return PriorCheck("stopp", f"{spec.key} mot {other.key}, {check.indicator} {check.from_month}–{check.to_month}", median, low,
                      high, f"{check.value:g}".replace(".", ","), low <= check.value <= high)


def _ranges(checks: list[RangeCheck], runs: _Runs) -> Iterator[PriorCheck]:
    """Checks (d) and (e): published ranges in the fitted scenario, and how often the workload multiplier is clipped."""
    import numpy as np

    spec = runs.drawn.plan.spec
    draws = min(RANGE_DRAWS, len(runs.drawn.found.free))
    simulator = runs.simulator(spec, draws)
    months = simulator.geometry.months
    spans = []
    for check in checks:
        period = read_period(check.time)
        first, last = (f"{day.year:04d}-{day.month:02d}" for day in (period.first, period.last))
        if first not in months or last not in months:
            raise UserError(
                f"forkontroller.intervall: {check.time} ligger utanför {spec.key} ({months[0]} till {months[-1]})", code=2)
        spans.append(Aim(check.indicator, _cells(simulator, spec, check.population), months.index(first), months.index(last)))
    clipped = Aim("klippta_veckor_andel", tuple(range(len(simulator.geometry.cells))), 0, len(months) - 1)
    said = runs.run(simulator, (*spans, clipped), draws, "intervall", "Förkontroll: publicerade intervall")
    for k, check in enumerate(checks):
        low, median, high = _central(said[:, k])
        scale = 100.0 if REGISTER[check.indicator].unit == "andel" else 1.0
        text = f"{check.low:g}–{check.high:g}".replace(".", ",")
        yield PriorCheck("publicerat intervall", f"{check.indicator}, {_name(check.population)}, {check.time}", scale * median,
                         scale * low, scale * high, text, check.low <= scale * median <= check.high)
    low, median, high = _central(said[:, -1])
    share = float(np.mean(said[:, -1]))
    yield PriorCheck("klipp", "andel personveckor där belastningens faktor når [0,6; 2,5], i procent", 100 * median, 100 * low,
                     100 * high, f"i snitt {100 * share:.2f} % (högst {100 * MOST_CLIPPED:g} %)".replace(".", ","),
                     share <= MOST_CLIPPED)


def _central(values: Floats) -> tuple[float, float, float]:
    import numpy as np

    low, median, high = np.nanquantile(values, [(1 - CENTRAL) / 2, 0.5, (1 + CENTRAL) / 2])
    return float(low), float(median), float(high)


def _full_years(simulator: Simulator) -> list[tuple[str, tuple[int, int]]]:
    spans = simulator.geometry.year_spans
    found = [(label, (int(first), int(last))) for label, first, last, months
             in zip(spans.labels, spans.first, spans.last, spans.months, strict=True) if months == 12]
    if len(found) < 2:
        raise UserError("forkontroller.utan_atgarder: scenariot behöver minst två hela kalenderår", code=2)
    return found


def _cells(simulator: Simulator, spec: Specification, population: Population) -> tuple[int, ...]:
    cells = chosen_cells(simulator.geometry.cells, selection_of(population), spec.region.group_sets)
    if not cells:
        raise UserError(f"forkontroller: ingen cell i {spec.key} har {_name(population)}", code=2)
    return cells


def _name(population: Population) -> str:
    parts = [v if isinstance(v, str) else "+".join(v) for v in (population.group, population.area) if v is not None]
    return ", ".join(parts) or "alla"
