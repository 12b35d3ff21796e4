"""Reads every text with `hallmark detect`, where it is given, and writes report.md.

    python -m upstream.report --out FOLDER [--hallmark PROGRAM]

A mark passes when its own key reads the marked texts below 10^-4.5 (no key of 16 bits can say much more), and below
1e-12 for text that no key of the function marked, and neither any of twenty other keys on them nor its own key
on the unmarked texts comes below 1e-7: for thirty marks, a false alarm in about 16,000 runs.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys

FOUND, FOUND_BY_LAW, CLEAR = -4.5, -12, -7

DIFFERENCES = (
    "Where p differs: vLLM also scores the first tokens, in padded windows, and its dual-key tail is an "
    "approximation. SGLang and vLLM score a window once, with its first token; here each window and token "
    "counts. TextSeal takes the middle of a step of the binomial law and leaves out one token more. p is limited by "
    "the number of keys, and where keys are related by other keys' scores; in parentheses the p for text that no key of "
    "the function marked, which is compared. TextSeal's p stops at 1e-200, vLLM's at 1e-308."
)

# Upstream reports no smaller p.
TEXTSEAL_LEAST = -200

# Enough that reading takes longer than starting the program.
SPEED_TEXTS, SPEED_LENGTH = 1000, 1000


def main():
    options = _options()
    out = pathlib.Path(options.out)
    upstream = json.loads((out / "upstream.json").read_text())
    lines = _head(upstream, out)
    passed = True
    if options.hallmark:
        rows = [_read(options.hallmark, out, mark) for mark in upstream["marks"]]
        lines += _verdicts(rows) + _speeds(rows)
        passed = all(row["passed"] for row in rows)
    else:
        lines += _upstream_only(upstream["marks"])
    (out / "report.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    sys.exit(0 if passed else 1)


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("--hallmark")
    return parser.parse_args()


def _head(upstream, out):
    lines = [
        "# Upstream code against this project",
        "",
        f"Seed {upstream['seed']}, Python {upstream['python']}, {upstream['machine']}.",
        "",
        "## Values",
        "Fresh vectors from upstream code, recomputed here.",
        "",
        (out / "agreement.md").read_text().strip(),
        "",
    ]
    if upstream["failures"]:
        lines += ["Not run:", ""]
        lines += [f"- {failure['part']}: {failure['error']}" for failure in upstream["failures"]]
        lines += [""]
    return lines


def _read(program, out, mark):
    """What Hallmark says of a mark's texts, and how fast."""
    name = mark["name"]
    row = {"mark": mark}
    row["right"] = _detect(program, out, name, "marked", f"{name}.key")
    row["wrong"] = [
        _detect(program, out, name, "marked", f"{name}.wrong-{number:02}.key")
        for number in range(1, mark["wrong_keys"] + 1)
    ]
    row["unmarked"] = _detect(program, out, name, "unmarked", f"{name}.key")
    row["passed"] = (
        _log10_p(row["right"], 0) <= FOUND
        and _by_law(row["right"]) <= FOUND_BY_LAW
        and min(_log10_p(result, -999) for result in row["wrong"]) >= CLEAR
        and _log10_p(row["unmarked"], -999) >= CLEAR
    )
    row["speed"] = _speed(program, out, name)
    return row


def _detect(program, out, name, kind, key, threads=None):
    """The JSON result, or what went wrong as text."""
    threads = {"RAYON_NUM_THREADS": str(threads)} if threads else {}
    run = subprocess.run(
        [
            program,
            "detect",
            "--quiet",
            *("--format", "json"),
            *("--profile", out / "profiles" / f"{name}.toml"),
            *("--key", out / "keys" / key),
            out / "texts" / kind / f"{name}.jsonl",
        ],
        capture_output=True,
        text=True,
        env=os.environ | threads,
    )
    try:
        return json.loads(run.stdout)
    except json.JSONDecodeError:
        return " ".join(run.stderr.split()) or f"exit status {run.returncode}"


def _log10_p(result, otherwise):
    return otherwise if isinstance(result, str) else result["pooled"]["log10_p"]


def _by_law(result):
    return 0 if isinstance(result, str) else _unmarked(result["pooled"])


def _speed(program, out, name):
    """Tokens a second of processor time on random tokens, from start to end of the program on one thread; nothing
    where it fails."""
    profile = (out / "profiles" / f"{name}.toml").read_text().splitlines()
    [vocab_size] = [int(line.split("=")[1]) for line in profile if line.startswith("vocab_size")]
    draw = random.Random(0)
    texts = [
        {"tokens": [draw.randrange(vocab_size) for _ in range(SPEED_LENGTH)]}
        for _ in range(SPEED_TEXTS)
    ]
    folder = out / "texts" / "random"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts))
    before = _children_seconds()
    result = _detect(program, out, name, "random", f"{name}.key", threads=1)
    seconds = _children_seconds() - before
    return None if isinstance(result, str) else SPEED_TEXTS * SPEED_LENGTH / seconds


