#!/usr/bin/env python3
"""How far one Gamma with the mean and the variance of a weighted sum of two is below its exact tail.

    pip install mpmath==1.4.1
    ./vllm_dual_tail.py

The sum is w_A·X + w_B·Y with X, Y independent Gamma(n, 1), w_A = 1 − share, w_B = share: the statistic of vLLM's dual-key
detector, which takes the tail of the matched Gamma. Prints, for some n and shares, the exact tail where the matched one is 1e-20.
"""

from mpmath import exp, findroot, gammainc, inf, log, loggamma, mp, mpf, quad

mp.dps = 30


def upper(shape, x):
    return gammainc(shape, x, inf, regularized=True)


def exact(n, a, b, x):
    def integrand(y):
        rest = x - b * y
        return exp((n - 1) * log(y) - y - loggamma(n)) * (upper(n, rest / a) if rest > 0 else 1)

    return quad(integrand, [mpf(10) ** -9, n / 2, n, 2 * n, 4 * n, 8 * n, 40 * n])


for n in (25, 50, 200):
    for share in (mpf("0.1"), mpf("0.2")):
        a, b = 1 - share, share
        mean, variance = mpf(n), n * (a * a + b * b)
        shape, scale = mean**2 / variance, variance / mean
        start = mean + 9.5 * variance ** mpf("0.5")
        x = findroot(lambda x: log(upper(shape, x / scale), 10) + 20, (start, 1.2 * start))
        print(f"n = {n}, share = {share}: matched {mp.nstr(upper(shape, x / scale), 3)}, exact {mp.nstr(exact(n, a, b, x), 3)}")
