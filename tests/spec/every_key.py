"""A small world in which every key of the schema is written, and what changing the value of a key changes.

The files in `every_key/` say what has no default; a number or a choice that has one is written out here. So a key that is
added to the schema is either tried at once or reported as written nowhere (`unwritten`).
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, Literal, NamedTuple
from unittest.mock import patch

import numpy as np
from pydantic import BaseModel

import kompetenssim as ks
from kompetenssim.calibration.posterior import write_rows
from kompetenssim.forecast import evidence
from kompetenssim.forecast.store import manifest_of
from kompetenssim.levers import LEVERS
from kompetenssim.model.template import Template
from kompetenssim.resolve import resolve
from kompetenssim.spec.files import POSTERIOR
from kompetenssim.spec.keys import fields_by_key
from kompetenssim.spec.node import Node
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, Region
from kompetenssim.spec.scenario import DatedRules, Measure, Scenario
from kompetenssim.spec.shape import variants
from kompetenssim.spec.specification import Origin, Specification, SpecificationError
from kompetenssim.spec.write import resolved_yaml
from kompetenssim.spec.yaml_reader import Document, read_yaml

SOURCE = Path(__file__).parent / "every_key"
PLAN, REGION, RULES = "prov/plan.yaml", "prov/region.yaml", "gemensamt/regler.yaml"
MODELS: Mapping[str, type[BaseModel]] = {REGION: Region, RULES: DatedRules, PLAN: Scenario}
PROVENANCE = frozenset(Part.model_fields)
ENDS = ("undre", "trolig", "ovre")
ALWAYS = ("allt", "alla")
"""Measures that every measure is tried beside."""
WORDS = {
    "region.utbildningar.*.titel": "a name for the reader of the file; results are told by group",
    "region.startlagen.*.vakansgrad_procent.*.undre": "known limit of docs/model.md: the interval is not drawn",
    "region.startlagen.*.vakansgrad_procent.*.ovre": "known limit of docs/model.md: the interval is not drawn",
}
"""Kinds of keys that only `specifikation.yaml` shows, and why."""
REJECTED, UNREAD, WRITTEN, TABLE, TEMPLATE = RANK = ("avvisad", "oläst", "utskriven", "tabell", "mall")
Step = str | int
Tree = dict[str, Any]


class Key(NamedTuple):
    """A key with a value of its own: where it stands, what kind of key it is, and what it may hold."""

    file: str
    way: tuple[Step, ...]
    kind: str
    annotation: Any
    extra: Mapping[str, Any]


class Seen(NamedTuple):
    """What there is to see of a specification: what the engines get, what tables print, what is written out."""

    template: Template
    tables: str
    written: str


# --- the schema


def below(annotation: Any) -> tuple[Any, str]:
    """Give what a field holds inside its lists and mappings, and how many levels of them there are, as `.*`."""
    members, _ = variants(annotation)
    lists = [m for m in members if typing.get_origin(m) in (list, dict)]
    if lists and not any(m is str for m in members):
        arguments = typing.get_args(lists[0])
        if (isinstance(arguments[-1], type) and issubclass(arguments[-1], BaseModel)) or typing.get_origin(lists[0]) is dict:
            inner, stars = below(arguments[-1])
            return inner, f".*{stars}"
    return (members[0] if len(members) == 1 else annotation), ""


def entries(model: type[BaseModel]) -> Iterator[tuple[str, str, Any, Mapping[str, Any]]]:
    """Give key, name, annotation and extra of the fields of a model; lever blocks are keys of a measure."""
    for key, (name, field) in fields_by_key(model).items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        yield key, name, _held(model, key, field.annotation), extra
    if model is Measure:
        for kind, lever in LEVERS.items():
            yield kind, kind, list[lever], {}  # type: ignore[valid-type]  # a model chosen at run time


def _held(model: type[BaseModel], key: str, annotation: Any) -> Any:
    return list[Measure] if (model, key) == (Scenario, "atgarder") else annotation


#: Keys of a scenario that hold keys of the region.
AS_IN_REGION = ("parametrar", "region_andringar", "mal")


def kinds(model: type[BaseModel], kind: str) -> Iterator[str]:
    """Name every kind of key that a model and what is in it have, without provenance."""
    for key, name, annotation, extra in entries(model):
        if name in PROVENANCE or (model is Scenario and key in AS_IN_REGION):
            continue
        inner, stars = below(annotation)
        at = f"{kind}.{key}{stars}"
        if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Number:
            yield from kinds(inner, at)
        elif inner is Number and extra.get("intervall", True):
            yield from (f"{at}.{part}" for part in ENDS)
        else:
            yield at


# --- the world


@cache
def world() -> dict[str, Tree]:
    """Give the files as plain data, every number an interval and every default written out."""
    found: dict[str, Tree] = {}
    for name in (REGION, RULES, PLAN, "prov/nollalternativ.yaml", "prov/annat.yaml"):
        root = read_yaml((SOURCE / Path(name).name).read_bytes(), name).root
        assert root is not None, name
        found[name] = root.plain()
    for measure in found[PLAN]["atgarder"]:
        measure |= {kind: [block] for kind, block in measure.items() if kind in LEVERS and isinstance(block, dict)}
    for name, model in MODELS.items():
        _fill(found[name], model)
    return found


def _fill(data: Tree, model: type[BaseModel]) -> None:
    for key, name, annotation, extra in entries(model):
        if name in PROVENANCE:
            continue
        default = model.model_fields[name].get_default(call_default_factory=True) if name in model.model_fields else None
        inner, _ = below(annotation)
        if key not in data:
            if isinstance(default, Number):
                ends = (default.low, default.mode, default.high)
                data[key] = default.mode if default.low is None else dict(zip(ENDS, ends, strict=True))
            elif isinstance(default, Part) and _whole(model, key):
                data[key] = {}
            elif isinstance(default, (str, int, float)) and default != "" and key != "typ":
                data[key] = default
            elif default and (isinstance(default, dict) or (isinstance(default, list) and isinstance(default[0], str))):
                data[key] = default.copy()
        if key in data:
            shares = {"ge": 0, "le": 1} if key == "andel" or key.endswith("_andel") else {}
            data[key] = _written_out(data[key], inner, {**shares, **extra})


def _whole(model: type[BaseModel], key: str) -> bool:
    """Tell whether a part may be written with its defaults: what freed time is used for must sum to 1."""
    return key not in ("anvandning", "undantag", "population")


def _written_out(value: Any, inner: Any, extra: Mapping[str, Any]) -> Any:
    if isinstance(inner, type) and issubclass(inner, BaseModel) and inner is not Number:
        for part in _models(value, inner):
            _fill(part, inner)
        return value
    return _intervals(value, extra) if inner is Number and extra.get("intervall", True) else value


def _models(value: Any, model: type[BaseModel]) -> Iterator[Tree]:
    keys = {*fields_by_key(model), *(LEVERS if model is Measure else ())}
    if isinstance(value, dict) and (not value or set(value) & keys):
        yield value
    elif isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _models(child, model)


def _intervals(value: Any, extra: Mapping[str, Any]) -> Any:
    if isinstance(value, (int, float)):
        least, most = extra.get("ge"), extra.get("le")
        width = 0.1 * abs(value) or 0.1
        low, high = value - width, value + width
        low = value if least is not None and low < least else low
        high = value if most is not None and high > most else high
        if low == high:
            return value
        return {"undre": low, "trolig": (low + high) / 2 if value in (low, high) else value, "ovre": high}
    if isinstance(value, dict) and not {"trolig", "varde"} & set(value):
        return {k: _intervals(v, extra) for k, v in value.items()}
    return value


def written(model: type[BaseModel], data: Any, file: str, way: tuple[Step, ...] = (), kind: str = "") -> Iterator[Key]:
    """Give every key of the data that has a value of its own, with its kind."""
    for key, name, annotation, extra in entries(model):
        if name in PROVENANCE or key not in data or (model is Scenario and key in AS_IN_REGION):
            continue
        inner, _ = below(annotation)
        yield from _values(data[key], inner, Key(file, (*way, key), f"{kind}.{key}", annotation, extra))


def _values(value: Any, inner: Any, at: Key) -> Iterator[Key]:
    model = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    if model is Number and isinstance(value, dict) and "trolig" in value:
        yield from (at._replace(way=(*at.way, end), kind=f"{at.kind}.{end}", annotation=inner) for end in ENDS)
    elif model is not None and any(part is value for part in _models(value, model)):
        yield from written(model, value, at.file, at.way, at.kind)
    elif isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _values(child, inner, at._replace(way=(*at.way, key), kind=f"{at.kind}.*"))
    else:
        yield at._replace(annotation=inner if at.kind.endswith("*") else at.annotation)


@cache
def keys() -> dict[str, list[Key]]:
    """Give the keys of the world by kind."""
    found: dict[str, list[Key]] = {}
    for file, model in MODELS.items():
        for key in written(model, world()[file], file, (), _stem(file)):
            found.setdefault(key.kind, []).append(key)
    return found


def _stem(file: str) -> str:
    return {PLAN: "scenario"}.get(file, Path(file).stem)


def unwritten() -> list[str]:
    """Name the kinds of keys of the schema that stand nowhere in the world."""
    return sorted({kind for file, model in MODELS.items() for kind in kinds(model, _stem(file))} - set(keys()))


# --- other values


def others(key: Key) -> Iterator[Any]:
    """Give other values that a key might have."""
    value: Any = world()[key.file]
    for step in key.way:
        parent, value = value, value[step]
    if key.way[-1] in ENDS:
        middle = parent["trolig"] if key.way[-1] != "trolig" else parent["undre"]
        yield from ((value + middle) / 2, (value + parent["ovre"]) / 2)
    choices = [choice for m in variants(key.annotation)[0] if typing.get_origin(m) is Literal for choice in typing.get_args(m)]
    yield from (choice for choice in choices if choice != value)
    if isinstance(value, list):
        yield from ([value[::-1], value[1:], value[:-1]] if len(value) > 1 else [])
        yield from ([name] for name in _names(key))
    elif isinstance(value, (int, float)):
        yield from (value + 1, value - 1, value * 0.9, value * 1.1)
    elif not choices:
        yield from (name for name in _names(key) if name != value)
        yield from ("2023-02-06", "2023-09-04", "2024-03-04", "2025-06-30", "annat", f"{value} x")


def _names(key: Key) -> list[str]:
    region, plan = world()[REGION], world()[PLAN]
    groups, units, areas = ([*region[part]] for part in ("yrkesgrupper", "enheter", "omraden"))
    families = ["ssk", "usk", "lakare"]
    by_key = {"handledarfamiljer": families, "indikator": ["obemannad_andel"], "manadsserie": ["utfall_annat.csv"]}
    return by_key.get(str(key.way[-1])) or {
        "en_yrkesgrupp": groups, "yrkesgrupp": [*groups, "ssk", "alla"], "enhet": [*units, "alla"], "omrade": areas,
        "eget_omrade": areas, "schematyp": [*region["schematyper"]], "sasong": [*region["sasonger"], "jamn"],
        "narvaroprofil": ["standard"], "familj": families, "atgard": [m["nyckel"] for m in plan["atgarder"]],
        "startlage": [*region["startlagen"]],
    }.get(str(key.extra.get("refererar")), [])


# --- what a change changes


@cache
def folder() -> Path:
    """Make the folder in which the files of the world lie; what the YAML files say is told by `files_are`."""
    root = Path(mkdtemp(prefix="kompetenssim-")) / "scenarios"
    for name in (*world(), *(f"prov/{path.name}" for path in SOURCE.glob("*.csv"))):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((SOURCE / path.name).read_bytes())
    for key in ("prov", "annat"):  # two calibrations that a scenario may take its draws from
        calibrated = root.parent / "calibration" / "prov" / key / POSTERIOR
        calibrated.parent.mkdir(parents=True)
        about = {"nyckel": key, "kontrollrader": 0, "konfiguration": key, "startlage": "", "bundna": [], "skrivna": {},
                 "fria": {}, "data_till": "2022-12-31", "uppsattningar": 1, "verksamma": 1.0, "tabeller": {}}
        write_rows(calibrated, {"partikel": np.arange(2)}, about)
    return root


def node(value: Any, key: str | None = None) -> Node:
    """Make the tree of plain data."""
    at = Origin("fil", 1, 1)
    if isinstance(value, dict):
        return Node({str(k): node(v, str(k)) for k, v in value.items()}, at, key=key, key_origin=at)
    if isinstance(value, list):
        return Node([node(v) for v in value], at, key=key, key_origin=at)
    return Node(value, at, str(value), key=key, key_origin=at)


def put(tree: Any, way: Sequence[Step], value: Any) -> Any:
    """Copy plain data with another value at one place."""
    if not way:
        return value
    copy = list(tree) if isinstance(tree, list) else dict(tree)
    copy[way[0]] = put(copy[way[0]], way[1:], value)  # type: ignore[index,call-overload]  # a step fits what it steps into
    return copy


@contextmanager
def files_are(files: Mapping[str, Tree]) -> Iterator[None]:
    """Let the loader read the files of the world from memory."""
    def read(path: Path, name: str) -> tuple[bytes, Document]:
        return b"", Document(node(files[path.resolve().relative_to(folder().resolve()).as_posix()]), [])

    with patch("kompetenssim.spec.files.read_file", read):
        yield


def see(measure: int | None, changed: Mapping[str, Tree] | None = None) -> Seen:
    """Give what there is to see of the world with one of its measures beside those that are always there."""
    files = {**world(), **(changed or {})}
    kept = [m for i, m in enumerate(files[PLAN]["atgarder"]) if i == measure or m["nyckel"] in ALWAYS]
    with files_are({**files, PLAN: {**files[PLAN], "atgarder": kept}}):
        spec = ks.load(folder() / PLAN)
        template = resolve(spec)
    return Seen(template, tables(spec, template), resolved_yaml(spec))


@cache
def unchanged(measure: int | None) -> Seen:
    """Give what there is to see when nothing is changed."""
    return see(measure)


def tables(spec: Specification, template: Template) -> str:
    """Give what a run stores for tables beside the numbers of its simulations."""
    plan = SimpleNamespace(simulations=spec.replications, per_draw=spec.replications_per_draw, draws=0, seed=spec.seed,
                           scenarios=[spec.key], reference=spec.compared_with)
    paid = SimpleNamespace(measures=np.zeros((1, len(template.measures), 2)), plan=SimpleNamespace(simulations=1))
    run: Any = SimpleNamespace(specs=[spec], templates=[template], ensembles=[paid], plan=plan, engine="simpy", contributions=())
    with patch("kompetenssim.forecast.store.specification_digest", lambda spec: ""):
        manifest = manifest_of(run, "", {})
    rows = [list(rows(run)) for rows in (evidence.names, evidence.measures, evidence.progress)]
    aims = [t.model_dump(exclude=PROVENANCE) for t in spec.targets]
    return repr([rows, manifest, aims, spec.observed])


def noticed(kind: str) -> str:
    """Tell who notices that the value of a kind of key is another one: the best of all its places."""
    best = REJECTED
    for key in keys()[kind]:
        measure = int(key.way[1]) if key.file == PLAN and key.way[0] == "atgarder" else None
        for value in others(key):
            try:
                found = see(measure, {key.file: put(world()[key.file], key.way, value)})
            except (SpecificationError, ks.UserError):
                continue
            before = unchanged(measure)
            if found.template != before.template:
                return TEMPLATE
            now = TABLE if found.tables != before.tables else WRITTEN if found.written != before.written else UNREAD
            best = now if best == REJECTED or RANK.index(now) > RANK.index(best) else best
    return best
