"""Runs every upstream that is there, and writes vectors.json, profiles, keys, texts and upstream.json.

    python -m upstream.make --seed N --out FOLDER [--texts N] [--length N] [--only NAME]...
"""

import argparse
import importlib
import json
import pathlib
import platform
import time
import traceback
from dataclasses import dataclass

from .loading import NotThere

PARTS = (
    "torch_cpu",
    "hf_kgw",
    "synthid",
    "synthid_text",
    "synthid_2025",
    "vllm_marks",
    "sglang_marks",
    "textseal_marks",
)


@dataclass
class Size:
    """How much text: `texts` of each kind, each of `length` tokens."""

    texts: int
    length: int


def main():
    options = _options()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    size = Size(options.texts, options.length)
    vectors, marks, failures = [], [], []
    for part in options.only or PARTS:
        start = time.perf_counter()
        try:
            module = importlib.import_module(f".{part}", __package__)
            vectors.extend(module.vectors(options.seed))
            if hasattr(module, "marks"):
                marks.extend(module.marks(options.seed, out, size))
        except NotThere as reason:
            failures.append({"part": part, "error": str(reason)})
        except Exception as error:
            # One upstream that fails must not hide the others; the report names it.
            failures.append({"part": part, "error": f"{type(error).__name__}: {error}"})
            traceback.print_exc()
        print(f"{part}: {time.perf_counter() - start:.1f} s", flush=True)
    _write(out / "vectors.json", {"seed": options.seed, "vectors": vectors})
    about = {"seed": options.seed, "python": platform.python_version(), "machine": platform.machine()}
    _write(out / "upstream.json", {**about, "marks": marks, "failures": failures})


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--texts", type=int, default=10)
    parser.add_argument("--length", type=int, default=300)
    parser.add_argument("--only", action="append", choices=PARTS)
    return parser.parse_args()


def _write(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
