"""Writes ../spanning_tree.json: merge heights of scipy's single linkage and hdbscan's exact hierarchy.

The heights of a single-linkage hierarchy are the weights of a minimum spanning tree.
"""
import json
import pathlib
import warnings

import hdbscan
import numpy as np
from scipy.cluster.hierarchy import linkage
from sklearn.datasets import load_iris

warnings.filterwarnings("ignore")


def heights(x, neighbors, alpha):
    """Weights of the tree whose core distances count the row itself; hdbscan does not count it."""
    if neighbors == 1:
        return np.sort(linkage(x / alpha, "single")[:, 2])
    model = hdbscan.HDBSCAN(
        min_samples=neighbors - 1, alpha=alpha, algorithm="prims_kdtree",
        approx_min_span_tree=False,
    ).fit(x)
    return np.sort(model.single_linkage_tree_.to_numpy()[:, 2])


def case(name, x, settings):
    return {
        "name": name,
        "rows": x.tolist(),
        "trees": [
            {"neighbors": k, "alpha": alpha, "weights": heights(x, k, alpha).tolist()}
            for k, alpha in settings
        ],
    }


rng = np.random.default_rng(20261121)
plain = [(1, 1.0), (5, 1.0), (10, 1.0)]
cases = [
    case("iris", load_iris().data, [(1, 1.0), (5, 1.0), (10, 1.0), (15, 1.0), (5, 2.0)]),
    case("random", rng.normal(size=(180, 3)).round(6), plain + [(4, 0.5)]),
    case("grid", np.argwhere(np.ones((12, 12))).astype(float), plain),
    case("copies", rng.integers(0, 3, size=(120, 2)).astype(float), plain),
    case("line", np.column_stack([np.arange(100.0) ** 2 % 97, np.zeros(100)]), plain),
    case("heavy tails", rng.standard_cauchy(size=(150, 2)).round(6), plain),
    case("wide", rng.normal(size=(60, 24)).round(6), plain),
]
path = pathlib.Path(__file__).parent.parent / "spanning_tree.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
