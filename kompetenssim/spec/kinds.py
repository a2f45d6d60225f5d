"""Recognise what a file is by what it contains."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from kompetenssim.spec.keys import fold, spellings
from kompetenssim.spec.node import Node
from kompetenssim.spec.region import Region
from kompetenssim.spec.scenario import Catalogue, DatedRules, Scenario

KINDS: Mapping[str, type[BaseModel]] = {"region": Region, "scenario": Scenario, "katalog": Catalogue, "regler": DatedRules}
_MARKS: Mapping[str, tuple[str, ...]] = {
    "region": ("region", "yrkesgrupper", "enheter", "startlagen"), "scenario": ("scenario",), "katalog": ("atgarder",),
    "regler": ("riktalder_ar", "tidigaste_pension_ar", "las_alder_ar"),
}


def recognise(root: Node) -> str | None:
    """Tell what kind of file a tree is by its keys; None when nothing fits."""
    written = {fold(key) for key in root.mapping or {}}
    score = {kind: len(written & set(spellings(model))) for kind, model in KINDS.items()}
    marked = {kind: sum(spellings(KINDS[kind]).get(key) in marks for key in written) for kind, marks in _MARKS.items()}
    best = max(KINDS, key=lambda kind: (marked[kind] if kind != "katalog" else marked[kind] / 2, score[kind]))
    return best if marked[best] or score[best] > 1 else None
