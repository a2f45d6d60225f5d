"""The verbs that simulate: the main job, `simulera` and `jamfor`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import kompetenssim as ks
from kompetenssim.api import engine_remark
from kompetenssim.cli.outcome import Exit, describe, note, print_json
from kompetenssim.cli.summary import json_of
from kompetenssim.spec.specification import once

if TYPE_CHECKING:
    from kompetenssim import Run, Specification

MAIN_SCENARIO = "scenarios/rjh/slk_2023.yaml"
MAIN_REFERENCE = "nollalternativ"


def main_job(arguments: Namespace) -> Exit:
    """Forecast Region Jämtland Härjedalen with its SLK measures against doing nothing."""
    spec = ks.load(MAIN_SCENARIO, root=library_root())
    return _forecast([spec], ks.with_reference(spec, MAIN_REFERENCE), arguments)


def simulate(arguments: Namespace) -> Exit:
    """Forecast exactly one scenario."""
    return _forecast(load_all([arguments.scenario]), None, arguments)


def compare(arguments: Namespace) -> Exit:
    """Forecast scenarios and a reference with paired simulations."""
    specs = load_all(arguments.scenarios)
    return _forecast(specs, _reference(specs[0], arguments.mot), arguments, contributions=arguments.bidrag)


def _reference(spec: Specification, given: str | None) -> Specification:
    try:
        return ks.with_reference(spec, given)
    except ks.SpecificationError as error:
        if given is None:
            raise
        here = [replace(p, file="kommandoraden", path="--mot") if p.path == "scenario.jamfors_med" else p for p in error.problems]
        raise ks.SpecificationError(here) from error


def load_all(given: Sequence[str]) -> list[Specification]:
    """Load scenarios by path or key; raises SpecificationError with the faults of all of them."""
    specs, problems = [], []
    for source in given:
        try:
            specs.append(ks.load(source, root=None if _is_file(source) else library_root()))
        except ks.SpecificationError as error:
            problems += error.problems
    if problems:
        raise ks.SpecificationError(list(dict.fromkeys(problems)))
    return specs


def library_root() -> Path | None:
    """Give the folder whose `scenarios/` is searched: None for the current one, else the checkout the program lies in."""
    checkout = Path(ks.__file__).resolve().parents[1]
    return checkout if not Path("scenarios").is_dir() and (checkout / "scenarios").is_dir() else None


def _is_file(source: str) -> bool:
    return Path(source).is_file()


def _forecast(
    specs: list[Specification], reference: Specification | None, arguments: Namespace, *, contributions: bool = False,
) -> Exit:
    settings = {"replications": arguments.simuleringar, "seed": arguments.slumpfro, "engine": arguments.motor}
    place = ks.destination(specs, reference=reference, out=arguments.ut, again=arguments.om, detail=arguments.detalj,
                           contributions=contributions, **settings)
    _show_warnings([*specs, *([reference] if reference else [])])
    if place.finished:
        note(f"Körningen finns redan i {place.folder} och används som den är (--om kör om den).", quiet=arguments.tyst)
        return finish(ks.open_run(place.folder), arguments)

    remark = engine_remark(specs, reference=reference, replications=arguments.simuleringar, engine=arguments.motor)
    if remark:
        note(f"varning: {remark}", quiet=False)

    def forecast(progress: Callable[[int, int], None] | None) -> Run:
        common = {**settings, "processes": arguments.processer, "progress": progress}
        if reference is None:
            return ks.simulate(specs[0], **common)
        return ks.compare(specs, reference=reference, contributions=contributions, **common)

    return finish(run_and_save(forecast, place.folder, arguments), arguments)


def run_and_save(forecast: Callable[[Callable[[int, int], None] | None], Run], folder: Path, arguments: Namespace) -> Run:
    """Simulate under a progress bar and write the run folder with tables, figures and report."""
    from kompetenssim.forecast.progress import progress_bar

    note("Simulerar …", quiet=arguments.tyst)
    with progress_bar(quiet=arguments.tyst) as progress:
        run = forecast(progress)
    note("Skriver tabeller, figurer och rapport …", quiet=arguments.tyst)
    run.save(folder, detail=arguments.detalj)
    return run


def finish(run: Run, arguments: Namespace) -> Exit:
    """Print the results of a run, for people or as one JSON object."""
    folder = run.results.folder
    if arguments.json:
        print_json(json_of(run.results, shown(folder)))
        return Exit.DONE
    from kompetenssim.present.terminal import show

    show(run.results)
    print(f"\nRapport: {shown(folder / 'rapport.html')}")
    return Exit.DONE


def shown(path: Path) -> str:
    """Write a path for a reader, relative to the current folder where it lies below it."""
    inside = path.is_relative_to(Path.cwd())
    return str(path.relative_to(Path.cwd())) if inside else str(path)


def _show_warnings(specs: Sequence[Specification]) -> None:
    for warning in once(warning for spec in specs for warning in spec.warnings):
        note(f"{warning.level}: {describe(warning)}", quiet=False)
