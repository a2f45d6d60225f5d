"""The command line: verbs, options, and Swedish answers to what was misspelt.

argparse does the reading; the verb is found first, so that each verb has one small parser of its own and
an option may stand before or after it. Nothing heavy is imported here: `--help` must answer at once.
"""

from __future__ import annotations

import argparse
import difflib
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from kompetenssim.cli.outcome import Fault, UsageError

ENGINES = ("auto", "simpy", "kompilerad", "tvilling")
FORMATS = ("html", "xlsx", "pdf", "docx")


class Verb(NamedTuple):
    """Describe a verb: what it does and takes (for `--help`), and whether this version has it."""

    summary: str
    arguments: Callable[[argparse.ArgumentParser], Any] = lambda _parser: None
    forecasts: bool = False
    available: bool = True


def _scenario(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO", help="sökväg eller nyckel, till exempel slk_2023")


def _scenarios(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", metavar="SCENARIO", nargs="+", help="sökvägar eller nycklar")
    parser.add_argument("--mot", metavar="REFERENS", help="jämför med detta scenario i stället för det som filen namnger")
    parser.add_argument("--bidrag", action="store_true", help="fördela skillnaden på åtgärderna (fem körningar till per åtgärd)")


def _search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("search", metavar="SÖKNING", help="sökväg eller nyckel, till exempel sok_st_oberoende_2031")


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FIL", nargs="+", type=Path,
                        help="region, scenario, åtgärdskatalog, regler, kalibrering eller sökning")


def _calibration(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", metavar="KALIBRERING", help="sökväg eller nyckel, till exempel calibration/rjh/kalibrering.yaml")


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="KÖRNING", type=Path, help="körningens mapp, till exempel resultat/slk_2023_…")


def _report(parser: argparse.ArgumentParser) -> None:
    _run(parser)
    parser.add_argument("--format", type=_formats, default=("html",), metavar="FORMAT,…", help="html, xlsx (förval: html)")


def _schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--indikatorer", action="store_true", help="skriv indikatorregistret i stället")


VERBS: dict[str, Verb] = {
    "": Verb("huvudjobbet: slk_2023 mot nollalternativ", forecasts=True),
    "simulera": Verb("prognos för ett scenario", _scenario, forecasts=True),
    "jamfor": Verb("prognos för scenarier och en referens, parvis jämförda", _scenarios, forecasts=True),
    "sok": Verb("vad som krävs för att nå ett mål: baklänges från målet till storleken", _search, forecasts=True),
    "kontrollera": Verb("alla fel i filer på en gång, och vilka antaganden som ersätter det som saknas", _files),
    "rapport": Verb("skriv om rapporten från en sparad körning", _report),
    "aterskapa": Verb("kör om en sparad körning och jämför varje tal", _run, forecasts=True),
    "schema": Verb("JSON Schema för redigerare; indikatorregistret", _schema),
    "kalibrera": Verb("anpassa modellen till historien och pröva den på en undanhållen period", _calibration, forecasts=True),
    "granska": Verb("underlag till kompetensförsörjningsrådet", available=False),
    "beslutsunderlag": Verb("samma som granska", available=False),
    "svep": Verb("många körningar för forskning", available=False),
    "app": Verb("interaktiv webbsida", available=False),
}

EPILOG = """\
kompetenssim VERB --help visar vad ett verb tar.

slutkoder: 0 klart · 1 gick inte · 2 fel i indata · 3 en jämförelse skilde sig · 130 avbrutet"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments after the program name; raise UsageError in Swedish.

    The result has `verb` ("" for the main job), the verb's own arguments and every common option; an option
    that was not given is None or False.
    """
    verb, rest = _split_verb(list(argv))
    parser = _parser(verb)
    if not VERBS[verb].available:
        return argparse.Namespace(verb=verb, json="--json" in rest, tyst=False, felsok=False, **_asks_for_help(parser, rest))
    arguments, unknown = parser.parse_known_args(rest)
    if unknown:
        raise UsageError([_unknown(unknown[0], verb, parser)])
    arguments.verb = verb
    return arguments


def _asks_for_help(parser: argparse.ArgumentParser, rest: list[str]) -> dict[str, Any]:
    if "-h" in rest or "--help" in rest:
        parser.parse_args(["--help"])
    return {}


def fold(text: str) -> str:
    """Write a word as verbs are written: lower case without accents, composed or decomposed (`spec.keys` loads pydantic)."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def nearest(word: str, known: Sequence[str]) -> str | None:
    """Give the known word that is most like `word`, if any is like it."""
    found = difflib.get_close_matches(fold(word), known, n=1, cutoff=0.6)
    return found[0] if found else None


def _split_verb(argv: list[str]) -> tuple[str, list[str]]:
    valued = {name for action in _parser("")._actions if action.nargs is None for name in action.option_strings}
    position = 0
    while position < len(argv):
        word = argv[position]
        if not word.startswith("-") or word == "-":
            break
        position += 2 if word in valued else 1
    else:
        return "", argv
    verb = fold(word)
    if verb not in VERBS:
        suggestion = nearest(word, list(VERBS))
        text = f"okänt verb '{word}'; verben är {', '.join(name for name in VERBS if name)}"
        if suggestion is None and (word.endswith((".yaml", ".yml")) or Path(word).exists()):
            suggestion = f"simulera {word}"
        raise UsageError([Fault("kommandoraden", 1, position + 1, "verb", text, suggestion)])
    return verb, argv[:position] + argv[position + 1 :]


def _parser(verb: str) -> argparse.ArgumentParser:
    spec = VERBS[verb]
    parser = _Parser(
        prog=f"kompetenssim {verb}".rstrip(),
        usage=None if verb else "%(prog)s [VERB] [ALTERNATIV …]",
        description=_overview() if not verb else f"{spec.summary[:1].upper()}{spec.summary[1:]}.",
        epilog=None if verb else EPILOG,
        formatter_class=_Formatter,
        add_help=False,
        allow_abbrev=False,
    )
    own = parser.add_argument_group("argument")
    spec.arguments(own)  # type: ignore[arg-type]  # a group takes arguments as a parser does
    common = parser.add_argument_group("alternativ")
    common.add_argument("-h", "--help", action="help", help="visa den här texten")
    if not verb:
        common.add_argument("--version", action=_Version, help="visa programmets version")
    if spec.forecasts:
        _forecast_options(common)
    elif verb == "rapport":
        common.add_argument("--ut", metavar="KATALOG", type=Path, help="skriv rapporten här i stället för i körningens mapp")
    common.add_argument("--json", action="store_true", help="resultatet som ett JSON-objekt på standard ut, inget annat")
    common.add_argument("--tyst", action="store_true", help="inga meddelanden om vad som pågår")
    common.add_argument("--felsok", action="store_true", help="visa programmets anropskedja om något går fel")
    return parser


def _overview() -> str:
    width = max(len(name) for name in VERBS) + 2
    lines = [
        f"  {name or '(inget)':<{width}} {verb.summary}" + ("" if verb.available else "  [finns inte i den här versionen]")
        for name, verb in VERBS.items()
    ]
    return "Prognoser för bemanning i en region, med och utan åtgärder.\n\nverb:\n" + "\n".join(lines)


def _forecast_options(group: Any) -> None:
    group.add_argument("--simuleringar", metavar="N", type=_whole(1, 1_000_000), help="antal simuleringar (går före filen)")
    group.add_argument("--slumpfro", metavar="N", type=_whole(0, 2**62), help="slumpfrö: samma frö ger samma tal")
    group.add_argument("--motor", metavar="MOTOR", type=_choice(ENGINES), default="auto", help=", ".join(ENGINES))
    group.add_argument("--ut", metavar="KATALOG", type=Path, help="körningens mapp (förval: resultat/<id>)")
    group.add_argument("--processer", metavar="N", type=_whole(1, 1024), help="antal parallella processer (förval: alla kärnor)")
    group.add_argument("--om", action="store_true", help="kör om fast resultatet redan finns")
    group.add_argument("--detalj", action="store_true", help="spara även enhet × yrkesgrupp per simulering")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"\+?[0-9]{1,20}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' är inte ett heltal mellan {least} och {most}")
        return int(text)

    return read


def _choice(allowed: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if fold(text) not in allowed:
            near = nearest(text, allowed)
            hint = f" – menade du '{near}'?" if near else ""
            raise argparse.ArgumentTypeError(f"'{text}' är inte något av {', '.join(allowed)}{hint}")
        return fold(text)

    return read


def _formats(text: str) -> tuple[str, ...]:
    return tuple(_choice(FORMATS)(part.strip()) for part in text.split(","))


def _unknown(word: str, verb: str, parser: argparse.ArgumentParser) -> Fault:
    options = sorted({name for action in parser._actions for name in action.option_strings if name.startswith("--")})
    if word.startswith("-"):
        text = f"okänt alternativ '{word}'; tillåtna är {', '.join(options)}"
        return Fault("kommandoraden", 1, 1, verb or "huvudjobbet", text, nearest(word.partition("=")[0], options))
    return Fault("kommandoraden", 1, 1, verb or "huvudjobbet", f"ett argument för mycket: '{word}'", None)


class _Parser(argparse.ArgumentParser):
    """Say in Swedish what argparse says in English, and raise instead of exiting."""

    TRANSLATIONS = (
        (r"^the following arguments are required: (.*)$", r"argument saknas: \1"),
        (r"^argument (.*?): expected one argument$", r"\1: ett värde saknas"),
        (r"^argument (.*?): expected at least one argument$", r"\1: minst ett värde behövs"),
        (r"^argument (.*?): ignored explicit argument (.*)$", r"\1: tar inget värde, men fick \2"),
        (r"^argument (.*?): (.*)$", r"\1: \2"),
    )

    def error(self, message: str) -> NoReturn:
        """Raise the message as a Swedish UsageError."""
        for pattern, swedish in self.TRANSLATIONS:
            if re.match(pattern, message):
                message = re.sub(pattern, swedish, message)
                break
        verb = self.prog.partition(" ")[2]
        raise UsageError([Fault("kommandoraden", 1, 1, verb or "huvudjobbet", message, None)])


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=120)

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "användning: " if prefix is None else prefix)


class _Version(argparse.Action):
    """Print the version; looked up only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_unused: Any) -> None:
        from importlib.metadata import version

        print(f"kompetenssim {version('kompetenssim')}")
        parser.exit()
