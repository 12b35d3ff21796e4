"""A harvest index file, read and made again from its sources (docs/formats.md, "Harvest index")."""
import bisect
import hashlib
import re
import struct

from mpmath import mp, mpf

MASK = (1 << 64) - 1
COUNTINGS = ("occurrences", "answers", "first-visits")


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


def under(value, sub_key):
    """The hash of a window under a sub-key of a ring."""
    return finalize(value ^ finalize(sub_key + 1))


def count_of(code):
    if code <= 127:
        return code + 1
    i = code - 127
    power = mp.floor(mpf(2) ** (mpf(i) / 5) * 2**32) / 2**32
    return min(int(mp.floor(128 * power)), (1 << 32) - 1)


COUNTS = [count_of(code) for code in range(256)]


def code_of_count(count):
    """That of the nearest count, the lowest of two."""
    above = min(bisect.bisect_left(COUNTS, count), 255)
    return min((code for code in (above - 1, above) if code >= 0), key=lambda code: (abs(COUNTS[code] - count), code))


def code_of_visit(t):
    """⌊4·log₂ t⌋: the number of whole binary digits of t⁴."""
    return (t**4).bit_length() - 1


def codes(answers, h, counting, sub_keys=1):
    """The code of each hash, and how many windows were counted."""
    found, total = {}, 0
    for answer in answers:
        last = len(answer.tokens) + (1 if counting == "first-visits" else 0)
        windows = [tuple(answer.tokens[i - h : i]) for i in range(h, last)]
        for window in dict.fromkeys(windows) if counting == "answers" else windows:
            total, value = total + 1, window_hash(window)
            if sub_keys > 1:
                value = under(value, answer.sub_key)
            if counting == "first-visits":
                found.setdefault(value >> 8 << 8, total)
            else:
                found[value] = found.get(value, 0) + 1
    code = code_of_visit if counting == "first-visits" else code_of_count
    return {value: code(number) for value, number in found.items()}, total


def missing(answers, in_order):
    """Numbers between the first id's and the last one's that no answer has, and answers without a token."""
    gaps = 0
    if in_order and answers:
        numbers = [int(re.search("[0-9]+$", str(answer.id))[0]) for answer in answers]
        gaps = numbers[-1] - numbers[0] + 1 - len(numbers)
    return min(gaps + sum(not answer.tokens for answer in answers), (1 << 32) - 1)


def make(answers, header):
    """The whole file, from the answers and the parts of a header that do not follow from them."""
    table, total = codes(answers, header["window"], header["counting"], header["sub_keys"])
    order = sorted(table)
    first = sum(value >> 56 == 0 for value in order)
    bits = min(max((256 * first // 16).bit_length() - 1, 10), 32)
    marked, sources = header["marked_by"], header["sources_sha256"]
    head = b"HMHARVST" + struct.pack("<I4B", header["version"], header["window"], bits, 24, bool(marked) | 4 * bool(sources))
    head += bytes.fromhex(marked or "00" * 8) + bytes(32) + struct.pack("<QQQ", len(answers), total, len(order))
    gone = missing(answers, header["claims"] & 2) if header["counting"] == "first-visits" else 0
    head += struct.pack("<BBBxIQ", COUNTINGS.index(header["counting"]), header["claims"], header["sub_keys"] - 1, gone, header["made"] or 0)
    head += bytes.fromhex(sources or "00" * 32)
    offsets = [bisect.bisect_left(order, bucket << 64 - bits) for bucket in range((1 << bits) + 1)]
    entries = [(value >> 8 & 0xFFFFFF) << 8 | table[value] for value in order]
    data = head + struct.pack(f"<{len(offsets)}Q", *offsets) + struct.pack(f"<{len(entries)}I", *entries)
    return data + hashlib.sha256(data).digest()


class Index:
    def __init__(self, path):
        self.data = data = path.read_bytes()
        version = struct.unpack_from("<I", data, 8)[0]
        if data[:8] != b"HMHARVST" or version not in (1, 2):
            raise SystemExit(f"{path}: not an index of version 1 or 2")
        self.digest = data[-32:].hex()
        if hashlib.sha256(data[:-32]).hexdigest() != self.digest:
            raise SystemExit(f"{path}: its content does not match its digest")
        self.h, self.bits = data[12], data[13]
        self.marked_by = data[16:24].hex() if data[15] & 1 else None
        self.answers, self.windows, self.distinct = struct.unpack_from("<QQQ", data, 56)
        self.counting, self.claims, self.sub_keys = COUNTINGS[data[80]], data[81], data[82] + 1
        if version == 1 and any(data[80:128]) or data[14] != 24 or data[15] & ~7 or data[83] or data[82] and data[80] != 2:
            raise SystemExit(f"{path}: its header is not one of version {version}")
        self.made = struct.unpack_from("<Q", data, 88)[0] or None
        self.sources = data[96:128].hex() if data[15] & 4 else None
        first = self.counting == "first-visits"
        self.as_sampled, self.missing = (self.claims == 3, struct.unpack_from("<I", data, 84)[0]) if first else (None, None)
        buckets = (1 << self.bits) + 1
        self.offsets = struct.unpack_from(f"<{buckets}Q", data, 128)
        self.entries = struct.unpack_from(f"<{self.distinct}I", data, 128 + 8 * buckets)
        if len(data) != 128 + 8 * buckets + 4 * self.distinct + 32:
            raise SystemExit(f"{path}: its length does not match its header")
        self.header = {"version": version, "window": self.h, "counting": self.counting, "marked_by": self.marked_by}
        self.header |= {"claims": self.claims, "sub_keys": self.sub_keys, "made": self.made, "sources_sha256": self.sources}

    def codes(self, window, sub_key=0):
        value = window_hash(window)
        if self.sub_keys > 1:
            value = under(value, sub_key)
        bucket = value >> 64 - self.bits
        return [e & 255 for e in self.entries[self.offsets[bucket] : self.offsets[bucket + 1]] if e >> 8 == value >> 8 & 0xFFFFFF]

    def count(self, window):
        return sum(COUNTS[code] for code in self.codes(window))

    def first_visit(self, window, sub_key=0):
        """The code of the window's first visit, under a sub-key; None if it was never visited."""
        return min(self.codes(window, sub_key), default=None)
