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
from pickle import UnpicklingError
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A module lists here its small functions that every event calls: their code is put where they are called.
INLINED = "INLINED"


def load(
    modules: Sequence[str], entries: Sequence[str], *, replacing: Mapping[str, str] | None = None, cache: Path | None = None
) -> SimpleNamespace:
    """Compile every function of some modules and give those that Python calls, the `entries`, by name.

    `replacing` names, for a module whose functions are called, another whose functions of the same names stand in for them
    (the hash of the random numbers, whose integers must wrap in compiled code). What a stand-in calls itself are the
    originals, so it can add to the function that it replaces. An entry is compiled, with all that it calls, when it is
    first called, and stored below `cache` (None: the user's cache folder) for the next process. The other functions get
    nothing that only Python or a later process would use, which saves a fifth of the compilation.

    Raises ImportError when Numba cannot be imported.
    """
    import numba

    njit: Any = numba.njit  # its types do not know all of its options
    swapped = replacing or {}
    sources = [import_module(name) for name in dict.fromkeys((*modules, *swapped.values()))]
    spaces = {source.__name__: dict(vars(source)) for source in sources}
    twins: dict[FunctionType, Any] = {}
    with _cached_in(folder_of(modules, swapped, cache)) as keep:
        for source in sources:
            inlined = vars(source).get(INLINED, ())
            for name, function in _functions(source):
                twin = FunctionType(function.__code__, spaces[source.__name__], name)
                twin.__module__, twin.__qualname__ = function.__module__, name
                inner = name not in entries
                twins[function] = _one_version(njit(
                    twin, nogil=True, _nrt=False,  # nothing allocates, so nothing is counted
                    cache=keep and not inner, no_cpython_wrapper=inner, no_cfunc_wrapper=inner, forceinline=name in inlined,
                ))  # fmt: skip
    originals = dict(twins)
    for old, new in swapped.items():
        of_old, of_new = dict(_functions(import_module(old))), dict(_functions(import_module(new)))
        twins |= {function: twins[of_new[name]] for name, function in of_old.items() if name in of_new}
    for home, space in spaces.items():
        known = twins | originals if home in swapped.values() else twins
        space.update({name: known[x] for name, x in space.items() if isinstance(x, FunctionType) and x in known})
    found = {name: twins[function] for source in sources for name, function in _functions(source) if name in entries}
    return SimpleNamespace(**found)


def is_compiled(entry: Any) -> bool:
    """Tell whether a function that `load` gave is compiled or stored, so that nobody needs to wait for it."""
    if _is_off() or entry.signatures:
        return True
    folder = entry.stats.cache_path
    return folder is not None and any(Path(folder).glob(f"*.{entry.py_func.__name__}-*.nbc"))


def compile_for(entry: Any, arguments: Sequence[Any]) -> None:
    """Compile a function that `load` gave for the types of some arguments, or read it from the cache, without calling it.

    A file of the cache that cannot be read (the machine stopped while it was written) is taken away and made again.
    """
    from numba import typeof

    if _is_off():
        return
    kinds = tuple(typeof(argument) for argument in arguments)  # type: ignore[no-untyped-call]  # Numba's
    try:
        entry.compile(kinds)
    except (EOFError, ValueError, LookupError, UnpicklingError):
        stored = list(Path(entry.stats.cache_path or "").glob(f"*.{entry.py_func.__name__}-*.nb?"))
        if not entry.stats.cache_path or not stored:
            raise
        for file in stored:
            file.unlink(missing_ok=True)
        entry.compile(kinds)


def settle_cache() -> str | None:
    """Make sure that this process and its children have a cache folder to write in; say so when it is a temporary one.

    Without one every worker would compile for itself.
    """
    import atexit
    import os
    import shutil
    import tempfile

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        instead = tempfile.mkdtemp(prefix="kompetenssim-")
        atexit.register(shutil.rmtree, instead, ignore_errors=True)
        os.environ["KOMPETENSSIM_CACHE"] = instead
        return f"{folder}: {error.strerror or error}"


def _one_version(dispatcher: Any) -> Any:
    """Let a constant argument be a number like any other: Numba would compile a version for every value it sees.

    A constant gains nothing where it matters, since small functions are put where they are called.
    """
    from numba.core.types import unliteral

    if not _is_off():
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda arguments, named: template(tuple(map(unliteral, arguments)), named)
    return dispatcher


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


def _is_off() -> bool:
    """Tell whether Numba is told to leave functions as they are (NUMBA_DISABLE_JIT)."""
    import numba

    config: Any = numba.config
    return bool(config.DISABLE_JIT)


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
