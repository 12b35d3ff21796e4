#!/usr/bin/env python3
"""Makes index-v2.json: small harvest indexes, written in plain Python from docs/formats.md.

Run: python3 index_v2.py > index-v2.json
"""

import hashlib
import json
import struct
from collections import Counter

MASK = (1 << 64) - 1


def finalize(x):
    """The 64-bit finalizer of MurmurHash3."""
    x ^= x >> 33
    x = x * 0xFF51AFD7ED558CCD & MASK
    x ^= x >> 33
    x = x * 0xC4CEB9FE1A85EC53 & MASK
    return x ^ x >> 33


def window_hash(window):
    pairs = [window[i] | (window[i + 1] << 24 if i + 1 < len(window) else 0) for i in range(0, len(window), 2)]
    state = finalize(pairs[0] + (len(window) << 56))
    for pair in pairs[1:]:
        state = finalize(state ^ finalize(pair + 1))
    return state


def value(code):
    if code < 128:
        return code + 1
    i = code - 127
    fifth = integer_root(2 ** (32 * 5 + i % 5))  # floor(2^32 * 2^((i mod 5)/5))
    return min((128 * fifth << i // 5) >> 32, 2**32 - 1)


def integer_root(n):
    """The fifth root of n, rounded down."""
    low, high = 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**5 <= n else (low, middle)
    return low


VALUES = [value(code) for code in range(256)]


def code(count):
    return min(range(256), key=lambda c: (abs(VALUES[c] - count), c))


def time_code(time):
    """The largest c with 2^(c/4) <= time."""
    c = 0
    while 1 << c + 1 <= time**4:
        c += 1
    return c


def under(window, sub_key):
    """The hash of a window under a sub-key of a ring."""
    return finalize(window ^ finalize(sub_key + 1))


def codes_of(answers, window, counting, sub_keys):
    """Hash and code of each window, and how many windows were read."""
    if counting.startswith("first-visits"):
        first, time = {}, 0
        for number, answer in enumerate(answers):
            for at in range(window, len(answer) + 1):
                time += 1
                visited = window_hash(answer[at - window : at])
                if sub_keys > 1:
                    visited = under(visited, number % sub_keys)
                # Only the bits above the lowest eight tell windows apart.
                first.setdefault(visited >> 8, time_code(time))
        return {h << 8: c for h, c in first.items()}, time
    counts = Counter()
    for answer in answers:
        own = [window_hash(answer[at - window : at]) for at in range(window, len(answer))]
        counts.update(set(own) if counting == "answers" else own)
    return {h: code(count) for h, count in counts.items()}, sum(counts.values())


COUNTING = {
    "occurrences": bytes([0, 0]),
    "answers": bytes([1, 0]),
    "first-visits": bytes([2, 3]),
    "first-visits, as read": bytes([2, 0]),
}


def index(answers, window, tokenizer, key_id, counting, made, sources, sub_keys):
    counts, total = codes_of(answers, window, counting, sub_keys)
    first = sum(1 for h in counts if h >> 56 == 0)
    bits = min(max((max(first * 256 // 16, 1)).bit_length() - 1, 10), 32)
    header = b"HMHARVST" + struct.pack("<IBBB", 2, window, bits, 24)
    header += bytes([(sources is not None) << 2 | (tokenizer is not None) << 1 | (key_id is not None)])
    header += bytes.fromhex(key_id or "00" * 8) + bytes.fromhex(tokenizer or "00" * 32)
    header += struct.pack("<QQQ", len(answers), total, len(counts))
    missing = struct.pack("<I", 7 if counting.startswith("first") else 0)
    header += COUNTING[counting] + bytes([sub_keys - 1, 0]) + missing + struct.pack("<Q", made) + bytes.fromhex(sources or "00" * 32)
    assert len(header) == 128
    hashes = sorted(counts)
    offsets, at = b"", 0
    for bucket in range((1 << bits) + 1):
        while at < len(hashes) and hashes[at] >> 64 - bits < bucket:
            at += 1
        offsets += struct.pack("<Q", at)
    entries = b"".join(struct.pack("<I", h & 0xFFFFFF00 | counts[h]) for h in hashes)
    content = header + offsets + entries
    return header, entries, content + hashlib.sha256(content).digest()


def stream(seed, length, vocabulary):
    ids = []
    for i in range(length):
        ids.append(finalize(seed << 32 | i) % vocabulary)
    return ids


def main():
    tokenizer = hashlib.sha256(b"a tokenizer").hexdigest()
    cases = [
        ("empty", [[], [5]], 1, None, None, "occurrences"),
        ("plain", [[5, 6, 7, 5, 6, 8], [5, 6, 9]], 2, None, "0123456789abcdef", "answers"),
        ("largest ids", [[16777214, 0, 16777214, 16777214, 0]], 3, tokenizer, None, "occurrences"),
        ("often", [[1, 2] * 700, stream(1, 300, 3)], 4, tokenizer, "00000000000000ff", "answers"),
        ("often, every time", [[1, 2] * 700, stream(1, 300, 3)], 4, tokenizer, "00000000000000ff", "occurrences"),
        ("long windows", [stream(2, 40, 1000)], 7, None, None, "occurrences"),
        ("more buckets", [stream(3, 60000, 5000)], 2, None, None, "occurrences"),
        ("first visits", [[5, 6, 7, 5, 6], [5], [6, 8], [5, 6, 9], [6, 7, 5]], 2, None, "0123456789abcdef", "first-visits"),
        ("first visits, as read", [[1, 2] * 700, stream(1, 300, 3)], 1, tokenizer, "00000000000000ff", "first-visits, as read"),
        ("many first visits", [stream(3, 60000, 5000)], 2, None, "0123456789abcdef", "first-visits"),
        ("first visits of a ring", [[5, 6, 7, 5, 6], [5, 6, 7, 5, 6], [5], [5, 6, 9], [6, 7, 5]], 2, None, "0123456789abcdef", "first-visits"),
    ]
    vectors = []
    for number, (name, answers, window, tokenizer, key_id, counting) in enumerate(cases):
        sub_keys = 3 if name == "first visits of a ring" else 1  # answers are marked with sub-key 0, 1, 2, 0, …
        made = 1_700_000_000 * (number % 2)
        sources = hashlib.sha256(name.encode()).hexdigest() if number % 3 == 1 else None
        header, entries, file = index(answers, window, tokenizer, key_id, counting, made, sources, sub_keys)
        vector = {"name": name, "window": window, "tokenizer_sha256": tokenizer, "key_id": key_id, "answers": answers}
        vector |= {"counting": counting, "sub_keys": sub_keys, "made": made, "sources_sha256": sources}
        if sum(map(len, answers)) > 2000:
            # As `stream` makes it: hash of seed and place, modulo the vocabulary.
            vector["answers"] = None
            vector["stream"] = {"seed": 3, "length": 60000, "vocabulary": 5000}
        vector |= {"header": header.hex(), "entries": entries[:400].hex(), "bytes": len(file)}
        vector["sha256"] = hashlib.sha256(file).hexdigest()
        vectors.append(vector)
    codes = [{"count": c, "code": code(c)} for c in [1, 2, 127, 128, 129, 137, 138, 139, 147, 1000, 123456, 2**31, 2**32 - 1, 2**40]]
    times = [{"time": t, "code": time_code(t)} for t in [*range(1, 20), 1189, 1190, 1414, 1415, 2**20, 2**20 - 1, 2**40 * 1189207115 // 10**9]]
    print(json.dumps({"indexes": vectors, "codes": codes, "times": times}, indent=1))


main()
