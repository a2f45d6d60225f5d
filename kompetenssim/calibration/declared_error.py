"""The error that data are declared to have, added to what is forecast of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kompetenssim.model.keyed import uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.calibration.observation import Observation

    Floats = NDArray[np.float64]


def with_declared_error(said: Floats, o: Observation, key: int, numbers: Iterable[int]) -> Floats:
    """Add to what each particle says of a line the declared error of `o`, as that share of what is said; keyed by number.

    A line that was observed to be zero has no share: its error is added as it is.
    """
    import numpy as np
    from scipy.special import ndtri

    noise = ndtri(np.array([uniform(key, 0, number) for number in numbers]))
    told: Floats = said + (o.sd or 0.0) * noise * (said / abs(o.value) if o.value else 1.0)
    return told
