"""Lever types: each file of this folder is one, and its file name is the key a person writes."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isabstract, isclass
from pathlib import Path
from pkgutil import iter_modules

from kompetenssim.levers.base import Lever, LeverError, blocks_of

__all__ = ["LEVERS", "Lever", "LeverError", "blocks_of", "discover"]

_NO_LEVER = {"base", "document"}


def discover(folder: Path, package: str) -> dict[str, type[Lever]]:
    """Find the lever types of a package: key (file name) → class. Adding a file adds a type.

    Raises TypeError for a file without exactly one complete subclass of Lever.
    """
    found: dict[str, type[Lever]] = {}
    for name in sorted(m.name for m in iter_modules([str(folder)]) if m.name not in _NO_LEVER):
        module = import_module(f"{package}.{name}")
        own = [
            c
            for _, c in getmembers(module, isclass)
            if issubclass(c, Lever) and c.__module__ == module.__name__ and not isabstract(c)
        ]
        if len(own) != 1:
            raise TypeError(f"{module.__name__}: one subclass of Lever expected, found {[c.__name__ for c in own]}")
        found[name] = own[0]
    return found


LEVERS: dict[str, type[Lever]] = discover(Path(__file__).parent, __name__)
