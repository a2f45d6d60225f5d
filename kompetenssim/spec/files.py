"""Find and read the files a scenario is made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from pydantic import BaseModel

from kompetenssim.spec.beyond import NOTHING, Beyond
from kompetenssim.spec.follow_up import FILE, FollowUp, read_follow_up
from kompetenssim.spec.keys import fold, listing, nearest, spellings
from kompetenssim.spec.kinds import recognise
from kompetenssim.spec.node import INVALID, Node, Problems
from kompetenssim.spec.observed import read_months
from kompetenssim.spec.scenario import Catalogue, Scenario, ScenarioHead
from kompetenssim.spec.search import PREFIX
from kompetenssim.spec.shape import Shaper
from kompetenssim.spec.specification import ObservedMonth, Origin
from kompetenssim.spec.validate import validate
from kompetenssim.spec.yaml_reader import read_file

SCENARIOS, CALIBRATION, SHARED = "scenarios", "calibration", "gemensamt"
OWN_SHARED = Path(__file__).resolve().parents[2] / SCENARIOS / SHARED
"""The rules and the catalogue that come with the program, for a region that has none of its own."""

POSTERIOR = "efterfordelning.parquet"
"""What `kalibrera` calls the rows that a scenario can take its parameter draws from."""

_SUFFIXES = (".yaml", ".yml")
_NOT_SCENARIOS = frozenset({"region", "regler", "atgarder"})


def is_path(text: str) -> bool:
    """Tell a path from a key: a path has a folder or ends in `.yaml`."""
    return text.lower().endswith(_SUFFIXES) or "/" in text or "\\" in text


def places_of(text: str, base: Path) -> list[Path]:
    """Give where the file of a path may lie: from `base` or in its `scenarios/`, with its suffix or without."""
    given = Path(text)
    names = [given] if given.suffix else [given.with_name(given.name + suffix) for suffix in _SUFFIXES] if given.name else []
    folders = [base] if given.is_absolute() or given.parts[:1] == (SCENARIOS,) else [base, base / SCENARIOS]
    return [folder / name for name in names for folder in folders]


def files_named(text: str, base: Path) -> list[Path]:
    """Give the files a person may mean by a path, by `region/nyckel` or by the key of a scenario; none or several is a fault."""
    if is_path(text):
        return [path for path in places_of(text, base) if path.is_file()][:1]
    return [path for path in (base / SCENARIOS).glob("*/*.yaml") if path.stem == text and text not in _NOT_SCENARIOS]


def _scenarios(base: Path) -> list[Path]:
    return sorted(path for path in (base / SCENARIOS).glob("*/*.yaml") if _may_be_scenario(path))


def _may_be_scenario(path: Path) -> bool:
    return path.stem not in _NOT_SCENARIOS and not path.stem.startswith(PREFIX)


def report_missing(text: str, base: Path, problems: Problems, *, any_file: bool = False) -> None:
    """Report a file that is nowhere: what was given (`any_file`: not only a scenario), where it was looked for, what there is."""
    where, every = Origin(text, 1, 1), _scenarios(base)
    if is_path(text):
        sought = [path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path) for path in places_of(text, base)]
        beside = {text.replace(Path(text).name, p.name if Path(text).suffix else p.stem)
                  for path in places_of(text, base) for p in path.parent.glob("*.yaml")}
        keys = {p.relative_to(base / SCENARIOS).with_suffix("").as_posix() for p in every}
        said = f"filen finns inte; sökte {', '.join(p for p in sought if not p.endswith('.yml')) or text}"
        problems.error(where, "", said, nearest(text, beside) or nearest(text, keys), "fil_saknas")
        return
    known = f"; det finns {listing(p.stem for p in every)}" if every else " (ingen katalog scenarios/ med scenarier här)"
    said = f"{'filen finns inte; ' if any_file else ''}scenariot '{text}' finns inte i scenarios/*/{known}"
    problems.error(where, "", said, nearest(text, [p.stem for p in every]), "fil_saknas")


def locate(source: str | Path, root: Path | None, problems: Problems) -> Path | None:
    """Find the scenario file of a path or key; None, and a fault reported, where there is not exactly one."""
    base = root if root is not None else Path()
    text = str(source)
    if isinstance(source, Path) and (base / source).is_file():
        return base / source
    hits = files_named(text, base)
    if len(hits) == 1:
        return hits[0]
    if hits:
        found = ", ".join(p.relative_to(base).as_posix() for p in hits)
        said = f"det finns flera scenarier med nyckeln '{text}': {found}; ange sökvägen"
        problems.error(Origin(text, 1, 1), "", said, code="flera_traffar")
    else:
        report_missing(text, base, problems)
    return None


def find_scenario(folder: Path, key: str) -> Path | None:
    """Find the scenario file with a key anywhere below a folder, however its head is written; None where there is none."""
    below = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)
    for path in sorted(below, key=lambda p: p.stem != key):
        root = read_file(path, path.name)[1].root
        head = _spelt(root, Scenario, "scenario") if root is not None else None
        named = _spelt(head, ScenarioHead, "nyckel") if head is not None else None
        if named is not None and named.scalar and fold(named.text) == key:
            return path
    return None


def find_keyed(folder: Path, head: str, key: str) -> tuple[list[Path], set[str]]:
    """Find the documents below a folder whose head (`kalibrering`, `sokning`) has a key; give also the keys there are."""
    found, known = [], set()
    for path in sorted(p for p in folder.glob("*/*") if p.suffix.lower() in _SUFFIXES):
        root = read_file(path, path.name)[1].root
        named = root.get(head, "nyckel") if root is not None else None
        if named is not None and named.scalar:
            known.add(named.text)
            if named.text == key:
                found.append(path)
    return found, known


def _spelt(node: Node, model: type[BaseModel], key: str) -> Node | None:
    names = spellings(model)
    return next((child for written, child in (node.mapping or {}).items() if names.get(fold(written)) == key), None)


def root_of(path: Path) -> Path:
    """Give the folder that file names are told relative to: that of `scenarios/` or `calibration/`, or the file's own."""
    folder = path.resolve().parent
    if folder.parent.name in (SCENARIOS, CALIBRATION):
        return folder.parent.parent
    return folder.parent if (folder.parent / SHARED).is_dir() else folder


