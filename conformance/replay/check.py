"""Compares a finding's numbers with those computed here, each with the bound that the documents give."""
from mpmath import mp, mpf

import calibration
import cohorts
import effects
import holm

# How far a printed logarithm may lie on its safe side. Where the documents give no bound, what was seen, rounded up.
ROUNDING = mpf(10) ** -9 / mp.log(10)  # exact tails: a relative excess of p of 1e-9 (docs/statistics.md, section 2)
PROCESS = mpf(10) ** -11  # T3, T3r: none given but 2⁻⁴² relative, which is 1e-13
SHAPE = mpf("2e-8")  # T8: 2e-9 given, 7.5e-9 seen
CONTRAST = mpf("0.03")  # T6: its finding does not name the method, so that of the roughest
SUMS = mpf(10) ** -12  # Holm
LIMITS = mpf("3e-7")  # intervals and smallest visible effects: none given, 1.7e-7 seen


def counts(table, found, read, answers, order):
    theirs = found["counts"]
    ours = {
        "answers": read.answers,
        "tokens": read.tokens,
        "exposure_unknown": read.unknown,
        "exposed": read.exposed,
        "exposed_in_other_form": 0,
        "fresh": read.fresh,
        "scored": read.scored,
    }
    for name, value in ours.items():
        table.equal("counts", name, theirs[name], value)
    table.near("counts", "expected_drops", theirs["expected_drops"], mpf(read.drops() if found["plan"]["dedup"] == "compact" else 0))
    table.equal("answers", "as_tokens", found["answers"]["as_tokens"], read.answers)
    table.equal("answers", "cut_otherwise", found["answers"]["cut_otherwise"], 0)
    table.equal("answers", "nothing_shown", found["answers"]["nothing_shown"], sum(answer.says_nothing for answer in answers))
    table.equal("answers", "order", found["answers"]["order"], order)


def levels(table, where, theirs, ours):
    table.equal(where, "levels", [(row["weight"], row["cells"]) for row in theirs], [(row["weight"], row["cells"]) for row in ours])
    for their, our in zip(theirs, ours):
        table.near(where, f"mean score at {our['weight']}", their["mean_score"], our["mean_score"])


def weighted_bound(examination, their):
    """How far the program's bound may lie above the exact tail, by its method (docs/tests/weighted-tails.md, section 6)."""
    if their["method"] == "exact":
        return ROUNDING
    if their["method"] == "saddle-point":
        return mpf("0.02")
    if examination.gumbel:
        return mpf("0.03") if their["log10_p"] > -700 else mpf("0.4")
    return mpf("2e-8")


