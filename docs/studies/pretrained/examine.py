"""Examines the suspects' answers in every setting and keeps what each test said: examine.py HALLMARK OUT-FOLDER RESULTS.json

Reads what run.sh left in OUT-FOLDER; suspects that are not there are left out.
"""

import json
import pathlib
import subprocess
import sys

SUSPECTS = [  # name, prompts, key, answers, control sample
    ("A", "harvest", "A", "student-A-harvest", "reference-harvest"),
    ("A", "held-out", "A", "student-A-held-out", "reference-held-out"),
    ("B after 2 passes", "harvest", "B", "student-B2-harvest-b", "reference-harvest"),
    ("B after 2 passes", "held-out", "B", "student-B2-held-out", "reference-held-out"),
    ("B", "harvest", "B", "student-B-harvest-b", "reference-harvest"),
    ("B", "held-out", "B", "student-B-held-out", "reference-held-out"),
    ("innocent", "harvest", "A", "innocent-harvest", "reference-harvest"),
    ("innocent", "held-out", "A", "innocent-held-out", "reference-held-out"),
    ("innocent", "held-out", "B", "innocent-held-out", "reference-held-out"),
    ("A", "harvest", "B", "student-A-harvest", "reference-harvest"),  # the other student's key: innocent of it
    ("B", "harvest", "A", "student-B-harvest-b", "reference-harvest"),
]
LOG = ["--harvest", "{key}.idx"]
BACKGROUND = ["--background", "background.idx"]
SETTINGS = {  # what is given beside --first-visits
    "no log": [],
    "log": LOG,
    "log, share 0.01 (default)": LOG + BACKGROUND,
    "log, share 0.1": LOG + BACKGROUND + ["--assumed-share", "0.1"],
    "log, share 0.5": LOG + BACKGROUND + ["--assumed-share", "0.5"],
    "log, share 0.9": LOG + BACKGROUND + ["--assumed-share", "0.9"],
    "log, filter": LOG + ["--weights", "filter"],
    "log, prior 20": LOG + ["--weight-prior", "20"],
    "log, prior 1000": LOG + ["--weight-prior", "1000"],
    "unmarked text": ["--harvest", "background.idx"],
}
UNUSED = 100
LENGTHS = (60, 120)


def main():
    hallmark, folder, results = (pathlib.Path(path).resolve() for path in sys.argv[1:])
    runs = []
    for suspect, prompts, key, answers, reference in SUSPECTS:
        path, reference = folder / f"{answers}.jsonl", folder / f"{reference}.jsonl"
        if not path.exists():
            continue
        own = key == suspect[0] or suspect == "innocent"
        settings = SETTINGS if own else {"log": LOG}
        for setting, options in settings.items():
            for given in ([], ["--reference", str(reference)]):
                found = examine(hallmark, folder, path, key, options + given)
                runs.append(row(suspect, prompts, key, setting, bool(given), found))
        for length in LENGTHS if own else ():
            part = folder / f"first-{length}-{path.name}"
            part.write_text("".join(path.open(encoding="utf-8").readlines()[:length]), encoding="utf-8")
            for given in ([], ["--reference", str(reference)]):
                found = examine(hallmark, folder, part, key, LOG + given)
                runs.append(row(suspect, prompts, key, f"log, first {length} answers", bool(given), found))
    results.write_text(json.dumps({"runs": runs, "unused": unused(hallmark, folder)}, indent=0) + "\n")


def row(suspect, prompts, key, setting, reference, found):
    made = {"suspect": suspect, "prompts": prompts, "key": key, "setting": setting, "reference": reference}
    made |= {"tokens": found["counts"]["tokens"], "cells": found["counts"]["scored"], "tests": {}}
    for test in found["tests"]:
        kept = {"log10_p": round(test["log10_p"], 2)}
        for field in ("log10_e", "log10_e_follow", "log10_e_lean"):
            if field in test:
                kept[field] = round(test[field], 2)
        if "leaning" in test:
            kept["leaning"] = test["leaning"]
        if test["test"] == "T1":
            kept["mean_score"] = round(test["effect"]["value"], 4)
        made["tests"][test["test"]] = kept
    print(made["suspect"], prompts, key, setting, reference, {n: t["log10_p"] for n, t in made["tests"].items()}, flush=True)
    return made


def examine(hallmark, folder, answers, key, options, first=True):
    """One examination; without `first`, of all keys in the list and without T3r."""
    keys = [folder / f"{key}.key"] if first else key
    command = [hallmark, "--format", "json", "--quiet", "examine", "--profile", "p.toml", "--decoys", "0"]
    command += ["--tokenizer", "model/tokenizer.json"]
    for path in keys:
        command += ["--key", str(path)]
    if first:
        command += ["--first-visits", f"{key}.first.idx"]
    command += [option.format(key=key) if first else option for option in options] + [str(answers)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if not done.stdout:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def unused(hallmark, folder):
    """Keys that marked nothing, on student A's answers: how many p-values are small."""
    keys = []
    for number in range(UNUSED):
        path = folder / "unused" / f"{number}.key"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            derive = [hallmark, "derive", "--key", str(folder / "A.key"), "--epoch", "never", "--cohort", str(number), "--out", str(path)]
            subprocess.run(derive, check=True, capture_output=True)
        keys.append(path)
    rows = []
    for prompts in ("harvest", "held-out"):
        answers = folder / f"student-A-{prompts}.jsonl"
        if not answers.exists():
            continue
        for setting in ("log", "log, filter", "unmarked text"):
            for given in ([], ["--reference", str(folder / f"reference-{prompts}.jsonl")]):
                options = [option.format(key="A") for option in SETTINGS[setting]] + given
                found = examine(hallmark, folder, answers, keys, options, first=False)
                counts = {}
                for name in ("T1", "T2", "T2r"):
                    values = [test["log10_p"] for test in found["tests"] if test["test"] == name]
                    least = {str(level): sum(10**value <= level for value in values) for level in (0.05, 0.01, 0.001)}
                    counts[name] = least | {"keys": len(values), "least": round(min(values), 2)}
                rows.append({"prompts": prompts, "setting": setting, "reference": bool(given), "tests": counts})
                print(prompts, setting, bool(given), counts, flush=True)
    return rows


main()
