#!/usr/bin/env python3
"""Cells that a test needs, by brute force over every number of cells.

    python3 -m venv VENV && VENV/bin/pip install scipy==1.17.1
    VENV/bin/python power.py        # rewrites power.tsv beside it

Method: scipy's binomial and gamma laws; critical value and power for every n up to a bound well beyond the
answer. The answer is the smallest n from which on the power stays at or above the one asked for. The detector
searches over critical counts with its own tails instead.
"""
import math
import pathlib

import numpy as np
import scipy
from scipy import stats

ONE = 1 << 32
HERE = pathlib.Path(__file__).parent


def binomial(gamma, lift, alpha, power):
    null = math.floor(gamma * ONE) / ONE
    marked = null + math.floor(lift * ONE) / ONE
    z = stats.norm.isf
    normal = ((z(alpha) * math.sqrt(null * (1 - null)) + z(1 - power) * math.sqrt(marked * (1 - marked))) / lift) ** 2
    n = np.arange(1, int(1.4 * normal) + 200)
    critical = stats.binom.isf(alpha, n, null)  # smallest k with P(S > k) <= alpha
    # isf is off by one where the tail is within rounding of alpha: settle it by the tail itself.
    critical = np.where(stats.binom.sf(critical - 1, n, null) <= alpha, critical - 1, critical)
    critical = critical + 1  # smallest count c with P(S >= c) <= alpha
    assert np.all(stats.binom.sf(critical - 1, n, null) <= alpha)
    assert np.all((stats.binom.sf(critical - 2, n, null) > alpha) | (critical == 0))
    reached = stats.binom.sf(critical - 1, n, marked)
    failing = np.flatnonzero(reached < power)
    at = failing[-1] + 1
    return int(n[at]), int(critical[at]), float(reached[at])


def gamma(lift, alpha, power):
    mean = 1 + lift - 36 / (1 << 24)
    low, high = 1, 1 << 40
    while high - low > 1:
        n = (low + high) // 2
        x = stats.gamma.isf(alpha, n)
        if stats.gamma.sf(x / mean, n) >= power:
            high = n
        else:
            low = n
    x = stats.gamma.isf(alpha, high)
    return high, float(x), float(stats.gamma.sf(x / mean, high))


def main():
    rows = []
    for g, lifts in (
        (0.25, (0.7, 0.3, 0.1, 0.05, 0.02, 0.01, 0.005)),
        (0.5, (0.4, 0.1, 0.02, 0.01)),
        (0.1, (0.3, 0.05, 0.01)),
        (0.9, (0.09, 0.02)),
    ):
        for lift in lifts:
            for alpha, power in ((1e-6, 0.9), (0.001, 0.9), (0.05, 0.8), (1e-12, 0.99)):
                rows.append(("green", g, lift, alpha, power, *binomial(g, lift, alpha, power)))
    for lift in (2.0, 0.5, 0.1, 0.05, 0.01, 0.002):
        for alpha, power in ((1e-6, 0.9), (0.001, 0.9), (0.05, 0.8), (1e-12, 0.99)):
            rows.append(("gumbel", 0, lift, alpha, power, *gamma(lift, alpha, power)))
    with open(HERE / "power.tsv", "w") as out:
        out.write(f"# made by power.py with scipy {scipy.__version__}; do not edit\n")
        out.write("# scheme\tgamma\tlift\talpha\tpower\tcells\tcritical\treached\n")
        for row in rows:
            out.write("\t".join(repr(x) if isinstance(x, float) else str(x) for x in row) + "\n")
    print(len(rows))


main()
