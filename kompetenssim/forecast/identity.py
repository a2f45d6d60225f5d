"""The id of a run: its scenario and a short hash of everything that decides its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kompetenssim.forecast.plan import Plan
    from kompetenssim.spec.specification import Specification


def run_id(specs: Sequence[Specification], plan: Plan, *, twin: bool = False, detail: bool = False,
           contributions: bool = False) -> str:
    """Name a run: `key-hash`, or `key_mot_reference-hash` for a comparison.

    The hash covers the resolved specifications, the package's sources, seed and number of simulations; the two
    simulating engines give the same numbers and therefore the same id, the expected-value engine another. A detailed run
    (`--detalj`) keeps more rows and is another run, and so is one with contributions (`--bidrag`).
    """
    parts = [*(f"{spec.key}={specification_digest(spec)}" for spec in specs), f"mot={plan.reference}", sources_digest(),
             f"seed={plan.seed}", f"simuleringar={plan.simulations}/{plan.per_draw}", *(["tvilling"] if twin else []),
             *(["detalj"] if detail else []), *(["bidrag"] if contributions else [])]
    first = next((spec.key for spec in specs if spec.key != plan.reference), specs[0].key)
    name = first if plan.reference is None else f"{first}_mot_{plan.reference}"
    return f"{name}-{sha256(chr(10).join(parts).encode()).hexdigest()[:10]}"


def specification_digest(spec: Specification) -> str:
    """Give the digest of a resolved specification; computed from its content when it carries none."""
    if spec.digest:
        return spec.digest
    parts = [spec.scenario.model_dump_json(), spec.region.model_dump_json(), spec.rules.model_dump_json(),
             *(m.model_dump_json() + repr(sorted(m.levers.items())) for m in sorted(spec.measures, key=lambda m: m.key)),
             spec.start_state.model_dump_json(), f"{spec.start_state_date} {spec.start} {spec.end}",
             *(t.model_dump_json() for t in spec.targets)]
    return sha256("\n".join(parts).encode()).hexdigest()


def sources_digest() -> str:
    """Hash every file of the package that can change a result, by its path within the package."""
    root = Path(__file__).resolve().parent.parent
    found = sha256()
    for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix()):
        within = path.relative_to(root).parts
        if path.is_file() and not any(part == "__pycache__" or part.startswith(".") for part in within):
            found.update(f"{'/'.join(within)} {path.stat().st_size}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def relative_names(files: Mapping[Path, bytes]) -> dict[str, bytes]:
    """Name input files relative to the folder that holds them all, so that no machine path is kept."""
    paths = sorted(files)
    if not paths:
        return {}
    parents = [path.parent.parts for path in paths]
    shared = 0
    while all(len(p) > shared and p[shared] == parents[0][shared] for p in parents):
        shared += 1
    return {"/".join(path.parts[shared:]): files[path] for path in paths}
