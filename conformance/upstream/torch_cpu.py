"""torch's CPU generator, on which every list of the KGW family rests."""

import hashlib
import struct

import torch

from .draw import Draw


def vectors(seed):
    draw = Draw(seed, "vectors/torch-cpu")
    cases = []
    for _ in range(12):
        number, count = draw.bits(draw.whole(8, 63)), draw.vocab_size(200_000)
        permutation = torch.randperm(count, generator=_seeded(number))
        floats = torch.rand(count, generator=_seeded(number))
        bits = torch.randint(0, 2, (count,), generator=_seeded(number))
        cases.append(
            {
                "seed": number,
                "count": count,
                "randperm_sha256": _digest("I", permutation.tolist()),
                "rand_f32_sha256": _digest("f", floats.tolist()),
                "randint2_sha256": _digest("I", bits.tolist()),
            }
        )
    yield {"scheme": "torch-cpu", "upstream": f"torch {torch.__version__}, CPU", "torch": cases}


def _seeded(seed):
    return torch.Generator().manual_seed(seed)


def _digest(kind, values):
    return hashlib.sha256(struct.pack(f"<{len(values)}{kind}", *values)).hexdigest()
