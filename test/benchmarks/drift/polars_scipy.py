"""The same check with Polars reading and sorting, SciPy testing: polars_scipy.py <reference> <current>, CSV or Parquet"""

import json
import sys

import numpy as np
import polars as pl
from scipy import stats
from scipy.spatial.distance import jensenshannon


def read(path):
    return pl.read_parquet(path) if path.endswith(".parquet") else pl.read_csv(path, try_parse_dates=True)


def shares(p, q):
    p, q = p / p.sum(), q / q.sum()
    floor_p, floor_q = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {"js": float(jensenshannon(p, q, base=2)), "psi": float(((floor_q - floor_p) * np.log(floor_q / floor_p)).sum())}


def column(x, y):
    if x.dtype == pl.String:
        both = x.value_counts(name="p").join(y.value_counts(name="q"), on=x.name, how="full").fill_null(0)
        p, q = (both[each].to_numpy().astype(float) for each in ("p", "q"))
        test = stats.chi2_contingency(np.vstack([p, q]))
        return {"chi2": float(test[0]), "p": float(test[1]), **shares(p, q)}
    if x.dtype == pl.Datetime:
        x, y = (each.dt.epoch("ms") for each in (x, y))
    x, y = (each.cast(pl.Float64).sort().to_numpy() for each in (x, y))
    ks = stats.ks_2samp(x, y)
    edges = np.unique(np.quantile(x, np.linspace(0, 1, 11)))
    cuts = [np.r_[0, np.searchsorted(each, edges[1:-1]), len(each)] for each in (x, y)]
    wasserstein = stats.wasserstein_distance(x, y) / np.std(x)
    counts = shares(*(np.diff(each).astype(float) for each in cuts))
    return {"ks": float(ks.statistic), "p": float(ks.pvalue), "wasserstein": float(wasserstein), **counts}


reference, current = (read(path) for path in sys.argv[1:3])
report = {}
for name in reference.columns:
    nulls = {"nulls": [each[name].null_count() / len(each) for each in (reference, current)]}
    report[name] = {**nulls, **column(reference[name].drop_nulls(), current[name].drop_nulls())}
print(json.dumps(report))
