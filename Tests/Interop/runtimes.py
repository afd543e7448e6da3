"""What other programs answer: each function takes an export and rows, and gives a list per answer column."""
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

NUMBERS = {"integer", "real"}
TRUE = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


def number(field, text):
    if text == "":
        return None
    return TRUE[text] if field["kind"] == "boolean" else float(text)


def is_number(field):
    return field["kind"] in NUMBERS or field["kind"] == "boolean"


def feed(inputs, rows):
    """An array per column: NaN and the empty text for missing values."""
    arrays = {}
    for field in inputs:
        cells = [row[field["name"]] for row in rows]
        if is_number(field):
            values = [number(field, cell) for cell in cells]
            arrays[field["name"]] = np.array([np.nan if v is None else v for v in values])
        else:
            arrays[field["name"]] = np.array(cells, dtype=object)
    return arrays


def check_model(path):
    import onnx

    onnx.checker.check_model(onnx.load(path), full_check=True)


def onnxruntime(path, inputs, rows):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    answers = session.run(names, feed(inputs, rows))
    return {name.removesuffix("_answer"): values.tolist() for name, values in zip(names, answers)}


def values(inputs, rows):
    """The id and the columns of each row as a database holds them."""
    def cell(field, row):
        text = row[field["name"]]
        if not is_number(field):
            return text or None
        value = number(field, text)
        return bool(value) if field["kind"] == "boolean" and value is not None else value

    return [[row["id"], *(cell(field, row) for field in inputs)] for row in rows]


def definition(inputs, real, boolean):
    kinds = {"boolean": boolean, "integer": real, "real": real}
    columns = [f'"{f["name"]}" {kinds.get(f["kind"], "TEXT")}' for f in inputs]
    return f'CREATE TABLE customers ("id" TEXT, {", ".join(columns)})'


def ordered(names, found, rows):
    """Answers by column, in the order of the rows."""
    by_id = {row[names.index("id")]: row for row in found}
    return {
        name: [by_id[row["id"]][place] for row in rows]
        for place, name in enumerate(names) if name != "id"
    }


def sqlite(path, inputs, rows):
    database = sqlite3.connect(":memory:")
    database.execute(definition(inputs, "REAL", "BOOLEAN"))
    marks = ", ".join("?" * (len(inputs) + 1))
    database.executemany(f"INSERT INTO customers VALUES ({marks})", values(inputs, rows))
    cursor = database.execute(Path(path).read_text())
    return ordered([column[0] for column in cursor.description], cursor.fetchall(), rows)


SERVER = {}


@contextlib.contextmanager
def server():
    """A PostgreSQL server of our own on a socket; none where the binaries are not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        yield "absent, so its dialect is not tried"
        return
    # Below /tmp, since a socket's path is short and another user has to enter it.
    folder = Path(tempfile.mkdtemp(prefix="cohort-pg-", dir="/tmp"))
    # The server refuses to run as root.
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(folder, "nobody")
    control, data = str(Path(initdb).with_name("pg_ctl")), str(folder / "data")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"

    def call(*command):
        with (folder / "calls").open("w+") as told:
            status = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, cwd=folder,
                **user).returncode
            told.seek(0)
            log = folder / "log"
            reason = told.read() + (log.read_text() if log.exists() else "")
            assert status == 0, f"{command[0]} ended with {status}: {reason}"

    try:
        call(initdb, "-D", data, "-U", "cohort", "-A", "trust", "-E", "UTF8", "--locale=C")
        call(control, "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
        SERVER["host"] = str(folder)
        yield str(Path(initdb).parent)
    finally:
        if SERVER.pop("host", None):
            call(control, "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def postgresql(path, inputs, rows):
    import psycopg

    with psycopg.connect(host=SERVER["host"], user="cohort", dbname="postgres") as connection:
        connection.execute("DROP TABLE IF EXISTS customers")
        connection.execute(definition(inputs, "double precision", "boolean"))
        marks = ", ".join(["%s"] * (len(inputs) + 1))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO customers VALUES ({marks})", values(inputs, rows))
            cursor.execute(Path(path).read_text())
            names = [column.name for column in cursor.description]
            return ordered(names, cursor.fetchall(), rows)


def codes(inputs, rows, pooling):
    """Numbers, and positions of levels, as the trees of LightGBM's text take them.

    pooling: the columns whose unknown levels stand one past the last of the known ones.
    """
    columns = []
    for field in inputs:
        cells = [row[field["name"]] for row in rows]
        if is_number(field):
            columns.append([number(field, cell) for cell in cells])
            continue
        unknown = float(len(field["levels"])) if field["name"] in pooling else None
        places = {level: float(place) for place, level in enumerate(field["levels"])}
        columns.append([places.get(cell, unknown) if cell else None for cell in cells])
    return np.array(columns, dtype=float).T.copy()


def lightgbm(path, x, raw_score=False):
    import lightgbm as lgb

    booster = lgb.Booster(model_file=str(path))
    return booster.predict(x, raw_score=raw_score, num_threads=1).tolist()


def treelite(path, x):
    import treelite as tl

    model = tl.frontend.load_lightgbm_model(str(path))
    return np.asarray(tl.gtil.predict(model, x)).reshape(-1).tolist()


def refuses(model, frame):
    try:
        model.predict(frame)
    except Exception:
        return True
    return False


def mlflow(path, inputs, rows):
    from mlflow import pyfunc

    model = pyfunc.load_model(str(path))
    arrays = feed(inputs, rows)
    frame = pd.DataFrame({name: pd.Series(values, dtype=object if values.dtype == object else float)
                          for name, values in arrays.items()})
    first = frame.columns[0]
    assert refuses(model, frame.drop(columns=[first])), "a missing column"
    wrong = next(name for name in frame if frame[name].dtype == float)
    assert refuses(model, frame.assign(**{wrong: "text"})), "a text for a number"
    answers = model.predict(frame.assign(surplus=1.0))
    return {name.removesuffix("_answer"): answers[name].tolist() for name in answers}
