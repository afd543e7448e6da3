"""Runs the grid of grid/study.yaml with Cohort and with scikit-learn, scipy and joblib; prints a Markdown table.

usage: benchmarks/run grid [--rows N] [--scalers NAME …]

1,024 trials on 20,000 rows with silhouette, smallest share and stability. Cohort's seconds are those of the
command: reading, fitting, judging, artifacts and report. The peer's are its loop alone, after imports and reading.
"""
import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from compare import COHORT, ENVIRONMENT, HERE, THREADS, machine, versions
from inputs import DATA

SETTINGS = ("scaler", "components", "model", "k", "covariance", "linkage", "eps")
FAMILIES = ("k-means", "gaussian-mixture", "hierarchical", "dbscan")


def write_rows(path, rows):
    """Six groups of customers: amounts are skewed, scales differ, two columns say nothing."""
    rng = np.random.default_rng(91)
    group = rng.choice(6, rows, p=[0.3, 0.22, 0.18, 0.14, 0.1, 0.06])
    centres = rng.standard_normal((6, 4)) * 3
    latent = centres[group] + rng.standard_normal((rows, 4)) * rng.uniform(0.7, 1.2, 6)[group][:, None]
    x = np.column_stack([
        np.exp(0.3 * latent[:, 0] + 3), latent[:, 1] * 10 + 200, np.exp(0.25 * latent[:, 2] + 1), latent[:, 3],
        latent[:, 0] + latent[:, 1] + rng.standard_normal(rows), latent[:, 2] - latent[:, 3] + rng.standard_normal(rows),
        rng.standard_normal(rows), rng.uniform(0, 5, rows),
    ])
    names = "spend,days,orders,trend,visits,returns,noise,score"
    np.savetxt(path, np.round(x, 6), delimiter=",", header=names, comments="", fmt="%.6f")


def cohort(scalers, folder):
    study = (HERE / "grid/study.yaml").read_text().replace("../data/grid.csv", str(DATA / "grid.csv"))
    (folder / "study.yaml").write_text(study.replace("[none, zscore, robust, min-max]", f"[{', '.join(scalers)}]"))
    start = time.perf_counter()
    command = [str(COHORT), "run", "study.yaml", "--runs", "runs", "--threads", THREADS]
    finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=ENVIRONMENT)
    seconds = time.perf_counter() - start
    # 5: trials without two segments fail, as they do for the peer.
    if finished.returncode not in (0, 5):
        sys.exit(f"error: cohort run failed: {finished.stderr.strip()}")
    board = json.loads(next(folder.glob("runs/*/leaderboard.json")).read_text())
    sharing = [line for line in (finished.stdout + finished.stderr).splitlines() if "sharing saved" in line]
    return seconds, [trial(row) for row in board["experiments"][0]["rows"]], sharing


def trial(row):
    """A row of the leaderboard in the peer's words."""
    own = {stage["name"]: stage["parameters"] for stage in row["trial"]["stages"]}
    model = own.get(row["trial"]["model"], {})
    metrics = {metric["name"]: metric["value"] for metric in row["trial"]["metrics"]}
    covariance = {"diagonal": "diag"}.get(model.get("covariance"), model.get("covariance"))
    return {
        "scaler": own.get("standardize", {}).get("method", "none"),
        "components": own.get("pca", {}).get("components", "none"), "model": row["trial"]["model"],
        **{name: model[name] for name in ("k", "linkage", "eps") if name in model},
        **({"covariance": covariance} if covariance else {}),
        "silhouette": metrics.get("silhouette", math.nan), "stability": metrics.get("stability", math.nan),
        "min_share": metrics.get("min_share", 0), "noise": metrics.get("noise", 0),
    }


def peer(scalers):
    command = [sys.executable, str(HERE / "grid_peer.py"), *scalers]
    finished = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    if finished.returncode != 0:
        sys.exit(f"error: the peer failed; {(finished.stderr.strip().splitlines() or ['no message'])[-1]}")
    found = json.loads(finished.stdout)
    return found["seconds"], found["trials"]


def best(trials, family=None):
    """The chosen candidate by the study's rule."""
    eligible = [
        t for t in trials
        if family in (None, t["model"]) and t["silhouette"] == t["silhouette"] and t["min_share"] >= 0.03
        and t["noise"] <= 0.15
    ]
    return max(eligible, key=lambda t: t["silhouette"], default=None)


def described(candidate):
    if candidate is None:
        return "none"
    words = " ".join(f"{name}={candidate[name]}" for name in SETTINGS if candidate.get(name) is not None)
    return f"{words} ({candidate['silhouette']:.4f}, stability {candidate['stability']:.2f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--scalers", nargs="*", default=["none", "zscore", "robust", "min-max"])
    arguments = parser.parse_args()
    DATA.mkdir(exist_ok=True)
    write_rows(DATA / "grid.csv", arguments.rows)
    folder = Path(tempfile.mkdtemp())
    ours, own, sharing = cohort(arguments.scalers, folder)
    shutil.rmtree(folder)
    theirs, other = peer(arguments.scalers)
    print(f"Machine: {machine()}. Two threads, two processes. Peers: {versions()}.\n")
    print(f"### grid, {len(own)} trials on {arguments.rows:,} rows\n")
    print(f"**{theirs / ours:.1f} times** scikit-learn, scipy and joblib ({len(other)} trials); target 10.\n")
    print(f"Cohort {ours:.1f} s, the peer {theirs:.1f} s.", *sharing, sep="\n")
    print("\n| choice | Cohort | scikit-learn and scipy |\n|---|---|---|")
    for family in (None, *FAMILIES):
        print(f"| {family or 'of all'} | {described(best(own, family))} | {described(best(other, family))} |")


if __name__ == "__main__":
    main()
