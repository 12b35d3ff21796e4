"""SynthID's table under short keys: how often the law's p, which holds for uniform keys, is small for one text.

Keys below 1,024, like upstream's own, reach 1,023 of the 65,536 shifts of the table. Whether those favour the states
of a text is an accident of the text. No simulation: the law under short keys is enumerated like that under all keys.
"""

import numpy as np
import torch
from transformers import SynthIDTextWatermarkLogitsProcessor

from .table import STATES, ShiftedTable
from ..synthid import TABLE

LAYERS, NGRAM = 30, 5
SHORT = slice(1, 1024)
LEVELS = (1e-1, 1e-2, 1e-3, 1e-6, 1e-9)


def short_keys(kinds):
    """For each level, the chance of p <= level with short keys over that with uniform ones: of every text."""
    processor = SynthIDTextWatermarkLogitsProcessor(
        ngram_len=NGRAM, keys=list(range(LAYERS)), device=torch.device("cpu"), **TABLE
    )
    table = processor.sampling_table.numpy()
    factors = {kind: [_factors(table, _states(processor, ids)) for ids in texts] for kind, texts in kinds.items()}
    return {"levels": LEVELS, "factors": factors}


def _states(processor, ids):
    """The low 16 bits of upstream's hash of each n-gram, each once."""
    ngrams = torch.tensor(ids).unfold(0, NGRAM, 1)
    hashes = processor.accumulate_hash(torch.ones(len(ngrams), dtype=torch.long), ngrams)
    return np.unique(hashes.numpy() % STATES)


def _factors(table, states):
    shifted = ShiftedTable(table, states)
    uniform, short = shifted.tails(LAYERS), shifted.tails(LAYERS, SHORT)
    firsts = [int(np.argmax(uniform <= level)) for level in LEVELS]
    return [float(short[first] / uniform[first]) for first in firsts]
