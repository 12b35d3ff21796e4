"""SGLang's Gumbel and dual-key Gumbel marks: its own CPU path and its own detector.

`sglang/srt/sampling/watermarking` is loaded alone, as its README describes.
"""

import math

import torch

from . import loading
from .draw import Draw
from .mark import Mark, judge, record, wrong_keys
from .source import Source, generate, plain, prompts, sample

loading.package("sglang_sampling", loading.source("sglang") / "sglang/srt/sampling")

from sglang_sampling.watermarking import core, detector  # noqa: E402

UPSTREAM = f"sglang {loading.version('sglang')}, torch {torch.__version__}, CPU"
PRF = "murmur3-v1"


def vectors(seed):
    for number in range(6):
        draw = Draw(seed, f"vectors/sglang/{number}")
        keys = [draw.bits(draw.whole(8, 64)) for _ in range(2)]
        width, vocab_size = draw.whole(1, 16), draw.vocab_size(2**20)
        windows, tokens = draw.windows(12, width, vocab_size), draw.tokens(16, vocab_size)
        yield {
            "scheme": "sglang-gumbel-v1",
            "upstream": UPSTREAM,
            "key": keys,
            "window": width,
            "murmur": {
                "windows": windows,
                "tokens": tokens,
                **_hashes([_parse(key) for key in keys], windows, tokens),
            },
        }


def marks(seed, out, size):
    for number in range(4):
        is_dual = number >= 2
        scheme = "sglang-dual-v1" if is_dual else "sglang-gumbel-v1"
        draw = Draw(seed, f"texts/{scheme}/{number}")
        yield _marked_texts(draw, scheme, number % 2 + 1, out, size, is_dual)


def _parse(key):
    return detector.parse_watermark_key(f"{key:x}")


def _hashes(keys, windows, tokens):
    """Upstream's two implementations: plain integers for detection, tensors for marking. Both must say the same."""
    contexts = [detector.hash_context(window) for window in windows]
    words = [[detector.watermark_hash(keys[0], c, token) for token in tokens] for c in contexts]
    coins = [detector.position_coin(*keys, c) for c in contexts]
    lengths = torch.full((len(windows),), len(windows[0]))
    tensor_contexts = core._hash_contexts(torch.tensor(windows), lengths)
    every_key = torch.full((len(windows),), keys[0])
    tensor_words = core._watermark_hash32_torch(every_key, tensor_contexts, torch.tensor(tokens))
    if tensor_contexts.tolist() != contexts or tensor_words.tolist() != words:
        raise AssertionError("SGLang's detector and its CPU selector disagree")
    return {"context_hashes": contexts, "words": words, "coins": coins}


def _marked_texts(draw, scheme, number, out, size, is_dual):
    keys = [f"{draw.bits(draw.whole(20, 64)):x}" for _ in range(2 if is_dual else 1)]
    share, width = draw.share(0.2, 0.8) if is_dual else 0.5, draw.whole(1, 8)
    vocab_size = draw.vocab_size(8_000)
    source = Source(vocab_size, draw.bits(32))
    key_b = keys[1] if is_dual else None
    prompt = prompts(source, size.texts, 8)
    marker = _Marker(keys[0], key_b, share, width, prompt)
    marked = generate(source, prompt, size.length, marker.step)
    unmarked = plain(source, size.texts, size.length)
    mark = Mark(
        name=f"{scheme}-{number}",
        scheme=scheme,
        prf=PRF,
        window=width,
        vocab_size=vocab_size,
        key="hex:" + ",".join(keys),
        wrong_keys=wrong_keys(
            "hex:" + ",".join(f"{int(key, 16) ^ 1:x}" for key in keys),
            lambda: "hex:" + ",".join(f"{draw.bits(draw.whole(20, 64)):x}" for _ in keys),
        ),
        upstream=UPSTREAM,
        sections={"dual": {"share": share}} if is_dual else {},
        remark="the prompts, which the first windows reach into, are not in the texts",
    )
    mark.write(out, marked, unmarked)
    reader = detector.WatermarkDetector(
        keys[0], key_b=key_b, mixing_probability=share, context_window=width
    )
    verdict = judge(
        "WatermarkDetector",
        "log10 p",
        lambda tokens: reader.detect_tokens(tokens).combined.log_p_value / math.log(10),
        marked,
        unmarked,
    )
    return record(mark, marked, unmarked, verdict)


class _Marker:
    """Drives upstream's state for one batch, in the order of its own `force` and `append` on a CPU.

    `force` itself asks for the GPU kernels' module first.
    """

    def __init__(self, key, key_b, share, width, prompt):
        count = len(prompt)
        self.state = core.WatermarkState(
            max_num_reqs=count,
            context_window=width,
            max_contexts_per_req=4096,
            key=key,
            key_b=key_b,
            mixing_probability=share,
            default_enabled=True,
            device="cpu",
        )
        self.rows = torch.arange(count)
        self.state.init_from_prompt(self.rows, [ids[-width:] for ids in prompt.tolist()])
        self.ones = torch.ones(count)

    def step(self, logits, _ids):
        state, rows, ones = self.state, self.rows, self.ones
        contexts, lengths = state.contexts_tail(rows)
        hashes = core._hash_contexts(contexts, lengths)
        keys_b, thresholds = state._dual_key_rows(rows)
        selected = core.force_watermark_tokens(
            logits=logits,
            context_hashes=hashes,
            eligible=state._new_context_mask(rows, hashes, lengths > 0),
            temperatures=ones.view(-1, 1),
            top_ks=ones * logits.shape[1],
            top_ps=ones,
            min_ps=ones * 0,
            keys=state.default_key_buffer,
            keys_b=keys_b,
            mixing_thresholds=thresholds,
        )
        state._record_contexts(rows, hashes, selected)
        # Rows that are marked have one token left.
        chosen = sample(logits)
        state.append(rows, chosen)
        return chosen
