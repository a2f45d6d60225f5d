"""How a person may spell a key: å, ä, ö or not, capitals, spaces, Swedish or English."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from pydantic import BaseModel
from pydantic.fields import FieldInfo

_GAP = re.compile(r"[\s\-–]+")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")


def fold(text: str) -> str:
    """Reduce a name to its canonical spelling: `Tjänster per år` becomes `tjanster_per_ar`.

    Applied to itself it changes nothing. Accents go whether they came composed or decomposed (macOS).
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.strip().lower()) if unicodedata.category(c) != "Mn")
    return _GAP.sub("_", bare.lower())


def fold_data_key(text: str) -> str:
    """Fold a key that is data: names (units, groups) as `fold`, but dates, years and classes as they are."""
    stripped = text.strip()
    return stripped if stripped[:1].isdigit() else fold(stripped)


def is_name(text: str) -> bool:
    """Tell whether a folded text can name something: letters, digits and `_`, a letter first, at most 80."""
    return _NAME.fullmatch(text) is not None


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Give the choice most like `word`, or None when none is close."""
    ordered = sorted(set(choices))
    by_fold = {fold(choice): choice for choice in reversed(ordered)}
    close = difflib.get_close_matches(fold(word)[:80], by_fold, n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None


def meant(word: str, choices: Iterable[str]) -> str:
    """Ask whether the choice most like `word` was meant; nothing where none is close."""
    close = nearest(word, choices)
    return f" – menade du '{close}'?" if close else ""


def listing(choices: Iterable[str], most: int = 12) -> str:
    """Write choices as a short text: `a, b, c …`."""
    names = sorted(choices)
    return ", ".join(names[:most]) + (f" … ({len(names)} st)" if len(names) > most else "")


def alias_of(name: str, field: FieldInfo) -> str:
    """Give the Swedish key of a field."""
    return field.alias or name


@cache
def fields_by_key(model: type[BaseModel]) -> Mapping[str, tuple[str, FieldInfo]]:
    """Map each Swedish key of a model to its Python name and field; fields out of files are left out."""
    return {alias_of(name, f): (name, f) for name, f in model.model_fields.items() if not f.exclude}


@cache
def spellings(model: type[BaseModel]) -> Mapping[str, str]:
    """Map each accepted spelling, folded, to the Swedish key; Swedish wins where both languages meet."""
    fields = fields_by_key(model)
    english = {fold(name): key for key, (name, _) in fields.items()}
    return english | {fold(key): key for key in fields}
