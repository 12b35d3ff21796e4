"""The kernels' Gumbel noise by itself, as a kernel."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
import triton
import triton.language as tl

gumbel32: Any = None


@triton.jit
def _noise(words, out, COUNT: tl.constexpr):
    at = tl.arange(0, COUNT)
    word = tl.load(words + at).to(tl.uint32, bitcast=True)
    tl.store(out + at, gumbel32(word))


def noise(device: Any, words: torch.Tensor) -> torch.Tensor:
    """float32 noise of int32 words, as many as a power of two."""
    global gumbel32
    gumbel32 = import_module(f"{device.__name__}.triton_kernels")._gumbel32
    out = torch.empty(words.shape, dtype=torch.float32, device=words.device)
    _noise[(1,)](words, out, COUNT=words.numel())
    return out
