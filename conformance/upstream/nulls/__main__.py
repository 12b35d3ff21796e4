"""What upstream's and our p-values are worth without a mark: tails, and real text under random keys.

    python -m upstream.nulls --seed N --out FOLDER --hallmark PROGRAM [--keys N] [--upstream-keys N]

Writes nulls.json (every count) and nulls.md.
"""

import argparse
import json
import pathlib
import platform
import sys
import time
from importlib.metadata import version as installed

from . import report, texts
from ..loading import version
from .hallmark import Hallmark
from .lattice import extremes
from .profiles import PROFILES
from .readers import readers
from .short import short_keys
from .tails import tails


def main():
    options = _options()
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    kinds = texts.texts(options.seed)
    vocab_size = texts.tokenizer().get_vocab_size()
    hallmark = Hallmark(options.hallmark, out / "hallmark", kinds, vocab_size)
    keys = {p.scheme: list(p.keys(options.seed, options.keys)) for p in PROFILES}
    result = {
        "about": _about(options, hallmark, vocab_size),
        "tails": _timed("tails", lambda: tails(options.seed)),
        "vllm_lattice": _timed("vLLM's 24 bits", extremes),
        "short_keys": short_keys(kinds),
        # Of the long texts: what the self hash of transformers is asked about, to compare with what counts.
        "fourgrams": sum(texts.distinct_ngrams(ids, 4) for ids in kinds[texts.LONG]),
        "hallmark": {
            p.scheme: _timed(p.scheme, lambda p=p: _ours(hallmark, p, keys[p.scheme], kinds))
            for p in PROFILES
        },
        "upstream": {},
    }
    for name, scheme, reader in readers(vocab_size):
        some = keys[scheme][: options.upstream_keys]
        result["upstream"][name] = {
            "scheme": scheme,
            "ways": _timed(name, lambda: _theirs(reader, some, kinds)),
        }
    (out / "nulls.json").write_text(json.dumps(result) + "\n")
    (out / "nulls.md").write_text(report.report(result))


def _options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--hallmark", required=True)
    parser.add_argument("--keys", type=int, default=400)
    parser.add_argument("--upstream-keys", type=int, default=200)
    return parser.parse_args()


def _about(options, hallmark, vocab_size):
    return {
        "seed": options.seed,
        "keys": options.keys,
        "upstream_keys": min(options.keys, options.upstream_keys),
        "vocab_size": vocab_size,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "versions": [
            hallmark.version(),
            *(f"{name} {installed(name)}" for name in ("transformers", "torch", "synthid-text", "mpmath")),
            *(f"{name} {version(name)}" for name in ("vllm", "sglang", "textseal")),
        ],
    }


def _timed(name, work):
    start = time.perf_counter()
    value = work()
    print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    return value


def _ours(hallmark, profile, keys, kinds):
    """For each key: its width, the pooled p, and for each kind of text p-values, cells and passages."""
    read = []
    for width, key in keys:
        reading = hallmark.read(profile, key)
        entry = {"width": width, "pooled": reading.pooled, "p": {}, "scored": {}, "passages": {}}
        start = 0
        for kind, texts in kinds.items():
            end = start + len(texts)
            entry["p"][kind] = reading.documents[start:end]
            entry["scored"][kind] = sum(reading.scored[start:end])
            entry["passages"][kind] = sum(reading.passage[start:end])
            start = end
        read.append(entry)
    return read


def _theirs(reader, keys, kinds):
    """way -> kind -> for each key, the p-values."""
    ways = {}
    for _, key in keys:
        read = reader(key)
        for kind, texts in kinds.items():
            for way, values in read(texts).items():
                ways.setdefault(way, {}).setdefault(kind, []).append(values)
    return ways


if __name__ == "__main__":
    main()
