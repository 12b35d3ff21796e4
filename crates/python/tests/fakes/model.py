"""A language model small enough to be looked at: the next token's logits depend on the last two tokens."""

from __future__ import annotations

from typing import Sequence

import torch

VOCABULARY = 96
END = 0


class Model:
    def __init__(self, seed: int = 5, spread: float = 1.5) -> None:
        made = torch.Generator().manual_seed(seed)
        self._last = torch.randn(VOCABULARY, VOCABULARY, generator=made) * spread
        self._before = torch.randn(VOCABULARY, VOCABULARY, generator=made) * spread

    def logits(self, tokens: Sequence[int]) -> torch.Tensor:
        """float32 [VOCABULARY] after these tokens, of which there are at least two."""
        return self._last[tokens[-1]] + self._before[tokens[-2]]
