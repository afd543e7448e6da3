"""Writes logistic.json: logistic regressions from scikit-learn, unpenalised ones with standard errors from numpy.

Run with the packages of requirements.txt: python generate/logistic.py
"""
import json
import warnings
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore", category=FutureWarning)


def data(rng, n, scale, shift):
    """Four columns, two of them correlated, in the units given."""
    z = rng.normal(size=(n, 4))
    z[:, 1] = 0.7 * z[:, 0] + 0.5 * z[:, 1]
    y = (rng.random(n) < expit(-0.8 + z @ np.array([1.2, -0.6, 0.0, 0.3]))).astype(int)
    return z * scale + shift, y


def unpenalised(x, y, w):
    """Newton's method to the last digit; standard errors from the inverse of the second derivatives."""
    design = np.c_[np.ones(len(y)), (x - x.mean(axis=0)) / x.std(axis=0)]
    theta = np.zeros(design.shape[1])
    for _ in range(50):
        p = expit(design @ theta)
        hessian = design.T @ (design * (w * p * (1 - p))[:, None])
        theta = theta - np.linalg.solve(hessian, design.T @ (w * (p - y)))
    # Back to the columns' own units: an affine map of the parameters.
    d = x.shape[1]
    back = np.zeros((d + 1, d + 1))
    back[0, 0] = 1
    back[0, 1:] = -x.mean(axis=0) / x.std(axis=0)
    back[1:, 1:] = np.diag(1 / x.std(axis=0))
    beta = back @ theta
    errors = np.sqrt(np.diag(back @ np.linalg.inv(hessian) @ back.T))
    z = beta / errors
    return beta, errors, 2 * stats.norm.sf(np.abs(z))


def penalised(x, y, w, penalty, c, l1_ratio, standardize):
    weights = np.ones(len(y)) if w is None else w
    scaler = StandardScaler().fit(x, sample_weight=weights)
    inside = scaler.transform(x) if standardize else x
    if penalty == "l2":
        model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    else:
        ratio = 1 if penalty == "l1" else l1_ratio
        model = LogisticRegression(C=c, l1_ratio=ratio, solver="saga", tol=1e-14, max_iter=200000)
    model.fit(inside, y, sample_weight=weights)
    beta = model.coef_[0] / (scaler.scale_ if standardize else 1)
    shift = beta @ scaler.mean_ if standardize else 0.0
    return [float(model.intercept_[0] - shift)], beta


def main():
    rng = np.random.default_rng(20260906)
    fixture = {"unpenalised": [], "penalised": []}
    scale, shift = np.array([1.0, 20, 0.05, 3]), np.array([0.0, 100, 1, -7])
    x, y = data(rng, 150, scale, shift)
    w = np.round(rng.gamma(2, 1, size=len(y)), 2)
    for weights in (None, w):
        beta, errors, p = unpenalised(x, y, np.ones(len(y)) if weights is None else weights)
        fixture["unpenalised"].append(
            {"weights": None if weights is None else weights.tolist(), "parameters": beta.tolist(),
             "errors": errors.tolist(), "p": p.tolist()}
        )
    fixture["x"], fixture["y"] = x.tolist(), y.tolist()
    plain, plain_y = data(rng, 120, 1.0, 0.0)
    fixture["plain"], fixture["plain_y"] = plain.tolist(), plain_y.tolist()
    for penalty, c, ratio, standardize, weights in (
        ("l2", 1.0, 0, True, None),
        ("l2", 0.01, 0, True, w),
        ("l2", 0.5, 0, False, None),
        ("l1", 0.3, 1, True, None),
        ("l1", 0.05, 1, False, None),
        ("elastic-net", 0.2, 0.4, True, None),
    ):
        on = (x, y) if standardize else (plain, plain_y)
        intercept, beta = penalised(*on, weights, penalty, c, ratio, standardize)
        fixture["penalised"].append(
            {"penalty": penalty, "c": c, "l1_ratio": ratio, "standardize": standardize,
             "weights": None if weights is None else weights.tolist(),
             "intercept": intercept[0], "coefficients": beta.tolist()}
        )
    path = Path(__file__).parent.parent / "logistic.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
