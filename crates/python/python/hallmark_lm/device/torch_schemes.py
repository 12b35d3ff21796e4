"""The native schemes in torch, over words of either implementation."""

from __future__ import annotations

import torch

from . import arguments, torch_kernels
from .key import LoadedKey
from .outcome import Fault, Outcome

_MASKED = float("-inf")


def words(key: LoadedKey, stream: int, windows: torch.Tensor, vocab: int, which: torch.Tensor | None) -> torch.Tensor:
    return torch_kernels.row_words(stream_keys(key, stream, windows, which), windows, vocab)


def candidate_words(
    key: LoadedKey, stream: int, windows: torch.Tensor, tokens: torch.Tensor, which: torch.Tensor | None
) -> torch.Tensor:
    return torch_kernels.cell_words(stream_keys(key, stream, windows, which), windows, tokens)


def choose(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
    which: torch.Tensor | None,
) -> Outcome:
    keys = choosing_keys(key, windows, which)
    row_words = torch_kernels.row_words(keys, windows, logits.shape[1])
    return decide(key, row_words, None, logits, open, uniforms)


def choose_candidates(
    key: LoadedKey,
    candidates: torch.Tensor,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
    which: torch.Tensor | None,
) -> Outcome:
    keys = choosing_keys(key, windows, which)
    cell_words = torch_kernels.cell_words(keys, windows, candidates)
    return decide(key, cell_words, candidates, logits, open, uniforms)


def bias(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    which: torch.Tensor | None,
) -> torch.Tensor:
    row_words = words(key, 0, windows, logits.shape[1], which)
    faults = row_faults(logits, open)
    _add(key, row_words, logits, _usable(faults, open))
    return faults


def stream_keys(key: LoadedKey, stream: int, windows: torch.Tensor, which: torch.Tensor | None) -> torch.Tensor:
    """The key words of one stream for each row: int32 [rows, 8]."""
    if which is None:
        return key.streams[0, stream].expand(windows.shape[0], 8)
    return key.streams[which.to(torch.int64), stream]


def choosing_keys(key: LoadedKey, windows: torch.Tensor, which: torch.Tensor | None) -> torch.Tensor:
    """The key words of the stream that decides each row: int32 [rows, 8]. Under `dual-gumbel` the coin names it."""
    if key.scheme != "dual-gumbel":
        return stream_keys(key, 0, windows, which)
    coin_tokens = torch.zeros((windows.shape[0], 1), dtype=torch.int32, device=windows.device)
    coins = candidate_words(key, 0, windows, coin_tokens, which) & 1
    a, b = (stream_keys(key, stream, windows, which) for stream in (1, 2))
    return torch.where(coins == 0, a, b)


def decide(
    key: LoadedKey,
    words: torch.Tensor,
    candidates: torch.Tensor | None,
    logits: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
) -> Outcome:
    """Each row's token, given words and logits of the same cells. Candidates, where given, are the cells' tokens."""
    faults = row_faults(logits, open)
    usable = _usable(faults, open)
    if key.scheme == "green":
        _add(key, words, logits, usable)
    if key.scheme in ("gumbel", "dual-gumbel"):
        places = _gumbel(words, candidates, logits)
    else:
        assert uniforms is not None, "the package draws them"
        weights = torch.softmax(logits.float(), dim=1)
        if key.scheme == "tournament":
            weights = _tournament(weights, words, key.layers)
        places = _draw(weights, uniforms)
    tokens = places if candidates is None else candidates.gather(1, places[:, None])[:, 0].to(torch.int64)
    return Outcome(torch.where(usable, tokens, -1), faults)


def row_faults(logits: torch.Tensor, open: torch.Tensor | None) -> torch.Tensor:
    """int32 [rows] of `Fault`. A maximum over NaN is NaN, so one pass tells."""
    top = logits.amax(dim=1)
    faults = torch.where(top == _MASKED, int(Fault.MASKED), int(Fault.NONE))
    faults = torch.where(top == float("inf"), int(Fault.INFINITE), faults)
    faults = torch.where(top.isnan(), int(Fault.NAN), faults).to(torch.int32)
    return faults if open is None else faults * open


def _usable(faults: torch.Tensor, open: torch.Tensor | None) -> torch.Tensor:
    return faults == 0 if open is None else open & (faults == 0)


def _unsigned(words: torch.Tensor) -> torch.Tensor:
    return words.to(torch.int64) & 0xFFFF_FFFF


def _gumbel(words: torch.Tensor, candidates: torch.Tensor | None, logits: torch.Tensor) -> torch.Tensor:
    """The place of the largest logit + noise, of the lowest token id among equals."""
    dtype = arguments.real(logits.device)
    values = logits.to(dtype) + gumbel_noise(words, dtype)
    if candidates is None:
        return values.argmax(dim=1)
    ties = values == values.amax(dim=1, keepdim=True)
    return torch.where(ties, candidates.to(torch.int64), arguments.MAX_TOKEN + 1).argmin(dim=1)


def gumbel_noise(words: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """-ln(-ln u), u = (w + 1/2) / 2^32. In 32 bits -ln u is taken from 1 - u where u is near 1."""
    unsigned = _unsigned(words)
    exponential = -((unsigned.to(dtype) + 0.5) * 2.0**-32).log()
    if dtype == torch.float32:
        rest = ((0xFFFF_FFFF - unsigned).to(dtype) + 0.5) * 2.0**-32
        exponential = torch.where(words < 0, -torch.log1p(-rest), exponential)
    return -exponential.log()


def _add(key: LoadedKey, words: torch.Tensor, logits: torch.Tensor, usable: torch.Tensor) -> None:
    is_green = (_unsigned(words) < key.threshold) & usable[:, None]
    biased = (logits.float() + key.delta).to(logits.dtype)
    logits.copy_(torch.where(is_green, biased, logits))


def _tournament(weights: torch.Tensor, words: torch.Tensor, layers: int) -> torch.Tensor:
    """Two-leaf tournament by reweighting (Dathathri et al. 2024, Nature 634, eq. 5): layer l, over bit l of the words,
    makes p into p (1 + g - sum of p g)."""
    for layer in range(layers):
        bits = ((words >> layer) & 1).to(weights.dtype)
        ones = (weights * bits).sum(dim=1, keepdim=True)
        total = weights.sum(dim=1, keepdim=True)
        weights = weights * ((1 - ones / total).clamp(min=0) + bits)
    return weights


def _draw(weights: torch.Tensor, uniforms: torch.Tensor) -> torch.Tensor:
    """Where each uniform falls on weights laid end to end; never on one of 0."""
    ends = weights.to(uniforms.dtype).cumsum(dim=1)
    left = uniforms * ends[:, -1]
    at = torch.searchsorted(ends, left[:, None], right=True)[:, 0]
    # Rounding may put the uniform at the end of all: then the last weight that is not 0 has it.
    places = torch.arange(weights.shape[1], device=weights.device)
    last = torch.where(weights > 0, places, 0).amax(dim=1)
    return torch.minimum(at, last)
