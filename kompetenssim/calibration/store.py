"""The folder of a calibration: pieces while it is under way, and what it found when it is finished."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from kompetenssim.calibration.evaluations import LOG, Evaluation
from kompetenssim.calibration.national import FOLDER
from kompetenssim.calibration.outcome import Outcome
from kompetenssim.calibration.plan import Plan
from kompetenssim.calibration.posterior import write_posterior
from kompetenssim.calibration.sample import directions
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.identity import relative_names, sources_digest
from kompetenssim.forecast.results import MANIFEST
from kompetenssim.forecast.tablefile import read_csv, write_csv
from kompetenssim.spec.files import POSTERIOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from kompetenssim.spec.specification import Specification

UNDER_WAY, PIECES, TABLES = "pagaende.json", "bitar", "underlag"


@dataclass(frozen=True)
class Calibration:
    """A finished calibration, read from its folder."""

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What decided the numbers, and the figures that are one for the whole fit."""
        content: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return content

    @property
    def id(self) -> str:
        """Key of the plan and short hash of all that decides the numbers."""
        return str(self.manifest["id"])

    @property
    def posterior(self) -> Path:
        """The rows that a scenario can take its draws from."""
        return self.folder / POSTERIOR

    def table(self, name: str) -> list[dict[str, str]]:
        """Read one of the tables (`calibration.outcome`) as text; an empty list where the plan did not ask for it."""
        path = self.folder / TABLES / f"{name}.csv"
        return read_csv(path) if path.is_file() else []


@dataclass(frozen=True)
class Place:
    """Where a calibration goes and how far it has come."""

    folder: Path
    identity: str
    finished: bool

    @property
    def pieces(self) -> Path:
        """Where its pieces lie until it is finished."""
        return self.folder / PIECES


@dataclass(frozen=True)
class Beside:
    """What a calibration reads beside its plan: the scenarios of the prior checks, by key, and the nation's series."""

    scenarios: Mapping[str, Specification]
    files: Mapping[Path, bytes]


def beside(plan: Plan, load: Callable[[str], Specification]) -> Beside:
    """Load it, before anything is simulated. Raises SpecificationError for a scenario with faults."""
    asked = plan.content.prior_checks
    keys = [c.scenario for c in (asked.gap, asked.stop) if c is not None] + ([asked.stop.compared_with] if asked.stop else [])
    folder = plan.path.parent.parent / FOLDER
    national = {path.resolve(): path.read_bytes() for path in sorted(folder.glob("*.csv"))} if plan.controls else {}
    return Beside({key: load(key) for key in sorted(set(keys))}, national)


def identity_of(plan: Plan, draws: int, seed: int, others: Beside) -> str:
    """Name a calibration: the same plan, data, code, seed and number of draws give the same bytes and the same name."""
    read = [*(f"{key}={spec.digest}" for key, spec in sorted(others.scenarios.items())),
            *(f"{path.name}={sha256(content).hexdigest()}" for path, content in sorted(others.files.items()))]
    parts = (plan.digest, sources_digest(), f"seed={seed}", f"uppsattningar={draws}", *read)
    return f"{plan.content.head.key}-{sha256(chr(10).join(parts).encode()).hexdigest()[:10]}"


def place_of(identity: str, *, out: Path | str | None, again: bool, root: Path | str = "resultat") -> Place:
    """Decide the folder, and whether to begin, go on or take what is finished. Raises UserError for one with other content."""
    folder = Path(out) if out is not None else Path(root) / identity
    if folder.exists() and not folder.is_dir():
        raise UserError(f"--ut {folder}: det är en fil; ange en mapp", code=2)
    content = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    if not content:
        return Place(folder, identity, False)
    known = next((_id_in(folder / name) for name in (MANIFEST, UNDER_WAY) if name in content), None)
    if known is None:
        raise UserError(
            f"--ut {folder}: mappen finns redan och är ingen kalibrering; ange en mapp som inte finns eller är tom", code=2)
    if known != identity:
        raise UserError(
            f"--ut {folder}: mappen hör till en annan kalibrering ({known}, inte {identity}): plan, data, kod, slumpfrö eller "
            "antal uppsättningar skiljer sig; ange en annan mapp", code=2)
    return Place(folder, identity, MANIFEST in content and not again)


