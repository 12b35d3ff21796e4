#!/usr/bin/env python3
"""Makes tests/data: findings that `hallmark examine` printed, with what is disclosed of their cells.

python3 make_cells.py CASES OUT [NAME...]

CASES is a folder that conformance/replay/make-cases filled; words, weights and decoys are computed by conformance/replay.
"""
import base64
import json
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "conformance/replay"))

import answers as reading  # noqa: E402
import compare  # noqa: E402
import keys  # noqa: E402
import replay  # noqa: E402
import scores  # noqa: E402
from cells import Read, fresh, lay_out  # noqa: E402
from examine import Examination  # noqa: E402


def packed(numbers, kind):
    return base64.b64encode(np.asarray(numbers, kind).tobytes()).decode()


def words(examination, key, cells):
    """The words of each cell, those of a ring together."""
    rows = scores.words_of(key.cohort, examination.profile, cells)
    return packed(rows.T.ravel(), "<u4")


def decoys(examination, key):
    count, draw = examination.plan["decoys"], examination.plan["decoy_seed"]
    if not count:
        return None
    of = lambda decoy: int(scores.of(scores.words_of(decoy, examination.profile, examination.cells), examination.profile).sum())  # noqa: E731
    return [of(decoy) for decoy in keys.decoys(key.cohort, draw, count)]


def answer_of_each(answers, read, h):
    """The number of the answer in which each cell came first."""
    places = {}
    for number, answer in enumerate(answers):
        for cell in fresh(answer, h)[0]:
            places.setdefault(cell, number)
    return [places[cell] for cell in read.cells]


def residual(examination, tried):
    forms = examination.residuals
    if not forms:
        return None
    cells = list(dict.fromkeys(cell for form in forms for cell in form.weights))
    laid = lay_out(cells, examination.read.h)
    return {
        "forms": [
            {"leaning": form.leaning, "prior": form.prior or None, "weights": packed([form.weights.get(cell, 0) for cell in cells], "<i4")} for form in forms
        ],
        "words": [words(examination, key, laid) for key in tried],
    }


def disclosed(folder):
    found = json.loads((folder / "finding.json").read_text())
    table, plan = compare.Table(), found["plan"]
    by_role = replay.files(found, folder, table)
    files = [folder / name for name in ("root.key", "one.key", "two.key")]
    tried, controls = (replay.held(files, found.get(name, []), table, name) for name in ("keys", "controls"))
    answers = reading.read(by_role.get("answers", []))
    if replay.order_of(plan, answers) == "hash":
        answers.sort(key=lambda answer: answer.order(plan["order"]["hash"]))
    read = Read(answers, plan["profile"]["window"])
    references = reading.read(by_role.get("reference", []))
    opened = replay.indexes(table, found, folder, {})
    examination = Examination(plan, read, answers, references, opened, tried, controls, replay.order_of(plan, answers), {})
    weights = [form for form in (examination.levels, examination.second) if form is not None]
    cells = {
        "answers": packed(answer_of_each(answers, read, plan["profile"]["window"]), "<u4"),
        "weights": [packed(form, "<u2") for form in weights],
        "keys": [{"key_id": key.id, "words": words(examination, key, examination.cells), "decoys": decoys(examination, key) if key in tried else None} for key in tried + controls],
        "residual": residual(examination, tried),
    }
    for name in ("conditions", "does_not_show", "inputs"):
        del found[name]
    return {"examined": found, "cells": cells}


def main():
    cases, out, wanted = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    for folder in sorted(cases.iterdir()):
        if not wanted or folder.name in wanted:
            text = json.dumps(disclosed(folder), separators=(",", ":"), ensure_ascii=False)
            (out / f"{folder.name}.json").write_text(text + "\n")
            print(folder.name, len(text), flush=True)


if __name__ == "__main__":
    main()
