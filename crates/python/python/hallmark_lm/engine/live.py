"""An answer in the making: a request of the mark, kept in step with the tokens that the engine holds for it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Protocol, Sequence

if TYPE_CHECKING:
    from hallmark_lm import DeviceKey, Request

PADDING = -1
"""What engines put where a token is sampled but not yet known on the host."""


class Tokens(Protocol):
    """An engine's own list of a request's tokens; -1 where one is not yet known."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: Any) -> Any: ...


class Live:
    """A request and the tokens of the engine's that it has taken in.

    The engine's list is the truth. It grows by a token a step; it is also cut, refilled and replaced, by preemption, by
    discarded steps or by rejected drafts. `catch_up` brings the request to whatever the list holds.
    """

    def __init__(self, request: "Request", *, greedy: bool = False, seed: int | None = None) -> None:
        """seed: of the ordinary randomness of marks that use it on a device; without it the operating system's."""
        self.request = request
        self.greedy = greedy
        self.uniforms = None if seed is None else random.Random(seed)
        self.tokens: list[int] = []
        self.device_key: "DeviceKey | None" = None

    @property
    def taken(self) -> int:
        return len(self.tokens)

    @property
    def last(self) -> int | None:
        """The last token taken in."""
        return self.tokens[-1] if self.tokens else None

    @property
    def is_open(self) -> bool:
        """Whether its next position is to be marked."""
        return self.request.is_marked and self.request.is_open

    def catch_up(self, tokens: Tokens, count: int | None = None) -> bool:
        """Takes in the first `count` tokens (all, by default). Says whether they all are known: then the request's next
        position is the engine's next position."""
        count = len(tokens) if count is None else count
        start = self.taken
        if start > count or (start > 0 and tokens[start - 1] != self.last):
            start = 0
        self.take(tokens[start:count], start)
        return self.taken == count

    def take(self, tokens: Sequence[int], start: int) -> None:
        """Makes the request's tokens its first `start` ones and these, up to the first that is not known.

        Raises HallmarkError for a token that the mark cannot address; the request is then as before.
        """
        known = list(tokens)
        if PADDING in known:
            known = known[: known.index(PADDING)]
        if known or start != self.taken:
            self.request.sync(known, start)
            self.tokens[start:] = known
