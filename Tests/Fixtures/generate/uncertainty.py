"""Writes uncertainty.json: tails of distributions, intervals of shares, areas with DeLong's covariance, resampled tests.

Distributions and Wilson's interval are scipy's. DeLong's covariance is summed over all pairs of rows as in the paper of
1988, not by ranks. Run with the packages of requirements.txt: python generate/uncertainty.py
"""
import json
from pathlib import Path

import numpy as np
from scipy import stats


def student():
    tails = [
        {"t": t, "df": df, "tail": float(2 * stats.t.sf(abs(t), df))}
        for df in (1, 2, 4, 9, 30, 99, 1e4)
        for t in (0, 0.01, -0.7, 1, 2.5, -10, 300)
    ]
    quantiles = [
        {"tail": p, "df": df, "t": float(stats.t.isf(p / 2, df))} for df in (1, 4, 9, 99) for p in (0.9, 0.1, 0.05, 0.001)
    ]
    normals = [{"z": z, "tail": float(2 * stats.norm.sf(abs(z)))} for z in (0, 0.3, -1.96, 5, 20)]
    return {"tails": tails, "quantiles": quantiles, "normals": normals}


def wilson():
    found = []
    for hits, n, level in ((0, 10, 0.95), (10, 10, 0.95), (3, 20, 0.9), (450, 1000, 0.99), (1, 100000, 0.95)):
        ci = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
        found.append({"hits": hits, "trials": n, "level": level, "lower": float(ci.low), "upper": float(ci.high)})
    return found


def delong(scores, y):
    """Areas and covariance by all pairs: V10, V01 and S10 / m + S01 / n."""
    v10, v01 = [], []
    for s in scores:
        a, b = s[y == 1][:, None], s[y == 0][None, :]
        wins = (a > b) + 0.5 * (a == b)
        v10.append(wins.mean(axis=1))
        v01.append(wins.mean(axis=0))
    m, n = len(v10[0]), len(v01[0])
    covariance = np.atleast_2d(np.cov(v10)) / m + np.atleast_2d(np.cov(v01)) / n
    return [float(v.mean()) for v in v10], covariance


def delong_examples(rng):
    found = []
    for name, n, digits in (("distinct", 150, 12), ("ties", 200, 1), ("few", 9, 2)):
        y = (rng.random(n) < 0.35).astype(int)
        y[:4] = [0, 1, 0, 1]
        signal = y + rng.normal(size=n)
        scores = [np.round(signal + s * rng.normal(size=n), digits) for s in (0.2, 0.7, 3)]
        areas, covariance = delong(scores, y)
        error = np.sqrt(covariance[0, 0] + covariance[2, 2] - 2 * covariance[0, 2])
        z = (areas[0] - areas[2]) / error
        found.append(
            {
                "name": name,
                "labels": y.tolist(),
                "scores": [s.tolist() for s in scores],
                "areas": areas,
                "covariance": covariance.ravel().tolist(),
                "z": float(z),
                "p": float(2 * stats.norm.sf(abs(z))),
            }
        )
    return found


def resampled(rng):
    found = []
    for k, ratio in ((5, 0.25), (10, 1 / 9), (3, 0.5)):
        a, b = rng.normal(0.8, 0.02, size=k), rng.normal(0.79, 0.02, size=k)
        d = a - b
        error = np.sqrt((1 / k + ratio) * d.var(ddof=1))
        t = d.mean() / error
        half = stats.t.isf(0.05, k - 1) * error
        found.append(
            {
                "a": a.tolist(),
                "b": b.tolist(),
                "ratio": ratio,
                "t": float(t),
                "p": float(2 * stats.t.sf(abs(t), k - 1)),
                "lower90": float(d.mean() - half),
                "upper90": float(d.mean() + half),
            }
        )
    return found


def main():
    rng = np.random.default_rng(20260905)
    fixture = {
        "student": student(),
        "wilson": wilson(),
        "delong": delong_examples(rng),
        "resampled": resampled(rng),
    }
    path = Path(__file__).parent.parent / "uncertainty.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
