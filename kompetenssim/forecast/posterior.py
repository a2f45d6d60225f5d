"""Posterior rows of a calibration as the parameter draws of a run.

A row holds every uncertain number of a particle. A run takes whole rows by draw number (anything else would lose their
correlation) and each number that its scenario writes as the calibrated one did; what the scenario writes otherwise, or adds,
is drawn as always. Numbers that belong to a start state move only to scenarios with the same one.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kompetenssim.model.draws import ParameterSpec, draw_matrix
from kompetenssim.model.keyed import name_key, uniform

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kompetenssim.forecast.plan import Plan
    from kompetenssim.model.template import Template
    from kompetenssim.spec.specification import Specification

    Floats = NDArray[np.float64]

NUMBER = "tal:"
"""Columns of the Parquet file that hold numbers of the draw matrix have this before their name."""

KEY = "kompetenssim"

NEEDED = ("nyckel", "konfiguration", "startlage", "bundna", "skrivna", "fria", "kontrollrader", "verksamma", "tabeller")

LEAST_LINES = 60
"""Lines of a control period below which nothing is called calibrated (domain model 6.5)."""


@dataclass(frozen=True)
class Posterior:
    """Hold the rows. `about` is what the calibration says of itself: see `calibration.posterior`."""

    rows: Mapping[str, Floats]
    about: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Key of the calibration."""
        return str(self.about["nyckel"])

    @property
    def lines(self) -> int:
        """Count the lines of the control period that it was held against."""
        return int(self.about["kontrollrader"])

    @cached_property
    def free(self) -> Mapping[str, str]:
        """The free parameter that decides a number, by the name of the number."""
        return {name: key for key, names in self.about["fria"].items() for name in names}

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """An order of the rows in which each number of rows from the first is a sample of them; the run's seed is not in it."""
        import numpy as np

        size = len(next(iter(self.rows.values())))
        root = name_key("efterfordelning", self.about["konfiguration"])
        return np.argsort([uniform(root, 0, row) for row in range(size)], kind="stable")

    def taken(self, parameters: Sequence[ParameterSpec], start_state: str) -> list[int]:
        """Give the columns of a draw matrix whose numbers come from the calibration."""
        return [k for k, p in enumerate(parameters) if p.name in self.rows and self._same(p, start_state)]

    def _same(self, p: ParameterSpec, start_state: str) -> bool:
        if p.name in self.about["bundna"] and start_state != self.about["startlage"]:
            return False
        written: Sequence[float | None] = self.about["skrivna"][p.name]
        return list(written) == [p.low, p.mode, p.high]

    def lay_on(self, theta: Floats, parameters: Sequence[ParameterSpec], start_state: str) -> None:
        """Write the rows into a draw matrix [draw, parameter]; draw d takes row d of `order`, round and round."""
        import numpy as np

        chosen = self.order[np.arange(len(theta)) % len(self.order)]
        for column in self.taken(parameters, start_state):
            theta[:, column] = self.rows[parameters[column].name][chosen]


def read_posterior(content: bytes) -> Posterior:
    """Read the file of a calibration. Raises ValueError, with a Swedish text, for anything else."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"filen är ingen efterfördelning (den går inte att läsa som Parquet: {error})") from error
    about = (table.schema.metadata or {}).get(KEY.encode())
    if about is None or not table.num_rows:
        raise ValueError("filen är ingen efterfördelning från kalibrera (uppgifterna om kalibreringen saknas)")
    told = json.loads(about)
    missing = [key for key in NEEDED if key not in told]
    if missing:
        raise ValueError(f"filen är ingen hel efterfördelning ({', '.join(missing)} saknas); gör om den med kalibrera")
    rows = {name.removeprefix(NUMBER): table[name].to_numpy() for name in table.column_names if name.startswith(NUMBER)}
    return Posterior(rows, told)


def faults(content: bytes) -> Iterator[str]:
    """Say what is wrong with the file of a posterior, for the loader of scenarios."""
    try:
        read_posterior(content)
    except ValueError as error:
        yield str(error)


def posterior_of(spec: Specification) -> Posterior | None:
    """Read the posterior that a scenario takes its draws from; None where it takes none."""
    return None if spec.posterior is None else read_posterior(spec.files[spec.posterior])


def draws_of(spec: Specification, template: Template, plan: Plan) -> Floats:
    """Give the draw matrix of a scenario, posterior rows included."""
    theta = draw_matrix(template.parameters, plan.draws, plan.seed)
    posterior = posterior_of(spec)
    if posterior is not None:
        posterior.lay_on(theta, template.parameters, spec.start_state_date.isoformat())
    return theta
