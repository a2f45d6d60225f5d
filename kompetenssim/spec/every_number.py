"""Every number of a specification with its source, for the register of assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel

from kompetenssim.spec.number import Number
from kompetenssim.spec.scenario import Measure
from kompetenssim.spec.specification import Origin, Specification

ELSEWHERE = frozenset({"version", "ordning", "levers", "startlagen"})
"""Keys whose numbers say nothing of the world, or are gone through by themselves."""


class EveryNumber(NamedTuple):
    """A number: its path as in `specifikation.yaml`, the same with `*` for what a person named, value, source, may it vary."""

    path: str
    kind: str
    value: float
    source: str
    uncertain: bool


def every_number(spec: Specification) -> Iterator[EveryNumber]:
    """Give every number that a file or a default says; one without its own source has that of what holds it."""
    walk = _Walk(spec.origins)
    yield from walk.below(spec.region, "", "", "")
    yield from walk.below(spec.start_state, f"startlagen.{spec.scenario.scenario.start_state}", "startlagen.*", "")
    yield from walk.below(spec.rules, "regler", "regler", "")
    yield from walk.below(spec.scenario.outside_world, "omvarld", "omvarld", "")
    for measure in sorted(spec.measures, key=lambda m: m.key):
        path = f"atgarder.{measure.key}"
        yield from walk.below(measure, path, path, "")


class _Walk:
    """Go through models, mappings and lists; a lone lever block has no number in its path, as in the file."""

    def __init__(self, origins: Mapping[str, Origin]) -> None:
        self._origins = origins

    def below(self, value: object, path: str, kind: str, source: str) -> Iterator[EveryNumber]:
        """Give the numbers of a value; `source` is that of what holds it."""
        source = getattr(value, "source", None) or source
        if isinstance(value, Number):
            yield EveryNumber(path, kind, value.mode, source, value.uncertain)
        elif isinstance(value, BaseModel):
            for name, field in type(value).model_fields.items():
                key = field.alias or name
                if key not in ELSEWHERE:
                    yield from self.below(getattr(value, name), f"{path}.{key}".lstrip("."), f"{kind}.{key}".lstrip("."), source)
            if isinstance(value, Measure):
                for lever, blocks in sorted(value.levers.items()):
                    at = f"{path}.{lever}"
                    single = len(blocks) == 1 and f"{at}.1" not in self._origins
                    yield from self.below(blocks[0] if single else blocks, at, f"{kind}.{lever}", source)
        elif isinstance(value, dict):
            for key, held in sorted(value.items()):
                yield from self.below(held, f"{path}.{key}", f"{kind}.*", source)
        elif isinstance(value, list | tuple):
            for i, held in enumerate(value, start=1):
                yield from self.below(held, f"{path}.{i}", kind, source)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield EveryNumber(path, kind, float(value), source, False)
