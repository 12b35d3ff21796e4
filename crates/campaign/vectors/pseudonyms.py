#!/usr/bin/env python3
"""Pseudonyms worked out with Python's hmac and hashlib alone: the expected values of tests/pseudonyms.rs."""
import hashlib
import hmac


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def attributes(root, domain):
    info = b"".join(len(f).to_bytes(4, "little") + f for f in (b"attributes", domain))
    prk = hmac_sha256(b"hallmark key hierarchy v1", root)
    return hmac_sha256(prk, info + b"\x01")


key = attributes(bytes([1]) * 32, b"2026q4")
for kind, value in ((b"account", b"a"), (b"unit", b"a"), (b"ip", b"10.0.0.1"), (b"account", "é".encode())):
    print(kind.decode(), hmac_sha256(key, b"hallmark pseudonym v1:" + kind + b"\0" + value)[:16].hex())
print("seed", hmac_sha256(key, b"hallmark campaign seed v1:\0" + (7).to_bytes(8, "little")).hex())
print("offset", int.from_bytes(hmac_sha256(key, b"hallmark campaign hours v1:\0")[:4], "big") % 60)
