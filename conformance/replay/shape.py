"""T8, the shape of the uniforms (docs/tests/shape.md)."""
import numpy as np
from mpmath import mp, mpf

import tails

LATTICE = 1 << 32


def ranks(deepest):
    seen = list(range(1, 11))
    while seen[-1] <= deepest:
        seen.append(seen[-1] + seen[-1] // 5)
    return [rank for rank in seen if rank <= deepest]


def boundary(n, rank, level, start):
    """The largest v for which P(Bin(n, v/2³²) ≥ rank) ≤ level; `start` is one for which that holds."""
    holds = lambda v: v < LATTICE and tails.binomial(n, rank, mpf(v) / LATTICE) <= level  # noqa: E731
    low, step = start, 1
    while holds(low + step):
        low, step = low + step, 2 * step
    high = low + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def first_crossing(n, looked, bounds):
    """P(for some j at least looked[j] of n uniforms are at most bounds[j]), forward over the points up to each bound."""
    alive, below, crossed = {0: mpf(1)}, mpf(0), mpf(0)
    for rank, bound in zip(looked, bounds):
        step = (bound - below) / (1 - below)
        odds, new = step / (1 - step), {}
        for have, chance in alive.items():
            left = n - have
            point = chance * (1 - step) ** left
            within = mpf(0)
            for more in range(rank - have):
                if more > left:
                    break
                new[have + more] = new.get(have + more, mpf(0)) + point
                within += point
                point *= odds * (left - more) / (more + 1)
            crossed += rest(left, rank - have, step, chance, point)
        alive, below = new, bound
    return crossed


def rest(left, more, step, chance, point):
    """chance·P(Bin(left, step) ≥ more), given chance times the point probability at `more`."""
    if more > left:
        return mpf(0)
    if more <= 0:
        return chance
    if more > left * step:
        odds = step / (1 - step)
        return tails.sum_of(point, lambda k: (left - more - k + 1) / mpf(more + k) * odds)
    return chance * tails.binomial(left, more, step)


def run(words):
    """T8's numbers: looked_at, log10 M, log10 p, and the strongest cells."""
    n = len(words)
    if not n:
        return None
    deepest = min(4096, max(1, n // 20))
    smallest = np.sort(LATTICE - words.astype(np.int64))[:deepest]
    looked = ranks(deepest)
    with mp.workdps(30):
        levels = [tails.binomial(n, rank, mpf(int(smallest[rank - 1])) / LATTICE) for rank in looked]
        best = min(range(len(looked)), key=lambda j: levels[j])
        bounds, last = [], 0
        for j, rank in enumerate(looked):
            start = int(smallest[rank - 1]) if j == best else last
            last = boundary(n, rank, levels[best], start)
            bounds.append(mpf(last) / LATTICE)
        p = first_crossing(n, looked, bounds)
        at = mpf(int(smallest[looked[best] - 1])) / LATTICE
        strongest = {"cells": looked[best], "score": -mp.log(at), "expected": n * at}
        return {"looked_at": deepest, "log10_smallest": tails.log10(levels[best]), "log10_p": tails.log10(p), "strongest": strongest}
