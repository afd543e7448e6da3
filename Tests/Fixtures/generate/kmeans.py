"""Writes ../kmeans.json and ../kmeans-digits.json: k-means of scikit-learn from given starts, and known best inertias."""
import json
import math
import pathlib
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, load_iris, load_wine

warnings.filterwarnings("ignore")


def fit(x, starts, tol, iterations, weights=None):
    model = KMeans(
        len(starts), init=starts, n_init=1, tol=tol, max_iter=iterations, algorithm="lloyd"
    ).fit(x, sample_weight=weights)
    return {
        "tolerance": tol,
        "iterations": iterations,
        "starts": starts.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "labels": model.labels_.tolist(),
        "centers": model.cluster_centers_.tolist(),
        "inertia": float(model.inertia_),
        "iterationCount": int(model.n_iter_),
    }


def case(name, x, fits):
    return {"name": name, "rows": x.tolist(), "fits": fits}


rng = np.random.default_rng(20260901)
iris, wine = load_iris().data, load_wine().data
cases = [
    case("iris", iris, [
        fit(iris, iris[[0, 50, 100]], 0.0, 300),
        fit(iris, iris[[0, 1, 2]], 1e-4, 300),
        fit(iris, iris[rng.choice(150, 5, replace=False)], 0.0, 300),
        fit(iris, iris[rng.choice(150, 10, replace=False)], 1e-4, 300),
        fit(iris, iris[[7, 8, 9, 10]], 0.0, 3),
        fit(iris, iris[[0, 50, 100]], 0.0, 300, weights=rng.integers(0, 5, 150).astype(float)),
        fit(iris, iris[[3, 60, 130]], 1e-3, 300, weights=rng.uniform(0.1, 3, 150)),
    ]),
    case("wine", wine, [
        fit(wine, wine[[0, 60, 140]], 0.0, 300),
        fit(wine, wine[rng.choice(178, 17, replace=False)], 1e-4, 300),
    ]),
]

# One start far from every row stays empty and takes over the farthest row.
far = np.vstack([iris[[0, 50, 100]], [[90.0, 90.0, 90.0, 90.0]]])
cases[0]["fits"].append(fit(iris, far, 0.0, 300))

# Rows around many centres, more clusters than one panel or group of the search holds.
middles = rng.uniform(-5, 5, (30, 3))
blobs = np.round(middles[rng.integers(0, 30, 700)] + rng.normal(0, 0.8, (700, 3)), 6)
cases.append(case("blobs", blobs, [
    fit(blobs, blobs[rng.choice(700, 30, replace=False)], 0.0, 300),
    fit(blobs, blobs[rng.choice(700, 9, replace=False)], 0.0, 300),
    fit(blobs, blobs[rng.choice(700, 64, replace=False)], 1e-4, 20),
    fit(blobs, blobs[rng.choice(700, 1, replace=False)], 1e-4, 300),
]))

# A large offset, which costs digits wherever |x|² − 2 x·c + |c|² is formed without centring.
shifted = np.round(blobs[:200], 3) + 1e6
cases.append(case("shifted", shifted, [
    fit(shifted, shifted[rng.choice(200, 6, replace=False)], 0.0, 300)]))

digits = load_digits().data
best = [
    {"name": "iris", "k": k, "inertia": float(KMeans(k, n_init=50, tol=0, random_state=0).fit(iris).inertia_)}
    for k in (2, 3, 4, 5)
]
best.append({"name": "wine", "k": 3,
             "inertia": float(KMeans(3, n_init=50, tol=0, random_state=0).fit(wine).inertia_)})
best.append({"name": "digits", "k": 10,
             "inertia": float(KMeans(10, n_init=20, tol=0, random_state=0).fit(digits).inertia_)})
for entry in best:
    assert math.isfinite(entry["inertia"])

fixtures = pathlib.Path(__file__).parent.parent
(fixtures / "kmeans.json").write_text(
    json.dumps({"cases": cases, "best": best}, separators=(",", ":")))
# A letter per pixel: a is 0, q is 16.
(fixtures / "kmeans-digits.json").write_text(
    json.dumps(["".join(chr(97 + int(v)) for v in row) for row in digits], separators=(",", ":")))
