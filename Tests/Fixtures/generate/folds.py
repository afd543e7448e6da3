"""Writes folds.json: how scikit-learn's splitters size their folds.

Run with the packages of requirements.txt: python generate/folds.py
"""
import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.model_selection import (
    GroupKFold, KFold, ShuffleSplit, StratifiedKFold, StratifiedShuffleSplit, TimeSeriesSplit,
)


def main():
    warnings.simplefilter("error")
    rng = np.random.default_rng(20260903)
    plain = [
        {"rows": n, "folds": k, "sizes": [len(t) for _, t in KFold(k).split(np.zeros(n))]}
        for n, k in ((10, 5), (11, 3), (23, 7), (5, 5), (100, 8))
    ]
    stratified = []
    for n, k in ((40, 3), (101, 5), (60, 10)):
        y = np.concatenate([np.arange(3).repeat(k), rng.integers(0, 3, size=n)])
        y = y[rng.permutation(len(y))]
        splitter = StratifiedKFold(k, shuffle=True, random_state=0)
        counts = [np.bincount(y[t], minlength=3).tolist() for _, t in splitter.split(y, y)]
        stratified.append({"labels": y.tolist(), "folds": k, "counts": counts})
    grouped = []
    for n, g, k in ((60, 13, 4), (200, 40, 5), (9, 3, 3)):
        groups = np.concatenate([np.arange(g), rng.integers(0, g, size=n)])
        sizes = [len(t) for _, t in GroupKFold(k).split(groups, groups=groups)]
        grouped.append({"groups": groups.tolist(), "folds": k, "sizes": sizes})
    time = [
        {
            "rows": n,
            "folds": k,
            "splits": [
                {"train": a.tolist(), "test": b.tolist()} for a, b in TimeSeriesSplit(k).split(np.zeros(n))
            ],
        }
        for n, k in ((12, 3), (23, 5), (6, 5))
    ]
    holdout = [
        {"rows": n, "share": s, "test": len(next(ShuffleSplit(1, test_size=s, random_state=0).split(np.zeros(n)))[1])}
        for n, s in ((10, 0.25), (101, 0.2), (7, 0.5), (1000, 0.333), (2, 0.1))
    ]
    # Class sizes for which no two remainders are equal: scikit-learn breaks such ties at random.
    strata = []
    for sizes, share in (((50, 31, 20), 0.2), ((400, 37), 0.15), ((9, 17, 33, 61), 0.31)):
        y = np.arange(len(sizes)).repeat(sizes)
        _, test = next(StratifiedShuffleSplit(1, test_size=share, random_state=0).split(y, y))
        strata.append({"labels": y.tolist(), "share": share, "test": np.bincount(y[test]).tolist()})
    fixture = {
        "plain": plain, "stratified": stratified, "grouped": grouped, "forward_time": time,
        "holdout": holdout, "stratified_holdout": strata,
    }
    path = Path(__file__).parent.parent / "folds.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
