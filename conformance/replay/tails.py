"""Tails of sums under the null, to 50 digits (docs/statistics.md, sections 1, 2 and 4)."""
from mpmath import mp, mpf

mp.dps = 50


def log10(p):
    return mp.log10(p) if p > 0 else -mp.inf


def sum_of(term, ratio):
    """term·(1 + r₁ + r₁r₂ + …) for ratios that fall below 1."""
    total, k = term, 1
    while term > total * mpf(10) ** -45:
        r = ratio(k)
        if r <= 0:
            break
        term *= r
        total += term
        k += 1
    return total


def binomial_point(n, k, g):
    return mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) + k * mp.log(g) + (n - k) * mp.log1p(-g))


def binomial_both(n, s, g):
    """P(S ≥ s) and P(S < s) for S ~ Binomial(n, g)."""
    if s <= 0:
        return mpf(1), mpf(0)
    if s > n:
        return mpf(0), mpf(1)
    g = mpf(g)
    odds = g / (1 - g)
    if s >= n * g:
        upper = sum_of(binomial_point(n, s, g), lambda k: (n - s - k + 1) / mpf(s + k) * odds)
        return upper, 1 - upper
    lower = sum_of(binomial_point(n, s - 1, g), lambda k: (s - k) / mpf(n - s + 1 + k) / odds)
    return 1 - lower, lower


def binomial(n, s, g):
    return binomial_both(n, s, g)[0]


def gamma_both(n, x):
    """Q(n, x) and P(n, x): that a sum of n exponentials is at least x, and below it."""
    if n == 0 or x <= 0:
        return mpf(x <= 0), mpf(x > 0)
    x = mpf(x)
    point = lambda k: mp.exp(k * mp.log(x) - x - mp.loggamma(k + 1))  # noqa: E731
    if x >= n:
        upper = sum_of(point(n - 1), lambda k: (n - k) / x)
        return upper, 1 - upper
    lower = sum_of(point(n), lambda k: x / (n + k))
    return 1 - lower, lower


def gamma(n, x):
    return gamma_both(n, x)[0]


def gamma_quantile(n, lower):
    """The x with P(n, x) = lower: Newton's method on the logarithm of the smaller side, which is concave."""
    with mp.workdps(30):
        small, side = (lower, 1) if lower < 0.5 else (1 - lower, 0)
        x = mpf(n)
        for _ in range(200):
            tail = gamma_both(n, x)[side]
            density = mp.exp((n - 1) * mp.log(x) - x - mp.loggamma(n))
            step = mp.log(small / tail) * tail / density
            x = max(x + (step if side else -step), x / 2)
            if abs(step) < x * mpf(10) ** -20:
                break
        return x


def lattice_search(holds):
    """The largest t in 0 … 2³² for which `holds`, which is true up to some point."""
    low, high = 0, 1 << 32
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def rate_low(n, s, alpha):
    """Clopper and Pearson's lower limit with the whole of alpha, in 2⁻³²."""
    if s == 0:
        return 0
    return lattice_search(lambda t: t == 0 or t < 1 << 32 and binomial(n, s, mpf(t) / 2**32) <= alpha)


def rate_high(n, s, alpha):
    return (1 << 32) - rate_low(n, n - s, alpha)
