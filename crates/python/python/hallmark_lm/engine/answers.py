"""Which of several answers to one prompt a request is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Hashable


@dataclass
class _Group:
    name: str
    next: int = 0
    inside: int = 0


class Answers:
    """Numbers the answers to one prompt that are made at one time, from 0, in the order in which they enter.

    Engines split a request for n answers into n requests, and their samplers see no name that ties these together. So
    requests for one prompt with the same wishes and settings are taken to be its answers while any of them is in the
    batch; strangers who ask the same at the same time are taken for siblings too. A number is not given again before
    all have left.
    """

    def __init__(self) -> None:
        self._groups: dict[Hashable, _Group] = {}
        self._made = 0

    def enter(self, prompt: Hashable, *, again: bool = False) -> tuple[int, str]:
        """The answer's number and its group's name. again: it has a number, and keeps it."""
        group = self._groups.get(prompt)
        if group is None:
            self._made += 1
            group = self._groups[prompt] = _Group(f"prompt-{self._made}")
        number = group.next
        group.next += not again
        group.inside += 1
        return number, group.name

    def leave(self, prompt: Hashable) -> None:
        if prompt in self._groups:
            self._groups[prompt].inside -= 1

    def settle(self) -> None:
        """Forgets the prompts of which no answer is inside; after a step's requests have entered and left."""
        for prompt in [prompt for prompt, group in self._groups.items() if group.inside <= 0]:
            del self._groups[prompt]
