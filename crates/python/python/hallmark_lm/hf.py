"""Hugging Face transformers: a mark as a `watermarking_config` of `generate`.

    import hallmark_lm as hl
    from hallmark_lm import hf

    mark = hl.Mark(hl.Profile.load("profile.toml"), hl.Key.load("cohort.key"))
    model.generate(**inputs, do_sample=True, max_new_tokens=200, watermarking_config=hf.Watermark(mark))

`generate` puts it behind temperature, truncation and every other processor, so that the mark chooses among exactly the tokens that
would have been sampled from; rows whose position is not marked stay bit for bit as they were, and so do greedy requests, but for
`green`, which biases logits. Rows may end, and be reordered by beams; what an assistant drafted and the model refused is taken back. With
beams the ledger counts what was taken back: it is then no whole log. `n` answers to a prompt follow the serving file's policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import torch
from transformers import LogitsProcessor
from transformers.generation.configuration_utils import BaseWatermarkingConfig

from . import HallmarkError, Mark, Request, Serving, mark_rows, open_windows, sync_rows


class Watermark(BaseWatermarkingConfig):
    """A mark for `generate(watermarking_config=…)`; one may be used any number of times, one after another.

    `mark`: a Mark, or a Serving, whose policies then decide by `cohort` and whose ledger is kept. `eos_token_id`: ends a row, whose
    request is then finished; without it a row ends when the next call of `generate` begins, or with `finish`. `greedy`: say so where
    `do_sample` is false, which `generate` tells nobody: only a mark that biases logits then takes part. `hf.generate` does all this."""

    def __init__(
        self,
        mark: Mark | Serving,
        *,
        cohort: str | None = None,
        eos_token_id: int | Iterable[int] | None = None,
        greedy: bool = False,
    ) -> None:
        self.mark = mark
        self.cohort = cohort
        self.greedy = greedy
        ends = () if eos_token_id is None else eos_token_id
        self.ends = frozenset((ends,) if isinstance(ends, int) else ends)
        self._processor: MarkProcessor | None = None

    def validate(self) -> None:
        """Nothing can be wrong: the mark was checked when it was made."""

    def construct_processor(self, vocab_size: int, device: Any = None) -> "MarkProcessor":
        self.finish()
        self._processor = MarkProcessor(
            self.mark, cohort=self.cohort, ends=self.ends, greedy=self.greedy
        )
        return self._processor

    def finish(self, ids: torch.Tensor | None = None) -> None:
        """Ends the requests of the last call; `ids`, what `generate` returned, tells the tokens that its last step added."""
        if self._processor is not None:
            self._processor.finish(ids)
            self._processor = None

    def to_dict(self) -> dict[str, Any]:
        return {"mark": repr(self.mark), "cohort": self.cohort}

    def __deepcopy__(self, memo: dict[int, Any]) -> "Watermark":
        # `generate` copies its settings; key and ledger are one.
        return self

    def __iter__(self) -> Any:
        return iter(self.to_dict().items())

    def __repr__(self) -> str:
        return f"Watermark({self.mark!r})"


class MarkProcessor(LogitsProcessor):
    """The mark as a LogitsProcessor, for one call of `generate`. It must be the last one: behind temperature and truncation."""

    supports_continuous_batching = False

    def __init__(
        self,
        mark: Mark | Serving,
        *,
        cohort: str | None = None,
        ends: Iterable[int] = (),
        greedy: bool = False,
    ) -> None:
        self._mark = mark
        self._cohort = cohort
        self._greedy = greedy
        self._ends = frozenset(ends)
        self._requests: list[Request | None] = []
        self._prompt = 0
        self._keys: Any = None
        self._rows_with_keys: list[int] = []
        self._before: torch.Tensor | None = None

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """`input_ids`: [rows, tokens], prompt and answer; `scores`: [rows, vocabulary], written over and returned."""
        ids = input_ids.detach().cpu().contiguous()
        if not self._requests:
            self._prompt = ids.shape[1]
            seen: Counter[tuple[int, ...]] = Counter()
            for prompt in map(tuple, ids.tolist()):
                self._requests.append(self._begin(prompt, seen[prompt]))
                seen[prompt] += 1
        if self._ends:
            self._end(ids)
        self._refuse_ring_in_beams(ids)
        sync_rows(self._requests, ids, self._prompt)
        chosen: Any = self._choose(scores)  # a FloatTensor to transformers' annotations alone
        return chosen

    def _refuse_ring_in_beams(self, ids: torch.Tensor) -> None:
        """Beams put tokens that one sub-key marked behind another's, and no record could say which is whose."""
        if not any(request is not None and request.sub_key is not None for request in self._requests):
            return
        before, self._before = self._before, ids
        if before is not None and not torch.equal(ids[:, : before.shape[1]], before):
            raise HallmarkError("rows took each other's tokens, as beams do: a profile with a ring of keys cannot mark them")

    def finish(self, ids: torch.Tensor | None = None) -> None:
        """Ends all requests that have not ended."""
        if ids is not None and ids.shape[0] == len(self._requests):
            ids = ids.detach().cpu().contiguous()
            self._end(ids)
            sync_rows(self._requests, ids, self._prompt)
        for request in self._requests:
            if request is not None:
                request.finish("length")
        self._requests = []

    def _begin(self, prompt: tuple[int, ...], answer: int) -> Request:
        """The request of a row: rows with one prompt are answers to it, numbered from 0."""
        if isinstance(self._mark, Serving):
            group = f"{id(self)}-{hash(prompt)}"
            return self._mark.begin(prompt, cohort=self._cohort, greedy=self._greedy, answer=answer, group=group)
        return self._mark.request(prompt, greedy=self._greedy)

    def _end(self, ids: torch.Tensor) -> None:
        if ids.shape[1] <= self._prompt:
            return
        for row, (request, last) in enumerate(zip(self._requests, ids[:, -1].tolist())):
            if request is not None and last in self._ends:
                request.sync(ids[row, self._prompt :].tolist())
                request.finish("stop")
                self._requests[row] = None

    def _choose(self, scores: torch.Tensor) -> torch.Tensor:
        if scores.device.type == "cpu":
            rows = scores.detach()
            if rows.stride(-1) != 1:
                rows = rows.contiguous()
            mark_rows(self._requests, rows)
            return rows
        return self._choose_on_device(scores)

    def _choose_on_device(self, scores: torch.Tensor) -> torch.Tensor:
        """The same where the scores are, by the kernels of `hallmark_lm.device`."""
        from . import device

        windows = open_windows(self._requests)
        is_open = [window is not None for window in windows]
        if not any(is_open):
            return scores
        if self._keys is None:
            # Each request's own, which a rotation meanwhile does not change.
            marked = [(row, request) for row, request in enumerate(self._requests) if request and request.is_marked]
            keys = {row: key for row, request in marked if (key := request.device_key()) is not None}
            self._rows_with_keys = list(keys)
            self._keys = device.load(list(keys.values()), scores.device)
        places = {row: place for place, row in enumerate(self._rows_with_keys)}
        empty = [0] * self._keys.window
        held = torch.tensor([window or empty for window in windows], device=scores.device)
        which = torch.tensor([places.get(row, 0) for row in range(len(windows))], device=scores.device)
        device.mark(self._keys, scores, held, torch.tensor(is_open, device=scores.device), which=which)
        return scores


def generate(model: Any, inputs: Any = None, *, mark: Mark | Serving, cohort: str | None = None, **settings: Any) -> Any:
    """`model.generate(inputs, **settings)` under a mark, sampled unless `do_sample` or a `generation_config` says otherwise.

    Every marked token is the one that the mark chooses among those that the settings leave. Each row's request is finished when it
    ends, and written to the ledger of a Serving with the tokens as they were sampled. Returns what `model.generate` returns."""
    config = settings.get("generation_config")
    if config is None:
        config = model.generation_config
        settings.setdefault("do_sample", True)
    ends = settings.get("eos_token_id", config.eos_token_id)
    greedy = not settings.get("do_sample", config.do_sample)
    watermark = Watermark(mark, cohort=cohort, eos_token_id=ends, greedy=greedy)
    if isinstance(inputs, dict) or hasattr(inputs, "keys"):
        settings = {**inputs, **settings}
        inputs = None
    made = model.generate(inputs, watermarking_config=watermark, **settings)
    watermark.finish(getattr(made, "sequences", made))
    return made
