"""transformers' WatermarkLogitsProcessor and WatermarkDetector: green lists by left and self hash."""

import hashlib
import struct
from types import SimpleNamespace

import torch
import transformers
from transformers import WatermarkDetector, WatermarkingConfig
from transformers.generation import WatermarkLogitsProcessor

from .draw import Draw
from .mark import Mark, judge, record, wrong_keys
from .source import Source, generate, plain, prompts, sample

UPSTREAM = f"transformers {transformers.__version__}, torch {torch.__version__}, CPU"
SCHEMES = {"lefthash": "hf-kgw-lefthash", "selfhash": "hf-kgw-selfhash"}


def vectors(seed):
    for kind, scheme in SCHEMES.items():
        for number in range(4):
            draw = Draw(seed, f"vectors/{scheme}/{number}")
            yield _vectors(draw, kind, scheme)


def marks(seed, out, size):
    for kind, scheme in SCHEMES.items():
        # The self hash draws forty lists for each token that it marks.
        small = 50_000 if kind == "lefthash" else 4_000
        # The third has a vocabulary of the size that models have.
        for number, vocab_size in enumerate([None, None, 32_000]):
            draw = Draw(seed, f"texts/{scheme}/{number}")
            config = _config(draw, kind)
            vocab_size = vocab_size or draw.vocab_size(small)
            name = f"{scheme}-{number + 1}"
            yield _marked_texts(draw, kind, config, vocab_size, name, out, size)


def _config(draw, kind):
    # lefthash looks at the last token only, whatever the width; selfhash's width counts the current one.
    width = 1 if kind == "lefthash" else draw.whole(2, 5)
    return {
        "greenlist_ratio": draw.share(0.1, 0.6),
        "bias": draw.share(2.0, 4.0),
        "hashing_key": _key(draw),
        "seeding_scheme": kind,
        "context_width": width,
    }


def _key(draw):
    return draw.bits(draw.whole(20, 60))


def _vectors(draw, kind, scheme):
    config, vocab_size = _config(draw, kind), draw.vocab_size()
    processor = WatermarkLogitsProcessor(vocab_size, "cpu", **config)
    window = 1 if kind == "lefthash" else config["context_width"] - 1
    cells = []
    for ids in draw.windows(12, window, vocab_size):
        tokens = draw.tokens(8, vocab_size)
        green = [_is_green(processor, kind, ids, token) for token in tokens]
        last = ids if kind == "lefthash" else ids + tokens[-1:]
        list_ids = processor._get_greenlist_ids(torch.tensor(last))
        cells.append(
            {
                "window": ids,
                "tokens": tokens,
                "green": green,
                # Of the list of the last token: torch's seed, and all ids in their order.
                "seed": processor.rng.initial_seed() % 2**64,
                "list_length": len(list_ids),
                "list_sha256": _digest(list_ids.tolist()),
            }
        )
    return {
        "scheme": scheme,
        "upstream": UPSTREAM,
        "key": [config["hashing_key"]],
        "vocab_size": vocab_size,
        "gamma": str(config["greenlist_ratio"]),
        "window": window,
        "green_cells": cells,
    }


def _is_green(processor, kind, window, token):
    prefix = window if kind == "lefthash" else [*window, token]
    return bool(token in processor._get_greenlist_ids(torch.tensor(prefix)))


def _digest(ids):
    return hashlib.sha256(struct.pack(f"<{len(ids)}I", *ids)).hexdigest()


def _marked_texts(draw, kind, config, vocab_size, name, out, size):
    source = Source(vocab_size, draw.bits(32))
    processor = WatermarkLogitsProcessor(vocab_size, "cpu", **config)
    marked = generate(
        source,
        prompts(source, size.texts, 8),
        size.length,
        lambda logits, ids: sample(processor(ids, logits)),
    )
    unmarked = plain(source, size.texts, size.length)
    mark = Mark(
        name=name,
        scheme=SCHEMES[kind],
        prf="torch-mt19937",
        window=1 if kind == "lefthash" else config["context_width"] - 1,
        vocab_size=vocab_size,
        key=f"integer:{config['hashing_key']}",
        wrong_keys=wrong_keys(
            f"integer:{config['hashing_key'] + 1}", lambda: f"integer:{_key(draw)}"
        ),
        upstream=UPSTREAM,
        sections={
            "green": {"gamma": config["greenlist_ratio"], "delta": config["bias"]},
            "torch": {"device": "cpu"},
        },
    )
    mark.write(out, marked, unmarked)
    # Upstream 5.23 fails without a beginning-of-text id: give one that no text has.
    detector = WatermarkDetector(
        SimpleNamespace(bos_token_id=-1, is_encoder_decoder=False, vocab_size=vocab_size),
        "cpu",
        WatermarkingConfig(**config),
        ignore_repeated_ngrams=True,
    )

    def score(tokens):
        return float(detector(torch.tensor([tokens]), return_dict=True).z_score[0])

    return record(
        mark, marked, unmarked, judge("WatermarkDetector", "z", score, marked, unmarked)
    )
