"""The drift check that a person writes with pandas and SciPy: pandas_scipy.py <reference> <current>, CSV or Parquet

Per number: two-sample KS with its p value, Wasserstein distance, PSI and JS over the reference's deciles. Per category: chi-square and JS.
"""

import json
import sys

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import jensenshannon


def read(path):
    return pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path, parse_dates=["ts"])


def shares(p, q):
    p, q = p / p.sum(), q / q.sum()
    floor_p, floor_q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {"js": float(jensenshannon(p, q, base=2)), "psi": float(((floor_q - floor_p) * np.log(floor_q / floor_p)).sum())}


def column(x, y):
    if x.dtype == object or str(x.dtype).startswith(("str", "category")):
        u, v = x.value_counts(), y.value_counts()
        names = u.index.union(v.index)
        p, q = (each.reindex(names, fill_value=0).to_numpy(float) for each in (u, v))
        test = stats.chi2_contingency(np.vstack([p, q]))
        return {"chi2": float(test[0]), "p": float(test[1]), **shares(p, q)}
    if x.dtype.kind == "M":
        x, y = (each.astype("datetime64[ms]").astype("int64") for each in (x, y))
    x, y = x.to_numpy(float), y.to_numpy(float)
    ks = stats.ks_2samp(x, y)
    edges = np.unique(np.quantile(x, np.linspace(0, 1, 11)))
    edges[0], edges[-1] = -np.inf, np.inf
    p, q = (np.histogram(each, edges)[0].astype(float) for each in (x, y))
    wasserstein = stats.wasserstein_distance(x, y) / np.std(x)
    return {"ks": float(ks.statistic), "p": float(ks.pvalue), "wasserstein": float(wasserstein), **shares(p, q)}


reference, current = (read(path) for path in sys.argv[1:3])
report = {}
for name in reference.columns:
    nulls = {"nulls": [float(each[name].isna().mean()) for each in (reference, current)]}
    report[name] = {**nulls, **column(reference[name].dropna(), current[name].dropna())}
print(json.dumps(report))
