"""T3, the e-process, plain and weighted (docs/statistics.md, section 6; docs/tests/weighted.md; docs/replay.md)."""
import numpy as np
from mpmath import mp, mpf

import scores


def looks(n):
    """The numbers of cells at which E is looked at."""
    seen, last = [], 0
    for cells in range(256, n + 1, 256):
        if cells >= last + max(256, last // 256):
            seen.append(cells)
            last = cells
    return seen if not n or seen and seen[-1] == n else seen + [n]


def mean_of_products(logs):
    top = max(logs)
    return top + mp.log(mp.fsum(mp.exp(x - top) for x in logs) / len(logs))


def lifts():
    return [1 - mpf(2) ** -8, 1 - mpf(2) ** -4] + [mpf(2) ** (-mpf(j) / 4) for j in range(1, 63)]


def green_rates(t):
    g = mpf(t) / 2**32
    return [mp.floor((g + x * (1 - g)) * 2**32) / 2**32 for x in lifts()]


def exponents():
    return [mpf(2) ** (mpf(j - 48) / 4) for j in range(64)]


class Plain:
    """log E of the plain process, from integer sums at a look."""

    def __init__(self, profile):
        self.green = profile["scheme"] == "green"
        if self.green:
            g = mpf(scores.threshold(profile)) / 2**32
            self.terms = [(mp.log(r / g), mp.log((1 - r) / (1 - g))) for r in green_rates(scores.threshold(profile))]
        else:
            self.powers = [(mp.log(1 + x), x) for x in exponents()]
            self.tilts = [(-mp.log(1 + x), x / (1 + x)) for x in exponents()]  # ln b and 1 − b

    def sums(self, words, values, levels):
        parts = [values[0]] if self.green else [scores.log_reciprocal(words[0]), values[0]]
        return [np.concatenate([[0], np.cumsum(part)]) for part in parts]

    def log_e(self, n, sums):
        if self.green:
            hits = int(sums[0][n])
            return mean_of_products([hits * hit + (n - hits) * miss for hit, miss in self.terms])
        logs, total = (mpf(int(part[n])) / scores.NAT for part in sums)
        powers = mean_of_products([n * log_a - x * logs for log_a, x in self.powers])
        tilts = mean_of_products([n * log_b + x * total for log_b, x in self.tilts])
        return mean_of_products([powers, tilts])


class Weighted:
    """The same with bets in proportion to weights."""

    def __init__(self, profile, heaviest):
        self.green = profile["scheme"] == "green"
        self.heaviest = heaviest
        if self.green:
            self.g = mpf(scores.threshold(profile)) / 2**32
            self.bets = [r - self.g for r in green_rates(scores.threshold(profile))]
        else:
            self.bets = [x / (1 + x) for x in exponents()]

    def sums(self, words, values, levels):
        """For each weight that occurs: how many cells have it up to each place, and the sum of their scores."""
        self.weights = sorted(set(levels.tolist()) - {0})
        rows = []
        for weight in self.weights:
            here = levels == weight
            of_cells = (here.astype(np.int64) * len(values), values.sum(axis=0) * here)
            rows += [np.concatenate([[0], np.cumsum(part)]) for part in of_cells]
        self.terms = [[self.term(bet * weight / self.heaviest) for weight in self.weights] for bet in self.bets]
        return rows

    def term(self, bet):
        if self.green:
            r = mp.floor((self.g + bet) * 2**32) / 2**32
            return mp.log(r / self.g), mp.log((1 - r) / (1 - self.g))
        return bet, mp.log1p(-bet)

    def log_e(self, n, rows):
        counts = [int(row[n]) for row in rows[0::2]]
        sums = [int(row[n]) for row in rows[1::2]]
        if self.green:
            one = lambda hits, cells, term: hits * term[0] + (cells - hits) * term[1]  # noqa: E731
        else:
            one = lambda total, cells, term: mpf(total) / scores.NAT * term[0] + cells * term[1]  # noqa: E731
        return mean_of_products([mp.fsum(map(one, sums, counts, terms)) for terms in self.terms])


def run(process, words, values, levels=None):
    """log10 E at the end, and where it was largest."""
    with mp.workdps(30):
        sums = process.sums(words, values, levels)
        best, end = (0, mpf(0)), mpf(0)
        for cells in looks(words.shape[1]):
            end = process.log_e(cells, sums) / mp.log(10)
            if end > best[1]:
                best = (cells, end)
        return end, best
