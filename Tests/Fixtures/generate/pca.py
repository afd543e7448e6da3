"""Writes ../pca.json: principal components by scikit-learn for small tables.

The reference is always the `full` solver (singular values of centred data); Cohort's solvers are both
compared with it. Digits are stored one letter per pixel, 'a' for 0, to keep the file small.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.decomposition import PCA


def table(values):
    return {"rows": values.shape[0], "columns": values.shape[1], "values": values.ravel().tolist()}


def fit(name, values, components, whiten=False, stored=None):
    model = PCA(n_components=components, whiten=whiten, svd_solver="full").fit(values)
    kept = stored or model.n_components_
    return {
        "data": name,
        "components": components,
        "whiten": whiten,
        "kept": int(model.n_components_),
        "mean": model.mean_.tolist(),
        "directions": model.components_[:kept].ravel().tolist(),
        "variances": model.explained_variance_.tolist(),
        "ratios": model.explained_variance_ratio_.tolist(),
        "singular_values": model.singular_values_.tolist(),
        "noise_variance": float(model.noise_variance_),
        "scores": model.transform(values[:5])[:, :kept].ravel().tolist(),
    }


def main():
    generator = np.random.default_rng(20260901)
    iris, wine, digits = load_iris().data, load_wine().data, load_digits().data
    mixed = generator.normal(size=(5, 5))
    offset = 1e6 + generator.normal(size=(200, 5)) @ mixed
    wide = generator.normal(size=(12, 30)) * np.linspace(1, 4, 30)
    constant = generator.normal(size=(40, 6)) * np.arange(1, 7)
    constant[:, 1] = 7.25
    constant[:, 4] = -0.1
    data = {"iris": iris, "wine": wine, "offset": offset, "wide": wide, "constant": constant}
    letters = "".join(chr(ord("a") + int(v)) for v in digits.ravel())
    result = {
        "data": {name: table(values) for name, values in data.items()},
        "digits": {"rows": digits.shape[0], "columns": digits.shape[1], "letters": letters},
        "fits": [
            fit("iris", iris, None),
            fit("iris", iris, 2),
            fit("iris", iris, 3, whiten=True),
            fit("iris", iris, 0.9),
            fit("iris", iris, 0.95),
            fit("iris", iris, 0.999),
            fit("wine", wine, None),
            fit("wine", wine, 3, whiten=True),
            fit("wine", wine, 0.5),
            fit("offset", offset, None),
            fit("offset", offset, 2),
            fit("wide", wide, 11),
            fit("wide", wide, 4, whiten=True),
            fit("wide", wide, 0.8),
            fit("constant", constant, 4),
            fit("constant", constant, 2),
            fit("digits", digits, 60, stored=6),
            fit("digits", digits, 0.8, stored=6),
            fit("digits", digits, 5),
        ],
    }
    path = Path(__file__).resolve().parent.parent / "pca.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
