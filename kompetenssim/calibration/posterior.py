"""Write the posterior that scenarios use: whole rows with their simulation keys, and what they rest on, in one Parquet file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.calibration.control import Control
from kompetenssim.calibration.fit import Fit
from kompetenssim.calibration.plan_file import PRICE_TREND
from kompetenssim.calibration.space import set_free
from kompetenssim.forecast.posterior import KEY, NUMBER
from kompetenssim.model.draws import ParameterSpec, uncertain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def write_posterior(path: Path, fitted: Fit, held: Control | None, code: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write the kept particles: number, simulation key, free parameters, what each says, and every uncertain number.

    `tables` (see `calibration.outcome`) go with the file, so that a report of a run that uses it needs no other.
    """
    rows, parameters = fitted.rows, fitted.space.template.parameters
    assert rows.uniforms is not None
    theta = fitted.space.rows(rows.uniforms)
    columns: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {"partikel": rows.ancestors, "simulering": rows.simulations}
    columns |= {key: rows.free[:, k] for k, key in enumerate(fitted.space.keys)}
    columns |= {f"utfall:{o.name}": rows.predicted[:, k] for k, o in enumerate((*fitted.observations, *fitted.anchors))}
    moved = moving(fitted)
    columns |= {f"{NUMBER}{parameters[k].name}": theta[:, k] for k in moved}
    write_rows(path, columns, about_of(fitted, held, code, tables, moved))


def write_rows(path: Path, columns: Mapping[str, NDArray[np.float64] | NDArray[np.int64]], about: Mapping[str, Any]) -> None:
    """Write columns and what they rest on as `forecast.posterior` reads them, with the same bytes every time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    floats = [name for name, values in columns.items() if values.dtype.kind == "f"]
    with pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=9, store_schema=False, version="2.6",
                          use_dictionary=False, use_byte_stream_split=floats) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({KEY: json.dumps(about, ensure_ascii=False, sort_keys=True)})


def about_of(
    fitted: Fit, held: Control | None, code: str, tables: dict[str, list[dict[str, Any]]], moved: list[int],
) -> dict[str, Any]:
    """Say what the rows rest on: plan, data, code, seed; how each number was written; which belong to the start state.

    `fria` names the numbers that each free parameter decides.
    """
    plan, parameters = fitted.plan, fitted.space.template.parameters
    bound = [parameters[k].name for k in moved if parameters[k].name.startswith("startlagen.")]
    if PRICE_TREND in plan.priors:
        bound += [parameters[k].name for k in decided_by(fitted, PRICE_TREND)]
    return {
        "version": 1, "nyckel": plan.content.head.key, "region": plan.content.head.region, "scenario": plan.spec.key,
        "startlage": plan.spec.start_state_date.isoformat(), "data_till": plan.content.head.data_until.isoformat(),
        "konfiguration": plan.digest, "kallkod": code, "slumpfro": fitted.space.seed,
        "uppsattningar": len(fitted.table.weights), "verksamma": fitted.effective,
        "kontrollrader": 0 if held is None else len(held.scored),
        "fria": {key: [parameters[k].name for k in decided_by(fitted, key)] for key in fitted.space.keys},
        "bundna": sorted(set(bound)), "skrivna": {parameters[k].name: _written(parameters[k]) for k in moved},
        "tabeller": tables,
    }


def moving(fitted: Fit) -> list[int]:
    """Give the columns of the draw matrix that a row holds: what is uncertain, and what free parameters decide."""
    decided = {column for key in fitted.space.keys for column in decided_by(fitted, key)}
    return sorted({*uncertain(fitted.space.template.parameters), *decided})


def decided_by(fitted: Fit, key: str) -> list[int]:
    """Give the columns that a free parameter decides."""
    import numpy as np

    template = fitted.space.template
    marked = np.full((1, len(template.parameters)), np.nan)
    set_free(marked, template, key, np.array([1.0]))
    return [int(k) for k in np.flatnonzero(~np.isnan(marked[0]))]


def _written(p: ParameterSpec) -> list[float | None]:
    return [p.low, p.mode, p.high]
