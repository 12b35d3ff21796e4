"""Scores of words, in whole units (docs/formats.md, "Scores"; docs/replay.md, "Scores of a word")."""
import numpy as np
from mpmath import mp, mpf

import keys

GUMBEL = ("gumbel", "dual-gumbel")
SCHEMES = GUMBEL + ("green", "tournament")
NAT = 1 << 24
DEFICIT = 36  # the most that a Gumbel score is rounded down by, in units
LN2 = int(mp.floor(mp.log(2) * 2**27))


def tables():
    """Knots of `exponential` and of `log_reciprocal`."""
    with mp.workdps(40):
        f = lambda n: -mp.log(mpf(n) / 2**32) * NAT  # noqa: E731
        knots = [2**31 + i * 2**23 for i in range(257)]
        tangent = lambda i, at: f(knots[i] + 2**22) - mpf(NAT) / (knots[i] + 2**22) * (at - knots[i] - 2**22)  # noqa: E731
        low = [int(mp.floor(min(tangent(j, knots[i]) for j in (i - 1, i) if j >= 0))) for i in range(255)]
        return low + [2**15, 0], [int(mp.ceil(f(n))) for n in knots]


LOW, HIGH = (np.array(table, np.int64) for table in tables())


def split(x):
    """Leading zeros z, interval i and remainder r of each x in [1, 2³²)."""
    zeros = 32 - np.frexp(x.astype(np.float64))[1].astype(np.int64)
    n = x.astype(np.int64) << zeros
    return zeros, (n >> 23) & 255, n & (2**23 - 1)


def up(a, b):
    return -(-a // b)


def exponential(word):
    """At most −ln(1 − w/2³²), in units."""
    z, i, r = split(np.minimum((1 << 32) - word.astype(np.int64), (1 << 32) - 1))
    return LN2 * z // 8 + LOW[i] - up((LOW[i] - LOW[i + 1]) * up(r, 128), 1 << 16)


def log_reciprocal(word):
    """At least −ln(w/2³²), in units; a word of 0 counts as 2⁻⁸."""
    z, i, r = split(np.maximum(word.astype(np.int64), 1))
    score = up((LN2 + 1) * z, 8) + HIGH[i] - ((HIGH[i] - HIGH[i + 1]) * (r // 128) >> 16)
    return np.where(word == 0, 465_163_199, score)


def threshold(profile):
    """The green threshold ⌊γ·2³²⌋."""
    return int(mp.floor(mpf(profile["gamma"]) * 2**32))


def words_of(cohort, profile, cells):
    """The words of each cell under a cohort's key: a row for each key of its ring."""
    return np.stack([words_under(key, profile, cells) for key in keys.ring(cohort, profile)])


def words_under(key, profile, cells):
    """The word of each cell under one key."""
    if profile["scheme"] != "dual-gumbel":
        return cells.words(keys.stream(key, profile, "main"))
    coin = cells.words(keys.stream(key, profile, "coin"), np.zeros(len(cells), np.uint32)) & np.uint32(1)
    a, b = (cells.words(keys.stream(key, profile, name)) for name in "ab")
    return np.where(coin == 0, a, b)


def of(words, profile):
    """Scores in the scheme's unit: 2⁻²⁴ nat, green cells, or one bits."""
    if profile["scheme"] in GUMBEL:
        return exponential(words)
    if profile["scheme"] == "green":
        return (words < threshold(profile)).astype(np.int64)
    layers = profile["layers"]
    low = words & np.uint32((1 << layers) - 1)
    return sum(((low >> np.uint32(i)) & np.uint32(1)).astype(np.int64) for i in range(layers))


def discordant(words, others, profile):
    """Trials on which two keys differ, and those of them that are the first key's: cells, or bits of a tournament."""
    if profile["scheme"] == "tournament":
        mask = np.uint32((1 << profile["layers"]) - 1)
        first, second = words & mask, others & mask
        ones = lambda x: sum(int(((x >> np.uint32(i)) & np.uint32(1)).sum()) for i in range(32))  # noqa: E731
        return ones(first ^ second), ones(first & ~second)
    first, second = of(words, profile), of(others, profile)
    return int((first != second).sum()), int((first > second).sum())
