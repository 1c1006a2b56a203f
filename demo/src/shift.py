"""Draws rows of a CSV file so that one feature, and what goes with it, is larger than it was: a covariate shift.

A row is kept with a probability that grows with its place in the order of the feature: never for the smallest value, always for the largest.
Rows stay as they are, so that what a row's label depends on, p(y|x), is as before: other patients, the same illness.
"""

import argparse
import csv
import random


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--feature", default="mean_radius")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    with open(arguments.source, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        names, rows = reader.fieldnames, list(reader)
    order = sorted(range(len(rows)), key=lambda index: float(rows[index][arguments.feature]))
    place = {index: position / (len(rows) - 1) for position, index in enumerate(order)}
    chance = random.Random(arguments.seed)
    kept = [row for index, row in enumerate(rows) if chance.random() < place[index]]
    with open(arguments.target, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    print(f"{len(kept)} of {len(rows)} rows, larger in {arguments.feature}")


if __name__ == "__main__":
    main()
