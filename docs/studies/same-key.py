#!/usr/bin/env python3
"""The tables of same-key.md from the JSON documents that same-key.sh leaves and from same-key/designs.txt.

usage: docs/studies/same-key.py FOLDER > docs/studies/same-key.md
"""

import json
import pathlib
import re
import sys

HEAD = """\
# Weights and prompts from the tested key's own log

Weights are exact where the indexes do not depend on the tested key K. A provider without other cohorts may have logs under K only, and which windows
such a log holds depends on K. What does that do to **innocent** text: for what share of keys is p small, when each K has marked its own log?

**In short.** On the natural logs tried no effect was visible; on constructed logs innocent text looks guilty, in one design under all of 1,000 keys. So the tables of natural logs, further down, bound nothing in general.

## What follows
- T2, T2r and weighted T3 with weights from the tested key's own log (`weights: same-key`) are reported under the condition `key-free-weights`: adjusted in a family of their own, they name nobody and lift no other test through Holm. T3 was not run on the constructed logs; it has the same weights.
- Prompts chosen by the tested key's own log make every test conditional, T1 too (`key-free-prompts`).
- The way out today is a log of other keys, or unmarked text, that nothing said under K has shaped.
- An exact test that replaces same-key weights would bet on a window when the log first comes to it (first visits, T3r). It is not there yet.

## Constructed logs
Each design is made so that something that happens in logs happens often. Words are drawn anew for each key, and the suspect knows none of them. An index counts how often a window occurs: **by H**. **By D** is the number of answers that hold it.

- **loops**: at 2,000 windows a token is said again with chance 0.2; if K chose that, the log comes back to the window on and on (20 times more for each answer). The suspect repeats as the control sample does, or more.
- **adaptive**: the harvester asks 20 times more where the answer was right. The suspect is right with chance 0.9, the control with 0.5. Every question is an answer of its own, so D is H.
- **gates**: 2,000 worlds of 10 windows that lead to each other; D is H. With graded weights, and with the fourth power of the count for T2.
- **prompts**: 2,000 of 20,000 prompts, drawn in proportion to the windows of their answers under K: at a window of its own each stops or goes on to 20 more (chance 1/2). The suspect goes on with chance 0.8, the control with 0.5.
- **repeating teacher**: 600 answers of 64 tokens, window 1; the teacher says its last token again with chance 0.3. A construction with laws after Zipf in place of natural text, which would take too long for 1,000 keys. The student of unmarked answers repeats with chance 0.3 and otherwise says what the teacher would, which repeats too.
"""

AFTER = """
- Counting answers (D) instead of occurrences (H) takes the effect away, or most of it, in `loops` and with the repeating teacher. It does not against an adaptive harvester, nor with steep weights in `gates`.
- T2r fails by H as well: in `loops` where the suspect has a habit that the control lacks, with the repeating teacher even where both have the same.
- T1 has no weights. It failed only where the prompts were chosen by K's log.

Made by `docs/studies/same-key-designs.py --keys 1000 > docs/studies/same-key/designs.txt` on two cores of an AMD EPYC, with other work beside it (24 minutes, added over the designs, which were run in parts side by side). Seeds are [design, key], keys 0 to 999; numpy 2.4.6, scipy 1.17.1.
Weights are not rounded to the detector's ladder. `--redrawn` checks the script's own tails: it scores words that the log was not made with, so that every test is exact. Of 90 intervals 4 lay above the level,
all in `gates`, graded, where H and D are equal (T2 .022 at 0.01, T2r .068 at 0.05); 1,000 further keys (`--first 1000`) gave .008 and .042. The repeating teacher was not run so. Kept in [designs-redrawn.txt](same-key/designs-redrawn.txt).
"""

NATURAL = """
## Natural logs
These tables show what happened on three kinds of log. They are no bound for others.

For each key a teacher answers 256 prompts with 64 tokens each under K (`gumbel`). An index of these answers weighs the windows, by the graded rule against a background of real
text, and by the filter. Then innocent text is examined under K: 400 speeches of real text, and unmarked answers of the same teacher to the same prompts, with the prompts as
exposure; both are the same for all keys. The teachers are the embedded transformer and a count model of the same corpus. T1 has no weights and is the
check of the study itself. T2r takes its expected counts from shorter windows.

An exact test gives p ≤ α for a share of at most α of the keys. Each cell shows how many keys, and the 95% interval (Clopper and Pearson) of the rate.

Made by `docs/studies/same-key.sh OUT` and `docs/studies/same-key.py OUT`.
"""

HERE = pathlib.Path(__file__).parent
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


def share(rate, low, level):
    """A share of keys, bold where the whole interval lies above the level."""
    text = {"0.000": "0", "1.000": "1"}.get(rate, rate.removeprefix("0"))
    return f"**{text}**" if float(low) > level else text


def designs(text):
    """What same-key-designs.py printed, a row for each design."""
    yield "\nShare of keys with p ≤ 0.05, 0.01, 0.001; bold where the whole 95% interval (Clopper and Pearson) lies above the level (one in forty would by chance). All intervals: [designs.txt](same-key/designs.txt).\n"
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    for i, (title, _, *tests) in enumerate(blocks):
        rows = [(line[2:11].strip(), re.findall(r"([01]\.\d{3}) \((\S+) to", line)) for line in tests]
        if i == 0:
            yield "| design | keys | " + " | ".join(test for test, _ in rows) + " |"
            yield "|---|---|" + "---|" * len(rows)
        name, keys = re.fullmatch(r"(.*): (\d+) keys, .*", title).groups()
        cells = (" ".join(share(rate, low, level) for (rate, low), level in zip(rates, LEVELS)) for _, rates in rows)
        yield f"| {name} | {keys} | " + " | ".join(cells) + " |"


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
    print("\n".join(designs((HERE / "same-key" / "designs.txt").read_text())))
    print(AFTER + NATURAL, end="")
    for study in studies:
        print("\n".join(table(study)))
    print("\n".join(pooled(studies)))
    print("\n".join(above(studies)))


main()
