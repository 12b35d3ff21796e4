#!/usr/bin/env python3
"""Computes every number of a finding of `hallmark examine` again, from the documents, the files it names and the keys.

python3 replay.py FINDING.json --key FILE... [--folder DIR] [--differences]
"""
import argparse
import hashlib
import json
import pathlib
import sys

from mpmath import mp, mpf

import answers as reading
import cohorts
import compare
import effects
import holm
import index
import keys
import scores
from cells import Read
from examine import Examination

ROUNDING = mpf(10) ** -9 / mp.log(10)  # a relative excess of p of 1e-9, as a logarithm
PROCESS = mpf(10) ** -9
SHAPE = mpf("5e-9")
CONTRAST = mpf("0.03")
SUMS = mpf(10) ** -12
LIMITS = mpf("1e-7")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("finding", help="what `hallmark --format json examine` printed")
    parser.add_argument("--key", nargs="+", required=True, help="key files, in any order, of tested keys and controls")
    parser.add_argument("--folder", default=".", help="where the files lie that the finding names")
    parser.add_argument("--differences", action="store_true", help="print only what differs")
    return parser.parse_args()


def refuse(found):
    """What is out of scope is refused, not passed over."""
    plan = found["plan"]
    reasons = {
        f"the scheme {plan['profile']['scheme']}": plan["profile"]["scheme"] not in scores.SCHEMES,
        "a tokenizer": plan["answers"]["tokenizer"] or plan["profile"].get("tokenizer_sha256"),
        "fields of another layout": plan["answers"]["fields"],
        "log-probabilities": plan["logprobs"],
        "results of probe": plan.get("probes"),
        "a table of studies": plan["calibration"]["table"],
        "de-duplication by bloom": plan["dedup"] not in ("compact", "exact"),
        "skipped records": found["skipped"]["records"],
    }
    for reason, holds in reasons.items():
        if holds:
            raise SystemExit(f"replay: {reason} cannot be replayed")


def files(found, folder, table):
    """The files by what they were read for, their digests checked."""
    by_role = {}
    for entry in found["inputs"]:
        path = folder / entry["file"]
        data = path.read_bytes()
        table.equal("inputs", f"{entry['file']} bytes", entry["bytes"], len(data))
        table.equal("inputs", f"{entry['file']} SHA-256", entry["sha256"], hashlib.sha256(data).hexdigest())
        by_role.setdefault(entry["role"], []).append(path)
    return by_role


def plan_digest(plan):
    text = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def held(paths, tried, table, where):
    """The Key of each tried key."""
    known = {key.id: key for key in map(keys.Key, paths)}
    chosen = []
    for entry in tried:
        if entry["key_id"] not in known:
            raise SystemExit(f"replay: none of the key files has the id {entry['key_id']}")
        chosen.append(known[entry["key_id"]])
        table.equal(where, f"{entry['key_id']} root_id", entry.get("root_id"), chosen[-1].root_id)
    return chosen


def order_of(plan, answers):
    if isinstance(plan.get("order"), dict):
        return "hash"
    return "one-answer" if len(answers) == 1 else "ids" if reading.ids_ascend(answers) else "unproven"


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
        effect(table, where, their.get("effect"), our["total"], our["scored"], examination.profile, 0.05, visible_level)
    if test in ("T2", "T2r"):
        levels(table, where, their["levels"], our["levels"])
        bound = weighted_bound(examination, their)
    if "weights" in our:
        table.equal(where, "weights", their.get("weights"), our["weights"])
        weighting(table, where, their["weighting"], examination.windows)
    if test == "T2r":
        residual(table, where, their["counts"], examination.residual, bool(examination.plan["references"]))
    if test == "T3":
        table.below(where, "log10_e at the end", their["log10_e"], our["log10_e"], PROCESS)
        table.equal(where, "largest at", their["supremum"]["cells"], our["cells"])
        table.below(where, "largest log10_e", their["supremum"]["log10_e"], our["largest"], PROCESS)
        table.equal(where, "order", their["order"], examination.order)
        bound = PROCESS
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
        return table.equal(where, "effect", None if n < holm.FEW else "missing", None)
    mean, trials = effects.null(n, profile)
    table.near(where, "effect", their["value"], mpf(total) / effects.unit(profile) / trials)
    table.near(where, "effect null", their["null"], mean)
    low, high = effects.interval(total, n, profile, alpha)
    table.near(where, "interval alpha", their["interval"]["alpha"], mpf(alpha))
    table.below(where, "interval low", their["interval"]["low"], low, LIMITS)
    table.above(where, "interval high", their["interval"]["high"], high, LIMITS)
    if visible_level:
        visible = effects.smallest_visible(n, profile, visible_level)
        table.near(where, "smallest visible", their["smallest_visible"], visible, LIMITS)


