"""`chacha12-v1` in torch: any device, integer operations only.

IETF ChaCha (RFC 8439, section 2.3) with 12 rounds. Words are 32-bit and int32 holds their bits: addition wraps as
unsigned addition does, and a right shift is masked to be a logical one. A row of the cipher's 4 x 4 state is a tensor
[4, lanes]; a lane is a block, and lanes never meet.
"""

from __future__ import annotations

import torch

_CONSTANTS = (0x6170_7865, 0x3320_646E, 0x7962_2D32, 0x6B20_6574)
_DOUBLE_ROUNDS = 6
_SLOTS = 4
_MISSING = 0x00FF_FFFF

GROUP = 256
"""Tokens whose words lie in the same sixteen blocks: word i of block b is that of token 16 i + b."""


def row_words(keys: torch.Tensor, windows: torch.Tensor, vocab: int) -> torch.Tensor:
    """The words of tokens 0 to vocab - 1: keys int32 [rows, 8], windows [rows, slots]; returns int32 [rows, vocab]."""
    rows, groups = keys.shape[0], -(-vocab // GROUP)
    counters = torch.arange(groups * 16, dtype=torch.int32, device=keys.device).expand(rows, -1)
    blocks = _blocks(keys, nonces(windows), counters)
    in_order = blocks.view(16, rows, groups, 16).permute(1, 2, 0, 3)
    return in_order.reshape(rows, groups * GROUP)[:, :vocab]


def cell_words(keys: torch.Tensor, windows: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
    """The words of each row's own tokens: keys int32 [rows, 8], tokens [rows, candidates], a block for each."""
    tokens = tokens.to(torch.int32) & _MISSING
    blocks = _blocks(keys, nonces(windows), ((tokens >> 8) << 4) | (tokens & 15))
    index = ((tokens >> 4) & 15).to(torch.int64)
    return blocks.gather(0, index.view(1, -1)).view(tokens.shape)


def nonces(windows: torch.Tensor) -> torch.Tensor:
    """Windows [rows, slots], oldest first, as int32 [rows, 3]: 24 bits a slot, little-endian, unused ones all ones."""
    slots = torch.full((windows.shape[0], _SLOTS), _MISSING, dtype=torch.int32, device=windows.device)
    slots[:, : windows.shape[1]] = windows.to(torch.int32) & _MISSING
    a, b, c, d = slots.unbind(1)
    return torch.stack((a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8), dim=1)


def _blocks(keys: torch.Tensor, nonces: torch.Tensor, counters: torch.Tensor) -> torch.Tensor:
    """Blocks [16, rows * blocks] of counters [rows, blocks], slab after slab of lanes."""
    rows, blocks = counters.shape
    lanes = rows * blocks
    counters = counters.reshape(-1)
    out = torch.empty((16, lanes), dtype=torch.int32, device=keys.device)
    slab = _slab(keys.device)
    for start in range(0, lanes, slab):
        end = min(start + slab, lanes)
        row = torch.arange(start, end, device=keys.device) // blocks
        _slab_blocks(keys.T[:, row], nonces.T[:, row], counters[start:end], out[:, start:end])
    return out


def _slab(device: torch.device) -> int:
    """Lanes at a time: what stays in a processor's cache, or, elsewhere, what keeps scratch below half a gigabyte."""
    return 1 << 13 if device.type == "cpu" else 1 << 22


def _slab_blocks(keys: torch.Tensor, nonces: torch.Tensor, counters: torch.Tensor, out: torch.Tensor) -> None:
    """keys [8, lanes], nonces [3, lanes], counters [lanes], out [16, lanes]."""
    lanes = counters.shape[0]
    constants = torch.tensor(_CONSTANTS, dtype=torch.int32, device=counters.device)
    start = torch.cat((constants[:, None].expand(4, lanes), keys, counters[None], nonces))
    a, b, c, d = start.clone().view(4, 4, lanes).unbind(0)
    spare = torch.empty_like(a)
    for _ in range(_DOUBLE_ROUNDS):
        a, b, c, d, spare = _round(a, b, c, d, spare)
        b, c, d = b.roll(-1, 0), c.roll(-2, 0), d.roll(-3, 0)
        a, b, c, d, spare = _round(a, b, c, d, spare)
        b, c, d = b.roll(1, 0), c.roll(2, 0), d.roll(3, 0)
    torch.add(torch.cat((a, b, c, d)), start, out=out)


def _round(
    a: torch.Tensor, b: torch.Tensor, c: torch.Tensor, d: torch.Tensor, spare: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Four quarter rounds, one in each column."""
    for left, right in ((16, 12), (8, 7)):
        a.add_(b)
        d, spare = _rotate(d.bitwise_xor_(a), left, spare)
        c.add_(d)
        b, spare = _rotate(b.bitwise_xor_(c), right, spare)
    return a, b, c, d, spare


def _rotate(x: torch.Tensor, bits: int, spare: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """x rotated left, in `spare`; x becomes the spare tensor."""
    torch.bitwise_right_shift(x, 32 - bits, out=spare)
    spare.bitwise_and_((1 << bits) - 1)
    spare.add_(x, alpha=1 << bits)
    return spare, x
