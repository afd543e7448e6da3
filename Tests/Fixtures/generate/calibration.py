"""Writes calibration.json: maps from scores to probabilities.

Isotonic maps are scikit-learn's. Platt's sigmoid and beta calibration minimise the log-loss by scipy from several
starts; the sigmoid is compared with scikit-learn's looser one here. Run with the packages of requirements.txt:
python generate/calibration.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression


def newton(design, target, w):
    """Parameters of least weighted log-loss."""
    theta = np.zeros(design.shape[1])
    for _ in range(200):
        p = expit(design @ theta)
        hessian = design.T @ (design * (w * p * (1 - p))[:, None])
        theta = theta - np.linalg.solve(hessian, design.T @ (w * (p - target)))
    return theta


def loss(design, target, w, theta):
    m = design @ theta
    return float(np.average(np.logaddexp(0, m) - target * m, weights=w))


def sigmoid(s, y, w):
    ones, zeros = w[y == 1].sum(), w[y == 0].sum()
    target = np.where(y == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
    intercept, slope = newton(np.c_[np.ones(len(s)), s], target, w)
    peer = _SigmoidCalibration().fit(s, y, sample_weight=w)
    assert np.allclose([slope, intercept], [-peer.a_, -peer.b_], rtol=1e-3, atol=1e-3)
    return {"slope": float(slope), "intercept": float(intercept)}


def beta(p, y, w):
    """The best of the fits whose factors are not negative."""
    q = np.clip(p, 2.0**-52, 1 - 2.0**-52)
    columns = np.c_[np.log(q), -np.log1p(-q)]
    best = None
    for chosen in ([0, 1], [0], [1], []):
        design = np.c_[np.ones(len(p)), columns[:, chosen]]
        theta = newton(design, y, w)
        if (theta[1:] >= 0).all() and (best is None or loss(design, y, w, theta) < best[0]):
            factors = [0.0, 0.0]
            for j, value in zip(chosen, theta[1:]):
                factors[j] = float(value)
            best = (loss(design, y, w, theta), factors, float(theta[0]))
    # The constrained minimum by another method.
    design = np.c_[np.ones(len(p)), columns]
    free = minimize(lambda t: loss(design, y, w, t), np.zeros(3), bounds=[(None, None), (0, None), (0, None)])
    assert free.fun > best[0] - 1e-7
    return {"a": best[1][0], "b": best[1][1], "c": best[2]}


def isotonic(s, y, w, at):
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(s, y, sample_weight=w)
    return model.predict(at).tolist()


def main():
    rng = np.random.default_rng(20260907)
    fixture = []
    at = np.linspace(-0.2, 1.2, 29)
    for name, n, digits in (("distinct", 200, 9), ("ties", 150, 1), ("reversed", 120, 9), ("overconfident", 200, 9)):
        truth = rng.beta(1, 2, size=n)
        y = (rng.random(n) < truth).astype(int)
        p = {
            "reversed": 1 - truth,
            "overconfident": expit(3 * np.log(truth / (1 - truth)) + 1),
        }.get(name, truth**1.7)
        p = np.round(p, digits)
        for w in (None, np.round(rng.gamma(2, 1, size=n), 2) + 0.01):
            weights = np.ones(n) if w is None else w
            fixture.append(
                {
                    "name": name,
                    "scores": p.tolist(),
                    "labels": y.tolist(),
                    "weights": None if w is None else w.tolist(),
                    "sigmoid": sigmoid(p, y, weights),
                    "beta": beta(p, y, weights),
                    "at": at.tolist(),
                    "isotonic": isotonic(p, y, weights, at),
                }
            )
    path = Path(__file__).parent.parent / "calibration.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")


main()
