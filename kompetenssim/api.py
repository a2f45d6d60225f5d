"""The public functions: load, simulate, compare, solve. The command line and the app use nothing else.

Arrays and frames that come out have the columns of the result format (docs: results); money is in million
kronor, hours are need-equivalent hours, shares are shares.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.results import Results, read

if TYPE_CHECKING:
    from datetime import date
    from tempfile import TemporaryDirectory

    import pandas as pd

    from kompetenssim.calibration.store import Calibration
    from kompetenssim.forecast.outcomes import Outcome
    from kompetenssim.forecast.review import Review
    from kompetenssim.forecast.run import Forecast, Progress
    from kompetenssim.forecast.search.folder import Stored
    from kompetenssim.forecast.search.plan import SearchPlan
    from kompetenssim.forecast.search.solve import Answer, Tell
    from kompetenssim.forecast.store import Destination, Extra
    from kompetenssim.present.tables import Table
    from kompetenssim.spec.beyond import Beyond
    from kompetenssim.spec.check import CheckReport
    from kompetenssim.spec.specification import Specification

Engine = Literal["auto", "simpy", "kompilerad", "tvilling"]


class Run:
    """A finished run, in memory or read from its folder.

    `summary`, `yearly` and `differences` are frames with the columns of `sammanfattning`, `simuleringar_ar` and
    `jamforelse`; texts are categories.
    """

    def __init__(self, forecast: Forecast | None = None, results: Results | None = None) -> None:
        self.forecast = forecast
        self._results = results
        self._folder: TemporaryDirectory[str] | None = None

    @cached_property
    def results(self) -> Results:
        """Everything of the run as it is stored; a run that is not saved keeps it in a temporary folder."""
        if self._results is not None:
            return self._results
        from tempfile import TemporaryDirectory

        from kompetenssim.forecast.store import save

        self._folder = TemporaryDirectory(prefix="kompetenssim-")
        return save(self._in_memory(), Path(self._folder.name) / "korning")

    @property
    def id(self) -> str:
        """Scenario key and short hash of all that decides the numbers."""
        return self.results.id

    @property
    def summary(self) -> pd.DataFrame:
        """Mean, standard deviation and quantiles per scenario, indicator, period and place."""
        return self.results.summary

    @property
    def yearly(self) -> pd.DataFrame:
        """The value of every simulation per calendar year and margin."""
        return self.results.yearly

    @property
    def differences(self) -> pd.DataFrame:
        """Effects against the reference, from paired simulations. Raises UserError in a run without reference."""
        if self.results.reference is None:
            raise UserError("körningen har ingen referens; använd compare (jamfor) i stället för simulate (simulera)")
        return self.results.differences

    @property
    def contributions(self) -> pd.DataFrame:
        """What each measure contributes, with the columns of `bidrag`. Raises UserError in a run without contributions."""
        return self.results.contributions

    def table(self, key: str) -> Table:
        """Build a table of the output catalogue by its id, `T2`. Raises UserError for one that does not exist."""
        from kompetenssim.present.tables import CALIBRATED, OPTIONAL, REVIEWED, TABLES
        from kompetenssim.present.view import View

        if key in OPTIONAL:
            _ = self.contributions
            table = OPTIONAL[key](View(self.results))
            assert table is not None
            return table
        if key in CALIBRATED:
            table = CALIBRATED[key](View(self.results))
            if table is None:
                raise UserError(f"körningen har ingen tabell {key}; skriv kalibrering under scenario i filen och kör om")
            return table
        if key in REVIEWED:
            table = REVIEWED[key](View(self.results))
            if table is None:
                raise UserError(f"körningen har ingen tabell {key}; spara den med en granskning (save med review=…), för felets "
                                "orsaker en som vet vad som är känt nu (review med now=…)")
            return table
        if key not in TABLES:
            raise UserError(f"tabellen '{key}' finns inte; tillåtet är {', '.join(TABLES)}", code=2)
        return TABLES[key](View(self.results))

    def save(self, path: str | Path, *, extras: Sequence[Extra] | None = None, detail: bool = False,
             review: Review | None = None) -> Path:
        """Write the whole run folder, tables, figures and report included, and give its path.

        `extras` (see `forecast.store.save`) replace what writes tables, figures and report; an empty sequence leaves them
        out. `detail` keeps unit × group per simulation. `review` of an earlier forecast is kept with the run and shown in its
        tables. Raises UserError for a folder with other content.
        """
        from kompetenssim.forecast.review_files import write
        from kompetenssim.forecast.store import save
        from kompetenssim.present import write_all

        first: list[Extra] = [] if review is None else [lambda _, folder: write(review, folder)]
        hooks = [*first, *([write_all] if extras is None else extras)]
        self._results = save(self._in_memory(), path, hooks, detail=detail)
        self.__dict__["results"] = self._results
        return self._results.folder

    def _in_memory(self) -> Forecast:
        if self.forecast is None:
            raise UserError("körningen är läst från en mapp och finns redan där; kopiera mappen i stället")
        return self.forecast


def load(source: str | Path, *, root: Path | None = None) -> Specification:
    """Load a scenario by path or key (`scenarios/*/KEY.yaml` under `root`).

    Raises SpecificationError with every problem of its files at once.
    """
    from kompetenssim.levers import LEVERS
    from kompetenssim.spec.load import load as load_scenario

    return load_scenario(source, levers=LEVERS, root=root, beyond=_beyond())


def _beyond() -> Beyond:
    """Tell the loader what indicators there are, and what measures and observed costs meet in a region."""
    from kompetenssim.forecast.indicators import REGISTER, ROLLING
    from kompetenssim.forecast.posterior import faults
    from kompetenssim.resolve.faults import measure_faults, region_faults
    from kompetenssim.spec.beyond import Beyond as Answers

    return Answers(frozenset({*REGISTER, *ROLLING}), measure_faults, region_faults, faults)


def simulate(
    spec: Specification, *, replications: int | None = None, seed: int | None = None, engine: Engine | str = "auto",
    processes: int | None = None, progress: Progress | None = None,
) -> Run:
    """Forecast one scenario.

    `replications` and `seed` default to those of the scenario. Half as many parameter draws as simulations are made.
    `processes`: None = all cores, 1 = in this process; the result is the same. Raises UserError.
    """
    return Run(_run([spec], None, replications, seed, engine, processes, progress))


def compare(
    specs: Sequence[Specification], *, reference: Specification | str | Path | None = None, replications: int | None = None,
    seed: int | None = None, engine: Engine | str = "auto", processes: int | None = None, progress: Progress | None = None,
    contributions: bool = False,
) -> Run:
    """Forecast scenarios and a reference with paired simulations.

    `reference` is a specification, or a key or path that is loaded over the period of the first scenario; None takes what
    the first scenario names in `jamfors_med`. `contributions` also says what each measure of a scenario contributes to its
    difference from the reference, from at most 300 of the simulations; it takes about five runs more for each measure and
    simulation. Raises UserError when there is no reference, when periods differ, and with `contributions` when scenarios differ
    in more than measures.
    """
    if not specs:
        raise UserError("minst ett scenario behövs", code=2)
    other = with_reference(specs[0], reference)
    every = _with_last(specs, other)
    if len(every) == 1:
        raise UserError(f"'{other.key}' jämförs med sig självt; ange ett annat scenario eller en annan referens", code=2)
    return Run(_run(every, other.key, replications, seed, engine, processes, progress, contributions=contributions))


def with_reference(spec: Specification, reference: Specification | str | Path | None = None) -> Specification:
    """Load what a scenario is compared with, over the scenario's own period and start state."""
    from kompetenssim.levers import LEVERS
    from kompetenssim.spec.load import load_reference
    from kompetenssim.spec.specification import Specification as Resolved

    if isinstance(reference, Resolved):
        return reference
    name = reference if reference is not None else spec.compared_with
    if name is None:
        text = f"'{spec.key}' säger inte vad det jämförs med; ange en referens (--mot) eller scenario.jamfors_med"
        raise UserError(text, code=2)
    return load_reference(spec, name, levers=LEVERS, beyond=_beyond())


