"""Makes parquet/*.parquet: one table by other writers than the tests' own. Needs pyarrow 25.0.1 and duckdb 1.5.6.

600 rows, since DuckDB packs values by 256: a time, a number that is missing in every seventh row, a text, a truth value and a
list. Arrow writes pages of the first version with dictionaries; `arrow-delta` has pages of the second and the other encodings.
"""
import pathlib

import duckdb
import pyarrow
import pyarrow.parquet

folder = pathlib.Path(__file__).parent / "parquet"
folder.mkdir(exist_ok=True)
rows = range(600)
readings = pyarrow.table(
    {
        "time": pyarrow.array(rows, pyarrow.int32()),
        "load": pyarrow.array([None if row % 7 == 0 else row % 40 / 8 for row in rows], pyarrow.float64()),
        "site": [f"site {row // 200}" for row in rows],
        "wet": [row % 3 == 0 for row in rows],
        "list": pyarrow.array([[row % 5] * (row % 3) for row in rows], pyarrow.list_(pyarrow.int64())),
    }
)
for codec in ["none", "snappy", "zstd", "brotli", "lz4"]:
    pyarrow.parquet.write_table(readings, folder / f"arrow-{codec}.parquet", compression=codec, store_schema=False)
pyarrow.parquet.write_table(
    readings,
    folder / "arrow-delta.parquet",
    compression="gzip",
    store_schema=False,
    data_page_version="2.0",
    use_dictionary=False,
    column_encoding={
        "time": "DELTA_BINARY_PACKED",
        "load": "BYTE_STREAM_SPLIT",
        "site": "DELTA_BYTE_ARRAY",
        "wet": "RLE",
        "list.list.element": "DELTA_BINARY_PACKED",
    },
)
duckdb.sql(f"COPY readings TO '{folder}/duckdb.parquet' (FORMAT parquet, CODEC uncompressed)")
