"""Writes ../moments.json: moments, quantiles, covariance, scalers and normal quantiles.

By NumPy, scikit-learn and SciPy, of one table with skewed, offset, constant and tied columns.
"""

import json
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler


def scaler(model, center, scale, values):
    model.fit(values)
    return {
        "center": getattr(model, center).tolist(),
        "scale": getattr(model, scale).tolist(),
        "transformed": model.transform(values).ravel().tolist(),
    }


def main():
    generator = np.random.default_rng(20260903)
    rows = 103
    values = np.column_stack(
        [
            generator.normal(size=rows),
            generator.lognormal(2, 1, rows),
            1e6 + generator.normal(size=rows),
            np.full(rows, 12.3),
            generator.poisson(0.3, rows),
            generator.integers(0, 4, rows) * 0.25,
            -generator.exponential(40, rows),
        ]
    )
    weights = generator.integers(0, 4, rows).astype(float)
    probabilities = [0, 0.01, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.999, 1]
    mean = np.average(values, axis=0, weights=weights)
    # scikit-learn's scaler multiplies by 1/range; the table here wants (x - min) / range.
    least_and_range = MinMaxScaler().fit(values)
    normal = [1e-300, 1e-20, 1e-9, 0.001, 0.02425, 0.07, 0.3, 0.5, 0.6, 0.9249, 0.95, 0.999, 1 - 1e-9]
    result = {
        "rows": rows,
        "columns": values.shape[1],
        "values": values.ravel().tolist(),
        "weights": weights.tolist(),
        "mean": values.mean(axis=0).tolist(),
        "variance": [float(np.var(c - c[0])) for c in values.T],
        "weighted_mean": mean.tolist(),
        "weighted_variance": np.average((values - mean) ** 2, axis=0, weights=weights).tolist(),
        "covariance": np.cov((values - values[0]).T).ravel().tolist(),
        "probabilities": probabilities,
        "quantiles": [np.quantile(c, probabilities).tolist() for c in values.T],
        "scalers": {
            "zscore": scaler(StandardScaler(), "mean_", "scale_", values),
            "robust": scaler(RobustScaler(), "center_", "scale_", values),
            "min-max": {
                "center": least_and_range.data_min_.tolist(),
                "scale": [r if r > 0 else 1.0 for r in least_and_range.data_range_],
                "transformed": least_and_range.transform(values).ravel().tolist(),
            },
        },
        "normal_probabilities": normal,
        "normal_quantiles": [float(ndtri(p)) for p in normal],
    }
    path = Path(__file__).resolve().parent.parent / "moments.json"
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
