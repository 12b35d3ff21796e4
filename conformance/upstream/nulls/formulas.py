"""Upstream's p of a statistic, the exact tail of that statistic, and the p of our law for it.

`reported` calls upstream's own function wherever upstream has one.
"""

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Callable

import numpy as np
import torch
from mpmath import mp, mpf
from transformers import SynthIDTextWatermarkLogitsProcessor, WatermarkDetector, WatermarkingConfig

from . import laws
from .table import STATES, ShiftedTable
from ..sglang_marks import detector as sglang
from ..synthid import TABLE
from ..textseal_marks import LEVELS, core
from ..textseal_marks import detector as textseal
from ..vllm_marks import gumbel as vllm

LAYERS = 30
_WEIGHTS = [10 * (LAYERS - 1) - 9 * layer for layer in range(LAYERS)]
_VOCAB = 1024


@dataclass
class Formula:
    """`scale(n)` is the mean and the deviation of the statistic; `whole`, that it is a whole number."""

    name: str
    note: str
    whole: bool
    scale: Callable
    reported: Callable
    exact: Callable
    ours: Callable | None


def formulas(seed):
    yield from (_transformers(share) for share in (0.25, 0.5))
    yield VLLM
    yield from (_vllm_dual(share) for share in (0.1, 0.2))
    yield _sglang()
    yield from (_textseal_green(share) for share in (0.25, 0.5))
    yield _textseal_gumbel()
    yield _textseal_synthid()
    yield _textseal_synthid_weighted()
    yield from _synthid_2025()
    yield from _hf_synthid(seed)


def _count(chance, trials=1):
    def scale(n):
        return n * trials * float(chance), math.sqrt(n * trials * float(chance) * (1 - float(chance)))

    return scale


