"""Files of a run folder: CSV for people (';', decimal comma, BOM) and Parquet with the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_GROUP = 200_000


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as text; floats in full precision with decimal comma, NaN and None empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_written(row[name]) for name in columns])
    return out.getvalue()


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file in UTF-8 with BOM."""
    path.write_bytes(b"\xef\xbb\xbf" + csv_text(columns, rows).encode())


def read_csv(path: Path) -> list[dict[str, str]]:
    """Read such a file; every value is text, see `number`."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> float:
    """Read a number with decimal comma; empty is NaN."""
    return float(text.replace(",", ".")) if text else float("nan")


def write_parquet(path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> None:
    """Write a stream of tables as row groups of about `ROWS_PER_GROUP`; texts come out as plain strings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    floats = [f.name for f in schema if pa.types.is_floating(f.type)]
    coded = [f.name for f in schema if f.name not in floats]
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, store_schema=False, version="2.6",
                          use_dictionary=coded, use_byte_stream_split=floats) as writer:
        waiting: list[pa.Table] = []
        rows = 0
        for table in tables:
            waiting.append(table)
            rows += table.num_rows
            if rows >= ROWS_PER_GROUP:
                writer.write_table(pa.concat_tables(waiting).unify_dictionaries(), row_group_size=rows)
                waiting, rows = [], 0
        if rows:
            writer.write_table(pa.concat_tables(waiting).unify_dictionaries(), row_group_size=rows)


def _written(value: Any) -> str:
    if value is None or (isinstance(value, float) and isnan(value)):
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0").replace(".", ",")
    return str(value)
