"""The native marks where the logits are: words, choices and biases as Triton kernels, with a torch fallback.

Triton is used where the tensors are on CUDA and Triton is installed, torch on any other device.
`implementation="triton"` or `"torch"` asks for one of them; under `TRITON_INTERPRET=1`, set before the first import,
Triton's interpreter runs the kernels on a CPU.

Words, and what is decided by integers (a green token, a window's coin, a tournament's bits), are those of the Rust
library bit for bit. What floats decide is equal but at near ties:

- `gumbel`, `dual-gumbel`: torch takes the noise in 64 bits as Rust does, so only logarithms that differ in their last
  bit can decide otherwise. Triton compares the tokens of one chunk of 2,048 in 32 bits (an error below 1e-5 nats) and
  the chunks' best in 64.
- `tournament`, and the draw after `green`: one 64-bit uniform falls on tokens laid end to end. Weights are 32-bit
  floats summed in another order than Rust's, so a uniform that falls within about 1e-6 of a boundary may give the
  neighbour. The distribution is the same, and with another source of uniforms only the distribution is.

A score under the key is computed from words alone, so none of this touches a detection.

With a loaded key (`load`) the Triton path copies nothing between host and device and waits for nothing, but for
`Outcome.check`. Which positions are open, and under which windows, is the requests' to say: `hallmark_lm.open_windows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import arguments, implementations
from .key import STREAMS, DeviceKey, LoadedKey, load
from .outcome import Fault, Outcome, RowFault

if TYPE_CHECKING:
    import torch

__all__ = [
    "STREAMS",
    "DeviceKey",
    "Fault",
    "LoadedKey",
    "Outcome",
    "RowFault",
    "bias",
    "candidate_words",
    "choose",
    "load",
    "mark",
    "words",
]


def words(
    key: DeviceKey | Sequence[DeviceKey] | LoadedKey,
    stream: int | str,
    windows: torch.Tensor,
    vocab: int,
    *,
    which: torch.Tensor | None = None,
    implementation: str | None = None,
) -> torch.Tensor:
    """The words of tokens 0 to `vocab` - 1 after each window, `chacha12-v1`.

    stream: its place or name in `STREAMS[key.scheme]`. windows: [rows, key.window] of an integer dtype, oldest token
    first; -1 is a missing token, and only the low 24 bits of an id count. which: [rows], which of several keys each
    row has.

    Returns int32 [rows, vocab]: the bits of the unsigned words, so `.view(torch.uint32)` gives their values.
    """
    loaded = load(key, windows.device)
    arguments.check_windows(windows, loaded.window)
    arguments.check_vocab(vocab)
    arguments.check_which(which, windows, loaded)
    kernels = implementations.pick(windows, implementation)
    return kernels.words(loaded, loaded.stream(stream), windows, vocab, which)


def candidate_words(
    key: DeviceKey | Sequence[DeviceKey] | LoadedKey,
    stream: int | str,
    windows: torch.Tensor,
    tokens: torch.Tensor,
    *,
    which: torch.Tensor | None = None,
    implementation: str | None = None,
) -> torch.Tensor:
    """The words of each row's own tokens: tokens and the result are [rows, candidates]. The rest is as for `words`."""
    loaded = load(key, windows.device)
    arguments.check_windows(windows, loaded.window)
    arguments.check_tokens(tokens, windows)
    arguments.check_which(which, windows, loaded)
    kernels = implementations.pick(windows, implementation)
    return kernels.candidate_words(loaded, loaded.stream(stream), windows, tokens, which)


def choose(
    key: DeviceKey | Sequence[DeviceKey] | LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None = None,
    uniforms: torch.Tensor | None = None,
    *,
    candidates: torch.Tensor | None = None,
    which: torch.Tensor | None = None,
    implementation: str | None = None,
) -> Outcome:
    """A token for each open row.

    logits: [rows, vocabulary] in float32, float16 or bfloat16, unit stride in the last dimension, in nats after
    temperature, penalties, grammar and truncation; -inf masks a token, which is then never chosen. Under `green` the
    bias is added to the open rows in place; other schemes leave logits alone.
    windows: [rows, key.window], as for `words`; what stands in the rows that are not open does not matter.
    open: bool [rows], by default all. Other rows stay as they are.
    uniforms: [rows] in [0, 1), the ordinary randomness of `tournament` and `green`; drawn from torch's generator
    where not given.
    candidates: [rows, candidates], where logits are of these token ids and not of the whole vocabulary; ids below 0 are
    padding, and their logits must be -inf.

    Returns tokens, -1 for rows that are not open or not usable, and faults: a row with NaN or +inf, or masked
    throughout, is unchanged and says so. `Outcome.check()` raises for them. Scratch memory: `tournament` takes 8
    bytes for each logit.
    """
    loaded = load(key, logits.device)
    arguments.check_rows(logits, windows, open, uniforms, loaded.window)
    arguments.check_which(which, windows, loaded)
    kernels = implementations.pick(logits, implementation)
    if loaded.needs_uniforms:
        uniforms = arguments.uniforms(uniforms, logits)
    if candidates is not None:
        arguments.check_candidates(candidates, logits)
        return kernels.choose_candidates(loaded, candidates, logits, windows, open, uniforms, which)
    return kernels.choose(loaded, logits, windows, open, uniforms, which)


def bias(
    key: DeviceKey | Sequence[DeviceKey] | LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None = None,
    *,
    which: torch.Tensor | None = None,
    implementation: str | None = None,
) -> torch.Tensor:
    """Adds the bias of `green` to the open rows in place, for engines that truncate and sample afterwards.

    Arguments are as for `choose`. Returns faults, int32 [rows] of `Fault`; a row with one is unchanged.
    Raises ValueError for schemes that choose a token.
    """
    loaded = load(key, logits.device)
    arguments.check_rows(logits, windows, open, None, loaded.window)
    arguments.check_which(which, windows, loaded)
    if loaded.scheme != "green":
        raise ValueError(f"{loaded.scheme} chooses a token and is no bias; use choose or mark")
    return implementations.pick(logits, implementation).bias(loaded, logits, windows, open, which)


def mark(
    key: DeviceKey | Sequence[DeviceKey] | LoadedKey,
    logits: torch.Tensor,
    windows: torch.Tensor,
    open: torch.Tensor | None = None,
    uniforms: torch.Tensor | None = None,
    *,
    which: torch.Tensor | None = None,
    implementation: str | None = None,
) -> torch.Tensor:
    """Makes the engine's own sampler follow the mark, in place: the bias under `green`, else all but the chosen token
    become -inf. Arguments are as for `choose`, over whole rows. Returns faults, int32 [rows]; a row with one is
    unchanged.
    """
    loaded = load(key, logits.device)
    if loaded.scheme == "green":
        return bias(loaded, logits, windows, open, which=which, implementation=implementation)
    outcome = choose(loaded, logits, windows, open, uniforms, which=which, implementation=implementation)
    implementations.keep_only(logits, outcome.tokens)
    return outcome.faults
