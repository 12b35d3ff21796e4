#!/usr/bin/env python3
"""Values of tests/twins/vectors.rs: the draw of ghost twins in plain Python.

    python3 twins.py
"""
import hashlib
import hmac


def derive(upper, *fields):
    info = b"".join(len(f).to_bytes(4, "little") + f for f in fields)
    prk = hmac.new(b"hallmark key hierarchy v1", upper, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()


seed = derive(bytes([7]) * 32, b"twins", "2026q4".encode())


def mac(*parts):
    return hmac.new(seed, b"".join(parts), hashlib.sha256).digest()


def sent(name, share):
    first = mac(b"hallmark twins v1:sampled\0", name.encode())[:8]
    if (int.from_bytes(first, "big") >> 11) >= share * 2**53:
        return "-"
    return "ab"[mac(b"hallmark twins v1:coin\0", name.encode())[0] & 1]


def of_request(label, name, text):
    name = name.encode()
    return mac(label, len(name).to_bytes(8, "little"), name, text.encode()).hex()


print("".join(sent(f"r{k}", 0.5) for k in range(40)))
print("".join(sent(f"r{k}", 1.0) for k in range(40)))
print(of_request(b"hallmark twins v1:a\0", "r1", "ü answer"))
print(of_request(b"hallmark twins v1:b\0", "r1", "ü answer"))
print(of_request(b"hallmark twins v1:prompt\0", "r1", "ü answer"))
print(hashlib.sha256(b"hallmark commitment v1:twins\0" + seed + bytes([9]) * 32).hexdigest())
