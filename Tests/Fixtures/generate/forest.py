"""Writes forest.json: decision trees of scikit-learn on columns of few distinct values.

Run with the packages of requirements.txt: python generate/forest.py
"""
import json
from pathlib import Path

import numpy as np
from sklearn.tree import DecisionTreeClassifier

ROWS = 500


def draw(seed):
    random = np.random.default_rng(seed)
    # Whole numbers below 120: every value is a bin of its own.
    x = np.column_stack([
        random.integers(0, 120, ROWS), random.integers(-60, 60, ROWS), random.integers(0, 7, ROWS),
        random.integers(0, 2, ROWS), random.poisson(3, ROWS),
    ]).astype(float)
    score = 0.04 * (x[:, 0] - 60) + 0.9 * (x[:, 2] == 3) + np.sin(x[:, 1] / 9) + 0.2 * x[:, 4] - 1
    y = (random.random(ROWS) < 1 / (1 + np.exp(-score))).astype(int)
    weights = random.uniform(0.5, 6, ROWS)
    gaps = x.copy()
    gaps[random.random(ROWS) < 0.25, 0] = np.nan
    gaps[random.random(ROWS) < 0.1, 4] = np.nan
    return x, gaps, y, weights


def purities(x, y, least):
    """Of every division of some rows, missing values on either side; greater is purer."""
    found = {}
    for j in range(x.shape[1]):
        known = ~np.isnan(x[:, j])
        for value in np.unique(x[known, j]):
            for low in (x[:, j] <= value, (x[:, j] <= value) | ~known):
                if low.sum() >= least and (~low).sum() >= least:
                    found[low.tobytes()] = found[(~low).tobytes()] = (
                        y[low].sum() ** 2 / low.sum() + y[~low].sum() ** 2 / (~low).sum())
    # A division stands twice, from either side.
    return np.sort(list(found.values()))[::-2]


def is_tied(data, y, tree):
    """Whether some node has two divisions of equal gain, which rounding decides."""
    path = tree.decision_path(data).toarray().astype(bool)
    for node in np.flatnonzero(tree.tree_.children_left >= 0):
        rows = path[:, node]
        best = purities(data[rows], y[rows], tree.min_samples_leaf)
        if len(best) > 1 and best[0] - best[1] < 1e-9 * best[0]:
            return True
    return False


def case(name, data, ours, theirs, sample_weight=None):
    tree = DecisionTreeClassifier(random_state=0, **theirs).fit(data, y, sample_weight)
    if sample_weight is None and theirs.get("class_weight") is None and is_tied(data, y, tree):
        raise ValueError("tied")
    ones = tree.predict_proba(data)[:, 1]
    used = np.ones(ROWS) if sample_weight is None else sample_weight
    if theirs.get("class_weight") == "balanced":
        # scikit-learn counts the classes without the weights of rows.
        factor = used[y == 0].sum() / used[y == 1].sum()
        ones = ones / (ones + factor * (1 - ones))
        used = used * np.where(y == 1, ROWS / (2 * y.sum()), ROWS / (2 * (ROWS - y.sum())))
    gains = tree.tree_.compute_feature_importances(normalize=False) * used.sum()
    # Gini's impurity is twice the squared error; entropy is counted in bits there.
    gains *= np.log(2) if theirs.get("criterion") == "entropy" else 0.5
    return {
        "name": name, "table": "gaps" if data is gaps else "plain", "parameters": ours,
        "weights": None if sample_weight is None else sample_weight.tolist(),
        "leaves": tree.apply(data).tolist(), "probabilities": ones.tolist(),
        "gain": gains.tolist(),
    }


def table(data):
    return [[None if np.isnan(v) else v for v in column] for column in data.T.tolist()]


defaults = {"max_leaf_nodes": 31, "min_samples_leaf": 20}


def cases():
    return [
        case("defaults", x, {}, defaults),
        case("entropy", x, {"criterion": "entropy"}, defaults | {"criterion": "entropy"}),
        case("shallow", x, {"max_depth": 3, "max_leaf_nodes": None, "min_samples_leaf": 5},
             {"max_depth": 3, "min_samples_leaf": 5}),
        case("best first", x, {"max_leaf_nodes": 9, "min_samples_leaf": 5},
             {"max_leaf_nodes": 9, "min_samples_leaf": 5}),
        case("weights", x, {}, defaults, weights),
        case("balanced", x, {"class_weight": "balanced"},
             defaults | {"class_weight": "balanced"}),
        case("missing values", gaps, {}, defaults),
    ]


# The first draw without ties.
for seed in range(1000):
    x, gaps, y, weights = draw(seed)
    try:
        found = cases()
        break
    except ValueError:
        continue
(Path(__file__).resolve().parent.parent / "forest.json").write_text(json.dumps({
    "tables": {"plain": table(x), "gaps": table(gaps)}, "labels": y.tolist(), "cases": found,
}))
