"""Exact upper tails, with 40 digits: the yardstick for upstream's p-values and for ours.

Counts are summed term by term. Sums without a simple law are got from their cumulant function K by the
inversion integral on the line through the saddle point,

    P(S >= s) = 1/(2 pi i) * integral of exp(K(t) - t s)/t dt        (1/(1 - exp(-t)) for sums on the integers),

where the trapezoidal rule converges geometrically.
"""

import numpy as np
from mpmath import mp, mpc, mpf

mp.dps = 40
_SMALL = mpf(10) ** -38


def binomial(n, chance, count):
    """P(Binomial(n, chance) >= count)."""
    chance = mpf(chance)
    if count <= 0:
        return mpf(1)
    term = mp.binomial(n, count) * chance**count * (1 - chance) ** (n - count)
    total, k = mpf(0), count
    while k <= n and term > _SMALL * total:
        total += term
        term *= mpf(n - k) / (k + 1) * chance / (1 - chance)
        k += 1
    return total


def gamma(n, score):
    """P(Gamma(n, 1) >= score) for an integer n: fewer than n events of a Poisson process up to `score`."""
    score = mpf(score)
    term = mp.exp((n - 1) * mp.log(score) - score - mp.loggamma(n))
    total = mpf(0)
    for k in range(n - 1, -1, -1):
        total += term
        term *= k / score
        if term < _SMALL * total:
            break
    return total


def two_gammas(n, a, b, score):
    """P(aX + bY >= score) for independent X, Y of law Gamma(n, 1)."""
    a, b = mpf(a), mpf(b)

    def cumulant(t):
        return -n * (mp.log(1 - a * t) + mp.log(1 - b * t))

    mean, most = n * (a + b), 1 / max(a, b)
    return _inverted(cumulant, mpf(score), mean, n * (a * a + b * b), most, lattice=False)


def weighted_bits(n, weights, score, chance=mpf(1) / 2):
    """P(S >= score) for n cells of bits that are 1 with this chance, one for each of the integer `weights`."""
    weights, chance = [mpf(w) for w in weights], mpf(chance)

    def cumulant(t):
        return n * sum(mp.log(1 - chance + chance * mp.exp(t * w)) for w in weights)

    mean = n * chance * sum(weights)
    variance = n * chance * (1 - chance) * sum(w * w for w in weights)
    return _inverted(cumulant, mpf(score), mean, variance, mp.inf, lattice=True)


def _inverted(cumulant, score, mean, variance, most, lattice):
    if score <= mean:
        raise ValueError("only above the mean")
    saddle = _saddle(lambda t: mp.diff(cumulant, t), score, (score - mean) / variance, most)
    height = cumulant(saddle) - saddle * score
    step = min(saddle, 1 / mp.sqrt(variance)) / 12

    def integrand(y):
        t = mpc(saddle, y)
        kernel = 1 / (1 - mp.exp(-t)) if lattice else 1 / t
        return (mp.exp(cumulant(t) - t * score - height) * kernel).real

    total, k = integrand(mpf(0)) / 2, 1
    while not lattice or k * step < mp.pi:
        term = integrand(k * step)
        total += term
        if abs(term) < mpf(10) ** -30 * abs(total) and k * step * mp.sqrt(variance) > 8:
            break
        k += 1
    return mp.exp(height) * total * step / mp.pi


def _saddle(slope, score, start, most):
    """Where `slope` is `score`, by bisection: three digits do, as any point near the saddle gives the same integral."""
    low, high = mpf(0), min(start, most / 2)
    while slope(high) < score:
        low, high = high, min(2 * high, (high + most) / 2)
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < score else (low, middle)
    return high


def discrete_sum(n, values, score):
    """P(S >= score) for n independent draws of the equally likely `values`, in double precision (about 1e-9)."""
    values = np.asarray(values, dtype=np.float64)
    mean, deviation = n * values.mean(), np.sqrt(n * values.var())

    def moments(t):
        powers = np.exp(t * values)
        return powers.mean(), (values * powers).mean()

    low, high = 0.0, 1.0 / deviation
    while n * moments(high)[1] / moments(high)[0] < score:
        low, high = high, 1.5 * high
    for _ in range(20):
        middle = (low + high) / 2
        value, slope = moments(middle)
        low, high = (middle, high) if n * slope / value < score else (low, middle)
    saddle, value = high, moments(high)[0]
    step = min(saddle, 1 / deviation) / 10
    total, k = 0.5 / saddle, 1
    while True:
        t = complex(saddle, k * step)
        term = (np.exp(n * np.log(moments(t)[0] / value) - 1j * k * step * score) / t).real
        total += term
        if abs(term) < 1e-14 * total and k * step * deviation > 7:
            break
        k += 1
    height = n * mp.log(mpf(float(value))) - mpf(saddle) * mpf(float(score))
    assert score > mean
    return mp.exp(height) * mpf(total) * step / mp.pi
