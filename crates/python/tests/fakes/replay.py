"""What a marked answer must be, found again without the adapter: position by position, from the model and the key."""

from __future__ import annotations

from typing import Sequence

import numpy
import torch

import hallmark_lm

from .model import Model
from .vllm_v1 import Answer, penalize


def survivors(row: torch.Tensor, answer: Answer) -> tuple[list[int], list[float]]:
    """The tokens that temperature, min-p, top-k and top-p leave of a penalized row, in vLLM's order, with their
    logits. In 64 bits and by sorting: nothing of the adapter's or the engine's."""
    params = answer.params
    logits = row.double() / params.temperature
    p = logits.softmax(dim=-1)
    kept = p >= p.max() * params.min_p
    p = torch.where(kept, p, 0.0)
    order = p.argsort(descending=True).tolist()
    order = [token for token in order if p[token] > 0][: params.top_k or None]
    total = sum(p[token].item() for token in order)
    held, nucleus = 0.0, []
    for token in order:
        if held >= params.top_p * total:
            break
        nucleus.append(token)
        held += p[token].item()
    nucleus.sort()
    return nucleus, [logits[token].item() for token in nucleus]


def expected(
    model: Model, answer: Answer, mark: hallmark_lm.Mark, sub_key: int = 0
) -> tuple[list[int | None], list[set[int]]]:
    """For each position of an answer the token that the key chooses, None where the position is not open; and the
    tokens that the engine could have drawn."""
    tokens = answer.sampled
    chosen: list[int | None] = []
    allowed: list[set[int]] = []
    request = mark.request(answer.prompt, sub_key=sub_key)
    shown = Answer(answer.prompt, answer.params)
    for token in tokens:
        row = model.logits(answer.prompt + shown.sampled)
        if answer.params.allowed is not None:
            closed = torch.ones(len(row), dtype=torch.bool)
            closed[answer.params.allowed] = False
            row = row.masked_fill(closed, -torch.inf)
        penalize(row, shown)
        candidates, logits = survivors(row, answer)
        allowed.append(set(candidates))
        if request.is_open:
            chosen.append(request.choose(candidates, numpy.asarray(logits, dtype=numpy.float32)).token)
        else:
            chosen.append(None)
        request.accept(token)
        shown.sampled.append(token)
    return chosen, allowed


def assert_marked(model: Model, answers: Sequence[Answer], mark: hallmark_lm.Mark, sub_key: int = 0) -> None:
    """Every open position has the key's token, and there are many; every token is one that the engine could have
    drawn."""
    opened = 0
    for answer in answers:
        chosen, allowed = expected(model, answer, mark, sub_key)
        for token, key_token, could in zip(answer.sampled, chosen, allowed):
            assert token in could
            if key_token is not None:
                assert token == key_token
                opened += 1
    assert opened > 0.6 * sum(len(answer.sampled) for answer in answers) > 0
