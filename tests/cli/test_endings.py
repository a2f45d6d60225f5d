"""How a command ends: every kind of failure becomes its exit code and one Swedish sentence."""

from __future__ import annotations

import errno
import json
import sys
from argparse import Namespace
from collections.abc import Callable
from types import ModuleType

import pytest

from kompetenssim import cli
from kompetenssim.cli.arguments import VERBS, nearest, parse
from kompetenssim.cli.outcome import Exit, Fault, UsageError, describe
from kompetenssim.forecast.errors import UserError

pytestmark = pytest.mark.unit


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `schema` with a command that ends in a given way, and give the exit code."""

    def run(outcome: BaseException | Exit, *options: str) -> int:
        def command(_arguments: Namespace) -> Exit:
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        module = ModuleType("kompetenssim.cli.pretended")
        module.command = command  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(cli.COMMANDS, "schema", ("pretended", "command"))
        return cli.main(["schema", *options])

    return run


class Faulty(Exception):
    """Stands in for SpecificationError: it carries problems."""

    problems = (Fault("a.yaml", 3, 5, "x.y", "okänd nyckel", "z"), Fault("a.yaml", 9, 1, "", "fil saknas", None))


@pytest.mark.parametrize(
    ("outcome", "code", "says"),
    [
        (Exit.DONE, 0, ""),
        (Exit.DIFFERS, 3, ""),
        (UserError("motorn saknas"), 1, "Motorn saknas.\n"),
        (UserError("mappen är inte tom", code=2), 2, "kommandoraden:1:1: schema: mappen är inte tom\n"),
        (UsageError([Faulty.problems[0]]), 2, "a.yaml:3:5: x.y: okänd nyckel – menade du 'z'?\n"),
        (Faulty(), 2, "a.yaml:3:5: x.y: okänd nyckel – menade du 'z'?\na.yaml:9:1: fil saknas\n"),
        (KeyboardInterrupt(), 130, "Avbrutet. Inget halvfärdigt resultat har sparats.\n"),
        (MemoryError(), 1, "Minnet räcker inte. Kör med färre processer (--processer 1) eller färre simuleringar.\n"),
        (OSError(errno.ENOSPC, "No space left", "x.csv"), 1, "Det gick inte att läsa eller skriva x.csv: disken är full.\n"),
        (ModuleNotFoundError("no", name="scipy"), 1, "Paketet 'scipy' saknas. Installera om med: python run.py\n"),
        (ValueError("x\ny"), 1, "Ett oväntat fel (ValueError: x y). Lägg till --felsok för att se var det uppstod.\n"),
    ],
)
def test_each_ending_has_its_code_and_its_words(
    ending: Callable[..., int], capsys: pytest.CaptureFixture[str], outcome: BaseException | Exit, code: int, says: str
) -> None:
    assert ending(outcome) == code
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", says)


def test_the_traceback_is_shown_only_when_asked_for(ending: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert ending(ValueError("x"), "--felsok") == 1
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize("outcome", [UserError("motorn saknas"), KeyboardInterrupt(), ValueError("x"), Faulty()])
def test_with_json_every_failure_is_one_object_with_its_code(
    ending: Callable[..., int], capsys: pytest.CaptureFixture[str], outcome: BaseException
) -> None:
    code = ending(outcome, "--json")
    content = json.loads(capsys.readouterr().out)
    assert content["kod"] == code
    assert all(set(row) == {"fil", "rad", "kolumn", "stig", "text", "forslag"} for row in content["fel"])


def test_options_may_stand_before_or_after_the_verb() -> None:
    before = parse(["--simuleringar", "4", "--json", "simulera", "x"])
    after = parse(["simulera", "x", "--simuleringar", "4", "--json"])
    assert before == after
    assert (after.verb, after.scenario, after.simuleringar, after.json) == ("simulera", "x", 4, True)


def test_no_verb_is_the_main_job() -> None:
    assert parse([]).verb == ""
    assert parse(["--om", "--slumpfro=5"]).slumpfro == 5


@pytest.mark.parametrize("word", ["jämför", "JAMFOR", "ja\u0308mfo\u0308r"])
def test_a_verb_is_read_with_dots_composed_or_not(word: str) -> None:
    assert parse([word, "a", "b", "--mot", "c"]).scenarios == ["a", "b"]


def test_the_nearest_word_is_suggested_only_when_it_is_near() -> None:
    assert nearest("kontrolera", list(VERBS)) == "kontrollera"
    assert nearest("xyzzy", list(VERBS)) is None


def test_a_fault_without_path_leaves_no_gap() -> None:
    assert describe(Faulty.problems[1]) == "a.yaml:9:1: fil saknas"
