"""Evidently's own drift preset: evidently_preset.py <reference> <current>, CSV or Parquet"""

import sys

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset


def read(path):
    return pd.read_parquet(path) if path.endswith(".parquet") else pd.read_csv(path, parse_dates=["ts"])


reference, current = (read(path).drop(columns="ts") for path in sys.argv[1:3])
snapshot = Report([DataDriftPreset()]).run(current, reference)
print(snapshot.json())
