"""Where the particles of a fit live: one uniform for each uncertain number, and what the uniforms mean in a scenario.

A particle is its uniforms and the number of its simulation. Uniforms are named, so that the same particle has a place in
every scenario of the region: what a scenario adds has uniforms of its own, keyed by the particle's number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from kompetenssim.calibration.plan_file import PRICE_TREND, Prior
from kompetenssim.forecast.errors import UserError
from kompetenssim.model.draws import draw_names, uniforms, values_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.register_fit import RegisterFit
    from kompetenssim.model.template import Template

    Floats = NDArray[np.float64]

PRICE_DAY = date(2018, 1, 1)
"""The day whose agency prices the price trend 2015–2017 leads to: the first after those years."""

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True)
class Space:
    """Say what uniforms [particle, name] mean in one scenario.

    `priors` are the free parameters; `register` gives what an HR extract says of some numbers in place of the region file's
    intervals, by the same uniforms.
    """

    template: Template
    priors: Mapping[str, Prior]
    seed: int
    register: RegisterFit | None = None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The free parameters, sorted."""
        return tuple(sorted(self.priors))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name the uniforms: those of uncertain columns, those that only the register needs, those of the free parameters."""
        own = draw_names(self.template.parameters)
        needed = sorted(self.register.needed - set(own)) if self.register is not None else []
        return (*own, *needed, *(f"kalibrering.{key}" for key in self.keys))

    def uniforms(self, numbers: Sequence[int], purpose: str = "parameter") -> Floats:
        """Give the uniforms of particles by number, [particle, name]."""
        return uniforms(self.names, numbers, self.seed, purpose)

    def chance(self, numbers: Sequence[int]) -> Floats:
        """Give the uniform of each particle by which a step is taken or not."""
        return uniforms(("antas",), numbers, self.seed, "vandring")[:, 0]

    def free(self, u: Floats) -> Floats:
        """Give the free parameters, [particle, key]."""
        import numpy as np

        first = len(self.names) - len(self.keys)
        return np.column_stack([quantile(self.priors[key], u[:, first + k]) for k, key in enumerate(self.keys)])

    def rows(self, u: Floats) -> Floats:
        """Give the rows of the scenario's draw matrix."""
        theta = values_at(self.template.parameters, u[:, : len(draw_names(self.template.parameters))])
        if self.register is not None:
            from kompetenssim.calibration.register_fit import columns_at

            for column, values in columns_at(self.register, self.template, dict(zip(self.names, u.T, strict=True))).items():
                theta[:, column] = values
        for k, values in enumerate(self.free(u).T):
            set_free(theta, self.template, self.keys[k], values)
        return theta

    def moved_from(self, other: Space, u: Floats, numbers: Sequence[int]) -> Floats:
        """Give the uniforms that particles of another scenario have here: the same where the name is the same."""
        here = self.uniforms(numbers)
        known = {name: k for k, name in enumerate(other.names)}
        for k, name in enumerate(self.names):
            if name in known:
                here[:, k] = u[:, known[name]]
        return here


def set_free(theta: Floats, template: Template, key: str, values: Floats) -> None:
    """Write the values of a free parameter into the columns of a draw matrix that it decides.

    Raises UserError for a scenario without such a number.
    """
    names = {p.name: k for k, p in enumerate(template.parameters)}
    if key != PRICE_TREND:
        column = names.get(f"parametrar.{key}")
        if column is None:
            raise UserError(f"scenariot '{template.scenario_key}' har inget tal parametrar.{key} att anpassa", code=2)
        theta[:, column] = values
        return
    growth = [k for name, k in names.items() if name.endswith(".hyra.pris_okning_procent")]
    level = [k for name, k in names.items() if name.startswith("startlagen.") and name.endswith(".hyrpris_faktor")]
    years = max(0.0, (PRICE_DAY - template.start).days / DAYS_PER_YEAR)
    for column in growth:
        theta[:, column] = values
    for column in level:
        theta[:, column] = (1.0 + values / 100.0) ** -years


def quantile(prior: Prior, u: Floats) -> Floats:
    """Invert a prior's distribution function, cut at its `min` and `max`."""
    import numpy as np

    scale = prior.normal_scale
    values = normal_quantile(prior, u)
    return np.exp(values) if scale.logarithm else values


def normal_quantile(prior: Prior, u: Floats) -> Floats:
    """Do the same on the scale on which the prior is normal."""
    import numpy as np
    from scipy.special import ndtr, ndtri

    mean, sd, logarithm = prior.normal_scale
    low, high = ((None if v is None else np.log(v) if logarithm and v > 0 else None if logarithm else v)
                 for v in (prior.min, prior.max))
    below = 0.0 if low is None else ndtr((low - mean) / sd)
    above = 1.0 if high is None else ndtr((high - mean) / sd)
    values: Floats = mean + sd * ndtri(below + (above - below) * u)
    return values


def to_normal_scale(prior: Prior, values: Floats) -> Floats:
    """Give values on the scale on which the prior is normal."""
    import numpy as np

    return np.log(values) if prior.normal_scale.logarithm else values


def prior_moments(prior: Prior, points: int = 20_000) -> tuple[float, float]:
    """Give mean and standard deviation of a prior, as cut, on its normal scale, by the midpoint rule."""
    import numpy as np

    at = normal_quantile(prior, (np.arange(points) + 0.5) / points)
    return float(at.mean()), float(at.std())
