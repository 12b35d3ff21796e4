#!/usr/bin/env python3
"""High-precision tails of weighted sums for the detector's tests.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.4.1 gmpy2
    VENV/bin/python weighted_tails.py        # some minutes; rewrites weighted_*.tsv beside it

No method here rounds to a grid or uses a normal law, as the detector's do.
  counts, few cells     exact: integer coefficients of the product of (q + p·x^w)^n
  counts, more cells    the same product in 300-bit arithmetic; all terms are positive
  counts, many cells    inversion of the tilted characteristic function over its whole period
  Gumbel, few cells     residues at the poles of the moment generating function, the precision doubled until 25 digits stand
  Gumbel, many cells    inversion on a vertical line, where the integrand falls below 1e-45
Columns: groups (weight:cells,…), the parameter (green threshold, layers or -), sum in the law's unit, and log10 p
rounded up to f64. `#` starts a comment.
"""
import bisect
import math
import pathlib

import gmpy2
import mpmath
from gmpy2 import mpz
from mpmath import mp, mpf

HERE = pathlib.Path(__file__).parent
WORD = 1 << 32
NAT = 1 << 24


def up(x):
    """The smallest f64 >= x."""
    value = float(x)
    return value if mpf(value) >= x else math.nextafter(value, math.inf)


def write(name, rows):
    with open(HERE / name, "w") as out:
        out.write(f"# made by weighted_tails.py with mpmath {mpmath.__version__}; do not edit\n")
        out.write("# groups\tparameter\tsum\tlog10_p_up\n")
        for groups, parameter, total, log10_p in rows:
            shown = ",".join(f"{w}:{n}" for w, n in groups)
            out.write(f"{shown}\t{parameter}\t{total}\t{up(log10_p)!r}\n")
    print(name, len(rows), flush=True)


# ---- counts ----

def exact_law(groups, success):
    """Integer masses over 2^(32·cells)."""
    law = {0: mpz(1)}
    for w, n in groups:
        law = convolved(law, [math.comb(n, k) * mpz(success) ** k * mpz(WORD - success) ** (n - k) for k in range(n + 1)], w)
    return law


def rounded_law(groups, success):
    """As exact_law, in 300 bits and as probabilities."""
    gmpy2.get_context().precision = 300
    law = {0: gmpy2.mpfr(1)}
    p = gmpy2.mpfr(success) / WORD
    for w, n in groups:
        law = convolved(law, [math.comb(n, k) * p ** k * (1 - p) ** (n - k) for k in range(n + 1)], w)
    return law


def convolved(law, terms, weight):
    out = {}
    for k, term in enumerate(terms):
        for s, mass in law.items():
            at = s + k * weight
            out[at] = out.get(at, 0) + mass * term
    return out


def tails(law, whole):
    """log10 P(S >= s) as a function of s."""
    values = sorted(law)
    sums, over = {}, 0
    for value in reversed(values):
        over += law[value]
        sums[value] = over

    def log10(s):
        tail = sums[values[bisect.bisect_left(values, s)]]
        if 2 * tail > whole:
            return mpmath.log1p(-real(whole - tail) / real(whole)) / mpmath.log(10)
        return (mpmath.log(real(tail)) - mpmath.log(real(whole))) / mpmath.log(10)

    return log10


def real(x):
    if isinstance(x, int) or type(x).__name__ == "mpz":
        return mpf(int(x))
    return mpf(x.as_integer_ratio()[0]) / mpf(x.as_integer_ratio()[1])


def moments(groups, success):
    g = success / WORD
    return sum(w * n for w, n in groups) * g, math.sqrt(sum(w * w * n for w, n in groups) * g * (1 - g))


