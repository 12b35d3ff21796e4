#!/usr/bin/env python3
"""High-precision vectors of T6 (contrast), T7 (calibrated e-values) and T8 (shape).

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.4.1
    VENV/bin/python contrast.py     # about two minutes; rewrites contrast.tsv, ratio.tsv, calibrate.tsv and shape.tsv

Other methods than the detector's: sign-flip tails are exact integer convolutions, Beta quantiles come from mpmath's
incomplete beta function, boundary crossings from the forward first-crossing recursion (the detector uses the backward one
with de Casteljau's scheme). Columns `..._up` are the smallest f64 that is not below the true value.
"""
import math
import pathlib
import random
from math import comb

import mpmath
from mpmath import mp, mpf

mp.dps = 60
HERE = pathlib.Path(__file__).parent
ONE = 1 << 32
random.seed(20260922)


def up(x):
    value = float(x)
    return value if mpf(value) >= x else math.nextafter(value, math.inf)


def write(name, columns, rows):
    with open(HERE / name, "w") as out:
        out.write(f"# made by contrast.py with mpmath {mpmath.__version__}; do not edit\n")
        out.write("# " + "\t".join(columns) + "\n")
        for row in rows:
            out.write("\t".join(str(cell) for cell in row) + "\n")
    print(name, len(rows), flush=True)


def log10(x):
    return mpmath.log(x) / mpmath.log(10)


# ---- T6: sign flips ----

def sign_flip(sizes, ahead):
    """P(sum of sizes with fair coins >= ahead), exactly. sizes: {size: cells}."""
    ways = [1]
    for size, cells in sizes.items():
        more = [0] * (len(ways) + size * cells)
        for count in range(cells + 1):
            c = comb(cells, count)
            for at, w in enumerate(ways):
                if w:
                    more[at + size * count] += c * w
        ways = more
    return mpf(sum(ways[ahead:])) / mpf(2) ** sum(sizes.values())


def contrast_rows():
    rows = []
    for kind, most in (("green", 1), ("tournament", 6), ("gumbel", 40)):
        for cells in (1, 2, 5, 20, 60):
            for lean in (0.3, 0.5, 0.6, 0.8, 1.0):
                differences = [random.randint(0, most) * (1 if random.random() < lean else -1) for _ in range(cells)]
                sizes = {}
                for d in differences:
                    if d:
                        sizes[abs(d)] = sizes.get(abs(d), 0) + 1
                ahead = sum(d for d in differences if d > 0)
                p = sign_flip(sizes, ahead)
                rows.append((kind, ",".join(map(str, differences)), up(log10(p)), mpmath.nstr(log10(p), 30)))
    return rows


# ---- T6: the pivot of the ratio ----

def ratio_rows():
    """x with I_x(n, n) = level: the Beta(n, n) quantile, and the odds (1-x)/x that bound the ratio."""
    rows = []
    for n in (1, 2, 5, 30, 1000, 10**5):
        for alpha in (mpf("0.05"), mpf("0.001"), mpf("1e-8")):
            def level(x):
                return mpmath.betainc(n, n, 0, x, regularized=True) if n < 2000 else None
            if n < 2000:
                low, high = mpf(0), mpf(1) / 2
                for _ in range(160):
                    middle = (low + high) / 2
                    low, high = (middle, high) if level(middle) < alpha / 2 else (low, middle)
                rows.append((n, float(alpha), mpmath.nstr((1 - low) / low, 25)))
    return rows


# ---- T7 ----

def calibrate_rows():
    rows = []
    for l in ("0", "-1e-9", "-0.001", "-0.1", "-0.3", "-0.4342", "-0.4344", "-1", "-2.5", "-6", "-40", "-1000", "-100000"):
        x = -mpf(float(l)) * mpmath.log(10)
        e = mpf(1) / 2 if x == 0 else (mpmath.expm1(x) - x) / x**2
        rows.append((l, mpmath.nstr(log10(e), 30)))
    return rows


# ---- T8 ----

def grid(most):
    ranks, rank = [], 1
    while rank <= most:
        ranks.append(rank)
        rank += max(1, rank // 5)
    return ranks


def upper(n, p, i):
    """P(Bin(n, p) >= i)."""
    if i <= 0:
        return mpf(1)
    if i > n or p == 0:
        return mpf(0)
    if n * p > 2 * i + 100:
        return mpf(1)
    term = mpmath.exp(mpmath.loggamma(n + 1) - mpmath.loggamma(i + 1) - mpmath.loggamma(n - i + 1)
                      + i * mpmath.log(p) + (n - i) * mpmath.log1p(-p))
    odds, total, k = p / (1 - p), mpf(0), i
    while k <= n:
        total += term
        ratio = mpf(n - k) / (k + 1) * odds
        term *= ratio
        k += 1
        if ratio < 1 and term < total * mpf(10) ** -45:
            break
    return min(total, mpf(1))


def crossing(n, ranks, edges):
    """P(for some j at least ranks[j] of n uniforms are <= edges[j]): forward, by the first crossing."""
    state, last, total = {0: mpf(1)}, mpf(0), mpf(0)
    for rank, edge in zip(ranks, edges):
        if edge <= last:
            # Nothing new can arrive; a larger rank cannot be reached.
            continue
        rho = (edge - last) / (1 - last)
        new = {}
        for m, probability in state.items():
            total += probability * upper(n - m, rho, rank - m)
            point = mpmath.exp((n - m) * mpmath.log1p(-rho))
            for k in range(0, rank - m):
                if m + k > n:
                    break
                new[m + k] = new.get(m + k, mpf(0)) + probability * point
                point *= mpf(n - m - k) / (k + 1) * rho / (1 - rho)
        state, last = new, edge
    return total


def shape_row(n, numerators):
    ranks = grid(len(numerators))
    levels = [upper(n, mpf(numerators[i - 1]) / ONE, i) if numerators[i - 1] < ONE else mpf(1) for i in ranks]
    smallest = min(levels)
    edges = []
    for i in ranks:
        low, high = 0, ONE
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if upper(n, mpf(middle) / ONE, i) <= smallest * (1 + mpf("1e-12")) else (low, middle)
        edges.append(mpf(low) / ONE)
    p = crossing(n, ranks, edges)
    return (n, ",".join(map(str, numerators)), mpmath.nstr(log10(smallest), 30), up(log10(p)), mpmath.nstr(log10(p), 30))


def shape_rows():
    rows = []
    for n, kept in ((1, 1), (2, 1), (20, 1), (60, 3), (400, 20), (400, 20), (4000, 60), (10**6, 40), (10**9, 30)):
        for strong, boost in ((0, 1), (1, 1000), (3, 50), (kept, 3)):
            # The order statistics of n uniforms through exponential spacings (Renyi), then some made smaller.
            t, values = 0.0, []
            for i in range(kept):
                t += random.expovariate(1) / (n - i)
                values.append(1 - math.exp(-t))
            values = [v / boost if i < strong else v for i, v in enumerate(values)]
            values.sort()
            numerators = [min(ONE, max(1, math.ceil(v * ONE))) for v in values]
            rows.append(shape_row(n, numerators))
    return rows


if __name__ == "__main__":
    write("contrast.tsv", ("kind", "differences", "log10_p_up", "log10_p"), contrast_rows())
    write("ratio.tsv", ("cells", "alpha", "odds"), ratio_rows())
    write("calibrate.tsv", ("log10_p", "log10_e"), calibrate_rows())
    write("shape.tsv", ("cells", "numerators", "log10_smallest", "log10_p_up", "log10_p"), shape_rows())
