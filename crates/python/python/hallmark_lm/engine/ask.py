"""What a request asks of the mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from hallmark_lm import HallmarkError

NAMES = ("hallmark", "hallmark_cohort", "hallmark_answer")
"""What a request may say: whether to mark it, the label of its cohort, and which of several answers to a prompt it
is."""


@dataclass(frozen=True)
class Ask:
    """A request's wishes. They hold a label and never a key: `serving.toml` says which key a label means."""

    mark: bool | None = None
    """None: as the server's file has it."""
    cohort: str | None = None
    answer: int | None = None
    """From 0. None: the adapter numbers answers to one prompt that are made at one time."""

    @classmethod
    def parse(cls, options: Mapping[str, Any] | None) -> "Ask":
        """Reads the `hallmark` options among those a client sent; others are left to whom they concern.

        Raises HallmarkError for a name that does not exist or a value that does not fit. It never repeats the value:
        what a client put there may be a key.
        """
        own = {name: value for name, value in (options or {}).items() if str(name).startswith("hallmark")}
        for name in own:
            if name not in NAMES:
                raise HallmarkError(
                    f"a request has the option {name!r}, which does not exist; a request may have {', '.join(NAMES)} "
                    "(keys stay with the server, which maps labels to them)"
                )
        mark, cohort, answer = (own.get(name) for name in NAMES)
        if mark is not None and (not isinstance(mark, (bool, int)) or mark not in (0, 1)):
            raise HallmarkError("the option 'hallmark' of a request is not true, false, 1 or 0; give one of these")
        if cohort is not None and not _is_label(cohort):
            raise HallmarkError("the option 'hallmark_cohort' of a request is not a label; give the text of one")
        if answer is not None and (isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer < 2**32):
            raise HallmarkError("the option 'hallmark_answer' of a request is not a whole number from 0, below 2**32; give one")
        return cls(None if mark is None else bool(mark), cohort, answer)


def _is_label(value: Any) -> bool:
    """Whether a label can be called so: 1 to 128 bytes of text."""
    try:
        return isinstance(value, str) and 0 < len(value.encode()) <= 128
    except UnicodeEncodeError:
        return False
