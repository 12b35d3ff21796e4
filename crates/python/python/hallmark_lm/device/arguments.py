"""Checks of arguments by what is known without waiting for the device: shapes, dtypes, devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from .key import LoadedKey

MAX_TOKEN = 0x00FF_FFFE
"""The largest token id; one more would look like a missing token."""

_INTEGERS = (torch.int32, torch.int64)
_FLOATS = (torch.float32, torch.float16, torch.bfloat16)


def check_windows(windows: torch.Tensor, window: int) -> None:
    if windows.dim() != 2 or windows.shape[1] != window or windows.dtype not in _INTEGERS:
        found = f"{windows.dtype} {list(windows.shape)}"
        raise ValueError(f"windows are int32 or int64 [rows, {window}] under this key, oldest token first; got {found}")


def check_vocab(vocab: int) -> None:
    if not 1 <= vocab <= MAX_TOKEN + 1:
        raise ValueError(f"a row has 1 to {MAX_TOKEN + 1} tokens, got {vocab}")


def check_tokens(tokens: torch.Tensor, windows: torch.Tensor) -> None:
    rows = windows.shape[0]
    if tokens.dim() != 2 or tokens.shape[0] != rows or tokens.dtype not in _INTEGERS:
        found = f"{tokens.dtype} {list(tokens.shape)}"
        raise ValueError(f"tokens are int32 or int64 [{rows}, candidates], a list for each window; got {found}")
    _check_device("tokens", tokens, windows)


def check_which(which: torch.Tensor | None, windows: torch.Tensor, key: LoadedKey) -> None:
    if which is None:
        if key.streams.shape[0] > 1:
            raise ValueError(f"{key.streams.shape[0]} keys are loaded; say by `which` which of them each row has")
        return
    _check_row_vector("which", which, windows.shape[0], _INTEGERS)
    _check_device("which", which, windows)


def check_rows(
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None,
    uniforms: torch.Tensor | None,
    window: int,
) -> None:
    if logits.dim() != 2 or logits.dtype not in _FLOATS:
        found = f"{logits.dtype} {list(logits.shape)}"
        raise ValueError(f"logits are float32, float16 or bfloat16 [rows, vocabulary]; got {found}")
    if logits.stride(1) != 1 and logits.shape[1] > 1:
        raise ValueError("the logits of a row must lie side by side in memory; pass logits.contiguous()")
    check_vocab(logits.shape[1])
    check_windows(windows, window)
    rows = logits.shape[0]
    if windows.shape[0] != rows:
        raise ValueError(f"{rows} rows of logits need as many windows, got {windows.shape[0]}")
    _check_device("windows", windows, logits)
    if open is not None:
        _check_row_vector("open", open, rows, (torch.bool,))
        _check_device("open", open, logits)
    if uniforms is not None:
        _check_row_vector("uniforms", uniforms, rows, (torch.float32, torch.float64))
        _check_device("uniforms", uniforms, logits)


def check_candidates(candidates: torch.Tensor, logits: torch.Tensor) -> None:
    if candidates.shape != logits.shape or candidates.dtype not in _INTEGERS:
        found = f"{candidates.dtype} {list(candidates.shape)}"
        raise ValueError(
            f"candidates are int32 or int64 in the shape of their logits, {list(logits.shape)}; got {found}"
        )
    _check_device("candidates", candidates, logits)


def real(device: torch.device) -> torch.dtype:
    """The widest float of a device."""
    return torch.float32 if device.type == "mps" else torch.float64


def uniforms(given: torch.Tensor | None, logits: torch.Tensor) -> torch.Tensor:
    """The step's ordinary randomness."""
    dtype = real(logits.device)
    if given is None:
        return torch.rand(logits.shape[0], dtype=dtype, device=logits.device)
    return given.to(dtype)


def _check_row_vector(name: str, tensor: torch.Tensor, rows: int, dtypes: tuple[torch.dtype, ...]) -> None:
    if tensor.shape != (rows,) or tensor.dtype not in dtypes:
        allowed = " or ".join(str(dtype).removeprefix("torch.") for dtype in dtypes)
        raise ValueError(f"{name} is {allowed} [{rows}], one for each row; got {tensor.dtype} {list(tensor.shape)}")


def _check_device(name: str, tensor: torch.Tensor, beside: torch.Tensor) -> None:
    if tensor.device != beside.device:
        raise ValueError(f"{name} is on {tensor.device} and the rows are on {beside.device}; move one to the other")
