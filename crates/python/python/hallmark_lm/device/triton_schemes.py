"""The native schemes by Triton: what is launched, in which order, over which scratch."""

from __future__ import annotations

from typing import Any

import torch
import triton

from . import torch_schemes
from . import triton_kernels as kernels
from .key import STREAMS, LoadedKey
from .outcome import Outcome

LANES = 128
"""Blocks of the cipher a program computes: a chunk of a row is sixteen times as many tokens."""


def words(key: LoadedKey, stream: int, windows: torch.Tensor, vocab: int, which: torch.Tensor | None) -> torch.Tensor:
    out = torch.empty((windows.shape[0], vocab), dtype=torch.int32, device=windows.device)
    _launch(
        kernels.row_words,
        (windows.shape[0], _chunks(vocab)),
        key.streams,
        which,
        *_side_by_side(windows),
        out,
        vocab,
        H=key.window,
        STREAM=stream,
        STREAMS=len(STREAMS[key.scheme]),
        LANES=LANES,
    )
    return out


def candidate_words(
    key: LoadedKey, stream: int, windows: torch.Tensor, tokens: torch.Tensor, which: torch.Tensor | None
) -> torch.Tensor:
    return _cell_words(key, stream, None, windows, tokens, which)


def choose(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
    which: torch.Tensor | None,
) -> Outcome:
    if key.scheme in ("gumbel", "dual-gumbel"):
        return _gumbel(key, logits, windows, open, which)
    assert uniforms is not None, "the package draws them"
    scan = _Scan(logits, open)
    if key.scheme == "green":
        _add(key, logits, windows, which, scan)
        # The bias moved peaks; where a row is masked and which rows are not usable it left alone.
        scan = _Scan(logits, open)
    return _draw(key, logits, windows, uniforms, which, scan)


def choose_candidates(
    key: LoadedKey,
    candidates: torch.Tensor,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
    which: torch.Tensor | None,
) -> Outcome:
    cell_words = _cell_words(key, 0, _coins(key, windows, which), windows, candidates, which)
    return torch_schemes.decide(key, cell_words, candidates, logits, open, uniforms)


def bias(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    which: torch.Tensor | None,
) -> torch.Tensor:
    scan = _Scan(logits, open)
    _add(key, logits, windows, which, scan)
    return scan.row_faults


class _Scan:
    """The peaks and faults of rows and of their chunks."""

    def __init__(self, logits: torch.Tensor, open: torch.Tensor | None) -> None:
        rows, vocab = logits.shape
        self.chunks = _chunks(vocab)
        self.peaks = _empty(logits, torch.float32, rows, self.chunks)
        self.row_peaks = _empty(logits, torch.float32, rows)
        self.row_faults = _empty(logits, torch.int32, rows)
        faults = _empty(logits, torch.int32, rows, self.chunks)
        flags = _flags(open)
        _launch(
            kernels.scan_chunks,
            (rows, self.chunks),
            flags,
            logits,
            logits.stride(0),
            vocab,
            self.peaks,
            faults,
            self.chunks,
            LANES=LANES,
        )
        _launch(
            kernels.scan_rows,
            (rows,),
            flags,
            self.peaks,
            faults,
            self.chunks,
            self.row_peaks,
            self.row_faults,
            CHUNKS=triton.next_power_of_2(self.chunks),
        )


def _gumbel(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    which: torch.Tensor | None,
) -> Outcome:
    rows, vocab = logits.shape
    chunks, flags = _chunks(vocab), _flags(open)
    values = _empty(logits, torch.float64, rows, chunks)
    tokens = _empty(logits, torch.int32, rows, chunks)
    faults = _empty(logits, torch.int32, rows, chunks)
    outcome = Outcome(_empty(logits, torch.int64, rows), _empty(logits, torch.int32, rows))
    _launch(
        kernels.gumbel_chunks,
        (rows, chunks),
        key.streams,
        which,
        _coins(key, windows, which),
        *_side_by_side(windows),
        flags,
        logits,
        logits.stride(0),
        vocab,
        values,
        tokens,
        faults,
        chunks,
        H=key.window,
        STREAM=0,
        STREAMS=len(STREAMS[key.scheme]),
        LANES=LANES,
    )
    _launch(
        kernels.gumbel_rows,
        (rows,),
        flags,
        values,
        tokens,
        faults,
        chunks,
        outcome.tokens,
        outcome.faults,
        CHUNKS=triton.next_power_of_2(chunks),
    )
    return outcome


