"""vLLM's first model runner: a logits processor over its persistent batch.

Where it sits. The runner's sampler takes the model's logits through grammar, allowed tokens, bad words, processors
that may move the arg-max, penalties, temperature, processors that do not, top-k and top-p, and then draws
(`vllm/v1/sample/sampler.py`). A mark that chooses is among those that do not: greedy rows were decided before it, it
sees the row after penalties, temperature and min-p, takes top-k and top-p itself, and leaves one token for the engine
to draw. A bias (`green`) is among those that may, so that greedy answers carry it too: it is added before the
penalties and the temperature, times the temperature, so that it is the profile's own size when the engine draws.

What is drawn elsewhere does not change: no randomness of torch is used here, and rows without a mark are not touched.
The log-probabilities that vLLM returns by default (`raw_logprobs`) were taken before any processor.
`processed_logprobs` are of the one token that is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from vllm.v1.sample.logits_processor import BatchUpdate, LogitsProcessor, MoveDirectionality

from ..engine import Live, Row, mark
from ..engine.settings import serving
from . import params as wanted
from .truncate import truncate

if TYPE_CHECKING:

    from vllm import SamplingParams
    from vllm.config import VllmConfig


class _Placed:
    """A request of the batch: its answer, and the engine's own objects. One that must not be served has no answer."""

    def __init__(
        self, live: Live | None, params: "SamplingParams", prompt: list[int] | None, tokens: list[int]
    ) -> None:
        self.live, self.params, self.tokens = live, params, tokens
        self.prompt_length = len(prompt or ())
        self.top_k = wanted.top_k(params)
        self.divisor = 1.0 if wanted.is_greedy(params) else params.temperature


class V1(LogitsProcessor):
    """The mark of `serving.toml` as a custom logits processor, `hallmark_lm.vllm:V1`."""

    @classmethod
    def validate_params(cls, sampling_params: "SamplingParams") -> None:
        wanted.refuse(sampling_params)

    def __init__(self, vllm_config: "VllmConfig", device: torch.device, is_pin_memory: bool) -> None:
        self._config = vllm_config
        self._is_bias = serving().is_bias
        self._roster = wanted.roster(vllm_config, device)
        self._rows: dict[int, _Placed] = {}
        self._entered = 0

    def is_argmax_invariant(self) -> bool:
        return not self._is_bias

    def update_state(self, batch_update: BatchUpdate | None) -> None:
        if batch_update is None:
            return
        for index in batch_update.removed:
            self._leave(self._rows.pop(index, None))
        for index, params, prompt, tokens in batch_update.added:
            # A request may be put where another was without a word of that one.
            self._leave(self._rows.pop(index, None))
            self._rows[index] = self._enter(params, prompt, tokens)
        for origin, target, direction in batch_update.moved:
            moved, replaced = self._rows.pop(origin, None), self._rows.pop(target, None)
            if moved is not None:
                self._rows[target] = moved
            if direction == MoveDirectionality.SWAP:
                if replaced is not None:
                    self._rows[origin] = replaced
            else:
                self._leave(replaced)
        self._roster.settle()

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        """Marks the open rows of [requests, vocabulary] in place."""
        rows = []
        for index, placed in self._rows.items():
            if placed.live is None:
                wanted.end(logits[index], placed.params)
                continue
            # The list was completed by the engine just before; a token that is missing all the same leaves the row
            # alone.
            if not placed.live.catch_up(placed.tokens) or not placed.live.is_open:
                continue
            if placed.live.greedy and not self._is_bias:
                continue
            rows.append(Row(index, placed.live, placed.top_k, placed.params.top_p, placed.divisor))
        failed = mark(logits, rows, is_bias=self._is_bias, truncate=truncate)
        if failed and serving().fail_closed:
            for row in failed:
                wanted.end(logits[row.place], self._rows[row.place].params)
        return logits

    def _enter(self, params: "SamplingParams", prompt: list[int] | None, tokens: list[int]) -> _Placed:
        self._entered += 1
        live = wanted.begin(self._roster, params, self._config, self._entered, prompt, tokens)
        return _Placed(live, params, prompt, tokens)

    def _leave(self, placed: _Placed | None) -> None:
        if placed is None or placed.live is None:
            return
        placed.live.catch_up(placed.tokens)
        room = self._config.model_config.max_model_len - placed.prompt_length
        # Placeholders count: the engine knows that it sampled there.
        reason = wanted.reason_at_end(placed.params, len(placed.tokens), placed.live.last, room)
        self._roster.leave(placed.live, reason)