def finding(table, where, their, our, examination, visible_level):
    """One test under one key."""
    test = our["test"]
    table.equal(where, "tokens", their["tokens"], examination.read.tokens)
    table.equal(where, "scored", their["scored"], our["scored"])
    bound = ROUNDING
    if test in ("T1", "T2", "T2r", "T6"):
        table.near(where, "statistic", their["statistic"], our["statistic"])
    if test in ("T1", "T2", "T2r"):
        table.near(where, "expected", their["expected"], our["expected"])
    if test == "T1":
        our["lift"] = effect(table, where, their.get("effect"), our["total"], our["scored"] * examination.ring, examination.profile, 0.05, visible_level)
    if test in ("T2", "T2r"):
        levels(table, where, their["levels"], our["levels"])
        table.equal(where, "method is exact", their["method"] == "exact", our["exact"])
        bound = weighted_bound(examination, their)
    if "weights" in our:
        table.equal(where, "weights", their.get("weights"), our["weights"])
    if "weights" in our and test != "T3r":
        weighting(table, where, their["weighting"], examination.windows)
    if test in ("T2", "T2r"):
        table.equal(where, "prior", their.get("prior"), our["prior"])
    if test in ("T2r", "T3r"):
        table.equal(where, "leaning", their["leaning"], our["leaning"])
        residual(table, where, their["counts"], examination.counted, our)
    if test == "T3r":
        table.below(where, "log10_e_follow", their["log10_e_follow"], our["follow"], PROCESS)
        table.below(where, "log10_e_lean", their["log10_e_lean"], our["lean"], PROCESS)
        table.equal(where, "windows_read", their["windows_read"], our["windows_read"])
        background = examination.background.windows if examination.background else None
        table.equal(where, "background_windows", their.get("background_windows"), background)
    if test in ("T3", "T3r"):
        table.below(where, "log10_e at the end", their["log10_e"], our["log10_e"], PROCESS)
        table.equal(where, "largest at", their["supremum"]["cells"], our["cells"])
        table.below(where, "largest log10_e", their["supremum"]["log10_e"], our["largest"], PROCESS)
        bound = PROCESS
    if test == "T3":
        table.equal(where, "order", their["order"], examination.order)
    if test == "T5":
        table.equal(where, "rank", their["rank"], our["rank"])
        table.equal(where, "decoys", their["decoys"], our["decoys"])
        table.near(where, "best decoy", their["best_decoy"], our["best_decoy"])
    if test == "T6":
        table.equal(where, "discordant", their["discordant"], our["discordant"])
        contrast(table, where, their.get("effect"), our, examination, visible_level)
        bound = CONTRAST
    if test == "T8":
        table.equal(where, "looked_at", their["looked_at"], our["looked_at"])
        table.above(where, "log10_smallest", their["log10_smallest"], our["log10_smallest"], SHAPE)
        for name in ("cells", "score", "expected"):
            table.near(where, f"strongest {name}", their["strongest"] and their["strongest"][name], our["strongest"] and mpf(our["strongest"][name]))
        bound = SHAPE if our["log10_smallest"] > -260 else mpf("1.6")
    table.above(where, "log10_p", their["log10_p"], our["log10_p"], bound)
    table.above(where, "log10_p_adjusted", their["log10_p_adjusted"], our["log10_p_adjusted"], SUMS)
    table.equal(where, "unproven", set(their.get("unproven", [])), our["unproven"])
    table.equal(where, "warnings", set(their.get("warnings", [])), our["warnings"])


