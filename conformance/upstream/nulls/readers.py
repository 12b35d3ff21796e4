"""Upstream's own detectors on given token ids under given keys.

Each reader yields, for one key, the p-values of a list of texts of one length, one list for each way of calling the
detector. Two shortcuts, which change no value: a cell that was scored is not scored again under the same
key, and TextSeal's scores are asked for in one batch (`check` holds both against the plain calls).
"""

import functools
import math
from types import SimpleNamespace

import jax.numpy as jnp
import torch
from synthid_text import detector_mean
from transformers import SynthIDTextWatermarkLogitsProcessor, WatermarkDetector, WatermarkingConfig

from ..loading import NotThere
from ..sglang_marks import detector as sglang
from ..synthid import TABLE
from ..textseal_marks import _Ids, core
from ..textseal_marks import detector as textseal
from ..vllm_marks import gumbel as vllm


def transformers_kgw(kind, vocab_size):
    width = 1 if kind == "lefthash" else 4

    def read(key):
        config = WatermarkingConfig(
            greenlist_ratio=0.25, hashing_key=key[0], seeding_scheme=kind, context_width=width
        )
        model = SimpleNamespace(bos_token_id=-1, is_encoder_decoder=False, vocab_size=vocab_size)
        detectors = [WatermarkDetector(model, "cpu", config, ignore) for ignore in (False, True)]
        score, known = detectors[0]._get_ngram_score, {}

        def remembered(prefix, target):
            cell = (*prefix.tolist(), target)
            if cell not in known:
                known[cell] = score(prefix, target)
            return known[cell]

        for detector in detectors:
            detector._get_ngram_score_cached = remembered

        def p_values(texts):
            ids = torch.tensor(texts)
            counted, distinct = (d(ids, return_dict=True).p_value.tolist() for d in detectors)
            return {"default": counted, "ignore_repeated_ngrams": distinct}

        return p_values

    return read


def vllm_gumbel(key):
    detectors = {
        "default": vllm.GumbelWatermarkDetector(key[0], 4),
        "deduplicate_contexts=False": vllm.GumbelWatermarkDetector(key[0], 4, deduplicate_contexts=False),
    }

    def p_values(texts):
        return {way: [d.detect(ids).p_value for ids in texts] for way, d in detectors.items()}

    return p_values


def vllm_dual(key):
    detector = vllm.DualKeyGumbelWatermarkDetector(key[0], 4)
    return lambda texts: {"default": [detector.detect(ids).p_value for ids in texts]}


def sglang_gumbel(key):
    detector = sglang.WatermarkDetector(f"{key[0]:x}")
    return lambda texts: {"default": [detector.detect_tokens(ids).combined.p_value for ids in texts]}


def sglang_dual(key):
    detector = sglang.WatermarkDetector(f"{key[0]:x}", key_b=f"{key[1]:x}")

    def p_values(texts):
        found = [detector.detect_tokens(ids) for ids in texts]
        every = [
            (d.combined, d.key_a_all_positions, d.key_b_all_positions, d.key_a_partition, d.key_b_partition)
            for d in found
        ]
        return {
            "combined": [d.combined.p_value for d in found],
            "the least of its five": [min(s.p_value for s in five) for five in every],
        }

    return p_values


TEXTSEAL_NGRAM = 2


def textseal_reader(kind, vocab_size):
    def read(key):
        config = core.WatermarkConfig(
            secret_key=key[0], ngram=TEXTSEAL_NGRAM, watermark_type=kind, gamma=0.5
        )
        detector = textseal.build_detector(_Ids(vocab_size), config)

        def p_values(texts):
            detector.score_tok = _batched(detector, texts)
            try:
                return {
                    way: [_textseal_p(detector, ids, way) for ids in texts]
                    for way in ("none", "v1", "v2")
                }
            finally:
                del detector.score_tok

        return p_values

    return read


