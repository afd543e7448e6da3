"""Runs cohort and its peers on the same inputs, one process at a time, and prints a Markdown table.

usage: benchmarks/run [--only CASE …] [--repeats N] [--output FILE]

Every library gets two threads and float64 input (faiss: float32, the only type it has) and does the
same work: the same starting centres and number of iterations, the same number of components, the same
labels, the same file. Seconds are the median of the repeats after a warm-up. The ratio is the fastest
peer's time over cohort's.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import inputs

HERE = Path(__file__).resolve().parent
COHORT = HERE.parent / ".build/release/cohort"
THREADS = "2"
ENVIRONMENT = os.environ | {
    name: THREADS
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "PARLAY_NUM_THREADS", "NUMBA_NUM_THREADS")
} | {"PYTHONWARNINGS": "ignore"}
PACKAGES = {
    "sklearn": "scikit-learn", "sklearnex": "scikit-learn-intelex", "daal4py": "scikit-learn-intelex",
    "faiss": "faiss-cpu", "dbscan": "dbscan", "hdbscan": "hdbscan", "fast_hdbscan": "fast-hdbscan",
    "quitefastmst": "quitefastmst", "fastcluster": "fastcluster", "genieclust": "genieclust",
    "polars": "polars", "pyarrow": "pyarrow", "pandas": "pandas",
    "numpy": "numpy", "lightgbm": "lightgbm", "xgboost": "xgboost", "catboost": "catboost",
}
KMEANS = {"iterations": 50, "tolerance": 0, "restarts": 1}
PCA_PEERS = ["sklearn", "sklearnex"]
BOOSTING = {"num_iterations": 200, "num_leaves": 31, "learning_rate": 0.1}
BOOSTING_PEERS = ["lightgbm", "lightgbm-quantized", "xgboost", "catboost", "sklearn"]
KMEANS_PEERS = ["sklearn", "sklearnex", "faiss"]
MIXTURE_PEERS = ["sklearn", "daal4py"]
DENSITY_PEERS = ["sklearn", "dbscan"]
DENSITY_TREE = {"min_cluster_size": 100, "min_samples": 10}
# "set": parameters of the algorithm, told to every library; "stage": time only the part of a fit that
# settings share; "target": how many times as fast as the fastest peer Cohort means to be.
TITLED = ["components", "k", "linkage", "covariance", "eps", "min_samples"]
CASES = [
    {"case": "k-means", "data": "overlapping_1m_16", "starts": 8, "set": KMEANS, "peers": KMEANS_PEERS, "target": 2},
    {"case": "k-means", "data": "overlapping_1m_16", "starts": 64, "set": KMEANS, "peers": KMEANS_PEERS, "target": 2},
    {"case": "k-means", "data": "overlapping_200k_64", "starts": 100, "set": KMEANS, "peers": KMEANS_PEERS, "target": 2},
    {"case": "k-means", "data": "separated_1m_16", "starts": 64, "set": KMEANS, "peers": KMEANS_PEERS, "target": 3},
    {"case": "pca", "data": "low_rank_1m_32", "set": {"components": 8, "solver": "covariance"}, "peers": PCA_PEERS, "target": 1.3},
    {"case": "pca", "data": "low_rank_100k_512", "set": {"components": 16, "solver": "covariance"}, "peers": PCA_PEERS, "target": 0.95},
    {"case": "silhouette", "data": "labelled_50k_16", "peers": ["sklearn"], "target": 10},
    {"case": "silhouette", "data": "labelled_20k_64", "peers": ["sklearn"], "target": 10},
    {"case": "gaussian-mixture", "data": "elliptic_200k_16", "set": {"k": 8, "iterations": 30, "tolerance": 0}, "peers": MIXTURE_PEERS, "target": 2},
    {"case": "gaussian-mixture", "data": "elliptic_100k_32", "set": {"k": 16, "iterations": 15, "tolerance": 0}, "peers": MIXTURE_PEERS, "target": 2},
    {"case": "dbscan", "data": "density_200k_2", "set": {"eps": 0.5, "min_samples": 10}, "peers": DENSITY_PEERS, "target": 1.5},
    {"case": "dbscan", "data": "density_200k_4", "set": {"eps": 2.5, "min_samples": 20}, "peers": DENSITY_PEERS, "target": 1.5},
    {"case": "dbscan", "data": "density_1m_3", "set": {"eps": 1.0, "min_samples": 20}, "peers": DENSITY_PEERS, "target": 1.5},
    {"case": "dbscan", "data": "density_100k_8", "set": {"eps": 8.0, "min_samples": 20}, "peers": DENSITY_PEERS, "target": 1.5},
    {"case": "hdbscan", "data": "density_200k_2", "set": DENSITY_TREE, "peers": ["fast_hdbscan", "hdbscan"], "target": 3},
    {"case": "hdbscan", "data": "density_50k_4", "set": DENSITY_TREE, "peers": ["fast_hdbscan", "hdbscan", "sklearn"], "target": 3},
    {"case": "hdbscan", "data": "density_200k_2", "set": DENSITY_TREE, "stage": True, "peers": ["quitefastmst"], "target": 1},
    {"case": "hdbscan", "data": "density_50k_4", "set": DENSITY_TREE, "stage": True, "peers": ["quitefastmst"], "target": 1},
    {"case": "hierarchical", "data": "density_20k_8", "set": {"linkage": "ward"}, "stage": True, "peers": ["fastcluster_vector", "fastcluster"], "target": 5},
    {"case": "hierarchical", "data": "density_20k_8", "set": {"linkage": "average"}, "stage": True, "peers": ["fastcluster"], "target": 3},
    {"case": "hierarchical", "data": "density_20k_8", "set": {"linkage": "complete"}, "stage": True, "peers": ["fastcluster"], "target": 3},
    {"case": "hierarchical", "data": "density_50k_4", "set": {"linkage": "single"}, "stage": True, "peers": ["quitefastmst", "genieclust", "fastcluster_vector"], "target": 1},
    {"case": "boosting", "data": "propensity_100k", "prefix": "propensity_", "rows": 100_000, "set": BOOSTING, "peers": BOOSTING_PEERS, "target": 1.5},
    {"case": "boosting", "data": "propensity_1m", "prefix": "propensity_", "rows": 1_000_000, "set": BOOSTING, "peers": BOOSTING_PEERS, "target": 1.5},
    {"case": "bootstrap", "data": "overlapping_1m_16", "rows": 100_000, "set": {"k": 8, "resamples": 100}, "peers": ["sklearn", "sklearnex"], "target": 5},
    {"case": "gap", "data": "density_20k_8", "set": {"k": 8, "resamples": 20}, "peers": ["sklearn", "sklearnex"], "target": 5},
    {"case": "consensus", "data": "density_20k_8", "rows": 10_000, "set": {"k": 8, "resamples": 100}, "peers": ["numpy"], "target": 5},
    {"case": "auc-interval", "data": "scored_200k", "set": {"resamples": 1000}, "peers": ["sklearn"], "target": 5},
    {"case": "csv", "data": "mixed_1m_20", "peers": ["polars", "pyarrow", "pandas"], "target": 1},
]


def cohort_command(spec):
    if spec["case"] == "boosting":
        command = [str(COHORT), "bench", "boosting", "--input", str(inputs.DATA / spec["prefix"])]
        command += ["--rows", str(spec["rows"])]
        for name, value in spec["set"].items():
            command += ["-S", f"{name}={value}"]
        return command + ["--repeats", str(spec["repeats"]), "--threads", THREADS, "--json"]
    data = inputs.DATA / (spec["data"] + (".csv" if spec["case"] == "csv" else ".npy"))
    command = [str(COHORT), "bench", spec["case"], "--input", str(data)]
    for name, value in spec.get("set", {}).items():
        command += ["-S", f"{name}={value}"]
    if "starts" in spec:
        command += ["--starts", str(inputs.DATA / f"{spec['data']}_starts{spec['starts']}.npy")]
    if spec["case"] == "silhouette":
        command += ["--labels", str(inputs.DATA / f"{spec['data']}_labels.npy")]
    if spec.get("stage"):
        command.append("--stage")
    if "rows" in spec:
        command += ["--rows", str(spec["rows"])]
    return command + ["--repeats", str(spec["repeats"]), "--threads", THREADS, "--json"]


def measure(library, spec):
    if library == "cohort":
        command = cohort_command(spec)
    else:
        command = [sys.executable, str(HERE / "peer.py"), json.dumps(spec | {"library": library})]
    finished = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["no message"]
        sys.exit(f"error: {library} failed on {spec['case']} {spec['data']}; {lines[-1]}")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def title(spec):
    parts = [spec["case"], *(["stage"] if spec.get("stage") else []), spec["data"].replace("_", " ")]
    named = {"k": spec["starts"]} if "starts" in spec else {}
    named |= {name: value for name, value in spec.get("set", {}).items() if name in TITLED}
    return " ".join(parts + [f"{name}={value}" for name, value in named.items()])


def describe(quality):
    return ", ".join(f"{name} {value:.7g}" for name, value in quality.items())


def machine():
    model = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return f"{os.cpu_count()} cores ({model}), {memory / 2**20:.0f} GiB, {platform.system()} {platform.release()}"


def versions():
    return ", ".join(f"{library} {version(package)}" for library, package in PACKAGES.items())


def run_case(spec):
    peers = {library: measure(library, spec) for library in spec["peers"]}
    peers["cohort"] = measure("cohort", spec)
    return peers


def table(spec, results):
    median = {library: statistics.median(result["seconds"]) for library, result in results.items()}
    fastest = min((seconds, library) for library, seconds in median.items() if library != "cohort")
    ratio = fastest[0] / median["cohort"]
    verdict = "reached" if ratio >= spec["target"] else "missed"
    lines = [
        f"### {title(spec)}", "",
        f"**{ratio:.2f} times** {fastest[1]}, the fastest peer; target {spec['target']}: {verdict}.", "",
        "| library | seconds | all repeats | peak MB (before) | result |", "|---|---|---|---|---|",
    ]
    for library in sorted(results, key=median.get):
        result = results[library]
        lines.append(
            f"| {library} | {median[library]:.4g} | {', '.join(f'{s:.3g}' for s in result['seconds'])} | "
            f"{result['memory_mb']:.0f} ({result['memory_before_mb']:.0f}) | {describe(result['quality'])} |")
    return "\n".join(lines + [""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", help="cases whose title contains one of these words")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", type=Path, default=inputs.DATA / "results.md")
    arguments = parser.parse_args()
    if not COHORT.exists():
        sys.exit("error: there is no release build; run make build")
    inputs.make_all()
    pages = [f"Machine: {machine()}. Two threads. Peers: {versions()}.", ""]
    for spec in CASES:
        if arguments.only and not any(word in title(spec) for word in arguments.only):
            continue
        page = table(spec, run_case(spec | {"repeats": arguments.repeats}))
        print(page, flush=True)
        pages.append(page)
    arguments.output.write_text("\n".join(pages))


if __name__ == "__main__":
    main()
