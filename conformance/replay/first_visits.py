"""T3r, the e-process over the tested key's own log (docs/tests/first-visits.md; docs/replay.md, "T3r")."""
import itertools
import math

from mpmath import mp, mpf

import scores
from eprocess import mean_of_products
from weights import bounded, excess, lift, posterior

FOLLOW = (4, 0.4, 0.04)
KINDS = FOLLOW + ("lean",)
STAKES = [2.0**j for j in range(-6, 2)]
EDGE = 1e-11  # a weight this near to a step's edge, in steps, may go to either side: the last bits of a double decide
MOST_EDGES = 6
RAISED = 47  # units by which a Gumbel score is raised where a bet is against it


def step(weight):
    """The weight's size, toward 0, as k of 2^(k/4) with its sign; None below the smallest."""
    k = min(math.floor(4 * math.log2(abs(weight))), 16) if weight else -57
    return None if k < -56 else (k, weight > 0)


def other_step(weight):
    """The step on the other side of an edge that the weight is next to; the weight's own where it is next to none."""
    if not weight:
        return None
    at = 4 * math.log2(abs(weight))
    if abs(at - round(at)) > EDGE or not -56 <= round(at) <= 16:
        return step(weight)
    k = round(at) - 1 if math.floor(at) == round(at) else round(at)
    return None if k < -56 else (min(k, 16), weight > 0)


def line(profile, d):
    """The logarithm of a cell's factor as a line in its score: slope and height."""
    if profile["scheme"] in scores.GUMBEL:
        d = mpf(max(d, -0.9))
        slope = d / (1 + d) / scores.NAT
        return slope, (slope * RAISED if d < 0 else 0) - mp.log1p(d)
    if profile["scheme"] == "tournament":
        d = mpf(min(max(d, -0.9), 0.9))
        return mp.log1p(d) - mp.log1p(-d), profile["layers"] * mp.log1p(-d)
    t = scores.threshold(profile)
    r = max(math.floor(min(max(t + d * 2.0**32, 0.1 * t), 2.0**32 - 0.1 * (2**32 - t))), 1)
    hit, miss = mp.log(mpf(r) / t), mp.log(mpf(2**32 - r) / (2**32 - t))
    return hit - miss, miss


class Bets:
    """The cells that are bet on, each with its code and a step for each kind of bet; none depends on a word."""

    def __init__(self, counted, index, background, profile):
        self.profile, self.background = profile, background
        self.gumbel = profile["scheme"] in scores.GUMBEL
        self.cells, self.edges = {}, {}
        for window, token, c, n, p in counted.rows:
            for sub_key in range(index.sub_keys):
                code = index.first_visit(window, sub_key)
                if code is None:
                    continue
                weights = self.weights(window, 2 ** (code / 4), c, n, p)
                steps = [step(weight) for weight in weights]
                if not any(steps):
                    continue
                self.cells[window, token, sub_key] = (code, steps)
                for kind, own in enumerate(steps):
                    other = other_step(weights[kind])
                    if own and other and own != other:
                        # Equal weights are computed alike, and go to the same side.
                        self.edges.setdefault((kind, weights[kind]), (other, []))[1].append((window, token, sub_key))

    def weights(self, window, tau, c, n, p):
        """One for each of KINDS."""
        omega = (1 + tau / 10_000) ** -0.5
        rho = omega
        if self.background:
            rho = 1 / (1 + 99 * tau * (self.background.count(window) + 0.5) / max(self.background.windows, 1))
        shares = [min(g * rho, 0.95) for g in FOLLOW]
        lean = omega * excess(c, n * p, 20)
        if self.gumbel:
            return [posterior(c, n, p, share) for share in shares] + [lean * lift(bounded(p))]
        return [share * excess(c, n * p, 2) for share in shares] + [lean]

    def run(self, values, named):
        """What `run_once` gives; where weights stand at an edge, that of their sides that comes nearest to the log10 E the finding names."""
        found = self.run_once(values)
        if named is None or not 0 < len(self.edges) <= MOST_EDGES:
            return found
        away = lambda found: abs(found[0] - mpf(named))
        sides = list(self.edges.items())
        before = dict(self.cells)
        for chosen in itertools.product((False, True), repeat=len(sides)):
            self.cells = {cell: (code, list(steps)) for cell, (code, steps) in before.items()}
            for ((kind, _), (other, cells)), is_other in zip(sides, chosen):
                for cell in cells if is_other else ():
                    self.cells[cell][1][kind] = other
            found = min(found, self.run_once(values), key=away)
        self.cells = before
        return found

    def run_once(self, values):
        """log10 E at the end, that of both halves, and where in the log it was largest; `values` are the cells' scores."""
        groups = {}
        for (code, steps), value in zip(self.cells.values(), values.tolist()):
            for kind, size in zip(KINDS, steps):
                if size:
                    group = groups.setdefault(code, {}).setdefault((kind, *size), [0, 0])
                    group[0] += 1
                    group[1] += value
        with mp.workdps(30):
            logs = {(kind, a): mpf(0) for kind in KINDS for a in STAKES}
            end = follow = lean = mpf(0)
            best, lines = (0, mpf(0)), {}
            for code in sorted(groups):
                for (kind, k, up), (n, total) in groups[code].items():
                    for a in STAKES:
                        d = a * 2 ** (k / 4) * (1 if up else -1)
                        if d not in lines:
                            lines[d] = line(self.profile, d)
                        logs[kind, a] += lines[d][0] * total + lines[d][1] * n
                follow = mean_of_products([logs[g, a] for g in FOLLOW for a in STAKES])
                lean = mean_of_products([logs["lean", a] for a in STAKES])
                end = mean_of_products([follow, lean])
                if end > best[1]:
                    best = (sum(place <= code for place, _ in self.cells.values()), end)
            ten = mp.log(10)
            return end / ten, follow / ten, lean / ten, (best[0], best[1] / ten)
