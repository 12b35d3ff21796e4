"""Key files, ids, stream keys and decoy keys (docs/formats.md, "Keys"; docs/replay.md, "Keys and decoys")."""
import hashlib
import hmac
import struct

import words

SALT = b"hallmark key hierarchy v1"


def hkdf(key, fields):
    info = b"".join(struct.pack("<I", len(field)) + field for field in fields)
    upper = hmac.new(SALT, key, hashlib.sha256).digest()
    return hmac.new(upper, info + b"\x01", hashlib.sha256).digest()


def public_id(key, kind):
    text = b"hallmark public key id v1:" + kind.encode()
    return hmac.new(key, text, hashlib.sha256).digest()[:8].hex()


class Key:
    """What a key file holds: the cohort key that marks, its id, and the root's where the file holds a root."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
        if len(lines) != 1 or lines[0].count(":") != 2:
            raise SystemExit(f"{path}: not one line KIND:KEY:CHECK")
        kind, digits, check = lines[0].split(":")
        if kind not in ("hallmark-root-1", "hallmark-cohort-1"):
            raise SystemExit(f"{path}: {kind} is not replayed, only Hallmark's own keys are")
        secret = bytes.fromhex(digits)
        computed = hashlib.sha256(b"hallmark key file checksum v1:" + kind.encode() + secret).digest()[:4].hex()
        if len(secret) != 32 or computed != check:
            raise SystemExit(f"{path}: its checksum does not match")
        self.root_id = public_id(secret, "root") if kind == "hallmark-root-1" else None
        self.cohort = hkdf(secret, [b"default-cohort"]) if self.root_id else secret
        self.id = public_id(self.cohort, "cohort")
        self.ids = {self.id, self.root_id} - {None}


def stream(cohort, profile, name):
    fields = [b"stream", profile["scheme"].encode(), profile["prf"].encode(), struct.pack("<Q", profile["window"])]
    return hkdf(cohort, fields + [name.encode()])


def ring(cohort, profile):
    """The keys that a cell is scored under: the cohort's own, or its sub-keys."""
    count = profile.get("ring", 1)
    return [cohort] if count == 1 else [hkdf(cohort, [b"sub-key", struct.pack("<I", count), struct.pack("<I", number)]) for number in range(count)]


def decoys(cohort, draw, count):
    """The decoys' cohort keys: the key stream of ChaCha20, 32 bytes a key."""
    seed = hkdf(cohort, [b"decoys", struct.pack("<Q", draw), bytes(32)])
    bytes_ = words.chacha20_stream(seed, 32 * count)
    return [bytes_[32 * i : 32 * i + 32] for i in range(count)]
