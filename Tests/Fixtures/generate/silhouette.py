"""Writes silhouette.json: silhouettes and other figures of clusterings, from scikit-learn and scipy.

Run with the packages of requirements.txt: python generate/silhouette.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

DIGITS = "0123456789abcdefg"  # the pixels of the digits are whole numbers from 0 to 16


def figures(x, labels):
    # Direct distances: scikit-learn's own expanded form puts equal rows some 1e-8 apart.
    distances = cdist(x, x)
    samples = silhouette_samples(distances, labels, metric="precomputed")
    same = labels[:, None] == labels[None, :]
    classes = np.unique(labels)
    members = [np.flatnonzero(labels == c) for c in classes]
    blocks = [distances[np.ix_(m, m)] for m in members]
    return {
        "mean": float(samples.mean()),
        "samples": samples.tolist() if len(x) <= 400 else None,
        "clusters": [
            {
                "label": int(c),
                "row_count": len(m),
                "silhouette": float(samples[m].mean()),
                "diameter": float(b.max()),
                "mean_distance": float(b.sum() / (len(m) * (len(m) - 1))) if len(m) > 1 else 0.0,
                "inertia": float(((x[m] - x[m].mean(axis=0)) ** 2).sum()),
            }
            for c, m, b in zip(classes, members, blocks)
        ],
        "calinski_harabasz": float(calinski_harabasz_score(x, labels)),
        "davies_bouldin": float(davies_bouldin_score(x, labels)),
        "inertia": float(sum(((x[m] - x[m].mean(axis=0)) ** 2).sum() for m in members)),
        "dunn": float(distances[~same].min() / max(b.max() for b in blocks)),
    }


def main():
    rng = np.random.default_rng(20260901)
    iris, wine, digits = load_iris(), load_wine(), load_digits()
    tables = {"iris": iris.data, "wine": wine.data, "digits": digits.data}
    cases = []

    def add(name, table, labels):
        labels = np.asarray(labels)
        cases.append(
            {"name": name, "table": table, "labels": labels.tolist()} | figures(tables[table], labels)
        )

    for k in (2, 3, 4, 5):
        labels = KMeans(k, n_init=50, tol=0, random_state=0).fit_predict(iris.data)
        add(f"iris k-means {k}", "iris", labels)
    add("iris species", "iris", iris.target)
    add("wine k-means 3", "wine", KMeans(3, n_init=50, tol=0, random_state=0).fit_predict(wine.data))
    add("wine cultivars", "wine", wine.target)
    add("digits", "digits", digits.target)
    for n, d, k in ((300, 5, 4), (211, 1, 3), (97, 2, 40), (130, 7, 6), (60, 67, 3)):
        name = f"random {n} x {d}"
        tables[name] = np.round(rng.normal(size=(n, d)) + rng.integers(0, 3, size=(n, 1)), 3)
        add(name, name, rng.integers(-1, k - 1, size=n))
    tables["duplicates"] = np.repeat(np.round(rng.normal(size=(6, 3)), 2), 5, axis=0)
    add("duplicates together", "duplicates", np.repeat([0, 0, 1, 1, 2, 2], 5))
    add("duplicates apart", "duplicates", np.arange(30) % 3)
    add("singletons and noise", "iris", np.where(np.arange(150) < 5, np.arange(150) + 100, iris.target - 1))

    packed = "".join(DIGITS[int(v)] for v in digits.data.ravel())
    fixture = {
        "tables": {n: t.tolist() for n, t in tables.items() if n != "digits"},
        "digits": packed,
        "cases": cases,
    }
    path = Path(__file__).parent.parent / "silhouette.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
