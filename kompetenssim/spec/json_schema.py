"""JSON Schema of the files, for editors that complete and check keys while a person writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Parameters, Region
from kompetenssim.spec.scenario import Catalogue, DatedRules, Measure, Scenario
from kompetenssim.spec.search import SearchFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TITLES: Mapping[str, str] = {
    "region": "Regionfil", "scenario": "Scenariofil", "atgarder": "Åtgärdskatalog", "regler": "Daterade regler",
    "kalibrering": "Kalibrering", "sokning": "Sökning",
}
_PROVENANCE: Mapping[str, Any] = {
    "kalla": {"type": "string", "title": "Källa"},
    "antagande": {
        "type": "string", "title": "Antagande", "description": "ja när ingen källa ger värdet", "examples": ["ja", "delvis"],
    },
    "avser": {"type": ["string", "integer"], "title": "Avser", "description": "Året eller dagen som värdet avser"},
    "kommentar": {"type": "string", "title": "Kommentar"},
}
_NUMBER: Mapping[str, Any] = {
    "title": "Tal",
    "description": "Ett tal, eller ett osäkert tal med 80 %-intervall och det mest sannolika värdet",
    "anyOf": [
        {"type": "number"},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "varde": {"type": "number", "title": "Värde"},
                "undre": {"type": "number", "title": "Undre gräns (10 %)"},
                "trolig": {"type": "number", "title": "Mest sannolikt"},
                "ovre": {"type": "number", "title": "Övre gräns (90 %)"},
                **{key: _PROVENANCE[key] for key in ("kalla", "antagande", "avser")},
            },
        },
    ],
}


def json_schema(levers: Mapping[str, type[BaseModel]], documents: Mapping[str, type[BaseModel]] | None = None) -> dict[str, Any]:
    """Give the JSON Schema of each kind of file: `region`, `scenario`, `atgarder` (catalogue), `regler`, and `documents`.

    Keys are the Swedish ones; those with å, ä, ö and the English ones are read by the program all the same.
    """
    models: dict[str, type[BaseModel]] = {"region": Region, "scenario": Scenario, "atgarder": Catalogue, "regler": DatedRules}
    models |= documents or {}
    return {kind: _of_file(kind, model, levers) for kind, model in models.items()}


def _of_file(kind: str, model: type[BaseModel], levers: Mapping[str, type[BaseModel]]) -> dict[str, Any]:
    definitions: dict[str, Any] = {}
    root = _schema(model, definitions)
    if model in (Scenario, Catalogue, SearchFile):
        root["properties"]["atgarder"] |= {"items": _measure(definitions, levers, may_take=model is not Catalogue)}
    if model is Scenario:
        root["properties"]["parametrar"] = _reference(Parameters, definitions)
        changes = {"type": "object", "title": "Ändringar i regionen", "description": "Delträd av region.yaml"}
        root["properties"]["region_andringar"] = changes
    used = {name: definitions[name] for name in sorted(definitions)}
    return {"$schema": DIALECT, "title": _TITLES[kind], **root, "$defs": used}


def _measure(definitions: dict[str, Any], levers: Mapping[str, type[BaseModel]], *, may_take: bool) -> dict[str, Any]:
    """Give the schema of a measure: its own keys and one per lever type; `atgard` takes one from the catalogue."""
    own = _schema(Measure, definitions)
    properties = {key: value for key, value in own["properties"].items() if key != "levers"}
    for kind, model in sorted(levers.items()):
        block = _reference(model, definitions)
        meaning = getattr(model, "meaning", None)
        described = {"description": meaning} if isinstance(meaning, str) else {}
        forms = [block, {"type": "array", "items": block}, {"type": "null"}]
        properties[kind] = {"title": _title(kind), **described, "anyOf": forms}
    alone: list[dict[str, Any]] = [{"required": ["nyckel", "titel"]}]
    if may_take:
        taken = "Nyckel i åtgärdskatalogen eller i det som ärvs"
        properties["atgard"] = {"type": "string", "title": "Åtgärd", "description": taken}
        alone.append({"required": ["atgard"]})
    return {"type": "object", "additionalProperties": False, "properties": properties, "oneOf": alone}


def _reference(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    if model.__name__ not in definitions:
        definitions[model.__name__] = {}
        definitions[model.__name__] = _schema(model, definitions)
    return {"$ref": f"#/$defs/{model.__name__}"}


def _schema(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of one model with Swedish titles; the models it uses go to `definitions`."""
    schema = model.model_json_schema(by_alias=True)
    for name, inner in schema.pop("$defs", {}).items():
        definitions.setdefault(name, dict(_NUMBER) if name == Number.__name__ else _swedish(inner))
    return _swedish(schema)


def _swedish(schema: dict[str, Any]) -> dict[str, Any]:
    """Replace English titles and texts meant for developers; take out defaults that are whole mappings."""
    cleaned = {key: value for key, value in schema.items() if key not in ("title", "description")}
    properties = {}
    for key, value in cleaned.get("properties", {}).items():
        if key == "levers":
            continue
        if key in _PROVENANCE:
            properties[key] = dict(_PROVENANCE[key])
            continue
        kept = {k: v for k, v in value.items() if k != "default" or not isinstance(v, dict)}
        kept = {k: v for k, v in kept.items() if k not in ("antagande", "ord", "refererar", "nycklar", "datum", "ge", "le")}
        default = value.get("default")
        if isinstance(default, dict) and "mode" in default:
            kept["default"] = _number_default(default)
        kept = _with_provenance(kept) | {"title": _title(key)}
        for bound, name in (("ge", "minst"), ("le", "högst")):
            if value.get(bound) is not None:
                kept["description"] = f"{kept.get('description', '')} [{name} {value[bound]:.12g}]".strip()
        properties[key] = kept
    return cleaned | ({"properties": properties} if properties else {})


def _with_provenance(schema: dict[str, Any]) -> dict[str, Any]:
    """Allow a source beside the entries of a mapping whose keys are data."""
    if isinstance(schema.get("additionalProperties"), dict):
        return {**schema, "properties": dict(_PROVENANCE)}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_with_provenance(choice) for choice in schema["anyOf"]]}
    return schema


def _number_default(default: Mapping[str, Any]) -> Any:
    if default.get("undre") is None:
        return default["mode"]
    return {"undre": default["undre"], "trolig": default["mode"], "ovre": default["ovre"]}


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()
