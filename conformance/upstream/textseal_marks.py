"""Meta's textseal: its hash, its green-list and Gumbel generators, its detectors."""

import math
from dataclasses import replace

import torch

from . import loading
from .draw import Draw
from .mark import Mark, judge, record, wrong_keys
from .source import Source, generate, plain, prompts

# The package's own __init__ files load embedding models and benchmarks.
_ROOT = loading.source("textseal") / "textseal"
for _name in ("", "/common", "/common/watermark", "/posthoc"):
    loading.package("textseal" + _name.replace("/", "."), str(_ROOT) + _name)

from textseal.common.watermark import core, pseudorandom  # noqa: E402
from textseal.posthoc import detector, generator  # noqa: E402

UPSTREAM = f"textseal {loading.version('textseal')}, torch {torch.__version__}, CPU"
PRF = "textseal-8191"
NEXT_KEY = 12345
LEVELS = pseudorandom._M


def vectors(seed):
    for number in range(6):
        draw = Draw(seed, f"vectors/textseal/{number}")
        key, width, gamma = draw.bits(draw.whole(8, 62)), draw.whole(1, 10), draw.share(0.1, 0.9)
        vocab_size = draw.vocab_size(2**20)
        windows = draw.windows(32, width, vocab_size)
        tokens = draw.tokens(32, vocab_size)
        w, t = torch.tensor(windows), torch.tensor(tokens)
        yield {
            "scheme": "textseal-green",
            "upstream": UPSTREAM,
            "key": [key],
            "window": width,
            "gamma": str(gamma),
            # The i-th token after the i-th window.
            "textseal": {
                "windows": windows,
                "tokens": tokens,
                "levels": pseudorandom._hash(pseudorandom._weighted_sum(w), t, key, "cpu").tolist(),
                "uniform_bits": pseudorandom.prf_uniform(w, t, key).view(torch.int32).tolist(),
                "green": [bool(g) for g in pseudorandom.prf_binary(w, t, key, gamma)],
            },
        }
    draw = Draw(seed, "vectors/textseal/levels")
    shares = [draw.share(0.001, 0.999) for _ in range(200)]
    shares += [draw.whole(1, LEVELS - 1) / LEVELS for _ in range(200)]
    yield {
        "scheme": "textseal-green",
        "upstream": UPSTREAM,
        # How many of all levels are green: shares at random, and at the edges between levels.
        "green_levels": [[repr(share), _green_levels(share)] for share in shares],
    }


def _green_levels(gamma):
    """Upstream's comparison, with every level once in place of its hash."""
    upstream_hash = pseudorandom._hash
    pseudorandom._hash = lambda *_: torch.arange(LEVELS)
    try:
        anything = torch.zeros(LEVELS, dtype=torch.long)
        return int(pseudorandom.prf_binary(anything.view(-1, 1), anything, 0, gamma).sum())
    finally:
        pseudorandom._hash = upstream_hash


def marks(seed, out, size):
    for scheme in ("textseal-green", "textseal-gumbel", "textseal-dual"):
        for number in range(2):
            draw = Draw(seed, f"texts/{scheme}/{number}")
            yield _marked_texts(draw, scheme, f"{scheme}-{number + 1}", out, size)


def _marked_texts(draw, scheme, name, out, size):
    key, width = draw.bits(draw.whole(20, 60)), draw.whole(1, 5)
    gamma, delta = draw.share(0.2, 0.6), draw.share(2.0, 4.0)
    vocab_size = draw.vocab_size(8_000)
    source = Source(vocab_size, draw.bits(32))
    is_green = scheme == "textseal-green"
    config = core.WatermarkConfig(
        secret_key=key,
        ngram=width,
        watermark_type="greenlist" if is_green else "gumbelmax",
        method="binary" if is_green else "uniform",
        gamma=gamma,
        delta=delta,
    )
    keys = [key, key + NEXT_KEY] if scheme == "textseal-dual" else [key]
    marked = generate(
        source, prompts(source, size.texts, 8), size.length, _step(config, keys, is_green, width)
    )
    unmarked = plain(source, size.texts, size.length)
    is_dual = len(keys) == 2
    mark = Mark(
        name=name,
        scheme=scheme,
        prf=PRF,
        window=width,
        vocab_size=vocab_size,
        key=f"integer:{key}",
        wrong_keys=wrong_keys(
            f"integer:{key + 1}", lambda: f"integer:{draw.bits(draw.whole(20, 60))}"
        ),
        upstream=UPSTREAM,
        sections={"green": {"gamma": gamma, "delta": delta}} if is_green else {},
        remark="two of upstream's Gumbel generators and a coin of ours: this release has no dual-key mark"
        if is_dual
        else "",
    )
    mark.write(out, marked, unmarked)
    reader = detector.build_detector(_Ids(vocab_size), config)
    verdict = judge(
        type(reader).__name__, "log10 p", lambda tokens: _log10_p(reader, tokens), marked, unmarked
    )
    return record(mark, marked, unmarked, verdict if not is_dual else None)


def _step(config, keys, is_green, width):
    """Upstream's `sample_next`, for each key; with two keys, a fair coin for each token chooses."""
    kind = generator.GreenlistGenerator if is_green else generator.GumbelmaxGenerator
    markers = []
    for key in keys:
        # Only sampling is asked of it: no language model.
        marker = kind.__new__(kind)
        marker.wm_args = replace(config, secret_key=key)
        marker.delta, marker.after_topp = config.delta, config.after_topp
        markers.append(marker)

    def step(logits, ids):
        windows = ids[:, -width:]
        chosen = [marker.sample_next(logits.clone(), windows, 1.0, 1.0) for marker in markers]
        coins = torch.randint(0, len(markers), (len(ids),))
        return torch.stack(chosen)[coins, torch.arange(len(ids))]

    return step


def _log10_p(reader, tokens):
    scores = reader.get_scores_by_t([tokens], scoring_method="v2", seen_windows=set())
    [p] = reader.get_pvalues(scores)
    return math.log10(p) if p > 0 else None


class _Ids:
    """A tokenizer for texts that are token ids already."""

    def __init__(self, vocab_size):
        self.vocab_size = vocab_size

    def encode(self, tokens, add_bos, add_eos):
        return tokens

    def decode(self, tokens):
        return tokens
