"""Resampled clusterings as one would write them around scikit-learn: joblib over replicates, one thread each.

A process of joblib keeps its data and its limit of threads for all its replicates.
"""
import math

import numpy as np

from inputs import load

THREADS = 2


def kmeans_of(library):
    if library == "sklearnex":
        from sklearnex.cluster import KMeans
    else:
        from sklearn.cluster import KMeans
    return KMeans


def replicate(library, x, k, seed, base):
    """Fits to a draw with replacement, places every row, compares."""
    from sklearn.metrics import adjusted_rand_score
    from threadpoolctl import threadpool_limits

    rows = np.random.default_rng(seed).integers(0, len(x), len(x))
    with threadpool_limits(1):
        model = kmeans_of(library)(k, n_init=1, random_state=seed).fit(x[rows])
        return adjusted_rand_score(base, model.predict(x))


def bootstrap(spec):
    from joblib import Parallel, delayed

    x, k, library = load(spec["data"])[: spec["rows"]], spec["set"]["k"], spec["library"]

    def fit():
        base = kmeans_of(library)(k, n_init=1, random_state=0).fit(x).labels_
        jobs = (delayed(replicate)(library, x, k, seed, base) for seed in range(spec["set"]["resamples"]))
        return Parallel(n_jobs=THREADS)(jobs)

    return fit, lambda indices: {"ari_mean": float(np.mean(indices)), "ari_min": float(np.min(indices))}


def log_dispersions(library, x, ks, seed):
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return [
            math.log(kmeans_of(library)(k, n_init=1, random_state=seed).fit(x).inertia_ / 2) for k in ks
        ]


def reference(library, box, ks, seed):
    """Even rows of a box along the principal axes, clustered with every k."""
    centre, axes, low, high, rows = box
    drawn = np.random.default_rng(seed).uniform(low, high, (rows, len(low))) @ axes + centre
    return log_dispersions(library, drawn, ks, seed)


def gap(spec):
    from joblib import Parallel, delayed

    x, library = load(spec["data"]), spec["library"]
    ks = range(2, spec["set"]["k"] + 1)

    def fit():
        centred = x - x.mean(0)
        axes = np.linalg.svd(centred, full_matrices=False)[2]
        turned = centred @ axes.T
        box = x.mean(0), axes, turned.min(0), turned.max(0), len(x)
        jobs = (delayed(reference)(library, box, ks, seed) for seed in range(spec["set"]["resamples"]))
        return np.mean(Parallel(n_jobs=THREADS)(jobs), 0) - log_dispersions(library, x, ks, 0)

    return fit, lambda gaps: {"gap_last": float(gaps[-1])}


def consensus(spec):
    """One-hot labels of all runs: a matrix product counts how often pairs are together and how often drawn."""
    n, k, runs = spec["rows"], spec["set"]["k"], spec["set"]["resamples"]

    def fit():
        rng = np.random.default_rng(0)
        hot, present = np.zeros((n, runs * k), "<f4"), np.zeros((n, runs), "<f4")
        for run in range(runs):
            rows = np.unique(rng.integers(0, n, n))
            labels = (rows + (rows + run) % 10 // 9) % k
            hot[rows, run * k + labels] = 1
            present[rows, run] = 1
        pairs = np.triu_indices(n, 1)
        both = np.maximum((present @ present.T)[pairs].astype("<f8"), 1)
        shares = (hot @ hot.T)[pairs] / both
        return np.searchsorted(np.sort(shares), [0.1, 0.9], "right") / len(shares)

    return fit, lambda ends: {"pac": float(ends[1] - ends[0])}


def area(scores, labels, seed):
    """The area under the ROC curve of a draw with replacement within each class."""
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(seed)
    rows = np.concatenate([rng.choice(own, len(own)) for own in (np.flatnonzero(labels), np.flatnonzero(labels == 0))])
    return roc_auc_score(labels[rows], scores[rows])


def auc_interval(spec):
    from joblib import Parallel, delayed
    from sklearn.metrics import roc_auc_score

    scores, labels = load(spec["data"]).T.copy()

    def fit():
        drawn = Parallel(n_jobs=THREADS)(delayed(area)(scores, labels, seed) for seed in range(spec["set"]["resamples"]))
        return roc_auc_score(labels, scores), *np.quantile(drawn, [0.025, 0.975])

    return fit, lambda found: {"auc": found[0], "lower": float(found[1]), "upper": float(found[2])}
