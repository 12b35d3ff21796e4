"""vLLM's Model Runner V2: a logits processor over its request slots.

Where it sits. The runner's sampler copies the model's logits, takes the copy through bias, penalties, bad words and
custom processors, then through temperature, min-p, top-k and top-p, and draws
(`vllm/v1/worker/gpu/sample/sampler.py`). So a mark that chooses takes the rest on itself, on a copy of the open rows
and in the engine's order, and leaves one token for the engine to draw. A bias (`green`) is added times the
temperature and the engine truncates afterwards. Greedy rows are left alone by marks that choose. Returned
log-probabilities are of the logits before the copy (`raw_logprobs`, the default).

The tokens of a request are on the device, and the windows of a mark are kept on the host, so a step waits once for
the device. The choice itself stays on the device where the mark has a kernel (`hallmark_lm.device`).

Speculative decoding. A request then has a row for each draft token and one more, and each is marked under the tokens
and drafts before it. A row has one token left, so a draft is accepted when it is that token: what comes out is marked
at every position, token for token as without drafts, but fewer drafts are accepted than without a mark. To keep
acceptance as it is, drafts must be drawn under one key and recoveries under another, inside the engine's draft and
rejection kernels. Those take vLLM's own Philox mark and no other, so that cannot be had by an import path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from vllm.v1.worker.gpu.sample.logits_processor import LogitsContext, LogitsProcessor, LogitsProcRequestState

from ..engine import Live, Row, mark
from ..engine.settings import serving
from . import params as wanted
from .truncate import truncate

if TYPE_CHECKING:
    from typing import Sequence

    from vllm import SamplingParams
    from vllm.config import VllmConfig

TAIL = 8
"""Tokens of each request that are read in a step; more only for a request that is new or returned."""


class _Slot:
    """A request in its slot. Its answer begins with its first row: only then are its tokens on the device."""

    def __init__(self, params: "SamplingParams", number: int) -> None:
        self.params, self.number = params, number
        self.live: Live | None = None
        self.begun = False
        self.prompt_length = 0
        self.top_k = wanted.top_k(params)


class V2(LogitsProcessor):
    """The mark of `serving.toml` as a custom logits processor, `hallmark_lm.vllm:V2`."""

    @classmethod
    def validate_params(cls, sampling_params: "SamplingParams") -> None:
        wanted.refuse(sampling_params)

    def __init__(self, vllm_config: "VllmConfig", req_states: LogitsProcRequestState) -> None:
        self._config = vllm_config
        self._states = req_states
        self._is_bias = serving().is_bias
        self._roster = wanted.roster(vllm_config, req_states.device)
        self._slots: dict[int, _Slot] = {}
        self._entered = 0

    def add_request(self, req_idx: int, sampling_params: "SamplingParams") -> bool:
        # The runner says nothing when a request leaves: its slot is simply given to another.
        before = self._slots.pop(req_idx, None)
        if before is not None and before.live is not None:
            count, last = before.live.taken, before.live.last
            room = self._config.model_config.max_model_len - before.prompt_length
            # The last token was sampled after the last row that was seen here.
            reason = wanted.reason_at_end(before.params, count, last, room)
            if reason is None and wanted.reason_at_end(before.params, count + 1, None, room) == "length":
                reason = "length"
            self._roster.leave(before.live, reason)
        self._entered += 1
        self._slots[req_idx] = _Slot(sampling_params, self._entered)
        return True

    def apply(self, logits: torch.Tensor, ctx: LogitsContext) -> torch.Tensor:
        """Marks the open rows of float32 [rows, vocabulary] in place."""
        if logits.shape[0] == len(ctx.idx_mapping_np):
            self._read(ctx.idx_mapping_np.tolist())
            self._mark(logits, list(enumerate(ctx.idx_mapping_np.tolist())))
        else:
            self._with_drafts(logits, ctx)
        self._roster.settle()
        return logits

    def _with_drafts(self, logits: torch.Tensor, ctx: LogitsContext) -> None:
        layout = torch.stack(
            (ctx.expanded_idx_mapping.long(), ctx.expanded_local_pos.long(), ctx.input_ids.long()), dim=1
        ).tolist()
        self._read(ctx.idx_mapping_np.tolist())
        committed = {slot: placed.live.taken for slot, placed in self._slots.items() if placed.live is not None}
        waves: dict[int, list[tuple[int, int, int]]] = {}
        for place, (slot, depth, draft) in enumerate(layout):
            waves.setdefault(depth, []).append((place, slot, draft))
        for depth in sorted(waves):
            wave = []
            for place, slot, draft in waves[depth]:
                live = self._slots[slot].live if slot in self._slots else None
                # A row at depth d follows the d-th draft, which is the token that was fed to it; -1 where there is
                # none.
                if live is not None and depth > 0:
                    if draft < 0 or live.taken != committed[slot] + depth - 1:
                        continue
                    live.take([draft], live.taken)
                wave.append((place, slot))
            self._mark(logits, wave)
        for slot, count in committed.items():
            live = self._slots[slot].live
            if live is not None and live.taken > count:
                live.take([], count)

    def _mark(self, logits: torch.Tensor, placed: "Sequence[tuple[int, int]]") -> None:
        """Marks the rows at these places, of the requests in these slots."""
        open_rows: list[tuple[int, _Slot, Live]] = []
        for place, index in placed:
            slot = self._slots.get(index)
            if slot is not None and slot.begun and slot.live is None:
                wanted.end(logits[place], slot.params)
            if slot is None or slot.live is None or not slot.live.is_open:
                continue
            if slot.live.greedy and not self._is_bias:
                continue
            open_rows.append((place, slot, slot.live))
        if not open_rows:
            return
        if self._is_bias:
            rows = [Row(p, live, divisor=1.0 if live.greedy else s.params.temperature) for p, s, live in open_rows]
            mark(logits, rows, is_bias=True)
            return
        places = torch.tensor([place for place, _, _ in open_rows], device=logits.device)
        warped = _warp(logits.index_select(0, places), [slot.params for _, slot, _ in open_rows])
        rows = [Row(row, live, slot.top_k, slot.params.top_p) for row, (_, slot, live) in enumerate(open_rows)]
        mark(warped, rows, is_bias=False, truncate=truncate)
        # What the mark left alone, for a fault of the row, stays the engine's own.
        chosen = (warped > -torch.inf).sum(dim=-1, keepdim=True) == 1
        logits.index_copy_(0, places, torch.where(chosen, warped, logits.index_select(0, places)))

    def _read(self, slots: "Sequence[int]") -> None:
        """Brings the answers of these slots to the tokens that the device holds for them."""
        slots = [slot for slot in slots if slot in self._slots]
        if not slots:
            return
        tokens, totals = self._states.all_token_ids.gpu, self._states.total_len.gpu
        index = torch.tensor(slots, device=tokens.device)
        total = totals[index].long()
        at = total.unsqueeze(1) + torch.arange(-TAIL, 0, device=tokens.device)
        tail = tokens[index.unsqueeze(1), at.clamp_min(0)].long()
        for slot, (count, *last) in zip(slots, torch.cat((total.unsqueeze(1), tail), dim=1).tolist()):
            self._update(slot, count, last)

    def _update(self, slot: int, total: int, tail: list[int]) -> None:
        placed = self._slots[slot]
        if not placed.begun:
            placed.begun, placed.live = True, self._enter(slot, placed, total)
            return
        live = placed.live
        if live is None:
            return
        new = total - placed.prompt_length - live.taken
        overlaps = 0 <= new < TAIL and (live.taken == 0 or tail[TAIL - new - 1] == live.last)
        if overlaps:
            live.take(tail[TAIL - new :], live.taken)
        else:
            live.catch_up(self._whole(slot, placed.prompt_length, total))

    def _enter(self, slot: int, placed: _Slot, total: int) -> Live | None:
        placed.prompt_length = int(self._states.prompt_len.np[slot])
        whole = self._whole(slot, 0, total)
        prompt, tokens = whole[: placed.prompt_length], whole[placed.prompt_length :]
        live = wanted.begin(self._roster, placed.params, self._config, placed.number, prompt, tokens)
        if live is not None:
            live.catch_up(tokens)
        return live

    def _whole(self, slot: int, start: int, end: int) -> list[int]:
        return self._states.all_token_ids.gpu[slot, start:end].tolist()


def _warp(rows: torch.Tensor, params: "Sequence[SamplingParams]") -> torch.Tensor:
    """Temperature and min-p as the engine applies them, in place, to float32 [rows, vocabulary]."""
    rows /= torch.tensor([each.temperature for each in params], device=rows.device, dtype=rows.dtype).unsqueeze(1)
    if any(each.min_p > 0.0 for each in params):
        # p < min_p times the largest p, in logarithms; a min_p of 0 gives -inf and masks nothing.
        least = torch.tensor([each.min_p for each in params], device=rows.device, dtype=rows.dtype).log().unsqueeze(1)
        rows.masked_fill_(rows < rows.amax(dim=-1, keepdim=True) + least, -torch.inf)
    return rows
