"""Writes score-v1.json: words with their logarithms to 30 digits and the integers they must give.

Usage: python3 score_v1.py   (needs mpmath)

The integers are computed here from the definition in the documentation of `score` with exact
rationals, not from the Rust code or its tables.
"""

import json
import random
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

from mpmath import log, mp, mpf, nstr
from mpmath import ceil as mceil
from mpmath import floor as mfloor

mp.dps = 60
UNIT = mpf(2) ** 24
STEP = 2**23
LN2_DOWN = int(mfloor(log(mpf(2)) * 2**27))


def nats(ratio):
    return -log(mpf(ratio.numerator) / mpf(ratio.denominator))


def tangent(middle, n):
    return (nats(Fraction(middle, 2**32)) - (mpf(n) - middle) / middle) * UNIT


def lower_knot(n):
    if n >= 2**32 - STEP:
        return (2**32 - n) >> 8
    middles = [n + STEP // 2] + ([n - STEP // 2] if n > 2**31 else [])
    return int(mfloor(min(tangent(m, n) for m in middles)))


def upper_knot(n):
    return int(mceil(nats(Fraction(n, 2**32)) * UNIT))


def normalise(x):
    shift = 32 - x.bit_length()
    n = x << shift
    left = n - n % STEP
    return shift, left, n - left


def exponential(word):
    x = min(2**32 - word, 2**32 - 1)
    shift, left, rest = normalise(x)
    drop = lower_knot(left) - lower_knot(left + STEP)
    fall = ceil(Fraction(drop * ceil(Fraction(rest, 128)), 2**16))
    return (LN2_DOWN * shift) // 8 + lower_knot(left) - fall


def log_reciprocal(word):
    if word == 0:
        return int(mceil(40 * log(mpf(2)) * UNIT))
    shift, left, rest = normalise(word)
    drop = upper_knot(left) - upper_knot(left + STEP)
    fall = floor(Fraction(drop * (rest // 128), 2**16))
    return ceil(Fraction((LN2_DOWN + 1) * shift, 8)) + upper_knot(left) - fall


def main():
    rng = random.Random(1)
    words = {0, 1, 2, 127, 128, 255, 256, 257, 2**32 - 1, 2**32 - 2, 2**32 - 3}
    for bit in range(32):
        words |= {2**bit - 1, 2**bit, 2**bit + 1, 2**32 - 2**bit - 1, 2**32 - 2**bit}
    for interval in range(0, 256, 5):
        edge = 2**31 + interval * STEP
        words |= {edge - 1, edge, edge + 1, 2**32 - edge, edge + STEP // 2}
    words |= {rng.getrandbits(32) for _ in range(200)}
    words |= {rng.getrandbits(32) >> rng.randrange(32) for _ in range(100)}
    words |= {2**32 - 1 - (rng.getrandbits(32) >> rng.randrange(32)) for _ in range(100)}
    cases = [
        {
            "word": w,
            "exponential_nats": nstr(nats(Fraction(2**32 - w, 2**32)), 30),
            "exponential": exponential(w),
            "log_reciprocal_nats": nstr(nats(Fraction(w, 2**32)) if w else 40 * log(mpf(2)), 30),
            "log_reciprocal": log_reciprocal(w),
        }
        for w in sorted(words)
    ]
    lines = ",\n".join("  " + json.dumps(c) for c in cases)
    Path(__file__).with_name("score-v1.json").write_text(f"[\n{lines}\n]\n")


main()
