"""Holm's adjustment in two families, outcomes and warnings (docs/replay.md, "Adjustment, outcome", "Warnings")."""
from mpmath import mp, mpf

LEVEL = mpf("0.001")
FEW = 25
NUMBERS = ("T1", "T2", "T2r", "T3", "T3r", "T5", "T6", "T8", "T9")


def holm(logs):
    """Adjusted log10 p-values."""
    order = sorted(range(len(logs)), key=lambda i: logs[i])
    adjusted, most = [None] * len(logs), -mp.inf
    for place, i in enumerate(order):
        most = max(most, min(mpf(0), logs[i] + mp.log10(len(logs) - place)))
        adjusted[i] = most
    return adjusted


def adjust(findings, logs):
    """Sets the adjusted values, for the p-values that the program printed: those are compared by themselves."""
    for proven in (True, False):
        family = [(finding, log) for finding, log in zip(findings, logs) if (not finding["unproven"]) == proven]
        for (finding, _), log in zip(family, holm([mpf(log) for _, log in family])):
            finding["log10_p_adjusted"] = log


def first(findings):
    return min((finding["test"] for finding in findings), key=NUMBERS.index, default=None)


def outcome(findings, scored, ruled_out):
    """What it comes to under one key; `ruled_out` is false where --rule-out asks for a share that is not certified."""
    small = [finding for finding in findings if finding["log10_p_adjusted"] <= mp.log10(LEVEL)]
    found = first([f for f in small if not f["unproven"] and f["test"] != "T6" and f["scored"] >= FEW])
    conditional = first([f for f in small if f["unproven"]])
    unsure = scored < FEW or not ruled_out or any(f["test"] == "T1" and f["unproven"] for f in findings)
    return "found" if found else "inconclusive" if unsure else "not-found", found, conditional


def together(outcomes):
    return next((word for word in ("found", "inconclusive") if word in outcomes), "not-found")


def warnings(read, as_tokens, scored):
    return {
        name
        for name, holds in (
            ("too-few-cells", scored < FEW),
            ("windows-repeat", 2 * read.scored < read.fresh),
            ("much-exposed", 4 * read.exposed > read.fresh),
            ("exposure-unknown", read.unknown > 0),
            ("answers-as-tokens", as_tokens > 0),
        )
        if holds
    }
