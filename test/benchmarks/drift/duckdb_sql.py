"""The same check in SQL: duckdb_sql.py <reference> <current>, CSV or Parquet

KS and Wasserstein from the merged cumulative counts of both tables, PSI and JS from deciles, chi-square from counts; p values by SciPy.
"""

import json
import sys

import duckdb
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon


def shares(p, q):
    p, q = p / p.sum(), q / q.sum()
    floor_p, floor_q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {"js": float(jensenshannon(p, q, base=2)), "psi": float(((floor_q - floor_p) * np.log(floor_q / floor_p)).sum())}


def numbers(value):
    merged = f"""
      WITH counts AS (
        SELECT v, sum(r) AS r, sum(c) AS c FROM (
          SELECT {value} AS v, 1 AS r, 0 AS c FROM reference WHERE {value} IS NOT NULL
          UNION ALL SELECT {value}, 0, 1 FROM current WHERE {value} IS NOT NULL
        ) GROUP BY v
      ), cumulative AS (
        SELECT v, sum(r) OVER w AS r, sum(c) OVER w AS c, lead(v) OVER (ORDER BY v) - v AS width,
          sum(r) OVER () AS n, sum(c) OVER () AS m FROM counts WINDOW w AS (ORDER BY v)
      )
      SELECT max(abs(r / n - c / m)), sum(abs(r / n - c / m) * width), max(n), max(m) FROM cumulative"""
    d, distance, n, m = (float(each) for each in connection.execute(merged).fetchone())
    deviation = connection.execute(f"SELECT stddev_pop({value}) FROM reference").fetchone()[0]
    cuts = connection.execute(f"SELECT quantile_cont({value}, [{','.join(str(k / 10) for k in range(11))}]) FROM reference").fetchone()[0]
    edges = sorted(set(float(each) for each in cuts))[1:-1]
    counts = []
    for source in ("reference", "current"):
        below = ", ".join(f"count(*) FILTER ({value} < {edge!r})" for edge in edges)
        row = connection.execute(f"SELECT {below}, count({value}) FROM {source}").fetchone()
        counts.append(np.diff(np.r_[0, row]).astype(float))
    p = stats.kstwo.sf(d, round(n * m / (n + m)))
    return {"ks": d, "p": float(p), "wasserstein": distance / float(deviation), **shares(*counts)}


def categories(name):
    both = connection.execute(f"""
      SELECT sum(r), sum(c) FROM (
        SELECT {name} AS v, 1 AS r, 0 AS c FROM reference WHERE {name} IS NOT NULL
        UNION ALL SELECT {name}, 0, 1 FROM current WHERE {name} IS NOT NULL
      ) GROUP BY v""").fetchnumpy()
    p, q = (np.asarray(each, float) for each in both.values())
    test = stats.chi2_contingency(np.vstack([p, q]))
    return {"chi2": float(test[0]), "p": float(test[1]), **shares(p, q)}


connection = duckdb.connect()
connection.execute("SET threads = 2")
for table, path in zip(("reference", "current"), sys.argv[1:3]):
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM '{path}'")
report = {}
for name, kind in [(row[0], row[1]) for row in connection.execute("DESCRIBE reference").fetchall()]:
    nulls = [connection.execute(f"SELECT avg(({name} IS NULL)::INT) FROM {each}").fetchone()[0] for each in ("reference", "current")]
    value = f"epoch_ms({name})::DOUBLE" if kind == "TIMESTAMP" else f"{name}::DOUBLE"
    report[name] = {"nulls": nulls, **(categories(name) if kind == "VARCHAR" else numbers(value))}
print(json.dumps(report))
