"""For each of upstream's formulas, statistics at which it reports given p-values, and what they are worth."""

from mpmath import mp

from .formulas import formulas

CELLS = (50, 200, 1_000, 10_000)
REPORTED = (1e-2, 1e-3, 1e-6, 1e-9, 1e-12)
# A smaller relative difference is no finding.
NEGLIGIBLE = 1e-4


def tails(seed):
    return [
        {
            "name": formula.name,
            "note": formula.note,
            "rows": [_row(formula, n, level) for n in CELLS for level in REPORTED],
        }
        for formula in formulas(seed)
    ]


def _row(formula, n, level):
    statistic = statistic_at(formula, n, level)
    reported, exact = formula.reported(n, statistic), formula.exact(n, statistic)
    ours = formula.ours(n, statistic) if formula.ours else None
    return {
        "n": n,
        "statistic": statistic,
        "reported": reported,
        "exact": mp.nstr(exact, 6),
        "ours": None if ours is None else mp.nstr(ours, 6),
        "ratio": float(reported / exact),
        "ours_ratio": None if ours is None else float(ours / exact),
    }


def statistic_at(formula, n, level):
    """The least statistic that upstream reports at or below `level`."""
    mean, deviation = formula.scale(n)
    low, high = mean, mean + deviation
    while formula.reported(n, _round(formula, high)) > level:
        low, high = high, high + deviation
    low, high = _round(formula, low), _round(formula, high)
    while high - low > (1 if formula.whole else 1e-9 * mean):
        middle = (low + high) // 2 if formula.whole else (low + high) / 2
        low, high = (middle, high) if formula.reported(n, middle) > level else (low, middle)
    return high


def _round(formula, value):
    return round(value) if formula.whole else value
