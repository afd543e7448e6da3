"""Writes ../encoding.json: one-hot and ordinal encodings by scikit-learn.

Run from any directory with the packages of requirements.txt.
"""

import json
import pathlib

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

rng = np.random.default_rng(20260901)
LEVELS = ["zeta", "Alpha", "alpha", "ärger", "beta", "eta 2", "eta", "gamma", "delta", "omega"]
SHARES = np.array([0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05, 0.03, 0.015, 0.005])
N = 300


def draw(count):
    return [str(level) for level in rng.choice(LEVELS, size=count, p=SHARES)]


train = draw(N)
score = draw(30) + ["never seen", "Zeta"]


def column(values):
    return np.array(values, dtype=object).reshape(-1, 1)


cases = []
for share, most in [(0.0, 20), (0.04, 20), (0.01, 6), (0.1, 3), (0.0, 1), (0.3, 20)]:
    encoder = OneHotEncoder(
        min_frequency=share if share > 0 else None,
        max_categories=most,
        handle_unknown="infrequent_if_exist",
        sparse_output=False,
    ).fit(column(train))
    pooled = encoder.infrequent_categories_[0]
    pooled = [] if pooled is None else [str(v) for v in pooled]
    cases.append(
        {
            "rareShare": share,
            "maximumLevels": most,
            "levels": [str(v) for v in encoder.categories_[0] if v not in pooled],
            "pooled": pooled,
            "train": encoder.transform(column(train)).tolist(),
            "score": encoder.transform(column(score)).tolist(),
        }
    )

numbers = np.round(rng.lognormal(3, 1, 41), 2)
missing = [3, 17, 40]
holed = numbers.copy()
holed[missing] = np.nan
fills = {
    strategy: float(SimpleImputer(strategy=strategy).fit(holed.reshape(-1, 1)).statistics_[0])
    for strategy in ["median", "mean"]
}
fills["medianOfOddCount"] = float(
    SimpleImputer(strategy="median").fit(holed[:-2].reshape(-1, 1)).statistics_[0]
)

fixture = {
    "train": train,
    "scored": score,
    "cases": cases,
    "numbers": numbers.tolist(),
    "missing": missing,
    "fills": fills,
}
target = pathlib.Path(__file__).resolve().parent.parent / "encoding.json"
text = json.dumps(fixture, ensure_ascii=False, separators=(",", ":")).replace(".0,", ",").replace(".0]", "]")
target.write_text(text + "\n", encoding="utf-8")
