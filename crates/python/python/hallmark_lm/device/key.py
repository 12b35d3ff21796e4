"""Keys on a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    import torch

STREAMS: dict[str, tuple[str, ...]] = {
    "gumbel": ("main",),
    "dual-gumbel": ("coin", "a", "b"),
    "green": ("main",),
    "tournament": ("main",),
}
"""The streams of each scheme, in the order in which a device key lists them. Each name is the last field of the
stream's derivation from the cohort's key (scheme, PRF, window, stream). The coin of `dual-gumbel` is the lowest bit
of the word of token 0 under "coin": 0 takes the words of "a", 1 those of "b"."""


@runtime_checkable
class DeviceKey(Protocol):
    """What a device needs of a mark, had from `hallmark_lm.Mark.device_key`. Secret: it makes and reads the mark.

    streams: for each name in `STREAMS[scheme]`, in that order, the eight 32-bit words of the stream's ChaCha12 key,
    which are its 32 bytes read as little-endian. parameters: of `green` {"threshold": floor(gamma * 2**32), "delta":
    nats}, of `tournament` {"layers": 1 to 32}, else empty.
    """

    @property
    def scheme(self) -> str: ...
    @property
    def window(self) -> int: ...
    @property
    def streams(self) -> Sequence[Sequence[int]]: ...
    @property
    def parameters(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, repr=False, eq=False)
class LoadedKey:
    """One or more keys of one profile in a device's memory, where they stay secret only as long as that memory is."""

    scheme: str
    window: int
    threshold: int
    delta: float
    layers: int
    streams: torch.Tensor
    """int32 [keys, streams, 8]."""
    threshold_bits: torch.Tensor
    """int32 [1], the bits of the unsigned threshold."""

    def __repr__(self) -> str:
        keys, device = self.streams.shape[0], self.streams.device
        return f"LoadedKey(scheme={self.scheme!r}, window={self.window}, keys={keys}, device={str(device)!r}, <secret>)"

    def __reduce__(self) -> Any:
        raise TypeError("a loaded key is secret and is not written out; load it again from its mark where it is needed")

    @property
    def needs_uniforms(self) -> bool:
        return self.scheme in ("green", "tournament")

    def stream(self, stream: int | str) -> int:
        """The place of a stream, given by place or name."""
        names = STREAMS[self.scheme]
        if isinstance(stream, str) and stream in names:
            return names.index(stream)
        if isinstance(stream, int) and 0 <= stream < len(names):
            return stream
        allowed = ", ".join(f"{place} ({name!r})" for place, name in enumerate(names))
        raise ValueError(f"{self.scheme} has no stream {stream!r}; it has {allowed}")


def load(key: DeviceKey | Sequence[DeviceKey] | LoadedKey, device: torch.device | str) -> LoadedKey:
    """Copies keys to a device, once for many steps.

    Several keys (cohorts', or a ring's sub-keys) must be of one profile; `which` then says which of them marks each
    row.
    """
    import torch

    device = torch.device(device)
    if isinstance(key, LoadedKey):
        # "cuda" and "cuda:0" are one device to a caller, so only kinds are compared where no number was given.
        at = key.streams.device
        if at.type != device.type or (device.index is not None and at.index != device.index):
            raise ValueError(f"the key was loaded to {at} and the rows are on {device}; load it there too")
        return key
    keys = list(key) if isinstance(key, Sequence) else [key]
    if not keys:
        raise ValueError("no key was given; load at least one")
    first = keys[0]
    for other in keys:
        _check(other)
        if _public(other) != _public(first):
            raise ValueError("keys loaded together must share scheme, window and parameters; load others apart")
    words = [[[_signed(word) for word in stream] for stream in each.streams] for each in keys]
    parameters = first.parameters
    threshold = int(parameters.get("threshold", 0))
    return LoadedKey(
        scheme=first.scheme,
        window=int(first.window),
        threshold=threshold,
        delta=float(parameters.get("delta", 0.0)),
        layers=int(parameters.get("layers", 0)),
        streams=torch.tensor(words, dtype=torch.int32, device=device),
        threshold_bits=torch.tensor([_signed(threshold)], dtype=torch.int32, device=device),
    )


def _public(key: DeviceKey) -> tuple[str, int, dict[str, Any]]:
    return key.scheme, key.window, dict(key.parameters)


def _signed(word: int) -> int:
    return word - (1 << 32) if word >= 1 << 31 else word


def _check(key: DeviceKey) -> None:
    """Errors name what is wrong and never a word of the key."""
    names = STREAMS.get(key.scheme)
    if names is None:
        known = ", ".join(STREAMS)
        raise ValueError(f"{key.scheme!r} does not run on devices; of the marks, {known} do")
    if not 1 <= key.window <= 4:
        raise ValueError(f"the key's window is {key.window} tokens; marks are made with 1 to 4")
    shapes = [len(stream) for stream in key.streams]
    if shapes != [8] * len(names):
        raise ValueError(
            f"a {key.scheme} key has {len(names)} streams of 8 words, this one has streams of {shapes} words"
        )
    if not all(0 <= word < 1 << 32 for stream in key.streams for word in stream):
        raise ValueError("a word of the key is not an unsigned 32-bit number")
    parameters = key.parameters
    if key.scheme == "green" and not 0 <= parameters["threshold"] < 1 << 32:
        raise ValueError(f"the green threshold is {parameters['threshold']}; it is 0 to 2**32 - 1")
    if key.scheme == "tournament" and not 1 <= parameters["layers"] <= 32:
        raise ValueError(f"the tournament has {parameters['layers']} layers; it may have 1 to 32")
