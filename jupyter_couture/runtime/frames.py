"""Data frames, series, Arrow tables and NumPy arrays as bytes and back; libraries are read only if a value needs them.

What stays: values, column types, index, names. What goes: ``attrs`` of pandas and the frequency of an index.
"""

import io
import sys
from typing import IO, Any

_KIND = b"couture"
_SERIES_COLUMN = "__couture_series__"


def write_arrow(value: Any, sink: IO[bytes] | io.RawIOBase) -> bool:
    """Write a frame, series or table as an Arrow stream; False if it is none or Arrow cannot hold it."""
    kind = _kind_of(value)
    if not kind:
        return False
    try:
        import pyarrow as pa  # noqa: PLC0415  # heavy, optional
    except ImportError:
        return False
    try:
        table = _to_table(kind, value, pa)
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), _KIND: kind.encode()})
    except (pa.ArrowException, TypeError, ValueError):  # mixed types in a column, for instance
        return False
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return True


def read_arrow(data: bytes) -> Any:
    """The value that ``write_arrow`` wrote."""
    import pyarrow as pa  # noqa: PLC0415  # heavy, optional

    table = pa.ipc.open_stream(pa.py_buffer(data)).read_all()
    kind, _, name = (table.schema.metadata or {}).get(_KIND, b"").decode().partition(":")
    match kind:
        case "pandas":
            return table.to_pandas()
        case "pandas-series":
            frame = table.to_pandas()
            return frame[_SERIES_COLUMN].rename(name or None)
        case "polars":
            import polars as pl  # noqa: PLC0415  # heavy, optional

            return pl.from_arrow(table)
        case "polars-series":
            import polars as pl  # noqa: PLC0415  # as above

            column: Any = pl.from_arrow(table)
            return column[_SERIES_COLUMN].rename(name)
        case "batch":
            return table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=table.schema)
    return table


def write_array(value: Any, sink: IO[bytes] | io.RawIOBase) -> bool:
    """Write a NumPy array without objects in it; False if it is none."""
    numpy = sys.modules.get("numpy")
    if numpy is None or type(value) is not numpy.ndarray or value.dtype.hasobject:
        return False
    numpy.lib.format.write_array(sink, value, allow_pickle=False)
    return True


def read_array(data: bytes) -> Any:
    """The array that ``write_array`` wrote."""
    import numpy as np  # noqa: PLC0415  # heavy

    return np.load(io.BytesIO(data), allow_pickle=False)


def _kind_of(value: Any) -> str:
    kind = type(value)
    if (pandas := sys.modules.get("pandas")) is not None:
        if kind is pandas.DataFrame:
            return "pandas"
        if kind is pandas.Series and (value.name is None or (isinstance(value.name, str) and value.name)):
            return f"pandas-series:{value.name or ''}"
    if (polars := sys.modules.get("polars")) is not None:
        if kind is polars.DataFrame:
            return "polars"
        if kind is polars.Series:
            return f"polars-series:{value.name}"
    if (pyarrow := sys.modules.get("pyarrow")) is not None:
        if kind is pyarrow.Table:
            return "table"
        if kind is pyarrow.RecordBatch:
            return "batch"
    return ""


def _to_table(kind: str, value: Any, pa: Any) -> Any:
    match kind.partition(":")[0]:
        case "pandas":
            return pa.Table.from_pandas(value)
        case "pandas-series":
            return pa.Table.from_pandas(value.to_frame(_SERIES_COLUMN))
        case "polars":
            return value.to_arrow()
        case "polars-series":
            return value.alias(_SERIES_COLUMN).to_frame().to_arrow()
        case "batch":
            return pa.Table.from_batches([value])
    return value
