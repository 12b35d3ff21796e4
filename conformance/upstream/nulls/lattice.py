"""How far vLLM's single-precision uniforms, of which there are 2^24, move the tail of its Gamma law."""

import numpy as np
import torch

from .formulas import VLLM
from .tails import CELLS, REPORTED, statistic_at
from ..vllm_marks import philox


def extremes():
    """The least and the largest factor on the grid: (E[exp(tX)] (1 - t))^n at the saddle point of the Gamma law."""
    words = torch.arange(2**24, dtype=torch.int64) << 8
    scores = -np.log1p(-philox.uint32_to_uniform(words).to(torch.float64).numpy())
    factors = []
    for n in CELLS:
        for level in REPORTED:
            t = 1 - n / statistic_at(VLLM, n, level)
            factors.append(float(np.exp(t * scores).mean() * (1 - t)) ** n)
    return min(factors), max(factors)
