"""Writes ../density_tree.json: fits of scikit-learn, outlier scores and placed rows of hdbscan.

Equal mutual reachability distances leave open which of several trees is minimal, and with it a few labels.
Only fits are kept that the order of rows does not change.
"""
import json
import pathlib
import warnings

import hdbscan
import numpy as np
from hdbscan.prediction import approximate_predict
from sklearn.cluster import HDBSCAN
from sklearn.datasets import load_iris
from sklearn.neighbors import KDTree

warnings.filterwarnings("ignore")


def partition(labels):
    """The rows of each cluster, whatever its number."""
    groups = {}
    for row, label in enumerate(labels):
        groups.setdefault(label if label < 0 else int(label), []).append(row)
    noise = groups.pop(-1, [])
    return noise, sorted(groups.values())


def reference(x, options):
    """scikit-learn's fit; its search for epsilon fails under numpy 2.4, there hdbscan stands in."""
    return peer(x, options) if "cluster_selection_epsilon" in options else HDBSCAN(**options).fit(x)


def is_stable(x, options):
    expected = reference(x, options)
    scores = peer(x, options).outlier_scores_ if options["min_samples"] > 1 else None
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(x))
        back = np.argsort(order)
        other = reference(x[order], options)
        if partition(other.labels_[back]) != partition(expected.labels_):
            return False
        if np.abs(other.probabilities_[back] - expected.probabilities_).max() > 1e-9:
            return False
        if scores is not None:
            others = peer(x[order], options).outlier_scores_[back]
            if np.abs(others - scores).max() > 1e-9:
                return False
    return True


def peer(x, options):
    """hdbscan with scikit-learn's settings; it does not count the row itself."""
    other = dict(options)
    other["min_samples"] -= 1
    other["max_cluster_size"] = options.get("max_cluster_size") or 0
    return hdbscan.HDBSCAN(
        **other, algorithm="prims_kdtree", approx_min_span_tree=False, prediction_data=True
    ).fit(x)


def placed(x, model, new, numbers):
    """hdbscan's placement, with the core distances of its fit instead of those one neighbour nearer.

    Clusters are numbered as in `numbers`, the labels of scikit-learn.
    """
    data = model.prediction_data_
    data.core_distances = KDTree(x).query(x, k=model.min_samples + 1)[0][:, -1]
    # It selects clusters anew and not always the same ones; then it is no reference.
    again, _ = approximate_predict(model, x)
    if any(label not in (-1, other) for label, other in zip(again, model.labels_)):
        return None
    labels, strengths = approximate_predict(model, new)
    names = {-1: -1} | dict(zip(model.labels_.tolist(), numbers.tolist()))
    return {"rows": new.tolist(), "labels": [names[label] for label in labels.tolist()], "strengths": strengths.round(12).tolist()}


def fit(x, new, **options):
    options = {"min_cluster_size": 5, "min_samples": 5, **options}
    if not is_stable(x, options):
        return None
    model = reference(x, options)
    result = {
        "minClusterSize": options["min_cluster_size"],
        "minSamples": options["min_samples"],
        "selection": options.get("cluster_selection_method", "eom"),
        "epsilon": options.get("cluster_selection_epsilon", 0.0),
        "allowSingleCluster": options.get("allow_single_cluster", False),
        "maxClusterSize": options.get("max_cluster_size"),
        "alpha": options.get("alpha", 1.0),
        "labels": model.labels_.tolist(),
        "strengths": model.probabilities_.round(12).tolist(),
        "anomalies": None,
        "placed": None,
    }
    if options["min_samples"] > 1:
        other = peer(x, options)
        result["anomalies"] = other.outlier_scores_.round(12).tolist()
        # Its placement ignores alpha and the size limit.
        if (
            partition(other.labels_) == partition(model.labels_)
            and model.labels_.max() > 0
            and not {"alpha", "max_cluster_size"} & set(options)
        ):
            result["placed"] = placed(x, other, new, model.labels_)
    return result


def blobs(rng, n, d, k, noise):
    centers = rng.uniform(-6, 6, (k, d))
    spread = rng.uniform(0.3, 1.2, k)
    y = rng.integers(0, k, n)
    x = centers[y] + rng.normal(size=(n, d)) * spread[y, None]
    x[: int(n * noise)] = rng.uniform(-9, 9, (int(n * noise), d))
    return rng.permutation(x).round(5)


def case(name, x, rng, settings):
    new = (x[rng.integers(0, len(x), 30)] + rng.normal(size=(30, x.shape[1])) * 0.3).round(5)
    fits = [fit(x, new, **options) for options in settings]
    kept = [f for f in fits if f is not None]
    print(name, "kept", len(kept), "of", len(fits), [max(f["labels"]) + 1 for f in kept])
    return {"name": name, "rows": x.tolist(), "fits": kept}


common = [
    dict(min_samples=1), dict(min_samples=2), dict(min_samples=3), dict(),
    dict(min_samples=2, min_cluster_size=10), dict(min_samples=2, cluster_selection_method="leaf"),
    dict(min_samples=3, cluster_selection_method="leaf", min_cluster_size=8),
    dict(min_samples=2, cluster_selection_epsilon=1.0),
    dict(min_samples=2, cluster_selection_method="leaf", cluster_selection_epsilon=0.8),
    dict(min_samples=2, allow_single_cluster=True), dict(min_samples=2, max_cluster_size=30),
    dict(min_samples=2, alpha=1.5), dict(min_samples=2, min_cluster_size=60),
    dict(min_samples=2, min_cluster_size=60, allow_single_cluster=True),
    dict(min_samples=2, min_cluster_size=60, allow_single_cluster=True,
         cluster_selection_epsilon=0.7),
    dict(min_samples=2, cluster_selection_epsilon=6.0, allow_single_cluster=True),
]
cases = []
for seed, d, k in [(0, 2, 4), (1, 3, 5), (2, 5, 3)]:
    rng = np.random.default_rng(20261121 + seed)
    cases.append(case(f"groups of {d} columns", blobs(rng, 140, d, k, 0.15), rng, common))
rng = np.random.default_rng(20261130)
cases.append(case("random", rng.normal(size=(120, 2)).round(5), rng, common))
cases.append(case("heavy tails", rng.standard_cauchy(size=(120, 2)).round(5), rng, common))
cases.append(case("line", np.sort(rng.exponential(size=(100, 1)), axis=0).round(5), rng, common))
iris = load_iris().data
for size in (5, 10, 15):
    model = HDBSCAN(min_cluster_size=size).fit(iris)
    assert (np.bincount(model.labels_) == [50, 100]).all()
    print("iris", size, model.probabilities_.sum())
path = pathlib.Path(__file__).parent.parent / "density_tree.json"
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
