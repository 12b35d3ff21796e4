"""Writes chacha12-v1.json: words of the PRF `chacha12-v1` from ChaCha as RFC 8439 defines it.

Usage: python3 chacha12_v1.py   (standard library only)

Nothing here comes from the Rust code. The block function is first checked, with 20 rounds, against
the block of RFC 8439, section 2.3.2.
"""

import json
import random
from pathlib import Path

MISSING = 0xFFFFFFFF
MAX_TOKEN = 0xFFFFFE


def rotate(x, by):
    return (x << by | x >> (32 - by)) & 0xFFFFFFFF


def quarter_round(s, a, b, c, d):
    for left, right, moved, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[left] = (s[left] + s[right]) & 0xFFFFFFFF
        s[moved] = rotate(s[moved] ^ s[left], by)


def block(key, counter, nonce, rounds):
    """The 64 bytes of one block. key: 32 bytes, nonce: 12 bytes."""
    raw = b"expand 32-byte k" + key + counter.to_bytes(4, "little") + nonce
    start = [int.from_bytes(raw[i : i + 4], "little") for i in range(0, 64, 4)]
    s = list(start)
    for _ in range(rounds // 2):
        for i in range(4):
            quarter_round(s, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter_round(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return b"".join(((a + b) & 0xFFFFFFFF).to_bytes(4, "little") for a, b in zip(s, start))


def check_rfc_8439():
    out = block(bytes(range(32)), 1, bytes.fromhex("000000090000004a00000000"), 20)
    expected = (
        "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
        "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
    )
    assert out.hex() == expected


def nonce(window):
    """The window's slots first, oldest first, then 0xFFFFFF for slots the window does not have."""
    slots = [min(t, 0xFFFFFF) for t in window] + [0xFFFFFF] * (4 - len(window))
    return b"".join(slot.to_bytes(3, "little") for slot in slots)


def word(key, window, token):
    out = block(key, (token >> 8) * 16 + (token & 15), nonce(window), 12)
    at = 4 * ((token >> 4) & 15)
    return int.from_bytes(out[at : at + 4], "little")


def main():
    check_rfc_8439()
    rng = random.Random(20260101)
    keys = [bytes(32), bytes(range(32)), b"\xff" * 32] + [rng.randbytes(32) for _ in range(3)]
    edges = [0, 1, 15, 16, 17, 255, 256, 257, 4095, 49151, 131071, 262143, MAX_TOKEN - 1, MAX_TOKEN]

    def some_token():
        return rng.choice(edges) if rng.random() < 0.4 else rng.randrange(MAX_TOKEN + 1)

    def some_window(length):
        return [MISSING if rng.random() < 0.1 else some_token() for _ in range(length)]

    cells = []
    for length in range(5):
        windows = [[MISSING] * length, [0] * length, [MAX_TOKEN] * length, list(range(1, length + 1))]
        for window in windows + [some_window(length) for _ in range(30)]:
            key, token = rng.choice(keys), some_token()
            cells.append(
                {"key": key.hex(), "window": window, "token": token, "word": word(key, window, token)}
            )
    rows = []
    for first, count in ((0, 300), (255, 3), (49000, 152), (131071, 258), (MAX_TOKEN - 20, 21)):
        key, window = rng.choice(keys), some_window(rng.randrange(5))
        words = [word(key, window, first + i) for i in range(count)]
        rows.append({"key": key.hex(), "window": window, "first": first, "words": words})

    lines = [',\n'.join("    " + json.dumps(x) for x in group) for group in (cells, rows)]
    text = '{\n  "cells": [\n%s\n  ],\n  "rows": [\n%s\n  ]\n}\n' % tuple(lines)
    Path(__file__).with_name("chacha12-v1.json").write_text(text)


main()
