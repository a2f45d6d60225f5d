"""The command line: reads arguments, calls the public API, and says how it went.

This package decides no numbers. Start-up imports nothing heavy.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module

from kompetenssim.cli.outcome import Exit, Fault, UsageError, show_problems, show_sentence, silence_stdout

#: Where each verb is carried out: module of this package and function.
COMMANDS = {
    "": ("forecasts", "main_job"),
    "simulera": ("forecasts", "simulate"),
    "jamfor": ("forecasts", "compare"),
    "sok": ("search", "solve"),
    "kontrollera": ("files", "check"),
    "schema": ("files", "schema"),
    "kalibrera": ("calibrations", "calibrate"),
    "rapport": ("stored", "report"),
    "aterskapa": ("stored", "reproduce"),
}

REASONS: dict[int, str] = {
    errno.EACCES: "åtkomst nekad", errno.EPERM: "åtkomst nekad", errno.ENOENT: "finns inte", errno.ENOSPC: "disken är full",
    errno.EROFS: "platsen går bara att läsa", errno.ENOTDIR: "en del av sökvägen är ingen mapp", errno.EISDIR: "det är en mapp",
    errno.EEXIST: "det finns redan och är ingen mapp", errno.ENAMETOOLONG: "namnet är för långt",
    errno.EDQUOT: "diskkvoten är full", errno.ENOTEMPTY: "mappen är inte tom", errno.EMFILE: "för många filer är öppna",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; never raises, except for `--help` and `--version`."""
    _ready_streams()
    _end_as_by_ctrl_c()
    argv = sys.argv[1:] if argv is None else argv
    try:
        code = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (head, less) has what it wanted
        silence_stdout()
        return Exit.DONE
    except OSError as error:  # what was said could not be written
        silence_stdout()
        print(_unexpected(error), file=sys.stderr)
        return Exit.FAILED
    except KeyboardInterrupt:  # before a command had begun
        return Exit.INTERRUPTED
    return int(code)


def _run(argv: Sequence[str]) -> Exit:
    from kompetenssim.cli.arguments import parse

    as_json = "--json" in argv
    try:
        arguments = parse(argv)
    except UsageError as error:
        show_problems(error.problems, code=Exit.BAD_INPUT, as_json=as_json)
        return Exit.BAD_INPUT
    if arguments.verb not in COMMANDS:
        text = f"'{arguments.verb}' finns inte i den här versionen av kompetenssim."
        show_sentence(text, code=Exit.FAILED, as_json=as_json)
        return Exit.FAILED
    logging.getLogger("kompetenssim").setLevel(logging.ERROR if arguments.tyst else logging.WARNING)
    if not arguments.felsok:
        warnings.simplefilter("ignore")  # what libraries say to programmers is not for the reader of results
    return _guarded(arguments)


def _guarded(arguments: Namespace) -> Exit:
    from kompetenssim.forecast.errors import UserError

    module, function = COMMANDS[arguments.verb]
    try:
        command: Callable[[Namespace], Exit] = getattr(import_module(f"kompetenssim.cli.{module}"), function)
        return command(arguments)
    except UsageError as error:
        show_problems(error.problems, code=Exit.BAD_INPUT, as_json=arguments.json)
        return Exit.BAD_INPUT
    except KeyboardInterrupt:
        show_sentence("Avbrutet. Inget halvfärdigt resultat har sparats.", code=Exit.INTERRUPTED, as_json=arguments.json)
        return Exit.INTERRUPTED
    except BrokenPipeError:
        raise
    except SystemExit as ended:  # rich ends the program when the reader of its output leaves
        raise BrokenPipeError from ended
    except UserError as error:
        if error.code == Exit.BAD_INPUT:
            fault = Fault("kommandoraden", 1, 1, arguments.verb or "huvudjobbet", str(error), None)
            show_problems([fault], code=Exit.BAD_INPUT, as_json=arguments.json)
        else:
            show_sentence(_sentence(str(error)), code=Exit(error.code), as_json=arguments.json)
        return Exit(error.code)
    except Exception as error:
        problems = getattr(error, "problems", None)  # SpecificationError; its module is too heavy to import for a name
        if problems:
            show_problems(problems, code=Exit.BAD_INPUT, as_json=arguments.json)
            return Exit.BAD_INPUT
        if arguments.felsok:
            import traceback

            traceback.print_exc()
        show_sentence(_unexpected(error), code=Exit.FAILED, as_json=arguments.json)
        return Exit.FAILED


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return f"Det gick inte att läsa eller skriva{where}: {REASONS.get(error.errno or 0, error.strerror or error)}."
    if isinstance(error, MemoryError):
        return "Minnet räcker inte. Kör med färre processer (--processer 1) eller färre simuleringar."
    if isinstance(error, ModuleNotFoundError):
        return f"Paketet '{error.name}' saknas. Installera om med: python run.py"
    reason = " ".join(str(error).split()) or "inget mer är känt"
    return f"Ett oväntat fel ({type(error).__name__}: {reason}). Lägg till --felsok för att se var det uppstod."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def _ready_streams() -> None:
    """Write UTF-8 whatever the locale; a stream that is closed takes what is written and drops it."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # open as long as the program runs
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _end_as_by_ctrl_c() -> None:
    """Let a request to end (`kill`, a scheduler) clean up and end the workers as Ctrl-C does."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    with suppress(ValueError):  # not in the main thread: signals are for whoever started us
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, interrupt)


if __name__ == "__main__":
    sys.exit(main())