def contrast(table, where, their, our, examination, visible_level):
    if their is None:
        return
    n, profile = our["scored"], examination.profile
    trials = effects.null(n, profile)[1]
    tested, control = (mpf(total) / effects.unit(profile) / trials for total in our["sums"])
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


def residual(table, where, their, ours, controlled):
    table.equal(where, "counts expectation", their["expectation"], "reference" if controlled else "shorter-window")
    pairs = (("produced", ours.produced), ("identical_answers", ours.same), ("reference", ours.reference))
    for name, value in pairs + (("above", ours.above), ("below", ours.below)):
        table.equal(where, f"counts {name}", their[name], value)


def indexes(table, found, folder):
    """The indexes, harvests and background, as the finding's own list names them."""
    read = []
    for entry in found.get("harvests", []) + [entry for entry in [found.get("background")] if entry]:
        made = index.Index(folder / entry["file"])
        table.equal("index", f"{entry['file']} digest", entry["sha256"], made.digest)
        table.equal("index", f"{entry['file']} windows", entry["windows"], made.windows)
        table.equal("index", f"{entry['file']} distinct windows", entry["distinct_windows"], made.distinct)
        table.equal("index", f"{entry['file']} marked_by", entry.get("marked_by"), made.marked_by)
        read.append(made)
    harvests = len(found.get("harvests", []))
    return read[:harvests], read[harvests] if len(read) > harvests else None


def together(table, found, by_key, examination):
    """Holm's families are done; outcomes and T7."""
    outcomes = []
    for key, their, findings in zip(examination.keys, found["outcomes"], by_key):
        ruled_out = found["plan"]["rule_out"] is None
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
        effect(table, where, their.get("effect"), findings[0]["total"], findings[0]["scored"], examination.profile, alpha, None)


def replay(found, key_files, folder):
    """The table of all numbers of a finding."""
    if found["schema"] != "hallmark/examine/2":
        raise SystemExit(f"replay: {found['schema']} is not hallmark/examine/2")
    refuse(found)
    table, plan = compare.Table(), found["plan"]
    by_role = files(found, folder, table)
    table.equal("plan", "SHA-256", found["plan_sha256"], plan_digest(plan))
    tried = held(key_files, found["keys"], table, "keys")
    controls = held(key_files, found.get("controls", []), table, "controls")
    answers = reading.read(by_role["answers"])
    order = order_of(plan, answers)
    if order == "hash":
        answers.sort(key=lambda answer: answer.order(plan["order"]["hash"]))
    read = Read(answers, plan["profile"]["window"])
    counts(table, found, read, answers, order)
    references = reading.read(by_role.get("reference", []))
    if references:
        table.equal("reference", "answers", found["reference"]["answers"], len(references))
        table.equal("reference", "tokens", found["reference"]["tokens"], sum(len(answer.tokens) for answer in references))
    examination = Examination(plan, read, answers, references, indexes(table, found, folder), tried, controls, order)
    by_key = [examination.findings(key) for key in tried]
    every = [our for findings in by_key for our in findings]
    for our in every:
        our["warnings"] = holm.warnings(read, read.answers, our["scored"])
    ours = [(key.id, our) for key, findings in zip(tried, by_key) for our in findings]
    named = [(their["key_id"], their["test"], their.get("control_id")) for their in found["tests"]]
    table.equal("tests", "which", named, [(key, our["test"], our.get("control_id")) for key, our in ours])
    if table.failed and len(named) != len(ours):
        return table
    holm.adjust(every, [their["log10_p"] for their in found["tests"]])
    for their, (key, our) in zip(found["tests"], ours):
        finding(table, f"{key} {our['test']}", their, our, examination, holm.LEVEL / len(every))
    together(table, found, by_key, examination)
    return table


def main():
    given = arguments()
    found = json.loads(pathlib.Path(given.finding).read_text())
    table = replay(found, given.key, pathlib.Path(given.folder))
    table.show(given.differences)
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