def destination(
    specs: Sequence[Specification], *, reference: Specification | None = None, replications: int | None = None,
    seed: int | None = None, engine: Engine | str = "auto", out: str | Path | None = None, again: bool = False,
    detail: bool = False, contributions: bool = False,
) -> Destination:
    """Say which folder a run of these scenarios goes to, and whether it already lies there finished; simulates nothing.

    The folder is `out`, which must be absent or empty (UserError, code 2), else `resultat/<id>`; a finished one is
    reused unless `again`. What `save` writes with `detail` has an id of its own, and so has a run with contributions. Raises
    UserError for an engine that this version does not have or that cannot run here.
    """
    from kompetenssim.forecast.engines import accept_engine
    from kompetenssim.forecast.identity import run_id
    from kompetenssim.forecast.run import plan_of
    from kompetenssim.forecast.store import destination as decide

    every = specs if reference is None else _with_last(specs, reference)
    accept_engine(engine)
    plan = plan_of(every, replications=replications, seed=seed, reference=reference.key if reference is not None else None,
                   engine=engine)
    identity = run_id(every, plan, twin=engine == "tvilling", detail=detail, contributions=contributions)
    return decide(identity, out=out, again=again)


def engine_remark(
    specs: Sequence[Specification], *, reference: Specification | None = None, replications: int | None = None,
    engine: Engine | str = "auto",
) -> str | None:
    """Say what a user should know of the engine that a run of these scenarios takes; None when there is nothing to say."""
    from kompetenssim.forecast.engines import slower_remark
    from kompetenssim.forecast.run import plan_of

    every = specs if reference is None else _with_last(specs, reference)
    return slower_remark(engine, plan_of(every, replications=replications).simulations * len(every))


