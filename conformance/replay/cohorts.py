"""T7, the keys together (docs/tests/cohorts.md)."""
from mpmath import mp, mpf

from holm import FEW, LEVEL, NUMBERS

RATE = mpf("0.05")


def calibrated(log10_p):
    """log10 of the e-value (1 − p + p ln p)/(p ln² p)."""
    if log10_p == 0:
        return mp.log10(mpf(1) / 2)
    ln = log10_p * mp.log(10)
    p = mp.exp(ln)
    return mp.log10((1 - p + p * ln) / ln**2) - log10_p


def screened(logs):
    """e-BH: which of these log10 e-values are on the list."""
    order = sorted(range(len(logs)), key=lambda i: -logs[i])
    last = max((k for k in range(1, len(logs) + 1) if mp.log10(k) + logs[order[k - 1]] >= mp.log10(len(logs) / RATE)), default=0)
    return set(order[:last])


def can_name(findings):
    return [f for f in findings if not f["unproven"] and f["test"] != "T6" and f["scored"] >= FEW]


def named_by(findings):
    return sorted((f["test"] for f in findings if f["log10_p_adjusted"] <= mp.log10(LEVEL)), key=NUMBERS.index)


def e_value(findings):
    """E of T3 at the end, which no order changes; T1's p made an e-value where there is none or its weights are unproven."""
    e = [f["log10_e"] for f in findings if f["test"] == "T3" and "key-free-weights" not in f["unproven"]]
    return ("T3", e[0]) if e else ("T1", calibrated(findings[0]["log10_p"]))


def run(by_key):
    """For each key: its standing, the tests that name it, its smallest adjusted p, and its e-value with where that is from."""
    made = [e_value(findings) for findings in by_key]
    on_list = screened([e for _, e in made])
    rows = []
    for i, findings in enumerate(by_key):
        able = can_name(findings)
        names = named_by(able)
        standing = "named" if names else "screened" if i in on_list else "neither"
        rows.append((standing, names, min((f["log10_p_adjusted"] for f in able), default=mpf(0)), *made[i]))
    return rows
