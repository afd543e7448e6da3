"""Loads texts that Cohort wrote into LightGBM and compares the scores; not a fixture, but the other way round.

    mkdir texts && COHORT_LIGHTGBM_TEXTS=texts swift test -c release --filter LightGBMTextTests
    python lightgbm_reads.py texts
"""
import json
import sys
from pathlib import Path

import lightgbm
import numpy as np

files = sorted(Path(sys.argv[1]).glob("*.json"))
if not files:
    sys.exit(f"error: there are no texts in {sys.argv[1]}")
for file in files:
    shown = json.loads(file.read_text())
    rows = np.array(shown["rows"], "<f8")
    theirs = lightgbm.Booster(model_str=shown["text"]).predict(rows, raw_score=True)
    ours = np.array(shown["scores"])
    worst = np.max(np.abs(theirs - ours) / np.maximum(1, np.abs(ours)))
    print(f"{file.stem}: {len(rows)} rows, {worst:.1e} apart")
    if not worst <= 1e-15:
        sys.exit(f"error: LightGBM predicts {file.stem} otherwise")
