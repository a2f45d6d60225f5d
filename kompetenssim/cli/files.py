"""The verbs about files: `kontrollera` and `schema`."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING, Any

import kompetenssim as ks
from kompetenssim.cli.forecasts import library_root
from kompetenssim.cli.outcome import JSON_VERSION, Exit, print_json, show_problems
from kompetenssim.spec.specification import once

if TYPE_CHECKING:
    from kompetenssim.spec.check import CheckReport


def check(arguments: Namespace) -> Exit:
    """Check files: every fault of all of them at once, else warnings and the assumptions that fill gaps."""
    reports = [ks.check(path, root=library_root()) for path in arguments.files]
    problems = list(dict.fromkeys(problem for report in reports for problem in report.problems))
    if arguments.json and not problems:
        print_json(_as_json(reports))
    elif not arguments.json:
        usable = [report for report in reports if report.ok]
        told = [[w for before in usable[:i] for w in before.warnings] for i in range(len(usable))]
        print("\n\n".join(r.text(above) for r, above in zip(usable, told, strict=True)), end="\n" if usable else "")
    if not problems:
        return Exit.DONE
    sys.stdout.flush()
    show_problems(problems, code=Exit.BAD_INPUT, as_json=arguments.json)
    return Exit.BAD_INPUT


def _as_json(reports: list[CheckReport]) -> dict[str, Any]:
    return {
        "version": JSON_VERSION,
        "kod": int(Exit.DONE),
        "varningar": [
            {"kod": warning.code, "niva": warning.level, "fil": warning.file, "rad": warning.line, "text": warning.text}
            for warning in once(warning for report in reports for warning in report.warnings)
        ],
        "filer": [
            {
                "fil": report.file,
                "slag": report.kind,
                "uppgifter": list(report.facts),
                "saknas": [
                    {"stig": gap.path, "platser": list(gap.where), "antagande": gap.assumption, "betydelse": gap.meaning}
                    for gap in report.gaps
                ],
            }
            for report in reports
        ],
    }


def schema(arguments: Namespace) -> Exit:
    """Print the JSON Schema of the files, or the indicator register."""
    if not arguments.indikatorer:
        print_json(ks.json_schema())
    elif arguments.json:
        print_json({"version": JSON_VERSION, "kod": int(Exit.DONE), "indikatorer": ks.indicators()})
    else:
        print("\n\n".join(_entry(row) for row in ks.indicators()))
    return Exit.DONE


def _entry(row: dict[str, str]) -> str:
    formula = row["taljare"] + (f"  /  {row['namnare']}" if row["namnare"] else "")
    sums = f"över tid: {row['tid']} ({row['period']}), över platser: {row['rum']}"
    return "\n    ".join([f"{row['indikator']}  [{row['enhet']}]", row["definition"], sums, formula])
