"""A run folder read again: what tables, figures, reports and reviews work from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kompetenssim.forecast.errors import UserError
from kompetenssim.forecast.geometry import Place
from kompetenssim.forecast.summary import TEXTS
from kompetenssim.forecast.tablefile import read_csv

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

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
    def warnings(self) -> list[dict[str, Any]]:
        """What the user should know of the input files and of how the run was made; `niva`, `kod`, `fil`, `rad`, `text`."""
        return [{"niva": "varning", **told} for told in (*self.manifest["varningar"], *self.run_info.get("varningar", []))]

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

    @property
    def has_contributions(self) -> bool:
        """Tell whether the run says what each measure contributes (`--bidrag`)."""
        return (self.folder / "bidrag.parquet").exists()

    @cached_property
    def contributions(self) -> pd.DataFrame:
        """`bidrag` as a frame. Raises UserError when the run has none."""
        if not self.has_contributions:
            raise UserError("körningen har inga bidrag per åtgärd; kör jamfor med --bidrag (compare med contributions=True)")
        frame: pd.DataFrame = self.table("bidrag").to_pandas()
        return frame

    @cached_property
    def underlag(self) -> dict[str, pd.DataFrame]:
        """The CSV files of `underlag/` by name; an empty field is NaN."""
        import pandas as pd

        return {path.stem: pd.read_csv(path, sep=";", decimal=",", keep_default_na=False, na_values=[""])
                for path in sorted((self.folder / "underlag").glob("*.csv"))}

    def table(self, name: str, columns: Sequence[str] | None = None, **wanted: str | Sequence[str]) -> pa.Table:
        """Read a Parquet file, perhaps only some columns, and only rows where a column has one of the wanted values.

        Row groups are read and thinned one at a time: a run of a region has millions of rows, a table needs thousands.
        """
        import numpy as np
        import pyarrow as pa
        import pyarrow.parquet as pq

        values = {key: [value] if isinstance(value, str) else sorted(value) for key, value in wanted.items()}
        path = self.folder / f"{name}.parquet"
        every = pq.read_schema(path).names
        chosen = list(columns) if columns else every
        with pq.ParquetFile(path, read_dictionary=sorted(TEXTS & set(every))) as file:
            needed = [*chosen, *(key for key in values if key not in chosen)]
            parts = []
            for k in range(file.num_row_groups):
                if _may_hold(file.metadata.row_group(k), values):
                    part = file.read_row_group(k, columns=needed)
                    kept = [_among(part[key], allowed) for key, allowed in values.items()]
                    parts.append((part.filter(pa.array(np.logical_and.reduce(kept))) if kept else part).select(chosen))
            whole = pa.concat_tables(parts) if parts else pa.schema([file.schema_arrow.field(c) for c in chosen]).empty_table()
        return whole.unify_dictionaries()


def _among(column: pa.ChunkedArray, allowed: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which rows of a coded column have one of the texts; each text is compared once, not each row."""
    import numpy as np

    found = [np.isin(np.array(chunk.dictionary.to_pylist(), dtype=object), allowed)[chunk.indices.to_numpy()]
             for chunk in column.chunks]
    return np.concatenate(found) if found else np.zeros(0, dtype=bool)


def _may_hold(group: Any, values: Mapping[str, Sequence[str]]) -> bool:
    """Tell from the least and greatest text of its columns whether a row group can hold a wanted row."""
    columns = [group.column(i) for i in range(group.num_columns)]
    known = {c.path_in_schema: (c.statistics.min, c.statistics.max) for c in columns if c.statistics and c.statistics.has_min_max}
    return all(any(known[key][0] <= value <= known[key][1] for value in allowed)
               for key, allowed in values.items() if key in known)


def read(folder: Path | str) -> Results:
    """Open a finished run folder. Raises UserError (code 2) when it is none."""
    path = Path(folder)
    if not (path / MANIFEST).is_file():
        raise UserError(f"'{folder}' är ingen körning: {MANIFEST} saknas; ange mappen som en körning skrev", code=2)
    return Results(path)
