#!/usr/bin/env python3
"""Makes keys.json: the key hierarchy worked out with Python's hmac and hashlib alone.

Run: python3 make_keys.py > keys.json
"""
import hashlib
import hmac
import json

SALT = b"hallmark key hierarchy v1"


def hkdf(ikm, info, length=32):
    """RFC 5869 with SHA-256, one output block."""
    prk = hmac.new(SALT, ikm, hashlib.sha256).digest()
    return hmac.new(prk, info + b"\x01", hashlib.sha256).digest()[:length]


def derive(upper, *fields):
    return hkdf(upper, b"".join(len(f).to_bytes(4, "little") + f for f in fields))


def public_id(kind, key):
    return hmac.new(key, b"hallmark public key id v1:" + kind, hashlib.sha256).digest()[:8].hex()


def key_line(kind, key):
    tag = b"hallmark-" + kind + b"-1"
    check = hashlib.sha256(b"hallmark key file checksum v1:" + tag + key).digest()[:4].hex()
    return f"{tag.decode()}:{key.hex()}:{check}"


def commitment(kind, key, nonce):
    return hashlib.sha256(b"hallmark commitment v1:" + kind + b"\0" + key + nonce).hexdigest()


cases = []
for number, (epoch, cohort) in enumerate(
    [("2026q4", "partners"), ("2026q4", "public"), ("e", "c"), ("ec", "x"), ("é poque", "длинный " * 8)]
):
    root = hashlib.sha256(b"root %d" % number).digest()
    nonce = hashlib.sha256(b"nonce %d" % number).digest()
    leaf = derive(derive(root, b"epoch", epoch.encode()), b"cohort", cohort.encode())
    streams = []
    for scheme, window, stream in [("gumbel", 1, "main"), ("gumbel", 2, "main"), ("dual-gumbel", 4, "coin"), ("green", 2, "main")]:
        key = derive(leaf, b"stream", scheme.encode(), b"chacha12-v1", window.to_bytes(8, "little"), stream.encode())
        streams.append({"scheme": scheme, "window": window, "stream": stream, "key": key.hex()})
    sub_keys = []
    for ring, n in ((4, 0), (4, 3), (16, 0), (16, 15)):
        sub = derive(leaf, b"sub-key", ring.to_bytes(4, "little"), n.to_bytes(4, "little"))
        main = derive(sub, b"stream", b"gumbel", b"chacha12-v1", (2).to_bytes(8, "little"), b"main")
        sub_keys.append({"ring": ring, "number": n, "key": sub.hex(), "stream": main.hex()})
    cases.append(
        {
            "root": root.hex(),
            "root_id": public_id(b"root", root),
            "root_line": key_line(b"root", root),
            "default_cohort": derive(root, b"default-cohort").hex(),
            "epoch": epoch,
            "cohort": cohort,
            "cohort_key": leaf.hex(),
            "cohort_id": public_id(b"cohort", leaf),
            "cohort_line": key_line(b"cohort", leaf),
            "nonce": nonce.hex(),
            "cohort_commitment": commitment(b"cohort", leaf, nonce),
            "streams": streams,
            "sub_keys": sub_keys,
        }
    )
print(json.dumps(cases, indent=1, ensure_ascii=False))
