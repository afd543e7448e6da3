"""Peers of the boosting case: fit, predict and explain the propensity data with each library's own categories."""
import time

from inputs import load

CATEGORICAL = [28, 29, 30, 31]
THREADS = 2


def area_and_loss(labels, predictions):
    from sklearn.metrics import log_loss, roc_auc_score

    return {"auc": roc_auc_score(labels, predictions), "logloss": log_loss(labels, predictions)}


def boosting(spec):
    import numpy as np

    def part(name, rows=None):
        x = [load(f"propensity_{name}_{kind}", "<f4")[:rows] for kind in ("x", "cat")]
        return np.hstack(x), load(f"propensity_{name}_y", "<f4")[:rows]

    (x, y), (held, labels) = part("train", spec["rows"]), part("test")
    fit, predict, explain, one = BOOSTERS[spec["library"].split("-")[0]](spec, x, y, held)

    def quality(model):
        def seconds(body):
            start = time.perf_counter()
            body()
            return time.perf_counter() - start

        found = area_and_loss(labels, predict(model))
        found["predict_s"] = sorted(seconds(lambda: predict(model)) for _ in range(5))[2]
        if explain:
            found["shap_5000_s"] = seconds(lambda: explain(model))
        singles = sorted(seconds(lambda: one(model, row)) for row in range(1000))
        return found | {"single_us_p50": 1e6 * singles[500], "single_us_p99": 1e6 * singles[990]}

    return fit, quality


def lightgbm(spec, x, y, held):
    import lightgbm

    parameters = spec["set"] | {
        "objective": "binary", "num_threads": THREADS, "verbosity": -1,
        "use_quantized_grad": spec["library"].endswith("quantized"),
    }

    def fit():
        return lightgbm.train(parameters, lightgbm.Dataset(x, y, categorical_feature=CATEGORICAL))

    return (fit, lambda model: model.predict(held, num_threads=THREADS),
            lambda model: model.predict(held[:5000], pred_contrib=True, num_threads=THREADS),
            lambda model, row: model.predict(held[row:row + 1], num_threads=1))


def xgboost(spec, x, y, held):
    import xgboost

    types = ["q"] * 28 + ["c"] * 4
    parameters = {
        "objective": "binary:logistic", "tree_method": "hist", "eta": spec["set"]["learning_rate"], "max_bin": 255, "max_depth": 0,
        "grow_policy": "lossguide", "max_leaves": spec["set"]["num_leaves"], "nthread": THREADS,
    }

    def matrix(rows):
        return xgboost.DMatrix(rows, feature_types=types, enable_categorical=True, nthread=THREADS)

    def fit():
        data = xgboost.QuantileDMatrix(
            x, y, feature_types=types, enable_categorical=True, max_bin=255, nthread=THREADS)
        return xgboost.train(parameters, data, spec["set"]["num_iterations"])

    return (fit, lambda model: model.predict(matrix(held)),
            lambda model: model.predict(matrix(held[:5000]), pred_contribs=True),
            lambda model, row: model.predict(matrix(held[row:row + 1])))


def catboost(spec, x, y, held):
    import pandas
    from catboost import CatBoostClassifier, Pool

    def frame(rows):
        table = pandas.DataFrame(rows)
        return table.astype({column: int for column in CATEGORICAL})

    train, test = frame(x), frame(held)

    def fit():
        model = CatBoostClassifier(
            iterations=spec["set"]["num_iterations"], learning_rate=spec["set"]["learning_rate"], border_count=254, thread_count=THREADS, verbose=False,
            allow_writing_files=False, random_seed=0)
        return model.fit(Pool(train, y, cat_features=CATEGORICAL, thread_count=THREADS))

    def explain(model):
        pool = Pool(test[:5000], cat_features=CATEGORICAL)
        return model.get_feature_importance(pool, type="ShapValues", thread_count=THREADS)

    rows = [[float(v) for v in row[:28]] + [int(v) for v in row[28:]] for row in held[:1000]]
    return (fit, lambda model: model.predict_proba(test, thread_count=THREADS)[:, 1], explain,
            lambda model, row: model.predict_proba([rows[row]], thread_count=1))


def histogram_boosting(spec, x, y, held):
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fit():
        return HistGradientBoostingClassifier(
            max_iter=spec["set"]["num_iterations"], learning_rate=spec["set"]["learning_rate"],
            max_leaf_nodes=spec["set"]["num_leaves"], early_stopping=False,
            categorical_features=CATEGORICAL, random_state=0).fit(x, y)

    return (fit, lambda model: model.predict_proba(held)[:, 1], None,
            lambda model, row: model.predict_proba(held[row:row + 1]))


BOOSTERS = {
    "lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost, "sklearn": histogram_boosting,
}