def _children_seconds():
    """Processor time of the programs that were run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _verdicts(rows):
    lines = [
        "## Verdicts",
        "log10 p of `hallmark detect`, all texts of a kind together (in parentheses by law: for text that no key of the",
        "function marked), and the median of single marked texts by law; then what upstream's own detector says of single",
        "texts (medians), and where that is a p, the largest difference of any text. A mark passes when the right key is at",
        f"most {FOUND}, and {FOUND_BY_LAW} by law, on marked text, and no wrong key, nor the right one on unmarked text, below {CLEAR}.",
        "",
        "| texts | tokens | marked, right key | marked, wrong keys: least, median | unmarked, right key | passes "
        "| one marked text, by law | upstream: statistic | marked | unmarked | largest difference |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        mark = row["mark"]
        cells = [
            mark["name"],
            mark["tokens"]["marked"],
            _pooled_text(row["right"]),
            _wrong_text(row["wrong"]),
            _pooled_text(row["unmarked"]),
            "yes" if row["passed"] else "**no**",
            _single_text(row["right"]),
            *_upstream_cells(mark["detector"]),
            _largest_difference(row),
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    lines += ["", DIFFERENCES, ""]
    return lines + _remarks([row["mark"] for row in rows])


def _pooled_text(result):
    if isinstance(result, str):
        return f"failed: {result[:120]}"
    pooled = result["pooled"]
    law = f" ({_unmarked(pooled):.2f})" if "log10_p_unmarked" in pooled else ""
    return f"{pooled['log10_p']:.2f}{law}"


def _wrong_text(results):
    for result in results:
        if isinstance(result, str):
            return _pooled_text(result)
    values = [result["pooled"]["log10_p"] for result in results]
    return f"{min(values):.2f}, {statistics.median(values):.2f}"


def _single_text(result):
    if isinstance(result, str):
        return "–"
    return f"{statistics.median(_unmarked(text) for text in result['documents']):.1f}"


def _unmarked(text):
    """A text's log10 p, without a comparison with other keys."""
    return text.get("log10_p_unmarked", text["log10_p"])


def _largest_difference(row):
    """Between upstream's log10 p and ours, over all texts where upstream's is no mere bound."""
    verdict = row["mark"]["detector"]
    if verdict is None or verdict["statistic"] != "log10 p":
        return "–"
    differences = []
    for kind, result in (("marked", row["right"]), ("unmarked", row["unmarked"])):
        if isinstance(result, str):
            return "–"
        pairs = zip(verdict[kind], map(_unmarked, result["documents"]))
        differences += [
            abs(theirs - ours)
            for theirs, ours in pairs
            if theirs is not None and round(theirs, 6) != TEXTSEAL_LEAST
        ]
    return f"{max(differences):.2g} of {len(differences)} texts" if differences else "–"


def _upstream_cells(verdict):
    if verdict is None:
        return ["–"] * 3
    texts = []
    for kind in ("marked", "unmarked"):
        # Upstream's p is 0 where it leaves the range of a double.
        values = [float("-inf") if value is None else value for value in verdict[kind]]
        median = statistics.median(values)
        texts.append("p = 0 (underflow)" if median == float("-inf") else f"{median:.3g}")
    return [verdict["statistic"], *texts]


def _speeds(rows):
    lines = [
        "## Speed",
        "Tokens a second on one core: upstream's detector in its process on short texts, one text a call;",
        f"`hallmark detect`, processor time of the whole program on {SPEED_TEXTS * SPEED_LENGTH:,} random tokens of the",
        "same vocabulary, one thread. One run each.",
        "",
        "| texts | upstream's detector | upstream | here | ratio |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        verdict, speed = row["mark"]["detector"], row["speed"]
        if verdict is None or speed is None:
            continue
        theirs = verdict["tokens_per_s"]
        speeds = f"{theirs:,.0f} | {speed:,.0f} | {_ratio(speed / theirs)}"
        lines.append(f"| {row['mark']['name']} | {verdict['detector']} | {speeds} |")
    return lines


def _ratio(value):
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _upstream_only(marks):
    lines = [
        "## Upstream's own scores",
        "Medians over single texts. `hallmark detect` was not run: HALLMARK names no program.",
        "",
        "| texts | upstream | detector | statistic | marked | unmarked | tokens/s |",
        "|---|---|---|---|---|---|---|",
    ]
    for mark in marks:
        verdict = mark["detector"]
        detector = verdict["detector"] if verdict else "none"
        speed = f"{verdict['tokens_per_s']:,.0f}" if verdict else "–"
        cells = [mark["name"], mark["upstream"], detector, *_upstream_cells(verdict), speed]
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""] + _remarks(marks)


def _remarks(marks):
    remarks = {}
    for mark in marks:
        if mark["remark"]:
            remarks.setdefault(mark["remark"], []).append(mark["name"])
    lines = [f"- {', '.join(names)}: {remark}." for remark, names in remarks.items()]
    return lines + [""] if lines else []


if __name__ == "__main__":
    main()