def _textseal_p(detector, ids, way):
    """As upstream's evaluation calls it, one text at a time."""
    [scores] = detector.get_scores_by_t([ids], scoring_method=way, seen_windows=set())
    return float(detector.get_pvalue(float(sum(scores)), len(scores), eps=1e-200))


def _batched(detector, texts):
    """`score_tok` answered from a table: upstream's scores of all its windows, token by token of the vocabulary."""
    windows = {}
    for ids in texts:
        for end in range(TEXTSEAL_NGRAM, len(ids)):
            windows.setdefault(ids[end], set()).add(tuple(ids[end - TEXTSEAL_NGRAM : end]))
    score_tok, table = type(detector).score_tok, {}
    for token, before in windows.items():
        before = sorted(before)
        scored = core.score_listed_tokens(torch.tensor(before), detector.wm_args, [token])[:, 0]
        if isinstance(detector, textseal.GumbelmaxDetector):
            scored = -(1 - scored).log()
        table.update(((window, token), score) for window, score in zip(before, scored.tolist()))
    for (window, token), score in list(table.items())[:3]:
        if score_tok(detector, list(window), token) != score:
            raise AssertionError("TextSeal: a batch and single calls disagree")
    return lambda window, token: table[tuple(window), token]


def synthid_table(key):
    processor = SynthIDTextWatermarkLogitsProcessor(ngram_len=5, keys=key, device=torch.device("cpu"), **TABLE)
    return functools.partial(_synthid_p_values, processor, detector_mean)


@functools.cache
def _rounds():
    from .. import synthid_2025

    return synthid_2025._VERSION


def synthid_rounds(key):
    version = _rounds()
    return functools.partial(_synthid_p_values, version._processor(key, 5, 2), version.detector_mean)


def _synthid_p_values(processor, means, texts):
    """Upstream's scores; the normal tail of z, which many take, is ours."""
    ids = torch.tensor(texts)
    g = jnp.asarray(processor.compute_g_values(ids).numpy().astype("float32"))
    mask = jnp.asarray(processor.compute_context_repetition_mask(ids).numpy().astype("float32"))
    layers = g.shape[-1]
    weights = [10 - 9 * layer / (layers - 1) for layer in range(layers)]
    spread = layers * sum(w * w for w in weights) / sum(weights) ** 2
    cells = mask.sum(axis=1).tolist()
    return {
        "mean as z": [
            _normal(mean, 0.25 / (layers * n)) for mean, n in zip(means.mean_score(g, mask).tolist(), cells)
        ],
        "weighted mean as z": [
            _normal(mean, 0.25 * spread / (layers * n))
            for mean, n in zip(means.weighted_mean_score(g, mask).tolist(), cells)
        ],
    }


def _normal(mean, variance):
    return math.erfc((mean - 0.5) / math.sqrt(2 * variance)) / 2


def readers(vocab_size):
    """(detector, the profile that reads the same mark, reader) for all that can be run."""
    every = [
        ("vLLM GumbelWatermarkDetector", "vllm-gumbel-v1", vllm_gumbel),
        ("vLLM DualKeyGumbelWatermarkDetector", "vllm-dual-v1", vllm_dual),
        ("SGLang WatermarkDetector", "sglang-gumbel-v1", sglang_gumbel),
        ("SGLang WatermarkDetector, two keys", "sglang-dual-v1", sglang_dual),
        ("transformers WatermarkDetector, lefthash", "hf-kgw-lefthash", transformers_kgw("lefthash", vocab_size)),
        ("transformers WatermarkDetector, selfhash", "hf-kgw-selfhash", transformers_kgw("selfhash", vocab_size)),
        ("TextSeal GreenlistDetector", "textseal-green", textseal_reader("greenlist", vocab_size)),
        ("TextSeal GumbelmaxDetector", "textseal-gumbel", textseal_reader("gumbelmax", vocab_size)),
        ("SynthID to 5.23 (table)", "hf-synthid", synthid_table),
    ]
    try:
        _rounds()
        every.append(("SynthID 2025", "synthid-2025", synthid_rounds))
    except NotThere:
        pass
    return every
