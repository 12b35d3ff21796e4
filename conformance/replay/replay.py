#!/usr/bin/env python3
"""Computes every number of a finding of `hallmark examine` again, from the documents, the files it names and the keys.

python3 replay.py FINDING.json --key FILE... [--folder DIR] [--source INDEX FILE...]... [--differences]
"""
import argparse
import hashlib
import json
import pathlib
import sys

import answers as reading
import calibration
import check
import compare
import holm
import index
import keys
import scores
from cells import Read
from examine import Examination


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("finding", help="what `hallmark --format json examine` printed")
    parser.add_argument("--key", nargs="+", required=True, help="key files, in any order, of tested keys and controls")
    parser.add_argument("--folder", default=".", help="where the files lie that the finding names")
    parser.add_argument("--source", nargs="+", action="append", default=[], help="an index, and the files it was made from: it is made again")
    parser.add_argument("--differences", action="store_true", help="print only what differs")
    return parser.parse_args()


def refuse(found):
    """What is out of scope is refused, not passed over."""
    plan = found["plan"]
    reasons = {
        f"the scheme {plan['profile']['scheme']}": plan["profile"]["scheme"] not in scores.SCHEMES,
        "a tokenizer": plan["answers"]["tokenizer"] or plan["profile"].get("tokenizer_sha256"),
        "fields of another layout": plan["answers"]["fields"],
        "every turn as an answer": plan["answers"].get("all_turns"),
        "a layout by name": plan["answers"].get("layout") or plan["answers"].get("assistant"),
        "text that was normalised": plan["answers"].get("normalise"),
        "ids in place of text": plan["answers"].get("ids"),
        "weights from unmarked text alone": plan["weighing"]["rule"] == "background",
        "log-probabilities": plan["logprobs"],
        "results of probe": plan.get("probes"),
        "a log of the collection": plan.get("logs") or found.get("collection"),
        "a provider's log": plan.get("provider_logs"),
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


def same_as_plan(table, found, plan):
    """What stands in the result a second time, and what is fixed."""
    for name in ("profile", "keys", "decoy_seed"):
        table.equal("result", name, found[name], plan[name])
    table.equal("result", "controls", found.get("controls", []), plan["controls"])
    table.equal("result", "key_id", found["key_id"], plan["keys"][0]["key_id"])
    table.equal("result", "level", found["level"], float(holm.LEVEL))
    rates = [found["cohorts"][name] for name in ("level", "false_discovery_rate", "interval_alpha")]
    table.equal("result", "T7 levels", rates, [0.001, 0.05, 0.05])
    for role, named in (("answers", plan["answers"]["files"]), ("reference", plan["references"]), ("harvest", plan["weighing"]["harvests"]),
                        ("background", [plan["weighing"]["background"]] * (plan["weighing"]["background"] is not None)),
                        ("first-visits", plan.get("first_visits", []))):  # fmt: skip
        table.equal("inputs", f"files of {role}", [entry["file"] for entry in found["inputs"] if entry["role"] == role], named)


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


def indexes(table, found, folder, sources):
    """The harvests, the background and the logs of first visits, as the finding's own lists name them."""

    def read(entry):
        made, named = index.Index(folder / entry["file"]), entry["file"]
        ours = {"sha256": made.digest, "counting": made.counting, "as_sampled": made.as_sampled, "missing": made.missing,
                "made": made.made, "sources_sha256": made.sources, "windows": made.windows, "distinct_windows": made.distinct,
                "marked_by": made.marked_by}  # fmt: skip
        for name, value in ours.items():
            table.equal("index", f"{named} {name}", entry.get(name), value)
        if named in sources:
            digests = [hashlib.sha256((folder / name).read_bytes()).digest() for name in sources[named]]
            table.equal("index", f"{named} made from", made.sources, made.sources and hashlib.sha256(b"".join(digests)).hexdigest())
            again = reading.read(folder / name for name in sources[named])
            same = made.data == index.make(again, made.header)
            table.equal("index", f"{named} made again", same, True)
        return made

    background = found.get("background")
    return [read(entry) for entry in found.get("harvests", [])], background and read(background), [
        read(entry) for entry in found.get("first_visits", [])
    ]


def replay(found, key_files, folder, sources):
    """The table of all numbers of a finding."""
    if found["schema"] != "hallmark/examine/2":
        raise SystemExit(f"replay: {found['schema']} is not hallmark/examine/2")
    refuse(found)
    table, plan = compare.Table(), found["plan"]
    by_role = files(found, folder, table)
    same_as_plan(table, found, plan)
    table.equal("plan", "SHA-256", found["plan_sha256"], plan_digest(plan))
    tried = held(key_files, found["keys"], table, "keys")
    controls = held(key_files, found.get("controls", []), table, "controls")
    answers = reading.read(by_role.get("answers", []))
    order = order_of(plan, answers)
    if order == "hash":
        answers.sort(key=lambda answer: answer.order(plan["order"]["hash"]))
    read = Read(answers, plan["profile"]["window"])
    check.counts(table, found, read, answers, order)
    references = reading.read(by_role.get("reference", []))
    if references:
        table.equal("reference", "answers", found["reference"]["answers"], len(references))
        table.equal("reference", "tokens", found["reference"]["tokens"], sum(len(answer.tokens) for answer in references))
    weighed = [their for their in found["tests"] if their["test"] in ("T2", "T2r")]
    forms = {(their["test"], their["key_id"]): (their.get("leaning"), their.get("prior")) for their in weighed}
    named = {(their["test"], their["key_id"]): their.get("log10_e") for their in found["tests"]}
    examination = Examination(plan, read, answers, references, indexes(table, found, folder, sources), tried, controls, order, forms, named)
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
        check.finding(table, f"{key} {our['test']}", their, our, examination, holm.LEVEL / len(every))
    studies = calibration.read(by_role["calibration"][0]) if "calibration" in by_role else None
    check.together(table, found, by_key, examination, studies)
    return table


def main():
    given = arguments()
    found = json.loads(pathlib.Path(given.finding).read_text())
    table = replay(found, given.key, pathlib.Path(given.folder), {named: files for named, *files in given.source})
    table.show(given.differences)
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
