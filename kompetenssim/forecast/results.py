"""A run folder read again: what tables, figures, reports and reviews work from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import Place
from kompetenssim.forecast.summary import TEXTS
from kompetenssim.forecast.tablefile import read_csv

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Results:
    """Read a run folder, each file when it is first asked for.

    Frames have the columns of `forecast.summary`, texts as categories. `underlag` holds the run's own counts by
    name (see `forecast.evidence`). `table` reads parts of the Parquet files as Arrow without loading the rest.
    """

    folder: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Versions, plan, input hashes, scenarios."""
        content: dict[str, Any] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return content

    @cached_property
    def run_info(self) -> dict[str, Any]:
        """Engine, dates, durations and machine; outside every comparison."""
        path = self.folder / "korning.json"
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return content

    @property
    def id(self) -> str:
        """The id of the run."""
        return str(self.manifest["id"])

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenario keys in the order they were given, the reference included."""
        return tuple(self.manifest["plan"]["scenarier"])

    @property
    def reference(self) -> str | None:
        """Key of the reference, None when nothing is compared."""
        key: str | None = self.manifest["plan"]["referens"]
        return key

    @property
    def calibrated(self) -> bool:
        """Tell whether every scenario is calibrated from a known start state; else pages carry the banner."""
        return bool(self.manifest["kalibrerad"])

    @cached_property
    def mask(self) -> frozenset[Place]:
        """Places of which nothing may be shown to people."""
        return frozenset(Place(r["omrade"], r["enhet"], r["yrkesgrupp"]) for r in read_csv(self.folder / "underlag/mask.csv"))

    @cached_property
    def summary(self) -> pd.DataFrame:
        """`sammanfattning` as a frame."""
        frame: pd.DataFrame = self.table("sammanfattning").to_pandas(split_blocks=True, self_destruct=True)
        return frame

    @cached_property
    def yearly(self) -> pd.DataFrame:
        """`simuleringar_ar` as a frame."""
        frame: pd.DataFrame = self.table("simuleringar_ar").to_pandas(split_blocks=True, self_destruct=True)
        return frame

    @cached_property
    def differences(self) -> pd.DataFrame:
        """`jamforelse` as a frame; empty when nothing is compared."""
        frame: pd.DataFrame = self.table("jamforelse").to_pandas(split_blocks=True, self_destruct=True)
        return frame

    @cached_property
    def underlag(self) -> dict[str, pd.DataFrame]:
        """The CSV files of `underlag/` by name; an empty field is NaN."""
        import pandas as pd

        return {path.stem: pd.read_csv(path, sep=";", decimal=",", keep_default_na=False, na_values=[""])
                for path in sorted((self.folder / "underlag").glob("*.csv"))}

    def table(self, name: str, columns: Sequence[str] | None = None, **wanted: str | Sequence[str]) -> pa.Table:
        """Read a Parquet file, perhaps only some columns, and only rows where a column has one of the wanted values."""
        import pyarrow.parquet as pq

        filters = [(key, "in", [value] if isinstance(value, str) else list(value)) for key, value in wanted.items()]
        return pq.read_table(self.folder / f"{name}.parquet", columns=list(columns) if columns else None, filters=filters or None,
                             read_dictionary=sorted(TEXTS))


def read(folder: Path | str) -> Results:
    """Open a finished run folder. Raises UserError (code 2) when it is none."""
    path = Path(folder)
    if not (path / MANIFEST).is_file():
        raise UserError(f"'{folder}' är ingen körning: {MANIFEST} saknas; ange mappen som en körning skrev", code=2)
    return Results(path)
