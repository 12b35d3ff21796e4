"""Types of the module in Rust. Arrays are anything with `__dlpack__` in the CPU's memory (numpy, torch, jax): they are worked on in
place, with the interpreter's lock released."""

import os
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

class Array(Protocol):
    def __dlpack__(self) -> Any: ...

__version__: str

class HallmarkError(ValueError):
    """What went wrong, and in these where, what to do next, and of which kind it is: usage, file, integrity or outside."""

    place: str | None
    hint: str | None
    kind: str
    failed_rows: list[int]
    """Of choose_rows and mark_rows: which rows failed. `results` has what the others came to."""
    results: list[Any]

class Profile:
    """The public description of a mark: scheme, window, parameters, tokenizer. It holds no secret."""

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Profile: ...
    @staticmethod
    def parse(text: str) -> Profile: ...
    @staticmethod
    def new(
        scheme: str = "gumbel",
        *,
        window: int | None = None,
        name: str | None = None,
        vocab_size: int | None = None,
        tokenizer: str | os.PathLike[str] | None = None,
        ring: int = 1,
    ) -> Profile:
        """A scheme at its usual parameters, native or another engine's, for a tokenizer.json or so many token ids."""
    def to_toml(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def scheme(self) -> str: ...
    @property
    def window(self) -> int: ...
    @property
    def vocab_size(self) -> int: ...
    @property
    def ring(self) -> int:
        """How many sub-keys each cohort has; 1 without a ring."""

class Key:
    """A secret key: a root's (its default cohort marks), a cohort's, or another engine's. `repr` shows the public id alone."""

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Key:
        """Reads a key file, whose mode must be 0600."""
    @staticmethod
    def generate() -> Key: ...
    def derive(self, epoch: str, cohort: str) -> Key: ...
    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a new file of mode 0600; nothing is overwritten."""
    @property
    def key_id(self) -> str: ...

class DeviceKey:
    """What a kernel on a device needs to make a mark's words (`hallmark_lm.device`). It is secret, and not shown or pickled."""

    scheme: str
    window: int
    streams: list[list[int]]
    parameters: dict[str, Any]

class Mark:
    """A profile under a key: what marks requests. Any number of threads may use it."""

    def __init__(self, profile: Profile, key: Key) -> None: ...
    def request(
        self,
        prompt: Sequence[int] | None = None,
        *,
        sub_key: int = 0,
        greedy: bool = False,
        capacity: int = 0,
        seed: int | None = None,
    ) -> Request:
        """Begins an answer. `prompt`: the tokens that it follows; `sub_key`: which of a ring's; `greedy`: only a mark that biases
        logits takes part; `seed`: of the ordinary randomness, which is the operating system's without one."""
    def device_key(self, sub_key: int = 0) -> DeviceKey: ...
    @property
    def scheme(self) -> str: ...
    @property
    def window(self) -> int: ...
    @property
    def vocab_size(self) -> int: ...
    @property
    def sub_keys(self) -> int: ...
    @property
    def key_id(self) -> str: ...
    @property
    def is_bias(self) -> bool:
        """Whether it biases logits (`green`) rather than choosing a token."""

class Choice:
    index: int
    token: int
    marked: bool

class Sampling:
    """Temperature (0: the likeliest token), then top_k (0: all), then top_p (1: all), then min_p (0: all)."""

    def __init__(self, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0, min_p: float = 0.0) -> None: ...
    @property
    def temperature(self) -> float: ...
    @property
    def top_k(self) -> int: ...
    @property
    def top_p(self) -> float: ...
    @property
    def min_p(self) -> float: ...

class Request:
    """One answer in the making, marked or not. One call at a time."""

    @property
    def is_marked(self) -> bool: ...
    @property
    def is_open(self) -> bool:
        """Whether the next position would be marked: enough tokens before it, and a window that is new in this answer."""
    @property
    def tokens(self) -> list[int]:
        """Those accepted so far; of an unmarked request they are only counted."""
    def __len__(self) -> int: ...
    @property
    def id(self) -> str | None:
        """In the ledger of a Serving."""
    @property
    def cohort(self) -> str | None: ...
    @property
    def sub_key(self) -> int | None: ...
    @property
    def why_unmarked(self) -> str | None: ...
    def choose(self, candidates: Sequence[int], logits: Array, uniform: float | None = None) -> Choice:
        """Among candidates that survived truncation, with their logits (float32, written over)."""
    def choose_row(self, logits: Array, uniform: float | None = None, sampling: Sampling | None = None) -> Choice:
        """From a whole row (float32, written over), whose index is the token."""
    def accept(self, token: int) -> None: ...
    def accept_all(self, tokens: Sequence[int]) -> None:
        """Several tokens; -1 is padding."""
    def rollback(self, count: int) -> None: ...
    def sync(self, tokens: Sequence[int], start: int = 0) -> None:
        """Makes the accepted tokens the first `start` of those there, and behind them `tokens` up to the first -1."""
    def clone(self) -> Request: ...
    def device_key(self) -> DeviceKey | None:
        """What a kernel on a device needs to make its words, of the key that it began with; None where it is not marked."""
    def reset(self) -> None: ...
    def give_up(self, why: str) -> None:
        """Stops marking it, where it must be served and can be marked no more; the ledger says so."""
    def finish(self, reason: str = "stop", *, sent: bool = True) -> None:
        """Ends it, and writes it to the ledger. One that is dropped unfinished is written as dropped."""

class Serving:
    """Which cohort's key marks which requests, by the policies of a serving file (docs/serving.md). Any number of threads may use it."""

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Serving: ...
    def begin(
        self,
        prompt: Sequence[int] | None = None,
        *,
        cohort: str | None = None,
        mark: bool | None = None,
        greedy: bool = False,
        answer: int = 0,
        group: str | None = None,
        number: int | None = None,
        capacity: int = 0,
        seed: int | None = None,
    ) -> Request:
        """Begins an answer. `cohort`: a label, the file's default without one; `mark`: False leaves it unmarked; `answer`: which of
        several to the prompt, and `group` what these share; `number`: the gateway's. Raises HallmarkError where fail_closed."""
    def reload(self) -> None:
        """Reads the file again, for requests that begin from now on; done by itself within a second of the file's change."""
    def device_key(self, cohort: str | None = None, sub_key: int = 0) -> DeviceKey: ...
    @property
    def trouble(self) -> str | None:
        """What was wrong when the file was last read again; the keys are then those from before."""
    @property
    def failures(self) -> int:
        """Requests so far that should have been marked and could not be."""
    @property
    def fail_closed(self) -> bool: ...
    @property
    def vocab_size(self) -> int: ...
    @property
    def scheme(self) -> str: ...
    @property
    def window(self) -> int: ...
    @property
    def ring(self) -> int: ...
    @property
    def cohorts(self) -> list[str]: ...
    @property
    def is_bias(self) -> bool: ...

class Policies:
    """A serving file without its profile and keys, for a process that admits requests and must hold no secret."""

    @staticmethod
    def load(path: str | os.PathLike[str]) -> Policies: ...
    @property
    def cohorts(self) -> list[str]: ...
    @property
    def default(self) -> str | None: ...
    @property
    def fail_closed(self) -> bool: ...
    @property
    def has_ledger(self) -> bool: ...

def choose_rows(
    requests: Sequence[Request | None],
    logits: Array,
    sampling: Sampling | Sequence[Sampling | None] | None = None,
    uniforms: Sequence[float] | None = None,
    accept: bool = True,
) -> list[int]:
    """A token for each row of logits, [rows, vocabulary] in float32, float16 or bfloat16, which is scratch space afterwards: under the
    mark at open positions, sampled ordinarily elsewhere; -1 for None. Without `sampling` rows are distributions already."""

def mark_rows(
    requests: Sequence[Request | None],
    logits: Array,
    sampling: Sampling | Sequence[Sampling | None] | None = None,
) -> list[bool]:
    """Prepares rows for an engine that samples afterwards; says which were marked. At open positions all but the chosen token become
    -inf, or the bias is added (`green`); elsewhere rows stay as they are, truncated where `sampling` is given. Accepts nothing."""

def open_windows(requests: Sequence[Request | None]) -> list[list[int] | None]:
    """For kernels on devices: the window of each row whose position is open, oldest token first."""

def sync_rows(requests: Sequence[Request | None], ids: Array, start: int = 0) -> None:
    """Makes each request's tokens those of its row of ids, int64 [rows, tokens], from column `start` on; -1 is padding."""

def set_threads(count: int) -> None:
    """How many threads share a step's rows and an examination; 0: one for each processor that the process may use."""

def detect(*arguments: Any) -> str: ...
def scan(*arguments: Any) -> str: ...
def examine(*arguments: Any) -> str: ...
def power(*arguments: Any) -> str: ...
