"""A mean with its Monte Carlo error, as the page of published numbers prints it."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Estimate(NamedTuple):
    """A mean and its standard error."""

    mean: float
    error: float

    def __format__(self, form: str) -> str:
        return f"{self.mean:{form}} ± {self.error:.{form.rpartition('.')[2]}}".replace("-", "−")


def estimate(values: NDArray[np.float64]) -> Estimate:
    """Give the mean of simulations and its Monte Carlo error."""
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / sqrt(len(values)))
