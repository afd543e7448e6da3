"""Writes ../gaussian-mixture.json: mixtures of scikit-learn from given partitions, iteration by iteration."""
import json
import pathlib
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris, load_wine
from sklearn.mixture import GaussianMixture

warnings.filterwarnings("ignore")
KINDS = {"full": "full", "tied": "tied", "diagonal": "diag", "spherical": "spherical"}


class FromLabels(GaussianMixture):
    """Starts at the moments of a given partition instead of at a k-means fit."""

    def _initialize_parameters(self, X, random_state, xp=None):
        responsibilities = np.zeros((len(X), self.n_components))
        responsibilities[np.arange(len(X)), self.labels] = 1
        self._initialize(X, responsibilities)


def fit(x, labels, kind, tol, iterations, reg=1e-6):
    k = int(labels.max()) + 1
    model = FromLabels(k, covariance_type=KINDS[kind], tol=tol, max_iter=iterations, reg_covar=reg)
    model.labels = labels
    model.fit(x)
    shares = model.predict_proba(x)
    logs = np.log(np.where(shares > 0, shares, 1))
    entropy = -float((shares * logs).sum())
    return {
        "covariance": kind,
        "tolerance": tol,
        "iterations": iterations,
        "regularization": reg,
        "labels": labels.tolist(),
        "bounds": [float(b) for b in model.lower_bounds_],
        "converged": bool(model.converged_),
        "weights": model.weights_.tolist(),
        "means": model.means_.ravel().tolist(),
        "covariances": np.asarray(model.covariances_).ravel().tolist(),
        "logLikelihood": float(model.score(x)),
        "bic": float(model.bic(x)),
        "aic": float(model.aic(x)),
        "entropy": entropy,
        "predicted": model.predict(x).tolist(),
        "densities": model.score_samples(x)[::7].tolist(),
        "strengths": shares.max(1)[::7].tolist(),
    }


def clusters(x, k, seed=0):
    return KMeans(k, n_init=1, random_state=seed).fit(x).labels_


def every_kind(x, labels, **options):
    return [fit(x, labels, kind, **options) for kind in KINDS]


rng = np.random.default_rng(20261121)
iris, wine = load_iris().data, load_wine().data

# Correlated groups whose sizes and scales differ, in seven columns: not a whole number of vectors.
mixing = rng.normal(size=(5, 7, 7)) * rng.uniform(0.3, 1.2, (5, 1, 1))
middles = rng.normal(0, 2, (5, 7))
groups = rng.choice(5, 300, p=[0.1, 0.15, 0.2, 0.25, 0.3])
blobs = np.round(np.einsum("nij,nj->ni", mixing[groups], rng.normal(size=(300, 7))) + middles[groups], 4)

cases = [
    {"name": "iris", "rows": iris.tolist(), "fits":
        every_kind(iris, clusters(iris, 3), tol=1e-3, iterations=100)
        + every_kind(iris, rng.integers(0, 3, 150), tol=0.0, iterations=1)
        + every_kind(iris, rng.integers(0, 2, 150), tol=0.0, iterations=15)
        + [fit(iris, clusters(iris, 5), "full", 1e-4, 100, reg=1e-2)]},
    {"name": "wine", "rows": wine.tolist(), "fits":
        every_kind(wine, clusters(wine, 3), tol=1e-3, iterations=100)},
    {"name": "blobs", "rows": blobs.tolist(), "fits":
        every_kind(blobs, clusters(blobs, 5), tol=1e-5, iterations=60)
        + every_kind(blobs, rng.integers(0, 4, 300), tol=0.0, iterations=8)
        + [fit(blobs, np.zeros(300, int), "full", 1e-3, 5, reg=0.0)]},
]

# Means of a million deviations, where sums of raw squares would keep no digit.
shifted = np.round(blobs[:120, :3], 3) + np.array([1e6, -1e6, 1e6])
cases.append({"name": "shifted", "rows": shifted.tolist(), "fits":
              [fit(shifted, clusters(shifted, 3), "full", 1e-4, 50),
               fit(shifted, clusters(shifted, 3), "diagonal", 1e-4, 50)][:1]})

# The known optima of iris: k-means start, iterated until nothing changes.
best = []
for k in (2, 3):
    for kind in KINDS:
        model = GaussianMixture(
            k, covariance_type=KINDS[kind], tol=1e-10, max_iter=1000, random_state=0).fit(iris)
        best.append({"k": k, "covariance": kind, "logLikelihood": float(model.score(iris)),
                     "bic": float(model.bic(iris))})

fixtures = pathlib.Path(__file__).parent.parent
(fixtures / "gaussian-mixture.json").write_text(
    json.dumps({"cases": cases, "best": best}, separators=(",", ":")))
