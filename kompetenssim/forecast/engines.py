"""Engines by name, so that a worker can find one and another can be added without touching the run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.errors import UserError
from kompetenssim.model.trajectory import Trajectory

if TYPE_CHECKING:
    from kompetenssim.model.template import Template

ENGINES = {
    "simpy": "kompetenssim.engine.reference:simulate",
    "kompilerad": "kompetenssim.engine.compiled:simulate",
    "tvilling": "kompetenssim.engine.twin:simulate",
}
HANDFUL = 4  # simulations that are not worth compiling for
ALONE = {"kompilerad": 40}  # simulations that this process does before workers have started; HANDFUL for other engines

Engine = Callable[..., Trajectory]
Fill = Callable[..., Any]  # (template, row of the draw matrix) -> what has the fields of model.template.Inputs


def accept_engine(name: str) -> None:
    """Refuse an engine that this version does not have or that cannot run here (UserError, code 2).

    `auto` is always accepted, and so is a name with a colon (`package.module:function`).
    """
    if name == "auto" or ":" in name:
        return
    if name not in ENGINES:
        raise UserError(f"motorn '{name}' finns inte; tillåtet är auto, {', '.join(ENGINES)}", code=2)
    if not _exists(ENGINES[name]):
        raise UserError(f"motorn '{name}' finns inte i denna version; använd --motor auto eller simpy", code=2)
    fault = numba_fault() if name == "kompilerad" else None
    if fault is not None:
        raise UserError(
            f"motorn 'kompilerad' behöver numba, som inte kunde läsas in ({fault}); installera numba eller använd --motor auto "
            "eller simpy, resultatet blir detsamma", code=2)


def choose_engine(name: str, simulations: int) -> str:
    """Give the name of the engine that `auto` means; refuse one that cannot be used, as `accept_engine`."""
    accept_engine(name)
    if name != "auto":
        return name
    return "kompilerad" if simulations > HANDFUL and numba_fault() is None else "simpy"


def slower_remark(name: str, simulations: int) -> str | None:
    """Say why `auto` takes the slower engine for many simulations; None when it does not."""
    if name != "auto" or simulations <= HANDFUL:
        return None
    fault = numba_fault()
    return None if fault is None else (
        f"numba kunde inte läsas in ({fault}): körningen använder den långsammare motorn simpy, resultatet blir detsamma")


def numba_fault() -> str | None:
    """Say why numba cannot be used, None when it can. It loads numba, which takes half a second."""
    try:
        if find_spec("numba") is None:
            return "det är inte installerat"
        import_module("numba")
    except Exception as error:  # one that is broken, or does not fit numpy, must not stop a run that can do without
        return " ".join(str(error).split()) or type(error).__name__
    return None


def find_engine(name: str) -> Engine:
    """Import the function of an engine."""
    module, function = ENGINES.get(name, name).split(":")
    engine: Engine = getattr(import_module(module), function)
    return engine


def prepare_engine(name: str, template: Template) -> None:
    """Let an engine get ready once, before there are workers: its module may have a function `prepare` (it compiles).

    Raises UserError when what it made cannot be stored.
    """
    module = import_module(ENGINES.get(name, name).split(":", maxsplit=1)[0])
    prepare = getattr(module, "prepare", None)
    if prepare is not None:
        try:
            prepare(template)
        except OSError as error:
            raise UserError(
                f"motorn '{name}' kunde inte sparas ({error}); frigör utrymme, välj en annan mapp med miljövariabeln "
                "KOMPETENSSIM_CACHE eller använd --motor simpy, resultatet blir detsamma") from error


def find_fill(name: str) -> Fill:
    """Give the function that fills a template with a draw: an engine may have a faster `fill` than the plain one.

    What it gives may be overwritten by its next call.
    """
    from kompetenssim.model import inputs

    fill: Fill = getattr(import_module(ENGINES.get(name, name).split(":", maxsplit=1)[0]), "fill", inputs.fill)
    return fill


def enough_for_workers(name: str, simulations: int) -> bool:
    """Tell whether workers are worth their start."""
    return simulations > ALONE.get(name, HANDFUL)


def _exists(target: str) -> bool:
    found = find_spec(target.split(":", maxsplit=1)[0])
    return found is not None and found.origin is not None
