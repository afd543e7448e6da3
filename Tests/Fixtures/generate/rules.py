"""Writes rules.json: shallow multi-class trees of scikit-learn, and η² by SciPy's analysis of variance.

Run with the packages of requirements.txt: python generate/rules.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.stats import f_oneway
from sklearn.datasets import load_iris, load_wine
from sklearn.metrics import balanced_accuracy_score
from sklearn.tree import DecisionTreeClassifier


def made():
    """Six classes of unequal size in blocks of four columns, with gaps; few distinct values."""
    random = np.random.default_rng(5)
    y = random.choice(6, 400, p=[.4, .25, .15, .1, .06, .04])
    centers = random.integers(0, 40, (6, 4))
    x = np.clip(centers[y] + random.integers(-6, 7, (400, 4)), 0, 60).astype(float)
    x[random.random(400) < 0.1, 0] = np.nan
    x[random.random(400) < 0.3, 3] = np.nan
    return x, y


def tree_case(name, x, y, balanced):
    tree = DecisionTreeClassifier(
        max_depth=3, min_samples_leaf=5, class_weight="balanced" if balanced else None,
        random_state=0).fit(x, y)
    found = tree.predict(x)
    return {
        "name": name, "columns": [[None if np.isnan(v) else v for v in c] for c in x.T.tolist()],
        "labels": y.tolist(), "balanced": balanced, "found": found.tolist(),
        "accuracy": float((found == y).mean()),
        "balanced_accuracy": float(balanced_accuracy_score(y, found)),
    }


def spread_case(values, labels):
    groups = [values[labels == g] for g in np.unique(labels)]
    f = f_oneway(*groups).statistic
    between, within = len(groups) - 1, len(values) - len(groups)
    return {
        "values": values.tolist(), "labels": labels.tolist(),
        "explained": float(f * between / (f * between + within)),
    }


iris, wine = load_iris(), load_wine()
gaps = made()
random = np.random.default_rng(1)
labels = random.integers(-1, 4, 300)
fixture = {
    "trees": [
        tree_case(name, x, y, balanced)
        for name, (x, y) in [
            ("iris", (iris.data, iris.target)), ("wine", (wine.data, wine.target)), ("made", gaps)]
        for balanced in (False, True)
    ],
    "spreads": [
        spread_case(iris.data[:, 0], iris.target),
        spread_case(random.lognormal(3, 1, 300) * (2 + labels), labels),
    ],
}
(Path(__file__).parents[1] / "rules.json").write_text(json.dumps(fixture))
