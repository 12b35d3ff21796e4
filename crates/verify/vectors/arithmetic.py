#!/usr/bin/env python3
"""Makes the tables of this folder with mpmath: values where a formula of crates/verify is delicate.

python3 arithmetic.py        (mpmath 1.3 or later; conformance/replay has the e-process' grids)
"""
import pathlib
import random
import sys

from mpmath import mp, mpf

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "conformance/replay"))

import effects  # noqa: E402
import eprocess  # noqa: E402
import tails  # noqa: E402
import weighted  # noqa: E402

mp.dps = 50


def write(name, columns, rows):
    text = "# made by arithmetic.py with mpmath; do not edit\n# " + "\t".join(columns) + "\n"
    (HERE / f"{name}.tsv").write_text(text + "".join("\t".join(map(str, row)) + "\n" for row in rows))
    print(name, len(rows), flush=True)


def digits(x):
    return mp.nstr(x, 34)


def logarithms():
    """ln of f64: as the two f64 next to it, so that their sum has 32 digits."""
    for x in [3.0, 1e-5, 1.0, 1e18, 0.7, 0.71, 1.5, 1 - 2.0**-53, 1 + 2.0**-52, 1e-290, 1e290, 2.0**-32, 4294967295.0]:
        ln = mp.log(mpf(x))
        high = float(ln)
        yield repr(x), repr(high), repr(float(ln - mpf(high)))


def normal():
    for chance in (0.5, 0.25, 0.1, 0.02, 0.0014, 0.00135, 1e-3, 1e-4, 1e-9, 1e-15):
        yield repr(chance), digits(mp.sqrt(2) * mp.erfinv(1 - 2 * mpf(chance)))


def limits():
    """Clopper and Pearson's lower limits in 2⁻³², and quantiles of sums of exponentials."""
    for n, s in [(1, 1), (25, 3), (25, 25), (400, 130), (10**5, 25_300), (10**6, 500_700)]:
        yield "rate", n, s, tails.rate_low(n, s, mpf("0.025"))
    for n in (1, 25, 811, 10**5, 10**6):
        yield "reached", n, "0.025", digits(tails.gamma_quantile(n, 1 - mpf("0.025")))
        yield "below", n, "0.1", digits(tails.gamma_quantile(n, mpf("0.1")))




def processes():
    """log10 E of the plain and weighted processes for sums as they are, of 10⁶ cells too."""
    green = {"scheme": "green", "gamma": 0.3}
    for n, hits in [(100, 31), (100, 70), (10**6, 300_500), (10**6, 330_000), (10**6, 290_000)]:
        yield "green", f"{hits},{n - hits}", digits(eprocess.Plain(green).log_e(n, [{n: hits}]) / mp.log(10))
    gumbel = {"scheme": "gumbel"}
    for n, logs, total in [(100, 100 << 24, 101 << 24), (10**6, 999_000 << 24, 1_003_000 << 24), (10**6, 700_000 << 24, 1_400_000 << 24)]:
        yield "gumbel", f"{logs},{total},{n}", digits(eprocess.Plain(gumbel).log_e(n, [{n: logs}, {n: total}]) / mp.log(10))
    levels = {1: (500_000, 500_100), 16: (300_000, 301_000), 181: (200_000, 203_000)}
    for scheme, profile in (("weighted-gumbel", gumbel), ("weighted-green", green)):
        process = eprocess.Weighted(profile, 181)
        process.terms = [[process.term(bet * mpf(w) / 181) for w in levels] for bet in process.bets]
        rows = []
        for cells, total in levels.values():
            rows += [{0: cells}, {0: int(total * (0.3 if profile is green else 1 << 24))}]
        value = process.log_e(0, rows) / mp.log(10)
        flat = ",".join(f"{rows[2 * i + 1][0]},{rows[2 * i][0]}" for i in range(3))
        yield scheme, flat, digits(value)


def sums_of_gammas():
    """Weighted sums as T2 and T2r have them: inverted with 30 digits."""
    draw = random.Random(4)
    ladder = (1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181)
    for size, signs in [(30, False), (1000, False), (1000, True), (10**5, True), (10**6, False)]:
        groups = {}
        for weight in draw.sample(ladder, 8):
            groups[weight if not signs or draw.random() < 0.6 else -weight] = draw.randrange(1, size)
        groups = sorted(groups.items())
        mean = sum(w * n for w, n in groups)
        spread = sum(w * w * n for w, n in groups) ** 0.5
        for far in (-3, 0.1, 2, 8, 25):
            s = int((mean + far * spread) * (1 << 24))
            with mp.workdps(30):
                log = weighted.gammas(groups, mpf(s) / (1 << 24))
            yield ",".join(f"{w}:{n}" for w, n in groups), s, digits(log)


def main():
    write("logarithms", ("x", "ln", "rest"), list(logarithms()))
    write("normal", ("chance", "z"), list(normal()))
    write("limits", ("kind", "cells", "count or chance", "limit"), list(limits()))
    write("processes", ("kind", "sums", "log10_e"), list(processes()))
    write("gammas", ("groups", "sum", "log10_p"), list(sums_of_gammas()))


if __name__ == "__main__":
    main()
