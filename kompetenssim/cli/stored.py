"""The verbs about a stored run: `rapport` and `aterskapa`."""

from __future__ import annotations

import shutil
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import kompetenssim as ks
from kompetenssim.cli.forecasts import run_and_save
from kompetenssim.cli.outcome import JSON_VERSION, Exit, note, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from kompetenssim import Run, Specification
    from kompetenssim.forecast.results import Results

TABLES = ("sammanfattning", "simuleringar_ar", "jamforelse")
NOT_YET = ("pdf", "xlsx", "docx")


def report(arguments: Namespace) -> Exit:
    """Write tables, figures and report again from stored results."""
    missing = [name for name in arguments.format if name in NOT_YET]
    if missing:
        raise ks.UserError(f"formatet {missing[0]} finns inte i den här versionen; html finns")
    results = ks.open_run(arguments.run).results
    target = results.folder if arguments.ut is None else arguments.ut
    if arguments.ut is not None and target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ks.UserError(f"--ut {target}: mappen finns redan och är inte tom; ange en mapp som inte finns eller är tom", code=2)
    _write_report(_writer(results), target)
    if arguments.json:
        print_json({"version": JSON_VERSION, "kod": int(Exit.DONE), "id": results.id, "mapp": str(target), "format": ["html"]})
    else:
        print(f"Rapport: {target / 'rapport.html'}")
    return Exit.DONE


def _is_calibration(results: Results) -> bool:
    return bool(results.manifest.get("slag") == "kalibrering")


def _writer(results: Results) -> Callable[[Path], None]:
    """Give what writes the report of a folder: of a run, or of a calibration."""
    if _is_calibration(results):
        from kompetenssim.calibration.store import Calibration
        from kompetenssim.present.calibration import write_all as write_calibration

        return partial(write_calibration, Calibration(results.folder))
    from kompetenssim.present import write_all

    return partial(write_all, results)


def _write_report(write: Callable[[Path], None], target: Path) -> None:
    """Write beside the target first, so that a report is never half written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".rapport-", dir=target.parent) as name:
        fresh = Path(name)
        write(fresh)
        target.mkdir(exist_ok=True)
        for item in sorted(fresh.iterdir()):
            old = target / item.name
            if old.is_dir():
                shutil.rmtree(old)
            item.replace(old)


def reproduce(arguments: Namespace) -> Exit:
    """Run again from the copies of the inputs and compare every number with what is stored."""
    stored = ks.open_run(arguments.run).results
    if _is_calibration(stored):
        raise ks.UserError(f"'{arguments.run}' är en kalibrering; aterskapa gör om körningar. Gör om den med kalibrera "
                           "och --om", code=2)
    plan = stored.manifest["plan"]
    specs = [ks.load(_input_of(stored, key)) for key in stored.scenarios if key != stored.reference]
    arguments.detalj = _is_detailed(stored)
    settings = {"replications": plan["simuleringar"], "seed": plan["slumpfro"], "engine": arguments.motor}

    def forecast(progress: Callable[[int, int], None] | None) -> Run:
        common = {**settings, "processes": arguments.processer, "progress": progress}
        if stored.reference is None:
            return ks.simulate(specs[0], **common)
        return ks.compare(specs, reference=_reference(stored, specs[0]), contributions=stored.has_contributions, **common)

    tables = (*TABLES, "bidrag") if stored.has_contributions else TABLES
    with TemporaryDirectory(prefix="kompetenssim-") as name:
        fresh = run_and_save(forecast, Path(name) / "korning", arguments).results
        differences = [text for table in tables if (text := _difference(stored, fresh, table)) is not None]
        changed = _changed_versions(stored, fresh) if differences else []
    return _tell(stored, differences, changed, arguments)


def _tell(stored: Results, differences: list[str], changed: list[str], arguments: Namespace) -> Exit:
    code = Exit.DIFFERS if differences else Exit.DONE
    if arguments.json:
        identity = {"version": JSON_VERSION, "kod": int(code), "id": stored.id}
        print_json(identity | {"skillnader": differences, "andrat_sedan_dess": changed})
        return code
    if not differences:
        print(f"Varje tal i {stored.folder} återskapades.")
        return code
    for text in differences:
        print(text, file=sys.stderr)
    note("Ändrat sedan körningen: " + (", ".join(changed) or "inget som manifestet känner till"), quiet=False)
    return code


def _input_of(stored: Results, key: str) -> Path:
    """Find the copy of a scenario's file among the inputs."""
    path = ks.find_scenario(stored.folder / "indata", key)
    if path is not None:
        return path
    raise ks.UserError(f"kopian av scenariot '{key}' saknas i {stored.folder / 'indata'}; körningen går inte att återskapa")


def _reference(stored: Results, spec: Specification) -> Specification:
    return ks.with_reference(spec, str(_input_of(stored, str(stored.reference)).resolve()))


def _is_detailed(stored: Results) -> bool:
    """Tell whether the run was made with --detalj: only then are there simulations of single unit × group."""
    import pyarrow.compute as pc

    table = stored.table("simuleringar_ar", ["enhet", "yrkesgrupp"])
    single = [pc.not_equal(table[name].cast("string"), "alla") for name in ("enhet", "yrkesgrupp")]
    return bool(pc.any(pc.and_(*single)).as_py())


def _difference(stored: Results, fresh: Results, table: str) -> str | None:
    """Say how a Parquet file differs, with the first row that does; None when the bytes are equal."""
    name = f"{table}.parquet"
    if (stored.folder / name).read_bytes() == (fresh.folder / name).read_bytes():
        return None
    before, after = (results.table(table).to_pandas() for results in (stored, fresh))
    if list(before.columns) != list(after.columns) or len(before) != len(after):
        return f"{name}: {len(before)} rader × {len(before.columns)} kolumner sparades, nu {len(after)} × {len(after.columns)}"
    before, after = before.astype(object), after.astype(object)
    unequal = (before != after) & ~(before.isna() & after.isna())
    rows = unequal.any(axis=1)
    if not rows.any():
        return f"{name}: talen är lika, men filerna är skrivna olika"
    first = int(rows.to_numpy().argmax())
    column = str(unequal.columns[int(unequal.iloc[first].to_numpy().argmax())])
    names = [str(key) for key in before.columns if isinstance(before.iloc[first][key], str)]
    where = ", ".join(f"{key}={_text(before, first, key)}" for key in names)
    change = f"{column} {_text(before, first, column)} → {_text(after, first, column)}"
    return f"{name}: {int(rows.sum())} av {len(before)} rader skiljer sig; först {where}: {change}"


def _text(frame: Any, row: int, column: str) -> str:
    return str(frame.iloc[row][column])


def _changed_versions(stored: Results, fresh: Results) -> list[str]:
    old, new = stored.manifest, fresh.manifest
    versions = [f"{name} {old['versioner'].get(name)} → {version}" for name, version in new["versioner"].items()
                if old["versioner"].get(name) != version]
    return [*(["programmets källkod"] if old["kallkod_sha256"] != new["kallkod_sha256"] else []), *versions]
