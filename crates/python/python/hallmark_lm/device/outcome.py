"""What a step gave, row by row, and why a row gave nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


class Fault(IntEnum):
    """Why no token can be drawn from a row. Where several apply, the largest is reported."""

    NONE = 0
    MASKED = 1
    INFINITE = 2
    NAN = 3


_REASONS = {
    Fault.MASKED: "all tokens are masked; the grammar or the truncation leaves nothing to choose from",
    Fault.INFINITE: "a logit is +inf; mask the other tokens with -inf to force a token",
    Fault.NAN: "a logit is NaN; mask a token with -inf, and look for overflow in the model",
}


class RowFault(ValueError):
    """Rows of logits that no token can be drawn from. `faults` maps rows to `Fault`."""

    def __init__(self, faults: dict[int, Fault]) -> None:
        self.faults = faults
        row, fault = next(iter(faults.items()))
        more = f" ({len(faults) - 1} more rows have faults)" if len(faults) > 1 else ""
        super().__init__(f"row {row}: {_REASONS[fault]}{more}")


@dataclass
class Outcome:
    """tokens: int64 [rows], -1 where none was chosen. faults: int32 [rows] of `Fault`, 0 for rows that are not open."""

    tokens: torch.Tensor
    faults: torch.Tensor

    def check(self) -> torch.Tensor:
        """The tokens. Waits for the device; raises RowFault where an open row is not usable."""
        faults = self.faults.tolist()
        found = {row: Fault(fault) for row, fault in enumerate(faults) if fault}
        if found:
            raise RowFault(found)
        return self.tokens
