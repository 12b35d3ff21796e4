"""Prints the page's tables from results.json: tables.py results.json"""

import json
import sys


def main():
    results = json.load(open(sys.argv[1], encoding="utf-8"))
    runs = results["runs"]
    print("| suspect | prompts | key | tokens | cells | T1 (mean score) | T2 | T2r | T3r: E at the end | T3r: p |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for run in runs:
        if run["setting"].startswith("log") and "," not in run["setting"].replace(", first", "") and not run["reference"]:
            t = run["tests"]
            length = run["setting"].removeprefix("log").strip(", ")
            print(
                f"| {run['suspect']} | {run['prompts']}{', ' if length else ''}{length} | {run['key']} | {run['tokens']:,} | {run['cells']:,} "
                f"| {value(t['T1'])} ({t['T1']['mean_score']:.3f}) | {value(t['T2'])} | {t2r(t)} | {value(t['T3r'], 'log10_e')} | {value(t['T3r'])} |"
            )
    for suspect, key in sorted({(run["suspect"], run["key"]) for run in runs}):
        print(f"\n{suspect}, key {key}: T2 | T2r | T2r with reference | T3r E | T3r E with reference (harvest / held-out)")
        for setting in dict.fromkeys(run["setting"] for run in runs):
            cells = [[], [], [], [], []]
            for prompts in ("harvest", "held-out"):
                pair = [find(runs, suspect, key, prompts, setting, reference) for reference in (False, True)]
                if None in pair:
                    continue
                without, given = pair
                cells[0].append(value(without["T2"]) if "T2" in without else "–")
                cells[1].append(t2r(without))
                cells[2].append(t2r(given))
                cells[3].append(t3r(without))
                cells[4].append(t3r(given))
            if cells[1]:
                print(f"| {setting} | " + " | ".join(" / ".join(cell) for cell in cells) + " |")
    print()
    for row in results["unused"]:
        shown = ", ".join(
            f"{name} {n['0.05']}, {n['0.01']}, {n['0.001']} (least {n['least']})" for name, n in row["tests"].items()
        )
        print(f"| {row['prompts']} | {row['setting']} | {'yes' if row['reference'] else 'no'} | {shown} |")


def find(runs, suspect, key, prompts, setting, reference):
    for run in runs:
        if (run["suspect"], run["key"], run["prompts"], run["setting"], run["reference"]) == (suspect, key, prompts, setting, reference):
            return run["tests"]
    return None


def value(test, field="log10_p"):
    return f"{test[field]:.1f}".replace("-", "−")


def t2r(tests):
    return f"{value(tests['T2r'])} {tests['T2r'].get('leaning', '')}".strip() if "T2r" in tests else "–"


def t3r(tests):
    return f"{value(tests['T3r'], 'log10_e')} {tests['T3r'].get('leaning', '')}".strip() if "T3r" in tests else "–"


main()
