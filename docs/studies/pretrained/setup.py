"""Keys from named seeds, and prompts in parts that share no request: setup.py MODEL-FOLDER OUT-FOLDER ROUND

The keys are of no use in earnest: everybody can make them.
"""

import hashlib
import json
import pathlib
import random
import sys

SEED = 20261129
PARTS = {"log": 400, "held-out": 250, "background": 120}  # prompts
MARKED_OF_B = 80  # the first prompts of the log; student B's unmarked answers are to the other 320
ASKED = 250  # of the log's prompts, the first: chosen before any key was used, not by a log


def main():
    model, out = map(pathlib.Path, sys.argv[1:3])
    number = int(sys.argv[3])
    again = f", round {number}" if number > 1 else ""
    for student in "AB":
        line = root_key(f"hallmark docs/studies/pretrained{again}, student {student}")
        path = out / f"{student}.key"
        path.write_text(line + "\n")
        path.chmod(0o600)
    prompts = [json.loads(line) for line in open(model / "prompts.jsonl", encoding="utf-8")]
    requests = {}
    for prompt in prompts:
        requests.setdefault(prompt["id"].split("-")[1], []).append(prompt)
    order = sorted(requests)
    seed = SEED + 1000 * (number - 1)
    random.Random(seed).shuffle(order)
    requests = [requests[name] for name in order]
    parts = {}
    for name, count in PARTS.items():
        part = []
        while len(part) < count:
            part += requests.pop()
        parts[name] = part[:count]
    random.Random(seed + 1).shuffle(parts["log"])
    parts["harvest"] = parts["log"][:ASKED]
    parts["harvest-b"] = parts["log"][:MARKED_OF_B]
    parts["rest-b"] = parts["log"][MARKED_OF_B:]
    for name, part in parts.items():
        lines = [json.dumps(prompt, ensure_ascii=False) + "\n" for prompt in part]
        (out / f"{name}.prompts.jsonl").write_text("".join(lines), encoding="utf-8")


def root_key(seed):
    """A root key file's line: docs/formats.md."""
    key, tag = hashlib.sha256(seed.encode()).digest(), b"hallmark-root-1"
    check = hashlib.sha256(b"hallmark key file checksum v1:" + tag + key).digest()[:4].hex()
    return f"{tag.decode()}:{key.hex()}:{check}"


main()
