"""llama.cpp through llama-cpp-python: a mark in `create_completion` and `create_chat_completion`.

    import hallmark_lm as hl
    from hallmark_lm import llama_cpp
    from llama_cpp import Llama

    llama = Llama("model.gguf", logits_all=False)
    mark = hl.Mark(hl.Profile.load("profile.toml"), hl.Key.load("cohort.key"))
    with llama_cpp.marked(mark, temperature=0.8, top_k=40, top_p=0.95, min_p=0.05) as settings:
        llama.create_chat_completion(messages, max_tokens=200, **settings)

llama-cpp-python runs a processor of logits before the samplers of its chain, so temperature and truncation are applied here, and the
chain is set to leave what follows alone: what is sampled is what top-k, top-p, min-p and temperature leave, in this order of
`hallmark_lm.Sampling`, under the mark. Penalties and grammars of the chain come behind a choice that is made already: use neither with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from llama_cpp import LogitsProcessorList, llama_model_get_vocab, llama_vocab_is_eog

from . import HallmarkError, Mark, Request, Sampling, Serving, mark_rows

NEUTRAL: dict[str, Any] = {
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "min_p": 0.0,
    "typical_p": 1.0,
    "repeat_penalty": 1.0,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
}
"""Settings of the chain under which it samples from the logits as they are."""


class MarkProcessor:
    """A processor of logits for one completion. `generated` are the tokens that it saw; `finish` ends the request."""

    def __init__(self, mark: Mark | Serving, sampling: Sampling, cohort: str | None = None) -> None:
        if sampling.temperature == 0:
            raise HallmarkError("temperature 0 takes the likeliest token, and no mark that chooses has a part in it; leave the mark out")
        self._mark = mark
        self._sampling = sampling
        self._cohort = cohort
        self._request: Request | None = None
        self._prompt = 0

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """`input_ids`: prompt and answer so far; `scores`: one row of logits, written over and returned."""
        ids = [int(token) for token in input_ids]
        if self._request is None:
            self._prompt = len(ids)
            self._request = self._begin(ids)
        accepted = len(self._request)
        new = len(ids) - self._prompt
        if new == accepted + 1:
            self._request.accept(ids[-1])
        else:
            self._request.sync(ids[self._prompt :])
        row = np.ascontiguousarray(scores, dtype=np.float32)
        mark_rows([self._request], row, self._sampling)
        if row is not scores:
            scores[:] = row
        return scores

    def finish(self, reason: str = "stop", *, tokens: list[int] | None = None) -> None:
        """Ends the request; `tokens`, the whole answer, adds what the last step sampled."""
        if self._request is not None:
            if tokens is not None:
                self._request.sync(tokens)
            self._request.finish(reason)
            self._request = None

    def _begin(self, prompt: list[int]) -> Request:
        if isinstance(self._mark, Serving):
            return self._mark.begin(prompt, cohort=self._cohort)
        return self._mark.request(prompt)


@contextmanager
def marked(
    mark: Mark,
    *,
    temperature: float = 0.8,
    top_k: int = 40,
    top_p: float = 0.95,
    min_p: float = 0.05,
) -> Iterator[dict[str, Any]]:
    """Settings of one completion under a mark, to be passed on as keywords. The defaults are those of llama-cpp-python.

    What the last step sampled is not told to processors, so no ledger can be kept here: `generate` keeps one, and takes a Serving."""
    if not isinstance(mark, Mark):
        raise HallmarkError("marked() takes a Mark: a Serving, whose ledger needs every token, goes with generate()")
    yield _settings(MarkProcessor(mark, Sampling(temperature, top_k, top_p, min_p)))


def generate(
    llama: Any,
    prompt: Sequence[int],
    mark: Mark | Serving,
    *,
    max_tokens: int,
    temperature: float = 0.8,
    top_k: int = 40,
    top_p: float = 0.95,
    min_p: float = 0.05,
    cohort: str | None = None,
) -> Iterator[int]:
    """The tokens that follow the prompt's, until one ends the answer or there are `max_tokens`; the one that ends it is the last.

    With a Serving the answer is in its ledger with the tokens as they were sampled, whether all of them were taken or not."""
    processor = MarkProcessor(mark, Sampling(temperature, top_k, top_p, min_p), cohort)
    tokens: list[int] = []
    reason = "cancelled"
    settings = {("temp" if name == "temperature" else name): value for name, value in _settings(processor).items()}
    try:
        for token in llama.generate(list(prompt), **settings):
            tokens.append(int(token))
            yield tokens[-1]
            if _ends(llama, tokens[-1]):
                reason = "stop"
                return
            if len(tokens) >= max_tokens:
                reason = "length"
                return
    finally:
        processor.finish(reason, tokens=tokens)


def _settings(processor: MarkProcessor) -> dict[str, Any]:
    return {**NEUTRAL, "logits_processor": LogitsProcessorList([processor])}


def _ends(llama: Any, token: int) -> bool:
    """Whether a token ends an answer: the end of the text, of a turn, or another that the vocabulary says does."""
    return bool(llama_vocab_is_eog(llama_model_get_vocab(llama.model), token))
