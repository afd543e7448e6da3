"""Peers of the boosting case: fit, predict and explain the propensity data with each library's own categories."""
import time

from inputs import load

THREADS = 2


def area_and_loss(labels, predictions):
    from sklearn.metrics import log_loss, roc_auc_score

    return {"auc": roc_auc_score(labels, predictions), "logloss": log_loss(labels, predictions)}


def part(prefix, rows=None):
    """Numbers followed by codes of categories, labels, and which columns are categories."""
    import numpy as np

    x, codes, y = (load(prefix + kind, "<f4")[:rows] for kind in ("x", "cat", "y"))
    width = x.shape[1] + codes.shape[1]
    return np.hstack([x, codes]), y, list(range(x.shape[1], width))


def booster(spec):
    """Fits a model to spec["prefix"]'s training rows; predicts, explains and predicts single rows of its test rows."""
    x, y, categorical = part(spec["prefix"] + "train_", spec["rows"])
    held, labels, _ = part(spec["prefix"] + "test_")
    name = spec["library"].split("-")[0]
    return BOOSTERS[name](spec, x, y, held, categorical), labels


def boosting(spec):
    (fit, predict, explain, one), labels = booster(spec)

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


def lightgbm(spec, x, y, held, categorical):
    import lightgbm

    parameters = spec["set"] | {
        "objective": "binary", "num_threads": THREADS, "verbosity": -1,
        "use_quantized_grad": spec["library"].endswith("quantized"),
    }

    def fit():
        return lightgbm.train(parameters, lightgbm.Dataset(x, y, categorical_feature=categorical))

    return (fit, lambda model: model.predict(held, num_threads=THREADS),
            lambda model: model.predict(held[:5000], pred_contrib=True, num_threads=THREADS),
            lambda model, row: model.predict(held[row:row + 1], num_threads=1))


def xgboost(spec, x, y, held, categorical):
    import xgboost

    types = ["c" if column in categorical else "q" for column in range(x.shape[1])]
    parameters = {
        "objective": "binary:logistic", "tree_method": "hist", "eta": spec["set"]["learning_rate"],
        "max_bin": 255, "max_depth": 0, "grow_policy": "lossguide", "max_leaves": spec["set"]["num_leaves"], "nthread": THREADS,
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


def catboost(spec, x, y, held, categorical):
    import pandas
    from catboost import CatBoostClassifier, Pool

    def frame(rows):
        table = pandas.DataFrame(rows)
        return table.astype({column: int for column in categorical})

    train, test = frame(x), frame(held)

    def fit():
        model = CatBoostClassifier(
            iterations=spec["set"]["num_iterations"], learning_rate=spec["set"]["learning_rate"], border_count=254, thread_count=THREADS, verbose=False,
            allow_writing_files=False, random_seed=0)
        return model.fit(Pool(train, y, cat_features=categorical, thread_count=THREADS))

    def explain(model):
        pool = Pool(test[:5000], cat_features=categorical)
        return model.get_feature_importance(pool, type="ShapValues", thread_count=THREADS)

    rows = [
        [int(v) if column in categorical else float(v) for column, v in enumerate(row)] for row in held[:1000]]
    return (fit, lambda model: model.predict_proba(test, thread_count=THREADS)[:, 1], explain,
            lambda model, row: model.predict_proba([rows[row]], thread_count=1))


def histogram_boosting(spec, x, y, held, categorical):
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fit():
        return HistGradientBoostingClassifier(
            max_iter=spec["set"]["num_iterations"], learning_rate=spec["set"]["learning_rate"],
            max_leaf_nodes=spec["set"]["num_leaves"], early_stopping=False,
            categorical_features=categorical, random_state=0).fit(x, y)

    return (fit, lambda model: model.predict_proba(held)[:, 1], None,
            lambda model, row: model.predict_proba(held[row:row + 1]))


BOOSTERS = {
    "lightgbm": lightgbm, "xgboost": xgboost, "catboost": catboost, "sklearn": histogram_boosting,
}
