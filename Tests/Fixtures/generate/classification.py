"""Writes classification.json: metrics and curves of binary scores, from scikit-learn and scipy.

Figures scikit-learn lacks (lift and capture with ties, equal-mass bins, profit) are written down here in plain
loops over single rows. Run with the packages of requirements.txt: python generate/classification.py
"""
import json
from pathlib import Path

import numpy as np
from scipy.stats import ks_2samp
from sklearn import metrics
from sklearn.calibration import calibration_curve


def examples(rng):
    """Name to (scores, labels, weights or None)."""
    n = 400
    p = rng.beta(0.7, 3, size=n)
    yield "distinct", p, (rng.random(n) < p).astype(int), None
    coarse = np.round(p, 1)
    yield "ties", coarse, (rng.random(n) < coarse * 0.8 + 0.1).astype(int), None
    yield "weights", p, (rng.random(n) < p).astype(int), np.round(rng.gamma(2, 1, size=n), 3)
    w = rng.integers(0, 4, size=n).astype(float)
    yield "ties and weights, some 0", coarse, (rng.random(n) < coarse).astype(int), w
    yield "margins", rng.normal(size=n), (rng.random(n) < 0.3).astype(int), None
    yield "perfect, certain", np.r_[np.ones(5), np.zeros(7)], np.r_[np.ones(5), np.zeros(7)].astype(int), None
    yield "wrong, certain", np.r_[np.ones(5), np.zeros(7)], np.r_[np.zeros(5), np.ones(7)].astype(int), None
    yield "all equal", np.full(9, 0.25), np.r_[1, 1, np.zeros(7)].astype(int), None


def capture(s, y, w, share):
    """Positives among the best share of the weight; of rows of equal score each is taken in part."""
    left, found = share * w.sum(), 0.0
    for v in sorted(set(s.tolist()), reverse=True):
        size = w[s == v].sum()
        part = min(1.0, left / size) if size > 0 else 0.0
        found += part * (w * y)[s == v].sum()
        left -= part * size
        if left <= 1e-12:
            break
    return found / (w * y).sum()


def bins_error(s, y, w, bin_of):
    error = 0.0
    for b in set(bin_of):
        rows = np.flatnonzero(np.asarray(bin_of) == b)
        rows = rows[w[rows] > 0]
        if len(rows):
            mean, rate = np.average(s[rows], weights=w[rows]), np.average(y[rows], weights=w[rows])
            error += w[rows].sum() / w.sum() * abs(mean - rate)
    return error


def equal_mass(s, w, k):
    """The bin of the middle of the rows of equal score."""
    middle = [(w[s < v].sum() + w[s == v].sum() / 2) / w.sum() for v in s]
    return [min(k - 1, int(m * k)) for m in middle]


def probabilities(s, y, w):
    """What only probabilities have; sklearn's calibration_curve takes no weights."""
    width = np.searchsorted(np.linspace(0, 1, 11)[1:-1], s)
    unit = np.array_equal(w, np.ones(len(w)))
    curve = calibration_curve(y, s, n_bins=10) if unit else None
    return {
        "log_loss": metrics.log_loss(y, s, sample_weight=w),
        "brier": metrics.brier_score_loss(y, s, sample_weight=w),
        "ece_width": bins_error(s, y, w, width.tolist()),
        "ece_mass": bins_error(s, y, w, equal_mass(s, w, 7)),
        "calibration_rate": curve[0].tolist() if unit else None,
        "calibration_mean": curve[1].tolist() if unit else None,
    }


def at_cut(s, y, w, threshold):
    hat = (s >= threshold).astype(int)
    tn, fp, fn, tp = metrics.confusion_matrix(y, hat, labels=[0, 1], sample_weight=w).ravel().tolist()
    options = {"sample_weight": w, "zero_division": 0}
    return {
        "threshold": threshold,
        "counts": [tp, fp, tn, fn],
        "accuracy": metrics.accuracy_score(y, hat, sample_weight=w),
        "precision": metrics.precision_score(y, hat, **options),
        "recall": metrics.recall_score(y, hat, **options),
        "specificity": metrics.recall_score(y, hat, pos_label=0, **options),
        "f1": metrics.f1_score(y, hat, **options),
        "mcc": metrics.matthews_corrcoef(y, hat, sample_weight=w),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, hat, sample_weight=w),
    }


def curves(s, y, w):
    fpr, tpr, thresholds = metrics.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(y, s, sample_weight=w)
    return {
        "fpr": fpr.tolist(),
        "tpr": tpr.tolist(),
        "thresholds": thresholds[1:].tolist(),
        # sklearn's ends in the point (0, 1) of no rows, and runs the other way.
        "precision": precision[:-1][::-1].tolist(),
        "recall": recall[:-1][::-1].tolist(),
    }


def example(name, s, y, weights, with_curves):
    w = np.ones(len(s)) if weights is None else weights
    keep = w > 0
    fixture = {
        "name": name,
        "scores": s.tolist(),
        "labels": y.tolist(),
        "weights": None if weights is None else w.tolist(),
        "roc_auc": metrics.roc_auc_score(y, s, sample_weight=w),
        "pr_auc": metrics.average_precision_score(y, s, sample_weight=w),
        "captures": [{"share": p, "capture": capture(s, y, w, p)} for p in (0.01, 0.1, 0.25, 0.5, 1)],
        "cuts": [at_cut(s[keep], y[keep], w[keep], t) for t in (0.05, 0.1, 0.3, 0.5, 2)],
    }
    if weights is None:
        fixture["ks"] = ks_2samp(s[y == 1], s[y == 0]).statistic
    if s.min() >= 0 and s.max() <= 1:
        fixture["probabilities"] = probabilities(s[keep], y[keep], w[keep])
    if with_curves:
        fixture["curves"] = curves(s[keep], y[keep], w[keep])
    return fixture


def main():
    rng = np.random.default_rng(20260903)
    with_curves = {"distinct", "ties", "ties and weights, some 0", "all equal"}
    fixture = [example(name, s, y, w, name in with_curves) for name, s, y, w in examples(rng)]
    path = Path(__file__).parent.parent / "classification.json"
    path.write_text(json.dumps(fixture, separators=(",", ":"), default=float) + "\n")


main()
