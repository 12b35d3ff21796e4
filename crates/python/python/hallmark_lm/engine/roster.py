"""The answers in the making on one server: those in the batch, and those that left it and may come back."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Hashable, Sequence

from hallmark_lm import HallmarkError

from .answers import Answers
from .ask import Ask
from .live import Live, Tokens

if TYPE_CHECKING:
    from hallmark_lm import DeviceKey, Request, Serving

KEPT = 4096
"""Answers that left the batch unfinished and are kept for their return, at most."""
KEPT_SECONDS = 300.0


@dataclass(frozen=True)
class _Identity:
    """What an answer that returns to the batch has in common with itself before."""

    prompt: Hashable
    ask: Ask
    greedy: bool
    settings: Hashable


class Roster:
    """Begins, keeps and ends requests.

    An engine says that a request left the batch, not why: it may be done, taken away by the client, or preempted.
    Where the tokens say that it is done it ends here; else it is kept, and an answer that enters with the same
    prompt, the same wishes and all of its tokens is taken for it, so that it goes on under its sub-key, number and
    ledger record.
    """

    def __init__(
        self,
        serving: "Serving",
        *,
        on_device: bool = False,
        groups: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """on_device: whether rows are on a GPU, whose kernels need each answer's key.
        groups: False where several processes sample the same rows, which would not agree on a group's first sub-key; a
        seed that they share then decides."""
        self.serving = serving
        self._on_device = on_device
        self._groups = groups
        self._answers = Answers()
        self._identities: dict[Live, _Identity] = {}
        self._away: OrderedDict[Live, float] = OrderedDict()
        self._clock = clock

    def enter(
        self,
        ask: Ask,
        prompt: Sequence[int] | None,
        tokens: Tokens = (),
        *,
        greedy: bool = False,
        settings: Hashable = None,
        capacity: int = 0,
        seed: int | None = None,
    ) -> Live:
        """The answer of a request that entered the batch, with the tokens that it has already.

        prompt: None where the engine holds no token ids of it (prompts given as embeddings).
        settings: what the answers to one prompt have in common, so that strangers are told from them.
        capacity: how many tokens it may become. seed: of the ordinary randomness under marks that use it.
        Raises HallmarkError where the file says to refuse what cannot be marked.
        """
        name: Hashable = object() if prompt is None else (len(prompt), hash(tuple(prompt)))
        identity = _Identity(name, ask, greedy, settings)
        if len(tokens) and (live := self._returning(identity, tokens)) is not None:
            del self._away[live]
            self._answers.enter(identity, again=True)
            return live
        answer, group = self._answers.enter(identity)
        try:
            request = self.serving.begin(
                None if prompt is None else list(prompt),
                cohort=ask.cohort,
                mark=ask.mark,
                greedy=greedy,
                answer=answer if ask.answer is None else ask.answer,
                group=group if self._groups else None,
                capacity=capacity,
                seed=seed,
            )
        except BaseException:
            self._answers.leave(identity)
            raise
        live = Live(request, greedy=greedy, seed=seed)
        if self._on_device and request.is_marked:
            live.device_key = self._device_key(request)
        self._identities[live] = identity
        return live

    def leave(self, live: Live, reason: str | None = None) -> None:
        """Says that the answer left the batch. reason: why it is done, where that is known."""
        self._answers.leave(self._identities[live])
        if reason is None:
            self._away[live] = self._clock()
        else:
            self._end(live, reason)

    def settle(self) -> None:
        """After all that entered and left in a step: what has been away for long is ended."""
        self._answers.settle()
        oldest = self._clock() - KEPT_SECONDS
        while self._away:
            live, left = next(iter(self._away.items()))
            if left > oldest and len(self._away) <= KEPT:
                break
            del self._away[live]
            self._end(live, GONE)

    def _device_key(self, request: "Request") -> "DeviceKey | None":
        try:
            return request.device_key()
        except HallmarkError:
            # Another engine's mark, which has no kernels here: its rows come to the host.
            return None

    def _returning(self, identity: _Identity, tokens: Tokens) -> Live | None:
        """The answer that left with these tokens: of several that fit, the one that has most of them."""
        fitting = [
            live
            for live in reversed(self._away)
            if self._identities[live] == identity
            and 0 < live.taken <= len(tokens)
            and list(tokens[: live.taken]) == live.tokens
        ]
        return max(fitting, key=lambda live: live.taken, default=None)

    def _end(self, live: Live, reason: str) -> None:
        del self._identities[live]
        live.request.finish(reason)


GONE = "gone"
"""The reason in the ledger of an answer that left the batch and did not return: a stop string, or the client went
away."""
