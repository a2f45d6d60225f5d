"""The folder of a search: every point that was run, the inputs, the answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast import store
from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.identity import sources_digest, specification_digest
from kompetenssim.forecast.results import MANIFEST
from kompetenssim.forecast.search.points import COLUMNS, Point
from kompetenssim.forecast.search.solve import Answer, Settings
from kompetenssim.forecast.tablefile import write_csv

if TYPE_CHECKING:
    from kompetenssim.forecast.search.plan import SearchPlan

ANSWER, POINTS = "svar.json", "sokning.csv"


@dataclass(frozen=True)
class Stored:
    """Hold a search as it lies in its folder: what was asked, how it was run, and the answer."""

    folder: Path
    manifest: dict[str, Any]
    answer: Answer

    @property
    def id(self) -> str:
        """Key of the search and short hash of all that decides its numbers."""
        return str(self.manifest["id"])

    @property
    def asked(self) -> dict[str, Any]:
        """The search as written, with Swedish keys."""
        asked: dict[str, Any] = self.manifest["sokning"]
        return asked


Extra = Callable[[Stored, Path], None]


def search_id(plan: SearchPlan, settings: Settings) -> str:
    """Name a search: `key-hash` over its file, its scenario at both ends of the range, the sources and how it is run."""
    varied = plan.head.varied
    ends = [specification_digest(plan.at(size)) for size in (varied.low, varied.last)]
    parts = [json.dumps(_asked(plan), sort_keys=True), *ends, sources_digest(), f"{settings.method} {settings.scouted}",
             f"{settings.simulations} {settings.twin_draws} {settings.seed}"]
    return f"{plan.key}-{sha256(chr(10).join(parts).encode()).hexdigest()[:10]}"


def save_search(
    plan: SearchPlan, settings: Settings, answer: Answer, folder: Path, extras: Sequence[Extra] = (),
) -> Stored:
    """Write a search to its folder; each of `extras` may add files before it takes its place."""
    identity, spec = search_id(plan, settings), plan.at(plan.head.varied.low)
    with store.whole_folder(folder, identity) as temporary:
        hashes = store.write_inputs(temporary, spec.files)
        region = spec.region.region
        store.write_json(temporary / MANIFEST, {
            "version": 1, "id": identity, "sokning": _asked(plan), "region": {"nyckel": region.key, "namn": region.name},
            "scenario": {"nyckel": spec.key, "titel": spec.title},
            "period": {"start": spec.start.isoformat(), "slut": spec.end.isoformat()},
            "kalibrerad": store.calibrated(spec),
            "plan": {"metod": settings.method, "tvilling_forst": settings.scouted, "simuleringar": settings.simulations,
                     "tvilling_uppsattningar": settings.twin_draws, "slumpfro": settings.seed},
            "kallkod_sha256": sources_digest(), "indata_sha256": dict(sorted(hashes.items())), "versioner": store.versions(),
        })
        store.write_json(temporary / ANSWER, as_json(answer))
        write_csv(temporary / POINTS, COLUMNS, (point.row() for point in answer.punkter))
        stored = read_search(temporary)
        for extra in extras:
            extra(stored, temporary)
    return read_search(folder)


def read_search(folder: Path) -> Stored:
    """Open the folder of a finished search. Raises UserError (code 2) when it is none."""
    if not (folder / ANSWER).is_file():
        raise UserError(f"'{folder}' är ingen sökning: {ANSWER} saknas; ange mappen som sok skrev", code=2)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    content = json.loads((folder / ANSWER).read_text(encoding="utf-8"))
    points = tuple(Point(**_with_nan(point)) for point in content.pop("punkter"))
    falling = tuple((a, b) for a, b in content.pop("fallande"))
    return Stored(folder, manifest, Answer(**_with_nan(content), punkter=points, fallande=falling))


def as_json(answer: Answer) -> dict[str, Any]:
    """Give an answer as JSON: what is not a number is null."""
    content: dict[str, Any] = _without_nan(asdict(answer))
    return content


def _asked(plan: SearchPlan) -> dict[str, Any]:
    content: dict[str, Any] = _without_comments(plan.head.model_dump(mode="json", by_alias=True, exclude_none=True))
    return content


def _without_comments(content: Any) -> Any:
    if isinstance(content, dict):
        return {k: _without_comments(v) for k, v in content.items() if k != "kommentar"}
    return [_without_comments(v) for v in content] if isinstance(content, list) else content


def _without_nan(content: Any) -> Any:
    """Replace NaN by null, as JSON has none."""
    if isinstance(content, dict):
        return {k: _without_nan(v) for k, v in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(v) for v in content]
    return None if isinstance(content, float) and isnan(content) else content


def _with_nan(content: dict[str, Any]) -> dict[str, Any]:
    return {k: nan if v is None else v for k, v in content.items()}
