"""A resolved specification: what a scenario means once inheritance, catalogue and region are joined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

from kompetenssim.spec.region import Region, StartState, Target
from kompetenssim.spec.scenario import DatedRules, Measure, Scenario

Level = Literal["fel", "varning", "upplysning"]
"""How much a problem matters: it stops everything, an edit can cure it, or it only says how results should be read."""


class Origin(NamedTuple):
    """Tell where a value was written."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """One thing wrong or odd in a file: where, what, what is allowed."""

    file: str
    line: int
    column: int
    path: str
    text: str
    suggestion: str | None = None
    code: str = "fel"
    level: Level = "fel"

    def __str__(self) -> str:
        hint = f" – menade du '{self.suggestion}'?" if self.suggestion else ""
        return f"{self.file}:{self.line}:{self.column}: {self.path}: {self.text}{hint}"

    @property
    def said(self) -> tuple[str, int, str]:
        """Give what a reader sees of it: file, line and text. Two with the same are told once."""
        return self.file, self.line, self.text


def once(problems: Iterable[Problem]) -> list[Problem]:
    """Give problems in order, those that read the same once: what scenarios share would be told of each of them."""
    found: dict[tuple[str, int, str], Problem] = {}
    for problem in problems:
        found.setdefault(problem.said, problem)
    return list(found.values())


class FollowedUp(NamedTuple):
    """What a follow-up says of a measure on a day; None where it says nothing. Shares are 0–1.

    `planned_status` and `planned_start` are what the plan said, which the follow-up goes before.
    """

    key: str
    day: date
    status: str | None = None
    started: date | None = None
    introduced: float | None = None
    trained: float | None = None
    handed: float | None = None
    responsible: str | None = None
    comment: str | None = None
    planned_status: str | None = None
    planned_start: str | None = None


class ObservedMonth(NamedTuple):
    """What was paid in a month before the start, in mkr; `alla` where the file does not tell groups or areas apart."""

    month: str
    group: str
    area: str
    agency_msek: float | None
    wages_msek: float | None


class SpecificationError(Exception):
    """Raised with every problem of the files at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(p) for p in problems))


@dataclass(frozen=True)
class Specification:
    """Hold one scenario, resolved. Equal content gives an equal `digest`, whatever the file order.

    `digest` leaves out the number of simulations and the seed, which identify a run beside it. `origins`
    maps dotted paths of Swedish keys (`atgarder.slk_vns_10.start`, `parametrar.…`, `enheter.…`) to where the
    value is written; a path that is missing has its default. `follow_up` is what went before the
    plan, by measure. `observed` is what the start state knows of the months before it. `posterior` is
    the file (among `files`) of the calibration that draws are taken from. `path` is the scenario file,
    `root` the folder that file names in messages are relative to, `files` the bytes of everything that was read.
    """

    key: str
    title: str
    scenario: Scenario
    region: Region
    rules: DatedRules
    measures: tuple[Measure, ...]
    start_state: StartState
    start_state_date: date
    start: date
    end: date
    targets: tuple[Target, ...]
    replications: int
    replications_per_draw: int
    seed: int
    compared_with: str | None
    origins: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    files: Mapping[Path, bytes] = field(default_factory=dict, compare=False)
    warnings: tuple[Problem, ...] = field(default=(), compare=False)
    follow_up: tuple[FollowedUp, ...] = ()
    observed: tuple[ObservedMonth, ...] = ()
    posterior: Path | None = field(default=None, compare=False)
    digest: str = ""
    path: Path = field(default=Path(), compare=False)
    root: Path = field(default=Path(), compare=False)
