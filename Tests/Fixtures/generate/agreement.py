"""Writes agreement.json: agreement of pairs of labelings, from scikit-learn.

Run with the packages of requirements.txt: python generate/agreement.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score


def jaccard(a, b):
    """For each label of a, ascending: the greatest Jaccard similarity with a set of b."""
    sets = [set(np.flatnonzero(b == v).tolist()) for v in np.unique(b)]
    best = []
    for v in np.unique(a):
        own = set(np.flatnonzero(a == v).tolist())
        best.append(max(len(own & other) / len(own | other) for other in sets))
    return best


def main():
    rng = np.random.default_rng(20260902)
    iris = load_iris()
    pairs = {
        f"iris k-means {k}": (iris.target, KMeans(k, n_init=50, tol=0, random_state=0).fit_predict(iris.data))
        for k in (2, 3, 5)
    }
    for n, k1, k2 in ((50, 2, 3), (200, 7, 4), (500, 20, 100), (12, 12, 3)):
        pairs[f"random {n}: {k1}, {k2}"] = (rng.integers(-1, k1, size=n), rng.integers(0, k2, size=n) * 1000003)
    pairs |= {
        "renamed": ([0, 0, 1, 1, 2], [7, 7, -1, -1, 3]),
        "one cluster each": ([4, 4, 4], [1, 1, 1]),
        "all apart in both": ([1, 2, 3], [9, 8, 7]),
        "one cluster, all apart": ([0, 0, 0, 0], [0, 1, 2, 3]),
        "one cluster, two": ([0, 0, 0, 0], [0, 0, 1, 1]),
        "crossed": ([0, 0, 1, 1], [0, 1, 0, 1]),
        "single row": ([5], [3]),
        "no rows": ([], []),
    }
    fixture = []
    for name, (a, b) in pairs.items():
        a, b = np.asarray(a, dtype=int), np.asarray(b, dtype=int)
        fixture.append(
            {
                "name": name,
                "a": a.tolist(),
                "b": b.tolist(),
                "ari": float(adjusted_rand_score(a, b)),
                "nmi": float(normalized_mutual_info_score(a, b)),
                "jaccard": jaccard(a, b),
            }
        )
    path = Path(__file__).parent.parent / "agreement.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
