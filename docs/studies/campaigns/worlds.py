"""Adds up runs of one plan over different seeds: worlds.py OUT.json RUN.json...

A RUN is what `hallmark --format json campaign worlds` printed, or an OUT of before. OUT gets the sums, and the tables of
docs/studies/campaigns.md are printed. Runs whose worlds overlap, and runs of different settings, are refused.
"""

import json
import math
import pathlib
import sys

SETTINGS = ["plan", "window_weeks", "surrogates", "within"]


def main():
    out, *paths = sys.argv[1:]
    runs = [read(path) for path in paths]
    seeds = sorted(seed for run in runs for seed in run["seeds"])
    for (before, worlds), (seed, _) in zip(seeds, seeds[1:]):
        if before + worlds > seed:
            sys.exit(f"worlds of seed {seed} are in two runs")
    for run in runs:
        if any(run[name] != runs[0][name] for name in SETTINGS):
            sys.exit("runs of different settings")
    total = {name: runs[0][name] for name in SETTINGS}
    total["seeds"] = joined(seeds)
    for name in ("worlds", "accounts", "groups", "worlds_cohort_wrong", "worlds_named_wrong"):
        total[name] = sum(run[name] for run in runs)
    mean = lambda of: sum(of(run) * run["worlds"] for run in runs) / total["worlds"]
    for name in ("cohort_false_discoveries", "named_false_discoveries"):
        total[name] = mean(lambda run: run[name])
    total["roles"] = {}
    for role in sorted({role for run in runs for role in run["roles"]}):
        rows = [run["roles"][role] for run in runs if role in run["roles"]]
        total["roles"][role] = {name: sum(row[name] for row in rows) for name in ("accounts", "cohort", "named")}
    count = len(total["plan"]["harvests"])
    total["recall"] = [[mean(lambda run: run["recall"][place][of]) for of in (0, 1)] for place in range(count)]
    pathlib.Path(out).write_text(json.dumps(total, indent=1) + "\n")
    show(total)


def read(path):
    """A run, as sums are written."""
    run = json.loads(pathlib.Path(path).read_text())
    if "seeds" not in run:
        run["seeds"] = [[run["seed"], run["worlds"]]]
        run["roles"] = {own["role"]: own for own in run["roles"]}
    return run


def joined(seeds):
    """Stretches of seeds that follow one another, as one."""
    all = []
    for seed, worlds in seeds:
        if all and all[-1][0] + all[-1][1] == seed:
            all[-1][1] += worlds
        else:
            all.append([seed, worlds])
    return all


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
