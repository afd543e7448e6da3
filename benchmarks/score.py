"""Scores a large CSV file with Cohort and with LightGBM, from CSV to CSV; prints a Markdown table.

usage: benchmarks/run score [--rows N] [--repeats N] [--single N]

One boosted model of 32 numbers (100 trees of 31 leaves) is trained with Cohort and exported as LightGBM's text. Both
programs read the same file from memory, use two threads and write a line per row; seconds and peak memory are those of whole
processes, start and model included. LightGBM is asked in two ways:

lightgbm-file      LGBM_BoosterPredictForFile, which is what its command line runs for task=predict
lightgbm-pyarrow   pyarrow reads blocks ahead, Booster.predict scores them, pyarrow writes

Cohort's file also has band, contact and status. Its first probabilities are compared with LightGBM's.
"""
import argparse
import concurrent.futures
import csv
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from compare import COHORT, ENVIRONMENT, HERE, THREADS, machine, versions
from inputs import DATA

COLUMNS = 32
PEERS = ("lightgbm-file", "lightgbm-pyarrow")
BLOCK = 1 << 20


def rows(rng, count):
    """Amounts and shares of four decimals; eight of them decide, one in a hundred is missing."""
    x = rng.standard_normal((count, COLUMNS))
    x[:, ::2] = np.exp(x[:, ::2])
    return np.round(x, 4)


def write(path, count, seed, labelled=False):
    import pyarrow
    import pyarrow.csv

    rng = np.random.default_rng(seed)
    names = [f"x{column}" for column in range(COLUMNS)] + (["buys"] if labelled else [])
    schema = pyarrow.schema([(name, pyarrow.float64()) for name in names[:COLUMNS]] + [(n, pyarrow.int8()) for n in names[COLUMNS:]])
    # pyarrow quotes names whatever is asked for, and LightGBM, which reads no quotes, would warn of every one.
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="none")
    unfinished = path.with_suffix(".partial")
    with open(unfinished, "wb") as file, pyarrow.csv.CSVWriter(file, schema, write_options=options) as writer:
        file.write((",".join(names) + "\n").encode())
        for start in range(0, count, BLOCK):
            x = rows(rng, min(BLOCK, count - start))
            odds = 0.9 * x[:, 1] - 0.7 * x[:, 3] * (x[:, 5] > 0) + 0.4 * np.log(x[:, 0]) + 0.5 * x[:, 7] * x[:, 9] - 2
            gaps = rng.random(x.shape) < 0.01
            gaps[:, -1] = False  # LightGBM reads a line that ends with a comma as a zero.
            columns = [pyarrow.array(x[:, column], mask=gaps[:, column]) for column in range(COLUMNS)]
            if labelled:
                columns.append(pyarrow.array((rng.random(len(x)) < 1 / (1 + np.exp(-odds))).astype("i1")))
            writer.write_table(pyarrow.table(columns, schema=schema))
    unfinished.rename(path)


def inputs(count):
    """The tables, made once, in a process of its own: the peak of a parent counts as that of its children."""
    DATA.mkdir(exist_ok=True)
    train, table = DATA / "score_train.csv", DATA / f"score_{count}.csv"
    for path, number, seed, labelled in ((train, 200_000, 7, True), (table, count, 8, False)):
        if not path.exists():
            print(f"writing {path.name}", file=sys.stderr)
            apart = multiprocessing.get_context("spawn")
            with concurrent.futures.ProcessPoolExecutor(1, mp_context=apart) as process:
                process.submit(write, path, number, seed, labelled).result()
    return table


def model(folder):
    """Trains in `folder`; returns the artifact and its LightGBM text."""
    study = (HERE / "score/study.yaml").read_text().replace("../data", str(DATA))
    (folder / "study.yaml").write_text(study)
    run([str(COHORT), "run", "study.yaml", "--runs", "runs", "--threads", THREADS, "--quiet"], folder)
    text = next(folder.glob("runs/*/trials/*/model/exports/lightgbm/model.txt"), None)
    if text is None:
        sys.exit("error: the run has left no boosted model")
    return text.parents[2], text


def run(command, folder):
    """Seconds and peak megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [str(word) for word in command], cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"error: {command[0]} {command[1]} failed; {errors.strip()[-500:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def warm(path):
    """Reads a file, so that whoever is timed next finds it in memory."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 24):
            pass


