"""Weights of windows (T2, weighted T3) and of cells (T2r) (docs/tests/weighted.md; docs/replay.md, "Levels")."""
import functools
import math

from cells import fresh

LADDER = (0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181)
LONGER = LADDER[1:] + (256, 362, 512, 724, 1024, 1448, 2048, 2896)


OTHER_PRIOR = 20.0  # the least λ of T2's second form


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

    def __call__(self, window, scale=None, prior=0):
        way = (window, self.scale if scale is None else scale, max(self.prior, prior))
        if way not in self.known:
            self.known[way] = self.weigh(*way)
        return self.known[way]

    def weigh(self, window, scale, prior):
        held = sum(index.count(window) for index in self.harvests)
        if self.rule == "filter":
            return 1 if held else 0
        besides = self.background.count(window) if self.background else 0
        weight = level(181 * (held / (held + scale * besides + prior)), LADDER) if held else 0
        return 1 if self.floor and not held else weight

    def rho(self, window, scale=None, prior=0):
        weight = self(window, scale, prior)
        return weight / 181 if self.rule == "graded" else weight / 4

    def has_second_form(self):
        return self.rule == "graded" and (self.background is not None or self.prior < OTHER_PRIOR)

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


@functools.cache
def harmonic(x):
    from mpmath import mp

    return float(mp.digamma(x + 1) + mp.euler)


def bounded(p):
    return min(max(p, 1e-6), 0.999)


def lift(p):
    """The mean score of a marked choice whose chance was p, above the null's, over its distance from p."""
    return (harmonic(1 / p) - 1) / (1 - p)


def posterior(c, n, p, rho):
    """The lift of a cell that was the marked choice with odds that the counts tell."""
    p, rho = bounded(p), min(rho, 0.95)
    odds = math.log(p / (1 - p))
    odds += c * math.log((rho + (1 - rho) * p) / ((1 - rho) * p))
    odds += (n - c) * math.log((1 - rho) * (1 - p) / (1 - (1 - rho) * p))
    odds = min(max(odds, -700.0), 700.0)
    return (1 / (1 + math.exp(-odds)) - p) * lift(p)


def excess(c, m, damping):
    return (c - m) / (c + m + damping)


class Counted:
    """The cells of T2r and T3r: for each window and token how often it came, how often the window did, and P̂."""

    def __init__(self, answers, references, profile):
        h = profile["window"]
        # Of equal answers of 16 tokens or more, and of shorter ones that were shown the same, the first counts.
        different = {}
        for answer in answers:
            content = tuple(answer.tokens) if len(answer.tokens) >= 16 else answer.content()
            different.setdefault(content, answer)
        self.same, self.controlled = len(answers) - len(different), bool(references)
        cells, controls = produced(different.values(), h), produced(references, h)
        self.produced, self.reference = len(cells), len(controls)
        table, other = tally(cells), tally(controls)
        expected = Expected(controls if references else cells, h, profile["vocab_size"], self.controlled)
        self.rows = []
        for window, row in table.items():
            n = sum(row.values())
            for token in sorted(set(row) | set(other.get(window, {}))):
                self.rows.append((window, token, row.get(token, 0), n, expected(window, token)))


class Residual:
    """T2r's cells with their signed weights, in one of its forms."""

    # What the suspect is taken to do, and the least prior.
    FORMS = (("follow", 0), ("follow", 1000), ("lean", 0))

    def __init__(self, form, counted, windows, gumbel):
        leaning, prior = form
        self.leaning, self.prior, self.weights = leaning, prior, {}
        for window, token, c, n, p in counted.rows:
            rho = windows.rho(window, 0.0 if leaning == "lean" else None, prior) if windows else 0.01
            if rho == 0:
                continue
            if leaning == "lean":
                psi = rho * excess(c, n * p, 10)
            elif gumbel and counted.controlled:
                gain = posterior(c, n, p, rho)
                psi = gain / (1 + gain)
            else:
                psi = rho * excess(c, n * p, 2)
            weight = level(abs(181 * psi), LONGER)
            if weight:
                self.weights[window, token] = weight if psi > 0 else -weight
        self.above = sum(weight > 0 for weight in self.weights.values())
        self.below = sum(weight < 0 for weight in self.weights.values())