def calibrate(
    plan: str | Path, *, draws: int | None = None, seed: int | None = None, engine: Engine | str = "auto",
    processes: int | None = None, out: str | Path | None = None, again: bool = False, root: Path | None = None,
    stage: Callable[[str], Progress | None] | None = None,
) -> Calibration:
    """Fit the model to history, check the fit, and hold it against a period that it has not seen.

    `plan` is a path or key of a `kalibrering.yaml` (`calibration/*/` under `root`). `draws` (prior draws, each simulated once)
    and `seed` default to those of the plan and its scenario. The folder is `out`, else `resultat/<id>`: one that is unfinished
    goes on where it stopped, one that is finished is taken as it is unless `again`. `stage` gives the progress callback of a
    named stage. The result does not depend on `processes`. Raises SpecificationError for a plan with faults, and UserError.
    """
    from kompetenssim.calibration.plan import load_plan
    from kompetenssim.calibration.run import calibrate as carry_out
    from kompetenssim.levers import LEVERS
    from kompetenssim.present.calibration import write_all

    loaded = load_plan(find_plan(plan, root), levers=LEVERS, beyond=_beyond(), root=root)
    return carry_out(loaded, levers=LEVERS, beyond=_beyond(), draws=draws, seed=seed, engine=engine, processes=processes, out=out,
                     again=again, stage=stage or (lambda _text: None), also=write_all)


def find_plan(plan: str | Path, root: Path | None = None) -> Path:
    """Find the file of a calibration by path, folder or key. Raises UserError (code 2) where there is not exactly one."""
    from kompetenssim.spec.files import CALIBRATION, find_keyed

    base = root if root is not None else Path()
    for path in (Path(plan), base / plan):
        if path.is_dir() and (path / "kalibrering.yaml").is_file():
            return path / "kalibrering.yaml"
        if path.is_file():
            return path
    found, known = find_keyed(base / CALIBRATION, "kalibrering", str(plan))
    if len(found) == 1:
        return found[0]
    where = f"; det finns {', '.join(sorted(known))}" if known else f" (ingen kalibrering i {base / CALIBRATION}/)"
    text = "flera kalibreringar har nyckeln" if found else "filen finns inte och ingen kalibrering har nyckeln"
    raise UserError(f"{text} '{plan}'{where}", code=2)


def check(path: str | Path, *, root: Path | None = None) -> CheckReport:
    """Check any file a person writes: all faults, warnings, and the assumption that replaces each gap. Never raises for it.

    A scenario may also be named by its key, as in `load`.
    """
    from kompetenssim.calibration.check import DOCUMENTS
    from kompetenssim.forecast.search.check import SEARCHES
    from kompetenssim.levers import LEVERS
    from kompetenssim.spec.check import check_file

    return check_file(path, LEVERS, _beyond(), root, {**DOCUMENTS, **SEARCHES})


