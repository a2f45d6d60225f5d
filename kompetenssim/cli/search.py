"""The verb that solves backwards: `sok`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kompetenssim as ks
from kompetenssim.cli.forecasts import library_root, shown
from kompetenssim.cli.outcome import JSON_VERSION, Exit, note, print_json

if TYPE_CHECKING:
    from kompetenssim.forecast.search.folder import Stored


def solve(arguments: Namespace) -> Exit:
    """Find the size that reaches the target of a search, or say that none does."""
    source = arguments.search
    plan = ks.load_search(source, root=None if Path(source).is_file() else library_root())
    settings = {"replications": arguments.simuleringar, "seed": arguments.slumpfro, "engine": arguments.motor}
    place = ks.search_destination(plan, out=arguments.ut, again=arguments.om, **settings)
    if arguments.motor == "tvilling" and not isinstance(plan.head.probability, str):
        note("varning: tvillingen räknar väntevärden; sannolikheten i filen används inte", quiet=False)
    if place.finished:
        note(f"Sökningen finns redan i {place.folder} och används som den är (--om kör om den).", quiet=arguments.tyst)
        return _finish(ks.open_search(place.folder), arguments)
    answer = ks.solve(plan, processes=arguments.processer, tell=lambda text: note(text, quiet=arguments.tyst), **settings)
    return _finish(ks.save_search(plan, answer, place.folder, **settings), arguments)


def _finish(stored: Stored, arguments: Namespace) -> Exit:
    """Print the answer, for people or as one JSON object."""
    if arguments.json:
        print_json(_json(stored))
        return Exit.DONE
    from kompetenssim.present.search import show

    show(stored)
    print(f"\nRapport: {shown(stored.folder / 'rapport.html')}")
    return Exit.DONE


def _json(stored: Stored) -> dict[str, Any]:
    from kompetenssim.forecast.search.folder import as_json
    from kompetenssim.present.search import sentence

    plan = stored.manifest["plan"]
    return {"version": JSON_VERSION, "id": stored.id, "mapp": shown(stored.folder), "kod": int(Exit.DONE),
            "simuleringar": plan["simuleringar"], "slumpfro": plan["slumpfro"], "svar": sentence(stored),
            **as_json(stored.answer)}
