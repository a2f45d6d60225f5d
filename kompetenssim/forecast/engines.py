"""Engines by name, so that a worker can find one and another can be added without touching the run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from kompetenssim.forecast.errors import UserError
from kompetenssim.model.trajectory import Trajectory

ENGINES = {
    "simpy": "kompetenssim.engine.reference:simulate",
    "kompilerad": "kompetenssim.engine.compiled:simulate",
    "tvilling": "kompetenssim.engine.twin:simulate",
}
HANDFUL = 4  # simulations that are not worth starting workers or compiling for

Engine = Callable[..., Trajectory]


def choose_engine(name: str, simulations: int) -> str:
    """Give the name of the engine that `auto` means; refuse one that this version does not have.

    A name with a colon (`package.module:function`) is taken as it stands.
    """
    if name == "auto":
        return "kompilerad" if simulations > HANDFUL and _exists(ENGINES["kompilerad"]) else "simpy"
    if ":" in name:
        return name
    if name not in ENGINES:
        raise UserError(f"motorn '{name}' finns inte; tillåtet är auto, {', '.join(ENGINES)}", code=2)
    if not _exists(ENGINES[name]):
        raise UserError(f"motorn '{name}' finns inte i denna version; använd --motor auto eller simpy", code=2)
    return name


def find_engine(name: str) -> Engine:
    """Import the function of an engine."""
    module, function = ENGINES.get(name, name).split(":")
    engine: Engine = getattr(import_module(module), function)
    return engine


def _exists(target: str) -> bool:
    return find_spec(target.split(":", maxsplit=1)[0]) is not None
