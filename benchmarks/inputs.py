"""Seeded benchmark inputs. Each is made once under benchmarks/data (not committed)."""
from pathlib import Path

import numpy as np

DATA = Path(__file__).resolve().parent / "data"


def load(name, dtype="<f8"):
    return np.load(DATA / f"{name}.npy").astype(dtype, copy=False)


def low_rank(seed, rows, columns, rank):
    """A decaying low-rank signal plus noise around a non-zero mean."""
    rng = np.random.default_rng(seed)
    weights = 3.0 * 0.8 ** np.arange(rank)
    signal = (rng.standard_normal((rows, rank)) * weights) @ rng.standard_normal((rank, columns))
    return signal / np.sqrt(rank) + 0.5 * rng.standard_normal((rows, columns)) + rng.uniform(-5, 5, columns)


def mixture(seed, rows, columns, components, spread):
    """Overlapping spherical Gaussians of unequal weight and scale; returns rows and labels."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 1.5, components)
    labels = rng.choice(components, size=rows, p=weights / weights.sum())
    centres = rng.standard_normal((components, columns)) * spread
    scales = rng.uniform(0.8, 1.2, components)
    x = rng.standard_normal((rows, columns)) * scales[labels][:, None] + centres[labels]
    return x, labels


def separated(seed, rows, columns, components):
    """Well-separated Gaussians: the case bounds were made for."""
    return mixture(seed, rows, columns, components, 4.0)


def elliptic(seed, rows, columns, components):
    """Overlapping Gaussians of unequal weight, each with correlations of its own."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 1.5, components)
    labels = rng.choice(components, size=rows, p=weights / weights.sum())
    x = rng.standard_normal((rows, columns))
    for component in range(components):
        shape = np.eye(columns) + 0.5 * rng.standard_normal((columns, columns)) / np.sqrt(columns)
        x[labels == component] = x[labels == component] @ shape + 0.6 * rng.standard_normal(columns)
    return x


def random_rows(x, count, seed):
    return x[np.random.default_rng(seed).choice(len(x), count, replace=False)]


def write_kmeans(name, x, counts):
    np.save(DATA / f"{name}.npy", x)
    for k in counts:
        np.save(DATA / f"{name}_starts{k}.npy", random_rows(x, k, 100 + k))


def density(seed, rows, columns, groups, spread):
    """Compact groups of unequal size and scale in a box, one row in twenty anywhere in it."""
    rng = np.random.default_rng(seed)
    scattered = rows // 20
    weights = rng.uniform(0.3, 1.7, groups)
    labels = rng.choice(groups, size=rows - scattered, p=weights / weights.sum())
    centres = rng.uniform(0, 100, (groups, columns))
    scales = spread * rng.uniform(0.6, 1.4, groups)
    x = centres[labels] + rng.standard_normal((rows - scattered, columns)) * scales[labels][:, None]
    x = np.vstack([x, rng.uniform(-5, 105, (scattered, columns))])
    return x[rng.permutation(rows)]


def propensity(name="propensity", seed=61, train=1_000_000, test=200_000, numeric=False):
    """28 numbers and 4 columns of categories; about 8 % of the labels are 1. Columns 16 to 27 say nothing.

    Where `numeric`, codes are numbers like the others.
    """
    rng = np.random.default_rng(seed)
    rows = train + test
    x = rng.standard_normal((rows, 28)).astype("<f4")
    x[:, 4:8] = np.exp(1.2 * x[:, 4:8])
    x[:, 8:11] = rng.poisson(np.exp(0.5 * x[:, 0:1] + 0.3), (rows, 3))
    x[:, 11] = np.round(rng.uniform(18, 90, rows))
    x[:, 12] = rng.exponential(200, rows)
    x[:, 13] = rng.random(rows) < 0.3
    x[:, 14] = 0.7 * x[:, 1] + 0.7 * x[:, 14]
    x[:, 15] = 0.7 * x[:, 2] + 0.7 * x[:, 15]
    score = (0.8 * x[:, 0] + 0.5 * x[:, 1] * (x[:, 2] > 0) - 0.6 * np.abs(x[:, 3]) + 0.35 * np.log1p(x[:, 4])
             - 0.5 * np.sqrt(x[:, 12] / 200) + 0.25 * x[:, 8] + 0.5 * ((x[:, 11] > 35) & (x[:, 11] < 55))
             + 0.4 * x[:, 13] * np.log1p(x[:, 5]) + 0.5 * np.sin(2 * x[:, 14]) + 0.3 * x[:, 15] * x[:, 1])
    codes = np.empty((rows, 4), "<i4")
    for column, (levels, spread) in enumerate([(5, 0.3), (12, 0.4), (50, 0.5), (200, 0.6)]):
        share = 1 / np.arange(1, levels + 1) ** 0.8
        codes[:, column] = rng.permutation(levels)[rng.choice(levels, rows, p=share / share.sum())]
        score += (rng.standard_normal(levels) * spread)[codes[:, column]]
    score = 0.9 * score.astype(float)
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = (1 / (1 + np.exp(-(score + middle)))).mean()
        low, high = (middle, high) if mean < 0.08 else (low, middle)
    labels = (rng.random(rows) < 1 / (1 + np.exp(-(score + middle)))).astype("<f4")
    for column, rate in [(1, 0.05), (5, 0.15), (6, 0.30), (12, 0.02), (18, 0.10), (20, 0.50)]:
        x[rng.random(rows) < rate, column] = np.nan
    if numeric:
        x, codes = np.hstack([x, codes.astype("<f4")]), np.empty((rows, 0), "<i4")
    for part, own in [("train", slice(0, train)), ("test", slice(train, rows))]:
        for kind, values in [("x", x), ("cat", codes), ("y", labels)]:
            np.save(DATA / f"{name}_{part}_{kind}.npy", np.ascontiguousarray(values[own]))


