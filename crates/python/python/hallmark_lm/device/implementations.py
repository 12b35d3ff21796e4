"""Which implementation runs a call, and what both share."""

from __future__ import annotations

import functools
import importlib.util
import os
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from .key import LoadedKey
    from .outcome import Outcome


class Kernels(Protocol):
    """What an implementation offers; arguments are as in the package's functions, and checked."""

    def words(
        self, key: LoadedKey, stream: int, windows: torch.Tensor, vocab: int, which: torch.Tensor | None
    ) -> torch.Tensor: ...

    def candidate_words(
        self, key: LoadedKey, stream: int, windows: torch.Tensor, tokens: torch.Tensor, which: torch.Tensor | None
    ) -> torch.Tensor: ...

    def choose(
        self,
        key: LoadedKey,
        logits: torch.Tensor,
        windows: torch.Tensor,
        open: torch.Tensor | None,
        uniforms: torch.Tensor | None,
        which: torch.Tensor | None,
    ) -> Outcome: ...

    def choose_candidates(
        self,
        key: LoadedKey,
        candidates: torch.Tensor,
        logits: torch.Tensor,
        windows: torch.Tensor,
        open: torch.Tensor | None,
        uniforms: torch.Tensor | None,
        which: torch.Tensor | None,
    ) -> Outcome: ...

    def bias(
        self,
        key: LoadedKey,
        logits: torch.Tensor,
        windows: torch.Tensor,
        open: torch.Tensor | None,
        which: torch.Tensor | None,
    ) -> torch.Tensor: ...


def pick(tensor: torch.Tensor, asked: str | None) -> Kernels:
    """The kernels for a tensor's device, or those that were asked for."""
    if asked not in (None, "torch", "triton"):
        raise ValueError(f"there is no implementation {asked!r}; ask for 'torch', 'triton', or None to have one picked")
    on_cuda = tensor.device.type == "cuda"
    if asked is None:
        asked = "triton" if on_cuda and has_triton() else "torch"
    if asked == "torch":
        from . import torch_schemes

        return torch_schemes
    if not has_triton():
        raise ValueError("Triton is not installed; install it, or ask for implementation='torch'")
    if not on_cuda and os.environ.get("TRITON_INTERPRET") != "1":
        raise ValueError(
            f"Triton cannot run on {tensor.device}; move the rows to a GPU, ask for implementation='torch', or set "
            "TRITON_INTERPRET=1 before the first import to have its interpreter"
        )
    from . import triton_schemes

    return triton_schemes


@functools.cache
def has_triton() -> bool:
    return importlib.util.find_spec("triton") is not None


def keep_only(logits: torch.Tensor, tokens: torch.Tensor) -> None:
    """Masks all but each row's token, in place; rows without one (-1) stay as they are."""
    places = torch.arange(logits.shape[1], device=logits.device)
    chosen = tokens[:, None]
    logits.masked_fill_((chosen >= 0) & (places != chosen), float("-inf"))
