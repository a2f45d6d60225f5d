"""Parameter draws: one matrix made first, each column keyed by its parameter's name.

`{undre, trolig, ovre}` is a modified PERT (a beta with weight 4 on the mode) whose 10 % and 90 % points are
`undre` and `ovre`. Adding a parameter changes no other column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kompetenssim.model.keyed import join, name_key, uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ParameterSpec(NamedTuple):
    """Describe one number of the template: its path is its name, equal in every scenario that uses it.

    `kind` is `pert` or `uniform` (0–1). Numbers with the same `draw` share one uniform: they are one uncertain
    number seen from several places.
    """

    name: str
    mode: float
    low: float | None
    high: float | None
    least: float | None
    most: float | None
    source: str | None
    assumption: bool
    kind: str = "pert"
    draw: str | None = None

    @property
    def uncertain(self) -> bool:
        """Tell whether draws differ."""
        return self.low is not None and self.high is not None and self.low < self.high


def draw_matrix(parameters: Sequence[ParameterSpec], draws: int, seed: int) -> NDArray[np.float64]:
    """Draw every parameter `draws` times; row d belongs to parameter draw d.

    Certain parameters have equal rows. Values are kept within the parameter's own bounds.
    """
    return values_at(parameters, uniforms(draw_names(parameters), range(draws), seed))


def uncertain(parameters: Sequence[ParameterSpec]) -> list[int]:
    """Give the columns that a draw decides."""
    return [i for i, p in enumerate(parameters) if p.uncertain]


def draw_names(parameters: Sequence[ParameterSpec]) -> list[str]:
    """Name the uniform of each uncertain column; equal names are one uniform."""
    return [parameters[i].draw or parameters[i].name for i in uncertain(parameters)]


def uniforms(names: Sequence[str], draws: Iterable[int], seed: int, purpose: str = "parameter") -> NDArray[np.float64]:
    """Give the uniforms of some draws, [draw, name]: each depends on seed, purpose, name and the draw's number only."""
    import numpy as np

    root = name_key(seed, purpose)
    keys = [join(root, name_key(name)) for name in names]
    rows = [[uniform(key, 0, d) for key in keys] for d in draws]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(keys))


def values_at(parameters: Sequence[ParameterSpec], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the rows of the draw matrix at uniforms [draw, uncertain column]."""
    import numpy as np

    matrix = np.empty((len(u), len(parameters)))
    matrix[:] = [p.mode for p in parameters]
    moving = uncertain(parameters)
    if moving:
        low, mode, high = (np.array([getattr(parameters[i], f) for i in moving]) for f in ("low", "mode", "high"))
        even = np.array([parameters[i].kind == "uniform" for i in moving])
        matrix[:, moving] = np.where(even[None, :], u, pert_quantile(u, low, mode, high))
        for i in moving:
            p = parameters[i]
            np.clip(matrix[:, i], p.least, p.most, out=matrix[:, i])
    return matrix


def pert_quantile(
    u: NDArray[np.float64], low: NDArray[np.float64], mode: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Invert the modified PERT with the given 10 % point, mode and 90 % point (arrays along the last axis).

    The place of the mode in the support is found by bisection: its place between the two quantiles grows
    with it. A mode at the edge of what a PERT can have is moved to that edge.
    """
    import numpy as np
    from scipy.special import betaincinv

    wanted = (mode - low) / (high - low)
    left, right = np.zeros_like(wanted), np.ones_like(wanted)
    for _ in range(60):
        at = (left + right) / 2
        q10, q90 = betaincinv(1 + 4 * at, 5 - 4 * at, 0.1), betaincinv(1 + 4 * at, 5 - 4 * at, 0.9)
        below = (at - q10) / (q90 - q10) < wanted
        left, right = np.where(below, at, left), np.where(below, right, at)
    at = (left + right) / 2
    q10, q90 = betaincinv(1 + 4 * at, 5 - 4 * at, 0.1), betaincinv(1 + 4 * at, 5 - 4 * at, 0.9)
    width = (high - low) / (q90 - q10)
    result: NDArray[np.float64] = low - width * q10 + width * betaincinv(1 + 4 * at, 5 - 4 * at, u)
    return result
