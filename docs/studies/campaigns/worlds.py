"""Adds up runs of one plan over different seeds: worlds.py OUT.json RUN.json...

A RUN is what `hallmark --format json campaign worlds` printed. OUT gets the sums, and the tables of docs/campaigns.md are
printed. Runs whose worlds overlap, and runs of different settings, are refused.
"""

import json
import math
import pathlib
import sys

SETTINGS = ["plan", "window_weeks", "surrogates", "within"]


def main():
    out, *paths = sys.argv[1:]
    runs = sorted((json.loads(pathlib.Path(path).read_text()) for path in paths), key=lambda run: run["seed"])
    for before, run in zip(runs, runs[1:]):
        if any(before[name] != run[name] for name in SETTINGS):
            sys.exit("runs of different settings")
        if before["seed"] + before["worlds"] > run["seed"]:
            sys.exit(f"worlds of seed {run['seed']} are in two runs")
    total = {name: runs[0][name] for name in SETTINGS}
    total["seeds"] = [[run["seed"], run["worlds"]] for run in runs]
    for name in ("worlds", "accounts", "groups", "worlds_cohort_wrong", "worlds_named_wrong"):
        total[name] = sum(run[name] for run in runs)
    for name in ("cohort_false_discoveries", "named_false_discoveries"):
        total[name] = sum(run[name] * run["worlds"] for run in runs) / total["worlds"]
    total["roles"] = {}
    for role in sorted({own["role"] for run in runs for own in run["roles"]}):
        rows = [own for run in runs for own in run["roles"] if own["role"] == role]
        total["roles"][role] = {name: sum(row[name] for row in rows) for name in ("accounts", "cohort", "named")}
    count = len(total["plan"]["harvests"])
    each = lambda place, of: sum(run["recall"][place][of] * run["worlds"] for run in runs) / total["worlds"]
    total["recall"] = [[round(each(place, 0), 4), round(each(place, 1), 4)] for place in range(count)]
    pathlib.Path(out).write_text(json.dumps(total, indent=1) + "\n")
    show(total)


def show(total):
    worlds = total["worlds"]
    innocents = sum(own["accounts"] for role, own in total["roles"].items() if role != "harvest")
    print(f"{worlds:,} worlds, {innocents:,} innocents, {total['groups']:,} groups")
    for name in ("cohort", "named"):
        wrong = sum(own[name] for role, own in total["roles"].items() if role != "harvest")
        bad = total[f"worlds_{name}_wrong"]
        print(
            f"{name} list: innocents in {bad} worlds ({100 * bad / worlds:.2f}%, at 95% at most {100 * upper(bad) / worlds:.2f}%), "
            f"{wrong} accounts, {1e6 * wrong / innocents:.3f} in a million; mean share of the list {total[f'{name}_false_discoveries']:.6f}"
        )
    print("| role | accounts | on the cohort list | on the named list |\n|---|---|---|---|")
    for role, own in total["roles"].items():
        print(f"| {role} | {own['accounts']:,} | {own['cohort']:,} | {own['named']:,} |")
    for harvest, (cohort, named) in zip(total["plan"]["harvests"], total["recall"]):
        print(f"| {harvest['pattern']}, cover {harvest['cover']}, {harvest['accounts']} accounts | {cohort:.3f} | {named:.3f} |")


def upper(count):
    """The mean of a Poisson count that is exceeded by more than `count` in 95 of 100 cases."""
    low, high = 0.0, 10.0 + 3.0 * count
    for _ in range(100):
        middle = (low + high) / 2
        term = below = math.exp(-middle)
        for n in range(1, count + 1):
            term *= middle / n
            below += term
        low, high = (middle, high) if below > 0.05 else (low, middle)
    return high


main()