class Files:
    """Read and shape the files around one scenario; `read` collects their bytes."""

    def __init__(
        self, path: Path, root: Path | None, levers: Mapping[str, type[BaseModel]], problems: Problems, home: Path | None = None,
        beyond: Beyond = NOTHING,
    ) -> None:
        self.path = path.resolve()
        self.root = root.resolve() if root is not None else root_of(path)
        self.levers, self.problems, self.beyond = levers, problems, beyond
        self.read: dict[Path, bytes] = {}
        self._home = home.resolve() if home is not None else self.path.parent
        self.shaper = Shaper(problems, levers)

    def name(self, path: Path) -> str:
        """Give what a file is called in messages."""
        resolved = path.resolve()
        if resolved.parent == OWN_SHARED and not resolved.is_relative_to(self.root):
            return f"{SHARED}/{resolved.name}"
        return resolved.relative_to(self.root).as_posix() if resolved.is_relative_to(self.root) else str(resolved)

    def scenario_with_ancestors(self) -> list[Node] | None:
        """Read the scenario and everything it builds on, the oldest first; None where one cannot be read."""
        chain: list[Node] = []
        seen: list[Path] = []
        path: Path | None = self.path
        while path is not None:
            seen.append(path)
            tree = self.tree(path, self._scenario)
            if tree is None:
                return None
            chain.append(tree)
            path = self._ancestor(tree, path, seen)
        return chain[::-1]

    def _scenario(self, root: Node) -> Node:
        other = {"region": "en region", "regler": "en fil med regler"}.get(recognise(root) or "")
        if any(fold(key) == "sokning" for key in root.mapping or {}):
            other = "en sökning (kör den med sok)"
        if other is None:
            shaped = self.shaper.scenario(root)
            if shaped.mapping is not None and "version" not in shaped.mapping:  # what it builds on cannot say it for it
                self.problems.error(shaped.place, "version", "nyckeln 'version' saknas", code="saknas")
            return shaped
        self.problems.error(root.origin, "filen", f"filen är {other}, inte ett scenario", code="filtyp")
        return root.with_value(INVALID)

    def _ancestor(self, tree: Node, path: Path, seen: list[Path]) -> Path | None:
        parent = tree.get("scenario", "bygger_pa")
        if parent is None or not isinstance(parent.value, str):
            return None
        found = self.find(parent.value, parent.origin, "scenario.bygger_pa", path.parent)
        if found in seen:
            round_trip = " → ".join([p.stem for p in seen[seen.index(found):]] + [found.stem])
            self.problems.error(parent.origin, "scenario.bygger_pa", f"arvet går runt: {round_trip}", code="cykel")
            return None
        return found

    def find(self, text: str, origin: Origin, at: str, folder: Path | None = None) -> Path | None:
        """Find a scenario by path or key, in the same folder and then in `gemensamt`; reports where there is none."""
        folders = [folder or self.path.parent, self._home, self._home.parent / SHARED, self.root / "scenarios" / SHARED]
        by_path = [path for base in (folders[0], self.root, Path()) for path in places_of(text, base)]
        for candidate in by_path if is_path(text) else [place / f"{text}.yaml" for place in folders]:
            if candidate.is_file():
                return candidate.resolve()
        keys = {p.stem for place in folders for p in place.glob("*.yaml") if _may_be_scenario(p)}
        known = f"; där finns {listing(keys)}" if keys else ""
        where = "sökvägen" if is_path(text) else f"samma katalog eller i {SHARED}/"
        self.problems.error(origin, at, f"scenariot '{text}' finns inte i {where}{known}", nearest(text, keys), "fil_saknas")
        return None

    def check_compared_with(self, scenario: Node) -> None:
        """Report a counterfactual that does not exist."""
        named = scenario.get("scenario", "jamfors_med")
        if named is not None and isinstance(named.value, str):
            self.find(named.value, named.origin, "scenario.jamfors_med")

    def region(self) -> Node | None:
        """Read `region.yaml` beside the scenario."""
        path = self._home / "region.yaml"
        if not path.is_file():
            text = f"{self.name(path)} finns inte; scenariot ska ligga i samma katalog som sin region"
            self.problems.error(Origin(self.name(self.path), 1, 1), "", text, code="fil_saknas")
            return None
        return self.tree(path, self.shaper.region)

    def rules(self) -> Node | None:
        """Read the dated rules: `regler.yaml` beside a region that has its own (another country), else of `gemensamt`."""
        beside = self._home / "regler.yaml"
        path = beside if beside.is_file() else self._shared("regler.yaml")
        if path is None:
            text = f"{SHARED}/regler.yaml finns inte; den innehåller daterade regler som riktåldern"
            self.problems.error(Origin(self.name(self.path), 1, 1), "", text, code="fil_saknas")
            return None
        return self.tree(path, self.shaper.rules)

    def catalogue(self, *, needed: bool) -> Node | None:
        """Read the catalogue of measures, `gemensamt/atgarder.yaml`; the program's own only when one is `needed`."""
        path = self._shared("atgarder.yaml", own=needed)
        tree = None if path is None else self.tree(path, self.shaper.catalogue)
        if tree is not None:
            validate(tree.without("atgarder"), Catalogue, self.problems)
        return tree

    def follow_up(self, terms: Mapping[str, int]) -> FollowUp:
        """Read the follow-up of measures beside the region, where there is one."""
        path = self._home / FILE
        if not path.is_file():
            return FollowUp()
        content = path.read_bytes()
        self.read[path] = content
        return read_follow_up(content, self.name(path), terms, self.problems)

    def observed_months(self, state: Node | None, known: Mapping[str, Collection[str]]) -> tuple[ObservedMonth, ...]:
        """Read the observed months that a start state names; the file lies in the region's folder."""
        named = state.get("manadsserie") if state is not None else None
        if named is None or not isinstance(named.value, str):
            return ()
        path = self._home / named.value
        if not path.is_file():
            beside = [p.name for p in self._home.glob("*.csv")]
            text = f"filen '{named.value}' finns inte i {self.name(self._home)}"
            self.problems.error(named.origin, "manadsserie", text, nearest(named.value, beside), "fil_saknas")
            return ()
        self.read[path] = path.read_bytes()
        return read_months(self.read[path], self.name(path), known, self.problems)

    def posterior(self, named: Node | None) -> Path | None:
        """Find and read the posterior that a scenario takes its draws from: a file, the folder of a calibration, or its key."""
        if named is None or not isinstance(named.value, str):
            return None
        text = named.value
        kept = self.root / CALIBRATION / self._home.name
        bases = (self._home, self.root, Path()) if is_path(text) or text.endswith(".parquet") else (kept, self.root / "resultat")
        found = [base / text / POSTERIOR if not text.endswith(".parquet") else base / text for base in bases]
        path = next((p for p in found if p.is_file()), None)
        if path is None:
            known = {p.parent.name for p in kept.glob(f"*/{POSTERIOR}")}
            said = (f"kalibreringen '{text}' finns inte; sökte {', '.join(self.name(p) for p in found)}; "
                    f"{f'i {self.name(kept)} finns {listing(known)}' if known else 'kör kompetenssim kalibrera först'}")
            self.problems.error(named.origin, "scenario.kalibrering", said, nearest(text, known), "fil_saknas")
            return None
        path = path.resolve()
        self.read[path] = path.read_bytes()
        for fault in self.beyond.posterior(self.read[path]):
            self.problems.error(named.origin, "scenario.kalibrering", f"{self.name(path)}: {fault}", code="filtyp")
        return path

    def measure_keys(self) -> set[str]:
        """Give the keys of every measure in the catalogue and in the scenarios beside the region."""
        found: set[str] = set()
        places = [*sorted(self._home.glob("*.yaml")), self._shared("atgarder.yaml")]
        for path in (p for p in places if p is not None and p.stem not in ("region", "regler")):
            root = read_file(path, path.name)[1].root
            listed = _spelt(root, Scenario, "atgarder") if root is not None else None
            for item in (listed.items if listed is not None else None) or []:
                found |= {fold(n.text) for key, n in (item.mapping or {}).items() if fold(key) == "nyckel" and n.scalar}
        return found

    def _shared(self, name: str, *, own: bool = True) -> Path | None:
        """Find a file of `gemensamt` near the scenario, else (`own`) the one that comes with the program."""
        near = (self._home.parent / SHARED / name, self.root / "scenarios" / SHARED / name)
        places = (*near, OWN_SHARED / name) if own else near
        return next((place.resolve() for place in places if place.is_file()), None)

    def _kept_as(self, path: Path) -> Path:
        """Say under which path the bytes of a file are kept: shared files of the program as if they lay beside the region."""
        own = path.parent == OWN_SHARED and not path.is_relative_to(self.root)
        return self._home.parent / SHARED / path.name if own else path

    def tree(self, path: Path, shape: Callable[[Node], Node]) -> Node | None:
        """Read a file and shape it; None where there is nothing to go on with."""
        content, document = read_file(path, self.name(path))
        self.read[self._kept_as(path)] = content
        self.problems.errors.extend(p for p in document.problems if p not in self.problems.errors)
        if document.root is None:
            return None
        shaped = shape(document.root)
        return None if shaped.invalid else shaped
