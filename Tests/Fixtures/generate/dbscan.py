"""Writes ../dbscan.json: labels and core rows of scikit-learn's DBSCAN."""
import json
import pathlib

import numpy as np
from sklearn.cluster import DBSCAN
from sklearn.datasets import load_iris, make_blobs
from sklearn.preprocessing import StandardScaler


def fit(x, eps, min_samples, weights=None):
    model = DBSCAN(eps=eps, min_samples=min_samples).fit(x, sample_weight=weights)
    return {
        "eps": eps,
        "minSamples": min_samples,
        "weights": None if weights is None else weights.tolist(),
        "labels": model.labels_.tolist(),
        "coreRows": model.core_sample_indices_.tolist(),
    }


def case(name, x, fits):
    return {"name": name, "rows": x.tolist(), "fits": [fit(x, *f) for f in fits]}


rng = np.random.default_rng(20261121)
iris = load_iris().data
blobs, _ = make_blobs(
    n_samples=750, centers=[[1, 1], [-1, -1], [1, -1]], cluster_std=0.4, random_state=0)
blobs = StandardScaler().fit_transform(blobs)

# Many distances equal the radius, or miss it by rounding: steps of 0.1 have no exact binary form.
steps = np.arange(12)
lattice2 = np.array([[0.1 * a, 0.1 * b] for a in steps for b in steps])
lattice2 = lattice2[rng.permutation(144)[:110]]
lattice3 = np.array([[0.1 * a, 0.1 * b, 0.1 * c] for a in steps[:6] for b in steps[:6] for c in steps[:6]])
lattice3 = lattice3[rng.permutation(216)[:120]]
lattice4 = np.array([[float(a), float(b), float(c), float(d)] for a in range(4) for b in range(4)
                     for c in range(4) for d in range(4)])
lattice4 = lattice4[rng.permutation(256)[:120]]
line = np.round(np.cumsum(rng.exponential(0.1, 200)), 3)[rng.permutation(200)][:, None]

cases = [
    case("iris", iris, [
        (0.5, 5), (0.3, 3), (0.5, 1), (1.0, 20), (0.1, 4), (5.0, 5),
        (0.5, 5, rng.integers(0, 4, 150).astype(float)), (0.4, 3, rng.uniform(0, 2, 150))]),
    case("blobs750", blobs, [(0.3, 10), (0.1, 5), (0.2, 40), (0.05, 2)]),
    case("lattice2", lattice2, [(0.1, 3), (0.2, 5), (0.3, 12), (0.1 * 2 ** 0.5, 6), (0.30000000000000004, 9)]),
    case("lattice3", lattice3, [(0.1, 3), (0.2, 8), (0.1 * 3 ** 0.5, 7)]),
    case("lattice4", lattice4, [(1.0, 4), (2.0, 40), (2 ** 0.5, 10), (3 ** 0.5, 20)]),
    case("line", line, [(0.1, 3), (0.05, 2), (0.2, 5), (1e-3, 1)]),
]

(pathlib.Path(__file__).parent.parent / "dbscan.json").write_text(
    json.dumps({"cases": cases}, separators=(",", ":")))