def _transformers(share):
    config = WatermarkingConfig(greenlist_ratio=share, seeding_scheme="lefthash")
    detector = WatermarkDetector(
        SimpleNamespace(bos_token_id=-1, is_encoder_decoder=False, vocab_size=_VOCAB), "cpu", config
    )

    def reported(n, count):
        z = detector._compute_z_score(np.array([float(count)]), np.array([float(n)]))
        return float(detector._compute_pval(z)[0])

    green = int(share * _VOCAB)
    # GreenLists::null_threshold: the share rounded up, and 2^-32 for each step of the shuffle.
    bound = mpf((green << 32) // _VOCAB + green) / 2**32
    return Formula(
        f"transformers WatermarkDetector, greenlist_ratio {share}",
        "normal tail of z, no continuity correction; exact: Binomial(n, ratio), each n-gram with a list of its own",
        True,
        _count(share),
        reported,
        lambda n, s: laws.binomial(n, share, s),
        lambda n, s: laws.binomial(n, bound, s),
    )


def _sum(mean=1.0, variance=1.0):
    return lambda n: (n * mean, math.sqrt(n * variance))


VLLM = Formula(
    "vLLM GumbelWatermarkDetector",
    "Gamma(n, 1), summed; exact: the same law",
    False,
    _sum(),
    lambda n, s: vllm.GumbelWatermarkDetector(1)._get_p_value(s, n),
    laws.gamma,
    laws.gamma,
)


def _vllm_dual(share):
    def exact(n, s):
        return laws.two_gammas(n, 1 - mpf(str(share)), mpf(str(share)), s)

    return Formula(
        f"vLLM DualKeyGumbelWatermarkDetector, alpha {share}",
        "one Gamma with the mean and the variance of (1 - alpha) A + alpha B; exact: that weighted sum of two Gamma(n, 1)",
        False,
        _sum(1.0, (1 - share) ** 2 + share**2),
        lambda n, s: vllm.DualKeyGumbelWatermarkDetector(1, alpha=share)._get_p_value(s, n),
        exact,
        exact,
    )


def _sglang():
    return Formula(
        "SGLang WatermarkDetector, one key or two",
        "Gamma(n, 1), summed; exact: the same law",
        False,
        _sum(),
        lambda n, s: math.exp(sglang._gamma_log_survival(s, n)),
        laws.gamma,
        laws.gamma,
    )


def _textseal(kind, share=0.5):
    config = core.WatermarkConfig(watermark_type=kind, gamma=share, depth=LAYERS)
    return textseal.build_detector(SimpleNamespace(vocab_size=_VOCAB), config)


def _levels(share):
    """The chance of green: a level below share * 8191, of 8191."""
    return mpf(math.ceil(share * LEVELS)) / LEVELS


def _up(chance):
    return mp.ceil(chance * 2**32) / 2**32


def _textseal_green(share):
    reader, chance = _textseal("greenlist", share), _levels(share)
    return Formula(
        f"TextSeal GreenlistDetector, gamma {share}",
        f"mid-p of Binomial(n, gamma); exact: Binomial(n, {math.ceil(share * LEVELS)}/{LEVELS})",
        True,
        _count(chance),
        lambda n, s: float(reader.get_pvalue(s, n, 1e-200)),
        lambda n, s: laws.binomial(n, chance, s),
        lambda n, s: laws.binomial(n, _up(chance), s),
    )


def _textseal_gumbel():
    reader = _textseal("gumbelmax")
    scores = -np.log1p(-np.arange(LEVELS) / LEVELS)
    return Formula(
        "TextSeal GumbelmaxDetector",
        f"Gamma(n, 1); exact: the sum of n scores of {LEVELS} equally likely levels",
        False,
        _sum(),
        lambda n, s: float(reader.get_pvalue(s, n, 1e-200)),
        lambda n, s: laws.discrete_sum(n, scores, s),
        laws.gamma,
    )


def _textseal_synthid():
    reader, chance = _textseal("synthid"), _levels(0.5)
    return Formula(
        f"TextSeal SynthidDetector, {LAYERS} layers",
        f"mid-p of Binomial({LAYERS} n, 1/2); exact: Binomial({LAYERS} n, 4096/{LEVELS})",
        True,
        _count(chance, LAYERS),
        lambda n, s: float(reader.get_pvalue(s, n, 1e-200)),
        lambda n, s: laws.binomial(LAYERS * n, chance, s),
        None,
    )


def _weighted_scale(chance=0.5):
    squares = sum(w * w for w in _WEIGHTS)

    def scale(n):
        return n * chance * sum(_WEIGHTS), math.sqrt(n * chance * (1 - chance) * squares)

    return scale


def _textseal_synthid_weighted():
    reader, chance = _textseal("synthid-weighted"), _levels(0.5)
    unit = LAYERS / sum(_WEIGHTS)
    return Formula(
        f"TextSeal SynthidDetector, weighted, {LAYERS} layers",
        f"normal tail of z; exact: the weighted sum of bits of chance 4096/{LEVELS}. (weights 290, 281, ..., 29)",
        True,
        _weighted_scale(),
        lambda n, s: float(reader.get_pvalue(s * unit, n, 1e-200)),
        lambda n, s: laws.weighted_bits(n, _WEIGHTS, s, chance),
        None,
    )


def _normal(scale):
    def reported(n, s):
        mean, deviation = scale(n)
        return math.erfc((s - mean) / deviation / math.sqrt(2)) / 2

    return reported


def _synthid_2025():
    def exact(n, s):
        return laws.binomial(LAYERS * n, mpf(1) / 2, s)

    scale = _count(0.5, LAYERS)
    note = "upstream gives no p: the usual normal tail of z; exact"
    yield Formula(
        f"SynthID 2025, mean score, {LAYERS} layers",
        f"{note}: Binomial({LAYERS} n, 1/2)",
        True,
        scale,
        _normal(scale),
        exact,
        exact,
    )
    yield Formula(
        f"SynthID 2025, weighted mean, {LAYERS} layers",
        f"{note}: the weighted sum of fair bits (weights 290, 281, ..., 29)",
        True,
        _weighted_scale(),
        _normal(_weighted_scale()),
        lambda n, s: laws.weighted_bits(n, _WEIGHTS, s),
        None,
    )


def _hf_synthid(seed):
    processor = SynthIDTextWatermarkLogitsProcessor(
        ngram_len=5, keys=list(range(LAYERS)), device=torch.device("cpu"), **TABLE
    )
    table = processor.sampling_table.numpy()
    tables = {}

    def shifted(n):
        if n not in tables:
            states = np.random.default_rng([seed, n]).choice(STATES, n, replace=False)
            tables[n] = ShiftedTable(table, states)
        return tables[n]

    def exact(n, s):
        return shifted(n).mean_tail(LAYERS, s)

    scale = _count(0.5, LAYERS)
    note = "upstream gives no p: the usual normal tail of z; exact: enumeration of the 65,536 shifts of upstream's table, for n states drawn at random"
    yield Formula(
        f"SynthID to 5.23 (table), mean score, {LAYERS} layers", note, True, scale, _normal(scale), exact, exact
    )
    yield Formula(
        f"SynthID to 5.23 (table), weighted mean, {LAYERS} layers",
        note,
        True,
        _weighted_scale(),
        _normal(_weighted_scale()),
        lambda n, s: shifted(n).weighted_tail(_WEIGHTS, s),
        None,
    )
