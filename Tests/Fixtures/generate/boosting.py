"""Writes ../boosting.json: small LightGBM models with their texts, raw scores and contributions."""
import json
import pathlib

import lightgbm as lgb
import numpy as np

BASE = {
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1, "seed": 1,
    "enable_bundle": False,
}


def column(name, values, levels=None):
    if levels is None:
        return {"name": name, "numbers": [None if np.isnan(v) else float(v) for v in values]}
    return {"name": name, "codes": [int(v) for v in values], "levels": [str(i) for i in range(levels)]}


def matrix(columns):
    return np.column_stack([
        np.array([np.nan if v is None else v for v in c["numbers"]], float) if "numbers" in c
        else np.array([np.nan if v < 0 else v for v in c["codes"]], float)
        for c in columns])


def case(name, table, labels, parameters, iterations, weights=None):
    columns = tables[table]
    x = matrix(columns)
    categorical = [i for i, c in enumerate(columns) if "codes" in c]
    train = lgb.Dataset(
        x, np.array(labels), weight=weights, categorical_feature=categorical or "auto",
        feature_name=[c["name"] for c in columns], params=BASE | parameters)
    model = lgb.train(BASE | parameters, train, iterations)
    text = model.model_to_string().split("\nparameters:")[0] + "\n"
    part = x[:20]
    return {
        "name": name, "table": table, "labels": [float(v) for v in labels],
        "weights": None if weights is None else [float(v) for v in weights],
        "parameters": parameters | {"num_iterations": iterations}, "text": text,
        "scores": model.predict(x, raw_score=True).tolist(),
        "predictions": model.predict(x).tolist()[:20],
        "contributions": model.predict(part, pred_contrib=True).tolist(),
        "gain": model.feature_importance("gain").tolist(),
        "splits": model.feature_importance("split").tolist(),
    }


rng = np.random.default_rng(20261121)


def numbers(rows, digits=4, missing=0.0):
    values = np.round(rng.standard_normal(rows), digits)
    values[rng.random(rows) < missing] = np.nan
    return values


def binary(score):
    return (rng.random(len(score)) < 1 / (1 + np.exp(-score))).astype(float)


n = 420
x = [numbers(n) for _ in range(4)]
signal = 1.5 * x[0] - x[1] * (x[2] > 0) + np.abs(x[3])
numeric = [column(f"x{i}", v) for i, v in enumerate(x)]

m = [numbers(n, missing=r) for r in (0.3, 0.6, 0.05)]
m.append(np.where(rng.random(n) < 0.4, 0.0, np.round(rng.exponential(1, n), 3)))
missing = [column(f"m{i}", v) for i, v in enumerate(m)]
missing_signal = np.nan_to_num(m[0]) * 2 + np.isnan(m[1]) * 1.2 + m[3] - 1

a, b = rng.integers(0, 3, n), rng.choice(14, n, p=np.arange(14, 0, -1) / 105)
a[rng.random(n) < 0.1] = -1
c = numbers(n)
levels_effect = rng.standard_normal(14)
categorical = [column("a", a, 3), column("b", b, 14), column("c", c)]
categorical_signal = (a == 1) * 1.5 + 1.5 * levels_effect[b] + c

tables = {"numeric": numeric, "missing": missing, "categorical": categorical}
small = {"num_leaves": 8, "min_data_in_leaf": 10}
groups = {"min_data_per_group": 10, "cat_smooth": 2.0, "cat_l2": 3.0}
cases = [
    case("numeric", "numeric", binary(signal), small | {"objective": "binary"}, 12),
    case("missing", "missing", binary(missing_signal), small | {"objective": "binary"}, 12),
    case("zeros", "missing", binary(missing_signal),
         small | {"objective": "binary", "zero_as_missing": True}, 8),
    case("categorical", "categorical", binary(categorical_signal), small | groups | {"objective": "binary"}, 12),
    case("weights", "numeric", binary(signal),
         small | {"objective": "binary", "lambda_l1": 0.4, "lambda_l2": 2.0, "min_gain_to_split": 0.05,
                  "scale_pos_weight": 2.5}, 8, weights=np.round(rng.uniform(0.1, 3, n), 2)),
    case("regression", "numeric", np.round(signal + 0.3 * rng.standard_normal(n), 4),
         small | {"objective": "regression", "max_depth": 4}, 8),
    case("poisson", "numeric", rng.poisson(np.exp(0.5 * signal - 0.5)), small | {"objective": "poisson"}, 8),
    case("monotone", "numeric", binary(signal),
         small | {"objective": "binary", "monotone_constraints": [1, -1, 0, 0]}, 8),
    case("interactions", "numeric", binary(signal),
         small | {"objective": "binary", "interaction_constraints": [[0, 1], [2, 3]]}, 8),
    case("limited", "numeric", binary(signal),
         small | {"objective": "binary", "max_delta_step": 0.9, "max_bin": 15}, 8),
]
path = pathlib.Path(__file__).parent.parent / "boosting.json"
path.write_text(json.dumps({"tables": tables, "cases": cases}, separators=(",", ":")) + "\n")