def effect(table, where, their, total, n, profile, alpha, visible_level):
    if their is None:
        return table.equal(where, "effect", None if n // profile.get("ring", 1) < holm.FEW else "missing", None)
    mean, trials = effects.null(n, profile)
    table.near(where, "effect", their["value"], mpf(total) / effects.unit(profile) / trials)
    table.near(where, "effect null", their["null"], mean)
    low, high = effects.interval(total, n, profile, alpha)
    measures(table, where, their, "mean-score", "green-rate", "one-bit-rate", profile, alpha)
    table.below(where, "interval low", their["interval"]["low"], low, LIMITS)
    table.above(where, "interval high", their["interval"]["high"], high, LIMITS)
    if visible_level:
        visible = effects.smallest_visible(n, profile, visible_level)
        table.near(where, "smallest visible", their["smallest_visible"], visible, LIMITS)
        return visible - mean


def measures(table, where, their, gumbel, green, tournament, profile, alpha=0.05):
    name = {"green": green, "tournament": tournament}.get(profile["scheme"], gumbel)
    table.equal(where, "measure", their["measure"], name)
    table.equal(where, "interval sides", their["interval"]["sides"], "two")
    table.near(where, "interval alpha", their["interval"]["alpha"], mpf(alpha))


def contrast(table, where, their, our, examination, visible_level):
    if their is None:
        return
    n, profile = our["scored"], examination.profile
    trials = effects.null(n, profile)[1]
    tested, control = (mpf(total) / effects.unit(profile) / trials for total in our["sums"])
    measures(table, where, their, "mean-score-ratio", "green-rate-difference", "one-bit-rate-difference", profile)
    table.equal(where, "effect null", their["null"], 1.0 if examination.gumbel else 0.0)
    table.near(where, "tested", their["tested"], tested)
    table.near(where, "control", their["control"], control)
    table.near(where, "effect", their["value"], tested / control if examination.gumbel else tested - control)
    visible = effects.smallest_visible_lead(n, profile, visible_level)
    table.near(where, "smallest visible", their["smallest_visible"], visible, LIMITS)
    if examination.gumbel:
        low, high = effects.ratio(*our["sums"], n)
    else:
        low, high = effects.difference(*our["trials"], trials)
    table.below(where, "interval low", their["interval"]["low"], low, LIMITS)
    table.above(where, "interval high", their["interval"]["high"], high, LIMITS)


def weighting(table, where, their, windows):
    graded = windows.rule == "graded"
    ours = {"rule": windows.rule, "floor": windows.floor and graded}
    ours |= {"harvest_windows": windows.harvest_windows, "background_windows": windows.background_windows}
    for name, value in ours.items():
        table.equal(where, f"weighting {name}", their[name], value)
    for name, value in (("assumed_share", windows.share), ("background_scale", windows.scale), ("prior", windows.prior)):
        table.near(where, f"weighting {name}", their.get(name), mpf(value) if graded else None)


def residual(table, where, their, counted, our):
    table.equal(where, "counts expectation", their["expectation"], "reference" if counted.controlled else "shorter-window")
    pairs = (("produced", counted.produced), ("identical_answers", counted.same), ("reference", counted.reference))
    for name, value in pairs + (("above", our["above"]), ("below", our["below"])):
        table.equal(where, f"counts {name}", their[name], value)


def shares(table, where, their, lift, profile, studies, asked):
    """The smallest share that was visible, by the table of studies that was given; the share that can be ruled out."""
    if not studies or lift is None:
        table.equal(where, "certified_share", their.get("certified_share"), None)
        return None
    share, row, beyond = calibration.smallest_share(studies, profile, asked, lift) or (None, {"name": None, "points": []}, [])
    table.near(where, "smallest_share", their.get("smallest_share"), share, LIMITS)
    table.equal(where, "row", their.get("calibration", {}).get("row"), row["name"])
    table.equal(where, "outside", their.get("calibration", {}).get("outside", []), beyond)
    certified = calibration.certified_share(row, lift)
    table.equal(where, "certified_share", their.get("certified_share"), certified)
    return certified


def together(table, found, by_key, examination, studies):
    """Holm's families are done; outcomes and T7."""
    outcomes, asked = [], found["plan"]["rule_out"]
    table.equal("all keys", "keys of outcomes", [row["key_id"] for row in found["outcomes"]], [key.id for key in examination.keys])
    for key, their, findings in zip(examination.keys, found["outcomes"], by_key):
        certified = shares(table, f"{key.id} outcome", their, findings[0]["lift"], examination.profile, studies, found["plan"]["calibration"])
        ruled_out = asked is None or certified is not None and certified <= asked
        word, found_by, conditional = holm.outcome(findings, examination.read.scored, ruled_out)
        where = f"{key.id} outcome"
        table.equal(where, "outcome", their["outcome"], word)
        table.equal(where, "found_by", their.get("found_by"), found_by)
        table.equal(where, "conditional", their.get("conditional"), conditional)
        outcomes.append(word)
    table.equal("all keys", "outcome", found["outcome"], holm.together(outcomes))
    theirs = found["cohorts"]["keys"]
    table.equal("all keys", "T7 keys", [row["key_id"] for row in theirs], [key.id for key in examination.keys])
    for their, ours, findings in zip(theirs, cohorts.run(by_key), by_key):
        standing, names, adjusted, test, e = ours
        where = f"{their['key_id']} T7"
        table.equal(where, "standing", their["standing"], standing)
        table.equal(where, "named_by", their["named_by"], names)
        table.equal(where, "e_from", their["e_from"], test)
        table.below(where, "log10_e", their["log10_e"], e, PROCESS)
        table.above(where, "log10_p_adjusted", their["log10_p_adjusted"], adjusted, SUMS)
        alpha = mpf("0.05") / len(theirs)
        effect(table, where, their.get("effect"), findings[0]["total"], findings[0]["scored"] * examination.ring, examination.profile, alpha, None)
