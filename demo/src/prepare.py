"""Exports the Wisconsin breast cancer data, which ships inside scikit-learn, as one CSV file.

569 biopsies: 30 measures of the cell nuclei, and whether the tumour turned out to be malignant (1) or benign (0).
Source: W. Wolberg, O. Mangasarian, N. Street, W. Street, UCI Machine Learning Repository, 1995, doi:10.24432/C5DW2B.
"""

import csv
import os
from pathlib import Path

from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
features = [name.replace(" ", "_") for name in data.feature_names]
# scikit-learn codes malignant as 0. The positive class is what we look for.
malignant = [int(data.target_names[target] == "malignant") for target in data.target]

target = Path(os.environ["SM_OUTPUT_DATA_DIR"], "biopsies.csv")
with target.open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["biopsy", *features, "malignant"])
    for number, (row, label) in enumerate(zip(data.data.tolist(), malignant), start=1):
        writer.writerow([number, *row, label])
print(f"{len(malignant)} biopsies, {sum(malignant)} of them malignant")
