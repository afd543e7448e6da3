"""Writes ../csv_tables.json: texts written by pandas and by the csv module, what pandas reads in them, and
a fingerprint computed from its definition with hashlib.

Run from any directory with the packages of requirements.txt.
"""

import csv
import hashlib
import io
import json
import math
import pathlib
import struct

import numpy as np
import pandas as pd

rng = np.random.default_rng(20260902)
NULLS = ["", "NA", "N/A", "null", "NULL"]
N = 120
WORDS = ["plain", "a,b", 'say "hi"', "two\nlines", "semi;colon", "tab\there", "bär", "日本", "'", "x|y"]


def with_holes(values, share=0.15):
    return [None if rng.random() < share else value for value in values]


def frame():
    days = pd.Timestamp("1995-01-01") + pd.to_timedelta(rng.integers(-20000, 20000, N), unit="D")
    return pd.DataFrame({
        "row": np.arange(N),
        "whole": pd.array(with_holes(rng.integers(-2**62, 2**62, N).tolist()), dtype="Int64"),
        "small": rng.integers(-99, 100, N),
        "real": with_holes((rng.standard_normal(N) * 10.0 ** rng.integers(-12, 13, N)).tolist()),
        "money": np.round(rng.lognormal(3, 1, N), 2),
        "flag": with_holes([str(bool(b)) for b in rng.integers(0, 2, N)]),
        "day": with_holes([str(day.date()) for day in days]),
        "level": with_holes([WORDS[i] for i in rng.integers(0, 4, N)]),
        "text, quoted": [f"{i} " + " ".join(rng.choice(WORDS, 3)) for i in range(N)],
    })


def bits(values):
    """The 64 bits of each double as a decimal string, null where missing."""
    return [
        None if value is None or math.isnan(value) else str(struct.unpack("<Q", struct.pack("<d", value))[0])
        for value in values
    ]


def case(name, text, separator):
    read = pd.read_csv(
        io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, na_values=NULLS)
    numbers = pd.read_csv(
        io.StringIO(text), sep=separator, keep_default_na=False, na_values=NULLS,
        usecols=["row", "small", "real", "money"])
    return {
        "name": name,
        "text": text,
        "cells": {
            column: [None if pd.isna(cell) else cell for cell in read[column]]
            for column in ["whole", "day", "level", "text, quoted"]
        },
        "bits": {column: bits(numbers[column].astype(float)) for column in ["row", "small", "real", "money"]},
        "flags": [None if pd.isna(cell) else cell == "True" for cell in read["flag"]],
    }


def by_csv_module(data, separator, quoting, line_end):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=quoting, lineterminator=line_end)
    writer.writerow(data.columns)
    for row in data.itertuples(index=False):
        writer.writerow(["" if cell is None or cell is pd.NA or cell != cell else cell for cell in row])
    return out.getvalue()


data = frame()
cases = [
    case("pandas", data.to_csv(index=False), ","),
    case("pandas, semicolon, NULL", data.to_csv(index=False, sep=";", na_rep="NULL"), ";"),
    case("pandas, all quoted", data.to_csv(index=False, quoting=csv.QUOTE_ALL), ","),
    case("csv module, tab, CRLF", by_csv_module(data, "\t", csv.QUOTE_MINIMAL, "\r\n"), "\t"),
    case("csv module, bar, text quoted", by_csv_module(data, "|", csv.QUOTE_NONNUMERIC, "\n"), "|"),
]


# The fingerprint of `Table.fingerprint`, by hand.
def number(value):
    return struct.pack("<Q", value)


def text(value):
    return number(len(value.encode())) + value.encode()


def column(name, kind, rows, missing, body):
    parts = text(name) + text(kind) + number(rows) + number(len(missing))
    return hashlib.sha256(parts + b"".join(map(number, missing)) + body).digest()


columns = [
    column("i", "integer", 3, [1], struct.pack("<3q", -5, 0, 2**40)),
    column("r", "real", 3, [], struct.pack("<3d", 0.1, -0.0, 1e300)),
    column("b", "boolean", 3, [2], bytes([1, 0, 0])),
    column("d", "date", 3, [0], struct.pack("<3i", 0, -1, 19000)),
    column("c", "category", 3, [1], number(2) + text("é") + text("z") + struct.pack("<3i", 1, -1, 0)),
    column("t", "text", 3, [1], b"".join(struct.pack("<I", len(s)) + s for s in [b"ab", b""])),
]
whole = hashlib.sha256(text("cohort table 1") + number(6) + number(3) + b"".join(columns))

fixture = {"cases": cases, "fingerprint": "sha256:" + whole.hexdigest()}
target = pathlib.Path(__file__).resolve().parent.parent / "csv_tables.json"
target.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
