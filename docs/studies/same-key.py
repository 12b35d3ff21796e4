#!/usr/bin/env python3
"""The tables of same-key.md from the JSON documents that same-key.sh leaves.

usage: docs/studies/same-key.py FOLDER > docs/studies/same-key.md
"""

import json
import pathlib
import sys

HEAD = """\
# Weights from the tested key's own harvest

Weights are exact where the indexes do not depend on the tested key K. A provider without other cohorts may have logs under K only. Which windows
such a log holds depends on K through the cells that lead into them. This study asks what that does to **innocent** text: how often is p small
under many keys K, when each K has marked its own harvest and the weights come from that harvest?

For each key a teacher answers 256 prompts with 64 tokens each under K (`gumbel`). An index of these answers weighs the windows, by the graded rule against a background of real
text, and by the filter. Then innocent text is examined under K: 400 speeches of real text, and unmarked answers of the same teacher to the same prompts, with the prompts as
exposure; both are the same for all keys. The teachers are the embedded transformer and a count model of the same corpus. T1 has no weights and is the
check of the study itself. T2r takes its expected counts from shorter windows.

An exact test gives p ≤ α for a share of at most α of the keys. Each cell shows how many keys, and the 95% interval (Clopper and Pearson) of the rate.

Made by `docs/studies/same-key.sh OUT` and `docs/studies/same-key.py OUT`.
"""

LEVELS = (0.05, 0.01, 0.001)


def cell(rate):
    return f"{rate['count']} ({rate['low']:.4f} to {rate['high']:.4f})"


def table(study):
    yield f"\n## {study['teacher'].capitalize()} teacher, window {study['window']}, {study['keys']} keys\n"
    yield "| innocent text, weights, test | median p | smallest p | p ≤ 0.05 | p ≤ 0.01 | p ≤ 0.001 |"
    yield "|---|---|---|---|---|---|"
    for row in study["rows"]:
        # T1 has no weights: once is enough.
        if row["test"].endswith("filter, T1"):
            continue
        name = row["test"].replace("graded, T1", "none, T1")
        rates = " | ".join(cell(rate) for rate in row["rates"])
        yield f"| {name} | {row['median_p']:.2f} | {row['smallest_p']:.1g} | {rates} |"


def pooled(studies):
    """T2 and T2r over all settings: the keys of a setting are the same for both texts and rules."""
    yield "\n## All settings together\n"
    yield "| weighted tests (T2, T2r) | tests made | " + " | ".join(f"p ≤ {level}" for level in LEVELS) + " |"
    yield "|---|---|---|---|---|"
    for rule in ("graded", "filter"):
        for text in ("real text", "unmarked answers"):
            rows = [
                (study["keys"], row)
                for study in studies
                for row in study["rows"]
                if row["test"].startswith(f"{text}, {rule}") and row["test"].split(", ")[2] in ("T2", "T2r")
            ]
            made = sum(keys for keys, _ in rows)
            counts = [sum(row["rates"][i]["count"] for _, row in rows) for i in range(3)]
            shares = " | ".join(f"{count} ({count / made:.4f})" for count in counts)
            yield f"| {text}, {rule} | {made} | {shares} |"


def above(studies):
    """The rates whose interval lies wholly above the nominal level, and how many there are in all."""
    found, made = [], 0
    for study in studies:
        for row in study["rows"]:
            if row["test"].endswith("filter, T1"):
                continue
            for rate in row["rates"]:
                made += 1
                if rate["low"] > rate["level"]:
                    test = row["test"].replace("graded, T1", "none, T1")
                    found.append(f"{study['teacher']} teacher, window {study['window']}, {test}, p ≤ {rate['level']}")
    yield "\n## Above nominal\n"
    yield f"Intervals that lie wholly above the nominal level: {len(found)} of {made} (one in forty would by chance)" + (
        ": " + "; ".join(found) + "." if found else "."
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    studies = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    print(HEAD, end="")
    for study in studies:
        print("\n".join(table(study)))
    print("\n".join(pooled(studies)))
    print("\n".join(above(studies)))


main()
