"""Weights of windows (T2, weighted T3) and of cells (T2r) (docs/tests/weighted.md; docs/replay.md, "Levels")."""
import math

import scores
from cells import fresh

LADDER = (0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181)
LONGER = LADDER[1:] + (256, 362, 512, 724, 1024, 1448, 2048, 2896)


def level(x, ladder):
    """The ladder's value for x: the highest whose border with the one below is not above x."""
    if x < 0.5:
        return 0
    return max(value for below, value in zip((0,) + ladder, ladder) if below * value <= x * x)


class Windows:
    """The weight of each window, from indexes."""

    def __init__(self, weighing, harvests, background):
        self.rule, self.floor = weighing["rule"], weighing["floor"]
        self.harvests, self.background = harvests, background
        self.share, self.prior = weighing["assumed_share"], weighing["prior"]
        self.harvest_windows = sum(index.windows for index in harvests)
        self.background_windows = background.windows if background else 0
        self.scale = 0.0
        if self.background_windows:
            self.scale = self.harvest_windows * (1 - self.share) / self.share / self.background_windows
        self.known = {}

    def __call__(self, window):
        if window not in self.known:
            self.known[window] = self.weigh(window)
        return self.known[window]

    def weigh(self, window):
        held = sum(index.count(window) for index in self.harvests)
        if self.rule == "filter":
            return 1 if held else 0
        besides = self.background.count(window) if self.background else 0
        weight = level(181 * (held / (held + self.scale * besides + self.prior)), LADDER) if held else 0
        return 1 if self.floor and not held else weight

    def rho(self, window):
        weight = self(window)
        return weight / 181 if self.rule == "graded" else weight / 4

    def heaviest(self):
        return 181 if self.rule == "graded" else 1


def produced(answers, h):
    """Fresh cells with their repeats."""
    return [cell for answer in answers for cell in fresh(answer, h)[0]]


def tally(cells):
    table = {}
    for window, token in cells:
        row = table.setdefault(window, {})
        row[token] = row.get(token, 0) + 1
    return table


class Expected:
    """P̂, by Witten and Bell's interpolation over shorter windows."""

    def __init__(self, cells, h, vocabulary, control):
        self.h, self.vocabulary, self.control = h, vocabulary, control
        self.tables = [tally([(window[h - k :], token) for window, token in cells]) for k in range(h + 1)]

    def __call__(self, window, token):
        p = 1 / self.vocabulary
        own = {} if self.control else self.tables[self.h].get(window, {})
        for k in range(self.h + (1 if self.control else 0)):
            row = self.tables[k].get(window[self.h - k :], {})
            n = sum(row.values()) - sum(own.values())
            kinds = len(row) - sum(row.get(t) == a for t, a in own.items())
            if n > 0:
                p = (row.get(token, 0) - own.get(token, 0) + kinds * p) / (n + kinds)
        return p


def harmonic(x):
    from mpmath import mp

    return float(mp.digamma(x + 1) + mp.euler)


def posterior(c, n, p, rho):
    p, rho = min(max(p, 1e-6), 0.999), min(rho, 0.95)
    odds = math.log(p / (1 - p))
    odds += c * math.log((rho + (1 - rho) * p) / ((1 - rho) * p))
    odds += (n - c) * math.log((1 - rho) * (1 - p) / (1 - (1 - rho) * p))
    odds = min(max(odds, -700.0), 700.0)
    pi = 1 / (1 + math.exp(-odds))
    return (pi - p) * (harmonic(1 / p) - 1) / (1 - p)


class Residual:
    """T2r's cells with their signed weights."""

    def __init__(self, answers, references, windows, profile):
        h = profile["window"]
        # Of equal answers of 16 tokens or more, and of shorter ones that were shown the same, the first counts.
        different = {}
        for answer in answers:
            content = tuple(answer.tokens) if len(answer.tokens) >= 16 else answer.content()
            different.setdefault(content, answer)
        self.same = len(answers) - len(different)
        cells, controls = produced(different.values(), h), produced(references, h)
        self.produced, self.reference = len(cells), len(controls)
        table, other = tally(cells), tally(controls)
        expected = Expected(controls if references else cells, h, profile["vocab_size"], bool(references))
        self.weights = {}
        for window, row in table.items():
            rho = windows.rho(window) if windows else 0.01
            if rho == 0:
                continue
            n = sum(row.values())
            for token in sorted(set(row) | set(other.get(window, {}))):
                c, p = row.get(token, 0), expected(window, token)
                if references and profile["scheme"] in scores.GUMBEL:
                    psi = posterior(c, n, p, rho)
                else:
                    psi = rho * (c - n * p) / (c + n * p + 2)
                weight = level(abs(181 * psi), LONGER)
                if weight:
                    self.weights[window, token] = weight if psi > 0 else -weight
        self.above = sum(weight > 0 for weight in self.weights.values())
        self.below = sum(weight < 0 for weight in self.weights.values())
