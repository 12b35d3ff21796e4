"""What the adapters of serving engines share: what a request asks for, the answers in the making, and marking rows.

An adapter says which rows there are, which tokens each has, and what its engine still does to a row afterwards; the
rest is here. Nothing here knows an engine.
"""

from __future__ import annotations

from .ask import Ask
from .live import Live, Tokens
from .roster import Roster
from .rows import Row, mark

__all__ = ["Ask", "Live", "Roster", "Row", "Tokens", "mark"]
