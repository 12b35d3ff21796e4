#!/usr/bin/env python3
"""High-precision tail probabilities for the detector's tests.

    python3 -m venv VENV && VENV/bin/pip install mpmath==1.3.0 gmpy2
    VENV/bin/python tails.py        # about a minute; rewrites the .tsv files beside it

Every method differs from the detector's (which sums decreasing ratios from Loader's point probability in
double-word arithmetic): small cases are exact integer sums, the others continued fractions or integer
sums with 100 digits and ln Gamma for the prefactor. Lines are tab-separated; `#` starts a comment.
`log10_p_up` is the smallest f64 that is not below the true value: a bound against the accuser must reach it.
"""
import math
import pathlib
from fractions import Fraction
from math import comb

import mpmath
from mpmath import mp, mpf

mp.dps = 100
HERE = pathlib.Path(__file__).parent
ONE = 1 << 32
NAT = 1 << 24


def up(x):
    """The smallest f64 >= x."""
    value = float(x)
    return value if mpf(value) >= x else math.nextafter(value, math.inf)


def write(name, columns, rows):
    with open(HERE / name, "w") as out:
        out.write(f"# made by tails.py with mpmath {mpmath.__version__}; do not edit\n")
        out.write("# " + "\t".join(columns) + "\n")
        for row in rows:
            out.write("\t".join(str(cell) for cell in row) + "\n")
    print(name, len(rows), flush=True)


def shown(log10_p):
    return mpmath.nstr(log10_p, 35, min_fixed=-8, max_fixed=20) if log10_p else "0.0"


# ---- binomial ----

def binomial_exact(n, s, t):
    over = sum(comb(n, k) * t**k * (ONE - t) ** (n - k) for k in range(s, n + 1))
    return log10_ratio(over, ONE**n)


def log10_ratio(over, under):
    """log10 of a ratio of large integers, also where it is close to 1."""
    if 2 * over > under:
        return mpmath.log1p(-mpf(under - over) / under) / mpmath.log(10)
    return (mpmath.log(mpf(over)) - mpmath.log(mpf(under))) / mpmath.log(10)


def beta_fraction(a, b, x):
    """I_x(a, b) and 1 − I, x below the mean of the beta law: DLMF 8.17.22, modified Lentz."""
    log_front = (
        a * mpmath.log(x) + b * mpmath.log1p(-x) - mpmath.log(a)
        - (mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b))
    )
    with mp.workdps(60):
        tiny, target = mpf(10) ** -200, mpf(10) ** -45
        f, c, d = mpf(1), mpf(1), 1 - (a + b) * x / (a + 1)
        d = 1 / (d or tiny)
        f = d
        m = 0
        while True:
            m += 1
            step = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            f *= c * d
            step = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / ((1 + step * d) or tiny)
            c = (1 + step / c) or tiny
            delta = c * d
            f *= delta
            if abs(delta - 1) < target:
                break
    return log_front + mpmath.log(f)


def binomial(n, s, t):
    if s == 0:
        return mpf(0)
    if n <= 70:
        return binomial_exact(n, s, t)
    x = mpf(t) / ONE
    if x * (n + 3) < s + 1:
        return beta_fraction(mpf(s), mpf(n - s + 1), x) / mpmath.log(10)
    lower = beta_fraction(mpf(n - s + 1), mpf(s), 1 - x)
    return mpmath.log1p(-mpmath.exp(lower)) / mpmath.log(10)


def kl_count(n, t, log10_p):
    """The count at which n·KL reaches the given number of decades, or None."""
    gamma, target = mpf(t) / ONE, -log10_p * mpmath.log(10)

    def kl(s):
        r = mpf(s) / n
        rest = (1 - r) * mpmath.log((1 - r) / (1 - gamma)) if s < n else 0
        return n * (r * mpmath.log(r / gamma) + rest)

    if kl(n) < target:
        return None
    low, high = int(gamma * n) + 1, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if kl(middle) < target else (low, middle)
    return high


