"""Writes ../hierarchical.json: merge trees by scipy, cuts by scikit-learn, on data without ties.

Rows are rounded so that the file stays small; the references are computed from the rounded rows.
`iris` has ties: its heights agree between valid trees, its cuts need not, and only sums are kept.
"""
import json
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import pdist
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_iris

METHODS = ["ward", "average", "complete", "weighted", "single"]


def blobs(seed, rows, columns, groups):
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 4, (groups, columns))
    return centres[rng.integers(0, groups, rows)] + rng.normal(0, 1, (rows, columns))


DATA = {
    "blobs": blobs(1, 160, 3, 5),
    "wide": blobs(2, 60, 20, 3),
    "line": np.sort(np.random.default_rng(3).uniform(0, 1, (80, 1)), 0),
    "heavy_tails": np.random.default_rng(4).standard_t(1.2, (90, 4)),
    "growing_gaps": 1.7 ** np.arange(50)[:, None] * np.array([[1.0, -0.5]]),
    "far_from_zero": blobs(5, 70, 2, 3) + 1e6,
}


def significant(x, digits):
    return np.array([[float(f"{value:.{digits}g}") for value in row] for row in x])


def case(x, method):
    tree = linkage(x, method)
    result = {
        "heights": tree[:, 2].tolist(),
        "sizes": tree[:, 3].astype(int).tolist(),
        "cophenetic_correlation": float(cophenet(tree, pdist(x))[0]),
        "cuts": [],
    }
    for k in [2, 3, 7]:
        if method == "weighted":
            break
        labels = AgglomerativeClustering(k, linkage=method).fit_predict(x)
        result["cuts"].append({"k": k, "labels": labels.tolist()})
    if method != "weighted":
        threshold = float((tree[-4, 2] + tree[-5, 2]) / 2)
        model = AgglomerativeClustering(None, distance_threshold=threshold, linkage=method).fit(x)
        result["threshold"] = threshold
        result["threshold_labels"] = model.labels_.tolist()
    return result


def main():
    document = {"data": {}, "iris": {}}
    for name, x in DATA.items():
        x = significant(x, 9 if name == "far_from_zero" else 7)
        document["data"][name] = {
            "rows": x.tolist(), "linkages": {method: case(x, method) for method in METHODS}}
    iris = load_iris().data
    document["iris"] = {"rows": iris.tolist(), "linkages": {}}
    for method in METHODS:
        heights = np.sort(linkage(iris, method)[:, 2])
        document["iris"]["linkages"][method] = {
            "sum": float(heights.sum()), "last": heights[-5:].tolist()}
    path = Path(__file__).resolve().parent.parent / "hierarchical.json"
    path.write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
