"""Times one peer on one case in a process of its own: peer.py '{"case": …, "library": …, …}'.

Data are in memory before the clock starts; the first call is a warm-up that is not counted. Peak
memory is the process's high-water mark during the timed calls, set-up excluded.
"""
import gc
import json
import sys
import time
from pathlib import Path

from boosters import boosting
from resampling import auc_interval, bootstrap, consensus, gap
from inputs import DATA, load

THREADS = 2


def inertia(x, centres):
    """Computed the same way for every library, from its centres, in float64."""
    import numpy as np

    centres = np.asarray(centres, "<f8")
    total = 0.0
    for start in range(0, len(x), 50_000):
        block = x[start:start + 50_000]
        squared = (block**2).sum(1)[:, None] - 2 * block @ centres.T + (centres**2).sum(1)
        total += float(squared.min(1).sum())
    return total


def kmeans(spec):
    x, starts = load(spec["data"]), load(f"{spec['data']}_starts{spec['starts']}")
    k, iterations = spec["starts"], spec["set"]["iterations"]
    if spec["library"] == "faiss":
        import faiss

        faiss.omp_set_num_threads(THREADS)
        x32, starts32 = x.astype("<f4"), starts.astype("<f4")

        def fit():
            model = faiss.Kmeans(
                x.shape[1], k, niter=iterations, nredo=1, seed=1, max_points_per_centroid=10**9)
            model.train(x32, init_centroids=starts32)
            return model.centroids, len(model.obj)
    else:
        if spec["library"] == "sklearnex":
            from sklearnex.cluster import KMeans
        else:
            from sklearn.cluster import KMeans

        def fit():
            model = KMeans(k, init=starts, n_init=1, tol=0.0, max_iter=iterations, random_state=0).fit(x)
            return model.cluster_centers_, int(model.n_iter_)

    return fit, lambda result: {"inertia": inertia(x, result[0]), "iterations": result[1]}


def pca(spec):
    x = load(spec["data"])
    if spec["library"] == "sklearnex":
        from sklearnex.decomposition import PCA
    else:
        from sklearn.decomposition import PCA

    def fit():
        return PCA(n_components=spec["set"]["components"], svd_solver="covariance_eigh").fit(x)

    return fit, lambda model: {"variance": float(model.explained_variance_.sum())}


def gaussian_mixture(spec):
    """scikit-learn finds its k-means start within the clock, as cohort does; daal4py has none and is given it."""
    import numpy as np

    x, k, iterations = load(spec["data"]), spec["set"]["k"], spec["set"]["iterations"]
    if spec["library"] == "daal4py":
        import daal4py
        from sklearn.cluster import KMeans

        daal4py.daalinit(THREADS)
        labels = KMeans(k, n_init=1, random_state=0).fit(x).labels_
        groups = [x[labels == j] for j in range(k)]
        weights = np.array([[len(group) / len(x) for group in groups]])
        means = np.array([group.mean(0) for group in groups])
        covariances = [np.cov(group.T, bias=True) for group in groups]

        def fit():
            return daal4py.em_gmm(nComponents=k, maxIterations=iterations, accuracyThreshold=0).compute(
                x, weights, means, covariances)

        return fit, lambda r: {
            "log_likelihood": float(r.goalFunction[0, 0]) / len(x), "iterations": int(r.nIterations[0, 0])}
    from sklearn.mixture import GaussianMixture

    def fit():
        return GaussianMixture(k, tol=0, max_iter=iterations, random_state=0).fit(x)

    return fit, lambda model: {"log_likelihood": model.score(x), "iterations": model.n_iter_}


def density_clusters(spec):
    """dbscan gives each border row to its nearest core row and, above two columns, misses a few neighbours."""
    x, eps, min_samples = load(spec["data"]), spec["set"]["eps"], spec["set"]["min_samples"]
    if spec["library"] == "dbscan":
        from dbscan import DBSCAN

        def fit():
            labels, is_core = DBSCAN(x, eps=eps, min_samples=min_samples)
            return labels, is_core.sum()
    else:
        from sklearn.cluster import DBSCAN

        def fit():
            model = DBSCAN(eps=eps, min_samples=min_samples, n_jobs=THREADS).fit(x)
            return model.labels_, len(model.core_sample_indices_)

    return fit, lambda result: {
        "core_share": float(result[1]) / len(x), "clusters": int(result[0].max()) + 1,
        "noise": float((result[0] < 0).mean()), "label_sum": float(result[0].sum())}


