"""Writes regression.json: metrics of predicted numbers, from scikit-learn.

The Gini coefficient is summed over pairs of rows. Run with the packages of requirements.txt:
python generate/regression.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn import metrics


def gini(order, y, w):
    """Σ over pairs of sign(difference in order) · (difference in target), weighted."""
    sign = np.sign(order[:, None] - order[None, :])
    return float((w[:, None] * w[None, :] * sign * (y[:, None] - y[None, :])).sum())


def example(name, m, y, w):
    weights = np.ones(len(y)) if w is None else w
    hit = y != 0
    keep = weights > 0
    options = {"sample_weight": weights}
    fixture = {
        "name": name,
        "predictions": m.tolist(),
        "targets": y.tolist(),
        "weights": None if w is None else w.tolist(),
        "rmse": metrics.root_mean_squared_error(y, m, **options),
        "mae": metrics.mean_absolute_error(y, m, **options),
        "r2": metrics.r2_score(y, m, **options),
        "mape": metrics.mean_absolute_percentage_error(y[hit], m[hit], sample_weight=weights[hit]),
        "gini": None,
        "deviances": [],
    }
    if y[keep].min() >= 0:
        fixture["gini"] = gini(m, y, weights) / gini(y, y, weights)
    for power in (0, 1, 1.5, 2, 3):
        if power and (m[keep].min() <= 0 or y[keep].min() < 0 or (power >= 2 and y[keep].min() == 0)):
            continue
        value = metrics.mean_tweedie_deviance(y[keep], m[keep], sample_weight=weights[keep], power=power)
        fixture["deviances"].append({"power": power, "value": value})
    return fixture


def main():
    rng = np.random.default_rng(20260904)
    n = 120
    rate = rng.gamma(2, 1, size=n)
    counts = rng.poisson(rate).astype(float)
    amounts = rng.gamma(3, rate)
    fixture = [
        example("any numbers", rng.normal(5, 2, size=n), rng.normal(4, 3, size=n), None),
        example("counts", rate, counts, None),
        example("counts, weights, some 0", np.round(rate, 0) + 0.5, counts, rng.integers(0, 3, size=n).astype(float)),
        example("amounts", rate * 3, amounts, np.round(rng.gamma(1, 1, size=n), 2) + 0.01),
        example("one prediction", np.full(n, 2.0), counts, None),
    ]
    path = Path(__file__).parent.parent / "regression.json"
    path.write_text(json.dumps(fixture, separators=(",", ":"), default=float) + "\n")


main()
