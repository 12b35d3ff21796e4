"""Holds a scan of a made world against the truth: judge.py HALLMARK ROOT.key SCAN.json WORLD HARVEST...

WORLD is what `campaign worlds --out` wrote; HARVEST... are the accounts of each harvest of its plan, which stand behind the
innocents. Prints a line for each campaign, and for each harvest the shares of its accounts on the lists.
"""

import collections
import csv
import json
import pathlib
import subprocess
import sys
import tempfile


def main():
    hallmark, key, scan, world, *sizes = sys.argv[1:]
    sizes = [int(size) for size in sizes]
    with open(pathlib.Path(world) / "truth.csv", newline="") as file:
        truth = list(csv.DictReader(file))
    what = [row["role"] for row in truth]
    at = len(what) - sum(sizes)
    for number, size in enumerate(sizes):
        assert set(what[at : at + size]) == {"harvest"}, (number, at)
        what[at : at + size] = [f"harvest {number}"] * size
        at += size
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as names:
        names.writelines(f"{row['account']}\n" for row in truth)
        names.flush()
        command = [hallmark, "--quiet", "campaign", "pseudonyms", "--key", key, names.name]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    of = dict(zip(printed, what, strict=True))
    found = json.loads(pathlib.Path(scan).read_text())
    lists = {"cohort": collections.Counter(), "named": collections.Counter()}
    for campaign in found["campaigns"]:
        members = [member for member in campaign["members"] if member["list"] != "cleared"]
        print(campaign["campaign"], campaign["list"], dict(collections.Counter(of[member["account"]] for member in members)))
        for member in members:
            lists["cohort"][of[member["account"]]] += 1
            lists["named"][of[member["account"]]] += member["list"] == "named"
    innocents = len(what) - sum(sizes)
    for name, counts in lists.items():
        wrong = sum(count for role, count in counts.items() if not role.startswith("harvest"))
        print(f"{name} list: {wrong} of {innocents} innocents, of {sum(counts.values())} listed")
        for number, size in enumerate(sizes):
            print(f"  harvest {number}: {counts[f'harvest {number}'] / size:.3f}")


main()
