#!/usr/bin/env python3
"""Makes twins.tsv: tails of the ghost twins' tests, by going through all signs, with mpmath.

Columns: differences (comma-separated), log10 p of the sign test, log10 p of the weighted sum, log10 of the e-value at the end.
The weights are those of docs/tests/twins.md, in exact arithmetic; e is a mean over 64 bettors, to 50 digits.
"""
import itertools
import random
from fractions import Fraction
from math import ceil

from mpmath import log10, mp, mpf

mp.dps = 50


def weights(sizes):
    ordered = sorted(sizes)
    most = 3 * ordered[len(ordered) // 2]
    return [max(1, ceil(64 * min(size / most, Fraction(1)))) for size in sizes]


def tail(weighed, observed):
    total = Fraction(0)
    for signs in itertools.product([0, 1], repeat=len(weighed)):
        total += sum(w for s, w in zip(signs, weighed) if s) >= observed
    return total / 2 ** len(weighed)


def e_value(differences):
    capitals = [mpf(1)] * 64
    seen = []
    for d in differences:
        size = abs(d)
        seen = sorted(seen + [size])
        share = size / (size + seen[len(seen) // 2])
        weight = mpf(int(share * 2**20 + Fraction(1, 2))) / 2**20
        signed = weight if d > 0 else -weight
        capitals = [c * (1 + mpf("0.98") * mpf(2) ** (mpf(-j) / 4) * signed) for j, c in enumerate(capitals)]
    return sum(capitals) / 64


def log(x):
    return log10(mpf(x.numerator) / x.denominator) if isinstance(x, Fraction) else log10(x)


random.seed(20261130)
for size in [1, 2, 3, 5, 8, 12, 15]:
    for lean in [-30, 0, 30, 60]:
        # Multiples of 1/8, so that f64 has them exactly.
        differences = [Fraction(random.choice([k for k in range(-100 + lean, 101 + lean) if k]), 8) for _ in range(size)]
        telling = [abs(d) for d in differences]
        weighed = weights(telling)
        larger = [d > 0 for d in differences]
        sign = tail([1] * size, sum(larger))
        weighted = tail(weighed, sum(w for w, up in zip(weighed, larger) if up))
        row = [mp.nstr(log(x), 20) for x in (sign, weighted, e_value(differences))]
        print(",".join(str(float(d)) for d in differences), *row, sep="\t")