def _id_in(path: Path) -> str | None:
    """Read the id of a folder; None where the file is no object with one."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("id")
    except (ValueError, AttributeError):
        return None
    return str(found) if found is not None else None


class Session(NamedTuple):
    """When the work that finished a calibration began, how long it took, and whether it went on from earlier pieces."""

    started: str
    seconds: float
    resumed: bool


def begin(place: Place, *, again: bool) -> bool:
    """Mark a folder as under way and tell whether there are pieces to go on from; with `again` all is done again."""
    place.folder.mkdir(parents=True, exist_ok=True)
    if again and (place.folder / MANIFEST).exists():
        shutil.rmtree(place.pieces, ignore_errors=True)
    marker = place.folder / UNDER_WAY
    if not marker.exists():
        temporary = marker.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({"version": 1, "id": place.identity}), encoding="utf-8")
        temporary.replace(marker)
    return any(place.pieces.rglob("*.npz"))


def finish(
    place: Place, outcome: Outcome, others: Beside, evaluation: Evaluation | None, session: Session,
    also: Callable[[Calibration, Path], None] | None = None,
) -> Calibration:
    """Write everything beside the folder, move it in, the manifest last, and throw the pieces away."""
    with TemporaryDirectory(prefix=f".{place.folder.name}.", dir=place.folder.parent) as name:
        fresh = Path(name)
        _write(fresh, place, outcome, others, evaluation, session)
        if also is not None:
            also(Calibration(fresh), fresh)
        (place.folder / MANIFEST).unlink(missing_ok=True)
        for item in sorted(fresh.iterdir(), key=lambda p: (p.name == MANIFEST, p.name)):
            old = place.folder / item.name
            if old.is_dir():
                shutil.rmtree(old)
            item.replace(old)
    (place.folder / UNDER_WAY).unlink(missing_ok=True)
    shutil.rmtree(place.pieces, ignore_errors=True)
    return Calibration(place.folder)


def _write(
    folder: Path, place: Place, outcome: Outcome, others: Beside, evaluation: Evaluation | None, session: Session,
) -> None:
    inputs = inputs_of(outcome.fitted.plan, others)
    for name, content in inputs.items():
        path = folder / "indata" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / TABLES).mkdir()
    tables = outcome.tables
    for name, rows in tables.items():
        if rows:
            write_csv(folder / TABLES / f"{name}.csv", tuple(rows[0]), rows)
    code = sources_digest()
    write_posterior(folder / POSTERIOR, outcome.fitted, outcome.control, code, tables)
    _table(folder / "tabell.parquet", outcome)
    hashes = {name: sha256(content).hexdigest() for name, content in sorted(inputs.items())}
    _json(folder / MANIFEST, manifest_of(place.identity, outcome, code, hashes))
    _json(folder / "korning.json", {
        "startad": session.started, "skriven": datetime.now(UTC).isoformat(timespec="seconds"),
        "sekunder": round(session.seconds, 1), "fortsatt": session.resumed,
        "motor": outcome.fitted.engine, "maskin": platform.machine(), "karnor": os.cpu_count(),
        "utvardering": None if evaluation is None else evaluation._asdict(),
    })


def manifest_of(identity: str, outcome: Outcome, code: str, inputs: Mapping[str, str]) -> dict[str, Any]:
    """Give the manifest: what decided the numbers and what is one figure for the whole fit; no times."""
    fitted, head = outcome.fitted, outcome.fitted.plan.content.head
    walked = fitted.walked
    return {
        "version": 1, "slag": "kalibrering", "id": identity, "nyckel": head.key, "region": head.region,
        "regionnamn": fitted.plan.spec.region.region.name, "scenario": fitted.plan.spec.key,
        "data_till": head.data_until.isoformat(),
        "kontrollperiod": None if head.control is None else [head.control.from_day.isoformat(), head.control.to_day.isoformat()],
        "handelser": [] if head.control is None else sorted(head.control.events),
        "konfiguration": fitted.plan.digest, "kallkod_sha256": code, "indata_sha256": dict(inputs), "slumpfro": fitted.space.seed,
        "uppsattningar": len(fitted.table.weights), "verksamma_i_tabellen": fitted.table_effective, "verksamma": fitted.effective,
        "sparade_rader": len(fitted.rows.weights), "vandring": None if walked is None else walked._asdict(),
        "identifierade_riktningar": directions(fitted.eigenvalues),
        "kontrollrader": 0 if outcome.control is None else len(outcome.control.scored),
        "kontrollrader_inom_80": None if outcome.control is None else outcome.control.inside_80,
        "versioner": {"python": platform.python_version(), "plattform": f"{platform.system()} {platform.machine()}",
                      "c_bibliotek": " ".join(platform.libc_ver()).strip()},
    }


def inputs_of(plan: Plan, others: Beside) -> dict[str, bytes]:
    """Give every file that the calibration read, under names that lead nowhere else."""
    beside = [path for path in sorted(plan.path.parent.glob("*.csv")) if not path.name.endswith(LOG)]
    series = {path.resolve(): path.read_bytes() for path in beside}
    checked = {path: content for spec in others.scenarios.values() for path, content in spec.files.items()}
    return relative_names({**checked, **plan.spec.files, **others.files, **series, plan.path.resolve(): plan.path.read_bytes()})


def _table(path: Path, outcome: Outcome) -> None:
    """Write the stored table: every prior draw with its weight, free parameters and what it says of each observation."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fitted, table = outcome.fitted, outcome.fitted.table
    columns: dict[str, Any] = {"partikel": table.simulations, "vikt": table.weights}
    columns |= {key: table.free[:, k] for k, key in enumerate(fitted.space.keys)}
    columns |= {f"utfall:{o.name}": table.predicted[:, k] for k, o in enumerate((*fitted.observations, *fitted.anchors))}
    pq.write_table(pa.table(columns), path, compression="zstd", store_schema=False, version="2.6", use_dictionary=False)


def _json(path: Path, content: dict[str, Any]) -> None:
    path.write_bytes((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
