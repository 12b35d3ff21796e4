"""Effects, their intervals, and what could have been seen (docs/statistics.md, section 4; docs/replay.md)."""
from mpmath import mp, mpf

import scores
import tails

LATTICE = mpf(1 << 32)


def trials(n, profile):
    """Number of trials and the rate of each, for counts."""
    if profile["scheme"] == "green":
        return n, scores.threshold(profile) / LATTICE
    return n * profile["layers"], mpf(1) / 2


def is_gumbel(profile):
    return profile["scheme"] in scores.GUMBEL


def unit(profile):
    return scores.NAT if is_gumbel(profile) else 1


def null(n, profile):
    """The mean of one trial without dependence on the key, and how many trials there are."""
    return (mpf(1), n) if is_gumbel(profile) else trials(n, profile)[::-1]


def interval(total, n, profile, alpha):
    """Both limits with alpha/2 each, from the integer sum."""
    half = mpf(alpha) / 2
    if is_gumbel(profile):
        low = mpf(total) / scores.NAT / tails.gamma_quantile(n, 1 - half)
        return low, mpf(total + scores.DEFICIT * n) / scores.NAT / tails.gamma_quantile(n, half)
    count = trials(n, profile)[0]
    return tails.rate_low(count, total, half) / LATTICE, tails.rate_high(count, total, half) / LATTICE


def p_value(total, n, profile):
    """log10 of T1's exact tail."""
    if is_gumbel(profile):
        return tails.log10(tails.gamma(n, mpf(total) / scores.NAT))
    count, rate = trials(n, profile)
    return tails.log10(tails.binomial(count, total, rate))


def difference(discordant, ahead, count, alpha=mpf("0.05")):
    """Limits of the difference of two rates: 4/5 of alpha for the share that is ahead, 1/5 for the discordant rate."""
    share = [tails.rate_low(discordant, ahead, alpha * 2 / 5), tails.rate_high(discordant, ahead, alpha * 2 / 5)]
    rate = [tails.rate_low(count, discordant, alpha / 10), tails.rate_high(count, discordant, alpha / 10)]
    products = [(2 * s / LATTICE - 1) * r / LATTICE for s in share for r in rate]
    return min(products), max(products)


def ratio(own, other, n, alpha=mpf("0.05")):
    """Limits of the ratio of two mean scores, under the gamma-scale model."""
    x = beta_quantile(n, alpha / 2)
    room = scores.DEFICIT * n
    return mpf(own) / (other + room) * x / (1 - x), mpf(own + room) / other * (1 - x) / x


def beta_quantile(n, p):
    """The x with P(Beta(n, n) ≤ x) = P(Bin(2n − 1, x) ≥ n) = p."""
    low, high = mpf(0), mpf(1) / 2
    with mp.workdps(25):
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if tails.binomial(2 * n - 1, n, middle) < p else (low, middle)
    return low


def normal_quantile(upper):
    return mp.sqrt(2) * mp.erfinv(1 - 2 * mpf(upper))


def smallest_visible_lead(n, profile, level):
    """T6's, by the normal approximation: under the null's variance, for a ratio of means with its own."""
    found, missed = normal_quantile(level), normal_quantile(mpf(1) / 10)
    if is_gumbel(profile):
        lead = mpf(0)
        for _ in range(100):
            lead = (found * mp.sqrt(2) + missed * mp.sqrt(1 + (1 + lead) ** 2)) / mp.sqrt(n)
        return 1 + lead
    count, rate = trials(n, profile)
    return min((found + missed) * mp.sqrt(2 * rate * (1 - rate) / count), 1 - rate)


def smallest_visible(n, profile, level):
    """The smallest mean that would be found at the level in nine cases of ten."""
    if is_gumbel(profile):
        s = tails.gamma_quantile(n, 1 - level)
        return (s + mpf(scores.DEFICIT * n) / scores.NAT) / tails.gamma_quantile(n, mpf(1) / 10)
    count, rate = trials(n, profile)
    low, high = 0, count + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if tails.binomial(count, middle, rate) <= level else (middle, high)
    return tails.rate_high(count, high - 1, mpf(1) / 10) / LATTICE
