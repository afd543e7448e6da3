"""How well boosted trees predict rows they have not seen, beside LightGBM and CatBoost, over five seeds.

usage: boosting_quality.py [--seeds N] [--rows N]

Needs a release build. 200 trees at rate 0.1 everywhere. Numeric data: Cohort and LightGBM with the same
parameters. Data with four columns of 5 to 200 categories: Cohort as it is and with statistics_l2 = 0, LightGBM,
and CatBoost with its own defaults (depth 6, l2_leaf_reg 3).
"""
import argparse
import json
import statistics
import subprocess

import inputs
from boosters import area_and_loss, booster
from compare import BOOSTING, COHORT, ENVIRONMENT


def cohort(prefix, **more):
    command = [str(COHORT), "bench", "boosting", "--input", str(inputs.DATA / prefix), "--repeats", "1", "--json"]
    for name, value in (BOOSTING | more).items():
        command += ["-S", f"{name}={value}"]
    finished = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=True)
    return json.loads(finished.stdout)["quality"]


def peer(library, prefix):
    spec = {"library": library, "prefix": prefix, "rows": None, "set": BOOSTING}
    (fit, predict, *_), labels = booster(spec)
    return area_and_loss(labels, predict(fit()))


def line(name, results):
    mean = {key: statistics.mean(result[key] for result in results) for key in ("auc", "logloss")}
    each = ", ".join(f"{result['auc']:.4f}" for result in results)
    print(f"| {name} | {mean['auc']:.4f} | {mean['logloss']:.4f} | {each} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    arguments = parser.parse_args()
    inputs.DATA.mkdir(exist_ok=True)
    seeds = range(101, 101 + arguments.seeds)
    for kind in ("numeric", "categories"):
        for seed in seeds:
            inputs.propensity(f"{kind}{seed}", seed, arguments.rows, 100_000, kind == "numeric")
        print(f"\n| {kind} | AUC | log-loss | AUC by seed |\n|---|---|---|---|")
        prefixes = [f"{kind}{seed}_" for seed in seeds]
        line("cohort", [cohort(prefix) for prefix in prefixes])
        line("lightgbm", [peer("lightgbm", prefix) for prefix in prefixes])
        if kind == "categories":
            line("cohort, statistics_l2: 0", [cohort(prefix, statistics_l2=0) for prefix in prefixes])
            line("catboost", [peer("catboost", prefix) for prefix in prefixes])


if __name__ == "__main__":
    main()
