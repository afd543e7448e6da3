"""Writes ../kmeans-sizes.json: Lloyd's algorithm whose every assignment is a linear program (HiGHS)."""
import json
import math
import pathlib

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array
from sklearn.datasets import load_iris


def assign(x, centres, least, most):
    """The cheapest labels that keep the bounds, and their cost."""
    n, k = len(x), len(centres)
    cost = ((x[:, None, :] - centres[None]) ** 2).sum(-1)
    rows, columns = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
    index = np.arange(n * k)
    each = coo_array((np.ones(n * k), (rows, index)), shape=(n, n * k)).tocsr()
    sizes = coo_array((np.ones(n * k), (columns, index)), shape=(k, n * k)).tocsr()
    from scipy.sparse import vstack
    bounds = vstack([sizes, -sizes])
    limits = np.concatenate([np.full(k, most), np.full(k, -least)])
    result = linprog(
        cost.ravel(), A_ub=bounds, b_ub=limits, A_eq=each, b_eq=np.ones(n), bounds=(0, 1),
        method="highs-ds")
    assert result.status == 0
    return result.x.reshape(n, k).argmax(1), float(result.fun)


def fit(x, starts, min_share, max_share):
    n = len(x)
    least, most = math.ceil(min_share * n - 1e-9), math.floor(max_share * n + 1e-9)
    centres, labels = starts, None
    for _ in range(300):
        found, cost = assign(x, centres, least, most)
        if labels is not None and (found == labels).all():
            break
        labels = found
        centres = np.array([x[labels == j].mean(0) for j in range(len(starts))])
    return {
        "minShare": min_share, "maxShare": max_share, "starts": starts.tolist(),
        "labels": labels.tolist(), "inertia": cost, "centers": centres.tolist(),
    }


rng = np.random.default_rng(7)
iris = load_iris().data + rng.uniform(-0.01, 0.01, (150, 4))  # no ties
iris = np.round(iris, 5)
skewed = np.round(np.vstack([rng.normal(0, 1, (110, 2)), rng.normal(5, 1, (10, 2))]), 5)
cases = [
    {"name": "iris", "rows": iris.tolist(), "fits": [
        fit(iris, iris[[0, 50, 100]], 1 / 3, 1.0),
        fit(iris, iris[[0, 50, 100]], 0.0, 0.34),
        fit(iris, iris[[3, 4, 5, 6]], 0.2, 0.28),
        fit(iris, iris[[0, 30, 60, 90, 120]], 0.15, 0.22),
    ]},
    {"name": "skewed", "rows": skewed.tolist(), "fits": [
        fit(skewed, skewed[[0, 115]], 0.5, 0.5),
        fit(skewed, skewed[[0, 1, 115]], 0.3, 1.0),
        fit(skewed, skewed[[0, 1, 2, 3, 4, 5]], 0.1, 0.2),
    ]},
]
(pathlib.Path(__file__).parent.parent / "kmeans-sizes.json").write_text(
    json.dumps({"cases": cases}, separators=(",", ":")))
