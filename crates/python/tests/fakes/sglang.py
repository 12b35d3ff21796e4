"""SGLang's scheduler and sampler, as a sampling backend meets them.

Made from sglang 0.5.23: `sglang/srt/layers/sampler.py` (Sampler, its order of calls, how backends are registered, the
torch truncation), `sglang/srt/sampling/sampling_batch_info.py` (a batch's fields, filter, merge, the copy for a
forward pass, the methods left to override), `sglang/srt/managers/schedule_batch.py` (Req, how a request is ended,
retraction) and `sglang/srt/model_executor/model_runner.py` (what is done to logits before the sampler, positions).
"""

from __future__ import annotations

import dataclasses
import sys
from array import array
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Sequence

import torch

from .model import END, VOCABULARY, Model

TOP_K_ALL = 1 << 30
FACTORIES: dict[str, Callable[[], "Sampler"]] = {}
ARGUMENTS = SimpleNamespace(speculative_algorithm=None)


@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = TOP_K_ALL
    min_p: float = 0.0
    max_new_tokens: int | None = 30
    ignore_eos: bool = True
    stop_token_ids: set[int] | None = None
    sampling_seed: int | None = None
    custom_params: dict[str, Any] | None = None
    allowed: list[int] | None = None

    def __post_init__(self) -> None:
        if self.temperature < 1e-6:
            self.temperature, self.top_k = 1.0, 1


class FINISH_ABORT:
    def __init__(self, message: str | None = None, status_code: int | None = None, err_type: str | None = None) -> None:
        self.message, self.status_code, self.err_type = message, status_code, err_type


class Req:
    def __init__(self, rid: str, origin_input_ids: Sequence[int], sampling_params: SamplingParams) -> None:
        self.rid = rid
        self.origin_input_ids = array("q", origin_input_ids)
        self.output_ids = array("q")
        self.sampling_params = sampling_params
        self.eos_token_ids = {END}
        self.to_finish: FINISH_ABORT | None = None
        # What was really sampled; under the overlap scheduler output_ids is a token behind.
        self.sampled: list[int] = []
        self.logprobs: list[torch.Tensor] = []

    @property
    def is_done(self) -> bool:
        return len(self.sampled) >= (self.sampling_params.max_new_tokens or 0) or self.to_finish is not None


@dataclass
class SamplingBatchInfo:
    temperatures: torch.Tensor
    top_ps: torch.Tensor
    top_ks: torch.Tensor
    min_ps: torch.Tensor
    is_all_greedy: bool
    need_top_p_sampling: bool
    need_top_k_sampling: bool
    need_min_p_sampling: bool
    vocab_size: int = VOCABULARY
    sampling_seed: torch.Tensor | None = None
    sampling_mask_batch_indices: torch.Tensor | None = None
    max_top_k: int | None = None
    has_custom_logit_processor: bool = False
    custom_params: list[Any] | None = None
    penalizer_orchestrator: Any = "penalties"

    @classmethod
    def from_schedule_batch(cls, batch: Any, vocab_size: int) -> "SamplingBatchInfo":
        params = [req.sampling_params for req in batch.reqs]
        made = cls(
            temperatures=torch.tensor([p.temperature for p in params]).view(-1, 1),
            top_ps=torch.tensor([p.top_p for p in params]),
            top_ks=torch.tensor([p.top_k for p in params], dtype=torch.int32),
            min_ps=torch.tensor([p.min_p for p in params]),
            is_all_greedy=all(p.top_k <= 1 for p in params),
            need_top_p_sampling=any(p.top_p != 1.0 for p in params),
            need_top_k_sampling=any(p.top_k != TOP_K_ALL for p in params),
            need_min_p_sampling=any(p.min_p > 0 for p in params),
        )
        made.adjusted_from_schedule_batch(batch, vocab_size)
        return made

    def adjusted_from_schedule_batch(self, batch: Any, vocab_size: int) -> None: ...

    def adjusted_merge_batch(self, other: "SamplingBatchInfo") -> None: ...

    def adjusted_filter_batch(self, keep_indices: list[int], keep_indices_device: torch.Tensor) -> None: ...

    def __len__(self) -> int:
        return len(self.temperatures)

    def filter_batch(self, keep_indices: list[int], keep_indices_device: torch.Tensor) -> None:
        for name in ("temperatures", "top_ps", "top_ks", "min_ps"):
            setattr(self, name, getattr(self, name)[keep_indices_device])
        self.adjusted_filter_batch(keep_indices, keep_indices_device)

    def merge_batch(self, other: "SamplingBatchInfo") -> None:
        for name in ("temperatures", "top_ps", "top_ks", "min_ps"):
            setattr(self, name, torch.cat([getattr(self, name), getattr(other, name)]))
        self.is_all_greedy &= other.is_all_greedy
        for name in ("need_top_p_sampling", "need_top_k_sampling", "need_min_p_sampling"):
            setattr(self, name, getattr(self, name) | getattr(other, name))
        self.adjusted_merge_batch(other)

    def copy_for_forward(self) -> "SamplingBatchInfo":
        return dataclasses.replace(self, penalizer_orchestrator=None)


