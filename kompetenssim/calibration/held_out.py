"""What a stored table says of data that it leaves out: one year from the other, a group from the rest. It costs no simulation."""

from __future__ import annotations

from typing import NamedTuple

from kompetenssim.calibration.declared_error import with_declared_error
from kompetenssim.calibration.fit import Fit, observed_and_error
from kompetenssim.calibration.observation import Observation
from kompetenssim.calibration.particles import log_kernels
from kompetenssim.calibration.sample import effective_size, weights_of
from kompetenssim.calibration.scores import Score, score_sample
from kompetenssim.model.keyed import name_key


class LeftOut(NamedTuple):
    """A figure, what the start state alone says of it, what the other figures add to that, and how many rows carry weight."""

    observation: Observation
    from_start: Score
    from_others: Score
    effective: float


def left_out(fitted: Fit) -> tuple[LeftOut, ...]:
    """Forecast each fitted figure from the start state alone (fitted on the anchors), and from that and the other figures.

    Forecasts have the declared error of the data in them, as those of the control period.
    """
    import numpy as np

    observed, sd = observed_and_error(fitted.observations)
    said = fitted.table.predicted[:, : len(observed)]
    found = []
    for k, o in enumerate(fitted.observations):
        key = name_key(fitted.space.seed, "utelamnad", o.name)
        told = with_declared_error(said[:, k], o, key, fitted.table.simulations.tolist())
        others = [j for j in range(len(observed)) if j != k]
        usable = ~np.isnan(told)
        weights = weights_of(log_kernels(said[:, others], observed[others], sd[others])) if others else np.full(len(said), 1.0)
        weights = np.where(usable, weights, 0.0)
        weights /= weights.sum()
        found.append(LeftOut(o, score_sample(told[usable], o.value), score_sample(told[usable], o.value, weights[usable]),
                             effective_size(weights)))
    return tuple(found)