def find_scenario(folder: str | Path, key: str) -> Path | None:
    """Find the file of a scenario by its key anywhere below a folder, such as the copies of a run's inputs."""
    from kompetenssim.spec.files import find_scenario as among

    return among(Path(folder), key)


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of each kind of file, for editors."""
    from kompetenssim.calibration.plan_file import PlanFile
    from kompetenssim.levers import LEVERS
    from kompetenssim.spec.json_schema import json_schema as of_levers
    from kompetenssim.spec.search import SearchFile

    return of_levers(LEVERS, {"kalibrering": PlanFile, "sokning": SearchFile})


def indicators() -> list[dict[str, str]]:
    """Give the indicator register: id, unit, how it sums over time and places, formula, definition."""
    from kompetenssim.forecast.indicators import listing

    return listing()


def open_run(folder: str | Path) -> Run:
    """Read a finished run folder. Raises UserError when it is none."""
    results = read(folder)
    if "sokning" in results.manifest:
        raise UserError(f"'{folder}' är en sökning, inte en körning; kör om den med sok", code=2)
    return Run(results=results)


def load_search(source: str | Path, *, root: Path | None = None) -> SearchPlan:
    """Load a search by path or key (`scenarios/*/KEY.yaml` under `root`).

    Raises SpecificationError with every problem of its files at once, those at both ends of the range included.
    """
    from kompetenssim.forecast.search.plan import load_search as load_plan
    from kompetenssim.levers import LEVERS

    return load_plan(source, levers=LEVERS, beyond=_beyond(), root=root)


def solve(
    plan: SearchPlan, *, replications: int | None = None, seed: int | None = None, engine: Engine | str = "auto",
    processes: int | None = None, tell: Tell | None = None,
) -> Answer:
    """Find the smallest size that reaches a target: solve backwards.

    Every size is run with the same seed and draws, and every point that was run is kept in the answer: `storlek`, `undre80` and
    `ovre80` in the unit of what is varied, `punkter` with probability, mean, interval and net cost (mkr). `auto` lets the
    twin find the neighbourhood, `tvilling` answers in expectation alone. Raises UserError.
    """
    from kompetenssim.forecast.search.solve import settings_of
    from kompetenssim.forecast.search.solve import solve as find

    settings = settings_of(plan, replications=replications, seed=seed, engine=engine)
    return find(plan, settings, processes=processes, tell=tell)


def search_destination(
    plan: SearchPlan, *, replications: int | None = None, seed: int | None = None, engine: Engine | str = "auto",
    out: str | Path | None = None, again: bool = False,
) -> Destination:
    """Say which folder a search goes to, and whether it already lies there finished; as `destination` of a run."""
    from kompetenssim.forecast.search.folder import search_id
    from kompetenssim.forecast.search.solve import settings_of
    from kompetenssim.forecast.store import destination as decide

    settings = settings_of(plan, replications=replications, seed=seed, engine=engine)
    return decide(search_id(plan, settings), out=out, again=again)


def save_search(
    plan: SearchPlan, answer: Answer, path: str | Path, *, replications: int | None = None, seed: int | None = None,
    engine: Engine | str = "auto",
) -> Stored:
    """Write an answer with its points, table, figure and report to a folder; the options are those it was solved with."""
    from kompetenssim.forecast.search.folder import save_search as save
    from kompetenssim.forecast.search.solve import settings_of
    from kompetenssim.present.search import write_all

    return save(plan, settings_of(plan, replications=replications, seed=seed, engine=engine), answer, Path(path), [write_all])


def open_search(folder: str | Path) -> Stored:
    """Read the folder of a finished search. Raises UserError when it is none."""
    from kompetenssim.forecast.search.folder import read_search

    return read_search(Path(folder))


def read_outcomes(path: str | Path) -> tuple[Outcome, ...]:
    """Read what happened from a region's own months (`manad;…`) or a series (`serie;…`), for `review`.

    Raises SpecificationError with every fault of the file.
    """
    from kompetenssim.calibration.outcomes import read_outcomes as of_file

    return of_file(path)


def review(
    run: Run | str | Path, outcomes: Sequence[Outcome], *, now: Specification | None = None, scenario: str | None = None,
    made: date | None = None, engine: Engine | str = "auto", processes: int | None = None, progress: Progress | None = None,
) -> Review:
    """Hold an earlier forecast, a run or its folder, against what happened.

    Leave out what the start state or a fit has used: it is no forecast.

    With `now`, the same scenario over the same period as it is known today (corrected data, follow-up of measures, calibrated
    parameters), each miss is split by cause: the old scenario, from the copy of its files, is simulated again with one thing
    after the other as it is known now, at most five times the simulations of the run. `scenario` is the one that was the
    forecast, the first unless given; `made` the day of the forecast, the first of the run unless given: a new measure that
    starts later is a reaction. Raises UserError for outcomes that nothing can be compared with, and where old and new do not
    go together.
    """
    from kompetenssim.forecast.review import review as held_against

    old = run if isinstance(run, Run) else open_run(run)
    key = scenario or next((s for s in old.results.scenarios if s != old.results.reference), old.results.scenarios[0])
    then = _as_it_was(old, key) if now is not None and key in old.results.scenarios else None
    return held_against(old.results, outcomes, scenario=key, then=then, now=now, made=made, engine=engine,
                        processes=processes, progress=progress)


def _as_it_was(run: Run, key: str) -> Specification:
    """Give a scenario as a run knew it."""
    if run.forecast is not None:
        return next(spec for spec in run.forecast.specs if spec.key == key)
    path = find_scenario(run.results.folder / "indata", key)
    if path is None:
        text = f"kopian av scenariot '{key}' saknas i {run.results.folder / 'indata'}; felet går inte att dela på orsaker"
        raise UserError(text)
    return load(path)


def _with_last(specs: Sequence[Specification], reference: Specification) -> list[Specification]:
    return [*(s for s in specs if s.key != reference.key), reference]


def _run(
    specs: Sequence[Specification], reference: str | None, replications: int | None, seed: int | None, engine: str,
    processes: int | None, progress: Progress | None, *, contributions: bool = False,
) -> Forecast:
    from kompetenssim.forecast.run import run
    from kompetenssim.resolve import resolve

    return run(specs, [resolve(s) for s in specs], replications=replications, seed=seed, reference=reference, engine=engine,
               processes=processes, progress=progress, contributions=contributions)
