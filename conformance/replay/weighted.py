"""Exact tails of weighted sums of independent scores (docs/tests/weighted-tails.md names the laws; the way here is another)."""
import numpy as np
from mpmath import mp, mpf

from tails import binomial_point, log10


def tilt_for(mean, highest):
    """θ ≥ 0 for which the tilted mean is 0 or more; `mean(θ)` rises."""
    if mean(mpf(0)) >= 0:
        return mpf(0)
    low, high = mpf(0), highest
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(middle) < 0 else (low, middle)
    return low


def counts(groups, g, s):
    """log10 P(Σ w·Binomial(n, g) ≥ s) for pairs (w, n): convolution of tilted probabilities, all of them positive."""
    turned = []
    for w, n in groups:
        if w < 0:
            s -= w * n
        if w and n:
            turned.append((abs(w), n, mpf(g) if w > 0 else 1 - mpf(g)))
    total = sum(w * n for w, n, _ in turned)
    if s <= 0:
        return mpf(0)
    if s > total:
        return -mp.inf
    with mp.workdps(30):
        if s == total:
            return sum(n * mp.log10(q) for _, n, q in turned)
        rate = lambda w, q, x: 1 / (1 + (1 - q) / q * mp.exp(-w * x))  # noqa: E731
        theta = tilt_for(lambda x: sum(w * n * rate(w, q, x) for w, n, q in turned) - s, mpf(200))
        law = np.ones(1)
        for w, n, q in turned:
            law = convolve(law, w, binomial_law(n, rate(w, q, theta)))
        terms = law[s:] * np.exp(-float(theta) * np.arange(total - s + 1))
        exponent = sum(n * mp.log(1 - q + q * mp.exp(theta * w)) for w, n, q in turned) - theta * s
        return (exponent + mp.log(mpf(float(terms.sum())))) / mp.log(10)


def binomial_law(n, rate):
    """All point probabilities, outward from the mode."""
    odds, mode = float(rate / (1 - rate)), min(n, int((n + 1) * rate))
    start = float(binomial_point(n, mode, rate))
    k = np.arange(n + 1, dtype=np.float64)
    law = np.empty(n + 1)
    law[mode:] = start * np.concatenate([[1.0], np.cumprod((n - k[mode + 1 :] + 1) / k[mode + 1 :] * odds)])
    law[:mode] = start * np.cumprod(((k[1 : mode + 1]) / (n - k[1 : mode + 1] + 1) / odds)[::-1])[::-1]
    return law


def convolve(law, w, other):
    """The law of the sum with w times the other; what underflows is far from where it matters."""
    out = np.zeros(len(law) + w * (len(other) - 1))
    for k, p in enumerate(other):
        if p > 1e-40:
            out[w * k : w * k + len(law)] += p * law
    return out


def gammas(groups, s):
    """log10 P(Σ w·Gamma(n, 1) ≥ s) for pairs (w, n), w of either sign: the transform, inverted along a line."""
    groups = [(mpf(w), n) for w, n in groups if w and n]
    heaviest = max((w for w, _ in groups), default=mpf(0))
    if heaviest <= 0:
        return mpf(0) if not groups and s <= 0 else below_zero(groups, s)
    with mp.workdps(30):
        slope = lambda x: sum(n * w / (1 - w * x) for w, n in groups)  # noqa: E731
        spread = lambda x: mp.sqrt(sum(n * (w / (1 - w * x)) ** 2 for w, n in groups))  # noqa: E731
        theta = tilt_for(lambda x: slope(x) - s, (1 - mpf(10) ** -20) / heaviest)
        theta = max(theta, min(1 / spread(mpf(0)), 1 / (2 * heaviest)))
        return invert(groups, s, theta, spread(theta))


def invert(groups, s, theta, spread):
    """(1/π) ∫ Re e^(K(z) − zs)/z along Re z = θ > 0, by the trapezoidal rule."""
    exponent = lambda z: -sum(n * mp.log(1 - w * z) for w, n in groups) - z * s  # noqa: E731
    height = exponent(theta)
    step = 1 / (8 * spread)
    total = 1 / (2 * theta)
    for k in range(1, 20_000):
        z = mp.mpc(theta, step * k)
        value = mp.exp(exponent(z) - height) / z
        total += mp.re(value)
        if abs(value) * k < abs(total) * mpf(10) ** -13:
            break
    return (height + mp.log(total * step / mp.pi)) / mp.log(10)


def below_zero(groups, s):
    """All weights negative: P(−T ≥ s) = P(T ≤ −s) = 1 − P(T ≥ −s), T a positive sum."""
    if s > 0:
        return -mp.inf
    return log10(1 - mpf(10) ** gammas([(-w, n) for w, n in groups], -s))
