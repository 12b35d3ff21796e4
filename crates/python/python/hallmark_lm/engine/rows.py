"""Marks rows of a torch tensor in place, so that the engine's own sampler can only follow.

Rows on a CPU go to the Rust library as they are. Rows on a GPU stay there where the mark has a kernel, and else only
the open ones are copied to the host.
"""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Sequence

import hallmark_lm
from hallmark_lm import HallmarkError, Sampling

from .live import Live

if TYPE_CHECKING:
    import torch

    from hallmark_lm.device import LoadedKey

log = logging.getLogger("hallmark_lm")

AS_IT_IS = Sampling()


@dataclass
class Row:
    """An open row: its place in the tensor, its answer, and what the engine still does to it after the mark."""

    place: int
    live: Live
    top_k: int = 0
    """0: all."""
    top_p: float = 1.0
    divisor: float = 1.0
    """The temperature by which the engine will divide the row after a bias was added; a bias is made so much larger."""
    sampling: Sampling = field(init=False)

    def __post_init__(self) -> None:
        whole = self.top_k <= 0 and self.top_p >= 1.0
        self.sampling = AS_IT_IS if whole else Sampling(1.0, max(self.top_k, 0), self.top_p, 0.0)


Truncate = Callable[["torch.Tensor", Sequence[Row]], "torch.Tensor"]


def mark(logits: "torch.Tensor", rows: Sequence[Row], *, is_bias: bool, truncate: Truncate | None = None) -> list[Row]:
    """Marks the given rows of `logits`, float32 [rows, vocabulary] in nats, in place; other rows are not touched.

    Under a mark that chooses, the rows are truncated as their `top_k` and `top_p` say and all but the chosen token
    become -inf. Under a bias, it is added and the engine truncates afterwards. A row that no token can be drawn from
    (NaN, all masked, narrower than the vocabulary) stays as it is, is marked no further (its request has given up, and the
    ledger says so), and is among those returned: the engine's to complain of, or the adapter's to end. truncate: the engine's own top-k and top-p
    of rows on a device, for the kernels' sake.
    """
    if not rows:
        return []
    if is_bias:
        scaled = [row for row in rows if row.divisor != 1.0]
        with _Scaled(logits, scaled):
            _mark(logits, rows, None, is_bias)
    else:
        _mark(logits, rows, truncate, is_bias)
    return [row for row in rows if not row.live.request.is_marked]


def _mark(logits: "torch.Tensor", rows: Sequence[Row], truncate: Truncate | None, is_bias: bool) -> None:
    if logits.device.type == "cpu" and str(logits.dtype) == "torch.float32" and logits.stride(-1) == 1:
        _on_host(logits, rows, is_bias)
        return
    import torch

    places = torch.tensor([row.place for row in rows], device=logits.device)
    open_rows = logits.index_select(0, places).float()
    if logits.device.type != "cpu" and _on_device(open_rows, rows, truncate):
        logits.index_copy_(0, places, open_rows.to(logits.dtype))
        return
    host = open_rows.cpu()
    _on_host(host, [_moved(row, place) for place, row in enumerate(rows)], is_bias)
    logits.index_copy_(0, places, host.to(logits.device, logits.dtype))


def _on_host(logits: "torch.Tensor", rows: Sequence[Row], is_bias: bool) -> None:
    """Rows on the CPU, float32."""
    requests: list[hallmark_lm.Request | None] = [None] * logits.shape[0]
    sampling = [AS_IT_IS] * logits.shape[0]
    for row in rows:
        requests[row.place] = row.live.request
        sampling[row.place] = row.sampling
    try:
        hallmark_lm.mark_rows(requests, logits, None if is_bias else sampling)
    except HallmarkError as error:
        failed = getattr(error, "failed_rows", None)
        if failed is None:
            raise
        # The other rows are marked, and these are as they were.
        log.warning("%d rows are left unmarked: %s", len(failed), error)
        for place in failed:
            request = requests[place]
            if request is not None:
                request.give_up(str(error))


def _on_device(rows_of: "torch.Tensor", rows: Sequence[Row], truncate: Truncate | None) -> bool:
    """Rows on a GPU, by its kernels. Says whether all of it could be done there."""
    import torch

    from hallmark_lm import device

    truncated = any(row.sampling is not AS_IT_IS for row in rows)
    keys = [row.live.device_key for row in rows]
    windows = hallmark_lm.open_windows([row.live.request for row in rows])
    if None in keys or None in windows or (truncated and truncate is None):
        return False
    loaded, which = _loaded(keys, rows_of.device)
    if truncate is not None and truncated:
        rows_of.copy_(truncate(rows_of, rows))
    uniforms = torch.tensor([_uniform(row.live) for row in rows], dtype=torch.float64, device=rows_of.device)
    device.mark(
        loaded,
        rows_of,
        torch.tensor(windows, dtype=torch.int32, device=rows_of.device),
        uniforms=uniforms if loaded.needs_uniforms else None,
        which=torch.tensor(which, dtype=torch.int32, device=rows_of.device),
    )
    return True


class _Scaled:
    """Within it, a bias is added to rows; afterwards the added is what it was times each row's divisor."""

    def __init__(self, logits: "torch.Tensor", rows: Sequence[Row]) -> None:
        self.logits, self.rows = logits, rows

    def __enter__(self) -> None:
        self.before = [self.logits[row.place].clone() for row in self.rows]

    def __exit__(self, *_: object) -> None:
        for row, before in zip(self.rows, self.before):
            now = self.logits[row.place]
            # Tokens that were not moved stay bit for bit, and -inf has no difference.
            now.copy_(((now - before) * row.divisor + before).where(now != before, before))


def _moved(row: Row, place: int) -> Row:
    return Row(place, row.live, row.top_k, row.top_p, row.divisor)


_KEYS: dict[tuple[Any, ...], LoadedKey] = {}
_MOST_KEYS = 64


def _loaded(keys: list[Any], on: "torch.device") -> tuple[LoadedKey, list[int]]:
    """The distinct keys of a step on the device, kept from step to step, and which of them each row has."""
    from hallmark_lm import device

    names = [tuple(tuple(stream) for stream in key.streams) for key in keys]
    distinct = {name: key for name, key in zip(names, keys)}
    name = (str(on), *sorted(distinct))
    if name not in _KEYS:
        if len(_KEYS) >= _MOST_KEYS:
            _KEYS.clear()
        _KEYS[name] = device.load([distinct[each] for each in sorted(distinct)], on)
    places = {each: place for place, each in enumerate(sorted(distinct))}
    return _KEYS[name], [places[each] for each in names]


_RANDOM = random.SystemRandom()


def _uniform(live: Live) -> float:
    own = live.uniforms
    return own.random() if own is not None else _RANDOM.random()