def command(library, artifact, text, table, output):
    if library == "cohort":
        return [COHORT, "score", artifact, table, "-o", output, "--threads", THREADS, "--quiet"]
    return [sys.executable, HERE / "score.py", "--peer", library, text, table, output]


def predict(library, text, table, output):
    """What a peer's process does."""
    import lightgbm

    booster = lightgbm.Booster(model_file=text)
    if library == "lightgbm-file":
        from lightgbm.basic import _LIB, _c_str, _safe_call
        import ctypes

        return _safe_call(_LIB.LGBM_BoosterPredictForFile(
            booster._handle, _c_str(table), ctypes.c_int(1), ctypes.c_int(0), ctypes.c_int(0), ctypes.c_int(-1),
            _c_str(f"num_threads={THREADS}"), _c_str(output)))
    import pyarrow
    import pyarrow.csv

    pyarrow.set_cpu_count(int(THREADS))
    reader = pyarrow.csv.open_csv(table, read_options=pyarrow.csv.ReadOptions(block_size=1 << 25))
    schema = pyarrow.schema([("calibrated", pyarrow.float64())])
    with pyarrow.csv.CSVWriter(output, schema) as writer:
        for batch in reader:
            x = np.column_stack([column.to_numpy(zero_copy_only=False) for column in batch.columns])
            scores = booster.predict(x, num_threads=int(THREADS))
            writer.write_table(pyarrow.table([pyarrow.array(scores)], schema=schema))


def agreement(ours, theirs, count=100_000):
    """The greatest difference among the first probabilities."""
    worst = 0.0
    with open(ours, newline="") as own, open(theirs) as other:
        if not theirs.name.endswith("lightgbm-file"):
            next(other)
        for _, (row, line) in zip(range(count), zip(csv.DictReader(own), other)):
            worst = max(worst, abs(float(row["raw"]) - float(line)))
    return worst


def single(artifact, folder, count):
    """Milliseconds from the command line to one score, artifact and all."""
    row = folder / "one.csv"
    with open(DATA / "score_train.csv") as table:
        row.write_text(next(table) + next(table))
    calls = [run([COHORT, "score", artifact, row, "-o", folder / "one.out", "--quiet"], folder)[0] for _ in range(count)]
    return 1000 * statistics.median(calls), 1000 * max(calls)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--single", type=int, default=21, help="calls for a single row")
    parser.add_argument("--peer", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return predict(*arguments.peer)
    table = inputs(arguments.rows)
    folder = Path(tempfile.mkdtemp(dir=DATA))
    try:
        artifact, text = model(folder)
        found = {library: [] for library in ("cohort", *PEERS)}
        for _ in range(arguments.repeats):
            for library in found:
                warm(table)
                found[library].append(run(command(library, artifact, text, table, folder / library), folder))
        print(f"Machine: {machine()}. Peers: {versions()}.\n")
        print(f"### score, {arguments.rows:,} × {COLUMNS}, {table.stat().st_size / 2**30:.2f} GiB of CSV\n")
        seconds = {library: statistics.median(s for s, _ in calls) for library, calls in found.items()}
        best = min(PEERS, key=seconds.get)
        print(f"**{seconds['lightgbm-file'] / seconds['cohort']:.2f} times** LightGBM's own file prediction, "
              f"{seconds[best] / seconds['cohort']:.2f} times the fastest peer ({best}); target 3.\n")
        print("| program | seconds | all | rows per second | peak MB | differs by at most |\n|---|---|---|---|---|---|")
        for library, calls in sorted(found.items(), key=lambda entry: seconds[entry[0]]):
            worst = "" if library == "cohort" else f"{agreement(folder / 'cohort', folder / library):.1e}"
            print(f"| {library} | {seconds[library]:.2f} | {', '.join(f'{s:.3g}' for s, _ in calls)} | "
                  f"{arguments.rows / seconds[library]:,.0f} | {max(m for _, m in calls):.0f} | {worst} |")
        middle, worst = single(artifact, folder, arguments.single)
        print(f"\nOne row from the command line: {middle:.0f} ms in the median of {arguments.single}, {worst:.0f} at most; target 50.")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
