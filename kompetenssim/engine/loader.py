"""Compile plain Python functions with Numba: one source for the readable engine and the fast one.

Modules of plain functions and constants are read as they stand, and every function gets a compiled twin that sees the
twins of its neighbours, so that a rule is never written twice. Numba's cache misses edits in functions that a function
calls; the cache folder is therefore named by a hash of every source beside the modules read here.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A module lists here its small functions that every event calls: their code is put where they are called.
INLINED = "INLINED"


def load(modules: Sequence[str], *, replacing: Mapping[str, str] | None = None, cache: Path | None = None) -> SimpleNamespace:
    """Compile every function of some modules and give the compiled functions by name.

    `replacing` names, for a module whose functions are called, another whose functions of the same names stand in for them
    (the hash of the random numbers, whose integers must wrap in compiled code). What a stand-in calls itself are the
    originals, so it can add to the function that it replaces. A function is compiled when it is first called and stored
    below `cache` (None: the user's cache folder) for the next process.

    Raises ImportError when Numba cannot be imported.
    """
    import numba

    swapped = replacing or {}
    sources = [import_module(name) for name in dict.fromkeys((*modules, *swapped.values()))]
    spaces = {source.__name__: dict(vars(source)) for source in sources}
    twins: dict[FunctionType, Any] = {}
    with _cached_in(folder_of(modules, swapped, cache)) as keep:
        for source in sources:
            inlined = vars(source).get(INLINED, ())
            options: dict[str, Any] = {"cache": keep, "nogil": True, "_nrt": False}  # nothing allocates, so nothing is counted
            for name, function in _functions(source):
                twin = FunctionType(function.__code__, spaces[source.__name__], name)
                twin.__module__, twin.__qualname__ = function.__module__, name
                twins[function] = numba.njit(twin, **options, forceinline=name in inlined)
    originals = dict(twins)
    for old, new in swapped.items():
        of_old, of_new = dict(_functions(import_module(old))), dict(_functions(import_module(new)))
        twins |= {function: twins[of_new[name]] for name, function in of_old.items() if name in of_new}
    for home, space in spaces.items():
        known = twins | originals if home in swapped.values() else twins
        space.update({name: known[x] for name, x in space.items() if isinstance(x, FunctionType) and x in known})
    found = {name: twins[function] for source in sources for name, function in _functions(source)}
    return SimpleNamespace(**found)


def folder_of(modules: Sequence[str], replacing: Mapping[str, str], cache: Path | None = None) -> Path:
    """Give the cache folder of some sources: its name is a hash of all that decides the compiled code.

    Constants come from the modules' neighbours too, so all sources of the folders they lie in are read.
    """
    import numba

    stamp = blake2b(digest_size=8)
    config: Any = numba.config
    stamp.update(repr((sys.version, numba.__version__, config.BOUNDSCHECK, config.DISABLE_JIT, config.CPU_NAME)).encode())
    stamp.update(repr((sorted(modules), sorted(replacing.items()))).encode())
    files = {Path(str(import_module(name).__file__)) for name in (*modules, *replacing.values(), __name__)}
    for path in sorted({source for file in files for source in file.parent.glob("*.py")}):
        stamp.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return (cache or cache_folder()) / stamp.hexdigest()


def _functions(source: Any) -> list[tuple[str, FunctionType]]:
    """Give the functions that a module defines itself."""
    own = vars(source).items()
    return [(name, x) for name, x in own if isinstance(x, FunctionType) and x.__module__ == source.__name__]


def cache_folder() -> Path:
    """Give the user's folder for what can be made again; KOMPETENSSIM_CACHE chooses another."""
    import os

    chosen = os.environ.get("KOMPETENSSIM_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "kompetenssim"


@contextmanager
def _cached_in(folder: Path) -> Iterator[bool]:
    """Point Numba's cache at a folder while functions are made; without a folder to write in nothing is kept."""
    import numba

    config: Any = numba.config

    before = config.CACHE_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        keep = not config.DISABLE_JIT
    except OSError:
        keep = False
    config.CACHE_DIR = str(folder)
    try:
        yield keep
    finally:
        config.CACHE_DIR = before
