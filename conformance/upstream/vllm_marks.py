"""vLLM's Gumbel and dual-key Gumbel marks: its own samplers and detectors, on a CPU.

Only `vllm/v1/watermarking` and `vllm/config/watermarking.py` are loaded. Ordinary sampling, which vLLM
does on the GPU, is torch's here: it draws where a context repeats, and routes between the two keys.
"""

import logging
import math

import torch

from . import loading
from .draw import Draw
from .mark import Mark, judge, record, wrong_keys
from .source import Source, generate, plain, prompts, sample

_ROOT = loading.source("vllm") / "vllm"
loading.package("vllm", _ROOT)
for _name in ("config", "v1", "v1/worker", "v1/worker/gpu", "v1/worker/gpu/sample"):
    loading.package("vllm." + _name.replace("/", "."), _ROOT / _name)
loading.module("vllm.config.utils", config=lambda a_class: a_class)
loading.module("vllm.logger", init_logger=logging.getLogger)
loading.module("vllm.v1.worker.gpu.sample.gumbel", gumbel_sample=None)

from vllm.config.watermarking import derive_watermark_key  # noqa: E402
from vllm.v1.watermarking import gumbel  # noqa: E402
from vllm.v1.watermarking.prfs import philox  # noqa: E402

UPSTREAM = f"vllm {loading.version('vllm')}, torch {torch.__version__}, CPU"
PRF = "philox4x32-10-v1"


def vectors(seed):
    for number in range(6):
        draw = Draw(seed, f"vectors/vllm/{number}")
        key, width = draw.bits(draw.whole(8, 64)), draw.whole(1, 16)
        yield _words(draw, key, width)


def marks(seed, out, size):
    for number in range(2):
        draw = Draw(seed, f"texts/vllm-gumbel/{number}")
        key, width = draw.bits(draw.whole(20, 64)), draw.whole(1, 8)
        yield _marked_texts(
            draw,
            "vllm-gumbel-v1",
            number + 1,
            (out, size),
            key,
            width,
            {},
            gumbel.GumbelWatermarker(key, width),
            gumbel.GumbelWatermarkDetector(key, width),
        )
    for number in range(2):
        draw = Draw(seed, f"texts/vllm-dual/{number}")
        key, width = draw.bits(draw.whole(20, 64)), draw.whole(1, 8)
        share = draw.share(0.05, 0.45)
        yield _marked_texts(
            draw,
            "vllm-dual-v1",
            number + 1,
            (out, size),
            key,
            width,
            {"dual": {"share": share}},
            gumbel.DualKeyGumbelWatermarker(key, width, alpha=share),
            gumbel.DualKeyGumbelWatermarkDetector(key, width, alpha=share),
        )


def _words(draw, key, width):
    vocab_size = draw.vocab_size(2**20)
    contexts = draw.windows(16, width, vocab_size)
    for missing in range(1, min(width, 4)):
        contexts[missing][:missing] = [-1] * missing
    tokens = draw.tokens(16, vocab_size)
    words, bits = _recorded(key, torch.tensor(contexts), torch.tensor(tokens))
    derived = [derive_watermark_key(key, domain) for domain in (b"key_a", b"key_b")]
    return {
        "scheme": "vllm-gumbel-v1",
        "upstream": UPSTREAM,
        "key": [key],
        "window": width,
        "derived_keys": derived,
        "philox": {
            "windows": [[token % 2**32 for token in context] for context in contexts],
            "tokens": tokens,
            "words": words,
            "uniform_bits": bits,
        },
    }


def _recorded(key, contexts, tokens):
    """The words that upstream draws, and the bits of the single-precision uniforms that it makes of them."""
    seen = []
    to_uniform = philox.uint32_to_uniform

    def recorder(values):
        seen.append(values & 0xFFFFFFFF)
        return to_uniform(values)

    philox.uint32_to_uniform = recorder
    try:
        uniforms = philox.PhiloxPRF(key).uniform(contexts, tokens)
    finally:
        philox.uint32_to_uniform = to_uniform
    return seen[0].tolist(), uniforms.view(torch.int32).tolist()


def _marked_texts(draw, scheme, number, where, key, width, sections, watermarker, detector):
    out, size = where
    vocab_size = draw.vocab_size(8_000)
    source = Source(vocab_size, draw.bits(32))
    start = 8
    choose = chooser(watermarker, width, size.texts)
    marked = generate(
        source,
        prompts(source, size.texts, start),
        size.length,
        lambda logits, ids: choose(logits, ids[:, start:]),
    )
    unmarked = plain(source, size.texts, size.length)
    mark = Mark(
        name=f"{scheme}-{number}",
        scheme=scheme,
        prf=PRF,
        window=width,
        vocab_size=vocab_size,
        key=f"integer:{key}",
        wrong_keys=wrong_keys(
            f"integer:{key ^ 1}", lambda: f"integer:{draw.bits(draw.whole(20, 64))}"
        ),
        upstream=UPSTREAM,
        sections=sections,
    )
    mark.write(out, marked, unmarked)
    verdict = judge(
        type(detector).__name__,
        "log10 p",
        lambda tokens: _log10(detector.detect(tokens).p_value),
        marked,
        unmarked,
    )
    return record(mark, marked, unmarked, verdict)


def chooser(watermarker, width, texts):
    """vLLM's choice of the next token of each of so many `texts`, from logits and the tokens generated so far."""
    seen = [set() for _ in range(texts)]

    def choose(logits, generated):
        contexts = torch.nn.functional.pad(generated, (width, 0), value=-1)[:, -width:]
        return watermarker.sample(logits, contexts, sample, _repeated(contexts, seen)).token_ids

    return choose


def _repeated(contexts, seen):
    """`deduplicate_contexts = single_turn`: a context that this text had is sampled without the mark."""
    repeated = []
    for context, known in zip(map(tuple, contexts.tolist()), seen):
        repeated.append(context in known)
        known.add(context)
    return torch.tensor(repeated)


def _log10(p):
    return math.log10(p) if p > 0 else None