def _add(key: LoadedKey, logits: torch.Tensor, windows: torch.Tensor, which: torch.Tensor | None, scan: _Scan) -> None:
    rows, vocab = logits.shape
    _launch(
        kernels.green_chunks,
        (rows, scan.chunks),
        key.streams,
        which,
        *_side_by_side(windows),
        logits,
        logits.stride(0),
        vocab,
        key.threshold_bits,
        key.delta,
        scan.peaks,
        scan.row_peaks,
        scan.chunks,
        H=key.window,
        LANES=LANES,
    )


def _draw(
    key: LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    uniforms: torch.Tensor,
    which: torch.Tensor | None,
    scan: _Scan,
) -> Outcome:
    """A draw from the softmax, after the layers of a tournament where the scheme is one."""
    rows, vocab = logits.shape
    chunks = scan.chunks
    is_tournament = key.scheme == "tournament"
    weights = _empty(logits, torch.float32, rows, vocab)
    row_words = _empty(logits, torch.int32, rows, vocab) if is_tournament else None
    # Of each layer and of the one before it.
    totals = _empty(logits, torch.float64, 2, rows, chunks)
    ones = _empty(logits, torch.float64, 2, rows, chunks)
    _launch(
        kernels.weigh_chunks,
        (rows, chunks),
        key.streams,
        which,
        *_side_by_side(windows),
        logits,
        logits.stride(0),
        vocab,
        scan.peaks,
        scan.row_peaks,
        weights,
        row_words,
        totals[0],
        ones[0],
        chunks,
        H=key.window,
        WITH_WORDS=is_tournament,
        LANES=LANES,
    )
    sizes = {"CHUNKS": triton.next_power_of_2(chunks), "SIZE": LANES * 16}
    now = 0
    for layer in range(key.layers if is_tournament else 0):
        _launch(
            kernels.tournament_layer,
            (rows, chunks),
            weights,
            row_words,
            vocab,
            layer,
            totals[now],
            ones[now],
            totals[1 - now],
            ones[1 - now],
            chunks,
            **sizes,
        )
        now = 1 - now
    outcome = Outcome(_empty(logits, torch.int64, rows), scan.row_faults)
    _launch(
        kernels.draw_rows,
        (rows,),
        weights,
        vocab,
        totals[now],
        chunks,
        uniforms,
        scan.row_peaks,
        outcome.tokens,
        **sizes,
    )
    return outcome


def _coins(key: LoadedKey, windows: torch.Tensor, which: torch.Tensor | None) -> torch.Tensor | None:
    """Under `dual-gumbel`, the words whose lowest bit picks each row's stream."""
    if key.scheme != "dual-gumbel":
        return None
    token = torch.zeros((windows.shape[0], 1), dtype=torch.int32, device=windows.device)
    return _cell_words(key, 0, None, windows, token, which)


def _cell_words(
    key: LoadedKey,
    stream: int,
    coins: torch.Tensor | None,
    windows: torch.Tensor,
    tokens: torch.Tensor,
    which: torch.Tensor | None,
) -> torch.Tensor:
    rows, count = tokens.shape
    out = torch.empty((rows, count), dtype=torch.int32, device=tokens.device)
    lanes = min(LANES, max(32, triton.next_power_of_2(count)))
    _launch(
        kernels.cell_words,
        (rows, triton.cdiv(count, lanes)),
        key.streams,
        which,
        coins,
        *_side_by_side(windows),
        *_side_by_side(tokens),
        out,
        count,
        H=key.window,
        STREAM=stream,
        STREAMS=len(STREAMS[key.scheme]),
        LANES=lanes,
    )
    return out


def _launch(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
    if 0 in grid:
        return
    with torch.cuda.device_of(next(a for a in arguments if isinstance(a, torch.Tensor))):
        kernel[grid](*arguments, num_warps=4, **constants)


def _chunks(vocab: int) -> int:
    return triton.cdiv(vocab, LANES * 16)


def _empty(beside: torch.Tensor, dtype: torch.dtype, *shape: int) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device=beside.device)


def _flags(open: torch.Tensor | None) -> torch.Tensor | None:
    return None if open is None else open.contiguous().view(torch.int8)


def _side_by_side(rows: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Rows whose items lie side by side, and the row stride."""
    rows = rows if rows.shape[1] == 1 or rows.stride(1) == 1 else rows.contiguous()
    return rows, rows.stride(0)
