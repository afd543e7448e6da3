"""Writes fairness.json: figures of groups by fairlearn's MetricFrame.

Run with the packages of requirements.txt: python generate/fairness.py
"""

import json
import math
from pathlib import Path

import numpy as np
from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from sklearn.metrics import precision_score, roc_auc_score

MEASURES = {
    "base_rate": lambda y, p: float(np.mean(y)),
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
    "precision": lambda y, p: precision_score(y, p, zero_division=0),
}


def finite(value):
    """Nothing where both values are 0."""
    return float(value) if math.isfinite(value) else None


def case(name, counts, shift, threshold, seed):
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(counts)), counts)
    random.shuffle(groups)
    odds = random.normal(size=groups.size) + shift * groups
    labels = (random.uniform(size=groups.size) < 1 / (1 + np.exp(-odds))).astype(int)
    noisy = odds + random.normal(size=groups.size)
    scores = np.round(1 / (1 + np.exp(-noisy)), 3)
    chosen = (scores >= threshold).astype(int)
    frame = MetricFrame(
        metrics=MEASURES, y_true=labels, y_pred=chosen, sensitive_features=groups
    )
    area = MetricFrame(
        metrics={"roc_auc": roc_auc_score, "mean_score": lambda y, s: float(np.mean(s))},
        y_true=labels,
        y_pred=scores,
        sensitive_features=groups,
    )
    figures, gaps = {}, {}
    for found in (frame, area):
        for measure in found.by_group.columns:
            figures[measure] = [float(v) for v in found.by_group[measure]]
            gaps[measure] = {
                "difference": float(found.difference(method="between_groups")[measure]),
                "ratio": finite(found.ratio(method="between_groups")[measure]),
            }
    return {
        "name": name,
        "groups": groups.tolist(),
        "labels": labels.astype(float).tolist(),
        "scores": scores.tolist(),
        "threshold": threshold,
        "figures": figures,
        "gaps": gaps,
    }


if __name__ == "__main__":
    cases = [
        case("two groups", [150, 90], 0.6, 0.5, 1),
        case("four uneven groups", [200, 60, 30, 25], -0.3, 0.4, 2),
        case("nobody is selected in one", [80, 80], -3.0, 0.9, 3),
    ]
    target = Path(__file__).parent.parent / "fairness.json"
    target.write_text(json.dumps({"cases": cases}, separators=(",", ":"), allow_nan=False) + "\n")
