"""What vLLM's SamplingParams say that matters to the mark."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Sequence

import torch

from hallmark_lm import HallmarkError

from ..engine import Ask, Live, Roster, Tokens
from ..engine.settings import admission, serving

if TYPE_CHECKING:
    from vllm import SamplingParams
    from vllm.config import VllmConfig

log = logging.getLogger("hallmark_lm")

GREEDY_BELOW = 1e-5
"""Temperatures below it are greedy to vLLM (`_SAMPLING_EPS`)."""


def is_greedy(params: "SamplingParams") -> bool:
    return params.temperature < GREEDY_BELOW


def top_k(params: "SamplingParams") -> int:
    """0: all. vLLM has 0 or -1 for that."""
    return max(params.top_k, 0)


def reason_at_end(params: "SamplingParams", count: int, last: int | None, room: int | None) -> str | None:
    """Why an answer of `count` tokens, the last of which is `last`, is done; None where its tokens do not say so.

    room: how many tokens the model's context leaves it.
    """
    if last is not None and last in _stop_tokens(params) and count >= (params.min_tokens or 0):
        return "stop"
    limits = [limit for limit in (params.max_tokens, room) if limit is not None]
    return "length" if limits and count >= min(limits) else None


def _stop_tokens(params: "SamplingParams") -> set[int]:
    stops: set[int] = set(params.stop_token_ids or ())
    if not params.ignore_eos:
        stops |= set(getattr(params, "all_stop_token_ids", ()))
    return stops


def refuse(params: "SamplingParams") -> None:
    """Raises ValueError, which vLLM answers with HTTP 400, for a request that asks what cannot be given.

    Where the server's file is open, that is only a request whose options make no sense; where it fails closed, also one
    that names a cohort which is not there.
    """
    admission().check(Ask.parse(params.extra_args))


def wishes_of(params: "SamplingParams") -> Ask:
    """What an admitted request asks for. What makes no sense was refused on admission; where it was not, the default
    holds."""
    try:
        return Ask.parse(params.extra_args)
    except HallmarkError:
        return Ask()


def roster(config: "VllmConfig", device: torch.device) -> Roster:
    """The answers in the making of this process.

    Raises HallmarkError where the serving file cannot be used.
    """
    on_device = torch.device(device).type != "cpu"
    return Roster(serving(), on_device=on_device, groups=ranks(config) == 1)


def begin(
    roster: Roster,
    params: "SamplingParams",
    config: "VllmConfig",
    entered: int,
    prompt: Sequence[int] | None,
    tokens: Tokens,
) -> Live | None:
    """The answer of a request that entered the batch; None where it must not be served.

    Admission let it in, so that is rare: its cohort was taken out of the file meanwhile, or the ledger cannot be
    written.
    """
    try:
        return roster.enter(
            wishes_of(params),
            prompt,
            tokens,
            greedy=is_greedy(params),
            settings=(params.temperature, params.top_p, params.top_k, params.min_p, params.max_tokens),
            capacity=params.max_tokens or 0,
            seed=seed_of(params, config, entered),
        )
    except HallmarkError as error:
        log.error("a request is ended, because serving fails closed: %s", error)
        return None


def end(row: torch.Tensor, params: "SamplingParams") -> None:
    """Leaves a row nothing but the end of the answer, so that no text goes out. A sampler cannot refuse a request."""
    row.fill_(float("-inf"))
    row[min(_stop_tokens(params), default=0)] = 0.0


def seed_of(params: "SamplingParams", config: "VllmConfig", entered: int) -> int | None:
    """The seed of a request's ordinary randomness: its own, or, where several ranks sample the same rows, one that
    they share."""
    if params.seed is not None:
        return int(params.seed) % 2**64
    if ranks(config) > 1:
        return (int(config.model_config.seed or 0) << 32) + entered
    return None


def ranks(config: "VllmConfig") -> int:
    """How many processes sample the same rows."""
    return int(getattr(config.parallel_config, "tensor_parallel_size", 1))
