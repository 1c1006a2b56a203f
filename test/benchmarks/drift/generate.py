"""Writes a table of 21 columns as CSV and Parquet: generate.py <folder> <name> <rows> <seed> [drift]

10 floats (5 in full precision, 5 rounded), 5 integers, 5 categories (10 to 10,000 values) and a timestamp; 2 % of every column is null,
more where a correlated column is high. Floats are correlated in pairs. Without `drift`, tables of two seeds are drawn from the same
distribution: a true null case. With it, five columns move: f0 by 0.1 sigma, f5 by 5, i3 and c0 in their shares, and f9 in its zeros.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

CHUNK = 500_000


def table(random, rows, drift):
    def nulls(share=0.02):
        return random.random(rows) < share

    normal = random.standard_normal((6, rows))
    base = normal[0]
    paired = 0.8 * base + 0.6 * normal[1]
    tail = np.exp(normal[2])
    columns = {
        "f0": (base + (0.1 if drift else 0), nulls()),
        # Nulls that depend on another column, as real ones do.
        "f1": (tail, nulls(np.where(base > 1, 0.06, 0.0135))),
        "f2": (random.random(rows), nulls()),
        "f3": (random.exponential(10, rows), nulls()),
        "f4": (paired * 1e6, nulls()),
        "f5": (np.round((0.5 * base + 0.866 * normal[3]) * 100, 2) + (5 if drift else 0), nulls()),
        "f6": (np.round(np.exp(2 * normal[4]), 4), nulls()),
        "f7": (np.round(random.random(rows) * 100, 1), nulls()),
        "f8": (np.round(random.random(rows), 3), nulls()),
        "f9": (np.where(random.random(rows) < (0.55 if drift else 0.6), 0.0, np.round(random.exponential(50, rows), 2)), nulls()),
    }
    integers = {
        "i0": random.integers(0, 101, rows),
        "i1": (random.random(rows) * random.random(rows) * 100_000).astype(np.int64),
        "i2": (normal[5] * 1000).astype(np.int64),
        "i3": random.choice(3, rows, p=[0.2, 0.5, 0.3] if drift else [0.25, 0.5, 0.25]),
        "i4": 1_000_000_000 + random.integers(0, 900_000_000, rows),
    }
    columns |= {name: (values, nulls()) for name, values in integers.items()}
    u = random.random((5, rows))
    c0 = np.floor(np.power(u[0], 1.8 if drift else 2) * 10).astype(np.int64)
    texts = {
        "c0": ([f"cat_{i}" for i in range(10)], c0),
        "c1": ([f'City, "{i}"' if i < 5 else f"city {i}" for i in range(50)], np.floor(u[1] * 50).astype(np.int64)),
        "c2": ([f"sku-{i}" for i in range(200)], np.floor(u[2] ** 3 * 200).astype(np.int64)),
        "c3": ([f"user_agent_{i}" for i in range(1000)], np.floor(u[3] ** 3 * 1000).astype(np.int64)),
        "c4": ([f"m{i}" for i in range(10_000)], np.floor(u[4] ** 2 * 10_000).astype(np.int64)),
    }
    arrays = {name: pa.array(values, mask=mask) for name, (values, mask) in columns.items()}
    for name, (names, codes) in texts.items():
        arrays[name] = pa.array(names).take(pa.array(codes, mask=nulls()))
    seconds = random.integers(0, 31_536_000, rows) + 1_704_067_200
    arrays["ts"] = pa.array(seconds.astype("datetime64[s]"), mask=nulls())
    return pa.table(arrays)


def main():
    folder, name, rows, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    drift = "drift" in sys.argv[5:]
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    csv = parquet = None
    for start in range(0, rows, CHUNK):
        part = table(random, min(CHUNK, rows - start), drift)
        if csv is None:
            options = pa.csv.WriteOptions(quoting_style="needed")
            csv = pa.csv.CSVWriter(folder / f"{name}.csv", part.schema, write_options=options)
            parquet = pa.parquet.ParquetWriter(folder / f"{name}.parquet", part.schema, compression="snappy")
        csv.write_table(part)
        parquet.write_table(part, row_group_size=125_000)
    csv.close()
    parquet.close()
    print(f"{folder / name}: {rows} rows")


if __name__ == "__main__":
    main()
