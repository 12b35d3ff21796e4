"""Where an engine's processes find `serving.toml`."""

from __future__ import annotations

import os
from functools import lru_cache

from hallmark_lm import HallmarkError, Serving

from .admission import Admission

VARIABLE = "HALLMARK_SERVING"
"""The environment variable that holds the file's path. Engines hand their environment to the processes that they
start, and check requests in another process than they sample in; both need the file."""


def path() -> str:
    """Raises HallmarkError where the variable is not set."""
    found = os.environ.get(VARIABLE)
    if not found:
        raise HallmarkError(
            f"{VARIABLE} is not set, so there is no serving.toml to mark under; set it to the file's path before the "
            "engine starts"
        )
    return os.path.abspath(found)


def serving() -> Serving:
    """For the process that samples: profile, keys, policies and ledger, loaded once; they follow changes of the file by
    themselves. Raises HallmarkError where the file cannot be used."""
    return _serving(path())


def admission() -> Admission:
    """For the process that admits requests, which needs no keys and must not open the ledger."""
    return _admission(path())


@lru_cache(maxsize=8)
def _serving(at: str) -> Serving:
    return Serving.load(at)


@lru_cache(maxsize=8)
def _admission(at: str) -> Admission:
    return Admission(at)
