"""The grid of grid/study.yaml as one writes it with scikit-learn, scipy and joblib.

Preparation is made once for each of its 16 settings and a merge tree once for each linkage, as anyone would who
writes this loop; joblib spreads what is left over two processes of one thread each.
"""
import itertools
import json
import sys
import time
import warnings

import numpy as np
from joblib import Parallel, delayed
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from threadpoolctl import threadpool_limits

from inputs import DATA

THREADS = 2
RESAMPLES, STABILITY_ROWS = 10, 2000
SCALERS = {"none": None, "zscore": StandardScaler, "robust": RobustScaler, "min-max": MinMaxScaler}
COMPONENTS = ["none", 2, 4, 0.9]
LINKAGES = ["ward", "average", "complete"]
KS = range(2, 13)


def prepared(rows, scaler, components):
    x = rows if SCALERS[scaler] is None else SCALERS[scaler]().fit_transform(rows)
    return x if components == "none" else PCA(components, svd_solver="full").fit_transform(x)


def families():
    """Name, and the settings that one fit of it (or one merge tree) gives labels for."""
    for k in KS:
        yield "k-means", [{"k": k}]
    for k, covariance in itertools.product(range(2, 9), ["full", "diag"]):
        yield "gaussian-mixture", [{"k": k, "covariance": covariance}]
    for method in LINKAGES:
        yield "hierarchical", [{"k": k, "linkage": method} for k in KS]
    for eps in [0.05, 0.1, 0.2, 0.4, 0.8, 1.6]:
        yield "dbscan", [{"eps": eps}]


def labelings(x, family, settings, seed):
    """Labels of every setting, −1 for noise."""
    one = settings[0]
    if family == "k-means":
        return [KMeans(one["k"], n_init=3, random_state=seed).fit(x).labels_]
    if family == "gaussian-mixture":
        return [GaussianMixture(one["k"], covariance_type=one["covariance"], random_state=seed).fit_predict(x)]
    if family == "hierarchical":
        tree = linkage(x, one["linkage"])
        return [fcluster(tree, setting["k"], "maxclust") - 1 for setting in settings]
    return [DBSCAN(eps=one["eps"], min_samples=10).fit_predict(x)]


def recovery(base, labels):
    """The Jaccard similarity of every segment of `base` with the most similar one of `labels`."""
    found = []
    for segment in np.unique(base[base >= 0]):
        inside = base == segment
        overlaps = [
            np.sum(inside & (labels == other)) / np.sum(inside | (labels == other))
            for other in np.unique(labels[labels >= 0])
        ]
        found.append(max(overlaps, default=0.0))
    return found


def trials(x, sample, family, settings):
    """Silhouette, stability and smallest share of every setting."""
    with threadpool_limits(1):
        bases = labelings(x, family, settings, 0)
        similar = [[] for _ in settings]
        for replicate in range(RESAMPLES):
            drawn = np.unique(np.random.default_rng(replicate).integers(0, len(sample), len(sample)))
            refits = labelings(x[sample[drawn]], family, settings, replicate)
            for found, base, labels in zip(similar, bases, refits):
                found.append(np.mean(recovery(base[sample[drawn]], labels) or [0.0]))
        results = []
        for setting, base, found in zip(settings, bases, similar):
            clustered = base >= 0
            counts = np.bincount(base[clustered]) if clustered.any() else np.array([0])
            counts = counts[counts > 0]
            silhouette = silhouette_score(x[clustered], base[clustered]) if len(counts) > 1 else float("nan")
            results.append({
                "model": family, **setting, "silhouette": silhouette, "stability": float(np.mean(found)),
                "min_share": float(min(counts, default=0) / len(x)), "noise": float(1 - clustered.mean()),
            })
        return results


def main(scalers):
    rows = np.loadtxt(DATA / "grid.csv", delimiter=",", skiprows=1)
    sample = np.sort(np.random.default_rng(0).choice(len(rows), min(STABILITY_ROWS, len(rows)), replace=False))
    start = time.perf_counter()
    jobs, places = [], []
    for scaler, components in itertools.product(scalers, COMPONENTS):
        x = prepared(rows, scaler, components)
        for family, settings in families():
            jobs.append(delayed(trials)(x, sample, family, settings))
            places.append({"scaler": scaler, "components": components})
    found = Parallel(n_jobs=THREADS)(jobs)
    board = [place | trial for place, part in zip(places, found) for trial in part]
    print(json.dumps({"seconds": time.perf_counter() - start, "trials": board}))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main(sys.argv[1:] or list(SCALERS))