class Sampler(torch.nn.Module):
    backend = "hallmark"

    def _preprocess_logits(self, logits: torch.Tensor, sampling_info: SamplingBatchInfo) -> torch.Tensor:
        return logits

    def forward(
        self,
        logits_output: Any,
        sampling_info: SamplingBatchInfo,
        return_logprob: bool,
        top_logprobs_nums: list[int],
        token_ids_logprobs: list[list[int]],
        positions: torch.Tensor,
        *,
        logprob_logits: torch.Tensor | None = None,
    ) -> torch.Tensor:
        logits = self._preprocess_logits(logits_output.next_token_logits, sampling_info)
        target = None
        if logprob_logits is not None:
            logprob_logits = self._preprocess_logits(logprob_logits, sampling_info)
            divisor = 1.0 if sampling_info.is_all_greedy else sampling_info.temperatures
            target = (logprob_logits / divisor).log_softmax(dim=-1)
        if sampling_info.is_all_greedy:
            tokens = logits.argmax(-1)
            logprobs = logits.log_softmax(dim=-1)
        else:
            simple = not (
                sampling_info.need_top_p_sampling
                or sampling_info.need_top_k_sampling
                or sampling_info.need_min_p_sampling
            )
            logits.div_(sampling_info.temperatures)
            logits[:] = logits.softmax(dim=-1)
            tokens, _ = self._sample_from_probs(logits, sampling_info, positions, simple)
            logprobs = logits.log()
        if return_logprob:
            logits_output.logprobs = logprobs if target is None else target
        return tokens

    def _sample_from_probs(
        self, probs: torch.Tensor, sampling_info: SamplingBatchInfo, positions: torch.Tensor, simple_sampling_case: bool
    ) -> tuple[torch.Tensor, None]:
        if simple_sampling_case:
            return torch.multinomial(probs, num_samples=1).view(-1).to(torch.int32), None
        if self.backend != "pytorch":
            raise ValueError(f"Invalid sampling backend: {self.backend}")
        tokens = top_k_top_p_min_p_sampling_from_probs_torch(
            probs,
            sampling_info.top_ks,
            sampling_info.top_ps,
            sampling_info.min_ps,
            sampling_info.need_min_p_sampling,
            sampling_info.sampling_seed,
            positions,
            max_top_k=sampling_info.max_top_k,
        )
        return tokens, None


class PytorchSampler(Sampler):
    backend = "pytorch"


def top_k_top_p_min_p_sampling_from_probs_torch(
    probs: torch.Tensor,
    top_ks: torch.Tensor,
    top_ps: torch.Tensor,
    min_ps: torch.Tensor,
    need_min_p_sampling: bool,
    sampling_seed: torch.Tensor | None,
    positions: torch.Tensor,
    *,
    return_filtered_probs: bool = False,
    max_top_k: int | None = None,
) -> torch.Tensor:
    held, order = probs.sort(dim=-1, descending=True)
    total = held.cumsum(dim=-1)
    held[torch.arange(held.shape[-1]).view(1, -1) >= top_ks.view(-1, 1)] = 0.0
    held[(total - held) > top_ps.view(-1, 1)] = 0.0
    if need_min_p_sampling:
        held[held < (held[:, 0] * min_ps).view(-1, 1)] = 0.0
    drawn = torch.multinomial(held, num_samples=1)
    return order.to(torch.int32).gather(1, drawn).view(-1)


def register_sampler_backend(backend: str, factory: Callable[[], Sampler]) -> None:
    FACTORIES[backend] = factory


