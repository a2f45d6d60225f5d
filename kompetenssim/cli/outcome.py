"""How a command ends: exit codes, faults with a place, and the two ways to show them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from enum import IntEnum
from typing import Any, NamedTuple, Protocol

#: Version of the JSON objects that `--json` prints.
JSON_VERSION = 1


class Exit(IntEnum):
    """The exit codes, and no others."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    DIFFERS = 3
    INTERRUPTED = 130


class Problem(Protocol):
    """What is shown of a fault: `kompetenssim.spec.specification.Problem` has the same fields."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def path(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def suggestion(self) -> str | None: ...


class Fault(NamedTuple):
    """A fault on the command line, shown as a fault in a file is."""

    file: str
    line: int
    column: int
    path: str
    text: str
    suggestion: str | None


class UsageError(Exception):
    """Raised for what a person wrote wrong; ends with code 2 and nothing written."""

    def __init__(self, problems: list[Fault]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.text for problem in problems))



def describe(problem: Problem) -> str:
    """Write a fault as `fil:rad:kolumn: nyckel.stig: text – menade du 'x'?`; the path is left out where there is none."""
    hint = f" – menade du '{problem.suggestion}'?" if problem.suggestion else ""
    path = f"{problem.path}: " if problem.path else ""
    return f"{problem.file}:{problem.line}:{problem.column}: {path}{problem.text}{hint}"


def show_problems(problems: Iterable[Problem], *, code: Exit, as_json: bool) -> None:
    """Print every fault: one line each on stderr, or one JSON object on stdout."""
    problems = list(problems)
    if as_json:
        rows = [
            {"fil": p.file, "rad": p.line, "kolumn": p.column, "stig": p.path, "text": p.text, "forslag": p.suggestion}
            for p in problems
        ]
        print_json({"version": JSON_VERSION, "kod": int(code), "fel": rows})
    else:
        for problem in problems:
            print(describe(problem), file=sys.stderr)


def show_sentence(text: str, *, code: Exit, as_json: bool) -> None:
    """Print why a command ended without result: a sentence on stderr, and with `--json` an object on stdout too."""
    print(text, file=sys.stderr)
    if as_json:
        row = {"fil": None, "rad": None, "kolumn": None, "stig": None, "text": text, "forslag": None}
        try:
            print_json({"version": JSON_VERSION, "kod": int(code), "fel": [row]})
            sys.stdout.flush()
        except OSError:  # stdout itself is what could not be written
            silence_stdout()


def silence_stdout() -> None:
    """Drop what is still to be written on stdout, so that the end of the program does not fail on it."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_json(content: Mapping[str, Any]) -> None:
    """Print one object on stdout; what is not a number becomes null, as JSON has no NaN."""
    print(json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1))


def note(text: str, *, quiet: bool) -> None:
    """Print a message about the work on stderr, unless asked to be quiet."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)
