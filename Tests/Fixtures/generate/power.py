"""Writes ../power.json: Yeo-Johnson powers and transformed values by scikit-learn, column by column."""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.preprocessing import PowerTransformer


def column(name, values):
    model = PowerTransformer(method="yeo-johnson", standardize=False).fit(values[:, None])
    power = float(model.lambdas_[0])
    return {
        "name": name,
        "values": values.tolist(),
        "power": power,
        "log_likelihood": float(stats.yeojohnson_llf(power, values)),
        "transformed": model.transform(values[:, None])[:, 0].tolist(),
    }


def main():
    generator = np.random.default_rng(20260902)
    columns = [
        column("normal", generator.normal(3, 2, 200)),
        column("spend", generator.lognormal(3, 1.2, 200)),
        column("waiting times", generator.exponential(20, 200)),
        column("counts", generator.poisson(1.5, 200).astype(float)),
        column("losses", -generator.lognormal(2, 0.8, 200)),
        column("balances", generator.standard_t(3, 200) * 500 + 100),
        column("shares", generator.beta(2, 8, 200)),
        column("ages", 18 + generator.gamma(4, 8, 200)),
        column("tiny", generator.exponential(1e-6, 200)),
    ]
    path = Path(__file__).resolve().parent.parent / "power.json"
    path.write_text(json.dumps({"columns": columns}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