def mixed_csv(path, rows=1_000_000):
    """An id, six integers, eight reals, three amounts and two sparse columns."""
    import pandas as pd

    rng = np.random.default_rng(71)
    columns = {"id": np.arange(rows) + 10_000_000}
    for j, high in enumerate([2, 10, 100, 1000, 100_000, 2_000_000_000]):
        columns[f"i{j}"] = rng.integers(0, high, rows)
    for j in range(8):
        columns[f"f{j}"] = np.round(rng.standard_normal(rows) * 10.0 ** (j - 3), 6)
    for j in range(3):
        columns[f"m{j}"] = np.round(rng.exponential(100, rows), 2)
    for j in range(2):
        values = np.round(rng.standard_normal(rows), 4)
        values[rng.random(rows) < 0.2] = np.nan
        columns[f"s{j}"] = values
    pd.DataFrame(columns).to_csv(path, index=False)


def scored(seed, rows, rate):
    """Probabilities of an event, and whether it came."""
    rng = np.random.default_rng(seed)
    odds = np.exp(rng.standard_normal(rows) + np.log(rate / (1 - rate)))
    scores = odds / (1 + odds)
    return np.column_stack([scores, rng.random(rows) < scores])


def make_all():
    DATA.mkdir(exist_ok=True)

    def missing(file):
        if not (DATA / file).exists():
            print(f"making {file}", flush=True)
            return True

    if missing("overlapping_1m_16.npy"):
        write_kmeans("overlapping_1m_16", mixture(11, 1_000_000, 16, 8, 0.6)[0], [8, 64])
    if missing("overlapping_200k_64.npy"):
        write_kmeans("overlapping_200k_64", mixture(12, 200_000, 64, 100, 0.35)[0], [100])
    if missing("separated_1m_16.npy"):
        write_kmeans("separated_1m_16", separated(13, 1_000_000, 16, 64)[0], [64])
    if missing("low_rank_1m_32.npy"):
        np.save(DATA / "low_rank_1m_32.npy", low_rank(1, 1_000_000, 32, 12))
    if missing("low_rank_100k_512.npy"):
        np.save(DATA / "low_rank_100k_512.npy", low_rank(2, 100_000, 512, 40))
    for name, rows, columns, components, seed in [
        ("labelled_50k_16", 50_000, 16, 8, 51), ("labelled_20k_64", 20_000, 64, 10, 52),
    ]:
        if missing(f"{name}.npy"):
            x, labels = mixture(seed, rows, columns, components, 0.7)
            np.save(DATA / f"{name}.npy", x)
            np.save(DATA / f"{name}_labels.npy", labels.astype("<i4"))
    for name, rows, columns, components, seed in [
        ("elliptic_200k_16", 200_000, 16, 8, 21), ("elliptic_100k_32", 100_000, 32, 16, 22),
    ]:
        if missing(f"{name}.npy"):
            np.save(DATA / f"{name}.npy", elliptic(seed, rows, columns, components))
    for name, rows, columns, groups, spread, seed in [
        ("density_200k_2", 200_000, 2, 30, 2.0, 31), ("density_200k_4", 200_000, 4, 30, 3.0, 32),
        ("density_1m_3", 1_000_000, 3, 40, 3.0, 33), ("density_100k_8", 100_000, 8, 20, 4.0, 34),
        ("density_50k_4", 50_000, 4, 20, 3.0, 41), ("density_20k_8", 20_000, 8, 10, 1.5, 42),
    ]:
        if missing(f"{name}.npy"):
            np.save(DATA / f"{name}.npy", density(seed, rows, columns, groups, spread))
    if missing("scored_200k.npy"):
        np.save(DATA / "scored_200k.npy", scored(81, 200_000, 0.08))
    if missing("propensity_test_y.npy"):
        propensity()
    if missing("mixed_1m_20.csv"):
        mixed_csv(DATA / "mixed_1m_20.csv")


if __name__ == "__main__":
    make_all()