def binomial_cases():
    quarter, half, tenth, odd = 1 << 30, 1 << 31, 429496729, 0x9E3779B1
    cases = {(n, s, t) for n in range(1, 9) for s in range(n + 1)
             for t in (quarter, half, tenth, odd, 1, ONE - 1)}
    cases |= {(n, s, t) for n in (25, 64) for s in (1, 5, 8, 15, 24, 25, 64) if s <= n
              for t in (quarter, half, tenth, odd, 12345)}
    cases |= {(n, s, 1) for n in (1000, 10**6) for s in (1, 2, 10, 1000)}
    cases |= {(n, s, ONE - 1) for n in (1000, 10**6) for s in (n // 2, n - 2, n - 1, n)}
    for n in (200, 1000, 10**4, 10**6, 10**8, 10**9, 10**10, 10**12):
        for t in (quarter, half, tenth, odd):
            if n > 10**9 and t not in (quarter, odd):
                continue
            gamma = mpf(t) / ONE
            mean, spread = n * gamma, mpmath.sqrt(n * gamma * (1 - gamma))
            near = (-5, -1, 0, 0.5, 2, 5, 10, 40) if n < 10**10 else (-3, 0, 4, 12, 40)
            counts = {int(mpmath.nint(mean + z * spread)) for z in near}
            counts |= {int(mean), int(mean) + 1} if n < 10**9 else set()
            counts |= {kl_count(n, t, decades) for decades in (-300, -1000, -30000, -99990)} | {n}
            cases |= {(n, s, t) for s in counts - {None} if 0 <= s <= n}
    return sorted(cases)


# ---- gamma ----

def gamma_small(n, q):
    """n ≤ 70: e^-x times the finite sum."""
    x = mpf(q) / NAT
    total = mpf(sum(Fraction(q, NAT) ** k / math.factorial(k) for k in range(n)).numerator)
    total /= sum(Fraction(q, NAT) ** k / math.factorial(k) for k in range(n)).denominator
    log_q = mpmath.log(total) - x
    if log_q > -0.5:
        # 1 − Q as a series, so that nothing cancels.
        lower = mpmath.gammainc(n, 0, x, regularized=True)
        log_q = mpmath.log1p(-lower)
    return log_q / mpmath.log(10)


def gamma_large(n, q):
    x, a = mpf(q) / NAT, mpf(n)
    log_front = a * mpmath.log(x) - x - mpmath.loggamma(a)
    if x > a + 1:
        # DLMF 8.9.2, modified Lentz.
        with mp.workdps(60):
            tiny, target = mpf(10) ** -200, mpf(10) ** -45
            b = x + 1 - a
            c, d = 1 / tiny, 1 / b
            f = d
            k = 0
            while True:
                k += 1
                step = -k * (k - a)
                b += 2
                d = 1 / ((step * d + b) or tiny)
                c = (b + step / c) or tiny
                delta = c * d
                f *= delta
                if abs(delta - 1) < target:
                    break
        return (log_front + mpmath.log(f)) / mpmath.log(10)
    # P by its power series in integers of 320 bits: x^a e^-x / Gamma(a+1) · Σ x^k / (a+1)…(a+k).
    scale = 1 << 320
    term, total, k = scale, scale, 0
    while term > 1 << 120:
        k += 1
        term = term * q // ((n + k) * NAT)
        total += term
    lower = mpmath.exp(log_front - mpmath.log(a)) * total / scale
    return mpmath.log1p(-lower) / mpmath.log(10)


def gamma_sum(n, log10_p):
    """The sum at which the exponent x − n − n ln(x/n) reaches the given number of decades."""
    target = -log10_p * mpmath.log(10)
    low, high = mpf(n), mpf(n) + 4 * target + 8 * mpmath.sqrt(n * target)
    for _ in range(200):
        middle = (low + high) / 2
        value = middle - n - n * mpmath.log(middle / n)
        low, high = (middle, high) if value < target else (low, middle)
    return int(high * NAT)


def gamma_cases():
    cases = {(n, int(x * NAT)) for n in (1, 2, 3, 5, 8, 13, 40, 70)
             for x in (2**-24, 0.001, 0.5, 1, n - 0.5, n, n + 0.25, n + 3, 2 * n + 1.7, 10 * n, 500, 230000)}
    for n in (200, 1000, 10**4, 10**5, 10**6, 10**7, 10**8, 10**9, 10**10, 5 * 10**11, 10**12):
        spread = math.isqrt(n * NAT * NAT)
        near = (-8, -5, -2, -1, -0.3, 0, 0.01, 0.5, 1, 2, 3, 5, 8, 10, 20, 40) if n < 10**9 else (-3, 0.02, 1, 4, 12, 40)
        sums = {n * NAT + int(z * spread) for z in near}
        sums |= {gamma_sum(n, decades) for decades in (-50, -300, -1000, -5000, -30000, -60000, -99990)}
        cases |= {(n, q) for q in sums if q > 0}
    return sorted(cases)


def gamma(n, q):
    return gamma_small(n, q) if n <= 70 else gamma_large(n, q)


# ---- weighted tournament ----

def linear_weights(m):
    return [1] if m == 1 else [10 * (m - 1) - 9 * l for l in range(m)]


def tournament_exact(n, x, weights):
    law = {0: 1}
    for w in weights * n:
        nxt = dict(law)
        for value, ways in law.items():
            nxt[value + w] = nxt.get(value + w, 0) + ways
        law = nxt
    return log10_ratio(sum(ways for value, ways in law.items() if value >= x), 2 ** (n * len(weights)))


def chernoff(n, x, weights):
    """min over theta ≥ 0 of n Σ ln((1+e^{θw})/2) − θx, in decades."""
    total = n * sum(weights)
    if 2 * x <= total:
        return mpf(0)
    if x == total:
        return -n * len(weights) * mpmath.log10(2)

    def slope(theta):
        return n * sum(mpf(w) / (1 + mpmath.exp(-theta * w)) for w in weights) - x

    low, high = mpf(0), mpf(1) / max(weights)
    while slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(180):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    value = n * sum(mpmath.log1p(mpmath.exp(high * w)) - mpmath.log(2) for w in weights) - high * x
    return value / mpmath.log(10)


def tournament_rows():
    rows = []
    for n in (1, 2, 3, 7):
        for m in (1, 2, 3, 5):
            weights = linear_weights(m)
            total = n * sum(weights)
            for x in sorted({0, 1, total // 2, total // 2 + 1, 3 * total // 4, 7 * total // 8, total - 1, total}):
                exact, bound = tournament_exact(n, x, weights), chernoff(n, x, weights)
                rows.append((n, m, x, repr(up(exact)), repr(up(bound)), shown(exact), shown(bound)))
    for n in (40, 10**3, 10**6, 10**9, 10**12):
        for m in (8, 30, 32):
            weights = linear_weights(m)
            total, spread = n * sum(weights), math.isqrt(n * sum(w * w for w in weights))
            for x in sorted({total // 2 + k * spread // 4 for k in (1, 4, 8, 20, 40, 400, 2600)} | {9 * total // 10, total - 1}):
                if x <= total:
                    bound = chernoff(n, x, weights)
                    rows.append((n, m, x, "-", repr(up(bound)), "-", shown(bound)))
    return rows


def logarithm_rows():
    values = [1 + 2.0**-52, 1 - 2.0**-53, 1.1, 0.9, 2.0, 0.5, math.sqrt(2), math.sqrt(0.5), 1.4142135623730951e-9,
              3.0, 10.0, 7e13, 1e300, 1e-300, 123456789.125, 2**0.25, 1 + 1e-9, 0.7071, 1.41421]
    values += [float(mpf(k) ** 7 / mpf(10) ** 9) for k in range(1, 200, 7)]
    rows = []
    for x in values:
        ln = mpmath.log(mpf(x))
        hi = float(ln)
        rows.append((repr(x), repr(hi), repr(float(ln - mpf(hi)))))
    return rows


if __name__ == "__main__":
    write("logarithms.tsv", ("x", "ln_hi", "ln_lo"), logarithm_rows())
    write("tournament.tsv", ("cells", "layers", "sum", "log10_p_up", "chernoff_up", "log10_p", "chernoff"),
          tournament_rows())
    write("gamma.tsv", ("cells", "sum", "log10_p_up", "log10_p"),
          [(n, q, repr(up(v)), shown(v)) for n, q in gamma_cases() for v in [gamma(n, q)]])
    write("binomial.tsv", ("cells", "count", "threshold", "log10_p_up", "log10_p"),
          [(n, s, t, repr(up(v)), shown(v)) for n, s, t in binomial_cases() for v in [binomial(n, s, t)]])