def install(monkeypatch: Any) -> None:
    """Puts the modules that the adapter imports where Python finds them."""
    FACTORIES.clear()
    # The adapter adds to the class: each test gets a class of its own.
    info = type("SamplingBatchInfo", (SamplingBatchInfo,), {})
    held: dict[str, dict[str, Any]] = {
        "sglang": {},
        "sglang.srt": {},
        "sglang.srt.layers": {},
        "sglang.srt.layers.sampler": {
            "Sampler": Sampler,
            "register_sampler_backend": register_sampler_backend,
            "get_server_args": lambda: ARGUMENTS,
            "top_k_top_p_min_p_sampling_from_probs_torch": top_k_top_p_min_p_sampling_from_probs_torch,
        },
        "sglang.srt.sampling": {},
        "sglang.srt.sampling.sampling_batch_info": {"SamplingBatchInfo": info},
        "sglang.srt.managers": {},
        "sglang.srt.managers.schedule_batch": {"FINISH_ABORT": FINISH_ABORT, "Req": Req},
    }
    for name, members in held.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)
    sys.modules["sglang.srt.layers"].sampler = sys.modules["sglang.srt.layers.sampler"]  # type: ignore[attr-defined]


class Scheduler:
    """Batches and steps. `overlap`: results of a step are read after the next one was sampled."""

    def __init__(self, sampler: Sampler, model: Model, *, overlap: bool = False) -> None:
        self.sampler, self.model, self.overlap = sampler, model, overlap
        self.info_class = sys.modules["sglang.srt.sampling.sampling_batch_info"].SamplingBatchInfo
        self.running: list[Req] = []
        self._info: SamplingBatchInfo | None = None
        self._unread: list[tuple[Req, int]] = []

    def step(
        self, arriving: Sequence[Req] = (), *, retract: Sequence[Req] = (), unfinished_prompts: Sequence[Req] = ()
    ) -> None:
        """One step: the running requests decode, and those that arrive are read and give their first token; in SGLang
        these are two batches, of which one follows the other."""
        kept = [at for at, req in enumerate(self.running) if not req.is_done and not any(req is one for one in retract)]
        if self._info is not None:
            self._info.filter_batch(kept, torch.tensor(kept, dtype=torch.long))
        self.running = [self.running[at] for at in kept]
        if self.running and self._info is not None:
            self._forward(self.running, self._info)
        if arriving:
            info = self.info_class.from_schedule_batch(SimpleNamespace(reqs=list(arriving)), VOCABULARY)
            self._forward(list(arriving), info, unfinished_prompts)
            if unfinished_prompts:
                return
            if self._info is None:
                self._info = info
            else:
                self._info.merge_batch(info)
            self.running += list(arriving)

    def run(self, requests: Sequence[Req]) -> None:
        self.step([req for req in requests if not any(req is one for one in self.running)])
        while any(not req.is_done for req in self.running):
            self.step()
        self._read()
        self.running, self._info = [], None

    def _read(self) -> None:
        for req, token in self._unread:
            req.output_ids.append(token)
        self._unread = []

    def _forward(self, reqs: list[Req], info: SamplingBatchInfo, chunked: Sequence[Req] = ()) -> None:
        given = info.copy_for_forward()
        texts = [list(req.origin_input_ids) + req.sampled for req in reqs]
        positions = []
        for req, text in zip(reqs, texts):
            # A prompt read in chunks gives a row at the chunk's end.
            positions.append(1 if any(req is one for one in chunked) else len(text) - 1)
        logits = torch.stack([self.model.logits(text) for text in texts])
        for row, req in zip(logits, reqs):
            if req.sampling_params.allowed is not None:
                closed = torch.ones(VOCABULARY, dtype=torch.bool)
                closed[req.sampling_params.allowed] = False
                row.masked_fill_(closed, -torch.inf)
        output = SimpleNamespace(next_token_logits=logits)
        tokens = self.sampler(output, given, True, [0] * len(reqs), [None] * len(reqs), torch.tensor(positions))
        if self.overlap:
            self._read()
        for req, token, row in zip(reqs, tokens.tolist(), output.logprobs):
            if any(req is one for one in chunked):
                continue
            req.sampled.append(token)
            req.logprobs.append(row)
            self._unread.append((req, token))
        if not self.overlap:
            self._read()
