"""SynthID-Text as transformers and as the package synthid-text make it."""

import torch
import transformers
from transformers import SynthIDTextWatermarkLogitsProcessor

from .draw import Draw
from .mark import Mark, judge, record, wrong_keys
from .source import Source, generate, plain, prompts, sample

UPSTREAM = f"transformers {transformers.__version__}, torch {torch.__version__}, CPU"
SCHEME, PRF = "hf-synthid", "synthid-table"
TABLE = {"sampling_table_size": 2**16, "sampling_table_seed": 0, "context_history_size": 1024}


def vectors(seed):
    for number in range(4):
        draw = Draw(seed, f"vectors/{SCHEME}/{number}")
        keys, ngram_len = parameters(draw)
        processor = SynthIDTextWatermarkLogitsProcessor(
            ngram_len=ngram_len, keys=keys, device=torch.device("cpu"), **TABLE
        )
        yield g_values(draw, processor, SCHEME, UPSTREAM, keys, ngram_len)


def marks(seed, out, size):
    for number in range(2):
        draw = Draw(seed, f"texts/{SCHEME}/{number}")
        yield _marked_texts(draw, f"{SCHEME}-{number + 1}", out, size)


def g_values(draw, processor, scheme, upstream, keys, ngram_len):
    """g of random n-grams, and hashes and repetition of random contexts, some of them repeated."""
    vocab_size = draw.vocab_size(2**20)
    ids = draw.tokens(40, vocab_size)
    # Repeats, so that the mask has something to say; one token beyond 16 bits for the table's sake.
    ids += ids[5:20] + [65_536 + ids[3]]
    tensor = torch.tensor([ids])
    g = processor.compute_g_values(tensor)[0].tolist()
    mask = processor.compute_context_repetition_mask(tensor)[0].tolist()
    return {
        "scheme": scheme,
        "upstream": upstream,
        "key": keys,
        "window": ngram_len - 1,
        "synthid": {
            "tokens": ids,
            # Bit l of a word is the g of layer l.
            "words": [sum(bit << layer for layer, bit in enumerate(bits)) for bits in g],
            "not_repeated": [bool(value) for value in mask],
        },
    }


def mean_score(processor, tokens):
    """The mean of g over positions whose context is not repeated: what upstream scores."""
    tensor = torch.tensor([tokens])
    g = processor.compute_g_values(tensor)[0]
    mask = processor.compute_context_repetition_mask(tensor)[0].bool()
    return float(g[mask].float().mean())


def parameters(draw):
    """Keys, one for each layer, and the length of an n-gram."""
    return _keys(draw, draw.whole(10, 30)), draw.whole(3, 6)


def _keys(draw, layers):
    return [draw.bits(draw.whole(8, 40)) for _ in range(layers)]


def _line(keys):
    return "integers:" + ",".join(map(str, keys))


def _marked_texts(draw, name, out, size):
    keys, ngram_len = parameters(draw)
    vocab_size = draw.vocab_size(5_000)
    source = Source(vocab_size, draw.bits(32))
    processor = SynthIDTextWatermarkLogitsProcessor(
        ngram_len=ngram_len, keys=keys, device=torch.device("cpu"), **TABLE
    )
    marked = generate(
        source,
        prompts(source, size.texts, 8),
        size.length,
        lambda logits, ids: sample(processor(ids, logits)),
    )
    unmarked = plain(source, size.texts, size.length)
    mark = synthid_mark(draw, name, SCHEME, PRF, vocab_size, keys, ngram_len, UPSTREAM)
    mark.write(out, marked, unmarked)
    verdict = judge(
        "compute_g_values, compute_context_repetition_mask, mean",
        "mean g",
        lambda tokens: mean_score(processor, tokens),
        marked,
        unmarked,
    )
    return record(mark, marked, unmarked, verdict)


def synthid_mark(draw, name, scheme, prf, vocab_size, keys, ngram_len, upstream):
    return Mark(
        name=name,
        scheme=scheme,
        prf=prf,
        window=ngram_len - 1,
        vocab_size=vocab_size,
        key=_line(keys),
        wrong_keys=wrong_keys(
            _line([key + 1 for key in keys]), lambda: _line(_keys(draw, len(keys)))
        ),
        upstream=upstream,
        sections={"tournament": {"layers": len(keys)}},
    )
