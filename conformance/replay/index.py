"""A harvest index file (docs/formats.md, "Harvest index")."""
import hashlib
import struct

from mpmath import mp, mpf

MASK = (1 << 64) - 1


def finalize(x):
    x ^= x >> 33
    x = x * 0xFF51AFD7ED558CCD & MASK
    x ^= x >> 33
    x = x * 0xC4CEB9FE1A85EC53 & MASK
    return x ^ x >> 33


def window_hash(window):
    pairs = [sum(token << 24 * i for i, token in enumerate(window[j : j + 2])) for j in range(0, len(window), 2)]
    value = finalize(pairs[0] + (len(window) << 56) & MASK)
    for pair in pairs[1:]:
        value = finalize(value ^ finalize(pair + 1))
    return value


def count_of(code):
    if code <= 127:
        return code + 1
    i = code - 127
    power = mp.floor(mpf(2) ** (mpf(i) / 5) * 2**32) / 2**32
    return min(int(mp.floor(128 * power)), (1 << 32) - 1)


class Index:
    def __init__(self, path):
        data = path.read_bytes()
        if data[:8] != b"HMHARVST" or struct.unpack_from("<I", data, 8)[0] != 1:
            raise SystemExit(f"{path}: not an index of version 1")
        self.digest = data[-32:].hex()
        if hashlib.sha256(data[:-32]).hexdigest() != self.digest:
            raise SystemExit(f"{path}: its content does not match its digest")
        self.h, self.bits = data[12], data[13]
        self.marked_by = data[16:24].hex() if data[15] & 1 else None
        self.answers, self.windows, self.distinct = struct.unpack_from("<QQQ", data, 56)
        buckets = (1 << self.bits) + 1
        self.offsets = struct.unpack_from(f"<{buckets}Q", data, 128)
        self.entries = struct.unpack_from(f"<{self.distinct}I", data, 128 + 8 * buckets)
        if len(data) != 128 + 8 * buckets + 4 * self.distinct + 32:
            raise SystemExit(f"{path}: its length does not match its header")

    def count(self, window):
        value = window_hash(window)
        bucket = value >> 64 - self.bits
        found = [e & 255 for e in self.entries[self.offsets[bucket] : self.offsets[bucket + 1]] if e >> 8 == value >> 8 & 0xFFFFFF]
        return sum(count_of(code) for code in found)
