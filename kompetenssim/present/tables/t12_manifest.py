"""T12 manifest: what is needed to make the same run again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View


def build(view: View) -> Table:
    """Build T12 from the manifest: nested keys become dotted names. Times are left out, so the table is reproducible."""
    return Table("T12", "manifest", "Manifest", (Column("Uppgift", words=True), Column("Värde", words=True, wide=True)),
                 sections(view.results.manifest, "Körning"), keys=("Del",),
                 notes=("Samma indata, version och slumpfrö ger samma tal, byte för byte på samma plattform.",))


def sections(manifest: Mapping[str, Any], title: str) -> tuple[Section, ...]:
    """Give the sections of a manifest: plain values under the title, then one for each nested key."""
    plain = {k: v for k, v in manifest.items() if not _nested(v)}
    nested = (Section(key.replace("_", " ").capitalize(), tuple(_rows(value)), keys=(key,))
              for key, value in manifest.items() if _nested(value))
    return (Section(title, tuple(_rows(plain)), keys=(title.lower().replace("ö", "o"),)), *nested)


def _nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)
                                          and any(isinstance(v, Mapping) for v in value))


def _rows(value: Any, prefix: str = "") -> Iterator[Row]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _rows(inner, f"{prefix}.{key}" if prefix else str(key))
    elif _nested(value):
        for position, inner in enumerate(value, start=1):
            yield from _rows(inner, f"{prefix}.{position}" if prefix else str(position))
    else:
        shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)
        yield Row((prefix, {"True": "ja", "False": "nej"}.get(shown, shown)))
