"""The verb that fits: `kalibrera`."""

from __future__ import annotations

from argparse import Namespace
from contextlib import ExitStack
from typing import TYPE_CHECKING

import kompetenssim as ks
from kompetenssim.cli.forecasts import library_root
from kompetenssim.cli.outcome import JSON_VERSION, Exit, print_json, show_sentence

if TYPE_CHECKING:
    from collections.abc import Callable


def calibrate(arguments: Namespace) -> Exit:
    """Fit a plan, say what came of it, and where everything lies."""
    from pathlib import Path

    root = None if Path(arguments.plan).exists() else library_root()
    try:
        with ExitStack() as bars:
            found = ks.calibrate(
                arguments.plan, draws=arguments.simuleringar, seed=arguments.slumpfro, engine=arguments.motor,
                processes=arguments.processer, out=arguments.ut, again=arguments.om, root=root, stage=_stages(bars, arguments))
    except KeyboardInterrupt:
        text = "Avbrutet. Det som är klart är sparat; samma kommando fortsätter där det slutade."
        show_sentence(text, code=Exit.INTERRUPTED, as_json=arguments.json)
        return Exit.INTERRUPTED
    if arguments.json:
        print_json({"version": JSON_VERSION, "kod": int(Exit.DONE), "id": found.id, "mapp": str(found.folder),
                    "kalibrering": found.manifest, "parametrar": found.table("parametrar"), "kontroll": found.table("kontroll"),
                    "baslinjer": found.table("baslinjer"), "forkontroll": found.table("forkontroll")})
        return Exit.DONE
    from kompetenssim.present.calibration import show

    show(found)
    return Exit.DONE


def _stages(bars: ExitStack, arguments: Namespace) -> Callable[[str], Callable[[int, int], None] | None]:
    """Give each stage a progress bar of its own, the one before it ended."""
    from kompetenssim.forecast.progress import progress_bar

    def stage(text: str) -> Callable[[int, int], None] | None:
        bars.close()
        return bars.enter_context(progress_bar(text, quiet=arguments.tyst))

    return stage

