"""Write a run folder: under a temporary name beside its place, renamed when complete."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kompetenssim.forecast import calibration_evidence, contributions
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.evidence import EVIDENCE
from kompetenssim.forecast.identity import relative_names, run_id, sources_digest, specification_digest
from kompetenssim.forecast.posterior import LEAST_LINES, posterior_of
from kompetenssim.forecast.results import MANIFEST, Results, read
from kompetenssim.forecast.summary import DIFFERENCES, SUMMARY, YEARLY, difference_tables, schema, summary_tables, yearly_tables
from kompetenssim.forecast.tablefile import write_csv, write_parquet
from kompetenssim.spec.specification import once

if TYPE_CHECKING:
    from kompetenssim.forecast.run import Forecast
    from kompetenssim.spec.specification import Specification

Extra = Callable[[Results, Path], None]


class Destination(NamedTuple):
    """Say where a run goes and whether it already lies there, finished."""

    folder: Path
    finished: bool


def identity_of(run: Forecast, *, detail: bool = False) -> str:
    """Give the id of a finished run, kept in detail or not."""
    return run_id(run.specs, run.plan, twin=run.engine == "tvilling", detail=detail, contributions=bool(run.contributions))


def destination(
    identity: str, *, out: Path | str | None = None, again: bool = False, root: Path | str = "resultat",
) -> Destination:
    """Decide the run folder before anything is simulated.

    `out` (`--ut`) is the run folder itself and must be absent or empty, else UserError with code 2. Without it the
    folder is `root`/id; a finished one is reused unless `again`.
    """
    if out is not None:
        folder = Path(out)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(f"--ut {out}: mappen finns redan och är inte tom; ange en mapp som inte finns eller är tom", code=2)
        return Destination(folder, False)
    folder = Path(root) / identity
    return Destination(folder, (folder / MANIFEST).is_file() and not again)


def save(run: Forecast, folder: Path | str, extras: Sequence[Extra] = (), *, detail: bool = False) -> Results:
    """Write everything of a run to `folder` and read it back; each of `extras` may add files before the rename.

    `extras` get the results in the temporary folder and that folder. A finished folder of the same id is replaced;
    any other content is left alone (UserError, code 2). Nothing is left behind when writing fails.
    """
    identity = identity_of(run, detail=detail)
    with whole_folder(folder, identity) as temporary:
        _write(run, identity, temporary, detail=detail)
        results = read(temporary)
        for extra in extras:
            extra(results, temporary)
    return read(Path(folder).absolute())


@contextmanager
def whole_folder(folder: Path | str, identity: str) -> Iterator[Path]:
    """Give a temporary folder that takes its place when all is written: a folder that exists is complete.

    A finished folder with the same id is replaced; any other content is left alone (UserError, code 2).
    """
    place = Path(folder).absolute()
    _refuse_others(place, identity)
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.parent / f".{place.name}.{os.getpid()}.tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir()
        yield temporary
        _move_into_place(temporary, place)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(run: Forecast, identity: str, folder: Path, *, detail: bool) -> None:
    hashes = write_inputs(folder, {path: content for spec in run.specs for path, content in spec.files.items()})
    (folder / "specifikation.yaml").write_text("---\n".join(_resolved(spec) for spec in run.specs), encoding="utf-8")
    write_parquet(folder / "sammanfattning.parquet", schema(SUMMARY), summary_tables(run.ensembles))
    write_parquet(folder / "simuleringar_ar.parquet", schema(YEARLY), yearly_tables(run.ensembles, detail=detail))
    compared = difference_tables(run.ensembles, run.reference) if run.reference is not None else ()
    write_parquet(folder / "jamforelse.parquet", schema(DIFFERENCES), compared)
    (folder / "underlag").mkdir()
    for name, evidence in EVIDENCE.items():
        write_csv(folder / "underlag" / f"{name}.csv", evidence.columns, evidence.rows(run))
    for name, rows in calibration_evidence.evidence(run).items():
        write_csv(folder / "underlag" / f"{name}.csv", tuple(rows[0]), rows)
    if run.contributions:
        by_key = sorted(run.contributions, key=lambda c: c.scenario)
        write_parquet(folder / "bidrag.parquet", schema(contributions.COLUMNS), contributions.tables(by_key))
        write_csv(folder / "underlag" / "bidrag.csv", contributions.MEASURE_COLUMNS, (r for c in by_key for r in c.measures()))
    write_json(folder / MANIFEST, manifest_of(run, identity, hashes, detail=detail))
    write_json(folder / "korning.json", {
        "startad": run.started, "skriven": datetime.now(UTC).isoformat(timespec="seconds"), "sekunder": round(run.seconds, 3),
        "cpu_motor_s": round(run.engine_cpu_seconds, 3), "cpu_arbetare_s": round(run.workers_cpu_seconds, 3),
        "motor": run.engine, "processer": run.processes, "maskin": platform.machine(), "karnor": os.cpu_count(),
        "varningar": [{"kod": "motor_langsam", "fil": None, "rad": None, "text": text} for text in run.remarks],
    })


def write_inputs(folder: Path, files: Mapping[Path, bytes]) -> dict[str, str]:
    """Copy every input file to `indata/` and give the hash of each."""
    inputs = relative_names(files)
    (folder / "indata").mkdir()
    for name, content in inputs.items():
        path = folder / "indata" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name: sha256(content).hexdigest() for name, content in inputs.items()}


def manifest_of(run: Forecast, identity: str, inputs: dict[str, str], *, detail: bool = False) -> dict[str, Any]:
    """Give the manifest: all that decides the bytes of the results, and no times."""
    plan = run.plan
    return {
        "version": 1, "id": identity,
        "plan": {"simuleringar": plan.simulations, "per_uppsattning": plan.per_draw, "parameteruppsattningar": plan.draws,
                 "slumpfro": plan.seed, "scenarier": list(plan.scenarios), "referens": plan.reference,
                 "tvilling": run.engine == "tvilling", "detalj": detail, **({"bidrag": True} if run.contributions else {})},
        "period": {"start": run.specs[0].start.isoformat(), "slut": run.specs[0].end.isoformat()},
        "region": {"nyckel": run.specs[0].region.region.key, "namn": run.specs[0].region.region.name,
                   "namnare_hyrandel": run.specs[0].region.region.share_denominator,
                   "invanare": run.specs[0].region.region.inhabitants},
        "kalibrerad": all(calibrated(spec) for spec in run.specs),
        "scenarier": {spec.key: {"titel": spec.title, "startlage": spec.start_state_date.isoformat(),
                                 "specifikation_sha256": specification_digest(spec),
                                 "kalibrering": spec.scenario.scenario.calibration, "kalibrerad": calibrated(spec),
                                 "startlage_antagande": bool(spec.start_state.assumption)} for spec in run.specs},
        "varningar": [{"kod": w.code, "niva": w.level, "fil": Path(w.file).name, "rad": w.line, "text": w.text}
                      for w in once(w for spec in run.specs for w in spec.warnings)],
        "kallkod_sha256": sources_digest(), "indata_sha256": dict(sorted(inputs.items())),
        "versioner": versions(),
    }


def versions() -> dict[str, str | None]:
    """Give the versions that decide the bytes of a result."""
    return {"python": platform.python_version(), "plattform": platform.system() + " " + platform.machine(),
            "c_bibliotek": " ".join(platform.libc_ver()).strip(),
            **{name: _version(name) for name in ("kompetenssim", "numpy", "numba", "simpy", "scipy", "pyarrow")}}


def calibrated(spec: Specification) -> bool:
    """Tell whether a scenario may be called calibrated: a known start state, and a calibration with lines enough for the word."""
    posterior = posterior_of(spec)
    return posterior is not None and not spec.start_state.assumption and posterior.lines >= LEAST_LINES


def _version(name: str) -> str | None:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(name)
    return None


def _resolved(spec: Specification) -> str:
    if find_spec("kompetenssim.spec.write") is not None:
        return str(import_module("kompetenssim.spec.write").resolved_yaml(spec))
    import yaml

    content = {
        "scenario": spec.scenario.model_dump(mode="json", by_alias=True, exclude_none=True),
        "region": spec.region.model_dump(mode="json", by_alias=True, exclude_none=True),
        "regler": spec.rules.model_dump(mode="json", by_alias=True, exclude_none=True),
        "atgarder": [m.model_dump(mode="json", by_alias=True, exclude_none=True) for m in spec.measures],
    }
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=True))


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write an object as JSON."""
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


def _refuse_others(place: Path, identity: str) -> None:
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return
    if (place / MANIFEST).is_file() and read(place).id == identity:
        return
    raise UserError(f"'{place}' finns redan och är inte tom; ange en mapp som inte finns eller är tom", code=2)


def _move_into_place(temporary: Path, place: Path) -> None:
    """Rename, putting an older folder of the same run aside first."""
    if not place.exists():
        temporary.rename(place)
        return
    aside = place.parent / f".{place.name}.{os.getpid()}.old"
    place.rename(aside)
    temporary.rename(place)
    shutil.rmtree(aside, ignore_errors=True)
