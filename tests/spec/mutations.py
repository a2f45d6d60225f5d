"""Delete or misspell any key of any shipped file, and see whether anybody notices.

A mutation is noticed when the loader rejects it, or when it changes the template, a table, or the origin of a value
in `specifikation.yaml` (a value that was given becomes a default). A key whose mutations nobody notices is read by nobody.

That a value is missed says little of a number: the origin of a key that no rule reads changes too. So `--djup` gives every
kind of key of the schema another value in a small world (`every_key.py`) and asks who sees it.

    python -m tests.spec.mutations            # a sample of 300
    python -m tests.spec.mutations --all      # every key, in as many processes as there are cores
    python -m tests.spec.mutations --djup     # the value of every kind of key
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import kompetenssim as ks
from kompetenssim.levers import LEVERS
from kompetenssim.resolve import resolve
from kompetenssim.spec.files import Files
from kompetenssim.spec.load import build_measure
from kompetenssim.spec.node import Node, Problems
from kompetenssim.spec.search import PREFIX
from kompetenssim.spec.shape import Shaper
from kompetenssim.spec.specification import Specification, SpecificationError
from kompetenssim.spec.write import resolved_yaml
from kompetenssim.spec.yaml_reader import Document, read_file

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SAMPLE, SEED = 300, 20260101
KINDS = ("bort", "felstavad")
REJECTED, TEMPLATE, TABLE, ORIGIN, UNREAD, CRASH = "avvisad", "mall", "tabell", "ursprung", "oläst", "krasch"
Step = str | int


class Site(NamedTuple):
    """A key of a file: its way from the top, list positions as numbers."""

    file: Path
    way: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.file.relative_to(SCENARIOS)}: {'.'.join(map(str, self.way))}"


@cache
def document(path: Path) -> tuple[bytes, Document]:
    """Read a shipped file once."""
    return read_file(path, path.relative_to(SCENARIOS.parent).as_posix())


def root(path: Path) -> Node:
    """Give the tree of a shipped file."""
    found = document(path)[1].root
    assert found is not None, path
    return found


def files() -> list[Path]:
    """Give every shipped file that a forecast reads; searches read forecasts, not the other way."""
    return sorted(path for path in SCENARIOS.rglob("*.yaml") if not path.stem.startswith(PREFIX))


def sites(path: Path) -> Iterator[Site]:
    """Give every key of a file."""
    def below(node: Node, way: tuple[Step, ...]) -> Iterator[Site]:
        for key, child in (node.mapping or {}).items():
            yield Site(path, (*way, key))
            yield from below(child, (*way, key))
        for i, child in enumerate(node.items or []):
            yield from below(child, (*way, i))
    return below(root(path), ())


def mutated(node: Node, way: Sequence[Step], kind: str) -> Node:
    """Copy a tree with one key deleted or misspelt; everything else is shared."""
    step, *rest = way
    if isinstance(step, int):
        items = list(node.items or [])
        items[step] = mutated(items[step], rest, kind)
        return node.with_value(items)
    entries = dict(node.mapping or {})
    if rest:
        entries[step] = mutated(entries[step], rest, kind)
        return node.with_value(entries)
    wrong = f"{step[0]}x{step[1:]}"
    changed = {wrong if k == step else k: replace(c, key=wrong) if k == step else c for k, c in entries.items()}
    return node.with_value({k: c for k, c in entries.items() if k != step} if kind == "bort" else changed)


SHAPE = Files.tree
SHAPED: dict[tuple[Path, str], Node | None] = {}
"""The shaped trees of files that a mutation leaves alone: shaping is most of what loading costs."""


@contextmanager
def files_are(changed: dict[Path, Node]) -> Iterator[None]:
    """Let the loader read shipped files from memory, some of them changed."""
    def read(path: Path, name: str) -> tuple[bytes, Document]:
        content, found = document(path)
        return content, Document(changed.get(path, found.root), list(found.problems))

    def tree(files: Files, path: Path, shape: Callable[[Node], Node]) -> Node | None:
        if path in changed or not path.is_relative_to(SCENARIOS):
            return SHAPE(files, path, shape)
        if (path, shape.__name__) not in SHAPED:
            SHAPED[path, shape.__name__] = SHAPE(files, path, shape)
        files.read[path] = document(path)[0]
        return SHAPED[path, shape.__name__]

    with patch("kompetenssim.spec.files.read_file", read), patch.object(Files, "tree", tree):
        yield


# --- what a mutation may change


class Face(NamedTuple):
    """A scenario as it is run: for itself, or as the reference of another."""

    scenario: Path
    reference: str | None

    def load(self) -> Specification:
        spec = ks.load(self.scenario)
        return spec if self.reference is None else ks.with_reference(spec, self.reference)


@cache
def faces() -> dict[Face, Specification]:
    """Give every way a shipped scenario is run, loaded as it is."""
    found: dict[Face, Specification] = {}
    with files_are({}):
        for path in files():
            if path.stem in ("region", "regler", "atgarder"):
                continue
            face = Face(path, None)
            found[face] = face.load()
            if found[face].compared_with is not None:
                other = Face(path, found[face].compared_with)
                found[other] = other.load()
    return found


@cache
def written(face: Face) -> str:
    """Give `specifikation.yaml` of an unchanged scenario."""
    return resolved_yaml(faces()[face])


def template_hash(spec: Specification) -> str:
    """Hash what the engines get."""
    return sha256(repr(resolve(spec)).encode()).hexdigest()


@cache
def template(face: Face) -> str:
    """Hash the template of an unchanged scenario."""
    return template_hash(faces()[face])


def tables(spec: Specification) -> str:
    """Give what tables print of a specification beside the numbers of the template: titles, order, sources, targets."""
    region, measures = spec.region, spec.measures
    said = [
        [(k, v.title, v.order) for k, v in sorted({**region.units, **region.groups}.items())], sorted(region.areas.items()),
        sorted(region.group_sets), region.region.name, region.region.share_denominator,
        [(m.key, m.title, m.status, m.start, m.end, m.effect, m.why_no_effect, m.evidence, m.source, m.responsible)
         for m in measures],
        spec.targets, spec.title, spec.compared_with, spec.replications, spec.seed, spec.warnings, spec.start_state.assumption,
    ]
    return repr(said)


def notice(site: Site, kind: str, *, deeply: bool = False) -> str:
    """Tell who notices a mutation; `deeply` tells a template or table that changes from an origin that does."""
    changed = mutated(root(site.file), site.way, kind)
    if rejected(site, changed):
        return REJECTED
    alone = not deeply or not any(touches(site, face) for face in faces())
    if site.file.stem == "atgarder" and len(site.way) > 1 and alone:
        return ORIGIN if measure_text(site, changed) != measure_text(site, root(site.file)) else UNREAD
    best = UNREAD
    for face in faces():
        if not touches(site, face):
            continue
        try:
            with files_are({site.file: changed}):
                spec = face.load()
        except SpecificationError:
            return REJECTED
        if resolved_yaml(spec) == written(face):
            continue
        if not deeply:
            return ORIGIN
        if template_hash(spec) != template(face):
            return TEMPLATE
        best = TABLE if tables(spec) != tables(faces()[face]) or best == TABLE else ORIGIN
    return best


def rejected(site: Site, changed: Node) -> bool:
    """Tell whether a file is refused for its form, by itself; of the catalogue only the changed measure is looked at."""
    problems = Problems()
    shaper = Shaper(problems, LEVERS)
    if site.file.stem == "atgarder":
        changed = only_measure(site, changed)
    form = {"region": shaper.region, "regler": shaper.rules, "atgarder": shaper.catalogue}.get(site.file.stem, shaper.scenario)
    form(changed)
    return bool(problems.errors)


def only_measure(site: Site, catalogue: Node) -> Node:
    """Give a catalogue with the one measure that a site is in."""
    listed = catalogue.get("atgarder")
    if listed is None or len(site.way) < 2 or not isinstance(site.way[1], int):
        return catalogue
    return catalogue.with_value({**(catalogue.mapping or {}), "atgarder": listed.with_value([(listed.items or [])[site.way[1]]])})


def measure_text(site: Site, catalogue: Node) -> str:
    """Give what `specifikation.yaml` says of the measure of the catalogue that a site is in."""
    problems = Problems()
    shaped = Shaper(problems, LEVERS).catalogue(only_measure(site, catalogue)).get("atgarder")
    listed = (shaped.mapping if shaped is not None else None) or {}
    made = [m for node in listed.values() if (m := build_measure(node, LEVERS, problems)) is not None]
    if problems.errors:
        return REJECTED
    origins = {f"atgarder.{path}": node.place for path, node in (shaped.walk() if shaped is not None else ())}
    return resolved_yaml(replace(smallest(), measures=tuple(made), origins=origins))


@cache
def smallest() -> Specification:
    """Give a specification with nothing but a region of one unit, to write a measure in."""
    spec = next(iter(faces().values()))
    region = spec.region.model_copy(update={"units": {}, "groups": {}, "start_states": {}, "programmes": {}, "cohorts": []})
    return replace(spec, region=region, targets=())


def touches(site: Site, face: Face) -> bool:
    """Tell whether a scenario can see a site at all."""
    spec = faces()[face]
    if site.file not in spec.files:
        return False
    if site.file.stem == "atgarder" and len(site.way) > 1:
        item = (root(site.file).get("atgarder") or root(site.file)).items or []
        key = item[int(site.way[1])].get("nyckel")
        return key is not None and key.text in {m.key for m in spec.measures}
    if site.file.stem == "region" and site.way[0] == "startlagen" and len(site.way) > 1:
        return str(site.way[1]) == spec.start_state_date.isoformat()
    return True


# --- the pass


def sample(number: int = SAMPLE, seed: int = SEED) -> list[tuple[Site, str]]:
    """Draw mutations of all files, half of them deletions."""
    chance = random.Random(seed)
    every = [site for path in files() for site in sites(path)]
    return [(site, KINDS[i % 2]) for i, site in enumerate(chance.sample(every, number))]


def judged(mutation: tuple[Site, str]) -> str:
    """Tell who notices a mutation; a crash is told of as such."""
    site, kind = mutation
    try:
        return notice(site, kind)
    except Exception as error:  # what the loader lets through must never end in anything but a forecast
        print(f"{site} ({kind}): {error!r}", file=sys.stderr, flush=True)
        return CRASH


def every() -> list[tuple[Site, str]]:
    """Give both mutations of every key of every file."""
    return [(site, kind) for kind in KINDS for path in files() for site in sites(path)]


def keys_pass(chosen: Sequence[tuple[Site, str]]) -> int:
    """Print who notices that keys are gone or misspelt; 1 when a key is read by nobody."""
    seen: Counter[str] = Counter()
    unread: list[str] = []
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for n, (mutation, found) in enumerate(zip(chosen, pool.map(judged, chosen, chunksize=100), strict=True), start=1):
            seen[found] += 1
            if found in (UNREAD, CRASH):
                unread.append(f"{mutation[0]} ({mutation[1]}): {found}")
            if n % 1000 == 0:
                print(f"{n} av {len(chosen)}: {dict(seen)}", file=sys.stderr, flush=True)
    print(", ".join(f"{what} {count}" for what, count in seen.most_common()))
    if unread:
        print("Läses av ingen:", *(f"  {line}" for line in unread), sep="\n")
    return 1 if unread else 0


def values_pass() -> int:
    """Print who notices that the value of a key is another one; 1 when a number or a choice does nothing."""
    from tests.spec import every_key

    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        kinds = list(every_key.keys())
        found = dict(zip(kinds, pool.map(every_key.noticed, kinds, chunksize=10), strict=True))
    print(", ".join(f"{what} {count}" for what, count in Counter(found.values()).most_common()))
    idle = [kind for kind, what in found.items() if what in (UNREAD, every_key.WRITTEN) and kind not in every_key.WORDS]
    for title, lines in (("Står ingenstans i provvärlden:", every_key.unwritten()), ("Ändrar ingenting:", idle)):
        if lines:
            print(title, *(f"  {line}" for line in lines), sep="\n")
    return 1 if idle or every_key.unwritten() else 0


def main(arguments: Sequence[str]) -> int:
    """Run the passes that are asked for."""
    deep = values_pass() if "--djup" in arguments else 0
    if "--djup" in arguments and "--all" not in arguments:
        return deep
    return max(deep, keys_pass(every() if "--all" in arguments else sample()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
