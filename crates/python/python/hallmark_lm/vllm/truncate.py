"""vLLM's own top-k and top-p of rows on a device, for the mark's kernels to choose among just what the engine would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

import torch
from vllm.v1.sample.ops.topk_topp_sampler import apply_top_k_top_p

if TYPE_CHECKING:
    from ..engine import Row


def truncate(logits: torch.Tensor, rows: "Sequence[Row]") -> torch.Tensor:
    """The rows, float32 [rows, vocabulary], with what their `top_k` and `top_p` leave out at -inf."""
    width = logits.shape[-1]
    k = torch.tensor([row.top_k or width for row in rows], device=logits.device, dtype=torch.int32).clamp_max(width)
    p = torch.tensor([row.top_p for row in rows], device=logits.device, dtype=torch.float32)
    return apply_top_k_top_p(logits, k, p)
