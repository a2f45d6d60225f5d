"""The columns of the draw matrix: every number of a template has a name, which keys its draws."""

from __future__ import annotations

from kompetenssim.model.draws import ParameterSpec
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part


class Columns:
    """Collect parameters by name. The same name gives the same column, so draws are shared between uses."""

    def __init__(self) -> None:
        self.rows: list[ParameterSpec] = []
        self._index: dict[str, int] = {}

    def add(
        self, name: str, number: Number | float, least: float | None = None, most: float | None = None, *, draw: str | None = None
    ) -> int:
        """Give the column of a number, adding it the first time its name is met; equal `draw` means one uniform."""
        if name in self._index:
            return self._index[name]
        n = number if isinstance(number, Number) else Number(mode=float(number))
        self._index[name] = len(self.rows)
        self.rows.append(
            ParameterSpec(
                name,
                n.mode,
                n.low,
                n.high,
                least,
                most,
                n.source,
                bool(n.assumption) and n.assumption != "nej",
                "pert",
                draw,
            )
        )
        return self._index[name]

    def chance(self, name: str) -> int:
        """Give the column of a plain uniform draw, used to decide whether a measure is carried out."""
        if name not in self._index:
            self._index[name] = len(self.rows)
            self.rows.append(ParameterSpec(name, 0.5, 0.0, 1.0, 0.0, 1.0, None, False, "uniform"))
        return self._index[name]

    def field(self, part: Part, field: str, name: str) -> int:
        """Give the column of a field of a schema object, with the bounds that its schema declares."""
        info = type(part).model_fields[field]
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        least, most = extra.get("ge"), extra.get("le")
        value = getattr(part, field)
        return self.add(
            f"{name}.{info.alias or field}",
            value,
            float(least) if isinstance(least, (int, float)) else None,
            float(most) if isinstance(most, (int, float)) else None,
        )
