"""Trains a logistic regression on the training split and measures it on the test split.

The script contract: data in SM_CHANNEL_<SPLIT>, hyperparameters as arguments, the model to SM_MODEL_DIR, metrics.json to SM_OUTPUT_DATA_DIR.
The model's answers to the test split, test-predictions.csv, stand beside the model, so that they are registered with it: the gate compares
a later candidate with them, row by row.
"""

import argparse
import csv
import json
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, recall_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ID = "biopsy"
LABEL = "malignant"
NOT_FEATURES = {ID, LABEL}


def read_split(name):
    """Feature names, ids (rows), features (rows × features) and labels (rows) of one split."""
    (path,) = Path(os.environ[f"SM_CHANNEL_{name.upper()}"]).glob("*.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    features = [column for column in rows[0] if column not in NOT_FEATURES]
    values = np.array([[float(row[column]) for column in features] for row in rows])
    return features, [row[ID] for row in rows], values, np.array([int(row[LABEL]) for row in rows])


def write_predictions(path, ids, labels, predicted, probability):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "label", "prediction", "probability"])
        writer.writerows(zip(ids, labels.tolist(), predicted.tolist(), probability.tolist()))


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    # A name of one letter comes with one hyphen, as on SageMaker.
    parser.add_argument("-c", type=float, default=1.0, help="inverse of the regularization strength")
    parser.add_argument("--max-iter", type=int, default=1000)
    parser.add_argument("--features", type=int, default=30, help="how many features to use, the first ones")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    names, _, x_train, y_train = read_split("train")
    _, ids, x_test, y_test = read_split("test")
    names = names[: arguments.features]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=arguments.c, max_iter=arguments.max_iter))
    model.fit(x_train[:, : len(names)], y_train)

    probability = model.predict_proba(x_test[:, : len(names)])[:, 1]
    predicted = (probability >= 0.5).astype(int)
    metrics = {
        "accuracy": accuracy_score(y_test, predicted),
        "auc": roc_auc_score(y_test, probability),
        "f1": f1_score(y_test, predicted),
        "recall": recall_score(y_test, predicted),
        "log_loss": log_loss(y_test, probability),
    }
    metrics = {name: float(value) for name, value in metrics.items()}
    for name, value in metrics.items():
        print(f"{name}: {value:.4f}")

    Path(os.environ["SM_OUTPUT_DATA_DIR"], "metrics.json").write_text(json.dumps(metrics))
    model_dir = Path(os.environ["SM_MODEL_DIR"])
    joblib.dump({"features": names, "model": model}, model_dir / "model.joblib")
    write_predictions(model_dir / "test-predictions.csv", ids, y_test, predicted, probability)


if __name__ == "__main__":
    main()
