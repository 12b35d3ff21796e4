#!/usr/bin/env python3
"""Makes the table of the demo study from the JSON documents of demo-seeds.sh.

Usage: demo-seeds.py FOLDER "HARDWARE" > demo-seeds.md
"""
import json
import pathlib
import statistics
import sys


def test(student, name, key):
    return next((t for t in student["tests"] if t["test"] == name and t["key_id"] == key), None)


def p(value):
    return f"{value:.1f}"


folder = pathlib.Path(sys.argv[1])
runs = sorted((json.loads(f.read_text()) for f in folder.glob("seed-*.json")), key=lambda r: r["seed"])
size = runs[0]["size"]
rows, marked, clean, unused, effects, tokens, cells = [], [], [], [], [], [], []
for run in runs:
    by_name = {s["name"]: s for s in run["students"]}
    m, c = by_name["marked"], by_name["clean"]
    key, other = run["key_id"], run["unused_key_id"]
    t1, t3, t5 = (test(m, name, key) for name in ("T1", "T3", "T5"))
    c1 = test(c, "T1", key)
    marked.append(t1["log10_p"])
    clean.append(c1["log10_p"])
    unused += [test(m, "T1", other)["log10_p"], test(c, "T1", other)["log10_p"]]
    effects.append(t1["effect"]["value"])
    tokens.append(t1["tokens"])
    cells.append(t1["scored"])
    rows.append(
        f"| {run['seed']} | {t1['scored']} | {t1['effect']['value']:.4f} | {p(t1['log10_p'])} | {p(t3['log10_p'])} "
        f"| {int(t5['statistic'])} of {t5['decoys'] + 1} | {p(c1['log10_p'])} | {int(test(c, 'T5', key)['statistic'])} of {t5['decoys'] + 1} "
        f"| {p(test(m, 'T1', other)['log10_p'])} | {p(test(c, 'T1', other)['log10_p'])} |"
    )
profile = runs[0]["profile"]
print(f"""# The demo over {len(runs)} seeds ({size} size)

`hallmark demo` with seeds {runs[0]['seed']} to {runs[-1]['seed']}: scheme `{profile['scheme']}`, window {profile['window']}. One student learns from the teacher's
marked answers, one from its unmarked answers to the same prompts; both answer fresh prompts without any key. All values
are log10 p of single tests, before Holm's adjustment; T5 is the key's rank in the line-up. The unused key is a cohort
key of the same root that marked nothing.

Made by `docs/studies/demo-seeds.sh OUT {runs[0]['seed']} {runs[-1]['seed']}{' --full' if size == 'full' else ''}` and `docs/studies/demo-seeds.py`. Hardware: {sys.argv[2]}.

| | median | weakest | strongest |
|---|---|---|---|
| marked student, true key, T1 | {statistics.median(marked):.1f} | {max(marked):.1f} | {min(marked):.1f} |
| clean student, true key, T1 | {statistics.median(clean):.1f} | {max(clean):.1f} | {min(clean):.1f} |
| either student, unused key, T1 | {statistics.median(unused):.1f} | {max(unused):.1f} | {min(unused):.1f} |
| marked student, mean score per cell (null 1) | {statistics.median(effects):.4f} | {min(effects):.4f} | {max(effects):.4f} |

{statistics.median(tokens):.0f} answer tokens and {statistics.median(cells):.0f} scored cells (medians). Marked students with p at or below 1e-3 after adjustment: {sum(s['log10_p'] <= -3 for r in runs for s in r['students'] if s['trained_on_marked'])} of {len(runs)}.
Clean students: {sum(s['log10_p'] <= -3 for r in runs for s in r['students'] if not s['trained_on_marked'])} of {len(runs)}; unused keys: {sum(s['unused_log10_p'] <= -3 for r in runs for s in r['students'])} of {2 * len(runs)}.

| seed | cells | score per cell | marked T1 | T3 | T5 | clean T1 | T5 | unused, marked T1 | unused, clean T1 |
|---|---|---|---|---|---|---|---|---|---|""")
print("\n".join(rows))