def spread(groups, success, steps):
    """Sums around the mean, in the tail and at the end."""
    mean, sigma = moments(groups, success)
    most = sum(max(0, w * n) for w, n in groups)
    least = sum(min(0, w * n) for w, n in groups)
    sums = {math.ceil(mean + z * sigma) for z in steps}
    sums |= {most, most - 1, (most + math.ceil(mean)) // 2}
    return sorted(s for s in sums if least < s <= most)


def count_rows(cases, law_of, steps, parameter, success, trials=1):
    rows = []
    for groups in cases:
        drawn = [(w, n * trials) for w, n in groups]
        law = law_of(drawn, success)
        whole = mpz(WORD) ** sum(n for _, n in drawn) if law_of is exact_law else gmpy2.mpfr(1)
        log10 = tails(law, whole)
        for s in spread(drawn, success, steps):
            rows.append((groups, parameter, s, log10(s)))
    return rows


def inverted_count(groups, success, s):
    """log10 P(S >= s), s well above the mean, over the whole period of the characteristic function."""
    gmpy2.get_context().precision = 170
    rate = success / WORD
    _, sigma = moments(groups, success)
    theta = root(lambda t: sum(n * w * rate / (rate + (1 - rate) * math.exp(-t * w)) for w, n in groups) - s,
                 0, 60 / max(abs(w) for w, _ in groups))
    p = gmpy2.mpfr(success) / WORD
    m = 1 << math.ceil(math.log2(40 * sigma + 200))
    circle = 2 * gmpy2.const_pi()
    total = gmpy2.mpfr(0)
    for k in range(m // 2 + 1):
        z = gmpy2.mpc(theta, circle * k / m)
        turn = gmpy2.exp(z)
        exponent = sum(n * gmpy2.log(1 - p + p * turn ** w) for w, n in groups) - z * s
        share = (gmpy2.exp(exponent) / (1 - 1 / turn)).real
        total += share if k in (0, m // 2) else 2 * share
    return mpmath.log(real(total / m)) / mpmath.log(10)


# ---- Gumbel ----

def residue_tail(groups, s):
    """log10 P(sum w·Gamma(n) >= s) for s > 0 by residues at z = 1/w, w > 0."""
    previous = None
    dps = 60
    while True:
        mp.dps = dps
        value = -sum(residue(groups, i, mpf(s) / NAT) for i, (w, _) in enumerate(groups) if w > 0)
        if previous is not None and value > 0 and abs(value - previous) < mpf(10) ** -25 * value:
            return mpmath.log(value) / mpmath.log(10)
        previous = value
        dps *= 2


def residue(groups, i, x):
    """Of M(z)·e^(−zx)/z at z0 = 1/w_i: Taylor coefficient n_i − 1 of the rest, by its logarithmic derivative."""
    w0, n0 = groups[i]
    z0 = mpf(1) / w0
    others = [(w, n) for j, (w, n) in enumerate(groups) if j != i]
    value = mpmath.exp(-z0 * x) / z0 / mpf(-w0) ** n0
    for w, n in others:
        value /= (1 - w * z0) ** n
    # (log h)' = −x − 1/z + Σ n·w/(1 − w·z); its Taylor coefficients at z0.
    slopes = []
    powers = [(w / (1 - w * z0), n) for w, n in others]
    running = [base * n for base, n in powers]
    inverse = -1 / z0
    for k in range(n0 - 1):
        slopes.append(inverse + sum(running) - (x if k == 0 else 0))
        inverse *= -1 / z0
        running = [r * base for r, (base, _) in zip(running, powers)]
    taylor = [value]
    for k in range(1, n0):
        taylor.append(sum(slopes[j] * taylor[k - 1 - j] for j in range(k)) / k)
    return taylor[n0 - 1]


def inverted_gamma(groups, s):
    mp.dps = 50
    x = mpf(s) / NAT
    most = max((w for w, _ in groups if w > 0), default=0)
    edge = 1 / most if most else 50 / min(abs(w) for w, _ in groups)
    theta = root(lambda t: sum(n * w / (1 - t * w) for w, n in groups) - float(x), 0, edge * (1 - 1e-12))
    sigma = math.sqrt(sum(n * w * w / (1 - theta * w) ** 2 for w, n in groups))
    theta = mpf(theta)
    step = 2 * mp.pi / (60 * sigma)
    total, k = mpf(0), 0
    while True:
        z = mpmath.mpc(theta, k * step)
        exponent = -sum(n * mpmath.log(1 - z * w) for w, n in groups) - z * x
        term = mpmath.exp(exponent) / z
        total += term.real if k == 0 else 2 * term.real
        if k and abs(term) < mpf(10) ** -45 * abs(total):
            break
        k += 1
    return mpmath.log(total * step / (2 * mp.pi)) / mpmath.log(10)


def root(rising, low, high):
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def gamma_rows():
    few = [
        [(1, 1), (2, 1)], [(3, 2), (1, 5)], [(1, 1), (-1, 1)], [(5, 3), (-2, 4)], [(7, 1), (-7, 10), (2, 3)],
        [(1, 3), (2, 3), (3, 3), (4, 3)], [(1, 10), (3, 7), (-5, 6), (11, 2)], [(100, 1), (1, 60)], [(-100, 1), (1, 60)],
        [(1_048_576, 2), (-1_048_575, 2), (1, 9)], [(w, 1) for w in range(1, 9)], [(w, 2) for w in range(-6, 9) if w],
        [(17, 30), (23, 25), (31, 20), (-40, 15)], [(10, 60), (7, 60), (-3, 60)], [(1, 120), (2, 90), (4, 50), (-3, 100)],
    ]
    rows = []
    for groups in few:
        mean = sum(w * n for w, n in groups)
        sigma = math.sqrt(sum(w * w * n for w, n in groups))
        for z in (-1, 0, 0.5, 1, 2, 4, 8, 20, 100, 1000, 10_000):
            s = round((mean + z * sigma) * NAT)
            if s > 0 and (z <= 1000 or len(groups) < 4):
                rows.append((groups, "-", s, residue_tail(groups, s)))
    many = [
        [(w, 200) for w in range(-4, 9) if w], [(w, 10_000 // abs(w)) for w in range(-16, 17) if w],
        [(w, 15_000) for w in range(-32, 33) if w], [(3 * w + w * w, 100_000) for w in range(1, 25)],
        [(-w, 5_000) for w in range(1, 9)], [(1000 + 37 * w, 40) for w in range(40)],
    ]
    for groups in many:
        mean = sum(w * n for w, n in groups)
        sigma = math.sqrt(sum(w * w * n for w, n in groups))
        for z in (1, 3, 6, 12, 30, 100):
            s = round((mean + z * sigma) * NAT)
            if not all(w < 0 for w, _ in groups) or s < 0:
                rows.append((groups, "-", s, inverted_gamma(groups, s)))
    return rows


QUARTER = 1 << 30
HALF = 1 << 31


def green_rows():
    small = [
        [(1, 3), (2, 3)], [(3, 5), (5, 4), (-7, 2)], [(1, 10), (-1, 10), (2, 5)], [(1000, 3), (1, 12)], [(-4, 9)],
        [(6, 8), (10, 6), (15, 4)], [(2, 20), (3, 15), (-5, 10), (17, 3)], [(1_048_576, 2), (-3, 4), (7, 6)],
    ]
    rows = []
    for success in (QUARTER, HALF, 429_496_729, 1, WORD - 1, 3_000_000_001):
        rows += count_rows(small, exact_law, (-2, -0.5, 0, 1, 2, 3, 4, 6, 8), success, success)
    middle = [[(w, 60) for w in range(-4, 5) if w], [(1, 400), (3, 200), (7, 60)], [(11, 100), (-13, 100), (29, 30)]]
    for success in (QUARTER, HALF):
        rows += count_rows(middle, rounded_law, (-1, 0, 1, 2, 4, 8, 12, 16), success, success)
    many = [[(w, 12_000) for w in range(-8, 9) if w], [(1, 300_000), (2, 30_000), (5, 3_000)],
            [(7 * w * w + w, 500) for w in range(1, 7)]]
    for groups in many:
        mean, sigma = moments(groups, QUARTER)
        for z in (3, 6, 12, 30):
            s = math.ceil(mean + z * sigma)
            rows.append((groups, QUARTER, s, inverted_count(groups, QUARTER, s)))
    return rows


def bit_rows():
    rows = []
    for layers in (1, 4, 30):
        cases = [[(1, 3), (2, 3)], [(3, 2), (-5, 2), (9, 1)], [(1, 6), (-1, 4), (4, 2)]]
        rows += count_rows(cases, exact_law, (-1, 0, 1, 2, 4, 6), layers, HALF, layers)
    return rows


if __name__ == "__main__":
    mp.dps = 60
    write("weighted_bits.tsv", bit_rows())
    write("weighted_green.tsv", green_rows())
    write("weighted_gumbel.tsv", gamma_rows())
