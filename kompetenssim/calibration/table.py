"""Do the pieces of a fit and keep each on disk, so that a fit that is interrupted goes on where it stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from kompetenssim.calibration.particles import Found
from kompetenssim.forecast.pool import work_through
from kompetenssim.forecast.run import in_process
from kompetenssim.forecast.worker import Task, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TABLE_PIECE, WALK_PIECE = 250, 20
"""Particles in a piece: three seconds of work, and what is lost at most when a fit is killed."""

Progress = Callable[[int, int], None]


def gather(
    work: Work[Found], total: int, piece: int, folder: Path, workers: int, progress: Progress | None,
) -> Found:
    """Do particles 0 … `total` − 1 in pieces, take from `folder` those that are done, and give them all in order.

    The result depends neither on the number of workers nor on where a fit was interrupted. Raises UserError as `work_through`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [Task(0, first, min(piece, total - first)) for first in range(0, total, piece)]
    waiting = [task for task in tasks if not _path(folder, task).exists()]
    done = total - sum(task.size for task in waiting)
    if progress is not None:
        progress(done, total)
    answers: Generator[tuple[Task, Found], None, None]
    answers = in_process(work, waiting) if workers == 1 else work_through(work, waiting, workers)
    with closing(answers):
        for task, found in answers:
            _keep(_path(folder, task), found)
            done += task.size
            if progress is not None:
                progress(done, total)
    return _joined([_read(_path(folder, task), task) for task in tasks])


def _path(folder: Path, task: Task) -> Path:
    return folder / f"{task.first:07d}-{task.size}.npz"


def _keep(path: Path, found: Found) -> None:
    import numpy as np

    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    arrays = {"free": found.free, "predicted": found.predicted, "simulations": found.simulations, "accepted": found.accepted}
    with temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, **({} if found.uniforms is None else {"uniforms": found.uniforms}))
    temporary.replace(path)


def _read(path: Path, task: Task) -> Found:
    import numpy as np

    with np.load(path, allow_pickle=False) as kept:
        return Found(task.first, kept["free"], kept["predicted"], kept["simulations"], kept["accepted"],
                     kept.get("uniforms", None))


def _joined(parts: Sequence[Found]) -> Found:
    import numpy as np

    def every(arrays: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.concatenate(arrays)

    walked = [part.uniforms for part in parts if part.uniforms is not None]
    return Found(0, every([p.free for p in parts]), every([p.predicted for p in parts]),
                 np.concatenate([p.simulations for p in parts]), np.concatenate([p.accepted for p in parts]),
                 every(walked) if walked else None)