def density_tree(spec):
    """scikit-learn counts the row itself among min_samples, the others do not."""
    x, size, neighbours = load(spec["data"]), spec["set"]["min_cluster_size"], spec["set"]["min_samples"]
    if spec["library"] == "quitefastmst":
        import quitefastmst

        quitefastmst.omp_set_num_threads(THREADS)
        return lambda: quitefastmst.mst_euclid(x, neighbours - 1), lambda tree: {
            "spanning_tree_weight": float(tree[0].sum())}
    if spec["library"] == "sklearn":
        from sklearn.cluster import HDBSCAN

        options = {"min_samples": neighbours, "n_jobs": THREADS, "copy": False}
    elif spec["library"] == "hdbscan":
        from hdbscan import HDBSCAN

        options = {"min_samples": neighbours - 1, "core_dist_n_jobs": THREADS}
    else:
        from fast_hdbscan import HDBSCAN

        options = {"min_samples": neighbours - 1}
    return lambda: HDBSCAN(min_cluster_size=size, **options).fit(x), lambda model: {
        "clusters": int(model.labels_.max()) + 1, "noise": float((model.labels_ < 0).mean()),
        "label_sum": float(model.labels_.sum())}


def hierarchical(spec):
    """The whole tree; quitefastmst stops at the spanning tree, genieclust cuts its single linkage."""
    x, method = load(spec["data"]), spec["set"]["linkage"]
    if spec["library"] == "quitefastmst":
        import quitefastmst

        quitefastmst.omp_set_num_threads(THREADS)
        return lambda: quitefastmst.mst_euclid(x, 0), lambda tree: {"height_sum": float(tree[0].sum())}
    if spec["library"] == "genieclust":
        import genieclust

        return lambda: genieclust.Genie(n_clusters=2, gini_threshold=1.0).fit(x), lambda model: {}
    import fastcluster

    linkage = fastcluster.linkage_vector if spec["library"] == "fastcluster_vector" else fastcluster.linkage
    return lambda: linkage(x, method), lambda tree: {"height_sum": float(tree[:, 2].sum())}


def silhouette(spec):
    from sklearn.metrics import silhouette_score

    x, labels = load(spec["data"]), load(spec["data"] + "_labels", "<i4")
    return lambda: silhouette_score(x, labels), lambda score: {"silhouette": float(score)}


def csv(spec):
    path = str(DATA / f"{spec['data']}.csv")
    if spec["library"] == "polars":
        import polars

        return lambda: polars.read_csv(path), lambda t: {"sum": float(t["f3"].sum())}
    if spec["library"] == "pyarrow":
        import pyarrow.compute
        import pyarrow.csv

        return lambda: pyarrow.csv.read_csv(path), lambda t: {"sum": pyarrow.compute.sum(t["f3"]).as_py()}
    import pandas

    return lambda: pandas.read_csv(path), lambda t: {"sum": float(t["f3"].sum())}


def high_water_mb():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024


CASES = {
    "k-means": kmeans, "pca": pca, "gaussian-mixture": gaussian_mixture, "silhouette": silhouette,
    "dbscan": density_clusters, "hdbscan": density_tree, "hierarchical": hierarchical, "csv": csv,
    "boosting": boosting, "bootstrap": bootstrap, "gap": gap, "consensus": consensus,
    "auc-interval": auc_interval,
}


def main():
    spec = json.loads(sys.argv[1])
    fit, quality = CASES[spec["case"]](spec)
    fit()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = high_water_mb()
    seconds = []
    for _ in range(spec["repeats"]):
        result = None
        start = time.perf_counter()
        result = fit()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "seconds": seconds, "memory_mb": high_water_mb(), "memory_before_mb": before,
        "quality": quality(result)}))


if __name__ == "__main__":
    main()
