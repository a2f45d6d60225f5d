"""Values of a region that refer to a time: what a calibration must not know when it claims to stop at a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from pydantic import BaseModel

from kompetenssim.calibration.period import read_period
from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import fields_by_key
from kompetenssim.spec.number import Number
from kompetenssim.spec.specification import Origin, Specification

_YEAR = re.compile(r"(19|20|21)\d\d")
_DATED_KEYS = ("ar", "datum")


class Dated(NamedTuple):
    """A value, the time it refers to as written, and where it stands."""

    path: str
    refers_to: str
    origin: Origin | None


def dated_after(spec: Specification, day: date, until: date) -> Iterator[Dated]:
    """Give what a simulation to `until` would read that refers to a time after `day`.

    That is what says `avser`, and what is keyed by year or date. Nobody reads keys after `until`, nor other start states.
    """
    region = spec.region
    parts = [("", region.model_copy(update={"start_states": {}})), (f"startlagen.{spec.start_state_date}", spec.start_state),
             ("omvarld", spec.scenario.outside_world)]
    for path, part in parts:
        for found, refers_to in _walk(part, path, day, until, None):
            yield Dated(found, refers_to, _origin(spec.origins, found))


def is_after(refers_to: object, day: date) -> bool:
    """Tell whether a free text on what a value refers to ends after a day; of a text that is no period the last year counts."""
    text = str(refers_to)
    try:
        return read_period(text).last > day
    except ValueError:
        return max((int(year[0]) for year in _YEAR.finditer(text)), default=0) > day.year


def _walk(model: BaseModel, path: str, day: date, until: date, inherited: object) -> Iterator[tuple[str, str]]:
    refers_to = getattr(model, "refers_to", None)
    if refers_to is not None and refers_to != inherited and is_after(refers_to, day):
        yield path, str(refers_to)
    if isinstance(model, Number):
        return
    for key, (name, field) in fields_by_key(type(model)).items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        forms = extra.get("nycklar") or ""
        form = forms if isinstance(forms, str) else forms[0] if isinstance(forms, list) else ""
        at = f"{path}.{key}" if path else key
        yield from _below(getattr(model, name), at, str(form), day, until, refers_to or inherited)


def _below(value: Any, path: str, form: str, day: date, until: date, inherited: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from _walk(value, path, day, until, inherited)
    elif isinstance(value, dict):
        for key, child in value.items():
            if form in _DATED_KEYS and day < first_day(str(key)) <= until:
                yield f"{path}.{key}", str(key)
            yield from _below(child, f"{path}.{key}", "", day, until, inherited)
    elif isinstance(value, list):
        for number, child in enumerate(value, start=1):
            yield from _below(child, f"{path}.{number}", form, day, until, inherited)


def _origin(origins: Mapping[str, Origin], path: str) -> Origin | None:
    while path and path not in origins:
        path = path.rpartition(".")[0]
    return origins.get(path)
